//! Estimation of Cox models: the start, and the search.

use super::laplace::Laplace;
use super::unseen::unseen;
use crate::covariance::with_ranges;
use crate::error::{Code, Result};
use crate::options::Options;
use crate::search::correlations::other_correlations;
use crate::search::{Estimate, Search};

/// Variances that a search starts with.
const START: (f64, f64) = (0.02, 1.0);

/// Minimises the criterion, as `options` say.
pub fn estimate(laplace: &mut Laplace<'_>, options: &Options) -> Result<Estimate> {
    laplace.unseen = unseen(laplace.model)?;
    let start = match &options.theta0 {
        Some(theta0) => laplace.model.working_from_theta(theta0)?,
        None => score_start(laplace)?,
    };
    let mut search = Search::new(laplace, options);
    let first = search.run(&start, options.tolerance)?;
    let starts = if options.theta0.is_none() { other_correlations(&search.criterion.model.structures, &first.x) } else { vec![] };
    let mut ends = vec![first];
    for start in starts {
        if search.may_go_on() {
            ends.extend(search.attempt(&start)?);
        }
    }
    search.finish_lowest(ends)
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
