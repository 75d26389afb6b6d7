//! The gradient of the Laplace deviance by the implicit function theorem, with one adjoint solve (Kristensen et al. 2016).
//!
//! ```text
//! h_i = (Z Lambda A^-1 Lambda' Z')_ii,   A_o a = Lambda'Z'(h t),   kappa = h t - W_o Z Lambda a
//! dd/dbeta = X'(kappa - 2 s)
//! dd/dT_k  = sum_j { 2 (Z'WZ Lambda A^-1)_jj + [Z_j'(kappa - 2 s)] u_j' + (Z_j's) a_j' }
//! dd/dpsi  = -2 sum dl/dpsi + sum h dw/dpsi + (Z Lambda a)' ds/dpsi
//! ```

use super::laplace::Laplace;
use crate::covariance::chain_rule;
use crate::error::Result;
use crate::family::{Order, Psi};
use crate::linalg::SelectedInverse;
use crate::random::WeightedGram;

/// Step of the differences of the expected information in the family's parameters, which are logarithms or the like.
const STEP: f64 = 1e-4;

impl Laplace<'_> {
    /// The deviance and its gradient.
    pub fn evaluate_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        let value = self.evaluate(x, Order::Gradient)?;
        let model = self.model;
        let (n, n_theta, p) = (model.n, model.n_theta(), model.p);
        let terms = model.terms();
        // With A of the determinant: traces and leverages.
        if self.inverse.is_none() {
            self.inverse = Some(SelectedInverse::new(&self.factor, &self.col_ptr, &self.row_idx)?);
        }
        let mut force = vec![];
        if let Some(inverse) = &mut self.inverse {
            inverse.compute(&self.factor);
            force = self.gram.gram.trace(&self.t, &self.col_ptr, inverse);
            self.gram.gram.covariance(&self.t, &self.col_ptr, inverse, &mut self.covariance.gram);
        }
        let mut h = vec![0.0; n];
        WeightedGram::leverages(&self.covariance, &terms, &mut h);
        let t = if self.expected { &self.expected_t } else { &self.d.t };
        let ht: Vec<f64> = h.iter().zip(t).map(|(h, t)| h * t).collect();
        if self.expected {
            self.factorize_observed()?;
        }
        // The adjoint a, and Z Lambda a.
        let q = self.u.len();
        let mut a = vec![0.0; q];
        model.transpose_random(&ht, &mut a);
        self.gram.gram.apply_factors(&self.t, true, &mut a);
        self.factor.permute_into(&a, &mut self.permuted);
        self.factor.half_solve(&mut self.permuted);
        self.factor.half_solve_transpose(&mut self.permuted);
        self.factor.unpermute_into(&self.permuted, &mut a);
        let mut b = a.clone();
        self.gram.gram.apply_factors(&self.t, false, &mut b);
        let mut za = vec![0.0; n];
        model.add_random(&b, &mut za);
        let pull: Vec<f64> = (0..n).map(|i| ht[i] - self.d.w[i] * za[i] - 2.0 * self.d.s[i]).collect();
        for (g, column) in gradient[n_theta..n_theta + p].iter_mut().zip(model.x.chunks_exact(n)) {
            *g = column.iter().zip(&pull).map(|(x, v)| x * v).sum();
        }
        let mut z_pull = vec![0.0; q];
        model.transpose_random(&pull, &mut z_pull);
        model.transpose_random(&self.d.s, &mut self.zs);
        for (k, force) in force.iter_mut().enumerate() {
            let (r, first) = (model.layout.terms[k].effects, model.layout.offset(k));
            for level in 0..model.layout.terms[k].levels {
                let at = first + level * r;
                for c in 0..r {
                    for e in 0..r {
                        force[c * r + e] += 0.5 * (z_pull[at + e] * self.u[at + c] + self.zs[at + e] * a[at + c]);
                    }
                }
            }
        }
        chain_rule(&model.structures, x, &force, gradient);
        for (g, &j) in gradient[n_theta + p..].iter_mut().zip(&model.free) {
            let weight = if self.expected { self.expected_slope(x, j)? } else { self.d.psi[j].w.clone() };
            let psi = &self.d.psi[j];
            *g = (0..n).map(|i| -2.0 * psi.l[i] + h[i] * weight[i] + za[i] * psi.s[i]).sum();
        }
        Ok(value)
    }

    /// The derivative of the expected information in the family's parameter j, by four-point differences: families give it in closed form
    /// in the linear predictor alone.
    fn expected_slope(&self, x: &[f64], j: usize) -> Result<Vec<f64>> {
        let model = self.model;
        let (mut slope, mut w, mut t) = (vec![0.0; model.n], vec![0.0; model.n], vec![0.0; model.n]);
        for (step, factor) in [(-2.0, 1.0), (-1.0, -8.0), (1.0, 8.0), (2.0, -1.0)] {
            let mut psi = self.psi(x);
            psi[j] += step * STEP;
            let psi: Vec<Psi> = psi.into_iter().map(Psi::Shared).collect();
            model.family.expected_weight(&model.observations(), &self.eta, &psi, &mut w, &mut t)?;
            slope.iter_mut().zip(&w).for_each(|(s, w)| *s += factor * w / (12.0 * STEP));
        }
        Ok(slope)
    }
}
