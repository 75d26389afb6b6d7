//! Gauss-Hermite quadrature over the random effects of one grouping factor, with what the exact gradient of its finite sum needs.
//!
//! Adaptive (Pinheiro and Bates 1995): per level with mode u, A = L L', nodes z_k and u_k = u + L^-T z_k, h the penalised log-likelihood:
//!
//! ```text
//! log L_j = -log|A|/2 + log sum_k exp(log W_k + z_k'z_k/2 + h(u_k)),   pi_k its terms divided by their sum
//! e = sum pi_k grad h(u_k),  S = L^-1 (sum pi_k grad h(u_k) z_k') + I,  Q = the upper triangle of S mirrored,  N = L^-T Q L^-1
//! ```
//!
//! The gradient is that of the Laplace approximation with N for A^-1, average scores for those at the mode, and -2 e added to the
//! adjoint's right-hand side. One node gives the Laplace approximation.
//!
//! At fixed nodes u_k, those of the weight exp(-u^2) with weights for the distribution of u:
//!
//! ```text
//! log L_j = log sum_k W_k exp(sum l(u_k)),   pi_k its terms divided by their sum
//! ```
//!
//! These nodes don't move with the parameters, so that the gradient is an average of scores: Fisher's identity holds for the sum.

use super::averages::{Averages, Sums};
use super::jet::Jet;
use super::laplace::{Approximation, Inside, Laplace, MODES};
use super::model::Model;
use super::nodes::Grid;
use crate::error::{Error, Result, try_collect, try_copies, try_copy, try_vec};
use crate::family::Order;
use crate::linalg::dense::{self, product};
use crate::options::Nodes;
use crate::random::{WeightedGram, triangle};

/// What memory is for.
const LEVELS: &str = "quadrature of the levels";

/// The quadrature of one model: effects of all terms, which share their levels, side by side.
pub struct Quadrature {
    grid: Grid,
    levels: usize,
    /// Level of each row.
    pub(super) index: Vec<u32>,
    /// The effects of a level: term and number.
    pub(super) effects: Vec<(usize, usize)>,
    pub(super) node: Jet,
    /// Of the last evaluation: L of each level `[r, r]`.
    factors: Vec<f64>,
    pub(super) averages: Averages,
}

impl Quadrature {
    /// `None` where one point is asked for: that is the Laplace approximation.
    pub fn new(model: &Model, how: &Approximation, inner: &[bool]) -> Result<Option<Self>> {
        if how.nodes == Nodes::Fixed {
            check_fixed(how)?;
        }
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
            grid: if how.nodes == Nodes::Fixed {
                Grid::fixed(how.points, effects.len())?
            } else {
                Grid::new(how.points, effects.len())?
            },
            levels,
            index: try_copy("group index", first.index)?,
            node: Jet::new(model.n, inner)?,
            factors: try_vec(LEVELS, 0.0, levels * effects.len() * effects.len())?,
            effects,
            averages: Averages::default(),
        }))
    }

    /// The place of an effect of a level among the modes.
    pub(super) fn at(&self, model: &Model, effect: usize, level: usize) -> usize {
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
        // They are put back whatever happens: the next point may be a good one.
        let mut factors = std::mem::take(&mut self.factors);
        let positive = self.fill_factors(laplace, &mut factors);
        self.factors = factors;
        if positive { Ok(()) } else { Err(Error::numeric("the curvature at the modes of the random effects is not positive")) }
    }

    /// Whether all of them are positive.
    fn fill_factors(&self, laplace: &Laplace<'_>, factors: &mut [f64]) -> bool {
        let r = self.effects.len();
        let t = self.factor(&laplace.t);
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
                return false;
            }
        }
        true
    }

    /// What the quadrature adds to the deviance of the Laplace approximation; averages at `Order::Gradient`.
    pub fn correction(&mut self, laplace: &mut Laplace<'_>, order: Order) -> Result<f64> {
        self.factorize(laplace)?;
        let (r, levels, q) = (self.effects.len(), self.levels, laplace.u.len());
        let (modes, eta) = (try_copy(MODES, &laplace.u)?, try_copies("linear predictor", &laplace.eta)?);
        let mut at_mode = try_vec(LEVELS, 0.0, levels)?;
        self.level_sums(&laplace.jet.l, &mut at_mode);
        let t = self.factor(&laplace.t);
        let gradient = order == Order::Gradient;
        let mut sums = Sums::new(if gradient { q } else { 0 }, levels, self, laplace)?;
        let of_levels = || try_vec(LEVELS, 0.0, levels);
        let (mut total, mut l, mut pi, mut zs) = (of_levels()?, of_levels()?, of_levels()?, try_vec(MODES, 0.0, q)?);
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

    /// The deviance at nodes that stay where they are; averages at `Order::Gradient`. No mode has a part in it.
    pub fn at_fixed_nodes(&mut self, laplace: &mut Laplace<'_>, order: Order) -> Result<f64> {
        let (modes, eta) = (try_copy(MODES, &laplace.u)?, try_copies("linear predictor", &laplace.eta)?);
        let log_l = self.fixed_log_likelihoods(laplace);
        let averages = match &log_l {
            Ok(log_l) if order == Order::Gradient => self.fixed_averages(laplace, log_l).map(Some),
            _ => Ok(None),
        };
        laplace.u.copy_from_slice(&modes);
        laplace.eta = eta;
        if let Some(averages) = averages? {
            self.averages = averages;
        }
        Ok(-2.0 * log_l?.iter().sum::<f64>())
    }

    /// log L of each level.
    fn fixed_log_likelihoods(&mut self, laplace: &mut Laplace<'_>) -> Result<Vec<f64>> {
        let (mut sums, mut terms) = (try_vec(LEVELS, LogSum::default(), self.levels)?, try_vec(LEVELS, 0.0, self.levels)?);
        for k in 0..self.grid.len() {
            self.fixed_terms(laplace, k, Order::Value, &mut terms)?;
            sums.iter_mut().zip(&terms).for_each(|(sum, term)| sum.add(*term));
        }
        let log_l = try_collect(LEVELS, sums.iter().map(LogSum::value))?;
        if log_l.iter().any(|v| !v.is_finite()) {
            return Err(Error::numeric("the likelihood of a group is zero or not finite at all quadrature nodes"));
        }
        Ok(log_l)
    }

    /// A second pass over the nodes, with the weights that the first has made known.
    fn fixed_averages(&mut self, laplace: &mut Laplace<'_>, log_l: &[f64]) -> Result<Averages> {
        let t = self.factor(&laplace.t);
        let mut sums = Sums::new(laplace.u.len(), self.levels, self, laplace)?;
        let (mut zs, mut pi) = (try_vec(MODES, 0.0, laplace.u.len())?, try_vec(LEVELS, 0.0, self.levels)?);
        for k in 0..self.grid.len() {
            self.fixed_terms(laplace, k, Order::Gradient, &mut pi)?;
            pi.iter_mut().zip(log_l).for_each(|(pi, log_l)| *pi = (*pi - log_l).exp());
            laplace.model.transpose_random(&self.node.s, &mut zs);
            sums.add(self, laplace, &t, self.grid.node(k), &zs, &pi);
        }
        Ok(sums.averages(self, laplace, &try_vec(LEVELS, 1.0, self.levels)?))
    }

    /// log W_k + sum l(z_k) of each level.
    fn fixed_terms(&mut self, laplace: &mut Laplace<'_>, k: usize, order: Order, out: &mut [f64]) -> Result<()> {
        for (a, z) in self.grid.node(k).iter().enumerate() {
            for level in 0..self.levels {
                laplace.u[self.at(laplace.model, a, level)] = *z;
            }
        }
        laplace.predict();
        laplace.evaluator.evaluate(&laplace.eta, order, &mut self.node)?;
        out.fill(self.grid.log_weight(k));
        self.level_sums(&self.node.l, out);
        // As in the search for the modes: far out there is no density where it is not a number.
        out.iter_mut().filter(|v| v.is_nan()).for_each(|v| *v = f64::NEG_INFINITY);
        Ok(())
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

/// What can't go with nodes that stay where they are.
fn check_fixed(how: &Approximation) -> Result<()> {
    if how.points <= 1 || how.inside == Inside::Mode {
        return Err(Error::argument(
            "nagq: quadrature at fixed nodes needs two points or more; one at zero leaves the random effects out",
        ));
    }
    if how.expected {
        return Err(Error::argument(
            "information: quadrature at fixed nodes (nagq below zero) has no determinant that could have the expected information",
        ));
    }
    Ok(())
}

/// log sum exp, term by term.
#[derive(Clone, Copy)]
struct LogSum {
    largest: f64,
    /// Relative to the largest term.
    sum: f64,
}

impl Default for LogSum {
    fn default() -> Self {
        LogSum { largest: f64::NEG_INFINITY, sum: 0.0 }
    }
}

impl LogSum {
    fn add(&mut self, term: f64) {
        if term > self.largest {
            self.sum = self.sum * (self.largest - term).exp() + 1.0;
            self.largest = term;
        } else if term > f64::NEG_INFINITY {
            self.sum += (term - self.largest).exp();
        }
    }

    fn value(&self) -> f64 {
        self.largest + self.sum.ln()
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
