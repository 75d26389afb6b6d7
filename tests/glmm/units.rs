//! Units of the data: they change estimates as the link says, and nothing else. Starts that suit the data whatever their size.

use std::fmt::Write as _;

use crate::common::Rng;
use crate::common::close::close_above;
use crate::common::frames::csv;
use crate::common::generalised::{Generalised, generalised};
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::options::Nodes;

/// The units of the response that a fit is made in, beside one.
const UNITS: [f64; 4] = [1e-9, 1e-4, 3e5, 1e9];
/// Of z values, of standard deviations, of the dispersion; of log-likelihoods. All relative.
const SAME: f64 = 1e-6;
const LOG_LIKELIHOOD: f64 = 1e-8;

/// The mean of that many exponential variables.
fn gamma(rng: &mut Rng, shape: u32) -> f64 {
    (0..shape).map(|_| -rng.uniform().ln()).sum::<f64>() / f64::from(shape)
}

/// A response in a unit, with covariates x and z, of 10 groups. The linear predictor is near 2.
fn frame(family: &str, link: &str, zeros: bool, unit: f64, unit_of_x: f64) -> Frame {
    let mut rng = Rng(7);
    let mut text = "y,x,z,g\n".to_owned();
    for group in 0..10 {
        let (b, slope) = (0.25 * rng.normal(), 0.15 * rng.normal());
        for _ in 0..9 {
            let (x, z) = (rng.uniform(), rng.uniform());
            let eta = 2.0 + 0.5 * x + b + slope * x;
            let mean = match link {
                "identity" => eta,
                "log" => eta.exp(),
                "inverse" => 1.0 / eta,
                "sqrt" => eta * eta,
                _ => 1.0 / eta.sqrt(),
            };
            let y = match family {
                "gaussian" => mean * (1.0 + 0.15 * rng.normal()),
                // With some values far out.
                "student_t" => mean * (1.0 + 0.1 * rng.normal() / gamma(&mut rng, 2).sqrt()),
                "lognormal" => (mean + 0.3 * rng.normal()).exp(),
                "tweedie" if rng.uniform() < 0.2 => 0.0,
                _ => mean * gamma(&mut rng, 6),
            };
            let y = if zeros && rng.uniform() < 0.2 { 0.0 } else { y };
            writeln!(text, "{:e},{:e},{z:e},g{group}", y * unit, x * unit_of_x).unwrap();
        }
    }
    csv(&text, &["g"])
}

/// What a coefficient is multiplied by, and what is added to an intercept, where the response has another unit.
fn transform(family: &str, link: &str, unit: f64) -> (f64, f64) {
    match link {
        "identity" if family != "lognormal" => (unit, 0.0),
        "log" | "identity" => (1.0, unit.ln()),
        "inverse" => (1.0 / unit, 0.0),
        "sqrt" => (unit.sqrt(), 0.0),
        _ => (1.0 / (unit * unit), 0.0),
    }
}

/// The first parameter in another unit of the response: sigma, shape, lambda, phi.
fn dispersion_unit(family: &str, fit: &Fit, unit: f64) -> f64 {
    match family {
        "gaussian" | "student_t" | "inverse_gaussian" => unit,
        "tweedie" => unit.powf(2.0 - fit.generalised().unwrap().parameters[1].estimate),
        _ => 1.0,
    }
}

fn close(what: &str, seen: f64, wanted: f64, tolerance: f64) {
    close_above(1e-300, what, &[seen], &[wanted], tolerance);
}

/// The fit in another unit against that in the first.
fn check(what: &str, model: &Generalised, family: &str, link: &str, zeros: bool, adjusted: f64) {
    let fit = |unit: f64, unit_of_x: f64| {
        let mut model = model.clone();
        model.frame = frame(family, link, zeros, unit, unit_of_x);
        model.fit()
    };
    let ours = fit(1.0, 1.0);
    let densities = ours.y.iter().filter(|y| **y != 0.0).count() as f64 - adjusted;
    assert!(ours.fixed.std_error.iter().all(|s| s.is_finite() && *s > 0.0), "{what}");
    for (i, unit) in UNITS.into_iter().enumerate() {
        // The covariate's unit changes as well, for all but one.
        let unit_of_x = [1e7, 1.0, 1e-6, 1e9][i];
        let theirs = fit(unit, unit_of_x);
        let (factor, shift) = transform(family, link, unit);
        let what = format!("{what}, unit {unit}");
        for (j, per_x) in [1.0, unit_of_x].into_iter().enumerate() {
            let scale = factor / per_x;
            let moved = theirs.fixed.estimate[j] - if j == 0 { shift } else { 0.0 };
            close(
                &format!("{what}, z {j}"),
                moved / theirs.fixed.std_error[j],
                ours.fixed.estimate[j] / ours.fixed.std_error[j],
                SAME,
            );
            close(&format!("{what}, standard error {j}"), theirs.fixed.std_error[j] / scale, ours.fixed.std_error[j], SAME);
        }
        close(&format!("{what}, variance"), theirs.terms[0].cov[0] / (factor * factor), ours.terms[0].cov[0], 10.0 * SAME);
        let log_likelihood = ours.log_likelihood - densities * unit.ln();
        let of_x = if adjusted > 0.0 { -unit_of_x.ln() } else { 0.0 };
        close(&format!("{what}, log-likelihood"), theirs.log_likelihood, log_likelihood + of_x, LOG_LIKELIHOOD);
        let (own, other) = (ours.generalised().unwrap(), theirs.generalised().unwrap());
        if own.dispersion.is_none() {
            let seen = other.parameters[0].estimate / dispersion_unit(family, &ours, unit);
            close(&format!("{what}, dispersion"), seen, own.parameters[0].estimate, 10.0 * SAME);
        }
        assert_eq!(
            ours.design_warnings.len(),
            theirs.design_warnings.len(),
            "{what}: {:?} for {:?}",
            theirs.design_warnings,
            ours.design_warnings
        );
    }
}

fn model(family: &str, link: &str) -> Generalised {
    generalised("y ~ x + (1 | g)", family, csv("y,x,g\n1,2,a\n", &["g"])).link(link)
}

#[test]
fn no_family_and_no_link_depends_on_the_unit_of_the_response() {
    let families: [(&str, &[&str]); 6] = [
        ("gaussian", &["identity", "log", "inverse", "sqrt"]),
        ("student_t", &["identity", "log", "inverse"]),
        ("gamma", &["inverse", "log", "identity", "sqrt", "1/mu^2"]),
        ("inverse_gaussian", &["1/mu^2", "log", "inverse", "identity"]),
        ("lognormal", &["identity"]),
        ("tweedie", &["log", "identity", "sqrt", "inverse"]),
    ];
    for (family, links) in families {
        for link in links {
            check(&format!("{family} {link}"), &model(family, link), family, link, false, 0.0);
        }
    }
}

#[test]
fn nor_does_any_part_of_a_model_or_way_to_fit_it() {
    let slopes = |family: &str, link: &str| generalised("y ~ x + (1 + x | g)", family, csv("y,x,g\n1,2,a\n", &["g"])).link(link);
    let cases: [(&str, &str, Generalised, bool, f64); 9] = [
        ("gaussian", "identity", model("gaussian", "identity").dispersion("~ z"), false, 0.0),
        ("gamma", "inverse", model("gamma", "inverse").dispersion("~ z"), false, 0.0),
        ("tweedie", "log", model("tweedie", "log").dispersion("~ z"), false, 0.0),
        ("gamma", "log", model("gamma", "log").zero_inflation("~ 1"), true, 0.0),
        ("gaussian", "sqrt", slopes("gaussian", "sqrt"), false, 0.0),
        ("gaussian", "identity", model("gaussian", "identity").options(|o| o.quadrature = 7), false, 0.0),
        ("gamma", "inverse", model("gamma", "inverse").options(|o| (o.quadrature, o.nodes) = (25, Nodes::Fixed)), false, 0.0),
        ("gamma", "inverse", model("gamma", "inverse").options(|o| o.quadrature = 0), false, 0.0),
        ("gaussian", "identity", model("gaussian", "identity").options(|o| o.reml_generalised = true), false, 2.0),
    ];
    for (i, (family, link, model, zeros, adjusted)) in cases.into_iter().enumerate() {
        check(&format!("{family} {link}, case {i}"), &model, family, link, zeros, adjusted);
    }
}

/// What brought -1423 for the intercept, without standard errors and without a warning.
#[test]
fn a_log_link_with_a_response_in_the_ten_thousands_is_fitted() {
    let y = [
        20030, 26626, 23670, 18660, 27848, 13537, 13427, 10647, 18130, 14805, 19540, 12625, 17029, 10914, 21317, 7028, 7884, 8363,
        -164, 10599, 61525, 39354, 38808, 40156, 54234, 36211, 41909, 39774, 36703, 37143,
    ];
    let mut text = "y,g\n".to_owned();
    y.iter().enumerate().for_each(|(i, y)| writeln!(text, "{y},g{}", i / 5).unwrap());
    let fit = generalised("y ~ 1 + (1 | g)", "gaussian", csv(&text, &["g"])).link("log").fit();
    assert!((fit.log_likelihood + 310.6).abs() < 0.02 && (fit.fixed.estimate[0] - 9.919).abs() < 0.005);
    assert!(fit.fixed.std_error[0] > 0.1 && fit.fixed.std_error[0] < 0.5 && fit.design_warnings.is_empty());
}
