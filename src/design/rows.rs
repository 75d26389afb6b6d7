//! Which rows of the data are used, and why the others are not.

use std::borrow::Cow;

use crate::design::magnitude::{is_usable, wanted_of};
use crate::design::value::Value;
use crate::design::{NaPolicy, RowLedger};
use crate::error::{Error, Result, row_text, try_owned, try_vec};
use crate::frame::{Frame, shortest_text};
use crate::names::quoted;

/// The ledger's reason for a row whose weight, or number of trials, is zero.
pub const ZERO_WEIGHT: &str = "weights (zero)";

/// The rows that are used.
#[derive(Clone, Debug)]
pub struct Rows {
    n_data: usize,
    /// `None` is all of them.
    kept: Option<Vec<usize>>,
}

impl Rows {
    pub fn all(n_data: usize) -> Self {
        Rows { n_data, kept: None }
    }

    pub fn len(&self) -> usize {
        self.kept.as_ref().map_or(self.n_data, Vec::len)
    }

    /// The row of the data that is the `i`th used.
    pub fn data_row(&self, i: usize) -> usize {
        self.kept.as_ref().map_or(i, |kept| kept[i])
    }

    /// The values in the rows used.
    pub fn select<'a, T: Copy>(&self, values: Cow<'a, [T]>) -> Result<Cow<'a, [T]>> {
        let Some(kept) = &self.kept else { return Ok(values) };
        let Some(&first) = values.first() else { return Ok(values) };
        let mut out = try_vec("values in the rows used", first, kept.len())?;
        out.iter_mut().zip(kept).for_each(|(v, &row)| *v = values[row]);
        Ok(out.into())
    }

    /// The values of a matrix (column-major) in the rows used.
    pub fn select_matrix(&self, data: Cow<[f64]>, n_columns: usize) -> Result<Vec<f64>> {
        let Some(kept) = &self.kept else { return try_owned("values in the rows used", data) };
        let mut out = try_vec("values in the rows used", 0.0, kept.len() * n_columns)?;
        for k in 0..n_columns {
            for (i, &row) in kept.iter().enumerate() {
                out[k * kept.len() + i] = data[k * self.n_data + row];
            }
        }
        Ok(out)
    }

    /// Fails at the first value (of the rows used) that is infinite, or too large for a model.
    pub fn check_finite(&self, name: &str, values: &[f64]) -> Result<()> {
        match values.iter().position(|v| !is_usable(*v)) {
            None => Ok(()),
            Some(i) => {
                let row = self.data_row(i % self.len());
                let (name, value, place, wanted) = (quoted(name), shortest_text(values[i]), row_text(row), wanted_of(values[i]));
                Err(Error::data(format!("{name} is {value} in {place}, wanted {wanted}")).at(row))
            }
        }
    }
}

/// Collects the rows with missing values.
pub struct Incomplete<'a> {
    /// Where to look which column is missing; `None` for arrays.
    frame: Option<&'a Frame>,
    /// Per row: 0, or 1 + the first source that is missing there.
    reason: Vec<u32>,
    sources: Vec<(String, Vec<String>)>,
    zero_weight: Option<u32>,
}

impl<'a> Incomplete<'a> {
    pub fn new(n_rows: usize, frame: Option<&'a Frame>) -> Result<Self> {
        Ok(Incomplete { frame, reason: try_vec("row ledger", 0, n_rows)?, sources: Vec::new(), zero_weight: None })
    }

    fn source(&mut self, name: &str, columns: &[&str]) -> u32 {
        self.sources.push((name.to_string(), columns.iter().map(ToString::to_string).collect()));
        self.sources.len() as u32
    }

    /// Notes the rows where something is missing; `columns` are those it was computed from.
    pub fn note_where(&mut self, name: &str, columns: &[&str], missing: impl Iterator<Item = bool>) {
        let source = self.source(name, columns);
        self.reason.iter_mut().zip(missing).filter(|(r, missing)| **r == 0 && *missing).for_each(|(r, _)| *r = source);
    }

    pub fn note_numbers(&mut self, name: &str, columns: &[&str], values: &[f64]) {
        self.note_where(name, columns, values.iter().map(|v| v.is_nan()));
    }

    pub fn note_codes(&mut self, name: &str, columns: &[&str], codes: &[i32]) {
        self.note_where(name, columns, codes.iter().map(|c| *c < 0));
    }

    pub fn note_value(&mut self, name: &str, columns: &[&str], value: &Value) {
        match value {
            Value::Numbers(v) => self.note_numbers(name, columns, v),
            Value::Logical(v) => self.note_numbers(name, columns, v),
            Value::Matrix(m) => m.data.chunks(self.reason.len().max(1)).for_each(|column| self.note_numbers(name, columns, column)),
            Value::Factor(f) => self.note_codes(name, columns, &f.codes),
            Value::Word => {}
        }
    }

    /// Notes the rows with weight zero: they say nothing.
    pub fn note_zero_weights(&mut self, zero: impl Iterator<Item = bool>) {
        let source = self.zero_weight.unwrap_or_else(|| self.source(ZERO_WEIGHT, &[]));
        self.zero_weight = Some(source);
        self.reason.iter_mut().zip(zero).filter(|(r, zero)| **r == 0 && *zero).for_each(|(r, _)| *r = source);
    }

    /// The name for the ledger: of the column that is missing there, or of the expression that has no value.
    fn name_at(&self, row: usize) -> String {
        let (name, columns) = &self.sources[self.reason[row] as usize - 1];
        let is_missing = |column: &String| self.frame.is_some_and(|frame| frame.column(column).is_ok_and(|c| c.is_missing(row)));
        let missing = columns.iter().find(|column| is_missing(column));
        missing.unwrap_or(name).clone()
    }

    /// The rows without missing values, and the ledger; an error where the policy forbids missing values.
    pub fn finish(self, na: NaPolicy) -> Result<(Rows, RowLedger)> {
        let n_data = self.reason.len();
        if na == NaPolicy::Error
            && let Some(row) = self.reason.iter().position(|&r| r != 0 && Some(r) != self.zero_weight)
        {
            let message =
                format!("{} is missing in {}, and the policy is to fail there", quoted(&self.name_at(row)), row_text(row));
            return Err(Error::data(message).at(row));
        }
        let n_dropped = self.reason.iter().filter(|r| **r != 0).count();
        let mut ledger = RowLedger { n_data, pad: na == NaPolicy::Pad, ..RowLedger::default() };
        if n_dropped == 0 {
            return Ok((Rows::all(n_data), ledger));
        }
        let mut kept = try_vec("rows used", 0, n_data - n_dropped)?;
        let mut next = 0;
        for row in 0..n_data {
            if self.reason[row] == 0 {
                kept[next] = row;
                next += 1;
            } else {
                ledger.dropped.push((row, self.name_at(row)));
            }
        }
        Ok((Rows { n_data, kept: Some(kept) }, ledger))
    }
}
