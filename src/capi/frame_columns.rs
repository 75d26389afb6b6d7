//! What a frame holds.

use std::ptr::null;

use super::boundary::{boundary, query};
use super::buffer::{copy_out, target, write_out};
use super::c_char;
use super::column_lists::ColumnKindCode;
use super::frame::FrameHandle;
use super::handle::need;
use super::status::{ErrorRecord, Status};
use super::strings::text;
use crate::error::{Error, Result};
use crate::frame::{Category, Column, ColumnData};

/// Number of rows; 0 for NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_frame_n_rows(frame: Option<&FrameHandle>) -> usize {
    query(0, || Some(frame?.frame.n_rows))
}

/// Number of columns; 0 for NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_frame_n_columns(frame: Option<&FrameHandle>) -> usize {
    query(0, || Some(frame?.frame.columns.len()))
}

/// Name of a column, by its index from 0; NULL if there is none. Lives as long as the frame.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_frame_column_name(frame: Option<&FrameHandle>, column: usize) -> *const c_char {
    query(null(), || {
        let frame = frame?;
        Some(frame.names.get(column)?.get(&[&frame.frame.columns[column].name], 0))
    })
}

/// Index of the column of that name. INTERLACE_E_DATA if there is none.
/// @param name The name of the column.
/// @param out The index [1], from 0.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_frame_column_index(
    frame: Option<&FrameHandle>,
    name: *const c_char,
    out: *mut usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (frame, name, out) = (need(frame, "frame")?, text(name, "name")?, target(out, "out")?);
        out.write(frame.frame.position(name)?);
        Ok(())
    })
}

/// Kind of a column; INTERLACE_COLUMN_KIND_NONE if there is no such column.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_frame_column_kind(frame: Option<&FrameHandle>, column: usize) -> ColumnKindCode {
    query(ColumnKindCode::None, || {
        Some(match &*frame?.frame.columns.get(column)?.data {
            ColumnData::Real(_) => ColumnKindCode::Real,
            ColumnData::Integer(_) => ColumnKindCode::Integer,
            ColumnData::Category(_) => ColumnKindCode::Category,
            ColumnData::Time(_) => ColumnKindCode::Time,
        })
    })
}

/// Copies a column of numbers to `out` [n_rows]. Integers are converted, missing ones to NaN; times to days or seconds since 1970.
/// INTERLACE_E_DATA for a column of categories.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_frame_column_f64(
    frame: Option<&FrameHandle>,
    column: usize,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let column = find(frame, column)?;
        match &*column.data {
            ColumnData::Real(values) => copy_out(values, out, len),
            ColumnData::Integer(values) => {
                write_out(values.iter().map(|&v| if v == i64::MIN { f64::NAN } else { v as f64 }), out, len)
            }
            ColumnData::Time(times) => copy_out(&times.numbers()?, out, len),
            ColumnData::Category(_) => Err(need(frame, "frame")?.frame.no_numbers(column)),
        }
    })
}

/// Copies a column of integers to `out` [n_rows]; INT64_MIN is missing. INTERLACE_E_DATA for other columns.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_frame_column_i64(
    frame: Option<&FrameHandle>,
    column: usize,
    out: *mut i64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let column = find(frame, column)?;
        match &*column.data {
            ColumnData::Integer(values) => copy_out(values, out, len),
            ColumnData::Real(_) => Err(wrong_kind(column, "real numbers", "integers")),
            ColumnData::Category(_) => Err(wrong_kind(column, "categories", "integers")),
            ColumnData::Time(_) => Err(wrong_kind(column, "times", "integers")),
        }
    })
}

/// Copies the codes of a column of categories to `out` [n_rows]: indices of levels from 0, -1 for missing.
/// INTERLACE_E_DATA for other columns.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_frame_column_codes(
    frame: Option<&FrameHandle>,
    column: usize,
    out: *mut i32,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let column = find(frame, column)?;
        match &*column.data {
            ColumnData::Category(category) => copy_out(&category.codes, out, len),
            _ => Err(wrong_kind(column, "numbers", "categories")),
        }
    })
}

/// Number of levels of a column of categories; 0 for other columns.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_frame_column_n_levels(frame: Option<&FrameHandle>, column: usize) -> usize {
    query(0, || Some(category(frame?, column)?.levels.len()))
}

/// Label of a level; NULL if there is none. Lives as long as the frame, unless the column gets other levels.
/// @param level The level, from 0.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_frame_column_level(frame: Option<&FrameHandle>, column: usize, level: usize) -> *const c_char {
    query(null(), || {
        let frame = frame?;
        Some(frame.levels.get(column)?.get(&category(frame, column)?.levels, level))
    })
}

/// Whether the order of a column's levels is meaningful.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_frame_column_is_ordered(frame: Option<&FrameHandle>, column: usize) -> bool {
    query(false, || Some(category(frame?, column)?.ordered))
}

/// Label of a row in a column of categories; NULL if it is missing, or if there is no such row or column.
/// Lives as long as the frame, unless the column gets other levels.
/// @param row The row, from 0.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_frame_column_string(frame: Option<&FrameHandle>, column: usize, row: usize) -> *const c_char {
    query(null(), || {
        let frame = frame?;
        let category = category(frame, column)?;
        let level = usize::try_from(*category.codes.get(row)?).ok()?;
        Some(frame.levels.get(column)?.get(&category.levels, level))
    })
}

fn find(frame: Option<&FrameHandle>, column: usize) -> Result<&Column> {
    let columns = &need(frame, "frame")?.frame.columns;
    let count = columns.len();
    columns.get(column).ok_or_else(|| Error::argument(format!("column is {column}, the frame has {count} columns (from 0)")))
}

fn category(frame: &FrameHandle, column: usize) -> Option<&Category> {
    match &*frame.frame.columns.get(column)?.data {
        ColumnData::Category(category) => Some(category),
        _ => None,
    }
}

fn wrong_kind(column: &Column, has: &str, wanted: &str) -> Error {
    Error::data(format!("column '{}' has {has}, {wanted} are wanted", column.name))
}
