//! Monte-Carlo errors are those that other signs show; variances of zero.

use interlace::options::Engine;

use super::{Crossed, direct, errors_of, iterative, two};
use crate::common::model;

/// The share of fits whose intervals of 95 % hold the exact value, and the root mean square of the errors in units of those reported.
fn honesty(draws: &[(f64, f64)]) -> (f64, f64) {
    let covered = draws.iter().filter(|(off, error)| off.abs() <= 1.96 * error).count();
    let square = draws.iter().map(|(off, error)| (off / error).powi(2)).sum::<f64>() / draws.len() as f64;
    (covered as f64 / draws.len() as f64, square.sqrt())
}

#[test]
fn errors_cover_the_exact_values() {
    let data = Crossed { seed: 41, n: 2500, levels: vec![300, 120], sds: vec![(0.7, 0.0), (0.6, 0.0)] }.data();
    let own = model("y ~ x + (1 | a) + (1 | b)");
    let exact = direct(&own).fit(&data);
    let mut draws = vec![vec![]; 3];
    for seed in 0..100 {
        let fit = own.with(|options| (options.engine, options.engine_seed) = (Engine::Iterative, seed)).fit(&data);
        let errors = errors_of(&fit);
        for k in 0..2 {
            draws[k].push((fit.theta[k] - exact.theta[k], errors.theta_error[k]));
        }
        draws[2].push((fit.criterion - exact.criterion, errors.criterion_error));
    }
    for (draws, what) in draws.iter().zip(["theta a", "theta b", "criterion"]) {
        let (covered, size) = honesty(draws);
        assert!(covered >= 0.95 && (0.7..1.4).contains(&size), "{what}: {covered} covered, errors {size} of those reported");
    }
}

#[test]
fn a_variance_of_zero_is_exactly_zero_and_says_so() {
    // Levels of b that alternate within those of a vary less than by chance.
    let data = two(42);
    let index: Vec<usize> = (0..data.n()).map(|i| i % 150).collect();
    let mut sums = vec![(0.0, 0.0); 150];
    let y = data.values("y").to_vec();
    index.iter().zip(&y).for_each(|(g, y)| sums[*g] = (sums[*g].0 + y, sums[*g].1 + 1.0));
    let levelled = index.iter().zip(&y).map(|(g, y)| y - 0.9 * sums[*g].0 / sums[*g].1).collect();
    let data = data.group("b", &index).real("y", levelled);
    let own = model("y ~ x + (1 | a) + (1 | b)");
    let (exact, fit) = (direct(&own).fit(&data), iterative(&own).fit(&data));
    assert_eq!((exact.theta[1], fit.theta[1]), (0.0, 0.0));
    assert!(fit.singular && fit.outcome.converged);
    assert_eq!(fit.outcome.boundary, ["b: (Intercept)"]);
    assert!((fit.theta[0] - exact.theta[0]).abs() < 1e-4, "{:?} for {:?}", fit.theta, exact.theta);
    assert!(fit.terms[1].modes.iter().chain(&fit.terms[1].condvar).all(|v| *v == 0.0));
}

#[test]
fn a_correlation_at_its_end_is_a_singular_covariance() {
    let data = Crossed { seed: 43, n: 6000, levels: vec![500, 200], sds: vec![(0.5, 0.0), (0.4, 0.0)] }.data();
    // One effect a level, with the slope a multiple of the intercept.
    let own = model("y ~ x + (x | a) + (1 | b)");
    let (exact, fit) = (direct(&own).fit(&data), iterative(&own).fit(&data));
    assert_eq!(exact.singular, fit.singular);
    for (got, want) in fit.theta.iter().zip(&exact.theta) {
        assert!((got - want).abs() < 3e-4, "{:?} for {:?}", fit.theta, exact.theta);
    }
}
