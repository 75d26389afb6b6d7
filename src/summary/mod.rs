//! A fit as text, in the layout that lme4 users know, and as tables.

mod clmm;
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

use crate::error::Result;
use crate::fit::Fit;
use crate::frame::Frame;
use crate::inference::degrees_of_freedom::DegreesOfFreedom;

impl Fit {
    /// The summary, in lme4's layout; of generalised models with glmmTMB's sections for further predictors, of ordinal ones with
    /// those of clmm.
    pub fn summary(&self) -> String {
        match &self.generalised {
            None => lmm::text(self),
            Some(own) => match &own.ordinal {
                None => glmm::text(self, own),
                Some(ordinal) => clmm::text(self, own, ordinal),
            },
        }
    }

    /// The summary with tests by these degrees of freedom; that of generalised models is as ever.
    pub fn summary_with(&self, freedom: DegreesOfFreedom<'_>) -> String {
        match &self.generalised {
            None => lmm::text_with(self, Some(freedom)),
            Some(_) => self.summary(),
        }
    }

    /// What a statistician must know: no convergence, a boundary fit, rows and columns left out, levels that don't occur.
    pub fn warnings(&self) -> Vec<String> {
        notes::warnings(self)
    }

    /// Names of the tables that `table` makes.
    pub fn table_names(&self) -> &'static [&'static str] {
        tables::names()
    }

    /// A table of results as a frame.
    pub fn table(&self, name: &str) -> Result<Frame> {
        tables::table(self, name)
    }
}
