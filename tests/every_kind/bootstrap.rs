//! Refits to other responses and the parametric bootstrap.

use crate::common::close::close_by;
use crate::common::frames::frame;
use crate::common::generalised::{Generalised, cbpp, linear, salamanders};
use crate::common::watching::{heard_up_to, reporting};
use interlace::error::Code;
use interlace::frame::ColumnData;
use interlace::options::Nodes;
use interlace::resample::{Bootstrap, BootstrapOptions, IntervalKind, RandomEffects, Refit, Refitter};
use interlace::watch::{Phase, Watch};

fn options(replicates: usize, threads: usize) -> BootstrapOptions {
    BootstrapOptions { replicates, seed: 2024, threads, ..BootstrapOptions::default() }
}

fn models() -> Vec<(&'static str, Generalised)> {
    let sleepstudy = || frame("sleepstudy.csv", &["Subject"]);
    let weighted = linear("y ~ x1 + x2 + (1 | g)", frame("sim_weights.csv", &["g"])).formula(|f| f.weights = Some("w".into()));
    vec![
        ("slopes", linear("Reaction ~ Days + (Days | Subject)", sleepstudy())),
        ("uncorrelated, ML", linear("Reaction ~ Days + (Days || Subject)", sleepstudy()).options(|o| o.reml = false)),
        ("weights", weighted),
        ("singular", linear("Yield ~ 1 + (1 | Batch)", frame("Dyestuff2.csv", &["Batch"]))),
        ("binomial", cbpp()),
        ("quadrature", cbpp().options(|o| o.quadrature = 5)),
        ("fixed nodes", cbpp().options(|o| (o.quadrature, o.nodes) = (15, Nodes::Fixed))),
        ("nagq 0", cbpp().options(|o| o.quadrature = 0)),
        ("zero-inflated", salamanders("nbinom2").zero_inflation("~ mined + (1 | spp)")),
        ("dispersion, REML", salamanders("nbinom2").dispersion("~ mined").options(|o| o.reml_generalised = true)),
    ]
}

fn close(what: &str, got: &[f64], want: &[f64], tolerance: f64) {
    close_by(what, got, want, tolerance, |i| 0.1 + want[i].abs());
}

#[test]
fn a_refit_to_the_response_of_the_fit_is_the_fit() {
    for (what, model) in models() {
        let fit = model.fit();
        let refit: Refit = Refitter::new(&fit, &Watch::unwatched()).unwrap().refit(&fit.y, &Watch::unwatched()).unwrap();
        assert!(refit.converged, "{what}");
        assert_eq!(refit.singular, fit.singular, "{what}");
        close(what, &[refit.log_likelihood], &[fit.log_likelihood], 1e-9);
        close(what, &refit.theta, &fit.theta, 1e-5);
        close(what, &refit.fixed[0], &fit.fixed.estimate, 1e-5);
        if fit.sigma.is_nan() {
            assert!(refit.sigma.is_nan(), "{what}");
        } else {
            close(what, &[refit.sigma], &[fit.sigma], 1e-5);
        }
    }
}

/// What a refit from the estimates finds is what a fit without any start finds.
#[test]
fn a_refit_to_a_simulated_response_is_a_fit_to_it() {
    let simulated = |model: &Generalised, column: &str| {
        let fit = model.fit();
        let y = fit.simulate(3, 8, RandomEffects::New, &Watch::unwatched()).unwrap();
        let y = &y[2 * fit.n_obs..];
        let refit = Refitter::new(&fit, &Watch::unwatched()).unwrap().refit(y, &Watch::unwatched()).unwrap();
        let mut changed = model.clone();
        changed.frame = interlace::frame::Frame::new(fit.n_obs);
        for name in ["Reaction", "Days", "Subject", "count", "site", "mined", "spp"] {
            let Ok(own) = model.frame.column(name) else { continue };
            match &*own.data {
                _ if name == column => changed.frame.add_real(name, y.to_vec()).unwrap(),
                ColumnData::Real(v) => changed.frame.add_real(name, v.clone()).unwrap(),
                ColumnData::Integer(v) => changed.frame.add_integers(name, v.clone()).unwrap(),
                ColumnData::Time(_) => panic!("{name} holds times"),
                ColumnData::Category(c) => {
                    changed.frame.add_category(name, c.codes.clone(), c.levels.clone(), c.ordered).unwrap();
                }
            }
        }
        let again = changed.fit();
        close(column, &[refit.log_likelihood], &[again.log_likelihood], 1e-9);
        close(column, &refit.theta, &again.theta, 1e-4);
        close(column, &refit.fixed[0], &again.fixed.estimate, 1e-5);
    };
    simulated(&linear("Reaction ~ Days + (Days | Subject)", frame("sleepstudy.csv", &["Subject"])), "Reaction");
    simulated(&salamanders("nbinom2").zero_inflation("~ mined"), "count");
}

fn bits(all: &Bootstrap) -> Vec<u64> {
    all.values.iter().chain(&all.log_likelihood).map(|v| v.to_bits()).collect()
}

#[test]
fn results_do_not_depend_on_threads() {
    for (what, model) in [("linear", models().remove(0).1), ("binomial", cbpp())] {
        let fit = model.fit();
        let alone = fit.bootstrap(&options(7, 1), &Watch::unwatched()).unwrap();
        let together = fit.bootstrap(&options(7, 3), &Watch::unwatched()).unwrap();
        assert_eq!(bits(&alone), bits(&together), "{what}");
        assert_eq!(alone.failures, together.failures, "{what}");
        let shorter = fit.bootstrap(&options(4, 2), &Watch::unwatched()).unwrap();
        assert_eq!(shorter.log_likelihood, alone.log_likelihood[..4], "{what}");
    }
}

#[test]
fn every_quantity_has_a_name_and_spreads_around_its_estimate() {
    let fit = salamanders("nbinom2").zero_inflation("~ mined").fit();
    let all = fit.bootstrap(&options(40, 2), &Watch::unwatched()).unwrap();
    let want =
        ["(Intercept)", "minedyes", "zi.(Intercept)", "zi.minedyes", "theta", "theta.site.(Intercept)", "sd_(Intercept)|site"];
    let mut names = all.names.clone();
    names[4] = "theta".into(); // whatever the family calls it
    assert_eq!(names, want);
    let frame = all.frame().unwrap();
    let intervals = fit.bootstrap_intervals(&frame, 0.9, IntervalKind::Percentile, &Watch::unwatched()).unwrap();
    let column = |name: &str| match &*intervals.column(name).unwrap().data {
        ColumnData::Real(values) => values.clone(),
        _ => panic!("{name}"),
    };
    let (estimate, lower, upper, se) = (column("estimate"), column("lower"), column("upper"), column("std_error"));
    for j in [0, 1] {
        assert!(lower[j] < estimate[j] && estimate[j] < upper[j], "{j}");
        assert!((se[j] / fit.fixed.std_error[j]).ln().abs() < 0.5, "{j}: {} for {}", se[j], fit.fixed.std_error[j]);
    }
    assert_eq!(estimate[5], fit.theta[0]);
}

#[test]
fn singular_replicates_count_and_say_so() {
    let fit = linear("Yield ~ 1 + (1 | Batch)", frame("Dyestuff.csv", &["Batch"])).fit();
    let all = fit.bootstrap(&options(60, 1), &Watch::unwatched()).unwrap();
    assert_eq!(all.failed(), 0);
    let at = all.names.iter().position(|n| n == "sd_(Intercept)|Batch").unwrap();
    for i in 0..60 {
        assert_eq!(all.singular[i], all.values[at * 60 + i] == 0.0);
    }
    assert!(all.singular.iter().any(|s| *s) && all.singular.iter().any(|s| !*s));
}

/// A replicate that can't be fitted is a row of missing values with its reason, and no interval hides that.
#[test]
fn failed_replicates_are_counted_and_not_dropped() {
    let mut fit = cbpp().fit();
    // No response can be drawn at such a predictor.
    fit.fixed.estimate[1] = f64::NAN;
    let all = fit.bootstrap(&options(3, 1), &Watch::unwatched()).unwrap();
    assert_eq!((all.failed(), all.replicates()), (3, 3));
    assert!(all.values.iter().all(|v| v.is_nan()));
    assert!(all.failures[0].as_ref().unwrap().contains("row"), "{:?}", all.failures);
    let intervals = fit.bootstrap_intervals(&all.frame().unwrap(), 0.95, IntervalKind::Basic, &Watch::unwatched()).unwrap();
    let ColumnData::Integer(n) = &*intervals.column("n").unwrap().data else { panic!() };
    assert!(n.iter().all(|n| *n == 0));
}

#[test]
fn progress_counts_replicates_and_cancels() {
    let fit = cbpp().fit();
    let error = reporting(|own| own.step < 3, |watch| fit.bootstrap(&options(50, 1), watch)).unwrap_err();
    assert_eq!((error.code, error.message.as_str()), (Code::Cancelled, "cancelled in phase replicate, step 3 of 50"));
    for threads in [1, 3] {
        let (all, heard) = heard_up_to(usize::MAX, |watch| fit.bootstrap(&options(9, threads), watch));
        all.unwrap();
        let mut steps: Vec<usize> = heard.iter().map(|own| own.step).collect();
        steps.dedup();
        assert_eq!(steps, (0..=9).collect::<Vec<_>>());
        assert!(heard.iter().all(|own| own.phase == Phase::Replicate && own.total == Some(9)));
        let done = heard.windows(2).filter(|own| own[0].step < own[1].step).map(|own| &own[1]);
        assert!(done.into_iter().all(|own| own.objective.is_finite() && own.theta.len() == 1));
    }
}

#[test]
fn a_response_that_is_no_response_is_an_error() {
    let fit = cbpp().fit();
    let mut refitter = Refitter::new(&fit, &Watch::unwatched()).unwrap();
    assert!(refitter.refit(&fit.y[1..], &Watch::unwatched()).unwrap_err().message.contains("55 values"));
    let mut y = fit.y.clone();
    y[3] = f64::NAN;
    assert!(refitter.refit(&y, &Watch::unwatched()).unwrap_err().message.contains("row 4"));
    y[3] = 1.5;
    assert!(refitter.refit(&y, &Watch::unwatched()).is_err());
    // It is none the worse for that.
    assert!((refitter.refit(&fit.y, &Watch::unwatched()).unwrap().log_likelihood - fit.log_likelihood).abs() < 1e-9);
}
