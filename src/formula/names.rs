//! The data variables that an expression refers to.

use super::lexer::is_constant;
use super::{Argument, Expr, ExprKind};

impl Expr {
    /// The name, if the expression is a name (parentheses around it don't count).
    pub fn is_name(&self) -> Option<&str> {
        match &self.strip_parens().kind {
            ExprKind::Name(name) => Some(name),
            _ => None,
        }
    }

    /// The expression inside all parentheses that enclose it.
    pub(super) fn strip_parens(&self) -> &Expr {
        let mut inner = self;
        while let ExprKind::Paren(next) = &inner.kind {
            inner = next;
        }
        inner
    }

    /// The data variables, each once, in order of appearance. Functions, names of arguments, constants and the contrasts
    /// in `C(f, contr.sum)` are none. `T`, `F` and `pi` are constants only where R code uses them so: `T` and `F` as
    /// an argument after the first or by name, `pi` inside a larger expression.
    pub fn names(&self) -> Vec<String> {
        if let Some(name) = self.is_name() {
            return if is_constant(name) { Vec::new() } else { vec![name.to_string()] };
        }
        let mut names = Vec::new();
        let mut seen = std::collections::HashSet::new();
        let mut pending = vec![self];
        while let Some(expr) = pending.pop() {
            match &expr.kind {
                ExprKind::Name(name) if !is_constant(name) && name != "pi" => {
                    if seen.insert(name.as_str()) {
                        names.push(name.clone());
                    }
                }
                ExprKind::Name(_) | ExprKind::Number(_) | ExprKind::Text(_) => {}
                ExprKind::Paren(inner) => pending.push(inner),
                ExprKind::Unary { operand, .. } => pending.push(operand),
                ExprKind::Binary { left, right, .. } => pending.extend([&**right, &**left]),
                ExprKind::Call { function, arguments } => pending.extend(data_arguments(function, arguments).rev()),
            }
        }
        names
    }
}

/// The arguments that can hold data variables.
fn data_arguments<'a>(function: &str, arguments: &'a [Argument]) -> impl DoubleEndedIterator<Item = &'a Expr> {
    let contrasts = function == "C";
    arguments.iter().enumerate().filter_map(move |(i, argument)| {
        let option = i > 0 || argument.name.is_some();
        let contrast = contrasts && i > 0;
        let truth = option && matches!(argument.value.is_name(), Some("T" | "F"));
        (!contrast && !truth).then_some(&argument.value)
    })
}

#[cfg(test)]
mod tests {
    use super::super::parse_random;

    #[test]
    fn data_variables_only() {
        let cases: [(&str, &[&str]); 13] = [
            ("x", &["x"]),
            ("((x))", &["x"]),
            ("cbind(k, n - k)", &["k", "n"]),
            ("poly(x, 2, raw = TRUE)", &["x"]),
            ("C(f, contr.sum)", &["f"]),
            ("C(f, contr = treatment(base), 2)", &["f"]),
            ("scale(x, T, scale = F)", &["x"]),
            ("log(T)", &["T"]),
            ("T", &["T"]),
            ("sin(2 * pi * day/365)", &["day"]),
            ("pi", &["pi"]),
            ("ifelse(is.na(b), NULL, `a b`)", &["b", "a b"]),
            ("factor(f, levels = c(\"a\", \"b\"))", &["f"]),
        ];
        for (text, wanted) in cases {
            assert_eq!(parse_random(text).unwrap().names(), wanted, "{text}");
        }
        assert_eq!(parse_random("TRUE").unwrap().names(), Vec::<String>::new());
    }

    #[test]
    fn a_call_is_no_name() {
        assert_eq!(parse_random("(`a b`)").unwrap().is_name(), Some("a b"));
        assert_eq!(parse_random("f(x)").unwrap().is_name(), None);
    }
}
