//! The observed information of the working parameters and log sigma: the exact Hessian of the criterion with sigma in it.
//!
//! With `P_Z = M - Q~Q~'` for REML, M for ML, `K_i = dT_i T' + T dT_i'` in the levels of a term, z = Z'V^-1 residual, `Z g_i = dV_i V^-1
//! residual`, and F the derivative by D summed over levels,
//!
//! ```text
//! h_ij     = <F, K_ij> - tr(P_Z K_i P_Z K_j) + (2 / sigma^2) {g_i'M g_j - (Q~'g_i)'(Q~'g_j)}
//! h_i,s    = 2 z'g_i / sigma^2,   h_ss = 4 N.
//! ```

use std::borrow::Cow;

use super::{Direction, Traces, Variances};
use crate::covariance::Structure;
use crate::error::{Result, try_vec};
use crate::linalg::dense::{self, dot_in_order as dot};
use crate::random::{FactorDerivative, directions, factor_derivatives};

/// The Hessian with what it was made of.
pub struct ObservedInformation {
    /// `[n + 1, n + 1]`: the working parameters, then log sigma.
    pub hessian: Vec<f64>,
    /// Those of the fixed effects' covariance, where it is the identity: `[p, p]` each.
    pub fixed: Vec<Vec<f64>>,
    /// Those of the user's fixed effects at their best, `[p]` each.
    pub fixed_effects: Vec<Vec<f64>>,
    /// Which working parameters change the covariance of the rows to the first order; the others are at a boundary.
    pub effective: Vec<bool>,
}

impl Variances<'_> {
    /// As many solves as the largest connected part of the random effects has columns.
    pub fn observed_information(&mut self) -> Result<ObservedInformation> {
        let structures = &self.system.structures;
        let mut derivatives = factor_derivatives(structures, &self.working);
        for derivative in &mut derivatives {
            super::super::confounded::clear_rows(&self.confounded[derivative.term], &mut derivative.d);
        }
        let own: Vec<Direction> = derivatives.iter().map(|d| self.direction(d)).collect();
        let (n, p) = (own.len(), self.p());
        let size = n + 1;
        let mut hessian = vec![0.0; size * size];
        let traces = self.traces(&own)?;
        let fixed = if self.reml { Some(self.fixed_derivatives(&own)?) } else { None };
        for j in 0..n {
            for i in 0..=j {
                let mut trace = traces.along[j * n + i];
                if let Some(fixed) = &fixed {
                    let second: f64 = (0..p).map(|a| fixed.pair(i, j)[a * p + a]).sum();
                    let (left, right) = (&fixed.first[i], &fixed.first[j]);
                    trace += left.iter().zip(right).map(|(a, b)| a * b).sum::<f64>() - 2.0 * second;
                }
                hessian[j * size + i] = -trace;
            }
        }
        self.add_curvature(&traces, &derivatives, &mut hessian);
        let along = self.add_residuals(&derivatives, &mut hessian)?;
        for j in 0..size {
            for i in 0..j {
                hessian[i * size + j] = hessian[j * size + i];
            }
        }
        let fixed = match fixed {
            Some(fixed) => fixed.first,
            None => self.first_derivatives(&own)?,
        };
        let effective = own.iter().map(|direction| direction.k.iter().any(|v| *v != 0.0)).collect();
        Ok(ObservedInformation {
            hessian,
            fixed,
            fixed_effects: along.iter().map(|a| self.fixed_effects_along(a)).collect(),
            effective,
        })
    }

    /// db/dx = -S^-1 Q'g of the user's fixed effects, from Q~'g.
    fn fixed_effects_along(&self, along: &[f64]) -> Vec<f64> {
        let (p, unit) = (self.p(), self.system.map.unit.signum() / self.sigma2.sqrt());
        let mut out = vec![0.0; p];
        for (share, column) in along.iter().zip(self.map.chunks_exact(p.max(1))) {
            dense::add_scaled(&mut out, -unit * share, column);
        }
        out
    }

    /// dT T' + T dT'.
    fn direction(&self, derivative: &FactorDerivative) -> Direction {
        let t = &self.t[derivative.term];
        let r = t.len().isqrt();
        let product = |a: usize, b: usize| (0..r).map(|c| derivative.d[c * r + a] * t[c * r + b]).sum::<f64>();
        Direction { term: derivative.term, k: (0..r * r).map(|e| product(e % r, e / r) + product(e / r, e % r)).collect() }
    }

    /// <F, `K_ij`> = 2 <F, `dT_i dT_j`'> + 2 <F T, `d2T_ij`>.
    fn add_curvature(&self, traces: &Traces, derivatives: &[FactorDerivative], hessian: &mut [f64]) {
        let size = derivatives.len() + 1;
        let gradients = self.gradients(traces);
        for (k, force) in gradients.iter().enumerate() {
            let r = force.len().isqrt();
            for (j, right) in derivatives.iter().enumerate().filter(|(_, d)| d.term == k) {
                let mut image = vec![0.0; r * r];
                dense::multiply_add(r, r, r, 2.0, force, &right.d, &mut image);
                for (i, left) in derivatives[..=j].iter().enumerate().filter(|(_, d)| d.term == k) {
                    hessian[j * size + i] += left.d.iter().zip(&image).map(|(a, b)| a * b).sum::<f64>();
                }
            }
        }
        let mut first = 0;
        for (k, structure) in self.system.structures.iter().enumerate() {
            let n = structure.n_theta();
            let mut force = Cow::Borrowed(&self.forces[k]);
            if force.is_empty() {
                let (r, mut own) = (structure.size, vec![0.0; self.t[k].len()]);
                dense::multiply_add(r, r, r, 1.0, &gradients[k], &self.t[k], &mut own);
                force = Cow::Owned(own);
            }
            add_second(*structure, &self.working[first..first + n], &force, |i, j, value| {
                hessian[(first + j) * size + first + i] += value;
            });
            first += n;
        }
    }

    /// The derivative of the criterion by D summed over the levels of each term, `[r, r]`.
    fn gradients(&self, traces: &Traces) -> Vec<Vec<f64>> {
        let layout = &self.system.gram.layout;
        let q = layout.q();
        let mut all = traces.blocks.clone();
        for (k, sum) in all.iter_mut().enumerate() {
            let (size, first) = (layout.terms[k], layout.offset(k));
            let r = size.effects;
            let mut take = |column: &[f64], factor: f64| {
                for v in column[first..first + size.levels * r].chunks_exact(r) {
                    for b in 0..r {
                        for a in 0..r {
                            sum[b * r + a] -= factor * v[a] * v[b];
                        }
                    }
                }
            };
            take(&self.z, 1.0 / self.sigma2);
            if self.reml {
                self.fixed.chunks_exact(q.max(1)).for_each(|column| take(column, 1.0));
            }
        }
        all
    }

    /// The parts with the residuals, and those of log sigma. Gives Q~'g of each direction.
    fn add_residuals(&mut self, derivatives: &[FactorDerivative], hessian: &mut [f64]) -> Result<Vec<Vec<f64>>> {
        let (q, n, p) = (self.system.gram.layout.q(), derivatives.len(), self.p());
        let size = n + 1;
        let g = directions(&self.system.gram.layout, &self.t, derivatives, &self.u, &self.z)?;
        let mut image = try_vec("directions of the random effects", 0.0, g.len())?;
        image.copy_from_slice(&g);
        self.precision.apply(&mut image)?;
        let column = |i: usize| i * q..(i + 1) * q;
        let along: Vec<Vec<f64>> = (0..n).map(|i| (0..p).map(|a| dot(&g[column(i)], &self.fixed[column(a)])).collect()).collect();
        for j in 0..n {
            for i in 0..=j {
                let own = dot(&g[column(i)], &image[column(j)]) - dot(&along[i], &along[j]);
                hessian[j * size + i] += 2.0 / self.sigma2 * own;
            }
            hessian[n * size + j] = 2.0 * dot(&self.z, &g[column(j)]) / self.sigma2;
        }
        hessian[n * size + n] = 4.0 * self.rows;
        Ok(along)
    }
}

/// 2 <force, d2T> for all pairs i <= j of one term's parameters.
fn add_second(structure: Structure, working: &[f64], force: &[f64], mut add: impl FnMut(usize, usize, f64)) {
    let mut second = vec![0.0; force.len()];
    for j in 0..working.len() {
        for i in 0..=j {
            if structure.second_derivative(working, i, j, &mut second) {
                add(i, j, 2.0 * second.iter().zip(force).map(|(s, f)| s * f).sum::<f64>());
            }
        }
    }
}
