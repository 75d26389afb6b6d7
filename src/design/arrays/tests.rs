use super::*;
use crate::design::UNSEEN;
use crate::design::{ModelProgram, Program, Request, ZERO_WEIGHT};
use crate::formula::{StructureKind, expand, parse};
use crate::frame::Frame;
use crate::spec::{FormulaSpec, ModelKind, PredictorSpec, Source, Spec};
use crate::watch::Watch;

const NAN: f64 = f64::NAN;

fn term(index: &[i64], n_levels: usize, z: Option<Vec<f64>>) -> ArrayTerm {
    ArrayTerm {
        name: String::new(),
        effects: Vec::new(),
        z,
        index: index.to_vec(),
        n_levels,
        levels: Vec::new(),
        structure: StructureKind::Unstructured,
        homogeneous: None,
    }
}

/// Five rows, an intercept and a slope; groups 0 and 2 of 3 occur.
fn spec() -> ArraySpec {
    ArraySpec {
        n: 5,
        y: vec![1.0, 2.0, 3.0, 4.0, 5.0],
        p: 2,
        x: vec![1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 1.5, 2.5, 3.5, 4.5],
        terms: vec![
            term(&[2, 0, 2, 0, 2], 3, None),
            term(&[0, 0, 1, 1, 1], 2, Some(vec![1.0, 1.0, 1.0, 1.0, 1.0, 0.5, 1.5, 2.5, 3.5, 4.5])),
        ],
        ..ArraySpec::default()
    }
}

fn message(change: impl FnOnce(&mut ArraySpec)) -> String {
    let mut spec = spec();
    change(&mut spec);
    from_arrays(&spec, Further::default(), ResponseRule::Linear, None, NaPolicy::Omit).unwrap_err().message
}

#[test]
fn names_have_defaults_and_unused_levels_go() {
    let (_, d) = from_arrays(&spec(), Further::default(), ResponseRule::Linear, None, NaPolicy::Omit).unwrap();
    assert_eq!(d.x_names, ["x1", "x2"]);
    let names: Vec<(&str, String)> = d.terms.iter().map(|t| (t.group.as_str(), t.effects.join(","))).collect();
    assert_eq!(names, [("g1", "(Intercept)".to_string()), ("g2", "z1,z2".to_string())]);
    assert_eq!((d.terms[0].levels.join(","), d.terms[0].index.clone()), ("1,3".into(), vec![1, 0, 1, 0, 1]));
    assert_eq!(d.terms[1].structure.size, 2);
    let mut named = spec();
    named.terms[0].levels = ["u", "v", "w"].map(String::from).to_vec();
    assert_eq!(
        from_arrays(&named, Further::default(), ResponseRule::Linear, None, NaPolicy::Omit).unwrap().1.terms[0].levels.join(","),
        "u,w"
    );
}

#[test]
fn formula_and_arrays_give_the_same_bits() {
    let mut frame = Frame::new(5);
    let s = spec();
    frame.add_real("y", s.y.clone()).unwrap();
    frame.add_real("x", s.x[5..].to_vec()).unwrap();
    frame.add_category("g", vec![2, 0, 2, 0, 2], ["1", "2", "3"].map(String::from).to_vec(), false).unwrap();
    frame.add_integers("h", vec![1, 1, 2, 2, 2]).unwrap();
    let formula = expand(&parse("y ~ x + (1 | g) + (x | h)").unwrap(), &[], &[], &[]).unwrap();
    let request = Request::new(&formula);
    let (_, a) = Program::learn(&request, &frame).unwrap();
    let (_, b) = from_arrays(&s, Further::default(), ResponseRule::Linear, None, NaPolicy::Omit).unwrap();
    assert_eq!((a.n, &a.y, &a.x, &a.rows), (b.n, &b.y, &b.x, &b.rows));
    for (a, b) in a.terms.iter().zip(&b.terms) {
        assert_eq!((&a.levels, &a.index, &a.z, a.structure), (&b.levels, &b.index, &b.z, b.structure));
    }
}

#[test]
fn missing_values_leave_rows_out() {
    let mut s = spec();
    s.y[0] = NAN;
    s.x[6] = NAN;
    s.terms[0].index[2] = -1;
    s.offset = Some(vec![0.0, 0.0, 0.0, NAN, 7.0]);
    s.weights = Some(vec![1.0; 5]);
    let (_, d) = from_arrays(&s, Further::default(), ResponseRule::Linear, None, NaPolicy::Pad).unwrap();
    let dropped: Vec<(usize, &str)> = d.rows.dropped.iter().map(|(row, name)| (*row, name.as_str())).collect();
    assert_eq!(dropped, [(0, "y"), (1, "x2"), (2, "g1"), (3, "offset")]);
    assert_eq!((d.n, d.offset.unwrap(), d.rows.pad), (1, vec![7.0], true));
    let mut s = spec();
    s.weights = Some(vec![1.0, 0.0, 2.0, NAN, 3.0]);
    s.terms[1].z.as_mut().unwrap()[9] = NAN;
    let (_, d) = from_arrays(&s, Further::default(), ResponseRule::Linear, None, NaPolicy::Omit).unwrap();
    let names: Vec<&str> = d.rows.dropped.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(names, [ZERO_WEIGHT, "weights", "z2 | g2"]);
    assert_eq!(from_arrays(&s, Further::default(), ResponseRule::Linear, None, NaPolicy::Error).unwrap_err().position, 3);
}

#[test]
fn wrong_arrays_are_refused_by_name() {
    assert!(message(|s| s.n = 0).contains("no rows"));
    assert!(message(|s| s.y.truncate(4)).contains("y has 4 values, wanted 5"));
    assert!(message(|s| s.p = 3).contains("x has 10 values, wanted 15"));
    assert!(message(|s| s.x_names = vec!["a".into()]).contains("x_names has 1"));
    assert!(message(|s| s.weights = Some(vec![1.0])).contains("weights has 1"));
    assert!(message(|s| s.offset = Some(vec![1.0])).contains("offset has 1"));
    assert!(message(|s| s.terms[0].index.truncate(2)).contains("'g1' has 2 values"));
    assert!(message(|s| s.terms[0].levels = vec!["a".into()]).contains("levels of the random term 'g1'"));
    assert!(message(|s| s.terms[0].levels = vec!["a".into(), "b".into(), "a".into()]).contains("'a' again"));
    assert!(message(|s| s.terms[0].effects = vec!["a".into(), "b".into()]).contains("no z"));
    assert!(message(|s| s.terms[1].z = Some(vec![1.0; 7])).contains("z of the random term 'g2' has 7"));
    assert!(message(|s| s.terms[1].z = Some(vec![])).contains("'g2' has 0"));
    assert!(message(|s| s.x[7] = f64::INFINITY).contains("'x2' is Inf in row 3"));
    assert!(message(|s| s.terms[1].z.as_mut().unwrap()[7] = f64::NEG_INFINITY).contains("'z2 | g2' is -Inf in row 3"));
    assert!(message(|s| s.weights = Some(vec![1.0, 1.0, -2.0, 1.0, 1.0])).contains("-2 in row 3"));
    assert!(message(|s| s.y.fill(NAN)).contains("no rows are left"));
    for level in [3, -2, i64::MIN] {
        let mut s = spec();
        s.terms[0].index[3] = level;
        let error = from_arrays(&s, Further::default(), ResponseRule::Linear, None, NaPolicy::Omit).unwrap_err();
        assert!(error.position == 3 && error.message.contains(&format!("'g1' has level {level} in row 4")), "{error}");
    }
}

#[test]
fn new_arrays_are_matched_by_number_or_by_label() {
    let (program, old) = from_arrays(&spec(), Further::default(), ResponseRule::Linear, None, NaPolicy::Omit).unwrap();
    let same =
        apply_arrays(&program, &ArraySpec { y: Vec::new(), ..spec() }, Further::default(), true, NeededTimes::Nothing).unwrap();
    assert_eq!((&same.x, &same.terms[0].index, &same.terms[1].z), (&old.x, &old.terms[0].index, &old.terms[1].z));
    let mut new = spec();
    new.terms[0].index = vec![0, 1, 2, -1, 4];
    new.terms[0].n_levels = 5;
    assert_eq!(
        apply_arrays(&program, &new, Further::default(), true, NeededTimes::Nothing).unwrap().terms[0].index,
        [0, UNSEEN, 1, UNSEEN, UNSEEN]
    );
    new.terms[0].levels = ["3", "x", "1", "2", "y"].map(String::from).to_vec();
    assert_eq!(
        apply_arrays(&program, &new, Further::default(), true, NeededTimes::Nothing).unwrap().terms[0].index,
        [1, UNSEEN, 0, UNSEEN, UNSEEN]
    );
    new.terms[0].index[0] = 5;
    assert_eq!(apply_arrays(&program, &new, Further::default(), true, NeededTimes::Nothing).unwrap_err().position, 0);
    // A missing number leaves the row out.
    new.terms[0].index[0] = 0;
    new.x[6] = NAN;
    let d = apply_arrays(&program, &new, Further::default(), true, NeededTimes::Nothing).unwrap();
    assert_eq!(
        (d.n, d.rows.dropped.clone(), d.terms[0].index.clone()),
        (4, vec![(1, "x2".to_string())], vec![1, 0, UNSEEN, UNSEEN])
    );
    assert!(
        apply_arrays(&program, &ArraySpec { terms: Vec::new(), ..new }, Further::default(), false, NeededTimes::Nothing)
            .unwrap()
            .terms
            .is_empty()
    );
}

#[test]
fn new_arrays_must_have_the_shape_of_the_old() {
    let (program, _) = from_arrays(
        &ArraySpec { offset: Some(vec![0.0; 5]), ..spec() },
        Further::default(),
        ResponseRule::Linear,
        None,
        NaPolicy::Omit,
    )
    .unwrap();
    let message = |change: &dyn Fn(&mut ArraySpec)| {
        let mut new = ArraySpec { offset: Some(vec![1.0; 5]), ..spec() };
        change(&mut new);
        apply_arrays(&program, &new, Further::default(), true, NeededTimes::Nothing).unwrap_err().message
    };
    assert!(message(&|s| s.offset = None).contains("offset"));
    assert!(message(&|s| s.x_names = vec!["a".into(), "b".into()]).contains("a, b"));
    assert!(message(&|s| (s.p, s.x) = (1, vec![1.0; 5])).contains("x1, x2"));
    assert!(message(&|s| s.terms.truncate(1)).contains("1 random terms"));
    assert!(message(&|s| s.terms[1].z = None).contains("'g2'"));
    assert!(message(&|s| s.terms[0].name = "other".into()).contains("'other'"));
}

#[test]
fn the_program_survives_its_bytes() {
    let (program, _) = from_arrays(&spec(), Further::default(), ResponseRule::Linear, None, NaPolicy::Omit).unwrap();
    let read: ArrayProgram = postcard::from_bytes(&postcard::to_stdvec(&program).unwrap()).unwrap();
    assert_eq!(read, program);
}

fn with_columns(dispersion: Option<(usize, Vec<f64>)>, zero_inflation: Option<(usize, Vec<f64>)>) -> Spec {
    let columns = |(p, x)| PredictorSpec::Arrays { p, x, x_names: Vec::new() };
    let mut model = Spec::new(ModelKind::Glmm, Source::Arrays(spec()));
    model.dispersion = dispersion.map(columns);
    model.zero_inflation = zero_inflation.map(columns);
    model
}

#[test]
fn further_predictors_are_on_the_rows_used() {
    let zero = vec![1.0, 1.0, 1.0, 1.0, 1.0, 5.0, NAN, 7.0, 8.0, 9.0];
    let model = with_columns(Some((1, vec![1.0, 2.0, 3.0, 4.0, 5.0])), Some((2, zero.clone())));
    let (program, d) = ModelProgram::learn(&model, None, NaPolicy::Omit, &Watch::unwatched()).unwrap();
    assert_eq!(d.rows.dropped, [(1, "x2".to_string())]);
    let dispersion = d.dispersion.unwrap();
    assert_eq!((d.n, dispersion.x, dispersion.x_names), (4, vec![1.0, 3.0, 4.0, 5.0], vec!["x1".to_string()]));
    assert_eq!(d.zero_inflation.unwrap().x, [1.0, 1.0, 1.0, 1.0, 5.0, 7.0, 8.0, 9.0]);

    let new = program.apply_spec(&model, false, NeededTimes::Nothing).unwrap();
    assert_eq!((new.n, new.dispersion.unwrap().x), (4, vec![1.0, 3.0, 4.0, 5.0]));
    let message = |newdata: &Spec| program.apply_spec(newdata, false, NeededTimes::Nothing).unwrap_err().message;
    assert_eq!(
        message(&with_columns(None, Some((2, zero.clone())))),
        "dispersion: the training data had the columns x1, the new data have none"
    );
    let one = message(&with_columns(Some((1, vec![1.0; 5])), Some((1, vec![1.0; 5]))));
    assert!(one.starts_with("zero inflation: x has the columns x1, but the training data had x1, x2"), "{one}");
    assert!(program.apply_arrays(&spec(), false, NeededTimes::Nothing).unwrap_err().message.contains("dispersion"));
}

#[test]
fn further_formulas_and_columns_give_the_same_bits() {
    let (x, z) = (spec().x[5..].to_vec(), vec![2.0, 0.5, NAN, 1.5, 4.0]);
    let mut frame = Frame::new(5);
    for (name, values) in [("y", spec().y), ("x", x), ("z", z.clone())] {
        frame.add_real(name, values).unwrap();
    }
    let source = Source::Formula(FormulaSpec { formula: "y ~ x".into(), ..FormulaSpec::default() });
    let mut model = Spec::new(ModelKind::Glmm, source);
    model.zero_inflation = Some(PredictorSpec::Formula("~ z".into()));
    let (_, a) = ModelProgram::learn(&model, Some(&frame), NaPolicy::Omit, &Watch::unwatched()).unwrap();
    let columns = [vec![1.0; 5], z].concat();
    let mut named = with_columns(None, None);
    named.source = Source::Arrays(ArraySpec { terms: Vec::new(), ..spec() });
    let x_names = vec!["(Intercept)".to_string(), "z".to_string()];
    named.zero_inflation = Some(PredictorSpec::Arrays { p: 2, x: columns, x_names });
    let (_, b) = ModelProgram::learn(&named, None, NaPolicy::Omit, &Watch::unwatched()).unwrap();
    assert_eq!((&a.y, &a.x, &a.rows), (&b.y, &b.x, &b.rows));
    let (a, b) = (a.zero_inflation.unwrap(), b.zero_inflation.unwrap());
    assert_eq!((a.x, a.x_names), (b.x, b.x_names));
}

#[test]
fn further_columns_are_checked() {
    let message = |model: &Spec| ModelProgram::learn(model, None, NaPolicy::Omit, &Watch::unwatched()).unwrap_err().message;
    assert!(message(&with_columns(Some((2, vec![1.0; 9])), None)).contains("dispersion: x has 9 values, wanted 10"));
    let infinite = vec![1.0, 1.0, f64::INFINITY, 1.0, 1.0];
    assert!(message(&with_columns(None, Some((1, infinite)))).contains("zero inflation: 'x1' is Inf in row 3"));
    let mut formula = with_columns(None, None);
    formula.dispersion = Some(PredictorSpec::Formula("~ z".into()));
    assert!(message(&formula).contains("not a formula"));
}
