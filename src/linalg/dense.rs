//! Small dense matrices, column-major, in place.
// What is inlined always is compiled for the vectors of its callers.
#![allow(clippy::inline_always)]

use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::{Accum, MatMut, MatRef, Par};

pub use super::eigen::symmetric_eigen;
use super::registers;

/// Factorises the lower triangle of the `n x n` matrix `a` as L L'; the strict upper triangle is not touched.
/// `Err(j)` names the first pivot that is not positive.
pub fn cholesky(n: usize, a: &mut [f64]) -> Result<(), usize> {
    for j in 0..n {
        for k in 0..j {
            let factor = a[k * n + j];
            for i in j..n {
                a[j * n + i] -= a[k * n + i] * factor;
            }
        }
        let pivot = a[j * n + j];
        if pivot.is_nan() || pivot <= 0.0 {
            return Err(j);
        }
        let root = pivot.sqrt();
        for i in j..n {
            a[j * n + i] /= root;
        }
    }
    Ok(())
}

/// A factor of its own, L with A = L L' (`n x n`), of a matrix whose pivots may be too small to be used.
pub struct Cholesky {
    n: usize,
    l: Vec<f64>,
}

impl Cholesky {
    /// `None` unless every pivot exceeds `smallest_pivot`. Only the lower triangle of `a` is read.
    pub fn new(a: &[f64], n: usize, smallest_pivot: f64) -> Option<Cholesky> {
        let mut l = vec![0.0; n * n];
        for j in 0..n {
            for i in j..n {
                let sum: f64 = a[i + j * n] - (0..j).map(|k| l[i + k * n] * l[j + k * n]).sum::<f64>();
                if i > j {
                    l[i + j * n] = sum / l[j + j * n];
                } else if sum > smallest_pivot {
                    l[j + j * n] = sum.sqrt();
                } else {
                    return None;
                }
            }
        }
        Some(Cholesky { n, l })
    }

    /// The factor of the identity.
    pub fn identity(n: usize) -> Cholesky {
        Cholesky { n, l: (0..n * n).map(|e| f64::from(u8::from(e % (n + 1) == 0))).collect() }
    }

    /// v becomes L^-1 v.
    pub fn solve_lower(&self, v: &mut [f64]) {
        for i in 0..self.n {
            let sum: f64 = (0..i).map(|k| self.l[i + k * self.n] * v[k]).sum();
            v[i] = (v[i] - sum) / self.l[i + i * self.n];
        }
    }

    /// v becomes L'^-1 v.
    pub fn solve_upper(&self, v: &mut [f64]) {
        for i in (0..self.n).rev() {
            let sum: f64 = (i + 1..self.n).map(|k| self.l[k + i * self.n] * v[k]).sum();
            v[i] = (v[i] - sum) / self.l[i + i * self.n];
        }
    }
}

/// The sum of all, in eight sums.
#[inline]
pub fn sum(v: &[f64]) -> f64 {
    let (v, rest) = v.as_chunks::<8>();
    let mut sums = [0.0; 8];
    for v in v {
        for i in 0..8 {
            sums[i] += v[i];
        }
    }
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + e) + (c + g)) + ((b + f) + (d + h)) + rest.iter().sum::<f64>()
}

/// The largest distance from a value, in eight strands; what is not a number is passed over.
pub fn largest_distance(v: &[f64], from: f64) -> f64 {
    let larger = |most: f64, v: f64| if (v - from).abs() > most { (v - from).abs() } else { most };
    let (v, rest) = v.as_chunks::<8>();
    let mut most = [0.0; 8];
    for v in v {
        for i in 0..8 {
            most[i] = larger(most[i], v[i]);
        }
    }
    most.into_iter().fold(rest.iter().fold(0.0, |most, v| larger(most, *v)), f64::max)
}

/// a'b, in four sums.
#[inline(always)]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<4>(), b.as_chunks::<4>());
    let mut sums = [0.0; 4];
    for (a, b) in a.iter().zip(b) {
        for i in 0..4 {
            sums[i] += a[i] * b[i];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum();
    (sums[0] + sums[2]) + (sums[1] + sums[3]) + rest
}

/// a'b, in one sum, from the first product to the last.
#[inline]
pub fn dot_in_order(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// y += a x.
#[inline(always)]
pub fn add_scaled(y: &mut [f64], a: f64, x: &[f64]) {
    y.iter_mut().zip(x).for_each(|(y, x)| *y += a * x);
}

/// x'A x for a symmetric matrix.
pub fn quadratic(a: &[f64], x: &[f64]) -> f64 {
    let n = x.len();
    x.iter().enumerate().map(|(j, y)| y * dot_in_order(x, &a[j * n..(j + 1) * n])).sum()
}

/// x <- L^-1 x, for the lower triangle of the `n x n` matrix `l`.
pub fn solve_lower(n: usize, l: &[f64], x: &mut [f64]) {
    for j in 0..x.len().min(n) {
        x[j] /= l[j * n + j];
        let xj = x[j];
        for i in j + 1..x.len().min(n) {
            x[i] -= l[j * n + i] * xj;
        }
    }
}

/// x <- L'^-1 x, for the leading part of `l` as long as `x`.
pub fn solve_lower_transpose(n: usize, l: &[f64], x: &mut [f64]) {
    let m = x.len().min(n);
    for j in (0..m).rev() {
        let mut sum = x[j];
        for i in j + 1..m {
            sum -= l[j * n + i] * x[i];
        }
        x[j] = sum / l[j * n + j];
    }
}

/// L^-1, for the lower triangle of the `n x n` matrix `l`.
pub fn lower_inverse(n: usize, l: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; n * n];
    for (j, column) in out.chunks_exact_mut(n).enumerate() {
        column[j] = 1.0;
        solve_lower(n, l, column);
    }
    out
}

/// x <- U^-1 x for the upper triangular `n x n` matrix `u`.
pub fn solve_upper(n: usize, u: &[f64], x: &mut [f64]) {
    for j in (0..n).rev() {
        x[j] /= u[j * n + j];
        let xj = x[j];
        for i in 0..j {
            x[i] -= u[j * n + i] * xj;
        }
    }
}

/// A `rows x columns` matrix, column-major.
pub fn matrix(rows: usize, columns: usize, values: &[f64]) -> MatRef<'_, f64> {
    MatRef::from_column_major_slice(&values[..rows * columns], rows, columns)
}

/// out = A B, or out += A B, by blocks: for matrices of more than a few rows.
pub fn multiply(add: bool, a: MatRef<'_, f64>, b: MatRef<'_, f64>, out: &mut [f64]) {
    let (rows, columns) = (a.nrows(), b.ncols());
    let out = MatMut::from_column_major_slice_mut(&mut out[..rows * columns], rows, columns);
    matmul(out, if add { Accum::Add } else { Accum::Replace }, a, b, 1.0, Par::Seq);
    registers::clear();
}

/// out = L B, where only the lower triangle of L is read.
pub fn multiply_lower(l: MatRef<'_, f64>, b: MatRef<'_, f64>, out: &mut [f64]) {
    let out = MatMut::from_column_major_slice_mut(out, l.nrows(), b.ncols());
    let (lower, whole) = (BlockStructure::TriangularLower, BlockStructure::Rectangular);
    triangular::matmul(out, whole, Accum::Replace, l, lower, b, whole, 1.0, Par::Seq);
    registers::clear();
}

/// out += A A', on and above the diagonal.
pub fn add_upper_square(a: MatRef<'_, f64>, out: &mut [f64]) {
    let out = MatMut::from_column_major_slice_mut(out, a.nrows(), a.nrows());
    let (upper, whole) = (BlockStructure::TriangularUpper, BlockStructure::Rectangular);
    triangular::matmul(out, upper, Accum::Add, a, whole, a.transpose(), whole, 1.0, Par::Seq);
    registers::clear();
}

/// c (`m x n`) += alpha A B, with A `m x k`, B `k x n`.
pub fn multiply_add(m: usize, k: usize, n: usize, alpha: f64, a: &[f64], b: &[f64], c: &mut [f64]) {
    for j in 0..n {
        for l in 0..k {
            let factor = alpha * b[j * k + l];
            for i in 0..m {
                c[j * m + i] += a[l * m + i] * factor;
            }
        }
    }
}

/// A B, both `[r, r]`.
pub fn product(r: usize, a: &[f64], b: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; r * r];
    multiply_add(r, r, r, 1.0, a, b, &mut out);
    out
}

/// The lower triangular factor (diagonal >= 0) of a positive semidefinite matrix: a zero pivot gives a zero column.
pub fn semidefinite_cholesky(n: usize, a: &[f64]) -> Vec<f64> {
    let mut t = a.to_vec();
    for j in 0..n {
        let scale = a[j * n + j].abs();
        for k in 0..j {
            let factor = t[k * n + j];
            for i in j..n {
                t[j * n + i] -= t[k * n + i] * factor;
            }
        }
        let pivot = t[j * n + j];
        let root = if pivot > 1e-14 * scale { pivot.sqrt() } else { 0.0 };
        for i in j..n {
            t[j * n + i] = if root > 0.0 { t[j * n + i] / root } else { 0.0 };
        }
        for i in 0..j {
            t[j * n + i] = 0.0;
        }
    }
    t
}

/// Beyond this many rows two products are cheaper than sums of r^2 numbers.
const SMALL_SANDWICH: usize = 6;

/// out <- factor T B T', symmetric to the last bit, for symmetric B.
pub fn sandwich(r: usize, t: &[f64], b: &[f64], factor: f64, out: &mut [f64]) {
    if r > SMALL_SANDWICH {
        let (mut left, mut whole) = (vec![0.0; r * r], vec![0.0; r * r]);
        multiply(false, matrix(r, r, t), matrix(r, r, b), &mut left);
        multiply(false, matrix(r, r, &left), matrix(r, r, t).transpose(), &mut whole);
        for (i, j) in (0..r).flat_map(|i| (0..=i).map(move |j| (i, j))) {
            (out[j * r + i], out[i * r + j]) = (factor * whole[j * r + i], factor * whole[j * r + i]);
        }
        return;
    }
    for i in 0..r {
        for j in 0..=i {
            let mut sum = 0.0;
            for c in 0..r {
                for d in 0..r {
                    sum += t[c * r + i] * b[d * r + c] * t[d * r + j];
                }
            }
            out[j * r + i] = factor * sum;
            out[i * r + j] = factor * sum;
        }
    }
}

/// The inverse of a regular `n x n` matrix, by elimination with row pivots.
pub fn inverse(n: usize, a: &[f64]) -> Vec<f64> {
    let mut left = a.to_vec();
    let mut out = vec![0.0; n * n];
    (0..n).for_each(|i| out[i * n + i] = 1.0);
    for k in 0..n {
        let pivot = (k..n).max_by(|&i, &j| left[k * n + i].abs().total_cmp(&left[k * n + j].abs())).unwrap_or(k);
        for matrix in [&mut left, &mut out] {
            (0..n).for_each(|c| matrix.swap(c * n + k, c * n + pivot));
        }
        let factors: Vec<f64> = (0..n).map(|i| left[k * n + i]).collect();
        for matrix in [&mut left, &mut out] {
            for column in matrix.chunks_exact_mut(n) {
                column[k] /= factors[k];
                let own = column[k];
                (0..n).filter(|&i| i != k).for_each(|i| column[i] -= factors[i] * own);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cholesky_and_solves() {
        let a = [4.0, 2.0, -2.0, 2.0, 10.0, 2.0, -2.0, 2.0, 6.0];
        let mut l = a;
        cholesky(3, &mut l).unwrap();
        let mut x = [1.0, -2.0, 3.0];
        solve_lower(3, &l, &mut x);
        solve_lower_transpose(3, &l, &mut x);
        for i in 0..3 {
            let product: f64 = (0..3).map(|j| a[j * 3 + i] * x[j]).sum();
            assert!((product - [1.0, -2.0, 3.0][i]).abs() < 1e-14);
        }
        assert_eq!(cholesky(2, &mut [1.0, 1.0, 1.0, 1.0]), Err(1));
        assert_eq!(cholesky(1, &mut [f64::NAN]), Err(0));
    }

    #[test]
    fn an_inverse_of_a_matrix_that_needs_pivots() {
        let a = [0.0, 2.0, 1.0, 1.0, 0.0, -1.0, 3.0, 1.0, 1.0];
        let inverse = inverse(3, &a);
        for j in 0..3 {
            for i in 0..3 {
                let product: f64 = (0..3).map(|c| a[c * 3 + i] * inverse[j * 3 + c]).sum();
                assert!((product - f64::from(u8::from(i == j))).abs() < 1e-15);
            }
        }
    }

    #[test]
    fn a_singular_matrix_has_a_factor_with_a_zero_column() {
        let t = semidefinite_cholesky(2, &[4.0, 2.0, 2.0, 1.0]);
        assert_eq!(t, [2.0, 1.0, 0.0, 0.0]);
        let t = semidefinite_cholesky(2, &[0.0, 0.0, 0.0, 9.0]);
        assert_eq!(t, [0.0, 0.0, 0.0, 3.0]);
    }

    #[test]
    fn solves_and_refuses_what_is_not_positive_definite() {
        let a = [4.0, 2.0, 1.0, 2.0, 5.0, 3.0, 1.0, 3.0, 6.0];
        let x = [1.0, -2.0, 0.5];
        let mut b: Vec<f64> = (0..3).map(|i| (0..3).map(|j| a[i + 3 * j] * x[j]).sum()).collect();
        let factor = Cholesky::new(&a, 3, 0.0).unwrap();
        factor.solve_lower(&mut b);
        factor.solve_upper(&mut b);
        assert!(b.iter().zip(x).all(|(b, x)| (b - x).abs() < 1e-15));
        assert!(Cholesky::new(&[1.0, 1.0, 1.0, 1.0], 2, 0.0).is_none());
        assert!(Cholesky::new(&[f64::NAN], 1, 0.0).is_none());
    }
}
