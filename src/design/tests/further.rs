//! Predictors of dispersion and zero inflation, from formulas.

use super::*;
use crate::design::{ModelProgram, Needed, NeededTimes, PredictorDesign, UNSEEN};
use crate::error::Code;
use crate::spec::{FormulaSpec, ModelKind, PredictorSpec, Source, Spec};
use crate::watch::Watch;

fn spec(formula: &str, dispersion: Option<&str>, zero_inflation: Option<&str>) -> Spec {
    let source = Source::Formula(FormulaSpec { formula: formula.into(), ..FormulaSpec::default() });
    let predictor = |text: &str| PredictorSpec::Formula(text.to_string());
    let mut spec = Spec::new(ModelKind::Glmm, source);
    spec.dispersion = dispersion.map(predictor);
    spec.zero_inflation = zero_inflation.map(predictor);
    spec
}

fn learn_spec(spec: &Spec, frame: &Frame) -> Result<(ModelProgram, Design)> {
    ModelProgram::learn(spec, Some(frame), NaPolicy::Omit, &Watch::unwatched())
}

fn realised(dispersion: Option<&str>, zero_inflation: Option<&str>, frame: &Frame) -> Design {
    learn_spec(&spec("y ~ x + (1 | g)", dispersion, zero_inflation), frame).unwrap().1
}

fn assert_same(new: &PredictorDesign, old: &PredictorDesign) {
    assert_eq!((&new.x, &new.x_names, &new.offset), (&old.x, &old.x_names, &old.offset));
    assert_eq!(new.terms.len(), old.terms.len());
    for (a, b) in new.terms.iter().zip(&old.terms) {
        assert_eq!((&a.group, &a.effects, a.structure, &a.levels), (&b.group, &b.effects, b.structure, &b.levels));
        assert_eq!((&a.index, &a.z), (&b.index, &b.z));
    }
}

const BOTH: (Option<&str>, Option<&str>) =
    (Some("~ f + scale(z) + offset(log(x))"), Some("~ 0 + x + offset(z) + (1 + x | g) + (1 | f)"));

#[test]
fn further_predictors_are_designs_of_their_own() {
    let d = realised(BOTH.0, BOTH.1, &small());
    assert_eq!(d.x_names, ["(Intercept)", "x"]);
    let dispersion = d.dispersion.unwrap();
    assert_eq!(dispersion.x_names, ["(Intercept)", "fb", "fc", "fd", "scale(z)"]);
    assert_eq!(dispersion.x[7..14], [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
    assert_eq!(dispersion.offset.unwrap()[2], 2.0_f64.ln());
    assert!(dispersion.terms.is_empty());
    let zero = d.zero_inflation.unwrap();
    assert_eq!((zero.x_names, zero.x), (vec!["x".to_string()], vec![0.5, 1.25, 2.0, 3.5, 4.0, 5.75, 7.1]));
    assert_eq!(zero.offset.unwrap(), [1.0, 0.0, 2.0, 5.0, 3.0, 2.0, 8.0]);
    let terms: Vec<(&str, usize)> = zero.terms.iter().map(|t| (t.group.as_str(), t.effects.len())).collect();
    assert_eq!(terms, [("g", 2), ("f", 1)]);
    assert_eq!(zero.terms[0].index, d.terms[0].index);
    // The offset and the random term of the mean stay there.
    assert_eq!((d.offset, d.terms.len()), (None, 1));
}

#[test]
fn an_intercept_alone_and_nothing_at_all() {
    let d = realised(Some("~ 1"), Some("~ 0"), &small());
    assert_eq!(d.dispersion.unwrap().x, [1.0; 7]);
    assert!(d.zero_inflation.is_none());
    let d = realised(None, Some("~ 0 + offset(x)"), &small());
    let zero = d.zero_inflation.unwrap();
    assert!(zero.x_names.is_empty() && zero.offset.is_some() && d.dispersion.is_none());
    let error = learn_spec(&spec("y ~ x", Some("~ 0"), None), &small()).unwrap_err();
    assert!(error.code == Code::Formula && error.message.contains("no terms"), "{error}");
}

#[test]
fn a_missing_value_of_any_predictor_leaves_the_row_out_of_all() {
    let frame = with(&small(), |f| f.add_real("z", vec![1.0, f64::NAN, 2.0, 5.0, 3.0, 2.0, 8.0]).unwrap());
    let frame = with(&frame, |f| f.add_strings("h", &["u", "v", "w", "u", "v", "v", "u"].map(Some)).unwrap());
    let frame =
        with(&frame, |f| f.add_strings("g", &[Some("u"), Some("v"), Some("u"), None, Some("w"), Some("w"), Some("u")]).unwrap());
    let d = learn_spec(&spec("y ~ x + (1 | h)", Some("~ z"), Some("~ f + (1 | g)")), &frame).unwrap().1;
    assert_eq!(d.rows.dropped, [(1, "z".to_string()), (3, "g".to_string())]);
    let (dispersion, zero) = (d.dispersion.unwrap(), d.zero_inflation.unwrap());
    assert_eq!((d.n, d.y), (5, vec![1.0, 3.0, 5.0, 6.0, 7.0]));
    assert_eq!(dispersion.x[5..], [1.0, 2.0, 3.0, 2.0, 8.0]);
    // The level d occurs in a row left out alone; so does v of g.
    assert_eq!(zero.x_names, ["(Intercept)", "fb", "fc"]);
    assert_eq!(zero.terms[0].levels.join(","), "u,w");
    // h is u, w, v, v, u in these rows.
    assert_eq!(d.terms[0].index, [0, 2, 1, 1, 0]);
}

#[test]
fn the_dot_leaves_the_response_out() {
    let mut frame = Frame::new(3);
    for (name, values) in [("k", [0.0, 1.0, 2.0]), ("n", [3.0, 3.0, 4.0]), ("x", [1.0, 2.0, 4.0])] {
        frame.add_real(name, values.to_vec()).unwrap();
    }
    let mut spec = spec("cbind(k, n - k) ~ 1", None, Some("~ ."));
    spec.family.name = "binomial".into();
    let d = learn_spec(&spec, &frame).unwrap().1;
    assert_eq!(d.zero_inflation.unwrap().x_names, ["(Intercept)", "x"]);
}

#[test]
fn new_data_have_further_predictors_too() {
    let (program, old) = learn_spec(&spec("y ~ x + (1 | g)", BOTH.0, BOTH.1), &small()).unwrap();
    let program = through_bytes(&program);
    let new = program.apply_frame(&small(), Needed::All, NeededTimes::Nothing).unwrap();
    assert_same(new.dispersion.as_ref().unwrap(), old.dispersion.as_ref().unwrap());
    assert_same(new.zero_inflation.as_ref().unwrap(), old.zero_inflation.as_ref().unwrap());
    // Without the random terms their columns may be absent.
    let frame = with(&small(), |f| f.add_strings("g", &[Some("new"); 7]).unwrap());
    let zero = program.apply_frame(&frame, Needed::All, NeededTimes::Nothing).unwrap().zero_inflation.unwrap();
    assert_eq!(zero.terms[0].index, [UNSEEN; 7]);
    let mut few = Frame::new(1);
    few.add_real("x", vec![2.0]).unwrap();
    few.add_real("z", vec![3.0]).unwrap();
    few.add_strings("f", &[Some("b")]).unwrap();
    let d = program.apply_frame(&few, Needed::Nothing, NeededTimes::Nothing).unwrap();
    let (dispersion, zero) = (d.dispersion.unwrap(), d.zero_inflation.unwrap());
    assert!(zero.terms.is_empty() && zero.x == [2.0] && zero.offset == Some(vec![3.0]));
    // scale(z) as the training data had it.
    assert_eq!(dispersion.x, [1.0, 1.0, 0.0, 0.0, old.dispersion.unwrap().x[4 * 7 + 4]]);
    // A missing predictor of the dispersion leaves the row out.
    let frame = with(&small(), |f| f.add_real("z", vec![1.0, f64::NAN, 2.0, 5.0, 3.0, 2.0, 8.0]).unwrap());
    let d = program.apply_frame(&frame, Needed::All, NeededTimes::Nothing).unwrap();
    assert_eq!((d.n, d.rows.dropped), (6, vec![(1, "z".to_string())]));
    assert_eq!(d.zero_inflation.unwrap().x.len(), 6);
    let ModelProgram::Formula(program) = program else { panic!("a program of a formula") };
    assert_eq!(program.required_columns(true), ["x", "g", "f", "z"]);
    assert_eq!(program.required_columns(false), ["x", "f", "z"]);
}

#[test]
fn errors_name_the_predictor() {
    let frame = small();
    let cases = [
        (Some("~ nothere"), None, Code::Data, "dispersion: ", "'nothere'"),
        (None, Some("~ gamma(x)"), Code::Formula, "zero inflation: ", "unknown function 'gamma'"),
        (None, Some("y ~ x"), Code::Formula, "zero inflation: ", "has a response"),
        (None, Some("~ x + y"), Code::Formula, "zero inflation: ", "the response 'y' is also right of"),
        (Some("~ x +"), None, Code::Formula, "dispersion: ", ""),
        (Some("~ x + (0 | g)"), None, Code::Formula, "dispersion: ", "no effects"),
        (None, Some("~ (1 | g) + (1 | g)"), Code::Formula, "zero inflation: ", "twice"),
    ];
    for (dispersion, zero, code, start, part) in cases {
        let error = learn_spec(&spec("y ~ x", dispersion, zero), &frame).unwrap_err();
        assert_eq!(error.code, code, "{error}");
        assert!(error.message.starts_with(start) && error.message.contains(part), "{error}");
    }
    let linear = Spec { kind: ModelKind::Lmm, ..spec("y ~ x", Some("~ z"), None) };
    assert!(learn_spec(&linear, &frame).unwrap_err().message.contains("generalised"));
    let message = |family: &str, fixed: &[(&str, f64)]| {
        let mut wrong = spec("y ~ x", Some("~ z"), None);
        wrong.family.name = family.into();
        wrong.family.fixed = fixed.iter().map(|(name, value)| ((*name).to_string(), *value)).collect();
        learn_spec(&wrong, &frame).unwrap_err().message
    };
    assert_eq!(message("poisson", &[]), "dispersion: the family poisson has no parameter that could depend on the data");
    assert_eq!(message("student_t", &[("sigma", 2.0)]), "dispersion: the parameter sigma has a formula, but is fixed at 2");
    assert!(message("student_t", &[("shape", 2.0)]).contains("no parameter \"shape\""));
    let arrays = PredictorSpec::Arrays { p: 1, x: vec![1.0; 7], x_names: Vec::new() };
    let mixed = Spec { dispersion: Some(arrays), ..spec("y ~ x", None, None) };
    assert!(learn_spec(&mixed, &frame).unwrap_err().message.contains("not arrays"));
}

#[test]
fn contrasts_reach_the_factors_of_further_predictors() {
    let contrasts = |column: &str| vec![(column.to_string(), "contr.sum".to_string())];
    let mut spec = spec("y ~ x", Some("~ f"), Some("~ 1 + (f | g)"));
    let set = |spec: &mut Spec, column: &str| {
        let Source::Formula(source) = &mut spec.source else { panic!("a formula") };
        source.contrasts = contrasts(column);
    };
    set(&mut spec, "f");
    let d = learn_spec(&spec, &small()).unwrap().1;
    assert_eq!(d.dispersion.unwrap().x_names, ["(Intercept)", "f1", "f2", "f3"]);
    assert_eq!(d.zero_inflation.unwrap().terms[0].effects, ["(Intercept)", "fb", "fc", "fd"]);
    set(&mut spec, "g");
    let error = learn_spec(&spec, &small()).unwrap_err();
    assert!(error.message.contains("'g', which is no factor") && error.message.contains("'f'"), "{error}");
}

#[test]
fn a_warning_about_a_shared_variable_is_given_once() {
    let frame = with(&small(), |f| f.add_category("f", vec![0, 1, 0, 1, 0, 1, 0], strings(&["a", "b", "never"]), false).unwrap());
    let d = learn_spec(&spec("y ~ f", Some("~ f"), Some("~ f")), &frame).unwrap().1;
    assert_eq!(d.warnings.len(), 1, "{:?}", d.warnings);
}
