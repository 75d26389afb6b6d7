//! Separation: which parameters have no finite estimate, what their variances become, and what is said of them.

use crate::glmm::solution::Solution;
use crate::names::quoted;

/// Standard deviations of random effects, as a multiple of the latent variable's, that say that groups separate the response.
const SEPARATE: f64 = 5.0;

/// Parameters whose part in the direction of separation is at least this, relative to the largest, are named.
const PART: f64 = 0.05;

/// Places, among all parameters, of those without a finite estimate. `blocks`: the reach of the parameters that may be separated together,
/// the largest absolute value of each one's column, with the place of the first.
pub(super) fn separated(solution: &Solution, blocks: &[(usize, Vec<f64>)]) -> Vec<usize> {
    if solution.toward.is_empty() {
        return vec![];
    }
    let mut places = vec![];
    for (first, reach) in blocks {
        let part = |j: usize| solution.toward[first + j].abs() * reach[j];
        let largest = (0..reach.len()).map(part).fold(0.0, f64::max);
        places.extend((0..reach.len()).filter(|&j| largest > 0.0 && part(j) >= PART * largest).map(|j| first + j));
    }
    places
}

/// The largest absolute value of each column kept.
pub(super) fn reach<'a>(kept: &'a [usize], x: &'a [f64], n: usize) -> impl Iterator<Item = f64> + 'a {
    kept.iter().map(move |&j| x[j * n..(j + 1) * n].iter().fold(0.0, |m: f64, v| m.max(v.abs())))
}

/// A coefficient without a finite estimate has no z: its standard error is at least this many times where the search ended. Of cauchit, whose
/// information falls slowly, the end is so far out that rounding would decide.
const WIDE: f64 = 100.0;

/// The directions of separation get this much variance, and only they: what they don't move keeps its standard error.
pub(super) fn widen(solution: &mut Solution, estimates: &[f64], places: &[usize]) {
    let k = solution.vcov.len().isqrt();
    if k == 0 {
        return;
    }
    let first = solution.root.len() - solution.wide * k;
    let length = |j: usize| solution.root[first..].chunks_exact(k).map(|d| d[j] * d[j]).sum::<f64>().sqrt();
    let wanted = places.iter().map(|&j| WIDE * estimates[j].abs() / length(j)).filter(|v| v.is_finite());
    let factor = wanted.fold(WIDE, f64::max);
    for column in solution.root[first..].chunks_exact_mut(k) {
        column.iter_mut().for_each(|v| *v *= factor);
        for (own, right) in solution.vcov.chunks_exact_mut(k).zip(&*column) {
            own.iter_mut().zip(&*column).for_each(|(v, left)| *v += left * right);
        }
    }
}

/// What is said of separation.
pub(super) fn separation_warning(names: &[String]) -> Option<String> {
    let which = coefficients(names)?;
    Some(format!("separation: {which} no finite maximum likelihood estimate; what is reported is where the search ended"))
}

/// What is said of separation of coefficients that priors keep finite.
pub(super) fn prior_decides(names: &[String]) -> Option<String> {
    let which = coefficients(names)?;
    Some(format!("separation: {which} no finite maximum likelihood estimate; the prior decides what is reported"))
}

fn coefficients(names: &[String]) -> Option<String> {
    let quoted: Vec<String> = names.iter().map(|name| quoted(name)).collect();
    match quoted.as_slice() {
        [] => None,
        [one] => Some(format!("the coefficient of {one} has")),
        [all @ .., last] => Some(format!("the coefficients of {} and {last} have", all.join(", "))),
    }
}

/// What is said where random effects have so many times the variance of the latent variable.
pub(super) fn nearly_separate(ratio: f64) -> Option<String> {
    (ratio > SEPARATE * SEPARATE).then(|| {
        format!(
            "the standard deviation of the random effects is {:.0} times that of the latent variable: groups show hardly more than one \
             response each, and there may be no finite maximum of the likelihood; the approximation is poor there (see nagq)",
            ratio.sqrt()
        )
    })
}
