//! Other models without cases: fitted to the other rows, from the estimates of all, or by one step from these.

use super::kinds::InfluenceMethod;
use super::linear::FEW;
use super::measures::{Found, Without, upper_root};
use super::{cox, generalised};
use crate::error::Result;
use crate::fit::response::check_categories;
use crate::fit::{Fit, PredictorFit};
use crate::options::Options;
use crate::resample::Cases;
use crate::watch::Watch;

/// What makes estimates without rows.
pub(super) enum Others<'a> {
    Refits(Box<Refits<'a>>),
    Generalised(Box<generalised::Steps<'a>>),
    Cox(Box<cox::Steps>),
}

impl<'a> Others<'a> {
    pub fn new(fit: &'a Fit, method: InfluenceMethod, watch: &Watch<'_>) -> Result<Self> {
        if method == InfluenceMethod::OneStep {
            if let Some(steps) = generalised::Steps::new(fit, watch)? {
                return Ok(Others::Generalised(Box::new(steps)));
            }
            if let Some(steps) = cox::Steps::new(fit, watch)? {
                return Ok(Others::Cox(Box::new(steps)));
            }
        }
        Ok(Others::Refits(Box::new(Refits::new(fit)?)))
    }

    /// The estimates without some rows.
    pub fn without(&self, gone: &[u32], watch: &Watch<'_>) -> Result<Found> {
        match self {
            Others::Refits(own) => own.without(gone, watch),
            Others::Generalised(own) => own.without(gone, watch),
            Others::Cox(own) => own.without(gone, watch),
        }
    }
}

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
        let rows = design.n;
        let mut own = self.fit.again(design, &self.options, Some(self.fit), &watch.of_fit())?;
        // One that had to end early tells nothing.
        watch.check()?;
        if rows < FEW || self.fit.singular || own.singular {
            own = self.or_anew(own, gone, watch)?;
        }
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
        Ok(Found::Estimates(Without {
            estimates: own.as_refit(),
            root: upper_root(&own.fixed.root, own.fixed.names.len()),
            displacement,
        }))
    }

    /// Or what a fit finds that knows nothing of all rows, if that is the lower end: beside a variance of zero and for few rows there may be
    /// other minima.
    fn or_anew(&self, own: Fit, gone: &[u32], watch: &Watch<'_>) -> Result<Fit> {
        let anew = self.fit.again(self.cases.without_rows(gone)?, &self.options, None, &watch.of_fit());
        watch.check()?;
        match anew {
            Ok(anew) if anew.outcome.converged >= own.outcome.converged && anew.criterion <= own.criterion => Ok(anew),
            Err(error) if error.ends_all() => Err(error),
            _ => Ok(own),
        }
    }
}
