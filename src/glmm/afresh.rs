//! One mode of the random effects for one value of the parameters.
//!
//! Where the density is not log-concave in the predictor a group may have several modes, and Newton's method ends at the one that it began
//! near. A search follows those of the point before, which saves time; what is reported, and what a likelihood is asked for at given
//! parameters, is at modes that do not depend on the way: from the best point of a fixed grid, an effect at a time.

use super::laplace::Laplace;
use super::mode::MODES;
use crate::error::{Result, try_vec};
use crate::family::Order;

/// Spherical effects that are tried for each level.
const GRID: [f64; 12] = [-8.0, -5.0, -3.5, -2.5, -1.5, -0.7, 0.7, 1.5, 2.5, 3.5, 5.0, 8.0];

impl Laplace<'_> {
    /// Whether random effects have one mode whatever the parameters.
    pub fn has_one_mode(&self) -> bool {
        self.model.predictor.iter().all(|a| *a == 0) && self.model.response.is_log_concave()
    }

    /// Evaluations from now on begin from the grid, or from the modes of the one before.
    pub fn forget_modes(&mut self, at_each: bool) {
        self.memory.off = at_each && !self.has_one_mode();
    }

    /// The deviance at working parameters, whatever was evaluated before.
    pub fn evaluate_afresh(&mut self, x: &[f64]) -> Result<f64> {
        let before = std::mem::replace(&mut self.memory.off, true);
        let value = self.evaluate(x, Order::Mode);
        self.memory.off = before;
        value
    }

    /// Starts the next search for the modes from these.
    pub fn start_modes(&mut self, u: &[f64]) {
        self.mode.start_at(u);
    }

    pub fn start_modes_at_zero(&mut self) {
        self.mode.start_at_zero();
    }

    /// Sets the random effects to the best points of the grid: for each effect of each term all levels at once, given the others.
    pub(super) fn modes_of_grid(&mut self) -> Result<()> {
        self.mode.start_at_zero();
        if self.border.is_some() {
            self.mode.gamma.copy_from_slice(&self.start_gamma);
        }
        self.mode.penalised()?;
        let model = self.model;
        for (k, term) in model.terms().iter().enumerate() {
            let (size, first) = (model.layout.terms[k], model.layout.offset(k));
            for e in 0..size.effects {
                let place = |level: usize| first + level * size.effects + e;
                let mut best = try_vec(MODES, 0.0, size.levels)?;
                let mut highest = self.level_sums(term.index, size.levels)?;
                for v in GRID {
                    (0..size.levels).for_each(|level| self.mode.u[place(level)] = v);
                    self.mode.penalised()?;
                    for (level, sum) in self.level_sums(term.index, size.levels)?.into_iter().enumerate() {
                        if sum - 0.5 * v * v > highest[level] {
                            (highest[level], best[level]) = (sum - 0.5 * v * v, v);
                        }
                    }
                }
                (0..size.levels).for_each(|level| self.mode.u[place(level)] = best[level]);
                self.mode.penalised()?;
            }
        }
        Ok(())
    }

    /// The log-likelihood of the rows of each level.
    fn level_sums(&self, index: &[u32], levels: usize) -> Result<Vec<f64>> {
        let mut sums = try_vec(MODES, 0.0, levels)?;
        for (&level, l) in index.iter().zip(&self.mode.jet.l) {
            sums[level as usize] += l;
        }
        Ok(sums)
    }
}
