//! Estimation: starts, minimisation, exact zeros, and a check that a boundary fit is a minimum.

use std::time::Instant;

use super::boundary;
use super::deviance::Deviance;
use super::start::moment_start;
use super::system::LinearSystem;
use crate::error::{Error, Result};
use crate::optimize::{Objective, Reason, Settings, Summary, minimize};
use crate::options::{Options, Progress};

/// Models whose evaluations together take fewer multiplications than this are fitted from several starts: the criterion
/// may have more than one minimum.
const CHEAP: f64 = 2e7;

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
struct Search<'a, 'b, 'p> {
    deviance: Deviance<'a>,
    options: &'b Options,
    progress: Option<Progress<'p>>,
    deadline: Option<Instant>,
}

/// Minimises the criterion.
pub fn estimate(system: &LinearSystem, options: &Options, progress: Option<Progress<'_>>) -> Result<Estimate> {
    let deadline = options.deadline.map(|seconds| Instant::now() + std::time::Duration::from_secs_f64(seconds.clamp(0.0, 1e9)));
    let mut search = Search { deviance: Deviance::new(system, options.reml)?, options, progress, deadline };
    let mut best = search.best_of_starts()?;
    // Each round ends at a boundary point that is a minimum, or strictly lower than the round before.
    for _ in 0..4 {
        if !is_converged(best.reason) {
            break;
        }
        if let Some(snapped) = boundary::snap(&mut search.deviance, &best)? {
            let again = search.run(&snapped, options.tolerance)?;
            // Not worse than the zeros that were accepted: the better of the two by construction.
            best = Summary { evaluations: 0, ..again };
        }
        match boundary::way_down(&mut search.deviance, &best)? {
            Some(start) => {
                let again = search.run(&start, options.tolerance)?;
                if again.value < best.value {
                    best = again;
                }
            }
            None => break,
        }
    }
    Ok(Estimate {
        converged: is_converged(best.reason),
        reason: best.reason,
        evaluations: search.deviance.state.evaluations,
        scaled_gradient: best.scaled_gradient,
        working: best.x,
    })
}

/// Whether a search ended at a minimum.
fn is_converged(reason: Reason) -> bool {
    matches!(reason, Reason::Converged | Reason::RoundoffLimited)
}

impl Search<'_, '_, '_> {
    /// The best of the minima that the starts lead to.
    fn best_of_starts(&mut self) -> Result<Summary> {
        let system = self.deviance.system;
        if let Some(theta0) = &self.options.theta0 {
            let start = working_from_theta(system, theta0)?;
            return self.run(&start, self.options.tolerance);
        }
        let mut moment = moment_start(system);
        system.without_confounded(self.options.reml, &mut moment);
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
            system.without_confounded(self.options.reml, &mut unit);
            // Near enough to tell whether it leads elsewhere; the first stays unless the other is lower by more than that.
            let other = self.run(&unit, SAME_MINIMUM.max(self.options.tolerance))?;
            if other.value < best.value - 10.0 * SAME_MINIMUM {
                best = self.run(&other.x, self.options.tolerance)?;
            }
        }
        Ok(best)
    }

    /// One minimisation, within what is left of the evaluations.
    fn run(&mut self, start: &[f64], tolerance: f64) -> Result<Summary> {
        let system = self.deviance.system;
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
            max_evaluations: self.options.max_evaluations.saturating_sub(before).max(1),
            progress: report.as_mut().map(|f| f as &mut dyn FnMut(usize, f64, &[f64]) -> bool),
            deadline: self.deadline,
        };
        minimize(self.options.optimizer, &mut self.deviance as &mut dyn Objective, start, &mut settings)
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
    for (structure, scales) in system.structures.iter().zip(&system.scales) {
        let range = first..first + structure.n_theta();
        structure.rescale(&mut theta[range.clone()], scales);
        structure.working_from_theta(&theta[range.clone()], &mut working[range])?;
        first += structure.n_theta();
    }
    Ok(working)
}

/// The user's theta of working parameters.
pub fn theta_from_working(system: &LinearSystem, working: &[f64], theta: &mut [f64]) {
    let mut first = 0;
    for (structure, scales) in system.structures.iter().zip(&system.scales) {
        let range = first..first + structure.n_theta();
        structure.theta_from_working(&working[range.clone()], &mut theta[range.clone()]);
        let inverse: Vec<f64> = scales.iter().map(|s| 1.0 / s).collect();
        structure.rescale(&mut theta[range], &inverse);
        first += structure.n_theta();
    }
}
