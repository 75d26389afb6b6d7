//! Monotone likelihoods: directions of the fixed effects without a maximum, single columns and combinations. Random effects have a
//! distribution, which ends such a rise.

use super::course::{Course, reach};
use super::model::Model;
use super::partial::Partial;
use crate::error::{Result, try_vec};
use crate::linalg::dense::{add_scaled, dot, symmetric_eigen};

const DIRECTION: &str = "directions without maximum";

/// Relative to its reach, what is a difference of rounding in a direction that was computed.
const COMPUTED: f64 = 1e-6;
/// Information, for a death and a change of the predictor by at most one, below which a direction may have no maximum.
const INFORMATION: f64 = 1e-3;
/// How much farther out than others those are taken that are held.
const BEFORE: f64 = 100.0;
/// Coefficients of unit columns whose part in a direction is less are not moved by it.
const PART: f64 = 0.01;

/// Directions, at a beta that is far out along them: the columns of which it is known, and combinations of others. Along a combination the
/// information has become next to nothing, and beta has gone to the side where the likelihood does not fall, if only far behind those that are
/// held.
pub fn directions(model: &Model, partial: &Partial<'_>, beta: &[f64], held: &[Vec<f64>]) -> Result<Vec<Vec<f64>>> {
    let p = model.p();
    let rest: Vec<usize> = (0..p).filter(|j| !model.never_falling.contains(j)).collect();
    let (k, mut toward) = (rest.len(), vec![0.0; p]);
    model.never_falling.iter().for_each(|&j| toward[j] = BEFORE * beta[j]);
    for v in held {
        let own = BEFORE * dot(v, beta) - dot(v, &toward);
        add_scaled(&mut toward, own, v);
    }
    let mut null = vec![];
    let Some((values, vectors)) = symmetric_eigen(k, &information(model, partial, &rest)?) else { return Ok(units(model)) };
    let deaths = || model.sets.times.iter().flat_map(|time| model.sets.deaths(time));
    let unit = deaths().map(|i| model.sets.weight(i)).sum::<f64>() / deaths().count().max(1) as f64;
    for (information, own) in values.iter().zip(vectors.chunks_exact(k.max(1))) {
        let mut v = vec![0.0; p];
        rest.iter().zip(own).for_each(|(&j, own)| v[j] = *own);
        if *information < INFORMATION * unit * reach(&along(model, &v)?).powi(2) {
            add_scaled(&mut toward, dot(&v, beta), &v);
            null.push(v);
        }
    }
    let mut found = units(model);
    if beta.iter().any(|b| *b != 0.0) && !falls(model, beta)? {
        found.push(beta.iter().map(|b| b / dot(beta, beta).sqrt()).collect());
    }
    let together = !falls(model, &toward)?;
    for v in null {
        let other: Vec<f64> = v.iter().map(|v| -v).collect();
        if together || !falls(model, &v)? || !falls(model, &other)? {
            found.push(v);
        }
    }
    Ok(found)
}

/// The columns that directions move.
pub fn moved(p: usize, directions: &[Vec<f64>]) -> Vec<usize> {
    (0..p).filter(|&j| directions.iter().map(|v| v[j] * v[j]).sum::<f64>() > PART * PART).collect()
}

fn units(model: &Model) -> Vec<Vec<f64>> {
    model.never_falling.iter().map(|&j| (0..model.p()).map(|k| f64::from(u8::from(j == k))).collect()).collect()
}

/// X'WX of some columns.
fn information(model: &Model, partial: &Partial<'_>, columns: &[usize]) -> Result<Vec<f64>> {
    let k = columns.len();
    let (mut all, mut wx) = (vec![0.0; k * k], try_vec(DIRECTION, 0.0, model.n)?);
    for (b, &j) in columns.iter().enumerate() {
        partial.information_product(model.column(j), &mut wx)?;
        columns.iter().enumerate().for_each(|(a, &i)| all[b * k + a] = dot(model.column(i), &wx));
    }
    Ok(all)
}

fn falls(model: &Model, direction: &[f64]) -> Result<bool> {
    let v = along(model, direction)?;
    Ok(model.sets.course(&v, COMPUTED * reach(&v))? == Course::Falls)
}

/// The predictor along a combination of columns.
fn along(model: &Model, direction: &[f64]) -> Result<Vec<f64>> {
    let mut v = try_vec(DIRECTION, 0.0, model.n)?;
    direction.iter().enumerate().for_each(|(j, d)| add_scaled(&mut v, *d, model.column(j)));
    Ok(v)
}
