//! Sparse matrices of small dense blocks: the cross-products of two random terms.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::layout::{TermRows, TermSize};
use crate::error::{Error, Result, try_copy, try_vec};
use crate::linalg::dense;

/// Z_k'Z_m for two terms: compressed columns (levels of m) of blocks (`r_k x r_m`, column-major), rows (levels of k) ascending.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BlockMatrix {
    pub row_effects: usize,
    pub column_effects: usize,
    /// `[levels of m + 1]`.
    pub col_ptr: Vec<usize>,
    /// Level of k of each block.
    pub rows: Vec<u32>,
    pub values: Vec<f64>,
}

impl BlockMatrix {
    /// No blocks.
    pub fn empty(k: &TermSize, m: &TermSize) -> Result<Self> {
        Ok(BlockMatrix {
            row_effects: k.effects,
            column_effects: m.effects,
            col_ptr: try_vec("cross-products of the random effects", 0, m.levels + 1)?,
            rows: vec![],
            values: vec![],
        })
    }

    /// Puts blocks at their places among all pairs of levels that meet here, each divided by the scales of its effects.
    pub fn scatter(&mut self, from: &BlockMatrix, scales: [&[f64]; 2]) -> Result<()> {
        let (r, size) = (from.row_effects, from.block_len());
        for (own, all) in from.col_ptr.windows(2).zip(self.col_ptr.windows(2)) {
            let mut places = all[0]..all[1];
            for e in own[0]..own[1] {
                let place = places.find(|place| self.rows[*place] == from.rows[e]);
                let Some(place) = place else { return Err(Error::data("a pair of levels meets in no row")) };
                let (into, from) = (&mut self.values[place * size..(place + 1) * size], &from.values[e * size..(e + 1) * size]);
                into.iter_mut().zip(from).enumerate().for_each(|(e, (v, from))| *v = from / (scales[0][e % r] * scales[1][e / r]));
            }
        }
        Ok(())
    }

    /// A copy, or an error where memory is short.
    pub fn try_clone(&self) -> Result<Self> {
        let what = "cross-products of the random effects";
        let (col_ptr, rows) = (try_copy(what, &self.col_ptr)?, try_copy(what, &self.rows)?);
        Ok(BlockMatrix { col_ptr, rows, values: try_copy(what, &self.values)?, ..*self })
    }

    /// Whether this is a well-formed matrix for two terms of these sizes.
    pub fn fits(&self, k: &TermSize, m: &TermSize) -> bool {
        self.row_effects == k.effects
            && self.column_effects == m.effects
            && self.col_ptr.len() == m.levels + 1
            && self.col_ptr.first() == Some(&0)
            && self.col_ptr.last() == Some(&self.rows.len())
            && self.col_ptr.is_sorted()
            && self.col_ptr.windows(2).all(|w| self.rows[w[0]..w[1]].is_sorted_by(|a, b| a < b))
            && self.rows.iter().all(|&row| (row as usize) < k.levels)
            && self.values.len() == self.rows.len() * self.block_len()
    }

    /// The numbers in one block.
    pub fn block_len(&self) -> usize {
        self.row_effects * self.column_effects
    }

    /// Whether every level of the rows meets every level of the columns, so that scalar blocks are a dense matrix.
    fn is_dense(&self, rows: usize) -> bool {
        self.block_len() == 1 && self.rows.len() == rows * (self.col_ptr.len() - 1)
    }

    /// out -= B v.
    pub fn subtract_product(&self, v: &[f64], out: &mut [f64]) {
        let (a, b, len) = (self.row_effects, self.column_effects, self.block_len());
        if v.iter().all(|v| *v == 0.0) {
            return;
        }
        if self.is_dense(out.len()) {
            self.values.chunks_exact(out.len()).zip(v).for_each(|(g, v)| dense::add_scaled(out, -v, g));
            return;
        }
        match (a, b) {
            (1, 1) => self.subtract_sized::<1, 1>(v, out),
            (1, 2) => self.subtract_sized::<1, 2>(v, out),
            (2, 1) => self.subtract_sized::<2, 1>(v, out),
            (2, 2) => self.subtract_sized::<2, 2>(v, out),
            _ => {
                for (range, v) in self.col_ptr.windows(2).zip(v.chunks_exact(b)) {
                    let blocks = self.values[range[0] * len..range[1] * len].chunks_exact(len);
                    for (&row, g) in self.rows[range[0]..range[1]].iter().zip(blocks) {
                        let out = &mut out[row as usize * a..][..a];
                        g.chunks_exact(a).zip(v).for_each(|(g, v)| dense::add_scaled(out, -v, g));
                    }
                }
            }
        }
    }

    /// The product with `A x B` blocks.
    fn subtract_sized<const A: usize, const B: usize>(&self, v: &[f64], out: &mut [f64]) {
        let (v, out) = (v.as_chunks::<B>().0, out.as_chunks_mut::<A>().0);
        for (range, v) in self.col_ptr.windows(2).zip(v) {
            let blocks = self.values[range[0] * A * B..range[1] * A * B].chunks_exact(A * B);
            for (&row, g) in self.rows[range[0]..range[1]].iter().zip(blocks) {
                let out = &mut out[row as usize];
                for i in 0..A {
                    for c in 0..B {
                        out[i] -= g[c * A + i] * v[c];
                    }
                }
            }
        }
    }

    /// out -= B'v.
    pub fn subtract_transposed_product(&self, v: &[f64], out: &mut [f64]) {
        let (a, b, len) = (self.row_effects, self.column_effects, self.block_len());
        if v.iter().all(|v| *v == 0.0) {
            return;
        }
        if self.is_dense(v.len()) {
            self.values.chunks_exact(v.len()).zip(out).for_each(|(g, out)| *out -= dense::dot(g, v));
            return;
        }
        match (a, b) {
            (1, 1) => self.subtract_transposed_sized::<1, 1>(v, out),
            (1, 2) => self.subtract_transposed_sized::<1, 2>(v, out),
            (2, 1) => self.subtract_transposed_sized::<2, 1>(v, out),
            (2, 2) => self.subtract_transposed_sized::<2, 2>(v, out),
            _ => {
                for (range, out) in self.col_ptr.windows(2).zip(out.chunks_exact_mut(b)) {
                    let blocks = self.values[range[0] * len..range[1] * len].chunks_exact(len);
                    for (&row, g) in self.rows[range[0]..range[1]].iter().zip(blocks) {
                        let v = &v[row as usize * a..][..a];
                        g.chunks_exact(a).zip(&mut *out).for_each(|(g, out)| *out -= dense::dot(g, v));
                    }
                }
            }
        }
    }

    /// The product with the transposes of `A x B` blocks.
    fn subtract_transposed_sized<const A: usize, const B: usize>(&self, v: &[f64], out: &mut [f64]) {
        let (v, out) = (v.as_chunks::<A>().0, out.as_chunks_mut::<B>().0);
        for (range, out) in self.col_ptr.windows(2).zip(out) {
            let blocks = self.values[range[0] * A * B..range[1] * A * B].chunks_exact(A * B);
            let mut sums = [0.0; B];
            for (&row, g) in self.rows[range[0]..range[1]].iter().zip(blocks) {
                let v = &v[row as usize];
                for c in 0..B {
                    for i in 0..A {
                        sums[c] += g[c * A + i] * v[i];
                    }
                }
            }
            out.iter_mut().zip(sums).for_each(|(out, sum)| *out -= sum);
        }
    }

    /// Both products, of a term with itself: its effects begin at `first`.
    pub fn subtract_within(&self, v: &[f64], out: &mut [f64], first: usize) {
        let (a, b, len) = (self.row_effects, self.column_effects, self.block_len());
        for (level, range) in self.col_ptr.windows(2).enumerate() {
            let at = first + level * b;
            for e in range[0]..range[1] {
                let row = first + self.rows[e] as usize * a;
                for (c, g) in self.values[e * len..(e + 1) * len].chunks_exact(a).enumerate() {
                    for (i, g) in g.iter().enumerate() {
                        out[row + i] -= g * v[at + c];
                        out[at + c] -= g * v[row + i];
                    }
                }
            }
        }
    }

    /// The product over the rows of a chunk. Rows are sorted by (column level, row level) with two stable counting sorts,
    /// so that each block is one run, summed in the order of the rows.
    pub fn product(
        k: &TermRows<'_>,
        k_size: &TermSize,
        m: &TermRows<'_>,
        m_size: &TermSize,
        weights: Option<&[f64]>,
    ) -> Result<Self> {
        let n = k.index.len();
        let mut matrix = Self::empty(k_size, m_size)?;
        let by_row = counting_sort(k.index, k_size.levels, None)?;
        let order = counting_sort(m.index, m_size.levels, Some(&by_row))?;
        let size = matrix.block_len();
        let mut last = (u32::MAX, u32::MAX);
        for &i in &order {
            let i = i as usize;
            let here = (m.index[i], k.index[i]);
            if here != last {
                last = here;
                matrix.rows.try_reserve(1).map_err(|_| Error::memory("cross-products of the random effects", 4 * n))?;
                matrix.values.try_reserve(size).map_err(|_| Error::memory("cross-products of the random effects", 8 * n * size))?;
                matrix.rows.push(here.1);
                matrix.values.resize(matrix.values.len() + size, 0.0);
                matrix.col_ptr[here.0 as usize + 1] += 1;
            }
            let start = matrix.values.len() - size;
            let block = &mut matrix.values[start..];
            let weight = weights.map_or(1.0, |w| w[i]);
            for (e, sum) in block.iter_mut().enumerate() {
                let a = k.z.map_or(1.0, |z| z[(e % k_size.effects) * n + i]);
                let b = m.z.map_or(1.0, |z| z[(e / k_size.effects) * n + i]);
                *sum += weight * a * b;
            }
        }
        for i in 0..m_size.levels {
            matrix.col_ptr[i + 1] += matrix.col_ptr[i];
        }
        Ok(matrix)
    }

    /// Adds weighted rows to blocks that are there already, row i to block `slots[i]`.
    pub fn add_rows(&mut self, k: &TermRows<'_>, m: &TermRows<'_>, weights: &[f64], slots: &[u32]) {
        let (n, rows, size) = (slots.len(), self.row_effects, self.block_len());
        if size == 1 && k.z.is_none() && m.z.is_none() {
            for (w, &slot) in weights.iter().zip(slots) {
                self.values[slot as usize] += w;
            }
            return;
        }
        for (i, (w, &slot)) in weights.iter().zip(slots).enumerate() {
            let block = &mut self.values[slot as usize * size..][..size];
            for (e, sum) in block.iter_mut().enumerate() {
                let a = k.z.map_or(1.0, |z| z[(e % rows) * n + i]);
                let b = m.z.map_or(1.0, |z| z[(e / rows) * n + i]);
                *sum += w * a * b;
            }
        }
    }

    /// Adds another matrix of the same shape.
    pub fn merge(&mut self, other: BlockMatrix) -> Result<()> {
        if self.rows.is_empty() {
            *self = other;
            return Ok(());
        }
        let size = self.block_len();
        let capacity = self.rows.len() + other.rows.len();
        let mut rows = Vec::new();
        let mut values: Vec<f64> = Vec::new();
        rows.try_reserve(capacity).map_err(|_| Error::memory("cross-products of the random effects", 4 * capacity))?;
        values
            .try_reserve(capacity * size)
            .map_err(|_| Error::memory("cross-products of the random effects", 8 * size * capacity))?;
        let mut col_ptr = vec![0; self.col_ptr.len()];
        for i in 0..self.col_ptr.len() - 1 {
            let (mut a, mut b) = (self.col_ptr[i], other.col_ptr[i]);
            let (a_end, b_end) = (self.col_ptr[i + 1], other.col_ptr[i + 1]);
            while a < a_end || b < b_end {
                let row_a = if a < a_end { self.rows[a] } else { u32::MAX };
                let row_b = if b < b_end { other.rows[b] } else { u32::MAX };
                let row = row_a.min(row_b);
                rows.push(row);
                let start = values.len();
                values.resize(start + size, 0.0);
                let mut add = |source: &[f64]| values[start..].iter_mut().zip(source).for_each(|(s, v)| *s += v);
                if row_a == row {
                    add(&self.values[a * size..(a + 1) * size]);
                    a += 1;
                }
                if row_b == row {
                    add(&other.values[b * size..(b + 1) * size]);
                    b += 1;
                }
            }
            col_ptr[i + 1] = rows.len();
        }
        (self.col_ptr, self.rows, self.values) = (col_ptr, rows, values);
        Ok(())
    }
}

/// Whether the blocks of a term's levels are sums of runs of rows.
pub fn has_sums_of_runs(term: &TermRows<'_>, effects: usize) -> bool {
    term.runs.is_some() && (effects == 1 && term.z.is_none() || effects == 2 && term.z.is_some())
}

/// Those of some rows, of which the levels are from `first` on.
pub fn add_runs(term: &TermRows<'_>, weights: &[f64], rows: Range<usize>, first: usize, blocks: &mut [f64]) {
    let Some(runs) = term.runs else { return };
    let Some(z) = term.z else {
        return runs.within(term.index, rows).for_each(|(level, run)| blocks[level - first] += dense::sum(&weights[run]));
    };
    let (a, b) = z.split_at(term.index.len());
    for (level, run) in runs.within(term.index, rows) {
        let [mut aa, mut ab, mut bb] = [0.0; 3];
        for ((w, a), b) in weights[run.clone()].iter().zip(&a[run.clone()]).zip(&b[run]) {
            let (wa, wb) = (w * a, w * b);
            aa += wa * a;
            ab += wa * b;
            bb += wb * b;
        }
        let block = &mut blocks[(level - first) * 4..][..4];
        block.iter_mut().zip([aa, ab, ab, bb]).for_each(|(sum, v)| *sum += v);
    }
}

/// Adds Z_k'Z_k, one block per level, to `blocks`.
pub fn block_diagonal(term: &TermRows<'_>, weights: Option<&[f64]>, effects: usize, blocks: &mut [f64]) {
    let n = term.index.len();
    let weight = |i: usize| weights.map_or(1.0, |w| w[i]);
    match (effects, term.z, term.runs.zip(weights)) {
        (1 | 2, _, Some((_, weights))) if has_sums_of_runs(term, effects) => add_runs(term, weights, 0..n, 0, blocks),
        (1, None, _) => {
            for (i, &level) in term.index.iter().enumerate() {
                blocks[level as usize] += weight(i);
            }
        }
        (2, Some(z), _) => add_squares::<2>(term.index, z, weights, blocks),
        (3, Some(z), _) if term.entries.is_none() => add_squares::<3>(term.index, z, weights, blocks),
        (4, Some(z), _) if term.entries.is_none() => add_squares::<4>(term.index, z, weights, blocks),
        (5, Some(z), _) if term.entries.is_none() => add_squares::<5>(term.index, z, weights, blocks),
        (6, Some(z), _) if term.entries.is_none() => add_squares::<6>(term.index, z, weights, blocks),
        _ => {
            // Most values of a factor's indicators are zero.
            let mut row: Vec<(usize, f64)> = Vec::with_capacity(effects);
            for (i, &level) in term.index.iter().enumerate() {
                let block = &mut blocks[level as usize * effects * effects..(level as usize + 1) * effects * effects];
                row.clear();
                match term.entries {
                    Some(entries) => row.extend(entries.row(i)),
                    None => row.extend((0..effects).map(|e| (e, term.z.map_or(1.0, |z| z[e * n + i]))).filter(|(_, v)| *v != 0.0)),
                }
                for &(b, z_b) in &row {
                    for &(a, z_a) in &row {
                        block[b * effects + a] += weight(i) * z_a * z_b;
                    }
                }
            }
        }
    }
}

/// The same of R effects; neighbouring rows of the same level are summed first.
fn add_squares<const R: usize>(index: &[u32], z: &[f64], weights: Option<&[f64]>, blocks: &mut [f64]) {
    let n = index.len();
    let columns: [&[f64]; R] = std::array::from_fn(|e| &z[e * n..(e + 1) * n]);
    let mut first = 0;
    for run in index.chunk_by(|a, b| a == b) {
        let mut sums = [[0.0; R]; R];
        for i in first..first + run.len() {
            let (row, weight): ([f64; R], f64) = (columns.map(|column| column[i]), weights.map_or(1.0, |w| w[i]));
            for b in 0..R {
                let weighted = weight * row[b];
                for a in b..R {
                    sums[b][a] += weighted * row[a];
                }
            }
        }
        first += run.len();
        let block = &mut blocks[run[0] as usize * R * R..][..R * R];
        for b in 0..R {
            for a in b..R {
                block[b * R + a] += sums[b][a];
                block[a * R + b] = block[b * R + a];
            }
        }
    }
}

/// The rows in the order of their keys, stable with respect to `order` (or to the row number).
fn counting_sort(keys: &[u32], n_keys: usize, order: Option<&[u32]>) -> Result<Vec<u32>> {
    let mut next = try_vec("sorting of the rows", 0u32, n_keys + 1)?;
    for &key in keys {
        next[key as usize + 1] += 1;
    }
    for key in 0..n_keys {
        next[key + 1] += next[key];
    }
    let mut sorted = try_vec("sorting of the rows", 0u32, keys.len())?;
    let mut place = |i: u32| {
        let slot = &mut next[keys[i as usize] as usize];
        sorted[*slot as usize] = i;
        *slot += 1;
    };
    match order {
        Some(order) => order.iter().for_each(|&i| place(i)),
        None => (0..keys.len() as u32).for_each(place),
    }
    Ok(sorted)
}
