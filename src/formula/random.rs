//! One random term `(effects | group)`, or `us(effects | group)` and the like, to `RandomTerm`s.

use super::bars::{Bars, bar_position, is_bar};
use super::deparse::brief;
use super::groups::{group_key, groups};
use super::lexer::shorten;
use super::terms::term_list;
use super::{Argument, Expr, ExprKind, Op, RandomTerm, StructureCall, StructureKind};
use crate::error::{Error, Result};

const STRUCTURES: [(&str, StructureKind); 4] = [
    ("us", StructureKind::Unstructured),
    ("diag", StructureKind::Diagonal),
    ("cs", StructureKind::CompoundSymmetry),
    ("ar1", StructureKind::Ar1),
];

impl StructureKind {
    /// The name that the formula language has for it.
    pub fn word(self) -> &'static str {
        match self {
            StructureKind::Unstructured => "us",
            StructureKind::Diagonal => "diag",
            StructureKind::CompoundSymmetry => "cs",
            StructureKind::Ar1 => "ar1",
        }
    }
}

impl StructureCall {
    /// What a plain bar means.
    pub const PLAIN: StructureCall = StructureCall { kind: StructureKind::Unstructured, homogeneous: None };
}

impl RandomTerm {
    /// `(1 | group)`.
    pub fn intercept(group: Vec<Expr>) -> Self {
        let span = group.first().map(|factor| factor.span).unwrap_or_default();
        RandomTerm { effects: super::TermList::intercept_only(), group, structure: StructureCall::PLAIN, split: false, span }
    }

    /// The name of the group: its factors joined by colons, `a:b`.
    pub fn group_name(&self) -> String {
        let factors: Vec<String> = self.group.iter().map(Expr::to_string).collect();
        factors.join(":")
    }

    /// Equal for terms that can't both be estimated: the same effects, group and structure.
    pub(super) fn identity(&self) -> impl Eq + std::hash::Hash + use<> {
        let effects = &self.effects;
        let mut terms: Vec<Vec<String>> = effects
            .terms
            .iter()
            .map(|term| group_key(&term.iter().map(|&v| effects.variables[v].clone()).collect::<Vec<_>>()))
            .collect();
        terms.sort_unstable();
        // One intercept has one variance under every structure.
        let (split, structure) = if terms.is_empty() { (false, StructureCall::PLAIN) } else { (self.split, self.structure) };
        (effects.intercept, terms, group_key(&self.group), split, structure.kind.word(), structure.homogeneous)
    }
}

/// As it could be written in a formula, for messages.
impl std::fmt::Display for RandomTerm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut effects = vec![if self.effects.intercept { "1" } else { "0" }.to_string()];
        effects.extend(self.effects.labels());
        let name = if self.structure == StructureCall::PLAIN { "" } else { self.structure.kind.word() };
        let bar = if self.split { "||" } else { "|" };
        write!(f, "{name}({} {bar} {}", effects.join(" + "), self.group_name())?;
        if let Some(homogeneous) = self.structure.homogeneous {
            write!(f, ", hom = {}", if homogeneous { "TRUE" } else { "FALSE" })?;
        }
        f.write_str(")")
    }
}

/// The random terms that `expr`, a bar or a call around one, stands for: one for each group. Spans refer to `text`.
pub(super) fn random_terms(expr: &Expr, text: &str) -> Result<Vec<RandomTerm>> {
    let inner = expr.strip_parens();
    let (bar, structure) = match &inner.kind {
        ExprKind::Call { function, arguments } => structure_call(inner, function, arguments)?,
        _ => (inner, StructureCall::PLAIN),
    };
    let ExprKind::Binary { op: op @ (Op::Bar | Op::DoubleBar), left, right } = &bar.kind else {
        return Err(Error::formula(expr.span.start, format!("'{}' is no random term: want (effects | group)", brief(expr))));
    };
    let split = *op == Op::DoubleBar;
    if split && matches!(inner.kind, ExprKind::Call { .. }) {
        return Err(Error::formula(bar_position(bar, text), "'||' inside a covariance structure: want '|'"));
    }
    let effects = term_list(left, None, Bars::Refuse { text })?;
    if !effects.offsets.is_empty() {
        return Err(Error::formula(left.span.start, "an offset can't be a random effect"));
    }
    if !effects.strata.is_empty() {
        return Err(Error::formula(left.span.start, "strata can't be a random effect"));
    }
    if !effects.intercept && effects.terms.is_empty() {
        return Err(Error::formula(
            left.span.start,
            format!("the random term '{}' has no effects: want 1 or a variable before the bar", brief(expr)),
        ));
    }
    let term = |group| RandomTerm { effects: effects.clone(), group, structure, split, span: expr.span };
    Ok(groups(right)?.into_iter().map(term).collect())
}

/// The bar and the structure of `us(...)`, `diag(...)`, `cs(...)` or `ar1(...)`.
fn structure_call<'a>(call: &'a Expr, function: &str, arguments: &'a [Argument]) -> Result<(&'a Expr, StructureCall)> {
    let Some(&(_, kind)) = STRUCTURES.iter().find(|(name, _)| *name == function) else {
        let message = format!(
            "'{}' around a bar is no covariance structure: want us, diag, cs or ar1; random terms stand alone between +",
            shorten(function)
        );
        return Err(Error::formula(call.span.start, message));
    };
    let (mut bar, mut homogeneous) = (None, None);
    for Argument { name, value } in arguments {
        match name.as_deref() {
            None if bar.is_none() && is_bar(value) => bar = Some(value.strip_parens()),
            Some("hom") if kind == StructureKind::Unstructured => {
                return Err(Error::formula(value.span.start, "'us' has no homogeneous form: want 'hom' with diag, cs or ar1"));
            }
            Some("hom") if homogeneous.is_none() => homogeneous = Some(truth(value)?),
            _ => {
                let message = format!(
                    "'{function}' takes one (effects | group) and 'hom = TRUE' or 'hom = FALSE', not '{}' there",
                    brief(value)
                );
                return Err(Error::formula(value.span.start, message));
            }
        }
    }
    let bar = bar.ok_or_else(|| Error::formula(call.span.start, format!("'{function}' without (effects | group)")))?;
    Ok((bar, StructureCall { kind, homogeneous }))
}

fn truth(value: &Expr) -> Result<bool> {
    match value.is_name() {
        Some("TRUE" | "T") => Ok(true),
        Some("FALSE" | "F") => Ok(false),
        _ => Err(Error::formula(value.span.start, format!("'hom = {}': want TRUE or FALSE", brief(value)))),
    }
}
