//! Rows used and rows of the data.

use super::RowLedger;
use crate::envelope::fits;
use crate::error::{Error, Result, try_collect, try_vec};
use crate::names::quoted;

impl RowLedger {
    /// Fails where `n` is not the number of rows that are used, as in damaged bytes.
    pub fn check(&self, n: usize) -> Result<()> {
        let ascend = self.dropped.windows(2).all(|pair| pair[0].0 < pair[1].0);
        let within = self.dropped.last().is_none_or(|(row, _)| *row < self.n_data);
        let known = self.counted.values().all(|count| *count < 1 << 53);
        fits(ascend && within && known && n.checked_add(self.n_dropped()) == Some(self.n_data), "the number of rows")
    }

    /// The number of rows that were left out.
    pub fn n_dropped(&self) -> usize {
        self.counted.values().fold(self.dropped.len(), |sum, count| sum.saturating_add(*count as usize))
    }

    /// A copy, or an error where memory is short.
    pub fn try_clone(&self) -> Result<Self> {
        let dropped = try_collect("rows that were left out", self.dropped.iter().cloned())?;
        Ok(RowLedger { n_data: self.n_data, dropped, counted: self.counted.clone(), pad: self.pad })
    }

    /// An error where no row is used.
    pub fn check_left(&self) -> Result<()> {
        match self.dropped.first().filter(|_| self.dropped.len() == self.n_data) {
            None => Ok(()),
            Some((_, name)) => Err(Error::data(format!(
                "no rows are left: each of the {} rows has a missing value (the first in {})",
                self.n_data,
                quoted(name)
            ))),
        }
    }

    /// The rows of the data that are used, in order.
    pub fn used(&self) -> impl Iterator<Item = usize> + '_ {
        let mut dropped = self.dropped.iter().map(|(row, _)| *row).peekable();
        (0..self.n_data).filter(move |row| dropped.next_if_eq(row).is_none())
    }

    /// The row of the data that is the i-th used.
    pub fn data_row(&self, i: usize) -> usize {
        self.used().nth(i).unwrap_or(i)
    }

    /// Values per row used as values per row of the data, with NaN for the others.
    pub fn padded(&self, values: &[f64]) -> Result<Vec<f64>> {
        let mut all = try_vec("values of all rows", f64::NAN, self.n_data)?;
        self.used().zip(values).for_each(|(row, v)| all[row] = *v);
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_were_dropped_are_padded() {
        let ledger = RowLedger { n_data: 4, dropped: vec![(0, "x".into()), (2, "y".into())], pad: true, ..RowLedger::default() };
        assert_eq!(ledger.used().collect::<Vec<_>>(), [1, 3]);
        assert_eq!(ledger.data_row(1), 3);
        let padded = ledger.padded(&[5.0, 6.0]).unwrap();
        assert!(padded[0].is_nan() && padded[2].is_nan());
        assert_eq!((padded[1], padded[3]), (5.0, 6.0));
    }
}
