//! The parametric bootstrap of fits that were made of sums.

use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::options::Options;
use interlace::resample::{Bootstrap, BootstrapOptions, IntervalKind, RandomEffects, Unit};
use interlace::watch::Watch;

use super::stream::{accumulate, data, part, plan, random_parts, same_bits, spec};
use crate::common::Rng;

/// The fit of the whole, and that of its sums in parts.
fn both(formula: &str, weights: Option<&str>, frame: &Frame) -> [Fit; 2] {
    let spec = spec(formula, |own| own.weights = weights.map(Into::into));
    let whole = Fit::new(&spec, Some(frame), &Options::default(), &Watch::unwatched()).unwrap();
    let parts = random_parts(frame.n_rows(), 4, &mut Rng(5));
    let all = accumulate(&plan(&spec, &part(frame, &parts[0])), frame, &parts);
    [whole, all.fit(&Options::default(), &Watch::unwatched()).unwrap()]
}

fn bootstrap(fit: &Fit, first: usize, replicates: usize, random_effects: RandomEffects) -> Bootstrap {
    let options = BootstrapOptions { first, replicates, seed: 11, random_effects, ..BootstrapOptions::default() };
    fit.bootstrap(&options, &Watch::unwatched()).unwrap()
}

/// Mean and standard deviation of each estimate.
fn moments(own: &Bootstrap) -> Vec<(f64, f64)> {
    let n = own.replicates();
    let all = own.values.chunks_exact(n).chain([&own.log_likelihood[..]]);
    all.map(|values| {
        let known: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
        let mean = known.iter().sum::<f64>() / known.len() as f64;
        (mean, (known.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (known.len() - 1) as f64).sqrt())
    })
    .collect()
}

#[test]
fn replicates_of_sums_are_distributed_as_those_of_rows() {
    let frame = data(17, 200);
    let n = 300;
    for (formula, weights) in [
        ("y ~ x + f + (1 | g) + (1 | h)", None),
        ("y ~ x + (x | g)", Some("w")),
        ("y ~ 0 + f + year + (1 | g/h)", None),
        ("y ~ x + ar1(0 + factor(k) | g)", None),
        ("y ~ x + I(2 * x) + (0 + f | g)", Some("w")),
    ] {
        let [whole, fit] = both(formula, weights, &frame);
        for what in [RandomEffects::New, RandomEffects::Conditional] {
            let (rows, sums) = (bootstrap(&whole, 0, n, what), bootstrap(&fit, 0, n, what));
            assert_eq!(rows.names, sums.names);
            assert!(sums.failed() <= n / 50, "{formula}: {:?}", sums.failures);
            let names = rows.names.iter().map(String::as_str).chain(["log-likelihood"]);
            for ((a, b), name) in moments(&sums).iter().zip(moments(&rows)).zip(names) {
                // Of the difference of two means, and of the logarithms of two standard deviations.
                let mean = (a.0 - b.0) / ((a.1 * a.1 + b.1 * b.1) / n as f64).sqrt();
                let spread = (a.1 / b.1).ln() * (n as f64).sqrt();
                assert!(mean.abs() < 4.0 || (a.1 < 1e-9 && b.1 < 1e-9), "{formula} {what:?}: means of {name} {a:?} {b:?}");
                // Estimates at the edge of their range have long tails.
                assert!(spread.is_nan() || spread.abs() < 6.0, "{formula} {what:?}: deviations of {name} {a:?} {b:?}");
            }
        }
    }
}

#[test]
fn replicates_of_sums_have_numbers_and_go_on() {
    let frame = data(4, 150);
    let [_, fit] = both("y ~ x + (1 | g) + (1 | h)", None, &frame);
    let whole = bootstrap(&fit, 0, 8, RandomEffects::New);
    let rest = bootstrap(&fit, 5, 3, RandomEffects::New);
    for (all, own) in whole.values.chunks_exact(8).zip(rest.values.chunks_exact(3)) {
        assert!(same_bits(&all[5..], own));
    }
    let options = BootstrapOptions { replicates: 8, seed: 11, threads: 2, ..BootstrapOptions::default() };
    let two = fit.bootstrap(&options, &Watch::unwatched()).unwrap();
    assert!(same_bits(&two.values, &whole.values));
    let read = interlace::saved::from_bytes(&interlace::saved::to_bytes(&fit, &Options::default(), None, true).unwrap()).unwrap();
    assert!(same_bits(&bootstrap(&read.fit, 0, 8, RandomEffects::New).values, &whole.values));
    let watch = Watch::unwatched();
    let intervals = fit.bootstrap_intervals(&whole.frame().unwrap(), 0.9, IntervalKind::Normal, &watch).unwrap();
    assert_eq!(intervals.n_rows(), whole.names.len());
    // What draws rows says what would not.
    let cases = BootstrapOptions { cases: Some(Unit::Row), ..options };
    let error = fit.bootstrap(&cases, &watch).unwrap_err();
    assert!(
        error.message.contains("samples of the data") && error.message.contains("a parametric bootstrap needs none"),
        "{error}"
    );
    let error = fit.bootstrap_intervals(&whole.frame().unwrap(), 0.9, IntervalKind::Accelerated, &watch).unwrap_err();
    assert!(error.message.contains("a parametric bootstrap"), "{error}");
    let error = fit.simulate(2, 1, RandomEffects::New, &watch).unwrap_err();
    assert!(error.message.contains("simulation") && error.message.contains("fit the model to a frame"), "{error}");
    let error = fit.bootstrap_std_error(&options, |y| Ok(y[0]), &watch).unwrap_err();
    assert!(error.message.contains("statistic of the response"), "{error}");
}
