//! What a user has to know about how a fit ended: convergence, boundary, what was left out, warnings.

use crate::fit::Fit;
use crate::optimize::Reason;

/// One statement about a fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// `convergence`, `boundary`, `dropped_rows`, `dropped_column` or `warning`.
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
    if !fit.rows.dropped.is_empty() {
        notes.push(note("dropped_rows", dropped_rows(fit)));
    }
    let dropped = fit.fixed.dropped.iter().map(|name| format!("column {name} left out: a linear combination of those before it"));
    notes.extend(dropped.map(|text| note("dropped_column", text)));
    notes.extend(fit.design_warnings.iter().map(|text| note("warning", text.clone())));
    notes
}

/// The texts of all notes that don't go without saying.
pub fn warnings(fit: &Fit) -> Vec<String> {
    notes(fit).into_iter().filter(|n| !n.expected).map(|n| n.text).collect()
}

fn convergence(fit: &Fit) -> Note {
    let outcome = &fit.outcome;
    let reason = match outcome.reason {
        Reason::Converged => "the predicted decrease is below the tolerance",
        Reason::RoundoffLimited => "no further decrease is possible in floating point",
        Reason::MaxEvaluations => "the limit of evaluations was reached",
        Reason::Deadline => "the deadline passed",
        Reason::NoProgress => "the search stopped far from an optimum",
    };
    let word = if outcome.converged { "converged" } else { "not converged" };
    let gradient = super::number::column(&[outcome.scaled_gradient], 3).concat();
    let text = format!("{word}: {reason} ({} evaluations, scaled gradient {gradient})", outcome.evaluations);
    Note { kind: "convergence", text, expected: outcome.converged }
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
    let counts: Vec<String> = counts.iter().map(|(name, n)| format!("{name}: {n}")).collect();
    format!("{} of {} rows left out, by the first column missing there ({})", rows.dropped.len(), rows.n_data, counts.join(", "))
}
