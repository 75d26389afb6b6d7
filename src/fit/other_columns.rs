//! The likelihood of a generalised fit's model with other fixed effects of the mean, without all that makes a fit of it.

use super::common::Fit;
use super::design::working_parameters;
use super::generalised::approximation;
use super::kind::Generalised;
use super::region::{Found, search_from};
use super::response::AnyResponse;
use crate::clmm::response::OrderedResponse;
use crate::design::Design;
use crate::error::Result;
use crate::glmm::approximation::Inside;
use crate::glmm::estimate::Near;
use crate::glmm::laplace::Laplace;
use crate::glmm::model::Model;
use crate::options::Options;
use crate::watch::Watch;

/// A model at its maximum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Least {
    pub deviance: f64,
    /// Fixed effects of the mean.
    pub p: usize,
    /// All parameters.
    pub npar: usize,
    /// Thresholds of an ordinal model meet in some row.
    pub at_edge: bool,
}

impl Fit {
    /// The least deviance of a design that differs from the fit's in columns; `None` where the search did not converge. It begins near the
    /// estimates of the fit if there is a `guess` of the effect of each column of the mean.
    pub(crate) fn least_deviance(
        &self,
        own: &Generalised,
        (design, guess): (&Design, Option<&[f64]>),
        options: &Options,
        watch: &Watch<'_>,
    ) -> Result<Option<Least>> {
        watch.pulse()?;
        let response = AnyResponse::of_fit(own, self.ordinal(), design)?;
        let model = response.model(design)?;
        let how = approximation(options);
        let start = response.start(&model, watch)?;
        let near = guess.map(|guess| self.beside(own, (&response, &model), how.inside, guess)).transpose()?;
        let mut laplace = Laplace::new(&model, how, watch)?;
        let found = search_from(&mut laplace, &response, &start, near.as_ref(), options)?;
        let at_edge = matches!(found, Found::OnEdge(_));
        let estimate = match found {
            Found::Inside(estimate) => estimate,
            Found::OnEdge(found) => found.estimate,
        };
        let shared = response.ordered().map_or_else(|| model.response.n_shared(), OrderedResponse::n_whole);
        let npar = model.n_theta() + model.fixed.iter().map(|part| part.kept.len()).sum::<usize>() + shared;
        Ok(estimate.converged.then_some(Least { deviance: estimate.value, p: model.fixed[0].kept.len(), npar, at_edge }))
    }

    /// The estimates, with a guess of the mean's fixed effects, as parameters of a model with other columns.
    fn beside(&self, own: &Generalised, (response, model): (&AnyResponse, &Model), inside: Inside, guess: &[f64]) -> Result<Near> {
        let (mut theta, mut fixed) = (self.theta.clone(), self.all_fixed());
        fixed[0] = model.fixed[0].kept.iter().map(|&j| guess[j]).collect();
        let shared = response.estimates(own, model, &mut theta, &mut fixed)?;
        let working = working_parameters(model, &theta, &fixed, &shared, inside != Inside::Nothing)?;
        Ok(Near { working, gamma: model.fixed[0].to_working(&fixed[0]) })
    }
}
