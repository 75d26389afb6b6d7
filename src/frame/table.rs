//! Named columns.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::sync::Arc;

use super::column::{Category, Column, ColumnData, MISSING_CODE};
use super::dictionary::Dictionary;
use super::origin::Origin;
use crate::error::{Error, Result, row_text};
use crate::names::{known, quoted};

/// Named columns of one length, in order. Names are unique.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    pub(crate) n_rows: usize,
    pub(crate) columns: Vec<Column>,
    /// The place of each name among the columns.
    pub(super) index: HashMap<String, usize, BuildHasherDefault<DefaultHasher>>,
    pub(super) origin: Origin,
    /// The columns of the source that can't be read, and why: they are missed only where one is used.
    pub(super) unread: Vec<(String, Error)>,
    /// That reading its text took; `None` of a frame that was not read.
    pub read_seconds: Option<f64>,
}

/// Of the same data, wherever they came from.
impl PartialEq for Frame {
    fn eq(&self, other: &Self) -> bool {
        self.n_rows == other.n_rows && self.columns == other.columns
    }
}

impl Frame {
    /// A frame without columns, whose columns will have `n_rows` values.
    pub fn new(n_rows: usize) -> Self {
        Frame { n_rows, ..Frame::default() }
    }

    /// Adds real numbers; NaN is missing.
    pub fn add_real(&mut self, name: &str, values: Vec<f64>) -> Result<()> {
        self.add(name, values.len(), None, || Ok(ColumnData::Real(values)))
    }

    /// Adds integers; `i64::MIN` is missing.
    pub fn add_integers(&mut self, name: &str, values: Vec<i64>) -> Result<()> {
        self.add(name, values.len(), None, || Ok(ColumnData::Integer(values)))
    }

    /// Adds categories whose levels are in the order given; code -1 is missing.
    pub fn add_category(&mut self, name: &str, codes: Vec<i32>, levels: Vec<String>, ordered: bool) -> Result<()> {
        self.add(name, codes.len(), None, || {
            Dictionary::of_levels(name, &levels)?;
            check_codes(name, &codes, levels.len())?;
            Ok(ColumnData::Category(Category { codes, levels, declared: true, ordered, logical: false }))
        })
    }

    /// Adds text as categories whose levels are sorted bytewise; `None` is missing.
    pub fn add_strings(&mut self, name: &str, values: &[Option<&str>]) -> Result<()> {
        self.add(name, values.len(), Some(b'.'), || {
            let mut dictionary = Dictionary::default();
            let mut codes = crate::error::try_vec("codes of a text column", MISSING_CODE, values.len())?;
            for (code, value) in codes.iter_mut().zip(values) {
                if let Some(text) = value {
                    *code = dictionary.code(name, text)?;
                }
            }
            Ok(ColumnData::Category(dictionary.into_sorted(codes)?))
        })
    }

    /// Checks name and length before the data are made.
    pub(super) fn add(
        &mut self,
        name: &str,
        len: usize,
        guessed: Option<u8>,
        data: impl FnOnce() -> Result<ColumnData>,
    ) -> Result<()> {
        self.check_new(name, len)?;
        let data = data()?;
        let guessed = guessed.filter(|_| matches!(data, ColumnData::Category(_)));
        self.index.insert(name.to_string(), self.columns.len());
        self.columns.push(Column { name: name.to_string(), data: Arc::new(data), guessed, joined: None });
        Ok(())
    }

    /// Puts a column in the place of that of its name, or behind the others.
    #[cfg(test)]
    pub(crate) fn put(&mut self, column: Column) {
        if let Ok(at) = self.position(&column.name) {
            self.columns[at] = column;
        } else {
            self.index.insert(column.name.clone(), self.columns.len());
            self.columns.push(column);
        }
    }

    /// Whether a column of that name and length can be added.
    pub fn check_new(&self, name: &str, len: usize) -> Result<()> {
        if name.is_empty() {
            return Err(Error::argument(format!("column {} (counting from 1) has an empty name", self.columns.len() + 1)));
        }
        if self.index.contains_key(name) {
            return Err(Error::argument(format!("the frame already has a column {}", quoted(name))));
        }
        if len != self.n_rows {
            let (column, rows) = (quoted(name), self.n_rows);
            return Err(Error::argument(format!("column {column} has {len} values, the frame has {rows} rows")));
        }
        Ok(())
    }

    /// The column of that name.
    pub fn column(&self, name: &str) -> Result<&Column> {
        Ok(&self.columns[self.position(name)?])
    }

    /// Where the column of that name is.
    pub fn position(&self, name: &str) -> Result<usize> {
        if let Some(&place) = self.index.get(name) {
            return Ok(place);
        }
        let unread = self.unread.iter().find(|(own, _)| own == name);
        Err(unread.map_or_else(
            || Error::data(format!("there is no column {}; {}", quoted(name), known("the frame", name, self.names()))),
            |(_, reason)| reason.clone(),
        ))
    }

    /// Whether the data have a column of that name, be it one that can't be read.
    pub fn has(&self, name: &str) -> bool {
        self.index.contains_key(name) || self.unread.iter().any(|(own, _)| own == name)
    }

    /// The names of all columns that the data have, those that can't be read last.
    pub fn all_names(&self) -> impl Iterator<Item = &str> {
        self.names().chain(self.unread.iter().map(|(name, _)| name.as_str()).filter(|name| !self.index.contains_key(*name)))
    }

    /// The column at a place, from 0.
    pub fn column_at(&self, i: usize) -> Option<&Column> {
        self.columns.get(i)
    }

    /// The columns, in order.
    pub fn columns(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter()
    }

    /// The names of the columns, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.columns.iter().map(|c| c.name.as_str())
    }

    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    pub fn n_columns(&self) -> usize {
        self.columns.len()
    }
}

fn check_codes(name: &str, codes: &[i32], n_levels: usize) -> Result<()> {
    let outside = |&c: &i32| c < MISSING_CODE || usize::try_from(c).is_ok_and(|c| c >= n_levels);
    match codes.iter().position(outside) {
        None => Ok(()),
        Some(row) => {
            let (column, code) = (quoted(name), codes[row]);
            let message =
                format!("column {column} has code {code} in {}, wanted -1 (missing) or 0 up to below {n_levels}", row_text(row));
            Err(Error::argument(message).at(row))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    fn strings(levels: &[&str]) -> Vec<String> {
        levels.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn wrong_length_names_column_and_both_lengths() {
        let e = Frame::new(180).add_real("dose", vec![1.0; 3]).unwrap_err();
        assert_eq!(e.message, "column 'dose' has 3 values, the frame has 180 rows");
        assert_eq!(e.code, Code::Argument);
    }

    #[test]
    fn names_are_unique_and_not_empty_and_a_failure_adds_nothing() {
        let mut f = Frame::new(1);
        f.add_real("x", vec![1.0]).unwrap();
        assert!(f.add_integers("x", vec![1]).unwrap_err().message.contains("already has a column 'x'"));
        assert!(f.add_integers("", vec![1]).is_err());
        assert!(f.add_category("g", vec![0, 1], strings(&["a"]), false).is_err());
        assert_eq!((f.n_columns(), f.n_rows()), (1, 1));
    }

    #[test]
    fn codes_are_checked_with_the_row() {
        let mut f = Frame::new(3);
        let e = f.add_category("g", vec![0, -1, 2], strings(&["a", "b"]), false).unwrap_err();
        assert_eq!(e.position, 2);
        assert!(e.message.contains("'g'") && e.message.contains("code 2 in row 3 (counting from 1)"), "{e}");
        assert_eq!(f.add_category("g", vec![0, -2, 1], strings(&["a", "b"]), false).unwrap_err().position, 1);
        assert_eq!(f.add_category("g", vec![-1, 0, -1], vec![], false).unwrap_err().position, 1);
        f.add_category("g", vec![-1, -1, -1], vec![], false).unwrap();
    }

    #[test]
    fn duplicate_levels_are_refused() {
        let e = Frame::new(1).add_category("g", vec![0], strings(&["a", "b", "a"]), false).unwrap_err();
        assert!(e.message.contains("'a'") && e.message.contains("'g'"), "{e}");
    }

    #[test]
    fn text_levels_are_sorted_bytewise() {
        let mut f = Frame::new(6);
        f.add_strings("g", &[Some("d10"), Some("é"), Some("d2"), None, Some("D1"), Some("")]).unwrap();
        let c = f.column("g").unwrap().to_category().unwrap().into_owned();
        assert_eq!(c.levels, ["", "D1", "d10", "d2", "é"]);
        assert_eq!(c.codes, [2, 4, 3, -1, 1, 0]);
        assert!(!c.declared && !c.ordered);
    }

    #[test]
    fn unknown_column_suggests_the_nearest() {
        let mut f = Frame::new(0);
        for n in ["Reaction", "Days", "Subject"] {
            f.add_real(n, vec![]).unwrap();
        }
        let e = f.column("subject").unwrap_err();
        assert_eq!(e.code, Code::Data);
        assert_eq!(e.message, "there is no column 'subject'; did you mean 'Subject'?");
        let e = f.column("weight").unwrap_err();
        assert_eq!(e.message, "there is no column 'weight'; the frame has 'Reaction', 'Days', 'Subject'");
        assert_eq!(Frame::new(2).column("a").unwrap_err().message, "there is no column 'a'; the frame has none");
    }

    #[test]
    fn integers_become_reals_with_nan_for_missing() {
        let mut f = Frame::new(2);
        f.add_integers("i", vec![3, i64::MIN]).unwrap();
        f.add_strings("s", &[None, Some("a")]).unwrap();
        let c = f.column_at(0).unwrap();
        let v = c.as_real().unwrap().unwrap();
        assert!(v[0] == 3.0 && v[1].is_nan() && c.is_missing(1) && !c.is_missing(0));
        assert!(f.column_at(1).unwrap().as_real().unwrap().is_none() && f.column_at(1).unwrap().is_missing(0));
        assert!(f.column_at(2).is_none());
    }
}
