//! Which engine is chosen, and why.

use interlace::error::Code;
use interlace::options::{Engine, Unidentified};

use super::{iterative, two};
use crate::common::{Data, Rng, model};

/// Pairs of levels that hardly any other pair meets: a factor of it is sparse.
fn sparse() -> Data {
    let (n, levels) = (26_000, 8000);
    let mut rng = Rng(61);
    let a: Vec<usize> = (0..n).map(|i| i % levels).collect();
    let b: Vec<usize> = a.iter().map(|a| if rng.below(50) == 0 { (a + 1) % levels } else { *a }).collect();
    let effects = [rng.normals(levels), rng.normals(levels)];
    let y = (0..n).map(|i| effects[0][a[i]] + 0.5 * effects[1][b[i]] + rng.normal()).collect();
    Data::default().real("y", y).group("a", &a).group("b", &b)
}

#[test]
fn models_of_moderate_size_need_no_forecast() {
    let fit = model("y ~ x + (1 | a) + (1 | b)").fit(&two(62));
    assert!(fit.engine().is_none() && fit.iterative().is_none());
}

#[test]
fn a_factor_that_is_sparse_is_found_by_the_analysis() {
    let fit = model("y ~ (1 | a) + (1 | b)").fit(&sparse());
    let record = fit.engine().unwrap();
    let forecast = record.forecast.unwrap();
    assert_eq!(record.engine, Engine::Direct);
    assert!(forecast.is_exact && forecast.multiplications < 1e7, "{forecast:?}");
    assert!(record.decision.ends_with("which is within the limits"), "{}", record.decision);
}

#[test]
fn iterations_are_chosen_where_memory_does_not_reach() {
    let small = model("y ~ x + (1 | a) + (1 | b)").with(|options| options.memory_limit = 1e5);
    let fit = small.fit(&two(63));
    let record = fit.engine().unwrap();
    assert_eq!(record.engine, Engine::Iterative);
    assert!(record.forecast.unwrap().bytes > 1e5);
    assert!(record.decision.contains("more than memory_limit = 1 MB"), "{}", record.decision);
    let forced = small.with(|options| options.engine = Engine::Direct).fit(&two(63));
    assert!(forced.engine().is_none() && (forced.theta[0] - fit.theta[0]).abs() < 1e-3);
}

#[test]
fn what_iterations_do_not_fit_is_an_error_where_they_are_asked_for() {
    let data = two(64);
    for (formula, want) in [
        ("y ~ x + (1 | a)", "engine: iterative does not fit models with fewer than two random terms"),
        ("y ~ x + b + (1 | a) + (x | b)", "engine: iterative does not fit terms some of whose effects are among the fixed effects"),
    ] {
        let error = iterative(&model(formula)).with(|own| own.unidentified = Unidentified::Ignore).failure(&data.frame());
        assert_eq!(error.code, Code::Argument, "{formula}: {error}");
        assert!(error.message.contains(want), "{formula}: {error}");
    }
    let own = iterative(&model("y ~ x + (1 | a) + (1 | b)"));
    let error = own.objective(&data.frame(), &[0.5, 0.4]).unwrap_err();
    assert!(error.code == Code::Unsupported && error.message.contains("engine = direct"), "{error}");
}
