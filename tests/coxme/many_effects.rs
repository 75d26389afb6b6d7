//! Random effects so many that their information is no dense matrix.

use crate::common::{Data, Rng};
use interlace::error::Code;
use interlace::fit::Fit;
use interlace::options::Options;
use interlace::spec::{FormulaSpec, ModelKind, Source, Spec};
use interlace::watch::Watch;

fn spec(formula: &str) -> Spec {
    Spec::new(ModelKind::Coxme, Source::Formula(FormulaSpec { formula: formula.into(), ..Default::default() }))
}

/// Rows in groups of two, these in parts of twenty, and something that is crossed with both.
fn simulated(n: usize, rng: &mut Rng) -> Data {
    let (x, effects) = (rng.normals(n), rng.normals(n / 2));
    let g: Vec<usize> = (0..n).map(|i| i % (n / 2)).collect();
    let part: Vec<usize> = g.iter().map(|g| g / 20).collect();
    let cross: Vec<usize> = (0..n).map(|_| rng.below(2)).collect();
    let mut time = vec![];
    let mut status = vec![];
    for i in 0..n {
        let death = -rng.uniform().ln() / (0.6 * x[i] + 0.9 * effects[g[i]]).exp();
        let censored = -rng.uniform().ln() / 0.5;
        time.push((50.0 * death.min(censored)).ceil());
        status.push(f64::from(u8::from(death <= censored)));
    }
    let data = Data::default().real("time", time).real("status", status).real("x", x);
    data.group("g", &g).group("part", &part).group("cross", &cross)
}

#[test]
fn the_criterion_is_that_of_the_same_model_with_a_crossed_effect_of_no_variance() {
    let data = simulated(2400, &mut Rng(3)).frame();
    let at = |formula: &str, theta: &[f64]| {
        Fit::objective(&spec(formula), Some(&data), &Options::default(), theta, &Watch::unwatched()).unwrap()[0]
    };
    for (formula, theta) in [("(1 | g)", &[0.7][..]), ("(1 | part/g)", &[0.9, 0.4])] {
        let sparse = at(&format!("Surv(time, status) ~ x + {formula}"), theta);
        let dense = at(&format!("Surv(time, status) ~ x + {formula} + (1 | cross)"), &[theta, &[0.0]].concat());
        assert!((sparse - dense).abs() < 1e-7, "{formula}: {sparse} {dense}");
    }
}

#[test]
fn the_estimate_is_a_minimum_and_the_expected_events_are_those_that_occurred() {
    let data = simulated(12_000, &mut Rng(9)).frame();
    let (spec, options, watch) = (spec("Surv(time, status) ~ x + (1 | part/g)"), Options::default(), Watch::unwatched());
    let fit = Fit::new(&spec, Some(&data), &options, &watch).unwrap();
    assert!(fit.outcome.converged && fit.terms.iter().any(|t| t.design.levels.len() == 6000), "{:?} {:?}", fit.outcome, fit.theta);
    let excess: f64 = fit.residuals.iter().sum();
    assert!(excess.abs() < 1e-8, "{excess}");
    let theta = &fit.theta;
    let moved: Vec<f64> =
        [[0.0, 0.0], [0.02, 0.0], [-0.02, 0.0], [0.0, 0.02]].iter().flat_map(|d| [theta[0] + d[0], theta[1] + d[1]]).collect();
    let values = Fit::objective(&spec, Some(&data), &options, &moved, &watch).unwrap();
    assert!((values[0] - fit.criterion).abs() < 1e-7, "{values:?} {}", fit.criterion);
    assert!(values[1..].iter().all(|v| *v >= values[0] - 1e-7), "{values:?}");
}

#[test]
fn too_many_crossed_effects_are_an_error() {
    let mut rng = Rng(4);
    let data = simulated(9000, &mut rng);
    let other: Vec<usize> = (0..9000).map(|_| rng.below(40)).collect();
    let data = data.group("other", &other).frame();
    let spec = spec("Surv(time, status) ~ x + (1 | g) + (1 | other)");
    let error = Fit::new(&spec, Some(&data), &Options::default(), &Watch::unwatched()).unwrap_err();
    assert!(error.code == Code::Unsupported && error.message.contains("4540 random effects of crossed"), "{error}");
}
