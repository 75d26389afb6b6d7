//! The rows of Z, of all terms side by side: what is not zero of them.

use crate::error::{Result, try_vec};
use crate::random::{Layout, TermRows};

const ROWS: &str = "rows of the random effects";

/// Z by rows.
#[derive(Debug)]
pub struct SparseRows {
    /// Columns.
    pub q: usize,
    first: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f64>,
}

impl SparseRows {
    pub fn new(n: usize, layout: &Layout, terms: &[TermRows<'_>]) -> Result<Self> {
        let entries = |i: usize| {
            terms.iter().enumerate().flat_map(move |(k, term)| {
                let r = layout.terms[k].effects;
                let first = layout.offset(k) + term.index[i] as usize * r;
                (0..r).map(move |e| (first + e, term.z.map_or(1.0, |z| z[e * n + i]))).filter(|(_, v)| *v != 0.0)
            })
        };
        let mut first = try_vec(ROWS, 0, n + 1)?;
        (0..n).for_each(|i| first[i + 1] = first[i] + entries(i).count());
        let (mut columns, mut values) = (try_vec(ROWS, 0, first[n])?, try_vec(ROWS, 0.0, first[n])?);
        for i in 0..n {
            for (at, (column, value)) in (first[i]..).zip(entries(i)) {
                (columns[at], values[at]) = (column as u32, value);
            }
        }
        Ok(SparseRows { q: layout.q(), first, columns, values })
    }

    /// Columns and values of a row.
    #[inline]
    pub fn row(&self, i: usize) -> impl Iterator<Item = (usize, f64)> + Clone {
        let range = self.first[i]..self.first[i + 1];
        self.columns[range.clone()].iter().map(|c| *c as usize).zip(self.values[range].iter().copied())
    }

    /// z_i'b.
    #[inline]
    pub fn dot(&self, i: usize, b: &[f64]) -> f64 {
        self.row(i).map(|(c, z)| z * b[c]).sum()
    }

    /// Z'v.
    pub fn transpose(&self, v: &[f64], out: &mut [f64]) {
        out.fill(0.0);
        for (i, v) in v.iter().enumerate() {
            self.row(i).for_each(|(c, z)| out[c] += z * v);
        }
    }
}
