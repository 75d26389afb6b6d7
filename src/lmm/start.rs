//! Where searches start: variance components by a moment estimator from the cross-products only, T = I, and a few residual correlations.

use super::deviance::Deviance;
use super::parameters::scaled;
use super::system::LinearSystem;
use crate::covariance::with_ranges;
use crate::error::Result;
use crate::linalg::dense;
use crate::optimize::Objective;

/// Working parameters by MINQUE(0) (Rao 1971): every effect of every term as a variance component of its own,
/// `sum_m |Z_k'Z_m|_F^2 v_m + tr(Z_k'Z_k) v_e = |Z_k'e|^2`, `sum_m tr(Z_m'Z_m) v_m + n v_e = e'e`, clipped away from zero.
pub fn moment_start(system: &LinearSystem) -> Vec<f64> {
    let effects: Vec<(usize, usize)> =
        system.gram.layout.terms.iter().enumerate().flat_map(|(k, t)| (0..t.effects).map(move |e| (k, e))).collect();
    let c = effects.len();
    let mut matrix = vec![0.0; (c + 1) * (c + 1)];
    let mut right = vec![0.0; c + 1];
    for (i, &(k, a)) in effects.iter().enumerate() {
        for (j, &(m, b)) in effects.iter().enumerate().take(i + 1) {
            let value = squared_norm(system, k, a, m, b);
            matrix[j * (c + 1) + i] = value;
            matrix[i * (c + 1) + j] = value;
        }
        // Effects are scaled to a mean square of one.
        let trace = trace(system, k, a);
        matrix[i * (c + 1) + c] = trace;
        matrix[c * (c + 1) + i] = trace;
        right[i] = residual_norm(system, k, a);
    }
    matrix[c * (c + 1) + c] = system.n as f64;
    right[c] = system.rss;
    // A little ridge keeps the system regular where two terms are nearly the same.
    (0..=c).for_each(|i| matrix[i * (c + 1) + i] *= 1.0 + 1e-8);
    // Where weights are far apart, rounding may leave a sum of squares that is none.
    let mean = (system.rss / system.n as f64).max(f64::MIN_POSITIVE);
    if dense::cholesky(c + 1, &mut matrix).is_ok() {
        dense::solve_lower(c + 1, &matrix, &mut right);
        dense::solve_lower_transpose(c + 1, &matrix, &mut right);
    } else {
        right.fill(mean / 2.0);
    }
    let residual = right[c].max(0.1 * mean);
    let mut working = Vec::new();
    let mut first = 0;
    for structure in &system.structures {
        let r = structure.size;
        let mut cov = vec![0.0; r * r];
        for e in 0..r {
            cov[e * r + e] = right[first + e].clamp(0.002 * mean, 100.0 * mean) / residual;
        }
        let mut part = vec![0.0; structure.n_theta()];
        structure.from_covariance(&cov, &mut part);
        working.extend(part);
        first += r;
    }
    working
}

/// The structures' own starts; where residuals are correlated these, and such with little of it in the random effects, from every
/// correlation.
pub fn other_starts(deviance: &mut Deviance<'_>) -> Result<Vec<Vec<f64>>> {
    let system = deviance.system;
    let mut unit = vec![0.0; system.n_theta()];
    for (structure, range) in with_ranges(&system.structures) {
        structure.start(&mut unit[range]);
    }
    let Some(products) = &system.correlation else { return Ok(vec![unit]) };
    let mut starts: Vec<Vec<f64>> = products.starts().into_iter().map(|x| [&unit[..], &[x]].concat()).collect();
    if !unit.is_empty() {
        starts = vec![with_correlation(deviance, &unit)?];
        let factors = vec![0.1; system.structures.len()];
        let small = scaled(system, &starts[0], &factors)?;
        starts.push(with_correlation(deviance, &small[..system.n_theta()])?);
    }
    Ok(starts)
}

/// Parameters of random effects with the best of a few correlations, if residuals are correlated.
pub fn with_correlation(deviance: &mut Deviance<'_>, theta: &[f64]) -> Result<Vec<f64>> {
    let Some(products) = &deviance.system.correlation else { return Ok(theta.to_vec()) };
    let mut best: Option<(f64, Vec<f64>)> = None;
    for x in products.starts() {
        let trial = [theta, &[x]].concat();
        let value = deviance.value(&trial)?;
        if best.as_ref().is_none_or(|(lowest, _)| value < *lowest) {
            best = Some((value, trial));
        }
    }
    Ok(best.map_or_else(|| [theta, &[0.5]].concat(), |(_, trial)| trial))
}

/// tr of one effect's Z'Z.
fn trace(system: &LinearSystem, k: usize, a: usize) -> f64 {
    let r = system.gram.layout.terms[k].effects;
    system.gram.diagonal[k].chunks_exact(r * r).map(|block| block[a * r + a]).sum()
}

/// Squared Frobenius norm of the cross-product of effect a of term k with effect b of term m <= k.
fn squared_norm(system: &LinearSystem, k: usize, a: usize, m: usize, b: usize) -> f64 {
    let r = system.gram.layout.terms[k].effects;
    if k == m {
        return system.gram.diagonal[k].chunks_exact(r * r).map(|block| block[b * r + a] * block[b * r + a]).sum();
    }
    let pair = system.gram.pair(k, m);
    pair.values.chunks_exact(pair.block_len()).map(|block| block[b * r + a] * block[b * r + a]).sum()
}

/// |Z'e|^2 of one effect.
fn residual_norm(system: &LinearSystem, k: usize, a: usize) -> f64 {
    let (q, r, first) = (system.gram.layout.q(), system.gram.layout.terms[k].effects, system.gram.layout.offset(k));
    let e = &system.zc[(system.m() - 1) * q..];
    (0..system.gram.layout.terms[k].levels).map(|j| e[first + j * r + a] * e[first + j * r + a]).sum()
}
