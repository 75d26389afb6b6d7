//! What a Cox model adds to a spec: how ties are handled; times, events and strata from arrays.

use std::mem::MaybeUninit;

use super::boundary::boundary;
use super::buffer::{copied, optional_slice, slice};
use super::c_char;
use super::codes::{Codes, from_name, meaning, name_of};
use super::spec::{SpecHandle, model_of};
use super::spec_arrays::{arrays_of, checked_index, distinct, expect_length, owned};
use super::spec_family::kind_of;
use super::status::{ErrorRecord, Status};
use super::strings::texts;
use crate::error::{Error, Result};
use crate::spec::{ArrayStrata, ArraySurvival, ModelKind, Spec, Ties};

/// How events at the same time share the risk set.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TiesCode {
    /// No Cox model.
    None = -1,
    /// Each event has the others of its time at risk on average (Efron 1977): close to what an exact treatment gives.
    Efron = 0,
    /// Each event has all others of its time at risk (Breslow 1974).
    Breslow = 1,
}

impl Codes for TiesCode {
    type Meaning = Ties;
    const CODES: &'static [(Self, Ties)] = &[(TiesCode::Efron, Ties::Efron), (TiesCode::Breslow, Ties::Breslow)];
}

/// The name of a way to handle ties, such as "efron"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_ties_name(code: MaybeUninit<TiesCode>) -> *const c_char {
    name_of(code)
}

/// The way to handle ties that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none;
/// the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_ties_from_name(name: *const c_char, out: *mut TiesCode, err: *mut ErrorRecord) -> Status {
    from_name(name, out, err)
}

/// Sets how a Cox model handles events at the same time; INTERLACE_TIES_EFRON is the default.
/// INTERLACE_E_ARGUMENT for a model that is not INTERLACE_MODEL_COXME.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_ties(
    spec: Option<&mut SpecHandle>,
    ties: MaybeUninit<TiesCode>,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        cox(spec, "ties are")?.ties = meaning(ties, "ties")?;
        Ok(())
    })
}

/// Sets the response of a Cox model from arrays: a row is at risk at times t with `start` [n] < t <= `stop` [n], in any unit, from 0 up, and
/// `event` [n] is 1 if it ends with an event, 0 if it ends without one. `start` may be NULL: all rows are then at risk from the
/// beginning. `event` may be NULL in new data for predictions. NaN is a missing value. All arrays are copied; the last call counts.
/// INTERLACE_E_ARGUMENT for a model that is not INTERLACE_MODEL_COXME. The fit reports times and events that are none.
/// @param start Times [n] from which rows are at risk; NULL for the beginning.
/// @param stop Times [n] of events, or until which rows are at risk.
/// @param event 1 for an event at `stop`, 0 for none [n]; NULL in new data for predictions.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_survival_array(
    spec: Option<&mut SpecHandle>,
    start: *const f64,
    stop: *const f64,
    event: *const f64,
    n: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let spec = arrays_of(cox(spec, "times and events are")?)?;
        expect_length("stop", n, "n", spec.n)?;
        let start = optional_slice(start, n, "start")?.map(|start| copied(start, "start")).transpose()?;
        let stop = copied(slice(stop, n, "stop")?, "stop")?;
        let event = copied(optional_slice(event, n, "event")?.unwrap_or_default(), "event")?;
        spec.survival = Some(ArraySurvival { start, stop, event });
        Ok(())
    })
}

/// Divides the rows of a Cox model from arrays into strata, each with a baseline hazard of its own: `index` [n] holds the stratum of each
/// row, from 0 to `n_strata` - 1, or -1 if missing. `labels` [n_strata] may be NULL for "1", "2" and so on. In new data for predictions,
/// strata with labels match those of the fit by label, strata without by number. For combinations of several factors, number the
/// combinations. All arrays are copied; the last call counts.
/// INTERLACE_E_ARGUMENT for a model that is not INTERLACE_MODEL_COXME.
/// @param index The stratum of each row [n], from 0; -1 is missing.
/// @param n_strata The number of strata.
/// @param labels The names of the strata [n_strata]; NULL for "1", "2" and so on.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_set_strata_array(
    spec: Option<&mut SpecHandle>,
    index: *const i64,
    n: usize,
    n_strata: usize,
    labels: *const *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let spec = arrays_of(cox(spec, "strata are")?)?;
        expect_length("index", n, "n", spec.n)?;
        let index = checked_index(slice(index, n, "index")?, n_strata, "n_strata")?;
        let labels = if labels.is_null() { vec![] } else { owned(&texts(labels, n_strata, "labels")?)? };
        distinct("labels", &labels)?;
        spec.strata = Some(ArrayStrata { index, n_strata, labels });
        Ok(())
    })
}

/// The spec of a Cox model.
fn cox<'a>(spec: Option<&'a mut SpecHandle>, what: &str) -> Result<&'a mut Spec> {
    let spec = model_of(spec)?;
    if spec.kind != ModelKind::Coxme {
        let kind = kind_of(spec.kind);
        return Err(Error::argument(format!("spec is of {kind}, {what} for one of INTERLACE_MODEL_COXME")));
    }
    Ok(spec)
}
