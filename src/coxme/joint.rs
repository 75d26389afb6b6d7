//! The joint mode of the penalised likelihood in (u, beta), by Newton's method. It is concave, so steps are halved at most.

use super::model::{Model, apply};
use super::partial::Partial;
use super::system::System;
use crate::error::{Error, Result, try_vec};
use crate::linalg::dense::dot;
use crate::random::Roots;
use crate::watch::Watch;

const JOINT: &str = "joint mode";

/// Newton's decrement, in units of the likelihood, at which the mode is reached: its error is of the order of this one's root.
const REACHED: f64 = 1e-20;
/// The decrement that is as good where rounding ends the steps, or where the likelihood goes on rising towards infinity.
const ROUNDED: f64 = 1e-9;
/// Steps after which the second of the two is taken to be the case.
const PATIENCE: usize = 25;
const MOST_STEPS: usize = 100;
/// The most that a step moves the predictor of a row by: where the likelihood is monotone, the information is soon nothing but rounding.
const LONGEST: f64 = 10.0;
const MOST_HALVINGS: usize = 40;

/// The mode at given factors, with all that belongs to it.
#[derive(Debug)]
pub struct Joint<'a> {
    pub model: &'a Model,
    pub partial: Partial<'a>,
    pub u: Vec<f64>,
    pub beta: Vec<f64>,
    /// Lambda u.
    pub b: Vec<f64>,
    pub eta: Vec<f64>,
    /// The log partial likelihood at it.
    pub likelihood: f64,
    /// The information at it.
    pub system: System<'a>,
    /// Newton steps so far.
    pub steps: usize,
}

impl<'a> Joint<'a> {
    pub fn new(model: &'a Model) -> Result<Self> {
        let (n, p, q) = (model.n, model.p(), model.q());
        let vec = |len| try_vec(JOINT, 0.0, len);
        Ok(Joint {
            partial: Partial::new(&model.sets)?,
            u: vec(q)?,
            beta: vec(p)?,
            b: vec(q)?,
            eta: vec(n)?,
            likelihood: f64::NEG_INFINITY,
            system: System::new(model)?,
            steps: 0,
            model,
        })
    }

    /// v <- H^-1 v, v in the order (u, beta), beta of the model's own columns.
    pub fn solve_information(&self, v: &mut [f64]) -> Result<()> {
        self.system.solve(self.model, &self.partial, v, false)
    }

    /// The penalised likelihood at u and beta.
    fn evaluate(&mut self, t: &Roots) -> f64 {
        self.b.copy_from_slice(&self.u);
        apply(self.model, t, false, &mut self.b);
        self.model.predictor(&self.beta, &self.b, &mut self.eta);
        self.likelihood = self.partial.evaluate(&self.eta);
        self.penalised()
    }

    pub fn penalised(&self) -> f64 {
        self.likelihood - 0.5 * dot(&self.u, &self.u)
    }

    /// Goes to the mode from where it is.
    pub fn solve(&mut self, t: &Roots, watch: &Watch<'_>) -> Result<()> {
        let mut value = self.evaluate(t);
        if value == f64::NEG_INFINITY {
            // Elsewhere than what is remembered.
            self.u.fill(0.0);
            self.beta.fill(0.0);
            value = self.evaluate(t);
        }
        if value == f64::NEG_INFINITY {
            return Err(Error::numeric("the partial likelihood is zero at the offset: its range is beyond what numbers hold"));
        }
        for round in 0..MOST_STEPS {
            watch.pulse()?;
            self.steps += 1;
            let mut gradient = self.gradient(t)?;
            self.system.assemble(self.model, &self.partial, t)?;
            let right = gradient.clone();
            self.system.solve(self.model, &self.partial, &mut gradient, true)?;
            let decrement = dot(&right, &gradient);
            let good = if round < PATIENCE { REACHED } else { ROUNDED };
            if decrement <= good {
                return Ok(());
            }
            if !self.step(t, &gradient, &mut value, decrement) {
                return if decrement <= ROUNDED { Ok(()) } else { Err(not_found()) };
            }
        }
        Err(not_found())
    }

    /// A step along a direction, halved until the penalised likelihood does not fall; `false` if it always does.
    fn step(&mut self, t: &Roots, direction: &[f64], value: &mut f64, decrement: f64) -> bool {
        let (u, beta) = (self.u.clone(), self.beta.clone());
        let (du, dbeta) = direction.split_at(u.len());
        let rounding = 1e-15 * (1.0 + value.abs());
        let mut length = (LONGEST / self.reach(t, direction)).min(1.0);
        for _ in 0..MOST_HALVINGS {
            self.u.iter_mut().zip(&u).zip(du).for_each(|((to, from), d)| *to = from + length * d);
            self.beta.iter_mut().zip(&beta).zip(dbeta).for_each(|((to, from), d)| *to = from + length * d);
            let next = self.evaluate(t);
            // Below rounding the gradient knows more than the value.
            if next >= *value || (decrement < ROUNDED && next >= *value - rounding * self.model.n as f64) {
                *value = next;
                return true;
            }
            length *= 0.5;
        }
        (self.u, self.beta) = (u, beta);
        *value = self.evaluate(t);
        false
    }

    /// The most that a direction moves the predictor of a row by.
    fn reach(&mut self, t: &Roots, direction: &[f64]) -> f64 {
        let (model, q) = (self.model, self.u.len());
        self.b.copy_from_slice(&direction[..q]);
        apply(model, t, false, &mut self.b);
        let mut most = 0.0f64;
        for i in (0..model.n).filter(|i| model.sets.is_ever_at_risk(*i)) {
            let fixed: f64 = (0..model.p()).map(|j| model.x[j * model.n + i] * direction[q + j]).sum();
            most = most.max((fixed + model.z.dot(i, &self.b)).abs());
        }
        most
    }

    /// (Lambda'Z'g - u, X'g).
    fn gradient(&self, t: &Roots) -> Result<Vec<f64>> {
        let (model, q) = (self.model, self.u.len());
        let mut out = try_vec(JOINT, 0.0, q + model.p())?;
        model.z.transpose(&self.partial.score, &mut out[..q]);
        apply(model, t, true, &mut out[..q]);
        out[..q].iter_mut().zip(&self.u).for_each(|(out, u)| *out -= u);
        (0..model.p()).for_each(|j| out[q + j] = dot(model.column(j), &self.partial.score));
        Ok(out)
    }
}

fn not_found() -> Error {
    Error::numeric("the joint mode of fixed and random effects was not found")
}
