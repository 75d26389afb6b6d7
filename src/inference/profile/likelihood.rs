//! What profiles ask of a likelihood, and whom they tell.

use crate::covariance::Structure;
use crate::error::Result;
use crate::optimize::Objective;
use crate::watch::{Phase, Step, Watch};

/// A deviance, and what reports and searches need of its parameters: first are those of covariance structures.
pub trait Likelihood: Objective {
    fn structures(&self) -> &[Structure];

    /// The user's theta.
    fn theta(&self, x: &[f64]) -> Vec<f64>;

    /// Gives a value to the parameter that is none of the working ones, where there is one.
    fn hold(&mut self, _v: f64) {}

    /// The derivative by that parameter, of the last gradient.
    fn slope(&self) -> f64 {
        f64::NAN
    }

    /// All that it has at the point of the last gradient.
    fn state(&mut self, x: &[f64]) -> Result<State>;
}

/// The parameters at a point, as the model has them in which one of them is held.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The user's; of linear models relative to sigma.
    pub theta: Vec<f64>,
    /// What all rows share: of linear models sigma and the residual correlation, of others the working parameters.
    pub shared: Vec<f64>,
    /// The fixed effects of each predictor, of the columns that the model keeps.
    pub fixed: Vec<Vec<f64>>,
}

/// From the parameters as a model has them to all that are reported, in the order of those that have profiles.
pub type Reading<'r> = dyn Fn(State) -> Vec<f64> + 'r;

/// Tells of points.
pub struct Report<'p> {
    pub watch: &'p Watch<'p>,
    /// Profiles that are done, and all.
    pub done: usize,
    pub total: usize,
}

impl Report<'_> {
    pub fn point(&self, objective: f64, theta: &[f64]) -> Result<()> {
        self.watch.step(&Step { phase: Phase::Profile, step: self.done, total: Some(self.total), objective, theta })
    }
}
