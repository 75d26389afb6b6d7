//! Simulated responses, refits and the parametric bootstrap.

use interlace::fit::Fit;
use interlace::resample::{Bootstrap, BootstrapOptions, IntervalKind, RandomEffects, Refitter};
use interlace::spec::Threshold;
use interlace::watch::Watch;

use super::{OrdinalModel, ordinal, six, wine};
use crate::common::Data;
use crate::common::generalised::Generalised;

fn options(replicates: usize, threads: usize) -> BootstrapOptions {
    BootstrapOptions { replicates, seed: 2024, threads, ..BootstrapOptions::default() }
}

fn models() -> Vec<(&'static str, Generalised)> {
    vec![
        ("flexible", wine("rating ~ temp + contact + (1 | judge)")),
        ("equidistant", wine("rating ~ temp + contact + (1 | judge)").threshold(Threshold::Equidistant)),
        ("nominal", wine("rating ~ temp + (1 | judge)").nominal("~ contact")),
        ("scale", six("y6 ~ x + (1 | g)").dispersion("~ z").ordinal_link("probit")),
        ("weights", six("y6 ~ x + (1 | g)").formula(|f| f.weights = Some("w".into()))),
        ("slopes", six("y6 ~ x + (1 + x | g)").threshold(Threshold::Symmetric)),
        ("quadrature", wine("rating ~ temp + contact + (1 | judge)").options(|o| o.quadrature = 7)),
    ]
}

#[test]
fn a_refit_to_the_response_of_the_fit_is_the_fit() {
    for (what, model) in models() {
        let fit = model.fit();
        let refit = Refitter::new(&fit, &Watch::unwatched()).unwrap().refit(&fit.y, &Watch::unwatched()).unwrap();
        assert!(refit.converged && refit.sigma == 1.0, "{what}");
        let parameters = fit.generalised().unwrap().parameters.iter().map(|p| p.estimate);
        let want: Vec<f64> = fit.theta.iter().chain(&fit.fixed.estimate).copied().chain(parameters).collect();
        let got: Vec<f64> = refit.theta.iter().chain(&refit.fixed[0]).chain(&refit.family).copied().collect();
        assert_eq!(got.len(), want.len(), "{what}");
        assert!((refit.log_likelihood - fit.log_likelihood).abs() < 1e-8, "{what}");
        assert!(got.iter().zip(&want).all(|(g, w)| (g - w).abs() < 2e-5 * (1.0 + w.abs())), "{what}: {got:?} for {want:?}");
    }
}

/// Probabilities of the categories in a row, at a value of its predictor.
fn probabilities(fit: &Fit, i: usize) -> Vec<f64> {
    let own = fit.generalised().unwrap();
    let psi = fit.psi_of_row(i);
    let mut p = vec![0.0; psi.len()];
    interlace::clmm::family::probabilities(own.family.link(), own.eta[i], psi[0].exp(), &psi[1..], &mut p);
    p
}

/// At the modes of the fit categories come with their fitted probabilities; each row by the central limit theorem. A row that counts as
/// others can't be drawn.
#[test]
fn categories_are_drawn_with_their_probabilities() {
    for (what, model) in models() {
        let fit = model.fit();
        if what == "weights" {
            let error = fit.simulate(1, 8, RandomEffects::Conditional, &Watch::unwatched()).unwrap_err();
            assert!(error.message.starts_with("weights of an ordinal model"), "{error}");
            continue;
        }
        let (m, n) = (fit.fitted.len(), 800);
        let y = fit.simulate(n, 8, RandomEffects::Conditional, &Watch::unwatched()).unwrap();
        for i in [0, 7, m - 1] {
            for (k, p) in probabilities(&fit, i).into_iter().enumerate() {
                let count = (0..n).filter(|r| y[r * m + i] == (k + 1) as f64).count() as f64;
                let sd = (n as f64 * p * (1.0 - p)).sqrt();
                assert!((count - n as f64 * p).abs() < 4.5 * sd + 1.0, "{what} row {i} category {k}: {count} for {}", n as f64 * p);
            }
        }
        assert_eq!(y[..m], fit.simulate(1, 8, RandomEffects::Conditional, &Watch::unwatched()).unwrap()[..], "{what}");
    }
}

/// Over new random effects the categories have the shares of the data, nearly.
#[test]
fn new_random_effects_spread_the_categories() {
    let fit = six("y6 ~ x + (1 | g)").fit();
    let (m, n) = (fit.fitted.len(), 300);
    let y = fit.simulate(n, 3, RandomEffects::New, &Watch::unwatched()).unwrap();
    for k in 1..=6 {
        let share = |y: &[f64]| y.iter().filter(|v| **v == f64::from(k)).count() as f64 / y.len() as f64;
        assert!((share(&y) - share(&fit.y)).abs() < 0.03, "{k}: {} for {}", share(&y), share(&fit.y));
    }
    let variance = |column: &[f64]| {
        let mean = column.iter().sum::<f64>() / m as f64;
        column.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / m as f64
    };
    assert!(y.chunks(m).map(variance).sum::<f64>() / n as f64 > 0.5);
}

fn bits(all: &Bootstrap) -> Vec<u64> {
    all.values.iter().chain(&all.log_likelihood).map(|v| v.to_bits()).collect()
}

#[test]
fn the_bootstrap_has_all_quantities_and_does_not_depend_on_threads() {
    let fit = wine("rating ~ temp + (1 | judge)").nominal("~ contact").threshold(Threshold::Equidistant).fit();
    let alone = fit.bootstrap(&options(30, 1), &Watch::unwatched()).unwrap();
    let names = ["tempwarm", "threshold.1", "spacing", "threshold.1.contactyes", "spacing.contactyes"];
    assert_eq!(alone.names[..5], names);
    assert_eq!(alone.names[5..], ["theta.judge.(Intercept)", "sd_(Intercept)|judge"]);
    for threads in [2, 4] {
        let together = fit.bootstrap(&options(30, threads), &Watch::unwatched()).unwrap();
        assert_eq!(bits(&alone), bits(&together));
        assert_eq!(alone.failures, together.failures);
    }
    let table = fit.bootstrap_intervals(&alone.frame().unwrap(), 0.9, IntervalKind::Percentile, &Watch::unwatched()).unwrap();
    let column = |name: &str| table.column(name).unwrap().as_real().unwrap().unwrap().to_vec();
    let (estimate, lower, upper) = (column("estimate"), column("lower"), column("upper"));
    assert_eq!(estimate[0], fit.fixed.estimate[0]);
    for j in [0, 1, 2, 4] {
        assert!(lower[j] < estimate[j] && estimate[j] < upper[j], "{}: {} {} {}", names[j], lower[j], estimate[j], upper[j]);
    }
}

/// A category of three observations does not occur in each replicate.
#[test]
fn replicates_without_one_of_the_categories_fail() {
    let n = 60;
    let y: Vec<f64> = (0..n).map(|i| if i % 20 == 0 { 3.0 } else { f64::from(1 + u8::from(i * 7 % 11 < 5)) }).collect();
    let x: Vec<f64> = (0..n).map(|i| ((i * 13 % 17) as f64 - 8.0) / 5.0).collect();
    let data = Data::default().real("y", y).real("x", x).group("g", &(0..n).map(|i| i % 10).collect::<Vec<_>>());
    let fit = ordinal("y ~ x + (1 | g)", data.frame()).fit();
    let all = fit.bootstrap(&options(60, 2), &Watch::unwatched()).unwrap();
    let failed: Vec<usize> = (0..60).filter(|&i| all.failures[i].is_some()).collect();
    assert!(!failed.is_empty() && failed.len() < 30, "{:?}", all.failures);
    for i in failed {
        let reason = all.failures[i].as_ref().unwrap();
        assert!(reason.contains("category 3 of 3 does not occur"), "{reason}");
        assert!((0..all.names.len()).all(|j| all.values[j * 60 + i].is_nan()));
    }
    let message = Refitter::new(&fit, &Watch::unwatched()).unwrap().refit(&vec![4.0; n], &Watch::unwatched()).unwrap_err().message;
    assert!(message.contains("wanted 1 to 3"), "{message}");
}
