//! A frame: named columns of one length. Data go in as a frame, every table comes out as a frame.

use std::sync::Arc;

/// Named columns of one length, in order. Names are unique.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    pub(crate) n_rows: usize,
    pub(crate) columns: Vec<Column>,
}

/// One named column. The values are shared, so that a frame is cheap to clone.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub name: String,
    pub data: Arc<ColumnData>,
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
}

/// Values out of a list of levels.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Category {
    /// Index into `levels`, 0-based; -1 is missing.
    pub codes: Vec<i32>,
    /// The labels. In the declared order if `declared`, otherwise sorted bytewise.
    pub levels: Vec<String>,
    /// The caller gave the order of the levels.
    pub declared: bool,
    /// The caller said that the order means something (an ordered factor).
    pub ordered: bool,
}
