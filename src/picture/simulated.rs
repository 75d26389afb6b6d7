//! Residuals by simulation, as DHARMa draws them.

use super::hexagons::cloud;
use super::order::{order_probabilities, places, quantile, sorted};
use super::residuals::percent;
use super::scene::Scene;
use super::sheet::{Axis, COORDINATES, Layer, Mark, Panel, Role, Sheet};
use crate::diagnostics::Simulations;
use crate::error::{Result, try_gather, try_vec};
use crate::resample::RandomEffects;

/// Simulated responses.
const COUNT: usize = 250;
/// Points of the left panel at most, and places at which limits and quantiles are computed.
const POINTS: usize = 2000;
const PLACES: usize = 60;
/// The share of rows that a running quantile is of.
const SHARE: f64 = 0.25;

/// Uniform quantiles with limits and tests, and quantiles of the residuals along the predictions.
pub fn dharma(scene: &Scene<'_>) -> Result<Sheet> {
    let fit = scene.fit;
    let asked = Simulations { count: COUNT, seed: scene.settings.seed, random_effects: RandomEffects::New, grouping: None };
    let all = fit.simulated_residuals(&asked, scene.watch)?;
    let table = all.frame(fit)?;
    let mean = fit.used(&table.numbers(table.column("mean")?)?)?;
    let finite = try_gather(COORDINATES, (0..mean.len()).filter(|&i| all.uniform()[i].is_finite() && mean[i].is_finite()))?;
    let residuals = try_gather(COORDINATES, finite.iter().map(|&i| all.uniform()[i]))?;
    let means = try_gather(COORDINATES, finite.iter().map(|&i| mean[i]))?;
    let tests = all.tests()?;
    let (names, p) = (tests.column("test")?, tests.numbers(tests.column("p_value")?)?);
    let said: Vec<String> = (0..tests.n_rows())
        .filter(|&row| names.label(row) != Some("uniformity") && p[row].is_finite())
        .map(|row| format!("{} {}", names.label(row).unwrap_or_default().replace("_simulated", ""), p_value(p[row])))
        .collect();
    let (left, right) = (uniform(scene, &residuals)?, along(&means, &residuals)?);
    let caption = format!(
        "n = {}, {COUNT} simulations with new random effects; p-values: {}; band: exact {} % limits",
        residuals.len(),
        said.join(", "),
        percent(scene.settings.level)
    );
    let sheet = Sheet::of("Residuals by simulation", caption, vec![left, right]);
    Ok(Sheet { height: 380.0, ..sheet })
}

fn p_value(p: f64) -> String {
    if p < 0.001 { "< 0.001".into() } else { format!("{p:.3}") }
}

fn uniform(scene: &Scene<'_>, residuals: &[f64]) -> Result<Panel> {
    let ordered = sorted(residuals)?;
    let n = ordered.len();
    let expected = |i: usize| (i as f64 + 0.5) / n as f64;
    let shown = places(n, POINTS)?;
    let points = Layer::new(
        "residuals",
        Mark::Points,
        Role::Data,
        try_gather(COORDINATES, shown.iter().map(|&i| expected(i)))?,
        try_gather(COORDINATES, shown.iter().map(|&i| ordered[i]))?,
    );
    let (mut x, mut lower, mut upper) = (vec![], vec![], vec![]);
    for i in places(n, PLACES)? {
        scene.watch.pulse()?;
        let (low, high) = order_probabilities(i, n, scene.settings.level);
        x.push(expected(i));
        lower.push(low);
        upper.push(high);
    }
    let share = |label: &str| Axis::new(label).reaching(0.0, 1.0).within(0.0, 1.0);
    Ok(Panel::new("Uniform quantiles", share("Expected"), share("Residual"))
        .with(Layer::new("limits", Mark::Band, Role::Reference, x.clone(), x).limits(lower, upper))
        .with(Layer::straight("uniform", Role::Fit, (0.0, 0.0), (1.0, 1.0)))
        .with(points))
}

/// Residuals against the ranks of the simulated means, with running quartiles.
fn along(means: &[f64], residuals: &[f64]) -> Result<Panel> {
    let n = means.len();
    let mut order = try_gather(COORDINATES, 0..n)?;
    order.sort_by(|&a, &b| means[a].total_cmp(&means[b]).then(a.cmp(&b)));
    let mut rank = try_vec(COORDINATES, 0.0, n)?;
    order.iter().enumerate().for_each(|(k, &i)| rank[i] = (k as f64 + 0.5) / n as f64);
    let (points, _) = cloud("residuals", &rank, residuals)?;
    let share = |label: &str| Axis::new(label).reaching(0.0, 1.0).within(0.0, 1.0);
    let mut panel = Panel::new("Along the predictions", share("Rank of the prediction"), share("Residual")).with(points);
    for p in [0.25, 0.5, 0.75] {
        panel = panel.with(Layer::across("expected", Role::Reference, p));
    }
    let near = ((SHARE * n as f64) as usize).clamp(1, n.max(1));
    for p in [0.25, 0.5, 0.75].into_iter().filter(|_| n >= 20) {
        let (mut x, mut y) = (vec![], vec![]);
        for k in 0..=PLACES {
            let centre = k * (n - 1) / PLACES;
            let first = centre.saturating_sub(near / 2).min(n - near);
            let window = try_gather(COORDINATES, order[first..first + near].iter().map(|&i| residuals[i]))?;
            x.push((centre as f64 + 0.5) / n as f64);
            y.push(quantile(&sorted(&window)?, p));
        }
        panel = panel.with(Layer::new(format!("running quantile {p}"), Mark::Line, Role::Fit, x, y));
    }
    Ok(panel)
}
