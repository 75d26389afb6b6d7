//! The criterion at estimates that are not its own: by how much a model without some rows misses the likelihood of all of them.

use super::deviance::Deviance;
use crate::error::Result;
use crate::linalg::dense::{dot_in_order as dot, solve_upper};

impl Deviance<'_> {
    /// At working parameters, a residual standard deviation and, of maximum likelihood, fixed effects in the user's units. The restricted
    /// likelihood has none.
    pub fn at_estimates(&mut self, working: &[f64], sigma: f64, beta: &[f64]) -> Result<f64> {
        let value = self.move_to(working)?;
        let ratio = (self.sigma() / sigma).powi(2);
        let mut off = 0.0;
        if !self.reml {
            let mut distance: Vec<f64> = beta.iter().zip(self.fixed_effects()).map(|(b, own)| b - own).collect();
            solve_upper(distance.len(), &self.vcov_factor(sigma), &mut distance);
            off = dot(&distance, &distance);
        }
        Ok(value + self.weight() * (ratio - 1.0 - ratio.ln()) + off)
    }
}
