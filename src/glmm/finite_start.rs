//! A start where the deviance and its gradient are finite, where those of the first are not.
//!
//! With a link whose domain is not the whole line, random effects of a large variance carry rows out of it, and the mode lies at its end;
//! away from the data a density may overflow, or not be concave enough for a mode to be found. Smaller variances, a predictor that differs
//! less from row to row, and other parameters of the family bring the start back.

use super::approximation::Inside;
use super::laplace::Laplace;
use crate::error::{Code, Error, Result, try_vec};
use crate::optimize::Objective;
use crate::search::Search;

/// Standard deviations of the random effects, in units of their predictor.
const DEVIATIONS: [f64; 6] = [0.3, 0.1, 0.03, 0.01, 1e-3, 1e-4];
/// Shares of the mean's slopes.
const SLOPES: [f64; 3] = [1.0, 0.5, 0.0];
/// What is added to the family's parameters, which are logarithms or the like.
const PARAMETERS: [f64; 5] = [0.0, 2.0, -2.0, 5.0, -5.0];

/// The first point around the start `x` where all is finite; `gamma` are the mean's fixed effects at the start.
pub fn nearby(search: &mut Search<'_, '_, Laplace<'_>>, x: &[f64], gamma: &[f64]) -> Result<Vec<f64>> {
    for shift in PARAMETERS {
        if shift != 0.0 && search.criterion.shared().is_empty() {
            break;
        }
        for share in SLOPES {
            for deviation in DEVIATIONS {
                if !search.may_go_on() {
                    return Err(none());
                }
                let laplace = &mut *search.criterion;
                let mut trial = laplace.model.with_deviations(x, &|_| deviation);
                trial[laplace.shared()].iter_mut().for_each(|v| *v += shift);
                level(laplace, share, gamma, &mut trial)?;
                laplace.start_modes_at_zero();
                if is_finite(laplace, &trial)? {
                    return Ok(trial);
                }
            }
        }
    }
    Err(none())
}

fn none() -> Error {
    Error::numeric(
        "the objective or its gradient is not finite at the start, nor with smaller variances of the random effects, smaller slopes or other \
         parameters of the family: theta0 sets a start of your own",
    )
}

fn is_finite(laplace: &mut Laplace<'_>, x: &[f64]) -> Result<bool> {
    let n = x.len();
    let (mut gradient, mut hessian) = (vec![0.0; n], vec![0.0; n * n]);
    match laplace.hessian(x, &mut gradient, &mut hessian) {
        Ok(value) => Ok(value.is_finite() && gradient.iter().chain(&hessian).all(|v| v.is_finite())),
        Err(error) if error.code == Code::Numeric => Ok(false),
        Err(error) => Err(error),
    }
}

/// The mean's predictor from these fixed effects, with a share of what it differs by from row to row.
fn level(laplace: &mut Laplace<'_>, share: f64, gamma: &[f64], x: &mut [f64]) -> Result<()> {
    let part = &laplace.model.fixed[0];
    let mut eta = try_vec("linear predictor", 0.0, laplace.model.n)?;
    part.predict(gamma, &mut eta);
    let mean = eta.iter().sum::<f64>() / eta.len().max(1) as f64;
    eta.fill(mean);
    let constant = part.project(&eta)?;
    let own: Vec<f64> = constant.iter().zip(gamma).map(|(c, g)| c + share * (g - c)).collect();
    match laplace.how.inside {
        Inside::Nothing => x[laplace.ranges()[0].clone()].copy_from_slice(&own),
        _ => laplace.start_fixed(&own),
    }
    Ok(())
}
