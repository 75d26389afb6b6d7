//! A survival response: who is at risk when, and who has an event; strata.

use std::borrow::Cow;

use crate::design::rows::Rows;
use crate::error::{Error, Result, row_text, try_collect, try_copy, try_owned, try_vec};
use crate::frame::shortest_text;
use crate::names::quoted;

/// Labels that a message shows.
const SHOWN: usize = 5;

/// Times that differ by less, relative to the mean of all times, are the same: they differ by rounding. The number is that of R's survival.
const SAME_TIME: f64 = 1.490_116_119_384_765_6e-8;

/// A survival response on the rows used. A row is at risk at t where start < t <= stop.
#[derive(Clone, Debug, Default)]
pub struct SurvivalDesign {
    /// `None`: all are at risk from the beginning.
    pub start: Option<Vec<f64>>,
    pub stop: Vec<f64>,
    pub event: Vec<bool>,
    /// Stratum of each row, a place in `strata`; all 0 without strata.
    pub stratum: Vec<u32>,
    /// Labels; empty without strata.
    pub strata: Vec<String>,
}

/// One part of a survival response, in all rows.
pub(super) struct Part<'a> {
    pub name: &'a str,
    pub values: Cow<'a, [f64]>,
}

/// How events are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum EventCode {
    /// Truth values.
    Truth,
    /// Numbers of a column: 0 and 1, or 1 and 2.
    Column,
    /// 0 and 1, and nothing else.
    Strict,
}

/// A survival response in all rows, not yet checked.
pub(super) struct Parts<'a> {
    /// What a message begins with.
    pub call: &'static str,
    pub start: Option<Part<'a>>,
    pub stop: Part<'a>,
    pub event: Part<'a>,
    pub code: EventCode,
}

impl Parts<'_> {
    /// The response in the rows used, without strata.
    pub fn select(self, rows: &Rows, warnings: &mut Vec<String>) -> Result<SurvivalDesign> {
        let Parts { call, start, stop, event, code } = self;
        let what = if start.is_some() { "stop time" } else { "time" };
        let stop = checked_times(call, what, stop, rows)?;
        let start = start.map(|start| checked_times(call, "start time", start, rows)).transpose()?;
        let event = checked_events(call, event, code, rows, warnings)?;
        if !event.contains(&true) {
            return Err(Error::data("there are no events in the rows used: a Cox model needs at least one"));
        }
        let mut survival = SurvivalDesign { start, stop, event, ..SurvivalDesign::default() };
        survival.check_intervals(call, rows, "")?;
        match survival.merge_times()? {
            0 => {}
            merged => warnings.push(format!(
                "{call}{merged} times differ from others by rounding only (1.5e-8 of the mean time), and are taken for the same"
            )),
        }
        survival.check_intervals(call, rows, " to within rounding")?;
        Ok(survival)
    }
}

fn checked_times(call: &str, what: &str, part: Part, rows: &Rows) -> Result<Vec<f64>> {
    let times = try_owned("times", rows.select(part.values)?)?;
    match times.iter().position(|t| !(*t >= 0.0 && t.is_finite())) {
        None => Ok(times),
        Some(i) => Err(at_row(rows, i, |place| {
            let (name, time) = (quoted(part.name), shortest_text(times[i]));
            format!("{call}the {what} {name} is {time} in {place}, wanted finite times from 0 up")
        })),
    }
}

fn checked_events(call: &str, part: Part, code: EventCode, rows: &Rows, warnings: &mut Vec<String>) -> Result<Vec<bool>> {
    let codes = rows.select(part.values)?;
    let any = |wanted: f64| codes.contains(&wanted);
    // All 2 says nothing of what 1 means; all 1 is everyone's event.
    let from_one = code == EventCode::Column && any(1.0) && any(2.0) && codes.iter().all(|v| *v == 1.0 || *v == 2.0);
    let alive = if from_one { 1.0 } else { 0.0 };
    let name = quoted(part.name);
    if let Some(i) = codes.iter().position(|v| *v != alive && *v != alive + 1.0) {
        return Err(at_row(rows, i, |place| {
            let advice = if codes[i] == 2.0 && code == EventCode::Column {
                format!("; where 2 is an event, write {} == 2", part.name)
            } else {
                String::new()
            };
            let (value, truth) = (shortest_text(codes[i]), if code == EventCode::Strict { "" } else { ", or TRUE or FALSE" });
            format!("{call}the event {name} is {value} in {place}, wanted 0 or 1{truth}{advice}")
        }));
    }
    if from_one {
        let own = part.name;
        warnings.push(format!(
            "{call}the event {name} is 1 or 2 in all rows: 1 is taken for censored and 2 for an event, as in R; {own} == 2 says so"
        ));
    } else if code == EventCode::Column && !any(0.0) {
        let own = part.name;
        warnings
            .push(format!("{call}the event {name} is 1 in all rows, each is an event; where 1 means censored, write {own} == 2"));
    }
    let mut event = try_vec("events", false, codes.len())?;
    event.iter_mut().zip(codes.iter()).for_each(|(event, code)| *event = *code == alive + 1.0);
    Ok(event)
}

fn at_row(rows: &Rows, i: usize, message: impl Fn(String) -> String) -> Error {
    let row = rows.data_row(i);
    Error::data(message(row_text(row))).at(row)
}

impl SurvivalDesign {
    /// Gives each row its stratum; says which strata have no events.
    pub(super) fn stratify(
        &mut self,
        name: &str,
        (labels, index): (Vec<String>, Vec<u32>),
        warnings: &mut Vec<String>,
    ) -> Result<()> {
        let mut events = try_vec("strata", false, labels.len().max(1))?;
        index.iter().zip(&self.event).filter(|(_, event)| **event).for_each(|(s, _)| events[*s as usize] = true);
        let without: Vec<String> = labels.iter().zip(events).filter(|(_, any)| !any).map(|(label, _)| quoted(label)).collect();
        if !without.is_empty() {
            let some: Vec<&str> = without.iter().take(SHOWN).map(String::as_str).collect();
            let more = if without.len() > SHOWN { format!(" and {} more", without.len() - SHOWN) } else { String::new() };
            warnings.push(format!("{name}: no events in {}{more}, which say nothing of the coefficients", some.join(", ")));
        }
        (self.stratum, self.strata) = (index, labels);
        Ok(())
    }

    /// 1 where a row has an event, 0 otherwise.
    pub(super) fn response(&self) -> Result<Vec<f64>> {
        try_collect("response", self.event.iter().map(|event| f64::from(u8::from(*event))))
    }

    fn check_intervals(&self, call: &str, rows: &Rows, how: &str) -> Result<()> {
        let Some(start) = &self.start else { return Ok(()) };
        start.iter().zip(&self.stop).position(|(start, stop)| start >= stop).map_or(Ok(()), |i| {
            Err(at_row(rows, i, |place| {
                let (start, stop) = (shortest_text(start[i]), shortest_text(self.stop[i]));
                format!("{call}the stop time {stop} is not after the start time {start}{how} in {place}")
            }))
        })
    }

    /// A copy, or an error where memory is short.
    pub fn try_clone(&self) -> Result<Self> {
        Ok(SurvivalDesign {
            start: self.start.as_deref().map(|s| try_copy("start times", s)).transpose()?,
            stop: try_copy("times", &self.stop)?,
            event: try_copy("events", &self.event)?,
            stratum: try_copy("strata", &self.stratum)?,
            strata: self.strata.clone(),
        })
    }

    /// Makes times that differ by rounding the same; the number of distinct times that became others.
    pub(super) fn merge_times(&mut self) -> Result<usize> {
        let mut all = try_copy("times", &self.stop)?;
        all.extend(self.start.iter().flatten());
        all.sort_by(f64::total_cmp);
        all.dedup();
        let within = SAME_TIME * all.iter().map(|t| t / all.len() as f64).sum::<f64>();
        let mut merged = vec![];
        for pair in all.windows(2) {
            if pair[1] - pair[0] <= within {
                let to = merged.last().filter(|(from, _)| *from == pair[0]).map_or(pair[0], |(_, to)| *to);
                merged.push((pair[1], to));
            }
        }
        for t in self.stop.iter_mut().chain(self.start.iter_mut().flatten()) {
            if let Ok(k) = merged.binary_search_by(|(from, _)| from.total_cmp(t)) {
                *t = merged[k].1;
            }
        }
        Ok(merged.len())
    }
}
