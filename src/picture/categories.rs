//! Probabilities of the categories of an ordinal model over a covariate.

use super::scene::Scene;
use super::sheet::{Axis, Layer, Mark, Panel, Role, Sheet};
use super::typical::along;
use crate::error::{Error, Result};
use crate::predict::{NewData, Quantity, RandomTerms, Request};

/// A line for each category, without random effects.
pub fn probabilities(scene: &Scene<'_>) -> Result<Sheet> {
    let fit = scene.fit;
    let ordinal = fit
        .ordinal()
        .ok_or_else(|| Error::unsupported("picture probabilities: only of ordinal models, whose response has categories"))?;
    let (reference, along) = along(scene, "probabilities", false, scene.settings.effect.as_deref())?;
    let (rows, typical) = along.rows(reference)?;
    let request = Request { quantity: Quantity::Probabilities, random: RandomTerms::None, ..Request::default() };
    let all = fit.predictions(NewData::Frame(&rows), &request, scene.watch)?.values;
    let x_axis =
        if along.levels.is_empty() { Axis::new(along.name.clone()) } else { Axis::named(along.name.clone(), along.levels.clone()) };
    let mut panel = Panel::new("Probabilities", x_axis, Axis::new("Probability").reaching(0.0, 0.0).within(0.0, 1.0));
    panel.direct = true;
    for (k, (name, values)) in ordinal.categories.iter().zip(all.chunks_exact(rows.n_rows().max(1))).enumerate() {
        let role = Role::Series(k);
        panel = panel.with(Layer::new(name.clone(), Mark::Line, role, along.x.clone(), values.to_vec()));
        if !along.levels.is_empty() {
            panel = panel.with(Layer::new(name.clone(), Mark::Points, role, along.x.clone(), values.to_vec()));
        }
    }
    let said = if typical.is_empty() { String::new() } else { format!("; {typical}") };
    Ok(Sheet::alone("Probabilities of the categories", format!("random effects at zero{said}"), panel))
}
