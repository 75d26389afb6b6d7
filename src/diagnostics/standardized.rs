//! Conditional residuals by their own standard deviations.

use crate::error::{Error, Result, try_vec};
use crate::fit::Fit;
use crate::fit::linear::Assembled;
use crate::lmm::deviance::Deviance;
use crate::lmm::leverage::RowShares;
use crate::lmm::parameters::working_from_theta;
use crate::watch::{Phase, Watch};

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
        watch.at(Phase::Residuals, 0, Some(self.n_obs))?;
        let design = self.design()?;
        let assembled = Assembled::new(&design, watch)?;
        let (system, rows) = (&assembled.system, assembled.working_rows(&design, watch)?);
        let mut deviance = Deviance::new(system, self.reml, watch)?;
        let working = working_from_theta(system, &self.parameters_of_search())?;
        let shares = RowShares::new(&mut deviance, &working, &rows, watch)?;
        let (mut out, mut score) = (try_vec("residuals", 0.0, shares.n)?, vec![0.0; self.fixed.names.len()]);
        let unit = system.map.unit.signum() / shares.sigma2.sqrt();
        for (i, out) in out.iter_mut().enumerate() {
            watch.round(Phase::Residuals, i, self.n_obs)?;
            let row = shares.row(i, &mut score);
            // A row that determines a fixed effect by itself has no residual.
            *out = if row.projected > f64::EPSILON.sqrt() * row.precision {
                unit * row.residual / row.projected.sqrt()
            } else {
                f64::NAN
            };
        }
        Ok(out)
    }
}
