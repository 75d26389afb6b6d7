//! Dense matrices of many columns, column-major, by blocks: what `dense` does with loops, where these are slow.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::{LltError, LltRegularization, cholesky_in_place, cholesky_in_place_scratch};
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::linalg::triangular_solve::{solve_lower_triangular_in_place, solve_upper_triangular_in_place};
use faer::{Accum, MatMut, MatRef, Par};

use super::supernodes::params;
use super::{dense, registers};
use crate::error::{Error, Result};

/// Columns from which blocks are faster than loops.
pub const WIDE: usize = 48;

/// Factorises the lower triangle of the `n x n` matrix `a` as L L'; what is above the diagonal is left without meaning. `Some(j)` names a pivot
/// that is not positive.
pub fn cholesky(n: usize, a: &mut [f64]) -> Result<Option<usize>> {
    if n < WIDE {
        return Ok(dense::cholesky(n, a).err());
    }
    let scratch = cholesky_in_place_scratch::<f64>(n, Par::Seq, params());
    let mut memory = MemBuffer::try_new(scratch).map_err(|_| Error::memory("factor", scratch.unaligned_bytes_required()))?;
    let whole = MatMut::from_column_major_slice_mut(a, n, n);
    let done = cholesky_in_place(whole, LltRegularization::default(), Par::Seq, MemStack::new(&mut memory), params());
    registers::clear();
    Ok(done.err().map(|LltError::NonPositivePivot { index }| index))
}

/// The leading `k x k` block of an `n x n` matrix.
fn leading(n: usize, k: usize, l: &[f64]) -> MatRef<'_, f64> {
    MatRef::from_column_major_slice(l, n, n).submatrix(0, 0, k, k)
}

/// X (`k` rows) <- L^-1 X, for the lower triangle of the leading block of `l` (`n x n`).
pub fn solve_lower(n: usize, l: &[f64], k: usize, x: &mut [f64]) {
    if k < WIDE {
        return x.chunks_exact_mut(k.max(1)).for_each(|x| dense::solve_lower(n, l, x));
    }
    let columns = x.len() / k;
    solve_lower_triangular_in_place(leading(n, k, l), MatMut::from_column_major_slice_mut(x, k, columns), Par::Seq);
    registers::clear();
}

/// X (`k` rows) <- L'^-1 X.
pub fn solve_lower_transpose(n: usize, l: &[f64], k: usize, x: &mut [f64]) {
    if k < WIDE {
        return x.chunks_exact_mut(k.max(1)).for_each(|x| dense::solve_lower_transpose(n, l, x));
    }
    let columns = x.len() / k;
    let x = MatMut::from_column_major_slice_mut(x, k, columns);
    solve_upper_triangular_in_place(leading(n, k, l).transpose(), x, Par::Seq);
    registers::clear();
}

/// X (`n` rows) <- U^-1 X for the upper triangular `n x n` matrix `u`.
pub fn solve_upper(n: usize, u: &[f64], x: &mut [f64]) {
    if n < WIDE {
        return x.chunks_exact_mut(n.max(1)).for_each(|x| dense::solve_upper(n, u, x));
    }
    let columns = x.len() / n;
    solve_upper_triangular_in_place(leading(n, n, u), MatMut::from_column_major_slice_mut(x, n, columns), Par::Seq);
    registers::clear();
}

/// X (`rows x k`) <- X L'^-1, for the lower triangle of the leading block of `l` (`n x n`).
pub fn divide_by_transpose(n: usize, l: &[f64], k: usize, rows: usize, x: &mut [f64]) {
    if k < WIDE {
        for j in 0..k {
            let (before, rest) = x.split_at_mut(j * rows);
            let column = &mut rest[..rows];
            for (i, earlier) in before.chunks_exact(rows.max(1)).enumerate() {
                dense::add_scaled(column, -l[i * n + j], earlier);
            }
            let pivot = l[j * n + j];
            column.iter_mut().for_each(|v| *v /= pivot);
        }
        return;
    }
    let x = MatMut::from_column_major_slice_mut(&mut x[..rows * k], rows, k);
    solve_lower_triangular_in_place(leading(n, k, l), x.transpose_mut(), Par::Seq);
    registers::clear();
}

/// out (`columns x columns`) += factor A'B in its lower triangle, for matrices of so many columns, of which A'B is symmetric.
pub fn add_lower_product(columns: usize, factor: f64, a: &[f64], b: &[f64], out: &mut [f64]) {
    let rows = a.len() / columns.max(1);
    if columns < WIDE {
        for j in 0..columns {
            for i in j..columns {
                out[j * columns + i] += factor * dense::dot(&a[i * rows..(i + 1) * rows], &b[j * rows..(j + 1) * rows]);
            }
        }
        return;
    }
    let out = MatMut::from_column_major_slice_mut(out, columns, columns);
    let (lower, whole) = (BlockStructure::TriangularLower, BlockStructure::Rectangular);
    let (a, b) = (dense::matrix(rows, columns, a), dense::matrix(rows, columns, b));
    triangular::matmul(out, lower, Accum::Add, a.transpose(), whole, b, whole, factor, Par::Seq);
    registers::clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(a: usize, b: usize) -> f64 {
        if a == b { 5.0 + a as f64 } else { 1.0 / (1.0 + a.abs_diff(b) as f64) }
    }

    /// A factor, wide matrices and their results by loops.
    #[test]
    fn blocks_do_what_loops_do() {
        let (n, columns) = (WIDE + 13, 7);
        let a: Vec<f64> = (0..n * n).map(|e| entry(e % n, e / n)).collect();
        let (mut wide, mut loops) = (a.clone(), a.clone());
        assert_eq!(cholesky(n, &mut wide).unwrap(), None);
        dense::cholesky(n, &mut loops).unwrap();
        let lower = |i: usize, j: usize| i >= j;
        let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!((0..n * n).filter(|e| lower(e % n, e / n)).all(|e| (wide[e] - loops[e]).abs() < 1e-12));

        let x: Vec<f64> = (0..n * columns).map(|i| (i as f64).sin()).collect();
        let k = WIDE + 2;
        let lead: Vec<f64> = x[..k * 3].to_vec();
        let by_loops = |solve: &dyn Fn(&mut [f64]), rows: usize, x: &[f64]| {
            let mut out = x.to_vec();
            out.chunks_exact_mut(rows).for_each(solve);
            out
        };
        let (mut l, mut t, mut u) = (lead.clone(), lead.clone(), x.clone());
        solve_lower(n, &loops, k, &mut l);
        assert!(near(&l, &by_loops(&|x| dense::solve_lower(n, &loops, x), k, &lead)));
        solve_lower_transpose(n, &loops, k, &mut t);
        assert!(near(&t, &by_loops(&|x| dense::solve_lower_transpose(n, &loops, x), k, &lead)));
        solve_upper(n, &a, &mut u);
        assert!(near(&u, &by_loops(&|x| dense::solve_upper(n, &a, x), n, &x)));

        // X L'^-1 is the transpose of L^-1 X'.
        let (rows, mut divided) = (columns, x.clone());
        divide_by_transpose(n, &loops, k, rows, &mut divided);
        let turned: Vec<f64> = (0..rows * k).map(|e| x[(e % k) * rows + e / k]).collect();
        let want = by_loops(&|x| dense::solve_lower(n, &loops, x), k, &turned);
        assert!((0..rows * k).all(|e| (divided[(e % k) * rows + e / k] - want[e]).abs() < 1e-12));
        assert_eq!(divided[rows * k..], x[rows * k..]);

        let mut out = vec![1.0; n * n];
        add_lower_product(n, -2.0, &x, &x, &mut out);
        for (i, j) in (0..n).flat_map(|i| (0..=i).map(move |j| (i, j))) {
            let own = dense::dot(&x[i * columns..(i + 1) * columns], &x[j * columns..(j + 1) * columns]);
            assert!((out[j * n + i] - (1.0 - 2.0 * own)).abs() < 1e-12);
        }
    }

    #[test]
    fn a_pivot_that_is_not_positive_is_named() {
        for n in [5, WIDE + 5] {
            for bad in [0.0, -1.0, f64::NAN] {
                let mut a: Vec<f64> = (0..n * n).map(|e| entry(e % n, e / n)).collect();
                a[3 * n + 3] = bad;
                assert_eq!(cholesky(n, &mut a).unwrap(), Some(3), "{n} {bad}");
            }
        }
    }
}
