//! The simulations of all sizes.

use super::design::{Designs, Sizes};
use super::table::{Power, PowerRow, Row};
use super::test::{Engine, PowerTest, Test, Verdict};
use crate::design::Design;
use crate::error::{Error, Result, or_reason, try_push};
use crate::fit::within_fixed::first_contained;
use crate::fit::{Fit, Instead};
use crate::inference::degrees_of_freedom::DfMethod;
use crate::resample::pool::{News, Pieces, run};
use crate::resample::{RandomEffects, Simulator};
use crate::watch::{Phase, Watch};

/// What power is asked for, and on how many threads, which changes no result.
#[derive(Clone, Copy, Debug)]
pub struct PowerOptions<'a> {
    pub test: PowerTest<'a>,
    /// Parameters in place of the estimates, "x = 0.3; sigma = 20".
    pub effects: &'a str,
    /// Of tests of coefficients and terms.
    pub df: DfMethod,
    /// A test is significant where its p-value is below.
    pub alpha: f64,
    /// Of each size.
    pub simulations: usize,
    pub seed: u64,
    /// The design is that of the fit without these.
    pub sizes: Option<Sizes<'a>>,
    /// Of the intervals of the power.
    pub level: f64,
    pub threads: usize,
}

/// A size of the design.
struct Setting {
    size: Option<usize>,
    /// The fit on its rows, with the parameters to simulate from; and the smaller model's.
    moved: Fit,
    reduced: Option<Fit>,
}

/// What a thread has for the size it is at.
struct Tools {
    at: usize,
    engine: Option<Engine>,
}

type Outcome = std::result::Result<Verdict, String>;

impl Fit {
    /// The share of simulated responses for which a test is significant. The watcher hears of each replicate with the number done, and its deviance
    /// (NaN if it failed). A refit that fails counts as not significant.
    pub fn power(&self, options: &PowerOptions<'_>, watch: &Watch<'_>) -> Result<Power> {
        check(self, options)?;
        let test = Test::new(self, options.test, options.df, watch)?;
        let settings = settings(self, options)?;
        let mut simulators = vec![];
        let n = options.simulations;
        let inside = watch.inside(Phase::Replicate, 0, Some(n * settings.len()));
        for own in &settings {
            at_size(own.size, engine(&test, own, options, &inside))?;
            try_push("simulators", &mut simulators, Simulator::of_origin(&own.moved, self, RandomEffects::New)?)?;
        }
        let work = |tools: &mut Tools, piece: usize, watch: &Watch<'_>| {
            let (at, replicate) = (piece / n, (piece % n) as u64);
            let own = &settings[at];
            if tools.at != at || tools.engine.is_none() {
                *tools = Tools { at, engine: Some(engine(&test, own, options, watch)?) };
            }
            let y = simulators[at].replicate(options.seed, replicate, watch)?;
            match &mut tools.engine {
                Some(engine) => or_reason(test.verdict(engine, &own.moved, options.df, &y, watch)),
                None => Err(Error::argument("there is no design")),
            }
        };
        let news = |outcome: &Outcome| -> News { (outcome.as_ref().map_or(f64::NAN, |own| own.deviance), vec![]) };
        let tools = |_: &Watch<'_>| Ok(Tools { at: usize::MAX, engine: None });
        let pieces = Pieces { tools: &tools, work: &work, news: &news };
        let outcomes = run(n * settings.len(), options.threads, Phase::Replicate, &pieces, watch)?;
        let mut rows = vec![];
        for (own, outcomes) in settings.iter().zip(outcomes.chunks_exact(n)) {
            let truth = if let Test::Coefficient(j) = test { own.moved.fixed.estimate[j] } else { f64::NAN };
            let is_wald = !matches!(test, Test::Ratio(_));
            let row = Row { size: own.size, n_obs: own.moved.n_obs, effect: truth, is_wald };
            let row = PowerRow::new(row, outcomes, options.alpha, options.level);
            rows.push(at_size(own.size, row)?);
        }
        Ok(Power { test: options.test.describe(), rows })
    }
}

fn check(fit: &Fit, options: &PowerOptions<'_>) -> Result<()> {
    fit.need_rows_or("power", Instead::Frame)?;
    fit.with_factor("power")?;
    if fit.robust.is_some() {
        return Err(Error::unsupported("power is by the model's own standard errors, and the fit has robust ones"));
    }
    for (name, value) in [("alpha", options.alpha), ("level", options.level)] {
        if !(value > 0.0 && value < 1.0) {
            return Err(Error::argument(format!("{name} is {value}, must be between 0 and 1")));
        }
    }
    if options.simulations == 0 {
        return Err(Error::argument("simulations is 0, wanted at least 1"));
    }
    let sizes = options.sizes.map_or(1, |own| own.sizes.len());
    options.simulations.checked_mul(sizes).map(|_| ()).ok_or_else(|| Error::argument("simulations are too many"))
}

fn settings(fit: &Fit, options: &PowerOptions<'_>) -> Result<Vec<Setting>> {
    fit.without_ends("power")?;
    let mut source = fit.clone();
    source.replace(options.effects)?;
    let reduced = match options.test {
        PowerTest::Against(reduced) => Some(reduced),
        PowerTest::Effect(_) => None,
    };
    let Some(asked) = &options.sizes else {
        let moved = source.moved(checked(source.design()?, fit)?)?;
        let reduced = reduced.map(|own| own.moved(own.design()?)).transpose()?;
        return Ok(vec![Setting { size: None, moved, reduced }]);
    };
    let designs = Designs::new(fit, asked)?;
    let mut all = vec![];
    for &size in asked.sizes {
        let sample = designs.sample(fit, size)?;
        let moved = source.moved(at_size(Some(size), checked(designs.design(&source, &sample)?, fit))?)?;
        let reduced = reduced.map(|own| own.moved(designs.design(own, &sample)?)).transpose()?;
        try_push("designs", &mut all, Setting { size: Some(size), moved, reduced })?;
    }
    Ok(all)
}

/// A design whose fixed effects contain none of its random terms: refits would take the variance of such a one as zero.
fn checked(design: Design, fit: &Fit) -> Result<Design> {
    let constant = fit.ordinal().is_some() || fit.cox().is_some();
    match first_contained(&design, constant)? {
        None => Ok(design),
        Some(problem) => Err(Error::data(problem)),
    }
}

fn engine(test: &Test, own: &Setting, options: &PowerOptions<'_>, watch: &Watch<'_>) -> Result<Engine> {
    test.engine([&own.moved, own.reduced.as_ref().unwrap_or(&own.moved)], options.df, watch)
}

/// A result, whose error says at which size.
fn at_size<T>(size: Option<usize>, result: Result<T>) -> Result<T> {
    let Some(size) = size else { return result };
    result.map_err(
        |error| {
            if error.ends_all() { error } else { Error { message: format!("size {size}: {}", error.message), ..error } }
        },
    )
}
