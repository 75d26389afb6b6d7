//! Of Cox models: from the Hessian of the integrated likelihood in theta, and the joint information of fixed and random effects given theta.

use super::VCOV;
use crate::coxme::integrated::Integrated;
use crate::coxme::laplace::Laplace;
use crate::coxme::observed::Observed;
use crate::error::{Result, try_vec};
use crate::fit::{Cox, Fit};
use crate::inference::degrees_of_freedom::pseudo_inverse;
use crate::linalg::delta::{self, Slopes};
use crate::search::theta_slopes;
use crate::watch::{Phase, Watch};

/// Of the fixed effects and theta.
pub fn covariance(fit: &Fit, own: &Cox, watch: &Watch<'_>) -> Result<Vec<f64>> {
    watch.at(Phase::StandardErrors, 0, None)?;
    let cox = fit.cox_model(own)?;
    let mut laplace = cox.at_estimates(watch)?;
    laplace.watch = *watch;
    if let Some((beta, _)) = &cox.held {
        return of_integrated(&mut laplace, &[&cox.working[..], beta].concat());
    }
    let observed = Observed::new(&mut laplace, &cox.working)?;
    let (hessian, effective) = (&observed.hessian, &observed.effective);
    let (p, n) = (fit.fixed.names.len(), observed.working.len());
    // Inside: fixed effects given theta, working parameters.
    let m = p + n;
    let mut inside = try_vec(VCOV, 0.0, m * m)?;
    for j in 0..p {
        inside[j * m..j * m + p].copy_from_slice(&fit.fixed.vcov[j * p..(j + 1) * p]);
    }
    let known = put_parameters((hessian, effective), p, &mut inside)?;
    let mut rows: Vec<Slopes> = (0..p)
        .map(|j| {
            let moved = (0..n).filter(|i| !known[*i]).map(|i| (p + i, observed.fixed[i][j]));
            std::iter::once((j, 1.0)).chain(moved).collect()
        })
        .collect();
    let slopes = theta_slopes(&observed.working, n, &|working| cox.model.theta_from_working(working));
    let row = |i: usize| (0..n).map(|j| (p + j, slopes[j * n + i])).filter(|(_, slope)| *slope != 0.0).collect();
    rows.extend((0..n).map(row));
    Ok(delta::covariance(&rows, &inside))
}

/// Where the fixed effects maximise the integrated likelihood, too.
fn of_integrated(laplace: &mut Laplace<'_>, at: &[f64]) -> Result<Vec<f64>> {
    let model = laplace.model;
    let observed = Integrated { laplace }.observed(at)?;
    let (n, m) = (model.n_theta(), at.len());
    let mut inside = try_vec(VCOV, 0.0, m * m)?;
    put_parameters((&observed.hessian, &observed.effective), 0, &mut inside)?;
    let mut rows: Vec<Slopes> = model.x_scales.iter().enumerate().map(|(j, scale)| vec![(n + j, 1.0 / scale)]).collect();
    let slopes = theta_slopes(&observed.at[..n], n, &|working| model.theta_from_working(working));
    let row = |i: usize| (0..n).map(|j| (j, slopes[j * n + i])).filter(|(_, slope)| *slope != 0.0).collect();
    rows.extend((0..n).map(row));
    Ok(delta::covariance(&rows, &inside))
}

/// The covariance of parameters by their Hessian, into the last rows and columns: NaN for those at a boundary, and where there is no curvature,
/// which are told.
fn put_parameters((hessian, effective): (&[f64], &[bool]), p: usize, inside: &mut [f64]) -> Result<Vec<bool>> {
    let n = effective.len();
    let (m, free) = (p + n, (0..n).filter(|i| effective[*i]).collect::<Vec<_>>());
    let k = free.len();
    let own: Vec<f64> = (0..k * k).map(|e| hessian[free[e / k] * n + free[e % k]]).collect();
    let inverse = pseudo_inverse(k, &own)?;
    let mut known = vec![true; n];
    free.iter().zip(&inverse.flat).for_each(|(i, flat)| known[*i] = *flat);
    for i in (0..n).filter(|i| known[*i]) {
        (0..n).for_each(|j| {
            inside[(p + i) * m + p + j] = f64::NAN;
            inside[(p + j) * m + p + i] = f64::NAN;
        });
    }
    for (b, to) in free.iter().enumerate().filter(|(_, i)| !known[**i]) {
        for (a, from) in free.iter().enumerate().filter(|(_, i)| !known[**i]) {
            inside[(p + to) * m + p + from] = 2.0 * inverse.matrix[b * k + a];
        }
    }
    Ok(known)
}
