//! The modes that a search for others starts from. Where a log-density is not concave, or its domain has an end, whether modes are found
//! depends on the start: those of the least deviance can be had again.

use super::mode::{Effects, MODES, Mode};
use crate::error::{Error, Result};

/// The least deviance so far, with its parameters and modes.
pub struct Memory {
    /// The next search for modes does not begin from the last ones.
    pub off: bool,
    value: f64,
    x: Vec<f64>,
    point: Effects,
}

impl Default for Memory {
    fn default() -> Self {
        Memory { off: false, value: f64::INFINITY, x: vec![], point: Effects { u: vec![], gamma: vec![] } }
    }
}

impl Memory {
    /// Keeps the modes of a deviance just found if it is the least.
    pub fn keep(&mut self, value: f64, x: &[f64], mode: &Mode<'_>) -> Result<()> {
        if value < self.value {
            let Effects { u, gamma } = &mut self.point;
            u.clear();
            u.try_reserve_exact(mode.u.len()).map_err(|_| Error::memory(MODES, 8 * mode.u.len()))?;
            u.extend_from_slice(&mode.u);
            gamma.clone_from(&mode.gamma);
            self.value = value;
            self.x.clear();
            self.x.extend_from_slice(x);
        }
        Ok(())
    }

    /// Moves to the modes of the least deviance, if it was at these parameters.
    pub fn recall(&self, x: &[f64], mode: &mut Mode<'_>) {
        if self.value < f64::INFINITY && self.x == x {
            mode.go_to(&self.point);
            mode.factorized = false;
        }
    }
}
