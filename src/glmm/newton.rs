//! Newton's method for the mode.
//!
//! ```text
//! Lambda'Z's - u = 0,    with fixed effects of the mean in the mode also  X's = 0
//! ```

use super::border::Border;
use super::laplace::Laplace;
use super::mode::Foreseen;
use super::precision::Precision;
use crate::error::{Error, Result};
use crate::optimize::rounding::rounding;

/// The decrement from which on steps are not judged by the log-likelihood.
const NEAR: f64 = 1e-8;
const MOST_STEPS: usize = 200;
const MOST_HALVINGS: usize = 40;
/// So many steps in a row that had to be shortened to this lead to the end of a link's domain, not to a mode.
const MOST_SHORT: usize = 5;
const SHORT: f64 = 1e-3;

impl Laplace<'_> {
    /// Newton's method for the modes, with halving; at its end A is that of the modes.
    pub(super) fn find_modes(&mut self) -> Result<()> {
        if self.memory.off {
            self.modes_of_grid()?;
        }
        let mut value = match self.foreseen.take() {
            Some(Foreseen { value, step }) if !self.memory.off => {
                self.mode.step = step;
                self.try_step(value)?
            }
            _ => self.mode.penalised()?,
        };
        if value == f64::NEG_INFINITY {
            self.mode.u.fill(0.0);
            value = self.mode.penalised()?;
        }
        if value == f64::NEG_INFINITY {
            return Err(Error::numeric("the log-likelihood is not finite where the random effects are zero"));
        }
        if self.mode.factorized && self.mode.precision.goes_with_lambda() {
            value = self.first_step(value)?;
        }
        let (mut last, mut short) = (f64::INFINITY, 0);
        for _ in 0..MOST_STEPS {
            self.watch.pulse()?;
            self.mode_steps += 1;
            let regular = self.factorize_observed()?;
            let decrement = self.mode_step();
            let done = decrement <= self.enough * (1.0 + value.abs()) || (decrement < 1e-12 && decrement > 0.25 * last);
            if done && regular {
                self.mode.factorized = true;
                return Ok(());
            }
            last = decrement;
            let (next, length) = self.take_step(value, decrement)?;
            value = next;
            short = if length < SHORT { short + 1 } else { 0 };
            if short > MOST_SHORT {
                break;
            }
        }
        self.mode.factorized = false;
        Err(Error::numeric("the modes of the random effects were not found"))
    }

    /// Searches the modes; where they are not found the former ones stay.
    pub(super) fn find_modes_or_stay(&mut self) -> Result<()> {
        let before = self.mode.effects()?;
        let found = self.find_modes();
        if found.is_err() {
            self.mode.go_to(&before);
            self.mode.factorized = false;
        }
        found
    }

    /// A at this point, and its border; false where one of them is not positive and was made so.
    pub(super) fn factorize_observed(&mut self) -> Result<bool> {
        let mut regular = self.mode.factorize_observed()?;
        if let Some(border) = &mut self.border {
            regular &= border.assemble(&mut self.mode)?;
        }
        Ok(regular)
    }

    /// A step with the factor of the last mode: exact to second order in the change of the parameters, and cheap.
    fn first_step(&mut self, value: f64) -> Result<f64> {
        let decrement = self.mode_step();
        if decrement <= self.enough * (1.0 + value.abs()) {
            return Ok(value);
        }
        self.try_step(value)
    }

    /// Without success the modes stay where they are.
    fn try_step(&mut self, value: f64) -> Result<f64> {
        let before = self.mode.effects()?;
        self.mode.go_from(&before, 1.0);
        let next = self.mode.penalised()?;
        if next > value {
            return Ok(next);
        }
        self.mode.go_to(&before);
        self.mode.penalised()
    }

    /// That first step for the parameters that are set, to be taken from here in another search; none where there is no factor for it.
    pub(super) fn foresee(&mut self) -> Result<Option<Foreseen>> {
        if !self.mode.factorized || !self.mode.precision.goes_with_lambda() {
            return Ok(None);
        }
        let value = self.mode.penalised()?;
        if value == f64::NEG_INFINITY || self.mode_step() <= self.enough * (1.0 + value.abs()) {
            return Ok(None);
        }
        Ok(Some(Foreseen { value, step: self.mode.step.try_clone()? }))
    }

    /// The Newton step of the mode; its decrement.
    pub(super) fn mode_step(&mut self) -> f64 {
        self.mode.find_slope();
        let step = &mut self.mode.step;
        solve(&mut self.mode.precision, self.border.as_ref(), &mut step.u, &mut step.gamma)
    }

    /// Moves by the step, shortened until the penalised log-likelihood rises; its value, and the length of the step.
    fn take_step(&mut self, value: f64, decrement: f64) -> Result<(f64, f64)> {
        let before = self.mode.effects()?;
        // Near the mode the gain drowns in the rounding of the log-likelihood, whose terms may be far larger than their sum; the decrement
        // does not, and Newton's step is right to its square.
        let near = decrement < f64::max(NEAR, rounding(1.0 + value.abs(), 0.0));
        let mut length = 1.0;
        for _ in 0..MOST_HALVINGS {
            self.mode.go_from(&before, length);
            let next = self.mode.penalised()?;
            if next >= value + 1e-4 * length * decrement || near && next.is_finite() {
                return Ok((next, length));
            }
            length *= 0.5;
        }
        self.mode.go_to(&before);
        self.mode.factorized = false;
        Err(Error::numeric("no step towards the modes of the random effects raises the likelihood"))
    }
}

/// Solves with A, or with A and the border: (v, fixed) <- H^-1 (v, fixed); the quadratic form of what was given.
pub(super) fn solve(precision: &mut Precision, border: Option<&Border>, v: &mut [f64], fixed: &mut [f64]) -> f64 {
    precision.solve_around(v, |half| border.map_or(0.0, |border| border.solve(half, fixed)))
}
