//! The modes that a search for others starts from. Where a log-density is not concave, or its domain has an end, whether modes are found
//! depends on the start: one that leads nowhere is not kept, and those of the least deviance can be had again.

use super::laplace::{Laplace, MODES};
use crate::error::{Error, Result, try_copy};

/// The least deviance so far, with its parameters and modes.
pub struct Memory {
    /// The next search for modes does not begin from the last ones.
    pub off: bool,
    value: f64,
    x: Vec<f64>,
    u: Vec<f64>,
    gamma: Vec<f64>,
}

impl Default for Memory {
    fn default() -> Self {
        Memory { off: false, value: f64::INFINITY, x: vec![], u: vec![], gamma: vec![] }
    }
}

impl Laplace<'_> {
    /// Searches the modes; where they are not found the former ones stay.
    pub(super) fn find_modes_or_stay(&mut self) -> Result<()> {
        let (u, gamma) = (try_copy(MODES, &self.u)?, self.border.as_ref().map(|border| border.gamma.clone()));
        let found = self.find_modes();
        if found.is_err() {
            self.u.copy_from_slice(&u);
            if let (Some(border), Some(gamma)) = (&mut self.border, gamma) {
                border.gamma = gamma;
            }
            self.factorized = false;
        }
        found
    }

    /// Keeps the modes of the deviance just found if it is the least.
    pub(super) fn remember(&mut self, x: &[f64]) -> Result<()> {
        if self.barrier == 0.0 && self.value < self.memory.value {
            self.memory.u.clear();
            self.memory.u.try_reserve_exact(self.u.len()).map_err(|_| Error::memory(MODES, 8 * self.u.len()))?;
            self.memory.u.extend_from_slice(&self.u);
            self.memory.value = self.value;
            self.memory.x.clear();
            self.memory.x.extend_from_slice(x);
            self.memory.gamma = self.border.as_ref().map_or_else(Vec::new, |border| border.gamma.clone());
        }
        Ok(())
    }

    /// Takes up the modes of the least deviance again, if it was at these parameters.
    pub fn recall(&mut self, x: &[f64]) {
        if self.memory.x != x {
            return;
        }
        self.u.clone_from(&self.memory.u);
        if let Some(border) = &mut self.border {
            border.gamma.clone_from(&self.memory.gamma);
        }
        self.factorized = false;
    }
}
