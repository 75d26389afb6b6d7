//! The basis in which cross-products are accumulated: columns shifted and made orthonormal, so that no digits are lost.

use serde::{Deserialize, Serialize};

use super::columns::{ColumnBlock, Transformed, wide};
use super::rows::{BLOCK, Chunk, Rows};
use crate::error::{Result, try_vec};
use crate::linalg::dense::{add_scaled, add_upper_square, matrix, multiply_lower};
use crate::threads::each;
use crate::watch::Watch;

/// So many columns are transformed and multiplied as matrices.
const WIDE: usize = 40;

/// What memory is for.
const GRAM: &str = "cross-products of the fixed effects";

/// The linear map from the user's columns C = [X y] to the working ones, C~ = (C - 1 shift') map.
///
/// `map` is upper triangular, the last column (the response) with a positive diagonal; working columns of X are nearly orthonormal and
/// the working response is nearly the least-squares residual of unit length, on the rows that the basis was learnt from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Basis {
    /// The number of columns, those of X and the response.
    pub columns: usize,
    /// The value of column 0 where it is constant; otherwise nothing is shifted.
    pub constant: Option<f64>,
    pub shift: Vec<f64>,
    /// `[columns, columns]`.
    pub map: Vec<f64>,
}

/// What a term's levels have of products with C~, `[columns, effects, levels]`.
pub(super) struct ByLevel<'a> {
    /// Levels of a piece's rows.
    pub index: &'a [u32],
    /// The effects of its rows, by columns.
    pub z: Option<Vec<&'a [f64]>>,
    pub effects: usize,
    pub sums: &'a mut [f64],
}

impl ByLevel<'_> {
    /// Adds a block of rows that is there column by column.
    fn add_columns(&mut self, start: usize, block: &ColumnBlock<'_>, work: &mut [f64]) {
        let range = start..start + block.roots.len();
        for e in 0..self.effects {
            let z = self.z.as_ref().map(|z| &z[e][range.clone()]);
            block.add_to_levels(&self.index[range.clone()], z, (self.effects, e), work, self.sums);
        }
    }

    /// Adds a block of rows of `c` numbers, those of the same level that follow each other first; `weights` are those of the piece.
    fn add_rows(&mut self, c: usize, start: usize, rows: &[f64], weights: Option<&[f64]>, work: &mut [f64]) {
        let width = c * self.effects;
        let index = &self.index[start..start + rows.len() / c];
        let mut rows = (start..).zip(rows.chunks_exact(c));
        for run in index.chunk_by(|a, b| a == b) {
            let work = &mut work[..width];
            work.fill(0.0);
            for (i, row) in rows.by_ref().take(run.len()) {
                let root_weight = weights.map_or(1.0, |w| w[i].sqrt());
                for (e, sums) in work.chunks_exact_mut(c).enumerate() {
                    let z = root_weight * self.z.as_ref().map_or(1.0, |z| z[e][i]);
                    if z != 0.0 {
                        add_scaled(sums, z, row);
                    }
                }
            }
            add_scaled(&mut self.sums[run[0] as usize * width..][..width], 1.0, work);
        }
    }
}

impl Basis {
    /// The Gram matrix of the working columns of a chunk, `[columns, columns]`.
    pub fn gram(&self, chunk: &Chunk<'_>) -> Result<Vec<f64>> {
        let c = self.columns;
        let pieces = chunk.rows().pieces();
        let mut all = each(pieces.len(), &chunk.watch, &|i, watch| self.part(&pieces[i], &mut [], watch))?.into_iter();
        let mut gram = match all.next() {
            Some(first) => first,
            None => try_vec(GRAM, 0.0, c * c)?,
        };
        all.for_each(|part| add_scaled(&mut gram, 1.0, &part));
        mirror(c, &mut gram);
        Ok(gram)
    }

    /// The same, with C~'Z of the terms of the chunk added to theirs: the number of effects, and `[columns, effects, levels]`.
    pub fn products(&self, chunk: &Chunk<'_>, terms: Vec<(usize, &mut [f64])>) -> Result<Vec<f64>> {
        let mut own = vec![];
        for (term, (effects, sums)) in chunk.terms.iter().zip(terms) {
            own.push(ByLevel { index: term.index, z: term.z.map(|z| z.chunks_exact(chunk.n).collect()), effects, sums });
        }
        let mut gram = self.part(&chunk.rows(), &mut own, &chunk.watch)?;
        mirror(self.columns, &mut gram);
        Ok(gram)
    }

    /// C~'C~ of a piece of rows, on and above the diagonal; C~'Z of terms is added to theirs.
    pub(super) fn part(&self, rows: &Rows<'_>, terms: &mut [ByLevel<'_>], watch: &Watch<'_>) -> Result<Vec<f64>> {
        let c = self.columns;
        let mut gram = try_vec(GRAM, 0.0, c * c)?;
        self.each_piece(rows, terms, Some(&mut gram), watch)?;
        Ok(gram)
    }

    /// The same of which C~'C~ may be none of the work.
    pub(super) fn each_piece(
        &self,
        rows: &Rows<'_>,
        terms: &mut [ByLevel<'_>],
        mut gram: Option<&mut [f64]>,
        watch: &Watch<'_>,
    ) -> Result<()> {
        let c = self.columns;
        if c < WIDE {
            let mut work = [0.0; BLOCK];
            return self.each_columns(rows, watch, |start, block| {
                if let Some(gram) = &mut gram {
                    block.add_gram(gram);
                }
                terms.iter_mut().for_each(|term| term.add_columns(start, block, &mut work));
            });
        }
        let effects = terms.iter().map(|term| term.effects).max().unwrap_or(0);
        let mut work = try_vec("cross-products of fixed and random effects", 0.0, effects * c)?;
        self.each_rows(rows, watch, |start, values| {
            if let Some(gram) = &mut gram {
                add_upper_square(matrix(c, values.len() / c, values), gram);
            }
            terms.iter_mut().for_each(|term| term.add_rows(c, start, values, rows.weights(), &mut work));
        })
    }

    /// Calls `work` with the first row of each block, and the block transformed and weighted, column by column.
    fn each_columns(&self, rows: &Rows<'_>, watch: &Watch<'_>, mut work: impl FnMut(usize, &ColumnBlock<'_>)) -> Result<()> {
        let c = self.columns;
        let mut values = try_vec("rows of the fixed effects", 0.0, BLOCK.min(rows.n) * c)?;
        let mut roots = vec![1.0; BLOCK.min(rows.n)];
        for start in (0..rows.n).step_by(BLOCK) {
            watch.pulse()?;
            let count = BLOCK.min(rows.n - start);
            if let Some(weights) = rows.weights() {
                roots.iter_mut().zip(&weights[start..]).for_each(|(root, weight)| *root = weight.sqrt());
            }
            let values = &mut values[..count * c];
            let (shift, map, own) = (&self.shift[..], &self.map[..], rows.weights().is_some().then_some(&roots[..count]));
            wide(Transformed { rows, start, shift, map, roots: own, values });
            work(start, &ColumnBlock { roots: &roots[..count], values });
        }
        Ok(())
    }

    /// Calls `work(first row, block)` for blocks of transformed and weighted rows, each row `columns` numbers side by side.
    pub fn each_block(&self, chunk: &Chunk<'_>, work: impl FnMut(usize, &[f64])) -> Result<()> {
        self.each_rows(&chunk.rows(), &chunk.watch, work)
    }

    fn each_rows(&self, all: &Rows<'_>, watch: &Watch<'_>, mut work: impl FnMut(usize, &[f64])) -> Result<()> {
        let c = self.columns;
        let wide = c >= WIDE;
        let mut raw = try_vec("rows of the fixed effects", 0.0, if wide { BLOCK.min(all.n) * c } else { c })?;
        let is_diagonal = wide && (0..c).all(|j| self.map[j * c..j * c + j].iter().all(|v| *v == 0.0));
        let mut block = try_vec("rows of the fixed effects", 0.0, BLOCK.min(all.n) * c)?;
        for start in (0..all.n).step_by(BLOCK) {
            watch.pulse()?;
            let rows = BLOCK.min(all.n - start);
            let columns: Vec<&[f64]> = (0..c).map(|j| &all.column(j)[start..start + rows]).collect();
            let weights = all.weights().map(|w| &w[start..start + rows]);
            if wide {
                self.transform_wide(&columns, weights, is_diagonal, &mut raw, &mut block[..rows * c]);
                work(start, &block[..rows * c]);
                continue;
            }
            for (i, out) in block.chunks_exact_mut(c).take(rows).enumerate() {
                let root_weight = weights.map_or(1.0, |w| w[i].sqrt());
                for ((value, column), shift) in raw.iter_mut().zip(&columns).zip(&self.shift) {
                    *value = column[i] - shift;
                }
                for (j, value) in out.iter_mut().enumerate() {
                    let column = &self.map[j * c..=j * c + j];
                    *value = root_weight * dot(column, &raw[..=j]);
                }
            }
            work(start, &block[..rows * c]);
        }
        Ok(())
    }

    /// The same for many columns, by a product of matrices; `raw` takes the columns as they come.
    fn transform_wide(&self, columns: &[&[f64]], weights: Option<&[f64]>, is_diagonal: bool, raw: &mut [f64], out: &mut [f64]) {
        let c = self.columns;
        let rows = out.len() / c;
        let raw = &mut raw[..rows * c];
        for ((raw, column), shift) in raw.chunks_exact_mut(rows).zip(columns).zip(&self.shift) {
            raw.iter_mut().zip(*column).for_each(|(raw, v)| *raw = v - shift);
            if let Some(weights) = weights {
                raw.iter_mut().zip(weights).for_each(|(raw, w)| *raw *= w.sqrt());
            }
        }
        if is_diagonal {
            for (i, out) in out.chunks_exact_mut(c).enumerate() {
                out.iter_mut().enumerate().for_each(|(j, out)| *out = self.map[j * (c + 1)] * raw[j * rows + i]);
            }
        } else {
            multiply_lower(matrix(c, c, &self.map).transpose(), matrix(rows, c, raw).transpose(), out);
        }
    }

    /// The whole linear map B, `[columns, columns]`, with C~ = C B: the shift is a multiple of the constant column.
    pub fn matrix(&self) -> Vec<f64> {
        let c = self.columns;
        let mut b = self.map.clone();
        if let Some(constant) = self.constant {
            for j in 0..c {
                for k in 1..c {
                    b[j * c] -= self.shift[k] / constant * self.map[j * c + k];
                }
            }
        }
        b
    }
}

/// Completes a symmetric matrix that is there on and above its diagonal.
pub fn mirror(c: usize, gram: &mut [f64]) {
    for j in 0..c {
        for i in 0..j {
            gram[i * c + j] = gram[j * c + i];
        }
    }
}

/// The scalar product in eight sums side by side: one alone waits for each of its additions.
#[inline]
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0; 8];
    if a.len() < sums.len() {
        // The same sum without the eight: most models have few coefficients.
        return a.iter().zip(b).fold(0.0, |sum, (x, y)| sum + x * y);
    }
    let (whole_a, rest_a) = a.as_chunks::<8>();
    let (whole_b, rest_b) = b.as_chunks::<8>();
    for (x, y) in whole_a.iter().zip(whole_b) {
        for (sum, (x, y)) in sums.iter_mut().zip(x.iter().zip(y)) {
            *sum += x * y;
        }
    }
    let rest: f64 = rest_a.iter().zip(rest_b).map(|(x, y)| x * y).sum();
    ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7])) + rest
}
