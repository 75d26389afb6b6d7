//! Version, status and error record.

use std::ffi::CStr;

use super::c_char;
use crate::error::{Code, Error};

/// Major version of this header.
pub const INTERLACE_VERSION_MAJOR: i32 = 0;
/// Minor version of this header.
pub const INTERLACE_VERSION_MINOR: i32 = 1;
/// Patch version of this header.
pub const INTERLACE_VERSION_PATCH: i32 = 0;

/// What a call that can fail returns: INTERLACE_OK (0) or one of INTERLACE_E_*.
/// A status says whether the call succeeded, not whether a model converged: that is the outcome of a fit.
pub type Status = i32;

/// The call succeeded.
pub const INTERLACE_OK: i32 = 0;
/// An argument is NULL, out of range, of the wrong length, not UTF-8, or unknown.
pub const INTERLACE_E_ARGUMENT: i32 = 1;
/// The formula cannot be read. `position` is the byte in the formula, from 0.
pub const INTERLACE_E_FORMULA: i32 = 2;
/// The data do not suit the model: a column is absent or of the wrong kind, a level is unknown. `position` is the row, from 0, or -1.
pub const INTERLACE_E_DATA: i32 = 3;
/// A numerical failure: a matrix is not positive definite, the objective is not finite.
pub const INTERLACE_E_NUMERIC: i32 = 4;
/// There is not enough memory for the data.
pub const INTERLACE_E_MEMORY: i32 = 5;
/// The progress callback asked to stop.
pub const INTERLACE_E_CANCELLED: i32 = 6;
/// A valid request that this version does not support.
pub const INTERLACE_E_UNSUPPORTED: i32 = 7;
/// A file cannot be read or written.
pub const INTERLACE_E_IO: i32 = 8;
/// The deadline of the options passed before there was a result. A fit is one with what it has at its deadline.
pub const INTERLACE_E_DEADLINE: i32 = 9;
/// A bug in the library; please report it. Do nothing with the objects of the call except free them.
pub const INTERLACE_E_INTERNAL: i32 = 99;

/// What went wrong, in memory that the caller provides: 1,024 bytes, now and in later versions. It needs no initialisation,
/// holds no pointer and is never freed. Only calls that fail write it.
/// Since 0.1.
#[repr(C)]
pub struct ErrorRecord {
    /// The status that the call returned.
    pub code: i32,
    /// Zero.
    pub reserved: i32,
    /// Byte of the formula or row of the data, from 0, depending on the code; -1 if there is none.
    pub position: i64,
    /// One line of UTF-8, NUL-terminated, truncated between characters if it is too long.
    pub message: [c_char; 1008],
}

const _: () = assert!(size_of::<ErrorRecord>() == 1024);

impl Default for ErrorRecord {
    fn default() -> Self {
        ErrorRecord { code: 0, reserved: 0, position: 0, message: [0; 1008] }
    }
}

impl ErrorRecord {
    pub(super) fn fill(&mut self, error: &Error) {
        let line = error.message.replace(|c: char| c.is_control(), " ");
        let longest = line.len().min(self.message.len() - 1);
        let cut = (0..=longest).rev().find(|&i| line.is_char_boundary(i)).unwrap_or(0);
        self.code = error.code as i32;
        self.reserved = 0;
        self.position = error.position;
        self.message = [0; 1008];
        for (to, &from) in self.message.iter_mut().zip(&line.as_bytes()[..cut]) {
            *to = from as c_char;
        }
    }

    #[cfg(test)]
    pub(super) fn text(&self) -> String {
        let bytes: Vec<u8> = self.message.iter().map(|&c| c as u8).take_while(|&c| c != 0).collect();
        String::from_utf8(bytes).unwrap()
    }
}

const STATUSES: [(Status, &CStr); 11] = [
    (INTERLACE_OK, c"ok"),
    (INTERLACE_E_ARGUMENT, c"argument"),
    (INTERLACE_E_FORMULA, c"formula"),
    (INTERLACE_E_DATA, c"data"),
    (INTERLACE_E_NUMERIC, c"numeric"),
    (INTERLACE_E_MEMORY, c"memory"),
    (INTERLACE_E_CANCELLED, c"cancelled"),
    (INTERLACE_E_UNSUPPORTED, c"unsupported"),
    (INTERLACE_E_IO, c"io"),
    (INTERLACE_E_DEADLINE, c"deadline"),
    (INTERLACE_E_INTERNAL, c"internal"),
];

// The constants are written out because the header is generated from their text.
const _: () = {
    assert!(INTERLACE_E_ARGUMENT == Code::Argument as i32 && INTERLACE_E_FORMULA == Code::Formula as i32);
    assert!(INTERLACE_E_DATA == Code::Data as i32 && INTERLACE_E_NUMERIC == Code::Numeric as i32);
    assert!(INTERLACE_E_MEMORY == Code::Memory as i32 && INTERLACE_E_CANCELLED == Code::Cancelled as i32);
    assert!(INTERLACE_E_UNSUPPORTED == Code::Unsupported as i32 && INTERLACE_E_IO == Code::Io as i32);
    assert!(INTERLACE_E_DEADLINE == Code::Deadline as i32 && INTERLACE_E_INTERNAL == Code::Internal as i32);
};

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

/// The name of a status: "ok", "argument", "formula" and so on; "unknown" for other numbers. A static string, never NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_status_name(status: Status) -> *const c_char {
    STATUSES.iter().find(|s| s.0 == status).map_or(c"unknown", |s| s.1).as_ptr()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_messages_are_cut_between_characters() {
        let mut record = ErrorRecord::default();
        record.fill(&Error::argument("é".repeat(600)));
        assert_eq!(record.text(), "é".repeat(503), "1007 bytes hold 503 characters of 2 bytes");
        record.fill(&Error::argument("two\nlines"));
        assert_eq!(record.text(), "two lines");
    }

    #[test]
    fn the_version_constants_are_cargos() {
        let constants = [INTERLACE_VERSION_MAJOR, INTERLACE_VERSION_MINOR, INTERLACE_VERSION_PATCH].map(|v| v.to_string());
        assert_eq!(constants.join("."), env!("CARGO_PKG_VERSION"));
    }
}
