//! Estimation of generalised models.

use super::again::other_end;
use super::finite_start::nearby;
use super::laplace::Laplace;
use super::start::Start;
use crate::error::{Code, Error, Result};
use crate::optimize::{Method, Summary};
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
    let best = match first_search(&mut search, &x) {
        Err(error) if error.code == Code::Numeric && options.theta0.is_none() => {
            let x = nearby(&mut search, &x, &start.fixed[0])?;
            first_search(&mut search, &x)?
        }
        other => other?,
    };
    let best = other_end(&mut search, best)?;
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
        match search.run(&estimate.working, options.tolerance).and_then(|again| search.finish(again)) {
            Ok(better) => estimate = better,
            Err(error) if error.code == Code::Numeric => break,
            Err(error) => return Err(error),
        }
    }
    Ok(estimate)
}

/// The search from the start, or, where it gets stuck, from others: the criterion of a mixture with random effects in the zero part, or of
/// a cauchit model, falls without end where the information at a mode vanishes, and a search that begins near there does not come back.
/// Where all get stuck, all that the search can do from the first.
fn first_search(search: &mut Search<'_, '_, '_, Laplace<'_>>, x: &[f64]) -> Result<Summary> {
    let mixed = search.criterion.model.predictor.iter().any(|a| *a > 0);
    let smooth = !mixed && search.criterion.model.response.is_log_concave();
    if search.options.optimizer != Method::Newton || smooth {
        return search.run(x, search.options.tolerance);
    }
    let mut starts = vec![x.to_vec()];
    if search.options.theta0.is_none() {
        starts.extend(other_starts(search.criterion, x));
    }
    let mut lowest: Option<Summary> = None;
    for start in &starts {
        if let Some(end) = search.attempt(start)? {
            if !search.is_stuck(&end) {
                return Ok(end);
            }
            if lowest.as_ref().is_none_or(|l| end.value < l.value) {
                lowest = Some(end);
            }
        }
        search.criterion.start_modes(&vec![0.0; search.criterion.model.layout.q()]);
    }
    match (search.run(x, search.options.tolerance), lowest) {
        (Err(error), Some(lowest)) if error.code == Code::Numeric => Ok(lowest),
        (Err(error), None) if error.code == Code::Numeric => Err(Error::numeric(
            "the likelihood could not be evaluated at any start: the modes of the random effects are not found, or it is not finite there",
        )),
        (other, _) => other,
    }
}

/// Other standard deviations, and further predictors at zero.
fn other_starts(laplace: &Laplace<'_>, x: &[f64]) -> Vec<Vec<f64>> {
    let with_deviations = |sd: &dyn Fn(usize) -> f64| laplace.model.with_deviations(x, sd);
    // The further predictors at zero, as glmmTMB starts them.
    let halves = |mut other: Vec<f64>| {
        for (_, range) in laplace.outer().zip(laplace.ranges()).filter(|(a, _)| *a > 0) {
            other[range].fill(0.0);
        }
        other
    };
    vec![
        with_deviations(&|a| if a == 0 { 0.2 } else { 1.5 }),
        halves(with_deviations(&|a| if a == 0 { 0.3 } else { 1.0 })),
        with_deviations(&|_| 0.3),
        with_deviations(&|_| 1.0),
    ]
}
