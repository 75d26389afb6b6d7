//! Estimation of linear models: starts, minimisation, other minima.

use super::basins::{Effort, further_basins, other_basins};
use super::correlation::opposite::opposite_start;
use super::correlation::scale::RhoScale;
use super::deviance::Deviance;
use super::start::moment_start;
use super::survey::lower_point;
use super::system::LinearSystem;
use crate::error::{Code, Error, Result};
use crate::optimize::{Objective, Summary};
use crate::options::{Options, Progress};
use crate::search::correlations::other_correlations;
use crate::search::{Criterion, Estimate, Search, boundary, is_converged};

/// Models whose evaluations together take fewer multiplications than this are fitted from several starts: the criterion
/// may have more than one minimum.
const CHEAP: f64 = 2e7;

/// Models so cheap that a hundred more values of the criterion don't matter.
const VERY_CHEAP: f64 = 0.1 * CHEAP;

/// Predicted decrease at which a second search is near enough to its minimum to be compared with the first.
const SAME_MINIMUM: f64 = 1e-6;

/// Ends whose criteria differ by more are other minima.
const ELSEWHERE: f64 = 1e-3;

/// Rounds of looking at other basins.
const MOST_BASINS: usize = 4;

type LinearSearch<'d, 'b, 'p, 'a> = Search<'d, 'b, 'p, Deviance<'a>>;

/// Minimises the criterion, as `options` say.
pub fn estimate(deviance: &mut Deviance<'_>, options: &Options, progress: Option<Progress<'_>>) -> Result<Estimate> {
    let mut search = Search::new(deviance, options, progress);
    let best = best_of_starts(&mut search)?;
    search.finish_with_others(best)
}

/// The minimum from working parameters that are likely to be near it, such as those of a similar response, or that of another basin.
/// With `others` these are found, too.
pub fn estimate_near(deviance: &mut Deviance<'_>, start: &[f64], options: &Options, others: bool) -> Result<Estimate> {
    let start = boundary::lifted(&deviance.system.structures, start, boundary::LIFT);
    let mut search = Search::new(deviance, options, None);
    let end = search.run(&start, options.tolerance)?;
    let cheap = cost(&search) < CHEAP;
    let best = lowest_basin(&mut search, end, Effort { cheap, thorough: others && cheap })?;
    if others { search.finish_with_others(best) } else { search.finish(best) }
}

/// The best of the minima that the starts lead to.
fn best_of_starts(search: &mut LinearSearch<'_, '_, '_, '_>) -> Result<Summary> {
    let (system, options) = (search.criterion.system, search.options);
    if let Some(theta0) = &options.theta0 {
        let start = off_the_boundary(system, working_from_theta(system, theta0)?);
        return search.run(&start, options.tolerance);
    }
    let moment = with_correlation(search.criterion, &moment_start(system))?;
    let mut best = search.run(&moment, options.tolerance)?;
    let cost = cost(search);
    let vector = system.structures.iter().any(|s| s.size > 1);
    if cost < CHEAP || (vector && boundary::is_singular(&system.structures, &best.x)) {
        for start in other_starts(search.criterion)? {
            // Near enough to tell whether it leads elsewhere; the first stays unless the other is lower by more than that.
            let other = search.run(&start, SAME_MINIMUM.max(options.tolerance))?;
            if other.value < best.value - SAME_MINIMUM.max(best.noise) {
                best = search.run(&other.x, options.tolerance)?;
            }
        }
    }
    if cost < CHEAP
        && search.may_go_on()
        && let Some(start) = opposite_start(search.criterion, &best)?
    {
        // It may as well lead to a limit, at which the likelihood has no bounds.
        best = search.attempt(&start)?.filter(|e| is_converged(e.reason) && e.value < best.value - SAME_MINIMUM).unwrap_or(best);
    }
    if cost < CHEAP && is_converged(best.reason) {
        for start in other_correlations(&system.structures, &best.x) {
            // Half of the evaluations are kept for what comes after.
            if search.criterion.evaluations() < options.max_evaluations / 2 {
                search_from_all(search, &[start], &mut best)?;
            }
        }
    }
    let effort = Effort { cheap: cost < CHEAP, thorough: cost < CHEAP };
    best = lowest_basin(search, best, effort)?;
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
            best = lowest_basin(search, other, effort)?;
        }
    }
    Ok(best)
}

/// Searches from each start; the best end counts. Whether one of them is another minimum than the best before.
fn search_from_all(search: &mut LinearSearch<'_, '_, '_, '_>, starts: &[Vec<f64>], best: &mut Summary) -> Result<bool> {
    let tolerance = search.options.tolerance;
    let (before, mut elsewhere) = (best.value, false);
    for start in starts {
        if !search.may_go_on() {
            break;
        }
        let Some(other) = leads_to(search, start, SAME_MINIMUM.max(tolerance))? else { continue };
        elsewhere |= (other.value - before).abs() > ELSEWHERE;
        if other.value < best.value - (0.1 * SAME_MINIMUM).max(best.noise)
            && let Some(lower) = leads_to(search, &other.x, tolerance)?
        {
            *best = lower;
        }
    }
    Ok(elsewhere)
}

/// The end of a search; none where it runs to a residual variance of nothing but rounding, at which the likelihood may be flat.
fn leads_to(search: &mut LinearSearch<'_, '_, '_, '_>, start: &[f64], tolerance: f64) -> Result<Option<Summary>> {
    let work = |search: &mut LinearSearch<'_, '_, '_, '_>| -> Result<Summary> {
        let end = search.run(start, tolerance)?;
        search.criterion.move_to(&end.x)?;
        search.criterion.check_residual()?;
        Ok(end)
    };
    match work(search) {
        Ok(end) => Ok(Some(end)),
        Err(error) if error.code == Code::Numeric => Ok(None),
        Err(error) => Err(error),
    }
}

/// The multiplications of a search's step.
fn cost(search: &LinearSearch<'_, '_, '_, '_>) -> f64 {
    let (flops, entries) = search.criterion.random.size();
    // Small blocks cost more in overhead than in multiplications.
    (flops + 1000.0 * entries as f64) * (search.criterion.system.n_working() + 1) as f64
}

/// The lowest of a minimum and those in other basins, from which others are looked at in turn.
fn lowest_basin(search: &mut LinearSearch<'_, '_, '_, '_>, mut best: Summary, effort: Effort) -> Result<Summary> {
    for _ in 0..MOST_BASINS {
        if !search.may_go_on() || !is_converged(best.reason) {
            break;
        }
        let before = best.clone();
        let starts = other_basins(search.criterion, &best, effort)?;
        let elsewhere = search_from_all(search, &starts, &mut best)?;
        if elsewhere && effort.thorough {
            let further = further_basins(search.criterion.system, &before, &starts);
            search_from_all(search, &further, &mut best)?;
        }
        if best.value >= before.value {
            break;
        }
    }
    Ok(best)
}

/// The structures' own starts; where residuals are correlated these, and such with little of it in the random effects, from every
/// correlation.
fn other_starts(deviance: &mut Deviance<'_>) -> Result<Vec<Vec<f64>>> {
    let system = deviance.system;
    let mut unit = vec![0.0; system.n_theta()];
    let mut first = 0;
    for structure in &system.structures {
        structure.start(&mut unit[first..first + structure.n_theta()]);
        first += structure.n_theta();
    }
    let Some(products) = &system.correlation else { return Ok(vec![unit]) };
    let mut starts: Vec<Vec<f64>> = products.starts().into_iter().map(|x| [&unit[..], &[x]].concat()).collect();
    if !unit.is_empty() {
        starts = vec![with_correlation(deviance, &unit)?];
        let factors = vec![0.1; system.structures.len()];
        let small = super::survey::scaled(system, &starts[0], &factors)?;
        starts.push(with_correlation(deviance, &small[..system.n_theta()])?);
    }
    Ok(starts)
}

/// Parameters of random effects with the best of a few correlations, if residuals are correlated.
fn with_correlation(deviance: &mut Deviance<'_>, theta: &[f64]) -> Result<Vec<f64>> {
    let Some(products) = &deviance.system.correlation else { return Ok(theta.to_vec()) };
    let mut best: Option<(f64, Vec<f64>)> = None;
    for x in products.starts() {
        let trial = [theta, &[x]].concat();
        let value = deviance.value(&trial)?;
        if best.as_ref().is_none_or(|(lowest, _)| value < *lowest) {
            best = Some((value, trial));
        }
    }
    Ok(best.map_or_else(|| [theta, &[0.5]].concat(), |(_, trial)| trial))
}

/// The user's theta (all terms, one after the other), and the residual correlation if there is one, as working parameters.
pub fn working_from_theta(system: &LinearSystem, theta: &[f64]) -> Result<Vec<f64>> {
    if theta.len() != system.n_working() {
        let and = if system.correlation.is_some() { ", the residual correlation behind it" } else { "" };
        return Err(Error::argument(format!("theta has {} elements, the model has {}{and}", theta.len(), system.n_working())));
    }
    let mut theta = theta.to_vec();
    let mut working = vec![0.0; theta.len()];
    if let (Some(products), [.., rho], [.., x]) = (&system.correlation, &theta[..], &mut working[..]) {
        *x = products.scale.coordinate(*rho).ok_or_else(|| {
            Error::argument(format!("the residual correlation {rho} is out of range: {}", products.scale.range()))
        })?;
    }
    let mut first = 0;
    for (k, structure) in system.structures.iter().enumerate() {
        let range = first..first + structure.n_theta();
        first = range.end;
        system.units(k).working(&mut theta[range.clone()], &mut working[range])?;
    }
    Ok(working)
}

/// A correlation of zero in continuous time, where the criterion has no slope in its coordinate, a little off it.
pub fn off_the_boundary(system: &LinearSystem, mut working: Vec<f64>) -> Vec<f64> {
    if let (Some(products), [.., x]) = (&system.correlation, &mut working[..])
        && matches!(products.scale, RhoScale::Positive { .. })
    {
        *x = x.abs().max(0.1);
    }
    working
}

/// The user's theta of working parameters, and the residual correlation if there is one.
pub fn theta_from_working(system: &LinearSystem, working: &[f64], theta: &mut [f64]) {
    if let (Some(products), [.., rho], [.., x]) = (&system.correlation, &mut *theta, working) {
        *rho = products.scale.rho(*x);
    }
    let mut first = 0;
    for (k, structure) in system.structures.iter().enumerate() {
        let range = first..first + structure.n_theta();
        first = range.end;
        system.units(k).theta(&working[range.clone()], &mut theta[range]);
    }
}
