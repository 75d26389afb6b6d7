//! Estimates are those of the direct engine to within a small part of their standard errors.

use super::{Crossed, direct, errors_of, iterative, std_errors, two};
use crate::common::{Model, model};

/// Parts of a standard error by which theta may differ.
const PART: f64 = 5e-3;

fn crossed(seed: u64, n: usize, levels: &[usize], sds: &[(f64, f64)]) -> Crossed {
    Crossed { seed, n, levels: levels.to_vec(), sds: sds.to_vec() }
}

/// Twenty designs of moderate size.
fn designs() -> Vec<(Model, Crossed)> {
    let (one, both, three) = ("y ~ x + (1 | a) + (1 | b)", "y ~ x + (x | a) + (x | b)", "y ~ x + (1 | a) + (1 | b) + (1 | c)");
    let m = |formula: &str| model(formula);
    vec![
        (m(one), crossed(1, 6000, &[800, 200], &[(0.5, 0.0), (0.4, 0.0)])),
        (m(one).ml(), crossed(2, 6000, &[800, 200], &[(0.5, 0.0), (0.4, 0.0)])),
        (m(one), crossed(3, 6000, &[200, 800], &[(0.4, 0.0), (0.5, 0.0)])),
        (m(one).weights("w"), crossed(4, 6000, &[800, 400], &[(0.5, 0.0), (0.4, 0.0)])),
        (m(one), crossed(5, 6000, &[600, 500], &[(1.0, 0.0), (1.0, 0.0)])),
        (m(one), crossed(6, 6000, &[800, 200], &[(3.0, 0.0), (2.0, 0.0)])),
        (m(one), crossed(7, 8000, &[900, 300], &[(0.1, 0.0), (0.1, 0.0)])),
        (m(one), crossed(8, 6000, &[800, 15], &[(0.5, 0.0), (0.4, 0.0)])),
        (m(one).ml().weights("w"), crossed(9, 5000, &[1000, 300], &[(0.3, 0.0), (1.0, 0.0)])),
        (m("y ~ (1 | a) + (1 | b)"), crossed(10, 5000, &[1200, 150], &[(0.5, 0.0), (0.5, 0.0)])),
        (m(both), crossed(11, 8000, &[500, 100], &[(0.5, 0.3), (0.4, 0.3)])),
        (m(both).ml(), crossed(12, 8000, &[500, 150], &[(0.5, 0.3), (0.4, 0.3)])),
        (m("y ~ x + (x | a) + (1 | b)"), crossed(13, 6000, &[500, 200], &[(0.5, 0.3), (0.4, 0.0)])),
        (m("y ~ x + (1 | a) + (x | b)").weights("w"), crossed(14, 6000, &[500, 200], &[(0.5, 0.0), (0.4, 0.3)])),
        (m("y ~ x + (x || a) + (1 | b)"), crossed(15, 6000, &[500, 200], &[(0.5, 0.3), (0.4, 0.0)])),
        (m("y ~ x + diag(1 + x | a) + (1 | b)"), crossed(16, 6000, &[500, 200], &[(0.5, 0.3), (0.4, 0.0)])),
        (m("y ~ x + cs(1 + x | a) + (1 | b)"), crossed(17, 6000, &[500, 200], &[(0.5, 0.3), (0.4, 0.0)])),
        (m(three), crossed(18, 8000, &[800, 200, 60], &[(0.5, 0.0), (0.4, 0.0), (0.3, 0.0)])),
        (m(three).ml(), crossed(19, 8000, &[300, 280, 250], &[(0.5, 0.0), (0.4, 0.0), (0.6, 0.0)])),
        (m("y ~ x + (x | a) + (1 | b) + (1 | c)"), crossed(20, 8000, &[400, 200, 50], &[(0.5, 0.3), (0.4, 0.0), (0.3, 0.0)])),
    ]
}

#[test]
fn twenty_designs_have_the_estimates_of_the_direct_engine() {
    let designs = designs();
    assert_eq!(designs.len(), 20);
    for (number, (model, design)) in designs.iter().enumerate() {
        let data = design.data();
        let (exact, own) = (direct(model).fit(&data), iterative(model).fit(&data));
        let what = format!("design {}: {}", number + 1, model.formula.formula);
        assert!(own.outcome.converged && exact.outcome.converged && !exact.singular, "{what}");
        for ((got, want), se) in own.theta.iter().zip(&exact.theta).zip(std_errors(&own)) {
            assert!((got - want).abs() <= PART * se, "{what}: theta {got} for {want}, {:.4} of {se}", (got - want).abs() / se);
        }
        let error = errors_of(&own).criterion_error;
        let off = own.criterion - exact.criterion;
        assert!(off.abs() <= 4.0 * error + 1e-4, "{what}: criterion {off:.2e} off, error {error:.2e}");
        assert!((own.sigma / exact.sigma - 1.0).abs() < 1e-4, "{what}: sigma {} for {}", own.sigma, exact.sigma);
        for j in 0..exact.fixed.names.len() {
            let se = exact.fixed.std_error[j];
            assert!((own.fixed.estimate[j] - exact.fixed.estimate[j]).abs() < 1e-3 * se, "{what}: fixed effect {j}");
            assert!((own.fixed.std_error[j] / se - 1.0).abs() < 1e-3, "{what}: standard error {j}");
        }
        for (got, want) in own.terms.iter().zip(&exact.terms) {
            let scale = want.sd[0];
            let close = |a: &[f64], b: &[f64], most: f64| a.iter().zip(b).all(|(a, b)| (a - b).abs() <= most);
            assert!(close(&got.modes, &want.modes, 2e-3 * scale), "{what}: modes");
            let r = want.sd.len();
            let own_variances = got.condvar.chunks_exact(r * r).map(|block| block[0]);
            let ratios: Vec<f64> = own_variances.zip(want.condvar.chunks_exact(r * r)).map(|(a, b)| a / b[0] - 1.0).collect();
            let mean_square = ratios.iter().map(|v| v * v).sum::<f64>() / ratios.len() as f64;
            // Of a standard deviation half; the error that is reported is that of all terms together.
            let (off, most) = (0.5 * mean_square.sqrt(), 3.0 * errors_of(&own).sd_error + 1e-4);
            assert!(off < most && most < 0.06, "{what}: conditional standard deviations {off:.1e} off, for {most:.1e}");
        }
    }
}

#[test]
fn what_leaves_the_model_alone_leaves_the_estimates_within_their_errors() {
    let (data, formula) = (two(31), iterative(&model("y ~ x + (1 | a) + (1 | b)")));
    let first = formula.fit(&data);
    let n = data.n();
    let backwards: Vec<usize> = (0..n).rev().collect();
    let mut renamed = data.clone();
    for (_, labels) in &mut renamed.labels {
        labels.iter_mut().for_each(|label| *label = label.bytes().rev().map(char::from).collect());
    }
    let others = [
        ("rows backwards", data.rows(&backwards), 1.0, 1.0),
        ("other names", renamed, 1.0, 1.0),
        ("other units", data.map("y", |y| 1e3 * y + 1e5).map("x", |x| 1e-4 * x + 3.0), 1e3, 1e-4),
    ];
    for (what, other, y, x) in others {
        let fit = formula.fit(&other);
        let (own, theirs) = (errors_of(&first), errors_of(&fit));
        for k in 0..2 {
            let most = 5.0 * own.theta_error[k].hypot(theirs.theta_error[k]) + 1e-7;
            assert!((fit.theta[k] - first.theta[k]).abs() < most, "{what}: {} for {}", fit.theta[k], first.theta[k]);
        }
        let slope = (fit.fixed.estimate[1] * x / y - first.fixed.estimate[1]) / first.fixed.std_error[1];
        assert!(slope.abs() < 1e-3, "{what}: slope {slope:.1e} standard errors off");
    }
}

#[test]
fn the_same_seed_gives_the_same_bits_on_any_number_of_threads() {
    let (data, one) = (two(32), iterative(&model("y ~ x + (x | a) + (1 | b)")));
    let first = one.fit(&data);
    for threads in [2, 3, 4, 8] {
        let fit = one.with(|options| options.threads = threads).fit(&data);
        let bits = |v: &[f64]| v.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&fit.theta), bits(&first.theta), "{threads} threads");
        assert_eq!(fit.criterion.to_bits(), first.criterion.to_bits(), "{threads} threads");
        assert_eq!(bits(&fit.terms[0].condvar), bits(&first.terms[0].condvar), "{threads} threads");
        assert_eq!(bits(&fit.fixed.vcov), bits(&first.fixed.vcov), "{threads} threads");
    }
    let other = one.with(|options| options.engine_seed = 1).fit(&data);
    assert_ne!(other.theta, first.theta);
}
