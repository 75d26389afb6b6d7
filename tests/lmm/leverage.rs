//! Leverages of linear models against hat matrices that are formed, and their sums.

use crate::common::Rng;
use crate::common::close::close;
use crate::common::designs::crossed_by_weights as data;
use crate::common::entries::{entries, numbers, text};
use crate::common::generalised::{Generalised, generalised, influence_model, linear};
use interlace::design::NaPolicy;
use interlace::diagnostics::LeverageKind;
use interlace::error::Code;
use interlace::fit::Fit;
use interlace::formula::CorrelationKind;
use interlace::linalg::dense;
use interlace::options::Engine;
use interlace::spec::CorrelationSpec;
use interlace::watch::Watch;

const UNWATCHED: Watch<'static> = Watch::unwatched();

fn models() -> Vec<(&'static str, Generalised)> {
    let frame = data().frame();
    let with = |formula: &str, correlation: Option<&str>, weighted: bool| {
        let mut model = linear(formula, frame.clone());
        model.spec.correlation = correlation.map(|c| CorrelationSpec::Formula(c.into()));
        if weighted { model.formula(|f| f.weights = Some("w".into())) } else { model }
    };
    vec![
        ("intercepts", with("y ~ x + (1 | g)", None, false)),
        ("crossed", with("y ~ x + (1 | g) + (1 | h)", None, true)),
        ("nested", with("y ~ x + (1 | k/g)", None, false)),
        ("slopes", with("y ~ x + z + (1 + z | g) + (1 | h)", None, true)),
        ("diagonal", with("y ~ x + (1 + z || g)", None, false)),
        ("far from zero", with("y ~ x + (1 + far | h)", None, false)),
        ("a process", with("y ~ x + ar1(0 + h | g)", None, false)),
        ("by times", with("y ~ x + (1 | h)", Some("ar1(t | g)"), true)),
        ("in continuous time", with("y ~ x + (1 + z | h)", Some("ar1(s | g)"), false)),
        ("symmetric", with("y ~ x + (1 | h)", Some("cs(1 | g)"), true)),
        ("only correlated", with("y ~ x + z", Some("ar1(1 | g)"), false)),
    ]
}

/// The random part of V / sigma^2 of rows times the square roots of their weights, `[n, n]`.
pub fn random_covariance(fit: &Fit) -> Vec<f64> {
    let n = fit.n_obs;
    let root = |i: usize| fit.weights.as_ref().map_or(1.0, |w| w[i].sqrt());
    let mut random = vec![0.0; n * n];
    for term in &fit.terms {
        let r = term.design.effects.len();
        let z = |i: usize, e: usize| root(i) * term.design.z.as_ref().map_or(1.0, |z| z[e * n + i]);
        for (i, j) in (0..n * n).map(|e| (e % n, e / n)).filter(|(i, j)| term.design.index[*i] == term.design.index[*j]) {
            let form = |e: usize| z(i, e % r) * term.cov[e] * z(j, e / r);
            random[j * n + i] += (0..r * r).map(form).sum::<f64>() / (fit.sigma * fit.sigma);
        }
    }
    random
}

/// V / sigma^2 and its random part.
fn covariances(fit: &Fit) -> (Vec<f64>, Vec<f64>) {
    let n = fit.n_obs;
    let random = random_covariance(fit);
    let mut all = random.clone();
    for (i, j) in (0..n * n).map(|e| (e % n, e / n)) {
        all[j * n + i] += match fit.correlation() {
            _ if i == j => 1.0,
            Some(own) if own.design.index[i] == own.design.index[j] => {
                let time = |i: usize| own.design.times.get(i).copied().unwrap_or(i as f64);
                let distance = if own.design.kind == CorrelationKind::Ar1 { (time(i) - time(j)).abs() } else { 1.0 };
                if distance.fract() == 0.0 { own.estimate.powi(distance as i32) } else { own.estimate.powf(distance) }
            }
            _ => 0.0,
        };
    }
    (all, random)
}

/// The diagonals of the hat matrix and of its fixed part.
fn dense_leverages(fit: &Fit) -> [Vec<f64>; 4] {
    let (n, p) = (fit.n_obs, fit.fixed.names.len());
    let (v, random) = covariances(fit);
    let inverse = dense::inverse(n, &v);
    let root = |i: usize| fit.weights.as_ref().map_or(1.0, |w| w[i].sqrt());
    let x = |i: usize, j: usize| root(i) * fit.x[j * n + i];
    // V^-1 X, `[n, p]`, and S^-1.
    let vx: Vec<f64> = (0..n * p).map(|e| (0..n).map(|k| inverse[k * n + e % n] * x(k, e / n)).sum()).collect();
    let s: Vec<f64> = (0..p * p).map(|e| (0..n).map(|i| x(i, e % p) * vx[e / p * n + i]).sum()).collect();
    let s = dense::inverse(p, &s);
    let fixed_row = |i: usize| -> Vec<f64> {
        let weights: Vec<f64> = (0..p).map(|b| (0..p).map(|a| x(i, a) * s[b * p + a]).sum()).collect();
        (0..n).map(|k| (0..p).map(|b| weights[b] * vx[b * n + k]).sum()).collect()
    };
    let rows: Vec<Vec<f64>> = (0..n).map(fixed_row).collect();
    let fixed: Vec<f64> = (0..n).map(|i| rows[i][i]).collect();
    // Z D Z'V^-1 (I - H_fixed).
    let of_random = |i: usize| {
        let own: Vec<f64> = (0..n).map(|k| (0..n).map(|l| random[l * n + i] * inverse[k * n + l]).sum()).collect();
        own[i] - (0..n).map(|k| own[k] * rows[k][i]).sum::<f64>()
    };
    let ranef: Vec<f64> = (0..n).map(of_random).collect();
    let overall = fixed.iter().zip(&ranef).map(|(a, b)| a + b).collect();
    [overall, fixed, ranef, (0..n).map(|i| random[i * (n + 1)]).collect()]
}

const KINDS: [LeverageKind; 4] = [LeverageKind::Overall, LeverageKind::Fixed, LeverageKind::Random, LeverageKind::Variance];

#[test]
fn leverages_are_those_of_hat_matrices() {
    for (name, model) in models() {
        let fit = model.fit();
        for (kind, want) in KINDS.iter().zip(dense_leverages(&fit)) {
            close(&format!("{name} {kind:?}"), &fit.leverage(*kind, &UNWATCHED).unwrap(), &want, 1e-9);
        }
        let fixed: f64 = fit.leverage(LeverageKind::Fixed, &UNWATCHED).unwrap().iter().sum();
        assert!((fixed - fit.fixed.names.len() as f64).abs() < 1e-10, "{name}: {fixed}");
    }
}

/// lme4's hatvalues, and HLMdiag's parts where it has them.
#[test]
fn leverages_are_those_of_r() {
    let mut parts = 0;
    for entry in entries("influence") {
        let (id, fit) = (text(&entry["id"]), influence_model(&entry).fit());
        let of = |kind: LeverageKind| fit.leverage(kind, &UNWATCHED).unwrap();
        close(&id, &of(LeverageKind::Overall), &numbers(&entry["hatvalues"]), 1e-6);
        let Some(own) = entry["leverage"].as_object() else { continue };
        parts += 1;
        for (kind, name) in KINDS.iter().zip(["overall", "fixef", "ranef", "ranef.uc"]) {
            close(&format!("{id} {name}"), &of(*kind), &numbers(&own[name]), 1e-5);
        }
    }
    assert_eq!(parts, 4);
}

#[test]
fn rows_left_out_have_none_and_a_singular_fit_has_those_of_least_squares() {
    let padded = linear("y ~ x + (1 | g)", data().with("x", 3, f64::NAN).frame());
    let fit = padded.options(|o| o.na = NaPolicy::Pad).fit();
    let got = fit.leverage(LeverageKind::Overall, &UNWATCHED).unwrap();
    assert!(got.len() == 60 && got[3].is_nan() && got.iter().filter(|h| h.is_nan()).count() == 1);

    let mut rng = Rng(5);
    let within = rng.normals(60);
    // Less the means of groups: nothing is left between them.
    let mean = |i: usize| within[i / 6 * 6..i / 6 * 6 + 6].iter().sum::<f64>() / 6.0;
    let y = (0..60).map(|i| within[i] - mean(i)).collect();
    let singular = linear("y ~ x + (1 | g)", data().real("y", y).frame()).fit();
    assert!(singular.singular);
    let sum: f64 = singular.leverage(LeverageKind::Overall, &UNWATCHED).unwrap().iter().sum();
    assert!((sum - 2.0).abs() < 1e-10);
    assert!(singular.leverage(LeverageKind::Random, &UNWATCHED).unwrap().iter().all(|h| h.abs() < 1e-12));
}

#[test]
fn other_models_and_fits_without_a_factor_say_what_to_do() {
    let frame = data().frame();
    let poisson =
        generalised("count ~ x + (1 | g)", "poisson", data().real("count", (0..60).map(|i| f64::from(i % 4)).collect()).frame());
    let error = poisson.fit().leverage(LeverageKind::Overall, &UNWATCHED).unwrap_err();
    assert!(error.code == Code::Unsupported && error.message.contains("interlace_fit_influence"), "{error}");
    let iterative = linear("y ~ x + (1 | g) + (1 | h)", frame).options(|o| o.engine = Engine::Iterative).fit();
    let error = iterative.leverage(LeverageKind::Overall, &UNWATCHED).unwrap_err();
    assert!(error.code == Code::Unsupported && error.message.contains("engine = direct"), "{error}");
}
