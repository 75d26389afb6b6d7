//! Leverages of a linear model's rows.

use std::ffi::CStr;

use crate::choice::Choice;
use crate::error::{Error, Result, try_vec};
use crate::fit::Fit;
use crate::fit::linear::Assembled;
use crate::lmm::deviance::Deviance;
use crate::lmm::leverage::{RowShare, RowShares};
use crate::lmm::parameters::working_from_theta;
use crate::lmm::system::LinearSystem;
use crate::watch::{Phase, Watch};

/// Which part of a row's leverage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeverageKind {
    /// The derivative of the row's fitted value in its response, the parameters of the covariances being given.
    Overall,
    /// That of the fixed effects' part of the fitted value.
    Fixed,
    /// The rest.
    Random,
    /// The variance of the random effects' part, in units of the residual variance: what of the random part does not depend on the fixed
    /// effects (Nobre & Singer 2011).
    Variance,
}

impl Choice for LeverageKind {
    const LIST: &'static str = "leverage kind";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (LeverageKind::Overall, c"overall"),
        (LeverageKind::Fixed, c"fixef"),
        (LeverageKind::Random, c"ranef"),
        (LeverageKind::Variance, c"ranef_variance"),
    ];
}

impl Fit {
    /// Leverages of the rows, as long as `fitted`.
    pub fn leverage(&self, kind: LeverageKind, watch: &Watch<'_>) -> Result<Vec<f64>> {
        if !self.is_linear() {
            return Err(Error::unsupported(
                "leverage: only of a linear model; other models have case deletion, interlace_fit_influence",
            ));
        }
        self.need_rows("leverage")?;
        self.with_factor("leverage")?;
        let values = self.of_row_shares(watch, |i, shares, row, _| match kind {
            LeverageKind::Overall => row.overall,
            LeverageKind::Fixed => row.fixed,
            LeverageKind::Random => row.overall - row.fixed,
            LeverageKind::Variance => shares.variance[i],
        });
        self.as_fitted(values?)
    }

    /// A number for each row used of a linear model, by its share in the estimates.
    pub(super) fn of_row_shares(
        &self,
        watch: &Watch<'_>,
        value: impl Fn(usize, &RowShares<'_>, &RowShare<'_>, &LinearSystem) -> f64,
    ) -> Result<Vec<f64>> {
        watch.at(Phase::Residuals, 0, Some(self.n_obs))?;
        let design = self.design()?;
        let assembled = Assembled::new(&design, watch)?;
        let (system, rows) = (&assembled.system, assembled.working_rows(&design, watch)?);
        let mut deviance = Deviance::new(system, self.reml, watch)?;
        let working = working_from_theta(system, &self.parameters_of_search())?;
        let shares = RowShares::new(&mut deviance, &working, &rows, watch)?;
        let (mut out, mut score) = (try_vec("values of rows", 0.0, shares.n)?, vec![0.0; self.fixed.names.len()]);
        for (i, out) in out.iter_mut().enumerate() {
            watch.round(Phase::Residuals, i, self.n_obs)?;
            *out = value(i, &shares, &shares.row(i, &mut score), system);
        }
        Ok(out)
    }
}
