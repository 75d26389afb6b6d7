//! Minimisation of a smooth function of a few parameters, without bounds: the working parameters of `covariance` need none.

mod bobyqa;
mod end;
pub mod inequalities;
mod lbfgs;
mod nelder_mead;
mod newton;
mod problem;
mod quadratic;
pub mod rounding;
mod secant;
mod session;
mod step;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_mixed;

use crate::choice::Choice;
use crate::error::{Error, Result};
use end::{SMALL_SCALED_GRADIENT, stopped_early};
use problem::End;
pub use problem::{Objective, Reason, Report, Settings, Summary};
use quadratic::Quadratic;
use session::{Session, Stop};
use std::ffi::CStr;
use step::{Point, descent};

/// The minimisers, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Method {
    /// Newton with the objective's approximate Hessian and secant corrections of it.
    Newton,
    /// Limited-memory BFGS. Its name in lme4's world has a final b for bounds, of which there are none here.
    Lbfgs,
    /// Powell's quadratic models; values only.
    Bobyqa,
    /// The simplex method; values only.
    NelderMead,
}

impl Choice for Method {
    const LIST: &'static str = "optimizer";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (Method::Newton, c"newton"),
        (Method::Lbfgs, c"lbfgsb"),
        (Method::Bobyqa, c"bobyqa"),
        (Method::NelderMead, c"nelder_mead"),
    ];
}

impl Method {
    /// Whether the method follows gradients.
    pub fn has_gradient(self) -> bool {
        matches!(self, Method::Newton | Method::Lbfgs)
    }
}

/// Above this scaled gradient noise is no excuse.
pub const LARGEST_ROUNDED: f64 = 0.03;

/// Minimises the objective from a start where it is finite. A stationary point that is not a minimum (a variance of zero, for
/// one) holds every method that follows gradients: start elsewhere, and check the end.
pub fn minimize(method: Method, objective: &mut dyn Objective, start: &[f64], settings: &mut Settings) -> Result<Summary> {
    check_start(objective.dimension(), start)?;
    let mut session = Session::new(objective, settings);
    let run = if start.is_empty() {
        constant(&mut session)
    } else {
        match method {
            Method::Newton => newton::run(&mut session, start),
            Method::Lbfgs => lbfgs::run(&mut session, start),
            Method::Bobyqa => bobyqa::run(&mut session, start),
            Method::NelderMead => nelder_mead::run(&mut session, start),
        }
    };
    let end = match run {
        Ok(end) => end,
        Err(Stop::Failed(error)) => return Err(error),
        Err(Stop::Limit(reason)) => stopped_early(&mut session, reason)?,
    };
    let noisy = session.noise().sqrt() > SMALL_SCALED_GRADIENT;
    let far = noisy && end.reason == Reason::RoundoffLimited && end.scaled_gradient > LARGEST_ROUNDED;
    Ok(Summary {
        x: end.x,
        value: end.value,
        evaluations: session.evaluations(),
        reason: if far { Reason::NoProgress } else { end.reason },
        scaled_gradient: end.scaled_gradient,
        noise: session.noise(),
    })
}

/// Newton's step at a point with this gradient and positive semidefinite Hessian, within the limits of steps, and the decrease that it
/// promises, twice: for functions whose values don't judge steps.
pub fn newton_step(x: &[f64], gradient: &[f64], hessian: &[f64]) -> (Vec<f64>, f64) {
    let at = Point { x: x.to_vec(), value: 0.0, gradient: gradient.to_vec(), hessian: hessian.to_vec(), noise: 0.0 };
    descent(&Quadratic::new(hessian), &at, 0.0)
}

fn check_start(dimension: usize, start: &[f64]) -> Result<()> {
    if start.len() != dimension {
        return Err(Error::argument(format!("start: has {} elements, the objective has {dimension}", start.len())));
    }
    match start.iter().position(|v| !v.is_finite()) {
        Some(i) => Err(Error::argument(format!("start: element {} (counting from 1) must be finite, not {}", i + 1, start[i]))),
        None => Ok(()),
    }
}

/// Without parameters there is nothing to do but to evaluate.
fn constant(session: &mut Session) -> std::result::Result<End, Stop> {
    let value = session.start_value(&[])?;
    Ok(End { x: Vec::new(), value, reason: Reason::Converged, scaled_gradient: 0.0 })
}
