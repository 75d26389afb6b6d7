//! Random small models: every fit ends, is finite and is a minimum.

use interlace::error::Code;
use interlace::fit::Fit;

use super::minima::is_minimum;
use crate::common::{Data, Model, Rng, model};

/// Raised to thousands while developing.
const CASES: u64 = 500;

/// A random design and model: collinear covariates, ragged groups, several units; if wild, also few rows, weights over twelve orders of
/// magnitude, and a residual of a ten thousandth of the groups' differences.
fn case(seed: u64, wild: bool) -> (Data, Model, String) {
    let mut rng = Rng(seed.wrapping_mul(7919) + 5);
    let n = if wild { 10 } else { 25 } + rng.below(56);
    let mut pick = |options: &[f64]| options[rng.below(options.len())];
    let (unit, noise, sd) =
        (pick(&[1.0, 1.0, 1e-5, 1e7]), pick(if wild { &[1.0, 1e-3] } else { &[1.0, 0.3] }), pick(&[0.0, 0.3, 1.0, 10.0]));
    let x = rng.normals(n);
    let z: Vec<f64> = match rng.below(5) {
        0 => x.iter().map(|x| 2.0 * x).collect(),
        1 => x.iter().map(|x| x + if wild { 1e-5 } else { 1e-3 } * rng.normal()).collect(),
        2 => (0..n).map(|i| f64::from(i % 2 == 0)).collect(),
        3 => x.iter().map(|x| 100.0 + x * x).collect(),
        _ => rng.normals(n),
    };
    let mut group = |levels: usize| -> Vec<usize> { (0..n).map(|i| if i < levels { i } else { rng.below(levels) }).collect() };
    let (g, h, f) = (group(2 + n / 12), group(3), group(3));
    let b = rng.normals(3 * (2 + n / 12));
    let y = (0..n).map(|i| unit * (5.0 + x[i] + sd * (b[3 * g[i]] + b[3 * g[i] + 1] * x[i]) + noise * rng.normal())).collect();
    let spread = if wild { 3.4 } else { [0.0, 0.3, 0.8][rng.below(3)] };
    let w = (0..n).map(|_| 10f64.powf(spread * rng.normal()).clamp(1e-6, 1e6)).collect();
    let data = Data::default().real("y", y).real("x", x).real("z", z).real("w", w).group("g", &g).group("h", &h).group("f", &f);
    let fixed = ["1", "x", "x + z", "x * f", "0 + f", "x + z + I(x + z)", "0 + x"];
    let random = [
        "(1 | g)",
        "(x | g)",
        "(0 + x | g)",
        "(x || g)",
        "(x + z | g)",
        "(1 | g) + (1 | h)",
        "(1 | g/f)",
        "(x | g) + (1 | h)",
        "(0 + f | g)",
        "cs(0 + f | g)",
        "ar1(0 + f | g)",
        "diag(x + z | g)",
        "(z | g) + (x | h)",
        "(1 | h) + (1 | g)",
    ];
    let text = format!("y ~ {} + {}", fixed[rng.below(fixed.len())], random[rng.below(random.len())]);
    let mut model = model(&text);
    model.options.reml = rng.below(2) == 0;
    if spread > 0.0 {
        model = model.weights("w");
    }
    (data, model, format!("[n {n} unit {unit:e} noise {noise} sd {sd} spread {spread}]"))
}

fn check_finite(what: &str, fit: &Fit) {
    let finite = |v: &[f64]| v.iter().all(|v| v.is_finite());
    assert!(finite(&fit.theta) && finite(&fit.fitted) && finite(&fit.fixed.estimate) && finite(&fit.fixed.std_error), "{what}");
    assert!(fit.sigma > 0.0 && finite(&[fit.sigma, fit.log_likelihood, fit.aic, fit.bic]), "{what}");
    assert!(fit.terms.iter().all(|t| finite(&t.cov) && finite(&t.modes) && finite(&t.condvar)), "{what}");
}

/// An error is an answer, too, in one line.
fn fit(what: &str, data: &Data, model: &Model) -> Option<Fit> {
    match model.try_fit(&data.frame()) {
        Ok(fit) => Some(fit),
        Err(error) => {
            let expected = matches!(error.code, Code::Data | Code::Numeric);
            assert!(expected && !error.message.is_empty() && !error.message.contains('\n'), "{what}: {error}");
            None
        }
    }
}

#[test]
fn random_models_end_at_a_minimum() {
    let mut fitted = 0;
    for seed in 0..CASES {
        let (data, model, about) = case(seed, false);
        let what = format!("case {seed}: {about} {} reml {}", model.formula.formula, model.options.reml);
        let Some(fit) = fit(&what, &data, &model) else { continue };
        fitted += 1;
        assert!(fit.outcome.converged, "{what}: {:?} {:?}", fit.outcome, fit.theta);
        check_finite(&what, &fit);
        is_minimum(&what, &model, &data, &fit, &mut Rng(seed), 30, 1e-6);
    }
    assert!(fitted > CASES * 9 / 10, "{fitted}");
}

#[test]
fn wild_models_end() {
    let mut fitted = 0;
    for seed in 0..CASES {
        let (data, model, about) = case(seed, true);
        let what = format!("case {seed}: {about} {} reml {}", model.formula.formula, model.options.reml);
        if let Some(fit) = fit(&what, &data, &model) {
            fitted += 1;
            check_finite(&what, &fit);
        }
    }
    assert!(fitted > CASES / 2, "{fitted}");
}
