//! Clusters that are independent of each other by the model.

use super::SANDWICH;
use crate::diagnostics::influence::Units;
use crate::error::{Error, Result, try_vec};
use crate::fit::Fit;
use crate::names::quoted;

/// A row in no place yet.
pub const NOWHERE: u32 = u32::MAX;

/// An error where clusters share a level of a random term, or a group of residual correlation; `what` wants that they do not.
pub fn check_independent(fit: &Fit, units: &Units, what: &str) -> Result<()> {
    let cluster = by_row(fit, units)?;
    let correlated = fit.correlation().map(|own| (&own.design.group, &own.design.index[..], own.design.n_groups));
    let designs = fit.named_terms().map(|(_, term)| &term.design);
    let terms = designs.map(|design| (&design.group, &design.index[..], design.levels.len()));
    for (name, index, levels) in terms.chain(correlated) {
        let mut of = try_vec(SANDWICH, NOWHERE, levels)?;
        for (row, level) in index.iter().enumerate() {
            let own = &mut of[*level as usize];
            if *own != NOWHERE && *own != cluster[row] {
                let (a, b) = (quoted(&units.labels[*own as usize]), quoted(&units.labels[cluster[row] as usize]));
                let name = quoted(name);
                return Err(Error::argument(format!("robust: clusters {a} and {b} share a level of {name}; {what}")));
            }
            *own = cluster[row];
        }
    }
    Ok(())
}

/// The cluster of each row.
pub fn by_row(fit: &Fit, units: &Units) -> Result<Vec<u32>> {
    let mut cluster = try_vec(SANDWICH, NOWHERE, fit.n_obs)?;
    for j in 0..units.len() {
        units.rows(j).iter().for_each(|row| cluster[*row as usize] = j as u32);
    }
    Ok(cluster)
}
