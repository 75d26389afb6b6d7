//! The Laplace approximation of a generalised linear mixed model's deviance.
//!
//! With linear predictors eta_a = X_a beta_a + offset_a + Z_a Lambda u stacked, u ~ N(0, I), and per row l, s = dl/deta, W = -d2l/deta2:
//!
//! ```text
//! mode:  Lambda'Z's - u = 0,    A = Lambda'Z'WZ Lambda + I,    d = -2 sum l + u'u + log|A|
//! ```
//!
//! W is the observed information at the mode (the Laplace approximation), or on request the expected one (lme4). The fixed effects of the
//! mean may be part of the mode as well (`border`), with or without a place in the determinant.

use std::time::Instant;

use super::border::Border;
use super::jet::{Evaluator, Jet};
use super::kept_modes::Memory;
use super::model::Model;
use super::quadrature::Quadrature;
use crate::error::{Code, Error, Result, try_copy, try_vec};
use crate::family::Order;
use crate::options::Nodes;
use crate::random::{RandomSystem, Roots, WeightedGram};

/// The Newton decrement, relative to the penalised deviance, at which the mode is found: gradients are exact to its square root.
pub(super) const MODE: f64 = 1e-22;
/// What memory is for.
pub(super) const MODES: &str = "modes of the random effects";
/// The decrement from which on steps are not judged by the log-likelihood.
const NEAR: f64 = 1e-8;
/// What rounding takes from a deviance as a rule, relative to it.
const ROUNDED: f64 = 1e-12;
const MOST_STEPS: usize = 200;
const MOST_HALVINGS: usize = 40;
/// So many steps in a row that had to be shortened to this lead to the end of a link's domain, not to a mode.
const MOST_SHORT: usize = 5;
const SHORT: f64 = 1e-3;

/// What of the fixed effects of the mean is done inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Inside {
    /// Nothing: they are parameters.
    #[default]
    Nothing,
    /// They are at the joint mode with the random effects (lme4's nAGQ = 0).
    Mode,
    /// They are integrated out with a flat prior (restricted likelihood).
    Integrated,
}

/// How the deviance is approximated.
#[derive(Clone, Copy, Debug, Default)]
pub struct Approximation {
    /// The determinant has the expected information.
    pub expected: bool,
    pub inside: Inside,
    /// Quadrature points for each random effect; 0 and 1 are the Laplace approximation.
    pub points: usize,
    pub nodes: Nodes,
    /// Past this moment there are no evaluations but the first, and that of the results.
    pub deadline: Option<Instant>,
}

/// Evaluates the approximate deviance of one model.
pub struct Laplace<'a> {
    pub model: &'a Model,
    pub how: Approximation,
    /// Predictors with effects that the mode is searched in, as flags.
    pub(super) inner: Vec<bool>,
    pub(super) evaluator: Box<dyn Evaluator + 'a>,
    pub(super) jet: Jet,
    pub(super) gram: WeightedGram,
    pub(super) covariance: WeightedGram,
    /// A, factorised.
    pub(super) random: RandomSystem,
    /// The factor is that of some mode, so a step with it is worth trying.
    pub(super) factorized: bool,
    pub(super) border: Option<Border>,
    pub(super) quadrature: Option<Quadrature>,
    /// Times minus the sum of the logarithms of the distances from the ends of the link's domain this is added to the deviance (`domain`).
    pub(super) barrier: f64,
    pub(super) memory: Memory,
    /// The least deviance is where a linear predictor is at the end of the link's domain.
    pub at_end: bool,
    /// The modes were not found, which only a deviance at fixed nodes survives.
    lost: bool,
    pub(super) t: Roots,
    /// The spherical modes; they start the next search.
    pub(super) u: Vec<f64>,
    /// Where the search for fixed effects that are inside starts.
    pub(super) start_gamma: Vec<f64>,
    /// The Newton decrement, relative to the penalised deviance, at which the modes are found.
    pub(super) enough: f64,
    /// The size of the numbers that the fixed part of each predictor is the sum of.
    summands: Vec<f64>,
    /// X beta + offset of each predictor, without fixed effects that are inside.
    pub(super) base: Vec<Vec<f64>>,
    pub(super) eta: Vec<Vec<f64>>,
    /// Expected information and its derivatives per predictor, if that is in the determinant.
    pub(super) expected_w: Vec<Vec<f64>>,
    pub(super) expected_t: Vec<Vec<f64>>,
    /// Z's.
    pub(super) zs: Vec<f64>,
    pub(super) work: Vec<f64>,
    pub(super) permuted: Vec<f64>,
    pub value: f64,
    pub evaluations: usize,
    /// Newton steps of the modes, over all evaluations.
    pub mode_steps: usize,
}

impl<'a> Laplace<'a> {
    pub fn new(model: &'a Model, how: Approximation) -> Result<Self> {
        let (n, q, predictors) = (model.n, model.layout.q(), model.response.predictors());
        let mut inner: Vec<bool> = (0..predictors).map(|a| model.predictor.contains(&a)).collect();
        inner[0] |= how.inside != Inside::Nothing;
        let gram = WeightedGram::new(&model.layout, &model.terms())?;
        let border = if how.inside == Inside::Nothing { None } else { Some(Border::new(n, q, model.fixed[0].p, predictors)?) };
        let columns = model.n_theta() + model.fixed.iter().map(|f| f.p).sum::<usize>();
        let random = gram.system(&model.terms(), &model.structures, columns.max(1))?;
        let rows = |what| (0..predictors).map(|_| try_vec(what, 0.0, n)).collect::<Result<Vec<Vec<f64>>>>();
        let modes = || try_vec(MODES, 0.0, q);
        Ok(Laplace {
            how,
            evaluator: model.response.evaluator(&inner)?,
            jet: Jet::new(n, &inner)?,
            covariance: gram.try_clone()?,
            gram,
            random,
            factorized: false,
            border,
            quadrature: Quadrature::new(model, &how, &inner)?,
            barrier: 0.0,
            at_end: false,
            memory: Memory::default(),
            lost: false,
            inner,
            t: Roots::zeros(&model.structures),
            u: modes()?,
            start_gamma: vec![0.0; model.fixed[0].p],
            enough: MODE,
            summands: vec![0.0; predictors],
            base: rows("linear predictor")?,
            eta: rows("linear predictor")?,
            expected_w: if how.expected { vec![try_vec("expected information", 0.0, n)?] } else { vec![] },
            expected_t: if how.expected { rows("expected information")? } else { vec![] },
            zs: modes()?,
            work: modes()?,
            permuted: modes()?,
            value: f64::NAN,
            evaluations: 0,
            mode_steps: 0,
            model,
        })
    }

    /// The predictors whose fixed effects are parameters.
    pub fn outer(&self) -> std::ops::Range<usize> {
        usize::from(self.how.inside != Inside::Nothing)..self.model.fixed.len()
    }

    /// The place of the fixed effects of each outer predictor among the parameters, in order.
    pub fn ranges(&self) -> Vec<std::ops::Range<usize>> {
        let mut first = self.model.n_theta();
        let range = |a: usize| {
            let range = first..first + self.model.fixed[a].p;
            first = range.end;
            range
        };
        self.outer().map(range).collect()
    }

    /// The place of the shared parameters.
    pub fn shared(&self) -> std::ops::Range<usize> {
        let first = self.model.n_theta() + self.outer().map(|a| self.model.fixed[a].p).sum::<usize>();
        first..first + self.model.response.n_shared()
    }

    /// The number of working parameters.
    pub fn n_parameters(&self) -> usize {
        self.shared().end
    }

    /// The deviance at working parameters; the modes and all derivatives are left behind.
    pub fn evaluate(&mut self, x: &[f64], order: Order) -> Result<f64> {
        if self.is_late() && self.evaluations > 0 {
            return Err(Error::numeric("the deadline has passed"));
        }
        self.evaluations += 1;
        self.set_parameters(x, order)?;
        if self.has_fixed_nodes() {
            return self.evaluate_at_fixed_nodes(order);
        }
        self.find_modes_or_stay()?;
        if order == Order::Gradient {
            self.evaluator.evaluate(&self.eta, order, &mut self.jet)?;
        }
        if self.how.expected {
            self.factorize_expected(order)?;
        }
        let penalty: f64 = self.u.iter().map(|v| v * v).sum();
        self.value = -2.0 * self.jet.log_likelihood() + penalty + self.random.log_determinant();
        if let (Some(border), Inside::Integrated) = (&self.border, self.how.inside) {
            let p = self.model.fixed[0].p as f64;
            self.value += border.log_determinant() + 2.0 * self.model.fixed[0].log_determinant() - p * std::f64::consts::TAU.ln();
        }
        if let Some(mut quadrature) = self.quadrature.take() {
            let correction = quadrature.correction(self, order);
            self.quadrature = Some(quadrature);
            self.value += correction?;
        }
        self.value += self.barrier_value();
        if !self.value.is_finite() {
            return Err(Error::numeric("the Laplace deviance is not finite"));
        }
        self.remember(x)?;
        Ok(self.value)
    }

    /// What the last deviance may be off by where the fixed part of a predictor is a small difference of large numbers, as it is after a
    /// long way along a direction of separation; zero where that is less than the rounding of the deviance itself.
    pub(super) fn rounding(&self) -> f64 {
        let scores = self.jet.s.iter().zip(&self.summands);
        let of_rows: f64 = scores.map(|(s, size)| size * s.iter().map(|s| s.abs()).sum::<f64>()).sum();
        let noise = 2.0 * f64::EPSILON * of_rows;
        if noise > ROUNDED * self.value.abs() { noise } else { 0.0 }
    }

    pub(super) fn is_late(&self) -> bool {
        self.how.deadline.is_some_and(|end| Instant::now() >= end)
    }

    pub(super) fn has_fixed_nodes(&self) -> bool {
        self.how.nodes == Nodes::Fixed && self.quadrature.is_some()
    }

    /// The deviance at fixed nodes. The modes, which it does not need, are for results and for the steps of the search: where they are
    /// not found, zeros stand in for them.
    fn evaluate_at_fixed_nodes(&mut self, order: Order) -> Result<f64> {
        self.lost = match self.find_modes() {
            Err(error) if error.code == Code::Numeric => true,
            other => other.map(|()| false)?,
        };
        if self.lost {
            self.u.fill(0.0);
            self.factorized = false;
            self.penalised()?;
            if self.factorize_observed().is_err() {
                self.jet.w.iter_mut().for_each(|w| w.fill(0.0));
                self.factorize_observed()?;
            }
        }
        if let Some(mut quadrature) = self.quadrature.take() {
            let value = quadrature.at_fixed_nodes(self, order);
            self.quadrature = Some(quadrature);
            self.value = value?;
        }
        Ok(self.value)
    }

    /// An error where the modes of the last evaluation are not those of the random effects.
    pub(super) fn require_modes(&self) -> Result<()> {
        if self.lost { Err(Error::numeric("the modes of the random effects were not found")) } else { Ok(()) }
    }

    /// Takes working parameters: factors T, the fixed part of the predictors, what the response needs.
    pub(super) fn set_parameters(&mut self, x: &[f64], order: Order) -> Result<()> {
        let model = self.model;
        self.t.set(&model.structures, x);
        if self.border.is_some() {
            model.fixed[0].predict(&[], &mut self.base[0]);
        }
        for (a, range) in self.outer().zip(self.ranges()) {
            self.summands[a] = model.fixed[a].size_of_summands(&x[range.clone()]);
            model.fixed[a].predict(&x[range], &mut self.base[a]);
        }
        let shared = self.shared();
        self.evaluator.prepare(&x[shared], &self.base, order)
    }

    /// eta at the present modes.
    pub(super) fn predict(&mut self) {
        self.work.copy_from_slice(&self.u);
        self.gram.gram.apply_factors(&self.t, false, &mut self.work);
        for (eta, base) in self.eta.iter_mut().zip(&self.base) {
            eta.copy_from_slice(base);
        }
        if let Some(border) = &self.border {
            self.model.fixed[0].add(&border.gamma, &mut self.eta[0]);
        }
        self.model.add_random(&self.work, &mut self.eta);
    }

    /// eta and the derivatives at the present modes; the penalised log-likelihood.
    pub(super) fn penalised(&mut self) -> Result<f64> {
        self.predict();
        self.evaluator.evaluate(&self.eta, Order::Mode, &mut self.jet)?;
        let value = self.jet.log_likelihood() - 0.5 * self.u.iter().map(|v| v * v).sum::<f64>();
        Ok(if value.is_nan() || value == f64::INFINITY { f64::NEG_INFINITY } else { value })
    }

    /// Newton's method for the modes, with halving; at its end A is that of the modes.
    pub(super) fn find_modes(&mut self) -> Result<()> {
        if self.memory.off {
            self.modes_of_grid()?;
        }
        let mut value = self.penalised()?;
        if value == f64::NEG_INFINITY {
            self.u.fill(0.0);
            value = self.penalised()?;
        }
        if value == f64::NEG_INFINITY {
            return Err(Error::numeric("the log-likelihood is not finite where the random effects are zero"));
        }
        if self.factorized && self.random.goes_with(&self.t) {
            value = self.first_step(value)?;
        }
        let (mut last, mut short) = (f64::INFINITY, 0);
        for _ in 0..MOST_STEPS {
            self.mode_steps += 1;
            let regular = self.factorize_observed()?;
            let decrement = self.mode_step();
            let done = decrement <= self.enough * (1.0 + value.abs()) || (decrement < 1e-12 && decrement > 0.25 * last);
            if done && regular {
                self.factorized = true;
                return Ok(());
            }
            last = decrement;
            let (next, length) = self.take_step(value, decrement)?;
            value = next;
            short = if length < SHORT { short + 1 } else { 0 };
            if short > MOST_SHORT {
                break;
            }
        }
        self.factorized = false;
        Err(Error::numeric("the modes of the random effects were not found"))
    }

    /// A step with the factor of the last mode: exact to second order in the change of the parameters, and cheap. Without success the
    /// modes stay where they are.
    fn first_step(&mut self, value: f64) -> Result<f64> {
        let before = (try_copy(MODES, &self.u)?, self.border.as_ref().map(|b| b.gamma.clone()));
        let decrement = self.mode_step();
        if decrement <= self.enough * (1.0 + value.abs()) {
            return Ok(value);
        }
        self.move_by(1.0, &before.0, before.1.as_deref());
        let next = self.penalised()?;
        if next > value {
            return Ok(next);
        }
        self.go_back(&before.0, before.1.as_deref());
        self.penalised()
    }

    /// The Newton step of the modes into `work` (and the border's); its decrement.
    pub(super) fn mode_step(&mut self) -> f64 {
        self.model.transpose_random(&self.jet.s, &mut self.zs);
        self.work.copy_from_slice(&self.zs);
        self.gram.gram.apply_factors(&self.t, true, &mut self.work);
        self.work.iter_mut().zip(&self.u).for_each(|(g, u)| *g -= u);
        let mut fixed = vec![];
        if let Some(border) = &self.border {
            fixed = vec![0.0; border.gamma.len()];
            self.model.fixed[0].transpose(&self.jet.s[0], &mut fixed);
        }
        let mut step = std::mem::take(&mut self.work);
        let decrement = self.solve(&mut step, &mut fixed);
        self.work = step;
        if let Some(border) = &mut self.border {
            border.step = fixed;
        }
        decrement
    }

    /// Solves with A, or with A and the border: (v, fixed) <- H^-1 (v, fixed); the quadratic form of what was given.
    pub(super) fn solve(&mut self, v: &mut [f64], fixed: &mut [f64]) -> f64 {
        self.random.permute_into(&self.t, v, &mut self.permuted);
        self.random.half_solve(&mut self.permuted);
        let mut form: f64 = self.permuted.iter().map(|v| v * v).sum();
        if let Some(border) = &self.border {
            form += border.solve(&mut self.permuted, fixed);
        }
        self.random.half_solve_transpose(&mut self.permuted);
        self.random.unpermute_into(&self.t, &self.permuted, v);
        form
    }

    fn move_by(&mut self, length: f64, before: &[f64], fixed: Option<&[f64]>) {
        // `work` is overwritten by `predict`, so the step is kept in `permuted` meanwhile.
        self.permuted.copy_from_slice(&self.work);
        for ((u, b), s) in self.u.iter_mut().zip(before).zip(&self.permuted) {
            *u = b + length * s;
        }
        if let (Some(border), Some(fixed)) = (&mut self.border, fixed) {
            for ((g, b), s) in border.gamma.iter_mut().zip(fixed).zip(&border.step) {
                *g = b + length * s;
            }
        }
    }

    fn go_back(&mut self, before: &[f64], fixed: Option<&[f64]>) {
        self.u.copy_from_slice(before);
        if let (Some(border), Some(fixed)) = (&mut self.border, fixed) {
            border.gamma.copy_from_slice(fixed);
        }
    }

    /// Moves the modes by the step in `work`, shortened until the penalised log-likelihood rises; its value, and the length of the step.
    fn take_step(&mut self, value: f64, decrement: f64) -> Result<(f64, f64)> {
        let (step, before) = (try_copy(MODES, &self.work)?, try_copy(MODES, &self.u)?);
        let fixed = self.border.as_ref().map(|b| b.gamma.clone());
        // Near the mode the gain drowns in the rounding of the log-likelihood, whose terms may be far larger than their sum; the decrement
        // does not, and Newton's step is right to its square.
        let near = decrement < f64::max(NEAR, 1e-12 * (1.0 + value.abs()));
        let mut length = 1.0;
        for _ in 0..MOST_HALVINGS {
            self.work.copy_from_slice(&step);
            self.move_by(length, &before, fixed.as_deref());
            let next = self.penalised()?;
            if next >= value + 1e-4 * length * decrement || near && next.is_finite() {
                return Ok((next, length));
            }
            length *= 0.5;
        }
        self.go_back(&before, fixed.as_deref());
        self.factorized = false;
        Err(Error::numeric("no step towards the modes of the random effects raises the likelihood"))
    }
}

impl Laplace<'_> {
    /// Where the search for fixed effects that are inside starts.
    pub fn start_fixed(&mut self, gamma: &[f64]) {
        self.start_gamma.copy_from_slice(gamma);
        if let Some(border) = &mut self.border {
            border.gamma.copy_from_slice(gamma);
        }
    }

    /// The mean's fixed effects at working parameters, in the orthonormal basis.
    pub fn fixed_effects(&self, x: &[f64]) -> Vec<f64> {
        match &self.border {
            Some(border) => border.gamma.clone(),
            None => x[self.ranges()[0].clone()].to_vec(),
        }
    }
}
