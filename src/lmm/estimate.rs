//! Estimation: starts, minimisation, exact zeros, and a check that a boundary fit is a minimum.

use std::time::Instant;

use super::boundary;
use super::deviance::Deviance;
use super::start::moment_start;
use super::survey::lower_point;
use super::system::LinearSystem;
use crate::error::{Error, Result};
use crate::optimize::{Method, Objective, Reason, Settings, Summary, minimize};
use crate::options::{Options, Progress};

/// Models whose evaluations together take fewer multiplications than this are fitted from several starts: the criterion
/// may have more than one minimum.
const CHEAP: f64 = 2e7;

/// Evaluations after which Newton's method hands over, and more for each parameter. It seldom needs half of them.
const PATIENCE: (usize, usize) = (40, 4);
/// A search that rounding ended at a larger scaled gradient is worth another method's try.
const WELL_ENDED: f64 = 1e-5;

/// Models so cheap that a hundred more values of the criterion don't matter.
const VERY_CHEAP: f64 = 0.1 * CHEAP;

/// Predicted decrease at which a second search is near enough to its minimum to be compared with the first.
const SAME_MINIMUM: f64 = 1e-6;

/// The minimum that was found.
pub struct Estimate {
    pub working: Vec<f64>,
    pub converged: bool,
    pub reason: Reason,
    pub evaluations: usize,
    pub scaled_gradient: f64,
}

/// A search over the working parameters of one model.
struct Search<'d, 'a, 'b, 'p> {
    deviance: &'d mut Deviance<'a>,
    options: &'b Options,
    progress: Option<Progress<'p>>,
    deadline: Option<Instant>,
}

/// Minimises the criterion, as `options` say.
pub fn estimate(deviance: &mut Deviance<'_>, options: &Options, progress: Option<Progress<'_>>) -> Result<Estimate> {
    let deadline = options.deadline.map(|seconds| Instant::now() + std::time::Duration::from_secs_f64(seconds.clamp(0.0, 1e9)));
    let mut search = Search { deviance, options, progress, deadline };
    let mut best = search.best_of_starts()?;
    // Each round ends at a boundary point that is a minimum, or strictly lower than the round before.
    for _ in 0..4 {
        if !is_converged(best.reason) {
            break;
        }
        if let Some(snapped) = boundary::snap(search.deviance, &best)? {
            // By gradients, which are exactly zero along exact zeros: a method that sees values only would leave them again.
            let method = if search.options.optimizer.has_gradient() { search.options.optimizer } else { Method::Newton };
            // Not worse than the zeros that were accepted: the better of the two by construction.
            best = search.run_by(method, &snapped, options.tolerance)?;
        }
        match boundary::way_down(search.deviance, &best)? {
            Some(start) => {
                let again = search.run(&start, options.tolerance)?;
                if again.value < best.value {
                    best = again;
                }
            }
            None => break,
        }
    }
    let working = boundary::exact_zeros(search.deviance, &best)?;
    Ok(Estimate {
        converged: is_converged(best.reason),
        reason: best.reason,
        evaluations: search.deviance.state.evaluations,
        scaled_gradient: best.scaled_gradient,
        working,
    })
}

/// Of two ends with the same value the one with the lower rank is better.
fn rank(stuck: bool, end: &Summary) -> (bool, f64) {
    (stuck, if end.scaled_gradient.is_nan() { f64::INFINITY } else { end.scaled_gradient })
}

/// Whether a search ended at a minimum.
fn is_converged(reason: Reason) -> bool {
    matches!(reason, Reason::Converged | Reason::RoundoffLimited)
}

impl Search<'_, '_, '_, '_> {
    /// The best of the minima that the starts lead to.
    fn best_of_starts(&mut self) -> Result<Summary> {
        let system = self.deviance.system;
        if let Some(theta0) = &self.options.theta0 {
            let start = working_from_theta(system, theta0)?;
            return self.run(&start, self.options.tolerance);
        }
        let moment = moment_start(system);
        let mut best = self.run(&moment, self.options.tolerance)?;
        let factor = &self.deviance.factor;
        // Small blocks cost more in overhead than in multiplications.
        let cost = (factor.flops() + 1000.0 * factor.len() as f64) * (system.n_working() + 1) as f64;
        let vector = system.structures.iter().any(|s| s.size > 1);
        if cost < CHEAP || (vector && boundary::is_singular(system, &best.x)) {
            let mut unit = vec![0.0; system.n_working()];
            let mut first = 0;
            for structure in &system.structures {
                structure.start(&mut unit[first..first + structure.n_theta()]);
                first += structure.n_theta();
            }
            // Near enough to tell whether it leads elsewhere; the first stays unless the other is lower by more than that.
            let other = self.run(&unit, SAME_MINIMUM.max(self.options.tolerance))?;
            if other.value < best.value - 10.0 * SAME_MINIMUM {
                best = self.run(&other.x, self.options.tolerance)?;
            }
        }
        // Rounding would be taken for other minima where effects are nearly dependent.
        let regular = !(0..system.structures.len()).any(|k| system.nearly_dependent(k));
        if cost < VERY_CHEAP && regular && is_converged(best.reason) {
            while self.may_go_on()
                && let Some(start) = lower_point(self.deviance, &best)?
            {
                let other = self.run(&start, self.options.tolerance)?;
                if other.value >= best.value || !is_converged(other.reason) {
                    break;
                }
                best = other;
            }
        }
        Ok(best)
    }

    /// One search by the method of the options.
    fn run(&mut self, start: &[f64], tolerance: f64) -> Result<Summary> {
        self.run_by(self.options.optimizer, start, tolerance)
    }

    /// One search. Where a covariance is nearly singular but should not be, the curvature that keeps Newton's steps from
    /// overshooting zero makes them short; after a while L-BFGS takes over, which learns the valley, and Newton finishes.
    fn run_by(&mut self, method: Method, start: &[f64], tolerance: f64) -> Result<Summary> {
        if method != Method::Newton {
            return self.run_once(method, start, tolerance, usize::MAX);
        }
        let patience = PATIENCE.0 + PATIENCE.1 * start.len();
        let mut best = self.run_once(Method::Newton, start, tolerance, patience)?;
        for round in 0..4 {
            if !self.is_stuck(&best) {
                return Ok(best);
            }
            // First over from the start: the place where Newton got stuck may be no good one.
            let from = if round == 0 { start.to_vec() } else { best.x.clone() };
            let valley = self.run_once(Method::Lbfgs, &from, tolerance, 6 * patience)?;
            let end = self.run_once(Method::Newton, &valley.x, tolerance, patience)?;
            for next in [valley, end] {
                let noise = 1e-12 * best.value.abs();
                let (lower, level) = (next.value < best.value - noise, next.value <= best.value + noise);
                if lower || (level && rank(self.is_stuck(&next), &next) < rank(self.is_stuck(&best), &best)) {
                    best = next;
                }
            }
        }
        if self.is_stuck(&best) && best.reason == Reason::MaxEvaluations {
            // The limit was this function's, not the user's.
            best.reason = if best.scaled_gradient < WELL_ENDED { Reason::RoundoffLimited } else { Reason::NoProgress };
        }
        Ok(best)
    }

    /// Whether evaluations and time are left.
    fn may_go_on(&self) -> bool {
        self.deviance.state.evaluations < self.options.max_evaluations && self.deadline.is_none_or(|end| Instant::now() < end)
    }

    /// Whether a search ended neither at a minimum nor because it had to.
    fn is_stuck(&self, end: &Summary) -> bool {
        let left = self.deviance.state.evaluations < self.options.max_evaluations;
        left && match end.reason {
            Reason::MaxEvaluations | Reason::NoProgress => true,
            Reason::RoundoffLimited => end.scaled_gradient > WELL_ENDED,
            Reason::Converged | Reason::Deadline => false,
        }
    }

    /// One minimisation by one method, within what is left of the evaluations and at most `limit` of them.
    fn run_once(&mut self, method: Method, start: &[f64], tolerance: f64, limit: usize) -> Result<Summary> {
        let system = self.deviance.system;
        let mut start = start.to_vec();
        system.without_confounded(self.options.reml, &mut start);
        let before = self.deviance.state.evaluations;
        let mut theta = vec![0.0; system.n_working()];
        let mut report = self.progress.as_mut().map(|progress| {
            move |evaluation: usize, value: f64, working: &[f64]| {
                theta_from_working(system, working, &mut theta);
                progress(before + evaluation, value, &theta)
            }
        });
        let mut settings = Settings {
            tolerance,
            max_evaluations: self.options.max_evaluations.saturating_sub(before).clamp(1, limit),
            progress: report.as_mut().map(|f| f as &mut dyn FnMut(usize, f64, &[f64]) -> bool),
            deadline: self.deadline,
        };
        minimize(method, &mut *self.deviance as &mut dyn Objective, &start, &mut settings)
    }
}

/// The user's theta (all terms, one after the other) as working parameters.
pub fn working_from_theta(system: &LinearSystem, theta: &[f64]) -> Result<Vec<f64>> {
    if theta.len() != system.n_working() {
        return Err(Error::argument(format!("theta has {} elements, the model has {}", theta.len(), system.n_working())));
    }
    let mut theta = theta.to_vec();
    let mut working = vec![0.0; theta.len()];
    let mut first = 0;
    for (k, structure) in system.structures.iter().enumerate() {
        let range = first..first + structure.n_theta();
        first = range.end;
        system.term_working(k, &mut theta[range.clone()], &mut working[range])?;
    }
    Ok(working)
}

/// The user's theta of working parameters.
pub fn theta_from_working(system: &LinearSystem, working: &[f64], theta: &mut [f64]) {
    let mut first = 0;
    for (k, structure) in system.structures.iter().enumerate() {
        let range = first..first + structure.n_theta();
        first = range.end;
        system.term_theta(k, &working[range.clone()], &mut theta[range]);
    }
}
