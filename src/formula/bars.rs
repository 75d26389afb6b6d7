//! Where random terms may stand, and how bars are found in a tree.

use super::deparse::brief;
use super::{Expr, ExprKind, Op};
use crate::error::{Error, Result};

/// What the term algebra does with the random terms it meets. `text` is what the spans refer to.
pub(super) enum Bars<'a, 'b> {
    /// On the right-hand side of a formula: they are collected.
    Collect { text: &'b str, found: &'b mut Vec<&'a Expr> },
    /// On the left of a bar: there are none.
    Refuse { text: &'b str },
    /// In a formula that changes another: they are terms like others, and so are offsets and strata.
    Keep { text: &'b str },
}

impl<'a> Bars<'a, '_> {
    fn text(&self) -> &str {
        match self {
            Bars::Collect { text, .. } | Bars::Refuse { text } | Bars::Keep { text } => text,
        }
    }

    pub fn are_terms(&self) -> bool {
        matches!(self, Bars::Keep { .. })
    }

    pub fn collect(&mut self, expr: &'a Expr) -> Result<()> {
        match self {
            Bars::Collect { found, .. } => {
                found.push(expr);
                Ok(())
            }
            Bars::Refuse { text } | Bars::Keep { text } => {
                let position = first_bar(expr).map_or(expr.span.start, |bar| bar_position(bar, text));
                Err(Error::formula(position, "a random term inside another: want (effects | group) with one bar"))
            }
        }
    }

    /// The error for a bar without parentheses.
    pub fn bare(&self, bar: &Expr) -> Error {
        let position = bar_position(bar, self.text());
        match self {
            Bars::Collect { .. } | Bars::Keep { .. } => Error::formula(
                position,
                "a random term needs parentheses: write '... + (effects | group)' in place of '... | group'",
            ),
            Bars::Refuse { .. } => Error::formula(position, "a second bar in one random term: want (effects | group)"),
        }
    }

    /// The error for a bar inside an interaction or a call.
    pub fn misplaced(&self, bar: &Expr) -> Error {
        let position = bar_position(bar, self.text());
        let message = format!("the bar in '{}' is inside another term: random terms stand alone between +", brief(bar));
        Error::formula(position, message)
    }

    /// The error for a random term that is subtracted.
    pub fn subtracted(expr: &Expr) -> Error {
        let message = format!("the random term '{}' is subtracted: random terms stand alone between +", brief(expr));
        Error::formula(expr.span.start, message)
    }

    /// Why `.` means nothing here.
    pub fn no_dot(&self) -> &'static str {
        match self {
            Bars::Collect { .. } | Bars::Keep { .. } => "'.' stands for all columns, but no columns are known here",
            Bars::Refuse { .. } => "'.' can't be used in a random term: name the columns",
        }
    }
}

/// Whether the expression is a bar, in parentheses or not.
pub(super) fn is_bar(expr: &Expr) -> bool {
    matches!(expr.strip_parens().kind, ExprKind::Binary { op: Op::Bar | Op::DoubleBar, .. })
}

/// Whether a call has a bar as an argument, as in `us(x | g)`.
pub(super) fn is_call_around_bar(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Call { arguments, .. } if arguments.iter().any(|argument| is_bar(&argument.value)))
}

/// The first bar in the text of an expression (of nested ones, the outer).
pub(super) fn first_bar(expr: &Expr) -> Option<&Expr> {
    let mut pending = vec![expr];
    while let Some(expr) = pending.pop() {
        match &expr.kind {
            ExprKind::Binary { op: Op::Bar | Op::DoubleBar, .. } => return Some(expr),
            ExprKind::Binary { left, right, .. } => pending.extend([&**right, &**left]),
            ExprKind::Unary { operand: inner, .. } | ExprKind::Paren(inner) => pending.push(inner),
            ExprKind::Call { arguments, .. } => pending.extend(arguments.iter().rev().map(|argument| &argument.value)),
            ExprKind::Number(_) | ExprKind::Text(_) | ExprKind::Name(_) => {}
        }
    }
    None
}

/// The byte of the bar itself, which stands between its operands.
pub(super) fn bar_position(bar: &Expr, text: &str) -> usize {
    if let ExprKind::Binary { left, right, .. } = &bar.kind
        && let Some(offset) = text.get(left.span.end..right.span.start).and_then(|between| between.find('|'))
    {
        return left.span.end + offset;
    }
    bar.span.start
}
