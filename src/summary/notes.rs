//! What a user has to know about how a fit ended: criteria, convergence, boundary, what was left out, warnings.

use super::layout::{named_numbers, one_line};
use super::number::{column, fixed};
use crate::fit::{Fit, Role};
use crate::optimize::Reason;

/// One statement about a fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// `convergence`, `boundary`, `priors`, `dropped_rows`, `dropped_column` or `warning`.
    pub kind: &'static str,
    pub text: String,
    /// It goes without saying: not in the summary.
    pub expected: bool,
}

/// All that is to be said; the first is on convergence.
pub fn notes(fit: &Fit) -> Vec<Note> {
    let note = |kind, text| Note { kind, text, expected: false };
    let mut notes = vec![convergence(fit)];
    if fit.singular {
        let directions = fit.outcome.boundary.iter().map(|d| format!("boundary (singular) fit: no variance in {d}"));
        notes.extend(directions.map(|text| note("boundary", text)));
        if fit.outcome.boundary.is_empty() {
            notes.push(note("boundary", "boundary (singular) fit".to_string()));
        }
    }
    if fit.rows.n_dropped() > 0 {
        notes.push(note("dropped_rows", dropped_rows(fit)));
    }
    if !fit.priors.is_empty() {
        let text = format!("priors: {}; {}", fit.priors_text(), what_priors_do(fit));
        notes.push(Note { kind: "priors", text, expected: true });
    }
    notes.extend(dropped_columns(fit).into_iter().map(|text| note("dropped_column", text)));
    notes.extend(fit.design_warnings.iter().map(|text| note("warning", text.clone())));
    notes
}

/// A summary whose heading says that parameters have priors, and which.
pub fn with_priors(fit: &Fit, text: String) -> String {
    match text.split_once('\n') {
        Some((first, rest)) if !fit.priors.is_empty() => {
            let lines: Vec<String> = fit.priors.iter().map(|prior| format!("Prior: {}", one_line(&prior.to_string()))).collect();
            format!("{first}, penalised by priors\n{}\n{}\n{rest}", lines.join("\n"), what_priors_do(fit))
        }
        _ => text,
    }
}

/// What priors have to do with the criteria.
fn what_priors_do(fit: &Fit) -> String {
    let of = if fit.reml { "REML criterion" } else { "deviance" };
    let numbers = fixed(&[fit.penalty, fit.penalised_criterion()], 2);
    format!(
        "-2 log prior: {}, penalised {of}: {}; log-likelihood, AIC and BIC are without the priors, at the penalised estimates",
        numbers[0].trim(),
        numbers[1].trim()
    )
}

/// The texts of all notes that don't go without saying.
pub fn warnings(fit: &Fit) -> Vec<String> {
    notes(fit).into_iter().filter(|n| !n.expected).map(|n| n.text).collect()
}

/// The warnings as the last section of a summary; `None` without any.
pub fn below(fit: &Fit) -> Option<String> {
    let robust = fit.robust.iter().map(|own| format!("Std. Error: {}", own.description()));
    let lines: Vec<String> = robust.chain(warnings(fit)).map(|text| format!("{}\n", one_line(&text))).collect();
    (!lines.is_empty()).then(|| lines.concat())
}

/// How a fit without a factorisation was had, and its Monte-Carlo errors.
pub fn engine(fit: &Fit) -> Option<String> {
    let (record, own) = (fit.engine()?, fit.iterative()?);
    let share = own.theta_share.iter().copied().fold(0.0, f64::max);
    let errors = column(&[own.criterion_error, 100.0 * share, 100.0 * own.sd_error], 2);
    Some(format!(
        "Engine: iterative, {} random signs (seed {}): {}\n Monte-Carlo errors: criterion {}, theta {} % of a standard error at most, \
         standard deviations of random effects {} %\n",
        own.signs,
        own.seed,
        record.decision,
        errors[0].trim(),
        errors[1].trim(),
        errors[2].trim()
    ))
}

/// AIC, BIC, log-likelihood, deviance and residual degrees of freedom under their names.
pub fn information_criteria(fit: &Fit) -> String {
    let mut numbers = fixed(&[fit.aic, fit.bic, fit.log_likelihood, fit.criterion], 1);
    numbers.push(fit.df_residual.to_string());
    named_numbers(&["AIC", "BIC", "logLik", "deviance", "df.resid"], numbers)
}

fn convergence(fit: &Fit) -> Note {
    let outcome = &fit.outcome;
    let reason = match outcome.reason {
        Reason::Converged => "the predicted decrease is below the tolerance",
        Reason::RoundoffLimited => "no further decrease is possible in floating point",
        Reason::MaxEvaluations => "the limit of evaluations was reached: a larger one, or another optimizer, may go further",
        Reason::Deadline => "the deadline passed",
        Reason::NoProgress => "the search stopped far from an optimum",
    };
    let word = if outcome.converged { "converged" } else { "not converged" };
    let gradient = super::number::column(&[outcome.scaled_gradient], 3).concat();
    let text = format!("{word}: {reason} ({} evaluations, scaled gradient {gradient})", outcome.evaluations);
    Note { kind: "convergence", text, expected: outcome.converged }
}

/// The columns that were left out, with the predictor they are of.
pub fn columns_left_out(fit: &Fit) -> Vec<(&'static str, &str)> {
    let ordinal = fit.ordinal();
    let name = |role: Role| if role == Role::Dispersion && ordinal.is_some() { "scale" } else { role.words() };
    let mut left_out = vec![];
    for role in Role::ORDER {
        if let Some(fixed) = fit.fixed_of(role) {
            left_out.extend(fixed.dropped.iter().map(|x| (name(role), x.as_str())));
        }
    }
    if let Some(nominal) = ordinal.and_then(|ordinal| ordinal.nominal.as_ref()) {
        left_out.extend(nominal.dropped.iter().map(|x| ("nominal effects", x.as_str())));
    }
    left_out
}

/// The columns that were left out, of which predictor if not the mean.
fn dropped_columns(fit: &Fit) -> Vec<String> {
    let of = |predictor: &str| if predictor == Role::Mean.words() { String::new() } else { format!(" of the {predictor}") };
    let why = match fit.cox() {
        Some(cox) if cox.survival.strata.is_empty() => "constant, or a linear combination of those before it",
        Some(_) => "constant within each stratum, or a linear combination of those before it",
        None => "a linear combination of those before it",
    };
    let text = |(predictor, x)| format!("column {x}{} left out: {why}", of(predictor));
    columns_left_out(fit).into_iter().map(text).collect()
}

/// How many rows were left out, and for which columns.
fn dropped_rows(fit: &Fit) -> String {
    let rows = &fit.rows;
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for (_, column) in &rows.dropped {
        match counts.iter_mut().find(|(name, _)| name == column) {
            Some((_, n)) => *n += 1,
            None => counts.push((column, 1)),
        }
    }
    counts.extend(rows.counted.iter().map(|(column, n)| (column.as_str(), *n as usize)));
    let counts: Vec<String> = counts.iter().map(|(name, n)| format!("{name}: {n}")).collect();
    format!("{} of {} rows left out, by the first column missing there ({})", rows.n_dropped(), rows.n_data, counts.join(", "))
}
