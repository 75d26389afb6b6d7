//! Optimisers agree, and say how they ended.

use interlace::choice::Choice;
use interlace::error::Code;
use interlace::fit::Fit;
use interlace::optimize::{Method, Reason};
use interlace::watch::{Phase, Watch};

use crate::common::designs::{data, designs};
use crate::common::model;
use crate::common::watching::heard_up_to;

#[test]
fn all_methods_find_the_same_minimum() {
    for design in designs(31) {
        let want = design.model.fit(&design.data);
        for &(method, _) in Method::ALL {
            let got = design.model.with(|o| {
                o.optimizer = method;
                o.max_evaluations = 20_000;
            });
            let got = got.fit(&design.data);
            let what = format!("{} {}", design.name, method.name());
            println!("{what}: {:?} {} {:.1e}", got.outcome.reason, got.outcome.evaluations, got.criterion - want.criterion);
            assert!(got.outcome.converged, "{what}: {:?}", got.outcome);
            let difference = (got.criterion - want.criterion).abs() / want.criterion.abs();
            assert!(difference < 1e-8, "{what}: {} for {}", got.criterion, want.criterion);
            assert_eq!(got.singular, want.singular, "{what}");
            for (g, w) in got.theta.iter().zip(&want.theta) {
                let tolerance = if method == Method::Newton { 1e-9 } else { 1e-6 };
                assert!((g - w).abs() < tolerance * w.abs().max(1.0), "{what}: {:?} for {:?}", got.theta, want.theta);
            }
        }
    }
}

#[test]
fn a_limit_of_evaluations_is_an_outcome() {
    for design in designs(32) {
        for &(method, _) in Method::ALL {
            for limit in [0, 1, 3] {
                let fit = design
                    .model
                    .with(|o| {
                        o.max_evaluations = limit;
                        o.optimizer = method;
                    })
                    .fit(&design.data);
                let what = format!("{} {} {limit}", design.name, method.name());
                assert!(!fit.outcome.converged, "{what}: {:?}", fit.outcome);
                assert_eq!(fit.outcome.reason, Reason::MaxEvaluations, "{what}");
                assert!(fit.outcome.evaluations <= limit.max(1) + 3, "{what}: {:?}", fit.outcome);
                assert!(fit.warnings().iter().any(|w| w.contains("not converged")), "{what}: {:?}", fit.warnings());
                assert!(fit.log_likelihood.is_finite() && fit.fitted.iter().all(|f| f.is_finite()), "{what}");
            }
        }
    }
}

#[test]
fn a_deadline_is_an_outcome() {
    let data = data(33, 240);
    for seconds in [0.0, -1.0] {
        let fit = model("y ~ x + (x | g) + (1 | h)").with(|o| o.deadline = Some(seconds)).fit(&data);
        assert_eq!((fit.outcome.converged, fit.outcome.reason), (false, Reason::Deadline));
        assert!(fit.log_likelihood.is_finite() && fit.fixed.std_error.iter().all(|s| s.is_finite()));
    }
    assert!(model("y ~ x + (1 | g)").with(|o| o.deadline = Some(1e300)).fit(&data).outcome.converged);
}

#[test]
fn progress_reports_and_cancels() {
    let data = data(34, 240);
    let model = model("y ~ x + (x | g)");
    let frame = data.frame();
    let fit_watched = |watch: &Watch<'_>| Fit::new(&model.spec(), Some(&frame), &model.options, watch);
    let (fit, heard) = heard_up_to(usize::MAX, fit_watched);
    let fit = fit.unwrap();
    let evaluations = heard.into_iter().filter(|own| own.phase == Phase::Search && !own.theta.is_empty());
    let seen: Vec<(usize, f64, Vec<f64>)> = evaluations.map(|own| (own.step, own.objective, own.theta)).collect();
    assert!(seen.windows(2).all(|w| w[0].0 < w[1].0), "{:?}", seen.iter().map(|s| s.0).collect::<Vec<_>>());
    assert!(seen.len() <= fit.outcome.evaluations && seen.len() >= 3);
    for (_, value, theta) in &seen {
        let own = model.objective(&frame, theta).unwrap()[0];
        assert!((own - value).abs() < 1e-9 * value.abs() || value.is_infinite(), "{own} for {value} at {theta:?}");
    }
    for stop in [1, 2, 5] {
        let (fit, heard) = heard_up_to(stop, fit_watched);
        assert_eq!((fit.unwrap_err().code, heard.len()), (Code::Cancelled, stop));
    }
}

#[test]
fn the_start_is_used_and_checked() {
    let data = data(35, 240);
    let base = model("y ~ x + (x | g)");
    let fit = base.fit(&data);
    let start = vec![0.5, 0.1, 0.25];
    let at_start = base.with(|o| {
        o.theta0 = Some(start.clone());
        o.max_evaluations = 1;
    });
    let at_start = at_start.fit(&data);
    at_start.theta.iter().zip(&start).for_each(|(g, w)| assert!((g - w).abs() < 1e-12, "{:?}", at_start.theta));
    let again = base.with(|o| o.theta0 = Some(fit.theta.clone())).fit(&data);
    assert!(again.outcome.evaluations <= 4, "{:?}", again.outcome);
    assert!((again.criterion - fit.criterion).abs() < 1e-9);
    let frame = data.frame();
    for (theta0, message) in [
        (vec![], "0 elements"),
        (vec![1.0; 2], "2 elements"),
        (vec![1.0; 4], "the model has 3"),
        (vec![1.0, f64::NAN, 1.0], "NaN"),
        (vec![f64::INFINITY, 0.0, 1.0], "inf"),
    ] {
        let error = base.with(|o| o.theta0 = Some(theta0.clone())).failure(&frame);
        assert_eq!(error.code, Code::Argument, "{error}");
        assert!(error.message.contains("theta") && error.message.contains(message), "{theta0:?}: {error}");
    }
    for bad in [vec![1.0; 2], vec![1.0; 7], vec![f64::NAN; 3]] {
        assert_eq!(base.objective(&frame, &bad).unwrap_err().code, Code::Argument);
    }
    assert_eq!(base.objective(&frame, &[1.0; 6]).unwrap().len(), 2);
}
