//! Estimation of generalised models.

use super::again::other_end;
use super::basins::starts_elsewhere;
use super::domain::approach_end;
use super::finite_start::nearby;
use super::laplace::Laplace;
use super::start::Start;
use crate::error::{Code, Error, Result};
use crate::optimize::{Method, Reason, Summary};
use crate::options::Options;
use crate::search::boundary::{LIFT, lifted};
use crate::search::{Estimate, Search};

/// Searches anew, with modes that do not depend on the way.
const RESTARTS: usize = 2;
/// A search that got stuck at a smaller scaled gradient is on a long way to a minimum, as towards a separated coefficient.
const IN_VALLEY: f64 = 1e-2;
/// What modes that were found in different ways may differ by in the deviance, relative to it: more than rounding (`optimize::rounding`).
const SAME: f64 = 1e-9;

/// Parameters that are likely to be near a minimum.
pub struct Near {
    pub working: Vec<f64>,
    /// The fixed effects of the mean, also where the search does not have them.
    pub gamma: Vec<f64>,
}

/// Minimises the deviance from a start, as `options` say, and from starts in other basins.
pub fn estimate(laplace: &mut Laplace<'_>, start: &Start, options: &Options) -> Result<Estimate> {
    estimate_from(laplace, start, None, options)
}

/// The same; the first search begins at parameters that are likely to be near.
pub fn estimate_from(laplace: &mut Laplace<'_>, start: &Start, near: Option<&Near>, options: &Options) -> Result<Estimate> {
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
    if let Some(near) = near {
        x = lifted(&laplace.model.structures, &near.working, LIFT);
        laplace.start_fixed(&near.gamma);
    }
    let mut search = Search::new(laplace, options);
    let first = match first_search(&mut search, &x) {
        Err(error) if error.code == Code::Numeric && options.theta0.is_none() => {
            let x = nearby(&mut search, &x, &start.fixed[0])?;
            first_search(&mut search, &x)?
        }
        other => other?,
    };
    let first = other_end(&mut search, first)?;
    let ends = if options.theta0.is_none() && !search.criterion.at_end {
        with_other_basins(&mut search, first, start)?
    } else {
        vec![first]
    };
    let estimate = search.finish_lowest(ends)?;
    let estimate = settled(&mut search, estimate)?;
    if !estimate.converged {
        search.criterion.recall(&estimate.working);
    }
    Ok(estimate)
}

/// The search from parameters that are near the minimum, and from starts in other basins; `start` is the one to begin anew from.
pub fn estimate_near(laplace: &mut Laplace<'_>, x: &[f64], start: &Start, options: &Options) -> Result<Estimate> {
    let x = lifted(&laplace.model.structures, x, LIFT);
    let mut search = Search::new(laplace, options);
    let first = search.run(&x, options.tolerance)?;
    let ends = with_other_basins(&mut search, first, start)?;
    let estimate = search.finish_lowest(ends)?;
    settled(&mut search, estimate)
}

type GeneralisedSearch<'d, 'b, 'a> = Search<'d, 'b, Laplace<'a>>;

/// An end, and those of searches from the basins that it is not in.
fn with_other_basins(search: &mut GeneralisedSearch<'_, '_, '_>, first: Summary, start: &Start) -> Result<Vec<Summary>> {
    let mut ends = vec![first];
    // Half of the evaluations are kept for what the user has asked for.
    let most = search.options.max_evaluations / 2;
    let may_go_on = |search: &GeneralisedSearch<'_, '_, '_>| search.may_go_on() && search.criterion.evaluations < most;
    if !may_go_on(search) {
        return Ok(ends);
    }
    for begin in starts_elsewhere(search.criterion, &ends[0], start)? {
        if !may_go_on(search) {
            break;
        }
        search.criterion.start_fixed(&begin.gamma);
        search.criterion.start_modes_at_zero();
        let Some(mut end) = search.attempt_elsewhere(&begin.x)? else { continue };
        let is_same_valley = end.scaled_gradient < IN_VALLEY && end.value >= ends[0].value;
        if search.is_stuck(&end) && !is_same_valley {
            end = search.further(end)?;
        }
        ends.push(end);
    }
    search.criterion.start_fixed(&start.fixed[0]);
    Ok(ends)
}

/// The estimate at modes that depend on nothing but the parameters. Where the search has followed others it goes on from there without
/// memory, so that its end has one value.
fn settled(search: &mut GeneralisedSearch<'_, '_, '_>, mut estimate: Estimate) -> Result<Estimate> {
    // Past the deadline there are no evaluations but those of the results.
    if search.criterion.has_one_mode() || estimate.reason == Reason::Deadline {
        return Ok(estimate);
    }
    for round in 0..=RESTARTS {
        let value = match search.criterion.evaluate_afresh(&estimate.working) {
            Err(error) if error.code == Code::Numeric => f64::NAN,
            other => other?,
        };
        if (value - estimate.value).abs() <= SAME * (1.0 + value.abs()) {
            estimate.value = value;
            break;
        }
        if value.is_nan() || round == RESTARTS {
            (estimate.converged, estimate.reason) = (false, Reason::NoProgress);
            break;
        }
        search.criterion.forget_modes(true);
        let end = search.run(&estimate.working, search.options.tolerance).and_then(|end| search.finish(end));
        search.criterion.forget_modes(false);
        match end {
            Ok(end) => estimate = Estimate { others: estimate.others, ..end },
            Err(error) if error.code == Code::Numeric => (estimate.converged, estimate.reason) = (false, Reason::NoProgress),
            Err(error) => return Err(error),
        }
    }
    Ok(estimate)
}

/// The search from the start, or, where it gets stuck, from others: the criterion of a mixture with random effects in the zero part, or of
/// a cauchit model, falls without end where the information at a mode vanishes, and a search that begins near there does not come back.
/// Where all get stuck, all that the search can do from the first.
fn first_search(search: &mut GeneralisedSearch<'_, '_, '_>, x: &[f64]) -> Result<Summary> {
    if search.criterion.has_end()
        && search.options.optimizer == Method::Newton
        && let Some(end) = search.attempt(x)?
    {
        let end = if search.is_stuck(&end) { approach_end(search, end)? } else { end };
        if search.criterion.at_end || !search.is_stuck(&end) {
            return Ok(end);
        }
    }
    if search.options.optimizer != Method::Newton || search.criterion.has_one_mode() {
        return search.run(x, search.options.tolerance);
    }
    let mut starts = vec![x.to_vec()];
    if search.options.theta0.is_none() {
        starts.extend(other_starts(search.criterion, x));
    }
    let (mut first, mut lowest): (Option<Summary>, Option<Summary>) = (None, None);
    for (i, start) in starts.iter().enumerate() {
        if starts[..i].contains(start) {
            continue;
        }
        if let Some(mut end) = search.attempt(start)? {
            if search.is_stuck(&end) && end.scaled_gradient < IN_VALLEY {
                end = search.go_on(start, end)?;
            }
            if !search.is_stuck(&end) {
                return Ok(end);
            }
            if i == 0 {
                first = Some(end.clone());
            }
            if lowest.as_ref().is_none_or(|l| end.value < l.value) {
                lowest = Some(end);
            }
        }
        search.criterion.start_modes_at_zero();
    }
    let end = match first {
        Some(end) => search.go_on(x, end),
        None => search.run(x, search.options.tolerance),
    };
    match (end, lowest) {
        (Err(error), Some(lowest)) if error.code == Code::Numeric => Ok(lowest),
        (Err(error), None) if error.code == Code::Numeric => Err(Error::numeric(
            "the likelihood could not be evaluated at any start: the modes of the random effects are not found, or it is not finite there",
        )),
        (Ok(end), Some(lowest)) if lowest.value < end.value => Ok(lowest),
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
