//! The bootstrap: the model fitted to responses simulated from it, or to samples of its rows. And the jackknife, without each unit in turn.

use super::cases::{Cases, Unit};
use super::estimates::Refit;
use super::pool::{News, Pieces, run};
use super::redrawn::Redrawn;
use super::refit::Refitter;
use super::simulate::{RandomEffects, Simulator};
use super::statistic::{OWN_COLUMNS, Statistic, View};
use crate::error::{Error, Result, or_reason, try_collect, try_copy, try_vec};
use crate::fit::{Fit, Instead};
use crate::frame::Frame;
use crate::names::beside;
use crate::watch::{Phase, Watch};

/// What is resampled, and on how many threads, which changes no result.
#[derive(Clone, Copy, Debug, Default)]
pub struct BootstrapOptions {
    /// The number of the first replicate: replicates 500 to 999 are the same whether 0 to 499 were done before, elsewhere, or not at all.
    pub first: usize,
    pub replicates: usize,
    pub seed: u64,
    /// Of simulated responses.
    pub random_effects: RandomEffects,
    /// Draws these with replacement instead of simulating responses.
    pub cases: Option<Unit>,
    pub threads: usize,
}

/// Estimates of all replicates.
#[derive(Clone, Debug)]
pub struct Bootstrap {
    pub names: Vec<String>,
    /// `[replicates, names]`; a replicate that failed has NaN.
    pub values: Vec<f64>,
    pub log_likelihood: Vec<f64>,
    /// Whether a linear combination of random effects has no variance; of replicates that failed it says nothing.
    pub singular: Vec<bool>,
    /// Why a replicate failed; `None` if it did not.
    pub failures: Vec<Option<String>>,
    /// Of a jackknife the units left out.
    pub left_out: Vec<String>,
}

/// What memory is for.
const FRAME: &str = "table of bootstrap replicates";

/// A replicate's estimates, or why there are none.
type Replicate = std::result::Result<(Refit, Vec<f64>), String>;

/// Where replicates come from.
enum Sampler<'f> {
    Responses(Simulator<'f>),
    Cases(Box<Cases>),
    /// Of a fit without rows.
    Sums(RandomEffects),
}

/// What a thread has for its replicates.
enum Tools<'s, 'f> {
    Responses(&'s Simulator<'f>, Box<Refitter>),
    /// Each replicate has a refitter of its own.
    Cases(&'s Cases),
    Sums(Box<Redrawn>),
}

impl<'f> Sampler<'f> {
    fn new(fit: &'f Fit, options: &BootstrapOptions) -> Result<Self> {
        match options.cases {
            None if fit.reduced.is_some() => Ok(Sampler::Sums(options.random_effects)),
            None => {
                fit.without_ends("a parametric bootstrap")?;
                Ok(Sampler::Responses(Simulator::new(fit, options.random_effects)?))
            }
            Some(unit) => Ok(Sampler::Cases(Box::new(Cases::new(fit, unit)?))),
        }
    }

    fn response(&self, seed: u64, replicate: u64, watch: &Watch<'_>) -> Result<Vec<f64>> {
        match self {
            Sampler::Responses(simulator) => simulator.replicate(seed, replicate, watch),
            Sampler::Cases(cases) => cases.response(&cases.draw(seed, replicate)?),
            // Sums have none.
            Sampler::Sums(_) => Ok(vec![]),
        }
    }

    fn tools(&self, fit: &Fit, watch: &Watch<'_>) -> Result<Tools<'_, 'f>> {
        Ok(match self {
            Sampler::Responses(simulator) => Tools::Responses(simulator, Box::new(Refitter::new(fit, watch)?)),
            Sampler::Cases(cases) => Tools::Cases(cases),
            Sampler::Sums(what) => Tools::Sums(Box::new(Redrawn::new(fit, *what, watch)?)),
        })
    }
}

impl Tools<'_, '_> {
    fn refit(&mut self, fit: &Fit, seed: u64, replicate: u64, watch: &Watch<'_>) -> Result<Refit> {
        match self {
            Tools::Responses(simulator, refitter) => refitter.refit(&simulator.replicate(seed, replicate, watch)?, watch),
            Tools::Cases(cases) => {
                let design = cases.design(&cases.draw(seed, replicate)?)?;
                Refitter::of_design(fit, design, watch)?.refit_own(watch)
            }
            Tools::Sums(own) => own.refit(seed, replicate, watch),
        }
    }
}

impl Fit {
    /// Resamples and refits. After each replicate the watcher hears of the number done, the deviance and theta of the one just done (NaN and
    /// nothing if it failed).
    pub fn bootstrap(&self, options: &BootstrapOptions, watch: &Watch<'_>) -> Result<Bootstrap> {
        self.bootstrap_with(options, None, watch)
    }

    /// The same, with a statistic of the caller's. It is computed on this thread, of one replicate after the other, once all are fitted.
    pub fn bootstrap_with(
        &self,
        options: &BootstrapOptions,
        statistic: Option<&mut Statistic<'_>>,
        watch: &Watch<'_>,
    ) -> Result<Bootstrap> {
        let sampler = Sampler::new(self, options)?;
        let all = Bootstrap::new(self.names_with(statistic.as_deref())?, options.replicates)?;
        let number = |i: usize| options.first.wrapping_add(i) as u64;
        let tools = |watch: &Watch<'_>| sampler.tools(self, watch);
        let work = |tools: &mut Tools<'_, '_>, i: usize, watch: &Watch<'_>| {
            self.replicate(tools.refit(self, options.seed, number(i), watch))
        };
        let pieces = Pieces { tools: &tools, work: &work, news: &news };
        let replicates = run(options.replicates, options.threads, Phase::Replicate, &pieces, watch)?;
        let data = |i| Ok((number(i) as i64, sampler.response(options.seed, number(i), watch)?));
        collect(all, replicates, statistic, data, watch)
    }

    /// The model fitted without each unit in turn.
    pub fn jackknife(
        &self,
        unit: Unit,
        statistic: Option<&mut Statistic<'_>>,
        threads: usize,
        watch: &Watch<'_>,
    ) -> Result<Bootstrap> {
        let cases = Cases::new(self, unit)?;
        let refit =
            |i: usize, watch: &Watch<'_>| Refitter::of_design(self, cases.design(&cases.without(i)?)?, watch)?.refit_own(watch);
        let work = |(): &mut (), i: usize, watch: &Watch<'_>| self.replicate(refit(i, watch));
        let pieces = Pieces { tools: &|_| Ok(()), work: &work, news: &news };
        let replicates = run(cases.units(), threads, Phase::Deletion, &pieces, watch)?;
        let all = Bootstrap::new(self.names_with(statistic.as_deref())?, cases.units())?;
        let mut all = collect(all, replicates, statistic, |i| Ok((-1, cases.response(&cases.without(i)?)?)), watch)?;
        all.left_out = (0..cases.units()).map(|i| cases.label(i)).collect();
        Ok(all)
    }

    fn replicate(&self, refit: Result<Refit>) -> Result<Replicate> {
        or_reason(refit.and_then(|refit| {
            if !refit.converged {
                return Err(Error::numeric("the search did not converge"));
            }
            let values = self.quantities(&refit)?;
            Ok((refit, values))
        }))
    }

    /// The bootstrap standard error of a statistic of the response alone: the standard deviation of its replicates.
    pub fn bootstrap_std_error(
        &self,
        options: &BootstrapOptions,
        mut statistic: impl FnMut(&mut [f64]) -> Result<f64>,
        watch: &Watch<'_>,
    ) -> Result<f64> {
        let what = "the standard error of a statistic of the response";
        self.without_cox(what)?;
        self.need_rows_or(what, Instead::Frame)?;
        if options.replicates < 2 {
            return Err(Error::argument(format!("a standard error needs 2 replicates or more, not {}", options.replicates)));
        }
        let sampler = Sampler::new(self, options)?;
        let mut values = try_vec("bootstrap replicates", 0.0, options.replicates)?;
        for (i, value) in values.iter_mut().enumerate() {
            watch.at(Phase::Statistic, i, Some(options.replicates))?;
            *value = statistic(&mut sampler.response(options.seed, options.first.wrapping_add(i) as u64, watch)?)?;
        }
        Ok(super::intervals::moments(&values).1)
    }
}

/// All replicates, with the statistic of each: of its estimates, and of its number and response, which `data` has.
fn collect(
    mut all: Bootstrap,
    replicates: Vec<Replicate>,
    mut statistic: Option<&mut Statistic<'_>>,
    data: impl Fn(usize) -> Result<(i64, Vec<f64>)>,
    watch: &Watch<'_>,
) -> Result<Bootstrap> {
    let total = replicates.len();
    for (i, mut replicate) in replicates.into_iter().enumerate() {
        if let (Some(statistic), Ok((_, values))) = (&mut statistic, &mut replicate) {
            watch.at(Phase::Statistic, i, Some(total))?;
            let (number, y) = data(i)?;
            match statistic.evaluate(&View { replicate: number, estimates: values, y: &y }) {
                Ok(more) => values.extend(more),
                Err(e) => replicate = Err(e.message),
            }
        }
        all.set(i, replicate);
    }
    Ok(all)
}

fn news(replicate: &Replicate) -> News {
    match replicate {
        Ok((refit, _)) => (-2.0 * refit.log_likelihood, refit.theta.clone()),
        Err(_) => (f64::NAN, vec![]),
    }
}

impl Bootstrap {
    fn new(names: Vec<String>, replicates: usize) -> Result<Self> {
        let what = "estimates of bootstrap replicates";
        Ok(Bootstrap {
            values: try_vec(what, f64::NAN, replicates.saturating_mul(names.len()))?,
            log_likelihood: try_vec(what, f64::NAN, replicates)?,
            singular: try_vec(what, false, replicates)?,
            failures: try_vec(what, None, replicates)?,
            left_out: vec![],
            names,
        })
    }

    fn set(&mut self, i: usize, replicate: Replicate) {
        let n = self.replicates();
        match replicate {
            Ok((refit, values)) => {
                values.iter().enumerate().for_each(|(j, v)| self.values[j * n + i] = *v);
                self.log_likelihood[i] = refit.log_likelihood;
                self.singular[i] = refit.singular;
            }
            Err(reason) => self.failures[i] = Some(reason),
        }
    }

    pub fn replicates(&self) -> usize {
        self.failures.len()
    }

    pub fn failed(&self) -> usize {
        self.failures.iter().flatten().count()
    }

    /// One row a replicate: of a jackknife `left_out`; `status` ("converged", "singular" or "failed"), `reason` of a failure, `log_likelihood`, then
    /// the estimates.
    pub fn frame(&self) -> Result<Frame> {
        let n = self.replicates();
        let mut frame = Frame::new(n);
        if !self.left_out.is_empty() {
            frame.add_strings("left_out", &try_collect(FRAME, self.left_out.iter().map(|u| Some(u.as_str())))?)?;
        }
        let code = |i: usize| if self.failures[i].is_some() { 2 } else { i32::from(self.singular[i]) };
        let codes = try_collect(FRAME, (0..n).map(code))?;
        frame.add_category("status", codes, ["converged", "singular", "failed"].map(String::from).to_vec(), false)?;
        frame.add_strings("reason", &try_collect(FRAME, self.failures.iter().map(Option::as_deref))?)?;
        frame.add_real("log_likelihood", try_copy(FRAME, &self.log_likelihood)?)?;
        for (j, name) in beside(&OWN_COLUMNS, &self.names).iter().enumerate() {
            frame.add_real(name, try_copy(FRAME, &self.values[j * n..(j + 1) * n])?)?;
        }
        Ok(frame)
    }
}
