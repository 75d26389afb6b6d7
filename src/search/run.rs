//! Single searches, by more than one method where one is not enough.

use super::criterion::Criterion;
use crate::error::{Code, Result};
use crate::optimize::rounding::rounding;
use crate::optimize::{LARGEST_ROUNDED, Method, Objective, Reason, Settings, Summary, minimize};
use crate::options::Options;

/// Evaluations after which Newton's method hands over, and more for each parameter. It seldom needs half of them.
const PATIENCE: (usize, usize) = (40, 4);

/// A search that rounding ended at a larger scaled gradient is worth another method's try.
const WELL_ENDED: f64 = 1e-5;

/// A search over the working parameters of one model.
pub struct Search<'d, 'b, C> {
    pub criterion: &'d mut C,
    pub options: &'b Options,
    /// Where searches have converged.
    pub(super) ends: Vec<Summary>,
}

/// Of two ends with the same value the one with the lower rank is better.
fn rank(stuck: bool, end: &Summary) -> (bool, f64) {
    (stuck, if end.scaled_gradient.is_nan() { f64::INFINITY } else { end.scaled_gradient })
}

/// The scaled gradient at which an end is as good as rounding allows.
fn well_ended(end: &Summary) -> f64 {
    WELL_ENDED.max(end.noise.sqrt().min(LARGEST_ROUNDED))
}

/// Whether a search ended at a minimum.
pub fn is_converged(reason: Reason) -> bool {
    matches!(reason, Reason::Converged | Reason::RoundoffLimited)
}

/// `None` where the criterion can't be had.
fn where_it_is(end: Result<Summary>) -> Result<Option<Summary>> {
    match end {
        Ok(end) => Ok(Some(end)),
        Err(error) if error.code == Code::Numeric => Ok(None),
        Err(error) => Err(error),
    }
}

impl<'d, 'b, 'm, C: Criterion<'m>> Search<'d, 'b, C> {
    pub fn new(criterion: &'d mut C, options: &'b Options) -> Self {
        Search { criterion, options, ends: vec![] }
    }

    /// One search by the method of the options, given up where it gets stuck; `None` where the criterion can't be had.
    pub fn attempt(&mut self, start: &[f64]) -> Result<Option<Summary>> {
        let end = where_it_is(self.run_once(self.options.optimizer, start, self.options.tolerance, Self::patience(start)))?;
        end.iter().for_each(|end| self.note(end));
        Ok(end)
    }

    /// One more search from where one got stuck, by L-BFGS, and Newton's method from there; the better end.
    pub fn further(&mut self, end: Summary) -> Result<Summary> {
        let patience = Self::patience(&end.x);
        let valley = self.run_once(Method::Lbfgs, &end.x, self.options.tolerance, 2 * patience);
        match valley.and_then(|valley| self.run_once(self.options.optimizer, &valley.x, self.options.tolerance, patience)) {
            Ok(next) if next.value <= end.value => Ok(next),
            Err(error) if error.code != Code::Numeric => Err(error),
            _ => Ok(end),
        }
    }

    /// One search by the method of the options.
    pub fn run(&mut self, start: &[f64], tolerance: f64) -> Result<Summary> {
        let end = self.run_by(self.options.optimizer, start, tolerance)?;
        self.note(&end);
        Ok(end)
    }

    fn note(&mut self, end: &Summary) {
        if is_converged(end.reason) && !end.x.is_empty() {
            self.ends.push(end.clone());
        }
    }

    /// One search. Where a covariance is nearly singular but should not be, the curvature that keeps Newton's steps from
    /// overshooting zero makes them short; after a while L-BFGS takes over, which learns the valley, and Newton finishes.
    pub(super) fn run_by(&mut self, method: Method, start: &[f64], tolerance: f64) -> Result<Summary> {
        if method != Method::Newton {
            return self.run_once(method, start, tolerance, usize::MAX);
        }
        let best = self.run_once(Method::Newton, start, tolerance, Self::patience(start))?;
        self.over_valley(start, best, tolerance)
    }

    fn patience(start: &[f64]) -> usize {
        PATIENCE.0 + PATIENCE.1 * start.len()
    }

    /// All that the search can do after an attempt from `start` that got stuck at `end`.
    pub fn go_on(&mut self, start: &[f64], end: Summary) -> Result<Summary> {
        let end =
            if self.options.optimizer == Method::Newton { self.over_valley(start, end, self.options.tolerance)? } else { end };
        self.note(&end);
        Ok(end)
    }

    fn over_valley(&mut self, start: &[f64], mut best: Summary, tolerance: f64) -> Result<Summary> {
        let patience = Self::patience(start);
        for round in 0..4 {
            if !self.is_stuck(&best) {
                return Ok(best);
            }
            // First over from the start: the place where Newton got stuck may be no good one.
            let from = if round == 0 { start.to_vec() } else { best.x.clone() };
            // A place where the criterion can't be had again, perhaps for want of modes, costs only this round.
            let Some(valley) = where_it_is(self.run_once(Method::Lbfgs, &from, tolerance, 6 * patience))? else { continue };
            let end = where_it_is(self.run_once(Method::Newton, &valley.x, tolerance, patience))?;
            for next in std::iter::once(valley).chain(end) {
                let noise = rounding(best.value, best.noise);
                let (lower, level) = (next.value < best.value - noise, next.value <= best.value + noise);
                if lower || (level && rank(self.is_stuck(&next), &next) < rank(self.is_stuck(&best), &best)) {
                    best = next;
                }
            }
        }
        if self.is_stuck(&best) && best.reason == Reason::MaxEvaluations {
            // The limit was this function's, not the user's.
            best.reason = if best.scaled_gradient < well_ended(&best) { Reason::RoundoffLimited } else { Reason::NoProgress };
        }
        Ok(best)
    }

    /// Whether evaluations and time are left.
    pub fn may_go_on(&self) -> bool {
        self.criterion.evaluations() < self.options.max_evaluations && !self.is_late()
    }

    pub(super) fn is_late(&self) -> bool {
        self.criterion.watch().is_late()
    }

    /// Whether a search ended neither at a minimum nor because it had to.
    pub fn is_stuck(&self, end: &Summary) -> bool {
        let left = self.criterion.evaluations() < self.options.max_evaluations;
        left && match end.reason {
            Reason::MaxEvaluations => true,
            // No method sees through the noise.
            Reason::NoProgress => end.noise == 0.0 || end.scaled_gradient > end.noise.sqrt(),
            Reason::RoundoffLimited => end.scaled_gradient > well_ended(end),
            Reason::Converged | Reason::Deadline => false,
        }
    }

    /// One minimisation by one method, within what is left of the evaluations and at most `limit` of them.
    fn run_once(&mut self, method: Method, start: &[f64], tolerance: f64, limit: usize) -> Result<Summary> {
        let mut start = start.to_vec();
        self.criterion.settle(&mut start);
        let before = self.criterion.evaluations();
        let (watch, to_theta) = (self.criterion.watch(), self.criterion.theta_map());
        let report =
            |evaluation: usize, value: f64, working: &[f64]| watch.evaluation(before + evaluation, value, || to_theta(working));
        let mut settings = Settings {
            tolerance,
            max_evaluations: self.options.max_evaluations.saturating_sub(before).clamp(1, limit),
            report: Some(&report),
            deadline: watch.end_of_search(),
        };
        minimize(method, &mut *self.criterion as &mut dyn Objective, &start, &mut settings)
    }
}
