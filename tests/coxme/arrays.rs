//! Models from arrays are those of formulas, bit for bit.

use crate::common::{Data, Rng};
use interlace::design::NaPolicy;
use interlace::error::{Code, Error};
use interlace::fit::Fit;
use interlace::formula::StructureKind;
use interlace::options::Options;
use interlace::predict::{CurveRequest, NewData, NewLevels, Problem, Quantity, Request};
use interlace::spec::{ArraySpec, ArrayStrata, ArraySurvival, ArrayTerm, FormulaSpec, ModelKind, Source, Spec, Ties};
use interlace::watch::Watch;

const N: usize = 90;

/// Late entry, strata, weights, an offset, and a row without each of them.
fn data() -> (Data, Vec<usize>, Vec<usize>) {
    let mut rng = Rng(61);
    let (g, s): (Vec<usize>, Vec<usize>) = (0..N).map(|_| (rng.below(9), rng.below(3))).unzip();
    let (x, effects) = (rng.normals(N), rng.normals(9));
    let start: Vec<f64> = (0..N).map(|_| 0.3 * rng.uniform()).collect();
    let time = (0..N).map(|i| start[i] - rng.uniform().ln() / (0.5 * x[i] + effects[g[i]]).exp()).collect();
    let status = (0..N).map(|_| f64::from(u8::from(rng.uniform() < 0.7))).collect();
    let (w, o) = ((0..N).map(|_| 0.5 + rng.uniform()).collect(), rng.normals(N));
    let data = Data::default().real("x", x).real("start", start).real("time", time).real("status", status);
    let data = data.real("w", w).real("o", o).group("g", &g).group("s", &s);
    let data = data.with("start", 3, f64::NAN).with("status", 5, f64::NAN).with("w", 8, 0.0).with("x", 11, f64::NAN);
    (data, g, s)
}

fn arrays(data: &Data, g: &[usize], s: &[usize]) -> ArraySpec {
    let index = |of: &[usize]| of.iter().map(|&level| level as i64).collect();
    let labels = |name: &str, count: usize| (0..count).map(|i| format!("{name}{i:02}")).collect();
    let term = ArrayTerm {
        name: "g".into(),
        effects: vec!["(Intercept)".into(), "x".into()],
        z: Some([&vec![1.0; N][..], data.values("x")].concat()),
        index: index(g),
        n_levels: 9,
        levels: labels("g", 9),
        structure: StructureKind::Unstructured,
        homogeneous: None,
    };
    ArraySpec {
        n: N,
        p: 2,
        // Baseline hazards take in a constant.
        x: [&vec![1.0; N][..], data.values("x")].concat(),
        x_names: vec!["(Intercept)".into(), "x".into()],
        weights: Some(data.values("w").to_vec()),
        offset: Some(data.values("o").to_vec()),
        survival: Some(ArraySurvival {
            start: Some(data.values("start").to_vec()),
            stop: data.values("time").to_vec(),
            event: data.values("status").to_vec(),
        }),
        strata: Some(ArrayStrata { index: index(s), n_strata: 3, labels: labels("s", 3) }),
        terms: vec![term],
        ..ArraySpec::default()
    }
}

fn spec(arrays: ArraySpec) -> Spec {
    Spec::new(ModelKind::Coxme, Source::Arrays(arrays))
}

fn fit(spec: &Spec) -> Result<Fit, Error> {
    Fit::new(spec, None, &Options::default(), &Watch::unwatched())
}

#[test]
fn arrays_and_formula_give_the_same_bits() {
    let (data, g, s) = data();
    for (ties, na) in [(Ties::Efron, NaPolicy::Omit), (Ties::Breslow, NaPolicy::Pad)] {
        let source = FormulaSpec {
            formula: "Surv(start, time, status) ~ x + strata(s) + (1 + x | g)".into(),
            weights: Some("w".into()),
            offset: Some("o".into()),
            ..FormulaSpec::default()
        };
        let formula = Spec { ties, ..Spec::new(ModelKind::Coxme, Source::Formula(source)) };
        let options = Options { na, ..Options::default() };
        let a = Fit::new(&formula, Some(&data.frame()), &options, &Watch::unwatched()).unwrap();
        let own = Spec { ties, ..spec(arrays(&data, &g, &s)) };
        let b = Fit::new(&own, None, &options, &Watch::unwatched()).unwrap();
        assert_eq!((a.n_obs, a.criterion, &a.theta), (N - 4, b.criterion, &b.theta));
        assert_eq!((&a.fixed.names, &a.fixed.estimate, &a.fixed.vcov), (&b.fixed.names, &b.fixed.estimate, &b.fixed.vcov));
        assert_eq!((&a.terms[0].modes, &a.terms[0].condvar), (&b.terms[0].modes, &b.terms[0].condvar));
        let bits = |fit: &Fit| fit.y.iter().chain(&fit.residuals).map(|r| r.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&a), bits(&b));
        let (a_cox, b_cox) = (a.cox().unwrap(), b.cox().unwrap());
        assert_eq!((&a_cox.survival.strata, a_cox.loglik_null), (&b_cox.survival.strata, b_cox.loglik_null));
        let rows = |fit: &Fit| fit.rows.dropped.iter().map(|(row, _)| *row).collect::<Vec<_>>();
        assert_eq!((rows(&a), rows(&b)), (vec![3, 5, 8, 11], vec![3, 5, 8, 11]));
    }
}

/// Fits of the same data, from a formula and from arrays.
fn both(ties: Ties) -> (Fit, Fit) {
    let (data, g, s) = data();
    let source = FormulaSpec {
        formula: "Surv(start, time, status) ~ x + strata(s) + offset(o) + (1 + x | g)".into(),
        weights: Some("w".into()),
        ..FormulaSpec::default()
    };
    let formula = Spec { ties, ..Spec::new(ModelKind::Coxme, Source::Formula(source)) };
    let a = Fit::new(&formula, Some(&data.frame()), &Options::default(), &Watch::unwatched()).unwrap();
    (a, fit(&Spec { ties, ..spec(arrays(&data, &g, &s)) }).unwrap())
}

/// New rows, one without a time, one without a covariate, one after the end of its stratum, one whose group is not known.
fn new_data() -> (Data, ArraySpec) {
    let mut rng = Rng(17);
    let (mut data, mut g, s) = data();
    let stop = data.values("time").iter().map(|t| 0.31 + t * rng.uniform()).collect();
    data = data.real("time", stop).real("x", rng.normals(N));
    data = data.with("start", 3, 0.1).with("time", 20, f64::NAN).with("x", 21, f64::NAN).with("time", 22, 1e4);
    let mut new = arrays(&data, &g, &s);
    new.survival.as_mut().unwrap().event.clear();
    g[30] = 8;
    new.terms[0].index[30] = 9;
    (new.terms[0].n_levels, new.weights) = (10, None);
    new.terms[0].levels.push("other".into());
    let labels: Vec<String> =
        g.iter().enumerate().map(|(i, g)| if i == 30 { "other".into() } else { format!("g{g:02}") }).collect();
    (data.label("g", labels), new)
}

fn bits(values: &[f64]) -> Vec<u64> {
    values.iter().map(|v| v.to_bits()).collect()
}

#[test]
fn predictions_from_arrays_are_those_from_a_frame_bit_for_bit() {
    let (data, new) = new_data();
    let (frame, new, watch) = (data.frame(), spec(new), Watch::unwatched());
    for ties in [Ties::Efron, Ties::Breslow] {
        let (a, b) = both(ties);
        for quantity in [Quantity::Link, Quantity::Risk, Quantity::Response, Quantity::Survival, Quantity::Marginal] {
            let request = Request { quantity, new_levels: NewLevels::Zero, level: Some(0.9), ..Request::default() };
            let of = |fit: &Fit, data| {
                let found = fit.predictions(data, &request, &watch).unwrap();
                ([found.values, found.std_errors, found.lower, found.upper].map(|own| bits(&own)), found.problems)
            };
            let (wanted, problems) = of(&a, NewData::Frame(&frame));
            assert_eq!(of(&b, NewData::Spec(&new)), (wanted, problems.clone()));
            let intervals = !matches!(quantity, Quantity::Link | Quantity::Risk);
            let missing = [(20, Problem::Missing), (21, Problem::Missing), (22, Problem::Beyond)];
            assert!(problems.starts_with(if intervals { &missing } else { &missing[1..2] }), "{problems:?}");
        }
        for (times, new_levels) in [(Some(vec![0.4, 2.0]), NewLevels::Zero), (None, NewLevels::Average)] {
            let request = CurveRequest { times, new_levels, ..CurveRequest::default() };
            let text = |fit: &Fit, data| format!("{:?}", fit.survival_curves(data, &request, &watch).unwrap());
            assert_eq!(text(&b, NewData::Spec(&new)), text(&a, NewData::Frame(&frame)));
            let text = |fit: &Fit, data| format!("{:?}", fit.survival_means(data, &request, &watch).unwrap());
            assert_eq!(text(&b, NewData::Spec(&new)), text(&a, NewData::Frame(&frame)));
        }
    }
}

#[test]
fn new_arrays_have_times_and_known_strata() {
    let ((_, fit), (_, arrays), watch) = (both(Ties::Efron), new_data(), Watch::unwatched());
    let predict = |change: &dyn Fn(&mut ArraySpec), quantity| {
        let mut own = arrays.clone();
        change(&mut own);
        let request = Request { quantity, new_levels: NewLevels::Zero, ..Request::default() };
        fit.predictions(NewData::Spec(&spec(own)), &request, &watch)
    };
    let as_given = predict(&|_| {}, Quantity::Response).unwrap();
    // In another order of labels, and by number.
    let turned = |own: &mut ArraySpec| {
        let strata = own.strata.as_mut().unwrap();
        strata.labels = ["s02", "s01", "s00"].map(String::from).to_vec();
        strata.index.iter_mut().for_each(|index| *index = 2 - *index);
    };
    let by_number = |own: &mut ArraySpec| own.strata.as_mut().unwrap().labels.clear();
    for change in [&turned as &dyn Fn(&mut ArraySpec), &by_number] {
        assert_eq!(bits(&predict(change, Quantity::Response).unwrap().values), bits(&as_given.values));
    }
    // A missing stratum is a missing value; without start times all is from the beginning.
    let missing = |own: &mut ArraySpec| own.strata.as_mut().unwrap().index[4] = -1;
    assert_eq!(predict(&missing, Quantity::Survival).unwrap().problems[0], (4, Problem::Missing));
    assert!(predict(&missing, Quantity::Link).unwrap().values[4].is_finite());
    let early = predict(&|own| own.survival.as_mut().unwrap().start = None, Quantity::Response).unwrap();
    let pairs = || early.values.iter().zip(&as_given.values).filter(|(a, b)| !a.is_nan() && !b.is_nan());
    assert!(pairs().count() > 80 && pairs().all(|(a, b)| a >= b) && pairs().any(|(a, b)| a > b));
    let says = |change: &dyn Fn(&mut ArraySpec), quantity, code: Code, text: &str| {
        let error = predict(change, quantity).unwrap_err();
        assert!(error.code == code && error.message.contains(text), "{error}");
    };
    let unknown = |own: &mut ArraySpec| own.strata.as_mut().unwrap().labels[1] = "other".into();
    let beyond = |own: &mut ArraySpec| {
        let strata = own.strata.as_mut().unwrap();
        (strata.n_strata, strata.index[6]) = (5, 4);
        strata.labels.clear();
    };
    let no_times = |own: &mut ArraySpec| own.survival = None;
    let no_strata = |own: &mut ArraySpec| own.strata = None;
    let why = "which has no baseline hazard: the fit doesn't know it";
    says(&unknown, Quantity::Response, Code::Data, &format!("has the stratum 'other', {why}"));
    says(&beyond, Quantity::Survival, Code::Data, &format!("row 7 (counting from 1) has the stratum 4 (counting from 0), {why}"));
    says(&no_times, Quantity::Response, Code::Argument, "there are no times, see interlace_spec_set_survival_array");
    says(&no_strata, Quantity::Marginal, Code::Argument, "there are no strata, the fit has them");
    says(
        &|own| own.survival.as_mut().unwrap().stop[8] = -2.0,
        Quantity::Response,
        Code::Data,
        "the stop time 'stop' is -2 in row 9",
    );
    says(&|own| own.survival.as_mut().unwrap().stop[8] = 0.0, Quantity::Response, Code::Data, "is not after the start time");
    says(&|own| own.survival.as_mut().unwrap().stop.truncate(8), Quantity::Response, Code::Argument, "stop has 8 values");
    // What needs neither does not look at them; curves need strata only.
    for quantity in [Quantity::Link, Quantity::Risk] {
        assert!(
            predict(&no_times, quantity).is_ok() && predict(&unknown, quantity).is_ok() && predict(&no_strata, quantity).is_ok()
        );
    }
    let request = CurveRequest { new_levels: NewLevels::Zero, ..CurveRequest::default() };
    let curve = |change: &dyn Fn(&mut ArraySpec)| {
        let mut own = arrays.clone();
        change(&mut own);
        fit.survival_curves(NewData::Arrays(&own), &request, &watch)
    };
    assert!(curve(&no_times).is_ok());
    assert!(curve(&no_strata).unwrap_err().message.contains("no strata"));
    assert!(curve(&unknown).unwrap_err().message.contains(why));
}

#[test]
fn wrong_arrays_are_named_with_their_row() {
    let (data, g, s) = data();
    let message = |change: &dyn Fn(&mut ArraySpec)| {
        let mut own = arrays(&data, &g, &s);
        change(&mut own);
        fit(&spec(own)).unwrap_err()
    };
    let of = |change: fn(&mut ArraySurvival)| message(&|own| change(own.survival.as_mut().unwrap()));
    let contains = |error: Error, texts: &[&str]| assert!(texts.iter().all(|text| error.message.contains(text)), "{error}");
    contains(message(&|own| own.survival = None), &["interlace_spec_set_survival_array"]);
    contains(message(&|own| own.y = vec![1.0; N]), &["y is given"]);
    contains(of(|own| own.stop.truncate(4)), &["stop has 4 values, wanted 90"]);
    contains(of(|own| own.event.truncate(4)), &["event has 4 values, wanted 90"]);
    contains(of(|own| own.stop[6] = -1.0), &["stop time 'stop' is -1 in row 7"]);
    contains(of(|own| own.stop[6] = f64::INFINITY), &["'stop' is Inf in row 7"]);
    contains(of(|own| own.start.as_mut().unwrap()[6] = 1e9), &["not after the start time 1000000000 in row 7"]);
    // A coding that must be guessed is not for arrays.
    contains(of(|own| own.event.iter_mut().for_each(|e| *e += 1.0)), &["'event' is 2 in row", "wanted 0 or 1"]);
    contains(of(|own| own.event.fill(0.0)), &["no events"]);
    contains(message(&|own| own.strata.as_mut().unwrap().index[4] = 7), &["index of the strata has level 7 in row 5"]);
    contains(message(&|own| own.strata.as_mut().unwrap().labels.truncate(2)), &["labels of the strata has 2 values"]);
    contains(message(&|own| own.strata.as_mut().unwrap().labels[2] = "s00".into()), &["'s00' again"]);
    let linear = Spec::new(ModelKind::Lmm, Source::Arrays(arrays(&data, &g, &s)));
    let error = fit(&linear).unwrap_err();
    assert!(error.code == Code::Argument && error.message.contains("Cox"), "{error}");
}
