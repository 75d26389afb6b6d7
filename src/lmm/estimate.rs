//! Estimation of linear models: starts, minimisation, other minima.

use super::deviance::Deviance;
use super::start::moment_start;
use super::survey::lower_point;
use super::system::LinearSystem;
use crate::error::{Error, Result};
use crate::optimize::Summary;
use crate::options::{Options, Progress};
use crate::search::{Estimate, Search, boundary, is_converged};

/// Models whose evaluations together take fewer multiplications than this are fitted from several starts: the criterion
/// may have more than one minimum.
const CHEAP: f64 = 2e7;

/// Models so cheap that a hundred more values of the criterion don't matter.
const VERY_CHEAP: f64 = 0.1 * CHEAP;

/// Predicted decrease at which a second search is near enough to its minimum to be compared with the first.
const SAME_MINIMUM: f64 = 1e-6;

type LinearSearch<'d, 'b, 'p, 'a> = Search<'d, 'b, 'p, Deviance<'a>>;

/// Minimises the criterion, as `options` say.
pub fn estimate(deviance: &mut Deviance<'_>, options: &Options, progress: Option<Progress<'_>>) -> Result<Estimate> {
    let mut search = Search::new(deviance, options, progress);
    let best = best_of_starts(&mut search)?;
    search.finish(best)
}

/// The best of the minima that the starts lead to.
fn best_of_starts(search: &mut LinearSearch<'_, '_, '_, '_>) -> Result<Summary> {
    let (system, options) = (search.criterion.system, search.options);
    if let Some(theta0) = &options.theta0 {
        let start = working_from_theta(system, theta0)?;
        return search.run(&start, options.tolerance);
    }
    let moment = moment_start(system);
    let mut best = search.run(&moment, options.tolerance)?;
    let factor = &search.criterion.factor;
    // Small blocks cost more in overhead than in multiplications.
    let cost = (factor.flops() + 1000.0 * factor.len() as f64) * (system.n_working() + 1) as f64;
    let vector = system.structures.iter().any(|s| s.size > 1);
    if cost < CHEAP || (vector && boundary::is_singular(&system.structures, &best.x)) {
        let mut unit = vec![0.0; system.n_working()];
        let mut first = 0;
        for structure in &system.structures {
            structure.start(&mut unit[first..first + structure.n_theta()]);
            first += structure.n_theta();
        }
        // Near enough to tell whether it leads elsewhere; the first stays unless the other is lower by more than that.
        let other = search.run(&unit, SAME_MINIMUM.max(options.tolerance))?;
        if other.value < best.value - 10.0 * SAME_MINIMUM {
            best = search.run(&other.x, options.tolerance)?;
        }
    }
    // Rounding would be taken for other minima where effects are nearly dependent.
    let regular = !(0..system.structures.len()).any(|k| system.nearly_dependent(k));
    if cost < VERY_CHEAP && regular && is_converged(best.reason) {
        while search.may_go_on()
            && let Some(start) = lower_point(search.criterion, &best)?
        {
            let other = search.run(&start, options.tolerance)?;
            if other.value >= best.value || !is_converged(other.reason) {
                break;
            }
            best = other;
        }
    }
    Ok(best)
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
