//! Minimisation of a smooth function of a few parameters, without bounds: the working parameters of `covariance` need none.

mod bobyqa;
pub mod inequalities;
mod lbfgs;
mod nelder_mead;
mod newton;
mod quadratic;
mod secant;
mod session;
mod step;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_mixed;

use crate::error::{Error, Result};
use session::{Session, Stop};

/// A function to minimise. `value` may return +infinity where the function is undefined.
pub trait Objective {
    /// The number of parameters.
    fn dimension(&self) -> usize;
    fn value(&mut self, x: &[f64]) -> Result<f64>;
    /// The value, with the gradient written to `gradient`.
    fn gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64>;
    /// Value, gradient and a positive semidefinite approximation of the Hessian (`n x n`, column-major).
    fn hessian(&mut self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> Result<f64>;
    /// The rounding error of the last value where it may be large, because digits have cancelled.
    fn noise(&self) -> f64 {
        0.0
    }
}

/// The minimisers, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

impl Method {
    pub const ALL: [Method; 4] = [Method::Newton, Method::Lbfgs, Method::Bobyqa, Method::NelderMead];

    pub fn name(self) -> &'static str {
        match self {
            Method::Newton => "newton",
            Method::Lbfgs => "lbfgsb",
            Method::Bobyqa => "bobyqa",
            Method::NelderMead => "nelder_mead",
        }
    }

    /// Whether the method follows gradients.
    pub fn has_gradient(self) -> bool {
        matches!(self, Method::Newton | Method::Lbfgs)
    }

    /// The method of a name; `lbfgs` and `nelder-mead` are understood too.
    pub fn from_name(name: &str) -> Result<Method> {
        let spelling = match name {
            "lbfgs" => "lbfgsb",
            "nelder-mead" => "nelder_mead",
            other => other,
        };
        Method::ALL.into_iter().find(|m| m.name() == spelling).ok_or_else(|| {
            let known = Method::ALL.map(Method::name).join(", ");
            Error::argument(format!("optimizer: no method is named '{name}'; there are {known}"))
        })
    }
}

/// Called after each evaluation with (evaluations so far, value, x); `false` stops the work with `Code::Cancelled`.
pub type Progress<'a> = &'a mut dyn FnMut(usize, f64, &[f64]) -> bool;

/// When to stop.
pub struct Settings<'a> {
    /// Predicted decrease of the objective below which the minimum is taken as reached (absolute, in units of the objective).
    pub tolerance: f64,
    /// At least one evaluation is made. The check of the gradient at the end may be one more.
    pub max_evaluations: usize,
    pub progress: Option<Progress<'a>>,
    /// Past this moment the work stops with what it has (`Reason::Deadline`).
    pub deadline: Option<std::time::Instant>,
}

impl Default for Settings<'_> {
    fn default() -> Self {
        Settings { tolerance: 1e-9, max_evaluations: 1000, progress: None, deadline: None }
    }
}

/// Why a minimiser stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Reason {
    /// The predicted decrease is below the tolerance; for methods that see values only, the scaled gradient is below 1e-3.
    Converged,
    /// No further decrease is possible in floating point; the scaled gradient is below 1e-3, or below 0.03 and lost in noise.
    RoundoffLimited,
    MaxEvaluations,
    Deadline,
    /// No further decrease is found although the gradient is not small.
    NoProgress,
}

/// How a minimisation ended.
#[derive(Clone, Debug)]
pub struct Summary {
    pub x: Vec<f64>,
    pub value: f64,
    /// All calls of the objective, whether for the value alone or with derivatives.
    pub evaluations: usize,
    pub reason: Reason,
    /// sqrt(g' H^-1 g) at x, H the objective's Hessian: for a deviance, roughly sqrt(2) times the distance to the
    /// minimum in standard errors. NaN when stopped by the deadline.
    pub scaled_gradient: f64,
    /// [`Objective::noise`] at the last evaluation.
    pub noise: f64,
}

/// Below this scaled gradient a point is near enough to a minimum for statistics.
const SMALL_SCALED_GRADIENT: f64 = 1e-3;

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

/// Where a method ended.
struct End {
    x: Vec<f64>,
    value: f64,
    reason: Reason,
    scaled_gradient: f64,
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

/// The best point so far, with its gradient unless time is up.
fn stopped_early(session: &mut Session, reason: Reason) -> Result<End> {
    let (x, value) = session.best();
    let scaled_gradient = if reason == Reason::Deadline { f64::NAN } else { session.scaled_gradient(&x)? };
    Ok(End { x, value, reason, scaled_gradient })
}

/// The best point of a method that saw values only: a claim, verified by the gradient.
fn verified(session: &mut Session) -> std::result::Result<End, Stop> {
    let (x, value) = session.best();
    let scaled_gradient = session.scaled_gradient(&x).map_err(Stop::Failed)?;
    let reason = if scaled_gradient < SMALL_SCALED_GRADIENT { Reason::Converged } else { Reason::NoProgress };
    Ok(End { x, value, reason, scaled_gradient })
}
