//! What holds for every text.

use crate::formula::{Argument, Expr, ExprKind, Op, Span, expand, parse, parse_random};
use proptest::prelude::*;

/// Pieces of formulas, right and wrong.
fn token() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "a",
        "b",
        "x",
        "`a b`",
        ".",
        "0",
        "1",
        "2",
        "1e-3",
        "+",
        "-",
        "*",
        "/",
        "^",
        ":",
        "%in%",
        "|",
        "||",
        "~",
        "(",
        ")",
        "(",
        ")",
        ",",
        "=",
        "==",
        "!",
        "&",
        "<",
        "'t'",
        "log(",
        "us(",
        "offset(",
        "hom",
        "TRUE",
        "interaction(",
        "::",
        " ",
        "é",
    ])
}

fn expression() -> impl Strategy<Value = Expr> {
    let number = prop_oneof![(0_u32..100_000).prop_map(f64::from), (0_u32..100_000).prop_map(|n| f64::from(n) / 1e9), Just(1e22)];
    let name = prop_oneof!["[a-z][a-z0-9._]{0,4}", "[ -~]{1,6}", "\\PC{1,4}", Just("if".to_string()), Just("a\nb".to_string())];
    let text = prop_oneof!["[ -~]{0,6}", "\\PC{0,4}", Just("\"'`\\\n\t".to_string())];
    let leaf = prop_oneof![number.prop_map(ExprKind::Number), text.prop_map(ExprKind::Text), name.clone().prop_map(ExprKind::Name)];
    leaf.prop_map(at_nowhere).prop_recursive(5, 40, 4, move |inner| {
        let operators = vec![
            Op::Add,
            Op::Sub,
            Op::Mul,
            Op::Div,
            Op::Pow,
            Op::Colon,
            Op::In,
            Op::Bar,
            Op::DoubleBar,
            Op::Less,
            Op::LessEqual,
            Op::Greater,
            Op::GreaterEqual,
            Op::Equal,
            Op::NotEqual,
            Op::And,
        ];
        let operand = inner.clone().prop_map(enclosed);
        let binary = (prop::sample::select(operators), operand.clone(), operand.clone())
            .prop_map(|(op, left, right)| ExprKind::Binary { op, left: Box::new(left), right: Box::new(right) });
        let unary = (prop::sample::select(vec![Op::Add, Op::Sub, Op::Not]), operand)
            .prop_map(|(op, operand)| ExprKind::Unary { op, operand: Box::new(operand) });
        let argument = (prop::option::of(name.clone()), inner).prop_map(|(name, value)| Argument { name, value });
        let call = (name.clone(), prop::collection::vec(argument, 0..4))
            .prop_map(|(function, arguments)| ExprKind::Call { function, arguments });
        prop_oneof![binary, unary, call].prop_map(at_nowhere)
    })
}

fn at_nowhere(kind: ExprKind) -> Expr {
    Expr { kind, span: Span::default() }
}

/// Operators as operands in parentheses, so that the tree can be written down.
fn enclosed(expr: Expr) -> Expr {
    match expr.kind {
        ExprKind::Unary { .. } | ExprKind::Binary { .. } => at_nowhere(ExprKind::Paren(Box::new(expr))),
        _ => expr,
    }
}

/// Reads and expands; every failure is an error with a byte of the text.
fn exercise(text: &str) -> Result<(), TestCaseError> {
    let columns = ["a".to_string(), "x".to_string()];
    let result = parse(text).and_then(|parsed| {
        assert_written_and_read(&parsed.rhs, text);
        expand(&parsed, &[], &[], &columns)
    });
    if let Err(error) = result {
        prop_assert!(error.position >= 0 && error.position as usize <= text.len(), "{text}: {error}");
        prop_assert!(text.is_char_boundary(error.position as usize), "{text}: {error}");
    }
    Ok(())
}

/// Deparse and parse give the same tree.
fn assert_written_and_read(expr: &Expr, text: &str) {
    let written = expr.to_string();
    let again = parse_random(&written).unwrap_or_else(|error| panic!("{text}: {written}: {error}"));
    assert_eq!(&again, expr, "{text}: {written}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_string(text in "\\PC{0,60}") {
        exercise(&text)?;
        exercise(&format!("y ~ {text}"))?;
    }

    #[test]
    fn any_tokens(tokens in prop::collection::vec(token(), 0..14)) {
        exercise(&format!("y ~ {}", tokens.concat()))?;
        let extra = expand(&parse("y ~ 1").unwrap(), &[tokens.join(" ")], &[tokens.concat()], &[]);
        prop_assert!(extra.is_ok() || !extra.unwrap_err().message.is_empty());
    }

    #[test]
    fn deparse_then_parse_is_the_same(expr in expression()) {
        let written = expr.to_string();
        prop_assert_eq!(parse_random(&written).map_err(|e| TestCaseError::fail(format!("{written}: {e}")))?, expr, "{}", written);
    }
}
