//! Monte-Carlo errors are those that other signs show; variances of zero; separation.

use interlace::error::Code;
use interlace::options::Engine;

use super::{Crossed, Draw, binary, direct, errors_of, iterative, logistic, two};
use crate::common::generalised::generalised;

#[test]
fn errors_cover_the_exact_values() {
    let design = Crossed { seed: 41, n: 2500, levels: vec![300, 120], sds: vec![(1.0, 0.0), (1.0, 0.0)], intercept: 0.2 };
    let model = generalised("y ~ x + (1 | a) + (1 | b)", "binomial", design.data(Draw::Trial(logistic)).frame());
    let exact = direct(&model).fit();
    let mut draws = vec![vec![]; 3];
    for seed in 0..100 {
        let fit = model.clone().options(|own| (own.engine, own.engine_seed) = (Engine::Iterative, seed)).fit();
        let errors = errors_of(&fit);
        for k in 0..2 {
            draws[k].push((fit.theta[k] - exact.theta[k]) / errors.theta_error[k]);
        }
        draws[2].push((fit.criterion - exact.criterion) / errors.criterion_error);
    }
    for (draws, what) in draws.iter().zip(["theta a", "theta b", "criterion"]) {
        let covered = draws.iter().filter(|off| off.abs() <= 1.96).count();
        let size = (draws.iter().map(|off| off * off).sum::<f64>() / draws.len() as f64).sqrt();
        assert!(covered >= 95 && (0.7..1.3).contains(&size), "{what}: {covered} of 100 covered, errors {size} of those reported");
    }
}

#[test]
fn a_variance_of_zero_is_exactly_zero() {
    // Levels of c alternate within the rows, and differ by less than chance.
    let data = two(42).data(Draw::Trial(logistic));
    let mut seen = vec![(0.0f64, 0.0f64); 60];
    let y = data.values("y").to_vec();
    let mut index = vec![0; y.len()];
    for (i, y) in y.iter().enumerate() {
        // Of the levels the one whose mean this row brings nearest to that of all.
        let share = |own: &(f64, f64)| own.0 - 0.55 * own.1;
        let order = |a: &usize, b: &usize| share(&seen[*a]).total_cmp(&share(&seen[*b]));
        let (low, high) = ((0..60).min_by(order).unwrap(), (0..60).max_by(order).unwrap());
        index[i] = if *y > 0.0 { low } else { high };
        seen[index[i]].0 += y;
        seen[index[i]].1 += 1.0;
    }
    let model = generalised("y ~ x + (1 | a) + (1 | c)", "binomial", data.group("c", &index).frame());
    let (exact, own) = (direct(&model).fit(), iterative(&model).fit());
    assert_eq!((exact.theta[1], own.theta[1]), (0.0, 0.0));
    assert!(own.singular && own.outcome.converged && own.outcome.boundary == exact.outcome.boundary);
    assert!((own.theta[0] - exact.theta[0]).abs() < 1e-3, "{} for {}", own.theta[0], exact.theta[0]);
    let vcov = &own.generalised().unwrap().vcov;
    assert!(vcov[15].is_nan() && vcov[10] > 0.0 && own.fixed.std_error.iter().all(|se| se.is_finite()));
}

#[test]
fn separated_fixed_effects_are_one_clear_error() {
    let data = two(43).data(Draw::Trial(logistic));
    let z = data.values("y").iter().enumerate().map(|(i, y)| if i < 300 { *y } else { 0.0 }).collect();
    let model = generalised("y ~ x + z + (1 | a) + (1 | b)", "binomial", data.real("z", z).frame());
    let error = iterative(&model).try_fit().unwrap_err();
    assert_eq!(error.code, Code::Unsupported, "{error}");
    assert!(error.message.contains("separation") && error.message.contains("engine = direct"), "{error}");
}

#[test]
fn a_start_elsewhere_ends_at_the_same_estimates() {
    let model = iterative(&binary(44));
    let (first, other) = (model.fit(), model.clone().options(|options| options.theta0 = Some(vec![0.1, 2.0])).fit());
    for k in 0..2 {
        let most = 2.0 * errors_of(&first).theta_error[k] + 1e-6;
        assert!((first.theta[k] - other.theta[k]).abs() < most, "{} for {}", other.theta[k], first.theta[k]);
    }
}
