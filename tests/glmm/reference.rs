//! Generalised models against the maxima of lme4's and glmmTMB's criteria (see tests/reference/README.md).
//!
//! What is lme4's has the expected information in the determinant, as its fits have; what is glmmTMB's, the observed one.

use std::collections::HashMap;

use crate::common::close::close_by;
use crate::common::entries::{entries, model, numbers, strings, text};
use crate::common::ranef::{check_ranef, check_varcorr};
use interlace::fit::{Fit, FixedEffects};
use interlace::frame::{CsvOptions, Frame};
use interlace::options::Options;
use interlace::predict::{NewData, Quantity, Request};
use interlace::spec::{FamilySpec, FormulaSpec, ModelKind, PredictorSpec, Source, Spec};
use interlace::watch::Watch;
use serde_json::Value;

/// Relative. The references' gradients are below 1e-8 standard errors, but the determinant in lme4's criterion lags one step behind its
/// last inner iteration: up to 6e-7 of the deviance (toenail), 1e-9 of it (cbpp).
const LOG_LIKELIHOOD: f64 = 2e-9;
/// In standard errors: what that lag does to lme4's estimates (2e-6 for toenail, 1e-7 and less elsewhere), and the search over the size
/// in one dimension to glmer.nb's (5e-6).
const ESTIMATE: f64 = 1e-5;
/// Relative. The references' Hessians are differences: of lme4's criterion, of glmmTMB's gradient with steps of 1e-3 (up to 2e-6; under
/// REML 3e-5).
const STD_ERROR: f64 = 4e-5;
/// Of a covariance, relative to the product of the standard deviations: a variance is good to few of its standard errors' digits.
const VARIANCE: f64 = 1e-5;
/// Relative to the standard deviation of the effects: modes move with the estimates.
const MODE: f64 = 1e-5;
/// Of the criterion at fixed parameters, relative: lme4's lag is larger away from the optimum (2e-8); glmmTMB's is exact to rounding,
/// which differences of large logarithms of gamma functions make 2e-12.
const CRITERION: (f64, f64) = (5e-8, 1e-11);

/// Evaluations until the search ended, and steps of the modes in all, with a little to spare.
const WORK: [(&str, (usize, usize)); 8] = [
    ("cbpp_laplace", (7, 80)),
    ("contraception_slope", (11, 120)),
    ("grouseticks_laplace", (16, 130)),
    ("owls_zip_tmb", (10, 120)),
    ("salamanders_nbinom2_disp_tmb", (11, 160)),
    ("sim_student_t_tmb", (18, 120)),
    ("toenail_agq20", (14, 120)),
    ("verbagg_laplace", (10, 100)),
];

fn check_fixed(what: &str, got: Option<&FixedEffects>, want: &Value) {
    let Some(got) = got else {
        assert!(want.is_null(), "{what}: absent");
        return;
    };
    assert_eq!(got.names, strings(&want["names"]), "{what}");
    let se = numbers(&want["std_error"]);
    // glmer.nb gives no standard errors that count for the size: the fit's own are the unit, and are not compared.
    let unit = if se.is_empty() { &got.std_error } else { &se };
    close_by(&format!("{what} estimate"), &got.estimate, &numbers(&want["estimate"]), ESTIMATE, |i| unit[i]);
    if !se.is_empty() {
        close_by(&format!("{what} std_error"), &got.std_error, &se, STD_ERROR, |i| se[i]);
    }
}

fn check_family_parameters(id: &str, fit: &Fit, want: &Value) {
    // With a dispersion formula the first parameter is not a number.
    let own: Vec<_> = fit.generalised().unwrap().parameters.iter().filter(|p| !p.estimate.is_nan()).collect();
    if want.is_null() {
        assert!(own.is_empty(), "{id}: parameters of the family");
        return;
    }
    let names: Vec<&str> = own.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, strings(&want["names"]), "{id}");
    let (estimates, se) = (numbers(&want["estimate"]), numbers(&want["std_error"]));
    let got: Vec<f64> = own.iter().map(|p| p.estimate).collect();
    let unit = |i: usize| se.get(i).copied().unwrap_or(0.1 * estimates[i]);
    close_by(&format!("{id} family parameter"), &got, &estimates, ESTIMATE, unit);
    if !se.is_empty() {
        let got: Vec<f64> = own.iter().map(|p| p.std_error).collect();
        close_by(&format!("{id} family parameter std_error"), &got, &se, STD_ERROR, |i| se[i]);
    }
}

/// The first rows, in units of their largest; no rows where the reference has none.
fn check_rows(what: &str, got: &[f64], want: &Value) {
    let want = numbers(want);
    let unit = want.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    close_by(what, &got[..want.len()], &want, MODE, |_| unit);
}

#[test]
fn estimates_equal_the_reference() {
    let (mut modes, mut variances) = (0, 0);
    for entry in entries("glmm") {
        let id = text(&entry["id"]);
        let (spec, frame, options) = model(ModelKind::Glmm, &entry);
        let fit = Fit::new(&spec, Some(&frame), &options, &Watch::unwatched()).unwrap_or_else(|error| panic!("{id}: {error}"));
        let log_likelihood = entry["logLik"].as_f64().unwrap();
        close_by(&format!("{id} logLik"), &[fit.log_likelihood], &[log_likelihood], LOG_LIKELIHOOD, |_| {
            log_likelihood.abs().max(1.0)
        });
        assert!(fit.outcome.converged, "{id}: {:?} {:?}", fit.outcome, fit.theta);
        assert_eq!(fit.n_obs as u64, entry["nobs"].as_u64().unwrap(), "{id}");
        assert_eq!(fit.npar as u64, entry["npar"].as_u64().unwrap(), "{id}");
        assert!(!fit.singular, "{id}: singular");
        check_fixed(&id, Some(&fit.fixed), &entry["fixed"]);
        let further = fit.generalised().unwrap();
        check_fixed(&format!("{id} dispersion"), further.dispersion.as_ref().map(|p| &p.fixed), &entry["dispersion"]);
        check_fixed(&format!("{id} zero inflation"), further.zero_inflation.as_ref().map(|p| &p.fixed), &entry["zero_inflation"]);
        check_family_parameters(&id, &fit, &entry["family_parameters"]);
        check_varcorr(&id, &fit, &entry["varcorr"], VARIANCE);
        let (own, with_variance) = check_ranef(&id, &fit, &entry["ranef"], MODE);
        modes += own;
        variances += with_variance;
        // glmmTMB 1.1.5 has the mean between 0 and 1 for the fitted value of ordered beta.
        let between = Request { quantity: Quantity::Location, ..Request::default() };
        let fitted = match further.family.name() {
            "ordered_beta" => fit.predictions(NewData::Training, &between, &Watch::unwatched()).unwrap().values,
            _ => fit.fitted.clone(),
        };
        check_rows(&format!("{id} fitted"), &fitted, &entry["fitted"]);
        check_rows(&format!("{id} residuals_pearson"), &fit.residuals_pearson, &entry["residuals_pearson"]);
    }
    assert_eq!((modes, variances), (300, 295));
}

/// One point in the order of `Fit::objective`: theta of the terms, fixed effects of the mean, the zero part and the dispersion, and the
/// family's remaining parameters on their working scales.
fn parameters(point: &Value, order: &[usize]) -> Vec<f64> {
    let theta = numbers(&point["theta"]);
    let mut own: Vec<f64> = order.iter().map(|&i| theta[i]).collect();
    for key in ["beta", "zero_inflation", "dispersion", "psi"] {
        own.extend(numbers(&point[key]));
    }
    own
}

#[test]
fn the_criterion_at_fixed_parameters_equals_the_reference() {
    let mut compared = 0;
    for entry in entries("glmm") {
        let id = text(&entry["id"]);
        let (spec, frame, options) = model(ModelKind::Glmm, &entry);
        let points = entry["points"].as_array().unwrap();
        let fit = Fit::new(&spec, Some(&frame), &Options { max_evaluations: 1, ..options.clone() }, &Watch::unwatched()).unwrap();
        let names = strings(&entry["theta_names"]);
        let order: Vec<usize> = fit.theta_names.iter().map(|n| names.iter().position(|m| m == n).unwrap()).collect();
        let flat: Vec<f64> = points.iter().flat_map(|p| parameters(p, &order)).collect();
        let got = Fit::objective(&spec, Some(&frame), &options, &flat, &Watch::unwatched()).unwrap();
        let want: Vec<f64> = points.iter().map(|p| p["value"].as_f64().unwrap()).collect();
        let tolerance = if entry["information"] == "expected" { CRITERION.0 } else { CRITERION.1 };
        close_by(&format!("{id} objective"), &got, &want, tolerance, |i| want[i].abs().max(1.0));
        compared += points.len();
    }
    assert_eq!(compared, 169);
}

/// The work of a fit: evaluations of the criterion (standard errors included) and Newton steps of the modes. They may fall; a rise is a
/// loss of speed that no timing would show as plainly.
#[test]
fn the_work_of_a_fit_does_not_grow() {
    let most: HashMap<&str, (usize, usize)> = HashMap::from(WORK);
    let mut seen = 0;
    for entry in entries("glmm") {
        let id = text(&entry["id"]);
        let Some(&(evaluations, steps)) = most.get(id.as_str()) else { continue };
        let (spec, frame, options) = model(ModelKind::Glmm, &entry);
        let fit = Fit::new(&spec, Some(&frame), &options, &Watch::unwatched()).unwrap();
        let own = fit.generalised().unwrap();
        assert!(fit.outcome.evaluations <= evaluations, "{id}: {} evaluations", fit.outcome.evaluations);
        assert!(own.mode_steps <= steps, "{id}: {} steps of the modes", own.mode_steps);
        seen += 1;
    }
    assert_eq!(seen, WORK.len());
}

/// The criterion of this model also falls without end elsewhere; glmmTMB 1.1.5 ends at -866.1261.
#[test]
fn a_random_zero_part_ends_at_a_minimum() {
    let frame = Frame::from_csv_path("tests/reference/data/Salamanders.csv", &CsvOptions::default()).unwrap();
    let formula = FormulaSpec { formula: "count ~ mined + (1 | site)".to_owned(), ..Default::default() };
    let spec = Spec {
        family: FamilySpec { name: "nbinom2".to_owned(), ..Default::default() },
        zero_inflation: Some(PredictorSpec::Formula("~ (1 | site)".to_owned())),
        ..Spec::new(ModelKind::Glmm, Source::Formula(formula))
    };
    let fit = Fit::new(&spec, Some(&frame), &Options::default(), &Watch::unwatched()).unwrap();
    assert!(fit.outcome.converged, "{:?}", fit.outcome);
    close_by("logLik", &[fit.log_likelihood], &[-866.126_061], 1e-8, |_| 866.0);
}
