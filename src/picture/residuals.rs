//! Residuals: against fitted values, their size against fitted values, against the normal distribution.

use super::hexagons::cloud;
use super::lowess::{ROUNDS, SPAN, lowess};
use super::order::{normal_score, order_limits, places, quartile_line, sorted};
use super::scene::Scene;
use super::settings::PlottedResidual;
use super::sheet::{Axis, COORDINATES, Layer, Mark, Panel, Role, Sheet};
use crate::choice::Choice;
use crate::diagnostics::ResidualKind;
use crate::error::{Error, Result, try_gather};
use crate::fit::{Kind, Role as Part};
use crate::watch::Phase;

/// Standard deviations beyond which a residual is named, and names at most.
const FAR: f64 = 3.0;
const NAMES: usize = 6;
/// Points of a smooth curve at most.
const CURVE: usize = 150;
/// Points of a plot of quantiles at most; those in the middle are thinned.
const QUANTILES: usize = 2000;
/// Places at which limits of order statistics are computed.
const LIMITS: usize = 240;

/// Residuals with what they are drawn against, of the rows that have both.
struct Residuals {
    x: Vec<f64>,
    r: Vec<f64>,
    /// Rows of the data, from 1.
    rows: Vec<usize>,
    x_label: &'static str,
    r_label: String,
    /// Their standard deviation under the model.
    sd: f64,
}

/// Which residuals a picture has where nobody chooses.
fn usual(scene: &Scene<'_>, standardized: bool) -> PlottedResidual {
    match &scene.fit.kind {
        // Leverages take a factor.
        Kind::Linear(..) if standardized && scene.fit.iterative().is_some() => PlottedResidual::Of(ResidualKind::Normalized),
        Kind::Linear(..) if standardized => PlottedResidual::Of(ResidualKind::Standardized),
        Kind::Linear(..) => PlottedResidual::Of(ResidualKind::Pearson),
        Kind::Cox(_) => PlottedResidual::Of(ResidualKind::Deviance),
        Kind::Generalised(_) | Kind::Ordinal(..) => PlottedResidual::Quantile,
    }
}

impl Residuals {
    fn new(scene: &Scene<'_>, standardized: bool) -> Result<Self> {
        let fit = scene.fit;
        scene.watch.at(Phase::Residuals, 0, Some(fit.n_obs))?;
        let kind = scene.settings.residual.unwrap_or_else(|| usual(scene, standardized));
        let r = match kind {
            PlottedResidual::Of(kind) => fit.residuals_of(kind, scene.watch)?,
            PlottedResidual::Quantile => fit.quantile_residuals(scene.settings.seed, scene.watch)?,
        };
        let r = fit.used(&r)?;
        let by_predictor = fit.ordinal().is_some() || fit.cox().is_some();
        let x = match fit.linear_predictor_of(Part::Mean) {
            Some(eta) if by_predictor => fit.used(&eta?)?,
            _ => fit.used(&fit.fitted)?,
        };
        let both = || fit.rows.used().zip(x.iter().zip(&r)).filter(|(_, (x, r))| x.is_finite() && r.is_finite());
        let own = Residuals {
            x: try_gather(COORDINATES, both().map(|(_, (x, _))| *x))?,
            r: try_gather(COORDINATES, both().map(|(_, (_, r))| *r))?,
            rows: try_gather(COORDINATES, both().map(|(row, _)| row + 1))?,
            x_label: if by_predictor { "Linear predictor" } else { "Fitted value" },
            r_label: label(kind),
            sd: 1.0,
        };
        if own.r.is_empty() {
            return Err(Error::numeric(format!("no {} residual is a finite number", kind.name())));
        }
        let sd = match kind {
            PlottedResidual::Of(ResidualKind::Pearson | ResidualKind::Deviance) if fit.is_linear() => fit.sigma,
            PlottedResidual::Of(
                ResidualKind::Response
                | ResidualKind::Working
                | ResidualKind::Marginal
                | ResidualKind::LeastSquares
                | ResidualKind::SemiStandardized,
            ) => spread(&own.r),
            PlottedResidual::Of(_) | PlottedResidual::Quantile => 1.0,
        };
        Ok(Residuals { sd, ..own })
    }

    /// The rows that are far out, with their places.
    fn far(&self, y: &[f64]) -> Layer {
        let mut far: Vec<usize> = (0..self.r.len()).filter(|&i| self.r[i].abs() > FAR * self.sd).collect();
        far.sort_by(|&a, &b| self.r[b].abs().total_cmp(&self.r[a].abs()).then(a.cmp(&b)));
        far.truncate(NAMES);
        let labels = far.iter().map(|&i| Some(self.rows[i].to_string())).collect();
        let at = |of: &[f64]| far.iter().map(|&i| of[i]).collect();
        Layer::new("far out", Mark::Points, Role::Limit, at(&self.x), at(y)).labelled(labels)
    }

    fn caption(&self) -> String {
        let more = if self.r.iter().any(|r| r.abs() > FAR * self.sd) { "; rows beyond 3 standard deviations named" } else { "" };
        format!("n = {}{more}", self.r.len())
    }
}

fn label(kind: PlottedResidual) -> String {
    let name = match kind {
        PlottedResidual::Of(ResidualKind::Response) => "Residual",
        PlottedResidual::Of(ResidualKind::Pearson) => "Pearson residual",
        PlottedResidual::Of(ResidualKind::Working) => "Working residual",
        PlottedResidual::Of(ResidualKind::Deviance) => "Deviance residual",
        PlottedResidual::Of(ResidualKind::Normalized) => "Normalized residual",
        PlottedResidual::Of(ResidualKind::Standardized) => "Standardized residual",
        PlottedResidual::Of(ResidualKind::Marginal) => "Marginal residual",
        PlottedResidual::Of(ResidualKind::Cholesky) => "Cholesky residual",
        PlottedResidual::Of(ResidualKind::LeastSquares) => "Least-squares residual",
        PlottedResidual::Of(ResidualKind::SemiStandardized) => "Semi-standardized residual",
        PlottedResidual::Of(ResidualKind::LeastSquaresStandardized) => "Standardized least-squares residual",
        PlottedResidual::Quantile => "Quantile residual",
    };
    name.to_owned()
}

fn spread(values: &[f64]) -> f64 {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / values.len() as f64).sqrt()
}

/// The smooth of points, at so many of them as a curve needs.
pub fn smoother(x: &[f64], y: &[f64], scene: &Scene<'_>) -> Result<Layer> {
    let mut order = try_gather(COORDINATES, 0..x.len())?;
    order.sort_by(|&a, &b| x[a].total_cmp(&x[b]).then(a.cmp(&b)));
    let (x, y) = (try_gather(COORDINATES, order.iter().map(|&i| x[i]))?, try_gather(COORDINATES, order.iter().map(|&i| y[i]))?);
    let range = x.last().zip(x.first()).map_or(0.0, |(last, first)| last - first);
    let smooth = lowess(&x, &y, SPAN, ROUNDS, 0.01 * range, scene.watch)?;
    let (mut xs, mut ys): (Vec<f64>, Vec<f64>) = (vec![], vec![]);
    for i in 0..x.len() {
        if i + 1 == x.len() || xs.last().is_none_or(|last| x[i] - last >= range / CURVE as f64 && x[i] > *last) {
            xs.push(x[i]);
            ys.push(smooth[i]);
        }
    }
    Ok(Layer::new("smoother", Mark::Line, Role::Fit, xs, ys))
}

/// Residuals against fitted values.
pub fn residuals(scene: &Scene<'_>) -> Result<Sheet> {
    let own = Residuals::new(scene, false)?;
    let (points, said) = cloud("residuals", &own.x, &own.r)?;
    let panel = Panel::new("Residuals", Axis::new(own.x_label), Axis::new(own.r_label.clone()))
        .with(points)
        .with(Layer::across("zero", Role::Reference, 0.0))
        .with(smoother(&own.x, &own.r, scene)?)
        .with(own.far(&own.r));
    Ok(Sheet::alone("Residuals against fitted values", own.caption() + "; smoother: lowess" + &said, panel))
}

/// The square root of the size of standardized residuals against fitted values.
pub fn scale_location(scene: &Scene<'_>) -> Result<Sheet> {
    let own = Residuals::new(scene, true)?;
    let y = try_gather(COORDINATES, own.r.iter().map(|r| r.abs().sqrt()))?;
    let (points, said) = cloud("residuals", &own.x, &y)?;
    let label = format!("√|{}|", own.r_label.to_lowercase());
    let panel = Panel::new("Scale and location", Axis::new(own.x_label), Axis::new(label).reaching(0.0, 0.0))
        .with(points)
        .with(smoother(&own.x, &y, scene)?)
        .with(own.far(&y));
    Ok(Sheet::alone("Size of residuals against fitted values", own.caption() + "; smoother: lowess" + &said, panel))
}

/// Residuals in order against quantiles of the normal distribution, with limits of each.
pub fn qq(scene: &Scene<'_>) -> Result<Sheet> {
    let own = Residuals::new(scene, true)?;
    let ordered = sorted(&own.r)?;
    let n = ordered.len();
    let (level, line) = (scene.settings.level, quartile_line(&ordered));
    let shown = places(n, QUANTILES)?;
    let x = try_gather(COORDINATES, shown.iter().map(|&i| normal_score(i, n)))?;
    let y = try_gather(COORDINATES, shown.iter().map(|&i| ordered[i]))?;
    let (mut at, mut lower, mut upper) = (vec![], vec![], vec![]);
    for i in places(n, LIMITS)? {
        scene.watch.pulse()?;
        let (low, high) = order_limits(i, n, level);
        at.push(normal_score(i, n));
        lower.push(line.0 + line.1 * low);
        upper.push(line.0 + line.1 * high);
    }
    let ends = (normal_score(0, n), normal_score(n - 1, n));
    let on_line = |z: f64| (z, line.0 + line.1 * z);
    let middle = at.iter().map(|z| on_line(*z).1).collect();
    let panel = Panel::new("Normal quantiles", Axis::new("Normal quantile"), Axis::new(own.r_label.clone()))
        .with(Layer::new("limits", Mark::Band, Role::Reference, at, middle).limits(lower, upper))
        .with(Layer::straight("line through the quartiles", Role::Fit, on_line(ends.0), on_line(ends.1)))
        .with(Layer::new("residuals", Mark::Points, Role::Data, x, y));
    let said = if shown.len() < n { format!("; {} of them shown", shown.len()) } else { String::new() };
    let caption = format!("n = {n}{said}; band: exact limits of each order statistic, {} %", percent(level));
    Ok(Sheet::alone("Normal quantiles of residuals", caption, panel))
}

/// A level as a percentage.
pub fn percent(level: f64) -> String {
    crate::frame::shortest_text((level * 1e6).round() / 1e4)
}
