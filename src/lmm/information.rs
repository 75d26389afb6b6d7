//! The average information of the profiled criterion: a positive semidefinite Hessian at the cost of one solve per parameter
//! (Gilmour, Thompson and Cullis 1995; sigma^2 profiled out), with the curvature of T T' added where it is positive.

use super::confounded::clear_rows;
use super::deviance::Deviance;
use crate::error::Result;
use crate::linalg::dense;
use crate::optimize::Objective;

/// A diagonal entry of T below this, relative to the rest of its column, is too small to divide by. A column that is small as a
/// whole is not: that of F is small with it, to the last digit.
const SINGULAR_PIVOT: f64 = 1e-8;

impl Objective for Deviance<'_> {
    fn dimension(&self) -> usize {
        self.system.n_working()
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        finite_or_infinity(self.evaluate(x))
    }

    fn gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        finite_or_infinity(self.evaluate_gradient(x, gradient))
    }

    fn hessian(&mut self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> Result<f64> {
        finite_or_infinity(self.evaluate_hessian(x, gradient, hessian))
    }
}

/// A point where the numbers break down is infinitely bad, not the end of the search.
fn finite_or_infinity(value: Result<f64>) -> Result<f64> {
    match value {
        Err(e) if e.code == crate::error::Code::Numeric => Ok(f64::INFINITY),
        other => other,
    }
}

impl Deviance<'_> {
    /// The criterion, its gradient, and the average information `[n, n]` in the working parameters.
    pub fn evaluate_hessian(&mut self, working: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> Result<f64> {
        let value = self.evaluate(working)?;
        let forces = self.forces()?;
        let derivatives = self.derivatives(working);
        for (i, (k, d)) in derivatives.iter().enumerate() {
            gradient[i] = 2.0 * d.iter().zip(&forces[*k]).map(|(a, b)| a * b).sum::<f64>();
        }
        self.average_information(&derivatives, hessian);
        self.add_curvature(&derivatives, &forces, hessian);
        self.add_second_derivatives(working, &forces, hessian);
        Ok(value)
    }

    /// dT/d(parameter) of each parameter, with its term.
    fn derivatives(&self, working: &[f64]) -> Vec<(usize, Vec<f64>)> {
        let mut all = Vec::new();
        let mut first = 0;
        for (k, structure) in self.system.structures.iter().enumerate() {
            let n = structure.n_theta();
            for i in 0..n {
                let mut d = vec![0.0; structure.size * structure.size];
                structure.derivative(&working[first..first + n], i, &mut d);
                clear_rows(&self.confounded[k], &mut d);
                all.push((k, d));
            }
            first += n;
        }
        all
    }

    /// h_ij = [g_i'Z'V^-1Z g_j - (Q~'g_i)'(Q~'g_j)] / sigma^2 - (z'g_i)(z'g_j) / (sigma^4 N), with Z g_i = (dV/dtheta_i) V^-1 residual.
    fn average_information(&mut self, derivatives: &[(usize, Vec<f64>)], hessian: &mut [f64]) {
        let (q, m, n) = (self.system.gram.layout.q(), self.system.m(), derivatives.len());
        if q == 0 {
            return;
        }
        let g = self.directions(derivatives);
        let mut product = vec![0.0; q * n];
        self.system.gram.subtract_product(&g, &mut product);
        for v in &mut product {
            *v = -*v;
        }
        let mut half = product.clone();
        self.system.gram.apply_factors(&self.t, true, &mut half);
        let mut permuted = vec![0.0; q * n];
        self.factor.permute_into(&half, &mut permuted);
        self.factor.half_solve(&mut permuted);
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        let column = |v: &[f64], i: usize| v[i * q..(i + 1) * q].to_vec();
        let sigma2 = self.state.sigma2;
        let rows = self.weight();
        let along = |j: usize| -> Vec<f64> { (0..n).map(|i| dot(&g[i * q..(i + 1) * q], &self.w[j * q..(j + 1) * q])).collect() };
        let fixed: Vec<Vec<f64>> = if self.reml { (0..m - 1).map(along).collect() } else { vec![] };
        let residual = along(m - 1);
        for i in 0..n {
            let (gi, half_i) = (column(&g, i), column(&permuted, i));
            for j in i..n {
                let mut h = dot(&gi, &product[j * q..(j + 1) * q]) - dot(&half_i, &permuted[j * q..(j + 1) * q]);
                h -= fixed.iter().map(|f| f[i] * f[j]).sum::<f64>();
                let h = h / sigma2 - residual[i] * residual[j] / (sigma2 * sigma2 * rows);
                hessian[i * n + j] = h;
                hessian[j * n + i] = h;
            }
        }
    }

    /// g_i = D_i u + Lambda D_i'z, `[q, n]`.
    fn directions(&self, derivatives: &[(usize, Vec<f64>)]) -> Vec<f64> {
        let (q, m) = (self.system.gram.layout.q(), self.system.m());
        let mut g = vec![0.0; q * derivatives.len()];
        for ((k, d), out) in derivatives.iter().zip(g.chunks_exact_mut(q)) {
            let size = self.system.gram.layout.terms[*k];
            let (r, first) = (size.effects, self.system.gram.layout.offset(*k));
            let t = &self.t[*k];
            for level in 0..size.levels {
                let at = first + level * r;
                let (u, z) = (&self.u[(m - 1) * q + at..][..r], &self.w[(m - 1) * q + at..][..r]);
                for a in 0..r {
                    let mut sum: f64 = (0..=a).map(|b| d[b * r + a] * u[b]).sum();
                    for b in 0..=a {
                        sum += t[b * r + a] * (b..r).map(|c| d[b * r + c] * z[c]).sum::<f64>();
                    }
                    out[at + a] = sum;
                }
            }
        }
        g
    }

    /// Adds 2 tr(D_j' H+ D_i), with H+ the positive part of the gradient H_k = F_k T_k^-1 in T T'. Without it a small
    /// standard deviation overshoots zero again and again.
    fn add_curvature(&self, derivatives: &[(usize, Vec<f64>)], forces: &[Vec<f64>], hessian: &mut [f64]) {
        let n = derivatives.len();
        for (k, force) in forces.iter().enumerate() {
            let r = self.system.gram.layout.terms[k].effects;
            let Some(positive) = positive_gradient(r, force, &self.t[k]) else { continue };
            for (i, (_, di)) in derivatives.iter().enumerate().filter(|(_, (term, _))| *term == k) {
                let mut hd = vec![0.0; r * r];
                dense::multiply_add(r, r, r, 2.0, &positive, di, &mut hd);
                for (j, (_, dj)) in derivatives.iter().enumerate().filter(|(_, (term, _))| *term == k) {
                    hessian[i * n + j] += dj.iter().zip(&hd).map(|(a, b)| a * b).sum::<f64>();
                }
            }
        }
    }

    /// Adds 2 F'd2T to the diagonal where that is positive: structures whose T is not linear in their parameters.
    fn add_second_derivatives(&self, working: &[f64], forces: &[Vec<f64>], hessian: &mut [f64]) {
        let total = working.len();
        let mut first = 0;
        for (structure, force) in self.system.structures.iter().zip(forces) {
            let n = structure.n_theta();
            let mut second = vec![0.0; structure.size * structure.size];
            for i in 0..n {
                if structure.second_derivative(&working[first..first + n], i, i, &mut second) {
                    let curvature: f64 = second.iter().zip(force).map(|(s, f)| 2.0 * s * f).sum();
                    hessian[(first + i) * (total + 1)] += curvature.max(0.0);
                }
            }
            first += n;
        }
    }
}

/// The positive semidefinite part of the symmetric F T^-1, if T is regular.
fn positive_gradient(r: usize, force: &[f64], t: &[f64]) -> Option<Vec<f64>> {
    for a in 0..r {
        let column = &t[a * r + a..(a + 1) * r];
        let largest = column.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        if column[0].abs() <= SINGULAR_PIVOT * largest || largest < f64::MIN_POSITIVE.sqrt() {
            return None;
        }
    }
    if r == 1 {
        return Some(vec![(force[0] / t[0]).max(0.0)]);
    }
    let mut h = vec![0.0; r * r];
    for a in 0..r {
        // Row a of H solves H T = F.
        let mut row: Vec<f64> = (0..r).map(|b| force[b * r + a]).collect();
        dense::solve_lower_transpose(r, t, &mut row);
        (0..r).for_each(|b| h[b * r + a] = row[b]);
    }
    for a in 0..r {
        for b in 0..a {
            let mean = 0.5 * (h[b * r + a] + h[a * r + b]);
            h[b * r + a] = mean;
            h[a * r + b] = mean;
        }
    }
    let (values, vectors) = dense::symmetric_eigen(r, &h)?;
    let mut positive = vec![0.0; r * r];
    for (value, v) in values.iter().zip(vectors.chunks_exact(r)).filter(|(value, _)| **value > 0.0) {
        for b in 0..r {
            for a in 0..r {
                positive[b * r + a] += value * v[a] * v[b];
            }
        }
    }
    Some(positive)
}
