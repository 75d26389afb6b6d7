//! Frames: data in, tables out.

use std::fs::File;
use std::io::{BufWriter, Write};

use super::boundary::boundary;
use super::buffer::{copied, slice, target};
use super::c_char;
use super::handle::{free, give, need};
use super::status::{ErrorRecord, Status};
use super::strings::{StringTable, optional_texts, system_path, text, texts};
use crate::error::{Code, Error, Result, try_collect, try_vec};
use crate::frame::Frame;
use crate::names::quoted;

/// A data frame: named columns of equal length. Data go in as a frame, and every table of results comes out as a frame.
/// Since 0.1.
pub struct FrameHandle {
    pub(super) frame: Frame,
    /// One a column, so that a name stays where it is as columns are added.
    pub(super) names: Vec<StringTable>,
    pub(super) levels: Vec<StringTable>,
}

impl FrameHandle {
    pub(super) fn new(frame: Frame) -> Self {
        let tables = || frame.columns.iter().map(|_| StringTable::default()).collect();
        FrameHandle { names: tables(), levels: tables(), frame }
    }

    /// Changes the frame and lets the tables of strings follow.
    fn change(&mut self, change: impl FnOnce(&mut Frame) -> Result<()>) -> Result<()> {
        change(&mut self.frame)?;
        self.names.resize_with(self.frame.columns.len(), StringTable::default);
        self.levels.resize_with(self.frame.columns.len(), StringTable::default);
        Ok(())
    }

    /// Changes the levels of a column; pointers to the old ones end here.
    fn change_levels(&mut self, name: &str, change: impl FnOnce(&mut Frame) -> Result<()>) -> Result<()> {
        change(&mut self.frame)?;
        self.levels[self.frame.position(name)?] = StringTable::default();
        Ok(())
    }
}

/// Makes a frame of `n_rows` rows and no columns.
/// @param n_rows The number of rows that all columns will have.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_frame_new(n_rows: usize, out: *mut *mut FrameHandle, err: *mut ErrorRecord) -> Status {
    boundary(err, || {
        let out = target(out, "out")?;
        out.write(give(FrameHandle::new(Frame::new(n_rows)))?);
        Ok(())
    })
}

/// Adds a column of real numbers `values` [n_rows], which are copied. NaN is a missing value.
/// INTERLACE_E_ARGUMENT if `len` is not the number of rows or the name is taken.
/// @param name The name of the new column.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_frame_add_f64(
    frame: Option<&mut FrameHandle>,
    name: *const c_char,
    values: *const f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (frame, name) = (need(frame, "frame")?, text(name, "name")?);
        frame.frame.check_new(name, len)?;
        let values = copied(slice(values, len, "values")?, "values")?;
        frame.change(|frame| frame.add_real(name, values))
    })
}

/// Adds a column of integers `values` [n_rows], which are copied. INT32_MIN is a missing value.
/// INTERLACE_E_ARGUMENT if `len` is not the number of rows or the name is taken.
/// @param name The name of the new column.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_frame_add_i32(
    frame: Option<&mut FrameHandle>,
    name: *const c_char,
    values: *const i32,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (frame, name) = (need(frame, "frame")?, text(name, "name")?);
        frame.frame.check_new(name, len)?;
        let source = slice(values, len, "values")?;
        let mut values = try_vec("values", i64::MIN, len)?;
        for (to, &from) in values.iter_mut().zip(source) {
            *to = if from == i32::MIN { i64::MIN } else { i64::from(from) };
        }
        frame.change(|frame| frame.add_integers(name, values))
    })
}

/// Adds a column of integers `values` [n_rows], which are copied. INT64_MIN is a missing value.
/// INTERLACE_E_ARGUMENT if `len` is not the number of rows or the name is taken.
/// @param name The name of the new column.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_frame_add_i64(
    frame: Option<&mut FrameHandle>,
    name: *const c_char,
    values: *const i64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (frame, name) = (need(frame, "frame")?, text(name, "name")?);
        frame.frame.check_new(name, len)?;
        let values = copied(slice(values, len, "values")?, "values")?;
        frame.change(|frame| frame.add_integers(name, values))
    })
}

/// Adds a column of categories. `codes` [n_rows] are indices into `levels` [n_levels], from 0; -1 is a missing value.
/// The levels keep the order given here; `ordered` says that this order is meaningful (the contrasts are then polynomial).
/// Everything is copied. INTERLACE_E_ARGUMENT if `len` is not the number of rows, the name is taken, a level occurs twice, or
/// a code is out of range.
/// @param name The name of the new column.
/// @param n_levels The number of levels.
/// @param ordered Whether the order of the levels means something, as in an ordered factor.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_frame_add_categorical(
    frame: Option<&mut FrameHandle>,
    name: *const c_char,
    codes: *const i32,
    len: usize,
    levels: *const *const c_char,
    n_levels: usize,
    ordered: bool,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (frame, name) = (need(frame, "frame")?, text(name, "name")?);
        frame.frame.check_new(name, len)?;
        let codes = copied(slice(codes, len, "codes")?, "codes")?;
        let levels = try_collect("levels", texts(levels, n_levels, "levels")?.into_iter().map(String::from))?;
        frame.change(|frame| frame.add_category(name, codes, levels, ordered))
    })
}

/// Adds a column of categories from their labels `values` [n_rows], which are copied; a NULL entry is a missing value.
/// The levels are the labels that occur, sorted by their bytes; interlace_frame_set_levels gives them another order.
/// INTERLACE_E_ARGUMENT if `len` is not the number of rows or the name is taken.
/// @param name The name of the new column.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_frame_add_strings(
    frame: Option<&mut FrameHandle>,
    name: *const c_char,
    values: *const *const c_char,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (frame, name) = (need(frame, "frame")?, text(name, "name")?);
        frame.frame.check_new(name, len)?;
        let values = optional_texts(values, len, "values")?;
        frame.change(|frame| frame.add_strings(name, &values))
    })
}

/// Declares the levels of a column and their order. `levels` [n_levels] must hold every label that occurs, and may hold more;
/// `ordered` says that the order is meaningful. This turns a column of numbers into categories, each number
/// labelled by its shortest text ("308"). Pointers to the column's earlier labels become invalid.
/// INTERLACE_E_DATA if there is no such column or a value is not among the levels.
/// @param name The name of the column.
/// @param n_levels The number of levels.
/// @param ordered Whether the order of the levels means something.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_frame_set_levels(
    frame: Option<&mut FrameHandle>,
    name: *const c_char,
    levels: *const *const c_char,
    n_levels: usize,
    ordered: bool,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (frame, name) = (need(frame, "frame")?, text(name, "name")?);
        let levels = try_collect("levels", texts(levels, n_levels, "levels")?.into_iter().map(String::from))?;
        frame.change_levels(name, |frame| frame.set_levels(name, levels, ordered))
    })
}

/// Turns a column of numbers into categories labelled by the numbers' shortest texts, sorted by their bytes ("10" before "9"); times have
/// their ISO text, in the order of time. A column of categories does not change. INTERLACE_E_DATA if there is no such column.
/// @param name The name of the column.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_frame_make_categorical(
    frame: Option<&mut FrameHandle>,
    name: *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (frame, name) = (need(frame, "frame")?, text(name, "name")?);
        frame.change_levels(name, |frame| frame.make_category(name))
    })
}

/// Adds the rows of `other`, whose columns must have the same names and types in the same order. Levels that `frame` does not have come
/// last or, if neither column has its own order, in byte order; pointers to the old labels become invalid.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_frame_append(
    frame: Option<&mut FrameHandle>,
    other: *const FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let own = need(frame, "frame")?;
        if std::ptr::eq(own, other) {
            return Err(Error::argument("other is the frame itself"));
        }
        let other = need(other.as_ref(), "other")?;
        own.frame.append(&other.frame)?;
        own.levels.iter_mut().for_each(|levels| *levels = StringTable::default());
        Ok(())
    })
}

/// Writes the frame as a CSV file, with a header. Numbers have the shortest text that reads back to the same number, missing values
/// are NA. INTERLACE_E_IO if the file cannot be written.
/// @param path The path of the file, which is replaced if it exists.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_frame_write_csv(
    frame: Option<&FrameHandle>,
    path: *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (frame, path) = (need(frame, "frame")?, system_path(path, "path")?);
        let failure =
            |e: std::io::Error| Error::new(Code::Io, format!("{} can't be written: {e}", quoted(&path.to_string_lossy())));
        let mut out = BufWriter::new(File::create(path).map_err(failure)?);
        frame.frame.write_csv(&mut out).map_err(failure)?;
        out.flush().map_err(failure)
    })
}

/// Makes a frame of the rows of another that differ in the columns given: rows that are equal in all of them are one row, where they first
/// occur, and a column of integers says how many they are. Missing values are equal to each other. By the number of rows of both frames a
/// caller sees the gain. Rows of binomial models that are equal, the response included, are fitted as one with the count as weight: the
/// estimates are the same.
/// @param columns The names of the columns [n].
/// @param n The number of names, at least 1.
/// @param count The name of the column with the numbers of rows.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_frame_aggregate(
    frame: Option<&FrameHandle>,
    columns: *const *const c_char,
    n: usize,
    count: *const c_char,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (frame, out) = (&need(frame, "frame")?.frame, target(out, "out")?);
        let columns = texts(columns, n, "columns")?;
        out.write(give(FrameHandle::new(frame.aggregate(&columns, text(count, "count")?)?))?);
        Ok(())
    })
}

/// Frees a frame. NULL is allowed.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_frame_free(frame: Option<Box<FrameHandle>>) {
    free(frame);
}
