//! Differences of the gradient about an estimate: the Hessian, and how modes move with the parameters.
//!
//! Each parameter's two points are a piece of work of their own, which begins from the modes of the estimate and not from those of another
//! point, so that threads share them.

use std::sync::{Mutex, PoisonError};

use super::laplace::Laplace;
use super::mode::{Effects, Foreseen};
use super::precision::Precision;
use crate::error::Result;
use crate::family::Order;
use crate::threads::share;
use crate::watch::Phase;

/// Steps of the differences, in standard errors: central differences of the analytic gradient.
const STEP: f64 = 2e-3;

/// Rows times parameters from which on other threads are worth their start.
const WORTH_IT: usize = 20_000;

/// Derivatives in one parameter.
pub struct Slopes {
    /// Of the gradient.
    pub gradient: Vec<f64>,
    /// Of fixed effects that are inside.
    pub gamma: Vec<f64>,
    /// Of the random effects.
    pub modes: Vec<f64>,
    evaluations: usize,
    mode_steps: usize,
}

/// A parameter's step, and where the modes are likely to be at its upper end.
struct Piece {
    parameter: usize,
    step: f64,
    foreseen: Mutex<Option<Foreseen>>,
}

/// What a search for modes depends on besides parameters.
struct Habits {
    barrier: f64,
    enough: f64,
    forgets: bool,
    start_gamma: Vec<f64>,
}

impl Laplace<'_> {
    /// Derivatives in the free parameters; `approximate` is the Hessian but for its size. The last evaluation was at the estimate, whose
    /// modes are left behind.
    pub(super) fn differences(&mut self, x: &[f64], free: &[usize], approximate: &[f64]) -> Result<Vec<Slopes>> {
        let (watch, model, how) = (self.watch, self.model, self.how);
        let before = (self.evaluations, self.mode_steps);
        watch.at(Phase::StandardErrors, 0, Some(free.len()))?;
        let centre = &self.mode.effects()?;
        let pieces = &self.pieces(x, free, approximate, centre)?;
        let habits = &self.habits();
        let shares = !model.response.calls_back() && model.n * free.len() >= WORTH_IT;
        let threads = if shares { watch.threads().clamp(1, pieces.len().max(1)) } else { 1 };
        let shared = watch.with_threads(threads);
        // What follows from the pattern is not found again.
        let spare = (1..threads).map(|_| self.mode.precision.beside(model)).collect::<Result<Vec<_>>>()?;
        let spare = &Mutex::new(spare);
        self.watch_by(watch.with_threads(1));
        // What is kept of searches must not depend on who has done them.
        let memory = std::mem::take(&mut self.memory);
        self.memory.off = habits.forgets;
        let mut first = |k: usize| {
            watch.at(Phase::StandardErrors, k, Some(pieces.len()))?;
            self.slopes(x, &pieces[k], centre)
        };
        let found = share(pieces.len(), &shared, &mut |_| Ok(()), &mut first, &|watch, turns| {
            let precision = spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let precision = precision.map_or_else(|| Precision::new(model), Ok)?;
            let mut own = Laplace::with(model, how, precision, watch)?;
            own.take_habits(habits);
            turns.each(&mut |k| own.slopes(x, &pieces[k], centre))
        });
        self.watch_by(watch);
        self.memory = memory;
        self.mode.go_to(centre);
        self.mode.factorized = false;
        (self.evaluations, self.mode_steps) = before;
        let found = found?;
        self.evaluations += found.iter().map(|own| own.evaluations).sum::<usize>();
        self.mode_steps += found.iter().map(|own| own.mode_steps).sum::<usize>();
        Ok(found)
    }

    /// The steps, and the modes at their upper ends by the factor of those here.
    fn pieces(&mut self, x: &[f64], free: &[usize], approximate: &[f64], centre: &Effects) -> Result<Vec<Piece>> {
        let mut pieces = vec![];
        for &parameter in free {
            self.watch.pulse()?;
            let curvature = approximate[parameter * (x.len() + 1)];
            let step = STEP * if curvature > 0.0 { (2.0 / curvature).sqrt().clamp(1e-3, 1.0) } else { 1.0 };
            self.mode.go_to(centre);
            self.set_parameters(&moved(x, parameter, step), Order::Mode)?;
            pieces.push(Piece { parameter, step, foreseen: Mutex::new(self.foresee()?) });
        }
        Ok(pieces)
    }

    fn slopes(&mut self, x: &[f64], piece: &Piece, centre: &Effects) -> Result<Slopes> {
        let (evaluations, mode_steps) = (self.evaluations, self.mode_steps);
        let (mut up, mut down) = (vec![0.0; x.len()], vec![0.0; x.len()]);
        self.mode.go_to(centre);
        self.mode.factorized = false;
        self.foreseen = piece.foreseen.lock().unwrap_or_else(PoisonError::into_inner).take();
        self.evaluate_gradient(&moved(x, piece.parameter, piece.step), &mut up)?;
        self.require_modes()?;
        let mut gamma = self.mode.gamma.clone();
        let mut modes = self.mode.random_effects()?;
        self.mode.go_opposite(centre);
        self.evaluate_gradient(&moved(x, piece.parameter, -piece.step), &mut down)?;
        self.require_modes()?;
        let difference =
            |up: &mut [f64], down: &[f64]| up.iter_mut().zip(down).for_each(|(u, d)| *u = (*u - d) / (2.0 * piece.step));
        difference(&mut up, &down);
        difference(&mut gamma, &self.mode.gamma);
        difference(&mut modes, &self.mode.random_effects()?);
        let (evaluations, mode_steps) = (self.evaluations - evaluations, self.mode_steps - mode_steps);
        Ok(Slopes { gradient: up, gamma, modes, evaluations, mode_steps })
    }

    fn habits(&self) -> Habits {
        Habits { barrier: self.barrier, enough: self.enough, forgets: self.memory.off, start_gamma: self.start_gamma.clone() }
    }

    fn take_habits(&mut self, habits: &Habits) {
        (self.barrier, self.enough, self.memory.off) = (habits.barrier, habits.enough, habits.forgets);
        self.start_fixed(&habits.start_gamma);
        // Past the end there is no first evaluation, either.
        self.evaluations = 1;
    }
}

fn moved(x: &[f64], parameter: usize, step: f64) -> Vec<f64> {
    let mut at = x.to_vec();
    at[parameter] += step;
    at
}
