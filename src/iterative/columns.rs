//! Eight columns side by side: row i of all of them is one array, so that one pass over memory serves eight vectors. Sums run in blocks of
//! rows, in a fixed order. Loops are by index: iterators over pairs of slices are not always compiled into the vector code that `wide` asks for.
#![allow(clippy::needless_range_loop)]

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
            let b = &b[..a.len()];
            for i in 0..a.len() {
                for c in 0..WIDTH {
                    sum[c] += a[i][c] * b[i][c];
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
            let mut row = 0;
            while row < a.len().min(b.len()) {
                for i in 0..WIDTH {
                    for c in 0..WIDTH {
                        sum[i][c] += a[row][i] * b[row][c];
                    }
                }
                row += step;
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

/// v <- M v, each level with its own block of r rows, for the same matrix `[r, r]`.
pub fn multiply(r: usize, matrix: &[f64], transpose: bool, v: &mut [Row]) {
    if let [m] = matrix {
        return wide(Scale(*m, v));
    }
    let mut image = vec![[0.0; WIDTH]; r];
    for own in v.chunks_exact_mut(r) {
        block_product(r, matrix, transpose, own, &mut image);
        own.copy_from_slice(&image);
    }
}

struct Scale<'a>(f64, &'a mut [Row]);

impl NullaryFnOnce for Scale<'_> {
    type Output = ();

    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn call(self) {
        for v in self.1 {
            for c in 0..WIDTH {
                v[c] *= self.0;
            }
        }
    }
}

/// v <- M_j v_j, with a matrix for each level `[r, r, levels]`.
pub fn multiply_each(r: usize, matrices: &[f64], v: &mut [Row]) {
    if r == 1 {
        return wide(ScaleEach(matrices, v));
    }
    let mut image = vec![[0.0; WIDTH]; r];
    for (matrix, own) in matrices.chunks_exact(r * r).zip(v.chunks_exact_mut(r)) {
        block_product(r, matrix, false, own, &mut image);
        own.copy_from_slice(&image);
    }
}

struct ScaleEach<'a>(&'a [f64], &'a mut [Row]);

impl NullaryFnOnce for ScaleEach<'_> {
    type Output = ();

    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn call(self) {
        let ScaleEach(factors, v) = self;
        let v = &mut v[..factors.len()];
        for i in 0..factors.len() {
            for c in 0..WIDTH {
                v[i][c] *= factors[i];
            }
        }
    }
}

/// x_c += f_c p_c, r_c -= f_c q_c.
pub fn advance(factors: &Row, (x, p): (&mut [Row], &[Row]), (r, q): (&mut [Row], &[Row])) {
    wide(Advance { factors, x, p, r, q });
}

struct Advance<'a> {
    factors: &'a Row,
    x: &'a mut [Row],
    p: &'a [Row],
    r: &'a mut [Row],
    q: &'a [Row],
}

impl NullaryFnOnce for Advance<'_> {
    type Output = ();

    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn call(self) {
        let Advance { factors, x, p, r, q } = self;
        let n = x.len();
        let (p, r, q) = (&p[..n], &mut r[..n], &q[..n]);
        for i in 0..n {
            for c in 0..WIDTH {
                x[i][c] += factors[c] * p[i][c];
                r[i][c] -= factors[c] * q[i][c];
            }
        }
    }
}

/// p_c <- y_c + f_c p_c.
pub fn turn(factors: &Row, y: &[Row], p: &mut [Row]) {
    wide(Turn { factors, y, p });
}

struct Turn<'a> {
    factors: &'a Row,
    y: &'a [Row],
    p: &'a mut [Row],
}

impl NullaryFnOnce for Turn<'_> {
    type Output = ();

    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn call(self) {
        let Turn { factors, y, p } = self;
        let p = &mut p[..y.len()];
        for i in 0..y.len() {
            for c in 0..WIDTH {
                p[i][c] = y[i][c] + factors[c] * p[i][c];
            }
        }
    }
}

/// y += x, or y -= x.
pub fn add(y: &mut [Row], sign: f64, x: &[Row]) {
    let x = &x[..y.len()];
    for i in 0..y.len() {
        for c in 0..WIDTH {
            y[i][c] += sign * x[i][c];
        }
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
