//! Which engine fits a generalised model, and fits by iterations.

use std::cell::Cell;

use super::assembly::Assembly;
use super::common::Fit;
use super::diagnosis::check_ended;
use super::engine::{EngineRecord, Iterative, not_by_iterations, undecided};
use super::response::AnyResponse;
use super::separation::nearly_separate;
use crate::covariance::Structure;
use crate::design::{Design, ModelProgram};
use crate::error::{Error, Result};
use crate::glmm::approximation::{Approximation, Inside};
use crate::glmm::iterative::evaluation::Problem;
use crate::glmm::model::Model;
use crate::iterative::forecast::{Forecast, MOST_WITH_MODES};
use crate::iterative::search::{search, theta_errors};
use crate::iterative::split::Split;
use crate::optimize::Reason;
use crate::options::{Engine, Options};
use crate::random::{RandomSystem, WeightedGram};
use crate::search::{Estimate, boundary};
use crate::watch::Watch;

/// What fits a model.
pub(super) enum Choice {
    Direct(Option<EngineRecord>),
    Iterative(EngineRecord),
}

impl Choice {
    /// By the options, and where they leave it open by forecasts.
    pub fn of(response: &AnyResponse, model: &Model, how: &Approximation, options: &Options) -> Result<Self> {
        match (options.engine, obstacle(response, model, how)) {
            (Engine::Iterative, Some(why)) => Err(not_by_iterations(why)),
            (Engine::Iterative, None) => Ok(Choice::Iterative(EngineRecord::asked_for(Engine::Iterative))),
            (Engine::Direct, _) | (Engine::Auto, Some(_)) => Ok(Choice::Direct(None)),
            (Engine::Auto, None) => Self::by_forecast(model, options),
        }
    }

    fn by_forecast(model: &Model, options: &Options) -> Result<Self> {
        let affordable = |own: &Forecast| own.is_affordable(MOST_WITH_MODES, options);
        if affordable(&Forecast::bound_of_sizes(model.n, &model.layout)) {
            return Ok(Choice::Direct(None));
        }
        let gram = WeightedGram::new(&model.layout, &model.terms())?.gram;
        let split = Split::new(&gram)?;
        if affordable(&Forecast::bound(&split)) {
            return Ok(Choice::Direct(None));
        }
        let decided = |engine: Engine, own: Forecast| EngineRecord::decided(engine, own, MOST_WITH_MODES, options);
        if let Some(own) = Forecast::of_sample(&split)?.filter(|own| !affordable(own)) {
            return Ok(Choice::Iterative(decided(Engine::Iterative, own)));
        }
        let forecast = Cell::new(Forecast { multiplications: f64::INFINITY, bytes: f64::INFINITY, is_exact: false });
        let admit = |multiplications: f64, entries: usize| {
            forecast.set(Forecast::of_factor(multiplications, entries as f64, true));
            affordable(&forecast.get())
        };
        Ok(match RandomSystem::within(&gram, 1, &admit)? {
            Some(_) => Choice::Direct(Some(decided(Engine::Direct, forecast.get()))),
            None => Choice::Iterative(decided(Engine::Iterative, forecast.get())),
        })
    }
}

/// Why iterations don't fit a model.
fn obstacle(response: &AnyResponse, model: &Model, how: &Approximation) -> Option<&'static str> {
    let response = match response {
        AnyResponse::Family(_) => &model.response,
        AnyResponse::Ordered(_) => return Some("ordinal models"),
    };
    if model.prior.is_some() {
        Some("models with priors")
    } else if response.predictors() > 1 {
        Some("models with a zero part or a dispersion formula")
    } else if response.n_shared() > 0 {
        Some("families with a parameter that is estimated")
    } else if !response.is_log_concave() || response.domain() != (f64::NEG_INFINITY, f64::INFINITY) {
        Some("families whose log-density is not concave in every linear predictor")
    } else if how.inside != Inside::Nothing {
        Some("models by restricted likelihood, or by nagq = 0")
    } else if how.points > 1 {
        Some("models by quadrature")
    } else if how.expected {
        Some("models by the expected information")
    } else if model.structures.len() < 2 {
        Some("models with fewer than two random terms: a factorisation of these takes little")
    } else if model.structures.iter().any(Structure::is_markov) {
        Some("terms of many effects with a structure, such as autoregressions")
    } else {
        None
    }
}

/// Working parameters that a search starts from.
fn start(response: &AnyResponse, model: &Model, (options, near): (&Options, Option<&Fit>), watch: &Watch<'_>) -> Result<Vec<f64>> {
    if let Some(near) = near.map(|fit| fit.near(response, model, Inside::Nothing)).transpose()?.flatten() {
        return Ok(boundary::lifted(&model.structures, &near.working, boundary::LIFT));
    }
    let own = response.start(model, watch)?;
    let mut x = own.theta;
    if let Some(theta0) = &options.theta0 {
        if theta0.len() != model.n_theta() {
            return Err(Error::argument(format!("theta0 has {} elements, the model has {}", theta0.len(), model.n_theta())));
        }
        x = model.working_from_theta(theta0)?;
    }
    x.extend_from_slice(&own.fixed[0]);
    Ok(x)
}

/// Fits a model by iterations.
pub(super) fn fit(
    response: &AnyResponse,
    (model, program, mut design): (&Model, ModelProgram, Design),
    (options, near): (&Options, Option<&Fit>),
    record: EngineRecord,
    watch: &Watch<'_>,
) -> Result<Fit> {
    let start = start(response, model, (options, near), watch)?;
    let mut problem = Problem::new(model, (options.engine_seed, options.threads), watch)?;
    let found = search(&mut problem, options, start)?;
    let uncertainty = problem.uncertainty(&found, options.std_errors)?;
    let mut solution = problem.solution(&found, &uncertainty)?;
    let n_theta = model.n_theta();
    let sampling = if uncertainty.remark.is_none() { &uncertainty.covariance } else { &found.sampling };
    let monte_carlo = (&uncertainty.monte_carlo[..], &sampling[..]);
    let (theta_error, theta_share) = theta_errors(&found.working[..n_theta], monte_carlo, &|x| model.theta_from_working(x));
    let estimate = Estimate {
        value: found.evaluation.value,
        converged: found.reason == Reason::Converged,
        reason: found.reason,
        evaluations: found.evaluations,
        scaled_gradient: found.scaled_gradient,
        others: vec![],
        working: found.working,
    };
    let iterative = Iterative {
        seed: options.engine_seed,
        signs: found.signs,
        steps: found.evaluation.steps,
        criterion_error: found.evaluation.value_error,
        theta_error,
        theta_share,
        sd_error: found.evaluation.levels.as_ref().map_or(f64::NAN, |own| own.error),
        linear: None,
    };
    for k in found.undecided {
        let group = &design.terms[k].group;
        design.warnings.push(undecided(group));
    }
    design.warnings.extend(model.latent_ratio(&estimate.working).and_then(nearly_separate));
    let engine = Some(EngineRecord { iterative: Some(iterative), ..record });
    let assembly = Assembly { response, model, options, estimate: &estimate, mode_steps: problem.modes.steps, engine };
    let AnyResponse::Family(family) = response else { return Err(not_by_iterations("ordinal models")) };
    let distribution = assembly.of_family(family, &design, &mut solution)?;
    let mut fit = assembly.fit(program, design, solution, distribution)?;
    fit.add_generalised_rows()?;
    check_ended(&mut fit, false)?;
    let noise = fit.engine().and_then(EngineRecord::noise);
    fit.design_warnings.extend(noise);
    Ok(fit)
}
