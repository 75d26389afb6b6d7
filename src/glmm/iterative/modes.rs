//! The modes of the spherical random effects by Newton's method, whose steps are had by conjugate gradients.
//!
//! ```text
//! Lambda'Z's - u = 0,    A du = Lambda'Z's - u
//! ```

use crate::error::{Error, Result, try_copy, try_vec};
use crate::family::Order;
use crate::glmm::jet::{Evaluator, Jet};
use crate::glmm::mode::MODES;
use crate::glmm::model::Model;
use crate::iterative::conjugate::Limits;
use crate::iterative::schur::Schur;
use crate::iterative::solve::{Solution, apply_factors, block, solved};
use crate::iterative::split::Split;
use crate::linalg::dense;
use crate::optimize::rounding::rounding;
use crate::random::{Roots, WeightedGram};
use crate::watch::Watch;

/// The squared length of the gradient at which the modes are found: the criterion's gradient is exact to its square root, relative to
/// its standard deviation. A smaller one that no longer falls is rounding.
const ENOUGH: f64 = 1e-13;
const ROUNDING: f64 = 1e-8;

/// Of the solves.
const TOLERANCE: f64 = 1e-5;

const MOST_STEPS: usize = 100;
const MOST_HALVINGS: usize = 40;

/// The decrement from which on steps are not judged by the log-likelihood.
const NEAR: f64 = 1e-8;

/// The state of one model at one point.
pub struct Modes<'a> {
    pub model: &'a Model,
    evaluator: Box<dyn Evaluator + 'a>,
    pub jet: Jet,
    /// Z'WZ at the point.
    pub gram: WeightedGram,
    /// The spherical modes, and Lambda times them.
    pub u: Vec<f64>,
    pub b: Vec<f64>,
    /// Z's, and Lambda'Z's - u.
    pub zs: Vec<f64>,
    slope: Vec<f64>,
    base: Vec<Vec<f64>>,
    pub eta: Vec<Vec<f64>>,
    /// Newton steps so far.
    pub steps: usize,
    threads: usize,
}

impl<'a> Modes<'a> {
    pub fn new(model: &'a Model, threads: usize) -> Result<Self> {
        let effects = || try_vec(MODES, 0.0, model.layout.q());
        let rows = || Ok(vec![try_vec("linear predictor", 0.0, model.n)?]);
        let mut evaluator = model.response.evaluator(&[true])?;
        evaluator.use_threads(if model.response.calls_back() { 1 } else { threads });
        Ok(Modes {
            evaluator,
            threads,
            jet: Jet::new(model.n, &[true])?,
            gram: WeightedGram::new(&model.layout, &model.terms())?,
            u: effects()?,
            b: effects()?,
            zs: effects()?,
            slope: effects()?,
            base: rows()?,
            eta: rows()?,
            steps: 0,
            model,
        })
    }

    /// Takes the mean's fixed effects.
    pub fn set_fixed(&mut self, gamma: &[f64]) -> Result<()> {
        self.model.fixed[0].predict(gamma, &mut self.base[0]);
        self.evaluator.prepare(&[], &self.base, Order::Gradient)
    }

    /// -2 times the penalised log-likelihood.
    pub fn deviance(&self) -> f64 {
        -2.0 * self.jet.log_likelihood() + dense::dot(&self.u, &self.u)
    }

    /// eta and the derivatives at this point; the penalised log-likelihood.
    fn penalised(&mut self, roots: &Roots) -> Result<f64> {
        self.b.copy_from_slice(&self.u);
        self.gram.gram.apply_factors(roots, false, &mut self.b);
        self.eta[0].copy_from_slice(&self.base[0]);
        self.model.add_random(&self.b, &mut self.eta, self.threads);
        self.evaluator.evaluate(&self.eta, Order::Mode, &mut self.jet)?;
        let value = -0.5 * self.deviance();
        Ok(if value.is_nan() || value == f64::INFINITY { f64::NEG_INFINITY } else { value })
    }

    /// The gradient; its squared length.
    fn find_slope(&mut self, roots: &Roots) -> f64 {
        self.model.transpose_random(&self.jet.s, &mut self.zs, self.threads);
        self.slope.copy_from_slice(&self.zs);
        self.gram.gram.apply_factors(roots, true, &mut self.slope);
        self.slope.iter_mut().zip(&self.u).for_each(|(g, u)| *g -= u);
        dense::dot(&self.slope, &self.slope)
    }

    /// Z'WZ with the weights of this point. Where a log-concave density is flat rounding may leave a weight below zero.
    fn reweight(&mut self) {
        self.jet.w[0].iter_mut().for_each(|w| *w = w.max(0.0));
        self.gram.reweight(&self.model.terms(), &self.model.predictor, &self.jet.w, self.threads);
    }

    /// Searches the modes from where they are; at the end Z'WZ, Z's and all derivatives are those of the modes.
    pub fn find(&mut self, roots: &Roots, most: usize, watch: &Watch<'_>) -> Result<()> {
        let mut value = self.penalised(roots)?;
        if value == f64::NEG_INFINITY {
            self.u.fill(0.0);
            value = self.penalised(roots)?;
        }
        if value == f64::NEG_INFINITY {
            return Err(Error::numeric("the log-likelihood is not finite where the random effects are zero"));
        }
        let mut last = f64::INFINITY;
        for _ in 0..MOST_STEPS {
            watch.pulse()?;
            let square = self.find_slope(roots);
            let done = square <= ENOUGH || (square < ROUNDING && square > 0.25 * last);
            self.reweight();
            if done {
                return self.evaluator.evaluate(&self.eta, Order::Gradient, &mut self.jet);
            }
            last = square;
            self.steps += 1;
            value = self.take_step(roots, value, most, watch)?;
        }
        Err(Error::numeric("the modes of the random effects were not found"))
    }

    /// Moves by Newton's step, shortened until the penalised log-likelihood rises.
    fn take_step(&mut self, roots: &Roots, value: f64, most: usize, watch: &Watch<'_>) -> Result<f64> {
        let step = self.step(roots, most, watch)?;
        let decrement = dense::dot(&step, &self.slope);
        let near = decrement < f64::max(NEAR, rounding(1.0 + value.abs(), 0.0));
        let before = try_copy(MODES, &self.u)?;
        let mut length = 1.0;
        for _ in 0..MOST_HALVINGS {
            self.u.iter_mut().zip(&before).zip(&step).for_each(|((u, b), s)| *u = b + length * s);
            let next = self.penalised(roots)?;
            if next >= value + 1e-4 * length * decrement || near && next.is_finite() {
                return Ok(next);
            }
            length *= 0.5;
        }
        self.u.copy_from_slice(&before);
        Err(Error::numeric("no step towards the modes of the random effects raises the likelihood"))
    }

    /// A^-1 times the gradient.
    fn step(&self, roots: &Roots, most: usize, watch: &Watch<'_>) -> Result<Vec<f64>> {
        let split = Split::new(&self.gram.gram)?;
        let schur = Schur::new(&split, roots)?;
        let right = block(&schur, &self.slope, 0)?;
        let own = solved(&schur, right, Limits { tolerance: TOLERANCE, steps: most }, watch)?;
        let mut step = try_vec(MODES, 0.0, self.u.len())?;
        split.take_column(&own.u, 0, &mut step);
        Ok(step)
    }

    /// v <- Lambda v, or Lambda'v.
    pub fn apply_factors(&self, roots: &Roots, transpose: bool, v: &mut [f64]) {
        self.gram.gram.apply_factors(roots, transpose, v);
    }
}

/// Solves A y = Lambda'b for columns `first` and on of a matrix `[q, columns]`.
pub fn solve_columns(schur: &Schur<'_>, b: &[f64], first: usize, limits: Limits, watch: &Watch<'_>) -> Result<Solution> {
    let mut right = block(schur, b, first)?;
    apply_factors(schur, true, &mut right);
    solved(schur, right, limits, watch)
}
