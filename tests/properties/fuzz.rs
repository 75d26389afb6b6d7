//! Random small models: every fit ends, is finite and is a minimum.

use super::minima::is_minimum;
use crate::common::{Data, Model, Rng, model};

/// Raised to thousands while developing.
const CASES: u64 = 1500;

/// A random design and model: collinear and constant covariates, ragged groups, wild weights and units.
fn case(seed: u64) -> (Data, Model, String) {
    let mut rng = Rng(seed.wrapping_mul(7919) + 5);
    let n = 10 + rng.below(71);
    let mut pick = |options: &[f64]| options[rng.below(options.len())];
    let (unit, noise, sd) = (pick(&[1.0, 1.0, 1e-5, 1e7]), pick(&[1.0, 0.1, 1e-3]), pick(&[0.0, 0.3, 1.0, 10.0]));
    let x = rng.normals(n);
    let z: Vec<f64> = match rng.below(5) {
        0 => x.iter().map(|x| 2.0 * x).collect(),
        1 => x.iter().map(|x| x + 1e-5 * rng.normal()).collect(),
        2 => (0..n).map(|i| f64::from(i % 2 == 0)).collect(),
        3 => x.iter().map(|x| 100.0 + x * x).collect(),
        _ => rng.normals(n),
    };
    let mut group = |levels: usize| -> Vec<usize> { (0..n).map(|i| if i < levels { i } else { rng.below(levels) }).collect() };
    let (g, h, f) = (group(2 + n / 12), group(3), group(3));
    let b = rng.normals(3 * (2 + n / 12));
    let y = (0..n).map(|i| unit * (5.0 + x[i] + sd * (b[3 * g[i]] + b[3 * g[i] + 1] * x[i]) + noise * rng.normal())).collect();
    let spread = [0.0, 1.0, 3.4][rng.below(3)];
    let w = (0..n).map(|_| 10f64.powf(spread * rng.normal()).clamp(1e-6, 1e6)).collect();
    let data = Data::default().real("y", y).real("x", x).real("z", z).real("w", w).group("g", &g).group("h", &h).group("f", &f);
    let fixed = ["1", "x", "x + z", "x * f", "0 + f", "x + z + I(x + z)", "0 + x"];
    let random = [
        "(1 | g)", "(x | g)", "(0 + x | g)", "(x || g)", "(x + z | g)", "(1 | g) + (1 | h)", "(1 | g/f)", "(x | g) + (1 | h)", "(0 + f | g)",
        "cs(0 + f | g)", "ar1(0 + f | g)", "diag(x + z | g)", "(z | g) + (x | h) + (1 | f)", "(1 | f) + (1 | g) + (1 | h)",
    ];
    let text = format!("y ~ {} + {}", fixed[rng.below(fixed.len())], random[rng.below(random.len())]);
    let mut model = model(&text);
    model.options.reml = rng.below(2) == 0;
    if spread > 0.0 {
        model = model.weights("w");
    }
    (data, model, format!("[n {n} unit {unit:e} noise {noise} sd {sd} spread {spread}]"))
}

#[test]
fn random_models_end_at_a_minimum() {
    let mut fitted = 0;
    for seed in 0..CASES {
        let (data, model, about) = case(seed);
        let what = format!("case {seed}: {about} {} reml {}", model.formula.formula, model.options.reml);
        let fit = match model.try_fit(&data.frame()) {
            Ok(fit) => fit,
            // Too many effects for the rows, and the like: an answer, in one line.
            Err(error) => {
                assert!(!error.message.is_empty() && !error.message.contains('\n'), "{what}: {error}");
                if !error.message.contains("random effects (") { println!("{what}: {error}"); }
                continue;
            }
        };
        fitted += 1;
        if !fit.outcome.converged { println!("NOCONV {what}: {:?} {:?}", fit.outcome, fit.theta); continue; }
        let finite = |v: &[f64]| v.iter().all(|v| v.is_finite());
        assert!(finite(&fit.theta) && finite(&fit.fitted) && finite(&fit.fixed.estimate) && finite(&fit.fixed.std_error), "{what}");
        assert!(fit.sigma > 0.0 && finite(&[fit.sigma, fit.log_likelihood, fit.aic, fit.bic]), "{what}");
        assert!(fit.terms.iter().all(|t| finite(&t.cov) && finite(&t.modes) && finite(&t.condvar)), "{what}");
        let r = std::panic::catch_unwind(|| is_minimum(&what, &model, &data, &fit, &mut Rng(seed), 30, 1e-6));
        if let Err(e) = r { println!("LOWER {}", e.downcast_ref::<String>().unwrap()); }
    }
    assert!(fitted > CASES / 2, "{fitted}");
}

#[test]
fn probe() {
    let Ok(c) = std::env::var("CASE") else { return };
    let (data, model, _) = case(c.parse().unwrap());
    let fit = model.fit(&data);
    println!("{} n {} {:?} {:?} sigma {}\n theta {:?}\n x {:?}", model.formula.formula, data.n(), fit.outcome, fit.criterion, fit.sigma, fit.theta, &data.values("z")[..5]);
    for i in 0..fit.theta.len() {
        for h in [-1e-1,-1e-2,-1e-3,-1e-4,-1e-5, 1e-5, 1e-4, 1e-3,1e-2, 1e-1] {
            let mut t = fit.theta.clone();
            t[i] += h;
            print!("{:.2e} ", model.objective(&data.frame(), &t).unwrap()[0] - fit.criterion);
        }
        println!();
    }
    for m in interlace::optimize::Method::ALL {
        let f = model.with(|o| { o.optimizer = m; o.max_evaluations = 50000; }).fit(&data);
        println!("{m:?} {:?} {:?} {}", f.theta, f.outcome, f.criterion);
    }
    let frame = data.frame();
    let mut last = f64::INFINITY;
    let mut watch = |e: usize, v: f64, t: &[f64]| { if e < 40 || e % 20 == 0 {println!("{e} {v} {t:.3?}");} last = v; true };
    let _ = interlace::fit::Fit::new(&model.spec(), Some(&frame), &model.options, Some(&mut watch));
}
