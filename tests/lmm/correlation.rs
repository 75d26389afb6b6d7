//! Linear models with residual correlation against figures of nlme and of the likelihood evaluated with dense matrices.

mod degrees_of_freedom;

use crate::common::Rng;
use crate::common::close::close_together as close;
use crate::common::entries::{entries, numbers, text};
use crate::common::frames::{frame, reals};
use interlace::diagnostics::ResidualKind;
use interlace::fit::Fit;
use interlace::formula::CorrelationKind;
use interlace::frame::{CsvOptions, Frame};
use interlace::linalg::dense;
use interlace::options::Options;
use interlace::predict::{NewData, Request};
use interlace::resample::{BootstrapOptions, RandomEffects};
use interlace::spec::{ArrayCorrelation, ArraySpec, CorrelationSpec, FormulaSpec, ModelKind, Source, Spec};
use interlace::watch::Watch;
use serde_json::Value;

fn spec(formula: &str, correlation: &str, weights: Option<&str>) -> Spec {
    let source = FormulaSpec { formula: formula.into(), weights: weights.map(Into::into), ..Default::default() };
    let mut spec = Spec::new(ModelKind::Lmm, Source::Formula(source));
    spec.correlation = Some(CorrelationSpec::Formula(correlation.into()));
    spec
}

fn fit_of(entry: &Value) -> Fit {
    let mut frame = frame(&text(&entry["data"]), &[]);
    let n = frame.n_rows();
    frame.add_real("w", (1..=n).map(|i| 0.5 + (i % 4) as f64).collect()).unwrap();
    let spec = spec(&text(&entry["formula"]), &text(&entry["correlation"]), entry["weights"].as_str());
    Fit::new(&spec, Some(&frame), &Options { reml: entry["method"] == "reml", ..Options::default() }, &Watch::unwatched()).unwrap()
}

#[test]
fn estimates_equal_polished_maxima() {
    for entry in entries("correlation") {
        let id = text(&entry["id"]);
        let fit = fit_of(&entry);
        let correlation = fit.correlation().unwrap();
        assert!(fit.outcome.converged, "{id}: {:?}", fit.outcome);
        assert_eq!(fit.npar as u64, entry["npar"].as_u64().unwrap(), "{id}");
        close(&format!("{id} logLik"), &[fit.log_likelihood], &numbers(&entry["logLik"]), 1e-10);
        close(&format!("{id} AIC"), &[fit.aic], &numbers(&entry["AIC"]), 1e-10);
        close(&format!("{id} BIC"), &[fit.bic], &numbers(&entry["BIC"]), 1e-10);
        close(&format!("{id} rho"), &[correlation.estimate], &numbers(&entry["estimate"]), 1e-6);
        close(&format!("{id} sigma"), &[fit.sigma], &numbers(&entry["sigma"]), 1e-6);
        close(&format!("{id} fixed"), &fit.fixed.estimate, &numbers(&entry["beta"]), 1e-6);
        close(&format!("{id} standard errors"), &fit.fixed.std_error, &numbers(&entry["std_error"]), 1e-6);
        close(&format!("{id} vcov"), &fit.fixed.vcov, &numbers(&entry["vcov"]), 1e-6);
        if let Some(term) = fit.terms.first() {
            close(&format!("{id} sd"), &term.sd, &numbers(&entry["sd"]), 1e-6);
            close(&format!("{id} modes"), &term.modes, &numbers(&entry["modes"]), 1e-6);
        }
        close(&format!("{id} fitted"), &fit.fitted[..20], &numbers(&entry["fitted"]), 1e-5);
    }
}

/// Continuous time, weights, groups of several sizes, Wald limits: to the digits that nlme's optimiser and its differences leave.
#[test]
fn estimates_and_limits_equal_those_of_nlme() {
    for entry in entries("correlation_nlme") {
        let id = text(&entry["id"]);
        let fit = fit_of(&entry);
        let correlation = fit.correlation().unwrap();
        close(&format!("{id} logLik"), &[fit.log_likelihood], &numbers(&entry["logLik"]), 1e-9);
        close(&format!("{id} rho"), &[correlation.estimate], &numbers(&entry["estimate"]), 1e-4);
        close(&format!("{id} fixed"), &fit.fixed.estimate, &numbers(&entry["beta"]), 1e-5);
        let (lower, upper) = correlation.interval(0.95).unwrap();
        close(&format!("{id} limits"), &[lower, upper], &[numbers(&entry["lower"])[0], numbers(&entry["upper"])[0]], 2e-3);
    }
}

/// Correlated series of unequal lengths with unequal gaps.
fn series(seed: u64) -> Frame {
    let mut rng = Rng(seed);
    let (mut y, mut x, mut time, mut g, mut w) = (vec![], vec![], vec![], vec![], vec![]);
    for group in 0..14 {
        let (mut e, mut t, b) = (rng.normal(), 0.0, 0.7 * rng.normal());
        for _ in 0..6 + group % 5 {
            let gap = 1.0 + rng.below(3) as f64;
            let p = 0.6f64.powf(gap);
            e = p * e + (1.0 - p * p).sqrt() * rng.normal();
            t += gap;
            x.push(rng.normal());
            w.push(0.5 + rng.uniform());
            y.push(1.0 + 0.5 * x[x.len() - 1] + b + e / w[w.len() - 1].sqrt());
            time.push(t);
            g.push(format!("g{group:02}"));
        }
    }
    let mut frame = Frame::new(y.len());
    for (name, values) in [("y", y), ("x", x), ("t", time), ("w", w)] {
        frame.add_real(name, values).unwrap();
    }
    frame.add_strings("g", &g.iter().map(|s| Some(s.as_str())).collect::<Vec<_>>()).unwrap();
    frame
}

fn fit(frame: &Frame, formula: &str, correlation: &str, reml: bool) -> Fit {
    Fit::new(&spec(formula, correlation, None), Some(frame), &Options { reml, ..Options::default() }, &Watch::unwatched()).unwrap()
}

#[test]
fn without_correlation_it_is_the_plain_model() {
    let frame = series(1);
    let mut plain = spec("y ~ x + (1 | g)", "", Some("w"));
    plain.correlation = None;
    for reml in [true, false] {
        let options = Options { reml, ..Options::default() };
        let want = Fit::objective(&plain, Some(&frame), &options, &[0.4], &Watch::unwatched()).unwrap();
        for correlation in ["ar1(1 | g)", "ar1(t | g)", "ar1(I(t / 3) | g)"] {
            let own = spec("y ~ x + (1 | g)", correlation, Some("w"));
            let got = Fit::objective(&own, Some(&frame), &options, &[0.4, 0.0], &Watch::unwatched()).unwrap();
            assert!((got[0] - want[0]).abs() < 1e-10 * want[0].abs(), "{correlation}: {got:?} for {want:?}");
        }
    }
}

#[test]
fn compound_symmetry_is_a_random_intercept_or_negative() {
    let frame = series(2);
    let mut plain = spec("y ~ x + (1 | g)", "", None);
    plain.correlation = None;
    let intercept = Fit::new(&plain, Some(&frame), &Options::default(), &Watch::unwatched()).unwrap();
    let cs = fit(&frame, "y ~ x", "cs(1 | g)", true);
    assert!(cs.terms.is_empty() && cs.outcome.converged);
    close("criterion", &[cs.criterion], &[intercept.criterion], 1e-11);
    let total = intercept.terms[0].cov[0] + intercept.sigma.powi(2);
    close("variances", &[cs.sigma.powi(2)], &[total], 1e-6);
    close("rho", &[cs.correlation().unwrap().estimate], &[intercept.terms[0].cov[0] / total], 1e-6);
    close("vcov", &cs.fixed.vcov, &intercept.fixed.vcov, 1e-6);
    assert_eq!(cs.npar, intercept.npar);

    // Deviations from group means vary alone: negative correlation, near its bound for groups of four.
    let mut rng = Rng(3);
    let (mut y, mut g) = (vec![], vec![]);
    for group in 0..20 {
        let e = rng.normals(4);
        let mean = e.iter().sum::<f64>() / 4.0;
        y.extend(e.iter().map(|v| v - 0.8 * mean));
        g.extend([(); 4].map(|()| group));
    }
    let mut frame = Frame::new(80);
    frame.add_real("y", y).unwrap();
    frame.add_integers("g", g).unwrap();
    let fit = fit(&frame, "y ~ 1", "cs(1 | g)", true);
    let own = fit.correlation().unwrap();
    assert!(fit.outcome.converged && own.estimate < -0.2 && own.estimate > -1.0 / 3.0, "{own:?}");
    let (lower, upper) = own.interval(0.95).unwrap();
    assert!(lower > -1.0 / 3.0 && lower < own.estimate && own.estimate < upper && upper < 0.0);
}

#[test]
fn the_order_of_rows_is_irrelevant_where_times_are_given() {
    let mut frame = series(4);
    let first = fit(&frame, "y ~ x + (1 | g)", "ar1(t | g)", true);
    let mut shuffled = Frame::new(frame.n_rows());
    let order = Rng(5).order(frame.n_rows());
    for name in ["y", "x", "t"] {
        let interlace::frame::ColumnData::Real(values) = &*frame.column(name).unwrap().data else { panic!() };
        shuffled.add_real(name, order.iter().map(|&i| values[i]).collect()).unwrap();
    }
    let labels: Vec<String> = {
        let term = &first.terms[0];
        order.iter().map(|&i| term.design.levels[term.design.index[i] as usize].clone()).collect()
    };
    shuffled.add_strings("g", &labels.iter().map(|s| Some(s.as_str())).collect::<Vec<_>>()).unwrap();
    let second = fit(&shuffled, "y ~ x + (1 | g)", "ar1(t | g)", true);
    close("criterion", &[second.criterion], &[first.criterion], 1e-12);
    close("rho", &[second.correlation().unwrap().estimate], &[first.correlation().unwrap().estimate], 1e-7);
    close("fixed", &second.fixed.estimate, &first.fixed.estimate, 1e-8);

    // Whole numbers a little off: continuous time, the same model where the parameter is positive.
    frame.add_real("off", reals(&frame, "t").iter().map(|t| t + 0.5).collect()).unwrap();
    let continuous = fit(&frame, "y ~ x + (1 | g)", "ar1(off | g)", true);
    close("continuous", &[continuous.criterion], &[first.criterion], 1e-11);
    assert!(continuous.correlation().unwrap().lower == 0.0 && first.correlation().unwrap().lower == -1.0);
}

/// In continuous time a negative correlation has no place: the estimate is zero, the fit that without correlation.
#[test]
fn a_correlation_at_zero_in_continuous_time() {
    let mut rng = Rng(6);
    let (mut y, mut t, mut g) = (vec![], vec![], vec![]);
    for group in 0..25 {
        let mut e = rng.normal();
        for k in 0..8 {
            e = -0.6 * e + 0.8 * rng.normal();
            y.push(e);
            t.push(f64::from(k) + 0.25);
            g.push(group);
        }
    }
    let mut frame = Frame::new(y.len());
    frame.add_real("y", y).unwrap();
    frame.add_real("t", t).unwrap();
    frame.add_integers("g", g).unwrap();
    let zero = fit(&frame, "y ~ 1", "ar1(t | g)", true);
    let own = zero.correlation().unwrap();
    assert!(zero.outcome.converged, "{:?}", zero.outcome);
    assert!(own.estimate < 1e-6 && own.std_error.is_nan(), "{own:?}");
    let none =
        Fit::objective(&spec("y ~ 1", "ar1(t | g)", None), Some(&frame), &Options::default(), &[0.0], &Watch::unwatched()).unwrap();
    close("criterion", &[zero.criterion], &none, 1e-9);
    // By the order of the rows it may be negative.
    let negative = fit(&frame, "y ~ 1", "ar1(1 | g)", true);
    assert!(negative.correlation().unwrap().estimate < -0.4 && negative.criterion < zero.criterion - 10.0);
}

#[test]
fn what_can_not_be_is_an_error() {
    let frame = series(7);
    let error = |formula: &str, correlation: &str| {
        Fit::new(&spec(formula, correlation, None), Some(&frame), &Options::default(), &Watch::unwatched()).unwrap_err()
    };
    let check = |formula: &str, correlation: &str, parts: &[&str]| {
        let message = error(formula, correlation).message;
        for part in parts {
            assert!(message.contains(part), "{correlation}: {message}");
        }
    };
    check("y ~ x", "ar1(I(0 * t) | g)", &["time", "once", "row 1", "row 2", "g00"]);
    check("y ~ x", "ar1(nothing | g)", &["nothing"]);
    check("y ~ x", "ar1(t | nothing)", &["nothing"]);
    check("y ~ x", "ar1(1 | y)", &["no level", "more than one row"]);
    check("y ~ x + (1 | g)", "cs(1 | g)", &["same model twice"]);
    check("y ~ x + (1 + x | g)", "cs(1 | g)", &["same model twice"]);
    check("y ~ x", "ar(1 | g)", &["no residual correlation"]);
    let mut glmm = spec("y ~ x + (1 | g)", "ar1(1 | g)", None);
    glmm.kind = ModelKind::Glmm;
    assert!(
        Fit::new(&glmm, Some(&frame), &Options::default(), &Watch::unwatched())
            .unwrap_err()
            .message
            .contains("linear models alone")
    );
    let far = Options { theta0: Some(vec![0.5, 1.0]), ..Options::default() };
    let message =
        Fit::new(&spec("y ~ x + (1 | g)", "ar1(1 | g)", None), Some(&frame), &far, &Watch::unwatched()).unwrap_err().message;
    assert!(message.contains("between -1 and 1"), "{message}");
    let fitted = fit(&frame, "y ~ x + (1 | g)", "ar1(t | g)", true);
    assert!(fitted.correlation().unwrap().interval(1.0).unwrap_err().message.contains("level"));
}

#[test]
fn simulated_residuals_have_the_correlation_and_the_weights() {
    let frame = series(8);
    let options = Options::default();
    for (correlation, lag) in [("ar1(t | g)", true), ("cs(1 | g)", false)] {
        let fit = Fit::new(&spec("y ~ x", correlation, Some("w")), Some(&frame), &options, &Watch::unwatched()).unwrap();
        let own = fit.correlation().unwrap();
        let (nsim, n) = (4000, fit.n_obs);
        let y = fit.simulate(nsim, 11, RandomEffects::New, &Watch::unwatched()).unwrap();
        assert_eq!(y, fit.simulate(nsim, 11, RandomEffects::New, &Watch::unwatched()).unwrap());
        let (w, t) = (reals(&frame, "w"), reals(&frame, "t"));
        let standardised = |k: usize, i: usize| (y[k * n + i] - fit.fitted[i]) * w[i].sqrt() / fit.sigma;
        let moment = |i: usize, j: usize| (0..nsim).map(|k| standardised(k, i) * standardised(k, j)).sum::<f64>() / nsim as f64;
        for (i, j) in [(0, 0), (0, 1), (1, 3), (5, 6), (0, 5), (3, n - 1)] {
            let want = match (i == j, own.design.index[i] == own.design.index[j]) {
                (true, _) => 1.0,
                (_, false) => 0.0,
                _ if lag => own.estimate.powf((t[i] - t[j]).abs()),
                _ => own.estimate,
            };
            assert!((moment(i, j) - want).abs() < 0.08, "{correlation} {i} {j}: {} for {want}", moment(i, j));
        }
    }
}

#[test]
fn the_bootstrap_refits_the_correlation() {
    let frame = series(9);
    let fit = fit(&frame, "y ~ x + (1 | g)", "ar1(t | g)", false);
    let settings = BootstrapOptions { replicates: 12, seed: 3, ..BootstrapOptions::default() };
    let replicates = fit.bootstrap(&settings, &Watch::unwatched()).unwrap().frame().unwrap();
    let rho = reals(&replicates, "ar1|g");
    assert_eq!(rho.len(), 12);
    assert!(rho.iter().all(|r| r.abs() < 1.0) && rho.windows(2).any(|w| (w[0] - w[1]).abs() > 1e-3), "{rho:?}");
}

/// Predictions with standard errors against the marginal covariance written out.
#[test]
fn predictions_are_of_fixed_and_random_effects() {
    let frame = series(10);
    let fit =
        Fit::new(&spec("y ~ x + (1 + x | g)", "ar1(t | g)", Some("w")), Some(&frame), &Options::default(), &Watch::unwatched())
            .unwrap();
    let request = Request { level: Some(0.9), ..Request::default() };
    let got = fit.predictions(NewData::Frame(&frame), &request, &Watch::unwatched()).unwrap();
    close("values", &got.values, &fit.fitted, 1e-12);
    let (n, x, t, w) = (fit.n_obs, reals(&frame, "x"), reals(&frame, "t"), reals(&frame, "w"));
    let (term, own) = (&fit.terms[0], fit.correlation().unwrap());
    let same = |i: usize, j: usize| term.design.index[i] == term.design.index[j];
    let between = |i: usize, j: usize| {
        let (a, b) = ([1.0, x[i]], [1.0, x[j]]);
        (0..4).map(|e| a[e % 2] * term.cov[e] * b[e / 2]).sum::<f64>() * f64::from(u8::from(same(i, j)))
    };
    let residual = |i: usize, j: usize| {
        if same(i, j) { fit.sigma.powi(2) * own.estimate.powf((t[i] - t[j]).abs()) / (w[i] * w[j]).sqrt() } else { 0.0 }
    };
    let mut v: Vec<f64> = (0..n * n).map(|e| between(e % n, e / n) + residual(e % n, e / n)).collect();
    dense::cholesky(n, &mut v).unwrap();
    for i in [0, 7, n - 1] {
        // z'Dz - k'V^-1 k, and x - X'V^-1 k for the fixed effects, k the covariances of z'b with the responses.
        let mut k: Vec<f64> = (0..n).map(|j| between(i, j)).collect();
        dense::solve_lower(n, &v, &mut k);
        let mut variance = between(i, i) - k.iter().map(|v| v * v).sum::<f64>();
        dense::solve_lower_transpose(n, &v, &mut k);
        let c: Vec<f64> = (0..2).map(|a| fit.x[a * n + i] - (0..n).map(|j| fit.x[a * n + j] * k[j]).sum::<f64>()).collect();
        variance += (0..4).map(|e| c[e % 2] * fit.fixed.vcov[e] * c[e / 2]).sum::<f64>();
        close("standard error", &[got.std_errors[i]], &[variance.sqrt()], 1e-8);
    }
}

#[test]
fn rows_without_time_or_group_are_left_out_and_arrays_are_the_same_model() {
    let frame = series(12);
    let n = frame.n_rows();
    let (y, mut t) = (reals(&frame, "y"), reals(&frame, "t"));
    let plain = fit(&frame, "y ~ 1", "ar1(t | g)", true);
    let mut index: Vec<i64> = plain.correlation().unwrap().design.index.iter().map(|g| i64::from(*g)).collect();
    let arrays = |index: &[i64], t: &[f64]| {
        let source = ArraySpec { n, y: y.clone(), p: 1, x: vec![1.0; n], ..ArraySpec::default() };
        let mut spec = Spec::new(ModelKind::Lmm, Source::Arrays(source));
        let own = ArrayCorrelation { kind: CorrelationKind::Ar1, index: index.to_vec(), n_groups: 14, time: Some(t.to_vec()) };
        spec.correlation = Some(CorrelationSpec::Arrays(own));
        Fit::new(&spec, None, &Options::default(), &Watch::unwatched())
    };
    assert_eq!(arrays(&index, &t).unwrap().criterion, plain.criterion);
    (t[3], index[5]) = (f64::NAN, -1);
    let without = arrays(&index, &t).unwrap();
    assert_eq!(without.rows.dropped.iter().map(|d| d.0).collect::<Vec<_>>(), [3, 5]);
    index[7] = 14;
    assert!(arrays(&index, &t).unwrap_err().message.contains("14"));
}

#[test]
fn the_summary_names_the_correlation() {
    let summary = fit(&series(13), "y ~ x", "ar1(t | g)", true).summary().unwrap();
    assert!(
        summary.starts_with("Linear model fit by REML") && summary.contains("Residual correlation: AR(1), t | g, 14 groups"),
        "{summary}"
    );
}

/// nlme 3.1-162: resid(gls(y ~ x, correlation = corAR1(form = ~ time | subj)), "normalized").
#[test]
fn normalised_residuals_are_those_of_nlme() {
    let csv = CsvOptions { categorical: vec!["subj".into()], ..CsvOptions::default() };
    let frame = Frame::from_csv_path("tests/reference/data/sim_ar1.csv", &csv).unwrap();
    let fit = fit(&frame, "y ~ x", "ar1(time | subj)", true);
    let residuals = fit.residuals_of(ResidualKind::Normalized, &Watch::unwatched()).unwrap();
    let want = [-0.790_149_76, 0.073_331_37, 0.249_741_05, -1.089_669_54];
    assert!(residuals.iter().zip(want).all(|(got, want)| (got - want).abs() < 1e-6), "{:?}", &residuals[..4]);
    assert_eq!(fit.quantile_residuals(1, &Watch::unwatched()).unwrap(), residuals);
}
