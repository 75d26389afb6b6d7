//! Models from arrays are those of formulas, bit for bit.

use crate::common::{Data, Rng};
use interlace::design::{ModelProgram, NaPolicy, UNSEEN};
use interlace::error::{Code, Error};
use interlace::fit::Fit;
use interlace::formula::StructureKind;
use interlace::options::Options;
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

#[test]
fn new_arrays_have_times_and_known_strata() {
    let (data, g, s) = data();
    let learn = |spec: &Spec| ModelProgram::learn(spec, None, NaPolicy::Omit, &Watch::unwatched()).unwrap().0;
    let program = learn(&spec(arrays(&data, &g, &s)));
    let mut new = arrays(&data, &g, &s);
    let own = new.survival.as_mut().unwrap();
    own.event.clear();
    own.start = None;
    let strata = new.strata.as_mut().unwrap();
    strata.labels = ["s02", "other", "s00"].map(String::from).to_vec();
    (strata.index[0], strata.index[1], strata.index[2]) = (0, 1, -1);
    let design = program.apply_spec(&spec(new.clone()), true).unwrap();
    let survival = design.survival.unwrap();
    assert_eq!((&survival.stratum[..3], survival.strata.len()), (&[2, UNSEEN, UNSEEN][..], 3));
    // Only a missing covariate leaves a row out.
    assert_eq!((design.n, survival.start.is_none(), survival.stop[0]), (N - 1, true, data.values("time")[0]));
    new.survival = None;
    let without = program.apply_spec(&spec(new), true).unwrap().survival.unwrap();
    assert!(without.stop.is_empty() && without.stratum == survival.stratum);
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
