//! A fit as text, in the layout that lme4 users know, and as tables.

mod clmm;
mod coxme;
mod coefficients;
#[cfg(test)]
mod fixture;
mod glmm;
mod layout;
mod lmm;
mod notes;
mod number;
mod random_effects;
mod residuals;
mod tables;

use std::cell::OnceCell;

use crate::error::{Error, Result, if_any};
use crate::fit::{Fit, Kind};
use crate::frame::Frame;
use crate::inference::degrees_of_freedom::{DegreesOfFreedom, DfMethod, Satterthwaite};
use crate::watch::Watch;

impl Fit {
    /// The summary, in lme4's layout; of generalised models with glmmTMB's sections for further predictors, of ordinal ones with
    /// those of clmm.
    pub fn summary(&self) -> Result<String> {
        if let Some(own) = DegreesOfFreedom::of_robust(self, DfMethod::Default) {
            return self.summary_with(own);
        }
        let own = if_any(Satterthwaite::by_default(self, &Watch::unwatched()))?.flatten();
        self.summary_with(DegreesOfFreedom::by_default(own.as_ref()))
    }

    /// The summary with tests by these degrees of freedom; that of generalised models, whose tests are normal, is as ever.
    pub fn summary_with(&self, freedom: DegreesOfFreedom<'_>) -> Result<String> {
        let text = match &self.kind {
            Kind::Linear(..) => lmm::text(self, freedom)?,
            Kind::Generalised(own) => glmm::text(self, own)?,
            Kind::Ordinal(own, ordinal) => clmm::text(self, own, ordinal),
            Kind::Cox(own) => coxme::text(self, own),
        };
        Ok(notes::with_priors(self, text))
    }

    /// What a statistician must know: no convergence, a boundary fit, rows and columns left out, levels that don't occur.
    pub fn warnings(&self) -> Vec<String> {
        notes::warnings(self)
    }

    /// Names of the tables that `table` makes.
    pub fn table_names(&self) -> &'static [&'static str] {
        tables::names()
    }

    /// A table of results as a frame, with tests by the degrees of freedom that the fit has by default.
    pub fn table(&self, name: &str) -> Result<Frame> {
        let own = OnceCell::new();
        let by_default = || {
            if let Some(own) = DegreesOfFreedom::of_robust(self, DfMethod::Default) {
                return Ok(own);
            }
            let own = own.get_or_init(|| Satterthwaite::by_default(self, &Watch::unwatched())).as_ref().map_err(Error::clone)?;
            Ok(DegreesOfFreedom::by_default(own.as_ref()))
        };
        self.table_with(name, &by_default)
    }

    /// The same with degrees of freedom that are asked for where the table has tests of the fixed effects of the mean.
    pub fn table_with<'f>(&self, name: &str, freedom: &dyn Fn() -> Result<DegreesOfFreedom<'f>>) -> Result<Frame> {
        tables::table(self, name, freedom)
    }
}
