//! A syntax tree to text, as R's `deparse` writes it: the names of the columns are made of this.

use super::lexer::{is_constant, is_keyword, is_syntactic, shorten};
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

/// The expression as text that reads back to the same tree.
pub(super) fn exact(expr: &Expr) -> String {
    let mut out = String::new();
    let _ = write_expr(&mut out, expr, Digits::Exact);
    out
}

/// The expression, short enough for a message.
pub(super) fn brief(expr: &Expr) -> String {
    shorten(&expr.to_string())
}

/// How numbers are written.
#[derive(Clone, Copy, PartialEq)]
enum Digits {
    AsR,
    /// As R does, unless that is another number.
    Exact,
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
        ExprKind::Number(value) => {
            let short = number(*value);
            let is_other = digits == Digits::Exact && short.parse() != Ok(*value);
            if is_other { write!(out, "{value:e}") } else { out.write_str(&short) }
        }
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

#[cfg(test)]
mod tests {
    use super::super::parse_random;
    use super::{key, number};

    /// Text and what R 4.2.2 deparses it to.
    const CASES: [(&str, &str); 40] = [
        ("I( x ^2 )", "I(x^2)"),
        ("I(x**2)", "I(x^2)"),
        ("poly(x,2,raw=TRUE)", "poly(x, 2, raw = TRUE)"),
        ("log(x+1)", "log(x + 1)"),
        ("scale(x,scale=FALSE)", "scale(x, scale = FALSE)"),
        ("C(f, contr.sum)", "C(f, contr.sum)"),
        ("cbind(k,n-k)", "cbind(k, n - k)"),
        ("f()", "f()"),
        ("f((x))", "f((x))"),
        ("x/2", "x/2"),
        ("2*x", "2 * x"),
        ("a%in%b:c", "a %in% b:c"),
        ("-a^2", "-a^2"),
        ("(-1)^2", "(-1)^2"),
        ("--a", "--a"),
        ("a- -b", "a - -b"),
        ("a^-1", "a^-1"),
        ("a*-b", "a * -b"),
        ("!a==b", "!a == b"),
        ("a+!b", "a + !b"),
        ("x>=1&y!=2", "x >= 1 & y != 2"),
        ("a||b", "a || b"),
        ("x < -5", "x < -5"),
        ("'it\\'s'", "\"it's\""),
        ("'\"'", "\"\\\"\""),
        ("'a\\\\b\\t'", "\"a\\\\b\\t\""),
        ("'\\x41\\u00e9\\U{1F600}'", "\"A\u{e9}\u{1F600}\""),
        ("`a b`(x, `c d`=`if`)", "`a b`(x, `c d` = `if`)"),
        ("f('a'=1)", "f(a = 1)"),
        ("f(`NULL`=NULL)", "f(`NULL` = NULL)"),
        ("1e5", "1e+05"),
        ("120000", "120000"),
        ("123456789012", "123456789012"),
        ("0.0001", "1e-04"),
        ("0.00012", "0.00012"),
        (".5", "0.5"),
        ("1.50", "1.5"),
        ("1.e3", "1000"),
        ("3.14159265358979312", "3.14159265358979"),
        ("0.30000000000000004", "0.3"),
    ];

    #[test]
    fn writes_as_r_does() {
        for (text, wanted) in CASES {
            assert_eq!(parse_random(text).unwrap().to_string(), wanted, "{text}");
        }
    }

    #[test]
    fn numbers_as_r_prints_them() {
        let cases = [(1e15, "1e+15"), (1e300, "1e+300"), (1e-5, "1e-05"), (1.5e-7, "1.5e-07"), (1e22, "1e+22"), (-0.25, "-0.25")];
        for (value, wanted) in cases {
            assert_eq!(number(value), wanted);
        }
        assert_eq!(number(1_234_567_890_123_456.0), "1234567890123456");
        assert_eq!(number(12_345_678_901_234_567_168.0), "12345678901234567168");
        assert_eq!(number(0.123_456_789_012_345_6), "0.123456789012346");
        assert_eq!(number(5e-324), "4.94065645841247e-324");
    }

    #[test]
    fn names_that_r_could_not_read_get_backticks() {
        for (text, wanted) in
            [("`a b`", "`a b`"), ("`ok`", "ok"), ("`if`", "`if`"), ("`1x`", "`1x`"), ("`.1`", "`.1`"), ("`_`", "`_`")]
        {
            assert_eq!(parse_random(text).unwrap().to_string(), wanted);
        }
        assert_eq!(parse_random("`a\\`b`").unwrap().to_string(), "`a\\`b`");
        assert_eq!(parse_random("Größe + 体重 + .a_1").unwrap().to_string(), "Größe + 体重 + .a_1");
    }

    #[test]
    fn keys_tell_numbers_apart_that_deparse_rounds_together() {
        let (a, b) = (parse_random("I(x > 0.3)").unwrap(), parse_random("I(x > 0.30000000000000004)").unwrap());
        assert_eq!(a.to_string(), b.to_string());
        assert_ne!(key(&a), key(&b));
    }
}
