//! What the estimates owe to single rows or groups: Cook's distances, and leverages against residuals.

use super::hexagons::cloud;
use super::order::{quantile, sorted};
use super::scene::Scene;
use super::sheet::{Axis, COORDINATES, Layer, Mark, Panel, Role, Sheet};
use crate::diagnostics::influence::{Cases, InfluenceMethod, InfluenceOptions};
use crate::diagnostics::{LeverageKind, ResidualKind};
use crate::error::{Error, Result, try_gather};
use crate::frame::shortest_text;

/// Cases that are all drawn, and those that are drawn of more.
const ALL: usize = 40;
const LARGEST: usize = 30;
/// Rows with the largest distances that are named.
const NAMES: usize = 5;

/// Cases by Cook's distance, with a cut-off: of rows at the parameters of the fit where it is linear, otherwise of groups, by fits
/// without each.
pub fn influence(scene: &Scene<'_>) -> Result<Sheet> {
    let fit = scene.fit;
    let first = fit.terms.first().map(|term| term.design.group.as_str());
    let group = scene.settings.term.as_deref().or(if fit.is_linear() { None } else { first });
    let (cases, method) = match group {
        Some(name) => (Cases::Group(name, scene.data), InfluenceMethod::Refit),
        None if fit.is_linear() => (Cases::Rows, InfluenceMethod::Fixed),
        None => (Cases::Rows, InfluenceMethod::Refit),
    };
    let found = fit.influence(&InfluenceOptions { cases, method, threads: scene.threads }, scene.watch)?;
    let distances = found.cooks_distances()?;
    // The largest comes last, and so is at the top.
    let order = try_gather(COORDINATES, found.order()?.into_iter().rev().filter(|&i| distances[i].is_finite()))?;
    let n = order.len();
    if n == 0 {
        return Err(Error::numeric("no case has a Cook's distance"));
    }
    let ordered = try_gather(COORDINATES, order.iter().map(|&i| distances[i]))?;
    let limit = quantile(&ordered, 0.75) + 3.0 * (quantile(&ordered, 0.75) - quantile(&ordered, 0.25));
    // Of many cases the largest: the others are not what is asked about.
    let first = if n <= ALL { 0 } else { n - LARGEST };
    let shown: Vec<usize> = (first..n).collect();
    let place = |k: usize| (k - first) as f64 + 1.0;
    let at = |ranks: &[usize]| ranks.iter().map(|&k| (ordered[k], place(k))).unzip::<f64, f64, Vec<_>, Vec<_>>();
    let far: Vec<usize> = shown.iter().copied().filter(|&k| ordered[k] > limit).collect();
    let names = shown.iter().map(|&k| found.labels[order[k]].clone()).collect();
    let ((x, rank), (x_far, rank_far)) = (at(&shown), at(&far));
    let panel = Panel::new("Influence", Axis::new("Cook's distance").reaching(0.0, limit), Axis::named("", names))
        .with(Layer::upright("cut-off", Role::Limit, limit))
        .with(Layer::new("cases", Mark::Points, Role::Data, x, rank))
        .with(Layer::new("beyond the cut-off", Mark::Points, Role::Limit, x_far, rank_far));
    let beyond = ordered.iter().filter(|d| **d > limit).count();
    let what = group.unwrap_or("rows");
    let how = if method == InfluenceMethod::Fixed { ", covariances held" } else { ", refitted without each" };
    let part = if first > 0 { format!("; the {LARGEST} largest") } else { String::new() };
    let lost = distances.len() - n;
    let without = if lost > 0 { format!("; {lost} cases have none") } else { String::new() };
    let caption = format!("{what}{how}; cut-off: upper quartile + 3 interquartile ranges, {beyond} of {n} beyond{part}{without}");
    let height = (150.0 + 13.0 * shown.len() as f64).max(300.0);
    Ok(Sheet { height, ..Sheet::alone("Influence on the fixed effects", caption, panel) })
}

/// A number as text: three decimals, or the first three digits of a small one.
fn brief(v: f64) -> String {
    if v >= 0.01 { format!("{v:.3}") } else { shortest_text(format!("{v:.2e}").parse().unwrap_or(v)) }
}

/// Standardized residuals against leverages; the size of points is that of Cook's distances.
pub fn leverage(scene: &Scene<'_>) -> Result<Sheet> {
    let fit = scene.fit;
    let leverages = fit.used(&fit.leverage(LeverageKind::Overall, scene.watch)?)?;
    let residuals = fit.used(&fit.residuals_of(ResidualKind::Standardized, scene.watch)?)?;
    let options = InfluenceOptions { cases: Cases::Rows, method: InfluenceMethod::Fixed, threads: scene.threads };
    let distances = fit.influence(&options, scene.watch)?.cooks_distances()?;
    let places = try_gather(COORDINATES, (0..leverages.len()).filter(|&i| leverages[i].is_finite() && residuals[i].is_finite()))?;
    let at = |of: &[f64]| try_gather(COORDINATES, places.iter().map(|&i| of[i]));
    let (x, y, size) = (at(&leverages)?, at(&residuals)?, at(&distances)?);
    let rows = try_gather(COORDINATES, fit.rows.used().map(|row| row + 1))?;
    let twice = 2.0 * x.iter().sum::<f64>() / x.len().max(1) as f64;
    let known = sorted(&try_gather(COORDINATES, size.iter().copied().filter(|d| d.is_finite()))?)?;
    let mut largest: Vec<usize> = (0..x.len()).filter(|&k| size[k].is_finite()).collect();
    largest.sort_by(|&a, &b| size[b].total_cmp(&size[a]).then(a.cmp(&b)));
    largest.truncate(NAMES);
    let names = largest.iter().map(|&k| Some(rows[places[k]].to_string())).collect();
    let named = |of: &[f64]| largest.iter().map(|&k| of[k]).collect::<Vec<f64>>();
    let named =
        Layer::new("largest distances", Mark::Points, Role::Limit, named(&x), named(&y)).sized(named(&size)).labelled(names);
    let (points, said) = cloud("rows", &x, &y)?;
    let points = if points.mark == Mark::Points { points.sized(size) } else { points };
    let panel = Panel::new("Leverage", Axis::new("Leverage").reaching(0.0, 0.0), Axis::new("Standardized residual"))
        .with(Layer::across("zero", Role::Reference, 0.0))
        .with(Layer::upright("twice the mean", Role::Reference, twice))
        .with(points)
        .with(named);
    let most = known.last().copied().unwrap_or(0.0);
    let caption =
        format!("n = {}; areas: Cook's distance, at most {}; dashed: twice the mean leverage{said}", places.len(), brief(most));
    Ok(Sheet::alone("Leverage and residuals", caption, panel))
}
