//! Functions of time that hazard ratios may change with.

use std::ffi::CStr;

use super::risk::RiskSets;
use crate::choice::Choice;
use crate::design::SurvivalDesign;
use crate::error::{Error, Result, try_copy, try_gather, try_push, try_vec};

const TRANSFORM: &str = "functions of time";

/// A function of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeTransform {
    /// One less Kaplan and Meier's estimate just before the time, of all rows together, unweighted.
    #[default]
    KaplanMeier,
    /// The mean rank among the stop times of all rows.
    Rank,
    Identity,
    Log,
}

impl Choice for TimeTransform {
    const LIST: &'static str = "time transform";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (TimeTransform::KaplanMeier, c"km"),
        (TimeTransform::Rank, c"rank"),
        (TimeTransform::Identity, c"identity"),
        (TimeTransform::Log, c"log"),
    ];
}

impl TimeTransform {
    /// Its values at the event times, less their mean over the events and divided by their standard deviation: tests do not depend on either.
    pub fn at_events(self, sets: &RiskSets, survival: &SurvivalDesign) -> Result<Vec<f64>> {
        let mut values = match self {
            TimeTransform::KaplanMeier => kaplan_meier(sets, survival)?,
            TimeTransform::Rank => {
                let stops = sorted(&survival.stop)?;
                let below = |t: f64| (stops.partition_point(|s| *s < t), stops.partition_point(|s| *s <= t));
                of_times(sets, |t| 0.5 * (below(t).0 + below(t).1 + 1) as f64)?
            }
            TimeTransform::Identity => of_times(sets, |t| t)?,
            TimeTransform::Log => of_times(sets, f64::ln)?,
        };
        standardise(sets, &mut values);
        if values.iter().all(|v| v.is_finite()) {
            return Ok(values);
        }
        let name = self.name();
        Err(if self == TimeTransform::Log && event_times(sets).any(|t| t == 0.0) {
            Error::data(format!("the time transform {name} has no value at time 0, at which there is an event"))
        } else {
            Error::data(format!("the time transform {name} has the same value at all events: hazard ratios cannot change with it"))
        })
    }
}

fn event_times(sets: &RiskSets) -> impl Iterator<Item = f64> {
    sets.strata.iter().flat_map(|times| &sets.times[times.clone()]).map(|time| time.time)
}

/// A function at each event time; zero at places that are none.
fn of_times(sets: &RiskSets, of: impl Fn(f64) -> f64) -> Result<Vec<f64>> {
    let mut values = try_vec(TRANSFORM, 0.0, sets.times.len())?;
    for times in &sets.strata {
        times.clone().for_each(|k| values[k] = of(sets.times[k].time));
    }
    Ok(values)
}

fn standardise(sets: &RiskSets, values: &mut [f64]) {
    let events = |k: usize| sets.deaths(&sets.times[k]).count() as f64;
    let places = || sets.strata.iter().flat_map(Clone::clone);
    let total: f64 = places().map(events).sum();
    let mean = places().map(|k| events(k) * values[k]).sum::<f64>() / total;
    places().for_each(|k| values[k] -= mean);
    let sd = (places().map(|k| events(k) * values[k] * values[k]).sum::<f64>() / total).sqrt();
    // What is left of a constant is rounding.
    let sd = if sd > 1e-13 * mean.abs() { sd } else { 0.0 };
    places().for_each(|k| values[k] /= sd);
}

fn sorted(values: &[f64]) -> Result<Vec<f64>> {
    let mut values = try_copy(TRANSFORM, values)?;
    values.sort_unstable_by(f64::total_cmp);
    Ok(values)
}

fn kaplan_meier(sets: &RiskSets, survival: &SurvivalDesign) -> Result<Vec<f64>> {
    let stops = sorted(&survival.stop)?;
    let starts = sorted(survival.start.as_deref().unwrap_or_default())?;
    let deaths = sorted(&try_gather(TRANSFORM, (0..sets.n).filter(|i| sets.event[*i]).map(|i| survival.stop[i]))?)?;
    // Times, and the estimate just before each.
    let mut before: Vec<(f64, f64)> = vec![];
    let mut alive = 1.0;
    for same in deaths.chunk_by(|a, b| a == b) {
        let t = same[0];
        try_push(TRANSFORM, &mut before, (t, alive))?;
        let left = stops.partition_point(|s| *s < t);
        let entered = if starts.is_empty() { stops.len() } else { starts.partition_point(|s| *s < t) };
        alive *= 1.0 - same.len() as f64 / (entered - left) as f64;
    }
    of_times(sets, |t| 1.0 - before[before.partition_point(|(own, _)| *own < t)].1)
}
