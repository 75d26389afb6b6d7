//! Which engine fits a linear model, and fits by iterations.

use std::cell::Cell;

use super::common::Fit;
use super::engine::{EngineRecord, Iterative, Linear, not_by_iterations, undecided as undecided_text};
use crate::covariance::Structure;
use crate::design::{Design, ModelProgram};
use crate::error::Result;
use crate::iterative::forecast::{Forecast, MOST_MULTIPLICATIONS};
use crate::iterative::search::search;
use crate::iterative::split::Split;
use crate::lmm::deviance::Deviance;
use crate::lmm::iterative::evaluation::{Problem, start};
use crate::lmm::iterative::solution::{errors, solution};
use crate::lmm::system::LinearSystem;
use crate::optimize::Reason;
use crate::options::{Engine, Options};
use crate::search::Estimate;
use crate::watch::Watch;

/// What fits a system.
pub(super) enum Solver<'a> {
    Direct(Box<Deviance<'a>>, Option<EngineRecord>),
    Iterative(EngineRecord),
}

impl<'a> Solver<'a> {
    /// By the options, and where they leave it open by forecasts.
    pub fn choose(system: &'a LinearSystem, options: &Options, watch: &Watch<'a>) -> Result<Self> {
        let direct = || Deviance::new(system, options.reml, watch).map(|own| Solver::Direct(Box::new(own), None));
        let obstacle = obstacle(system, options.reml);
        match (options.engine, obstacle) {
            (Engine::Iterative, Some(why)) => Err(not_by_iterations(why)),
            (Engine::Iterative, None) => Ok(Solver::Iterative(EngineRecord::asked_for(Engine::Iterative))),
            (Engine::Direct, _) | (Engine::Auto, Some(_)) => direct(),
            (Engine::Auto, None) => {
                let split = Split::new(&system.gram)?;
                if Forecast::bound(&split).is_affordable(MOST_MULTIPLICATIONS, options) {
                    return direct();
                }
                if let Some(forecast) = Forecast::of_sample(&split)?.filter(|own| !own.is_affordable(MOST_MULTIPLICATIONS, options))
                {
                    return Ok(Solver::Iterative(EngineRecord::decided(
                        Engine::Iterative,
                        forecast,
                        MOST_MULTIPLICATIONS,
                        options,
                    )));
                }
                drop(split);
                Self::by_analysis(system, options, watch)
            }
        }
    }

    fn by_analysis(system: &'a LinearSystem, options: &Options, watch: &Watch<'a>) -> Result<Self> {
        let forecast = Cell::new(Forecast { multiplications: f64::INFINITY, bytes: f64::INFINITY, is_exact: false });
        let admit = |multiplications: f64, entries: usize| {
            let own = Forecast::of_factor(multiplications, entries as f64, true);
            forecast.set(own);
            own.is_affordable(MOST_MULTIPLICATIONS, options)
        };
        Ok(match Deviance::within(system, options.reml, &admit, watch)? {
            Some(own) => Solver::Direct(
                Box::new(own),
                Some(EngineRecord::decided(Engine::Direct, forecast.get(), MOST_MULTIPLICATIONS, options)),
            ),
            None => Solver::Iterative(EngineRecord::decided(Engine::Iterative, forecast.get(), MOST_MULTIPLICATIONS, options)),
        })
    }
}

/// Why iterations don't fit a model.
fn obstacle(system: &LinearSystem, reml: bool) -> Option<&'static str> {
    let partly = |own: &Vec<bool>| own.contains(&true) && own.contains(&false);
    if system.prior.is_some() {
        Some("models with priors")
    } else if system.correlation.is_some() {
        Some("models with correlated residuals")
    } else if system.structures.len() < 2 {
        Some("models with fewer than two random terms: a factorisation of these takes little")
    } else if system.structures.iter().any(Structure::is_markov) {
        Some("terms of many effects with a structure, such as autoregressions")
    } else if system.confounded(reml).iter().any(partly) {
        Some("terms some of whose effects are among the fixed effects")
    } else {
        None
    }
}

/// Fits a system by iterations.
pub(super) fn fit(
    design: Design,
    program: ModelProgram,
    system: &LinearSystem,
    (options, near): (&Options, Option<&[f64]>),
    record: EngineRecord,
    watch: &Watch<'_>,
) -> Result<Fit> {
    let mut problem = Problem::new(system, options.reml, (options.engine_seed, options.threads), watch)?;
    let start = start(&problem, options, near)?;
    let found = search(&mut problem, options, start)?;
    let (solution, errors) = (solution(&problem, &found)?, errors(&problem, &found));
    let estimate = Estimate {
        working: found.working,
        value: found.evaluation.value,
        converged: found.reason == Reason::Converged,
        reason: found.reason,
        evaluations: found.evaluations,
        scaled_gradient: found.scaled_gradient,
        others: vec![],
    };
    let iterative = Iterative {
        seed: options.engine_seed,
        signs: found.signs,
        steps: found.evaluation.steps,
        criterion_error: found.evaluation.value_error,
        theta_error: errors.theta,
        theta_share: errors.shares,
        sd_error: found.evaluation.levels.as_ref().map_or(f64::NAN, |own| own.error),
        linear: Some(Linear { fixed_derivatives: found.evaluation.own.fixed, covariance: errors.covariance }),
    };
    let undecided: Vec<String> = found.undecided.iter().map(|k| design.terms[*k].group.clone()).collect();
    let record = EngineRecord { iterative: Some(iterative), ..record };
    let mut fit = Fit::linear(design, program, system, options, (&estimate, Some(record)), solution)?;
    for group in undecided {
        fit.design_warnings.push(undecided_text(&group));
    }
    let noise = fit.engine().and_then(EngineRecord::noise);
    fit.design_warnings.extend(noise);
    Ok(fit)
}
