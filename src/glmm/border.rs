//! Fixed effects of the mean that are part of the mode: A with a border.
//!
//! ```text
//! H = [ A          Lambda'Z'WX ]     S = X'WX - B'A^-1 B,   B = Lambda'Z'WX,   G = A^-1 B,   V = X - Z Lambda G
//!     [ X'WZ Lambda      X'WX  ]     log|H| = log|A| + log|S|
//! ```

use super::mode::Mode;
use crate::error::{Error, Result, try_collect, try_vec};
use crate::linalg::dense::{self, dot_in_order as dot};
use crate::random::triangle;

/// Ridges tried, each ten times the one before: the last is far above the row sums of any matrix that has lost its digits.
const MOST_RIDGES: usize = 24;

/// The border of A for p fixed effects.
pub struct Border {
    p: usize,
    /// A column of B, `[q]`.
    column: Vec<f64>,
    /// L^-1 P B, `[q, p]`.
    half: Vec<f64>,
    /// Lower factor of S, `[p, p]`.
    schur: Vec<f64>,
    /// W X of each predictor, `[n]`, a column at a time.
    wx: Vec<Vec<f64>>,
}

impl Border {
    pub fn new(n: usize, q: usize, p: usize, predictors: usize) -> Result<Self> {
        Ok(Border {
            p,
            column: try_vec("fixed effects beside the random ones", 0.0, q)?,
            half: try_vec("fixed effects beside the random ones", 0.0, q * p)?,
            schur: vec![0.0; p * p],
            wx: (0..predictors).map(|_| try_vec("weighted fixed effects", 0.0, n)).collect::<Result<_>>()?,
        })
    }

    pub fn log_determinant(&self) -> f64 {
        2.0 * (0..self.p).map(|j| self.schur[j * (self.p + 1)].ln()).sum::<f64>()
    }

    /// W X_j of all predictors with inner effects.
    fn weigh(&mut self, mode: &Mode<'_>, j: usize) {
        let n = mode.model.n;
        let column = &mode.model.fixed[0].q[j * n..(j + 1) * n];
        for (a, wx) in self.wx.iter_mut().enumerate() {
            let w = &mode.jet.w[triangle(a, 0)];
            wx.iter_mut().zip(w).zip(column).for_each(|((wx, w), x)| *wx = w * x);
        }
    }

    /// With A factorized: the border and the factor of S; false where that is not positive and was made so.
    pub fn assemble(&mut self, mode: &mut Mode<'_>) -> Result<bool> {
        let (p, q) = (self.p, mode.u.len());
        let mut s = vec![0.0; p * p];
        for j in 0..p {
            self.weigh(mode, j);
            mode.model.fixed[0].transpose(&self.wx[0], &mut s[j * p..(j + 1) * p]);
            mode.model.transpose_random(&self.wx, &mut self.column, mode.threads);
            let precision = &mut mode.precision;
            precision.apply_lambda_transpose(&mut self.column);
            if q > 0 {
                precision.system.permute_into(&precision.t, &self.column, &mut self.half[j * q..(j + 1) * q]);
            }
        }
        if q > 0 && p > 0 {
            mode.precision.system.half_solve(&mut self.half);
        }
        for j in 0..p {
            for i in 0..p {
                s[j * p + i] -= dot(&self.half[i * q..(i + 1) * q], &self.half[j * q..(j + 1) * q]);
            }
        }
        self.schur.copy_from_slice(&s);
        if dense::cholesky(p, &mut self.schur).is_ok() {
            return Ok(true);
        }
        self.add_ridge(&s).map(|()| false)
    }

    /// The factor of S with some curvature in the directions that have none: of the size of the largest.
    fn add_ridge(&mut self, s: &[f64]) -> Result<()> {
        let p = self.p;
        let broken = || Error::numeric("the information of the fixed effects is not a number at the modes of the random effects");
        if s.iter().any(|v| !v.is_finite()) {
            return Err(broken());
        }
        let mut ridge = 1e-3 * (0..p).map(|j| s[j * (p + 1)].abs()).fold(1.0, f64::max);
        for _ in 0..MOST_RIDGES {
            self.schur.copy_from_slice(s);
            (0..p).for_each(|j| self.schur[j * (p + 1)] += ridge);
            if dense::cholesky(p, &mut self.schur).is_ok() {
                return Ok(());
            }
            ridge *= 10.0;
        }
        Err(broken())
    }

    /// With L^-1 P v in `half`: turns (v, fixed) into L'-half of the solution; the form that the border adds.
    pub fn solve(&self, half: &mut [f64], fixed: &mut [f64]) -> f64 {
        let (p, q) = (self.p, half.len());
        for j in 0..p {
            fixed[j] -= dot(&self.half[j * q..(j + 1) * q], half);
        }
        dense::solve_lower(p, &self.schur, fixed);
        let form = fixed.iter().map(|v| v * v).sum();
        dense::solve_lower_transpose(p, &self.schur, fixed);
        for j in 0..p {
            half.iter_mut().zip(&self.half[j * q..(j + 1) * q]).for_each(|(h, b)| *h -= fixed[j] * b);
        }
        form
    }

    /// G R^-T and V R^-T (of each predictor), column by column, with S = R R': `give(column, G's, V's)`.
    pub fn whitened(&self, mode: &mut Mode<'_>, mut give: impl FnMut(&Mode<'_>, &[f64], &[Vec<f64>]) -> Result<()>) -> Result<()> {
        let (p, q, n) = (self.p, mode.u.len(), mode.model.n);
        let mut g = try_vec("border of the fixed effects", 0.0, q)?;
        let rows = |e: &Vec<f64>| try_vec("border of the fixed effects", 0.0, e.len());
        let mut v = mode.eta.iter().map(rows).collect::<Result<Vec<_>>>()?;
        for j in 0..p {
            // Column j of R^-T.
            let mut c = vec![0.0; p];
            c[j] = 1.0;
            dense::solve_lower_transpose(p, &self.schur, &mut c);
            let mut half = try_vec("border of the fixed effects", 0.0, q)?;
            for (i, c) in c.iter().enumerate() {
                half.iter_mut().zip(&self.half[i * q..(i + 1) * q]).for_each(|(h, b)| *h += c * b);
            }
            let precision = &mut mode.precision;
            precision.system.half_solve_transpose(&mut half);
            precision.system.unpermute_into(&precision.t, &half, &mut g);
            let mut b = try_collect("border of the fixed effects", g.iter().map(|g| -g))?;
            precision.apply_lambda(&mut b);
            for v in &mut v {
                v.fill(0.0);
            }
            for (i, c) in c.iter().enumerate() {
                let column = &mode.model.fixed[0].q[i * n..(i + 1) * n];
                v[0].iter_mut().zip(column).for_each(|(v, x)| *v += c * x);
            }
            mode.model.add_random(&b, &mut v, mode.threads);
            give(mode, &g, &v)?;
        }
        Ok(())
    }

    /// v'S v.
    pub fn form(&self, v: &[f64]) -> f64 {
        let p = self.p;
        (0..p).map(|j| (j..p).map(|i| self.schur[j * p + i] * v[i]).sum::<f64>().powi(2)).sum()
    }

    /// S^-1, the covariance of the fixed effects given theta, `[p, p]`.
    pub fn covariance(&self) -> Vec<f64> {
        let p = self.p;
        let mut out = vec![0.0; p * p];
        for (j, column) in out.chunks_exact_mut(p.max(1)).enumerate() {
            column[j] = 1.0;
            dense::solve_lower(p, &self.schur, column);
            dense::solve_lower_transpose(p, &self.schur, column);
        }
        out
    }
}
