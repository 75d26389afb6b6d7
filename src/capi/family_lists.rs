//! Codes of families.

use std::ffi::CStr;
use std::mem::MaybeUninit;

use super::c_char;
use super::codes::{Codes, from_name, name_of};
use super::status::{ErrorRecord, Status};
use crate::choice::Choice;

/// The working scale of a parameter of a user-defined family.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterScaleCode {
    /// The parameter itself.
    Identity = 0,
    /// The logarithm of a positive parameter.
    Log = 1,
}

impl Choice for ParameterScaleCode {
    const LIST: &'static str = "parameter_scale";
    const ALL: &'static [(Self, &'static CStr)] = &[(ParameterScaleCode::Identity, c"identity"), (ParameterScaleCode::Log, c"log")];
}

impl Codes for ParameterScaleCode {
    type Meaning = Self;
    const CODES: &'static [(Self, Self)] =
        &[(ParameterScaleCode::Identity, ParameterScaleCode::Identity), (ParameterScaleCode::Log, ParameterScaleCode::Log)];
}

/// The name of a scale of a parameter, such as "log"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_parameter_scale_name(code: MaybeUninit<ParameterScaleCode>) -> *const c_char {
    name_of(code)
}

/// The scale of a parameter that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is
/// none; the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_parameter_scale_from_name(
    name: *const c_char,
    out: *mut ParameterScaleCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}
