//! The summary of a cumulative link mixed model.

use super::coefficients::{coefficients, locations};
use super::glmm::{approximation, formula};
use super::layout::{Align, TextColumn, table};
use super::notes::below;
use super::number::{column, fixed};
use super::random_effects::{random_effects, sizes};
use crate::fit::{FamilyParameter, Fit, FixedEffects, Generalised, Ordinal, Role};
use crate::spec::Threshold;

/// Significant digits of estimates.
const DIGITS: usize = 4;

/// A scaled gradient below this is no distance worth a number.
const SMALL_GRADIENT: f64 = 1e-4;

/// The summary of a fit, in the layout of clmm: thresholds after the coefficients.
pub fn text(fit: &Fit, own: &Generalised, ordinal: &Ordinal) -> String {
    let mut sections = vec![heading(fit, own), overview(fit, own, ordinal)];
    let random = if fit.terms.is_empty() { String::new() } else { random_effects(&fit.terms, None, DIGITS) };
    let title = if random.is_empty() { "" } else { "Random effects:\n" };
    sections.push(format!("{title}{random}{}", sizes(fit)));
    let tested = |title: &str, fixed: &FixedEffects| {
        (!fixed.names.is_empty()).then(|| format!("{title}:\n{}", coefficients(fixed, "z value", DIGITS)))
    };
    sections.extend(tested("Coefficients", &fit.fixed));
    sections.extend(fit.fixed_of(Role::Dispersion).and_then(|scale| tested("Log-scale coefficients", scale)));
    let (alpha, nominal) = parameters(own, ordinal);
    sections.push(format!("Threshold coefficients:\n{}", locations(&alpha, "z value", DIGITS)));
    if ordinal.threshold != Threshold::Flexible {
        sections.push(format!("Thresholds:\n{}", locations(&ordinal.thresholds, "z value", DIGITS)));
    }
    sections.extend(tested("Nominal effects", &nominal));
    sections.extend(below(fit));
    sections.join("\n")
}

fn heading(fit: &Fit, own: &Generalised) -> String {
    let (approximation, formula) = (approximation(own), formula(fit));
    match fit.all_terms().next() {
        Some(_) => format!("Cumulative link mixed model fit by maximum likelihood ({approximation})\n{formula}"),
        None => format!("Cumulative link model fit by maximum likelihood\n{formula}"),
    }
}

/// What the model is and how well it fits, in one line under names.
fn overview(fit: &Fit, own: &Generalised, ordinal: &Ordinal) -> String {
    let gradient = fit.outcome.scaled_gradient;
    let gradient = if gradient < SMALL_GRADIENT { "<1e-4".to_owned() } else { column(&[gradient], 2).concat() };
    let cells = [
        (" link", format!(" {}", own.family.link().name())),
        ("threshold", structure(ordinal.threshold).to_owned()),
        ("nobs", fit.n_obs.to_string()),
        ("logLik", fixed(&[fit.log_likelihood], 2).concat()),
        ("AIC", fixed(&[fit.aic], 2).concat()),
        ("BIC", fixed(&[fit.bic], 2).concat()),
        ("evaluations", fit.outcome.evaluations.to_string()),
        ("gradient", gradient),
    ];
    table(&cells.map(|(name, cell)| TextColumn::new(name, vec![cell], Align::Left)))
}

fn structure(threshold: Threshold) -> &'static str {
    match threshold {
        Threshold::Flexible => "flexible",
        Threshold::Symmetric => "symmetric",
        Threshold::Equidistant => "equidistant",
    }
}

/// The parameters of the thresholds, and the nominal effects on them. Their covariances are left out.
pub fn parameters(own: &Generalised, ordinal: &Ordinal) -> (FixedEffects, FixedEffects) {
    let (alpha, nominal) = own.parameters.split_at(ordinal.alpha_names.len().min(own.parameters.len()));
    let effects = |parameters: &[FamilyParameter]| FixedEffects {
        names: parameters.iter().map(|p| p.name.clone()).collect(),
        estimate: parameters.iter().map(|p| p.estimate).collect(),
        std_error: parameters.iter().map(|p| p.std_error).collect(),
        vcov: vec![],
        root: vec![],
        dropped: vec![],
    };
    (effects(alpha), effects(nominal))
}

#[cfg(test)]
mod tests;
