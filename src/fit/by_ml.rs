//! The model of a fit by maximum likelihood, for comparisons that restricted likelihoods do not allow.

use super::common::Fit;
use super::parts::{FixedEffects, PredictorFit};
use super::response::AnyResponse;
use super::{generalised, linear};
use crate::error::Result;
use crate::options::Options;
use crate::watch::{Phase, Watch};

impl Fit {
    /// The same model on the same rows by maximum likelihood; a fit that is by maximum likelihood as it is.
    pub fn refit_ml(&self, watch: &Watch<'_>) -> Result<Fit> {
        let watch = &watch.of_fit();
        watch.at(Phase::Start, 0, None)?;
        if !self.reml {
            return Ok(self.clone());
        }
        let mut design = self.design()?;
        design.rows = self.rows.try_clone()?;
        let options = Options { reml: false, reml_generalised: false, ..self.options() };
        let mut fit = match self.generalised() {
            None => linear::fit(self.program.clone(), design, &options, watch)?,
            Some(own) => {
                let response = AnyResponse::of_fit(own, self.ordinal(), &design)?;
                generalised::fit(&response, self.program.clone(), design, &options, watch)?
            }
        };
        fit.formula.clone_from(&self.formula);
        let added = std::mem::replace(&mut fit.design_warnings, self.design_warnings.clone());
        fit.design_warnings.extend(added.into_iter().filter(|warning| !self.design_warnings.contains(warning)));
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
