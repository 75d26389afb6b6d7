//! The summary of a linear mixed model.

use super::coefficients::{coefficients, correlations};
use super::layout::{named_numbers, one_line};
use super::notes::warnings;
use super::number::{column, fixed, rounded};
use super::random_effects::{random_effects, sizes};
use crate::fit::Fit;

/// Significant digits of estimates.
const DIGITS: usize = 4;

/// The summary of a fit, in lme4's layout, with what it left out and how it ended below.
pub fn text(fit: &Fit) -> String {
    let mut sections = vec![heading(fit), criterion(fit)];
    sections.extend(scaled_residuals(fit).map(|residuals| format!("Scaled residuals:\n{residuals}")));
    sections.push(format!("Random effects:\n{}{}", random_effects(fit, DIGITS), sizes(fit)));
    if !fit.fixed.names.is_empty() {
        sections.push(format!("Fixed effects:\n{}Pr(>|z|): normal approximation\n", coefficients(&fit.fixed, DIGITS)));
    }
    sections.extend(correlations(&fit.fixed));
    let notes: Vec<String> = warnings(fit).iter().map(|text| format!("{}\n", one_line(text))).collect();
    if !notes.is_empty() {
        sections.push(notes.concat());
    }
    sections.join("\n")
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
    let mut numbers = fixed(&[fit.aic, fit.bic, fit.log_likelihood, fit.criterion], 1);
    numbers.push(fit.df_residual.to_string());
    named_numbers(&["AIC", "BIC", "logLik", "deviance", "df.resid"], numbers)
}

/// Quartiles of the Pearson residuals over sigma; `None` if there are none.
fn scaled_residuals(fit: &Fit) -> Option<String> {
    let mut scaled: Vec<f64> = fit.residuals_pearson.iter().map(|r| r / fit.sigma).filter(|r| r.is_finite()).collect();
    scaled.sort_by(f64::total_cmp);
    let quartiles: Vec<f64> = (0..5).map(|i| quantile(&scaled, f64::from(i) / 4.0)).collect::<Option<_>>()?;
    let largest = quartiles.iter().fold(0.0_f64, |m, q| m.max(q.abs()));
    // A small median doesn't bring more decimals than the extremes deserve.
    let decimals = if largest > 0.0 { (DIGITS as f64 + 1.0 - largest.log10()).round() as i32 } else { 0 };
    let numbers = column(&rounded(&quartiles, decimals), DIGITS);
    Some(named_numbers(&["Min", "1Q", "Median", "3Q", "Max"], numbers))
}

/// The quantile of sorted values by linear interpolation of the order statistics (type 7 of Hyndman and Fan 1996).
fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let place = p * (sorted.len().checked_sub(1)?) as f64;
    let below = sorted[place.floor() as usize];
    let above = sorted[place.ceil() as usize];
    Some(below + (place - place.floor()) * (above - below))
}

#[cfg(test)]
mod tests;
