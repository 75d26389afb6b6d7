//! Estimation of linear models: starts, minimisation, other minima.

use super::basins::{Effort, further_basins, other_basins};
use super::correlation::opposite::opposite_start;
use super::deviance::Deviance;
use super::parameters::{off_the_boundary, working_from_theta};
use super::start::{moment_start, other_starts, with_correlation};
use super::survey::lower_point;
use crate::error::{Code, Result};
use crate::optimize::Summary;
use crate::options::Options;
use crate::search::correlations::other_correlations;
use crate::search::minima::{APART, SAME_MINIMUM};
use crate::search::{Criterion, Estimate, Search, boundary, is_converged};

/// Models whose evaluations together take fewer multiplications than this are fitted from several starts: the criterion
/// may have more than one minimum.
const CHEAP: f64 = 2e7;

/// Models so cheap that a hundred more values of the criterion don't matter.
const VERY_CHEAP: f64 = 0.1 * CHEAP;

/// Rounds of looking at other basins.
const MOST_BASINS: usize = 4;

type LinearSearch<'d, 'b, 'a> = Search<'d, 'b, Deviance<'a>>;

/// Minimises the criterion, as `options` say.
pub fn estimate(deviance: &mut Deviance<'_>, options: &Options) -> Result<Estimate> {
    estimate_from(deviance, None, options)
}

/// The same; the first search begins at theta that is likely to be near.
pub fn estimate_from(deviance: &mut Deviance<'_>, near: Option<&[f64]>, options: &Options) -> Result<Estimate> {
    let mut search = Search::new(deviance, options);
    let best = best_of_starts(&mut search, near)?;
    search.finish_with_others(best)
}

/// The minimum from working parameters that are likely to be near it, such as those of a similar response, or that of another basin.
/// With `others` these are found, too.
pub fn estimate_near(deviance: &mut Deviance<'_>, start: &[f64], options: &Options, others: bool) -> Result<Estimate> {
    let start = boundary::lifted(&deviance.system.structures, start, boundary::LIFT);
    let mut search = Search::new(deviance, options);
    let end = search.run(&start, options.tolerance)?;
    let cheap = cost(&search) < CHEAP;
    let best = lowest_basin(&mut search, end, Effort { cheap, thorough: others && cheap })?;
    if others { search.finish_with_others(best) } else { search.finish(best) }
}

/// The best of the minima that the starts lead to.
fn best_of_starts(search: &mut LinearSearch<'_, '_, '_>, near: Option<&[f64]>) -> Result<Summary> {
    let (system, options) = (search.criterion.system, search.options);
    if let Some(theta0) = &options.theta0 {
        let start = off_the_boundary(system, working_from_theta(system, theta0)?);
        return search.run(&start, options.tolerance);
    }
    let first = match near {
        Some(theta) => off_the_boundary(system, working_from_theta(system, theta)?),
        None => with_correlation(search.criterion, &moment_start(system))?,
    };
    let mut best = search.run(&first, options.tolerance)?;
    let cost = cost(search);
    let vector = system.structures.iter().any(|s| s.size > 1);
    if cost < CHEAP || (vector && boundary::is_singular(&system.structures, &best.x)) {
        for start in other_starts(search.criterion)? {
            // Near enough to tell whether it leads elsewhere; the first stays unless the other is lower by more than that.
            let other = search.seek(&start, SAME_MINIMUM.max(options.tolerance))?;
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
fn search_from_all(search: &mut LinearSearch<'_, '_, '_>, starts: &[Vec<f64>], best: &mut Summary) -> Result<bool> {
    let tolerance = search.options.tolerance;
    let (before, mut elsewhere) = (best.value, false);
    for start in starts {
        if !search.may_go_on() {
            break;
        }
        let Some(other) = leads_to(search, |search| search.seek(start, SAME_MINIMUM.max(tolerance)))? else { continue };
        elsewhere |= (other.value - before).abs() > APART;
        if other.value < best.value - (0.1 * SAME_MINIMUM).max(best.noise)
            && let Some(lower) = leads_to(search, |search| search.run(&other.x, tolerance))?
        {
            *best = lower;
        }
    }
    Ok(elsewhere)
}

/// The end of a search; none where it runs to a residual variance of nothing but rounding, at which the likelihood may be flat.
fn leads_to<'d, 'b, 'a>(
    search: &mut LinearSearch<'d, 'b, 'a>,
    run: impl Fn(&mut LinearSearch<'d, 'b, 'a>) -> Result<Summary>,
) -> Result<Option<Summary>> {
    let work = |search: &mut LinearSearch<'d, 'b, 'a>| -> Result<Summary> {
        let end = run(search)?;
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
fn cost(search: &LinearSearch<'_, '_, '_>) -> f64 {
    let (flops, entries) = search.criterion.random.size();
    // Small blocks cost more in overhead than in multiplications.
    (flops + 1000.0 * entries as f64) * (search.criterion.system.n_working() + 1) as f64
}

/// The lowest of a minimum and those in other basins, from which others are looked at in turn.
fn lowest_basin(search: &mut LinearSearch<'_, '_, '_>, mut best: Summary, effort: Effort) -> Result<Summary> {
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
