//! The summary of a linear mixed model.

use super::coefficients::{coefficient_tests, coefficients, correlations_of};
use super::layout::one_line;
use super::notes::{below, information_criteria};
use super::number::fixed;
use super::random_effects::{random_effects, sizes};
use super::residuals::scaled_residuals;
use crate::fit::Fit;
use crate::inference::degrees_of_freedom::DegreesOfFreedom;

/// Significant digits of estimates.
const DIGITS: usize = 4;

/// The summary of a fit, in lme4's layout, with what it left out and how it ended below.
pub fn text(fit: &Fit) -> String {
    text_with(fit, None)
}

/// The same with tests by t where there are degrees of freedom.
pub fn text_with(fit: &Fit, freedom: Option<DegreesOfFreedom<'_>>) -> String {
    let mut sections = vec![heading(fit), criterion(fit)];
    sections.extend(scaled_residuals(fit.residuals_pearson.iter().map(|r| r / fit.sigma), DIGITS));
    sections.push(format!("Random effects:\n{}{}", random_effects(&fit.terms, Some(fit.sigma), DIGITS), sizes(fit)));
    if !fit.fixed.names.is_empty() {
        sections.push(fixed_effects(fit, freedom));
    }
    sections.extend(match freedom {
        Some(freedom) => freedom.with_coefficients(fit, |own| correlations_of(&fit.fixed.names, own.vcov)),
        None => correlations_of(&fit.fixed.names, &fit.fixed.vcov),
    });
    sections.extend(below(fit));
    sections.join("\n")
}

/// The table of coefficients, and what its probabilities are.
fn fixed_effects(fit: &Fit, freedom: Option<DegreesOfFreedom<'_>>) -> String {
    match freedom {
        Some(freedom) if !freedom.is_normal() => {
            let table = coefficient_tests(&fit.fixed.names, &freedom.coefficients(fit), DIGITS);
            let caveat = freedom.caveat(fit).map_or_else(String::new, |text| format!(", {text}"));
            format!("Fixed effects:\n{table}Pr(>|t|): {}{caveat}\n", freedom.description())
        }
        _ => format!("Fixed effects:\n{}Pr(>|z|): normal approximation\n", coefficients(&fit.fixed, "t value", DIGITS)),
    }
}

/// The method, and the formula if there is one.
fn heading(fit: &Fit) -> String {
    let method = if fit.reml { "REML" } else { "maximum likelihood" };
    let formula = if fit.formula.is_empty() { String::new() } else { format!("Formula: {}\n", one_line(&fit.formula)) };
    format!("Linear mixed model fit by {method}\n{formula}")
}

/// The REML criterion, or the information criteria of a fit by maximum likelihood.
fn criterion(fit: &Fit) -> String {
    if fit.reml {
        return format!("REML criterion at convergence: {}\n", fixed(&[fit.criterion], 1).concat());
    }
    information_criteria(fit)
}

#[cfg(test)]
mod tests;
