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

use super::approximation::{Approximation, Inside};
use super::averages::{Averages, Sums};
use super::jet::Jet;
use super::levels::{Levels, set_block_value};
use super::mode::Mode;
use super::model::Model;
use super::nodes::Grid;
use crate::error::{Error, Result, try_collect, try_copies, try_vec};
use crate::family::Order;
use crate::linalg::dense::{self, product};
use crate::options::Nodes;
use crate::random::WeightedGram;
use crate::watch::Watch;

/// What memory is for.
const LEVELS: &str = "quadrature of the levels";

/// The quadrature of one model.
pub struct Quadrature {
    grid: Grid,
    levels: Levels,
    /// The derivatives at a node.
    node: Jet,
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
        let levels = Levels::new(model, first.index)?;
        Ok(Some(Quadrature {
            grid: if how.nodes == Nodes::Fixed {
                Grid::fixed(how.points, levels.size())?
            } else {
                Grid::new(how.points, levels.size())?
            },
            node: Jet::new(model.n, inner)?,
            factors: try_vec(LEVELS, 0.0, levels.count * levels.size() * levels.size())?,
            levels,
            averages: Averages::default(),
        }))
    }

    /// What the quadrature adds to the deviance of the Laplace approximation; averages at `Order::Gradient`.
    pub fn correction(&mut self, mode: &mut Mode<'_>, order: Order, watch: &Watch<'_>) -> Result<f64> {
        if !self.levels.factorize(&mode.precision, &mut self.factors) {
            return Err(Error::numeric("the curvature at the modes of the random effects is not positive"));
        }
        let (levels, q) = (self.levels.count, mode.u.len());
        let (modes, eta) = (mode.effects()?.u, try_copies("linear predictor", &mode.eta)?);
        let mut at_mode = try_vec(LEVELS, 0.0, levels)?;
        self.levels.add_rows(&mode.jet.l, &mut at_mode);
        let t = self.levels.root(&mode.precision.t);
        let gradient = order == Order::Gradient;
        let mut sums = Sums::new(if gradient { q } else { 0 }, &self.levels, mode)?;
        let of_levels = || try_vec(LEVELS, 0.0, levels);
        let (mut total, mut l, mut pi) = (of_levels()?, of_levels()?, of_levels()?);
        for k in 0..self.grid.len() {
            watch.pulse()?;
            let z = self.grid.node(k).to_vec();
            self.place(mode, &modes, &z);
            mode.predict();
            mode.evaluator.evaluate(&mode.eta, if gradient { Order::Gradient } else { Order::Value }, &mut self.node)?;
            l.fill(0.0);
            self.levels.add_rows(&self.node.l, &mut l);
            for level in 0..levels {
                let gain =
                    l[level] - at_mode[level] - 0.5 * (self.penalty(mode, &mode.u, level) - self.penalty(mode, &modes, level));
                // The mode is the reference: the exponent is hardly ever positive.
                pi[level] = (self.grid.log_weights[k] + gain).exp();
                total[level] += pi[level];
            }
            if gradient {
                sums.add(&self.levels, mode, &self.node, &t, &z, &pi);
            }
        }
        mode.u.copy_from_slice(&modes);
        mode.eta = eta;
        if total.iter().any(|v| !(v.is_finite() && *v > 0.0)) {
            return Err(Error::numeric("the quadrature over the random effects is not finite"));
        }
        if gradient {
            self.averages = sums.averages(&self.levels, mode.model, &total);
        }
        Ok(-2.0 * total.iter().map(|v| v.ln()).sum::<f64>())
    }

    /// u'u of one level.
    fn penalty(&self, mode: &Mode<'_>, u: &[f64], level: usize) -> f64 {
        (0..self.levels.size()).map(|a| u[self.levels.at(mode.model, a, level)].powi(2)).sum()
    }

    /// The deviance at nodes that stay where they are; averages at `Order::Gradient`. No mode has a part in it.
    pub fn at_fixed_nodes(&mut self, mode: &mut Mode<'_>, order: Order, watch: &Watch<'_>) -> Result<f64> {
        let (modes, eta) = (mode.effects()?.u, try_copies("linear predictor", &mode.eta)?);
        let log_l = self.fixed_log_likelihoods(mode, watch);
        let averages = match &log_l {
            Ok(log_l) if order == Order::Gradient => self.fixed_averages(mode, log_l, watch).map(Some),
            _ => Ok(None),
        };
        mode.u.copy_from_slice(&modes);
        mode.eta = eta;
        if let Some(averages) = averages? {
            self.averages = averages;
        }
        Ok(-2.0 * log_l?.iter().sum::<f64>())
    }

    /// log L of each level.
    fn fixed_log_likelihoods(&mut self, mode: &mut Mode<'_>, watch: &Watch<'_>) -> Result<Vec<f64>> {
        let levels = self.levels.count;
        let (mut sums, mut terms) = (try_vec(LEVELS, LogSum::default(), levels)?, try_vec(LEVELS, 0.0, levels)?);
        for k in 0..self.grid.len() {
            watch.pulse()?;
            self.fixed_terms(mode, k, Order::Value, &mut terms)?;
            sums.iter_mut().zip(&terms).for_each(|(sum, term)| sum.add(*term));
        }
        let log_l = try_collect(LEVELS, sums.iter().map(LogSum::value))?;
        if log_l.iter().any(|v| !v.is_finite()) {
            return Err(Error::numeric("the likelihood of a group is zero or not finite at all quadrature nodes"));
        }
        Ok(log_l)
    }

    /// A second pass over the nodes, with the weights that the first has made known.
    fn fixed_averages(&mut self, mode: &mut Mode<'_>, log_l: &[f64], watch: &Watch<'_>) -> Result<Averages> {
        let t = self.levels.root(&mode.precision.t);
        let mut sums = Sums::new(mode.u.len(), &self.levels, mode)?;
        let mut pi = try_vec(LEVELS, 0.0, self.levels.count)?;
        for k in 0..self.grid.len() {
            watch.pulse()?;
            self.fixed_terms(mode, k, Order::Gradient, &mut pi)?;
            pi.iter_mut().zip(log_l).for_each(|(pi, log_l)| *pi = (*pi - log_l).exp());
            sums.add(&self.levels, mode, &self.node, &t, self.grid.node(k), &pi);
        }
        Ok(sums.averages(&self.levels, mode.model, &try_vec(LEVELS, 1.0, self.levels.count)?))
    }

    /// log W_k + sum l(z_k) of each level.
    fn fixed_terms(&mut self, mode: &mut Mode<'_>, k: usize, order: Order, out: &mut [f64]) -> Result<()> {
        for (a, z) in self.grid.node(k).iter().enumerate() {
            for level in 0..self.levels.count {
                mode.u[self.levels.at(mode.model, a, level)] = *z;
            }
        }
        mode.predict();
        mode.evaluator.evaluate(&mode.eta, order, &mut self.node)?;
        out.fill(self.grid.log_weight(k));
        self.levels.add_rows(&self.node.l, out);
        // As in the search for the modes: far out there is no density where it is not a number.
        out.iter_mut().filter(|v| v.is_nan()).for_each(|v| *v = f64::NEG_INFINITY);
        Ok(())
    }

    /// The modes moved to a node: u + L^-T z.
    fn place(&self, mode: &mut Mode<'_>, modes: &[f64], z: &[f64]) {
        let r = self.levels.size();
        for level in 0..self.levels.count {
            let mut x = z.to_vec();
            dense::solve_lower_transpose(r, &self.factors[level * r * r..(level + 1) * r * r], &mut x);
            for (a, x) in x.iter().enumerate() {
                let at = self.levels.at(mode.model, a, level);
                mode.u[at] = modes[at] + x;
            }
        }
    }

    /// With the averages: the forces (G T N) of each term, and T N T' on the pattern of the Gram matrix, in `covariance`.
    pub fn curvature(&self, mode: &Mode<'_>, covariance: &mut WeightedGram) -> Vec<Vec<f64>> {
        let (r, precision) = (self.levels.size(), &mode.precision);
        let t = self.levels.root(&precision.t);
        let mut forces: Vec<Vec<f64>> = precision.t.iter().map(|t| vec![0.0; t.len()]).collect();
        let mut g = vec![0.0; r * r];
        for level in 0..self.levels.count {
            let n = self.middle(level);
            let tn = product(r, &t, &n);
            self.levels.gram(&precision.gram, level, &mut g);
            let gtn = product(r, &g, &tn);
            for (b, &(m, f)) in self.levels.effects.iter().enumerate() {
                for (a, &(k, e)) in self.levels.effects.iter().enumerate() {
                    let value: f64 = (0..r).map(|c| tn[c * r + a] * t[c * r + b]).sum();
                    set_block_value(covariance, (k, e), (m, f), level, value);
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
        let r = self.levels.size();
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
