//! The model of a fit by maximum likelihood, for comparisons that restricted likelihoods do not allow.

use super::common::Fit;
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
        let mut fit = self.again(design, &options, None, watch)?;
        let added = std::mem::replace(&mut fit.design_warnings, self.design_warnings.clone());
        fit.design_warnings.extend(added.into_iter().filter(|warning| !self.design_warnings.contains(warning)));
        Ok(fit)
    }
}
