//! Minimisation of a smooth function of a few parameters.

use crate::error::Result;

/// A function to minimise. `value` may return +infinity where the function is undefined.
pub trait Objective {
    /// The number of parameters.
    fn dimension(&self) -> usize;
    fn value(&mut self, x: &[f64]) -> Result<f64>;
    /// The value, with the gradient written to `gradient`.
    fn gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64>;
    /// Value, gradient and a positive semidefinite approximation of the Hessian (`n x n`, column-major).
    fn hessian(&mut self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> Result<f64>;
}

/// The minimisers, by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Newton,
    Lbfgs,
    Bobyqa,
    NelderMead,
}

/// When to stop.
pub struct Settings<'a> {
    /// Predicted decrease of the objective below which the minimum is taken as reached (absolute, in units of the objective).
    pub tolerance: f64,
    pub max_evaluations: usize,
    /// Called after each evaluation with (evaluations so far, value, x); `false` stops the work with `Code::Cancelled`.
    pub progress: Option<&'a mut dyn FnMut(usize, f64, &[f64]) -> bool>,
    /// Past this moment the work stops with what it has (`Reason::Deadline`).
    pub deadline: Option<std::time::Instant>,
}

/// Why a minimiser stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Reason {
    /// The predicted decrease is below the tolerance.
    Converged,
    /// No further decrease is possible in floating point; the gradient is small.
    RoundoffLimited,
    MaxEvaluations,
    Deadline,
    /// The line search failed far from a stationary point.
    NoProgress,
}

/// How a minimisation ended.
#[derive(Clone, Debug)]
pub struct Summary {
    pub x: Vec<f64>,
    pub value: f64,
    pub evaluations: usize,
    pub reason: Reason,
}
