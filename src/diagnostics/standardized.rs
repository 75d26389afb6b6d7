//! Conditional residuals by their own standard deviations.

use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::watch::Watch;

impl Fit {
    /// (P y)_i / (sigma sqrt(P_ii)) of rows times the square roots of their weights, per row used: the residual by sigma sqrt(1 - h) where residuals
    /// are independent, otherwise what is left of it when all other rows have foretold it.
    pub(super) fn standardized_residuals(&self, watch: &Watch<'_>) -> Result<Vec<f64>> {
        if !self.is_linear() {
            return Err(Error::unsupported(
                "standardized residuals: only of a linear model, whose rows have leverages; quantile residuals have a distribution that is known",
            ));
        }
        self.with_factor("standardized residuals")?;
        self.of_row_shares(watch, |_, shares, row, system| {
            let unit = system.map.unit.signum() / shares.sigma2.sqrt();
            // A row that determines a fixed effect by itself has no residual.
            if row.projected > f64::EPSILON.sqrt() * row.precision { unit * row.residual / row.projected.sqrt() } else { f64::NAN }
        })
    }
}
