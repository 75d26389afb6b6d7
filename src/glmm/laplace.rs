//! The Laplace approximation of a generalised linear mixed model's deviance.
//!
//! With eta = X beta + offset + Z Lambda u, u ~ N(0, I), and per row l, s = dl/deta, w = -d2l/deta2:
//!
//! ```text
//! mode:  Lambda'Z's - u = 0,    A = Lambda'Z'WZ Lambda + I,    d = -2 sum l + u'u + log|A|
//! ```
//!
//! W is the observed information at the mode (the Laplace approximation), or on request the expected one (lme4).

use super::model::Model;
use crate::error::{Error, Result, try_vec};
use crate::family::{Constants, Derivatives, Order, Psi};
use crate::linalg::{SelectedInverse, SparseCholesky};
use crate::random::WeightedGram;

/// The Newton decrement, relative to the penalised deviance, at which the mode is found: gradients are exact to its square root.
const MODE: f64 = 1e-19;
const MOST_STEPS: usize = 100;
const MOST_HALVINGS: usize = 30;

/// Evaluates the Laplace deviance of one model.
pub struct Laplace<'a> {
    pub model: &'a Model,
    /// The determinant has the expected information.
    pub(super) expected: bool,
    pub(super) gram: WeightedGram,
    pub(super) covariance: WeightedGram,
    pub(super) factor: SparseCholesky,
    pub(super) inverse: Option<SelectedInverse>,
    pub(super) col_ptr: Vec<usize>,
    pub(super) row_idx: Vec<usize>,
    pub(super) t: Vec<Vec<f64>>,
    /// The spherical modes; they start the next search.
    pub(super) u: Vec<f64>,
    /// X beta + offset.
    fixed: Vec<f64>,
    pub(super) eta: Vec<f64>,
    constants: Constants,
    pub(super) d: Derivatives,
    /// Expected information and its derivative, if that is in the determinant.
    pub(super) expected_w: Vec<f64>,
    pub(super) expected_t: Vec<f64>,
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
    pub fn new(model: &'a Model, expected: bool) -> Result<Self> {
        let (n, q) = (model.n, model.layout.q());
        let gram = WeightedGram::new(&model.layout, &model.terms())?;
        let (col_ptr, row_idx) = gram.gram.pattern()?;
        let columns = model.n_parameters().max(1);
        let factor = SparseCholesky::new(q, &col_ptr, &row_idx, columns)?;
        let parameters = model.family.parameters().len();
        Ok(Laplace {
            expected,
            covariance: gram.clone(),
            gram,
            factor,
            inverse: None,
            col_ptr,
            row_idx,
            t: model.structures.iter().map(|s| vec![0.0; s.size * s.size]).collect(),
            u: try_vec("modes of the random effects", 0.0, q)?,
            fixed: try_vec("linear predictor", 0.0, n)?,
            eta: try_vec("linear predictor", 0.0, n)?,
            constants: Constants::new(n, parameters)?,
            d: Derivatives::new(n, parameters)?,
            expected_w: try_vec("expected information", 0.0, if expected { n } else { 0 })?,
            expected_t: try_vec("expected information", 0.0, if expected { n } else { 0 })?,
            zs: try_vec("modes of the random effects", 0.0, q)?,
            work: try_vec("modes of the random effects", 0.0, q)?,
            permuted: try_vec("modes of the random effects", 0.0, q)?,
            value: f64::NAN,
            evaluations: 0,
            mode_steps: 0,
            model,
        })
    }

    /// All parameters of the family on their working scale, the fixed ones included.
    pub fn psi(&self, x: &[f64]) -> Vec<f64> {
        let mut psi: Vec<f64> =
            self.model.family.parameters().iter().map(|p| p.fixed.map_or(0.0, |v| p.scale.working(v))).collect();
        for (&j, value) in self.model.free.iter().zip(&x[self.model.n_theta() + self.model.p..]) {
            psi[j] = *value;
        }
        psi
    }

    /// The deviance at working parameters (covariance, beta, family); the modes and all derivatives are left behind.
    pub fn evaluate(&mut self, x: &[f64], order: Order) -> Result<f64> {
        self.evaluations += 1;
        let model = self.model;
        let (n_theta, p) = (model.n_theta(), model.p);
        let mut first = 0;
        for (structure, t) in model.structures.iter().zip(&mut self.t) {
            structure.factor(&x[first..first + structure.n_theta()], t);
            first += structure.n_theta();
        }
        self.fixed.copy_from_slice(&model.offset);
        for (column, beta) in model.x.chunks_exact(model.n).zip(&x[n_theta..n_theta + p]) {
            self.fixed.iter_mut().zip(column).for_each(|(eta, v)| *eta += beta * v);
        }
        let psi: Vec<Psi> = self.psi(x).into_iter().map(Psi::Shared).collect();
        model.family.constants(&model.observations(), &psi, order, &mut self.constants)?;
        self.find_modes(&psi)?;
        if order == Order::Gradient {
            model.family.evaluate(&model.observations(), &self.eta, &psi, &self.constants, order, &mut self.d)?;
        }
        if self.expected {
            self.factorize_expected(&psi)?;
        }
        let penalty: f64 = self.u.iter().map(|v| v * v).sum();
        self.value = -2.0 * self.d.log_likelihood() + penalty + self.factor.log_determinant();
        if self.value.is_finite() { Ok(self.value) } else { Err(Error::numeric("the Laplace deviance is not finite")) }
    }

    /// eta and the derivatives at the present modes; the penalised log-likelihood.
    fn predict(&mut self, psi: &[Psi]) -> Result<f64> {
        let model = self.model;
        self.work.copy_from_slice(&self.u);
        self.gram.gram.apply_factors(&self.t, false, &mut self.work);
        self.eta.copy_from_slice(&self.fixed);
        model.add_random(&self.work, &mut self.eta);
        model.family.evaluate(&model.observations(), &self.eta, psi, &self.constants, Order::Mode, &mut self.d)?;
        let value = self.d.log_likelihood() - 0.5 * self.u.iter().map(|v| v * v).sum::<f64>();
        Ok(if value.is_nan() { f64::NEG_INFINITY } else { value })
    }

    /// Newton's method for the modes, with halving; at its end A is that of the modes.
    fn find_modes(&mut self, psi: &[Psi]) -> Result<()> {
        let mut value = self.predict(psi)?;
        if value == f64::NEG_INFINITY {
            self.u.fill(0.0);
            value = self.predict(psi)?;
        }
        if value == f64::NEG_INFINITY {
            return Err(Error::numeric("the log-likelihood is not finite where the random effects are zero"));
        }
        let mut last = f64::INFINITY;
        for _ in 0..MOST_STEPS {
            self.mode_steps += 1;
            self.factorize_observed()?;
            let decrement = self.mode_step();
            if decrement <= MODE * (1.0 + value.abs()) || (decrement < 1e-12 && decrement > 0.25 * last) {
                return Ok(());
            }
            last = decrement;
            value = self.take_step(psi, value, decrement)?;
        }
        Err(Error::numeric("the modes of the random effects were not found"))
    }

    /// A with the observed information, or where that is not positive with what is positive of it.
    pub(super) fn factorize_observed(&mut self) -> Result<()> {
        self.gram.reweight(&self.model.terms(), &self.d.w);
        self.gram.gram.fill(&self.t, &self.col_ptr, &mut self.factor);
        if self.factor.factorize().is_err() {
            let clipped: Vec<f64> = self.d.w.iter().map(|w| w.max(0.0)).collect();
            self.gram.reweight(&self.model.terms(), &clipped);
            self.gram.gram.fill(&self.t, &self.col_ptr, &mut self.factor);
            self.factor.factorize()?;
        }
        Ok(())
    }

    /// A with the expected information, for the determinant alone.
    fn factorize_expected(&mut self, psi: &[Psi]) -> Result<()> {
        let model = self.model;
        let known =
            model.family.expected_weight(&model.observations(), &self.eta, psi, &mut self.expected_w, &mut self.expected_t)?;
        if !known {
            return Err(Error::unsupported(format!(
                "the expected information of the family {} has no closed form",
                model.family.name()
            )));
        }
        self.gram.reweight(&model.terms(), &self.expected_w);
        self.gram.gram.fill(&self.t, &self.col_ptr, &mut self.factor);
        self.factor.factorize()
    }

    /// The Newton step of the modes into `work`; its decrement.
    fn mode_step(&mut self) -> f64 {
        self.model.transpose_random(&self.d.s, &mut self.zs);
        self.work.copy_from_slice(&self.zs);
        self.gram.gram.apply_factors(&self.t, true, &mut self.work);
        self.work.iter_mut().zip(&self.u).for_each(|(g, u)| *g -= u);
        self.factor.permute_into(&self.work, &mut self.permuted);
        self.factor.half_solve(&mut self.permuted);
        let decrement = self.permuted.iter().map(|v| v * v).sum();
        self.factor.half_solve_transpose(&mut self.permuted);
        self.factor.unpermute_into(&self.permuted, &mut self.work);
        decrement
    }

    /// Moves the modes by the step in `work`, shortened until the penalised log-likelihood rises.
    fn take_step(&mut self, psi: &[Psi], value: f64, decrement: f64) -> Result<f64> {
        let (step, before) = (self.work.clone(), self.u.clone());
        let rounding = 1e-13 * (1.0 + value.abs());
        let mut length = 1.0;
        for _ in 0..MOST_HALVINGS {
            for ((u, b), s) in self.u.iter_mut().zip(&before).zip(&step) {
                *u = b + length * s;
            }
            let next = self.predict(psi)?;
            if next >= value + 1e-4 * length * decrement || next >= value - rounding && decrement < 1e-8 {
                return Ok(next);
            }
            length *= 0.5;
        }
        Err(Error::numeric("no step towards the modes of the random effects raises the likelihood"))
    }
}
