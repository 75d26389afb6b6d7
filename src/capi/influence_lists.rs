//! Codes of influence.

use std::mem::MaybeUninit;

use super::c_char;
use super::codes::{Codes, from_name, name_of};
use super::status::{ErrorRecord, Status};
use crate::diagnostics::influence::InfluenceMethod;

/// How the estimates without a case are had.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InfluenceMethodCode {
    /// The model is fitted to the other rows, from the estimates of all rows to the end of the search.
    Refit = 0,
    /// One Newton step from the estimates of all rows, with the Hessian of all rows.
    OneStep = 1,
    /// The covariances of random effects and residuals are held: HLMdiag's values. Of linear models.
    Fixed = 2,
}

impl Codes for InfluenceMethodCode {
    type Meaning = InfluenceMethod;
    const CODES: &'static [(Self, InfluenceMethod)] = &[
        (InfluenceMethodCode::Refit, InfluenceMethod::Refit),
        (InfluenceMethodCode::OneStep, InfluenceMethod::OneStep),
        (InfluenceMethodCode::Fixed, InfluenceMethod::Fixed),
    ];
}

/// The name of a method of influence, such as "one_step"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_influence_method_name(code: MaybeUninit<InfluenceMethodCode>) -> *const c_char {
    name_of(code)
}

/// The method of influence that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none;
/// the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_influence_method_from_name(
    name: *const c_char,
    out: *mut InfluenceMethodCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}
