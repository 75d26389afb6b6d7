//! The right-hand side of a bar: the grouping factors, with nesting written out.

use super::deparse::{brief, key};
use super::lexer::is_constant;
use super::{Argument, Expr, ExprKind, Op};
use crate::error::{Error, Result};
use std::collections::HashSet;

/// The factors whose interaction is one group, in the order they are written.
pub(super) type Group = Vec<Expr>;

/// Bounds on what one random term may expand to.
const MAX_GROUPS: usize = 1_000;
const MAX_FACTORS: usize = 20_000;

/// The groups of `g`, `a:b`, `a/b`, `a + b`, `a*b`, `a %in% b`: `a/b` is the group `a` and the group `a:b`.
pub(super) fn groups(expr: &Expr) -> Result<Vec<Group>> {
    let mut pending = Vec::new();
    let mut leftmost = expr;
    while let ExprKind::Binary { op: op @ (Op::Add | Op::Mul | Op::Div | Op::Colon | Op::In), left, right } = &leftmost.kind {
        pending.push((*op, &**right));
        leftmost = left;
    }
    let mut all = operand(leftmost)?;
    while let Some((op, right)) = pending.pop() {
        all = combine(op, all, groups(right)?);
        if all.len() > MAX_GROUPS || all.iter().map(Vec::len).sum::<usize>() > MAX_FACTORS {
            let message = format!("'{}' expands to more than {MAX_GROUPS} groups", brief(expr));
            return Err(Error::formula(expr.span.start, message));
        }
    }
    Ok(all)
}

fn combine(op: Op, left: Vec<Group>, right: Vec<Group>) -> Vec<Group> {
    match op {
        Op::Add => distinct(left.into_iter().chain(right)),
        Op::Mul => {
            let both = interact(&left, &right);
            distinct(left.into_iter().chain(right).chain(both))
        }
        Op::Div => {
            let nested = interact(&[joint(&left)], &right);
            distinct(left.into_iter().chain(nested))
        }
        Op::In => interact(&left, &[joint(&right)]),
        _ => interact(&left, &right),
    }
}

fn interact(left: &[Group], right: &[Group]) -> Vec<Group> {
    let pairs = left.iter().take(MAX_GROUPS + 1).flat_map(|l| right.iter().map(move |r| joint(&[l.clone(), r.clone()])));
    distinct(pairs.take(MAX_GROUPS + 1))
}

/// All factors of several groups, each once.
fn joint(groups: &[Group]) -> Group {
    let mut seen = HashSet::new();
    groups.iter().flatten().filter(|factor| seen.insert(key(factor))).cloned().collect()
}

/// Drops groups that have the same factors as an earlier one: `b:a` after `a:b`.
fn distinct(groups: impl Iterator<Item = Group>) -> Vec<Group> {
    let mut seen = HashSet::new();
    groups.filter(|group| seen.insert(group_key(group))).collect()
}

/// The same for groups of the same factors.
pub(super) fn group_key(group: &[Expr]) -> Vec<String> {
    let mut keys: Vec<String> = group.iter().map(key).collect();
    keys.sort_unstable();
    keys
}

fn operand(expr: &Expr) -> Result<Vec<Group>> {
    match &expr.kind {
        ExprKind::Name(name) if name != "." && !is_constant(name) => Ok(vec![vec![expr.clone()]]),
        ExprKind::Paren(inner) => groups(inner),
        ExprKind::Call { function, arguments } if function == "interaction" => interaction(expr, arguments),
        ExprKind::Call { .. } if super::bars::first_bar(expr).is_none() => Ok(vec![vec![expr.clone()]]),
        _ => Err(not_a_group(expr)),
    }
}

/// `interaction(a, b)` is `a:b`.
fn interaction(expr: &Expr, arguments: &[Argument]) -> Result<Vec<Group>> {
    let mut factors = Group::new();
    for argument in arguments {
        if argument.name.is_some() {
            return Err(Error::formula(
                expr.span.start,
                format!("'{}': interaction() here takes factors only, no named arguments", brief(expr)),
            ));
        }
        match groups(&argument.value)?.as_mut_slice() {
            [group] => factors.append(group),
            _ => return Err(not_a_group(&argument.value)),
        }
    }
    if factors.is_empty() {
        return Err(Error::formula(expr.span.start, "interaction() without factors"));
    }
    Ok(vec![joint(&[factors])])
}

fn not_a_group(expr: &Expr) -> Error {
    let message = format!("'{}' can't be a group: want a factor, a:b or a/b", brief(expr));
    Error::formula(expr.span.start, message)
}
