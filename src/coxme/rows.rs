//! The rows of Z, of all terms side by side: what is not zero of them.

use std::ops::Range;

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

    /// With the `r` effects of each level of a term, whose columns are `term`, multiplied by G `[r, r]`.
    pub fn turned(&self, term: Range<usize>, r: usize, g: &[f64]) -> Result<Self> {
        let n = self.first.len() - 1;
        let own = |i: usize| {
            let level = self.row(i).find(|(c, _)| term.contains(c)).map(|(c, _)| term.start + (c - term.start) / r * r);
            let mut z = vec![0.0; r];
            for (c, v) in self.row(i).filter(|(c, _)| term.contains(c)) {
                let from = (c - term.start) % r;
                (0..r).for_each(|a| z[a] += g[from * r + a] * v);
            }
            let turned = z.into_iter().enumerate().filter_map(move |(a, v)| level.map(|first| (first + a, v)));
            let others = self.row(i).filter(|(c, _)| !term.contains(c));
            let mut all: Vec<(usize, f64)> = others.chain(turned.filter(|(_, v)| *v != 0.0)).collect();
            all.sort_unstable_by_key(|(c, _)| *c);
            all
        };
        let mut first = try_vec(ROWS, 0, n + 1)?;
        (0..n).for_each(|i| first[i + 1] = first[i] + own(i).len());
        let (mut columns, mut values) = (try_vec(ROWS, 0, first[n])?, try_vec(ROWS, 0.0, first[n])?);
        for i in 0..n {
            for (at, (column, value)) in (first[i]..).zip(own(i)) {
                (columns[at], values[at]) = (column as u32, value);
            }
        }
        Ok(SparseRows { q: self.q, first, columns, values })
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
