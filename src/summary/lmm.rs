//! The summary of a linear mixed model.

use super::coefficients::{coefficient_tests, coefficients, correlations_of};
use super::layout::one_line;
use super::notes::{below, engine, information_criteria};
use super::number::{column, fixed};
use super::random_effects::{random_effects, sizes};
use super::residuals::scaled_residuals;
use crate::error::Result;
use crate::fit::Fit;
use crate::formula::CorrelationKind;
use crate::inference::degrees_of_freedom::DegreesOfFreedom;

/// Significant digits of estimates.
const DIGITS: usize = 4;

/// The summary of a fit, in lme4's layout, with tests by these degrees of freedom, what it left out and how it ended below.
pub fn text(fit: &Fit, freedom: DegreesOfFreedom<'_>) -> Result<String> {
    let mut sections = vec![heading(fit), criterion(fit)];
    sections.extend(scaled_residuals(fit.residuals_pearson.iter().map(|r| r / fit.sigma), DIGITS)?);
    sections.push(format!("Random effects:\n{}{}", random_effects(&fit.terms, Some(fit.sigma), DIGITS), sizes(fit)));
    sections.extend(correlation(fit));
    if !fit.fixed.names.is_empty() {
        sections.push(fixed_effects(fit, freedom));
    }
    sections.extend(correlations_of(&fit.fixed.names, freedom.vcov(fit)));
    sections.extend(engine(fit));
    sections.extend(below(fit));
    Ok(sections.join("\n"))
}

/// The table of coefficients, and what its probabilities are.
fn fixed_effects(fit: &Fit, freedom: DegreesOfFreedom<'_>) -> String {
    if freedom.is_normal() {
        return format!("Fixed effects:\n{}Pr(>|z|): normal approximation\n", coefficients(&fit.fixed, "t value", DIGITS));
    }
    let table = coefficient_tests(&fit.fixed.names, &freedom.coefficients(fit), DIGITS);
    let caveat = freedom.caveat(fit).map_or_else(String::new, |text| format!(", {text}"));
    format!("Fixed effects:\n{table}Pr(>|t|): {}{caveat}\n", freedom.description())
}

/// The method, and the formula if there is one.
fn heading(fit: &Fit) -> String {
    let method = if fit.reml { "REML" } else { "maximum likelihood" };
    let formula = if fit.formula.is_empty() { String::new() } else { format!("Formula: {}\n", one_line(&fit.formula)) };
    let model = if fit.terms.is_empty() { "Linear model" } else { "Linear mixed model" };
    format!("{model} fit by {method}\n{formula}")
}

/// The residual correlation, if there is one.
fn correlation(fit: &Fit) -> Option<String> {
    let own = fit.correlation()?;
    let design = &own.design;
    let kind = match design.kind {
        CorrelationKind::CompoundSymmetry => "compound symmetry",
        CorrelationKind::Ar1 if design.is_continuous() => "AR(1) in continuous time",
        CorrelationKind::Ar1 => "AR(1)",
    };
    let (time, group) = (design.time.as_deref().unwrap_or("1"), one_line(&design.group));
    let numbers = column(&[own.estimate, own.std_error], DIGITS);
    Some(format!(
        "Residual correlation: {kind}, {} | {group}, {} groups\n Estimate {}, standard error {}\n",
        one_line(time),
        own.n_groups(),
        numbers[0].trim(),
        numbers[1].trim()
    ))
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
