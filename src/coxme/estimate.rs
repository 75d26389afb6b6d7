//! Estimation of Cox models: the start, and the search.

use super::integrated::Integrated;
use super::laplace::Laplace;
use super::unseen::unseen;
use crate::covariance::with_ranges;
use crate::error::{Code, Error, Result};
use crate::optimize::{Objective, Summary};
use crate::options::{FixedEffectsBy, Options};
use crate::search::correlations::other_correlations;
use crate::search::{Criterion, Estimate, Search};

/// The standard deviation that is none, and those that are tried beyond it.
const NO_VARIANCE: f64 = 1e-3;
const FAR_OUT: [f64; 3] = [1.0, 3.0, 10.0];

/// Variances that a search starts with.
const START: (f64, f64) = (0.02, 1.0);

/// Minimises the criterion, as `options` say. Where fixed effects maximise the integrated likelihood they are held in the end.
pub fn estimate(laplace: &mut Laplace<'_>, options: &Options) -> Result<Estimate> {
    estimate_from(laplace, None, options)
}

/// The same; the first search begins at theta that is likely to be near.
pub fn estimate_from(laplace: &mut Laplace<'_>, near: Option<&[f64]>, options: &Options) -> Result<Estimate> {
    laplace.joint.all_held = false;
    let joint = with_joint_mode(laplace, near, options)?;
    if options.fixed_effects == FixedEffectsBy::Joint || laplace.model.p() == 0 {
        return Ok(joint);
    }
    laplace.evaluate(&joint.working)?;
    if !laplace.joint.monotone()?.is_empty() {
        return Err(Error::numeric(
            "fixed_effects: the integrated likelihood has no maximum, as coefficients have no finite estimate (monotone likelihood); the \
             joint mode (fixed_effects joint) holds them far out and names them",
        ));
    }
    let start = [&joint.working[..], &laplace.joint.beta].concat();
    let mut criterion = Integrated { laplace };
    let mut search = Search::new(&mut criterion, options);
    let end = search.run(&start, options.tolerance)?;
    let mut end = search.finish_lowest(vec![end])?;
    let beta = end.working.split_off(laplace.model.n_theta());
    laplace.joint.hold_all(&beta);
    Ok(end)
}

/// With the fixed effects at the joint mode.
fn with_joint_mode(laplace: &mut Laplace<'_>, near: Option<&[f64]>, options: &Options) -> Result<Estimate> {
    laplace.unseen = unseen(laplace.model, &laplace.model.sets)?;
    let start = match options.theta0.as_deref().or(near) {
        Some(theta0) => laplace.model.working_from_theta(theta0)?,
        None => score_start(laplace)?,
    };
    let mut search = Search::new(laplace, options);
    let first = match search.run(&start, options.tolerance) {
        Err(error) if error.code == Code::Numeric => {
            // What can't be had at the start is an error with a reason, not a point to turn away from.
            search.criterion.evaluate(&start)?;
            return Err(error);
        }
        other => other?,
    };
    let mut starts = vec![];
    if options.theta0.is_none() {
        starts = other_correlations(&search.criterion.model.structures, &first.x);
        starts.extend(beyond_zero(search.criterion, &first)?);
    }
    let mut ends = vec![first];
    for start in starts {
        if search.may_go_on() {
            ends.extend(search.attempt_elsewhere(&start)?);
        }
    }
    search.finish_lowest(ends)
}

/// A point of a lower criterion where terms have no variance at the end of a search: few events may have a second minimum far out.
fn beyond_zero(laplace: &mut Laplace<'_>, end: &Summary) -> Result<Option<Vec<f64>>> {
    let (model, mut lowest) = (laplace.model, (end.value, None));
    for (structure, range) in with_ranges(&model.structures) {
        let r = structure.size;
        let mut t = vec![0.0; r * r];
        structure.factor(&end.x[range.clone()], &mut t);
        if t.iter().any(|t| t.abs() > NO_VARIANCE) {
            continue;
        }
        for sd in FAR_OUT {
            let mut x = end.x.clone();
            let cov: Vec<f64> = (0..r * r).map(|e| if e % (r + 1) == 0 { sd * sd } else { 0.0 }).collect();
            structure.from_covariance(&cov, &mut x[range.clone()]);
            laplace.settle(&mut x);
            let value = laplace.value(&x)?;
            if value < lowest.0 {
                lowest = (value, Some(x));
            }
        }
    }
    Ok(lowest.1)
}

/// Each effect as a variance component of its own, by its score and information at no variance: with g the score of eta and W its
/// information, `(|Z'g|^2 - tr Z'WZ) / |Z'WZ|_F^2`.
fn score_start(laplace: &mut Laplace<'_>) -> Result<Vec<f64>> {
    let model = laplace.model;
    let mut start = vec![0.0; model.n_theta()];
    match laplace.evaluate(&start) {
        Err(error) if error.code == Code::Numeric => {
            with_ranges(&model.structures).for_each(|(structure, range)| structure.start(&mut start[range]));
            return Ok(start);
        }
        other => other?,
    };
    let zg = laplace.random_score()?;
    for (k, (structure, range)) in with_ranges(&model.structures).enumerate() {
        let (r, own) = (structure.size, model.layout.offset(k)..model.layout.offset(k + 1));
        let mut cov = vec![0.0; r * r];
        for e in 0..r {
            let effects = || own.clone().skip(e).step_by(r);
            let (trace, square) = laplace.joint.system.size_of(model, &laplace.joint.partial, k, e)?;
            let excess: f64 = effects().map(|i| zg[i] * zg[i]).sum::<f64>() - trace;
            let variance = excess / square;
            cov[e * (r + 1)] = if variance.is_finite() { variance.clamp(START.0, START.1) } else { START.0 };
        }
        structure.from_covariance(&cov, &mut start[range]);
    }
    Ok(start)
}
