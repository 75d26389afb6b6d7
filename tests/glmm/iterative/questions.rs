//! What is asked of a fit by iterations.

use interlace::error::Code;
use interlace::fit::Fit;
use interlace::predict::{Interval, NewData, Request};
use interlace::resample::BootstrapOptions;
use interlace::saved::{from_bytes, to_bytes};
use interlace::watch::Watch;

use super::{Crossed, Draw, binary, direct, errors_of, iterative, logistic};
use crate::common::generalised::generalised;

#[test]
fn predictions_have_the_standard_errors_of_the_direct_engine() {
    let design = Crossed { seed: 52, n: 6000, levels: vec![300, 120], sds: vec![(0.8, 0.5), (0.6, 0.0)], intercept: 0.2 };
    let data = design.data(Draw::Trial(logistic));
    let model = generalised("y ~ x + (x | a) + (1 | b)", "binomial", data.frame());
    let (exact, fit) = (direct(&model).fit(), iterative(&model).fit());
    let frame = data.rows(&(0..20).collect::<Vec<_>>()).frame();
    let request = Request { level: Some(0.9), interval: Interval::Confidence, ..Request::default() };
    let errors = |fit: &Fit| fit.predictions(NewData::Frame(&frame), &request, &Watch::unwatched()).unwrap().std_errors;
    let (want, got) = (errors(&exact), errors(&fit));
    assert_eq!(want.len(), 20);
    assert!(want.iter().zip(&got).all(|(w, g)| (g / w - 1.0).abs() < 2e-3), "{got:?} for {want:?}");
}

#[test]
fn what_takes_a_factor_is_one_clear_error() {
    let fit = iterative(&binary(53)).fit();
    let watch = Watch::unwatched();
    let failures = [
        ("profile likelihood", fit.profile(0.95, &watch).map(|_| ())),
        ("fits to other responses", fit.bootstrap(&BootstrapOptions { replicates: 2, ..Default::default() }, &watch).map(|_| ())),
    ];
    for (what, failure) in failures {
        let error = failure.unwrap_err();
        assert_eq!(error.code, Code::Unsupported, "{what}: {error}");
        assert!(error.message.contains(what) && error.message.contains("fit with engine = direct"), "{error}");
    }
}

#[test]
fn bytes_keep_the_errors() {
    let own = iterative(&binary(54));
    let fit = own.fit();
    let bytes = to_bytes(&fit, &own.options, Some(&own.spec), true).unwrap();
    let back = from_bytes(&bytes).unwrap().fit;
    assert_eq!(format!("{:?}", back.engine()), format!("{:?}", fit.engine()));
    let summary = fit.summary().unwrap();
    assert_eq!(back.summary().unwrap(), summary);
    let line = format!("Engine: iterative, {} random signs (seed 0): engine = iterative was asked for", errors_of(&fit).signs);
    assert!(summary.contains(&line), "{summary}");
}
