//! Other models without cases: fitted to the other rows, from the estimates of all.

use super::measures::{Found, Without, upper_root};
use crate::error::Result;
use crate::fit::response::check_categories;
use crate::fit::{Fit, PredictorFit};
use crate::options::Options;
use crate::resample::Cases;
use crate::watch::Watch;

/// Makes fits to the other rows.
pub(super) struct Refits<'a> {
    fit: &'a Fit,
    cases: Cases,
    options: Options,
}

impl<'a> Refits<'a> {
    pub fn new(fit: &'a Fit) -> Result<Self> {
        Ok(Refits { fit, cases: Cases::of_design(fit.design()?), options: fit.options() })
    }

    /// The estimates without some rows.
    pub fn without(&self, gone: &[u32], watch: &Watch<'_>) -> Result<Found> {
        let design = self.cases.without_rows(gone)?;
        if let Some(own) = self.fit.ordinal() {
            check_categories(own.categories.len(), &design.y)?;
        }
        let own = self.fit.again(design, &self.options, Some(self.fit), &watch.of_fit())?;
        // One that had to end early tells nothing.
        watch.check()?;
        let fixed = |fit: &Fit| -> Vec<Vec<String>> {
            let further = fit.further_predictors().into_iter().flatten().map(|PredictorFit { fixed, .. }| fixed.names.clone());
            std::iter::once(fit.fixed.names.clone()).chain(further).collect()
        };
        for (all, rest) in fixed(self.fit).iter().zip(fixed(&own)) {
            if let Some(lost) = all.iter().find(|name| !rest.contains(name)) {
                return Ok(Found::RankLost(lost.clone()));
            }
        }
        let displacement = self.fit.displacement(&own, watch)?;
        Ok(Found::Estimates(Without { estimates: own.as_refit(), root: upper_root(&own.fixed.vcov), displacement }))
    }
}
