//! Frames as columns of Arrow data. Numbers are shared with the frame, not copied.

use std::sync::Arc;

use super::numbers::VALUES;
use crate::error::{Error, Result, try_collect, try_vec};
use crate::frame::{Category, Clock, Column, ColumnData, Frame, MISSING_INTEGER, Tick};
use crate::names::quoted;

/// A column with its buffers.
#[derive(Debug)]
pub struct Exported {
    pub name: String,
    pub format: String,
    pub ordered: bool,
    /// The levels are in an order that was declared.
    pub declared: bool,
    pub len: usize,
    pub n_missing: usize,
    /// A bit for each value that is there; `None` if all are.
    pub validity: Option<Vec<u8>>,
    pub values: Values,
    /// Of categories, whose values are indices.
    pub labels: Option<Labels>,
}

/// The buffer of values.
#[derive(Debug)]
pub enum Values {
    /// The real numbers, integers or times of the frame's own column.
    Shared(Arc<ColumnData>),
    Small(Vec<i32>),
    Bits(Vec<u8>),
}

/// Texts one after another.
#[derive(Debug)]
pub struct Labels {
    pub len: usize,
    pub offsets: Vec<i32>,
    pub bytes: Vec<u8>,
}

/// The columns of a frame.
pub fn export(frame: &Frame) -> Result<Vec<Exported>> {
    frame.columns().map(exported).collect()
}

fn exported(column: &Column) -> Result<Exported> {
    let shared = || Values::Shared(column.data.clone());
    let (format, values, labels) = match &*column.data {
        ColumnData::Real(_) => ("g".to_owned(), shared(), None),
        ColumnData::Integer(_) => ("l".to_owned(), shared(), None),
        ColumnData::Category(own) if own.logical => {
            ("b".to_owned(), Values::Bits(bits(own.codes.iter().map(|code| *code > 0))?), None)
        }
        ColumnData::Category(own) => ("i".to_owned(), indices(own)?, Some(texts(&column.name, own)?)),
        ColumnData::Time(own) if own.clock.tick == Tick::Day => {
            let day = |&day: &i64| if day == MISSING_INTEGER { 0 } else { day as i32 };
            ("tdD".to_owned(), Values::Small(try_collect(VALUES, own.values.iter().map(day))?), None)
        }
        ColumnData::Time(own) => (timestamp(&own.clock), shared(), None),
    };
    let n_missing = (0..column.len()).filter(|row| column.is_missing(*row)).count();
    let there = (0..column.len()).map(|row| !column.is_missing(row));
    Ok(Exported {
        name: column.name.clone(),
        format,
        ordered: matches!(&*column.data, ColumnData::Category(own) if own.ordered),
        declared: matches!(&*column.data, ColumnData::Category(own) if own.declared && !own.logical),
        len: column.len(),
        n_missing,
        validity: if n_missing == 0 { None } else { Some(bits(there)?) },
        values,
        labels,
    })
}

fn timestamp(clock: &Clock) -> String {
    let unit = match clock.tick {
        Tick::Day | Tick::Second => 's',
        Tick::Milli => 'm',
        Tick::Micro => 'u',
        Tick::Nano => 'n',
    };
    format!("ts{unit}:{}", clock.zone.as_deref().unwrap_or_default())
}

/// Codes; 0 where they are missing, for readers that look at all of them.
fn indices(own: &Category) -> Result<Values> {
    try_collect(VALUES, own.codes.iter().map(|code| (*code).max(0))).map(Values::Small)
}

/// A bit for each truth value, the lowest of a byte first.
fn bits(values: impl ExactSizeIterator<Item = bool>) -> Result<Vec<u8>> {
    let mut out = try_vec(VALUES, 0_u8, values.len().div_ceil(8))?;
    values.enumerate().filter(|(_, value)| *value).for_each(|(i, _)| out[i / 8] |= 1 << (i % 8));
    Ok(out)
}

fn texts(name: &str, own: &Category) -> Result<Labels> {
    let total: usize = own.levels.iter().map(String::len).sum();
    if i32::try_from(total).is_err() {
        let message = format!("the labels of column {} have {total} bytes, more than Arrow text holds", quoted(name));
        return Err(Error::unsupported(message));
    }
    let mut offsets = try_vec(VALUES, 0_i32, own.levels.len() + 1)?;
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(total).map_err(|_| Error::memory(VALUES, total))?;
    for (end, level) in offsets[1..].iter_mut().zip(&own.levels) {
        bytes.extend_from_slice(level.as_bytes());
        *end = bytes.len() as i32;
    }
    Ok(Labels { len: own.levels.len(), offsets, bytes })
}
