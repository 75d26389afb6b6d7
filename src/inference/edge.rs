//! The null distribution of a likelihood ratio between nested models whose random terms differ: which variances are at their edge.

use super::degrees_of_freedom::covariance_of_variances;
use super::mixture::Mixture;
use super::nesting::{has_free_variances, not_nested};
use crate::error::{Code, Result};
use crate::fit::{Fit, Role, TermFit};
use crate::formula::StructureKind;
use crate::watch::Watch;

/// The terms of two fits that the other does not have, and the places of those that both have: in the larger fit, in the smaller one.
struct Differing<'f> {
    smaller: Vec<&'f TermFit>,
    larger: Vec<&'f TermFit>,
    same: Vec<Option<usize>>,
}

/// The distribution that a likelihood ratio has if the smaller model holds. Only models that are nested and differ in their random terms
/// alone have another than chi-square.
pub fn null_distribution(smaller: &Fit, larger: &Fit, watch: &Watch<'_>) -> Result<Mixture> {
    let df = larger.npar.saturating_sub(smaller.npar);
    let plain = Mixture::chi_square(df);
    if df == 0 || !alike(smaller, larger) || not_nested(smaller, larger, watch)?.is_some() {
        return Ok(plain);
    }
    let own = Differing::new(smaller, larger);
    let count = |terms: &[&TermFit]| terms.iter().map(|term| variances(term)).sum::<Option<usize>>();
    let (Some(before), Some(after)) = (count(&own.smaller), count(&own.larger)) else { return Ok(plain) };
    // A variance that becomes several is at no edge.
    if !own.smaller.iter().all(|term| has_free_variances(term)) {
        return Ok(plain);
    }
    match after.saturating_sub(before) {
        0 => Ok(plain),
        1 => Ok(Mixture::one_variance(df)),
        m if own.smaller.is_empty() && m == df && larger.is_linear() => match by_information(smaller, larger, &own, watch) {
            Err(error) if error.code == Code::Numeric => Ok(Mixture::bound(df)),
            answer => answer,
        },
        _ => Ok(Mixture::bound(df)),
    }
}

/// Whether two fits have all but their random terms in common.
fn alike(smaller: &Fit, larger: &Fit) -> bool {
    let names = |fit: &Fit, role| fit.fixed_of(role).map(|fixed| fixed.names.clone());
    let parameters = |fit: &Fit| fit.generalised().map_or(0, |own| own.parameters.len());
    smaller.correlation().is_some() == larger.correlation().is_some()
        && Role::ORDER.into_iter().all(|role| names(smaller, role) == names(larger, role))
        && parameters(smaller) == parameters(larger)
}

/// The variances that a term has, each zero by itself where its effects have none; `None` of one whose correlation means nothing then.
fn variances(term: &TermFit) -> Option<usize> {
    match term.design.structure.kind {
        _ if has_free_variances(term) => Some(term.design.effects.len()),
        StructureKind::Diagonal => Some(1),
        _ => None,
    }
}

impl<'f> Differing<'f> {
    fn new(smaller: &'f Fit, larger: &'f Fit) -> Self {
        let mut rest: Vec<Option<(Role, &TermFit)>> = smaller.all_terms().map(Some).collect();
        let mut own = Differing { smaller: vec![], larger: vec![], same: vec![] };
        for (role, term) in larger.all_terms() {
            let equal = |other: &Option<(Role, &TermFit)>| {
                other.is_some_and(|(its, other)| {
                    let (a, b) = (&term.design, &other.design);
                    its == role && a.group == b.group && a.effects == b.effects && a.structure == b.structure
                })
            };
            let place = rest.iter().position(equal);
            match place {
                Some(place) => rest[place] = None,
                None => own.larger.push(term),
            }
            own.same.push(place);
        }
        own.smaller = rest.into_iter().flatten().map(|(_, term)| term).collect();
        own
    }
}

/// Several variances of their own: the weights follow from the information at the smaller fit.
fn by_information(smaller: &Fit, larger: &Fit, own: &Differing<'_>, watch: &Watch<'_>) -> Result<Mixture> {
    let mut starts = vec![0];
    for term in &smaller.terms {
        starts.push(starts[starts.len() - 1] + term.design.structure.n_theta());
    }
    let (mut theta, mut added) = (vec![], vec![]);
    for (term, place) in larger.terms.iter().zip(&own.same) {
        if let Some(k) = place {
            theta.extend_from_slice(&smaller.theta[starts[*k]..starts[k + 1]]);
            continue;
        }
        let n = term.design.structure.n_theta();
        added.extend(theta.len()..theta.len() + n);
        theta.extend(std::iter::repeat_n(0.0, n));
    }
    theta.extend(smaller.correlation().map(|own| own.estimate));
    let v = covariance_of_variances(larger, &theta, watch)?;
    let (n, m) = (v.len().isqrt(), added.len());
    // The first is that of the residuals.
    let chosen: Vec<f64> = (0..m * m).map(|e| v[(added[e / m] + 1) * n + added[e % m] + 1]).collect();
    Mixture::of_variances(m, &chosen, 0, watch)
}
