//! Monotone likelihoods: coefficients without a finite estimate, by themselves or in combinations. Random effects have a distribution, which
//! ends such a rise.

use super::course::{Course, reach};
use super::joint::Joint;
use super::model::Model;
use crate::error::{Result, try_vec};
use crate::linalg::dense::{add_scaled, dot, symmetric_eigen};

/// Relative to its reach, what is a difference of rounding in a direction that was computed.
const COMPUTED: f64 = 1e-6;
/// Information, for a death and a change of the predictor by at most one, below which a direction may have no maximum.
const INFORMATION: f64 = 1e-6;
/// Coefficients of unit columns whose part in a direction is less are not moved by it.
const PART: f64 = 0.01;

/// The columns without a finite estimate, at a joint mode: those for which it is known of the column, and those of combinations. Along a
/// combination the information has become next to nothing, and the coefficients have gone to the side where the likelihood does not fall.
pub fn monotone(joint: &Joint<'_>) -> Result<Vec<usize>> {
    let (model, p) = (joint.model, joint.model.p());
    let mut all = model.never_falling.clone();
    let Some((values, vectors)) = symmetric_eigen(p, &joint.xwx) else { return Ok(all) };
    let deaths = || model.sets.times.iter().flat_map(|time| model.sets.deaths(time));
    let unit = deaths().map(|i| model.sets.weight(i)).sum::<f64>() / deaths().count().max(1) as f64;
    let (mut null, mut toward) = (vec![], vec![0.0; p]);
    for (information, v) in values.iter().zip(vectors.chunks_exact(p.max(1))) {
        if *information < INFORMATION * unit * reach(&along(model, v)?).powi(2) {
            add_scaled(&mut toward, dot(v, &joint.beta), v);
            null.push(v.to_vec());
        }
    }
    if !falls(model, &toward)? || null.is_empty() {
        add_moved(&mut all, p, &null);
        return Ok(all);
    }
    for v in null {
        let other: Vec<f64> = v.iter().map(|v| -v).collect();
        if !falls(model, &v)? || !falls(model, &other)? {
            add_moved(&mut all, p, &[v]);
        }
    }
    Ok(all)
}

/// Adds the columns that directions move.
fn add_moved(all: &mut Vec<usize>, p: usize, directions: &[Vec<f64>]) {
    let moved = |j: usize| directions.iter().map(|v| v[j] * v[j]).sum::<f64>() > PART * PART;
    all.extend((0..p).filter(|&j| moved(j)));
    all.sort_unstable();
    all.dedup();
}

fn falls(model: &Model, direction: &[f64]) -> Result<bool> {
    let v = along(model, direction)?;
    Ok(model.sets.course(&v, COMPUTED * reach(&v)) == Course::Falls)
}

/// The predictor along a combination of columns.
fn along(model: &Model, direction: &[f64]) -> Result<Vec<f64>> {
    let mut v = try_vec("directions without maximum", 0.0, model.n)?;
    direction.iter().enumerate().for_each(|(j, d)| add_scaled(&mut v, *d, model.column(j)));
    Ok(v)
}
