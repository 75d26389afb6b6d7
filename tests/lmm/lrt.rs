//! Likelihood-ratio tests of linear models: against lme4's, between fits by REML, at the edge of a variance.

use crate::common::close::near;
use crate::common::entries::{entries, numbers};
use crate::common::frames;
use interlace::fit::Fit;
use interlace::frame::Frame;
use interlace::inference::lrt::{Null, likelihood_ratio, likelihood_ratio_table};
use interlace::options::Options;
use interlace::predict::{NewData, PredictOptions};
use interlace::spec::{FormulaSpec, ModelKind, Source, Spec};
use interlace::watch::Watch;

const GROUPS: [&str; 5] = ["Subject", "recipe", "replicate", "batch", "cask"];

/// A file, with the columns that group.
fn frame(file: &str) -> Frame {
    let plain = frames::frame(file, &[]);
    let there: Vec<&str> = GROUPS.into_iter().filter(|column| plain.column(column).is_ok()).collect();
    frames::frame(file, &there)
}

fn fit(formula: &str, frame: &Frame, reml: bool) -> Fit {
    let source = FormulaSpec { formula: formula.to_owned(), ..FormulaSpec::default() };
    let options = Options { reml, ..Options::default() };
    Fit::new(&Spec::new(ModelKind::Lmm, Source::Formula(source)), Some(frame), &options, &Watch::unwatched()).unwrap()
}

/// By REML and then again by maximum likelihood, which must be the same as by maximum likelihood at once.
#[test]
fn tests_are_lme4s() {
    for entry in entries("lmm_lrt") {
        let id = entry["id"].as_str().unwrap();
        let data = frame(entry["data"].as_str().unwrap());
        let formulas: Vec<&str> = entry["formulas"].as_array().unwrap().iter().map(|f| f.as_str().unwrap()).collect();
        for reml in [false, true] {
            let fits: Vec<Fit> = formulas.iter().map(|f| fit(f, &data, reml).refit_ml(&Watch::unwatched()).unwrap()).collect();
            let refs: Vec<&Fit> = fits.iter().collect();
            let tests = likelihood_ratio(&refs, false, &Watch::unwatched()).unwrap();
            for (row, (place, test)) in tests.iter().enumerate() {
                let of = |key: &str| numbers(&entry[key])[row];
                assert_eq!(*place, row, "{id}");
                assert_eq!(fits[row].npar as f64, of("npar"), "{id}");
                near(&format!("{id} logLik"), fits[row].log_likelihood, of("logLik"), 1e-8);
                near(&format!("{id} AIC"), fits[row].aic, of("AIC"), 1e-8);
                near(&format!("{id} BIC"), fits[row].bic, of("BIC"), 1e-8);
                let Some(test) = test else { continue };
                assert_eq!((test.df as f64, &test.warning, test.null), (of("df"), &None, Null::ChiSquare), "{id}");
                near(&format!("{id} chisq"), test.chi_square, of("chisq"), 1e-6);
                // Small ones by their size: a difference in chi-square of 1e-6 is half of that in the logarithm.
                assert!((test.p_value / of("p_value") - 1.0).abs() < 1e-6, "{id}: {} for {}", test.p_value, of("p_value"));
            }
        }
    }
}

#[test]
fn a_variance_at_the_edge_halves_the_probability() {
    let data = frame("Pastes.csv");
    let fits = [fit("strength ~ 1 + (1 | batch)", &data, true), fit("strength ~ 1 + (1 | batch/cask)", &data, true)];
    let (plain, edge) = (
        likelihood_ratio(&[&fits[0], &fits[1]], false, &Watch::unwatched()).unwrap(),
        likelihood_ratio(&[&fits[0], &fits[1]], true, &Watch::unwatched()).unwrap(),
    );
    let (plain, edge) = (plain[1].1.as_ref().unwrap(), edge[1].1.as_ref().unwrap());
    assert_eq!((plain.null, edge.null, plain.df), (Null::ChiSquare, Null::ChiBarSquare, 1));
    assert!((edge.p_value / plain.p_value - 0.5).abs() < 1e-10);

    // From an intercept to an intercept and a slope: one variance and one covariance.
    let data = frame("sleepstudy.csv");
    let (a, b) = (fit("Reaction ~ Days + (1 | Subject)", &data, false), fit("Reaction ~ Days + (Days | Subject)", &data, false));
    let (plain, edge) = (
        likelihood_ratio(&[&a, &b], false, &Watch::unwatched()).unwrap(),
        likelihood_ratio(&[&a, &b], true, &Watch::unwatched()).unwrap(),
    );
    let (plain, edge) = (plain[1].1.as_ref().unwrap(), edge[1].1.as_ref().unwrap());
    let x = plain.chi_square;
    let half = interlace::tails::chi_square_upper(x, 1.0);
    assert!((edge.p_value / (0.5 * half + 0.5 * plain.p_value) - 1.0).abs() < 1e-10 && edge.p_value < plain.p_value);
}

/// What is the same is the same: columns left out, padding, predictions for new data.
#[test]
fn a_refit_is_the_fit_by_maximum_likelihood() {
    let mut data = frame("sleepstudy.csv");
    let days = data.column("Days").unwrap().as_real().unwrap().unwrap().into_owned();
    data.add_real("twice", days.iter().map(|d| 2.0 * d).collect()).unwrap();
    data.add_real("other", days.iter().map(|d| if *d == 3.0 { f64::NAN } else { d * d }).collect()).unwrap();
    let formula = "Reaction ~ twice + Days + other + (Days | Subject)";
    let (again, at_once) = (fit(formula, &data, true).refit_ml(&Watch::unwatched()).unwrap(), fit(formula, &data, false));
    assert!(!again.reml && again.formula == formula);
    assert_eq!((&again.fixed.names, &again.fixed.dropped), (&at_once.fixed.names, &at_once.fixed.dropped));
    assert_eq!((again.npar, &again.rows, &again.design_warnings), (at_once.npar, &at_once.rows, &at_once.design_warnings));
    near("logLik", again.log_likelihood, at_once.log_likelihood, 1e-10);
    let options = PredictOptions { random: true, new_levels_zero: false };
    let (a, b) = (
        again.predict(NewData::Frame(&data), options, &Watch::unwatched()).unwrap(),
        at_once.predict(NewData::Frame(&data), options, &Watch::unwatched()).unwrap(),
    );
    assert!(a.len() == 180 && a.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-6 || a.is_nan() && b.is_nan()));
    assert_eq!(at_once.refit_ml(&Watch::unwatched()).unwrap().theta, at_once.theta);

    let source = FormulaSpec { formula: "Reaction ~ Days + (1 | Subject)".to_owned(), ..FormulaSpec::default() };
    let mut spec = Spec::new(ModelKind::Glmm, Source::Formula(source));
    spec.dispersion = Some(interlace::spec::PredictorSpec::Formula("~ Days".to_owned()));
    let generalised = |reml_generalised: bool| {
        let options = Options { reml_generalised, ..Options::default() };
        Fit::new(&spec, Some(&data), &options, &Watch::unwatched()).unwrap()
    };
    let (again, at_once) = (generalised(true).refit_ml(&Watch::unwatched()).unwrap(), generalised(false));
    near("generalised", again.log_likelihood, at_once.log_likelihood, 1e-10);
}

#[test]
fn what_can_not_be_compared_says_so() {
    let mut data = frame("sleepstudy.csv");
    let days = data.column("Days").unwrap().as_real().unwrap().unwrap().into_owned();
    let without = |row: usize| days.iter().enumerate().map(|(i, d)| if i == row { f64::NAN } else { d * d }).collect();
    data.add_real("a", without(3)).unwrap();
    data.add_real("b", without(4)).unwrap();
    let fails = |one: &Fit, other: &Fit, what: &str| {
        let error = likelihood_ratio(&[one, other], false, &Watch::unwatched()).unwrap_err();
        assert!(error.message.contains(what), "{error}");
    };
    let base = fit("Reaction ~ Days + (1 | Subject)", &data, false);
    let a = fit("Reaction ~ Days + a + (1 | Subject)", &data, false);
    fails(&base, &a, "180 and 179 rows");
    fails(&a, &fit("Reaction ~ Days + b + (1 | Subject)", &data, false), "other rows");
    fails(&base, &fit("Reaction ~ 1 + (1 | Subject)", &data, true), "refit with maximum likelihood");
    fails(&fit("Reaction ~ Days + (1 | Subject)", &data, true), &fit("Reaction ~ 1 + (1 | Subject)", &data, true), "fixed effects");
    let other = fit("Reaction ~ 1 + (Days | Subject)", &data, false);
    let table = likelihood_ratio_table(&[&base, &other], false, &Watch::unwatched()).unwrap();
    assert!(!table.column("warning").unwrap().is_missing(1));
}
