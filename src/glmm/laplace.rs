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

use super::approximation::{Approximation, Inside};
use super::border::Border;
use super::kept_modes::Memory;
use super::mode::{Foreseen, Mode};
use super::model::Model;
use super::precision::Precision;
use super::prior::{CoefficientPrior, GeneralisedPrior, Places};
use super::quadrature::Quadrature;
use crate::error::{Code, Error, Result, try_vec};
use crate::family::Order;
use crate::optimize::rounding::rounding;
use crate::options::Nodes;
use crate::random::WeightedGram;
use crate::watch::Watch;

/// The Newton decrement, relative to the penalised deviance, at which the mode is found: gradients are exact to its square root.
pub(super) const DECREMENT: f64 = 1e-22;

/// Evaluates the approximate deviance of one model.
pub struct Laplace<'a> {
    pub model: &'a Model,
    pub how: Approximation,
    pub(super) mode: Mode<'a>,
    /// Where fixed effects of the mean are part of the mode.
    pub(super) border: Option<Border>,
    pub(super) quadrature: Option<Quadrature>,
    /// Lambda A^-1 Lambda' on the pattern of Z'WZ, after a gradient.
    pub(super) covariance: WeightedGram,
    /// Times minus the sum of the logarithms of the distances from the ends of the link's domain this is added to the deviance (`domain`).
    pub(super) barrier: f64,
    pub(super) memory: Memory,
    /// What the next search for the modes begins with.
    pub(super) foreseen: Option<Foreseen>,
    /// The least deviance is where a linear predictor is at the end of the link's domain.
    pub at_end: bool,
    /// The modes were not found, which only a deviance at fixed nodes survives.
    without_modes: bool,
    /// Where the search for fixed effects that are inside starts.
    pub(super) start_gamma: Vec<f64>,
    /// The Newton decrement, relative to the penalised deviance, at which the modes are found.
    pub(super) enough: f64,
    /// The size of the numbers that the fixed part of each predictor is the sum of.
    summands: Vec<f64>,
    /// Expected information and its derivatives per predictor, if that is in the determinant.
    expected_w: Vec<Vec<f64>>,
    pub(super) expected_t: Vec<Vec<f64>>,
    pub value: f64,
    /// What priors have added to the last value.
    pub penalty: f64,
    pub evaluations: usize,
    /// Newton steps of the modes, over all evaluations.
    pub mode_steps: usize,
    /// Hears of evaluations. Of a fit, there are none past its end but the first, and those of the results.
    pub watch: Watch<'a>,
}

impl<'a> Laplace<'a> {
    pub fn new(model: &'a Model, how: Approximation, watch: &Watch<'a>) -> Result<Self> {
        Self::with(model, how, Precision::new(model)?, watch)
    }

    /// With a system of the random effects that has not been factorised.
    pub(super) fn with(model: &'a Model, how: Approximation, precision: Precision, watch: &Watch<'a>) -> Result<Self> {
        let (n, q, p, predictors) = (model.n, model.layout.q(), model.fixed[0].p, model.response.predictors());
        let is_inside = how.inside != Inside::Nothing;
        let mode = Mode::new(model, is_inside, precision)?;
        let expected = || try_vec("expected information", 0.0, n);
        let mut own = Laplace {
            how,
            border: if is_inside { Some(Border::new(n, q, p, predictors)?) } else { None },
            quadrature: Quadrature::new(model, &how, &mode.inner)?,
            covariance: mode.precision.gram.try_clone()?,
            barrier: 0.0,
            at_end: false,
            memory: Memory::default(),
            foreseen: None,
            without_modes: false,
            start_gamma: vec![0.0; p],
            enough: DECREMENT,
            summands: vec![0.0; predictors],
            expected_w: if how.expected { vec![expected()?] } else { vec![] },
            expected_t: if how.expected { (0..predictors).map(|_| expected()).collect::<Result<_>>()? } else { vec![] },
            value: f64::NAN,
            penalty: 0.0,
            evaluations: 0,
            mode_steps: 0,
            watch: *watch,
            mode,
            model,
        };
        own.watch_by(*watch);
        Ok(own)
    }

    /// Takes a watch, and what it says of threads.
    pub(super) fn watch_by(&mut self, watch: Watch<'a>) {
        self.watch = watch;
        self.mode.use_threads(watch.threads());
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
        self.watch.pulse()?;
        if self.evaluations > 0 && self.watch.is_late() {
            return Err(Error::numeric("the deadline has passed"));
        }
        self.evaluations += 1;
        self.set_parameters(x, order)?;
        if self.has_fixed_nodes() {
            self.evaluate_at_fixed_nodes(order)?;
            self.penalise(x)?;
            return Ok(self.value);
        }
        self.find_modes_or_stay()?;
        if order == Order::Gradient {
            self.mode.evaluate(order)?;
        }
        if self.how.expected {
            self.factorize_expected(order)?;
        }
        self.value = -2.0 * self.mode.jet.log_likelihood() + self.mode.penalty() + self.mode.precision.system.log_determinant();
        if let (Some(border), Inside::Integrated) = (&self.border, self.how.inside) {
            let p = self.model.fixed[0].p as f64;
            self.value += border.log_determinant() + 2.0 * self.model.fixed[0].log_determinant() - p * std::f64::consts::TAU.ln();
        }
        if let Some(quadrature) = &mut self.quadrature {
            self.value += quadrature.correction(&mut self.mode, order, &self.watch)?;
        }
        self.value += self.barrier_value();
        self.penalise(x)?;
        if !self.value.is_finite() {
            return Err(Error::numeric("the Laplace deviance is not finite"));
        }
        if self.barrier == 0.0 {
            self.memory.keep(self.value, x, &self.mode)?;
        }
        Ok(self.value)
    }

    /// What the last deviance may be off by where the fixed part of a predictor is a small difference of large numbers, as it is after a
    /// long way along a direction of separation; zero where that is less than the rounding of the deviance itself.
    pub(super) fn rounding(&self) -> f64 {
        let scores = self.mode.jet.s.iter().zip(&self.summands);
        let of_rows: f64 = scores.map(|(s, size)| size * s.iter().map(|s| s.abs()).sum::<f64>()).sum();
        let noise = 2.0 * f64::EPSILON * of_rows;
        if noise > rounding(self.value, 0.0) { noise } else { 0.0 }
    }

    /// Where the parameters that may have priors are.
    fn with_places<T>(&self, work: impl FnOnce(&GeneralisedPrior, &Places<'_>) -> T) -> Option<T> {
        let model = self.model;
        let prior = model.prior.as_deref()?;
        let inside = (0..self.outer().start).map(|_| 0..0);
        let map = |k: usize| model.units(k).map();
        let places = Places {
            structures: &model.structures,
            fixed: inside.chain(self.ranges()).collect(),
            shared: self.shared().start,
            map: &map,
        };
        Some(work(prior, &places))
    }

    /// Adds what priors say to the value.
    fn penalise(&mut self, x: &[f64]) -> Result<()> {
        self.penalty = self.with_places(|prior, places| prior.value(x, places)).unwrap_or(0.0);
        if self.is_jeffreys() {
            self.penalty += self.jeffreys()?;
        }
        self.value += self.penalty;
        Ok(())
    }

    pub(super) fn add_prior_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<()> {
        self.with_places(|prior, places| prior.gradient(x, places, gradient));
        if self.is_jeffreys() { self.add_jeffreys_gradient(gradient) } else { Ok(()) }
    }

    pub(super) fn add_prior_curvature(&self, x: &[f64], hessian: &mut [f64]) {
        self.with_places(|prior, places| prior.add_hessian(x, places, hessian));
    }

    /// Of each coefficient with a prior what it is of the parameters, `inside` of which, of `m`, come first.
    pub(super) fn prior_rows(&self, inside: usize, m: usize) -> Vec<Vec<f64>> {
        let rows = |prior: &GeneralisedPrior, places: &Places<'_>| {
            let whole = |own: &CoefficientPrior| {
                let (mut row, first) = (vec![0.0; m], inside + places.fixed[own.predictor].start);
                row[first..first + own.row.len()].copy_from_slice(&own.row);
                row
            };
            prior.coefficients.iter().map(whole).collect()
        };
        self.with_places(rows).unwrap_or_default()
    }

    /// Adds half the derivatives of the priors in T.
    pub(super) fn add_pull(&self, forces: &mut [Vec<f64>]) {
        let pull = self.with_places(|prior, places| prior.covariances.at(&self.mode.precision.t, places.map, 1.0));
        for (force, own) in forces.iter_mut().zip(pull.iter().flat_map(|pull| &pull.forces)) {
            force.iter_mut().zip(own).for_each(|(f, v)| *f += v);
        }
    }

    pub(super) fn has_fixed_nodes(&self) -> bool {
        self.how.nodes == Nodes::Fixed && self.quadrature.is_some()
    }

    /// The deviance at fixed nodes. The modes, which it does not need, are for results and for the steps of the search: where they are
    /// not found, zeros stand in for them.
    fn evaluate_at_fixed_nodes(&mut self, order: Order) -> Result<f64> {
        self.without_modes = match self.find_modes() {
            Err(error) if error.code == Code::Numeric => true,
            other => other.map(|()| false)?,
        };
        if self.without_modes {
            self.mode.start_at_zero();
            self.mode.penalised()?;
            if self.factorize_observed().is_err() {
                self.mode.jet.w.iter_mut().for_each(|w| w.fill(0.0));
                self.factorize_observed()?;
            }
        }
        if let Some(quadrature) = &mut self.quadrature {
            self.value = quadrature.at_fixed_nodes(&mut self.mode, order, &self.watch)?;
        }
        Ok(self.value)
    }

    /// An error where the modes of the last evaluation are not those of the random effects.
    pub(super) fn require_modes(&self) -> Result<()> {
        if self.without_modes { Err(Error::numeric("the modes of the random effects were not found")) } else { Ok(()) }
    }

    /// Takes working parameters: factors T, the fixed part of the predictors, what the response needs.
    pub(super) fn set_parameters(&mut self, x: &[f64], order: Order) -> Result<()> {
        let model = self.model;
        self.mode.precision.t.set(&model.structures, x);
        if self.border.is_some() {
            model.fixed[0].predict(&[], &mut self.mode.base[0]);
        }
        for (a, range) in self.outer().zip(self.ranges()) {
            self.summands[a] = model.fixed[a].size_of_summands(&x[range.clone()]);
            model.fixed[a].predict(&x[range], &mut self.mode.base[a]);
        }
        let shared = self.shared();
        self.mode.evaluator.prepare(&x[shared], &self.mode.base, order)
    }

    /// A with the expected information, for the determinant only.
    fn factorize_expected(&mut self, order: Order) -> Result<()> {
        let (model, mode) = (self.model, &mut self.mode);
        if mode.inner.iter().skip(1).any(|i| *i) || self.how.inside == Inside::Integrated {
            return Err(Error::unsupported(
                "information: expected information is for models with random effects in the mean alone, by maximum likelihood",
            ));
        }
        mode.evaluator.expected(&mode.eta, order, &mut self.expected_w[0], &mut self.expected_t)?;
        mode.precision.reweight(model, &self.expected_w);
        // The border belongs to the observed information.
        mode.factorized = self.border.is_none();
        mode.precision.factorize()
    }

    /// Takes up the modes of the least deviance again, if it was at these parameters.
    pub fn recall(&mut self, x: &[f64]) {
        self.memory.recall(x, &mut self.mode);
    }

    /// Where the search for fixed effects that are inside starts.
    pub fn start_fixed(&mut self, gamma: &[f64]) {
        self.start_gamma.copy_from_slice(gamma);
        if self.border.is_some() {
            self.mode.gamma.copy_from_slice(gamma);
        }
    }

    /// The mean's fixed effects at working parameters, in the orthonormal basis.
    pub fn fixed_effects(&self, x: &[f64]) -> Vec<f64> {
        match &self.border {
            Some(_) => self.mode.gamma.clone(),
            None => x[self.ranges()[0].clone()].to_vec(),
        }
    }
}
