//! Random effects in the document: variances by term, the effects by grouping factor.

use super::writer::Json;
use crate::error::{Result, try_vec};
use crate::fit::{Fit, Kind, Role, TermFit};
use crate::options::Information;

/// "ngroups", over all predictors; groups of correlated residuals, too, unless they also have random effects.
pub fn put_group_sizes(json: &mut Json, fit: &Fit) {
    let mut groups: Vec<(&str, usize)> = vec![];
    let all = fit.all_terms().map(|(_, term)| (term.design.group.as_str(), term.design.levels.len()));
    for (group, levels) in all.chain(fit.correlation().map(|own| (own.design.group.as_str(), own.n_groups()))) {
        if !groups.iter().any(|(known, _)| *known == group) {
            groups.push((group, levels));
        }
    }
    json.object("ngroups", |json| groups.iter().for_each(|(group, levels)| json.count(group, *levels)));
}

/// The variances of the terms of a predictor. Names tell terms on the same group apart: "g", "g.1", "g.2".
pub fn put_variances(json: &mut Json, key: &str, fit: &Fit, role: Role) {
    let terms = fit.terms_of(role);
    json.array(key, |json| {
        for (i, term) in terms.iter().enumerate() {
            let (group, r) = (&term.design.group, term.design.effects.len());
            let name = match terms[..i].iter().filter(|other| other.design.group == *group).count() {
                0 => group.clone(),
                earlier => format!("{group}.{earlier}"),
            };
            json.item(|json| {
                json.text("group", group);
                json.text("name", &name);
                json.texts("terms", term.design.effects.iter().map(|effect| Some(name_in_r(&fit.kind, effect))));
                json.matrix("cov", &term.cov, r);
                json.numbers("sd", &term.sd);
                json.matrix("corr", &term.corr, r);
            });
        }
    });
}

/// An effect as the R package of the model calls it: coxme's intercepts have no parentheses.
fn name_in_r<'n>(kind: &Kind, effect: &'n str) -> &'n str {
    match kind {
        Kind::Cox(_) if effect == "(Intercept)" => "Intercept",
        _ => effect,
    }
}

/// The random effects of a predictor, by grouping factor.
pub fn put_random_effects(json: &mut Json, key: &str, fit: &Fit, role: Role) -> Result<()> {
    let mut groups: Vec<Group> = vec![];
    for term in fit.terms_of(role) {
        if !groups.iter().any(|own| own.terms[0].design.group == term.design.group) {
            let together = fit.terms_of(role).iter().filter(|other| other.design.group == term.design.group);
            groups.push(Group::new(fit, together.collect())?);
        }
    }
    json.object(key, |json| groups.iter().for_each(|group| group.put(json)));
    Ok(())
}

/// The effects of the terms on one grouping factor side by side.
struct Group<'f> {
    kind: &'f Kind,
    terms: Vec<&'f TermFit>,
    /// `[width, levels]`
    modes: Vec<f64>,
    /// `[width, width, levels]`, zero between terms.
    covariances: Vec<f64>,
    width: usize,
}

impl<'f> Group<'f> {
    fn new(fit: &'f Fit, terms: Vec<&'f TermFit>) -> Result<Self> {
        let width = terms.iter().map(|term| term.design.effects.len()).sum();
        let (what, levels) = ("random effects", terms[0].design.levels.len());
        let (modes, covariances) = (try_vec(what, 0.0, width * levels)?, try_vec(what, 0.0, width * width * levels)?);
        let mut group = Group { kind: &fit.kind, terms, modes, covariances, width };
        let mut offset = 0;
        for term in group.terms.clone() {
            group.place(term, reported_covariances(fit, term), offset);
            offset += term.design.effects.len();
        }
        Ok(group)
    }

    /// Copies the effects of a term to rows `offset` and following.
    fn place(&mut self, term: &TermFit, covariances: &[f64], offset: usize) {
        let (r, width) = (term.design.effects.len(), self.width);
        for level in 0..term.design.levels.len() {
            let first = level * width + offset;
            self.modes[first..first + r].copy_from_slice(&term.modes[level * r..(level + 1) * r]);
            for j in 0..r {
                let (to, from) = ((first + j) * width + offset, (level * r + j) * r);
                self.covariances[to..to + r].copy_from_slice(&covariances[from..from + r]);
            }
        }
    }

    fn put(&self, json: &mut Json) {
        let (design, width) = (&self.terms[0].design, self.width);
        let effects = || self.terms.iter().flat_map(|term| &term.design.effects);
        let matrices = || self.covariances.chunks_exact((width * width).max(1));
        json.object(&design.group, |json| {
            json.names("levels", &design.levels);
            json.texts("terms", effects().map(|effect| Some(name_in_r(self.kind, effect))));
            json.array("values", |json| self.modes.chunks_exact(width.max(1)).for_each(|own| json.list(|json| json.reals(own))));
            json.array("std_error", |json| {
                matrices().for_each(|own| json.list(|json| (0..width).for_each(|i| json.real(own[i * (width + 1)].sqrt()))));
            });
            json.array("condvar", |json| matrices().for_each(|own| json.rows(own, width)));
        });
    }
}

/// With observed information those with the uncertainty of the parameters, as in glmmTMB; otherwise those given the parameters, as in lme4,
/// and so of ordinal models, as in R's ordinal.
fn reported_covariances<'t>(fit: &Fit, term: &'t TermFit) -> &'t [f64] {
    match (&fit.kind, &term.condvar_full) {
        (Kind::Generalised(own), Some(full)) if own.information == Information::Observed => full,
        _ => &term.condvar,
    }
}
