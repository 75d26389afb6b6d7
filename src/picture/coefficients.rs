//! Estimates with intervals.

use super::residuals::percent;
use super::scene::Scene;
use super::sheet::{Axis, Layer, Mark, Panel, Role, Sheet};
use crate::error::{Error, Result};
use crate::fit::Role as Part;
use crate::inference::degrees_of_freedom::DfMethod;

const INTERCEPT: &str = "(Intercept)";

/// Coefficients of each predictor with Wald intervals; without an intercept where there is anything else.
pub fn coefficients(scene: &Scene<'_>) -> Result<Sheet> {
    let (fit, level) = (scene.fit, scene.settings.level);
    // Without rows a linear model has no other degrees of freedom.
    let normal = fit.is_linear() && fit.need_rows_or_sums("degrees of freedom").is_err();
    let method = if normal { DfMethod::Normal } else { DfMethod::Default };
    let mut panels = vec![];
    for part in Part::ORDER {
        let Some(fixed) = fit.fixed_of(part) else { continue };
        let (lower, upper) = match part {
            Part::Mean => (scene.freedom)(method)?.intervals(fit, level)?,
            Part::ZeroInflation | Part::Dispersion => fixed.intervals(level)?,
        };
        let all: Vec<usize> = (0..fixed.names.len()).rev().collect();
        let others: Vec<usize> = all.iter().copied().filter(|&j| fixed.names[j] != INTERCEPT).collect();
        let shown = if others.is_empty() { all } else { others };
        if shown.is_empty() {
            continue;
        }
        let at = |values: &[f64]| shown.iter().map(|&j| values[j]).collect::<Vec<f64>>();
        let places: Vec<f64> = (1..=shown.len()).map(|k| k as f64).collect();
        let names = shown.iter().map(|&j| fixed.names[j].clone()).collect();
        let title = match part {
            Part::Mean if fit.cox().is_some() => "Logarithm of the hazard ratio",
            Part::Mean => "Fixed effects",
            Part::ZeroInflation => "Zero part",
            Part::Dispersion => "Dispersion",
        };
        let estimate = at(&fixed.estimate);
        panels.push(
            Panel::new(title, Axis::new("Estimate").reaching(0.0, 0.0), Axis::named("", names))
                .with(Layer::upright("zero", Role::Reference, 0.0))
                .with(
                    Layer::new("limits", Mark::IntervalX, Role::Data, estimate.clone(), places.clone())
                        .limits(at(&lower), at(&upper)),
                )
                .with(Layer::new("estimates", Mark::Points, Role::Data, estimate, places)),
        );
    }
    if panels.is_empty() {
        return Err(Error::argument("picture coefficients: the model has no fixed effects"));
    }
    let most = panels.iter().map(|panel| panel.y.names.len()).max().unwrap_or(0);
    let of_normal = if normal { " of the normal distribution" } else { "" };
    let sheet = Sheet::of("Estimates", format!("{} % Wald intervals{of_normal}", percent(level)), panels);
    let height = (130.0 + 26.0 * most as f64).max(220.0);
    Ok(Sheet { height, columns: sheet.panels.len(), ..sheet })
}
