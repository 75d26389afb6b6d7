//! Degrees of freedom of linear models with residual correlation.

use interlace::fit::Fit;
use interlace::formula::CorrelationKind;
use interlace::frame::Frame;
use interlace::inference::degrees_of_freedom::{DegreesOfFreedom, Satterthwaite};
use interlace::linalg::dense;
use interlace::options::Options;
use interlace::watch::Watch;

use super::{close, fit, reals, series, spec};
use crate::common::{Rng, derivative};

/// Of differences.
const STEP: f64 = 1e-2;

/// -2 log-likelihood and Cov(beta), with matrices of all rows, of (log sigma, atanh rho, log sd of an intercept if there is one).
fn dense_model(fit: &Fit, frame: &Frame, phi: &[f64]) -> (f64, Vec<f64>) {
    let own = &fit.correlation().unwrap().design;
    let (n, p, t, y) = (fit.n_obs, fit.fixed.names.len(), reals(frame, "t"), reals(frame, "y"));
    let (sigma2, rho, between) = ((2.0 * phi[0]).exp(), phi[1].tanh(), phi.get(2).map_or(0.0, |s| (2.0 * s).exp()));
    let entry = |i: usize, j: usize| match (i == j, own.index[i] == own.index[j]) {
        (true, _) => sigma2 + between,
        (_, false) => 0.0,
        _ if own.kind == CorrelationKind::CompoundSymmetry => sigma2 * rho + between,
        _ => sigma2 * rho.powf((t[i] - t[j]).abs()) + between,
    };
    let mut v: Vec<f64> = (0..n * n).map(|e| entry(e % n, e / n)).collect();
    dense::cholesky(n, &mut v).unwrap();
    let mut columns: Vec<Vec<f64>> = fit.x.chunks_exact(n).map(<[f64]>::to_vec).collect();
    columns.push(y);
    for column in &mut columns {
        dense::solve_lower(n, &v, column);
    }
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let s: Vec<f64> = (0..p * p).map(|e| dot(&columns[e % p], &columns[e / p])).collect();
    let covariance = dense::inverse(p, &s);
    let xy: Vec<f64> = (0..p).map(|a| dot(&columns[a], &columns[p])).collect();
    let explained: f64 = (0..p * p).map(|e| xy[e % p] * covariance[e] * xy[e / p]).sum();
    let mut d = (0..n).map(|i| 2.0 * v[i * n + i].ln()).sum::<f64>() + dot(&columns[p], &columns[p]) - explained;
    if fit.reml {
        let mut factor = s;
        dense::cholesky(p, &mut factor).unwrap();
        d += (0..p).map(|j| 2.0 * factor[j * p + j].ln()).sum::<f64>();
    }
    (d, covariance)
}

/// 2 v^2 / g'A g by the definition.
fn dense_df(fit: &Fit, frame: &Frame, l: &[f64]) -> f64 {
    let (p, rho) = (l.len(), fit.correlation().unwrap().estimate);
    let mut phi = vec![fit.sigma.ln(), rho.atanh()];
    phi.extend(fit.terms.first().map(|term| term.sd[0].ln()));
    let k = phi.len();
    let variance = |phi: &[f64]| {
        let covariance = dense_model(fit, frame, phi).1;
        (0..p * p).map(|e| l[e % p] * covariance[e] * l[e / p]).sum::<f64>()
    };
    let mut slope = |phi: &[f64]| -> Vec<f64> {
        (0..k).map(|i| derivative(phi, i, STEP, &mut |x| vec![dense_model(fit, frame, x).0])[0]).collect()
    };
    let hessian: Vec<f64> = (0..k).flat_map(|i| derivative(&phi, i, STEP, &mut slope)).collect();
    let inverse = dense::inverse(k, &hessian);
    let g: Vec<f64> = (0..k).map(|i| derivative(&phi, i, STEP, &mut |x| vec![variance(x)])[0]).collect();
    let v = variance(&phi);
    v * v / (0..k * k).map(|e| g[e % k] * inverse[e] * g[e / k]).sum::<f64>()
}

#[test]
fn satterthwaite_degrees_of_freedom_equal_dense_ones() {
    let mut frame = series(14);
    frame.add_real("off", reals(&frame, "t").iter().map(|t| t + 0.5).collect()).unwrap();
    let models = [
        ("y ~ x", "ar1(t | g)", true),
        ("y ~ x", "ar1(t | g)", false),
        ("y ~ x", "ar1(off | g)", true),
        ("y ~ x", "cs(1 | g)", true),
        ("y ~ x + (1 | g)", "ar1(t | g)", true),
        ("y ~ x + (1 | g)", "ar1(t | g)", false),
    ];
    for (formula, correlation, reml) in models {
        let fit = fit(&frame, formula, correlation, reml);
        assert!(!fit.singular, "{formula}");
        let own = Satterthwaite::of(&fit, &Watch::unwatched()).unwrap();
        assert!(!own.indefinite);
        for l in [[1.0, 0.0], [0.0, 1.0], [1.0, 2.0]] {
            let (got, want) = (own.df(&l), dense_df(&fit, &frame, &l));
            assert!((got / want - 1.0).abs() < 1e-4, "{formula}, {correlation}, {l:?}: {got} for {want}");
        }
    }
}

#[test]
fn compound_symmetry_has_the_degrees_of_freedom_of_a_random_intercept() {
    for (seed, reml) in [(2, true), (15, false)] {
        let frame = series(seed);
        let options = Options { reml, ..Options::default() };
        let mut plain = spec("y ~ x + (1 | g)", "", None);
        plain.correlation = None;
        let intercept = Fit::new(&plain, Some(&frame), &options, &Watch::unwatched()).unwrap();
        let cs = fit(&frame, "y ~ x", "cs(1 | g)", reml);
        let (want, got) =
            (Satterthwaite::of(&intercept, &Watch::unwatched()).unwrap(), Satterthwaite::of(&cs, &Watch::unwatched()).unwrap());
        for l in [[1.0, 0.0], [0.0, 1.0], [1.0, -3.0]] {
            close("df", &[got.df(&l)], &[want.df(&l)], 1e-5);
        }
        let both = [1.0, 0.0, 0.0, 1.0];
        let want = DegreesOfFreedom::Satterthwaite(&want).joint_test(&intercept, &both, 2, &[0.0; 2]).unwrap();
        let got = DegreesOfFreedom::Satterthwaite(&got).joint_test(&cs, &both, 2, &[0.0; 2]).unwrap();
        close("F test", &[got.chi_square, got.df2, got.p_value], &[want.chi_square, want.df2, want.p_value], 1e-5);
    }
}

/// Correlations and variances that are zero are taken as known; one that is nearly zero costs little.
#[test]
fn degrees_of_freedom_without_correlation_are_those_of_the_plain_model() {
    let mut rng = Rng(6);
    let (mut y, mut c, mut x, mut t, mut g) = (vec![], vec![], vec![], vec![], vec![]);
    for group in 0..25 {
        let (mut e, b) = (rng.normal(), rng.normal());
        for k in 0..8 {
            e = -0.6 * e + 0.8 * rng.normal();
            x.push(rng.normal());
            y.push(e + b);
            c.push(b + rng.normal());
            t.push(f64::from(k) + 0.25);
            g.push(group);
        }
    }
    let mut frame = Frame::new(y.len());
    for (name, values) in [("y", y), ("c", c), ("x", x), ("t", t)] {
        frame.add_real(name, values).unwrap();
    }
    frame.add_integers("g", g).unwrap();
    let df = |fit: &Fit| {
        let own = Satterthwaite::of(fit, &Watch::unwatched()).unwrap();
        let caveat = DegreesOfFreedom::Satterthwaite(&own).caveat(fit);
        ([own.df(&[1.0, 0.0]), own.df(&[0.0, 1.0])], caveat)
    };
    let plain = |formula: &str| {
        let mut plain = spec(formula, "", None);
        plain.correlation = None;
        Fit::new(&plain, Some(&frame), &Options::default(), &Watch::unwatched()).unwrap()
    };
    let zero = fit(&frame, "y ~ x + (1 | g)", "ar1(t | g)", true);
    assert!(zero.correlation().unwrap().estimate < 1e-6 && !zero.singular);
    let (got, caveat) = df(&zero);
    close("zero correlation", &got, &df(&plain("y ~ x + (1 | g)")).0, 1e-5);
    assert_eq!(caveat, Some("given the residual correlation"));

    let independent = fit(&frame, "c ~ x + (1 | g)", "ar1(1 | g)", true);
    let (got, caveat) = df(&independent);
    assert_eq!(caveat, None);
    close("little correlation", &got, &df(&plain("c ~ x + (1 | g)")).0, 0.05);

    // A variance of zero besides a correlation.
    frame
        .add_real(
            "d",
            reals(&frame, "y")
                .chunks(8)
                .flat_map(|own| {
                    let mean = own.iter().sum::<f64>() / 8.0;
                    own.iter().map(move |v| v - mean)
                })
                .collect(),
        )
        .unwrap();
    let singular = fit(&frame, "d ~ x + (1 | g)", "ar1(1 | g)", true);
    assert!(singular.singular);
    let (got, caveat) = df(&singular);
    close("no variance", &got, &df(&fit(&frame, "d ~ x", "ar1(1 | g)", true)).0, 1e-5);
    assert_eq!(caveat, Some("given the variances of zero"));
}
