//! Estimation of generalised models.

use super::laplace::Laplace;
use super::start::Start;
use crate::error::{Error, Result};
use crate::options::{Options, Progress};
use crate::search::{Estimate, Search};

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
    search.finish(best)
}
