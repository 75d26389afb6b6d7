//! A formula changed by another, as R's `update.formula` does it.

use super::bars::Bars;
use super::deparse::exact;
use super::parser::{Parsed, parse};
use super::terms::{Algebra, Dot, Place};
use super::{Expr, ExprKind};
use crate::error::{Error, Result};

/// The formula that `change` makes of an old one, to which the random terms `more` belong, too: in it `.` stands for the old response on
/// the left, and for all old terms on the right. Terms of random effects, offsets and strata are terms like others. All terms are written
/// out, in R's order.
pub fn update(old: &Parsed, more: &[Expr], change: &str) -> Result<String> {
    let change = parse(change)?;
    let response = match &change.response {
        None => old.response.clone(),
        Some(own) => Some(with_response(own, old.response.as_ref())?),
    };
    let parts: Vec<&Expr> = std::iter::once(&old.rhs).chain(more).collect();
    let mut algebra = Algebra::new(Dot::Old(&parts), Bars::Keep { text: &change.text });
    let terms = algebra.encode(&change.rhs, Place::Sum)?;
    let mut ordered: Vec<&Vec<usize>> = terms.terms().iter().collect();
    ordered.sort_by_key(|term| term.len());
    let label = |term: &Vec<usize>| term.iter().map(|&v| operand(&algebra.variables[v])).collect::<Vec<_>>().join(":");
    let mut right = ordered.into_iter().map(label).collect::<Vec<_>>().join(" + ");
    match (right.is_empty(), algebra.intercept) {
        (true, intercept) => right.push(if intercept { '1' } else { '0' }),
        (false, true) => {}
        (false, false) => right += " - 1",
    }
    for term in algebra.left_out.terms() {
        right += " - ";
        right += &label(term);
    }
    Ok(response.map_or_else(String::new, |response| exact(&response) + " ") + "~ " + &right)
}

/// A variable as an operand of `:` and `+`.
fn operand(variable: &Expr) -> String {
    let text = exact(variable);
    if matches!(variable.kind, ExprKind::Unary { .. } | ExprKind::Binary { .. }) { format!("({text})") } else { text }
}

/// An expression with the old response in the place of each `.`.
fn with_response(expr: &Expr, old: Option<&Expr>) -> Result<Expr> {
    let kind = match &expr.kind {
        ExprKind::Name(name) if name == "." => {
            let none = || Error::formula(expr.span.start, "'.' stands for the old response, and the old formula has none");
            return old.cloned().ok_or_else(none);
        }
        ExprKind::Name(_) | ExprKind::Number(_) | ExprKind::Text(_) => expr.kind.clone(),
        ExprKind::Paren(inner) => ExprKind::Paren(Box::new(with_response(inner, old)?)),
        ExprKind::Unary { op, operand } => ExprKind::Unary { op: *op, operand: Box::new(enclosed(operand, old)?) },
        ExprKind::Binary { op, left, right } => {
            ExprKind::Binary { op: *op, left: Box::new(enclosed(left, old)?), right: Box::new(enclosed(right, old)?) }
        }
        ExprKind::Call { function, arguments } => {
            let mut arguments = arguments.clone();
            for argument in &mut arguments {
                argument.value = with_response(&argument.value, old)?;
            }
            ExprKind::Call { function: function.clone(), arguments }
        }
    };
    Ok(Expr { kind, span: expr.span })
}

/// The same for an operand, in parentheses where the old response has operators.
fn enclosed(expr: &Expr, old: Option<&Expr>) -> Result<Expr> {
    let own = with_response(expr, old)?;
    let was_dot = matches!(&expr.kind, ExprKind::Name(name) if name == ".");
    let has_operator = matches!(own.kind, ExprKind::Unary { .. } | ExprKind::Binary { .. });
    Ok(if was_dot && has_operator { Expr { span: own.span, kind: ExprKind::Paren(Box::new(own)) } } else { own })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::parse_random;

    fn updated(old: &str, change: &str) -> Result<String> {
        update(&parse(old)?, &[], change)
    }

    /// What R 4.2.2's `update.formula` makes of them, but for spaces and where it says otherwise.
    #[test]
    fn changes_formulas_as_r_does() {
        let cases = [
            ("y ~ x + (1 | g)", ". ~ . + z", "y ~ x + (1 | g) + z"),
            ("y ~ x + (1 | g)", "~ . + z", "y ~ x + (1 | g) + z"),
            ("y ~ x + (1|g) + (0+x|h)", ". ~ . - (0 + x | h)", "y ~ x + (1 | g)"),
            ("y ~ x + (1 | g)", ". ~ . - (1 | g) + (x | g)", "y ~ x + (x | g)"),
            ("y ~ x + (1 | g)", ". ~ (1 | g)", "y ~ (1 | g)"),
            ("y ~ x * z", ". ~ . - x:z", "y ~ x + z"),
            ("y ~ x", ". ~ .:z", "y ~ x:z"),
            ("y ~ x + z", ". ~ .^2", "y ~ x + z + x:z"),
            ("y ~ x * z + (1 | g)", ". ~ . + w", "y ~ x + z + (1 | g) + w + x:z"),
            ("y ~ x", "log(.) ~ .", "log(y) ~ x"),
            ("a + b ~ x", ".^2 ~ .", "(a + b)^2 ~ x"),
            ("y ~ x", "z ~ .", "z ~ x"),
            ("y ~ x", ". ~ . - 1", "y ~ x - 1"),
            ("y ~ 0 + x", ". ~ . + z", "y ~ x + z - 1"),
            ("y ~ 0 + x", ". ~ . + 1", "y ~ x"),
            ("y ~ x", ". ~ 1", "y ~ 1"),
            ("y ~ x", ". ~ . - x", "y ~ 1"),
            ("y ~ x", ". ~ 0", "y ~ 0"),
            ("y ~ x", ". ~ . + x", "y ~ x"),
            ("y ~ x + offset(log(n))", ". ~ . - offset(log(n))", "y ~ x"),
            ("Surv(t, d) ~ x + strata(s) + (1 | g)", ". ~ . - strata(s) + z", "Surv(t, d) ~ x + (1 | g) + z"),
            ("y ~ cs(1 + x | g) + (1 | a/b)", ". ~ . - (1 | a/b)", "y ~ cs(1 + x | g)"),
            ("y ~ (x > 3) + f(0.1)", ". ~ . + `a b`", "y ~ (x > 3) + f(0.1) + `a b`"),
            ("cbind(k, n - k) ~ x", ". ~ . + poly(z, 2)", "cbind(k, n - k) ~ x + poly(z, 2)"),
            ("y ~ I(x > 0.30000000000000004)", ". ~ . + z", "y ~ I(x > 3.0000000000000004e-1) + z"),
            // Columns that are not known before there are data: R knows them.
            ("y ~ . + (1 | g)", ". ~ . - x", "y ~ . + (1 | g) - x"),
            ("y ~ . - x + (1 | g)", ". ~ . + x", "y ~ . + (1 | g) + x"),
            ("y ~ . - x", ". ~ . + z", "y ~ . + z - x"),
            ("y ~ .", ". ~ z/.", "y ~ z + z:."),
            ("~ z", "~ . + w", "~ z + w"),
        ];
        for (old, change, wanted) in cases {
            assert_eq!(updated(old, change).unwrap(), wanted, "{old}, {change}");
        }
    }

    #[test]
    fn random_terms_beside_the_formula_belong_to_it() {
        let more = [parse_random("(1 | h)").unwrap(), parse_random("(0 + x | g)").unwrap()];
        let old = parse("y ~ x").unwrap();
        assert_eq!(update(&old, &more, ". ~ . - (1 | h)").unwrap(), "y ~ x + (0 + x | g)");
    }

    /// R leaves such changes without effect, or makes other formulas of them.
    #[test]
    fn what_means_nothing_is_an_error_at_its_byte() {
        let cases = [
            ("y ~ x + (1 | g)", ". ~ . - (1 | h)", 8, "'(1 | h)' is taken out, but the formula has no such term"),
            ("y ~ x", ". ~ . - z", 8, "no such term"),
            ("y ~ x + (1 | g)", ". ~ . * z", 4, "inside another term"),
            ("y ~ x", ". ~ . + log(.)", 8, "the old formula only as a term, not inside 'log(.)'"),
            ("y ~ x", ". ~ . + (. | g)", 8, "not for effects in"),
            ("~ x", ". ~ .", 0, "has none"),
            ("y ~ x", ". + z", 5, "no '~'"),
            ("y ~ x", ". ~ . +", 7, "expected a name"),
            ("y ~ x", ". ~ . | g", 6, "needs parentheses"),
            ("y ~ . - x", ". ~ .:z", 4, "depends on the columns"),
            ("y ~ .", ". ~ .^2", 4, "write them out"),
            ("y ~ .", ". ~ ./z", 4, "'./z'"),
        ];
        for (old, change, byte, wanted) in cases {
            let error = updated(old, change).unwrap_err();
            assert!(error.position == byte && error.message.contains(wanted), "{change}: {error} at {}", error.position);
        }
    }
}
