//! A syntax tree to text, as R's `deparse` writes it: the names of the columns are made of this.

use super::lexer::{is_constant, is_keyword, is_syntactic};
use super::{Argument, Expr, ExprKind, Op};
use std::fmt::{self, Write};

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_expr(f, self, Digits::AsR)
    }
}

/// Text that is the same only for expressions that are equal: R's deparse rounds numbers to 15 digits, this doesn't.
pub(super) fn key(expr: &Expr) -> String {
    let mut out = String::new();
    // Writing to a `String` doesn't fail.
    let _ = write_expr(&mut out, expr, Digits::All);
    out
}

/// How numbers are written.
#[derive(Clone, Copy, PartialEq)]
enum Digits {
    AsR,
    All,
}

/// Walks down the left operands in a loop: sums of thousands of terms are that high.
fn write_expr(out: &mut impl Write, expr: &Expr, digits: Digits) -> fmt::Result {
    let mut pending = Vec::new();
    let mut leftmost = expr;
    while let ExprKind::Binary { op, left, right } = &leftmost.kind {
        pending.push((*op, right));
        leftmost = left;
    }
    write_operand(out, leftmost, digits)?;
    while let Some((op, right)) = pending.pop() {
        out.write_str(spelling(op))?;
        write_expr(out, right, digits)?;
    }
    Ok(())
}

fn write_operand(out: &mut impl Write, expr: &Expr, digits: Digits) -> fmt::Result {
    match &expr.kind {
        ExprKind::Number(value) if digits == Digits::All => write!(out, "{value:e}"),
        ExprKind::Number(value) => out.write_str(&number(*value)),
        ExprKind::Text(value) => quote(out, value, '"'),
        ExprKind::Name(name) if is_constant(name) => out.write_str(name),
        ExprKind::Name(name) => write_name(out, name),
        ExprKind::Call { function, arguments } => write_call(out, function, arguments, digits),
        ExprKind::Unary { op, operand } => {
            out.write_str(spelling(*op).trim())?;
            write_expr(out, operand, digits)
        }
        ExprKind::Paren(inner) => {
            out.write_char('(')?;
            write_expr(out, inner, digits)?;
            out.write_char(')')
        }
        ExprKind::Binary { .. } => write_expr(out, expr, digits),
    }
}

fn write_call(out: &mut impl Write, function: &str, arguments: &[Argument], digits: Digits) -> fmt::Result {
    write_name(out, function)?;
    out.write_char('(')?;
    for (i, argument) in arguments.iter().enumerate() {
        if i > 0 {
            out.write_str(", ")?;
        }
        if let Some(name) = &argument.name {
            write_name(out, name)?;
            out.write_str(" = ")?;
        }
        write_expr(out, &argument.value, digits)?;
    }
    out.write_char(')')
}

/// A name, in backticks where R could not read it without.
fn write_name(out: &mut impl Write, name: &str) -> fmt::Result {
    if is_syntactic(name) && !is_keyword(name) && !is_constant(name) { out.write_str(name) } else { quote(out, name, '`') }
}

fn quote(out: &mut impl Write, text: &str, mark: char) -> fmt::Result {
    out.write_char(mark)?;
    for c in text.chars() {
        match c {
            '\n' => out.write_str("\\n")?,
            '\t' => out.write_str("\\t")?,
            '\r' => out.write_str("\\r")?,
            '\x07' => out.write_str("\\a")?,
            '\x08' => out.write_str("\\b")?,
            '\x0c' => out.write_str("\\f")?,
            '\x0b' => out.write_str("\\v")?,
            '\\' => out.write_str("\\\\")?,
            c if c == mark => write!(out, "\\{c}")?,
            c if c.is_control() => write!(out, "\\u{{{:x}}}", u32::from(c))?,
            c => out.write_char(c)?,
        }
    }
    out.write_char(mark)
}

/// A binary operator with the spaces that R puts around it.
fn spelling(op: Op) -> &'static str {
    match op {
        Op::Add => " + ",
        Op::Sub => " - ",
        Op::Mul => " * ",
        Op::Div => "/",
        Op::Pow => "^",
        Op::Colon => ":",
        Op::In => " %in% ",
        Op::Bar | Op::Or => " | ",
        Op::DoubleBar => " || ",
        Op::Less => " < ",
        Op::LessEqual => " <= ",
        Op::Greater => " > ",
        Op::GreaterEqual => " >= ",
        Op::Equal => " == ",
        Op::NotEqual => " != ",
        Op::And => " & ",
        Op::Not => "!",
    }
}

/// A number as R prints it: up to 15 significant digits, in the shorter of the fixed and the scientific form (fixed if equal).
pub(super) fn number(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return match value {
            v if v.is_nan() => "NaN".to_string(),
            v if v == f64::INFINITY => "Inf".to_string(),
            v if v == f64::NEG_INFINITY => "-Inf".to_string(),
            _ => "0".to_string(),
        };
    }
    let rounded = format!("{value:.14e}");
    let (mantissa, exponent) = rounded.split_once('e').unwrap_or((&rounded, "0"));
    let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if exponent < 0 { '-' } else { '+' };
    let scientific = format!("{mantissa}e{sign}{:02}", exponent.abs());
    // Digits right of the decimal point in the fixed form.
    let significant = mantissa.bytes().filter(u8::is_ascii_digit).count() as i32;
    let decimals = (significant - 1 - exponent).max(0) as usize;
    let whole = exponent.max(0) as usize + 1;
    let width = usize::from(value < 0.0) + whole + if decimals > 0 { decimals + 1 } else { 0 };
    if width <= scientific.len() { format!("{value:.decimals$}") } else { scientific }
}
