//! The summary of a generalised linear mixed model.

use super::coefficients::{coefficients, correlations};
use super::layout::{Align, TextColumn, one_line, table};
use super::notes::{below, engine, information_criteria};
use super::number::column;
use super::random_effects::{random_effects, sizes};
use super::residuals::scaled_residuals;
use crate::error::Result;
use crate::family::Counts;
use crate::fit::{Fit, FixedEffects, Generalised, Role};
use crate::options::{Information, Nodes};

/// Significant digits of estimates.
const DIGITS: usize = 4;

/// The summary of a fit, in lme4's layout, with sections for what else than the mean is modelled.
pub fn text(fit: &Fit, own: &Generalised) -> Result<String> {
    let mut sections = vec![heading(fit, own), information_criteria(fit)];
    sections.extend(scaled_residuals(fit.residuals_pearson.iter().copied(), DIGITS)?);
    let random: Vec<String> = Role::ORDER.into_iter().filter_map(|role| variances(fit, role)).collect();
    sections.push(random.join("\n") + &sizes(fit));
    sections.extend(family_parameters(own));
    let several = own.zero_inflation.is_some() || own.dispersion.is_some();
    sections.extend(Role::ORDER.into_iter().filter_map(|role| estimates(fit.fixed_of(role)?, role, several)));
    sections.extend(correlations(&fit.fixed));
    sections.extend(engine(fit));
    sections.extend(below(fit));
    Ok(sections.join("\n"))
}

/// The method, the family and its link, and the formula if there is one.
fn heading(fit: &Fit, own: &Generalised) -> String {
    let method = if fit.reml { "restricted maximum likelihood" } else { "maximum likelihood" };
    let (family, link) = (own.family.name(), own.family.link().name());
    let (approximation, formula) = (approximation(own), formula(fit));
    let title = match fit.all_terms().next() {
        Some(_) => format!("Generalized linear mixed model fit by {method} ({approximation})"),
        None => format!("Generalized linear model fit by {method}"),
    };
    format!("{title}\nFamily: {family} ({link})\n{}{formula}", censored(own))
}

/// How many responses are between ends, if any could be.
fn censored(own: &Generalised) -> String {
    own.ends.as_ref().filter(|ends| !ends.lower.is_empty()).map_or_else(String::new, |ends| {
        let Counts { exact, left, right, interval } = ends.counts();
        format!("Responses: {exact} known, {left} below an end, {right} above an end, {interval} between two ends\n")
    })
}

/// The line of the formula, if there is one.
pub(super) fn formula(fit: &Fit) -> String {
    if fit.formula.is_empty() { String::new() } else { format!("Formula: {}\n", one_line(&fit.formula)) }
}

/// What the likelihood's integrals are.
pub(super) fn approximation(own: &Generalised) -> String {
    let mut approximation = match own.quadrature {
        0 => "Laplace approximation, fixed effects at their conditional mode".to_owned(),
        1 => "Laplace approximation".to_owned(),
        points if own.nodes == Nodes::Fixed => format!("non-adaptive Gauss-Hermite quadrature with {points} points"),
        points => format!("adaptive Gauss-Hermite quadrature with {points} points"),
    };
    if own.information == Information::Expected {
        approximation.push_str(", expected information");
    }
    approximation
}

/// What is said of a predictor in the headings.
fn model_of(role: Role) -> &'static str {
    match role {
        Role::Mean => "conditional model",
        Role::ZeroInflation => "zero-inflation model",
        Role::Dispersion => "dispersion model",
    }
}

/// The random effects of a predictor; `None` without any.
fn variances(fit: &Fit, role: Role) -> Option<String> {
    let terms = fit.terms_of(role);
    let of = if role == Role::Mean { String::new() } else { format!(", {}", model_of(role)) };
    (!terms.is_empty()).then(|| format!("Random effects{of}:\n{}", random_effects(terms, None, DIGITS)))
}

/// The fixed effects of a predictor; `None` without any.
fn estimates(fixed: &FixedEffects, role: Role, several: bool) -> Option<String> {
    let of = if several { format!(", {}", model_of(role)) } else { String::new() };
    (!fixed.names.is_empty()).then(|| format!("Fixed effects{of}:\n{}", coefficients(fixed, "z value", DIGITS)))
}

/// The family's parameters but the one that the dispersion's predictor gives; `None` if no other is left.
fn family_parameters(own: &Generalised) -> Option<String> {
    let shown: Vec<_> = own.parameters.iter().skip(usize::from(own.dispersion.is_some())).collect();
    let (names, estimates): (Vec<_>, Vec<_>) = shown.iter().map(|p| (p.name.clone(), p.estimate)).unzip();
    let errors: Vec<f64> = shown.iter().map(|p| p.std_error).collect();
    let mut both = column(&[estimates, errors].concat(), DIGITS);
    let mut errors = both.split_off(shown.len());
    for (error, _) in errors.iter_mut().zip(&shown).filter(|(_, p)| p.fixed) {
        "given".clone_into(error);
    }
    let columns = [
        TextColumn::new("", names, Align::Left),
        TextColumn::new("Estimate", both, Align::Right),
        TextColumn::new("Std. Error", errors, Align::Right),
    ];
    (!shown.is_empty()).then(|| format!("Family parameters:\n{}", table(&columns)))
}

#[cfg(test)]
mod tests;
