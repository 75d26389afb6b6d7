//! Responses between two ends: likelihood and derivatives, fits against R's survreg and dense quadrature, and what such fits don't have.

use crate::common::frames::{frame, reals};
use crate::common::generalised::{Generalised, generalised, linear};
use crate::common::{Data, Rng};
use crate::differences::difference;
use interlace::diagnostics::ResidualKind;
use interlace::error::Code;
use interlace::family::{Censoring, Derivatives, Ends, Observations, Order, Psi, by_name, derivatives};
use interlace::fit::Fit;
use interlace::options::Information;
use interlace::resample::{BootstrapOptions, RandomEffects};

use interlace::watch::Watch;

/// The reaction times of the sleep study known from 250 to 350, a third of them only to 20 milliseconds; `by` is a unit.
fn sleep(by: f64) -> Data {
    let own = frame("sleepstudy.csv", &["Subject"]);
    let (reaction, days) = (reals(&own, "Reaction"), reals(&own, "Days"));
    let ends = |(i, y): (usize, &f64)| match *y {
        y if y <= 250.0 => (f64::NEG_INFINITY, 250.0),
        y if y >= 350.0 => (350.0, f64::INFINITY),
        y if (i + 1) % 3 == 0 => {
            let low = 20.0 * (y / 20.0).floor();
            (low.max(250.0), (low + 20.0).min(350.0))
        }
        y => (y, y),
    };
    let (lower, upper): (Vec<f64>, Vec<f64>) = reaction.iter().enumerate().map(ends).map(|(a, b)| (by * a, by * b)).unzip();
    let subjects: Vec<usize> = (0..days.len()).map(|i| i / 10).collect();
    Data::default().real("lower", lower).real("upper", upper).real("Days", days).group("Subject", &subjects)
}

fn model(formula: &str, family: &str, data: &Data) -> Generalised {
    generalised(formula, family, data.frame())
}

fn without_terms(family: &str, data: &Data) -> Fit {
    model("cens(lower, upper) ~ Days", family, data).options(|o| o.null_model = true).fit()
}

fn near(what: &str, seen: f64, wanted: f64, tolerance: f64) {
    assert!((seen - wanted).abs() <= tolerance * wanted.abs().max(1.0), "{what}: {seen:.12}, expected {wanted:.12}");
}

/// survreg(Surv(lower, upper, type = "interval2") ~ Days), survival 3.5-3.
#[test]
#[allow(clippy::unreadable_literal)]
fn fits_without_random_effects_are_those_of_survreg() {
    let cases = [
        ("gaussian", -546.5243696757, [246.0637881264, 11.0498773701, 47.8447487380], [7.257893822, 1.394382532]),
        ("lognormal", -546.0023215497, [5.5161969366, 0.0367933623, 0.1622387883], [0.024578848, 0.004727962]),
    ];
    for (family, log_likelihood, wanted, errors) in cases {
        let fit = without_terms(family, &sleep(1.0));
        near("log-likelihood", fit.log_likelihood, log_likelihood, 1e-10);
        let own = fit.generalised().unwrap();
        let seen = [fit.fixed.estimate[0], fit.fixed.estimate[1], own.parameters[0].estimate];
        seen.iter().zip(wanted).for_each(|(seen, wanted)| near(family, *seen, wanted, 1e-8));
        fit.fixed.std_error.iter().zip(errors).for_each(|(seen, wanted)| near("standard error", *seen, wanted, 1e-7));
        // survreg reports that of log sigma.
        near(
            "of sigma",
            own.parameters[0].std_error / own.parameters[0].estimate,
            if family == "gaussian" { 0.073850689 } else { 0.073878269 },
            1e-7,
        );
        let counts = own.ends.as_ref().unwrap().counts();
        assert_eq!((counts.exact, counts.left, counts.right, counts.interval), (75, 36, 33, 36));
    }
}

/// By sums over 401 points of each subject's effect, with nlm() in R.
#[test]
#[allow(clippy::unreadable_literal)]
fn a_random_intercept_is_that_of_dense_quadrature() {
    let fit = model("cens(lower, upper) ~ Days + (1 | Subject)", "gaussian", &sleep(1.0)).options(|o| o.quadrature = 25).fit();
    near("log-likelihood", fit.log_likelihood, -496.362833699, 1e-9);
    let seen = [
        fit.fixed.estimate[0],
        fit.fixed.estimate[1],
        fit.generalised().unwrap().parameters[0].estimate.ln(),
        fit.terms[0].sd[0].ln(),
    ];
    let wanted = [242.6137421, 11.1156574, 3.3963595, 3.7397032];
    seen.iter().zip(wanted).for_each(|(seen, wanted)| near("estimate", *seen, wanted, 1e-6));
    // The log-density is close to a parabola: Laplace's approximation is not far.
    let laplace = model("cens(lower, upper) ~ Days + (1 | Subject)", "gaussian", &sleep(1.0)).fit();
    near("Laplace", laplace.log_likelihood, fit.log_likelihood, 1e-3);
}

#[test]
fn ends_that_are_equal_are_responses() {
    let mut data = sleep(1.0);
    let reaction = reals(&frame("sleepstudy.csv", &["Subject"]), "Reaction");
    data = data.real("y", reaction);
    let cut = model("cens(y, y) ~ Days + (Days | Subject)", "gaussian", &data).fit();
    let whole = model("y ~ Days + (Days | Subject)", "gaussian", &data).fit();
    near("log-likelihood", cut.log_likelihood, whole.log_likelihood, 1e-9);
    near("slope", cut.fixed.estimate[1], whole.fixed.estimate[1], 1e-7);
}

#[test]
fn the_unit_does_not_matter() {
    let exact = 75.0;
    let of = |by: f64| model("cens(lower, upper) ~ Days + (1 | Subject)", "gaussian", &sleep(by)).fit();
    let own = of(1.0);
    for by in [1e6, 1e-6] {
        let fit = of(by);
        near("log-likelihood", fit.log_likelihood + exact * by.ln(), own.log_likelihood, 1e-8);
        near("slope", fit.fixed.estimate[1] / by, own.fixed.estimate[1], 1e-6);
        near("its standard error", fit.fixed.std_error[1] / by, own.fixed.std_error[1], 1e-5);
        assert!(fit.generalised().unwrap().separated.is_empty(), "{:?}", fit.warnings());
    }
}

fn at([a, b]: [f64; 2], weight: f64, eta: f64, psi: f64) -> Derivatives {
    let family = by_name("gaussian", None).unwrap();
    let ends = Ends { lower: vec![a], upper: vec![b] };
    let y = ends.middles().unwrap();
    let (weights, psi) = ([weight], [Psi::Shared(psi)]);
    let data = Observations { y: &y, weights: &weights };
    let mut out = derivatives(&*family, &data, &[eta], &psi, Order::Gradient).unwrap();
    Censoring::new(&*family, &ends).unwrap().put(&data, &[eta], &psi, Order::Gradient, &mut out);
    out
}

const INF: f64 = f64::INFINITY;

#[test]
fn derivatives_are_those_of_differences() {
    let check = |what: &str, place: &str, floor: f64, seen: f64, (wanted, noise): (f64, f64)| {
        let bound = 2e-8 * seen.abs().max(wanted.abs()) + noise + 1e-10 * floor;
        assert!((seen - wanted).abs() <= bound, "{place}: {what} is {seen:e}, by differences {wanted:e} +- {bound:e}");
    };
    for ends in [[-INF, 0.4], [0.4, INF], [-1.0, 2.0], [0.3, 0.35], [-3.0, 40.0], [5.0, 5.001]] {
        for eta in [-8.0, -1.3, 0.2, 3.0, 12.0] {
            for (psi, weight) in [(0.4, 1.0), (-1.2, 2.5)] {
                let place = format!("{ends:?} at {eta}, {psi}, {weight}");
                let d = at(ends, weight, eta, psi);
                // Rounding of what is differentiated.
                let floor = 1.0 + d.w[0].abs() + 1e-2 * d.l[0].abs();
                let in_eta = |f: &dyn Fn(&Derivatives) -> f64| difference(1e-2, |h| f(&at(ends, weight, eta + h, psi)));
                let in_psi = |f: &dyn Fn(&Derivatives) -> f64| difference(1e-2, |h| f(&at(ends, weight, eta, psi + h)));
                check("s", &place, floor, d.s[0], in_eta(&|d| d.l[0]));
                check("w", &place, floor, -d.w[0], in_eta(&|d| d.s[0]));
                // Far out the third cumulant is a small difference.
                check("t", &place, 100.0 * floor, d.t[0], in_eta(&|d| d.w[0]));
                check("dl/dpsi", &place, floor, d.psi[0].l[0], in_psi(&|d| d.l[0]));
                check("ds/dpsi", &place, floor, d.psi[0].s[0], in_psi(&|d| d.s[0]));
                check("dw/dpsi", &place, floor, d.psi[0].w[0], in_psi(&|d| d.w[0]));
            }
        }
    }
}

/// A narrow interval has its width times the density, however far out; the two sides of a point have a sum of one.
#[test]
fn limits_of_intervals() {
    for eta in [0.0, 3.0, -8.0, 60.0] {
        let (y, width) = (1.2, 1e-5);
        let narrow = at([y - 0.5 * width, y + 0.5 * width], 1.0, eta, 0.3);
        let exact = at([y, y], 1.0, eta, 0.3);
        near("l", narrow.l[0] - width.ln(), exact.l[0], 1e-9);
        near("s", narrow.s[0], exact.s[0], 1e-8);
        near("w", narrow.w[0], exact.w[0], 1e-8);
        near("dl/dpsi", narrow.psi[0].l[0], exact.psi[0].l[0], 1e-7);
    }
    for eta in [-2.0, 0.5] {
        let sides = at([-INF, 0.3], 2.0, eta, 0.1).l[0].exp() + at([0.3, INF], 2.0, eta, 0.1).l[0].exp();
        near("sum", sides, 1.0, 1e-14);
        let three = [[-INF, -1.0], [-1.0, 2.0], [2.0, INF]].map(|ends| at(ends, 1.0, eta, 0.1).l[0].exp()).iter().sum::<f64>();
        near("sum", three, 1.0, 1e-14);
    }
}

/// Dispersion and weights: sigma^2 is divided by the weight, and may differ from row to row.
#[test]
fn weights_and_dispersion_formulas() {
    let data = sleep(1.0);
    let n = data.reals[0].1.len();
    let data = data.real("two", vec![4.0; n]).real("half", (0..n).map(|i| f64::from(u8::from(i % 2 == 0))).collect());
    let plain = without_terms("gaussian", &data);
    let weighted = model("cens(lower, upper) ~ Days", "gaussian", &data)
        .formula(|f| f.weights = Some("two".into()))
        .options(|o| o.null_model = true)
        .fit();
    near("log-likelihood", weighted.log_likelihood, plain.log_likelihood, 1e-9);
    near("sigma", 0.5 * weighted.sigma, plain.sigma, 1e-7);
    let varying = model("cens(lower, upper) ~ Days + (1 | Subject)", "gaussian", &data).dispersion("~ half").fit();
    let fixed = model("cens(lower, upper) ~ Days + (1 | Subject)", "gaussian", &data).fit();
    let gain = 2.0 * (varying.log_likelihood - fixed.log_likelihood);
    assert!((0.0..10.0).contains(&gain), "{gain}");
    assert!(varying.generalised().unwrap().dispersion.as_ref().unwrap().fixed.std_error.iter().all(|s| s.is_finite()));
}

/// Simulated, cut and fitted again: estimates are near the truth, and residuals normal.
#[test]
fn residuals_are_normal() {
    let mut rng = Rng(12);
    let n = 1200;
    let groups: Vec<usize> = (0..n).map(|i| i % 40).collect();
    let (x, b) = (rng.normals(n), rng.normals(40));
    let y: Vec<f64> = (0..n).map(|i| 1.0 + 0.7 * x[i] + 0.6 * b[groups[i]] + 0.8 * rng.normal()).collect();
    let lower = y
        .iter()
        .map(|y| {
            if *y < 0.0 {
                -INF
            } else if *y > 2.0 {
                2.0
            } else {
                *y
            }
        })
        .collect();
    let upper = y
        .iter()
        .map(|y| {
            if *y < 0.0 {
                0.0
            } else if *y > 2.0 {
                INF
            } else {
                *y
            }
        })
        .collect();
    let data = Data::default().real("lower", lower).real("upper", upper).real("x", x).group("g", &groups);
    let fit = model("cens(lower, upper) ~ x + (1 | g)", "gaussian", &data).fit();
    assert!((fit.fixed.estimate[1] - 0.7).abs() < 3.0 * fit.fixed.std_error[1], "{:?}", fit.fixed);
    assert!((fit.sigma - 0.8).abs() < 0.08 && (fit.terms[0].sd[0] - 0.6).abs() < 0.25, "{}", fit.sigma);
    let residuals = fit.quantile_residuals(3, &Watch::unwatched()).unwrap();
    let mean = residuals.iter().sum::<f64>() / n as f64;
    let variance = residuals.iter().map(|r| r * r).sum::<f64>() / n as f64;
    assert!(mean.abs() < 0.1 && (variance - 1.0).abs() < 0.1, "{mean} {variance}");
    // A residual above the end is above that of the end.
    let of_end = |i: usize| (2.0 - fit.fitted[i]) / fit.sigma;
    assert!((0..n).filter(|&i| y[i] > 2.0).all(|i| residuals[i] >= of_end(i) - 1e-9));
    // Simulated responses are not cut.
    let drawn = fit.simulate(1, 5, RandomEffects::Conditional, &Watch::unwatched()).unwrap();
    assert!(drawn.iter().any(|v| *v < 0.0) && drawn.iter().any(|v| *v > 2.0));
}

/// A group of which no response is known has no finite effect.
#[test]
fn groups_beyond_an_end_are_separated() {
    for by in [1.0, 1e5] {
        let mut rng = Rng(4);
        let n = 120;
        let (f, g): (Vec<usize>, Vec<usize>) = (0..n).map(|i| (i % 3, i % 10)).unzip();
        let y: Vec<f64> = f.iter().map(|f| 1.0 + rng.normal() + if *f == 2 { 9.0 } else { 0.0 }).collect();
        let lower = y.iter().map(|y| by * y.min(3.0)).collect();
        let upper = y.iter().map(|y| if *y > 3.0 { INF } else { by * y }).collect();
        let data = Data::default().real("lower", lower).real("upper", upper).group("f", &f).group("g", &g);
        let fit = model("cens(lower, upper) ~ f + (1 | g)", "gaussian", &data).fit();
        assert_eq!(fit.generalised().unwrap().separated.len(), 1, "{by}: {:?}", fit.warnings());
    }
}

#[test]
fn what_there_is_not() {
    let data = sleep(1.0);
    let refused = |model: Generalised, code: Code, text: &str| {
        let error = model.try_fit().unwrap_err();
        assert!(error.code == code && error.message.contains(text), "{error}");
    };
    let of = |formula: &str, family: &str| model(formula, family, &data);
    let whole = "cens(lower, upper) ~ Days + (1 | Subject)";
    refused(linear(whole, data.frame()), Code::Unsupported, "generalised models");
    refused(of(whole, "binomial"), Code::Unsupported, "gaussian or lognormal");
    refused(of(whole, "gamma"), Code::Unsupported, "not for gamma");
    refused(of(whole, "gaussian").link("log"), Code::Unsupported, "link log");
    refused(of(whole, "lognormal").zero_inflation("~ 1"), Code::Argument, "zero part");
    refused(of(whole, "gaussian").options(|o| o.reml_generalised = true), Code::Argument, "maximum likelihood");
    refused(of(whole, "gaussian").options(|o| o.information = Information::Expected), Code::Argument, "observed");
    refused(of("cens(lower) ~ Days + (1 | Subject)", "gaussian"), Code::Formula, "two");
    refused(of("Days ~ cens(lower, upper) + (1 | Subject)", "gaussian"), Code::Unsupported, "left of");
    refused(of("cens(upper, lower) ~ Days + (1 | Subject)", "gaussian"), Code::Data, "lower end");
    refused(model(whole, "gaussian", &data.clone().with("lower", 0, INF).with("upper", 0, INF)), Code::Data, "finite end");
    let n = data.reals[0].1.len();
    let cut = |i: usize| i.is_multiple_of(2);
    let one_end = data.clone().real("lower", (0..n).map(|i| if cut(i) { 3.0 } else { -INF }).collect());
    let one_end = one_end.real("upper", (0..n).map(|i| if cut(i) { INF } else { 3.0 }).collect());
    refused(model(whole, "gaussian", &one_end), Code::Data, "probit");
    let fit = of(whole, "gaussian").fit();
    let watch = Watch::unwatched();
    assert_eq!(fit.residuals_of(ResidualKind::Deviance, &watch).unwrap_err().code, Code::Unsupported);
    assert_eq!(fit.bootstrap(&BootstrapOptions::default(), &watch).unwrap_err().code, Code::Unsupported);
}
