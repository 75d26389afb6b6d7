//! Quantile residuals by simulation, with new random effects (Hartig 2024), and tests of a model by them.
//!
//! A residual is the place of a response among those simulated for its row, as a number between 0 and 1: with b of N simulated ones below
//! it and t equal to it, (b + U (t + 1)) / (N + 1), U uniform. Response and simulated ones are exchangeable if the model is true, so it is
//! exactly uniform, whatever the family. For the same reason any statistic of the whole response can be compared with that of each
//! simulated one: the tests have exact levels, also where residuals of a group depend on each other.

mod grouping;
mod ranks;
mod tested;

pub use grouping::Grouping;

use crate::distributions::normal_quantile;
use crate::error::{Error, Result, try_collect, try_gather, try_vec};
use crate::family::WeightRole;
use crate::fit::Fit;
use crate::frame::Frame;
use crate::resample::{RandomEffects, Simulator};
use crate::threads::each;
use crate::watch::{Phase, Watch};
use ranks::{RESPONSES, Ranked, Responses};
use tested::Test;

/// Responses that are simulated at a time.
const BLOCK: usize = 32;

/// Which residuals.
#[derive(Clone, Copy, Debug)]
pub struct Simulations<'a> {
    /// Simulated responses.
    pub count: usize,
    pub seed: u64,
    pub random_effects: RandomEffects,
    /// Sums over the rows of each group are compared, not single rows.
    pub grouping: Option<&'a Grouping>,
}

/// What was observed, and how it lies among what was simulated, for each row used or each group.
pub struct SimulatedResiduals {
    observed: Vec<f64>,
    ranked: Ranked,
    tests: Vec<Test>,
    labels: Option<Vec<String>>,
}

impl Fit {
    /// Residuals by simulation. The numbers depend on the seed only; replicates are those of [`Fit::simulate`].
    pub fn simulated_residuals(&self, asked: &Simulations<'_>, watch: &Watch<'_>) -> Result<SimulatedResiduals> {
        self.need_rows("simulated residuals")?;
        if self.cox().is_some() {
            return Err(Error::unsupported(
                "simulated residuals: the response of a Cox model is a time and an event, which have no place in an order; martingale and \
                 deviance residuals are its own",
            ));
        }
        self.without_ends("simulated residuals")?;
        if asked.count == 0 {
            return Err(Error::argument("nsim is 0, wanted at least 1 simulated response"));
        }
        let simulator = Simulator::new(self, asked.random_effects)?;
        let trials = self.generalised().filter(|own| own.family.weight_role() == WeightRole::Trials);
        let weights = trials.map(|_| self.used_weights()).transpose()?;
        let units = Units { weights, grouping: asked.grouping, n: asked.grouping.map_or(self.n_obs, Grouping::len) };
        let observed = units.of(&self.used(&self.y)?)?;
        let mut all = Responses::new(&observed, asked.count)?;
        for first in (0..asked.count).step_by(BLOCK) {
            watch.at(Phase::Simulation, first, Some(asked.count))?;
            let block = BLOCK.min(asked.count - first);
            let work = |i: usize, watch: &Watch<'_>| units.of(&simulator.replicate(asked.seed, (first + i) as u64, watch)?);
            let inside = watch.inside(Phase::Simulation, first, Some(asked.count));
            for (i, response) in each(block, &inside, &work)?.into_iter().enumerate() {
                all.put(first + i + 1, &response);
            }
        }
        let (ranked, summaries) = all.compare(asked.seed, watch)?;
        let tests = tested::of_summaries(&summaries, self.can_be_zero())?;
        Ok(SimulatedResiduals { observed, ranked, tests, labels: asked.grouping.map(|own| own.labels.clone()) })
    }

    /// Whether a response of zero is a thing by itself.
    fn can_be_zero(&self) -> bool {
        let Some(own) = self.generalised() else { return false };
        let (low, high) = own.family.facts().support;
        self.ordinal().is_none() && (own.zero.is_some() || low == 0.0 && high > 0.0 && own.family.facts().can_separate)
    }
}

/// What is compared: rows or sums over groups. Proportions count as successes.
struct Units<'a> {
    weights: Option<Vec<f64>>,
    grouping: Option<&'a Grouping>,
    n: usize,
}

impl Units<'_> {
    fn of(&self, y: &[f64]) -> Result<Vec<f64>> {
        let one = |i: usize| self.weights.as_ref().map_or(y[i], |w| (y[i] * w[i]).round());
        let Some(grouping) = self.grouping else { return try_collect(RESPONSES, (0..y.len()).map(one)) };
        let mut sums = try_vec(RESPONSES, 0.0, self.n)?;
        grouping.index.iter().enumerate().for_each(|(i, g)| sums[*g as usize] += one(i));
        Ok(sums)
    }
}

impl SimulatedResiduals {
    /// Between 0 and 1; NaN where a simulated response is none.
    pub fn uniform(&self) -> &[f64] {
        &self.ranked.uniform
    }

    /// A row for each row used, or all rows of the data where results per row are padded, or for each group: `row` or `group`, `observed`,
    /// `mean` of what was simulated, `uniform`, `normal`, `outlier` (-1 below and 1 above all that was simulated).
    pub fn frame(&self, fit: &Fit) -> Result<Frame> {
        let per_row = |values: &[f64]| match &self.labels {
            None => fit.as_fitted(try_collect("residuals", values.iter().copied())?),
            Some(_) => try_collect("residuals", values.iter().copied()),
        };
        let normal = try_collect("residuals", self.uniform().iter().map(|u| normal_of(*u)))?;
        let outlier = try_collect("residuals", self.ranked.outlier.iter().map(|o| f64::from(*o)))?;
        let observed = per_row(&self.observed)?;
        let mut table = Frame::new(observed.len());
        match &self.labels {
            None if fit.rows.pad => table.add_integers("row", try_gather("rows", 0..fit.rows.n_data as i64)?)?,
            None => table.add_integers("row", try_gather("rows", fit.rows.used().map(|row| row as i64))?)?,
            Some(labels) => table.add_strings("group", &try_collect("groups", labels.iter().map(|label| Some(label.as_str())))?)?,
        }
        table.add_real("observed", observed)?;
        table.add_real("mean", per_row(&self.ranked.mean)?)?;
        table.add_real("uniform", per_row(self.uniform())?)?;
        table.add_real("normal", per_row(&normal)?)?;
        let whole = |v: &f64| if v.is_nan() { i64::MIN } else { *v as i64 };
        table.add_integers("outlier", try_collect("residuals", per_row(&outlier)?.iter().map(whole))?)?;
        Ok(table)
    }

    /// A row for each test: `test`, `statistic`, `observed`, `expected`, `p_value`.
    pub fn tests(&self) -> Result<Frame> {
        tested::frame(&self.tests)
    }
}

/// The normal quantile, by the smaller tail.
fn normal_of(u: f64) -> f64 {
    if u > 0.5 { -normal_quantile(1.0 - u) } else { normal_quantile(u) }
}
