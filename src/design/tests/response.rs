//! Responses of families of trials: counts of successes and failures, proportions, factors.

use super::*;
use crate::design::{ModelProgram, ResponseRule, ZERO_WEIGHT};
use crate::error::Code;
use crate::spec::{FormulaSpec, ModelKind, Source, Spec};
use crate::watch::Watch;

fn trials(text: &str, frame: &Frame) -> Result<Design> {
    ruled(text, frame, ResponseRule::Trials)
}

fn ruled(text: &str, frame: &Frame, response: ResponseRule) -> Result<Design> {
    let formula = formula(text, frame);
    Program::learn(&Request { response, ..request(&formula) }, frame).map(|(_, design)| design)
}

/// k successes of n, with a row without trials.
fn counts() -> Frame {
    let frame = with(&small(), |f| f.add_real("k", vec![0.0, 1.0, 2.0, 0.0, 4.0, 5.0, 1.0]).unwrap());
    let frame = with(&frame, |f| f.add_integers("n", vec![3, 4, 2, 0, 8, 5, 7]).unwrap());
    with(&frame, |f| f.add_real("w", vec![1.0, 2.0, 1.0, 1.0, 0.0, 0.5, 1.0]).unwrap())
}

#[test]
fn counts_are_proportions_weighted_by_trials() {
    let d = trials("cbind(k, n - k) ~ x", &counts()).unwrap();
    assert_eq!(d.y, [0.0, 0.25, 1.0, 0.5, 1.0, 1.0 / 7.0]);
    assert_eq!(d.weights.unwrap(), [3.0, 4.0, 2.0, 8.0, 5.0, 7.0]);
    assert_eq!(d.rows.dropped, [(3, ZERO_WEIGHT.to_string())]);
    // The same as a proportion with its trials as weights, but that 0/0 is missing.
    let frame = counts();
    let formula = formula("k / n ~ x", &frame);
    let request = Request { response: ResponseRule::Trials, weights: Some("n"), ..request(&formula) };
    let (_, same) = Program::learn(&request, &frame).unwrap();
    assert_eq!((same.y, same.x), (d.y, d.x));
    assert_eq!(same.weights.unwrap(), [3.0, 4.0, 2.0, 8.0, 5.0, 7.0]);
    assert_eq!(same.rows.dropped, [(3, "k/n".to_string())]);
}

#[test]
fn prior_weights_multiply_the_trials() {
    let frame = counts();
    let formula = formula("(cbind(k, n - k)) ~ x", &frame);
    let request = Request { response: ResponseRule::Trials, weights: Some("w"), na: NaPolicy::Error, ..request(&formula) };
    let (program, d) = Program::learn(&request, &frame).unwrap();
    assert_eq!(d.weights.unwrap(), [3.0, 8.0, 2.0, 2.5, 7.0]);
    assert_eq!(d.rows.dropped, [(3, ZERO_WEIGHT.to_string()), (4, ZERO_WEIGHT.to_string())]);
    assert_eq!(program.response_name(), "(cbind(k, n - k))");
}

#[test]
fn a_missing_count_is_named_in_the_ledger() {
    let frame = with(&counts(), |f| f.add_real("k", vec![0.0, f64::NAN, 2.0, 0.0, 4.0, 5.0, 1.0]).unwrap());
    let d = trials("cbind(k, n - k) ~ 1", &frame).unwrap();
    assert_eq!(d.rows.dropped, [(1, "k".to_string()), (3, ZERO_WEIGHT.to_string())]);
}

#[test]
fn impossible_counts_are_refused_with_their_row() {
    let cases: [(&str, &[&str]); 4] = [
        ("cbind(k - 1, n) ~ 1", &["successes are -1 in row 1"]),
        // More successes than trials.
        ("cbind(k + 1, n - k - 1) ~ 1", &["'cbind(k + 1, n - k - 1)'", "failures are -1 in row 3"]),
        // Trials of zero do not hide it.
        ("cbind(k - 1, 1 - k) ~ 1", &["successes are -1 in row 1"]),
        ("cbind(1/k, n) ~ 1", &["successes are inf in row 1"]),
    ];
    for (text, parts) in cases {
        let error = trials(text, &counts()).unwrap_err();
        assert_eq!(error.code, Code::Data, "{text}: {error}");
        for part in parts {
            assert!(error.message.contains(part), "{text}: {error}");
        }
    }
    assert_eq!(trials("cbind(k + 1, n - k - 1) ~ 1", &counts()).unwrap_err().position, 2);
}

#[test]
fn counts_are_two_columns_of_a_family_of_trials() {
    let frame = counts();
    let three = trials("cbind(k, n, w) ~ 1", &frame).unwrap_err();
    assert_eq!((three.code, three.position), (Code::Formula, 0));
    assert!(three.message.contains("3 columns, wanted two"), "{three}");
    assert!(trials("cbind(k) ~ 1", &frame).unwrap_err().message.contains("1 columns"));
    for rule in [ResponseRule::Linear, ResponseRule::General] {
        let error = ruled("cbind(k, n - k) ~ 1", &frame, rule).unwrap_err();
        assert_eq!((error.code, error.position), (Code::Unsupported, 0));
        assert!(error.message.contains("cbind"), "{error}");
    }
    assert_eq!(trials("y ~ cbind(k, n)", &frame).unwrap_err().code, Code::Unsupported);
    assert!(trials("cbind(k, f) ~ 1", &frame).unwrap_err().message.contains("column 'f' holds categories"));
}

#[test]
fn the_dot_stands_for_neither_count() {
    let mut frame = Frame::new(3);
    for (name, values) in [("k", [0.0, 1.0, 2.0]), ("n", [3.0, 3.0, 4.0]), ("x", [1.0, 2.0, 4.0])] {
        frame.add_real(name, values.to_vec()).unwrap();
    }
    assert_eq!(trials("cbind(k, n - k) ~ .", &frame).unwrap().x_names, ["(Intercept)", "x"]);
}

#[test]
fn the_first_level_of_a_factor_is_failure() {
    let frame = with(&small(), |f| f.add_category("r", vec![1, 0, -1, 1, 0, 0, 1], strings(&["yes", "no"]), false).unwrap());
    let d = trials("r ~ x", &frame).unwrap();
    assert_eq!((d.y, d.warnings.len()), (vec![1.0, 0.0, 1.0, 0.0, 0.0, 1.0], 0));
    assert_eq!(d.rows.dropped, [(2, "r".to_string())]);
    // Text is in the order of its bytes; an ordered category in its own.
    assert_eq!(trials("factor(g == \"v\") ~ 1", &small()).unwrap().y, [0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
    assert_eq!(trials("relevel(r, ref = \"no\") ~ 1", &frame).unwrap().y, [0.0, 1.0, 0.0, 1.0, 1.0, 0.0]);
    assert_eq!(trials("I(x > 3) ~ 1", &frame).unwrap().y, [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]);
    // R: with more levels all but the first are success.
    let d = trials("o ~ x", &small()).unwrap();
    assert_eq!(d.y, [0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0]);
    assert_eq!(d.warnings, ["the response 'o' has 4 levels: 'a' is failure, all others are success"]);
}

#[test]
fn a_factor_needs_two_levels_that_occur() {
    let frame = with(&small(), |f| f.add_category("r", vec![1; 7], strings(&["no", "yes"]), false).unwrap());
    let error = trials("r ~ x", &frame).unwrap_err();
    assert!(error.message.contains("'r' has 1 level ('yes')") && error.message.contains("wanted two"), "{error}");
    // R drops levels that don't occur before it looks for the first.
    let frame = with(&small(), |f| f.add_category("r", vec![1, 2, 1, 2, 1, 2, 1], strings(&["a", "b", "c"]), false).unwrap());
    let d = trials("r ~ x", &frame).unwrap();
    assert_eq!(d.y, [0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0]);
    assert!(d.warnings.len() == 1 && d.warnings[0].contains("'a' does not occur"), "{:?}", d.warnings);
}

#[test]
fn the_family_decides_what_the_response_may_be() {
    let frame = counts();
    let learn = |kind, family: &str, formula: &str| {
        let source = Source::Formula(FormulaSpec { formula: formula.into(), ..FormulaSpec::default() });
        let mut spec = Spec::new(kind, source);
        spec.family.name = family.into();
        ModelProgram::learn(&spec, Some(&frame), NaPolicy::Omit, &Watch::unwatched()).map(|(_, design)| design)
    };
    for family in ["binomial", "bernoulli", "betabinomial"] {
        assert_eq!(learn(ModelKind::Glmm, family, "cbind(k, n - k) ~ 1").unwrap().n, 6);
        assert_eq!(learn(ModelKind::Glmm, family, "f ~ 1").unwrap().y.iter().sum::<f64>(), 5.0);
    }
    for family in ["", "poisson"] {
        assert_eq!(learn(ModelKind::Glmm, family, "cbind(k, n - k) ~ 1").unwrap_err().code, Code::Unsupported);
        assert!(learn(ModelKind::Glmm, family, "f ~ 1").unwrap_err().message.contains("holds categories"));
        assert_eq!(learn(ModelKind::Glmm, family, "k ~ 1").unwrap().n, 7);
    }
    assert_eq!(learn(ModelKind::Lmm, "", "cbind(k, n - k) ~ 1").unwrap_err().code, Code::Unsupported);
    assert!(learn(ModelKind::Lmm, "", "f ~ 1").unwrap_err().message.contains("holds categories"));
    assert!(learn(ModelKind::Glmm, "binomal", "k/n ~ 1").unwrap_err().message.contains("\"binomal\" is not known"));
}
