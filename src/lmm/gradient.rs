//! The gradient of the criterion in the relative covariance factors, without any inverse of Lambda: exact at singular factors, too.
//!
//! With U = A^-1 Lambda'Z'X, Q = Z'V^-1 X, u = spherical modes, z = Z'V^-1(y - X beta):
//!
//! ```text
//! F_k = sum_j [ (G Lambda A^-1)_jj - (REML) Q_j S_X^-1 U_j' - z_j u_j' / sigma^2 ],   dd/dT_k = 2 F_k  (lower triangle)
//! ```
//!
//! d log|A| = 2 tr(A^-1 Lambda'G dLambda), d rho^2 = -2 z' dLambda u, d log|S_X| = -2 tr(S_X^-1 Q' dLambda U).

use super::confounded::clear_rows;
use super::deviance::Deviance;
use crate::covariance::chain_rule;
use crate::error::Result;
use crate::linalg::{SelectedInverse, dense};

/// The mean diagonal entry of Lambda'G Lambda from which it is told from A's without losing more than three digits.
const DIVISIBLE: f64 = 1e-2;

impl Deviance<'_> {
    /// The criterion and its gradient in the working parameters.
    pub fn evaluate_gradient(&mut self, working: &[f64], gradient: &mut [f64]) -> Result<f64> {
        let value = self.evaluate(working)?;
        let forces = self.forces()?;
        chain_rule(&self.system.structures, working, &forces, gradient);
        self.add_slope(working, gradient);
        Ok(value)
    }

    /// F_k of each term, `[r, r]`, after an evaluation. Leaves U and Q whitened by the factor of S_X.
    pub(super) fn forces(&mut self) -> Result<Vec<Vec<f64>>> {
        let divided = self.is_divisible();
        if divided {
            self.solve_by_division();
        } else {
            self.solve();
        }
        self.select_inverse()?;
        self.whiten();
        let mut forces = match &self.inverse {
            Some(inverse) if divided => self.traces_by_division(inverse),
            Some(inverse) => self.gram().trace(&self.t, &self.col_ptr, inverse),
            None => vec![],
        };
        let (q, m) = (self.system.gram.layout.q(), self.system.m());
        for (k, force) in forces.iter_mut().enumerate() {
            let size = self.system.gram.layout.terms[k];
            let (r, first) = (size.effects, self.system.gram.layout.offset(k));
            let columns = if self.reml { 0..m } else { m - 1..m };
            for column in columns {
                let factor = if column + 1 == m { 1.0 / self.state.sigma2 } else { 1.0 };
                let range = column * q + first..column * q + first + size.levels * r;
                if r == 1 {
                    force[0] -= factor * dense::dot(&self.w[range.clone()], &self.u[range]);
                    continue;
                }
                for (w, u) in self.w[range.clone()].chunks_exact(r).zip(self.u[range].chunks_exact(r)) {
                    for b in 0..r {
                        for a in 0..r {
                            force[b * r + a] -= factor * w[a] * u[b];
                        }
                    }
                }
            }
            clear_rows(&self.confounded[k], force);
        }
        Ok(forces)
    }

    /// Whether all random effects are scalar and large enough for G Lambda = Lambda^-1 (A - I) to be used: 1 - A^-1 then keeps its digits,
    /// and no products with G are needed.
    pub(super) fn is_divisible(&self) -> bool {
        self.divides
            && self.gram().diagonal.iter().zip(&self.gram().layout.terms).zip(&self.t).all(|((diagonal, size), t)| {
                size.effects == 1 && t[0] * t[0] * diagonal.iter().sum::<f64>() > DIVISIBLE * size.levels as f64
            })
    }

    /// The sums over levels of (G Lambda A^-1)_jj = (1 - A^-1)_jj / T.
    fn traces_by_division(&self, inverse: &SelectedInverse) -> Vec<Vec<f64>> {
        let mut first = 0;
        let mut forces = vec![];
        for (size, t) in self.system.gram.layout.terms.iter().zip(&self.t) {
            let columns = first..first + size.levels;
            first = columns.end;
            forces.push(vec![columns.map(|j| 1.0 - inverse.get(self.col_ptr[j])).sum::<f64>() / t[0]]);
        }
        forces
    }

    /// Columns of U and Q become those of U R^-T and Q R^-T, with S_X = R R'.
    fn whiten(&mut self) {
        let (q, m) = (self.system.gram.layout.q(), self.system.m());
        for target in [&mut self.u, &mut self.w] {
            for j in 0..m - 1 {
                let (before, rest) = target.split_at_mut(j * q);
                let column = &mut rest[..q];
                for (i, earlier) in before.chunks_exact(q.max(1)).enumerate() {
                    let factor = self.state.gram[i * m + j];
                    column.iter_mut().zip(earlier).for_each(|(v, e)| *v -= factor * e);
                }
                let pivot = self.state.gram[j * m + j];
                for v in column {
                    *v /= pivot;
                }
            }
        }
    }
}
