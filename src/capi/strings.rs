//! Strings across the border.

use std::ffi::{CStr, CString};
use std::path::Path;
use std::ptr::null as null_pointer;
use std::sync::OnceLock;

use super::buffer::slice;
use super::c_char;
use super::handle::null;
use crate::error::{Error, Result, try_push};

/// The text that C passes.
pub(super) unsafe fn text<'a>(value: *const c_char, name: &str) -> Result<&'a str> {
    optional_text(value, name)?.ok_or_else(|| null(name))
}

/// The text that C passes, or `None` for NULL.
pub(super) unsafe fn optional_text<'a>(value: *const c_char, name: &str) -> Result<Option<&'a str>> {
    if value.is_null() {
        return Ok(None);
    }
    let bytes = CStr::from_ptr(value).to_bytes();
    let text = std::str::from_utf8(bytes);
    text.map(Some).map_err(|e| Error::argument(format!("{name} is not UTF-8: byte {} is invalid", e.valid_up_to())))
}

/// The path that C passes: where paths are bytes, any of them.
pub(super) unsafe fn system_path<'a>(value: *const c_char, name: &str) -> Result<&'a Path> {
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        if value.is_null() {
            return Err(null(name));
        }
        Ok(Path::new(std::ffi::OsStr::from_bytes(CStr::from_ptr(value).to_bytes())))
    }
    #[cfg(not(unix))]
    text(value, name).map(Path::new)
}

/// The array of texts that C passes; NULL entries are errors.
pub(super) unsafe fn texts<'a>(values: *const *const c_char, len: usize, name: &str) -> Result<Vec<&'a str>> {
    let each = slice(values, len, name)?.iter().enumerate();
    try_each(name, len, each.map(|(i, &value)| text(value, &format!("{name}[{i}]"))))
}

/// The array of texts that C passes; NULL entries are `None`.
pub(super) unsafe fn optional_texts<'a>(values: *const *const c_char, len: usize, name: &str) -> Result<Vec<Option<&'a str>>> {
    let each = slice(values, len, name)?.iter().enumerate();
    let each =
        each.map(|(i, &value)| optional_text(value, name).map_err(|e| Error::argument(format!("{name}[{i}]: {}", e.message))));
    try_each(name, len, each)
}

/// All of `len` items or the first failure; an error where memory is short, too.
fn try_each<T>(name: &str, len: usize, items: impl Iterator<Item = Result<T>>) -> Result<Vec<T>> {
    let mut all = Vec::new();
    all.try_reserve_exact(len).map_err(|_| Error::memory(name, len.saturating_mul(size_of::<T>())))?;
    for item in items {
        all.push(item?);
    }
    Ok(all)
}

/// A copy for C; a NUL inside, which C couldn't see past, becomes the replacement character.
pub(super) fn c_string(text: &str) -> CString {
    CString::new(text).unwrap_or_else(|_| CString::new(text.replace('\0', "\u{fffd}")).unwrap_or_default())
}

/// Copies for C of a list of strings, made when first asked for, in one block of memory.
#[derive(Debug, Default)]
pub(super) struct StringTable(OnceLock<(Vec<u8>, Vec<usize>)>);

/// The bytes of strings, each with its NUL, and where each begins.
fn table(strings: impl IntoIterator<Item: AsRef<str>>) -> Result<(Vec<u8>, Vec<usize>)> {
    let (mut bytes, mut starts, what) = (Vec::new(), Vec::new(), "labels");
    for string in strings {
        try_push(what, &mut starts, bytes.len())?;
        let text = c_string(string.as_ref());
        let own = text.as_bytes_with_nul();
        bytes.try_reserve(own.len()).map_err(|_| Error::memory(what, bytes.len() + own.len()))?;
        bytes.extend_from_slice(own);
    }
    Ok((bytes, starts))
}

impl StringTable {
    /// The `i`-th of the strings, which must be the same ones at each call; NULL if there are not so many, or memory is short.
    pub(super) fn get<S: AsRef<str>>(&self, strings: &[S], i: usize) -> *const c_char {
        self.get_with(|| strings, i)
    }

    /// The `i`-th of the strings that `make` makes; it is called once.
    pub(super) fn get_with<I>(&self, make: impl FnOnce() -> I, i: usize) -> *const c_char
    where
        I: IntoIterator<Item: AsRef<str>>,
    {
        let own = self.0.get().or_else(|| table(make()).ok().map(|own| self.0.get_or_init(|| own)));
        let found = own.and_then(|(bytes, starts)| Some(bytes[*starts.get(i)?..].as_ptr().cast()));
        found.unwrap_or(null_pointer())
    }

    /// The only string of a table, or why it cannot be made.
    pub(super) fn get_or_make(&self, make: impl FnOnce() -> Result<String>) -> Result<*const c_char> {
        if self.0.get().is_none() {
            let own = table([make()?])?;
            self.0.get_or_init(|| own);
        }
        Ok(self.get_with(|| [""; 0], 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_gives_each_string_and_null_past_the_end() {
        let strings = ["a", "", "be\0ta"];
        let table = StringTable::default();
        let read = |i| unsafe { CStr::from_ptr(table.get(&strings, i)) }.to_str().unwrap();
        assert_eq!((read(0), read(1), read(2)), ("a", "", "be\u{fffd}ta"));
        assert!(table.get(&strings, 3).is_null());
    }

    #[test]
    fn invalid_utf8_names_argument_and_byte() {
        let error = unsafe { text(c"ab\xff".as_ptr(), "formula") }.unwrap_err();
        assert_eq!(error.message, "formula is not UTF-8: byte 2 is invalid");
    }
}
