//! The cumulative baseline hazard of each stratum, by the terms of the ties: Breslow's estimator, or Efron's.
//!
//! ```text
//! Lambda(t) = sum_{t' <= t} sum_e nu_e / S_e
//! ```
//!
//! It is kept at the level of the stratum's largest predictor and not at a predictor of zero, where columns far from zero would have it
//! leave the range of numbers.

use std::ops::Range;

use super::Ties;
use super::partial::Partial;
use super::risk::RiskSets;
use crate::design::{SAME_TIME, SurvivalDesign};
use crate::error::{Error, Result, try_vec};

const HAZARD: &str = "baseline hazard";

/// An event time of a stratum.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Step {
    pub time: f64,
    /// The cumulative hazard up to and at it, at the level of the stratum.
    pub cumulative: f64,
    /// Rows at risk, and the sum of their weights.
    pub at_risk: usize,
    pub weight_at_risk: f64,
    /// Events, and the sum of their weights.
    pub events: usize,
    pub weight_of_events: f64,
}

/// The cumulative hazard of a stratum: a step function.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Baseline {
    /// From the earliest to the latest; none in a stratum without events.
    pub steps: Vec<Step>,
    /// The predictor that the hazard belongs to: at eta it is exp(eta - level) times as large.
    pub level: f64,
    /// The last time at which a row of the stratum is observed. The data say nothing of what comes after.
    pub end: f64,
    /// Times that differ by no more are the same.
    within: f64,
}

impl Baseline {
    /// The cumulative hazard up to and at a time, of a row with the predictor eta.
    pub fn cumulative(&self, time: f64, eta: f64) -> f64 {
        self.over(0, self.count(time), eta)
    }

    /// The number of steps up to and at a time.
    pub fn count(&self, time: f64) -> usize {
        self.steps.partition_point(|step| step.time <= time + self.within)
    }

    /// The hazard cumulated from the end of some first steps to the end of some more.
    pub fn over(&self, from: usize, to: usize, eta: f64) -> f64 {
        let sum = |count: usize| if count == 0 { 0.0 } else { self.steps[count - 1].cumulative };
        let sum = sum(to) - sum(from);
        // Without an event the hazard is zero whatever the predictor.
        if sum == 0.0 { 0.0 } else { (eta - self.level).exp() * sum }
    }

    /// Whether a time is after the last at which a row is observed.
    pub fn is_beyond(&self, time: f64) -> bool {
        time > self.end + self.within
    }

    /// The first time at which a row with the predictor eta has this cumulative hazard, above 0; none where its hazard ends below it.
    pub fn time(&self, hazard: f64, eta: f64) -> Option<f64> {
        let wanted = hazard * (self.level - eta).exp();
        self.steps.get(self.steps.partition_point(|step| step.cumulative < wanted)).map(|step| step.time)
    }
}

/// Of all strata, at the predictor `eta` of the rows.
pub fn baselines(survival: &SurvivalDesign, weights: Option<&[f64]>, ties: Ties, eta: &[f64]) -> Result<Vec<Baseline>> {
    let sets = RiskSets::new(survival, weights, ties)?;
    let mut partial = Partial::new(&sets)?;
    if partial.evaluate(eta) == f64::NEG_INFINITY {
        return Err(Error::numeric("baseline hazard: the range of the linear predictor is beyond what numbers hold"));
    }
    let steps = steps(&sets, &partial)?;
    let mut ends = try_vec(HAZARD, 0.0f64, sets.strata.len())?;
    survival.stratum.iter().zip(&survival.stop).for_each(|(s, stop)| ends[*s as usize] = ends[*s as usize].max(*stop));
    let within = SAME_TIME * survival.stop.iter().map(|stop| stop / sets.n as f64).sum::<f64>();
    let of_stratum = |((times, level), end): ((&Range<usize>, &f64), f64)| {
        let mut own = try_vec(HAZARD, Step::default(), times.len())?;
        own.iter_mut().zip(steps[times.clone()].iter().rev()).for_each(|(to, from)| *to = *from);
        Ok(Baseline { level: if own.is_empty() { 0.0 } else { *level }, steps: own, end, within })
    };
    let mut all = try_vec(HAZARD, Baseline::default(), sets.strata.len())?;
    for (to, from) in all.iter_mut().zip(sets.strata.iter().zip(&partial.shifts).zip(ends)) {
        *to = of_stratum(from)?;
    }
    Ok(all)
}

/// By the places of the event times.
fn steps(sets: &RiskSets, partial: &Partial<'_>) -> Result<Vec<Step>> {
    let mut steps = try_vec(HAZARD, Step::default(), sets.times.len())?;
    let mut counted = try_vec(HAZARD, 1.0, sets.n)?;
    sets.sweep(&counted, |k, at_risk, deaths| (steps[k].at_risk, steps[k].events) = (at_risk as usize, deaths as usize));
    counted.iter_mut().enumerate().for_each(|(i, weight)| *weight = sets.weight(i));
    sets.sweep(&counted, |k, at_risk, _| steps[k].weight_at_risk = at_risk);
    for ((step, time), cumulative) in steps.iter_mut().zip(&sets.times).zip(&partial.coefficients.a1) {
        (step.time, step.cumulative, step.weight_of_events) = (time.time, *cumulative, time.weight);
    }
    Ok(steps)
}
