//! The response `Surv()` of Cox models, and `strata()`.

use std::borrow::Cow;

use crate::design::compile::compile;
use crate::design::group::Group;
use crate::design::node::Node;
use crate::design::rows::{Incomplete, Rows};
use crate::design::survival::SurvivalDesign;
use crate::design::times::{EventCode, Part, Parts, Times, check_strata};
use crate::design::value::{Factor, Value};
use crate::error::{Error, Result, try_vec};
use crate::formula::{Expr, ExprKind};
use crate::frame::Frame;
use crate::names::quoted;

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
    code: EventCode,
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
        let (event, code) = self.events(frame)?;
        Ok(SurvivalValues { times: self.times(frame)?, event, code })
    }

    pub fn times<'a>(&self, frame: &'a Frame) -> Result<TimeValues<'a>> {
        Ok(TimeValues {
            start: self.start.as_ref().map(|(_, node)| node.full_numbers(frame)).transpose()?,
            stop: self.stop.1.full_numbers(frame)?,
        })
    }

    /// Numbers and truth values as they are; a category with the levels TRUE and FALSE as truth values.
    fn events<'a>(&self, frame: &'a Frame) -> Result<(Cow<'a, [f64]>, EventCode)> {
        let node = &self.event.1;
        let factor = match node.evaluate(frame)? {
            Value::Factor(factor) => factor,
            Value::Logical(_) => return Ok((node.full_numbers(frame)?, EventCode::Truth)),
            _ => return Ok((node.full_numbers(frame)?, EventCode::Column)),
        };
        let truth = |level: &String| match level.as_str() {
            "TRUE" | "true" => Some(1.0),
            "FALSE" | "false" => Some(0.0),
            _ => None,
        };
        let of_levels: Option<Vec<f64>> = factor.levels.iter().map(truth).collect();
        let Some(of_levels) = of_levels else {
            let several = match factor.levels.len() {
                0..=2 => String::new(),
                many => format!(" with {many} levels, but a Cox model has one kind of event"),
            };
            return Err(Error::data(format!(
                "Surv(): the event {} is text{several}; wanted 0 and 1, TRUE and FALSE, or a comparison, as {} == {}",
                quoted(&self.event.0),
                self.event.0,
                factor.levels.last().map_or_else(|| "\"dead\"".to_owned(), |level| format!("{level:?}"))
            )));
        };
        let mut events = try_vec("events", f64::NAN, factor.codes.len())?;
        for (event, code) in events.iter_mut().zip(factor.codes.iter()) {
            *event = usize::try_from(*code).map_or(f64::NAN, |code| of_levels[code]);
        }
        Ok((events.into(), EventCode::Truth))
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

    fn named_times<'a>(&'a self, values: TimeValues<'a>) -> Times<'a> {
        let part = |name, values| Part { name, values };
        Times {
            call: "Surv(): ",
            start: self.start.as_ref().zip(values.start).map(|((name, _), values)| part(name, values)),
            stop: part(&self.stop.0, values.stop),
        }
    }

    /// The times in the rows used.
    pub fn select_times(&self, values: TimeValues, rows: &Rows) -> Result<SurvivalDesign> {
        self.named_times(values).select(rows)
    }

    /// The response in the rows used, without strata.
    pub fn select(&self, values: SurvivalValues, rows: &Rows, warnings: &mut Vec<String>) -> Result<SurvivalDesign> {
        let event = Part { name: &self.event.0, values: values.event };
        Parts { times: self.named_times(values.times), event, code: values.code }.select(rows, warnings)
    }
}

/// The strata of the rows used: what makes them, if there are any, and a place among them for each row.
pub(super) fn strata(parts: Vec<(String, Node)>, values: &[Factor], rows: &Rows) -> Result<(Option<Group>, Vec<u32>)> {
    if parts.is_empty() {
        return Ok((None, try_vec("strata", 0, rows.len())?));
    }
    let (group, index) = Group::learn(parts, values, rows)?;
    Ok((Some(group), index))
}

impl SurvivalDesign {
    /// Gives each row of new data its stratum.
    pub(super) fn restratify(&mut self, group: &Group, values: &[Factor], rows: &Rows) -> Result<()> {
        self.stratum = group.index(values, rows)?;
        check_strata(&self.stratum, rows, |row| {
            let label: Vec<&str> = values.iter().map(|own| &*own.levels[own.codes[row] as usize]).collect();
            format!("the stratum {} of strata({})", quoted(&label.join(":")), group.name.replace(':', ", "))
        })
    }
}

fn no_surv(expr: &Expr) -> Error {
    Error::formula(
        expr.span.start,
        format!("the response of a Cox model is Surv(time, event) or Surv(start, stop, event), not {expr}"),
    )
}
