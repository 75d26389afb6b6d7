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

/// Ends whose values, in units of the criterion, and whose parameters, relative, differ by less are one; parameters below the last by a part
/// of that.
pub(super) const SAME: (f64, f64, f64) = (1e-4, 0.05, 0.1);

/// Whether parameters are so near each other.
pub(super) fn are_near(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() <= SAME.1 * a.abs().max(b.abs()).max(SAME.2))
}

/// The known end that a point is at, unless the point is lower.
fn known_end(ends: &[Summary], x: &[f64], value: f64) -> Option<Summary> {
    let is_at = |end: &&Summary| {
        let above = value - end.value;
        above < SAME.0 && above >= -rounding(end.value, end.noise) && are_near(x, &end.x)
    };
    ends.iter().find(is_at).cloned()
}

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
        self.attempt_until(start, false)
    }

    /// The same from another start; it ends where another has ended.
    pub fn attempt_elsewhere(&mut self, start: &[f64]) -> Result<Option<Summary>> {
        self.attempt_until(start, true)
    }

    fn attempt_until(&mut self, start: &[f64], known: bool) -> Result<Option<Summary>> {
        let until = (self.options.tolerance, known);
        let end = where_it_is(self.run_once(self.options.optimizer, start, until, Self::patience(start)))?;
        end.iter().for_each(|end| self.note(end));
        Ok(end)
    }

    /// One more search from where one got stuck, by L-BFGS, and Newton's method from there; the better end.
    pub fn further(&mut self, end: Summary) -> Result<Summary> {
        let patience = Self::patience(&end.x);
        let until = (self.options.tolerance, false);
        let valley = self.run_once(Method::Lbfgs, &end.x, until, 2 * patience);
        match valley.and_then(|valley| self.run_once(self.options.optimizer, &valley.x, until, patience)) {
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

    /// The same from another start; it ends where another has ended.
    pub fn seek(&mut self, start: &[f64], tolerance: f64) -> Result<Summary> {
        let end = match self.options.optimizer {
            Method::Newton => {
                let best = self.run_once(Method::Newton, start, (tolerance, true), Self::patience(start))?;
                self.over_valley(start, best, tolerance)?
            }
            method => self.run_by(method, start, tolerance)?,
        };
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
            return self.run_once(method, start, (tolerance, false), usize::MAX);
        }
        let best = self.run_once(Method::Newton, start, (tolerance, false), Self::patience(start))?;
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
            let Some(valley) = where_it_is(self.run_once(Method::Lbfgs, &from, (tolerance, false), 6 * patience))? else {
                continue;
            };
            let end = where_it_is(self.run_once(Method::Newton, &valley.x, (tolerance, false), patience))?;
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

    /// One minimisation by one method to a tolerance, or to a known end if that will do, within what is left of the evaluations and at most
    /// `limit` of them.
    fn run_once(&mut self, method: Method, start: &[f64], (tolerance, known): (f64, bool), limit: usize) -> Result<Summary> {
        let mut start = start.to_vec();
        self.criterion.settle(&mut start);
        let before = self.criterion.evaluations();
        let (watch, to_theta) = (self.criterion.watch(), self.criterion.theta_map());
        let report =
            |evaluation: usize, value: f64, working: &[f64]| watch.evaluation(before + evaluation, value, || to_theta(working));
        let ends = &self.ends;
        let at_known = |x: &[f64], value: f64| known_end(ends, x, value);
        let mut settings = Settings {
            tolerance,
            max_evaluations: self.options.max_evaluations.saturating_sub(before).clamp(1, limit),
            report: Some(&report),
            deadline: watch.end_of_search(),
            known: if known { Some(&at_known) } else { None },
        };
        minimize(method, &mut *self.criterion as &mut dyn Objective, &start, &mut settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn end(x: &[f64], value: f64) -> Summary {
        Summary { x: x.to_vec(), value, evaluations: 1, reason: Reason::Converged, scaled_gradient: 0.0, noise: 0.0 }
    }

    #[test]
    fn an_end_is_known_from_a_little_above_it_only() {
        let ends = [end(&[5.0, 0.0], 7.0), end(&[1.0, -0.02], 10.0)];
        let known = |x: &[f64], value: f64| known_end(&ends, x, value).map(|end| end.value);
        assert_eq!(known(&[1.04, -0.021], 10.000_05), Some(10.0));
        assert_eq!(known(&[5.2, 0.004], 7.0), Some(7.0));
        assert_eq!(known(&[1.0, -0.02], 10.000_2), None);
        assert_eq!(known(&[1.0, -0.02], 9.999_99), None);
        assert_eq!(known(&[1.06, -0.02], 10.000_05), None);
        assert_eq!(known(&[1.0, -0.026], 10.000_05), None);
    }
}
