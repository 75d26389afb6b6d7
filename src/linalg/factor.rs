//! The factor of a large dense symmetric matrix, by blocks.

use super::dense::{solve_lower, solve_lower_transpose};
use super::wide;
use crate::error::{Result, try_vec};

/// L with A = L L'.
#[derive(Debug)]
pub struct DenseFactor {
    n: usize,
    /// A `[n, n]`, and after `factorize` L in its lower triangle.
    pub values: Vec<f64>,
}

impl DenseFactor {
    pub fn new(n: usize) -> Result<Self> {
        Ok(DenseFactor { n, values: try_vec("factor", 0.0, n * n)? })
    }

    /// `false` if A, of which the lower triangle is read, is not positive definite.
    pub fn factorize(&mut self) -> Result<bool> {
        Ok(wide::cholesky(self.n, &mut self.values)?.is_none())
    }

    /// v <- A^-1 v.
    pub fn solve(&self, v: &mut [f64]) {
        self.half_solve(v);
        solve_lower_transpose(self.n, &self.values, v);
    }

    /// v <- A_k^-1 v of the leading `k x k` block, the rest zero.
    pub fn solve_leading(&self, k: usize, v: &mut [f64]) {
        v[k..].fill(0.0);
        self.half_solve(v);
        v[k..].fill(0.0);
        solve_lower_transpose(self.n, &self.values, v);
    }

    /// v <- L^-1 v.
    pub fn half_solve(&self, v: &mut [f64]) {
        solve_lower(self.n, &self.values, v);
    }

    /// log of the determinant of the leading `k x k` block.
    pub fn log_determinant(&self, k: usize) -> f64 {
        (0..k).map(|i| 2.0 * self.values[i * self.n + i].ln()).sum()
    }

    /// The inverse of the leading `k x k` block.
    pub fn inverse(&self, k: usize) -> Result<Vec<f64>> {
        let mut out = try_vec("inverse", 0.0, k * k)?;
        if k == 0 {
            return Ok(out);
        }
        (0..k).for_each(|i| out[i * k + i] = 1.0);
        wide::solve_lower(self.n, &self.values, k, &mut out);
        wide::solve_lower_transpose(self.n, &self.values, k, &mut out);
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solutions_determinant_and_inverse_are_those_of_the_matrix() {
        let n = 70;
        let mut factor = DenseFactor::new(n).unwrap();
        let entry = |a: usize, b: usize| if a == b { 5.0 + a as f64 } else { 1.0 / (1.0 + a.abs_diff(b) as f64) };
        (0..n * n).for_each(|e| factor.values[e] = entry(e % n, e / n));
        assert!(factor.factorize().unwrap());
        let x: Vec<f64> = (0..n).map(|i| (i as f64).sin()).collect();
        let mut v: Vec<f64> = (0..n).map(|a| (0..n).map(|b| entry(a, b) * x[b]).sum()).collect();
        factor.solve(&mut v);
        assert!(v.iter().zip(&x).all(|(a, b)| (a - b).abs() < 1e-12));
        let inverse = factor.inverse(2).unwrap();
        let determinant = 5.0 * 6.0 - 0.25;
        assert!((factor.log_determinant(2) - f64::ln(determinant)).abs() < 1e-13);
        let want = [6.0 / determinant, -0.5 / determinant, -0.5 / determinant, 5.0 / determinant];
        assert!(inverse.iter().zip(want).all(|(a, b)| (a - b).abs() < 1e-14));
        let mut v: Vec<f64> = (0..n).map(|a| if a < 2 { entry(a, 0) } else { 7.0 }).collect();
        factor.solve_leading(2, &mut v);
        assert!(v.iter().enumerate().all(|(a, v)| (v - f64::from(u8::from(a == 0))).abs() < 1e-14));
        factor.values.fill(-1.0);
        assert!(!factor.factorize().unwrap());
    }
}
