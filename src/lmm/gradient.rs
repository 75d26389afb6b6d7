//! The gradient of the criterion in the relative covariance factors, without any inverse of Lambda: exact at singular factors, too.
//!
//! With U = A^-1 Lambda'Z'X, Q = Z'V^-1 X, u = spherical modes, z = Z'V^-1(y - X beta):
//!
//! ```text
//! F_k = sum_j [ (G Lambda A^-1)_jj - (REML) Q_j S_X^-1 U_j' - z_j u_j' / sigma^2 ],   dd/dT_k = 2 F_k  (lower triangle)
//! ```
//!
//! d log|A| = 2 tr(A^-1 Lambda'G dLambda), d rho^2 = -2 z' dLambda u, d log|S_X| = -2 tr(S_X^-1 Q' dLambda U).
//!
//! Where Lambda is far from singular, G Lambda = Lambda'^-1 (A - I) spares the products with G: Q = Lambda'^-1 U, and the sums need no more of
//! A^-1 than its diagonal blocks.

use super::confounded::clear_rows;
use super::deviance::Deviance;
use super::levels::{Place, Traces};
use crate::covariance::{MarkovForce, chain_rule};
use crate::error::Result;
use crate::linalg::{SelectedInverse, dense, wide};
use crate::random::Trace;

/// The mean of Lambda'G Lambda's diagonal blocks from which they are told from A's without losing more than three digits.
const DIVISIBLE: f64 = 1e-2;

/// The largest condition number (by row sums) of a T that is divided by.
const WELL_CONDITIONED: f64 = 100.0;

impl Deviance<'_> {
    /// The criterion and its gradient in the working parameters.
    pub fn evaluate_gradient(&mut self, working: &[f64], gradient: &mut [f64]) -> Result<f64> {
        let value = self.search(working)?;
        let mut forces = match self.traces() {
            Some(traces) => vec![traces.force],
            None => self.forces()?,
        };
        self.add_pull(&mut forces);
        chain_rule(&self.system.structures, working, &forces, gradient);
        self.add_slope(working, gradient)?;
        Ok(value)
    }

    /// What follows an evaluation of levels side by side.
    pub(super) fn traces(&mut self) -> Option<Traces> {
        let divided = self.levels.is_some() && self.is_divisible();
        let (levels, state) = (self.levels.as_mut()?, &self.state);
        let (t, gram, gamma, sigma2) = (&self.t[0][..], &state.gram[..], &state.gamma[..], state.sigma2);
        let mut traces = levels.second(&Place { t, divided, reml: self.reml, gram, gamma, sigma2 });
        clear_rows(&self.confounded[0], &mut traces.force);
        Some(traces)
    }

    /// F_k of each term, `[r, r]`, after an evaluation. Leaves U and Q whitened by the factor of S_X.
    pub(super) fn forces(&mut self) -> Result<Vec<Vec<f64>>> {
        let divided = !self.random.is_by_precisions() && self.is_divisible();
        self.state.divided = divided;
        if divided {
            self.solve_by_division();
        } else {
            self.solve();
        }
        self.watch.pulse()?;
        self.random.select_inverse()?;
        self.watch.pulse()?;
        self.whiten();
        let traces = match self.random.inverse() {
            Some(inverse) if divided => self.traces_by_division(inverse),
            _ => self.random.traces(self.gram(), &self.t),
        };
        let (q, m) = (self.system.gram.layout.q(), self.system.m());
        let mut forces = vec![];
        for (k, trace) in traces.into_iter().enumerate() {
            let mut force = match trace {
                Trace::Precision(trace) => {
                    forces.push(self.force_by_precision(k, trace));
                    continue;
                }
                Trace::Whole(trace) => trace,
            };
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
                if r == 2 {
                    let mut sums = [0.0; 4];
                    for (w, u) in self.w[range.clone()].as_chunks::<2>().0.iter().zip(self.u[range].as_chunks::<2>().0) {
                        sums = [sums[0] + w[0] * u[0], sums[1] + w[1] * u[0], sums[2] + w[0] * u[1], sums[3] + w[1] * u[1]];
                    }
                    dense::add_scaled(&mut force, -factor, &sums);
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
            clear_rows(&self.confounded[k], &mut force);
            forces.push(force);
        }
        Ok(forces)
    }

    /// F of a term with a precision: a matrix with the same products with the derivatives of T, from the trace less the products Q~ U~'.
    fn force_by_precision(&self, k: usize, mut trace: MarkovForce) -> Vec<f64> {
        let (layout, m) = (&self.system.gram.layout, self.system.m());
        let Some(markov) = self.random.precision(&self.t, k) else { return vec![] };
        let (r, range) = (markov.size(), layout.offset(k)..layout.offset(k + 1));
        let mut effects = vec![0.0; r];
        for column in if self.reml { 0..m } else { m - 1..m } {
            let factor = if column + 1 == m { 1.0 / self.state.sigma2 } else { 1.0 };
            let own = column * layout.q() + range.start..column * layout.q() + range.end;
            for (w, u) in self.w[own.clone()].chunks_exact(r).zip(self.u[own].chunks_exact(r)) {
                effects.copy_from_slice(u);
                // T'Q~ = U~.
                markov.add_product(&mut trace, -factor, (w, u), &mut effects);
            }
        }
        markov.pull_back(layout.terms[k].levels as f64, &trace, &self.t[k])
    }

    /// Whether all random effects vary enough for G Lambda = Lambda'^-1 (A - I) to be used: I - A^-1 then keeps its digits, and no products
    /// with G are needed.
    fn is_divisible(&self) -> bool {
        let divisible = |(t, mean): (&Vec<f64>, &Vec<f64>)| match t.len() {
            1 => t[0] * t[0] * mean[0] > DIVISIBLE,
            _ => well_conditioned(t.len().isqrt(), t) && smallest_pivot(t.len().isqrt(), t, mean) > DIVISIBLE,
        };
        self.may_divide && self.t.iter().zip(self.means().iter()).all(divisible)
    }

    /// The sums over levels of (G Lambda A^-1)_jj = T'^-1 (I - A^-1)_jj.
    fn traces_by_division(&self, (inverse, col_ptr): (&SelectedInverse, &[usize])) -> Vec<Trace> {
        let mut first = 0;
        let mut forces = vec![];
        for (size, t) in self.system.gram.layout.terms.iter().zip(self.t.iter()) {
            let r = size.effects;
            let mut sum = vec![0.0; r * r];
            for level in 0..size.levels {
                for c in 0..r {
                    let start = col_ptr[first + level * r + c];
                    sum[c * r + c] += 1.0 - inverse.get(start);
                    for a in c + 1..r {
                        sum[c * r + a] -= inverse.get(start + a - c);
                    }
                }
            }
            first += size.levels * r;
            for c in 0..r {
                (0..c).for_each(|a| sum[c * r + a] = sum[a * r + c]);
            }
            sum.chunks_exact_mut(r).for_each(|column| dense::solve_lower_transpose(r, t, column));
            forces.push(Trace::Whole(sum));
        }
        forces
    }

    /// Columns of U and Q become those of U R^-T and Q R^-T, with S_X = R R'.
    fn whiten(&mut self) {
        let (q, m) = (self.system.gram.layout.q(), self.system.m());
        for target in [&mut self.u, &mut self.w] {
            wide::divide_by_transpose(m, &self.state.gram, m - 1, q, target);
        }
    }
}

/// Whether T can be divided by.
fn well_conditioned(r: usize, t: &[f64]) -> bool {
    let inverse = dense::lower_inverse(r, t);
    let norm = |m: &[f64]| (0..r).map(|a| (0..r).map(|b| m[b * r + a].abs()).sum::<f64>()).fold(0.0, f64::max);
    norm(t) * norm(&inverse) < WELL_CONDITIONED
}

/// The smallest squared pivot of T'GT.
fn smallest_pivot(r: usize, t: &[f64], g: &[f64]) -> f64 {
    let (mut product, mut form) = (vec![0.0; r * r], vec![0.0; r * r]);
    dense::multiply_add(r, r, r, 1.0, g, t, &mut product);
    for b in 0..r {
        for a in 0..r {
            form[b * r + a] = dense::dot(&t[a * r..(a + 1) * r], &product[b * r..(b + 1) * r]);
        }
    }
    if dense::cholesky(r, &mut form).is_err() {
        return 0.0;
    }
    (0..r).map(|a| form[a * r + a] * form[a * r + a]).fold(f64::INFINITY, f64::min)
}
