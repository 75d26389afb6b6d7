//! Estimation of generalised models.

use super::laplace::Laplace;
use super::start::Start;
use crate::error::{Code, Error, Result};
use crate::options::{Options, Progress};
use crate::search::{Estimate, Search};

/// Searches anew, from better modes of the random effects.
const RESTARTS: usize = 3;
/// What the deviance must be lower by at these, relative.
const LOWER: f64 = 1e-9;

/// Minimises the deviance from a start, as `options` say.
pub fn estimate(laplace: &mut Laplace<'_>, start: &Start, options: &Options, progress: Option<Progress<'_>>) -> Result<Estimate> {
    let mut x = start.theta.clone();
    if let Some(theta0) = &options.theta0 {
        let n = laplace.model.n_theta();
        if theta0.len() != n {
            return Err(Error::argument(format!("theta0 has {} elements, the model has {n}", theta0.len())));
        }
        x = laplace.model.working_from_theta(theta0)?;
    }
    for a in laplace.outer() {
        x.extend_from_slice(&start.fixed[a]);
    }
    x.extend_from_slice(&start.shared);
    laplace.start_fixed(&start.fixed[0]);
    let mut search = Search::new(laplace, options, progress);
    let best = search.run(&x, options.tolerance)?;
    let mut estimate = search.finish(best)?;
    // Where a likelihood is not log-concave the random effects may have several modes, and the search has followed those it began with.
    for _ in 0..RESTARTS {
        let laplace = &mut *search.criterion;
        let (afresh, before) = match laplace.evaluate_afresh(&estimate.working) {
            Ok(found) => found,
            Err(error) if error.code == Code::Numeric => break,
            Err(error) => return Err(error),
        };
        if afresh >= estimate.value - LOWER * (1.0 + estimate.value.abs()) {
            laplace.start_modes(&before);
            break;
        }
        let again = search.run(&estimate.working, options.tolerance)?;
        estimate = search.finish(again)?;
    }
    Ok(estimate)
}
