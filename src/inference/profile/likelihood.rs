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
}

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
