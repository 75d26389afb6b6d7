//! Missing values, weights and the ledger.

use super::*;
use crate::design::ZERO_WEIGHT;

const NAN: f64 = f64::NAN;

fn holes() -> Frame {
    let mut frame = small();
    for (name, values) in [
        ("y", [1.0, 2.0, NAN, 4.0, 5.0, 6.0, 7.0]),
        ("x", [0.5, 1.25, NAN, NAN, 4.0, 5.75, 7.1]),
        ("w", [1.0, 0.0, 1.0, 2.0, NAN, 3.0, 4.0]),
    ] {
        frame = with(&frame, |f| f.add_real(name, values.to_vec()).unwrap());
    }
    with(&frame, |f| f.add_strings("g", &[None, Some("v"), Some("u"), Some("v"), Some("w"), Some("w"), Some("u")]).unwrap())
}

fn ledger(d: &Design) -> Vec<(usize, &str)> {
    d.rows.dropped.iter().map(|(row, name)| (*row, name.as_str())).collect()
}

#[test]
fn the_ledger_names_the_first_missing_variable() {
    let frame = holes();
    let d = design("y ~ x + (1 | g)", &frame);
    assert_eq!(ledger(&d), [(0, "g"), (2, "y"), (3, "x")]);
    assert_eq!((d.n, d.rows.n_data, d.rows.pad), (4, 7, false));
    assert_eq!(d.y, [2.0, 5.0, 6.0, 7.0]);
    assert_eq!(d.x[4..], [1.25, 4.0, 5.75, 7.1]);
    assert_eq!(d.terms[0].levels.join(","), "u,v,w");
    assert_eq!(d.terms[0].index, [1, 2, 2, 0]);
    let formula = formula("y ~ 1", &frame);
    let (_, d) = Program::learn(&Request { na: NaPolicy::Pad, ..request(&formula) }, &frame).unwrap();
    assert!(d.rows.pad && d.n == 6);
}

#[test]
fn values_that_do_not_exist_are_missing() {
    // R: log(-1) is NaN, which na.omit leaves out.
    let frame = with(&small(), |f| f.add_real("x", vec![1.0, -1.0, 2.0, NAN, 3.0, 4.0, 5.0]).unwrap());
    let d = design("y ~ log(x)", &frame);
    assert_eq!(ledger(&d), [(1, "log(x)"), (3, "x")]);
    let d = design("y ~ poly(x, 2) + I(f == \"b\") + factor(x)", &frame);
    assert_eq!(ledger(&d), [(3, "x")]);
    let d = design("y ~ factor(z, levels = c(0, 1, 2))", &frame);
    assert_eq!(ledger(&d).iter().map(|(row, _)| *row).collect::<Vec<_>>(), [3, 4, 6]);
}

#[test]
fn transforms_learn_from_rows_that_are_left_out_elsewhere() {
    // As R: variables are evaluated before rows are left out.
    let frame = with(&small(), |f| f.add_real("y", vec![NAN, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]).unwrap());
    let all = design("x ~ scale(x) + poly(x, 2) + ns(x, 3)", &frame);
    let some = design("y ~ scale(x) + poly(x, 2) + ns(x, 3)", &frame);
    for k in 0..7 {
        assert_eq!(some.x[k * 6..(k + 1) * 6], all.x[k * 7 + 1..(k + 1) * 7]);
    }
}

#[test]
fn the_policy_can_be_to_fail() {
    let frame = holes();
    let formula = formula("y ~ f + x", &frame);
    let error = Program::learn(&Request { na: NaPolicy::Error, ..request(&formula) }, &frame).unwrap_err();
    assert_eq!(error.position, 2);
    assert!(error.message.starts_with("'y' is missing in row 3 (counting from 1)"), "{error}");
}

#[test]
fn weights_of_zero_leave_rows_out_also_where_missing_values_fail() {
    let frame = holes();
    let first = formula("f ~ 1", &frame);
    let with_weights = |formula, na| Program::learn(&Request { weights: Some("w"), na, ..request(formula) }, &frame);
    assert!(with_weights(&first, NaPolicy::Omit).unwrap_err().message.contains("'f' holds categories"));
    let other = formula("z ~ 1", &frame);
    let (_, d) = with_weights(&other, NaPolicy::Omit).unwrap();
    assert_eq!(ledger(&d), [(1, ZERO_WEIGHT), (4, "w")]);
    assert_eq!(d.weights.unwrap(), [1.0, 1.0, 2.0, 3.0, 4.0]);
    assert_eq!(with_weights(&other, NaPolicy::Error).unwrap_err().position, 4);
    let frame = with(&frame, |f| f.add_real("w", vec![1.0, 0.0, 1.0, 2.0, 2.0, 3.0, 4.0]).unwrap());
    let strict = Request { weights: Some("w"), na: NaPolicy::Error, ..request(&other) };
    assert_eq!(Program::learn(&strict, &frame).unwrap().1.n, 6);
}

#[test]
fn bad_weights_are_refused_with_their_row() {
    for (bad, text) in [(-1.0, "-1"), (f64::INFINITY, "inf")] {
        let frame = with(&small(), |f| f.add_real("w", vec![1.0, 1.0, 1.0, 1.0, bad, 1.0, 1.0]).unwrap());
        let formula = formula("y ~ 1", &frame);
        let error = Program::learn(&Request { weights: Some("w"), ..request(&formula) }, &frame).unwrap_err();
        assert_eq!(error.position, 4);
        assert!(error.message.contains("'w'") && error.message.contains(text) && error.message.contains("row 5"), "{error}");
    }
}

#[test]
fn infinite_values_are_refused_with_column_and_row() {
    let infinite = with(&small(), |f| f.add_real("x", vec![1.0, NAN, f64::INFINITY, 0.0, 1.0, 1.0, 2.0]).unwrap());
    for text in ["y ~ x", "x ~ 1", "y ~ 1 + (x | g)", "y ~ offset(x)", "y ~ scale(x)", "y ~ poly(x, 2, raw = TRUE)"] {
        let error = failure(text, &infinite);
        assert_eq!(error.position, 2, "{text}: {error}");
        assert!(error.message.contains("Inf") || error.message.contains("inf"), "{error}");
    }
    let zero = with(&small(), |f| f.add_real("x", vec![1.0, NAN, 3.0, 0.0, 1.0, 1.0, 2.0]).unwrap());
    let error = failure("y ~ log(x)", &zero);
    assert_eq!((error.position, error.message.as_str()), (3, "'log(x)' is -Inf in row 4 (counting from 1), wanted finite values"));
    // Where the row is left out for another reason it does no harm.
    let frame = with(&zero, |f| f.add_real("y", vec![1.0, 2.0, 3.0, NAN, 5.0, 6.0, 7.0]).unwrap());
    assert_eq!(design("y ~ log(x)", &frame).n, 5);
}

#[test]
fn nothing_left_is_an_error() {
    let frame = with(&small(), |f| f.add_real("x", vec![NAN; 7]).unwrap());
    let error = failure("y ~ x", &frame);
    assert!(error.message.contains("no rows are left") && error.message.contains("'x'"), "{error}");
    let mut empty = Frame::new(0);
    empty.add_real("y", vec![]).unwrap();
    assert!(failure("y ~ 1", &empty).message.contains("no rows"));
}
