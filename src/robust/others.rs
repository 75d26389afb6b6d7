//! What clusters add to the fixed effects of models that are not linear.

use super::SANDWICH;
use super::independent::{NOWHERE, by_row, check_independent};
use crate::diagnostics::influence::{Steps, Units};
use crate::error::{Error, Result, try_vec};
use crate::fit::Fit;
use crate::fit::cox::CoxModel;
use crate::watch::{Phase, Watch};

/// V s_j of each cluster, and the sum of the squares of those of single rows `[p, p]` where there are any.
pub type Moves = (Vec<Vec<f64>>, Option<Vec<f64>>);

/// Those of a fit.
pub fn moves(fit: &Fit, units: &Units, watch: &Watch<'_>) -> Result<Moves> {
    check_independent(fit, units, "scores of this model want each level within one cluster")?;
    if let Some(cox) = fit.cox() {
        fit.at_joint_mode("robust")?;
        return of_cox(fit, &fit.cox_model(cox)?, units, watch);
    }
    let Some(steps) = Steps::new(fit, watch)? else { return Err(Error::unsupported("robust: of models with a likelihood")) };
    let mut all = try_vec(SANDWICH, vec![], units.len())?;
    for (j, own) in all.iter_mut().enumerate() {
        watch.round(Phase::Residuals, j, units.len())?;
        *own = steps.moved(units.rows(j), watch)?;
    }
    Ok((all, None))
}

/// Sums of dfbeta residuals (Lin & Wei 1989), given the covariances of random effects, whose prior belongs to its cluster.
fn of_cox(fit: &Fit, own: &CoxModel, units: &Units, watch: &Watch<'_>) -> Result<Moves> {
    let design = fit.design()?;
    let laplace = own.at_estimates(watch)?;
    let cluster = by_row(fit, units)?;
    let mut of_level = vec![];
    for term in &design.terms {
        let first = of_level.len();
        of_level.resize(first + term.levels.len(), NOWHERE);
        term.index.iter().zip(&cluster).for_each(|(level, cluster)| of_level[first + *level as usize] = *cluster);
    }
    let p = fit.fixed.names.len();
    let mut moves = try_vec(SANDWICH, vec![0.0; p], units.len())?;
    let mut all = vec![];
    for (j, scale) in own.model.x_scales.iter().enumerate() {
        watch.round(Phase::Residuals, j, p)?;
        let mut rows = try_vec(SANDWICH, 0.0, fit.n_obs)?;
        laplace.influence(j, &mut rows)?;
        let levels = laplace.influence_of_levels(j)?;
        for (cluster, share) in cluster.iter().zip(&rows).chain(of_level.iter().zip(&levels)) {
            if let Some(own) = moves.get_mut(*cluster as usize) {
                own[j] += share / scale;
            }
        }
        rows.iter_mut().for_each(|share| *share /= scale);
        all.push(rows);
    }
    let square = |e: usize| all[e % p].iter().zip(&all[e / p]).map(|(x, y)| x * y).sum();
    let squares = (0..p * p).map(square).collect();
    Ok((moves, Some(squares)))
}
