//! The document as JSON. Its keys are those of R's packages where these have names for it.

mod answered;
mod fixed;
mod influence;
mod random;
mod tables;
mod writer;

use self::answered::{put_answers, put_limits};
use self::fixed::{put_coefficients, put_cox, put_generalised, put_ordinal};
use self::random::{put_group_sizes, put_random_effects, put_variances};
use self::writer::Json;
use super::answers::{Answers, Predicted, Subject, SurvivalAnswer};
use super::questions::Questions;
use crate::choice::Choice;
use crate::error::Result;
use crate::fit::{EngineRecord, Fit, Kind, Role};

/// A fit and the answers about it as one JSON document.
pub fn json(subject: &Subject<'_>, questions: &Questions, answers: &Answers<'_>) -> Result<String> {
    let fit = subject.fit;
    Json::document(|json| {
        json.text("version", env!("CARGO_PKG_VERSION"));
        json.text("model", fit.kind.model().name());
        json.text("formula", &fit.formula);
        put_fit(json, fit, questions, answers)?;
        put_answers(json, fit, questions, answers)?;
        json.object("timing", |json| {
            json.number("read", subject.data.and_then(|data| data.read_seconds).unwrap_or(f64::NAN));
            json.number("design", fit.timing.0);
            json.number("fit", fit.timing.1);
            json.number("inference", answers.seconds);
        });
        Ok(())
    })
}

/// The basics.
fn put_fit(json: &mut Json, fit: &Fit, questions: &Questions, answers: &Answers<'_>) -> Result<()> {
    json.text("method", if fit.reml { "REML" } else { "ML" });
    json.count("nobs", fit.n_obs);
    put_group_sizes(json, fit);
    json.names("rank_deficient_columns_dropped", &fit.fixed.dropped);
    let statistic = if fit.is_linear() { "t_value" } else { "z_value" };
    if let Some(own) = &fit.robust {
        json.object("robust", |json| {
            json.text("kind", own.kind.name());
            json.text("cluster", own.group.as_deref().unwrap_or("observation"));
            json.count("clusters", own.n_clusters);
        });
    }
    put_coefficients(json, "fixed", &fit.fixed, &answers.fixed.p_values, statistic);
    json.numbers("theta", &fit.theta);
    json.names("theta_names", &fit.theta_names);
    json.names("theta_ids", &fit.theta_ids());
    put_variances(json, "varcorr", fit, Role::Mean);
    if fit.cox().is_none() {
        json.number("sigma", fit.sigma);
    }
    put_correlation(json, fit, questions.level)?;
    json.number("logLik", fit.log_likelihood);
    json.number("criterion", fit.criterion);
    put_priors(json, fit);
    json.number("AIC", fit.aic);
    json.number("AICc", fit.aicc());
    json.number("BIC", fit.bic);
    json.count("npar", fit.npar);
    if fit.cox().is_none() {
        json.count("df_residual", fit.df_residual);
    }
    json.boolean("singular", fit.singular);
    put_random_effects(json, "ranef", fit, Role::Mean)?;
    let of_rows =
        |json: &mut Json, key: &str, values: &[f64]| if fit.has_rows { json.numbers(key, values) } else { json.null(key) };
    of_rows(json, "fitted", &fit.fitted);
    if fit.ordinal().is_none() {
        of_rows(json, "residuals", &fit.residuals);
    }
    match &fit.kind {
        Kind::Linear(..) => {}
        Kind::Generalised(own) => put_generalised(json, fit, own)?,
        Kind::Ordinal(own, ordinal) => put_ordinal(json, fit, own, ordinal)?,
        Kind::Cox(own) => put_cox(json, fit, own)?,
    }
    put_dropped_rows(json, fit);
    put_outcome(json, fit);
    let of_curves = answers.survival.iter().flat_map(SurvivalAnswer::warnings);
    let all = fit.warnings().into_iter().chain(answers.predicted.iter().flat_map(Predicted::warnings)).chain(of_curves);
    json.names("warnings", &all.collect::<Vec<_>>());
    if let Some(limits) = &answers.fixed.wald {
        put_limits(json, "wald_ci", questions.level, limits);
        if fit.cox().is_some() {
            put_limits(json, "hazard_ratio_ci", questions.level, &limits.exponential());
        }
    }
    Ok(())
}

/// How residuals are correlated within groups.
fn put_correlation(json: &mut Json, fit: &Fit, level: f64) -> Result<()> {
    let Some(own) = fit.correlation() else { return Ok(()) };
    let (lower, upper) = own.interval(level)?;
    json.object("correlation", |json| {
        json.text("type", own.design.kind.word());
        json.text("group", &own.design.group);
        if let Some(time) = &own.design.time {
            json.text("time", time);
        }
        json.number("estimate", own.estimate);
        json.number("std_error", own.std_error);
        json.number("lower", lower);
        json.number("upper", upper);
    });
    Ok(())
}

/// Rows count from 0; a fit of sums does not know which were left out, but how many.
fn put_dropped_rows(json: &mut Json, fit: &Fit) {
    if !fit.has_rows && fit.reduced.is_none() {
        return json.null("rows_dropped");
    }
    json.array("rows_dropped", |json| {
        for (row, column) in &fit.rows.dropped {
            json.item(|json| {
                json.count("row", *row);
                json.text("column", column);
            });
        }
        for (column, count) in &fit.rows.counted {
            json.item(|json| {
                json.text("column", column);
                json.count("count", *count as usize);
            });
        }
    });
}

/// Where parameters have priors.
fn put_priors(json: &mut Json, fit: &Fit) {
    if !fit.priors.is_empty() {
        json.names("priors", &fit.priors.iter().map(ToString::to_string).collect::<Vec<_>>());
        json.number("prior_penalty", fit.penalty);
        json.number("penalised_criterion", fit.penalised_criterion());
    }
}

/// How the search ended.
fn put_outcome(json: &mut Json, fit: &Fit) {
    let outcome = &fit.outcome;
    json.object("outcome", |json| {
        json.boolean("converged", outcome.converged);
        json.text("reason", outcome.reason.name());
        json.count("evaluations", outcome.evaluations);
        json.number("gradient_norm", outcome.scaled_gradient);
        json.names("boundary", &outcome.boundary);
        if let Some(own) = fit.engine() {
            json.object("engine", |json| put_engine(json, own));
        }
    });
}

/// How the random effects were solved for.
fn put_engine(json: &mut Json, own: &EngineRecord) {
    json.text("name", own.engine.name());
    json.text("decision", &own.decision);
    if let Some(forecast) = &own.forecast {
        json.object("forecast", |json| {
            json.number("multiplications", forecast.multiplications);
            json.number("bytes", forecast.bytes);
            json.boolean("exact", forecast.is_exact);
        });
    }
    let Some(own) = &own.iterative else { return };
    json.number("seed", own.seed as f64);
    json.count("signs", own.signs);
    json.count("steps", own.steps.0);
    json.number("criterion_error", own.criterion_error);
    json.numbers("theta_error", &own.theta_error);
    json.numbers("theta_error_in_std_errors", &own.theta_share);
    json.number("ranef_sd_error", own.sd_error);
}
