//! What clusters add to the fixed effects of models that are not linear.

use super::SANDWICH;
use super::independent::{NOWHERE, by_row, check_independent};
use crate::diagnostics::influence::{Steps, Units};
use crate::error::{Error, Result, try_vec};
use crate::fit::Fit;
use crate::fit::cox::CoxModel;
use crate::watch::{Phase, Watch};

/// V s_j of each cluster.
pub fn moves(fit: &Fit, units: &Units, watch: &Watch<'_>) -> Result<Vec<Vec<f64>>> {
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
    Ok(all)
}

/// Sums of dfbeta residuals (Lin & Wei 1989), given the covariances of random effects, whose prior belongs to its cluster.
fn of_cox(fit: &Fit, own: &CoxModel, units: &Units, watch: &Watch<'_>) -> Result<Vec<Vec<f64>>> {
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
    let mut rows = try_vec(SANDWICH, 0.0, fit.n_obs)?;
    for (j, scale) in own.model.x_scales.iter().enumerate() {
        watch.round(Phase::Residuals, j, p)?;
        laplace.influence(j, &mut rows)?;
        let levels = laplace.influence_of_levels(j)?;
        for (cluster, share) in cluster.iter().zip(&rows).chain(of_level.iter().zip(&levels)) {
            if let Some(own) = moves.get_mut(*cluster as usize) {
                own[j] += share / scale;
            }
        }
    }
    Ok(moves)
}
