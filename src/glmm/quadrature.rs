//! Adaptive Gauss-Hermite quadrature over the random effects of one grouping factor (Pinheiro and Bates 1995), with the exact gradient
//! of its finite sum.
//!
//! Per level with mode u, A = L L', nodes z_k and u_k = u + L^-T z_k, h the penalised log-likelihood:
//!
//! ```text
//! log L_j = -log|A|/2 + log sum_k exp(log W_k + z_k'z_k/2 + h(u_k)),   pi_k its terms divided by their sum
//! e = sum pi_k grad h(u_k),  S = L^-1 (sum pi_k grad h(u_k) z_k') + I,  Q = the upper triangle of S mirrored,  N = L^-T Q L^-1
//! ```
//!
//! The gradient is that of the Laplace approximation with N for A^-1, average scores for those at the mode, and -2 e added to the
//! adjoint's right-hand side. One node gives the Laplace approximation.

use super::jet::Jet;
use super::laplace::{Approximation, Inside, Laplace};
use super::model::Model;
use super::nodes::Grid;
use crate::error::{Error, Result};
use crate::family::Order;
use crate::linalg::dense;
use crate::random::{WeightedGram, triangle};

/// The quadrature of one model: effects of all terms, which share their levels, side by side.
pub struct Quadrature {
    grid: Grid,
    levels: usize,
    /// Level of each row.
    index: Vec<u32>,
    /// The effects of a level: term and number.
    effects: Vec<(usize, usize)>,
    node: Jet,
    /// Of the last evaluation: L of each level `[r, r]`.
    factors: Vec<f64>,
    pub(super) averages: Averages,
}

/// Averages over the nodes, after a gradient.
#[derive(Clone, Debug, Default)]
pub struct Averages {
    /// e of each effect, in the order of the modes.
    pub e: Vec<f64>,
    /// Scores per predictor and row.
    pub s: Vec<Vec<f64>>,
    /// sum pi_k (Z's_k) u_k' of each term `[r, r]`.
    pub force: Vec<Vec<f64>>,
    /// Sums over the rows of the shared parameters' scores.
    pub shared: Vec<f64>,
    /// sum pi_k grad h(u_k) z_k' of each level `[r, r]`.
    slopes: Vec<f64>,
}

impl Quadrature {
    /// `None` where one point is asked for: that is the Laplace approximation.
    pub fn new(model: &Model, how: &Approximation, inner: &[bool]) -> Result<Option<Self>> {
        if how.points <= 1 || how.inside == Inside::Mode {
            return Ok(None);
        }
        if how.inside == Inside::Integrated {
            return Err(Error::unsupported("nagq: quadrature is for maximum likelihood, not for restricted likelihood"));
        }
        let terms = model.terms();
        let Some(first) = terms.first() else { return Ok(None) };
        if terms.iter().any(|t| t.index != first.index) {
            return Err(Error::argument(
                "nagq: more than one quadrature point needs random effects of one grouping factor alone; the model has several",
            ));
        }
        let effects: Vec<(usize, usize)> =
            model.structures.iter().enumerate().flat_map(|(k, s)| (0..s.size).map(move |e| (k, e))).collect();
        let levels = model.layout.terms[0].levels;
        Ok(Some(Quadrature {
            grid: Grid::new(how.points, effects.len())?,
            levels,
            index: first.index.to_vec(),
            node: Jet::new(model.n, inner)?,
            factors: vec![0.0; levels * effects.len() * effects.len()],
            effects,
            averages: Averages::default(),
        }))
    }

    /// The place of an effect of a level among the modes.
    fn at(&self, model: &Model, effect: usize, level: usize) -> usize {
        let (k, e) = self.effects[effect];
        model.layout.offset(k) + level * model.layout.terms[k].effects + e
    }

    /// Z'WZ of one level, `[r, r]`.
    fn gram(&self, gram: &WeightedGram, level: usize, out: &mut [f64]) {
        let r = self.effects.len();
        for (b, &(m, f)) in self.effects.iter().enumerate() {
            for (a, &(k, e)) in self.effects.iter().enumerate() {
                out[b * r + a] = block_value(gram, (k, e), (m, f), level);
            }
        }
    }

    /// T of all effects, `[r, r]`, lower triangular.
    fn factor(&self, t: &[Vec<f64>]) -> Vec<f64> {
        let r = self.effects.len();
        let mut out = vec![0.0; r * r];
        for (b, &(m, f)) in self.effects.iter().enumerate() {
            for (a, &(k, e)) in self.effects.iter().enumerate().filter(|(_, (k, _))| *k == m) {
                out[b * r + a] = t[k][f * t[k].len().isqrt() + e];
            }
        }
        out
    }

    /// L of each level from the present Z'WZ.
    fn factorize(&mut self, laplace: &Laplace<'_>) -> Result<()> {
        let r = self.effects.len();
        let t = self.factor(&laplace.t);
        let mut factors = std::mem::take(&mut self.factors);
        let mut g = vec![0.0; r * r];
        for (level, l) in factors.chunks_exact_mut(r * r).enumerate() {
            self.gram(&laplace.gram, level, &mut g);
            l.fill(0.0);
            (0..r).for_each(|a| l[a * (r + 1)] = 1.0);
            let gt = product(r, &g, &t);
            for b in 0..r {
                for a in 0..r {
                    l[b * r + a] += (0..r).map(|c| t[a * r + c] * gt[b * r + c]).sum::<f64>();
                }
            }
            if dense::cholesky(r, l).is_err() {
                return Err(Error::numeric("the curvature at the modes of the random effects is not positive"));
            }
        }
        self.factors = factors;
        Ok(())
    }

    /// What the quadrature adds to the deviance of the Laplace approximation; averages at `Order::Gradient`.
    pub fn correction(&mut self, laplace: &mut Laplace<'_>, order: Order) -> Result<f64> {
        self.factorize(laplace)?;
        let (r, levels, q) = (self.effects.len(), self.levels, laplace.u.len());
        let modes = laplace.u.clone();
        let eta = laplace.eta.clone();
        let mut at_mode = vec![0.0; levels];
        self.level_sums(&laplace.jet.l, &mut at_mode);
        let t = self.factor(&laplace.t);
        let gradient = order == Order::Gradient;
        let mut sums = Sums::new(if gradient { q } else { 0 }, levels, self, laplace);
        let (mut total, mut l) = (vec![0.0; levels], vec![0.0; levels]);
        let (mut zs, mut pi) = (vec![0.0; q], vec![0.0; levels]);
        for k in 0..self.grid.len() {
            let z = self.grid.node(k).to_vec();
            self.place(laplace, &modes, &z);
            laplace.predict();
            laplace.evaluator.evaluate(&laplace.eta, if gradient { Order::Gradient } else { Order::Value }, &mut self.node)?;
            l.fill(0.0);
            self.level_sums(&self.node.l, &mut l);
            for level in 0..levels {
                let penalty = |u: &[f64]| -> f64 { (0..r).map(|a| u[self.at(laplace.model, a, level)].powi(2)).sum() };
                let gain = l[level] - at_mode[level] - 0.5 * (penalty(&laplace.u) - penalty(&modes));
                // The mode is the reference: the exponent is hardly ever positive.
                pi[level] = (self.grid.log_weights[k] + gain).exp();
                total[level] += pi[level];
            }
            if gradient {
                laplace.model.transpose_random(&self.node.s, &mut zs);
                sums.add(self, laplace, &t, &z, &zs, &pi);
            }
        }
        laplace.u.copy_from_slice(&modes);
        laplace.eta = eta;
        if total.iter().any(|v| !(v.is_finite() && *v > 0.0)) {
            return Err(Error::numeric("the quadrature over the random effects is not finite"));
        }
        if gradient {
            self.averages = sums.averages(self, laplace, &total);
        }
        Ok(-2.0 * total.iter().map(|v| v.ln()).sum::<f64>())
    }

    fn level_sums(&self, l: &[f64], out: &mut [f64]) {
        for (&level, l) in self.index.iter().zip(l) {
            out[level as usize] += l;
        }
    }

    /// The modes moved to a node: u + L^-T z.
    fn place(&self, laplace: &mut Laplace<'_>, modes: &[f64], z: &[f64]) {
        let r = self.effects.len();
        for level in 0..self.levels {
            let mut x = z.to_vec();
            dense::solve_lower_transpose(r, &self.factors[level * r * r..(level + 1) * r * r], &mut x);
            for (a, x) in x.iter().enumerate() {
                let at = self.at(laplace.model, a, level);
                laplace.u[at] = modes[at] + x;
            }
        }
    }

    /// With the averages: the forces (G T N) of each term, and T N T' on the pattern of the Gram matrix.
    pub fn curvature(&self, laplace: &mut Laplace<'_>) -> Vec<Vec<f64>> {
        let r = self.effects.len();
        let t = self.factor(&laplace.t);
        let mut forces: Vec<Vec<f64>> = laplace.t.iter().map(|t| vec![0.0; t.len()]).collect();
        let mut g = vec![0.0; r * r];
        for level in 0..self.levels {
            let n = self.middle(level);
            let tn = product(r, &t, &n);
            self.gram(&laplace.gram, level, &mut g);
            let gtn = product(r, &g, &tn);
            for (b, &(m, f)) in self.effects.iter().enumerate() {
                for (a, &(k, e)) in self.effects.iter().enumerate() {
                    let covariance: f64 = (0..r).map(|c| tn[c * r + a] * t[c * r + b]).sum();
                    set_block_value(&mut laplace.covariance, (k, e), (m, f), level, covariance);
                    if k == m {
                        let size = forces[k].len().isqrt();
                        forces[k][f * size + e] += gtn[b * r + a];
                    }
                }
            }
        }
        forces
    }

    /// N of one level.
    fn middle(&self, level: usize) -> Vec<f64> {
        let r = self.effects.len();
        let l = &self.factors[level * r * r..(level + 1) * r * r];
        let mut s = self.averages.slopes[level * r * r..(level + 1) * r * r].to_vec();
        s.chunks_exact_mut(r).for_each(|column| dense::solve_lower(r, l, column));
        (0..r).for_each(|a| s[a * (r + 1)] += 1.0);
        for b in 0..r {
            for a in 0..b {
                s[a * r + b] = s[b * r + a];
            }
        }
        // L^-T Q L^-1: from the left, and by symmetry again.
        for _ in 0..2 {
            s.chunks_exact_mut(r).for_each(|column| dense::solve_lower_transpose(r, l, column));
            s = (0..r * r).map(|e| s[(e % r) * r + e / r]).collect();
        }
        s
    }
}

/// Sums over the nodes before they are divided by their weights.
struct Sums {
    raw: Averages,
}

impl Sums {
    fn new(q: usize, levels: usize, quadrature: &Quadrature, laplace: &Laplace<'_>) -> Self {
        let r = quadrature.effects.len();
        let rows = if q > 0 { laplace.model.n } else { 0 };
        Sums {
            raw: Averages {
                e: vec![0.0; q],
                s: laplace.eta.iter().map(|_| vec![0.0; rows]).collect(),
                // Per level first.
                force: laplace.t.iter().map(|t| vec![0.0; if q > 0 { t.len() * levels } else { 0 }]).collect(),
                shared: vec![0.0; laplace.model.response.n_shared() * levels],
                slopes: vec![0.0; if q > 0 { r * r * levels } else { 0 }],
            },
        }
    }

    /// One node: `zs` has Z's there, `pi` the weight of each level.
    fn add(&mut self, quadrature: &Quadrature, laplace: &Laplace<'_>, t: &[f64], z: &[f64], zs: &[f64], pi: &[f64]) {
        let (r, model, raw) = (quadrature.effects.len(), laplace.model, &mut self.raw);
        let mut slope = vec![0.0; r];
        for (level, weight) in pi.iter().enumerate() {
            for (a, slope) in slope.iter_mut().enumerate() {
                let score: f64 = (a..r).map(|c| t[a * r + c] * zs[quadrature.at(model, c, level)]).sum();
                *slope = score - laplace.u[quadrature.at(model, a, level)];
                raw.e[quadrature.at(model, a, level)] += weight * *slope;
            }
            for b in 0..r {
                for a in 0..r {
                    raw.slopes[level * r * r + b * r + a] += weight * slope[a] * z[b];
                }
            }
            for (k, force) in raw.force.iter_mut().enumerate() {
                let (size, first) = (model.structures[k].size, model.layout.offset(k) + level * model.structures[k].size);
                for c in 0..size {
                    for e in 0..size {
                        force[level * size * size + c * size + e] += weight * zs[first + e] * laplace.u[first + c];
                    }
                }
            }
        }
        for (sum, s) in raw.s.iter_mut().zip(&quadrature.node.s) {
            for ((sum, s), &level) in sum.iter_mut().zip(s).zip(&quadrature.index) {
                *sum += pi[level as usize] * s;
            }
        }
        let levels = pi.len();
        for f in 0..model.response.n_shared() {
            for (score, &level) in laplace.evaluator.shared_score(f).iter().zip(&quadrature.index) {
                raw.shared[f * levels + level as usize] += pi[level as usize] * score;
            }
        }
    }

    fn averages(mut self, quadrature: &Quadrature, laplace: &Laplace<'_>, total: &[f64]) -> Averages {
        let (r, levels) = (quadrature.effects.len(), total.len());
        for (level, total) in total.iter().enumerate() {
            for a in 0..r {
                self.raw.e[quadrature.at(laplace.model, a, level)] /= total;
            }
            self.raw.slopes[level * r * r..(level + 1) * r * r].iter_mut().for_each(|v| *v /= total);
        }
        for s in &mut self.raw.s {
            s.iter_mut().zip(&quadrature.index).for_each(|(s, &level)| *s /= total[level as usize]);
        }
        let sum_of_levels = |values: &[f64], size: usize| -> Vec<f64> {
            (0..size).map(|e| (0..levels).map(|level| values[level * size + e] / total[level]).sum()).collect()
        };
        self.raw.force = self.raw.force.iter().map(|f| sum_of_levels(f, f.len() / levels.max(1))).collect();
        let shared = |f: usize| (0..levels).map(|level| self.raw.shared[f * levels + level] / total[level]).sum();
        self.raw.shared = (0..laplace.model.response.n_shared()).map(shared).collect();
        self.raw
    }
}

/// An element of the block of one level, which all terms share.
fn block_value(gram: &WeightedGram, (k, e): (usize, usize), (m, f): (usize, usize), level: usize) -> f64 {
    let size = |k: usize| gram.gram.layout.terms[k].effects;
    match k.cmp(&m) {
        std::cmp::Ordering::Equal => gram.gram.diagonal[k][level * size(k) * size(k) + f * size(k) + e],
        std::cmp::Ordering::Greater => {
            let pair = gram.gram.pair(k, m);
            pair.values[pair.col_ptr[level] * pair.block_len() + f * size(k) + e]
        }
        std::cmp::Ordering::Less => block_value(gram, (m, f), (k, e), level),
    }
}

fn set_block_value(gram: &mut WeightedGram, (k, e): (usize, usize), (m, f): (usize, usize), level: usize, value: f64) {
    let (rk, terms) = (gram.gram.layout.terms[k].effects, &mut gram.gram);
    match k.cmp(&m) {
        std::cmp::Ordering::Equal => terms.diagonal[k][level * rk * rk + f * rk + e] = value,
        std::cmp::Ordering::Greater => {
            let pair = &mut terms.off_diagonal[triangle(k - 1, m)];
            let len = pair.block_len();
            pair.values[pair.col_ptr[level] * len + f * rk + e] = value;
        }
        std::cmp::Ordering::Less => {}
    }
}

/// a b, both `[r, r]`.
fn product(r: usize, a: &[f64], b: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; r * r];
    dense::multiply_add(r, r, r, 1.0, a, b, &mut out);
    out
}
