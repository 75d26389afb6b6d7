//! Codes of columns.

use std::ffi::CStr;
use std::mem::MaybeUninit;

use super::c_char;
use super::codes::{Codes, from_name, name_of};
use super::status::{ErrorRecord, Status};
use crate::choice::Choice;

/// What a column of a frame holds.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKindCode {
    /// No such column.
    None = -1,
    /// Real numbers; NaN is missing.
    Real = 0,
    /// Integers; INT64_MIN is missing.
    Integer = 1,
    /// Categories: codes from 0 into a list of levels; -1 is missing.
    Category = 2,
    /// Days, or points in time, as numbers days or seconds since 1970-01-01. Only Arrow data have such columns.
    Time = 3,
}

impl Choice for ColumnKindCode {
    const LIST: &'static str = "column_kind";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (ColumnKindCode::Real, c"real"),
        (ColumnKindCode::Integer, c"integer"),
        (ColumnKindCode::Category, c"category"),
        (ColumnKindCode::Time, c"time"),
    ];
}

impl Codes for ColumnKindCode {
    type Meaning = Self;
    const CODES: &'static [(Self, Self)] = &[
        (ColumnKindCode::Real, ColumnKindCode::Real),
        (ColumnKindCode::Integer, ColumnKindCode::Integer),
        (ColumnKindCode::Category, ColumnKindCode::Category),
        (ColumnKindCode::Time, ColumnKindCode::Time),
    ];
}

/// The name of a kind of column, such as "category"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_column_kind_name(code: MaybeUninit<ColumnKindCode>) -> *const c_char {
    name_of(code)
}

/// The kind of column that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none; the
/// message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_column_kind_from_name(
    name: *const c_char,
    out: *mut ColumnKindCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}
