//! Model matrices of the fixed effects.

use super::expected::{CROSSED, Case, SMALL};
use super::*;

/// Values agree to this, relative to the largest of the column.
const TOLERANCE: f64 = 1e-12;

fn check(case: &Case, frame: &Frame) {
    let d = design(&format!("y {}", case.formula), frame);
    assert_eq!(d.x_names, case.names, "{}", case.formula);
    for (k, column) in case.columns.iter().enumerate() {
        let want: Vec<f64> = column.split_whitespace().map(|v| v.parse().unwrap()).collect();
        let got = &d.x[k * d.n..(k + 1) * d.n];
        let size = want.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
        for (i, (g, w)) in got.iter().zip(&want).enumerate() {
            assert!((g - w).abs() <= TOLERANCE * size, "{}: {} in row {i} is {g}, wanted {w}", case.formula, case.names[k]);
        }
    }
}

#[test]
fn terms_of_factors_are_coded_as_in_r() {
    for case in CROSSED {
        check(case, &crossed());
    }
}

#[test]
fn variables_become_columns_as_in_r() {
    for case in SMALL {
        check(case, &small());
    }
}

#[test]
fn numbers_are_rounded_and_levels_indicated() {
    let d = design("y ~ round(x) + round(x, 1) + round(x, digits = -1) + dummy(f, \"c\") + dummy(z, 2) + dummy(x > 3)", &small());
    let names = ["round(x)", "round(x, 1)", "round(x, digits = -1)", "dummy(f, \"c\")", "dummy(z, 2)", "dummy(x > 3)"];
    assert_eq!(d.x_names[1..], names);
    let column = |k: usize| d.x[7 * k..7 * (k + 1)].to_vec();
    assert_eq!(column(1), [0.0, 1.0, 2.0, 4.0, 4.0, 6.0, 7.0]);
    assert_eq!(column(2), [0.5, 1.2, 2.0, 3.5, 4.0, 5.8, 7.1]);
    assert_eq!(column(3), [0.0, 0.0, 0.0, 0.0, 0.0, 10.0, 10.0]);
    assert_eq!(column(4), [0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0]);
    assert_eq!(column(5), [0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0]);
    assert_eq!(column(6), [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]);
    // lme4's idiom: effects for one level only.
    let d = design("y ~ x + (0 + dummy(f, \"c\") | g)", &small());
    assert_eq!(d.terms[0].effects, ["dummy(f, \"c\")"]);
    for (text, part) in [
        ("y ~ dummy(f)", "must name one level"),
        ("y ~ dummy(f, c(\"a\", \"b\"))", "must name one level"),
        ("y ~ dummy(f, \"e\")", "there is no level 'e'"),
        ("y ~ round(x, 0.5)", "whole number"),
        ("y ~ round(f)", "categories where numbers are wanted"),
    ] {
        let error = failure(text, &small());
        assert!(error.message.contains(part), "{text}: {error}");
    }
    let (program, _) = learn("y ~ dummy(f, \"c\") + round(x, 1)", &small()).unwrap();
    let mut new = Frame::new(3);
    new.add_strings("f", &[Some("c"), Some("a"), None]).unwrap();
    new.add_real("x", vec![0.25, 0.35, 1.0]).unwrap();
    let d = program.apply(&new, crate::design::Needed::Nothing, crate::design::NeededTimes::Nothing).unwrap();
    assert_eq!((d.n, &d.x[2..]), (2, &[1.0, 0.0, 0.2, 0.3][..]));
}

#[test]
fn contrasts_with_a_base_are_named_by_level() {
    for text in ["C(f, contr.treatment(base = 2))", "C(f, contr.treatment(4, base = 2))", "C(f, contr.treatment, base = 2)"] {
        let d = design(&format!("y ~ {text}"), &small());
        let want: Vec<String> = ["a", "c", "d"].iter().map(|level| format!("{text}{level}")).collect();
        assert_eq!(d.x_names[1..], want);
        assert_eq!(d.x[7..14], [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0]);
    }
}

#[test]
fn levels_that_do_not_occur_are_dropped_with_a_warning() {
    let codes = vec![0, 3, 0, 3, 0, 3, 4];
    let frame = with(&small(), |f| f.add_category("f", codes, strings(&["a", "b", "c", "d", "e"]), false).unwrap());
    let d = design("y ~ f", &frame);
    assert_eq!(d.x_names, ["(Intercept)", "fd", "fe"]);
    assert_eq!(d.warnings, ["column 'f': levels 'b', 'c' do not occur in the rows used"]);
    // A level whose only row is left out doesn't occur either; the polynomials are those of the levels left.
    let frame = with(&frame, |f| f.add_real("x", vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0, f64::NAN]).unwrap());
    let codes = vec![0, 1, 2, 1, 0, 2, 3];
    let frame = with(&frame, |f| f.add_category("o", codes, strings(&["a", "b", "c", "d"]), true).unwrap());
    let d = design("y ~ o + x", &frame);
    assert_eq!(d.x_names, ["(Intercept)", "o.L", "o.Q", "x"]);
    assert_eq!(d.warnings, ["column 'o': level 'd' does not occur in the rows used"]);
    assert!((d.x[6] + 0.5_f64.sqrt()).abs() < 1e-15);
}

#[test]
fn contrasts_can_be_requested_by_column() {
    let frame = small();
    let formula = formula("y ~ f + o", &frame);
    let contrasts = [("f".to_string(), "contr.helmert".to_string()), ("o".to_string(), "treatment".to_string())];
    let (program, d) = Program::learn(&Request { contrasts: &contrasts, ..request(&formula) }, &frame).unwrap();
    assert_eq!(d.x_names, ["(Intercept)", "f1", "f2", "f3", "ob", "oc", "od"]);
    assert_eq!(d.x[7..14], [-1.0, 1.0, 0.0, 0.0, -1.0, 0.0, 1.0]);
    assert_eq!(program.fixed_column_terms(), [0, 1, 1, 1, 2, 2, 2]);
    assert_eq!(program.fixed_term_labels(), ["f", "o"]);
}

#[test]
fn one_level_is_enough_where_no_contrasts_are_needed() {
    let frame = with(&small(), |f| f.add_strings("one", &[Some("k"); 7]).unwrap());
    assert_eq!(design("y ~ 0 + one", &frame).x_names, ["onek"]);
    assert_eq!(design("y ~ one:x", &frame).x_names, ["(Intercept)", "onek:x"]);
    let error = failure("y ~ one", &frame);
    assert!(error.message.contains("'one' has the one level 'k'"), "{error}");
}

#[test]
fn odd_names_need_backticks() {
    let frame = with(&small(), |f| f.add_real("my x", vec![1.0; 7]).unwrap());
    assert_eq!(design("y ~ `my x` + log(`my x`)", &frame).x_names, ["(Intercept)", "`my x`", "log(`my x`)"]);
}

#[test]
fn offsets_add_up() {
    let frame = small();
    let formula = formula("y ~ x + offset(log(x)) + offset(z / 2)", &frame);
    let (_, d) = Program::learn(&Request { offset: Some("z"), ..request(&formula) }, &frame).unwrap();
    assert_eq!(d.x_names, ["(Intercept)", "x"]);
    let offset = d.offset.unwrap();
    assert!((offset[3] - (3.5_f64.ln() + 2.5 + 5.0)).abs() < 1e-15);
    assert!(design("y ~ x", &frame).offset.is_none());
}

#[test]
fn the_response_is_transformed() {
    let frame = small();
    let (program, d) = learn("log(y) ~ 1", &frame).unwrap();
    assert_eq!(program.response_name(), "log(y)");
    assert_eq!(d.y[3], 4.0_f64.ln());
    assert_eq!(design("I(y > 3) ~ 1", &frame).y, [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]);
}
