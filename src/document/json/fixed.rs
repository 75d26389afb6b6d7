//! Fixed effects, and the parameters of generalised and ordinal models, in the document.

use super::random::{put_random_effects, put_variances};
use super::tables::put_table;
use super::writer::Json;
use crate::choice::Choice;
use crate::diagnostics::ResidualKind;
use crate::document::names::Named;
use crate::error::{Code, Result};
use crate::fit::{Cox, Fit, FixedEffects, Generalised, Ordinal, ParameterForm, Role};
use crate::watch::Watch;

/// Fixed effects with tests; "t_value" of a linear model, "z_value" of others.
pub fn put_coefficients(json: &mut Json, key: &str, fixed: &FixedEffects, p_values: &[f64], statistic: &str) {
    json.object(key, |json| {
        json.names("names", &fixed.names);
        json.numbers("estimate", &fixed.estimate);
        json.numbers("std_error", &fixed.std_error);
        json.array(statistic, |json| {
            fixed.estimate.iter().zip(&fixed.std_error).for_each(|(estimate, error)| json.real(estimate / error));
        });
        json.numbers("p_value", p_values);
        json.matrix("vcov", &fixed.vcov, fixed.names.len());
    });
}

/// What only Cox models have.
pub fn put_cox(json: &mut Json, fit: &Fit, own: &Cox) -> Result<()> {
    json.text("ties", own.ties.name());
    json.text("fixed_effects", own.fixed_effects.name());
    json.count("nevents", own.n_events);
    json.names("strata", &own.survival.strata);
    json.array("hazard_ratio", |json| fit.fixed.estimate.iter().for_each(|b| json.real(b.exp())));
    json.number("loglik_null", own.loglik_null);
    json.number("loglik_integrated", fit.log_likelihood);
    json.number("loglik_penalised", own.loglik_penalised);
    json.number("loglik_fitted_partial", own.loglik_fitted);
    json.number("df_penalised", own.df_penalised);
    json.number("concordance", own.concordance.estimate);
    json.number("concordance_std_error", own.concordance.std_error);
    json.names("separated", &own.monotone);
    if fit.has_rows {
        put_table(json, "baseline_hazard", Named::Plain, &fit.table("baseline_hazard")?)?;
    }
    put_linear_predictor(json, fit)
}

/// What only generalised models have.
pub fn put_generalised(json: &mut Json, fit: &Fit, own: &Generalised) -> Result<()> {
    json.text("family", own.family.name());
    put_approximation(json, own);
    json.object("dispersion_parameter", |json| json.number("sigma", fit.sigma));
    put_parameters(json, own);
    json.names("separated", &own.separated);
    if let Some(ends) = own.ends.as_ref().filter(|_| fit.has_rows) {
        let counts = ends.counts();
        json.object("censored", |json| {
            for (key, count) in
                [("exact", counts.exact), ("left", counts.left), ("right", counts.right), ("interval", counts.interval)]
            {
                json.number(key, count as f64);
            }
        });
    }
    for (role, key, variances, effects) in [
        (Role::ZeroInflation, "zero_inflation", "varcorr_zi", "ranef_zi"),
        (Role::Dispersion, "dispersion", "varcorr_disp", "ranef_disp"),
    ] {
        if let Some(fixed) = fit.fixed_of(role) {
            put_coefficients(json, key, fixed, &fixed.p_values(), "z_value");
            put_variances(json, variances, fit, role);
            put_random_effects(json, effects, fit, role)?;
        }
    }
    put_all_parameters(json, fit, own);
    put_linear_predictor(json, fit)?;
    if own.zero_inflation.is_some()
        && fit.has_rows
        && let Some(probabilities) = fit.zero_probabilities()
    {
        json.numbers("zprob", &probabilities?);
    }
    for (key, kind) in [("residuals_pearson", ResidualKind::Pearson), ("residuals_deviance", ResidualKind::Deviance)] {
        match fit.residuals_of(kind, &Watch::unwatched()) {
            Ok(values) => json.numbers(key, &values),
            Err(error) if error.code == Code::Unsupported => {}
            Err(error) => return Err(error),
        }
    }
    put_overdispersion(json, fit);
    Ok(())
}

fn put_approximation(json: &mut Json, own: &Generalised) {
    json.text("link", own.family.link().name());
    json.text("information", own.information.name());
    json.number("nagq", own.nagq() as f64);
}

/// Parameters of the family: those after the first, as in R's `family_params()`, and all as the library reports them.
fn put_parameters(json: &mut Json, own: &Generalised) {
    let estimates: Vec<f64> = own.parameters.iter().map(|parameter| parameter.estimate).collect();
    let mut further = estimates.get(1..).unwrap_or_default().to_vec();
    // Probabilities instead of the lower cut and the width.
    if let ([lower, width], Some("lower_cut")) = (&mut further[..], own.parameters.get(1).map(|second| &*second.name)) {
        let logistic = |x: f64| 1.0 / (1.0 + (-x).exp());
        (*lower, *width) = (logistic(*lower), logistic(*lower + *width));
    }
    json.numbers("family_parameters", &further);
    json.object("family_parameter_table", |json| {
        json.texts("names", own.parameters.iter().map(|parameter| Some(&*parameter.name)));
        json.numbers("estimate", &estimates);
        json.array("std_error", |json| own.parameters.iter().for_each(|parameter| json.real(parameter.std_error)));
    });
}

fn put_all_parameters(json: &mut Json, fit: &Fit, own: &Generalised) {
    json.object("vcov_all", |json| {
        json.names("names", &own.vcov_names);
        json.names("ids", &fit.parameter_ids(ParameterForm::Working));
        json.numbers("estimate", &fit.parameter_values(ParameterForm::Working));
        json.matrix("vcov", &own.vcov, own.vcov_names.len());
    });
}

fn put_linear_predictor(json: &mut Json, fit: &Fit) -> Result<()> {
    if let Some(values) = fit.linear_predictor_of(Role::Mean).filter(|_| fit.has_rows) {
        json.numbers("linear_predictor", &values?);
    }
    Ok(())
}

/// Of families whose variance is not estimated.
fn put_overdispersion(json: &mut Json, fit: &Fit) {
    if let Ok(test) = fit.overdispersion() {
        json.object("overdispersion", |json| {
            json.number("chisq", test.chi_square);
            json.number("ratio", test.ratio);
            json.number("df", test.df);
            json.number("p", test.p_value);
        });
    }
}

/// What only ordinal models have.
pub fn put_ordinal(json: &mut Json, fit: &Fit, own: &Generalised, ordinal: &Ordinal) -> Result<()> {
    json.text("link", own.family.link().name());
    json.text("threshold", ordinal.threshold.name());
    json.names("categories", &ordinal.categories);
    json.text("information", own.information.name());
    json.number("nagq", own.nagq() as f64);
    put_thresholds(json, own, ordinal);
    put_nominal(json, own, ordinal);
    if let Some(scale) = fit.fixed_of(Role::Dispersion) {
        put_coefficients(json, "scale", scale, &scale.p_values(), "z_value");
    }
    json.names("separated", &own.separated);
    put_all_parameters(json, fit, own);
    put_linear_predictor(json, fit)
}

/// The thresholds, their parameters alpha, and the matrix that maps these to thresholds.
fn put_thresholds(json: &mut Json, own: &Generalised, ordinal: &Ordinal) {
    let (thresholds, n) = (&ordinal.thresholds, ordinal.thresholds.names.len());
    let alpha = || own.parameters.iter().take(ordinal.alpha_names.len());
    json.object("thresholds", |json| {
        json.names("names", &thresholds.names);
        json.numbers("estimate", &thresholds.estimate);
        json.numbers("std_error", &thresholds.std_error);
        json.matrix("vcov", &thresholds.vcov, n);
        json.texts("alpha_names", alpha().map(|parameter| Some(&*parameter.name)));
        json.array("alpha", |json| alpha().for_each(|parameter| json.real(parameter.estimate)));
        json.array("alpha_std_error", |json| alpha().for_each(|parameter| json.real(parameter.std_error)));
        json.matrix("jacobian", &ordinal.jacobian, n);
    });
}

/// Effects that differ from threshold to threshold: a row for each parameter of the thresholds, a column for each nominal column.
fn put_nominal(json: &mut Json, own: &Generalised, ordinal: &Ordinal) {
    let Some(nominal) = ordinal.nominal.as_ref().filter(|nominal| !nominal.names.is_empty()) else { return };
    let m = ordinal.alpha_names.len();
    let (alpha, effects) = own.parameters.split_at(m.min(own.parameters.len()));
    let column = |of: fn(&crate::fit::FamilyParameter) -> f64| effects.iter().map(of).collect::<Vec<f64>>();
    json.object("nominal", |json| {
        json.names("names", &nominal.names);
        json.texts("alpha_names", alpha.iter().map(|parameter| Some(&*parameter.name)));
        json.matrix("estimate", &column(|parameter| parameter.estimate), m);
        json.matrix("std_error", &column(|parameter| parameter.std_error), m);
    });
}
