//! The fixed effects of one linear predictor in an orthonormal basis, so that units and collinearity of X don't matter to the search.

use crate::error::{Error, Result, try_vec};
use crate::lmm::basis::{RANK_TOLERANCE, solve_upper};

/// X of the kept columns as Q W: Q'Q = n I, W upper triangular. Coefficients gamma of Q are working parameters, beta = W^-1 gamma.
#[derive(Clone, Debug, Default)]
pub struct FixedPart {
    /// `[n, p]`.
    pub q: Vec<f64>,
    pub p: usize,
    /// The columns of X that are kept.
    pub kept: Vec<usize>,
    /// `[p, p]`.
    w: Vec<f64>,
    /// Empty if there is none.
    pub offset: Vec<f64>,
}

impl FixedPart {
    /// Gram-Schmidt, each column twice (Giraud et al. 2005): columns that are combinations of those before them are left out.
    pub fn new(n: usize, x: &[f64], offset: Option<&[f64]>) -> Result<Self> {
        let mut part =
            FixedPart { q: vec![], p: 0, kept: vec![], w: vec![], offset: offset.map(<[f64]>::to_vec).unwrap_or_default() };
        let mut q: Vec<f64> = Vec::new();
        q.try_reserve_exact(x.len()).map_err(|_| Error::memory("fixed-effects model matrix", 8 * x.len()))?;
        let mut r: Vec<Vec<f64>> = vec![];
        let unit = (n as f64).sqrt();
        for (j, column) in x.chunks_exact(n.max(1)).enumerate() {
            // Scaled, so that squares neither overflow nor underflow.
            let largest = column.iter().fold(0.0f64, |m, v| m.max(v.abs()));
            if largest == 0.0 || !(1.0 / largest).is_finite() {
                continue;
            }
            let mut own = try_vec("fixed-effects model matrix", 0.0, n)?;
            own.iter_mut().zip(column).for_each(|(o, v)| *o = v / largest);
            let norm = own.iter().map(|v| v * v).sum::<f64>().sqrt();
            let mut coefficients = vec![0.0; r.len()];
            for _ in 0..2 {
                for (c, before) in coefficients.iter_mut().zip(q.chunks_exact(n)) {
                    let share = own.iter().zip(before).map(|(a, b)| a * b).sum::<f64>() / n as f64;
                    own.iter_mut().zip(before).for_each(|(a, b)| *a -= share * b);
                    *c += share;
                }
            }
            let left = own.iter().map(|v| v * v).sum::<f64>().sqrt();
            if left <= RANK_TOLERANCE * norm {
                continue;
            }
            q.extend(own.iter().map(|v| v * unit / left));
            coefficients.push(left / unit);
            for c in &mut coefficients {
                *c *= largest;
            }
            r.push(coefficients);
            part.kept.push(j);
        }
        part.p = r.len();
        part.w = vec![0.0; part.p * part.p];
        for (j, column) in r.iter().enumerate() {
            part.w[j * part.p..j * part.p + column.len()].copy_from_slice(column);
        }
        part.q = q;
        Ok(part)
    }

    /// beta of working coefficients, in place. Rows of a matrix of derivatives are mapped alike.
    pub fn to_user(&self, gamma: &mut [f64]) {
        solve_upper(self.p, &self.w, gamma);
    }

    /// Working coefficients of beta.
    pub fn to_working(&self, beta: &[f64]) -> Vec<f64> {
        (0..self.p).map(|i| (i..self.p).map(|j| self.w[j * self.p + i] * beta[j]).sum()).collect()
    }

    /// log|det W|.
    pub fn log_determinant(&self) -> f64 {
        (0..self.p).map(|j| self.w[j * self.p + j].abs().ln()).sum()
    }

    /// out <- offset + Q gamma.
    pub fn predict(&self, gamma: &[f64], out: &mut [f64]) {
        if self.offset.is_empty() {
            out.fill(0.0);
        } else {
            out.copy_from_slice(&self.offset);
        }
        self.add(gamma, out);
    }

    /// out += Q gamma.
    pub fn add(&self, gamma: &[f64], out: &mut [f64]) {
        for (column, g) in self.q.chunks_exact(out.len().max(1)).zip(gamma) {
            if *g != 0.0 {
                out.iter_mut().zip(column).for_each(|(o, v)| *o += g * v);
            }
        }
    }

    /// out <- Q'v.
    pub fn transpose(&self, v: &[f64], out: &mut [f64]) {
        for (column, o) in self.q.chunks_exact(v.len().max(1)).zip(out) {
            *o = column.iter().zip(v).map(|(a, b)| a * b).sum();
        }
    }
}
