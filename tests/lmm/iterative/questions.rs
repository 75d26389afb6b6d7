//! What a fit by iterations answers, and the one line about what it does not.

use interlace::error::Code;
use interlace::fit::ParameterForm;
use interlace::inference::degrees_of_freedom::{KenwardRoger, Satterthwaite};
use interlace::predict::{Interval, NewData, Request};
use interlace::resample::BootstrapOptions;
use interlace::saved::{from_bytes, to_bytes};
use interlace::watch::Watch;

use super::{direct, errors_of, iterative, two};
use crate::common::model;

#[test]
fn degrees_of_freedom_are_close_to_those_of_the_direct_engine() {
    let (data, own) = (two(51), model("y ~ x + (1 | a) + (1 | b)"));
    let (exact, fit) = (direct(&own).fit(&data), iterative(&own).fit(&data));
    let watch = Watch::unwatched();
    let of = |fit| Satterthwaite::of(fit, &watch).unwrap();
    let (want, got) = (of(&exact), of(&fit));
    for l in [[1.0, 0.0], [0.0, 1.0]] {
        // The average information is not the observed one.
        assert!((got.df(&l) / want.df(&l) - 1.0).abs() < 0.05, "{} for {}", got.df(&l), want.df(&l));
    }
}

#[test]
fn predictions_have_the_standard_errors_of_the_direct_engine() {
    let (data, own) = (two(52), model("y ~ x + (x | a) + (1 | b)"));
    let (exact, fit) = (direct(&own).fit(&data), iterative(&own).fit(&data));
    let frame = data.rows(&(0..20).collect::<Vec<_>>()).frame();
    let request = Request { level: Some(0.9), interval: Interval::Confidence, ..Request::default() };
    let errors =
        |fit: &interlace::fit::Fit| fit.predictions(NewData::Frame(&frame), &request, &Watch::unwatched()).unwrap().std_errors;
    let (want, got) = (errors(&exact), errors(&fit));
    assert_eq!(want.len(), 20);
    assert!(want.iter().zip(&got).all(|(w, g)| (g / w - 1.0).abs() < 1e-3), "{got:?} for {want:?}");
}

#[test]
fn what_takes_a_factor_is_one_clear_error() {
    let data = two(53);
    let fit = iterative(&model("y ~ x + (1 | a) + (1 | b)")).fit(&data);
    let watch = Watch::unwatched();
    let failures = [
        ("Kenward", KenwardRoger::of(&fit, &watch).map(|_| ())),
        ("profile likelihood", fit.profile(0.95, &watch).map(|_| ())),
        ("fits to other responses", fit.bootstrap(&BootstrapOptions { replicates: 2, ..Default::default() }, &watch).map(|_| ())),
        ("covariance of all parameters", fit.parameters_vcov(ParameterForm::Working, &watch).map(|_| ())),
    ];
    for (what, failure) in failures {
        let error = failure.unwrap_err();
        assert_eq!(error.code, Code::Unsupported, "{what}: {error}");
        assert!(error.message.contains(what) && error.message.contains("fit with engine = direct"), "{error}");
    }
}

#[test]
fn bytes_keep_the_errors() {
    let own = iterative(&model("y ~ x + (1 | a) + (1 | b)"));
    let fit = own.fit(&two(54));
    let bytes = to_bytes(&fit, &own.options, Some(&own.spec()), true).unwrap();
    let back = from_bytes(&bytes).unwrap().fit;
    assert_eq!(format!("{:?}", back.engine()), format!("{:?}", fit.engine()));
    let summary = fit.summary().unwrap();
    assert_eq!(back.summary().unwrap(), summary);
    let line = format!("Engine: iterative, {} random signs (seed 0): engine = iterative was asked for", errors_of(&fit).signs);
    assert!(summary.contains(&line), "{summary}");
}
