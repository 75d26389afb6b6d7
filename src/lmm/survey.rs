//! A look around for another minimum: the criterion of a model with unequal weights or few groups may have several.
//!
//! No theory sets the factors: they are a grid, without units, that models with minima of this kind were met by (tests/lmm/regressions.rs).
//! What a fit with it misses is in docs/differences.md: 2 of 2,000 random designs.

use super::deviance::Deviance;
use super::parameters::{NOTHING, scaled};
use super::system::LinearSystem;
use std::ops::Range;

use libm::hypot;

use crate::covariance::{Structure, with_ranges};
use crate::error::Result;
use crate::optimize::{Objective, Summary};
use crate::search::minima::SAME_MINIMUM;

/// Factors (no units) on the standard deviations of one term at a time, or of all. With unequal weights wells may be narrow and far apart: four
/// in each power of ten from 1e-3 to 1e5.
fn factors(weighted: bool) -> Vec<f64> {
    if weighted {
        (-12..=20).filter(|k| *k != 0).map(|k| 10f64.powf(f64::from(k) / 4.0)).collect()
    } else {
        vec![0.03, 0.3, 4.0, 30.0]
    }
}

/// What one term gains and another loses: where both can stand for the same differences (of a mean that no fixed effect takes up, say)
/// there may be a minimum for each.
const TRADES: [(f64, f64); 6] = [(2.0, 0.1), (4.0, 0.03), (2.0, 0.03), (2.0, 0.3), (4.0, 0.1), (4.0, 0.3)];

/// Terms whose standard deviations, in units of the residual's, differ by a smaller factor don't change places.
const DIFFERENT: f64 = 1.5;

/// The lowest of points around `at`, if one is lower: standard deviations of a term, or of all, multiplied by a factor, or those of one
/// term raised and of another lowered, or two that change places, or one that takes up what two have had. Terms without variance get
/// standard deviations equal to the factors in units of the residual's, times an effect's root mean square.
pub fn lower_point(deviance: &mut Deviance<'_>, at: &Summary) -> Result<Option<Vec<f64>>> {
    let system = deviance.system;
    let mut best: Option<(f64, Vec<f64>)> = None;
    let mut points = all_factors(system.structures.len(), system.is_weighted());
    points.extend(exchanges(&sizes(system, &at.x)));
    for factors in points {
        let trial = scaled(system, &at.x, &factors)?;
        let value = deviance.value(&trial)?;
        if value < at.value - SAME_MINIMUM.max(at.noise) && best.as_ref().is_none_or(|(lowest, _)| value < *lowest) {
            best = Some((value, trial));
        }
    }
    Ok(best.map(|(_, point)| point))
}

/// For each point a factor for every term.
fn all_factors(terms: usize, weighted: bool) -> Vec<Vec<f64>> {
    let mut all = Vec::new();
    for factor in factors(weighted) {
        for k in 0..terms {
            let mut one = vec![1.0; terms];
            one[k] = factor;
            all.push(one);
        }
        if terms > 1 {
            all.push(vec![factor; terms]);
        }
    }
    for (gain, loss) in TRADES.into_iter().take(if weighted { TRADES.len() } else { 2 }) {
        for (k, m) in (0..terms).flat_map(|k| (0..terms).map(move |m| (k, m))).filter(|(k, m)| k != m) {
            let mut trade = vec![1.0; terms];
            (trade[k], trade[m]) = (gain, loss);
            all.push(trade);
        }
    }
    all
}

/// The largest element of each term's T.
fn sizes(system: &LinearSystem, working: &[f64]) -> Vec<f64> {
    let size = |(structure, range): (&Structure, Range<usize>)| {
        let mut t = vec![0.0; structure.size * structure.size];
        structure.factor(&working[range], &mut t);
        t.iter().fold(0.0f64, |largest, v| largest.max(v.abs()))
    };
    with_ranges(&system.structures).map(size).collect()
}

/// For each point a factor for every term, by which a pair of terms of these sizes change places, or one of them takes up all.
fn exchanges(sizes: &[f64]) -> Vec<Vec<f64>> {
    let mut all = Vec::new();
    let factor = |k: usize, wanted: f64| if sizes[k] < NOTHING { wanted } else { wanted / sizes[k] };
    for (k, m) in (0..sizes.len()).flat_map(|k| (0..sizes.len()).map(move |m| (k, m))).filter(|(k, m)| k != m) {
        let (own, other) = (sizes[k], sizes[m]);
        if other < NOTHING {
            continue;
        }
        let mut add = |to_k: f64, to_m: f64| {
            let mut point = vec![1.0; sizes.len()];
            (point[k], point[m]) = (factor(k, to_k), factor(m, to_m));
            all.push(point);
        };
        add(hypot(own, other), NOTHING);
        if own > NOTHING && other > DIFFERENT * own {
            add(other, own);
        }
    }
    all
}
