//! The response of a Cox model and its strata, from arrays.

use std::borrow::Cow;

use crate::design::UNSEEN;
use crate::design::arrays::levels::{ArrayLevels, Given};
use crate::design::rows::{Incomplete, Rows};
use crate::design::survival::SurvivalDesign;
use crate::design::times::{EventCode, Part, Parts, Times};
use crate::error::{Error, Result, try_owned, try_vec};
use crate::spec::{ArraySpec, ArrayStrata};

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
    let part = |name, values| Part { name, values: Cow::Borrowed(values) };
    let times = Times {
        call: "survival: ",
        start: own.start.as_deref().map(|start| part("start", start)),
        stop: part("stop", &own.stop[..]),
    };
    let parts = Parts { times, event: part("event", &own.event[..]), code: EventCode::Strict };
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

/// What new data have of times and strata, without events. Times that are not given are empty; a stratum that is not given, or not one of the fit's, is
/// `UNSEEN`.
pub(super) fn of_new_data(spec: &ArraySpec, learnt: Option<&ArrayLevels>, rows: &Rows) -> Result<Option<SurvivalDesign>> {
    if spec.survival.is_none() && learnt.is_none() {
        return Ok(None);
    }
    check(spec, false)?;
    let mut survival = SurvivalDesign::default();
    if let Some(own) = &spec.survival {
        let used = |values: &[f64]| rows.select(Cow::Borrowed(values)).and_then(|values| try_owned("times", values));
        survival.start = own.start.as_deref().map(used).transpose()?;
        survival.stop = used(&own.stop)?;
    }
    survival.stratum = match (learnt, &spec.strata) {
        (None, _) => try_vec("strata", 0, rows.len())?,
        (Some(_), None) => try_vec("strata", UNSEEN, rows.len())?,
        (Some(learnt), Some(strata)) => given(strata).among(learnt, rows)?,
    };
    survival.strata = learnt.map_or_else(Vec::new, |learnt| learnt.labels.clone());
    Ok(Some(survival))
}

fn given(strata: &ArrayStrata) -> Given<'_> {
    Given { what: STRATA, index: &strata.index, n_levels: strata.n_strata, labels: &strata.labels }
}
