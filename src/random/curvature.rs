//! Curvature of a criterion in the parameters of covariance structures: what a positive semidefinite approximation of its Hessian needs
//! besides the average information.

use super::layout::Layout;
use super::roots::Roots;
use crate::covariance::{MarkovFactor, MarkovSlope, Structure, with_ranges};
use crate::error::{Result, try_vec};
use crate::formula::StructureKind;
use crate::linalg::dense;

/// A diagonal entry of T below this, relative to the rest of its column, is too small to divide by. A column that is small as a
/// whole is not: that of F is small with it, to the last digit.
const SINGULAR_PIVOT: f64 = 1e-8;

/// dT/d(parameter) of one parameter `[r, r]`, with its term.
pub struct FactorDerivative {
    pub term: usize,
    pub d: Vec<f64>,
    /// The same of a Markov process.
    pub markov: Option<MarkovSlope>,
}

impl FactorDerivative {
    /// Whether the covariance T T' changes with the parameter to the first order.
    pub fn moves(&self, t: &[f64]) -> bool {
        let r = t.len().isqrt();
        let product = |a: usize, b: usize| (0..r).map(|c| self.d[c * r + a] * t[c * r + b]).sum::<f64>();
        (0..r * r).any(|e| product(e % r, e / r) + product(e / r, e % r) != 0.0)
    }

    /// The derivative of factors that are a multiple of these.
    pub fn scale(&mut self, factor: f64) {
        self.d.iter_mut().for_each(|v| *v *= factor);
        // Standard deviations change in proportion.
        for slope in self.markov.iter_mut().filter(|slope| slope.relative.is_none()) {
            slope.inverse.scale(1.0 / factor);
        }
    }

    /// That of factors that shrink in proportion.
    pub fn shrinking(t: &Roots, term: usize) -> Self {
        FactorDerivative { term, d: t[term].iter().map(|v| -v).collect(), markov: t.markov(term).map(MarkovFactor::shrinking) }
    }
}

/// dT/d(parameter) of each working parameter.
pub fn factor_derivatives(structures: &[Structure], working: &[f64]) -> Vec<FactorDerivative> {
    let mut all = Vec::new();
    let mut first = 0;
    for (term, structure) in structures.iter().enumerate() {
        let n = structure.n_theta();
        for i in 0..n {
            let mut d = vec![0.0; structure.size * structure.size];
            let own = &working[first..first + n];
            structure.derivative(own, i, &mut d);
            all.push(FactorDerivative { term, d, markov: structure.markov_derivative(own, i) });
        }
        first += n;
    }
    all
}

/// The same covariances where a column of T that begins with zero is zero: there the derivatives in T of an effect without variance vanish.
pub fn canonical(structures: &[Structure], working: &[f64]) -> Vec<f64> {
    let mut out = working.to_vec();
    for (structure, range) in with_ranges(structures) {
        let r = structure.size;
        let mut t = vec![0.0; r * r];
        structure.factor(&working[range.clone()], &mut t);
        let rotated = (0..r).any(|c| t[c * r + c] == 0.0 && t[c * r..(c + 1) * r].iter().any(|v| *v != 0.0));
        if structure.kind == StructureKind::Unstructured && rotated {
            structure.from_covariance(&structure.relative_covariance(&working[range.clone()]), &mut out[range]);
        }
    }
    out
}

/// g_i = D_i u + Lambda D_i'z for each parameter, `[q, parameters]`: Z g_i = (dV/dtheta_i) V^-1 residual, u the spherical modes and z the
/// residual seen by the random effects, Z'V^-1 residual.
pub fn directions(layout: &Layout, t: &Roots, derivatives: &[FactorDerivative], u: &[f64], z: &[f64]) -> Result<Vec<f64>> {
    let q = layout.q();
    let mut g = try_vec("derivatives in the covariance parameters", 0.0, q * derivatives.len())?;
    for (derivative, out) in derivatives.iter().zip(g.chunks_exact_mut(q.max(1))) {
        let (size, first) = (layout.terms[derivative.term], layout.offset(derivative.term));
        let own = first..first + size.levels * size.effects;
        let r = size.effects;
        if let (Some(markov), Some(slope)) = (t.markov(derivative.term), &derivative.markov) {
            let mut back = vec![0.0; r];
            let levels = u[own.clone()].chunks_exact(r).zip(z[own.clone()].chunks_exact(r));
            for (out, level) in out[own].chunks_exact_mut(r).zip(levels) {
                markov.direction(slope, level, &mut back, out);
            }
            continue;
        }
        let (d, t) = (&derivative.d, &t[derivative.term]);
        if r <= 2 {
            small_directions(r, d, t, &u[own.clone()], &z[own.clone()], &mut out[own]);
            continue;
        }
        let mut dz = vec![0.0; r];
        for level in 0..size.levels {
            let at = first + level * r;
            let (u, z) = (&u[at..at + r], &z[at..at + r]);
            for (b, v) in dz.iter_mut().enumerate() {
                *v = (b..r).map(|c| d[b * r + c] * z[c]).sum();
            }
            for a in 0..r {
                let mut sum: f64 = (0..=a).map(|b| d[b * r + a] * u[b]).sum();
                for b in 0..=a {
                    sum += t[b * r + a] * dz[b];
                }
                out[at + a] = sum;
            }
        }
    }
    Ok(g)
}

/// D u + T D'z of each level, for terms with one or two effects.
fn small_directions(r: usize, d: &[f64], t: &[f64], u: &[f64], z: &[f64], out: &mut [f64]) {
    if r == 1 {
        let (d, td) = (d[0], t[0] * d[0]);
        out.iter_mut().zip(u.iter().zip(z)).for_each(|(out, (u, z))| *out = d * u + td * z);
        return;
    }
    // T D' of lower triangular matrices.
    let (d, td) = ([d[0], d[1], d[3]], [t[0] * d[0], t[1] * d[0], t[0] * d[1], t[1] * d[1] + t[3] * d[3]]);
    let levels = u.as_chunks::<2>().0.iter().zip(z.as_chunks::<2>().0);
    for (out, (u, z)) in out.as_chunks_mut::<2>().0.iter_mut().zip(levels) {
        out[0] = d[0] * u[0] + td[0] * z[0] + td[2] * z[1];
        out[1] = d[1] * u[0] + d[2] * u[1] + td[1] * z[0] + td[3] * z[1];
    }
}

/// Adds 2 tr(D_j' H+ D_i), with H+ the positive part of the gradient H_k = F_k T_k^-1 in T T'. Without it a small
/// standard deviation overshoots zero again and again. Columns of the Hessian are `stride` apart.
pub fn add_curvature(derivatives: &[FactorDerivative], t: &[Vec<f64>], forces: &[Vec<f64>], hessian: &mut [f64], stride: usize) {
    for (k, force) in forces.iter().enumerate() {
        let r = force.len().isqrt();
        let Some(positive) = positive_gradient(r, force, &t[k]) else { continue };
        let mut hd = vec![0.0; r * r];
        for (i, di) in derivatives.iter().enumerate().filter(|(_, d)| d.term == k) {
            hd.fill(0.0);
            dense::multiply_add(r, r, r, 2.0, &positive, &di.d, &mut hd);
            for (j, dj) in derivatives.iter().enumerate().filter(|(_, d)| d.term == k) {
                hessian[i * stride + j] += dj.d.iter().zip(&hd).map(|(a, b)| a * b).sum::<f64>();
            }
        }
    }
}

/// Adds 2 F'd2T to the diagonal where that is positive: structures whose T is not linear in their parameters.
pub fn add_second_derivatives(structures: &[Structure], working: &[f64], forces: &[Vec<f64>], hessian: &mut [f64], stride: usize) {
    let mut first = 0;
    for (structure, force) in structures.iter().zip(forces) {
        let n = structure.n_theta();
        let mut second = vec![0.0; structure.size * structure.size];
        for i in 0..n {
            if structure.second_derivative(&working[first..first + n], i, i, &mut second) {
                let curvature: f64 = second.iter().zip(force).map(|(s, f)| 2.0 * s * f).sum();
                hessian[(first + i) * (stride + 1)] += curvature.max(0.0);
            }
        }
        first += n;
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
    let (mut h, mut row) = (vec![0.0; r * r], vec![0.0; r]);
    for a in 0..r {
        // Row a of H solves H T = F.
        row.iter_mut().enumerate().for_each(|(b, v)| *v = force[b * r + a]);
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
