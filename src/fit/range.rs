//! Variances that are no numbers: units so large, small or far apart that squares of them are out of range.

use super::common::Fit;
use super::parts::{FixedEffects, TermFit};
use crate::error::{Error, Result};
use crate::names::quoted;

/// Zero, infinite, or with fewer digits than a number has.
fn out_of_range(variance: f64) -> bool {
    !variance.is_nan() && !variance.is_normal()
}

fn failure(what: &str) -> Error {
    Error::numeric(format!(
        "the variance of {what} is out of the range of numbers: the units of the response or of a covariate are too large, too small or too \
         far apart; take others"
    ))
}

impl FixedEffects {
    fn check_range(&self) -> Result<()> {
        let p = self.names.len();
        match (0..p).find(|j| out_of_range(self.vcov[j * (p + 1)])) {
            None => Ok(()),
            Some(j) => Err(failure(&quoted(&self.names[j]))),
        }
    }
}

impl TermFit {
    /// A variance of zero is none out of range where its row of the root is zero, too.
    fn check_range(&self) -> Result<()> {
        let r = self.design.effects.len();
        let lost = |e: &usize| {
            let is_zero = self.root.iter().skip(*e).step_by(r).all(|v| *v == 0.0);
            !is_zero && out_of_range(self.cov[e * (r + 1)])
        };
        match (0..r).find(lost) {
            None => Ok(()),
            Some(e) => Err(failure(&format!("the effect {} of {}", quoted(&self.design.effects[e]), quoted(&self.design.group)))),
        }
    }
}

impl Fit {
    /// Says how many rows have no mean: those whose predictor is outside the domain of the link, as that of a zero beside a zero part may be,
    /// and those whose mean is too large for a number, as that of a lognormal response is beside a large variance.
    pub(super) fn warn_of_fitted(&mut self) {
        let count = |lost: fn(f64) -> bool| self.fitted.iter().filter(|value| lost(**value)).count();
        // Rows that are left out and padded have none, and have been told of.
        let padded = self.fitted.len().saturating_sub(self.n_obs);
        let kinds = [
            (
                count(f64::is_nan).saturating_sub(padded),
                "linear predictor is outside the domain of the link, where there is no mean",
            ),
            (count(f64::is_infinite), "mean is too large for a number"),
        ];
        for (lost, why) in kinds.into_iter().filter(|(lost, _)| *lost > 0) {
            let rows = if lost == 1 {
                "1 row has no fitted value: its".into()
            } else {
                format!("{lost} rows have no fitted value: their")
            };
            self.design_warnings.push(format!("{rows} {why}"));
        }
    }

    /// Fails where a variance of the fit has over- or underflowed: what is made of it would be wrong.
    pub(super) fn check_range(&self) -> Result<()> {
        if self.is_linear() && out_of_range(self.sigma * self.sigma) {
            return Err(failure("the residuals"));
        }
        self.fixed.check_range()?;
        self.named_predictors().try_for_each(|(_, predictor)| predictor.fixed.check_range())?;
        self.named_terms().try_for_each(|(_, term)| term.check_range())
    }
}
