//! Working parameters with the covariances of some effects changed, for starts.

use crate::covariance::{Structure, with_ranges};

/// An effect of a term; all of them where there is none.
pub type Effect = (usize, Option<usize>);

/// The working parameters with the covariance of some effects changed, which is called with the term, its covariance and its effects.
pub fn changed(
    structures: &[Structure],
    working: &[f64],
    effects: &[Effect],
    mut change: impl FnMut(usize, &mut [f64], &[usize]),
) -> Vec<f64> {
    let mut out = working.to_vec();
    for (k, (structure, range)) in with_ranges(structures).enumerate() {
        let r = structure.size;
        let own: Vec<usize> =
            (0..r).filter(|e| effects.iter().any(|(term, effect)| *term == k && effect.is_none_or(|f| f == *e))).collect();
        if own.is_empty() {
            continue;
        }
        let mut cov = structure.relative_covariance(&working[range.clone()]);
        change(k, &mut cov, &own);
        structure.from_covariance(&cov, &mut out[range]);
    }
    out
}
