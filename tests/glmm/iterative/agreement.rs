//! Estimates are those of the direct engine to within a small part of their standard errors.

use interlace::fit::Fit;

use super::{Crossed, Draw, binary, direct, errors_of, extreme, iterative, logistic};
use crate::common::generalised::{Generalised, generalised};

/// Parts of a standard error by which estimates may differ.
const PART: f64 = 5e-3;

fn crossed(seed: u64, n: usize, levels: &[usize], sds: &[(f64, f64)]) -> Crossed {
    Crossed { seed, n, levels: levels.to_vec(), sds: sds.to_vec(), intercept: 0.3 }
}

/// Fourteen designs of moderate size.
fn designs() -> Vec<Generalised> {
    let (one, both, three) = ("y ~ x + (1 | a) + (1 | b)", "y ~ x + (x | a) + (x | b)", "y ~ x + (1 | a) + (1 | b) + (1 | c)");
    let intercepts = |seed: u64| crossed(seed, 6000, &[800, 200], &[(0.8, 0.0), (0.6, 0.0)]);
    let m = |formula: &str, family: &str, design: Crossed, draw: Draw| generalised(formula, family, design.data(draw).frame());
    let trial = Draw::Trial(logistic);
    let mut fixed = m(one, "nbinom2", intercepts(14), Draw::Count);
    fixed.spec.family.fixed = vec![("size".into(), 2.0)];
    vec![
        m(one, "binomial", intercepts(1), trial),
        m(one, "binomial", intercepts(2), Draw::Trial(|eta| logistic(1.7 * eta))).link("probit"),
        m(one, "binomial", intercepts(3), Draw::Trial(extreme)).link("cloglog"),
        m("cbind(y, failures) ~ x + (1 | a) + (1 | b)", "binomial", intercepts(4), Draw::Trials),
        m(one, "binomial", crossed(5, 6000, &[150, 700], &[(2.0, 0.0), (1.5, 0.0)]), trial),
        m(one, "poisson", intercepts(6), Draw::Count),
        m(
            "y ~ x + offset(e) + (1 | a) + (1 | b)",
            "poisson",
            crossed(7, 20_000, &[2000, 500], &[(0.3, 0.0), (0.5, 0.0)]),
            Draw::Count,
        ),
        m("y ~ (1 | a) + (1 | b)", "poisson", intercepts(8), Draw::Count),
        m(three, "binomial", crossed(9, 9000, &[800, 200, 60], &[(0.7, 0.0), (0.5, 0.0), (0.5, 0.0)]), trial),
        m(three, "poisson", crossed(10, 8000, &[300, 280, 250], &[(0.4, 0.0), (0.4, 0.0), (0.3, 0.0)]), Draw::Count),
        m("y ~ x + (x | a) + (1 | b)", "binomial", crossed(11, 12_000, &[400, 150], &[(0.8, 0.6), (0.5, 0.0)]), trial),
        m(both, "poisson", crossed(12, 9000, &[400, 100], &[(0.5, 0.3), (0.4, 0.3)]), Draw::Count),
        m("y ~ x + cs(1 + x | a) + (x || b)", "poisson", crossed(13, 9000, &[300, 100], &[(0.5, 0.4), (0.4, 0.3)]), Draw::Count),
        fixed,
    ]
}

fn agree(what: &str, own: &Fit, exact: &Fit) {
    assert!(own.outcome.converged && exact.outcome.converged && !exact.singular, "{what}");
    let (vcov, m) = (&exact.generalised().unwrap().vcov, exact.generalised().unwrap().vcov.len().isqrt());
    let p = exact.fixed.names.len();
    for (k, (got, want)) in own.theta.iter().zip(&exact.theta).enumerate() {
        let se = vcov[(p + k) * (m + 1)].sqrt();
        assert!(
            (got - want).abs() <= PART * se,
            "{what}: theta {got} for {want}, {:.4} of {se}, error {:.4} by {} signs",
            (got - want).abs() / se,
            errors_of(own).theta_share[k],
            errors_of(own).signs
        );
    }
    for j in 0..p {
        let (se, ratio) = (exact.fixed.std_error[j], own.fixed.std_error[j] / exact.fixed.std_error[j]);
        let off = (own.fixed.estimate[j] - exact.fixed.estimate[j]) / se;
        assert!(off.abs() < PART, "{what}: fixed effect {j} {off:.1e} standard errors off");
        assert!((ratio - 1.0).abs() < PART, "{what}: standard error {j} {ratio} of the exact one");
    }
    let theirs = &own.generalised().unwrap().vcov;
    for e in (0..m).map(|i| i * (m + 1)) {
        assert!((theirs[e] / vcov[e]).sqrt() > 0.98 && (theirs[e] / vcov[e]).sqrt() < 1.02, "{what}: variance {e}");
    }
    let (error, off) = (errors_of(own).criterion_error, own.criterion - exact.criterion);
    assert!(off.abs() <= 4.0 * error + 1e-3, "{what}: criterion {off:.2e} off, error {error:.2e}");
}

fn agree_in_terms(what: &str, own: &Fit, exact: &Fit) {
    for (got, want) in own.terms.iter().zip(&exact.terms) {
        let (scale, r) = (want.sd[0], want.sd.len());
        let near = got.modes.iter().zip(&want.modes).all(|(a, b)| (a - b).abs() <= 2e-3 * scale);
        assert!(near, "{what}: modes");
        let full = got.condvar_full.as_ref().zip(want.condvar_full.as_ref()).unwrap();
        for (got, want) in [(&got.condvar, &want.condvar), full] {
            let ratios: Vec<f64> = got.chunks_exact(r * r).zip(want.chunks_exact(r * r)).map(|(a, b)| a[0] / b[0] - 1.0).collect();
            let mean_square = ratios.iter().map(|v| v * v).sum::<f64>() / ratios.len() as f64;
            let (off, most) = (0.5 * mean_square.sqrt(), 3.0 * errors_of(own).sd_error + 1e-3);
            assert!(off < most && most < 0.06, "{what}: conditional standard deviations {off:.1e} off, for {most:.1e}");
        }
    }
    let scale = exact.fitted.iter().map(|f| f * f).sum::<f64>().sqrt();
    let off: f64 = own.fitted.iter().zip(&exact.fitted).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
    assert!(off < 1e-3 * scale, "{what}: fitted values {off:.1e} off of {scale}");
}

#[test]
fn designs_have_the_estimates_of_the_direct_engine() {
    let designs = designs();
    assert_eq!(designs.len(), 14);
    for (number, model) in designs.iter().enumerate() {
        let (exact, own) = (direct(model).fit(), iterative(model).fit());
        let what = format!("design {}: {}, {}", number + 1, own.formula, model.spec.family.name);
        agree(&what, &own, &exact);
        agree_in_terms(&what, &own, &exact);
    }
}

#[test]
fn standard_errors_given_theta_are_those_of_the_direct_engine() {
    let model = binary(21).options(|options| options.std_errors = interlace::options::StdErrors::Conditional);
    let (exact, own) = (direct(&model).fit(), iterative(&model).fit());
    let (got, want) = (own.generalised().unwrap(), exact.generalised().unwrap());
    for (got, want) in own.fixed.std_error.iter().zip(&exact.fixed.std_error) {
        assert!((got / want - 1.0).abs() < 1e-3, "{got} for {want}");
    }
    assert_eq!(got.vcov.iter().map(|v| v.is_nan()).collect::<Vec<_>>(), want.vcov.iter().map(|v| v.is_nan()).collect::<Vec<_>>());
    assert!(own.terms.iter().all(|term| term.condvar_full.is_none()));
}

#[test]
fn the_same_seed_gives_the_same_bits_on_any_number_of_threads() {
    let one = iterative(&binary(22));
    let first = one.fit();
    for threads in [2, 3, 8] {
        let fit = one.clone().options(|options| options.threads = threads).fit();
        let bits = |v: &[f64]| v.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&fit.theta), bits(&first.theta), "{threads} threads");
        assert_eq!(fit.criterion.to_bits(), first.criterion.to_bits(), "{threads} threads");
        assert_eq!(bits(&fit.terms[0].condvar), bits(&first.terms[0].condvar), "{threads} threads");
        assert_eq!(bits(&fit.fixed.vcov), bits(&first.fixed.vcov), "{threads} threads");
    }
    let other = one.options(|options| options.engine_seed = 1).fit();
    assert_ne!(other.theta, first.theta);
}
