//! Risk sets: sorted once, swept from the latest event time to the earliest.

use std::ops::Range;

use super::Ties;
use super::sum::Sum;
use crate::design::SurvivalDesign;
use crate::error::{Error, Result, try_collect, try_copy, try_gather, try_push, try_vec};

const RISK: &str = "risk sets";

/// An event time of a stratum.
#[derive(Clone, Debug)]
pub struct EventTime {
    pub time: f64,
    /// Parts of `RiskSets::entering`, `leaving` and `deaths`: rows that are at risk from here on in the sweep, those that are no more, and
    /// those that have their event here.
    entering: Range<usize>,
    leaving: Range<usize>,
    deaths: Range<usize>,
    /// The sum of the weights of the deaths.
    pub weight: f64,
}

/// Who is at risk when. A row is at risk at t where start < t <= stop.
#[derive(Debug)]
pub struct RiskSets {
    pub n: usize,
    pub ties: Ties,
    pub weights: Option<Vec<f64>>,
    /// By stratum, within it from the latest to the earliest, with a place behind each stratum that is no event time.
    pub times: Vec<EventTime>,
    /// The event times of each stratum.
    pub strata: Vec<Range<usize>>,
    entering: Vec<u32>,
    leaving: Vec<u32>,
    deaths: Vec<u32>,
    /// Of each row the first event time at which it is at risk, and the first at which it is no more.
    spans: Vec<(u32, u32)>,
    pub event: Vec<bool>,
}

/// The event times of a stratum from the latest to the earliest, and the stratum's first place among all.
struct Timeline {
    times: Vec<f64>,
    first: usize,
}

impl RiskSets {
    pub fn new(survival: &SurvivalDesign, weights: Option<&[f64]>, ties: Ties) -> Result<Self> {
        let n = survival.stop.len();
        let mut sets = RiskSets {
            n,
            ties,
            weights: weights.map(|w| try_copy("weights", w)).transpose()?,
            times: vec![],
            strata: vec![],
            entering: try_vec(RISK, 0, n)?,
            leaving: try_vec(RISK, 0, n)?,
            deaths: try_vec(RISK, 0, n)?,
            spans: try_vec(RISK, (0, 0), n)?,
            event: try_copy("events", &survival.event)?,
        };
        let lines = sets.find_times(survival)?;
        sets.find_spans(survival, &lines);
        sets.sort_rows()?;
        Ok(sets)
    }

    /// The distinct event times.
    fn find_times(&mut self, survival: &SurvivalDesign) -> Result<Vec<Timeline>> {
        let mut dead = try_gather(RISK, (0..self.n as u32).filter(|&i| self.event[i as usize]))?;
        dead.sort_unstable_by(|&a, &b| {
            let (a, b) = (a as usize, b as usize);
            survival.stratum[a].cmp(&survival.stratum[b]).then(survival.stop[b].total_cmp(&survival.stop[a])).then(a.cmp(&b))
        });
        let mut lines = vec![];
        let mut rest = &dead[..];
        for stratum in 0..survival.strata.len().max(1) {
            let first = self.times.len();
            let count = rest.iter().take_while(|&&i| survival.stratum[i as usize] as usize == stratum).count();
            let (own, others) = rest.split_at(count);
            rest = others;
            let mut times = try_collect(RISK, own.iter().map(|&i| survival.stop[i as usize]))?;
            times.dedup();
            try_push(RISK, &mut self.strata, first..first + times.len())?;
            for time in times.iter().copied().chain([f64::NEG_INFINITY]) {
                try_push(RISK, &mut self.times, EventTime { time, entering: 0..0, leaving: 0..0, deaths: 0..0, weight: 0.0 })?;
            }
            try_push(RISK, &mut lines, Timeline { times, first })?;
        }
        if dead.is_empty() {
            return Err(Error::data("there are no events in the rows used: a Cox model needs at least one"));
        }
        if self.times.len() > u32::MAX as usize {
            return Err(Error::unsupported("more event times than a Cox model can have (2^32)"));
        }
        Ok(lines)
    }

    fn find_spans(&mut self, survival: &SurvivalDesign, lines: &[Timeline]) {
        for (i, span) in self.spans.iter_mut().enumerate() {
            let Timeline { times, first } = &lines[survival.stratum[i] as usize];
            let place = |k: usize| (first + k) as u32;
            let enters = times.partition_point(|t| *t > survival.stop[i]);
            let leaves = survival.start.as_ref().map_or(times.len(), |start| times.partition_point(|t| *t > start[i]));
            *span = (place(enters), place(leaves.max(enters)));
        }
    }

    /// The rows by the time at which they enter, leave and die.
    fn sort_rows(&mut self) -> Result<()> {
        let ever = |i: &u32| self.spans[*i as usize].0 < self.spans[*i as usize].1;
        let mut entering = try_gather(RISK, (0..self.n as u32).filter(ever))?;
        let mut leaving = try_copy(RISK, &entering)?;
        let mut deaths = try_gather(RISK, entering.iter().copied().filter(|i| self.event[*i as usize]))?;
        // In place; rows of one time stay in their order.
        entering.sort_unstable_by_key(|i| (self.spans[*i as usize].0, *i));
        leaving.sort_unstable_by_key(|i| (self.spans[*i as usize].1, *i));
        deaths.sort_unstable_by_key(|i| (self.spans[*i as usize].0, *i));
        let (mut e, mut l, mut d) = (0, 0, 0);
        let take = |rows: &[u32], from: &mut usize, place: usize, of: &dyn Fn(usize) -> u32| {
            let begin = *from;
            *from += rows[begin..].iter().take_while(|i| of(**i as usize) as usize == place).count();
            begin..*from
        };
        for (place, own) in self.times.iter_mut().enumerate() {
            own.entering = take(&entering, &mut e, place, &|i| self.spans[i].0);
            own.leaving = take(&leaving, &mut l, place, &|i| self.spans[i].1);
            own.deaths = take(&deaths, &mut d, place, &|i| self.spans[i].0);
            own.weight = deaths[own.deaths.clone()].iter().map(|i| weight_of(self.weights.as_deref(), *i as usize)).sum();
        }
        (self.entering, self.leaving, self.deaths) = (entering, leaving, deaths);
        Ok(())
    }

    pub fn entering(&self, time: &EventTime) -> impl Iterator<Item = usize> {
        self.entering[time.entering.clone()].iter().map(|i| *i as usize)
    }

    pub fn leaving(&self, time: &EventTime) -> impl Iterator<Item = usize> {
        self.leaving[time.leaving.clone()].iter().map(|i| *i as usize)
    }

    pub fn deaths(&self, time: &EventTime) -> impl Iterator<Item = usize> {
        self.deaths[time.deaths.clone()].iter().map(|i| *i as usize)
    }

    pub fn weight(&self, row: usize) -> f64 {
        weight_of(self.weights.as_deref(), row)
    }

    /// Whether a row is at risk at any event time.
    pub fn is_ever_at_risk(&self, row: usize) -> bool {
        self.spans[row].0 < self.spans[row].1
    }

    /// Whether a row is at risk at an event time of its stratum.
    pub fn is_at_risk(&self, row: usize, time: usize) -> bool {
        (self.spans[row].0 as usize..self.spans[row].1 as usize).contains(&time)
    }

    /// The terms of a time (nu, f): nu log(S - f S_D) is taken off the likelihood, S the sum over the rows at risk, S_D that over the deaths.
    pub fn terms(&self, time: &EventTime) -> impl Iterator<Item = (f64, f64)> + use<> {
        let d = match self.ties {
            Ties::Breslow => 1,
            Ties::Efron => time.deaths.len(),
        };
        let nu = time.weight / d as f64;
        (0..d).map(move |k| (nu, k as f64 / d as f64))
    }

    /// The risk sets with only those rows whose `v` is largest there, which those that die have; `None` where a row would leave and come back.
    pub fn limit(&self, v: &[f64], rounding: f64) -> Result<Option<Self>> {
        let mut largest = try_vec(RISK, f64::NEG_INFINITY, self.times.len())?;
        for times in &self.strata {
            for k in times.clone() {
                largest[k] = self.deaths(&self.times[k]).map(|i| v[i]).fold(f64::NEG_INFINITY, f64::max);
                if k > times.start && largest[k] < largest[k - 1] - rounding {
                    return Ok(None);
                }
            }
        }
        let mut sets = RiskSets {
            n: self.n,
            ties: self.ties,
            weights: self.weights.as_deref().map(|w| try_copy("weights", w)).transpose()?,
            times: try_collect(RISK, self.times.iter().cloned())?,
            strata: try_collect(RISK, self.strata.iter().cloned())?,
            entering: vec![],
            leaving: vec![],
            deaths: vec![],
            spans: try_copy(RISK, &self.spans)?,
            event: try_copy("events", &self.event)?,
        };
        for (i, (first, last)) in sets.spans.iter_mut().enumerate() {
            let own = &largest[*first as usize..*last as usize];
            *last = *first + own.partition_point(|m| *m <= v[i] + rounding) as u32;
        }
        sets.sort_rows()?;
        Ok(Some(sets))
    }

    /// Calls `at` at each event time with the sums of `v` over the rows at risk and over those that die.
    pub fn sweep(&self, v: &[f64], mut at: impl FnMut(usize, f64, f64)) {
        for times in &self.strata {
            let mut sum = Sum::default();
            for k in times.clone() {
                let time = &self.times[k];
                self.entering(time).for_each(|i| sum.add(v[i]));
                self.leaving(time).for_each(|i| sum.add(-v[i]));
                at(k, sum.value(), self.deaths(time).map(|i| v[i]).sum());
            }
        }
    }

    /// Sums of values of the event times, from the earliest of the stratum up to each.
    pub fn cumulate(&self, values: &mut [f64]) {
        for times in &self.strata {
            values[times.end] = 0.0;
            for k in times.clone().rev() {
                values[k] += values[k + 1];
            }
        }
    }

    /// The sum over the event times at which a row is at risk, of what was cumulated.
    #[inline]
    pub fn over_span(&self, row: usize, cumulated: &[f64]) -> f64 {
        let (first, last) = self.spans[row];
        cumulated[first as usize] - cumulated[last as usize]
    }

    /// The places of the event times at which a row is at risk.
    #[inline]
    pub fn span(&self, row: usize) -> Range<usize> {
        self.spans[row].0 as usize..self.spans[row].1 as usize
    }

    /// The event time at which a row dies.
    #[inline]
    pub fn death(&self, row: usize) -> Option<usize> {
        self.event[row].then_some(self.spans[row].0 as usize)
    }
}

fn weight_of(weights: Option<&[f64]>, row: usize) -> f64 {
    weights.map_or(1.0, |w| w[row])
}
