//! Ordinal models against the maxima of the criterion of R's package ordinal (see tests/reference/README.md).

use std::collections::HashMap;

use crate::common::close::close_by;
use crate::common::entries::{entries, model, numbers, strings, text};
use crate::common::ranef::{check_ranef, check_varcorr};
use interlace::fit::{Fit, FixedEffects};
use interlace::spec::ModelKind;
use interlace::watch::Watch;
use serde_json::Value;

/// Relative. The references are maxima to rounding.
const LOG_LIKELIHOOD: f64 = 1e-12;
/// In standard errors.
const ESTIMATE: f64 = 1e-6;
/// Relative. The references' Hessians are extrapolated differences of the criterion, good to 4e-6. The fit's are less
/// good where an effect has little variance: 2e-5 for wine_slope, elsewhere 4e-6.
const STD_ERROR: f64 = 4e-5;
/// Of a covariance, relative to the product of the standard deviations.
const VARIANCE: f64 = 5e-6;
/// Relative to the standard deviation of the effects: modes move with the estimates.
const MODE: f64 = 5e-6;
/// Of the criterion at fixed parameters, relative.
const CRITERION: f64 = 2e-12;

/// Evaluations until the search ended, and steps of the modes in all, with a little to spare.
const WORK: [(&str, (usize, usize)); 8] = [
    ("sim_ordinal_slope_crossed", (11, 75)),
    ("six_scale_two_terms", (9, 70)),
    ("soup_two_factors_probit", (10, 70)),
    ("verbagg_crossed", (10, 75)),
    ("wine_agq15", (9, 60)),
    ("wine_logit", (9, 60)),
    ("wine_nominal", (9, 80)),
    ("wine_nominal_scale_agq9", (14, 90)),
];

fn check_estimates(what: &str, got: (&[f64], &[f64]), want: &Value) {
    let se = numbers(&want["std_error"]);
    close_by(&format!("{what} estimate"), got.0, &numbers(&want["estimate"]), ESTIMATE, |i| se[i]);
    close_by(&format!("{what} std_error"), got.1, &se, STD_ERROR, |i| se[i]);
}

fn check_fixed(what: &str, got: Option<&FixedEffects>, want: &Value) {
    let Some(got) = got else {
        assert!(want.is_null(), "{what}: absent");
        return;
    };
    assert_eq!(got.names, strings(&want["names"]), "{what}");
    check_estimates(what, (&got.estimate, &got.std_error), want);
}

/// Thresholds, the parameters that they are made of and their differences between rows.
fn check_thresholds(id: &str, fit: &Fit, entry: &Value) {
    let own = fit.generalised().unwrap();
    let ordinal = fit.ordinal().unwrap();
    assert_eq!(ordinal.categories, strings(&entry["levels"]), "{id}");
    check_fixed(&format!("{id} thresholds"), Some(&ordinal.thresholds), &entry["thresholds"]);
    assert_eq!(ordinal.alpha_names, strings(&entry["alpha"]["names"]), "{id}");
    let m = ordinal.alpha_names.len();
    let estimate: Vec<f64> = own.parameters.iter().map(|p| p.estimate).collect();
    let std_error: Vec<f64> = own.parameters.iter().map(|p| p.std_error).collect();
    check_estimates(&format!("{id} alpha"), (&estimate[..m], &std_error[..m]), &entry["alpha"]);
    let Some(nominal) = &ordinal.nominal else {
        assert!(entry["nominal_effects"].is_null(), "{id}: nominal effects");
        return;
    };
    assert_eq!(nominal.names, strings(&entry["nominal_effects"]["columns"]), "{id}");
    check_estimates(&format!("{id} nominal"), (&estimate[m..], &std_error[m..]), &entry["nominal_effects"]);
}

#[test]
fn estimates_equal_the_reference() {
    let (mut modes, mut variances) = (0, 0);
    for entry in entries("clmm") {
        let id = text(&entry["id"]);
        let (spec, frame, options) = model(ModelKind::Clmm, &entry);
        let fit = Fit::new(&spec, Some(&frame), &options, &Watch::unwatched()).unwrap_or_else(|error| panic!("{id}: {error}"));
        let log_likelihood = entry["logLik"].as_f64().unwrap();
        close_by(&format!("{id} logLik"), &[fit.log_likelihood], &[log_likelihood], LOG_LIKELIHOOD, |_| log_likelihood.abs());
        assert!(fit.outcome.converged, "{id}: {:?} {:?}", fit.outcome, fit.theta);
        assert_eq!(fit.n_obs as u64, entry["nobs"].as_u64().unwrap(), "{id}");
        assert_eq!(fit.npar as u64, entry["npar"].as_u64().unwrap(), "{id}");
        assert_eq!(fit.singular, entry["singular"].as_bool().unwrap(), "{id}: singular");
        assert_eq!(fit.theta_names, strings(&entry["theta_names"]), "{id}");
        check_fixed(&id, Some(&fit.fixed), &entry["fixed"]);
        let scale = fit.generalised().unwrap().dispersion.as_ref();
        check_fixed(&format!("{id} scale"), scale.map(|p| &p.fixed), &entry["scale_effects"]);
        check_thresholds(&id, &fit, &entry);
        check_varcorr(&id, &fit, &entry["varcorr"], VARIANCE);
        let (own, with_variance) = check_ranef(&id, &fit, &entry["ranef"], MODE);
        modes += own;
        variances += with_variance;
    }
    assert_eq!((modes, variances), (330, 330));
}

/// One point in the order of `Fit::objective`.
fn parameters(point: &Value) -> Vec<f64> {
    ["theta", "beta", "scale", "alpha", "nominal"].iter().flat_map(|key| numbers(&point[key])).collect()
}

#[test]
fn the_criterion_at_fixed_parameters_equals_the_reference() {
    let mut compared = 0;
    for entry in entries("clmm") {
        let id = text(&entry["id"]);
        let (spec, frame, options) = model(ModelKind::Clmm, &entry);
        let points = entry["points"].as_array().unwrap();
        let flat: Vec<f64> = points.iter().flat_map(parameters).collect();
        let got = Fit::objective(&spec, Some(&frame), &options, &flat, &Watch::unwatched())
            .unwrap_or_else(|error| panic!("{id}: {error}"));
        let want: Vec<f64> = points.iter().map(|p| p["value"].as_f64().unwrap()).collect();
        close_by(&format!("{id} objective"), &got, &want, CRITERION, |i| want[i].abs());
        compared += points.len();
    }
    assert_eq!(compared, 135);
}

/// The work of a fit: evaluations of the criterion (standard errors included) and Newton steps of the modes.
#[test]
fn the_work_of_a_fit_does_not_grow() {
    let most: HashMap<&str, (usize, usize)> = HashMap::from(WORK);
    let mut seen = 0;
    for entry in entries("clmm") {
        let id = text(&entry["id"]);
        let Some(&(evaluations, steps)) = most.get(id.as_str()) else { continue };
        let (spec, frame, options) = model(ModelKind::Clmm, &entry);
        let fit = Fit::new(&spec, Some(&frame), &options, &Watch::unwatched()).unwrap();
        let own = fit.generalised().unwrap();
        assert!(fit.outcome.evaluations <= evaluations, "{id}: {} evaluations", fit.outcome.evaluations);
        assert!(own.mode_steps <= steps, "{id}: {} steps of the modes", own.mode_steps);
        seen += 1;
    }
    assert_eq!(seen, WORK.len());
}
