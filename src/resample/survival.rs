//! Simulated responses of Cox models: times from the fitted baseline hazards, and censoring.
//!
//! The time of an event is where the cumulative hazard of the row has grown by an exponential variate since its start: an event time of its
//! stratum. Each row has a time at which it is censored at the latest (Davison and Hinkley 1997, section 3.5): a censored row its own, a row with
//! an event one that is drawn from the Kaplan-Meier estimate of the stratum's times of censoring, given that it is not before the event. Where
//! that leaves a rest, it is the end of follow-up.

use crate::coxme::hazard::Baseline;
use crate::design::SurvivalDesign;
use crate::error::{Result, try_collect, try_push, try_vec};
use crate::fit::Fit;
use crate::simulate::Stream;
use crate::watch::Watch;

const TIMES: &str = "simulated times";

/// Draws the response of a Cox fit.
pub struct SurvivalTimes<'f> {
    survival: &'f SurvivalDesign,
    baselines: Vec<Baseline>,
    censoring: Vec<Censoring>,
}

/// When rows of a stratum are censored.
struct Censoring {
    /// Times, in ascending order, and the probability of none up to and at each.
    times: Vec<f64>,
    none: Vec<f64>,
    /// The last time of the stratum.
    end: f64,
}

/// What happens to the number of rows at risk, in this order at each time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    Event,
    Censored,
    Entry,
}

impl<'f> SurvivalTimes<'f> {
    /// Of rows with the strata and times of entry and censoring of `rows`; all else is the fit's.
    pub fn new(fit: &Fit, rows: &'f SurvivalDesign) -> Result<Self> {
        let own = fit.of_cox("simulated times")?;
        let (survival, weights) = (&own.survival, fit.weights.as_ref().map_or(Ok(vec![]), |w| fit.used(w))?);
        let mut changes = try_vec(TIMES, vec![], survival.strata.len().max(1))?;
        for (i, &stratum) in survival.stratum.iter().enumerate() {
            let (weight, own) = (weights.get(i).copied().unwrap_or(1.0), &mut changes[stratum as usize]);
            let exit = if survival.event[i] { Change::Event } else { Change::Censored };
            try_push(TIMES, own, (survival.stop[i], exit, weight))?;
            let start = survival.start.as_ref().map_or(f64::NEG_INFINITY, |start| start[i]);
            try_push(TIMES, own, (start, Change::Entry, weight))?;
        }
        let mut censoring = vec![];
        for own in &changes {
            try_push(TIMES, &mut censoring, Censoring::new(own)?)?;
        }
        Ok(SurvivalTimes { survival: rows, baselines: fit.baselines()?, censoring })
    }

    /// The times of all rows at the predictor `eta`, then 1 for an event and 0 without one.
    pub fn draw(&self, eta: &[f64], stream: &mut Stream, watch: &Watch<'_>) -> Result<Vec<f64>> {
        let n = eta.len();
        let mut out = try_vec(TIMES, 0.0, 2 * n)?;
        for (i, eta) in eta.iter().enumerate() {
            watch.pulse_each(i)?;
            let (time, event) = self.row(i, *eta, stream);
            (out[i], out[n + i]) = (time, f64::from(u8::from(event)));
        }
        Ok(out)
    }

    fn row(&self, i: usize, eta: f64, stream: &mut Stream) -> (f64, bool) {
        let (survival, stratum) = (self.survival, self.survival.stratum[i] as usize);
        let baseline = &self.baselines[stratum];
        let before = survival.start.as_ref().map_or(0.0, |start| baseline.cumulative(start[i], eta));
        let event = baseline.time(before - stream.uniform().ln(), eta);
        let stop = survival.stop[i];
        let censored = if survival.event[i] { self.censoring[stratum].from(stop, stream.uniform()) } else { stop };
        match event {
            Some(time) if time <= censored => (time, true),
            _ => (censored, false),
        }
    }
}

impl Censoring {
    /// Of the changes in a stratum. Rows that leave at a time at which as many enter are no censoring: their subjects go on in other rows.
    fn new(changes: &[(f64, Change, f64)]) -> Result<Self> {
        let mut order = try_collect(TIMES, 0..changes.len())?;
        let by = |a: usize, b: usize| changes[a].0.total_cmp(&changes[b].0).then(changes[a].1.cmp(&changes[b].1)).then(a.cmp(&b));
        order.sort_unstable_by(|a, b| by(*a, *b));
        let mut own = Censoring { times: vec![], none: vec![], end: order.last().map_or(0.0, |&last| changes[last].0) };
        let (mut at_risk, mut none) = (0.0, 1.0);
        for same in order.chunk_by(|&a, &b| changes[a].0 == changes[b].0) {
            let of_kind = |kind: Change| same.iter().map(|&i| &changes[i]).filter(move |own| own.1 == kind);
            let weight = |kind: Change| of_kind(kind).map(|own| own.2).sum::<f64>();
            let (events, left, entered) = (weight(Change::Event), weight(Change::Censored), weight(Change::Entry));
            at_risk -= events;
            if left > entered {
                none *= (1.0 - (left - entered) / at_risk).clamp(0.0, 1.0);
                try_push(TIMES, &mut own.times, changes[same[0]].0)?;
                try_push(TIMES, &mut own.none, none)?;
            }
            at_risk += entered - left;
        }
        Ok(own)
    }

    /// The time, not before the one given, whose probability of none is the share `u` of that before the time given.
    fn from(&self, time: f64, u: f64) -> f64 {
        let first = self.times.partition_point(|t| *t < time);
        let before = if first == 0 { 1.0 } else { self.none[first - 1] };
        let found = self.none[first..].partition_point(|none| *none > u * before);
        self.times.get(first + found).copied().unwrap_or(self.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn censoring_has_the_kaplan_meier_estimate() {
        let rows = [(1.0, true), (2.0, false), (2.0, true), (3.0, false), (5.0, true)];
        let exit = |(time, event): (f64, bool)| (time, if event { Change::Event } else { Change::Censored }, 1.0);
        let entries = std::iter::repeat_n((f64::NEG_INFINITY, Change::Entry, 1.0), 5);
        let own = Censoring::new(&entries.chain(rows.map(exit)).collect::<Vec<_>>()).unwrap();
        assert_eq!((&own.times[..], own.end), (&[2.0, 3.0][..], 5.0));
        // At 2 the event comes first: three are left, one of them is censored.
        assert!((own.none[0] - 2.0 / 3.0).abs() < 1e-15 && (own.none[1] - 1.0 / 3.0).abs() < 1e-15);
        assert_eq!([0.9, 0.5, 0.1].map(|u| own.from(1.0, u)), [2.0, 3.0, 5.0]);
        // Given none before 3 it is a half.
        assert_eq!([0.6, 0.4].map(|u| own.from(3.0, u)), [3.0, 5.0]);
        assert_eq!(own.from(5.0, 0.5), 5.0);
    }

    #[test]
    fn a_row_that_goes_on_as_another_is_not_censored() {
        let changes = [(0.0, Change::Entry), (2.0, Change::Censored), (2.0, Change::Entry), (4.0, Change::Event)];
        let own = Censoring::new(&changes.map(|(time, change)| (time, change, 1.0))).unwrap();
        assert!(own.times.is_empty() && own.from(1.0, 0.3) == 4.0);
    }
}
