//! Starts of generalised models: large and heavy-tailed counts, links whose domain is not the whole line, maxima at its end.

use std::fmt::Write as _;

use crate::common::Rng;
use crate::common::frames::csv;
use crate::common::generalised::{Generalised, generalised};
use interlace::family::by_name;
use interlace::frame::Frame;
use interlace::simulate::{Purpose, Stream};

/// Counts in the thousands that vary far more than the start of the dispersion allowed for. The log-likelihood is glmmTMB's.
#[test]
fn nbinom1_fits_counts_in_the_thousands() {
    let rows = "1666,1.9 2339,0.32 3742,0.59 8224,0.83 2122,-1.63 7988,1.55 10934,-0.08 7362,-1.57 2301,-0.5 16779,0.34 296,0.33 \
                1347,0.53 1089,-0.59 1357,-0.7 1185,-1.87 39161,1.78 8822,-0.28 7721,2.11 8252,-0.16 252,-0.73 372,1.84 450,0.32 \
                4802,-0.47 185,1.33 5215,-0.18 24231,1.18 2308,-0.15 1671,0.65 95,-0.45 9883,0.59";
    let mut text = "y,x,g\n".to_owned();
    rows.split_whitespace().enumerate().for_each(|(i, row)| writeln!(text, "{row},g{}", i / 5).unwrap());
    let fit = generalised("y ~ x + (1 | g)", "nbinom1", csv(&text, &["g"])).fit();
    assert!((fit.log_likelihood + 289.310_25).abs() < 1e-4, "{}", fit.log_likelihood);
    assert!(fit.outcome.converged && fit.fixed.std_error.iter().all(|s| s.is_finite()));
}

/// A Poisson variable of any mean; of a large one nearly.
fn poisson(rng: &mut Rng, mean: f64) -> f64 {
    if mean > 200.0 {
        return (mean + mean.sqrt() * rng.normal()).round().max(0.0);
    }
    let (mut count, mut left) = (0.0, rng.uniform());
    while left > (-mean).exp() {
        count += 1.0;
        left *= rng.uniform();
    }
    count
}

/// A Gamma variable of mean 1 whose shape is half a whole number.
fn gamma(rng: &mut Rng, halves: usize) -> f64 {
    (0..halves).map(|_| rng.normal().powi(2)).sum::<f64>() / halves as f64
}

/// Counts of a mean, with a shape of the Gamma variable that they are mixed by.
fn counts(seed: u64, mean: f64, halves: usize, truncated: bool) -> Frame {
    let mut rng = Rng(seed);
    let mut text = "y,x,g\n".to_owned();
    for group in 0..10 {
        let b = 0.3 * rng.normal();
        for _ in 0..8 {
            let x = rng.uniform() - 0.5;
            let mut y = 0.0;
            while y == 0.0 {
                let own = mean * (0.4 * x + b).exp() * gamma(&mut rng, halves);
                y = poisson(&mut rng, own);
                if !truncated {
                    break;
                }
            }
            writeln!(text, "{y},{x},g{group}").unwrap();
        }
    }
    csv(&text, &["g"])
}

#[test]
fn counts_of_any_size_are_fitted() {
    for (family, truncated) in [("nbinom1", false), ("nbinom2", false), ("truncated_nbinom1", true), ("truncated_nbinom2", true)] {
        for link in ["log", "sqrt", "identity"] {
            for (mean, halves) in [(20.0, 1), (1e4, 3), (3e5, 6)] {
                let what = format!("{family} {link}, mean {mean}");
                // Where means may be next to zero the random effects have several modes each, and none on the way between them.
                if link == "identity" && halves == 1 {
                    continue;
                }
                let model = generalised("y ~ x + (1 | g)", family, counts(mean as u64, mean, halves, truncated)).link(link);
                let fit = model.try_fit().unwrap_or_else(|error| panic!("{what}: {error}"));
                assert!(fit.fixed.std_error.iter().all(|s| s.is_finite()) || !fit.design_warnings.is_empty(), "{what}");
                let smaller = model
                    .clone()
                    .formula(|f| f.formula = "y ~ 1 + (1 | g)".into())
                    .try_fit()
                    .unwrap_or_else(|error| panic!("{what}, smaller: {error}"));
                assert!(fit.log_likelihood > smaller.log_likelihood - 1e-6, "{what}");
            }
        }
    }
}

/// Groups of so much information are as if fixed with a variance below what a search starts from.
#[test]
fn counts_of_a_hundred_millions_are_fitted() {
    for (family, formula, halves) in [
        ("nbinom1", "y ~ x + (1 | g)", 6),
        ("truncated_nbinom2", "y ~ x + (1 | g)", 6),
        ("poisson", "y ~ x + (1 | g) + (1 | obs)", 200),
    ] {
        let mut frame = counts(7, 1e8, halves, family.starts_with("truncated"));
        let labels: Vec<String> = (0..frame.n_rows()).map(|i| format!("o{i}")).collect();
        frame.add_strings("obs", &labels.iter().map(|l| Some(l.as_str())).collect::<Vec<_>>()).unwrap();
        let fit = generalised(formula, family, frame).try_fit().unwrap_or_else(|error| panic!("{family}: {error}"));
        assert!(fit.fixed.std_error.iter().all(|s| s.is_finite()), "{family}: {:?}", fit.fixed);
        assert!((fit.fixed.estimate[0] - 1e8f64.ln()).abs() < 1.0, "{family}: {:?}", fit.fixed);
    }
}

/// Residuals of a thousand millionth of the response's size are some.
#[test]
fn a_mean_far_from_zero_is_no_exact_fit() {
    let mut rng = Rng(3);
    let mut text = "y,z,g\n".to_owned();
    for i in 0..40 {
        let z = rng.normal();
        writeln!(text, "{:?},{z:?},g{}", 1e6 + 1e-3 * z, i % 8).unwrap();
    }
    let far = generalised("y ~ 1 + (1 | g)", "gaussian", csv(&text, &["g"])).fit();
    let near = generalised("z ~ 1 + (1 | g)", "gaussian", csv(&text, &["g"])).fit();
    let moved = far.log_likelihood + 40.0 * 1e-3f64.ln();
    assert!((moved - near.log_likelihood).abs() < 1e-4, "{moved} {}", near.log_likelihood);
}

/// Successes with a difference of 0.2 between the treatments, on the scale of the probability.
fn risks(seed: u64) -> Generalised {
    let mut rng = Rng(seed);
    let mut text = "y,t,g\n".to_owned();
    for group in 0..20 {
        let b = 0.08 * rng.normal();
        for i in 0..15 {
            let t = f64::from(i % 2);
            let y = i32::from(rng.uniform() < (0.15 + 0.2 * t + b).clamp(0.0, 1.0));
            writeln!(text, "{y},{t},g{group}").unwrap();
        }
    }
    generalised("y ~ t + (1 | g)", "binomial", csv(&text, &["g"])).link("identity")
}

/// With groups without any success the likelihood may rise up to where the Laplace approximation ends. Wherever the search starts, it
/// ends at the best that there is.
#[test]
fn risk_differences_end_at_one_maximum_also_at_the_end_of_the_domain() {
    let mut at_end = 0;
    for seed in 0..6 {
        let model = risks(seed);
        let default = model.fit();
        for theta0 in [0.01, 0.04] {
            let other = model.clone().options(|o| o.theta0 = Some(vec![theta0])).fit();
            let difference = other.log_likelihood - default.log_likelihood;
            assert!(difference.abs() < 2e-5, "seed {seed}, theta0 {theta0}: {difference}");
        }
        if default.outcome.converged {
            assert!(default.fixed.std_error.iter().all(|s| s.is_finite()), "seed {seed}");
        } else {
            assert!(
                default.design_warnings.iter().any(|w| w.contains("end of the link's domain")),
                "{:?}",
                default.design_warnings
            );
            at_end += 1;
        }
    }
    assert!((1..6).contains(&at_end), "{at_end} of 6 are at the end");
}

/// Positive responses of a family and its link, a quarter of them replaced by zeros.
fn with_hurdle(seed: u64, family: &str, link: &str, psi: f64) -> Vec<(f64, f64, usize)> {
    let own = by_name(family, Some(link)).unwrap();
    let psi = vec![psi; own.parameters().len()];
    let mut s = Stream::new(seed, 1, Purpose::Resampling);
    let b: Vec<f64> = (0..5).map(|_| 0.8 * s.normal()).collect();
    (0..90)
        .map(|i| {
            let x = s.normal();
            let y = own.simulate(0.5 * x + b[i % 5], 1.0, &psi, &mut s);
            (if s.uniform() < 0.25 { 0.0 } else { y }, x, i % 5)
        })
        .collect()
}

fn rows_of(rows: &[(f64, f64, usize)]) -> Frame {
    let mut text = "y,x,g\n".to_owned();
    rows.iter().for_each(|(y, x, g)| writeln!(text, "{y:?},{x:?},g{g}").unwrap());
    csv(&text, &["g"])
}

/// A hurdle is a model of the zeros and one of the positive responses: its log-likelihood is that of both, in whatever order the rows are.
#[test]
fn a_hurdle_is_the_product_of_its_parts() {
    for (family, link, psi) in [("inverse_gaussian", "log", 1.0), ("truncated_nbinom1", "log", 0.0), ("gamma", "log", 1.0)] {
        for seed in 0..15 {
            let rows = with_hurdle(seed, family, link, psi);
            let positive: Vec<_> = rows.iter().copied().filter(|row| row.0 > 0.0).collect();
            let (n, zeros) = (rows.len() as f64, (rows.len() - positive.len()) as f64);
            let of_zeros = zeros * (zeros / n).ln() + (n - zeros) * (1.0 - zeros / n).ln();
            let apart = generalised("y ~ x + (1 | g)", family, rows_of(&positive)).link(link).fit();
            let reversed: Vec<_> = rows.iter().rev().copied().collect();
            for rows in [&rows, &reversed] {
                let whole = generalised("y ~ x + (1 | g)", family, rows_of(rows)).link(link).zero_inflation("~ 1").fit();
                let difference = whole.log_likelihood - of_zeros - apart.log_likelihood;
                assert!(difference.abs() < 1e-6, "{family} {seed}: {difference}");
                let beta = whole.fixed.estimate[1] - apart.fixed.estimate[1];
                assert!(beta.abs() < 1e-4 * apart.fixed.std_error[1], "{family} {seed}: {beta}");
            }
        }
    }
}
