//! Codes: the enumerations of the header.
//!
//! C may pass any integer for an enumeration, so codes arrive as `MaybeUninit<E>`, for which every integer is valid; the header shows `E`.

use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::ptr::null;

use super::boundary::{boundary, query};
use super::buffer::target;
use super::c_char;
use super::status::{ErrorRecord, Status};
use super::strings::text;
use crate::choice::Choice;
use crate::error::{Error, Result};

/// An enumeration of the header. The codes of a list stand for values that have the names.
pub(super) trait Codes: Copy + 'static {
    type Meaning: Choice;
    const CODES: &'static [(Self, Self::Meaning)];
}

/// What a code from C stands for, or an error that names the argument, the number and those that are allowed.
pub(super) fn meaning<E: Codes>(code: MaybeUninit<E>, argument: &str) -> Result<E::Meaning> {
    known(code).ok_or_else(|| {
        let listed = |(code, value): &(E, E::Meaning)| format!("{} ({})", number(MaybeUninit::new(*code)), value.name());
        let all = E::CODES.iter().map(listed).collect::<Vec<_>>().join(", ");
        Error::argument(format!("{argument} is {}, it must be one of {all}", number(code)))
    })
}

/// The code of a value, if its list has one.
pub(super) fn code_of<E: Codes>(value: E::Meaning) -> Option<E> {
    E::CODES.iter().find(|(_, own)| *own == value).map(|(code, _)| *code)
}

/// The name of a code; NULL if it is none.
pub(super) fn name_of<E: Codes>(code: MaybeUninit<E>) -> *const c_char {
    query(null(), || Some(known(code)?.c_name().as_ptr()))
}

/// The code that has a name, to `out`.
pub(super) unsafe fn from_name<E: Codes>(name: *const c_char, out: *mut E, err: *mut ErrorRecord) -> Status {
    boundary(err, || {
        let (name, out) = (text(name, "name")?, target(out, "out")?);
        let value = E::Meaning::from_name(name)?;
        let listed = || Error::argument(format!("name: {} has no code", value.name()));
        out.write(code_of(value).ok_or_else(listed)?);
        Ok(())
    })
}

fn known<E: Codes>(code: MaybeUninit<E>) -> Option<E::Meaning> {
    let wanted = number(code);
    E::CODES.iter().find(|(own, _)| number(MaybeUninit::new(*own)) == wanted).map(|(_, value)| *value)
}

/// The integer of a code.
fn number<E: Codes>(code: MaybeUninit<E>) -> c_int {
    const { assert!(size_of::<E>() == size_of::<c_int>()) };
    // SAFETY: the sizes are equal, and C passes an initialised integer.
    unsafe { std::mem::transmute_copy(&code) }
}

#[cfg(test)]
mod tests {
    use super::super::fit_lists::DfCode;
    use super::*;
    use crate::inference::degrees_of_freedom::DfMethod;

    fn raw(number: c_int) -> MaybeUninit<DfCode> {
        unsafe { std::mem::transmute(number) }
    }

    #[test]
    fn any_integer_may_come_and_only_codes_pass() {
        assert_eq!(meaning(raw(4), "df"), Ok(DfMethod::KenwardRoger));
        for wrong in [-1, 5, c_int::MAX, c_int::MIN] {
            let message = meaning(raw(wrong), "df").unwrap_err().message;
            assert!(message.starts_with(&format!("df is {wrong}, it must be one of 0 (default), 1 (normal)")), "{message}");
            assert!(name_of(raw(wrong)).is_null());
        }
    }

    #[test]
    fn names_lead_back_to_codes() {
        let mut out = DfCode::Default;
        let status = unsafe { from_name(c"Kenward-Roger".as_ptr(), &raw mut out, std::ptr::null_mut()) };
        assert_eq!((status, out), (Status::InterlaceOk, DfCode::KenwardRoger));
    }
}
