//! Cross-products of two random terms of one effect each, without columns: sums of weights, for all pairs of levels whether they meet or not.

use crate::error::{Result, try_vec};

/// A number for each pair of levels; zero for those that do not meet, for weights are positive.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Levels of k, and of m.
    rows: usize,
    columns: usize,
    /// `[levels of k, levels of m]`.
    values: Vec<f64>,
    /// Pairs that meet.
    count: usize,
}

impl Table {
    /// Of these levels of k and m, without rows.
    pub fn new([rows, columns]: [usize; 2]) -> Result<Self> {
        let values = try_vec("cross-products of the random effects", 0.0, rows * columns)?;
        Ok(Table { rows, columns, values, count: 0 })
    }

    /// The place of a pair.
    #[inline]
    fn place(&self, k: u32, m: u32) -> Option<usize> {
        let (k, m) = (k as usize, m as usize);
        (k < self.rows && m < self.columns).then(|| m * self.rows + k)
    }

    pub fn has(&self, k: u32, m: u32) -> bool {
        self.place(k, m).is_some()
    }

    /// The number of pairs that meet, when the table was made.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Adds the rows whose levels it has.
    pub fn add_rows(&mut self, k: &[u32], m: &[u32], weights: Option<&[f64]>) {
        for (i, (k, m)) in k.iter().zip(m).enumerate() {
            if let Some(place) = self.place(*k, *m) {
                self.values[place] += weights.map_or(1.0, |w| w[i]);
            }
        }
    }

    /// Adds pairs: `level of m << 32 | level of k`, and a number.
    pub fn add_pairs(&mut self, pairs: impl Iterator<Item = (u64, f64)>) {
        for (key, value) in pairs {
            if let Some(place) = self.place(key as u32, (key >> 32) as u32) {
                self.count += usize::from(self.values[place] == 0.0);
                self.values[place] += value;
            }
        }
    }

    /// The pairs that meet, in order.
    pub fn pairs(&self) -> impl Iterator<Item = (u64, f64)> + '_ {
        let columns = self.values.chunks_exact(self.rows.max(1)).zip(0_u64..);
        columns.flat_map(|(column, m)| {
            let met = column.iter().zip(0_u64..).filter(|(value, _)| **value != 0.0);
            met.map(move |(value, k)| (m << 32 | k, *value))
        })
    }
}
