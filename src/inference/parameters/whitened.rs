//! Effects of columns that are made orthogonal, one after the other: with Z'Z / n = L L' and b~ = L'b, Z b = Z L'^-1 b~. A covariate of
//! another origin or unit, beside a constant before it, has the same Z L'^-1.

use crate::error::{Error, Result};
use crate::fit::{Fit, TermFit};
use crate::formula::StructureKind;
use crate::linalg::dense::{cholesky, dot_in_order as dot};
use crate::names::quoted;

/// Digits of the covariance are lost as the square of a column's distance from zero in its standard deviations: beyond this too many.
const TOO_FAR: f64 = 3e3;

/// L `[r, r]` of each term; none of those that stay as they are.
pub fn bases(fit: &Fit) -> Result<Vec<Option<Vec<f64>>>> {
    fit.named_terms().map(|(_, term)| basis(fit, term)).collect()
}

fn basis(fit: &Fit, term: &TermFit) -> Result<Option<Vec<f64>>> {
    let (r, n) = (term.design.effects.len(), term.design.index.len());
    let Some(z) = term.design.z.as_deref().filter(|_| term.design.structure.kind == StructureKind::Unstructured) else {
        return Ok(None);
    };
    if r < 2 || n != fit.n_obs || z.len() != n * r {
        return Ok(None);
    }
    let column = |e: usize| &z[e * n..(e + 1) * n];
    let scale: Vec<f64> = (0..r).map(|e| (dot(column(e), column(e)) / n as f64).sqrt()).collect();
    if scale.iter().any(|scale| !scale.is_normal()) {
        return Ok(None);
    }
    let product = |e: usize| dot(column(e % r), column(e / r)) / n as f64 / scale[e % r] / scale[e / r];
    let mut root: Vec<f64> = (0..r * r).map(product).collect();
    if cholesky(r, &mut root).is_err() {
        return Ok(None);
    }
    if let Some(far) = (1..r).find(|&e| (0..e).any(|j| root[j * r + e].abs() > TOO_FAR * root[e * r + e])) {
        let name = quoted(&term.design.effects[far]);
        return Err(Error::numeric(format!("the column {name} of the random effects is too far from zero for it; centre it")));
    }
    Ok(Some((0..r * r).map(|e| if e % r < e / r { 0.0 } else { root[e] * scale[e % r] }).collect()))
}
