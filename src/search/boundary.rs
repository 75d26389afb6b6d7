//! Singular fits: directions without variance become exact zeros, and are checked to be a minimum.
//!
//! At a singular T the gradient in T vanishes along the null directions whatever the data say, so a stationary point there is a
//! minimum only if the gradient H in the covariance T T' is positive semidefinite on the null space of T'.

use super::criterion::Criterion;
use super::run::{Search, is_converged};
use crate::covariance::{Structure, with_ranges};
use crate::error::Result;
use crate::formula::StructureKind;
use crate::linalg::dense::{self, dot_in_order as dot};
use crate::optimize::rounding::rounding;
use crate::optimize::{Method, Summary};

/// Standard deviations (in units of sigma times an effect's root mean square) below this are tried at zero.
const SMALL: f64 = 2e-3;

/// The standard deviation at which a null direction is probed.
const PROBE: f64 = 1e-3;

/// The standard deviation, the square root of 0.05, that a search starts with in directions that have none: at zero it would stay there.
pub const LIFT: f64 = 0.223_606_797_749_979;

/// Relative to the largest, an eigenvalue of T T' below this is zero.
const ZERO: f64 = 1e-14;

/// Criteria, in their units, that differ by less beside rounding are level: a hundredth of `minima::SAME_MINIMUM`.
const LEVEL: f64 = 1e-8;

/// What the criterion may differ by between a boundary and its neighbourhood.
fn level(at: &Summary) -> f64 {
    LEVEL + rounding(at.value, at.noise)
}

/// T T' of one term, with its eigenvalues and eigenvectors.
fn spectrum(structure: Structure, working: &[f64]) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
    let r = structure.size;
    let cov = structure.relative_covariance(working);
    let (values, vectors) = dense::symmetric_eigen(r, &cov).unwrap_or((vec![f64::NAN; r], vec![0.0; r * r]));
    (cov, values, vectors)
}

/// The null directions of one term's covariance in working units, each of unit length.
pub fn null_directions(structure: Structure, working: &[f64]) -> Vec<Vec<f64>> {
    let r = structure.size;
    let (_, values, vectors) = spectrum(structure, working);
    let largest = values.last().copied().unwrap_or(0.0);
    (0..r).filter(|&i| values[i] <= ZERO * largest).map(|i| vectors[i * r..(i + 1) * r].to_vec()).collect()
}

/// Whether a term's covariance is within `SMALL` of a singular one.
pub fn is_singular(structures: &[Structure], working: &[f64]) -> bool {
    with_ranges(structures).any(|(s, range)| spectrum(*s, &working[range]).1[0].max(0.0).sqrt() < SMALL)
}

/// The variance that a search begins with where effects have this mean square, `large` being one with which they are as if fixed. Groups
/// of much information are as if fixed with a variance below what a search starts from.
pub fn start_variance(mean_square: f64, large: f64) -> f64 {
    let least = LIFT * LIFT;
    (1.0 + 1e-6) * mean_square.clamp(least, large.max(least))
}

/// The parameters with a standard deviation of `length` in each null direction; the others are kept as they are.
pub fn lifted(structures: &[Structure], working: &[f64], length: f64) -> Vec<f64> {
    let mut out = working.to_vec();
    for (structure, range) in with_ranges(structures) {
        let null = null_directions(*structure, &working[range.clone()]);
        if !null.is_empty() {
            out = perturbed(*structure, range, &null, length, &out);
        }
    }
    out
}

impl<'m, C: Criterion<'m>> Search<'_, '_, C> {
    /// What is nearly zero becomes so, what should not be zero does not stay so.
    pub(super) fn settled(&mut self, mut best: Summary) -> Result<Summary> {
        // Each round ends at a boundary point that is a minimum, or strictly lower than the round before.
        for _ in 0..4 {
            if !is_converged(best.reason) || self.is_late() {
                break;
            }
            if let Some(snapped) = snap(self.criterion, &best)? {
                // By gradients, which are exactly zero along exact zeros: a method that sees values only would leave them again.
                let method = if self.options.optimizer.has_gradient() { self.options.optimizer } else { Method::Newton };
                // Not worse than the zeros that were accepted: the better of the two by construction.
                best = self.run_by(method, &snapped, self.options.tolerance)?;
            }
            match way_down(self.criterion, &best)? {
                Some(start) => {
                    let again = self.run(&start, self.options.tolerance)?;
                    if again.value < best.value {
                        best = again;
                    }
                }
                None => break,
            }
        }
        Ok(best)
    }
}

/// Sets directions with hardly any variance to exactly none, term by term, wherever that does not raise the criterion
/// beyond rounding. `None` if nothing changes.
pub fn snap(criterion: &mut dyn Criterion<'_>, at: &Summary) -> Result<Option<Vec<f64>>> {
    let structures = criterion.structures().to_vec();
    let mut working = at.x.clone();
    let mut changed = false;
    for (structure, range) in with_ranges(&structures) {
        for part in candidates(*structure, &working[range.clone()]) {
            let mut trial = working.clone();
            trial[range.clone()].copy_from_slice(&part);
            if criterion.value(&trial)? <= at.value + level(at) {
                changed |= trial != working;
                working = trial;
                break;
            }
        }
    }
    Ok(changed.then_some(working))
}

/// The end of a search with what is null to within rounding exactly so: columns of T that don't count are zero.
pub fn exact_zeros(criterion: &mut dyn Criterion<'_>, at: &Summary) -> Result<Vec<f64>> {
    let structures = criterion.structures().to_vec();
    let mut working = at.x.clone();
    for (structure, range) in with_ranges(&structures) {
        if structure.kind != StructureKind::Unstructured || structure.size == 1 {
            continue;
        }
        let r = structure.size;
        let part = &working[range.clone()];
        let mut t = vec![0.0; r * r];
        structure.factor(part, &mut t);
        let norm = |column: &[f64]| column.iter().map(|v| v * v).sum::<f64>();
        let squares: Vec<f64> = t.chunks_exact(r).map(norm).collect();
        let largest = squares.iter().copied().fold(0.0, f64::max);
        let mut trial = working.clone();
        let mut k = range.start;
        for (column, square) in squares.iter().enumerate() {
            if *square <= ZERO * largest {
                trial[k..k + r - column].fill(0.0);
            }
            k += r - column;
        }
        if trial != working && criterion.value(&trial)? <= at.value + level(at) {
            working = trial;
        }
    }
    Ok(working)
}

/// Nearby singular parameters of one term, the most singular first; none if it is far from singular, or exactly so already.
pub fn candidates(structure: Structure, working: &[f64]) -> Vec<Vec<f64>> {
    let r = structure.size;
    let (_, values, vectors) = spectrum(structure, working);
    let small = values.iter().filter(|v| v.max(0.0).sqrt() < SMALL).count();
    let largest = values.last().copied().unwrap_or(0.0);
    if small == 0 {
        return vec![];
    }
    if structure.kind == StructureKind::Unstructured {
        let truncated = |zeros: usize| {
            let mut cov = vec![0.0; r * r];
            for i in zeros..r {
                add_outer(r, values[i], &vectors[i * r..(i + 1) * r], &mut cov);
            }
            let mut part = vec![0.0; working.len()];
            structure.from_covariance(&cov, &mut part);
            part
        };
        let already = values.iter().filter(|&&v| v <= ZERO * largest).count();
        return (already + 1..=small).rev().map(truncated).collect();
    }
    // Other structures: each parameter to the end of its interval where it is near it.
    let (lower, upper) = (structure.lower_bounds(), structure.upper_bounds());
    let mut theta = vec![0.0; working.len()];
    structure.theta_from_working(working, &mut theta);
    let before = theta.clone();
    for (k, value) in theta.iter_mut().enumerate() {
        for bound in [lower[k], upper[k]] {
            if (*value - bound).abs() < SMALL {
                *value = bound;
            }
        }
    }
    let mut part = vec![0.0; working.len()];
    if theta == before || structure.working_from_theta(&theta, &mut part).is_err() { vec![] } else { vec![part] }
}

/// A start from which the criterion falls, if a singular fit is not a minimum.
pub fn way_down(criterion: &mut dyn Criterion<'_>, at: &Summary) -> Result<Option<Vec<f64>>> {
    let structures = criterion.structures().to_vec();
    for (k, (structure, range)) in with_ranges(&structures).enumerate() {
        let null = null_directions(*structure, &at.x[range.clone()]);
        if null.is_empty() {
            continue;
        }
        let directions = match structure.kind {
            StructureKind::Unstructured => steepest(criterion, k, range.clone(), &null, &at.x)?.into_iter().collect(),
            _ => null,
        };
        for length in [0.3, 0.1, 0.03, 0.01] {
            let along = |direction: &Vec<f64>| perturbed(*structure, range.clone(), std::slice::from_ref(direction), length, &at.x);
            let mut trials: Vec<Vec<f64>> = directions.iter().map(along).collect();
            trials.extend(with_correlations(*structure, range.clone(), length, &at.x));
            for trial in trials {
                if criterion.value(&trial)? < at.value - level(at) {
                    return Ok(Some(trial));
                }
            }
        }
    }
    Ok(None)
}

/// Without variance a correlation says nothing: points with a small standard deviation where there is none, and with correlations
/// over their whole interval.
fn with_correlations(structure: Structure, range: std::ops::Range<usize>, length: f64, working: &[f64]) -> Vec<Vec<f64>> {
    let (lower, upper) = (structure.lower_bounds(), structure.upper_bounds());
    let mut theta = vec![0.0; range.len()];
    structure.theta_from_working(&working[range.clone()], &mut theta);
    let Some(rho) = upper.iter().position(|u| u.is_finite()) else { return vec![] };
    theta.iter_mut().enumerate().filter(|(k, v)| *k != rho && **v == 0.0).for_each(|(_, v)| *v = length);
    let mut points = vec![];
    for share in [0.0, 0.2, 0.4, 0.6, 0.8, 0.95, 1.0] {
        theta[rho] = lower[rho] + share * (upper[rho] - lower[rho]);
        let mut trial = working.to_vec();
        if structure.working_from_theta(&theta, &mut trial[range.clone()]).is_ok() {
            points.push(trial);
        }
    }
    points
}

/// The null direction with the most negative slope of the criterion in the covariance, if one is negative: the smallest
/// eigenvalue of N'HN, with H N = F T^-1 N at a covariance that has a small variance in each null direction.
fn steepest(
    criterion: &mut dyn Criterion<'_>,
    k: usize,
    range: std::ops::Range<usize>,
    null: &[Vec<f64>],
    working: &[f64],
) -> Result<Option<Vec<f64>>> {
    let structure = criterion.structures()[k];
    let r = structure.size;
    let probe = perturbed(structure, range, null, PROBE, working);
    let (force, t) = match criterion.force(&probe, k) {
        Err(error) if error.ends_all() => return Err(error),
        Err(_) => return Ok(None),
        Ok(found) => found,
    };
    let slopes: Vec<Vec<f64>> = null
        .iter()
        .map(|n| {
            let mut x = n.clone();
            dense::solve_lower(r, &t, &mut x);
            (0..r).map(|a| (0..r).map(|b| force[b * r + a] * x[b]).sum()).collect()
        })
        .collect();
    let s = null.len();
    let matrix: Vec<f64> =
        (0..s * s).map(|e| 0.5 * (dot(&null[e % s], &slopes[e / s]) + dot(&null[e / s], &slopes[e % s]))).collect();
    let Some((values, vectors)) = dense::symmetric_eigen(s, &matrix) else { return Ok(None) };
    Ok((values[0] < 0.0).then(|| (0..r).map(|a| (0..s).map(|i| vectors[i] * null[i][a]).sum()).collect()))
}

/// The parameters with a variance of `length` squared added in each of the directions of one term.
pub fn perturbed(
    structure: Structure,
    range: std::ops::Range<usize>,
    directions: &[Vec<f64>],
    length: f64,
    working: &[f64],
) -> Vec<f64> {
    let mut trial = working.to_vec();
    let (mut cov, ..) = spectrum(structure, &working[range.clone()]);
    for direction in directions {
        add_outer(structure.size, length * length, direction, &mut cov);
    }
    structure.from_covariance(&cov, &mut trial[range]);
    trial
}

/// cov += factor v v'.
fn add_outer(r: usize, factor: f64, v: &[f64], cov: &mut [f64]) {
    for b in 0..r {
        for a in 0..r {
            cov[b * r + a] += factor * v[a] * v[b];
        }
    }
}
