//! The mode of the spherical random effects at given parameters, and the precision there.
//!
//! ```text
//! eta_a = X_a beta_a + offset_a + Z_a Lambda u,    gradient: Lambda'Z's - u,    A = Lambda'Z'WZ Lambda + I
//! ```
//!
//! This is the state of one point: what is set moves it, `penalised` evaluates it, `factorize_observed` has its curvature, `find_slope` its
//! gradient. The search for the mode is in `newton`.

use super::jet::{Evaluator, Jet};
use super::model::Model;
use super::precision::Precision;
use crate::error::{Result, try_copies, try_copy, try_vec};
use crate::family::Order;
use crate::random::triangle;

/// What memory is for.
pub(super) const MODES: &str = "modes of the random effects";

/// Rows from which on other threads are worth their start: for densities, and for products with Z, which take far less.
const WORTH_DENSITIES: usize = 16_384;
const WORTH_PRODUCTS: usize = 65_536;

/// Random effects, and fixed effects of the mean that are part of the mode: a point, or a step.
pub struct Effects {
    /// Spherical ones.
    pub u: Vec<f64>,
    /// Empty where fixed effects are parameters.
    pub gamma: Vec<f64>,
}

impl Effects {
    /// A copy, or an error where memory is short.
    pub fn try_clone(&self) -> Result<Self> {
        Ok(Effects { u: try_copy(MODES, &self.u)?, gamma: self.gamma.clone() })
    }
}

/// A step from modes, for other parameters than theirs, and the penalised log-likelihood before it.
pub struct Foreseen {
    pub value: f64,
    pub step: Effects,
}

/// The state of one model at one point.
pub struct Mode<'a> {
    pub(super) model: &'a Model,
    /// Predictors with effects that the mode is searched in, as flags.
    pub(super) inner: Vec<bool>,
    pub(super) evaluator: Box<dyn Evaluator + 'a>,
    pub(super) jet: Jet,
    /// A and its factor; of the point that was factorised last.
    pub(super) precision: Precision,
    /// The factor is that of some mode, so a step with it is worth trying.
    pub(super) factorized: bool,
    /// The spherical modes; they start the next search.
    pub(super) u: Vec<f64>,
    /// The fixed effects of the mean at the mode; empty where they are parameters.
    pub(super) gamma: Vec<f64>,
    /// The Newton step, or before it is solved for, the gradient.
    pub(super) step: Effects,
    /// X beta + offset of each predictor, without fixed effects that are inside.
    pub(super) base: Vec<Vec<f64>>,
    pub(super) eta: Vec<Vec<f64>>,
    /// Z's.
    pub(super) zs: Vec<f64>,
    /// Lambda u of the last prediction.
    b: Vec<f64>,
    /// How many its steps may use.
    pub(super) threads: usize,
}

impl<'a> Mode<'a> {
    /// `inside`: fixed effects of the mean are part of the mode.
    pub fn new(model: &'a Model, inside: bool, precision: Precision) -> Result<Self> {
        let (n, q, predictors) = (model.n, model.layout.q(), model.response.predictors());
        let mut inner: Vec<bool> = (0..predictors).map(|a| model.predictor.contains(&a)).collect();
        inner[0] |= inside;
        let rows = || (0..predictors).map(|_| try_vec("linear predictor", 0.0, n)).collect::<Result<Vec<Vec<f64>>>>();
        let effects = || try_vec(MODES, 0.0, q);
        let mut mode = Mode {
            evaluator: model.response.evaluator(&inner)?,
            jet: Jet::new(n, &inner)?,
            precision,
            factorized: false,
            inner,
            u: effects()?,
            gamma: vec![],
            step: Effects { u: effects()?, gamma: vec![] },
            base: rows()?,
            eta: rows()?,
            zs: effects()?,
            b: effects()?,
            threads: 1,
            model,
        };
        if inside {
            mode.take_in(&vec![0.0; model.fixed[0].p]);
        }
        Ok(mode)
    }

    /// Fixed effects of the mean become part of the mode, from these on; none: they do not.
    pub(super) fn take_in(&mut self, gamma: &[f64]) {
        self.gamma = gamma.to_vec();
        self.step.gamma = vec![0.0; gamma.len()];
    }

    /// How many threads its steps may use; few rows are not worth any.
    pub(super) fn use_threads(&mut self, threads: usize) {
        let from = |rows: usize| if self.model.n < rows { 1 } else { threads };
        let (products, densities) = (from(WORTH_PRODUCTS), from(WORTH_DENSITIES));
        (self.threads, self.precision.threads, self.precision.system.threads) = (products, products, threads);
        self.evaluator.use_threads(if self.model.response.calls_back() { 1 } else { densities });
    }

    /// A copy of the point.
    pub(super) fn effects(&self) -> Result<Effects> {
        Ok(Effects { u: try_copy(MODES, &self.u)?, gamma: self.gamma.clone() })
    }

    /// Moves to a point.
    pub(super) fn go_to(&mut self, point: &Effects) {
        self.u.copy_from_slice(&point.u);
        self.gamma.copy_from_slice(&point.gamma);
    }

    /// Moves to the other side of a point, as far from it as before.
    pub(super) fn go_opposite(&mut self, point: &Effects) {
        let opposite = |to: &mut [f64], centre: &[f64]| to.iter_mut().zip(centre).for_each(|(to, centre)| *to = 2.0 * centre - *to);
        opposite(&mut self.u, &point.u);
        opposite(&mut self.gamma, &point.gamma);
    }

    /// Moves to a point and by so much of the step from there.
    pub(super) fn go_from(&mut self, point: &Effects, length: f64) {
        let moved = |to: &mut [f64], from: &[f64], step: &[f64]| {
            to.iter_mut().zip(from).zip(step).for_each(|((to, from), step)| *to = from + length * step);
        };
        moved(&mut self.u, &point.u, &self.step.u);
        moved(&mut self.gamma, &point.gamma, &self.step.gamma);
    }

    /// Starts the next search from other random effects.
    pub(super) fn start_at(&mut self, u: &[f64]) {
        self.u.copy_from_slice(u);
        self.factorized = false;
    }

    pub(super) fn start_at_zero(&mut self) {
        self.u.fill(0.0);
        self.factorized = false;
    }

    /// Lambda u.
    pub(super) fn random_effects(&self) -> Result<Vec<f64>> {
        let mut b = try_copy(MODES, &self.u)?;
        self.precision.apply_lambda(&mut b);
        Ok(b)
    }

    /// u'u.
    pub(super) fn penalty(&self) -> f64 {
        self.u.iter().map(|v| v * v).sum()
    }

    /// eta at this point.
    pub(super) fn predict(&mut self) {
        self.b.copy_from_slice(&self.u);
        self.precision.apply_lambda(&mut self.b);
        for (eta, base) in self.eta.iter_mut().zip(&self.base) {
            eta.copy_from_slice(base);
        }
        self.model.fixed[0].add(&self.gamma, &mut self.eta[0]);
        self.model.add_random(&self.b, &mut self.eta, self.threads);
    }

    /// eta and the derivatives at this point; the penalised log-likelihood.
    pub(super) fn penalised(&mut self) -> Result<f64> {
        self.predict();
        self.evaluate(Order::Mode)?;
        let value = self.jet.log_likelihood() - 0.5 * self.penalty();
        Ok(if value.is_nan() || value == f64::INFINITY { f64::NEG_INFINITY } else { value })
    }

    /// The derivatives at the present eta.
    pub(super) fn evaluate(&mut self, order: Order) -> Result<()> {
        self.evaluator.evaluate(&self.eta, order, &mut self.jet)
    }

    /// Z's.
    pub(super) fn transpose_scores(&mut self) {
        self.model.transpose_random(&self.jet.s, &mut self.zs, self.threads);
    }

    /// The gradient of the penalised log-likelihood, in the place of the step.
    pub(super) fn find_slope(&mut self) {
        self.transpose_scores();
        self.step.u.copy_from_slice(&self.zs);
        self.precision.apply_lambda_transpose(&mut self.step.u);
        self.step.u.iter_mut().zip(&self.u).for_each(|(g, u)| *g -= u);
        self.model.fixed[0].transpose(&self.jet.s[0], &mut self.step.gamma);
    }

    /// A with the observed information, or where that is not positive with what is positive of it; whether it was.
    pub(super) fn factorize_observed(&mut self) -> Result<bool> {
        let regular = self.precision.factorize_with(self.model, &self.jet.w)?;
        if !regular {
            self.factorize_clipped()?;
        }
        Ok(regular)
    }

    /// A with the positive part of the information of each row.
    fn factorize_clipped(&mut self) -> Result<()> {
        let n = self.model.n;
        let predictors = self.inner.len();
        let mut clipped = try_copies("information of the rows", &self.jet.w)?;
        if self.inner.iter().filter(|i| **i).count() == 1 {
            clipped.iter_mut().flatten().for_each(|w| *w = w.max(0.0));
        } else {
            // Without the mixed derivatives what is left on the diagonal is positive.
            for a in 0..predictors {
                for b in 0..=a {
                    let w = &mut clipped[triangle(a, b)];
                    (0..n.min(w.len())).for_each(|i| w[i] = if a == b { w[i].max(0.0) } else { 0.0 });
                }
            }
        }
        self.precision.reweight(self.model, &clipped);
        self.precision.factorize()
    }
}
