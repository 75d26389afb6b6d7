//! Residuals of Cox models with a number for each row and fixed effect.

use std::ffi::CStr;

use crate::choice::Choice;
use crate::error::{Result, try_vec};
use crate::fit::Fit;
use crate::watch::{Phase, Watch};

/// A kind of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FixefResiduals {
    /// What a row adds to the score of a coefficient, for a weight of one.
    Score,
    /// What it adds to the coefficient, its weight included.
    Dfbeta,
    /// The same in standard errors.
    Dfbetas,
}

impl Choice for FixefResiduals {
    const LIST: &'static str = "kind of residuals of fixed effects";
    const ALL: &'static [(Self, &'static CStr)] =
        &[(FixefResiduals::Score, c"score"), (FixefResiduals::Dfbeta, c"dfbeta"), (FixefResiduals::Dfbetas, c"dfbetas")];
}

impl Fit {
    /// `[n_obs, p]`, for the rows used. dfbeta is the derivative of the estimate in the logarithm of the row's weight, random effects being
    /// estimated anew and their covariance being what it is.
    pub fn fixef_residuals(&self, kind: FixefResiduals, watch: &Watch<'_>) -> Result<Vec<f64>> {
        let cox = self.of_cox(&format!("{} residuals", kind.name()))?;
        self.at_joint_mode(&format!("{} residuals", kind.name()))?;
        let p = self.fixed.names.len();
        watch.at(Phase::Residuals, 0, Some(p))?;
        let own = self.cox_model(cox)?;
        let laplace = own.at_estimates(watch)?;
        let mut out = try_vec("residuals", 0.0, self.n_obs * p)?;
        for (j, out) in out.chunks_exact_mut(self.n_obs.max(1)).enumerate() {
            watch.at(Phase::Residuals, j, Some(p))?;
            let scale = own.model.x_scales[j];
            let factor = match kind {
                FixefResiduals::Score => {
                    laplace.joint.partial.score_residuals(own.model.column(j), out)?;
                    scale
                }
                FixefResiduals::Dfbeta | FixefResiduals::Dfbetas => {
                    laplace.influence(j, out)?;
                    if kind == FixefResiduals::Dfbeta { 1.0 / scale } else { 1.0 / (scale * self.fixed.std_error[j]) }
                }
            };
            out.iter_mut().for_each(|v| *v *= factor);
        }
        Ok(out)
    }
}
