//! Random terms that have fewer dimensions than columns, that can't be told from each other or from the residual, and that are not what
//! they seem.

use crate::common::{Data, Estimates, Model, Rng, agree, model};
use interlace::error::Result;
use interlace::fit::Fit;
use interlace::formula::StructureKind;
use interlace::frame::Frame;
use interlace::options::{Options, Unidentified};
use interlace::predict::{NewData, PredictOptions};
use interlace::spec::{ArraySpec, ArrayTerm, FormulaSpec, ModelKind, PredictorSpec, Source, Spec};
use interlace::watch::Watch;

/// 144 rows: 12 groups g, and h, the same by other names, 4 times t, one row for each in k; x, a constant, twice x and a number, a
/// dummy and its complement, a number of the groups that is 0 or 1; responses.
fn data() -> Data {
    let mut rng = Rng(41);
    let n = 144;
    let g: Vec<usize> = (0..n).map(|i| i / 12).collect();
    let h: Vec<usize> = g.iter().map(|g| (g * 5 + 3) % 12).collect();
    let (x, b, c) = (rng.normals(n), rng.normals(12), rng.normals(12));
    let male: Vec<f64> = (0..n).map(|_| rng.below(2) as f64).collect();
    let eta: Vec<f64> = (0..n).map(|i| 0.5 + 0.4 * x[i] + 0.8 * b[g[i]] + 0.5 * c[g[i]] * x[i]).collect();
    let y = eta.iter().map(|e| e + 0.7 * rng.normal()).collect();
    let count = eta.iter().map(|e| (0.5 * e + 1.0).exp().floor()).collect();
    let grade = eta.iter().map(|e| (e + rng.normal() + 1.0).clamp(0.0, 2.0).floor()).collect();
    let twice = x.iter().map(|v| 2.0 * v).collect();
    let female = male.iter().map(|v| 1.0 - v).collect();
    let treated = g.iter().map(|g| (g % 2) as f64).collect();
    Data::default()
        .real("x", x)
        .real("one", vec![1.0; n])
        .real("twice", twice)
        .real("male", male)
        .real("female", female)
        .real("zero", vec![0.0; n])
        .real("treated", treated)
        .real("y", y)
        .real("positive", eta.iter().map(|e| e.exp()).collect())
        .real("count", count)
        .real("grade", grade)
        .group("g", &g)
        .group("h", &h)
        .group("t", &(0..n).map(|i| i % 4).collect::<Vec<_>>())
        .group("row", &(0..n).collect::<Vec<_>>())
}

const BY_MODES: PredictOptions = PredictOptions { random: true, new_levels_zero: false };

fn spec(kind: ModelKind, family: &str, formula: &str) -> Spec {
    let mut spec = Spec::new(kind, Source::Formula(FormulaSpec { formula: formula.into(), ..Default::default() }));
    spec.family.name = family.into();
    spec
}

fn fitted(spec: &Spec, frame: &Frame) -> Result<Fit> {
    Fit::new(spec, Some(frame), &Options::default(), &Watch::unwatched())
}

fn says(fit: &Fit, parts: &[&str]) -> bool {
    fit.design_warnings.iter().any(|w| parts.iter().all(|part| w.contains(part)))
}

#[test]
fn a_term_without_its_dependent_columns_is_the_same_model() {
    let data = data();
    for (with, without, left) in [
        ("(1 + one | g)", "(1 | g)", "one"),
        ("(one + x | g)", "(x | g)", "one"),
        ("(x + twice | g)", "(x | g)", "twice"),
        ("(1 + male + female | g)", "(male | g)", "female"),
        ("(zero + x | g)", "(x | g)", "zero"),
        ("(x + one || g)", "(x || g)", "one"),
        ("diag(1 + x + twice | g)", "diag(1 + x | g)", "twice"),
    ] {
        let (a, b) = (model(&format!("y ~ x + {with}")).fit(&data), model(&format!("y ~ x + {without}")).fit(&data));
        agree(with, &Estimates::of(&a), &Estimates::of(&b), 1e-9);
        assert_eq!(a.theta_names, b.theta_names, "{with}");
        assert!(says(&a, &[&format!("'{left}' left out")]), "{with}: {:?}", a.design_warnings);
        let predict = |fit: &Fit| fit.predict(NewData::Frame(&data.frame()), BY_MODES, &Watch::unwatched()).unwrap();
        assert!(predict(&a).iter().zip(predict(&b)).all(|(p, q)| (p - q).abs() < 1e-9), "{with}");
        assert!(a.predict(NewData::Training, BY_MODES, &Watch::unwatched()).unwrap().iter().all(|v| v.is_finite()));
    }
    let (a, b) = (model("y ~ x + (1 + one | g)").fit(&data), model("y ~ x + (1 | g)").fit(&data));
    let limits = |fit: &Fit| -> Vec<(f64, f64)> {
        fit.profile(0.95, &Watch::unwatched()).unwrap().iter().map(|p| (p.lower, p.upper)).collect()
    };
    assert!(limits(&a).iter().zip(&limits(&b)).all(|(p, q)| (p.0 - q.0).abs() < 1e-6 && (p.1 - q.1).abs() < 1e-6));
}

#[test]
fn so_it_is_in_every_predictor_of_generalised_and_ordinal_models() {
    let data = data();
    let frame = data.frame();
    let mut pairs = vec![];
    for (kind, family, response) in
        [(ModelKind::Glmm, "poisson", "count"), (ModelKind::Glmm, "gaussian", "y"), (ModelKind::Clmm, "", "grade")]
    {
        let one = |term: &str| spec(kind, family, &format!("{response} ~ x + {term}"));
        pairs.push((one("(1 + one | g)"), one("(1 | g)")));
    }
    let zero = |term: &str| {
        let mut own = spec(ModelKind::Glmm, "poisson", "count ~ x + (1 | g)");
        own.zero_inflation = Some(PredictorSpec::Formula(format!("~ {term}")));
        own
    };
    pairs.push((zero("(1 + one | h)"), zero("(1 | h)")));
    let dispersion = |term: &str| {
        let mut own = spec(ModelKind::Glmm, "gaussian", "y ~ x + (1 | g)");
        own.dispersion = Some(PredictorSpec::Formula(format!("~ {term}")));
        own
    };
    pairs.push((dispersion("(1 + one | t)"), dispersion("(1 | t)")));
    for (with, without) in pairs {
        let (a, b) = (fitted(&with, &frame).unwrap(), fitted(&without, &frame).unwrap());
        assert!((a.criterion - b.criterion).abs() < 1e-8 && a.npar == b.npar, "{} {}", a.criterion, b.criterion);
        let errors = a.fixed.std_error.iter().zip(&b.fixed.std_error);
        assert!(errors.clone().all(|(p, q)| (p - q).abs() < 1e-8), "{errors:?}");
        assert!(says(&a, &["'one' left out"]), "{:?}", a.design_warnings);
    }
}

#[test]
fn so_it_is_in_arrays_and_a_term_of_zeros_is_an_error() {
    let data = data();
    let n = data.n();
    let index: Vec<i64> = (0..n).map(|i| (i / 12) as i64).collect();
    let arrays = |columns: &[&str], kind: StructureKind| {
        let z: Vec<f64> = columns.iter().flat_map(|c| data.values(c).to_vec()).collect();
        let term = ArrayTerm {
            name: String::new(),
            effects: vec![],
            z: Some(z),
            index: index.clone(),
            n_levels: 12,
            levels: vec![],
            structure: kind,
            homogeneous: None,
        };
        ArraySpec { n, p: 1, y: data.values("y").to_vec(), x: vec![1.0; n], terms: vec![term], ..ArraySpec::default() }
    };
    let fit = |arrays: ArraySpec| {
        Fit::new(&Spec::new(ModelKind::Lmm, Source::Arrays(arrays)), None, &Options::default(), &Watch::unwatched())
    };
    let whole = arrays(&["one", "x", "twice"], StructureKind::Unstructured);
    let (a, b) = (fit(whole.clone()).unwrap(), fit(arrays(&["one", "x"], StructureKind::Unstructured)).unwrap());
    assert!((a.criterion - b.criterion).abs() < 1e-8 && a.terms[0].design.effects == ["z1", "z2"]);
    assert!(says(&a, &["(z1 + z2 + z3 | g1)", "'z3' left out"]), "{:?}", a.design_warnings);
    let new = a.predict(NewData::Arrays(&whole), BY_MODES, &Watch::unwatched()).unwrap();
    assert!(new.iter().zip(&a.fitted).all(|(p, q)| (p - q).abs() < 1e-9));
    let error = fit(arrays(&["zero"], StructureKind::Unstructured)).unwrap_err();
    assert!(error.message.contains("(z1 | g1) is zero in all rows"), "{error}");
}

#[test]
fn terms_of_the_same_partition_are_named() {
    let data = data();
    let (both, one) = (model("y ~ x + (1 | g) + (1 | h)").fit(&data), model("y ~ x + (1 | g)").fit(&data));
    assert!(says(&both, &["((Intercept) | g)", "((Intercept) | h)", "can't be told apart"]));
    assert!(!says(&one, &["told apart"]));
    // What is not split is as it should be.
    assert!((both.criterion - one.criterion).abs() < 1e-8);
    let sum = both.terms.iter().map(|t| t.cov[0]).sum::<f64>();
    assert!((sum - one.terms[0].cov[0]).abs() < 1e-5 * sum, "{sum} {}", one.terms[0].cov[0]);
    assert!(both.fixed.std_error.iter().zip(&one.fixed.std_error).all(|(a, b)| (a - b).abs() < 1e-6));
    assert!(both.fitted.iter().zip(&one.fitted).all(|(a, b)| (a - b).abs() < 1e-5));
    let frame = data.frame();
    for own in [
        spec(ModelKind::Glmm, "poisson", "count ~ x + (1 | g) + (1 | h)"),
        spec(ModelKind::Clmm, "", "grade ~ x + (1 | g/h)"),
        spec(ModelKind::Lmm, "", "y ~ x + (1 | g) + (x | g)"),
        spec(ModelKind::Lmm, "", "y ~ x + (0 + male | g) + (0 + female | g) + diag(male | h)"),
        spec(ModelKind::Lmm, "", "y ~ x + (treated | g)"),
    ] {
        let fit = fitted(&own, &frame).unwrap();
        assert!(says(&fit, &["can't"]), "{:?} {:?}", own.source, fit.design_warnings);
    }
    for identified in ["(1 | g) + (0 + x | g)", "(1 | g) + (1 | t)", "(male | g) + (x | t)", "cs(0 + t | g)", "ar1(0 + t | g)"] {
        let fit = model(&format!("y ~ x + {identified}")).fit(&data);
        assert!(!says(&fit, &["told apart"]), "{identified}: {:?}", fit.design_warnings);
    }
}

#[test]
fn a_level_a_row_is_refused_beside_normal_noise_only() {
    let data = data().real("w", (0..144).map(|i| 1.0 + f64::from(i % 5)).collect());
    let frame = data.frame();
    let message = |own: &Spec| fitted(own, &frame).unwrap_err().message;
    let both = |response: &str| format!("{response} ~ x + (1 | g) + (1 | row)");
    for (family, response) in [("gaussian", "y"), ("lognormal", "positive")] {
        assert!(message(&spec(ModelKind::Glmm, family, &both(response))).contains("'row' has 144 levels for 144"), "{family}");
    }
    assert!(message(&spec(ModelKind::Lmm, "", &both("y"))).contains("'row' has 144 levels for 144"));
    assert!(message(&spec(ModelKind::Glmm, "poisson", "count ~ x + (x | row)")).contains("288 random effects"));
    assert!(message(&spec(ModelKind::Clmm, "", "grade ~ x + (x | row)")).contains("288 random effects"));
    // Where the noise is known, given by a formula or weights, or not normal, there is something to tell.
    let mut known = spec(ModelKind::Glmm, "gaussian", &both("y"));
    known.family.fixed = vec![("sigma".into(), 0.3)];
    let mut formula = spec(ModelKind::Glmm, "gaussian", &both("y"));
    formula.dispersion = Some(PredictorSpec::Formula("~ treated".into()));
    let mut weighted = spec(ModelKind::Glmm, "gaussian", &both("y"));
    if let Source::Formula(source) = &mut weighted.source {
        source.weights = Some("w".into());
    }
    for own in [known, formula, weighted, spec(ModelKind::Glmm, "poisson", &both("count"))] {
        assert!(!says(&fitted(&own, &frame).unwrap(), &["told apart"]));
    }
    assert!(says(
        &fitted(&spec(ModelKind::Clmm, "", "grade ~ x + (1 | row)"), &frame).unwrap(),
        &["random effect for each of the 144 rows"]
    ));
    assert!(says(&fitted(&spec(ModelKind::Glmm, "binomial", "male ~ x + (1 | row)"), &frame).unwrap(), &["144 rows"]));
}

/// 18 subjects at 10 times: the model of lme4's check of ar1, sigma and log-likelihood by glmmTMB.
#[test]
fn correlations_of_one_row_a_cell_are_told_from_the_residual() {
    let csv = interlace::frame::CsvOptions { categorical: vec!["Subject".into()], ..Default::default() };
    let frame = Frame::from_csv_path("tests/reference/data/sleepstudy.csv", &csv).unwrap();
    let fit = model("Reaction ~ factor(Days) + ar1(0 + factor(Days) | Subject)").ml().try_fit(&frame).unwrap();
    assert!(
        (fit.log_likelihood + 868.2881).abs() < 1e-3 && (fit.sigma - 14.5716).abs() < 0.01,
        "{} {}",
        fit.log_likelihood,
        fit.sigma
    );
    let whole = spec(ModelKind::Glmm, "gaussian", "Reaction ~ factor(Days) + ar1(0 + factor(Days) | Subject)");
    assert!((fitted(&whole, &frame).unwrap().log_likelihood - fit.log_likelihood).abs() < 1e-6);
    assert!(model("Reaction ~ factor(Days) + cs(0 + factor(Days) | Subject)").ml().try_fit(&frame).is_ok());
    let refused =
        ["(0 + factor(Days) | Subject)", "diag(0 + factor(Days) | Subject)", "cs(0 + factor(Days) | Subject, hom = TRUE)"];
    for term in refused {
        let own = model(&format!("Reaction ~ 1 + {term}"));
        assert!(own.failure(&frame).message.contains("180 random effects"), "{term}");
        let general = spec(ModelKind::Glmm, "gaussian", &own.formula.formula);
        assert_eq!(fitted(&general, &frame).unwrap_err().message, own.failure(&frame).message);
    }
    // The caller may know better.
    let own = model("Reaction ~ Days + diag(0 + factor(Days) | Subject, hom = TRUE)");
    let with = |how| own.with(|options| options.unidentified = how).try_fit(&frame).unwrap();
    assert!(says(&with(Unidentified::Warning), &["180 random effects"]) && !says(&with(Unidentified::Ignore), &["180"]));
    assert!(with(Unidentified::Ignore).refit_ml(&Watch::unwatched()).is_ok());
    // Two times are as many covariances as parameters.
    let two: Vec<usize> = (0..180).filter(|i| i % 10 < 2).collect();
    let few = frame.select(&two).unwrap();
    let error = model("Reaction ~ 1 + ar1(0 + factor(Days) | Subject)").failure(&few);
    assert!(error.message.contains("and the residual variance can't be told apart"), "{error}");
}

#[test]
fn a_structure_that_is_none_is_said_to_be_none() {
    let data = data();
    for (term, parts) in [
        ("ar1(0 + x | g)", ["ar1(x | g) has one effect", "ar1(0 + factor(x) | g)"]),
        ("cs(0 + x | g)", ["it is (0 + x | g)", "cs(0 + factor(x) | g)"]),
        ("ar1(1 | g)", ["it is (1 | g)", "no correlation"]),
        ("ar1(x | g)", ["ar1((Intercept) + x | g)", "points in a row"]),
    ] {
        let fit = model(&format!("y ~ x + {term}")).fit(&data);
        assert!(says(&fit, &parts), "{term}: {:?}", fit.design_warnings);
    }
    for term in ["ar1(0 + t | g)", "cs(0 + t | g)", "cs(x | g)", "(0 + x | g)", "diag(0 + x | g)"] {
        let fit = model(&format!("y ~ x + {term}")).fit(&data);
        assert!(fit.design_warnings.is_empty(), "{term}: {:?}", fit.design_warnings);
    }
}

/// A model that must be fitted without a word of it.
#[test]
fn weights_set_the_residual_apart() {
    let data = data().real("w", (0..144).map(|i| 1.0 + f64::from(i % 5)).collect()).real("w2", vec![2.0; 144]);
    let own: Model = model("y ~ x + (1 | row)");
    assert!(own.clone().weights("w").fit(&data).design_warnings.is_empty());
    assert!(own.weights("w2").failure(&data.frame()).message.contains("'row' has 144 levels"));
}
