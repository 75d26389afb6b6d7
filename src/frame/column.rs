//! One column of a frame: its values, and which are missing.

use std::borrow::Cow;
use std::sync::Arc;

use super::time::Clock;
use crate::error::{Result, try_collect};

/// One named column. The values are shared, so that a frame is cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub name: String,
    pub data: Arc<ColumnData>,
    /// Of a column that is text because not all of its cells are numbers, and not because somebody said so: the decimal mark.
    pub(crate) guessed: Option<u8>,
    /// Of a column of real numbers: two whole numbers of the text, of so many digits that they are the same number.
    pub(crate) joined: Option<Arc<str>>,
}

/// The values of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum ColumnData {
    /// Real numbers; NaN is missing.
    Real(Vec<f64>),
    /// Integers; `i64::MIN` is missing.
    Integer(Vec<i64>),
    /// Categories.
    Category(Category),
    /// Days, or points in time.
    Time(Times),
}

/// Values out of a list of levels.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Category {
    /// Index into `levels`, 0-based; -1 is missing.
    pub codes: Vec<i32>,
    /// The labels. In the declared order if `declared`, otherwise sorted bytewise, or, in a part that is only added to an accumulator, as they
    /// appeared.
    pub levels: Vec<String>,
    /// The caller gave the order of the levels, or they are numbers in numerical order.
    pub declared: bool,
    /// The caller said that the order means something (an ordered factor).
    pub ordered: bool,
    /// Truth values, whose levels are FALSE and TRUE: numbers 0 and 1 where numbers are meant.
    pub logical: bool,
}

/// Days or points in time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    /// Ticks since 1970-01-01T00:00; `i64::MIN` is missing.
    pub values: Vec<i64>,
    pub clock: Clock,
}

/// The integer that stands for a missing one.
pub const MISSING_INTEGER: i64 = i64::MIN;
/// The code of a missing category.
pub const MISSING_CODE: i32 = -1;

impl Times {
    /// Days or seconds since 1970-01-01, NaN where missing.
    pub fn numbers(&self) -> Result<Vec<f64>> {
        let number = |&t: &i64| if t == MISSING_INTEGER { f64::NAN } else { self.clock.tick.number(t) };
        try_collect("numbers of a column", self.values.iter().map(number))
    }
}

impl Column {
    /// The number of values.
    pub fn len(&self) -> usize {
        match &*self.data {
            ColumnData::Real(v) => v.len(),
            ColumnData::Integer(v) => v.len(),
            ColumnData::Category(c) => c.codes.len(),
            ColumnData::Time(t) => t.values.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the value of a row is missing.
    pub fn is_missing(&self, row: usize) -> bool {
        match &*self.data {
            ColumnData::Real(v) => v[row].is_nan(),
            ColumnData::Integer(v) => v[row] == MISSING_INTEGER,
            ColumnData::Category(c) => c.codes[row] < 0,
            ColumnData::Time(t) => t.values[row] == MISSING_INTEGER,
        }
    }

    /// The label of a row; `None` where it is missing, and for numbers.
    pub fn label(&self, row: usize) -> Option<&str> {
        match &*self.data {
            ColumnData::Category(own) => usize::try_from(own.codes[row]).ok().map(|code| own.levels[code].as_str()),
            ColumnData::Real(_) | ColumnData::Integer(_) | ColumnData::Time(_) => None,
        }
    }

    /// The values as real numbers, NaN where missing, of times days or seconds; `None` for categories.
    pub fn as_real(&self) -> Result<Option<Cow<'_, [f64]>>> {
        Ok(match &*self.data {
            ColumnData::Real(v) => Some(Cow::Borrowed(v)),
            ColumnData::Integer(v) => {
                let numbers = v.iter().map(|&i| if i == MISSING_INTEGER { f64::NAN } else { i as f64 });
                Some(Cow::Owned(try_collect("numbers of a column", numbers)?))
            }
            ColumnData::Time(times) => Some(Cow::Owned(times.numbers()?)),
            ColumnData::Category(_) => None,
        })
    }

    /// Truth values as 0 and 1, NaN where missing; `None` for a column that has none.
    pub fn as_truth(&self) -> Result<Option<Vec<f64>>> {
        let ColumnData::Category(Category { codes, logical: true, .. }) = &*self.data else { return Ok(None) };
        let truth = |&code: &i32| if code < 0 { f64::NAN } else { f64::from(code) };
        try_collect("numbers of a column", codes.iter().map(truth)).map(Some)
    }
}
