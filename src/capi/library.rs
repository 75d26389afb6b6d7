//! The version of the library, and the names of statuses.

use std::ffi::CStr;
use std::mem::MaybeUninit;

use super::c_char;
use super::codes::{Codes, from_name, name_of};
use super::status::{ErrorRecord, Status};

/// Major version of this header.
pub const INTERLACE_VERSION_MAJOR: i32 = 0;
/// Minor version of this header.
pub const INTERLACE_VERSION_MINOR: i32 = 1;
/// Patch version of this header.
pub const INTERLACE_VERSION_PATCH: i32 = 0;

impl Codes for Status {
    type Meaning = Self;
    const CODES: &'static [(Self, Self)] = &[
        (Status::InterlaceOk, Status::InterlaceOk),
        (Status::InterlaceEArgument, Status::InterlaceEArgument),
        (Status::InterlaceEFormula, Status::InterlaceEFormula),
        (Status::InterlaceEData, Status::InterlaceEData),
        (Status::InterlaceENumeric, Status::InterlaceENumeric),
        (Status::InterlaceEMemory, Status::InterlaceEMemory),
        (Status::InterlaceECancelled, Status::InterlaceECancelled),
        (Status::InterlaceEUnsupported, Status::InterlaceEUnsupported),
        (Status::InterlaceEIo, Status::InterlaceEIo),
        (Status::InterlaceEDeadline, Status::InterlaceEDeadline),
        (Status::InterlaceEInternal, Status::InterlaceEInternal),
    ];
}

/// The version of the running library, "0.1.0". A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_version() -> *const c_char {
    const VERSION: &CStr = match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
        Ok(version) => version,
        Err(_) => panic!("a version has no NUL"),
    };
    VERSION.as_ptr()
}

/// The version of the running library as one number: 1000000 major + 1000 minor + patch.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_version_number() -> i32 {
    1_000_000 * INTERLACE_VERSION_MAJOR + 1000 * INTERLACE_VERSION_MINOR + INTERLACE_VERSION_PATCH
}

/// The name of a status, such as "argument"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_status_name(code: MaybeUninit<Status>) -> *const c_char {
    name_of(code)
}

/// The status that has the name, to `out`. INTERLACE_E_ARGUMENT if there is none; the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_status_from_name(name: *const c_char, out: *mut Status, err: *mut ErrorRecord) -> Status {
    from_name(name, out, err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_constants_are_cargos() {
        let constants = [INTERLACE_VERSION_MAJOR, INTERLACE_VERSION_MINOR, INTERLACE_VERSION_PATCH].map(|v| v.to_string());
        assert_eq!(constants.join("."), env!("CARGO_PKG_VERSION"));
    }
}
