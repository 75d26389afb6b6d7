//! The linear model of a fit again, and the forms that degrees of freedom are made of.

use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::linalg::dense::{dot_in_order as dot, symmetric_eigen};
use crate::lmm::correlation::information::information_by_differences;
use crate::lmm::parameters::working_from_theta;
use crate::lmm::system::LinearSystem;
use crate::lmm::variance::hessian::ObservedInformation;
use crate::lmm::variance::{Variances, largest_part};
use crate::prior::Class;
use crate::random::canonical;
use crate::watch::{Phase, Watch};

/// The linear system of a fit, with its working parameters.
pub(super) fn system_of(fit: &Fit, watch: &Watch<'_>) -> Result<(LinearSystem, Vec<f64>)> {
    watch.at(Phase::DegreesOfFreedom, 0, None)?;
    system_at(fit, &fit.parameters_of_search(), watch)
}

/// The same with the working parameters of theta and the residual correlation behind it.
pub(super) fn system_at(fit: &Fit, theta: &[f64], watch: &Watch<'_>) -> Result<(LinearSystem, Vec<f64>)> {
    let system = fit.linear_system(watch)?;
    if system.kept.len() != fit.fixed.names.len() {
        return Err(Error::numeric(
            "the fixed effects are so nearly dependent on each other that their degrees of freedom can't be had",
        ));
    }
    let working = working_from_theta(&system, theta)?;
    Ok((system, working))
}

/// Exact derivatives take a solve for each of the levels that rows connect, crossed factors for instance; differences of the gradient some
/// evaluations for each parameter.
const MOST_LEVELS: usize = 1000;

/// The information of a linear fit.
pub struct Observed {
    pub system: LinearSystem,
    /// Parameters at which it is; what has no variance has columns of zeros.
    pub working: Vec<f64>,
    /// Cov(beta) = C C', `[p, p]`.
    pub map: Vec<f64>,
    pub information: ObservedInformation,
}

impl Observed {
    pub fn of(fit: &Fit, watch: &Watch<'_>) -> Result<Self> {
        if fit.priors.iter().any(|prior| prior.target.class == Class::Fixef) {
            fit.without_priors("the covariance of all parameters of a linear model whose coefficients have priors")?;
        }
        fit.with_factor("the covariance of all parameters")?;
        let (system, working) = system_of(fit, watch)?;
        let working = canonical(&system.structures, &working);
        let by_differences = fit.correlation().is_some() || !fit.priors.is_empty();
        let (map, information) = if by_differences || largest_part(&system)? > MOST_LEVELS {
            information_by_differences(&system, &working, fit.reml, watch)?
        } else {
            let mut variances = Variances::new(&system, &working, fit.reml, watch)?;
            let information = variances.observed_information()?;
            (variances.map.clone(), information)
        };
        Ok(Observed { system, working, map, information })
    }

    /// The covariance of the working parameters and log sigma `[n + 1, n + 1]`: NaN for those at a boundary, and where there is no curvature.
    pub fn covariance(&self) -> Result<Vec<f64>> {
        let (size, hessian) = (self.working.len() + 1, &self.information.hessian);
        let free: Vec<usize> = (0..size).filter(|i| self.information.effective.get(*i).is_none_or(|own| *own)).collect();
        let n = free.len();
        let own: Vec<f64> = (0..n * n).map(|e| hessian[free[e / n] * size + free[e % n]]).collect();
        let inverse = pseudo_inverse(n, &own)?;
        let mut out = vec![f64::NAN; size * size];
        for (j, to) in free.iter().enumerate().filter(|(j, _)| !inverse.flat[*j]) {
            for (i, from) in free.iter().enumerate().filter(|(i, _)| !inverse.flat[*i]) {
                out[to * size + from] = 2.0 * inverse.matrix[j * n + i];
            }
        }
        Ok(out)
    }
}

/// Calls `work` with the model of a fit.
pub(super) fn with_variances<T>(fit: &Fit, work: impl FnOnce(&mut Variances<'_>) -> Result<T>, watch: &Watch<'_>) -> Result<T> {
    let (system, working) = system_of(fit, watch)?;
    work(&mut Variances::new(&system, &working, fit.reml, watch)?)
}

/// C'l.
pub(super) fn whitened(map: &[f64], l: &[f64]) -> Vec<f64> {
    map.chunks_exact(l.len().max(1)).map(|column| dot(column, l)).collect()
}

/// The eigenvalue, relative to the largest, below which a scaled information has no curvature.
const FLAT: f64 = 1e-10;

/// Of the length of a direction without curvature, the part from which a parameter is not determined.
const SHARE: f64 = 0.05;

/// The pseudo-inverse of an information matrix.
pub(in crate::inference) struct PseudoInverse {
    pub matrix: Vec<f64>,
    /// It has negative eigenvalues.
    pub indefinite: bool,
    /// Which parameters have a part in a direction without curvature.
    pub flat: Vec<bool>,
}

/// The pseudo-inverse of an information matrix, eigenvalues counted after its diagonal is scaled to one, so that units don't matter. What has
/// no positive diagonal is left out.
pub(in crate::inference) fn pseudo_inverse(n: usize, a: &[f64]) -> Result<PseudoInverse> {
    let scale: Vec<f64> = (0..n).map(|i| if a[i * n + i] > 0.0 { a[i * n + i].sqrt().recip() } else { 0.0 }).collect();
    let scaled: Vec<f64> = (0..n * n).map(|e| a[e] * scale[e % n] * scale[e / n]).collect();
    let Some((values, vectors)) = symmetric_eigen(n, &scaled) else {
        return Err(Error::numeric("the information of the variance parameters is not finite"));
    };
    let mut matrix = vec![0.0; n * n];
    let mut flat = vec![false; n];
    for (value, v) in values.iter().zip(vectors.chunks_exact(n.max(1))) {
        if *value <= FLAT {
            flat.iter_mut().zip(v).for_each(|(flat, v)| *flat |= v.abs() > SHARE);
            continue;
        }
        for j in 0..n {
            for i in 0..n {
                matrix[j * n + i] += scale[i] * v[i] * v[j] * scale[j] / value;
            }
        }
    }
    Ok(PseudoInverse { matrix, indefinite: values.first().is_some_and(|least| *least < -1e-4), flat })
}
