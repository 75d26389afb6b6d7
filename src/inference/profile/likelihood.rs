//! What profiles ask of a likelihood, and whom they tell.

use crate::covariance::Structure;
use crate::error::{Code, Error, Result};
use crate::optimize::Objective;
use crate::options::Progress;

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

/// Counts points, and asks whether to go on.
pub struct Report<'p> {
    pub progress: Option<Progress<'p>>,
    pub points: usize,
}

impl Report<'_> {
    pub fn point(&mut self, value: f64, theta: &[f64]) -> Result<()> {
        self.points += 1;
        let go_on = self.progress.as_mut().is_none_or(|progress| progress(self.points, value, theta));
        if go_on { Ok(()) } else { Err(Error::new(Code::Cancelled, format!("cancelled after {} points of profiles", self.points))) }
    }
}
