//! Ordinal models: ordered responses, and predictors without intercept.

use super::*;
use crate::design::{ModelProgram, Needed, NeededTimes, ResponseRule};
use crate::error::Code;
use crate::spec::{ArraySpec, FormulaSpec, ModelKind, OrdinalSpec, PredictorSpec, Source, Spec, Threshold};
use crate::watch::Watch;

const NAN: f64 = f64::NAN;

fn spec(formula: &str) -> Spec {
    Spec::new(ModelKind::Clmm, Source::Formula(FormulaSpec { formula: formula.into(), ..FormulaSpec::default() }))
}

fn with_levels(formula: &str, levels: &[&str]) -> Spec {
    Spec { ordinal: OrdinalSpec { levels: strings(levels), ..OrdinalSpec::default() }, ..spec(formula) }
}

fn predictor<'a>(text: impl Into<Option<&'a str>>) -> Option<PredictorSpec> {
    text.into().map(|text| PredictorSpec::Formula(text.to_string()))
}

fn learnt(spec: &Spec, frame: &Frame) -> Result<(ModelProgram, Design)> {
    ModelProgram::learn(spec, Some(frame), NaPolicy::Omit, &Watch::unwatched())
}

fn ordinal(spec: &Spec, frame: &Frame) -> Design {
    learnt(spec, frame).unwrap_or_else(|error| panic!("{error}")).1
}

fn refused(spec: &Spec, frame: &Frame) -> Error {
    learnt(spec, frame).expect_err("was accepted")
}

/// `small()` with a rating in three forms: text t, integers k, an ordered category r with a level that never occurs.
fn rated() -> Frame {
    let labels = ["good", "bad", "mid", "bad", "good", "mid", "bad"];
    let order = ["bad", "never", "mid", "good"];
    let frame = with(&small(), |f| f.add_strings("t", &labels.map(Some)).unwrap());
    let frame = with(&frame, |f| f.add_integers("k", vec![30, -1, 7, -1, 30, 7, -1]).unwrap());
    let codes = labels.map(|l| order.iter().position(|o| *o == l).unwrap() as i32);
    with(&frame, |f| f.add_category("r", codes.to_vec(), strings(&order), true).unwrap())
}

const RATING: [f64; 7] = [3.0, 1.0, 2.0, 1.0, 3.0, 2.0, 1.0];

#[test]
fn the_order_is_that_of_the_declaration() {
    let d = ordinal(&spec("r ~ x + (1 | g)"), &rated());
    assert_eq!((d.y.as_slice(), d.categories.join(" ")), (&RATING[..], "bad mid good".to_string()));
    assert_eq!(d.warnings, ["the response 'r': the category 'never' does not occur in the rows used and is left out"]);
    let in_formula =
        ["ordered(t, levels = c(\"bad\", \"mid\", \"good\")) ~ x", "factor(t, levels = c(\"bad\", \"mid\", \"good\")) ~ x"];
    for text in in_formula {
        let d = ordinal(&spec(text), &rated());
        assert_eq!(
            (d.y.as_slice(), d.categories.join(" "), d.warnings.len()),
            (&RATING[..], "bad mid good".to_string(), 0),
            "{text}"
        );
    }
    // A category with declared levels that nobody called ordered.
    let frame = with(&rated(), |f| f.add_category("r", vec![0, 1, 0, 1, 2, 2, 1], strings(&["lo", "mid", "hi"]), false).unwrap());
    assert_eq!(ordinal(&spec("r ~ x"), &frame).categories.join(" "), "lo mid hi");
}

#[test]
fn integers_are_codes_in_numeric_order() {
    for text in ["k ~ x", "factor(k) ~ x", "ordered(k) ~ x", "I(k + 0) ~ x"] {
        let d = ordinal(&spec(text), &rated());
        assert_eq!((d.y.as_slice(), d.categories.join(" ")), (&RATING[..], "-1 7 30".to_string()), "{text}");
    }
    let d = ordinal(&with_levels("k ~ x", &["30", "8", "7", "-1"]), &rated());
    assert_eq!((d.y[..4].to_vec(), d.categories.join(" ")), (vec![1.0, 3.0, 2.0, 3.0], "30 7 -1".to_string()));
    assert!(d.warnings.len() == 1 && d.warnings[0].contains("'8'"), "{:?}", d.warnings);
    assert_eq!(ordinal(&spec("I(x > 3) ~ 1"), &rated()).categories.join(" "), "FALSE TRUE");
}

#[test]
fn the_spec_may_give_the_order_of_text() {
    let d = ordinal(&with_levels("t ~ x", &["bad", "mid", "good", "superb", "divine"]), &rated());
    assert_eq!((d.y.as_slice(), d.categories.join(" ")), (&RATING[..], "bad mid good".to_string()));
    let warning = "the response 't': the categories 'superb', 'divine' do not occur in the rows used and are left out";
    assert_eq!(d.warnings, [warning]);
    // It turns round the order of an ordered category, which must have the same levels.
    let d = ordinal(&with_levels("r ~ x", &["good", "mid", "bad", "never"]), &rated());
    assert_eq!((d.y[..3].to_vec(), d.categories.join(" ")), (vec![1.0, 3.0, 2.0], "good mid bad".to_string()));
    for levels in [&["good", "mid", "bad"][..], &["good", "mid", "bad", "never", "always"]] {
        let error = refused(&with_levels("r ~ x", levels), &rated());
        assert!(error.code == Code::Argument && error.message.contains("'r' is ordered"), "{error}");
    }
}

#[test]
fn an_order_that_nobody_declared_is_refused_with_advice() {
    for text in ["t ~ x", "factor(t) ~ x", "ordered(t) ~ x", "relevel(t, ref = \"mid\") ~ x"] {
        let error = refused(&spec(text), &rated());
        assert_eq!(error.code, Code::Data, "{text}");
        for part in ["'bad'", "interlace_frame_set_levels", "interlace_spec_set_response_levels", "--ordered \"t=lo<mid<hi\""] {
            assert!(error.message.contains(part), "{text}: {error}");
        }
    }
    let frame = with(&rated(), |f| f.add_strings("two\nlines", &[Some("u"), Some("v"), None, None, None, None, None]).unwrap());
    let error = refused(&spec("`two\nlines` ~ 1"), &frame);
    assert_eq!((error.message.lines().count(), error.message.matches("two\\nlines").count()), (1, 3), "{error}");
    let error = refused(&with_levels("t ~ x", &["bad", "good", "middle"]), &rated());
    assert_eq!((error.code, error.position), (Code::Data, 2));
    assert!(error.message.contains("'t' is 'mid' in row 3 (counting from 1)"), "{error}");
    let error = refused(&spec("x ~ 1"), &rated());
    assert!(error.position == 0 && error.message.contains("'x' is 0.5 in row 1") && error.message.contains("whole"), "{error}");
    let error = refused(&spec("I(1/z) ~ 1"), &with(&rated(), |f| f.add_integers("z", vec![1, 1, 0, 1, 1, 1, 1]).unwrap()));
    assert!(error.position == 2 && error.message.contains("is Inf in row 3"), "{error}");
    assert_eq!(refused(&spec("cbind(k, z) ~ 1"), &rated()).code, Code::Unsupported);
    assert!(refused(&spec("poly(x, 2) ~ 1"), &rated()).message.contains("a matrix"));
}

#[test]
fn only_the_rows_used_count() {
    let frame = with(&rated(), |f| f.add_real("x", vec![NAN, 1.0, 2.0, 3.0, NAN, 4.0, 5.0]).unwrap());
    let d = ordinal(&spec("r ~ x"), &frame);
    assert_eq!((d.y, d.categories.join(" ")), (vec![1.0, 2.0, 1.0, 2.0, 1.0], "bad mid".to_string()));
    assert!(d.warnings[0].contains("'never', 'good'"), "{:?}", d.warnings);
    // A number that is not whole in a row left out is no matter; a missing one leaves its row out.
    let frame = with(&frame, |f| f.add_real("k", vec![0.5, 1.0, 2.0, NAN, 0.5, 4.0, 2.0]).unwrap());
    let d = ordinal(&spec("k ~ x"), &frame);
    assert_eq!((d.y, d.categories.join(" ")), (vec![1.0, 2.0, 3.0, 2.0], "1 2 4".to_string()));
    assert_eq!(d.rows.dropped[1], (3, "k".to_string()));
    let frame = with(&rated(), |f| f.add_real("w", vec![0.0, 1.0, 0.0, 2.0, 0.0, 0.0, 1.0]).unwrap());
    let mut weighted = spec("r ~ x");
    let Source::Formula(source) = &mut weighted.source else { panic!("a formula") };
    source.weights = Some("w".into());
    let error = refused(&weighted, &frame);
    assert!(error.message.contains("'r' has 1 category ('bad') in the rows used, wanted at least 2"), "{error}");
}

#[test]
fn factors_are_coded_as_beside_an_intercept_that_is_not_there() {
    let names = |text: &str| ordinal(&spec(text), &rated()).x_names;
    for (text, other) in [("k ~ f", "k ~ 0 + f"), ("k ~ x + f", "k ~ f + x - 1")] {
        let (d, same) = (ordinal(&spec(text), &rated()), ordinal(&spec(other), &rated()));
        let mut sorted = same.x_names.clone();
        sorted.sort_by_key(|name| name != "x");
        assert_eq!((d.x.len(), d.x_names), (same.x.len(), sorted));
    }
    assert_eq!(names("k ~ f"), ["fb", "fc", "fd"]);
    assert_eq!(names("k ~ x:f + (1 | g)"), ["x:fa", "x:fb", "x:fc", "x:fd"]);
    assert_eq!(ordinal(&spec("k ~ f"), &rated()).x, design("k ~ f", &rated()).x[7..]);
    let d = ordinal(&spec("k ~ 1 + (0 + x | g) + (1 | f)"), &rated());
    assert!(d.x.is_empty() && d.x_names.is_empty());
    assert_eq!((d.terms[0].effects.join(","), d.terms[1].effects.join(",")), ("x".to_string(), "(Intercept)".to_string()));
}

#[test]
fn scale_and_nominal_have_no_intercept_either() {
    let mut with_both = spec("k ~ x + (1 | g)");
    with_both.dispersion = predictor("~ 0 + f + offset(log(x))");
    with_both.ordinal.nominal = predictor("~ f + z");
    let (program, d) = learnt(&with_both, &rated()).unwrap();
    let (scale, nominal) = (d.dispersion.as_ref().unwrap(), d.nominal.as_ref().unwrap());
    assert_eq!((scale.x_names.join(" "), scale.offset.as_ref().unwrap()[2]), ("fb fc fd".to_string(), 2.0_f64.ln()));
    assert_eq!(
        (nominal.x_names.join(" "), nominal.x[21..].to_vec()),
        ("fb fc fd z".into(), vec![1.0, 0.0, 2.0, 5.0, 3.0, 2.0, 8.0])
    );
    let program = through_bytes(&program);
    let mut new = Frame::new(1);
    new.add_real("x", vec![2.0]).unwrap();
    new.add_real("z", vec![3.0]).unwrap();
    new.add_strings("f", &[Some("c")]).unwrap();
    let d = program.apply_frame(&new, Needed::Nothing, NeededTimes::Nothing).unwrap();
    assert_eq!((d.x, d.nominal.unwrap().x, d.y), (vec![2.0], vec![0.0, 1.0, 0.0, 3.0], vec![]));
    assert_eq!(d.dispersion.unwrap().x, [0.0, 1.0, 0.0]);
    for nothing in ["~ 1", "~ 0"] {
        let mut none = spec("k ~ x");
        (none.dispersion, none.ordinal.nominal) = (predictor(nothing), predictor(nothing));
        let (program, d) = learnt(&none, &rated()).unwrap();
        assert!(d.dispersion.is_none() && d.nominal.is_none());
        assert!(program.apply_frame(&new, Needed::Nothing, NeededTimes::Nothing).unwrap().nominal.is_none());
    }
    let mut offset = spec("k ~ x");
    offset.dispersion = predictor("~ offset(z)");
    assert_eq!(ordinal(&offset, &rated()).dispersion.unwrap().offset.unwrap()[3], 5.0);
}

#[test]
fn errors_name_scale_and_nominal() {
    let cases = [
        (Some("~ x + (1 | g)"), None, Code::Unsupported, "scale: random effects in the scale are not available"),
        (Some("~ nothere"), None, Code::Data, "scale: there is no column 'nothere'"),
        (Some("k ~ x"), None, Code::Formula, "scale: the formula 'k ~ x' has a response"),
        (None, Some("~ (1 | g)"), Code::Unsupported, "nominal: random effects"),
        (None, Some("~ x + offset(z)"), Code::Unsupported, "nominal: offset()"),
        (None, Some("~ x + k"), Code::Formula, "nominal: "),
    ];
    for (scale, nominal, code, start) in cases {
        let mut wrong = spec("k ~ x");
        (wrong.dispersion, wrong.ordinal.nominal) = (predictor(scale), predictor(nominal));
        let error = refused(&wrong, &rated());
        assert!(error.code == code && error.message.starts_with(start), "{error}");
    }
}

#[test]
fn parts_that_do_not_go_together_are_refused() {
    let message = |change: &dyn Fn(&mut Spec)| {
        let mut wrong = spec("k ~ x");
        change(&mut wrong);
        wrong.check().expect_err("was accepted").message
    };
    assert!(
        message(&|s| s.ordinal.link = Some("log".into()))
            .contains("\"log\" is none of an ordinal model; expected one of logit, probit")
    );
    assert!(message(&|s| s.family.name = "poisson".into()).starts_with("family:"));
    assert!(message(&|s| s.zero_inflation = predictor("~ 1")).starts_with("zero inflation:"));
    assert!(message(&|s| s.ordinal.levels = strings(&["a", "b", "a"])).contains("'a' twice"));
    assert!(message(&|s| s.ordinal.levels = strings(&["a"])).contains("the one level 'a'"));
    for kind in [ModelKind::Lmm, ModelKind::Glmm] {
        for change in [
            (|s: &mut Spec| s.ordinal.threshold = Threshold::Symmetric) as fn(&mut Spec),
            |s| s.ordinal.nominal = predictor("~ x"),
            |s| s.ordinal.levels = strings(&["a", "b"]),
            |s| s.ordinal.link = Some("logit".into()),
        ] {
            let mut wrong = Spec { kind, ..spec("k ~ x") };
            change(&mut wrong);
            assert!(wrong.check().expect_err("was accepted").message.contains("ordinal models"));
        }
    }
    for link in ["logit", "probit", "cloglog", "loglog", "cauchit"] {
        let ordinal = OrdinalSpec { link: Some(link.into()), ..OrdinalSpec::default() };
        assert_eq!(ordinal.cumulative_link().unwrap().name(), link);
        assert!(Spec { ordinal, ..spec("k ~ x") }.check().is_ok());
    }
}

#[test]
fn reference_grids_have_no_intercept() {
    let frame = rated();
    let (program, d) = learnt(&spec("k ~ f + x"), &frame).unwrap();
    let ModelProgram::Formula(program) = program else { panic!("a program of a formula") };
    let reference = program.reference(&frame, &d.rows, None).unwrap();
    let x = program.reference_matrix(&reference).unwrap();
    assert_eq!(x[..12], [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
    assert_eq!((x.len(), program.fixed_names().len(), program.fixed_column_terms()), (16, 4, vec![1, 1, 1, 2]));
    assert_eq!(program.fixed_matrix_of_data(&frame, &d.rows).unwrap(), d.x);
}

/// Columns `(Intercept)`, x; y = 3, 1, 2, 3, 1.
fn arrays(y: &[f64]) -> Spec {
    let columns = vec![1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 1.5, 2.5, 3.5, 4.5];
    let x_names = strings(&["(Intercept)", "x"]);
    let further = Some(PredictorSpec::Arrays { p: 2, x: columns.clone(), x_names: strings(&["(Intercept)", "z"]) });
    let source = ArraySpec { n: 5, y: y.to_vec(), p: 2, x: columns, x_names, ..ArraySpec::default() };
    let mut spec = Spec::new(ModelKind::Clmm, Source::Arrays(source));
    spec.ordinal.nominal = further;
    spec.dispersion = Some(PredictorSpec::Arrays { p: 1, x: vec![1.0; 5], x_names: strings(&["(Intercept)"]) });
    spec
}

#[test]
fn arrays_are_the_same() {
    let given = arrays(&[3.0, -1.0, 2.0, 3.0, NAN]);
    let (program, d) = ModelProgram::learn(&given, None, NaPolicy::Omit, &Watch::unwatched()).unwrap();
    assert_eq!((d.y.clone(), d.categories.join(" ")), (vec![3.0, 1.0, 2.0, 3.0], "-1 2 3".to_string()));
    assert_eq!((d.x_names.join(" "), d.x), ("x".to_string(), vec![0.5, 1.5, 2.5, 3.5]));
    assert_eq!((d.nominal.unwrap().x, d.dispersion.is_none(), d.warnings.len()), (vec![0.5, 1.5, 2.5, 3.5], true, 0));
    let new = program.apply_spec(&arrays(&[]), false, NeededTimes::Nothing).unwrap();
    assert_eq!((new.x.len(), new.nominal.unwrap().x_names.join(" "), new.dispersion.is_none()), (5, "z".to_string(), true));
    // Levels are labels of 1, 2, ...
    let mut labelled = arrays(&[3.0, 1.0, 4.0, 3.0, 1.0]);
    labelled.ordinal.levels = strings(&["lo", "mid", "hi", "top"]);
    let d = ModelProgram::learn(&labelled, None, NaPolicy::Omit, &Watch::unwatched()).unwrap().1;
    assert_eq!((d.y, d.categories.join(" ")), (vec![2.0, 1.0, 3.0, 2.0, 1.0], "lo hi top".to_string()));
    assert!(d.warnings.len() == 1 && d.warnings[0].contains("'mid'"), "{:?}", d.warnings);
    labelled.ordinal.levels.pop();
    let error = ModelProgram::learn(&labelled, None, NaPolicy::Omit, &Watch::unwatched()).unwrap_err();
    assert!(error.position == 2 && error.message.contains("y is 4 in row 3") && error.message.contains("1 to 3"), "{error}");
    let error = ModelProgram::learn(&arrays(&[1.0, 2.0, 2.5, 1.0, 1.0]), None, NaPolicy::Omit, &Watch::unwatched()).unwrap_err();
    assert!(error.position == 2 && error.message.contains("'y' is 2.5 in row 3"), "{error}");
    let mut no_columns = arrays(&[1.0, 2.0, 1.0, 1.0, 1.0]);
    no_columns.dispersion = predictor("~ x");
    assert!(
        ModelProgram::learn(&no_columns, None, NaPolicy::Omit, &Watch::unwatched()).unwrap_err().message.starts_with("scale: ")
    );
}

#[test]
fn the_rule_alone_is_enough_for_a_program() {
    let frame = rated();
    let formula = formula("t ~ f", &frame);
    let levels = strings(&["bad", "mid", "good"]);
    let request = Request { response: ResponseRule::Ordered { levels: &levels }, ..request(&formula) };
    let (program, d) = Program::learn(&request, &frame).unwrap();
    assert_eq!((d.y.as_slice(), program.fixed_names().len()), (&RATING[..], 3));
}
