//! Bad input to ordinal models is an error that names what is wrong, or a fit that says what it did.

use crate::common::{Data, Rng};
use interlace::error::{Code, Error};
use interlace::fit::Fit;
use interlace::options::{Information, Nodes, Options};
use interlace::spec::{FormulaSpec, ModelKind, PredictorSpec, Source, Spec};
use interlace::watch::Watch;

/// 60 rows: y of 1 to 3, x, one, w, g (10 groups), single (1 group), each (a group a row).
fn data() -> Data {
    let mut rng = Rng(3);
    let n = 60;
    let y = (0..n).map(|_| (1 + rng.below(3)) as f64).collect();
    let g: Vec<usize> = (0..n).map(|i| i % 10).collect();
    let d = Data::default().real("y", y).real("x", rng.normals(n)).real("w", vec![1.0; n]).group("g", &g);
    d.group("single", &vec![0; n]).group("each", &(0..n).collect::<Vec<_>>())
}

fn with_value(name: &str, row: usize, value: f64) -> Data {
    data().with(name, row, value)
}

fn spec(formula: &str) -> Spec {
    Spec::new(ModelKind::Clmm, Source::Formula(FormulaSpec { formula: formula.into(), ..Default::default() }))
}

fn failure(spec: &Spec, data: &Data, options: &Options) -> Error {
    match Fit::new(spec, Some(&data.frame()), options, &Watch::unwatched()) {
        Ok(fit) => panic!("fitted: {:?}", fit.fixed),
        Err(error) => error,
    }
}

#[track_caller]
fn fails(spec: &Spec, data: &Data, code: Code, words: &[&str]) {
    let error = failure(spec, data, &Options::default());
    assert_eq!(error.code, code, "{error}");
    assert!(words.iter().all(|w| error.message.contains(w)) && !error.message.contains('\n'), "{error}");
}

const FORMULA: &str = "y ~ x + (1 | g)";

#[test]
fn responses_that_are_no_categories() {
    fails(&spec(FORMULA), &with_value("y", 4, 1.5), Code::Data, &["y", "1.5", "5"]);
    fails(&spec(FORMULA), &with_value("y", 4, f64::INFINITY), Code::Data, &["y", "Inf"]);
    fails(&spec(FORMULA), &data().real("y", vec![2.0; 60]), Code::Data, &["y"]);
    let text = data().label("answer", (0..60).map(|i| ["low", "mid", "high"][i % 3].to_owned()));
    fails(&spec("answer ~ x + (1 | g)"), &text, Code::Data, &["low", "mid", "high", "order"]);
    let mut short = spec("answer ~ x + (1 | g)");
    short.ordinal.levels = vec!["low".into(), "mid".into()];
    fails(&short, &text, Code::Data, &["high"]);
}

#[test]
fn missing_values_leave_rows_out() {
    let fit =
        Fit::new(&spec(FORMULA), Some(&with_value("y", 4, f64::NAN).frame()), &Options::default(), &Watch::unwatched()).unwrap();
    assert_eq!((fit.n_obs, fit.rows.dropped.len()), (59, 1));
    let fit =
        Fit::new(&spec(FORMULA), Some(&with_value("x", 7, f64::NAN).frame()), &Options::default(), &Watch::unwatched()).unwrap();
    assert_eq!(fit.n_obs, 59);
}

#[test]
fn covariates_weights_and_groups() {
    fails(&spec(FORMULA), &with_value("x", 4, f64::INFINITY), Code::Data, &["x"]);
    fails(&spec("y ~ x"), &data(), Code::Argument, &["random"]);
    fails(&spec("y ~ x + (1 | single)"), &data(), Code::Data, &["single"]);
    fails(&spec("y ~ q + (1 | g)"), &data(), Code::Data, &["q"]);
    let mut weighted = spec(FORMULA);
    if let Source::Formula(source) = &mut weighted.source {
        source.weights = Some("w".into());
    }
    fails(&weighted, &with_value("w", 3, -1.0), Code::Data, &["w", "-1"]);
    let zero = Fit::new(&weighted, Some(&with_value("w", 3, 0.0).frame()), &Options::default(), &Watch::unwatched()).unwrap();
    assert_eq!(zero.n_obs, 59);
    // As many parameters as rows.
    fails(&spec(FORMULA), &data().rows(&[0, 1, 2]), Code::Data, &["3 rows", "thresholds"]);
}

#[test]
fn options_that_ordinal_models_do_not_have() {
    let refused = |change: &dyn Fn(&mut Options), words: &[&str]| {
        let mut options = Options::default();
        change(&mut options);
        let error = failure(&spec(FORMULA), &data(), &options);
        assert!(words.iter().all(|w| error.message.contains(w)), "{error}");
    };
    refused(&|o| o.quadrature = 0, &["nagq"]);
    refused(&|o| o.reml_generalised = true, &["reml"]);
    refused(&|o| o.information = Information::Expected, &["information"]);
    refused(&|o| (o.nodes, o.quadrature) = (Nodes::Fixed, 1), &["nagq"]);
    refused(&|o| o.theta0 = Some(vec![1.0, 2.0]), &["theta0"]);
    let several = Options { quadrature: 5, ..Options::default() };
    assert!(failure(&spec("y ~ x + (1 | g) + (1 | each)"), &data(), &several).message.contains("nagq"));
}

#[test]
fn parts_of_other_models() {
    let mut link = spec(FORMULA);
    link.ordinal.link = Some("log".into());
    fails(&link, &data(), Code::Argument, &["log", "logit", "probit", "cloglog", "loglog", "cauchit"]);
    let mut zero = spec(FORMULA);
    zero.zero_inflation = Some(PredictorSpec::Formula("~ 1".into()));
    assert!(failure(&zero, &data(), &Options::default()).message.contains("zero"));
    let mut random = spec(FORMULA);
    random.dispersion = Some(PredictorSpec::Formula("~ x + (1 | g)".into()));
    fails(&random, &data(), Code::Unsupported, &["scale"]);
    let mut random = spec(FORMULA);
    random.ordinal.nominal = Some(PredictorSpec::Formula("~ x + (1 | g)".into()));
    fails(&random, &data(), Code::Unsupported, &["nominal"]);
}

#[test]
fn objectives_want_thresholds_in_order() {
    let frame = data().frame();
    let good =
        Fit::objective(&spec(FORMULA), Some(&frame), &Options::default(), &[0.7, 0.1, -0.5, 0.5], &Watch::unwatched()).unwrap();
    assert!(good[0].is_finite());
    let error =
        Fit::objective(&spec(FORMULA), Some(&frame), &Options::default(), &[0.7, 0.1, 0.5, -0.5], &Watch::unwatched()).unwrap_err();
    assert!(error.message.contains("order"), "{error}");
    let error = Fit::objective(&spec(FORMULA), Some(&frame), &Options::default(), &[0.7, 0.1], &Watch::unwatched()).unwrap_err();
    assert!(error.message.contains('2'), "{error}");
}

#[test]
fn a_random_effect_for_each_row_fits() {
    let fit = Fit::new(&spec("y ~ x + (1 | each)"), Some(&data().frame()), &Options::default(), &Watch::unwatched()).unwrap();
    assert!(fit.log_likelihood.is_finite() && fit.theta[0] >= 0.0);
}

#[test]
fn large_and_tiny_covariates_fit() {
    for scale in [1e150, 1e-150] {
        let wide = data().map("x", |x| scale * x);
        let fit = Fit::new(&spec(FORMULA), Some(&wide.frame()), &Options::default(), &Watch::unwatched()).unwrap();
        let plain = Fit::new(&spec(FORMULA), Some(&data().frame()), &Options::default(), &Watch::unwatched()).unwrap();
        assert!((fit.log_likelihood - plain.log_likelihood).abs() < 1e-8);
        assert!((fit.fixed.estimate[0] * scale / plain.fixed.estimate[0] - 1.0).abs() < 1e-6);
    }
}
