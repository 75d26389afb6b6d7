//! Of linear models: from the Hessian that degrees of freedom are made of.

use crate::error::{Result, try_vec};
use crate::fit::Fit;
use crate::inference::degrees_of_freedom::Observed;
use crate::linalg::delta::{self, Slopes};
use crate::lmm::parameters::theta_from_working;
use crate::lmm::system::LinearSystem;
use crate::search::theta_slopes;
use crate::watch::Watch;

/// A linear fit's model at its estimates: working parameters of theta and the residual correlation, and their covariance with that of log sigma
/// behind, NaN for what is at a boundary.
pub fn working(fit: &Fit, watch: &Watch<'_>) -> Result<(LinearSystem, Vec<f64>, Vec<f64>)> {
    let observed = Observed::of(fit, watch)?;
    let covariance = observed.covariance()?;
    Ok((observed.system, observed.working, covariance))
}

/// Of the fixed effects, log sigma, the residual correlation on the scale of its interval, and theta.
pub fn covariance(fit: &Fit, watch: &Watch<'_>) -> Result<Vec<f64>> {
    let observed = Observed::of(fit, watch)?;
    let (p, n) = (fit.fixed.names.len(), observed.working.len());
    // Inside: fixed effects given the others, working parameters, log sigma.
    let m = p + n + 1;
    let mut inside = try_vec("covariance of all parameters", 0.0, m * m)?;
    for j in 0..p {
        inside[j * m..j * m + p].copy_from_slice(&fit.fixed.vcov[j * p..(j + 1) * p]);
    }
    let of_rest = observed.covariance()?;
    for j in 0..=n {
        inside[(p + j) * m + p..(p + j + 1) * m].copy_from_slice(&of_rest[j * (n + 1)..(j + 1) * (n + 1)]);
    }
    let known = |i: usize| of_rest[i * (n + 2)].is_nan();
    let mut rows: Vec<Slopes> = (0..p)
        .map(|j| {
            let moved = (0..n).filter(|i| !fit.reml && !known(*i)).map(|i| (p + i, observed.information.fixed_effects[i][j]));
            std::iter::once((j, 1.0)).chain(moved).collect()
        })
        .collect();
    rows.push(vec![(p + n, 1.0)]);
    rows.extend(rho(fit, &observed).map(|slope| if known(n - 1) { vec![] } else { vec![(p + n - 1, slope)] }));
    rows.extend(theta(&observed, fit.theta.len()).into_iter().map(|row| row.into_iter().map(|(i, v)| (p + i, v)).collect()));
    Ok(delta::covariance(&rows, &inside))
}

/// The derivative of log((rho - l) / (1 - rho)) in its coordinate.
fn rho(fit: &Fit, observed: &Observed) -> Option<f64> {
    let (own, products) = fit.correlation().zip(observed.system.correlation.as_ref())?;
    let slope = products.scale.slope(*observed.working.last()?);
    Some(slope * (1.0 / (own.estimate - own.lower) + 1.0 / (1.0 - own.estimate)))
}

/// Those of theta in the working parameters.
fn theta(observed: &Observed, n: usize) -> Vec<Slopes> {
    let map = |working: &[f64]| {
        let mut theta = vec![0.0; working.len()];
        theta_from_working(&observed.system, working, &mut theta);
        theta
    };
    let slopes = theta_slopes(&observed.working, n, &map);
    (0..n).map(|i| (0..n).map(|j| (j, slopes[j * n + i])).filter(|(_, slope)| *slope != 0.0).collect()).collect()
}
