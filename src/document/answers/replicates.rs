//! Simulated responses, the bootstrap, and profiles.

use super::fixed_effects::Limits;
use super::statistic::Combinations;
use super::subject::Work;
use crate::document::questions::{BootstrapType, ConfidenceInterval, ProfileScale, Questions, ResponseStatistic};
use crate::error::Result;
use crate::fit::Fit;
use crate::frame::Frame;
use crate::inference::profile::{Profile, intervals, points};
use crate::resample::{Bootstrap, BootstrapOptions, IntervalKind, IntervalOptions, Statistic, Unit, View, median};

/// Replicates of a fit, and intervals from them.
pub struct Bootstrapped {
    pub replicates: Bootstrap,
    pub response_se: Option<(ResponseStatistic, f64)>,
    /// A row for each parameter.
    pub intervals: Option<Frame>,
    pub kind: IntervalKind,
}

/// Profiles of the likelihood: intervals, and points.
pub struct Profiled {
    pub intervals: Option<Frame>,
    pub points: Option<Frame>,
}

impl Bootstrapped {
    pub fn new(fit: &Fit, questions: &Questions, work: &Work<'_>) -> Result<Option<Self>> {
        if questions.bootstrap == 0 {
            return Ok(None);
        }
        let options = BootstrapOptions {
            first: 0,
            replicates: questions.bootstrap,
            seed: questions.seed,
            random_effects: questions.simulate_type,
            cases: match questions.bootstrap_type {
                BootstrapType::Parametric => None,
                BootstrapType::Case => Some(fit.unit(None)?),
                BootstrapType::Rows => Some(Unit::Row),
            },
            threads: work.options.threads,
        };
        let combinations = Combinations::new(&questions.statistics, &fit.quantity_names())?;
        let mut function = |view: &View<'_>, out: &mut [f64]| {
            combinations.fill(view, out);
            Ok(())
        };
        let mut statistic = Statistic { names: questions.statistics.clone(), function: &mut function };
        let replicates = fit.bootstrap_with(&options, if_any(&mut statistic), work.watch)?;
        let response_se = questions.response_se.map(|of| Ok((of, response_se(fit, &options, of, work)?))).transpose()?;
        let kind = questions.boot_interval;
        let mut own = Bootstrapped { replicates, response_se, intervals: None, kind };
        if questions.asks(ConfidenceInterval::Bootstrap) {
            let jackknife = match kind {
                IntervalKind::Accelerated => {
                    let unit = options.cases.map_or_else(|| fit.unit(None), Ok)?;
                    Some(fit.jackknife(unit, if_any(&mut statistic), options.threads, work.watch)?.frame()?)
                }
                _ => None,
            };
            let asked = IntervalOptions { level: questions.level, kind, jackknife: jackknife.as_ref() };
            let table = fit.bootstrap_intervals_with(&own.replicates.frame()?, &asked, if_any(&mut statistic))?;
            own.intervals = Some(table);
        }
        Ok(Some(own))
    }

    pub fn limits(&self) -> Result<Option<Limits>> {
        self.intervals.as_ref().map(Limits::of_table).transpose()
    }
}

/// A statistic that has any numbers: without one the responses of replicates need not be drawn again.
fn if_any<'s, 'f>(statistic: &'s mut Statistic<'f>) -> Option<&'s mut Statistic<'f>> {
    (!statistic.names.is_empty()).then_some(statistic)
}

/// The standard error of a statistic of the response, whose replicates nothing is fitted to.
fn response_se(fit: &Fit, options: &BootstrapOptions, of: ResponseStatistic, work: &Work<'_>) -> Result<f64> {
    let statistic = |y: &mut [f64]| {
        Ok(match of {
            ResponseStatistic::Median => median(y),
            ResponseStatistic::Mean => y.iter().sum::<f64>() / y.len() as f64,
        })
    };
    fit.bootstrap_std_error(options, statistic, work.watch)
}

impl Profiled {
    pub fn new(fit: &Fit, questions: &Questions, work: &Work<'_>) -> Result<Self> {
        let wants_intervals = questions.asks(ConfidenceInterval::Profile);
        if !wants_intervals && !questions.profile {
            return Ok(Profiled { intervals: None, points: None });
        }
        let (level, progress) = (questions.level, work.watch);
        let profiles = match questions.profile_scale {
            ProfileScale::SdCor => fit.profile(level, progress)?,
            ProfileScale::Theta => fit.profile_theta(level, progress)?,
        };
        let table = |wanted: bool, make: fn(&[Profile]) -> Result<Frame>| wanted.then(|| make(&profiles)).transpose();
        Ok(Profiled { intervals: table(wants_intervals, intervals)?, points: table(questions.profile, points)? })
    }

    pub fn limits(&self) -> Result<Option<Limits>> {
        self.intervals.as_ref().map(Limits::of_table).transpose()
    }
}
