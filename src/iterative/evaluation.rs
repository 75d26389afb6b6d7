//! What a search asks of a criterion whose gradient is sampled, and the parts of such a gradient that all models share: with M_k the sum over
//! levels of (A^-1)_jj, half the derivatives of log|A| in T_k are T_k'^-1 (levels I - M_k).

use super::levels::Levels;
use super::moments::Moments;
use super::samples::{Adjusted, covariance};
use super::schur::Schur;
use crate::covariance::{Structure, with_ranges};
use crate::error::Result;
use crate::linalg::dense;
use crate::random::FactorDerivative;
use crate::search::boundary;
use crate::watch::Watch;

/// The standard deviation that a direction without variance has beside others: Lambda can be divided by then, and the criterion moves by its
/// square. Relative to the residuals' of a linear model, on the scale of the linear predictor of others.
pub const LIFT: f64 = 1e-4;

/// How much an evaluation does.
#[derive(Clone, Copy, Debug)]
pub struct Effort {
    /// Blocks of eight signs.
    pub blocks: usize,
    /// Of the solves with signs.
    pub tolerance: f64,
    /// Of the solves for the average information.
    pub information: f64,
    /// Steps of a solve.
    pub steps: usize,
    /// Everything that is reported.
    pub report: bool,
}

/// What an evaluation finds; matrices are `[n, n]` in the n working parameters, those of covariances first. `own` is what only models of its
/// kind have.
pub struct Evaluation<T> {
    /// The criterion and its Monte-Carlo error.
    pub value: f64,
    pub value_error: f64,
    pub gradient: Vec<f64>,
    /// The average information, and that with the curvature that keeps steps from overshooting zero.
    pub information: Vec<f64>,
    pub hessian: Vec<f64>,
    /// The Monte-Carlo covariance of the gradient.
    pub noise: Vec<f64>,
    /// Half the derivatives in T of each term.
    pub forces: Vec<Vec<f64>>,
    /// The elements of the sums of A^-1's blocks beside their exact parts, term by term.
    pub traces: Vec<Adjusted>,
    /// T of each term.
    pub t: Vec<Vec<f64>>,
    /// What is reported of levels.
    pub levels: Option<Levels>,
    /// Steps of the solves for fixed effects, and for signs.
    pub steps: (usize, usize),
    pub settled: bool,
    pub own: T,
}

/// A model that is evaluated.
pub trait Problem<'a> {
    /// What only models of its kind have.
    type Own;

    fn structures(&self) -> &'a [Structure];

    /// Whether samples of signs are independent column by column.
    fn is_scalar(&self) -> bool;

    fn watch(&self) -> Watch<'a>;

    /// The user's theta of working parameters.
    fn theta(&self, working: &[f64]) -> Vec<f64>;

    fn evaluate(&mut self, working: &[f64], effort: Effort) -> Result<Evaluation<Self::Own>>;
}

/// Singular covariances with a little variance in each direction; terms without any are left as they are.
pub fn divisible(structures: &[Structure], working: &[f64]) -> Vec<f64> {
    let mut out = boundary::lifted(structures, working, LIFT);
    for (structure, range) in with_ranges(structures) {
        if structure.relative_covariance(&working[range.clone()]).iter().all(|v| *v == 0.0) {
            out[range.clone()].copy_from_slice(&working[range]);
        }
    }
    out
}

/// Whether a term has any variance.
pub fn moved(t: &[f64]) -> bool {
    t.iter().any(|t| *t != 0.0)
}

/// T'^-1 (levels I - M) of one term, M with these traces; zero of a term without variance, along which nothing changes.
pub fn determinant_force(schur: &Schur<'_>, moments: &Moments, k: usize, traces: &[Adjusted]) -> Vec<f64> {
    let (r, t) = (schur.split.layout.terms[k].effects, &schur.t[k]);
    let mut force = schur.gain_of(k).to_vec();
    if !moved(t) {
        force.fill(0.0);
        return force;
    }
    if k == schur.split.first {
        dense::add_scaled(&mut force, -1.0, &moments.exact);
    }
    force.iter_mut().zip(traces).for_each(|(force, own)| *force -= own.mean);
    force.chunks_exact_mut(r).for_each(|column| dense::solve_lower_transpose(r, t, column));
    force
}

/// force -= sum_j (a_j b_j') times a factor, over the levels of one term.
pub fn subtract_products(r: usize, factor: f64, a: &[f64], b: &[f64], force: &mut [f64]) {
    let mut sum = vec![0.0; r * r];
    for (a, b) in a.chunks_exact(r).zip(b.chunks_exact(r)) {
        for j in 0..r {
            for i in 0..r {
                sum[j * r + i] += a[i] * b[j];
            }
        }
    }
    dense::add_scaled(force, -factor, &sum);
}

/// The derivatives of the gradient in the traces: `[elements, parameters]`.
fn slopes(t: &[Vec<f64>], derivatives: &[FactorDerivative], elements: usize) -> Vec<f64> {
    let (mut out, mut first) = (vec![0.0; elements * derivatives.len()], 0);
    for (k, t) in t.iter().enumerate() {
        let r = t.len().isqrt();
        for (i, derivative) in derivatives.iter().enumerate().filter(|(_, own)| own.term == k && moved(t)) {
            for e in 0..r * r {
                let mut unit = vec![0.0; r * r];
                unit[e] = -1.0;
                unit.chunks_exact_mut(r).for_each(|column| dense::solve_lower_transpose(r, t, column));
                out[i * elements + first + e] = 2.0 * dense::dot(&derivative.d, &unit);
            }
        }
        first += r * r;
    }
    out
}

/// The Monte-Carlo covariance of a gradient, by that of the traces; behind the covariance parameters stand `further`, which are gradients
/// themselves.
pub fn gradient_noise(t: &[Vec<f64>], derivatives: &[FactorDerivative], traces: &[Adjusted], further: &[Adjusted]) -> Vec<f64> {
    let (elements, n) = (traces.len() + further.len(), derivatives.len() + further.len());
    let mut all = vec![0.0; elements * n];
    for (own, all) in slopes(t, derivatives, traces.len()).chunks_exact(traces.len().max(1)).zip(all.chunks_exact_mut(elements)) {
        all[..traces.len()].copy_from_slice(own);
    }
    (0..further.len()).for_each(|j| all[(derivatives.len() + j) * elements + traces.len() + j] = 1.0);
    let own: Vec<&Adjusted> = traces.iter().chain(further).collect();
    covariance(&own, &all, n)
}

impl Schur<'_> {
    /// The sum over levels of I less the exact part of (A^-1)_jj.
    fn gain_of(&self, k: usize) -> &[f64] {
        match self.split.others.iter().position(|other| *other == k) {
            Some(i) => &self.gain[i],
            None => &self.gain_first,
        }
    }
}

/// How near to singular the factors are that are not zero: what is divided by them loses twice as many digits.
pub fn smallest_ratio(t: &[Vec<f64>]) -> f64 {
    let one = |t: &Vec<f64>| {
        let r = t.len().isqrt();
        let largest = t.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        let smallest = (0..r).map(|a| t[a * (r + 1)].abs()).fold(f64::INFINITY, f64::min);
        if largest == 0.0 || r == 1 { 1.0 } else { (smallest / largest).max(LIFT) }
    };
    t.iter().map(one).fold(1.0, f64::min)
}
