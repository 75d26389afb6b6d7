//! Profile-likelihood intervals of linear models, against dense likelihoods that are minimised here, refits, another engine and nlme.

use crate::common::frames::frame;
use crate::common::generalised::{Generalised, generalised, linear};
use crate::common::watching::{heard_up_to, reporting};
use crate::common::{Data, Rng};
use interlace::fit::Fit;
use interlace::inference::profile::Profile;
use interlace::linalg::dense;
use interlace::spec::CorrelationSpec;
use interlace::watch::{Phase, Watch};

/// The square of the normal quantile of a 95 % interval.
const CUTOFF: f64 = 3.841_458_820_694_124;

/// Ten groups of six rows, crossed with seven levels of h; residuals of a group are correlated.
fn data(seed: u64) -> Data {
    let mut rng = Rng(seed);
    let n = 60;
    let (g, h): (Vec<usize>, Vec<usize>) = ((0..n).map(|i| i / 6).collect(), (0..n).map(|i| i * 3 % 7).collect());
    let (x, z, v) = (rng.normals(n), rng.normals(n), rng.normals(n));
    let (b0, b1, c) = (rng.normals(10), rng.normals(10), rng.normals(7));
    let (mut y, mut e) = (vec![], 0.0);
    for i in 0..n {
        e = if i % 6 == 0 { rng.normal() } else { 0.5 * e + 0.75_f64.sqrt() * rng.normal() };
        y.push(2.0 + 0.7 * x[i] + 0.9 * b0[g[i]] + (0.3 * b0[g[i]] + 0.8 * b1[g[i]]) * z[i] + 0.6 * c[h[i]] + e);
    }
    let time: Vec<f64> = (0..n).map(|i| (i % 6) as f64).collect();
    let real = time.iter().map(|t| 0.8 * t + 0.1 * rng.uniform()).collect();
    Data::default()
        .real("y", y)
        .real("x", x)
        .real("z", z)
        .real("v", v)
        .real("noise", rng.normals(n))
        .real("w", (0..n).map(|i| 0.5 + (i % 4) as f64).collect())
        .real("o", rng.normals(n))
        .real("t", time)
        .real("s", real)
        .group("g", &g)
        .group("k", &(0..n).map(|i| i / 3 % 2).collect::<Vec<_>>())
        .group("h", &h)
}

/// A model with what its likelihood with dense matrices needs.
struct Case {
    formula: &'static str,
    correlation: Option<&'static str>,
    weighted: bool,
    /// Grouping column, and the column of the second effect if there is one.
    terms: &'static [(&'static str, Option<&'static str>)],
}

const CASES: [Case; 8] = [
    Case { formula: "y ~ x + (1 + z | g)", correlation: None, weighted: true, terms: &[("g", Some("z"))] },
    Case { formula: "y ~ x + (1 | g) + (1 | h)", correlation: None, weighted: false, terms: &[("g", None), ("h", None)] },
    Case { formula: "y ~ x + (1 | g)", correlation: Some("ar1(t | g)"), weighted: true, terms: &[("g", None)] },
    Case { formula: "y ~ x + (1 + z | g)", correlation: Some("ar1(1 | g)"), weighted: false, terms: &[("g", Some("z"))] },
    Case { formula: "y ~ x + (1 + z | h)", correlation: Some("ar1(s | g)"), weighted: false, terms: &[("h", Some("z"))] },
    Case { formula: "y ~ x + (1 | h)", correlation: Some("cs(1 | g)"), weighted: true, terms: &[("h", None)] },
    Case { formula: "y ~ x", correlation: Some("cs(1 | g)"), weighted: false, terms: &[] },
    Case { formula: "y ~ x", correlation: Some("ar1(s | g)"), weighted: true, terms: &[] },
];

fn model(formula: &str, correlation: Option<&str>, weighted: bool, data: &Data) -> Generalised {
    let mut model = linear(formula, data.frame());
    model.spec.correlation = correlation.map(|c| CorrelationSpec::Formula(c.into()));
    if weighted { model.formula(|f| f.weights = Some("w".into())) } else { model }
}

impl Case {
    fn model(&self, data: &Data) -> Generalised {
        model(self.formula, self.correlation, self.weighted, data)
    }

    /// The deviance of maximum likelihood: standard deviations and correlations term by term, sigma, the residual correlation.
    fn deviance(&self, data: &Data, p: &[f64]) -> f64 {
        let n = data.n();
        let labels = |name: &str| &data.labels.iter().find(|(own, _)| own == name).unwrap().1;
        let n_cov: usize = self.terms.iter().map(|(_, z)| if z.is_some() { 3 } else { 1 }).sum();
        let sigma = p[n_cov];
        let root_weight = |i: usize| if self.weighted { data.values("w")[i].sqrt() } else { 1.0 };
        let mut v = vec![0.0; n * n];
        for i in 0..n {
            for j in 0..n {
                v[j * n + i] = sigma * sigma * self.residual(data, i, j, p.get(n_cov + 1)) / (root_weight(i) * root_weight(j));
                let mut at = 0;
                for (group, z) in self.terms {
                    let own = &p[at..at + if z.is_some() { 3 } else { 1 }];
                    at += own.len();
                    if labels(group)[i] != labels(group)[j] {
                        continue;
                    }
                    v[j * n + i] += match (own, z) {
                        ([a, cor, b], Some(z)) => {
                            let (s, t) = (data.values(z)[i], data.values(z)[j]);
                            a * a + cor * a * b * (s + t) + b * b * s * t
                        }
                        _ => own[0] * own[0],
                    };
                }
            }
        }
        dense::cholesky(n, &mut v).unwrap_or_else(|_| v.fill(f64::NAN));
        let log_det: f64 = (0..n).map(|i| 2.0 * v[i * n + i].ln()).sum();
        let mut columns = [vec![1.0; n], data.values("x").to_vec(), data.values("y").to_vec()];
        for column in &mut columns {
            dense::solve_lower(n, &v, column);
        }
        let product = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let mut gram: Vec<f64> = (0..9).map(|e| product(&columns[e % 3], &columns[e / 3])).collect();
        dense::cholesky(3, &mut gram).unwrap_or_else(|_| gram.fill(f64::NAN));
        let d = log_det + n as f64 * std::f64::consts::TAU.ln() + gram[8] * gram[8];
        if d.is_nan() { f64::INFINITY } else { d }
    }

    fn residual(&self, data: &Data, i: usize, j: usize, rho: Option<&f64>) -> f64 {
        if i == j {
            return 1.0;
        }
        let (Some(kind), Some(rho), true) = (self.correlation, rho, i / 6 == j / 6) else { return 0.0 };
        let times = data.values(if kind.starts_with("ar1(s") { "s" } else { "t" });
        let distance = (times[i] - times[j]).abs();
        if kind.starts_with("cs") {
            *rho
        } else if distance.fract() == 0.0 {
            rho.powi(distance as i32)
        } else {
            rho.powf(distance)
        }
    }

    /// Which of the dense likelihood's parameters are correlations.
    fn correlations(&self) -> Vec<bool> {
        let mut all: Vec<bool> =
            self.terms.iter().flat_map(|(_, z)| if z.is_some() { vec![false, true, false] } else { vec![false] }).collect();
        all.push(false);
        all.extend(self.correlation.map(|_| true));
        all
    }
}

/// The least value near a start (Nelder and Mead 1965), begun anew from where it ends until that is no better.
fn least(f: &dyn Fn(&[f64]) -> f64, start: &[f64]) -> f64 {
    let (mut best, mut value) = (start.to_vec(), f(start));
    for round in 0..40 {
        let size = if round % 2 == 0 { 0.1 } else { -0.03 };
        let (x, v) = simplex(f, &best, size);
        let gain = value - v;
        (best, value) = (x, v);
        if gain < 1e-11 && round > 1 {
            break;
        }
    }
    value
}

fn simplex(f: &dyn Fn(&[f64]) -> f64, start: &[f64], size: f64) -> (Vec<f64>, f64) {
    let n = start.len();
    let mut all: Vec<(Vec<f64>, f64)> = (0..=n)
        .map(|k| {
            let mut x = start.to_vec();
            if k > 0 {
                x[k - 1] += size;
            }
            let v = f(&x);
            (x, v)
        })
        .collect();
    for _ in 0..2000 {
        all.sort_by(|a, b| a.1.total_cmp(&b.1));
        if n == 0 || all[n].1 - all[0].1 < 1e-12 {
            break;
        }
        let centre: Vec<f64> = (0..n).map(|i| all[..n].iter().map(|p| p.0[i]).sum::<f64>() / n as f64).collect();
        let at = |by: f64| {
            let x: Vec<f64> = centre.iter().zip(&all[n].0).map(|(c, w)| c + by * (c - w)).collect();
            let v = f(&x);
            (x, v)
        };
        let reflected = at(1.0);
        let next = if reflected.1 < all[0].1 {
            let further = at(2.0);
            if further.1 < reflected.1 { further } else { reflected }
        } else if reflected.1 < all[n - 1].1 {
            reflected
        } else {
            let inner = if reflected.1 < all[n].1 { at(0.5) } else { at(-0.5) };
            if inner.1 < all[n].1.min(reflected.1) { inner } else { (vec![], f64::NAN) }
        };
        if next.1.is_nan() {
            let first = all[0].0.clone();
            for p in &mut all[1..] {
                p.0.iter_mut().zip(&first).for_each(|(x, b)| *x = 0.5 * (*x + b));
                p.1 = f(&p.0);
            }
        } else {
            all[n] = next;
        }
    }
    all.swap_remove(0)
}

/// A parameter from a number without bounds, and back: a correlation from its arc sine, a standard deviation with either sign.
fn natural(correlation: bool, x: f64) -> f64 {
    if correlation { x.sin() } else { x.abs() }
}

fn free(correlation: bool, v: f64) -> f64 {
    if correlation { v.asin() } else { v }
}

fn check_against_dense(case: &Case, data: &Data) {
    let what = format!("{} {:?}", case.formula, case.correlation);
    let model = case.model(data);
    let profiles = model.fit().profile(0.95, &Watch::unwatched()).unwrap();
    let minimum = model.options(|o| o.reml = false).fit().criterion;
    let correlation = case.correlations();
    let n = correlation.len();
    let sigma = n - 1 - usize::from(case.correlation.is_some());
    for i in 0..n {
        for v in [profiles[i].lower, profiles[i].upper] {
            assert!(v.is_finite(), "{what}: {:?}", profiles[i]);
            let at = |x: &[f64]| -> f64 {
                let mut others = x.iter().enumerate().map(|(k, x)| natural(correlation[k + usize::from(k >= i)], *x));
                let p: Vec<f64> = (0..n).map(|k| if k == i { v } else { others.next().unwrap() }).collect();
                case.deviance(data, &p)
            };
            let start: Vec<f64> = (0..n).filter(|k| *k != i).map(|k| free(correlation[k], profiles[k].estimate)).collect();
            // There may be more than one minimum: starts differ in the effects' correlation.
            let place = |k: usize| k + usize::from(k >= i);
            let turned = |by: f64| -> Vec<f64> {
                let own = |(k, x): (usize, &f64)| if correlation[place(k)] && place(k) < sigma { by } else { *x };
                start.iter().enumerate().map(own).collect()
            };
            let mut found = least(&at, &start);
            for by in [-1.2, 0.0, 1.2] {
                let other = turned(by);
                found = if other == start { found } else { found.min(least(&at, &other)) };
            }
            let rise = found - minimum;
            let on_bound = v == 0.0 || v.abs() == 1.0;
            let met = if on_bound { rise <= CUTOFF } else { (rise - CUTOFF).abs() < 1e-8 };
            assert!(met, "{what} {} at {v}: {rise}", profiles[i].name);
        }
    }
}

#[test]
fn limits_of_variances_and_correlations_satisfy_their_likelihood_equation() {
    let data = data(3);
    for case in &CASES {
        check_against_dense(case, &data);
    }
}

/// The model without a column whose effect is an offset.
#[test]
fn limits_of_fixed_effects_satisfy_their_likelihood_equation() {
    let data = data(4);
    for case in &CASES {
        let profiles = case.model(&data).fit().profile(0.95, &Watch::unwatched()).unwrap();
        let minimum = case.model(&data).options(|o| o.reml = false).fit().criterion;
        let n = profiles.len();
        for (profile, (held, column)) in profiles[n - 2..].iter().zip([("x", None), ("1", Some("x"))]) {
            for v in [profile.lower, profile.upper] {
                let offset = match column {
                    None => vec![v; data.n()],
                    Some(name) => data.values(name).iter().map(|x| v * x).collect(),
                };
                let fixed = if held == "1" { "y ~ 1 + offset(off)" } else { "y ~ 0 + x + offset(off)" };
                let formula = case.formula.replacen("y ~ x", fixed, 1);
                let other = model(&formula, case.correlation, case.weighted, &data.clone().real("off", offset));
                let rise = other.options(|o| o.reml = false).fit().criterion - minimum;
                assert!((rise - CUTOFF).abs() < 1e-8, "{} {:?} {} at {v}: {rise}", case.formula, case.correlation, profile.name);
            }
        }
    }
}

fn same(what: &str, got: &[Profile], want: &[Profile], tolerance: f64) {
    let names = |all: &[Profile]| all.iter().map(|p| p.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(got), names(want), "{what}");
    for (g, w) in got.iter().zip(want) {
        assert_eq!(g.warning, w.warning, "{what} {}", g.name);
        for (a, b) in [(g.estimate, w.estimate), (g.lower, w.lower), (g.upper, w.upper)] {
            let close = (a - b).abs() <= tolerance * (1.0 + b.abs()) || (a.is_nan() && b.is_nan());
            assert!(close, "{what} {}: {a} for {b}", g.name);
        }
    }
}

/// The Laplace approximation is exact where the response is Gaussian, and passes over the rows.
#[test]
fn intervals_equal_those_of_the_gaussian_generalised_model() {
    let data = data(5);
    let twice = data.values("x").iter().map(|x| 2.0 * x - 1.0).collect();
    let data = data.real("twice", twice);
    for formula in [
        "y ~ x + (1 + z | g)",
        "y ~ x + (1 + z || g)",
        "y ~ x + diag(1 + z | g) + (1 | h)",
        "y ~ x + cs(1 + z | g)",
        "y ~ x + cs(1 + z + v | g)",
        "y ~ 1 + ar1(0 + z + v | g)",
        "y ~ x + (0 + z | g) + offset(o)",
        "y ~ x + twice + z + (1 | g:k) + (1 | g)",
    ] {
        for weighted in [false, true] {
            let weights = |model: Generalised| {
                if weighted { model.formula(|f| f.weights = Some("w".into())) } else { model }
            };
            let got = weights(linear(formula, data.frame())).fit().profile(0.9, &Watch::unwatched()).unwrap();
            let want = weights(generalised(formula, "gaussian", data.frame())).fit().profile(0.9, &Watch::unwatched()).unwrap();
            same(formula, &got, &want, 1e-6);
        }
    }
}

/// Variances that are zero, and correlations of one.
#[test]
fn intervals_of_singular_fits_equal_those_of_the_gaussian_generalised_model() {
    for formula in ["noise ~ x + (1 | g)", "noise ~ x + (1 + z || g)", "noise ~ x + (1 | g) + (1 | h)", "noise ~ x + (1 + z | g)"] {
        let ml = |seed: u64| linear(formula, data(seed).frame()).options(|o| o.reml = false).fit();
        let seed = (6..60).find(|seed| ml(*seed).singular).unwrap();
        let got = ml(seed).profile(0.9, &Watch::unwatched()).unwrap();
        let want = generalised(formula, "gaussian", data(seed).frame()).fit().profile(0.9, &Watch::unwatched()).unwrap();
        same(&format!("{formula} {seed}"), &got, &want, 1e-6);
    }
}

/// Profiles are of maximum likelihood whatever the fit's method.
#[test]
fn restricted_fits_have_the_profiles_of_maximum_likelihood() {
    let data = data(7);
    for case in &CASES {
        let reml = case.model(&data).fit().profile(0.95, &Watch::unwatched()).unwrap();
        let ml = case.model(&data).options(|o| o.reml = false).fit();
        let own = ml.profile(0.95, &Watch::unwatched()).unwrap();
        same(case.formula, &reml, &own, 1e-6);
        let correlation = ml.correlation();
        let n_cov = own.len() - 3 - usize::from(correlation.is_some());
        assert_eq!(own[n_cov].name, "sigma");
        assert!((own[n_cov].estimate - ml.sigma).abs() < 1e-6 * ml.sigma);
        if let Some(correlation) = correlation {
            let profile = &own[n_cov + 1];
            assert_eq!(profile.name, correlation.name());
            assert!((profile.estimate - correlation.estimate).abs() < 1e-6, "{profile:?} {}", correlation.estimate);
            assert!(
                profile.curve.points.windows(2).all(|w| w[0].value <= w[1].value && w[0].zeta <= w[1].zeta + 1e-6),
                "{profile:?}"
            );
        }
    }
}

/// Roots of nlme's log-likelihood with the correlation fixed: `gls` and `lme` by maximum likelihood. At the last upper limit `lme` stays at a
/// variance of zero, where the deviance is higher by 0.01; that limit is by dense matrices in R.
#[test]
fn intervals_of_residual_correlations_are_those_of_nlme() {
    for (formula, correlation, lower, upper) in [
        ("Reaction ~ Days", "ar1(1 | Subject)", 0.703_062_985_198, 0.869_653_526_644),
        ("Reaction ~ Days", "cs(1 | Subject)", 0.402_815_012_530, 0.751_349_850_459),
        ("Reaction ~ Days + (1 | Subject)", "ar1(Days | Subject)", 0.465_311_446_845, 0.823_030_001_156),
    ] {
        let mut model = linear(formula, frame("sleepstudy.csv", &["Subject"]));
        model.spec.correlation = Some(CorrelationSpec::Formula(correlation.into()));
        let fit: Fit = model.fit();
        let profiles = fit.profile(0.95, &Watch::unwatched()).unwrap();
        let own = profiles.iter().find(|p| p.name == fit.correlation().unwrap().name()).unwrap();
        assert!((own.lower - lower).abs() < 1e-7 && (own.upper - upper).abs() < 1e-7, "{correlation}: {own:?}");
    }
}

/// In continuous time a correlation of zero is a value of its own.
#[test]
fn a_residual_correlation_can_be_zero() {
    let data = data(8);
    let fit = model("noise ~ x", Some("ar1(s | g)"), false, &data).fit();
    let profiles = fit.profile(0.95, &Watch::unwatched()).unwrap();
    assert!(profiles[1].lower == 0.0 && profiles[1].upper > 0.0 && profiles[1].upper < 1.0, "{:?}", profiles[1]);
    assert!(profiles.iter().all(|p| p.warning.is_none()), "{profiles:?}");
}

/// theta is relative to sigma, as that of the fit, and the residual correlation stands behind it.
#[test]
fn progress_sees_the_theta_of_the_fit() {
    let data = data(9);
    let fit = CASES[2].model(&data).options(|o| o.reml = false).fit();
    let (profiles, heard) = heard_up_to(usize::MAX, |watch| fit.profile(0.95, watch));
    profiles.unwrap();
    let points = heard.into_iter().filter(|own| own.phase == Phase::Profile && !own.theta.is_empty());
    let seen: Vec<Vec<f64>> = points.map(|own| own.theta).collect();
    assert!(seen.iter().all(|theta| theta.len() == 2));
    let rho = fit.correlation().unwrap().estimate;
    // The profile of a fixed effect passes near the estimates.
    assert!(seen.iter().any(|t| (t[0] / fit.theta[0] - 1.0).abs() < 0.2 && (t[1] - rho).abs() < 0.1), "{seen:?}");
    let stopped = reporting(|own| own.step < 2, |watch| fit.profile(0.95, watch));
    assert_eq!(stopped.unwrap_err().code, interlace::error::Code::Cancelled);
}

/// Where the intercept's standard deviation would change its sign the profile goes on at zero. Root of lme4's deviance function with both
/// standard deviations at their best above zero.
#[test]
fn a_profile_of_a_correlation_does_not_pass_a_standard_deviation_of_zero() {
    let mut model = linear("y ~ 0 + f:x + (1 + z | g)", frame("sim_correlation_edge.csv", &["g"]));
    model.options.reml = false;
    let profiles = model.fit().profile(0.95, &Watch::unwatched()).unwrap();
    let own = profiles.iter().find(|p| p.name == "cor_z.(Intercept)|g").unwrap();
    assert!((own.upper + 0.269_700_634_5).abs() < 1e-8 && own.lower == -1.0, "{own:?}");
}
