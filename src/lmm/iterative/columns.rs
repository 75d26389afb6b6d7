//! Eight columns side by side: row i of all of them is one array, so that one pass over memory serves eight vectors. Sums run in blocks of
//! rows, in a fixed order.

use pulp::{Arch, NullaryFnOnce};

use crate::error::{Result, try_vec};
use crate::linalg::dense;

/// Columns in a block.
pub const WIDTH: usize = 8;

/// One row of a block of columns.
pub type Row = [f64; WIDTH];

/// Rows that are summed before they are added to the rest.
const BLOCK: usize = 256;

pub fn zeros(what: &str, rows: usize) -> Result<Vec<Row>> {
    try_vec(what, [0.0; WIDTH], rows)
}

/// Work in the processor's widest vectors.
pub fn wide<R>(work: impl NullaryFnOnce<Output = R>) -> R {
    Arch::new().dispatch(work)
}

/// a_c'b_c of each column.
pub fn dots(a: &[Row], b: &[Row]) -> Row {
    wide(Dots(a, b))
}

struct Dots<'a>(&'a [Row], &'a [Row]);

impl NullaryFnOnce for Dots<'_> {
    type Output = Row;

    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn call(self) -> Row {
        let mut total = [0.0; WIDTH];
        for (a, b) in self.0.chunks(BLOCK).zip(self.1.chunks(BLOCK)) {
            let mut sum = [0.0; WIDTH];
            for (a, b) in a.iter().zip(b) {
                for c in 0..WIDTH {
                    sum[c] += a[c] * b[c];
                }
            }
            for c in 0..WIDTH {
                total[c] += sum[c];
            }
        }
        total
    }
}

/// a'b: row i of the result has the products of column i of `a` with the columns of `b`. Of both every `step`-th row counts, from the first.
pub fn products(a: &[Row], b: &[Row], step: usize) -> [Row; WIDTH] {
    wide(Products(a, b, step))
}

struct Products<'a>(&'a [Row], &'a [Row], usize);

impl NullaryFnOnce for Products<'_> {
    type Output = [Row; WIDTH];

    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn call(self) -> [Row; WIDTH] {
        let Products(a, b, step) = self;
        let mut total = [[0.0; WIDTH]; WIDTH];
        for (a, b) in a.chunks(BLOCK * step).zip(b.chunks(BLOCK * step)) {
            let mut sum = [[0.0; WIDTH]; WIDTH];
            for (a, b) in a.iter().step_by(step).zip(b.iter().step_by(step)) {
                for i in 0..WIDTH {
                    for c in 0..WIDTH {
                        sum[i][c] += a[i] * b[c];
                    }
                }
            }
            for i in 0..WIDTH {
                for c in 0..WIDTH {
                    total[i][c] += sum[i][c];
                }
            }
        }
        total
    }
}

/// y_c += f_c x_c.
pub fn add_scaled(y: &mut [Row], factors: &Row, x: &[Row]) {
    for (y, x) in y.iter_mut().zip(x) {
        for c in 0..WIDTH {
            y[c] += factors[c] * x[c];
        }
    }
}

/// v <- M v, each level with its own block of r rows, for the same matrix `[r, r]`.
pub fn multiply(r: usize, matrix: &[f64], transpose: bool, v: &mut [Row]) {
    if let [m] = matrix {
        v.iter_mut().flatten().for_each(|v| *v *= m);
        return;
    }
    let mut image = vec![[0.0; WIDTH]; r];
    for own in v.chunks_exact_mut(r) {
        block_product(r, matrix, transpose, own, &mut image);
        own.copy_from_slice(&image);
    }
}

/// v <- M_j v_j, with a matrix for each level `[r, r, levels]`.
pub fn multiply_each(r: usize, matrices: &[f64], v: &mut [Row]) {
    if r == 1 {
        for (m, v) in matrices.iter().zip(v) {
            v.iter_mut().for_each(|v| *v *= m);
        }
        return;
    }
    let mut image = vec![[0.0; WIDTH]; r];
    for (matrix, own) in matrices.chunks_exact(r * r).zip(v.chunks_exact_mut(r)) {
        block_product(r, matrix, false, own, &mut image);
        own.copy_from_slice(&image);
    }
}

/// out = M v, or M'v.
pub fn block_product(r: usize, matrix: &[f64], transpose: bool, v: &[Row], out: &mut [Row]) {
    for (a, out) in out.iter_mut().enumerate() {
        let mut sum = [0.0; WIDTH];
        for (b, v) in v.iter().enumerate() {
            let m = if transpose { matrix[a * r + b] } else { matrix[b * r + a] };
            for c in 0..WIDTH {
                sum[c] += m * v[c];
            }
        }
        *out = sum;
    }
}

/// v <- T^-1 v, or T'^-1 v, level by level, for a lower triangular T; zero where T is.
pub fn divide(r: usize, t: &[f64], transpose: bool, v: &mut [Row]) {
    if t.iter().all(|t| *t == 0.0) {
        v.fill([0.0; WIDTH]);
        return;
    }
    let inverse = inverse_of_lower(r, t);
    multiply(r, &inverse, transpose, v);
}

/// T^-1 of a lower triangular T.
pub fn inverse_of_lower(r: usize, t: &[f64]) -> Vec<f64> {
    let mut inverse = vec![0.0; r * r];
    for (j, column) in inverse.chunks_exact_mut(r).enumerate() {
        column[j] = 1.0;
        dense::solve_lower(r, t, column);
    }
    inverse
}

/// Columns `first` and on of a matrix `[n, columns]` as one block; what is beyond the last is zero.
pub fn gathered(matrix: &[f64], n: usize, first: usize, rows: std::ops::Range<usize>, out: &mut [Row]) {
    for (c, column) in matrix.chunks_exact(n.max(1)).skip(first).take(WIDTH).enumerate() {
        out.iter_mut().zip(&column[rows.clone()]).for_each(|(out, v)| out[c] = *v);
    }
}
