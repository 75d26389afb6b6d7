//! Times and events of a survival response, as columns or arrays have them, checked.

use std::borrow::Cow;

use crate::design::UNSEEN;
use crate::design::rows::Rows;
use crate::design::survival::SurvivalDesign;
use crate::error::{Error, Result, row_text, try_owned, try_vec};
use crate::frame::shortest_text;
use crate::names::quoted;

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

/// Times in all rows, not yet checked.
pub(super) struct Times<'a> {
    /// What a message begins with.
    pub call: &'static str,
    pub start: Option<Part<'a>>,
    pub stop: Part<'a>,
}

/// A survival response in all rows, not yet checked.
pub(super) struct Parts<'a> {
    pub times: Times<'a>,
    pub event: Part<'a>,
    pub code: EventCode,
}

impl Times<'_> {
    /// The times in the rows used, without events and strata.
    pub fn select(self, rows: &Rows) -> Result<SurvivalDesign> {
        let Times { call, start, stop } = self;
        let what = if start.is_some() { "stop time" } else { "time" };
        let stop = checked_times(call, what, stop, rows)?;
        let start = start.map(|start| checked_times(call, "start time", start, rows)).transpose()?;
        let survival = SurvivalDesign { start, stop, ..SurvivalDesign::default() };
        check_intervals(&survival, call, rows, "")?;
        Ok(survival)
    }
}

impl Parts<'_> {
    /// The response in the rows used, without strata.
    pub fn select(self, rows: &Rows, warnings: &mut Vec<String>) -> Result<SurvivalDesign> {
        let Parts { times, event, code } = self;
        let call = times.call;
        let mut survival = times.select(rows)?;
        survival.event = checked_events(call, event, code, rows, warnings)?;
        if !survival.event.contains(&true) {
            return Err(Error::data("there are no events in the rows used: a Cox model needs at least one"));
        }
        match survival.merge_times()? {
            0 => {}
            merged => warnings.push(format!(
                "{call}{merged} times differ from others by rounding only (1.5e-8 of the mean time), and are taken for the same"
            )),
        }
        check_intervals(&survival, call, rows, " to within rounding")?;
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

fn check_intervals(survival: &SurvivalDesign, call: &str, rows: &Rows, how: &str) -> Result<()> {
    let Some(start) = &survival.start else { return Ok(()) };
    start.iter().zip(&survival.stop).position(|(start, stop)| start >= stop).map_or(Ok(()), |i| {
        Err(at_row(rows, i, |place| {
            let (start, stop) = (shortest_text(start[i]), shortest_text(survival.stop[i]));
            format!("{call}the stop time {stop} is not after the start time {start}{how} in {place}")
        }))
    })
}

/// Fails at the first row of new data whose stratum the fit doesn't know; `what` names the stratum of a row of the data.
pub(super) fn check_strata(stratum: &[u32], rows: &Rows, what: impl Fn(usize) -> String) -> Result<()> {
    let Some(i) = stratum.iter().position(|stratum| *stratum == UNSEEN) else { return Ok(()) };
    let what = what(rows.data_row(i));
    Err(at_row(rows, i, |place| format!("newdata: {place} has {what}, which has no baseline hazard: the fit doesn't know it")))
}

pub(super) fn at_row(rows: &Rows, i: usize, message: impl Fn(String) -> String) -> Error {
    let row = rows.data_row(i);
    Error::data(message(row_text(row))).at(row)
}
