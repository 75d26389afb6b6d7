//! The linear model of a fit again, and the forms that degrees of freedom are made of.

use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::fit::linear::assemble;
use crate::linalg::dense::{dot_in_order as dot, symmetric_eigen};
use crate::lmm::parameters::working_from_theta;
use crate::lmm::system::LinearSystem;
use crate::lmm::variance::Variances;
use crate::watch::{Phase, Watch};

/// The linear system of a fit, with its working parameters.
pub(super) fn system_of(fit: &Fit, watch: &Watch<'_>) -> Result<(LinearSystem, Vec<f64>)> {
    watch.at(Phase::DegreesOfFreedom, 0, None)?;
    let system = assemble(&fit.design()?, watch)?;
    if system.kept.len() != fit.fixed.names.len() {
        return Err(Error::numeric(
            "the fixed effects are so nearly dependent on each other that their degrees of freedom can't be had",
        ));
    }
    let theta: Vec<f64> = fit.theta.iter().copied().chain(fit.correlation().map(|own| own.estimate)).collect();
    let working = working_from_theta(&system, &theta)?;
    Ok((system, working))
}

/// Calls `work` with the model of a fit.
pub(super) fn with_variances<T>(fit: &Fit, work: impl FnOnce(&mut Variances<'_>) -> Result<T>, watch: &Watch<'_>) -> Result<T> {
    let (system, working) = system_of(fit, watch)?;
    work(&mut Variances::new(&system, &working, fit.reml, watch)?)
}

/// x'A x for a symmetric matrix.
pub(super) fn quadratic(a: &[f64], x: &[f64]) -> f64 {
    let n = x.len();
    x.iter().enumerate().map(|(j, y)| y * dot(x, &a[j * n..(j + 1) * n])).sum()
}

/// C'l.
pub(super) fn whitened(map: &[f64], l: &[f64]) -> Vec<f64> {
    map.chunks_exact(l.len().max(1)).map(|column| dot(column, l)).collect()
}

/// The eigenvalue, relative to the largest, below which a scaled information has no curvature.
const FLAT: f64 = 1e-10;

/// The pseudo-inverse of an information matrix, eigenvalues counted after its diagonal is scaled to one, so that units don't matter; and
/// whether it has negative eigenvalues. What has no positive diagonal is left out.
pub(super) fn pseudo_inverse(n: usize, a: &[f64]) -> Result<(Vec<f64>, bool)> {
    let scale: Vec<f64> = (0..n).map(|i| if a[i * n + i] > 0.0 { a[i * n + i].sqrt().recip() } else { 0.0 }).collect();
    let scaled: Vec<f64> = (0..n * n).map(|e| a[e] * scale[e % n] * scale[e / n]).collect();
    let Some((values, vectors)) = symmetric_eigen(n, &scaled) else {
        return Err(Error::numeric("the information of the variance parameters is not finite"));
    };
    let mut out = vec![0.0; n * n];
    for (value, v) in values.iter().zip(vectors.chunks_exact(n.max(1))).filter(|(value, _)| **value > FLAT) {
        for j in 0..n {
            for i in 0..n {
                out[j * n + i] += scale[i] * v[i] * v[j] * scale[j] / value;
            }
        }
    }
    Ok((out, values.first().is_some_and(|least| *least < -1e-4)))
}
