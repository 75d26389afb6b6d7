//! Marginal means with intervals.

use super::residuals::percent;
use super::scene::Scene;
use super::sheet::{Axis, COORDINATES, Layer, Mark, Panel, Role, Sheet};
use super::typical::along;
use crate::error::{Error, Result, try_gather};
use crate::frame::Frame;
use crate::inference::degrees_of_freedom::DfMethod;
use crate::inference::marginal_means::{MarginalMeans, MeansSpec, ResponseScale, Weighting};

/// Series on one panel at most.
const MOST: usize = 8;

/// Means of a factor, or along a covariate; in groups where the effect is `f | g`.
pub fn means(scene: &Scene<'_>) -> Result<Sheet> {
    let fit = scene.fit;
    let asked = scene.settings.effect.as_deref().map(MeansSpec::parse).transpose()?;
    let wanted = asked.as_ref().and_then(|spec| spec.factors.first()).map(String::as_str);
    let (_, along) = along(scene, "means", true, wanted)?;
    let mut spec = asked.unwrap_or_else(|| MeansSpec { factors: vec![along.name.clone()], ..MeansSpec::default() });
    if spec.factors.len() > 1 {
        return Err(Error::argument("effect: means are drawn along one column, in groups of others: 'f | g'"));
    }
    if along.levels.is_empty() {
        spec.at.push((along.name.clone(), along.texts()));
    }
    let scale = if fit.ordinal().is_some() { None } else { ResponseScale::of_fit(fit)? };
    let level = scene.settings.level;
    let means = MarginalMeans::of_fit(fit, scene.data, &spec, Weighting::default(), scene.watch)?;
    let freedom = (scene.freedom)(DfMethod::Default)?;
    let table = fit.with_means_coefficients(freedom, |own| means.table(own, scale.as_ref(), level, scene.watch))?;
    let response = table.has("response");
    // The zero part has no means: these are larger than the responses are.
    let conditional = fit.generalised().is_some_and(|own| own.zero.is_some());
    let label = match (response, fit.cox().is_some(), fit.ordinal().is_some()) {
        (_, true, _) => "Hazard ratio",
        (_, _, true) => "Latent variable",
        (true, ..) if conditional => "Mean of the conditional model",
        (true, ..) => "Mean response",
        (false, ..) => "Mean",
    };
    let x =
        if along.levels.is_empty() { Axis::new(along.name.clone()) } else { Axis::named(along.name.clone(), along.levels.clone()) };
    let mut panel = Panel::new("Marginal means", x, Axis::new(label));
    let (m, groups) = (along.x.len(), names(&table, along.x.len(), spec.by.len())?);
    if groups.len() > MOST {
        return Err(Error::argument(format!("effect: {} groups are more than the {MOST} that a panel shows", groups.len())));
    }
    let values = |name: &str| table.numbers(table.column(name)?);
    let (estimate, lower, upper) = (values(if response { "response" } else { "estimate" })?, values("lower")?, values("upper")?);
    let own = |of: &[f64], g: usize| try_gather(COORDINATES, of[g * m..(g + 1) * m].iter().copied());
    panel.direct = groups.len() > 1;
    for (g, name) in groups.iter().enumerate() {
        let (role, several) = if groups.len() == 1 { (Role::Data, 0.0) } else { (Role::Series(g), (groups.len() - 1) as f64) };
        // Intervals of groups stand beside each other.
        let shift = if along.levels.is_empty() { 0.0 } else { 0.1 * (g as f64 - several / 2.0) };
        let at: Vec<f64> = along.x.iter().map(|x| x + shift).collect();
        let (y, low, high) = (own(&estimate, g)?, own(&lower, g)?, own(&upper, g)?);
        let mark = if along.levels.is_empty() { Mark::Band } else { Mark::IntervalY };
        panel = panel.with(Layer::new(name.clone(), mark, role, at.clone(), y.clone()).limits(low, high));
        let mark = if along.levels.is_empty() { Mark::Line } else { Mark::Points };
        panel = panel.with(Layer::new(name.clone(), mark, role, at, y));
    }
    let averaged = if fit.is_linear() { "" } else { ", random effects at zero" };
    let without = if conditional { ", without the zero part" } else { "" };
    let caption = format!("means over the grid of the other factors{averaged}{without}; {} % intervals", percent(level));
    Ok(Sheet::alone("Marginal means", caption, panel))
}

/// What the groups are called: the levels of the columns behind that of the means, at the first row of each.
fn names(table: &Frame, m: usize, columns: usize) -> Result<Vec<String>> {
    let rows = (0..table.n_rows()).step_by(m.max(1));
    let name = |row: usize| {
        let labels = (1..=columns).filter_map(|c| table.column_at(c)?.label(row));
        labels.collect::<Vec<_>>().join(", ")
    };
    try_gather(COORDINATES, rows.map(|row| if columns == 0 { "mean".to_owned() } else { name(row) }))
}
