//! Ids: a text for each parameter of a fit, and for each number that follows from one, the same wherever it occurs and for programs to read.
//!
//! ```text
//! id        = [predictor "."] class ["[" name {", " name} "]"] ["#" number]
//! predictor = "zi" | "disp"
//! class     = "fixef" | "threshold" | "alpha" | "nominal" | "family" | "sigma" | "rho" | "theta" | "sd" | "cor"
//! name      = a text without , [ ] " and without blanks at its ends, or any text in double quotes, those inside doubled
//! ```
//!
//! Terms of one group that share an effect, or have parameters of all effects together, would have ids in common: all but the first have a
//! number, from 2, in the order of their structures and effects, which is not that of the formula.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::common::Fit;
use super::predictors::Role;
use crate::covariance::elements;
use crate::design::TermDesign;
use crate::formula::StructureKind;
use crate::names::unique;

/// The residual standard deviation of a linear model.
pub const SIGMA: &str = "sigma";

/// An id; `prefix` is that of a predictor's names.
pub(crate) fn id(prefix: &str, class: &str, names: &[&str]) -> String {
    let names: Vec<Cow<'_, str>> = names.iter().map(|name| written(name)).collect();
    format!("{prefix}{class}[{}]", names.join(", "))
}

/// A name as it stands in an id.
fn written(name: &str) -> Cow<'_, str> {
    let is_plain = !name.is_empty() && name.trim() == name && !name.contains([',', '[', ']', '"']);
    if is_plain { name.into() } else { format!("\"{}\"", name.replace('"', "\"\"")).into() }
}

/// With a number where an id was there before, as columns of the same name in arrays.
pub(super) fn numbered(mut ids: Vec<String>) -> Vec<String> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for id in &mut ids {
        let count = seen.entry(id.clone()).or_insert(0);
        *count += 1;
        if *count > 1 {
            *id = format!("{id}#{count}");
        }
    }
    ids
}

/// What the ids of one random term are made of.
#[derive(Clone, Debug)]
pub(crate) struct TermIds<'t> {
    prefix: &'static str,
    term: &'t TermDesign,
    /// Each once.
    effects: Vec<String>,
    /// What tells the term from others of its group that have an id in common with it.
    number: usize,
}

impl TermIds<'_> {
    fn id(&self, class: &str, effects: &[&str]) -> String {
        let names: Vec<&str> = std::iter::once(self.term.group.as_str()).chain(effects.iter().copied()).collect();
        let own = id(self.prefix, class, &names);
        if self.number > 1 { format!("{own}#{}", self.number) } else { own }
    }

    fn of_effect(&self, class: &str, i: usize) -> String {
        self.id(class, &[&self.effects[i]])
    }

    /// A correlation is that of two effects in any order.
    fn correlation(&self, i: usize, j: usize) -> String {
        let (a, b) = (&self.effects[i], &self.effects[j]);
        self.id("cor", &[a.min(b), a.max(b)])
    }

    /// Whether there are parameters of all effects together.
    fn has_common(&self) -> bool {
        let one_each = matches!(self.term.structure.kind, StructureKind::Unstructured | StructureKind::Diagonal);
        self.effects.len() > 1 && (self.term.structure.homogeneous || !one_each)
    }

    fn meets(&self, other: &Self) -> bool {
        let same = self.prefix == other.prefix && self.term.group == other.term.group;
        let own = || self.effects.iter().collect::<HashSet<_>>();
        same && (self.has_common() && other.has_common() || !own().is_disjoint(&other.effects.iter().collect()))
    }

    /// Of the elements of theta.
    pub fn theta(&self) -> Vec<String> {
        if self.term.structure.kind != StructureKind::Unstructured {
            return self.structured("theta");
        }
        let below = |i: usize, j: usize| self.id("theta", &[&self.effects[i], &self.effects[j]]);
        elements(self.effects.len()).map(|(i, j)| if i == j { self.of_effect("theta", i) } else { below(i, j) }).collect()
    }

    /// Of the standard deviations and correlations that are parameters, as many.
    pub fn reported(&self) -> Vec<String> {
        if self.term.structure.kind == StructureKind::Unstructured { self.components() } else { self.structured("sd") }
    }

    /// Standard deviations, and one correlation for all pairs, which is the same number among theta.
    fn structured(&self, class: &str) -> Vec<String> {
        let (r, structure) = (self.effects.len(), self.term.structure);
        let common = structure.homogeneous && r > 1;
        let sds = if common { vec![self.id(class, &[])] } else { (0..r).map(|i| self.of_effect(class, i)).collect() };
        let rho = (sds.len()..structure.n_theta()).map(|_| self.id("cor", &[]));
        sds.into_iter().chain(rho).collect()
    }

    /// Of the standard deviations that are parameters.
    pub fn deviations(&self) -> Vec<String> {
        let r = self.effects.len();
        if self.term.structure.homogeneous && r > 1 {
            return vec![self.id("sd", &[])];
        }
        (0..r).map(|i| self.of_effect("sd", i)).collect()
    }

    /// Of all effects together.
    pub fn whole(&self, class: &str) -> String {
        self.id(class, &[])
    }

    /// What tells the term from others of its group that have an id in common with it.
    pub fn number(&self) -> usize {
        self.number
    }

    /// Of the standard deviations of all effects, and the correlations of all pairs, column by column of the lower triangle.
    pub fn components(&self) -> Vec<String> {
        elements(self.effects.len()).map(|(i, j)| if i == j { self.of_effect("sd", i) } else { self.correlation(i, j) }).collect()
    }
}

/// Random terms, each with the prefix of its predictor.
pub(crate) fn of_terms<'t>(terms: impl Iterator<Item = (&'static str, &'t TermDesign)>) -> Vec<TermIds<'t>> {
    let own = |(prefix, term): (_, &'t TermDesign)| TermIds { prefix, term, effects: unique(term.effects.clone()), number: 1 };
    let mut all: Vec<TermIds> = terms.map(own).collect();
    let mut order: Vec<usize> = (0..all.len()).collect();
    let key = |k: &usize| (all[*k].term.structure.name(), all[*k].term.structure.homogeneous, &all[*k].effects, *k);
    order.sort_by(|a, b| key(a).cmp(&key(b)));
    for (place, &k) in order.iter().enumerate() {
        let before = order[..place].iter().filter(|m| all[k].meets(&all[**m])).map(|m| all[*m].number);
        all[k].number = 1 + before.max().unwrap_or(0);
    }
    all
}

impl Fit {
    /// Of the fixed effects of a predictor.
    pub fn fixef_ids(&self, role: Role) -> Vec<String> {
        let prefix = match role {
            Role::Mean => "",
            Role::ZeroInflation => "zi.",
            Role::Dispersion => "disp.",
        };
        let names = self.fixed_of(role).map_or(&[][..], |fixed| &fixed.names);
        numbered(names.iter().map(|name| id(prefix, "fixef", &[name])).collect())
    }

    /// Of the family's parameters; of an ordinal model those of the thresholds and the nominal effects.
    pub fn family_ids(&self) -> Vec<String> {
        let Some(own) = self.generalised() else { return vec![] };
        let Some(ordinal) = self.ordinal() else {
            return own.parameters.iter().map(|p| id("", "family", &[&p.name])).collect();
        };
        // Those that are thresholds themselves are called so.
        let class = if ordinal.alpha_names == ordinal.thresholds.names { "threshold" } else { "alpha" };
        let mut ids: Vec<String> = ordinal.alpha_names.iter().map(|alpha| id("", class, &[alpha])).collect();
        for column in ordinal.nominal.iter().flat_map(|nominal| &nominal.names) {
            ids.extend(ordinal.alpha_names.iter().map(|alpha| id("", "nominal", &[alpha, column])));
        }
        numbered(ids)
    }

    /// Of the thresholds of an ordinal model.
    pub fn threshold_ids(&self) -> Vec<String> {
        let names = self.ordinal().map_or(&[][..], |ordinal| &ordinal.thresholds.names);
        numbered(names.iter().map(|name| id("", "threshold", &[name])).collect())
    }

    /// Of the residual correlation.
    pub fn rho_id(&self) -> Option<String> {
        self.correlation().map(|own| id("", "rho", &[&own.design.group]))
    }

    /// Of theta.
    pub fn theta_ids(&self) -> Vec<String> {
        self.term_ids().iter().flat_map(TermIds::theta).collect()
    }

    /// Of the random terms of all predictors.
    pub(crate) fn term_ids(&self) -> Vec<TermIds<'_>> {
        of_terms(self.named_terms().map(|(prefix, term)| (prefix, &term.design)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::covariance::Structure;

    fn term(kind: StructureKind, homogeneous: bool, group: &str, effects: &[&str]) -> TermDesign {
        let structure = Structure::new(kind, Some(homogeneous), effects.len());
        let effects = effects.iter().map(ToString::to_string).collect();
        TermDesign { group: group.into(), effects, structure, levels: vec![].into(), index: vec![], z: None }
    }

    fn reported(terms: &[TermDesign]) -> Vec<Vec<String>> {
        of_terms(terms.iter().map(|t| ("", t))).iter().map(TermIds::reported).collect()
    }

    /// What a program does with an id: class and names.
    fn parsed(id: &str) -> (String, Vec<String>) {
        let (class, rest) = id.split_once('[').unwrap();
        let (mut names, mut name, mut chars) = (vec![], String::new(), rest.chars().peekable());
        loop {
            match chars.next().unwrap() {
                '"' => loop {
                    match chars.next().unwrap() {
                        '"' if chars.peek() == Some(&'"') => name.extend(chars.next()),
                        '"' => break,
                        c => name.push(c),
                    }
                },
                ',' => {
                    assert_eq!(chars.next(), Some(' '));
                    names.push(std::mem::take(&mut name));
                }
                ']' => {
                    names.push(name);
                    assert_eq!(chars.next(), None);
                    return (class.into(), names);
                }
                c => name.push(c),
            }
        }
    }

    #[test]
    fn names_of_any_characters_can_be_read_back() {
        let awkward =
            ["x", "(Intercept)", "poly(x, 2)1", "a[1]", "say \"x\"", "", " x", "x ", "a|b", "a, b", "\"", "]", "#2", "\n", "ä.b"];
        let mut seen = HashSet::new();
        for a in awkward {
            for b in awkward {
                let text = id("zi.", "theta", &[a, b]);
                assert_eq!(parsed(&text), ("zi.theta".into(), vec![a.to_owned(), b.to_owned()]), "{text}");
                assert!(seen.insert(text));
            }
        }
        assert_eq!(id("", "fixef", &["poly(x, 2)1"]), "fixef[\"poly(x, 2)1\"]");
        assert_eq!(id("", "cor", &["g", "(Intercept)", "x"]), "cor[g, (Intercept), x]");
    }

    #[test]
    fn terms_have_parameters_by_their_structure() {
        let own = term(StructureKind::Unstructured, false, "g", &["x", "a"]);
        let us = &of_terms([("", &own)].into_iter())[0];
        assert_eq!(us.theta(), ["theta[g, x]", "theta[g, a, x]", "theta[g, a]"]);
        assert_eq!(us.reported(), ["sd[g, x]", "cor[g, a, x]", "sd[g, a]"]);
        let own = term(StructureKind::Ar1, true, "g", &["1", "2"]);
        let ar1 = &of_terms([("zi.", &own)].into_iter())[0];
        assert_eq!(
            (ar1.theta(), ar1.reported()),
            (vec!["zi.theta[g]".into(), "zi.cor[g]".into()], vec!["zi.sd[g]".into(), "zi.cor[g]".into()])
        );
        assert_eq!(ar1.components(), ["zi.sd[g, 1]", "zi.cor[g, 1, 2]", "zi.sd[g, 2]"]);
        let own = term(StructureKind::CompoundSymmetry, true, "g", &["x"]);
        let one = &of_terms([("", &own)].into_iter())[0];
        assert_eq!((one.theta(), one.reported()), (vec!["theta[g, x]".into()], vec!["sd[g, x]".into()]));
        // Effects of arrays may have one name.
        let twice = term(StructureKind::Diagonal, false, "g", &["x", "x"]);
        assert_eq!(reported(&[twice]), [["sd[g, x]", "sd[g, x.2]"]]);
    }

    #[test]
    fn terms_of_one_group_are_told_apart_in_any_order() {
        let kinds = [
            term(StructureKind::Unstructured, false, "g", &["(Intercept)", "x"]),
            term(StructureKind::Unstructured, false, "g", &["x"]),
            term(StructureKind::Diagonal, true, "g", &["x", "z"]),
            term(StructureKind::Ar1, true, "g", &["1", "2"]),
            term(StructureKind::CompoundSymmetry, true, "g", &["3", "4"]),
            term(StructureKind::Unstructured, false, "h", &["x"]),
        ];
        let all = reported(&kinds);
        let want = [
            vec!["sd[g, (Intercept)]#4", "cor[g, (Intercept), x]#4", "sd[g, x]#4"],
            vec!["sd[g, x]#5"],
            vec!["sd[g]#3"],
            vec!["sd[g]", "cor[g]"],
            vec!["sd[g]#2", "cor[g]#2"],
            vec!["sd[h, x]"],
        ];
        assert_eq!(all, want);
        for shift in 1..kinds.len() {
            let mut other = kinds.clone();
            other.rotate_left(shift);
            let mut got = reported(&other);
            got.rotate_right(shift);
            assert_eq!(got, all);
        }
        // The two terms of x || g share nothing, and no term changes another's.
        let split = reported(&[
            term(StructureKind::Unstructured, false, "g", &["(Intercept)"]),
            term(StructureKind::Unstructured, false, "g", &["x"]),
        ]);
        assert_eq!(split, [["sd[g, (Intercept)]"], ["sd[g, x]"]]);
    }
}
