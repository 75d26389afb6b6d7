//! Profiles of the likelihood: zeta, and the density that it would be.

use std::f64::consts::TAU;

use super::effects::cut;
use super::residuals::percent;
use super::scene::Scene;
use super::sheet::{Axis, Layer, Mark, Panel, Role, Sheet};
use super::spline::Spline;
use crate::error::{Error, Result};
use crate::inference::profile::{Profile, reach};
use crate::names::{self, quoted};

/// Levels whose limits are shown; a curve goes as far as the first.
const LEVELS: [f64; 4] = [0.99, 0.95, 0.8, 0.5];
/// The place of the one that densities show.
const USUAL: usize = 1;
/// Points of a curve, and the share of its width below which two points are one.
const CURVE: usize = 120;
const SAME: f64 = 0.012;
/// Two values that differ by this share are nearly the same.
const NEARLY: f64 = 1e-3;
/// The share of a distance that is rounding.
const SLACK: f64 = 1e-9;

/// Where a profile never crosses it is shown as long as it rises by this share of how it does at first.
pub const RISING: f64 = 0.05;
/// Where it crosses: it is shown to its limit, if that is not so far out that nothing else could be seen.
pub const HARDLY: f64 = 1e-3;

/// What was seen of one parameter.
struct Seen {
    name: String,
    estimate: f64,
    /// Value and zeta, ascending.
    points: Vec<(f64, f64)>,
    /// Of the levels.
    limits: Vec<(f64, f64)>,
}

/// The parameters that are asked for, with those that have no profile.
fn seen(scene: &Scene<'_>) -> Result<(Vec<Seen>, String)> {
    let known = scene.fit.profiled_parameters();
    let places = match &scene.settings.effect {
        Some(name) => vec![place(&known, name)?],
        None => (0..known.len()).collect(),
    };
    let reaches = LEVELS.iter().map(|level| reach(*level)).collect::<Result<Vec<_>>>()?;
    let profiles = scene.fit.profile_to(&reaches, &|k| places.contains(&k), scene.watch)?;
    let (mut all, mut lost): (Vec<Seen>, Vec<String>) = (vec![], vec![]);
    let mut flat: Vec<String> = vec![];
    for own in profiles {
        let limits: Vec<(f64, f64)> = std::iter::once((own.lower, own.upper)).chain(own.inner.iter().copied()).collect();
        let side = |sign: f64, of: fn(&(f64, f64)) -> f64| {
            let far = rising(&own, sign, HARDLY);
            if !of(&limits[0]).is_nan() {
                return far;
            }
            // As far as the outermost limit that there is.
            let outermost = limits.iter().map(of).find(|v| v.is_finite()).map_or(0.0, |v| (v - own.estimate).abs() * (1.0 + SLACK));
            rising(&own, sign, RISING).max(outermost.min(far))
        };
        let (low, high) = (own.estimate - side(-1.0, |both| both.0), own.estimate + side(1.0, |both| both.1));
        let seen = finite(&own);
        let points: Vec<(f64, f64)> = seen.iter().copied().filter(|(value, _)| (low..=high).contains(value)).collect();
        let (Some(first), Some(last)) = (points.first().copied(), points.last().copied()) else {
            lost.push(own.name);
            continue;
        };
        if points.len() < 2 {
            lost.push(own.name);
            continue;
        }
        if points.len() < seen.len() {
            flat.push(own.name.clone());
        }
        // What is not shown has no limits, either.
        let shown = |v: f64| if v >= first.0 && v <= last.0 { v } else { f64::NAN };
        let limits = limits.into_iter().map(|(lower, upper)| (shown(lower), shown(upper))).collect();
        all.push(Seen { name: own.name, estimate: own.estimate, points, limits });
    }
    if all.is_empty() {
        return Err(Error::numeric(format!("no parameter has a profile: {}", lost.join(", "))));
    }
    let mut said = cut(&mut all);
    if !lost.is_empty() {
        said = format!("{said}; without a profile: {}", lost.join(", "));
    }
    flat.retain(|name| all.iter().any(|own| own.name == *name));
    if !flat.is_empty() {
        said = format!("{said}; cut where the profile is flat: {}", flat.join(", "));
    }
    Ok((all, said))
}

/// How far from the estimate a curve is not flat on one side: rises by more than a share of how it does at its steepest; infinite if it is
/// nowhere flat.
pub fn rising(profile: &Profile, sign: f64, share: f64) -> f64 {
    let own = profile.curve.points.iter().map(|p| (sign * (p.value - profile.estimate), sign * p.zeta));
    let mut side: Vec<(f64, f64)> = own.filter(|p| p.0 > 0.0 && p.0.is_finite() && p.1.is_finite()).collect();
    side.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut last, mut steepest) = ((0.0, 0.0), 0.0_f64);
    for point in side {
        // Between two values that are nearly the same there is only rounding.
        if point.0 - last.0 > NEARLY * point.0 {
            let slope = (point.1 - last.1) / (point.0 - last.0);
            steepest = steepest.max(slope);
            if slope.is_nan() || slope <= share * steepest {
                return last.0 * (1.0 + NEARLY);
            }
            last = point;
        }
    }
    f64::INFINITY
}

/// The place of a parameter by its name or its id.
pub fn place(known: &[(String, String)], wanted: &str) -> Result<usize> {
    known.iter().position(|(id, name)| name == wanted || id == wanted).ok_or_else(|| {
        let known = names::known("the model", wanted, known.iter().map(|(_, name)| name.as_str()));
        Error::argument(format!("effect: no parameter is called {}; {known}", quoted(wanted)))
    })
}

/// Value and zeta of what was seen of a profile, ascending, each once.
fn finite(profile: &Profile) -> Vec<(f64, f64)> {
    let all = profile.curve.points.iter().map(|point| (point.value, point.zeta));
    let mut points: Vec<(f64, f64)> = all.filter(|(value, zeta)| value.is_finite() && zeta.is_finite()).collect();
    points.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    points.dedup();
    points
}

/// Those of at least two points that are not too near each other.
pub fn knots(points: &[(f64, f64)]) -> (Vec<f64>, Vec<f64>) {
    let (first, last) = (points[0], points[points.len() - 1]);
    let near = SAME * (last.0 - first.0);
    let mut knots = vec![first];
    for point in points {
        // The estimate is where the curve crosses zero.
        let apart = knots.last().is_none_or(|knot| point.0 - knot.0 > near && point.1 > knot.1);
        if point.1 == 0.0 && knots.len() > 1 && knots.last().is_some_and(|knot| point.0 - knot.0 <= near) {
            knots.pop();
            knots.push(*point);
        } else if apart {
            knots.push(*point);
        }
    }
    knots.into_iter().unzip()
}

impl Seen {
    /// A curve through points that are not too near each other, and the values along it.
    fn curve(&self) -> Result<(Spline, Vec<f64>)> {
        let (x, y) = knots(&self.points);
        let (from, to) = (x[0], x[x.len() - 1]);
        let at = (0..=CURVE).map(|k| from + (to - from) * k as f64 / CURVE as f64).collect();
        Ok((Spline::new(x, y)?, at))
    }

    fn axis(&self) -> Axis {
        Axis::new(self.name.clone())
    }
}

fn levels() -> String {
    LEVELS.iter().rev().map(|level| percent(*level)).collect::<Vec<_>>().join(", ")
}

/// The signed root of the rise of the deviance, with the limits of intervals.
pub fn profile_zeta(scene: &Scene<'_>) -> Result<Sheet> {
    let (all, said) = seen(scene)?;
    let mut panels = vec![];
    for own in &all {
        let (spline, at) = own.curve()?;
        let zeta: Vec<f64> = at.iter().map(|v| spline.at(*v).0).collect();
        let slope = spline.at(own.estimate).1;
        let quadratic = |v: f64| (v, slope * (v - own.estimate));
        let ends = (quadratic(at[0]), quadratic(at[at.len() - 1]));
        let (x, y): (Vec<f64>, Vec<f64>) =
            own.limits.iter().flat_map(|(low, high)| [*low, *high]).filter(|v| v.is_finite()).map(|v| (v, spline.at(v).0)).unzip();
        let (lower, upper) = (y.iter().map(|z| z.min(0.0)).collect(), y.iter().map(|z| z.max(0.0)).collect());
        panels.push(
            Panel::new("", own.axis(), Axis::new("ζ").reaching(-2.8, 2.8))
                .with(Layer::across("zero", Role::Reference, 0.0))
                .with(Layer::straight("a quadratic likelihood", Role::Reference, ends.0, ends.1))
                .with(Layer::new("limits", Mark::IntervalY, Role::Fit, x, y).limits(lower, upper))
                .with(Layer::new("profile", Mark::Line, Role::Data, at, zeta)),
        );
    }
    let caption = format!("signed root of the deviance's rise; straight = quadratic; limits of {} %{said}", levels());
    Ok(titled(Sheet::of("Profiles of the likelihood", caption, panels), &all))
}

/// phi(zeta) dzeta: the density that has the limits as quantiles.
pub fn profile_density(scene: &Scene<'_>) -> Result<Sheet> {
    let (all, said) = seen(scene)?;
    let mut panels = vec![];
    for own in &all {
        let (spline, at) = own.curve()?;
        let density = |v: f64| {
            let (zeta, slope) = spline.at(v);
            (-0.5 * zeta * zeta).exp() / TAU.sqrt() * slope.max(0.0)
        };
        let height: Vec<f64> = at.iter().map(|v| density(*v)).collect();
        let none = vec![0.0; at.len()];
        let (x, y): (Vec<f64>, Vec<f64>) =
            [own.limits[USUAL].0, own.limits[USUAL].1].into_iter().filter(|v| v.is_finite()).map(|v| (v, density(v))).unzip();
        let (zero, top) = (vec![0.0; y.len()], y.clone());
        panels.push(
            Panel::new("", own.axis(), Axis::new("Density").reaching(0.0, 0.0))
                .with(Layer::new("density", Mark::Band, Role::Data, at.clone(), height.clone()).limits(none, height.clone()))
                .with(Layer::new("density", Mark::Line, Role::Data, at, height))
                .with(Layer::new("95 % limits", Mark::IntervalY, Role::Fit, x, y).limits(zero, top))
                .with(Layer::upright("estimate", Role::Reference, own.estimate)),
        );
    }
    let caption = format!("densities by the profiles of the likelihood, with 95 % limits{said}");
    Ok(titled(Sheet::of("Densities of the parameters", caption, panels), &all))
}

/// Panels are called by their parameters, in tables.
fn titled(mut sheet: Sheet, all: &[Seen]) -> Sheet {
    for (panel, own) in sheet.panels.iter_mut().zip(all) {
        panel.title.clone_from(&own.name);
        panel.x.label = "Value".into();
    }
    sheet
}
