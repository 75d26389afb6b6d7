//! The text of the random effects' standard deviations and correlations.

use super::layout::{Align, TextColumn, table};
use super::number::{column, fixed};
use crate::fit::{Fit, TermFit};
use crate::formula::StructureKind;

impl TermFit {
    /// The number of effects.
    pub(super) fn n_effects(&self) -> usize {
        self.design.effects.len()
    }

    /// Whether its effects can be correlated.
    pub(super) fn has_correlations(&self) -> bool {
        self.n_effects() > 1 && self.design.structure.kind != StructureKind::Diagonal
    }
}

/// Names of the terms: the group, and a number where a group has several terms (`Subject`, `Subject.1`).
pub fn term_names(terms: &[TermFit]) -> Vec<String> {
    let earlier = |i: usize| terms[..i].iter().filter(|t| t.design.group == terms[i].design.group).count();
    let name = |i: usize| match earlier(i) {
        0 => terms[i].design.group.clone(),
        k => format!("{}.{k}", terms[i].design.group),
    };
    (0..terms.len()).map(name).collect()
}

/// Variance, standard deviation and correlations of each effect, and of the residual if there is one.
pub fn random_effects(terms: &[TermFit], residual: Option<f64>, digits: usize) -> String {
    let (mut groups, mut effects, mut variances, mut deviations) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (term, name) in terms.iter().zip(term_names(terms)) {
        let r = term.n_effects();
        for (i, effect) in term.design.effects.iter().enumerate() {
            groups.push(if i == 0 { format!(" {name}") } else { String::new() });
            effects.push(effect.clone());
            variances.push(term.cov[i + r * i]);
            deviations.push(term.sd[i]);
        }
    }
    if let Some(sigma) = residual {
        groups.push(" Residual".to_string());
        effects.push(String::new());
        variances.push(sigma * sigma);
        deviations.push(sigma);
    }
    let mut columns = vec![
        TextColumn::new(" Groups", groups, Align::Left),
        TextColumn::new("Name", effects, Align::Left),
        TextColumn::new("Variance", column(&variances, digits), Align::Block),
        TextColumn::new("Std.Dev.", column(&deviations, digits), Align::Block),
    ];
    columns.extend(correlation_columns(terms));
    table(&columns)
}

/// The lower triangles of the terms' correlations, one below the other.
fn correlation_columns(terms: &[TermFit]) -> Vec<TextColumn> {
    let most = terms.iter().filter(|t| t.has_correlations()).map(TermFit::n_effects).max().unwrap_or(1);
    let cell = |term: &TermFit, i: usize, j: usize| {
        let r = term.n_effects();
        if j < i && term.has_correlations() { fixed(&[term.corr[i + r * j]], 2).remove(0) } else { String::new() }
    };
    let column = |j: usize| {
        let cells = terms.iter().flat_map(|t| (0..t.n_effects()).map(move |i| cell(t, i, j))).collect();
        TextColumn::new(if j == 0 { "Corr" } else { "" }, cells, Align::Block)
    };
    (0..most - 1).map(column).collect()
}

/// `Number of obs: 180, groups:  Subject, 18`.
pub fn sizes(fit: &Fit) -> String {
    let mut seen: Vec<&str> = Vec::new();
    let mut groups = Vec::new();
    for (_, term) in fit.all_terms() {
        if !seen.contains(&term.design.group.as_str()) {
            seen.push(&term.design.group);
            groups.push(format!("{}, {}", super::layout::one_line(&term.design.group), term.design.levels.len()));
        }
    }
    let groups = if groups.is_empty() { String::new() } else { format!(", groups:  {}", groups.join("; ")) };
    format!("Number of obs: {}{groups}\n", fit.n_obs)
}
