//! What a Cox model adds to a spec: how ties are handled.

use std::mem::MaybeUninit;

use super::boundary::boundary;
use super::c_char;
use super::codes::{Codes, from_name, meaning, name_of};
use super::spec::{SpecHandle, model_of};
use super::spec_family::kind_of;
use super::status::{ErrorRecord, Status};
use crate::error::Error;
use crate::spec::{ModelKind, Ties};

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
        let spec = model_of(spec)?;
        if spec.kind != ModelKind::Coxme {
            let kind = kind_of(spec.kind);
            return Err(Error::argument(format!("spec is of {kind}, ties are for one of INTERLACE_MODEL_COXME")));
        }
        spec.ties = meaning(ties, "ties")?;
        Ok(())
    })
}
