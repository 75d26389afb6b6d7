//! The residual correlation `ar1(time | group)` or `cs(1 | group)`.

use super::bars::is_bar;
use super::deparse::brief;
use super::groups::groups;
use super::lexer::shorten;
use super::parser::parse_random;
use super::{Argument, Expr, ExprKind, Op};
use crate::choice::Choice;
use crate::error::{Error, Result};
use std::ffi::CStr;

/// How residuals of one group are correlated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[repr(i32)]
pub enum CorrelationKind {
    /// The parameter to the power of the distance in time.
    Ar1 = 1,
    /// The parameter, for any two.
    CompoundSymmetry = 2,
}

impl Choice for CorrelationKind {
    const LIST: &'static str = "correlation";
    const ALL: &'static [(Self, &'static CStr)] =
        &[(CorrelationKind::Ar1, c"ar1"), (CorrelationKind::CompoundSymmetry, c"compound_symmetry")];
}

impl CorrelationKind {
    /// The name that the formula language has for it.
    pub fn word(self) -> &'static str {
        match self {
            CorrelationKind::Ar1 => "ar1",
            CorrelationKind::CompoundSymmetry => "cs",
        }
    }
}

/// A residual correlation as it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct CorrelationTerm {
    pub kind: CorrelationKind,
    /// `None`, written 1, is the order of the rows.
    pub time: Option<Expr>,
    /// The factors whose interaction is the group.
    pub group: Vec<Expr>,
}

/// Reads `ar1(time | group)`, `ar1(1 | group)` or `cs(1 | group)`.
pub fn parse_correlation(text: &str) -> Result<CorrelationTerm> {
    let expr = parse_random(text)?;
    let wanted = "want ar1(time | group), ar1(1 | group) or cs(1 | group)";
    let ExprKind::Call { function, arguments } = &expr.strip_parens().kind else {
        return Err(Error::formula(expr.span.start, format!("'{}' is no residual correlation: {wanted}", brief(&expr))));
    };
    let kinds = [CorrelationKind::Ar1, CorrelationKind::CompoundSymmetry];
    let Some(kind) = kinds.into_iter().find(|kind| kind.word() == function) else {
        return Err(Error::formula(expr.span.start, format!("'{}' is no residual correlation: {wanted}", shorten(function))));
    };
    let [Argument { name: None, value }] = &arguments[..] else {
        return Err(Error::formula(expr.span.start, format!("'{function}' takes one (time | group): {wanted}")));
    };
    let ExprKind::Binary { op: Op::Bar, left, right } = &value.strip_parens().kind else {
        let why = if is_bar(value) { "'||' in a residual correlation" } else { "a residual correlation without bar" };
        return Err(Error::formula(value.span.start, format!("{why}: {wanted}")));
    };
    let time = match left.strip_parens().kind {
        ExprKind::Number(1.0) => None,
        _ if kind == CorrelationKind::CompoundSymmetry => {
            let message = format!("'{}' left of the bar of cs, which knows no time: want cs(1 | group)", brief(left));
            return Err(Error::formula(left.span.start, message));
        }
        _ => Some((**left).clone()),
    };
    let mut all = groups(right)?;
    match (all.pop(), all.is_empty()) {
        (Some(group), true) => Ok(CorrelationTerm { kind, time, group }),
        _ => Err(Error::formula(right.span.start, format!("'{}' is several groups: want one, g or a:b", brief(right)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_correlation_has_a_kind_a_time_and_a_group() {
        let show = |text: &str| {
            let term = parse_correlation(text).unwrap();
            let group: Vec<String> = term.group.iter().map(Expr::to_string).collect();
            format!("{} {} {}", term.kind.word(), term.time.map_or("-".to_owned(), |t| t.to_string()), group.join(":"))
        };
        assert_eq!(show("ar1(time | g)"), "ar1 time g");
        assert_eq!(show("ar1(1|a:b)"), "ar1 - a:b");
        assert_eq!(show(" cs(1 | interaction(a, b)) "), "cs - a:b");
        assert_eq!(show("ar1(log(t) | factor(g))"), "ar1 log(t) factor(g)");
    }

    #[test]
    fn what_can_not_be_read_is_refused_where_it_stands() {
        for (text, position, part) in [
            ("(1 | g)", 0, "no residual correlation"),
            ("us(1 | g)", 0, "'us'"),
            ("ar1(t | g, 2)", 0, "takes one"),
            ("ar1(t)", 4, "without bar"),
            ("ar1(t || g)", 4, "'||'"),
            ("cs(t | g)", 3, "knows no time"),
            ("ar1(1 | a/b)", 8, "several groups"),
            ("ar1(1 | g", 9, ""),
        ] {
            let error = parse_correlation(text).unwrap_err();
            assert_eq!(error.code, crate::error::Code::Formula, "{text}");
            assert!(error.message.contains(part), "{text}: {}", error.message);
            assert_eq!(error.position, position, "{text}: {}", error.message);
        }
    }
}
