//! Rows that are typical of the data in all but one column, along which something is drawn.

use super::scene::Scene;
use super::sheet::COORDINATES;
use crate::design::Reference;
use crate::error::{Error, Result, try_gather};
use crate::frame::{Frame, shortest_text};

/// Values of a covariate along an axis.
const VALUES: usize = 61;

/// A column along which something is drawn.
pub struct Along {
    pub name: String,
    /// Values of a covariate; of a factor 1, 2, ...
    pub x: Vec<f64>,
    /// The levels of a factor.
    pub levels: Vec<String>,
}

/// The grid of the fixed effects, and the column that is asked for: by default the first covariate, or the first factor.
pub fn along(scene: &Scene<'_>, picture: &str, factors_first: bool, wanted: Option<&str>) -> Result<(Reference, Along)> {
    let (program, data) = (scene.need_program(picture)?, scene.need_data(picture)?);
    let fit = scene.fit;
    let weights = fit.weights.as_ref().map(|weights| fit.used(weights)).transpose()?;
    let reference = program.reference(data, &fit.rows, weights.as_deref())?;
    let factor = || reference.factors.first().map(|factor| factor.name.clone());
    let covariate = || reference.covariates.first().map(|(name, _)| name.clone());
    let first = if factors_first { factor().or_else(covariate) } else { covariate().or_else(factor) };
    let name = match wanted {
        Some(name) => name.to_owned(),
        None => {
            first.ok_or_else(|| Error::argument(format!("picture {picture}: the fixed effects depend on no column of the data")))?
        }
    };
    if let Some(factor) = reference.factors.iter().find(|factor| factor.name == name) {
        let x = (1..=factor.levels.len()).map(|k| k as f64).collect();
        let levels = factor.levels.clone();
        return Ok((reference, Along { name, x, levels }));
    }
    if !reference.covariates.iter().any(|(own, _)| *own == name) {
        return Err(reference.absent(&name));
    }
    let x = range(scene, data, &name)?;
    Ok((reference, Along { name, x, levels: vec![] }))
}

/// Values over the range of a column, on the rows used.
fn range(scene: &Scene<'_>, data: &Frame, name: &str) -> Result<Vec<f64>> {
    let values = data.numbers(data.column(name)?)?;
    let used = || scene.fit.rows.used().map(|row| values[row]).filter(|v| v.is_finite());
    let (low, high) = used().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
    if low == high {
        return Ok(vec![low]);
    }
    // Whole numbers, few of them, stay whole.
    let whole = used().all(|v| v.fract() == 0.0) && high - low < VALUES as f64;
    let steps = if whole { (high - low) as usize } else { VALUES - 1 };
    try_gather(COORDINATES, (0..=steps).map(|k| low + (high - low) * k as f64 / steps as f64))
}

impl Along {
    /// Its values as text.
    pub fn texts(&self) -> Vec<String> {
        if self.levels.is_empty() { self.x.iter().map(|v| shortest_text(*v)).collect() } else { self.levels.clone() }
    }

    /// A row for each value: covariates at their means, other factors at their most frequent level. What that is, as text.
    pub fn rows(&self, mut reference: Reference) -> Result<(Frame, String)> {
        let mut said = vec![];
        for factor in reference.factors.clone().iter().filter(|factor| factor.name != self.name) {
            let place = reference.factors.iter().position(|own| own.name == factor.name).unwrap_or(0);
            let mut totals = vec![0.0; factor.levels.len()];
            for (cell, count) in reference.counts.iter().flatten().enumerate() {
                totals[reference.levels_of(cell)[place]] += count;
            }
            let most = (0..totals.len()).rev().max_by(|&a, &b| totals[a].total_cmp(&totals[b])).unwrap_or(0);
            said.push(format!("{} = {}", factor.name, factor.levels[most]));
            reference.restrict(&factor.name, std::slice::from_ref(&factor.levels[most]))?;
        }
        if reference.covariates.iter().any(|(name, _)| *name != self.name) {
            said.push("covariates at their means".into());
        }
        if self.levels.is_empty() {
            reference.restrict(&self.name, &self.texts())?;
        }
        Ok((reference.frame()?, said.join(", ")))
    }
}
