//! What is minimised, when that stops, and why it did.

use crate::choice::Choice;
use crate::error::Result;
use std::ffi::CStr;

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

/// Called after each evaluation with (evaluations so far, value, x); an error from it ends the work.
pub type Report<'a> = &'a dyn Fn(usize, f64, &[f64]) -> Result<()>;

/// Where a method ended.
pub(super) struct End {
    pub x: Vec<f64>,
    pub value: f64,
    pub reason: Reason,
    pub scaled_gradient: f64,
}

/// Called by Newton's method with (x, value): the end of another search that this point is at.
pub type Known<'a> = &'a dyn Fn(&[f64], f64) -> Option<Summary>;

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

/// When to stop.
pub struct Settings<'a> {
    /// Predicted decrease of the objective below which the minimum is taken as reached (absolute, in units of the objective).
    pub tolerance: f64,
    /// At least one evaluation is made. The check of the gradient at the end may be one more.
    pub max_evaluations: usize,
    pub report: Option<Report<'a>>,
    /// Past this moment the work stops with what it has (`Reason::Deadline`).
    pub deadline: Option<std::time::Instant>,
    /// Where others have ended: a search that comes there ends with them.
    pub known: Option<Known<'a>>,
}

impl Default for Settings<'_> {
    fn default() -> Self {
        Settings { tolerance: 1e-9, max_evaluations: 1000, report: None, deadline: None, known: None }
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

impl Choice for Reason {
    const LIST: &'static str = "reason";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (Reason::Converged, c"converged"),
        (Reason::RoundoffLimited, c"roundoff_limited"),
        (Reason::MaxEvaluations, c"max_evaluations"),
        (Reason::Deadline, c"deadline"),
        (Reason::NoProgress, c"no_progress"),
    ];
}
