//! The joint mode of the penalised likelihood in (u, beta), by Newton's method. It is concave, so steps are halved at most.
//!
//! Where the likelihood goes on rising along directions of beta, these are held far out: in the model without random effects Newton's steps go
//! there once, and what is left has a maximum.

use super::model::{Model, apply};
use super::monotone::{directions, moved};
use super::partial::Partial;
use super::system::System;
use crate::error::{Code, Error, Result, try_copy, try_vec};
use crate::glmm::separation::orthonormalised;
use crate::linalg::dense::{add_scaled, dot};
use crate::random::Roots;
use crate::watch::Watch;

const JOINT: &str = "joint mode";

/// Newton's decrement, in units of the likelihood, at which the mode is reached: its error is of the order of this one's root.
const REACHED: f64 = 1e-20;
/// The decrement that is as good where rounding ends the steps, or where the likelihood goes on rising towards infinity.
const ROUNDED: f64 = 1e-9;
/// Steps after which one of these is taken to be the case.
const PATIENCE: usize = 25;
const MOST_STEPS: usize = 100;
/// The most that a step moves the predictor of a row by: where the likelihood is monotone, the information is soon nothing but rounding.
const LONGEST: f64 = 10.0;
const MOST_HALVINGS: usize = 40;
/// How far out is far, as differences of the predictor, and the longest step there: risks of other orders than those of later times cost digits.
const FAR: f64 = 15.0;
const FAR_STEP: f64 = 3.0;

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
    /// What is added to the predictor beside the offset; empty for nothing.
    pub shift: Vec<f64>,
    /// The log partial likelihood at it.
    pub likelihood: f64,
    /// The information at it.
    pub system: System<'a>,
    /// Directions of beta that are held, orthonormal, and where.
    held: Vec<Vec<f64>>,
    held_at: Vec<f64>,
    /// There are no more to be held.
    settled: bool,
    /// All of beta is held, and no part of the mode.
    pub all_held: bool,
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
            shift: vec![],
            likelihood: f64::NEG_INFINITY,
            system: System::new(model)?,
            held: vec![],
            held_at: try_copy(JOINT, &model.far)?,
            settled: false,
            all_held: false,
            steps: 0,
            model,
        })
    }

    /// From now on beta is this, and the mode is that of u.
    pub fn hold_all(&mut self, beta: &[f64]) {
        self.all_held = true;
        self.beta.copy_from_slice(beta);
    }

    /// v <- H^-1 v, whatever is held.
    pub fn solve_whole(&self, v: &mut [f64]) -> Result<()> {
        self.system.solve(self.model, &self.partial, v, false)
    }

    /// v <- H^-1 v, v in the order (u, beta), beta of the model's own columns; without a change in directions that are held.
    pub fn solve_information(&self, v: &mut [f64]) -> Result<()> {
        self.constrained(v, false)
    }

    /// Columns without a finite estimate.
    pub fn monotone(&self) -> Result<Vec<usize>> {
        let mut all = directions(self.model, &self.partial, &self.beta, &self.held)?;
        all.extend(self.held.iter().cloned());
        Ok(moved(self.model.p(), &all))
    }

    /// The solution of H v = v with multipliers of the directions that are held.
    fn constrained(&self, v: &mut [f64], newton: bool) -> Result<()> {
        let q = self.u.len();
        if self.all_held {
            return self.system.solve_random(self.model, &self.partial, v, newton);
        }
        let solve = |v: &mut [f64]| self.system.solve(self.model, &self.partial, v, newton);
        let held = &self.held;
        let mut columns = vec![];
        for direction in held {
            let share = dot(direction, &v[q..]);
            add_scaled(&mut v[q..], -share, direction);
            let mut column = try_vec(JOINT, 0.0, v.len())?;
            column[q..].copy_from_slice(direction);
            solve(&mut column)?;
            columns.push(column);
        }
        solve(v)?;
        for (k, direction) in held.iter().enumerate() {
            let (first, later) = columns.split_at_mut(k + 1);
            let own = &first[k];
            let size = dot(direction, &own[q..]);
            for other in later.iter_mut().map(|other| &mut other[..]).chain([&mut *v]) {
                let share = dot(direction, &other[q..]) / size;
                add_scaled(other, -share, own);
            }
        }
        Ok(())
    }

    /// The penalised likelihood at u and beta.
    fn evaluate(&mut self, t: &Roots) -> f64 {
        self.b.copy_from_slice(&self.u);
        apply(self.model, t, false, &mut self.b);
        self.model.predictor(&self.beta, &self.b, &mut self.eta);
        self.eta.iter_mut().zip(&self.shift).for_each(|(eta, shift)| *eta += shift);
        self.likelihood = self.partial.evaluate(&self.eta);
        self.penalised()
    }

    pub fn penalised(&self) -> f64 {
        self.likelihood - 0.5 * dot(&self.u, &self.u)
    }

    /// Goes to the mode from where it is.
    pub fn solve(&mut self, t: &Roots, watch: &Watch<'_>) -> Result<()> {
        if self.all_held {
            return self.iterate(t, watch);
        }
        if self.held.is_empty() && !self.model.never_falling.is_empty() {
            self.hold(watch)?;
        }
        loop {
            match self.iterate(t, watch) {
                Err(error) if error.code == Code::Numeric && !self.settled => {
                    let before = self.held.len();
                    self.hold(watch)?;
                    self.settled = self.held.len() == before;
                }
                done => return done,
            }
        }
    }

    /// The penalised likelihood where it begins.
    fn begin(&mut self, t: &Roots) -> Result<f64> {
        let mut value = self.evaluate(t);
        if value == f64::NEG_INFINITY {
            // Elsewhere than what is remembered.
            self.u.fill(0.0);
            if !self.all_held {
                self.beta.copy_from_slice(&self.held_at);
            }
            value = self.evaluate(t);
        }
        if value == f64::NEG_INFINITY {
            return Err(Error::numeric("the partial likelihood is zero at the offset: its range is beyond what numbers hold"));
        }
        Ok(value)
    }

    /// Newton's steps. As long as more directions may have to be held, they end early where it seems so.
    fn iterate(&mut self, t: &Roots, watch: &Watch<'_>) -> Result<()> {
        let (mut value, settled) = (self.begin(t)?, self.settled || self.all_held);
        for round in 0..MOST_STEPS {
            watch.pulse()?;
            let (direction, decrement) = self.newton(t)?;
            if decrement <= REACHED || (round >= PATIENCE && settled && decrement <= ROUNDED) {
                return Ok(());
            }
            if round >= PATIENCE && !settled {
                return Err(not_found());
            }
            if !self.step(t, &direction, &mut value, decrement, LONGEST)? {
                return if decrement <= ROUNDED { Ok(()) } else { Err(not_found()) };
            }
        }
        Err(not_found())
    }

    /// Newton's direction and its decrement.
    fn newton(&mut self, t: &Roots) -> Result<(Vec<f64>, f64)> {
        self.steps += 1;
        let gradient = self.gradient(t)?;
        self.system.assemble(self.model, &self.partial, t)?;
        let mut direction = try_copy(JOINT, &gradient)?;
        self.constrained(&mut direction, true)?;
        let decrement = dot(&gradient, &direction);
        Ok((direction, decrement))
    }

    /// Goes far out in the model without random effects, and holds the directions in which there is no maximum.
    fn hold(&mut self, watch: &Watch<'_>) -> Result<()> {
        let t = Roots::zeros(&self.model.structures);
        self.u.fill(0.0);
        self.beta.copy_from_slice(&self.held_at);
        let mut value = self.begin(&t)?;
        for _ in 0..PATIENCE {
            watch.pulse()?;
            let (direction, decrement) = match self.newton(&t) {
                Err(error) if error.code == Code::Numeric => break,
                other => other?,
            };
            let mut moved = try_vec(JOINT, 0.0, direction.len())?;
            moved[..self.u.len()].copy_from_slice(&self.u);
            moved[self.u.len()..].copy_from_slice(&self.beta);
            add_scaled(&mut moved[self.u.len()..], -1.0, &self.held_at);
            let far = decrement <= ROUNDED || self.reach(&t, &moved) > FAR;
            if far || !self.step(&t, &direction, &mut value, decrement, FAR_STEP)? {
                break;
            }
        }
        let mut all = std::mem::take(&mut self.held);
        all.extend(directions(self.model, &self.partial, &self.beta, &all)?);
        self.held = orthonormalised(all);
        self.held_at.copy_from_slice(&self.beta);
        Ok(())
    }

    /// A step along a direction, halved until the penalised likelihood does not fall; `false` if it always does.
    fn step(&mut self, t: &Roots, direction: &[f64], value: &mut f64, decrement: f64, longest: f64) -> Result<bool> {
        let (u, beta) = (try_copy(JOINT, &self.u)?, try_copy(JOINT, &self.beta)?);
        let (du, dbeta) = direction.split_at(u.len());
        let rounding = 1e-15 * (1.0 + value.abs());
        let mut length = (longest / self.reach(t, direction)).min(1.0);
        for _ in 0..MOST_HALVINGS {
            self.u.iter_mut().zip(&u).zip(du).for_each(|((to, from), d)| *to = from + length * d);
            self.beta.iter_mut().zip(&beta).zip(dbeta).for_each(|((to, from), d)| *to = from + length * d);
            let next = self.evaluate(t);
            // Below rounding the gradient knows more than the value.
            if next >= *value || (decrement < ROUNDED && next >= *value - rounding * self.model.n as f64) {
                *value = next;
                return Ok(true);
            }
            length *= 0.5;
        }
        (self.u, self.beta) = (u, beta);
        *value = self.evaluate(t);
        Ok(false)
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
    Error::numeric(
        "the joint mode of fixed and random effects was not found; the likelihood may go on rising along a combination of coefficients, which \
         then have no finite estimates (monotone likelihood)",
    )
}
