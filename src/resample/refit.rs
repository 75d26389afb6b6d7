//! The model of a fit with another response: the same rows and matrices, a search from the fit's estimates, no standard errors.

use super::cox;
use super::estimates::{Refit, dependent, is_singular};
use crate::design::Design;
use crate::error::{Code, Error, Result, row_text};
use crate::fit::Fit;
use crate::fit::design::working_parameters;
use crate::fit::generalised::approximation;
use crate::fit::linear::Assembled;
use crate::fit::region::{Found, search};
use crate::fit::response::AnyResponse;
use crate::glmm;
use crate::glmm::approximation::Inside;
use crate::glmm::laplace::Laplace;
use crate::glmm::model::Model;
use crate::lmm;
use crate::lmm::deviance::{Analysis, Deviance};
use crate::lmm::estimate::estimate_near;
use crate::lmm::parameters::{off_the_boundary, theta_from_working, working_from_theta};
use crate::lmm::response::ResponseRows;
use crate::lmm::system::LinearSystem;
use crate::options::Options;
use crate::search::Estimate;
use crate::spec::Ties;
use crate::watch::Watch;

/// Fits the model of a fit to other responses.
pub struct Refitter {
    options: Options,
    theta: Vec<f64>,
    fixed: Vec<Vec<f64>>,
    design: Design,
    std_errors: bool,
    engine: Engine,
}

enum Engine {
    Linear(Box<Linear>),
    Generalised(Box<(AnyResponse, Model, Vec<f64>)>),
    /// Where its searches begin.
    Cox(Ties, Option<Vec<f64>>),
}

/// Of a linear model all but the response's cross-products is made once.
struct Linear {
    assembled: Assembled,
    /// Absent until there is another response.
    rows: Option<ResponseRows>,
    analysis: Option<Analysis>,
}

impl Refitter {
    pub fn new(fit: &Fit, watch: &Watch<'_>) -> Result<Self> {
        Self::of_design(fit, fit.design()?, watch)
    }

    /// On other rows: a design with the same columns as that of the fit.
    pub(crate) fn of_design(fit: &Fit, design: Design, watch: &Watch<'_>) -> Result<Self> {
        fit.with_factor("fits to other responses or rows")?;
        let mut theta = fit.parameters_of_search();
        let mut fixed = fit.all_fixed();
        let engine = match fit.generalised() {
            None if let Some(own) = fit.cox() => {
                // Without variance a search would stay there.
                let start = (!fit.singular).then(|| theta.clone());
                Engine::Cox(own.ties, start)
            }
            None => {
                let assembled = Assembled::new(&design, watch)?;
                if assembled.system.kept.len() < design.x_names.len() {
                    let dropped = (0..design.x_names.len()).find(|j| !assembled.system.kept.contains(j)).unwrap_or(0);
                    return Err(dependent(&design.x_names[dropped]));
                }
                Engine::Linear(Box::new(Linear { assembled, rows: None, analysis: None }))
            }
            Some(own) => {
                let response = AnyResponse::of_fit(own, fit.ordinal(), &design)?;
                let model = response.model(&design)?;
                check_rank(fit, &model, &design)?;
                let shared = response.estimates(own, &model, &mut theta, &mut fixed)?;
                Engine::Generalised(Box::new((response, model, shared)))
            }
        };
        Ok(Refitter { options: fit.options(), theta, fixed, design, std_errors: false, engine })
    }

    /// Refits have standard errors; of linear models alone.
    pub fn with_std_errors(mut self) -> Result<Self> {
        if matches!(self.engine, Engine::Cox(..)) {
            return Err(Error::unsupported("standard errors of refits: not available for a Cox model; fit it to each response"));
        }
        if !matches!(self.engine, Engine::Linear(_)) {
            return Err(Error::unsupported(
                "standard errors of refits are those of linear models only: fit the model to each response",
            ));
        }
        self.std_errors = true;
        Ok(self)
    }

    /// Fits to a response, one value per row used; of a Cox model the times, then the events.
    pub fn refit(&mut self, y: &[f64], watch: &Watch<'_>) -> Result<Refit> {
        set_response(&mut self.design, y)?;
        if let Engine::Linear(linear) = &mut self.engine {
            if self.design.correlation.is_some() {
                // Its products are those of rows that the correlation has turned.
                **linear = Linear { assembled: Assembled::new(&self.design, watch)?, rows: None, analysis: None };
                return self.refit_own(watch);
            }
            if linear.rows.is_none() {
                linear.rows = Some(linear.assembled.response_rows(&self.design, watch)?);
            }
            if let Some(rows) = &linear.rows {
                linear.assembled.set_response(rows, &self.design, watch)?;
            }
        }
        self.refit_own(watch)
    }

    /// Fits to the response of the design.
    pub(crate) fn refit_own(&mut self, watch: &Watch<'_>) -> Result<Refit> {
        let Refitter { options, theta, fixed, design, std_errors, engine } = self;
        match engine {
            Engine::Linear(linear) => {
                refit_system(&linear.assembled.system, &mut linear.analysis, options, (theta, *std_errors), watch)
            }
            Engine::Generalised(own) => {
                let (response, model, shared) = &mut **own;
                response.set(&design.y, &design.rows)?;
                model.response = response.boxed()?;
                refit_generalised(response, model, options, (theta, fixed, shared), watch)
            }
            Engine::Cox(ties, start) => cox::refit(*ties, design, options, start.as_deref(), watch),
        }
    }
}

/// Gives a design other values of the response, one per row; of a Cox model the times, then the events.
pub(super) fn set_response(design: &mut Design, y: &[f64]) -> Result<()> {
    if let Some(survival) = &mut design.survival {
        survival.set_response(y)?;
        design.y.copy_from_slice(&y[design.n..]);
        return Ok(());
    }
    if design.ends.is_some() {
        return Err(Error::unsupported(
            "another response: that of the fit is between two ends, cens(), and how another would be cut is not known",
        ));
    }
    if y.len() != design.n {
        return Err(Error::argument(format!("the response has {} values, the fit has used {} rows", y.len(), design.n)));
    }
    if let Some(i) = y.iter().position(|v| !v.is_finite()) {
        return Err(Error::data(format!("the response is {} in {} of those used", y[i], row_text(i))));
    }
    design.y.copy_from_slice(y);
    Ok(())
}

/// The fixed effects of the fit must have estimates on these rows, too.
fn check_rank(fit: &Fit, model: &Model, design: &Design) -> Result<()> {
    for (part, wanted) in model.fixed.iter().zip(fit.all_fixed()) {
        if part.kept.len() < wanted.len() {
            let dropped = (0..wanted.len()).find(|j| !part.kept.contains(j)).unwrap_or(0);
            return Err(dependent(design.x_names.get(dropped).map_or("of a further predictor", |name| name)));
        }
    }
    Ok(())
}

/// Fits a system from theta, the residual correlation behind it, with standard errors if these are asked for; `analysis` is that of the
/// system with any other response.
pub(super) fn refit_system(
    system: &LinearSystem,
    analysis: &mut Option<Analysis>,
    options: &Options,
    (theta, std_errors): (&[f64], bool),
    watch: &Watch<'_>,
) -> Result<Refit> {
    let mut deviance = match analysis.take() {
        Some(analysis) => Deviance::with(system, options.reml, analysis, watch)?,
        None => Deviance::new(system, options.reml, watch)?,
    };
    let refit = refit_linear(&mut deviance, options, theta, std_errors);
    *analysis = Some(deviance.into_analysis());
    refit
}

/// Fits a system, from theta on.
pub(crate) fn refit_linear(deviance: &mut Deviance<'_>, options: &Options, theta: &[f64], std_errors: bool) -> Result<Refit> {
    let system = deviance.system;
    let start = off_the_boundary(system, working_from_theta(system, theta)?);
    let end = match estimate_near(deviance, &start, options, false) {
        Ok(end) if end.converged => end,
        Err(e) if e.code != Code::Numeric => return Err(e),
        // The estimates of another response may be no place to start from.
        _ => lmm::estimate::estimate(deviance, options)?,
    };
    refit_at(deviance, &end, std_errors)
}

/// The estimates at the end of a search.
pub(crate) fn refit_at(deviance: &mut Deviance<'_>, end: &Estimate, std_errors: bool) -> Result<Refit> {
    let system = deviance.system;
    let value = deviance.move_to(&end.working)?;
    deviance.check_residual()?;
    let mut theta = vec![0.0; system.n_working()];
    theta_from_working(system, &end.working, &mut theta);
    let correlation = if system.correlation.is_some() { theta.pop() } else { None };
    Ok(Refit {
        theta,
        correlation,
        fixed: vec![deviance.fixed_effects()],
        std_error: if std_errors { deviance.std_errors() } else { vec![] },
        family: vec![],
        sigma: deviance.sigma(),
        log_likelihood: -0.5 * (value - deviance.penalty()),
        converged: end.converged,
        singular: is_singular(&system.structures, &end.working),
    })
}

fn refit_generalised(
    response: &AnyResponse,
    model: &Model,
    options: &Options,
    (theta, fixed, shared): (&[f64], &[Vec<f64>], &[f64]),
    watch: &Watch<'_>,
) -> Result<Refit> {
    let mut laplace = Laplace::new(model, approximation(options), watch)?;
    let inside = laplace.how.inside != Inside::Nothing;
    laplace.start_fixed(&model.fixed[0].to_working(&fixed[0]));
    let start = working_parameters(model, theta, fixed, shared, inside)?;
    let (shared, anew) = (laplace.shared(), response.start(model, watch)?);
    match glmm::estimate::estimate_near(&mut laplace, &start, &anew, options) {
        Err(error) if error.ends_all() => Err(error),
        Ok(end) if end.converged && response.is_inside(&end.working[shared])? => refit_of(&mut laplace, response, &end),
        _ => match search(&mut laplace, response, &anew, options)? {
            Found::Inside(end) => refit_of(&mut laplace, response, &end),
            Found::OnEdge(edge) => {
                refit_of(&mut Laplace::new(&edge.model, approximation(options), watch)?, &edge.response, &edge.estimate)
            }
        },
    }
}

fn refit_of(laplace: &mut Laplace<'_>, response: &AnyResponse, end: &Estimate) -> Result<Refit> {
    laplace.forget_modes(true);
    let value = laplace.evaluate(&end.working, crate::family::Order::Mode)? - laplace.penalty;
    Ok(Refit { converged: end.converged, ..refit_there(laplace, response, &end.working, value) })
}

/// The estimates at working parameters, where the deviance has this value; the modes are those there.
pub(crate) fn refit_there(laplace: &Laplace<'_>, response: &AnyResponse, x: &[f64], value: f64) -> Refit {
    let model = laplace.model;
    let mut fixed = vec![laplace.fixed_effects(x)];
    fixed.extend(laplace.outer().zip(laplace.ranges()).filter(|(a, _)| *a > 0).map(|(_, range)| x[range].to_vec()));
    model.fixed.iter().zip(&mut fixed).for_each(|(part, gamma)| part.to_user(gamma));
    let (shared, mut theta) = (&x[laplace.shared()], model.theta_from_working(x));
    let mut family = response.reported(shared, model.fixed[0].location(&fixed[0]));
    if response.ordered().is_some() {
        model.in_latent_unit(model.log_unit(&fixed), &mut theta, [&mut fixed[0], &mut family]);
    }
    Refit {
        theta,
        correlation: None,
        std_error: vec![],
        family,
        sigma: sigma_of(response, shared),
        fixed,
        log_likelihood: -0.5 * value,
        converged: true,
        singular: is_singular(&model.structures, x),
    }
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
