//! The response `Surv()` of Cox models, and `strata()`.

use std::borrow::Cow;

use crate::design::UNSEEN;
use crate::design::compile::compile;
use crate::design::group::Group;
use crate::design::node::Node;
use crate::design::rows::{Incomplete, Rows};
use crate::design::survival::SurvivalDesign;
use crate::design::value::{Factor, Value};
use crate::error::{Error, Result, row_text, try_owned, try_vec};
use crate::formula::{Expr, ExprKind};
use crate::frame::{Frame, shortest_text};
use crate::names::quoted;

/// Labels that a message shows.
const SHOWN: usize = 5;

/// A compiled `Surv()`: each part with its name.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(super) struct SurvivalNode {
    start: Option<(String, Node)>,
    stop: (String, Node),
    event: (String, Node),
}

/// Its values in all rows.
pub(super) struct SurvivalValues<'a> {
    times: TimeValues<'a>,
    event: Cow<'a, [f64]>,
}

/// The times in all rows.
pub(super) struct TimeValues<'a> {
    start: Option<Cow<'a, [f64]>>,
    stop: Cow<'a, [f64]>,
}

impl SurvivalNode {
    pub fn compile(expr: &Expr, frame: &Frame) -> Result<Self> {
        let at = expr.span.start;
        let ExprKind::Call { function, arguments } = &expr.kind else { return Err(no_surv(expr)) };
        if function != "Surv" {
            return Err(no_surv(expr));
        }
        if let Some(name) = arguments.iter().find_map(|argument| argument.name.as_ref()) {
            let message = format!("Surv(): its arguments are given in their order, without the name {}", quoted(name));
            return Err(Error::formula(at, message));
        }
        let part = |k: usize| -> Result<(String, Node)> {
            let value = &arguments[k].value;
            Ok((value.to_string(), compile(value, frame)?))
        };
        match arguments.len() {
            2 => Ok(SurvivalNode { start: None, stop: part(0)?, event: part(1)? }),
            3 => Ok(SurvivalNode { start: Some(part(0)?), stop: part(1)?, event: part(2)? }),
            count => {
                let message = format!("Surv() has {count} arguments, wanted Surv(time, event) or Surv(start, stop, event)");
                Err(Error::formula(at, message))
            }
        }
    }

    pub fn evaluate<'a>(&self, frame: &'a Frame) -> Result<SurvivalValues<'a>> {
        Ok(SurvivalValues { times: self.times(frame)?, event: self.events(frame)? })
    }

    pub fn times<'a>(&self, frame: &'a Frame) -> Result<TimeValues<'a>> {
        Ok(TimeValues {
            start: self.start.as_ref().map(|(_, node)| node.full_numbers(frame)).transpose()?,
            stop: self.stop.1.full_numbers(frame)?,
        })
    }

    /// Numbers and truth values as they are; a category with the levels TRUE and FALSE as truth values.
    fn events<'a>(&self, frame: &'a Frame) -> Result<Cow<'a, [f64]>> {
        let node = &self.event.1;
        let Value::Factor(factor) = node.evaluate(frame)? else { return node.full_numbers(frame) };
        let truth = |level: &String| match level.as_str() {
            "TRUE" | "true" => Some(1.0),
            "FALSE" | "false" => Some(0.0),
            _ => None,
        };
        let of_levels: Option<Vec<f64>> = factor.levels.iter().map(truth).collect();
        let Some(of_levels) = of_levels else {
            return Err(Error::data(format!(
                "Surv(): the event {} is text; wanted 0 and 1, TRUE and FALSE, or a comparison, as {} == {}",
                quoted(&self.event.0),
                self.event.0,
                factor.levels.last().map_or_else(|| "\"dead\"".to_owned(), |level| format!("{level:?}"))
            )));
        };
        let mut events = try_vec("events", f64::NAN, factor.codes.len())?;
        for (event, code) in events.iter_mut().zip(factor.codes.iter()) {
            *event = usize::try_from(*code).map_or(f64::NAN, |code| of_levels[code]);
        }
        Ok(events.into())
    }

    pub fn note(&self, values: &SurvivalValues, incomplete: &mut Incomplete) {
        self.note_times(&values.times, incomplete);
        incomplete.note_numbers(&self.event.0, &self.event.1.columns(), &values.event);
    }

    pub fn note_times(&self, values: &TimeValues, incomplete: &mut Incomplete) {
        if let (Some((name, node)), Some(start)) = (&self.start, &values.start) {
            incomplete.note_numbers(name, &node.columns(), start);
        }
        incomplete.note_numbers(&self.stop.0, &self.stop.1.columns(), &values.stop);
    }

    /// The times in the rows used.
    pub fn select_times(&self, values: TimeValues, rows: &Rows) -> Result<SurvivalDesign> {
        let times = |what: &str, name: &str, values: Cow<[f64]>| -> Result<Vec<f64>> {
            let times = try_owned("times", rows.select(values)?)?;
            let wrong = |t: &f64| !(*t >= 0.0 && t.is_finite());
            times.iter().position(wrong).map_or(Ok(()), |i| {
                Err(at_row(rows, i, |place| {
                    let (name, time) = (quoted(name), shortest_text(times[i]));
                    format!("Surv(): the {what} {name} is {time} in {place}, wanted finite times from 0 up")
                }))
            })?;
            Ok(times)
        };
        let what = if self.start.is_some() { "stop time" } else { "time" };
        let stop = times(what, &self.stop.0, values.stop)?;
        let start = match (values.start, &self.start) {
            (Some(start), Some((name, _))) => Some(times("start time", name, start)?),
            _ => None,
        };
        let survival = SurvivalDesign { start, stop, ..SurvivalDesign::default() };
        survival.check_intervals(rows, "")?;
        Ok(survival)
    }

    /// The response in the rows used, without strata.
    pub fn select(&self, values: SurvivalValues, rows: &Rows, warnings: &mut Vec<String>) -> Result<SurvivalDesign> {
        let mut survival = self.select_times(values.times, rows)?;
        let codes = rows.select(values.event)?;
        if let Some(i) = codes.iter().position(|v| *v != 0.0 && *v != 1.0) {
            return Err(at_row(rows, i, |place| {
                let (name, code) = (quoted(&self.event.0), shortest_text(codes[i]));
                let advice =
                    if codes[i] == 2.0 { format!("; where 2 is an event, write {} == 2", self.event.0) } else { String::new() };
                format!("Surv(): the event {name} is {code} in {place}, wanted 0 or 1, or TRUE or FALSE{advice}")
            }));
        }
        survival.event = try_vec("events", false, codes.len())?;
        survival.event.iter_mut().zip(codes.iter()).for_each(|(event, code)| *event = *code == 1.0);
        match survival.merge_times()? {
            0 => {}
            merged => warnings.push(format!(
                "Surv(): {merged} times differ from others by rounding only (1.5e-8 of the mean time), and are taken for the same"
            )),
        }
        survival.check_intervals(rows, " to within rounding")?;
        Ok(survival)
    }
}

impl SurvivalDesign {
    /// Gives each row its stratum; says which strata have no events. The factors that make the strata, if there are any.
    pub(super) fn stratify(
        &mut self,
        parts: Vec<(String, Node)>,
        values: &[Factor],
        rows: &Rows,
        warnings: &mut Vec<String>,
    ) -> Result<Option<Group>> {
        if !self.event.contains(&true) {
            return Err(Error::data("there are no events in the rows used: a Cox model needs at least one"));
        }
        if parts.is_empty() {
            self.stratum = try_vec("strata", 0, rows.len())?;
            return Ok(None);
        }
        let (group, index) = Group::learn(parts, values, rows)?;
        let mut events = try_vec("strata", false, group.labels.len())?;
        index.iter().zip(&self.event).filter(|(_, event)| **event).for_each(|(s, _)| events[*s as usize] = true);
        let without: Vec<String> =
            group.labels.iter().zip(events).filter(|(_, any)| !any).map(|(label, _)| quoted(label)).collect();
        if !without.is_empty() {
            let some: Vec<&str> = without.iter().take(SHOWN).map(String::as_str).collect();
            let more = if without.len() > SHOWN { format!(" and {} more", without.len() - SHOWN) } else { String::new() };
            warnings.push(format!(
                "strata({}): no events in {}{more}, which say nothing of the coefficients",
                group.name,
                some.join(", ")
            ));
        }
        (self.stratum, self.strata) = (index, group.labels.clone());
        Ok(Some(group))
    }

    /// Gives each row of new data its stratum.
    pub(super) fn restratify(&mut self, group: &Group, values: &[Factor], rows: &Rows) -> Result<()> {
        self.stratum = group.index(values, rows)?;
        let Some(i) = self.stratum.iter().position(|stratum| *stratum == UNSEEN) else { return Ok(()) };
        let row = rows.data_row(i);
        let label: Vec<&str> = values.iter().map(|own| &*own.levels[own.codes[row] as usize]).collect();
        let label = label.join(":");
        Err(at_row(rows, i, |place| {
            let (label, name) = (quoted(&label), group.name.replace(':', ", "));
            format!(
                "newdata: {place} has the stratum {label} of strata({name}), which has no baseline hazard: the fit doesn't know it"
            )
        }))
    }

    fn check_intervals(&self, rows: &Rows, how: &str) -> Result<()> {
        let Some(start) = &self.start else { return Ok(()) };
        start.iter().zip(&self.stop).position(|(start, stop)| start >= stop).map_or(Ok(()), |i| {
            Err(at_row(rows, i, |place| {
                let (start, stop) = (shortest_text(start[i]), shortest_text(self.stop[i]));
                format!("Surv(): the stop time {stop} is not after the start time {start}{how} in {place}")
            }))
        })
    }
}

fn at_row(rows: &Rows, i: usize, message: impl Fn(String) -> String) -> Error {
    let row = rows.data_row(i);
    Error::data(message(row_text(row))).at(row)
}

fn no_surv(expr: &Expr) -> Error {
    Error::formula(
        expr.span.start,
        format!("the response of a Cox model is Surv(time, event) or Surv(start, stop, event), not {expr}"),
    )
}
