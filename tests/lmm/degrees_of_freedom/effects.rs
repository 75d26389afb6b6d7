//! Effect sizes and standardised coefficients, against effectsize 0.8.3 and parameters 0.20.2.

use super::*;
use interlace::inference::anova::AnovaType;
use interlace::inference::degrees_of_freedom::{DegreesOfFreedom, Satterthwaite};
use interlace::inference::effect_sizes::effect_sizes_table;
use interlace::inference::standardized::standardized_table;

use crate::common::frames::{csv, reals};

fn with_satterthwaite<T>(fit: &Fit, work: impl FnOnce(DegreesOfFreedom<'_>) -> T) -> T {
    let own = Satterthwaite::of(fit, &Watch::unwatched()).unwrap();
    work(DegreesOfFreedom::Satterthwaite(&own))
}

fn sizes(fit: &Fit) -> Frame {
    with_satterthwaite(fit, |own| effect_sizes_table(fit, None, AnovaType::III, own, &Watch::unwatched()).unwrap())
}

fn standardized(fit: &Fit) -> Frame {
    with_satterthwaite(fit, |own| standardized_table(fit, own, 0.95).unwrap())
}

fn cake() -> Fit {
    fit("angle ~ recipe + temp + (1 | recipe:replicate)", None, &frame("cake.csv", &["recipe", "replicate"]), true)
}

fn sleep() -> Fit {
    fit("Reaction ~ Days + (Days | Subject)", None, &frame("sleepstudy.csv", &["Subject"]), true)
}

#[test]
fn effect_sizes_follow_from_f_tests() {
    let table = sizes(&sleep());
    close("eta", &reals(&table, "partial_eta_sq"), &[0.729_527_651_417_7], 1e-6);
    close("omega", &reals(&table, "partial_omega_sq"), &[0.702_441_545_306_3], 1e-6);
    let table = sizes(&cake());
    close("eta", &reals(&table, "partial_eta_sq"), &[0.011_708_375_008_89, 0.297_752_525_651_94], 1e-6);
    // F of the recipe is below one.
    assert_eq!(reals(&table, "partial_omega_sq")[0], 0.0);
    close("omega", &reals(&table, "partial_omega_sq")[1..], &[0.293_696_743_261_7], 1e-6);
    let normal = DegreesOfFreedom::Same(f64::INFINITY);
    let table = effect_sizes_table(&cake(), None, AnovaType::II, normal, &Watch::unwatched()).unwrap();
    assert!(reals(&table, "partial_eta_sq").iter().chain(&reals(&table, "partial_omega_sq")).all(|v| v.is_nan()));
}

#[test]
fn standardized_coefficients() {
    let table = standardized(&sleep());
    assert_eq!(texts(&table, "term"), ["(Intercept)", "Days"]);
    close("estimate", &reals(&table, "estimate")[1..], &[0.535_230_226_265], 1e-10);
    // The limits by Satterthwaite's degrees of freedom.
    close("lower", &reals(&table, "lower")[1..], &[0.368_466_549_322_9], 1e-6);
    close("upper", &reals(&table, "upper")[1..], &[0.701_993_903_207_1], 1e-6);
    for name in ["estimate", "std_error", "lower", "upper"] {
        assert_eq!(reals(&table, name)[0], 0.0, "{name}");
    }
    let table = standardized(&cake());
    let want = [0.0, -0.084_982_715_727_28, -0.087_538_586_876_97, 0.329_242_179_832_53];
    close("estimate", &reals(&table, "estimate"), &want, 1e-9);
}

/// Neither units nor origins of covariates and response matter.
#[test]
fn standardized_coefficients_have_no_units() {
    let text = std::fs::read_to_string("tests/reference/data/sleepstudy.csv").unwrap();
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().unwrap().split(',').collect();
    let mut other = head.join(",");
    for line in lines {
        let cells = line.split(',').zip(&head).map(|(cell, name)| match name.trim_matches('"') {
            "Reaction" => (cell.parse::<f64>().unwrap() * 1e-3 + 5.0).to_string(),
            "Days" => (cell.parse::<f64>().unwrap() * 60.0 + 1e7).to_string(),
            _ => cell.to_owned(),
        });
        other = other + "\n" + &cells.collect::<Vec<_>>().join(",");
    }
    let formula = "Reaction ~ Days + (1 | Subject)";
    let one = fit(formula, None, &csv(&text, &["Subject"]), true);
    let two = fit(formula, None, &csv(&other, &["Subject"]), true);
    for name in ["estimate", "std_error", "lower"] {
        close(name, &reals(&standardized(&two), name)[1..], &reals(&standardized(&one), name)[1..], 1e-6);
    }
}
