//! Blocks of rows column by column: the working columns of few fixed effects and the response, and their products.
// Loops are by index: iterators over pairs of slices are not always compiled into vector code.
#![allow(clippy::needless_range_loop)]

use pulp::{Arch, NullaryFnOnce};

use super::rows::Rows;
use crate::linalg::dense::{dot_in_order, sum};

/// Transforms a block of rows, column by column.
pub(super) struct Transformed<'a> {
    pub rows: &'a Rows<'a>,
    /// The first row of the block.
    pub start: usize,
    /// What is taken off each column, and the upper triangular map.
    pub shift: &'a [f64],
    pub map: &'a [f64],
    /// Square roots of the weights, if there are any.
    pub roots: Option<&'a [f64]>,
    pub values: &'a mut [f64],
}

impl NullaryFnOnce for Transformed<'_> {
    type Output = ();

    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn call(self) {
        let Transformed { rows: all, start, shift, map, roots, values } = self;
        let c = shift.len();
        let rows = values.len() / c;
        for (j, out) in values.chunks_exact_mut(rows).enumerate() {
            out.fill(0.0);
            for (i, &factor) in map[j * c..=j * c + j].iter().enumerate().filter(|(_, factor)| **factor != 0.0) {
                let (column, shift) = (&all.column(i)[start..start + rows], shift[i]);
                for k in 0..rows {
                    out[k] += factor * (column[k] - shift);
                }
            }
            for (v, root) in out.iter_mut().zip(roots.unwrap_or(&[])) {
                *v *= root;
            }
        }
    }
}

/// Transformed and weighted rows, column by column.
pub(super) struct ColumnBlock<'a> {
    /// Square roots of the weights.
    pub roots: &'a [f64],
    pub values: &'a [f64],
}

impl ColumnBlock<'_> {
    /// The products of columns on and above the diagonal. The block is summed first: the rounding of a long sum grows with its blocks only.
    pub fn add_gram(&self, gram: &mut [f64]) {
        wide(Products { rows: self.roots.len(), values: self.values, gram });
    }

    /// Adds the products with an effect, `z` or one, to column `place` of those of each row's level; `work` has the effect times the weights.
    pub fn add_to_levels(
        &self,
        index: &[u32],
        z: Option<&[f64]>,
        (effects, place): (usize, usize),
        work: &mut [f64],
        cz: &mut [f64],
    ) {
        let rows = self.roots.len();
        let c = self.values.len() / rows;
        let work = &mut work[..rows];
        work.copy_from_slice(self.roots);
        if let Some(z) = z {
            work.iter_mut().zip(z).for_each(|(v, z)| *v *= z);
        }
        let mut first = 0;
        for run in index.chunk_by(|a, b| a == b) {
            let range = first..first + run.len();
            first = range.end;
            let sums = &mut cz[(place + run[0] as usize * effects) * c..][..c];
            if let [z] = work[range.clone()] {
                let column = self.values[range.start..].iter().step_by(rows);
                sums.iter_mut().zip(column).for_each(|(sum, v)| *sum += z * v);
                continue;
            }
            for (sum, column) in sums.iter_mut().zip(self.values.chunks_exact(rows)) {
                *sum += dot_in_order(&work[range.clone()], &column[range.clone()]);
            }
        }
    }
}

/// gram += products of columns, on and above the diagonal.
struct Products<'a> {
    rows: usize,
    values: &'a [f64],
    gram: &'a mut [f64],
}

impl NullaryFnOnce for Products<'_> {
    type Output = ();

    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn call(self) {
        let Products { rows, values, gram } = self;
        let c = values.len() / rows;
        for (j, a) in values.chunks_exact(rows).enumerate() {
            for (i, b) in values.chunks_exact(rows).take(j + 1).enumerate() {
                let (eights, rest) = a.as_chunks::<8>();
                let (others, other_rest) = b.as_chunks::<8>();
                let mut sums = [0.0; 8];
                for (x, y) in eights.iter().zip(others) {
                    for k in 0..8 {
                        sums[k] += x[k] * y[k];
                    }
                }
                let rest: f64 = rest.iter().zip(other_rest).map(|(x, y)| x * y).sum();
                gram[j * c + i] += sum(&sums) + rest;
            }
        }
    }
}

/// Work in the processor's widest vectors.
pub(super) fn wide(work: impl NullaryFnOnce<Output = ()>) {
    Arch::new().dispatch(work);
}
