//! The response of a Cox model and its strata, from arrays.

use std::borrow::Cow;

use crate::design::NeededTimes;
use crate::design::arrays::levels::{ArrayLevels, Given};
use crate::design::rows::{Incomplete, Rows};
use crate::design::survival::SurvivalDesign;
use crate::design::times::{EventCode, Part, Parts, Times, check_strata};
use crate::error::{Error, Result, try_vec};
use crate::names::quoted;
use crate::spec::{ArraySpec, ArrayStrata, ArraySurvival};

const STRATA: &str = "the index of the strata";

/// Fails where an array of a fit, or else of new data, has the wrong length.
pub(super) fn check(spec: &ArraySpec, fit: bool) -> Result<()> {
    let length = |what: &str, len: usize, wanted: usize| {
        if len == wanted { Ok(()) } else { Err(Error::argument(format!("{what} has {len} values, wanted {wanted}"))) }
    };
    if let Some(own) = &spec.survival {
        own.start.iter().try_for_each(|start| length("start", start.len(), spec.n))?;
        length("stop", own.stop.len(), spec.n)?;
        if fit || !own.event.is_empty() {
            length("event", own.event.len(), spec.n)?;
        }
    }
    if let Some(own) = &spec.strata {
        length(STRATA, own.index.len(), spec.n)?;
        if !own.labels.is_empty() {
            length("the list of labels of the strata", own.labels.len(), own.n_strata)?;
        }
    }
    Ok(())
}

/// Notes the rows with missing times, events or strata.
pub(super) fn note(spec: &ArraySpec, incomplete: &mut Incomplete) {
    if let Some(own) = &spec.survival {
        own.start.iter().for_each(|start| incomplete.note_numbers("start", &[], start));
        incomplete.note_numbers("stop", &[], &own.stop);
        incomplete.note_numbers("event", &[], &own.event);
    }
    if let Some(strata) = &spec.strata {
        incomplete.note_where("strata", &[], strata.index.iter().map(|i| *i == -1));
    }
}

/// The response and strata of a fit; `program` gets what new data need.
pub(super) fn learn(
    spec: &ArraySpec,
    program: &mut Option<ArrayLevels>,
    rows: &Rows,
    warnings: &mut Vec<String>,
) -> Result<Option<SurvivalDesign>> {
    let Some(own) = &spec.survival else { return Ok(None) };
    let parts = Parts { times: times(own), event: part("event", &own.event), code: EventCode::Strict };
    let mut survival = parts.select(rows, warnings)?;
    let strata = match &spec.strata {
        None => (vec![], try_vec("strata", 0, rows.len())?),
        Some(strata) => {
            let learnt = program.insert(given(strata).learn(rows)?);
            (learnt.labels.clone(), given(strata).among(learnt, rows)?)
        }
    };
    survival.stratify("strata", strata, warnings)?;
    Ok(Some(survival))
}

/// What new data have to have, and the rows in which it is missing. Whether there was an event does not count.
pub(super) fn note_new_data(
    spec: &ArraySpec,
    learnt: Option<&ArrayLevels>,
    needed: NeededTimes,
    incomplete: &mut Incomplete,
) -> Result<()> {
    if needed == NeededTimes::Nothing {
        return Ok(());
    }
    check(spec, false)?;
    if needed == NeededTimes::Intervals {
        let Some(own) = &spec.survival else {
            return Err(Error::argument("newdata: there are no times, see interlace_spec_set_survival_array"));
        };
        own.start.iter().for_each(|start| incomplete.note_numbers("start", &[], start));
        incomplete.note_numbers("stop", &[], &own.stop);
    }
    if learnt.is_some() {
        let Some(strata) = &spec.strata else {
            return Err(Error::argument("newdata: there are no strata, the fit has them, see interlace_spec_set_strata_array"));
        };
        incomplete.note_where("strata", &[], strata.index.iter().map(|i| *i == -1));
    }
    Ok(())
}

/// The times and strata of new data, without events, as far as they are needed. Without start times all rows are at risk from the beginning.
pub(super) fn of_new_data(
    spec: &ArraySpec,
    learnt: Option<&ArrayLevels>,
    needed: NeededTimes,
    rows: &Rows,
) -> Result<Option<SurvivalDesign>> {
    let mut survival = match (needed, &spec.survival) {
        (NeededTimes::Nothing, _) => return Ok(None),
        (NeededTimes::Intervals, Some(own)) => times(own).select(rows)?,
        _ => SurvivalDesign::default(),
    };
    survival.stratum = match (learnt, &spec.strata) {
        (Some(learnt), Some(strata)) => given(strata).among(learnt, rows)?,
        _ => try_vec("strata", 0, rows.len())?,
    };
    check_strata(&survival.stratum, rows, |row| {
        let strata = spec.strata.as_ref();
        let level = strata.and_then(|own| usize::try_from(own.index[row]).ok());
        match strata.zip(level).and_then(|(own, level)| own.labels.get(level)) {
            Some(label) => format!("the stratum {}", quoted(label)),
            None => format!("the stratum {} (counting from 0)", level.unwrap_or_default()),
        }
    })?;
    Ok(Some(survival))
}

fn part<'a>(name: &'a str, values: &'a [f64]) -> Part<'a> {
    Part { name, values: Cow::Borrowed(values) }
}

fn times(own: &ArraySurvival) -> Times<'_> {
    Times { call: "survival: ", start: own.start.as_deref().map(|start| part("start", start)), stop: part("stop", &own.stop) }
}

fn given(strata: &ArrayStrata) -> Given<'_> {
    Given { what: STRATA, index: &strata.index, n_levels: strata.n_strata, labels: &strata.labels }
}
