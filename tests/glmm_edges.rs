//! Generalised models whose family has a parameter at the edge of its range, or one that the data say nothing of.

mod common;

use common::generalised::{Generalised, generalised};
use interlace::error::Code;
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::optimize::Reason;
use interlace::simulate::{Purpose, Stream};

/// 8 groups; x, and what `draw` makes of a linear predictor with normal group effects.
fn data(seed: u64, n: usize, mut draw: impl FnMut(f64, &mut Stream) -> f64) -> Frame {
    let mut stream = Stream::new(seed, 0, Purpose::Response);
    let effects: Vec<f64> = (0..8).map(|_| 0.4 * stream.normal()).collect();
    let x: Vec<f64> = (0..n).map(|_| stream.normal()).collect();
    let y = (0..n).map(|i| draw(0.5 + 0.3 * x[i] + effects[i % 8], &mut stream)).collect();
    let groups: Vec<String> = (0..n).map(|i| format!("g{}", i % 8)).collect();
    let mut frame = Frame::new(n);
    frame.add_real("y", y).unwrap();
    frame.add_real("x", x).unwrap();
    frame.add_real("m", vec![6.0; n]).unwrap();
    frame.add_strings("g", &groups.iter().map(|g| Some(g.as_str())).collect::<Vec<_>>()).unwrap();
    frame
}

/// Successes among 6 trials, as a proportion.
fn proportion(eta: f64, stream: &mut Stream) -> f64 {
    let p = 1.0 / (1.0 + (-eta).exp());
    stream.binomial(6.0, p, 1.0 - p) / 6.0
}

/// A Poisson count of at least one.
fn positive_count(eta: f64, stream: &mut Stream) -> f64 {
    (0..1000).map(|_| stream.poisson(eta.exp())).find(|y| *y > 0.0).unwrap_or(1.0)
}

fn model(family: &str, frame: Frame) -> Generalised {
    let model = generalised("y ~ x + (1 | g)", family, frame);
    if family.contains("binomial") { model.formula(|f| f.weights = Some("m".into())) } else { model }
}

fn fit(model: &Generalised) -> Fit {
    Fit::new(&model.spec, Some(&model.frame), &model.options, None).unwrap()
}

/// With fixed effects inside the mode these went on for ever: a ridge was raised on a matrix that held no numbers.
#[test]
fn fits_with_fixed_effects_inside_the_mode_end_at_the_edge_of_the_family() {
    for seed in 1..=3 {
        let sets = [
            ("student_t", data(seed, 48, |eta, stream| eta + stream.normal())),
            ("betabinomial", data(seed, 48, proportion)),
            ("truncated_nbinom1", data(seed, 48, positive_count)),
        ];
        for (family, frame) in sets {
            for reml in [false, true] {
                let model = model(family, frame.clone()).options(|o| {
                    o.reml_generalised = reml;
                    o.quadrature = usize::from(reml);
                });
                let fit = match Fit::new(&model.spec, Some(&model.frame), &model.options, None) {
                    Ok(fit) => fit,
                    // It may have no start.
                    Err(e) if family == "truncated_nbinom1" && e.code == Code::Numeric => continue,
                    Err(e) => panic!("{family} {reml}: {e}"),
                };
                assert!(fit.log_likelihood.is_finite(), "{family} {reml}");
                assert!(fit.fixed.std_error.iter().all(|s| *s > 0.01 && *s < 1.0), "{family} {reml}: {:?}", fit.fixed.std_error);
            }
        }
    }
}

#[test]
fn models_without_fixed_effects_have_no_border() {
    let frame = data(4, 48, |eta, stream| stream.poisson(eta.exp()));
    let of = |reml: bool, quadrature: usize| {
        fit(&generalised("y ~ 0 + (1 | g)", "poisson", frame.clone()).options(|o| {
            o.reml_generalised = reml;
            o.quadrature = quadrature;
        }))
    };
    let plain = of(false, 1);
    for other in [of(false, 0), of(true, 1)] {
        assert!((other.log_likelihood - plain.log_likelihood).abs() < 1e-8 && other.fixed.estimate.is_empty());
        assert!((other.theta[0] - plain.theta[0]).abs() < 1e-5);
    }
}

/// One evaluation, and that of the results.
#[test]
fn a_deadline_ends_the_search_and_the_standard_errors() {
    let frame = data(5, 48, |eta, stream| stream.poisson(eta.exp()));
    for (reml, quadrature) in [(false, 1), (false, 0), (true, 1), (false, 5)] {
        let model = generalised("y ~ x + (1 | g)", "poisson", frame.clone()).options(|o| {
            (o.deadline, o.reml_generalised, o.quadrature) = (Some(0.0), reml, quadrature);
        });
        let fit = fit(&model);
        assert_eq!((fit.outcome.converged, fit.outcome.reason), (false, Reason::Deadline));
        assert!(fit.outcome.evaluations <= 2, "{}", fit.outcome.evaluations);
        assert!(fit.log_likelihood.is_finite() && fit.fixed.std_error.iter().all(|s| *s > 0.0), "{:?}", fit.fixed.std_error);
        assert!(fit.warnings().iter().any(|w| w.contains("because the deadline was reached")), "{:?}", fit.warnings());
    }
}
