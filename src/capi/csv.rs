//! CSV text as frames, and how it is read.

use std::borrow::Cow;

use super::boundary::{boundary, query};
use super::buffer::{slice, target};
use super::c_char;
use super::frame::FrameHandle;
use super::handle::{free, give, need};
use super::status::{ErrorRecord, Status};
use super::strings::{system_path, texts};
use crate::error::Result;
use crate::frame::{CsvOptions, Frame};

/// How to read CSV text. Functions with CSV options accept NULL for the defaults.
/// Since 0.1.
pub struct CsvOptionsHandle {
    options: CsvOptions,
}

/// Makes CSV options with their default values.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_csv_options_new(out: *mut *mut CsvOptionsHandle, err: *mut ErrorRecord) -> Status {
    boundary(err, || {
        let out = target(out, "out")?;
        out.write(give(CsvOptionsHandle { options: CsvOptions::default() })?);
        Ok(())
    })
}

/// The separator of cells: an ASCII character such as ',', ';' or '\t', not a letter, digit, sign, point or line break. 0, the default, is a
/// comma, or a semicolon with decimal commas; text that seems to use another separator is then INTERLACE_E_DATA, and the message names it.
/// There is no such check if a separator is given.
/// @param separator One byte of ASCII.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_csv_options_set_separator(
    options: Option<&mut CsvOptionsHandle>,
    separator: c_char,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| {
        options.separator = (separator != 0).then_some(separator as u8);
        Ok(())
    })
}

/// The decimal mark of numbers, '.' (the default) or ','.
/// @param decimal A point or a comma.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_csv_options_set_decimal(
    options: Option<&mut CsvOptionsHandle>,
    decimal: c_char,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| {
        options.decimal = decimal as u8;
        Ok(())
    })
}

/// The quote around a cell with separators, quotes or line breaks, '"' by default; 0 treats quotes as ordinary characters.
/// @param quote One byte of ASCII; 0 for no quotes.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_csv_options_set_quote(
    options: Option<&mut CsvOptionsHandle>,
    quote: c_char,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| {
        options.quote = (quote != 0).then_some(quote as u8);
        Ok(())
    })
}

/// The texts `strings` [n_strings] that mean a missing value, ignoring blanks around them, instead of the default: "NA", "NaN" and the empty
/// cell. In a column of numbers an empty cell is always missing.
/// @param n_strings The number of texts.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_csv_options_set_na_strings(
    options: Option<&mut CsvOptionsHandle>,
    strings: *const *const c_char,
    n_strings: usize,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| {
        options.missing = owned_texts(strings, n_strings, "strings")?;
        Ok(())
    })
}

/// The columns `names` [n_names] that are categories whatever they look like; each must exist.
/// @param n_names The number of names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_csv_options_set_categorical(
    options: Option<&mut CsvOptionsHandle>,
    names: *const *const c_char,
    n_names: usize,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| {
        options.categorical = owned_texts(names, n_names, "names")?;
        Ok(())
    })
}

/// Whether a column of text most of whose cells are numbers, or dates, is INTERLACE_E_DATA with the line and the cell (true), unless it is
/// categorical. The default is false: such a column is text, and a fit that uses it as a covariate warns, or fails where numbers are required.
/// @param strict Whether such a column is an error.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_csv_options_set_strict_numbers(
    options: Option<&mut CsvOptionsHandle>,
    strict: bool,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| {
        options.strict_numbers = strict;
        Ok(())
    })
}

/// Frees CSV options. NULL is allowed.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_csv_options_free(options: Option<Box<CsvOptionsHandle>>) {
    free(options);
}

unsafe fn change(
    options: Option<&mut CsvOptionsHandle>,
    err: *mut ErrorRecord,
    set: impl FnOnce(&mut CsvOptions) -> Result<()>,
) -> Status {
    boundary(err, || {
        let handle = need(options, "options")?;
        let mut changed = handle.options.clone();
        set(&mut changed)?;
        handle.options = changed;
        Ok(())
    })
}

/// Reads a CSV file: UTF-8 with a header of distinct names, with the separator of `options` (NULL: a comma). A column is integers if every cell
/// is one, otherwise real numbers if every cell is one, otherwise categories (levels sorted by their bytes); cells that are empty, NA or NaN
/// are missing. The frame keeps the line of each row, for messages. The path may be any bytes that the system accepts.
/// INTERLACE_E_IO if the file cannot be read; INTERLACE_E_DATA if it is not CSV (`position` is the row, from 0); INTERLACE_E_ARGUMENT if the
/// options contradict each other.
/// @param path The path of the file.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_frame_read_csv(
    path: *const c_char,
    options: Option<&CsvOptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || read_path(path, &options_of(options), out))
}

/// Reads CSV text of `len` bytes from memory; otherwise as interlace_frame_read_csv.
/// @param bytes The text [len].
/// @param len The number of bytes.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_frame_read_csv_bytes(
    bytes: *const c_char,
    len: usize,
    options: Option<&CsvOptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || read_bytes(bytes, len, &options_of(options), out))
}

/// Seconds that reading the CSV text of a frame took; NaN for a frame that was not read from CSV.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_frame_read_seconds(frame: Option<&FrameHandle>) -> f64 {
    query(f64::NAN, || frame?.frame.read_seconds)
}

unsafe fn owned_texts(strings: *const *const c_char, n: usize, name: &str) -> Result<Vec<String>> {
    Ok(texts(strings, n, name)?.into_iter().map(String::from).collect())
}

pub(super) fn options_of(options: Option<&CsvOptionsHandle>) -> Cow<'_, CsvOptions> {
    options.map_or_else(|| Cow::Owned(CsvOptions::default()), |handle| Cow::Borrowed(&handle.options))
}

unsafe fn read_path(path: *const c_char, options: &CsvOptions, out: *mut *mut FrameHandle) -> Result<()> {
    let out = target(out, "out")?;
    let frame = Frame::from_csv_path(system_path(path, "path")?, options)?;
    out.write(give(FrameHandle::new(frame))?);
    Ok(())
}

unsafe fn read_bytes(bytes: *const c_char, len: usize, options: &CsvOptions, out: *mut *mut FrameHandle) -> Result<()> {
    let out = target(out, "out")?;
    let frame = Frame::from_csv(slice(bytes.cast::<u8>(), len, "bytes")?, options)?;
    out.write(give(FrameHandle::new(frame))?);
    Ok(())
}
