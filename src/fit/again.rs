//! The model of a fit once more, on a design of its own rows.

use super::common::Fit;
use super::parts::{FixedEffects, PredictorFit};
use super::response::AnyResponse;
use super::{cox, generalised, linear};
use crate::design::Design;
use crate::error::Result;
use crate::options::Options;
use crate::watch::Watch;

impl Fit {
    /// Theta, and behind it the residual correlation of a linear model, which are searched together.
    pub(crate) fn parameters_of_search(&self) -> Vec<f64> {
        self.theta.iter().copied().chain(self.correlation().map(|c| c.estimate)).collect()
    }

    /// Fits the model to a design that comes from `Fit::design`, with a response that may be another. The search begins at the estimates of a
    /// fit that is likely to be near.
    pub(crate) fn again(&self, design: Design, options: &Options, near: Option<&Fit>, watch: &Watch<'_>) -> Result<Fit> {
        let program = self.program.clone();
        let mut fit = match (self.generalised(), self.cox()) {
            (Some(own), _) => {
                let response = AnyResponse::of_fit(own, self.ordinal(), &design)?;
                generalised::fit(&response, program, design, options, near, watch)?
            }
            (None, Some(own)) => cox::fit(own.ties, program, design, options, near, watch)?,
            (None, None) => linear::fit(program, design, options, near, watch)?,
        };
        fit.formula.clone_from(&self.formula);
        restore(&mut fit.fixed, &mut fit.kept, &self.fixed, &self.kept);
        fit.estimable = self.estimable.clone();
        if let (Some(own), Some(first)) = (fit.kind.generalised_mut(), self.generalised()) {
            let pairs = [(&mut own.zero_inflation, &first.zero_inflation), (&mut own.dispersion, &first.dispersion)];
            for (own, first) in pairs {
                if let (Some(PredictorFit { fixed, kept, estimable, .. }), Some(first)) = (own, first) {
                    restore(fixed, kept, &first.fixed, &first.kept);
                    *estimable = first.estimable.clone();
                }
            }
        }
        Ok(fit)
    }
}

/// The design of a fit has only the columns that were kept: counts them as the program does.
fn restore(fixed: &mut FixedEffects, kept: &mut [usize], first: &FixedEffects, first_kept: &[usize]) {
    for column in kept {
        *column = first_kept[*column];
    }
    fixed.dropped.extend_from_slice(&first.dropped);
}
