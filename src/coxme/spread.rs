//! The covariance of (u, beta) where beta maximises the integrated likelihood and has the covariance C of it.
//!
//! ```text
//! u | beta has A^-1 about a mode that moves with beta:   V = H^-1 + G (S C S - S) G',   G = H^-1 (0; I),   S^-1 = G_beta
//! ```

use super::joint::Joint;
use super::model::Model;
use crate::error::{Error, Result, try_vec};
use crate::linalg::dense::{add_scaled, dot};
use crate::linalg::factor::DenseFactor;

const SPREAD: &str = "covariances of all effects";

/// What V has beside H^-1.
#[derive(Debug)]
pub struct Spread {
    /// The columns of G.
    g: Vec<Vec<f64>>,
    /// S C S - S `[p, p]`.
    middle: Vec<f64>,
}

impl Spread {
    /// C `[p, p]` is that of beta of the model's own columns.
    pub fn new(joint: &Joint<'_>, covariance: &[f64]) -> Result<Self> {
        let (p, q) = (joint.beta.len(), joint.u.len());
        let (mut g, mut own) = (vec![], DenseFactor::new(p)?);
        for j in 0..p {
            let mut column = try_vec(SPREAD, 0.0, q + p)?;
            column[q + j] = 1.0;
            joint.solve_whole(&mut column)?;
            own.values[j * p..(j + 1) * p].copy_from_slice(&column[q..]);
            g.push(column);
        }
        if !own.factorize()? {
            return Err(Error::numeric("the information of the fixed effects is not positive definite"));
        }
        let s = own.inverse(p)?;
        let product = |a: &[f64], b: &[f64]| -> Vec<f64> {
            (0..p * p).map(|e| (0..p).map(|k| a[k * p + e % p] * b[e / p * p + k]).sum()).collect()
        };
        let mut middle = product(&product(&s, covariance), &s);
        middle.iter_mut().zip(&s).for_each(|(m, s)| *m -= s);
        Ok(Spread { g, middle })
    }

    /// Adds to `out` what V v has beside H^-1 v.
    pub fn add(&self, v: &[f64], out: &mut [f64]) {
        let along: Vec<f64> = self.g.iter().map(|g| dot(g, v)).collect();
        let p = along.len();
        for (i, g) in self.g.iter().enumerate() {
            let share: f64 = (0..p).map(|j| self.middle[j * p + i] * along[j]).sum();
            add_scaled(out, share, g);
        }
    }

    /// The same of the covariances of the effects of each level, by term `[r, r, levels]`.
    pub fn add_within(&self, model: &Model, random: &mut [Vec<f64>]) {
        let p = self.g.len();
        for (k, blocks) in random.iter_mut().enumerate() {
            let r = model.layout.terms[k].effects;
            for (level, block) in blocks.chunks_exact_mut(r * r).enumerate() {
                let at = model.layout.offset(k) + level * r;
                for (e, out) in block.iter_mut().enumerate() {
                    let (a, b) = (at + e % r, at + e / r);
                    *out += (0..p * p).map(|m| self.middle[m] * self.g[m % p][a] * self.g[m / p][b]).sum::<f64>();
                }
            }
        }
    }
}
