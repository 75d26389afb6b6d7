//! Random terms that the fixed effects contain, as `y ~ arm + (1 | school)` does with one school in each arm: nothing is left that tells of
//! their variance, and standard errors of these fixed effects would take it as zero.

use super::random_terms::text;
use crate::design::{Design, PredictorDesign, TermDesign, rest_of_terms};
use crate::error::{Error, Result, try_gather};
use crate::formula::StructureKind;
use crate::linalg::dense::{add_scaled, quadratic};
use crate::lmm::system::LinearSystem;
use crate::options::Unidentified;
use crate::random::{LEFT_OF_LEVEL, Taken, taken};

/// Fails where the fixed effects of a linear model contain a term; gives warnings.
pub(super) fn check_system(system: &LinearSystem, terms: &[TermDesign], how: Unidentified) -> Result<Vec<String>> {
    if how == Unidentified::Ignore {
        return Ok(vec![]);
    }
    let mut warnings = vec![];
    for (term, own) in terms.iter().zip(system.taken()?) {
        let Some(own) = own else { continue };
        if how == Unidentified::Error && is_fatal(term, own) {
            return Err(Error::data(contained(term, own)));
        }
        warnings.push(contained(term, own));
    }
    Ok(warnings)
}

/// The same of a model by its rows, whose likelihood is highest without variance where fixed effects contain a term: a warning. Where these
/// are integrated out, it does not depend on the variance.
pub(super) fn check_rows(design: &Design, constant: bool, integrated: bool, how: Unidentified) -> Result<Vec<String>> {
    if how == Unidentified::Ignore {
        return Ok(vec![]);
    }
    let mut warnings = vec![];
    for (term, own) in of_rows(design, constant)? {
        if how == Unidentified::Error && integrated && is_fatal(term, own) {
            return Err(Error::data(contained(term, own)));
        }
        warnings.push(contained(term, own));
    }
    Ok(warnings)
}

/// What is said of the first term of a design that its fixed effects contain.
pub(crate) fn first_contained(design: &Design, constant: bool) -> Result<Option<String>> {
    Ok(of_rows(design, constant)?.first().map(|(term, own)| contained(term, *own)))
}

/// The terms that the fixed effects of their predictor contain. `constant`: there is an intercept that is no column of X.
fn of_rows(design: &Design, constant: bool) -> Result<Vec<(&TermDesign, Taken)>> {
    let x: std::borrow::Cow<'_, [f64]> = match &design.nominal {
        Some(nominal) => try_gather("columns of fixed effects", design.x.iter().chain(&nominal.x).copied())?.into(),
        None => (&design.x[..]).into(),
    };
    let further: [Option<&PredictorDesign>; 2] = [design.zero_inflation.as_ref(), design.dispersion.as_ref()];
    let predictors =
        std::iter::once((&x[..], &design.terms[..])).chain(further.into_iter().flatten().map(|own| (&own.x[..], &own.terms[..])));
    let mut all = vec![];
    for (x, terms) in predictors {
        for (term, rest) in terms.iter().zip(rest_of_terms(design.n, x, constant, terms)?) {
            let r = term.effects.len();
            let effects: Vec<Vec<f64>> = (0..r).map(|e| (0..r).map(|i| f64::from(u8::from(i == e))).collect()).collect();
            let own = rest.and_then(|levels| {
                let [mut whole, mut left] = [0, 1].map(|_| vec![0.0; r * r]);
                for [own, rest] in &levels {
                    add_scaled(&mut whole, 1.0, own);
                    add_scaled(&mut left, 1.0, rest);
                }
                let in_each =
                    |v: &[f64]| levels.iter().all(|[whole, left]| quadratic(left, v) <= LEFT_OF_LEVEL * quadratic(whole, v));
                taken(term.structure, &whole, &left, &effects, in_each)
            });
            all.extend(own.map(|own| (term, own)));
        }
    }
    Ok(all)
}

/// Whether nothing can be said of the parameters of a term.
fn is_fatal(term: &TermDesign, own: Taken) -> bool {
    own != Taken::Combination || term.structure.kind == StructureKind::Unstructured
}

fn contained(term: &TermDesign, own: Taken) -> String {
    let what = match own {
        Taken::Term => format!("the random term {} is", text(term)),
        Taken::Effect(effect) => format!("{} of the random term {} is", term.effects[effect], text(term)),
        Taken::Combination => format!("some combinations of the effects of the random term {} are", text(term)),
    };
    format!(
        "{what} among the fixed effects: the data say nothing of the variance, and standard errors of these fixed effects would take it as \
         zero. What differs only between its levels is not replicated; leave out the fixed effects or the random ones"
    )
}
