//! The model of a fit with another response: the same rows and matrices, a search from the fit's estimates, no standard errors.

use crate::covariance::Structure;
use crate::design::Design;
use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::fit::design::{lifted, working_parameters};
use crate::fit::generalised::approximation;
use crate::fit::linear::assemble;
use crate::fit::response::AnyResponse;
use crate::glmm::estimate::estimate;
use crate::glmm::laplace::{Inside, Laplace};
use crate::glmm::model::Model;
use crate::lmm::deviance::Deviance;
use crate::lmm::estimate::{off_the_boundary, theta_from_working, working_from_theta};
use crate::options::Options;
use crate::search::boundary::null_directions;
use crate::search::{Criterion, Estimate, Search};

/// The estimates of a refit.
#[derive(Clone, Debug)]
pub struct Refit {
    pub theta: Vec<f64>,
    /// Of the residuals of a linear model.
    pub correlation: Option<f64>,
    /// Of the mean, the zero part, the dispersion.
    pub fixed: Vec<Vec<f64>>,
    /// The family's parameters that are estimated and shared by all rows, as they are reported.
    pub family: Vec<f64>,
    /// Of a linear model the residual standard deviation, otherwise the family's first parameter, or 1 without any.
    pub sigma: f64,
    pub log_likelihood: f64,
    pub converged: bool,
    pub singular: bool,
}

/// Fits the model of a fit to other responses.
pub struct Refitter {
    options: Options,
    theta: Vec<f64>,
    correlation: Option<f64>,
    fixed: Vec<Vec<f64>>,
    design: Design,
    /// Of a generalised model.
    generalised: Option<(AnyResponse, Model, Vec<f64>)>,
}

impl Refitter {
    pub fn new(fit: &Fit) -> Result<Self> {
        let design = fit.design();
        let generalised = match &fit.generalised {
            None => None,
            Some(own) => {
                let response = AnyResponse::of_fit(own, &design)?;
                let model = response.model(&design)?;
                let shared = response.shared_of_fit(own, model.fixed[0].location(&fit.fixed.estimate))?;
                Some((response, model, shared))
            }
        };
        let correlation = fit.correlation.as_ref().map(|c| c.estimate);
        Ok(Refitter { options: fit.options(), theta: fit.theta.clone(), correlation, fixed: fit.all_fixed(), design, generalised })
    }

    /// Fits to a response, one value per row used.
    pub fn refit(&mut self, y: &[f64]) -> Result<Refit> {
        if y.len() != self.design.n {
            return Err(Error::argument(format!("the response has {} values, the fit has used {} rows", y.len(), self.design.n)));
        }
        if let Some(i) = y.iter().position(|v| !v.is_finite()) {
            return Err(Error::data(format!("the response of row {} of those used is {}", i + 1, y[i])));
        }
        self.design.y.copy_from_slice(y);
        if self.generalised.is_some() { self.generalised() } else { self.linear() }
    }

    fn linear(&self) -> Result<Refit> {
        let system = assemble(&self.design)?;
        let mut deviance = Deviance::new(&system, self.options.reml)?;
        let parameters: Vec<f64> = self.theta.iter().copied().chain(self.correlation).collect();
        let start = off_the_boundary(&system, working_from_theta(&system, &parameters)?);
        let end = search_from(&mut deviance, &start, &self.options)?;
        let value = deviance.evaluate(&end.working)?;
        let mut theta = parameters;
        theta_from_working(&system, &end.working, &mut theta);
        let correlation = if self.correlation.is_some() { theta.pop() } else { None };
        Ok(Refit {
            theta,
            correlation,
            fixed: vec![deviance.fixed_effects()],
            family: vec![],
            sigma: deviance.sigma(),
            log_likelihood: -0.5 * value,
            converged: end.converged,
            singular: is_singular(&system.structures, &end.working),
        })
    }

    fn generalised(&mut self) -> Result<Refit> {
        let Some((response, model, shared)) = &mut self.generalised else {
            return Err(Error::argument("the fit is of a linear model"));
        };
        response.set(&self.design.y, &self.design.rows)?;
        model.response = response.boxed();
        let mut laplace = Laplace::new(model, approximation(&self.options))?;
        let inside = laplace.how.inside != Inside::Nothing;
        laplace.start_fixed(&model.fixed[0].to_working(&self.fixed[0]));
        let start = working_parameters(model, &self.theta, &self.fixed, shared, inside)?;
        let end = match search_from(&mut laplace, &start, &self.options) {
            Ok(end) if end.converged => end,
            // The estimates of another response may be no place to start from.
            _ => estimate(&mut laplace, &response.start(model)?, &self.options, None)?,
        };
        refit_of(&mut laplace, response, &end)
    }
}

fn refit_of(laplace: &mut Laplace<'_>, response: &AnyResponse, end: &Estimate) -> Result<Refit> {
    let (model, x) = (laplace.model, &end.working);
    let value = laplace.evaluate(x, crate::family::Order::Mode)?;
    let mut fixed = vec![laplace.fixed_effects(x)];
    fixed.extend(laplace.outer().zip(laplace.ranges()).filter(|(a, _)| *a > 0).map(|(_, range)| x[range].to_vec()));
    model.fixed.iter().zip(&mut fixed).for_each(|(part, gamma)| part.to_user(gamma));
    let shared = &x[laplace.shared()];
    Ok(Refit {
        theta: model.theta_from_working(x),
        correlation: None,
        family: response.reported(shared, model.fixed[0].location(&fixed[0])),
        sigma: sigma_of(response, shared),
        fixed,
        log_likelihood: -0.5 * value,
        converged: end.converged,
        singular: is_singular(&model.structures, x),
    })
}

/// The family's first parameter as it is reported.
fn sigma_of(response: &AnyResponse, shared: &[f64]) -> f64 {
    let Some(response) = response.family() else { return 1.0 };
    match response.family.parameters().first() {
        None => 1.0,
        Some(_) if response.dispersion => f64::NAN,
        Some(parameter) => parameter.scale.reported(response.psi(shared)[0]),
    }
}

/// Whether some linear combination of random effects has no variance.
fn is_singular(structures: &[Structure], working: &[f64]) -> bool {
    let mut first = 0;
    structures.iter().any(|structure| {
        let range = first..first + structure.n_theta();
        first = range.end;
        !null_directions(*structure, &working[range]).is_empty()
    })
}

/// A search from working parameters near the minimum.
pub(crate) fn search_from<'m>(criterion: &mut impl Criterion<'m>, start: &[f64], options: &Options) -> Result<Estimate> {
    let structures: Vec<Structure> = criterion.structures().to_vec();
    let start = lifted(&structures, start);
    let mut search = Search::new(criterion, options, None);
    let best = search.run(&start, options.tolerance)?;
    search.finish(best)
}

impl Fit {
    /// The fixed effects of all predictors.
    pub(crate) fn all_fixed(&self) -> Vec<Vec<f64>> {
        let own = self.fixed.estimate.clone();
        std::iter::once(own).chain(self.named_predictors().map(|(_, p)| p.fixed.estimate.clone())).collect()
    }
}
