//! The observed information of the covariance parameters, by differences of the exact gradient, and how the fixed effects move with them.

use super::laplace::Laplace;
use crate::error::{Error, Result, try_vec};
use crate::optimize::Objective;
use crate::random::{canonical, factor_derivatives};
use crate::watch::{Phase, Watch};

/// Steps are this share of a parameter's standard error, and at most `WIDEST` of its size.
const SHARE: f64 = 0.03;
const WIDEST: f64 = 1e-3;

/// The information at working parameters.
pub struct Observed {
    /// What has no variance has columns of zeros in T.
    pub working: Vec<f64>,
    /// Of the criterion, -2 times the integrated likelihood: `[n, n]`; zero for parameters at a boundary.
    pub hessian: Vec<f64>,
    /// Which parameters change a covariance to the first order; others are at a boundary.
    pub effective: Vec<bool>,
    /// The derivatives of the user's fixed effects `[p]`, one a parameter.
    pub fixed: Vec<Vec<f64>>,
}

impl Observed {
    pub fn new(laplace: &mut Laplace<'_>, working: &[f64]) -> Result<Self> {
        let (model, watch) = (laplace.model, laplace.watch);
        let working = canonical(&model.structures, working);
        let n = working.len();
        let (mut gradient, mut average) = (try_vec(WHAT, 0.0, n)?, try_vec(WHAT, 0.0, n * n)?);
        let value = laplace.hessian(&working, &mut gradient, &mut average)?;
        if !value.is_finite() {
            return Err(Error::numeric("the criterion can't be had at the estimates"));
        }
        let effective: Vec<bool> =
            factor_derivatives(&model.structures, &working).iter().map(|own| own.moves(&laplace.t[own.term])).collect();
        let mut fixed = try_vec(WHAT, vec![0.0; model.p()], n)?;
        let hessian = differenced(laplace, &working, &average, &effective, &watch, |laplace, i, factor| {
            let beta = laplace.joint.beta.iter().zip(&model.x_scales).map(|(b, scale)| b / scale);
            fixed[i].iter_mut().zip(beta).for_each(|(sum, b)| *sum += factor * b);
        })?;
        Ok(Observed { working, hessian, effective, fixed })
    }
}

/// The Hessian in the effective parameters, by differences of the gradient; `average` is about what it is. `seen` hears of each point near
/// that of parameter i with its factor in the difference.
pub fn differenced<O: Objective>(
    objective: &mut O,
    at: &[f64],
    average: &[f64],
    effective: &[bool],
    watch: &Watch<'_>,
    mut seen: impl FnMut(&O, usize, f64),
) -> Result<Vec<f64>> {
    let n = at.len();
    let (mut gradient, mut half) = (try_vec(WHAT, 0.0, n)?, try_vec(WHAT, 0.0, n * n)?);
    let mut x = at.to_vec();
    for i in (0..n).filter(|i| effective[*i]) {
        watch.at(Phase::StandardErrors, i, Some(n))?;
        // Where there is no curvature the first is no number, or infinite, and the second is taken.
        let h = (SHARE * (2.0 / average[i * (n + 1)]).sqrt()).min(WIDEST * at[i].abs().max(0.1));
        for (steps, weight) in [(-2.0, 1.0), (-1.0, -8.0), (1.0, 8.0), (2.0, -1.0)] {
            x[i] = at[i] + steps * h;
            let factor = weight / (12.0 * h);
            if !objective.gradient(&x, &mut gradient)?.is_finite() {
                return Err(Error::numeric("the criterion can't be had beside the estimates"));
            }
            (0..n).filter(|j| effective[*j]).for_each(|j| half[i * n + j] += factor * gradient[j]);
            seen(objective, i, factor);
        }
        x[i] = at[i];
    }
    Ok((0..n * n).map(|e| 0.5 * (half[e] + half[e % n * n + e / n])).collect())
}

/// What memory is for.
const WHAT: &str = "information of the covariance parameters";
