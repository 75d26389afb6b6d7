//! Residuals of linear models against the matrices of their definitions, which are formed.

use crate::common::close::close;
use crate::common::frames::{frame, labels, reals};
use crate::common::generalised::{Generalised, linear};
use crate::common::{Data, Rng};
use interlace::design::NaPolicy;
use interlace::diagnostics::{LeverageKind, ResidualKind};
use interlace::error::Code;
use interlace::fit::Fit;
use interlace::formula::CorrelationKind;
use interlace::linalg::dense;
use interlace::options::Engine;
use interlace::spec::CorrelationSpec;
use interlace::watch::Watch;

const UNWATCHED: Watch<'static> = Watch::unwatched();

/// Ten groups of five rows in an order that mixes them, crossed with seven levels of h, nested in five of k.
fn data() -> Data {
    let mut rng = Rng(77);
    let n = 50;
    let (g, h): (Vec<usize>, Vec<usize>) = ((0..n).map(|i| i * 3 % 10).collect(), (0..n).map(|i| i * 5 % 7).collect());
    let (x, z) = (rng.normals(n), rng.normals(n));
    let (a, b, c) = (rng.normals(10), rng.normals(10), rng.normals(7));
    let y = (0..n).map(|i| 1.0 + 0.5 * x[i] + a[g[i]] + 0.7 * b[g[i]] * z[i] + 0.6 * c[h[i]] + rng.normal()).collect();
    Data::default()
        .real("y", y)
        .real("x", x)
        .real("z", z)
        .real("w", (0..n).map(|i| 0.3 + (i % 4) as f64).collect())
        .real("off", (0..n).map(|i| (i % 3) as f64).collect())
        .real("t", (0..n).map(|i| (i / 10) as f64).collect())
        .group("g", &g)
        .group("h", &h)
        .group("k", &g.iter().map(|g| g / 2).collect::<Vec<_>>())
}

fn models() -> Vec<(&'static str, Fit)> {
    let frame = data().frame();
    let with = |formula: &str, correlation: Option<&str>, weighted: bool| {
        let mut model = linear(formula, frame.clone());
        model.spec.correlation = correlation.map(|c| CorrelationSpec::Formula(c.into()));
        let model = if weighted { model.formula(|f| f.weights = Some("w".into())) } else { model };
        model.fit()
    };
    vec![
        ("intercepts", with("y ~ x + (1 | g)", None, false)),
        ("crossed", with("y ~ x + (1 | g) + (1 | h)", None, true)),
        ("nested", with("y ~ x + offset(off) + (1 | k/g)", None, false)),
        ("slopes", with("y ~ x + z + (1 + z | g) + (1 | h)", None, true)),
        ("by times", with("y ~ x + (1 | h)", Some("ar1(t | g)"), true)),
        ("symmetric", with("y ~ x + (1 | h)", Some("cs(1 | g)"), false)),
        ("only correlated", with("y ~ x + z", Some("ar1(t | g)"), false)),
    ]
}

/// W^1/2 Z D Z' W^1/2 / sigma^2 and R, `[n, n]`.
fn parts(fit: &Fit) -> (Vec<f64>, Vec<f64>) {
    let n = fit.n_obs;
    let random = crate::leverage::random_covariance(fit);
    let correlation = |i: usize, j: usize| match fit.correlation() {
        _ if i == j => 1.0,
        Some(own) if own.design.index[i] == own.design.index[j] => {
            let ar1 = own.design.kind == CorrelationKind::Ar1;
            let distance = if ar1 { (own.design.times[i] - own.design.times[j]).abs() } else { 1.0 };
            own.estimate.powi(distance as i32)
        }
        _ => 0.0,
    };
    (random, (0..n * n).map(|e| correlation(e % n, e / n)).collect())
}

fn product(n: usize, a: &[f64], b: &[f64]) -> Vec<f64> {
    (0..n * n).map(|e| (0..n).map(|k| a[k * n + e % n] * b[e / n * n + k]).sum()).collect()
}

/// W^1/2 (y - X beta - offset) / sigma.
fn marginal(fit: &Fit) -> Vec<f64> {
    let n = fit.n_obs;
    let own = |i: usize| {
        let mean: f64 = fit.fixed.estimate.iter().enumerate().map(|(j, b)| b * fit.x[j * n + i]).sum();
        let residual = fit.y[i] - mean - fit.offset.as_ref().map_or(0.0, |o| o[i]);
        residual * fit.weights.as_ref().map_or(1.0, |w| w[i].sqrt()) / fit.sigma
    };
    (0..n).map(own).collect()
}

#[test]
fn marginal_residuals_are_whitened_by_the_factor_of_their_covariance() {
    for (name, fit) in models() {
        let n = fit.n_obs;
        let got = fit.residuals_of(ResidualKind::Marginal, &UNWATCHED).unwrap();
        let mut want = marginal(&fit);
        let scaled = |i: usize| got[i] * fit.weights.as_ref().map_or(1.0, |w| w[i].sqrt()) / fit.sigma;
        close(name, &(0..n).map(scaled).collect::<Vec<_>>(), &want, 1e-12);

        // Decorrelated rows: D (random + R) D' with D of the columns that unit vectors become.
        let (random, r) = parts(&fit);
        let mut all: Vec<f64> = random.iter().zip(&r).map(|(a, b)| a + b).collect();
        if let Some(own) = fit.correlation() {
            let mut d = vec![0.0; n * n];
            for (j, column) in d.chunks_exact_mut(n).enumerate() {
                column[j] = 1.0;
                own.decorrelate(column).unwrap();
            }
            let transpose: Vec<f64> = (0..n * n).map(|e| d[e % n * n + e / n]).collect();
            let white = product(n, &product(n, &d, &r), &transpose);
            let unit: Vec<f64> = (0..n * n).map(|e| f64::from(u8::from(e % (n + 1) == 0))).collect();
            close(name, &white, &unit, 1e-12);
            all = product(n, &product(n, &d, &all), &transpose);
            own.decorrelate(&mut want).unwrap();
        }
        dense::cholesky(n, &mut all).unwrap();
        dense::solve_lower(n, &all, &mut want);
        close(name, &fit.residuals_of(ResidualKind::Cholesky, &UNWATCHED).unwrap(), &want, 1e-11);
    }
}

/// P = V^-1 - V^-1 X (X'V^-1 X)^-1 X'V^-1 with V = random + R, of weighted rows.
fn projection(fit: &Fit) -> Vec<f64> {
    let (n, p) = (fit.n_obs, fit.fixed.names.len());
    let (random, r) = parts(fit);
    let inverse = dense::inverse(n, &random.iter().zip(&r).map(|(a, b)| a + b).collect::<Vec<_>>());
    let x = |i: usize, j: usize| fit.weights.as_ref().map_or(1.0, |w| w[i].sqrt()) * fit.x[j * n + i];
    let vx: Vec<f64> = (0..n * p).map(|e| (0..n).map(|k| inverse[k * n + e % n] * x(k, e / n)).sum()).collect();
    let s: Vec<f64> = (0..p * p).map(|e| (0..n).map(|i| x(i, e % p) * vx[e / p * n + i]).sum()).collect();
    let s = dense::inverse(p, &s);
    let form = |i: usize, j: usize| (0..p * p).map(|e| vx[e % p * n + i] * s[e] * vx[e / p * n + j]).sum::<f64>();
    (0..n * n).map(|e| inverse[e] - form(e % n, e / n)).collect()
}

#[test]
fn standardized_residuals_have_their_own_standard_deviations() {
    for (name, fit) in models() {
        let n = fit.n_obs;
        let (p, r) = (projection(&fit), marginal(&fit));
        let of = |i: usize| (0..n).map(|k| p[k * n + i] * r[k]).sum::<f64>() / p[i * (n + 1)].sqrt();
        let got = fit.residuals_of(ResidualKind::Standardized, &UNWATCHED).unwrap();
        close(name, &got, &(0..n).map(of).collect::<Vec<_>>(), 1e-9);
        if fit.correlation().is_none() {
            let leverage = fit.leverage(LeverageKind::Overall, &UNWATCHED).unwrap();
            let by_leverage = |i: usize| fit.residuals_pearson[i] / (fit.sigma * (1.0 - leverage[i]).sqrt());
            close(name, &got, &(0..n).map(by_leverage).collect::<Vec<_>>(), 1e-9);
        }
    }
}

/// The covariance of modes is D Z'P Z D.
#[test]
fn random_effects_are_divided_by_the_standard_deviations_of_their_modes() {
    for (name, fit) in models().into_iter().filter(|(_, fit)| !fit.terms.is_empty()) {
        let n = fit.n_obs;
        let p = projection(&fit);
        let table = fit.ranef_residuals(&UNWATCHED).unwrap();
        let root = |i: usize| fit.weights.as_ref().map_or(1.0, |w| w[i].sqrt());
        let (mut deviations, mut distances) = (vec![], vec![]);
        for term in &fit.terms {
            let r = term.design.effects.len();
            let z = |i: usize, e: usize| root(i) * term.design.z.as_ref().map_or(1.0, |z| z[e * n + i]);
            for level in 0..term.design.levels.len() {
                let own: Vec<usize> = (0..n).filter(|i| term.design.index[*i] as usize == level).collect();
                let middle: Vec<f64> = (0..r * r)
                    .map(|e| own.iter().map(|&i| own.iter().map(|&j| z(i, e % r) * p[j * n + i] * z(j, e / r)).sum::<f64>()).sum())
                    .collect();
                let half = product(r, &term.cov, &middle);
                let mut cov: Vec<f64> = product(r, &half, &term.cov);
                cov.iter_mut().for_each(|v| *v /= fit.sigma * fit.sigma);
                let modes = &term.modes[level * r..(level + 1) * r];
                let inverse = dense::inverse(r, &cov);
                let distance: f64 = (0..r * r).map(|e| modes[e % r] * inverse[e] * modes[e / r]).sum();
                deviations.extend((0..r).map(|e| cov[e * (r + 1)].sqrt()));
                distances.extend(vec![distance; r]);
            }
        }
        close(name, &reals(&table, "std_dev"), &deviations, 1e-8);
        close(name, &reals(&table, "distance"), &distances, 1e-6);
        let ratio: Vec<f64> = reals(&table, "mode").iter().zip(&deviations).map(|(mode, sd)| mode / sd).collect();
        close(name, &reals(&table, "standardized"), &ratio, 1e-8);
    }
    let singular = linear("Yield ~ 1 + (1 | Batch)", frame("Dyestuff2.csv", &["Batch"])).fit();
    let table = singular.ranef_residuals(&UNWATCHED).unwrap();
    assert!(reals(&table, "std_dev").iter().all(|sd| *sd == 0.0) && reals(&table, "standardized").iter().all(|r| r.is_nan()));
    assert_eq!(labels(&table, "level")[1], "B");
}

/// R 4.2.2: resid(), resid() / sqrt(1 - hatvalues()), rstandard() of lm(Reaction ~ Days) for subject 308.
#[test]
fn residuals_within_groups_are_those_of_separate_regressions() {
    let fit = linear("Reaction ~ Days + (Days | Subject)", frame("sleepstudy.csv", &["Subject"])).fit();
    let first = |kind| fit.residuals_of(kind, &UNWATCHED).unwrap()[..3].to_vec();
    close("plain", &first(ResidualKind::LeastSquares), &[5.367_330_909_09, -7.252_671_515_15, -36.921_473_939_4], 1e-9);
    close("semi", &first(ResidualKind::SemiStandardized), &[6.634_198_561_29, -8.366_217_242_48, -40.667_881_372_7], 1e-9);
    let standardized = first(ResidualKind::LeastSquaresStandardized);
    close("standardized", &standardized, &[0.138_849_771_435, -0.175_099_876_972, -0.851_154_209_685], 1e-9);

    // A group of as many rows as columns has no residual; one with a constant column leaves it out.
    let data = Data::default()
        .real("y", vec![1.0, 2.0, 4.0, 7.0, 3.0, 5.0, 4.0, 6.0])
        .real("x", vec![0.0, 1.0, 0.0, 1.0, 2.0, 5.0, 5.0, 5.0])
        .group("g", &[0, 0, 1, 1, 1, 2, 2, 2]);
    let fit = linear("y ~ x + (1 | g)", data.frame()).fit();
    let plain = fit.residuals_of(ResidualKind::LeastSquares, &UNWATCHED).unwrap();
    close("by hand", &plain[..2], &[0.0, 0.0], 1e-15);
    close("by hand", &plain[5..], &[0.0, -1.0, 1.0], 1e-14);
    let semi = fit.residuals_of(ResidualKind::SemiStandardized, &UNWATCHED).unwrap();
    assert!(semi[0].is_nan() && (semi[7] - 1.5_f64.sqrt()).abs() < 1e-14, "{semi:?}");
}

#[test]
fn residuals_are_padded_and_missing_kinds_say_why() {
    let frame = data().with("x", 3, f64::NAN).frame();
    let own = linear("y ~ x + (1 | g)", frame).options(|o| o.na = NaPolicy::Pad).fit();
    for kind in [
        ResidualKind::Standardized,
        ResidualKind::Marginal,
        ResidualKind::Cholesky,
        ResidualKind::LeastSquares,
        ResidualKind::SemiStandardized,
    ] {
        let all = own.residuals_of(kind, &UNWATCHED).unwrap();
        assert!(all.len() == 50 && all[3].is_nan() && all.iter().filter(|r| r.is_nan()).count() == 1, "{kind:?}");
    }
    let refused = |model: &Generalised, kind, part: &str| {
        let error = model.fit().residuals_of(kind, &UNWATCHED).unwrap_err();
        assert!(error.code == Code::Unsupported && error.message.contains(part), "{error}");
    };
    let mut alone = linear("y ~ x", data().frame());
    alone.spec.correlation = Some(CorrelationSpec::Formula("ar1(t | g)".into()));
    refused(&alone, ResidualKind::LeastSquares, "the model has none");
    let iterative = linear("y ~ x + (1 | g) + (1 | h)", data().frame()).options(|o| o.engine = Engine::Iterative);
    refused(&iterative, ResidualKind::Cholesky, "engine = direct");
    refused(&iterative, ResidualKind::Standardized, "engine = direct");
}
