//! Status and error record.

use std::ffi::CStr;
use std::mem::MaybeUninit;

use libc::c_char;

use crate::choice::Choice;
use crate::error::{Code, Error};

/// What a call that can fail returns. It says whether the call succeeded, not whether a model converged: that is the reason of a fit.
/// Since 0.1.
/// cbindgen:rename-all=ScreamingSnakeCase
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The call succeeded.
    InterlaceOk = 0,
    /// An argument is NULL, out of range, of the wrong length, not UTF-8, or unknown.
    InterlaceEArgument = 1,
    /// The formula cannot be read. `position` is the byte in the formula, from 0.
    InterlaceEFormula = 2,
    /// The data do not suit the model: a column is absent or of the wrong kind, a level is unknown. `position` is the row, from 0, or -1.
    InterlaceEData = 3,
    /// A numerical failure: a matrix is not positive definite, the objective is not finite.
    InterlaceENumeric = 4,
    /// There is not enough memory for the data.
    InterlaceEMemory = 5,
    /// The progress callback asked to stop.
    InterlaceECancelled = 6,
    /// A valid request that this version does not support.
    InterlaceEUnsupported = 7,
    /// A file cannot be read or written, or a stream of Arrow data failed.
    InterlaceEIo = 8,
    /// The deadline of the options passed before there was a result. A fit itself never ends so: it is made of what there is at its deadline.
    InterlaceEDeadline = 9,
    /// A bug in the library; please report it. Do nothing with the objects of the call except free them.
    InterlaceEInternal = 99,
}

impl Choice for Status {
    const LIST: &'static str = "status";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (Status::InterlaceOk, c"ok"),
        (Status::InterlaceEArgument, c"argument"),
        (Status::InterlaceEFormula, c"formula"),
        (Status::InterlaceEData, c"data"),
        (Status::InterlaceENumeric, c"numeric"),
        (Status::InterlaceEMemory, c"memory"),
        (Status::InterlaceECancelled, c"cancelled"),
        (Status::InterlaceEUnsupported, c"unsupported"),
        (Status::InterlaceEIo, c"io"),
        (Status::InterlaceEDeadline, c"deadline"),
        (Status::InterlaceEInternal, c"internal"),
    ];
}

impl From<Code> for Status {
    fn from(code: Code) -> Self {
        match code {
            Code::Argument => Status::InterlaceEArgument,
            Code::Formula => Status::InterlaceEFormula,
            Code::Data => Status::InterlaceEData,
            Code::Numeric => Status::InterlaceENumeric,
            Code::Memory => Status::InterlaceEMemory,
            Code::Cancelled => Status::InterlaceECancelled,
            Code::Unsupported => Status::InterlaceEUnsupported,
            Code::Io => Status::InterlaceEIo,
            Code::Deadline => Status::InterlaceEDeadline,
            Code::Internal => Status::InterlaceEInternal,
        }
    }
}

/// What went wrong, in memory that the caller provides: 1,024 bytes, now and in later versions. It needs no initialisation,
/// holds no pointer and is never freed. Only calls that fail write it.
/// Since 0.1.
#[repr(C)]
pub struct ErrorRecord {
    /// The status that the call returned.
    pub code: MaybeUninit<Status>,
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
        ErrorRecord { code: MaybeUninit::new(Status::InterlaceOk), reserved: 0, position: 0, message: [0; 1008] }
    }
}

impl ErrorRecord {
    pub(super) fn fill(&mut self, error: &Error) {
        let line = error.message.replace(|c: char| c.is_control(), " ");
        let longest = line.len().min(self.message.len() - 1);
        let cut = (0..=longest).rev().find(|&i| line.is_char_boundary(i)).unwrap_or(0);
        self.code = MaybeUninit::new(error.code.into());
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
}
