//! A parsed formula, with random terms and groups given beside it, to a `Formula`.

use super::bars::{Bars, is_bar, is_call_around_bar};
use super::deparse::{brief, key};
use super::groups::groups;
use super::lexer::shorten;
use super::parser::{Parsed, parse_random};
use super::random::random_terms;
use super::terms::term_list;
use super::{Expr, ExprKind, Formula, Op, RandomTerm, Span, TermList};
use crate::error::{Error, Result};
use std::collections::HashSet;

/// Expands the formula to terms. The random terms are those of the formula, then those of the strings `extra_random`
/// (each as `(1 + x | g)`, parentheses optional), then `(1 | g)` for each of `groups`, where `a/b` stands for nested groups
/// unless a column is called so. `columns` are what `.` stands for, without the variables of the response;
/// with none, `.` is an error. The span of a term from another string than the formula refers to that string.
pub fn expand(parsed: &Parsed, extra_random: &[String], groups: &[String], columns: &[String]) -> Result<Formula> {
    let text = parsed.text.as_str();
    if let Some(bar) = parsed.response.as_ref().and_then(super::bars::first_bar) {
        return Err(Error::formula(super::bars::bar_position(bar, text), "a bar left of '~': random terms stand on the right"));
    }
    let response_names = parsed.response.as_ref().map(Expr::names).unwrap_or_default();
    if response_names.iter().any(|name| name == ".") {
        return Err(Error::formula(0, "'.' stands for columns only right of '~'"));
    }
    let for_dot: Vec<String> = columns.iter().filter(|column| !response_names.contains(column)).cloned().collect();
    let mut bars = Vec::new();
    let collect = Bars::Collect { text, found: &mut bars };
    let fixed = term_list(&parsed.rhs, (!columns.is_empty()).then_some(&for_dot), collect)?;
    check_response(parsed.response.as_ref(), &fixed)?;

    let mut random = Vec::new();
    for bar in bars {
        random.extend(random_terms(bar, text)?);
    }
    for (i, extra) in extra_random.iter().enumerate() {
        let terms = extra_terms(extra).map_err(|error| in_string("random term", i, extra, &error))?;
        random.extend(terms);
    }
    for (i, name) in groups.iter().enumerate() {
        let terms = group_terms(name, columns).map_err(|error| in_string("group", i, name, &error))?;
        random.extend(terms);
    }
    check_distinct(&random)?;
    Ok(Formula { text: parsed.text.clone(), response: parsed.response.clone(), fixed, random })
}

/// Says in which of several strings an error is; its position is already one in that string.
fn in_string(what: &str, index: usize, text: &str, error: &Error) -> Error {
    let place = if error.position >= 0 { format!(" (byte {} of this string)", error.position) } else { String::new() };
    let message = format!("{what} {} '{}': {}{place}", index + 1, shorten(text), error.message);
    Error { message, ..error.clone() }
}

/// The random terms of a string: one, or several between +.
fn extra_terms(text: &str) -> Result<Vec<RandomTerm>> {
    let expr = parse_random(text)?;
    let mut operands = Vec::new();
    let mut rest = &expr;
    while let ExprKind::Binary { op: Op::Add, left, right } = &rest.kind {
        operands.push(&**right);
        rest = left;
    }
    operands.push(rest);
    let mut terms = Vec::new();
    for operand in operands.into_iter().rev() {
        if !is_bar(operand) && !is_call_around_bar(operand.strip_parens()) {
            let message = format!("'{}' is no random term: want (effects | group)", brief(operand));
            return Err(Error::formula(operand.span.start, message));
        }
        terms.extend(random_terms(operand, text)?);
    }
    Ok(terms)
}

/// `(1 | name)`, or one term for each level of nesting in `a/b`.
fn group_terms(name: &str, columns: &[String]) -> Result<Vec<RandomTerm>> {
    if columns.iter().any(|column| column == name) {
        let span = Span { start: 0, end: name.len() };
        return Ok(vec![RandomTerm::intercept(vec![Expr { kind: ExprKind::Name(name.to_string()), span }])]);
    }
    let expr = parse_random(name)?;
    Ok(groups(&expr)?.into_iter().map(RandomTerm::intercept).collect())
}

/// R drops the response from the right-hand side with a warning; here it is an error.
fn check_response(response: Option<&Expr>, fixed: &TermList) -> Result<()> {
    let Some(response) = response else { return Ok(()) };
    let response = key(response.strip_parens());
    match fixed.variables.iter().find(|variable| key(variable) == response) {
        Some(variable) => {
            Err(Error::formula(variable.span.start, format!("the response '{}' is also right of '~'", brief(variable))))
        }
        None => Ok(()),
    }
}

/// Two equal random terms have variances of which only the sum can be estimated.
fn check_distinct(random: &[RandomTerm]) -> Result<()> {
    let mut seen = HashSet::new();
    match random.iter().find(|term| !seen.insert(term.identity())) {
        Some(term) => Err(Error::formula(
            term.span.start,
            format!("the random term {} is there twice: its two variances can't be told apart", shorten(&term.to_string())),
        )),
        None => Ok(()),
    }
}
