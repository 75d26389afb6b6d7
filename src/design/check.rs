//! Whether random terms can be estimated from the data at all, as lme4 checks it.

use crate::design::{Design, TermDesign};
use crate::error::{Error, Result};
use crate::frame::names::quoted;

/// Fails where a generalised model can't be identified: a grouping factor with one level, in any predictor. As many random effects
/// as observations are legitimate there (overdispersion of counts): no residual is confounded with them.
pub fn check_groups_generalised(design: &Design) -> Result<()> {
    let further = design.dispersion.iter().chain(&design.zero_inflation).flat_map(|predictor| &predictor.terms);
    design.terms.iter().chain(further).try_for_each(check_levels)
}

fn check_levels(term: &TermDesign) -> Result<()> {
    let (group, levels) = (quoted(&term.group), term.levels.len());
    if levels >= 2 {
        return Ok(());
    }
    Err(Error::data(format!("the grouping factor {group} has {levels} level in the rows used, must have at least 2")))
}

/// For linear models alone, where the residual needs telling apart; `check_groups_generalised` is for the others.
/// Fails where a linear mixed model can't be identified: a grouping factor with one level, or a term with as many random effects
/// as there are observations (these and the residual are then confounded). Weights that differ between rows set the
/// residual apart (a meta-analysis with known variances), so that the second check is left out.
pub fn check_groups(design: &Design) -> Result<()> {
    let unequal = design.weights.as_ref().is_some_and(|w| w.windows(2).any(|pair| pair[0] != pair[1]));
    for term in &design.terms {
        let (levels, effects, n) = (term.levels.len(), term.effects.len(), design.n);
        let group = quoted(&term.group);
        check_levels(term)?;
        if unequal {
            continue;
        }
        if levels >= n {
            let message = format!(
                "the grouping factor {group} has {levels} levels for {n} observations, must have fewer; its effects and the residual are confounded"
            );
            return Err(Error::data(message));
        }
        let random_effects = levels.saturating_mul(effects);
        if random_effects >= n {
            let (names, count) = (term.effects.join(" + "), effects);
            let message = format!(
                "the term ({names} | {}) has {random_effects} random effects ({count} for each of {levels} levels) for {n} observations, \
                 must have fewer; they and the residual are confounded",
                term.group
            );
            return Err(Error::data(message));
        }
    }
    Ok(())
}
