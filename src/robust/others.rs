//! What clusters add to the fixed effects of models that are not linear.

use super::SANDWICH;
use super::independent::check_independent;
use crate::diagnostics::FixefResiduals;
use crate::diagnostics::influence::{Steps, Units};
use crate::error::{Error, Result, try_vec};
use crate::fit::Fit;
use crate::watch::{Phase, Watch};

/// V s_j of each cluster.
pub fn moves(fit: &Fit, units: &Units, watch: &Watch<'_>) -> Result<Vec<Vec<f64>>> {
    if fit.cox().is_some() {
        return of_cox(fit, units, watch);
    }
    check_independent(fit, units, "scores of this model want each level within one cluster")?;
    let Some(steps) = Steps::new(fit, watch)? else { return Err(Error::unsupported("robust: of models with a likelihood")) };
    let mut all = try_vec(SANDWICH, vec![], units.len())?;
    for (j, own) in all.iter_mut().enumerate() {
        watch.round(Phase::Residuals, j, units.len())?;
        *own = steps.moved(units.rows(j), watch)?;
    }
    Ok(all)
}

/// Sums of dfbeta residuals (Lin & Wei 1989), without random effects.
fn of_cox(fit: &Fit, units: &Units, watch: &Watch<'_>) -> Result<Vec<Vec<f64>>> {
    if !fit.terms.is_empty() {
        return Err(Error::unsupported("robust: a Cox model with random effects has no scores of clusters"));
    }
    let dfbeta = fit.fixef_residuals(FixefResiduals::Dfbeta, watch)?;
    let sum = |j: usize| {
        dfbeta.chunks_exact(fit.n_obs.max(1)).map(|column| units.rows(j).iter().map(|row| column[*row as usize]).sum()).collect()
    };
    Ok((0..units.len()).map(sum).collect())
}
