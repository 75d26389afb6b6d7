//! The answers in the document.

use super::influence::put_influence;
use super::tables::{columns, put_columns, put_table, renamed};
use super::writer::Json;
use crate::choice::Choice;
use crate::document::answers::{
    Answers, Bootstrapped, Evaluated, FixedEffects, Limits, Parts, Predicted, Refitted, ResidualValues, SurvivalAnswer,
    VarianceTests,
};
use crate::document::names::Named;
use crate::document::questions::Questions;
use crate::error::Result;
use crate::fit::{Fit, Role};
use crate::formula::inside_out;
use crate::inference::anova::AnovaType;
use crate::inference::degrees_of_freedom::{DegreesOfFreedom, DfMethod};

/// Columns of the coefficients, and of comparisons of models, with their keys.
const COEFFICIENTS: [(&str, &str); 8] = [
    ("term", "names"),
    ("estimate", "estimate"),
    ("std_error", "std_error"),
    ("df", "df"),
    ("statistic", "t_value"),
    ("p_value", "p_value"),
    ("lower", "lower"),
    ("upper", "upper"),
];
const COMPARISON: [(&str, &str); 13] = [
    ("model", "formulas"),
    ("n_obs", "nobs"),
    ("n_parameters", "npar"),
    ("log_likelihood", "logLik"),
    ("deviance", "deviance"),
    ("aic", "AIC"),
    ("bic", "BIC"),
    ("chi_square", "chisq"),
    ("df", "df"),
    ("p_value", "p_value"),
    ("distribution", "distribution"),
    ("reference", "reference"),
    ("warning", "warning"),
];

/// Everything that was asked.
pub fn put_answers(json: &mut Json, fit: &Fit, questions: &Questions, answers: &Answers<'_>) -> Result<()> {
    if questions.selection.part != Role::Mean {
        json.text("part", questions.selection.part.name());
    }
    put_tests(json, fit, &answers.fixed)?;
    if let Some(table) = &answers.variance_parameters {
        put_table(json, "variance_parameters", Named::Plain, table)?;
    }
    answers.evaluated.iter().try_for_each(|own| put_evaluated(json, own))?;
    if let Some(own) = &answers.means {
        let (means, pairs) = (columns(Named::Means, &own.means)?, columns(Named::Contrasts, &own.comparisons)?);
        json.object("emmeans", |json| {
            json.object("means", |json| put_columns(json, &means));
            json.object("pairs", |json| put_columns(json, &pairs));
        });
    }
    if let Some(table) = &answers.comparison {
        let columns = renamed(table, &COMPARISON)?;
        json.object("lrt", |json| put_columns(json, &columns));
    }
    put_variance_tests(json, &answers.variances)?;
    if let Some(table) = &answers.power {
        put_table(json, "power", Named::Plain, table)?;
    }
    put_predicted(json, fit, answers)?;
    for (key, _, table) in answers.survival.iter().flat_map(SurvivalAnswer::tables) {
        put_table(json, key, Named::Plain, table)?;
    }
    put_resampled(json, fit, questions, answers)?;
    if let Some(Refitted { names, table }) = &answers.refitted {
        let columns = columns(Named::Fits, table)?;
        json.object("refits", |json| {
            json.names("names", names);
            put_columns(json, &columns);
        });
    }
    if let Some(table) = &answers.optimizers {
        put_table(json, "all_fit", Named::Fits, table)?;
    }
    if let Some(own) = &answers.cross_validated {
        let (folds, rows) = (columns(Named::Plain, &own.folds)?, columns(Named::Plain, &own.rows)?);
        json.object("cross_validation", |json| {
            json.object("folds", |json| put_columns(json, &folds));
            json.object("rows", |json| put_columns(json, &rows));
        });
    }
    answers.influenced.iter().try_for_each(|own| put_influence(json, own))?;
    put_residuals(json, fit, answers)?;
    if let Some(table) = &answers.random_effects {
        put_table(json, "ranef_ci", Named::Plain, table)?;
    }
    put_shares(json, answers);
    Ok(())
}

/// The conditional AIC and R2.
fn put_shares(json: &mut Json, answers: &Answers<'_>) {
    if let Some(own) = answers.caic {
        json.object("caic", |json| {
            json.number("log_likelihood", own.log_likelihood);
            json.number("trace", own.trace);
            json.number("df", own.df);
            json.number("caic", own.caic);
        });
    }
    if let Some(r2) = answers.r2 {
        json.object("r2", |json| {
            json.number("marginal", r2.marginal());
            json.number("conditional", r2.conditional());
            json.number("icc_adjusted", r2.icc_adjusted());
            json.number("icc_unadjusted", r2.icc_unadjusted());
        });
    }
}

/// Predictions, and draws of what they are made of.
fn put_predicted(json: &mut Json, fit: &Fit, answers: &Answers<'_>) -> Result<()> {
    if let Some(own) = &answers.predicted {
        put_predictions(json, fit, own);
        own.aggregate.iter().try_for_each(|table| put_table(json, "aggregate", Named::Plain, table))?;
    }
    if let Some(own) = &answers.draws {
        let columns = columns(Named::Plain, &own.table)?;
        json.object("draws", |json| {
            json.number("pareto_k", own.pareto_k);
            json.count("failed", own.failed);
            json.object("table", |json| put_columns(json, &columns));
        });
    }
    Ok(())
}

fn put_evaluated(json: &mut Json, own: &Evaluated) -> Result<()> {
    let columns = columns(Named::Plain, &own.table)?;
    json.object("evaluate", |json| {
        json.number("log_likelihood", own.log_likelihood);
        put_columns(json, &columns);
        json.text("information_matrix", own.matrix.name());
        json.matrix("information", &own.information, own.table.n_rows());
    });
    Ok(())
}

fn put_variance_tests(json: &mut Json, tests: &VarianceTests) -> Result<()> {
    if let Some(table) = &tests.ranova {
        put_table(json, "ranova", Named::Ranova, table)?;
    }
    if let Some(table) = &tests.rlrt {
        put_table(json, "rlrt", Named::Plain, table)?;
    }
    if let Some(own) = &tests.bootstrap {
        let (test, replicates) = (columns(Named::Plain, &own.test)?, columns(Named::Plain, &own.replicates)?);
        json.object("pb_lrt", |json| {
            json.object("test", |json| put_columns(json, &test));
            json.object("replicates", |json| put_columns(json, &replicates));
        });
    }
    Ok(())
}

fn put_residuals(json: &mut Json, fit: &Fit, answers: &Answers<'_>) -> Result<()> {
    for (kind, values) in &answers.residuals {
        let key = format!("residuals_{}", kind.name());
        match values {
            ResidualValues::Rows(values) => json.numbers(&key, values),
            ResidualValues::Fixef(values) => json.matrix(&key, values, fit.n_obs),
            ResidualValues::Table(table) => put_table(json, &key, Named::Plain, table)?,
        }
    }
    if let Some(own) = &answers.simulated_residuals {
        let (residuals, tests) = (columns(Named::Plain, &own.residuals)?, columns(Named::Plain, &own.tests)?);
        json.object("simulated_residuals", |json| {
            json.object("tests", |json| put_columns(json, &tests));
            json.object("residuals", |json| put_columns(json, &residuals));
        });
    }
    if let Some(table) = &answers.diagnosis {
        put_table(json, "diagnose", Named::Plain, table)?;
    }
    if let Some((transform, table)) = &answers.proportional_hazards {
        let columns = columns(Named::ProportionalHazards, table)?;
        json.object("proportional_hazards", |json| {
            json.text("transform", transform.name());
            put_columns(json, &columns);
        });
    }
    Ok(())
}

/// Tests of a linear model under the name of their degrees of freedom, and linear combinations.
fn put_tests(json: &mut Json, fit: &Fit, tests: &FixedEffects<'_>) -> Result<()> {
    if fit.is_linear() {
        let coefficients = renamed(&tests.coefficients, &COEFFICIENTS)?;
        let mut anova = Ok(());
        json.object(tests.key(), |json| {
            put_columns(json, &coefficients);
            anova = put_anova(json, tests);
            if let (Ok(()), Some(table)) = (&anova, &tests.drop1_f) {
                anova = put_table(json, "drop1", Named::Anova, table);
            }
        });
        anova?;
    } else {
        put_anova(json, tests)?;
    }
    if let Some(table) = &tests.drop1 {
        put_table(json, "drop1", Named::Drop1, table)?;
    }
    if let Some(table) = &tests.step {
        put_table(json, "step", Named::Plain, table)?;
    }
    if let Some(table) = &tests.standardized {
        put_table(json, "standardized", Named::Plain, table)?;
    }
    for (key, table) in [("nominal_test", &tests.nominal_test), ("scale_test", &tests.scale_test)] {
        table.iter().try_for_each(|table| put_table(json, key, Named::Beyond, table))?;
    }
    if let Some(own) = &tests.hypothesis {
        let (rows, joint) = (columns(Named::Combinations, &own.rows)?, columns(Named::Joint, &own.joint)?);
        json.object("test", |json| {
            json.object("rows", |json| put_columns(json, &rows));
            json.object("joint", |json| put_columns(json, &joint));
        });
    }
    if let (DfMethod::KenwardRoger, DegreesOfFreedom::KenwardRoger(own)) = (tests.method, tests.freedom) {
        json.matrix("vcov_kenward_roger", &own.vcov, fit.fixed.names.len());
    }
    Ok(())
}

/// The tables of all types that are asked for.
fn put_anova(json: &mut Json, tests: &FixedEffects<'_>) -> Result<()> {
    let all = tests.anova.iter().map(|(kind, table)| Ok((*kind, columns(Named::Anova, table)?))).collect::<Result<Vec<_>>>()?;
    if !all.is_empty() {
        json.object("anova", |json| {
            all.iter().for_each(|(kind, columns)| json.object(type_key(*kind), |json| put_columns(json, columns)));
        });
    }
    Ok(())
}

fn type_key(kind: AnovaType) -> &'static str {
    match kind {
        AnovaType::I => "type1",
        AnovaType::II => "type2",
        AnovaType::III => "type3",
    }
}

fn put_predictions(json: &mut Json, fit: &Fit, own: &Predicted) {
    let (parts, found) = (own.parts(fit), &own.predictions);
    json.object("predictions", |json| {
        match parts {
            Some(Parts::Categories(names)) => json.names("categories", names),
            Some(Parts::Thresholds(names)) => json.names("thresholds", names),
            None => {}
        }
        let all = [("values", &found.values), ("std_error", &found.std_errors), ("lower", &found.lower), ("upper", &found.upper)];
        // Without an interval there are only values.
        let there = if found.lower.len() == found.values.len() { 4 } else { 1 };
        for (key, values) in &all[..there] {
            match parts {
                Some(_) => json.matrix(key, values, own.rows),
                None => json.numbers(key, values),
            }
        }
        if let Some(covariance) = &own.covariance {
            json.matrix("covariance", covariance, own.rows * own.width);
        }
        if let Some(distribution) = &own.distribution {
            json.numbers("effects_mean", &distribution.mean);
            json.numbers("effects_variance", &distribution.variance);
            json.matrix("effects_quantiles", &distribution.quantiles, own.rows);
        }
        if let Some(simulated) = &own.simulated {
            json.array("simulations", |json| {
                simulated.chunks_exact(own.rows.max(1)).for_each(|response| json.list(|json| json.reals(response)));
            });
        }
    });
}

/// Simulated responses, the bootstrap and profiles.
fn put_resampled(json: &mut Json, fit: &Fit, questions: &Questions, answers: &Answers<'_>) -> Result<()> {
    if let Some(responses) = &answers.simulated {
        let m = fit.fitted.len();
        let each = responses.chunks_exact((m * fit.response_columns()).max(1));
        json.array("simulations", |json| match fit.cox() {
            None => each.for_each(|response| json.list(|json| json.reals(response))),
            Some(_) => each.for_each(|response| {
                json.item(|json| {
                    json.numbers("time", &response[..m]);
                    json.numbers("event", &response[m..]);
                });
            }),
        });
    }
    if let Some(own) = &answers.bootstrapped {
        put_bootstrap(json, own);
        if let Some(limits) = own.limits()? {
            put_limits(json, "boot_ci", questions.level, &limits);
        }
    }
    if let Some(mut limits) = answers.profiled.limits()? {
        limits.names = limits.names.iter().map(|name| inside_out(&fit.formula, name)).collect();
        put_limits(json, "profile_ci", questions.level, &limits);
    }
    if let Some(table) = &answers.profiled.points {
        put_table(json, "profile", Named::Plain, table)?;
    }
    Ok(())
}

fn put_bootstrap(json: &mut Json, own: &Bootstrapped) {
    let all = &own.replicates;
    json.object("bootstrap", |json| {
        json.names("names", &all.names);
        json.matrix("values", &all.values, all.replicates());
        json.count("failed", all.failed());
        json.texts("reason", all.failures.iter().map(Option::as_deref));
    });
    if let Some((of, value)) = own.response_se {
        json.object("response_se", |json| {
            json.text("statistic", of.name());
            json.number("value", value);
        });
    }
}

/// Limits of parameters at a level.
pub fn put_limits(json: &mut Json, key: &str, level: f64, limits: &Limits) {
    json.object(key, |json| {
        json.number("level", level);
        json.names("names", &limits.names);
        json.names("ids", &limits.ids);
        json.numbers("lower", &limits.lower);
        json.numbers("upper", &limits.upper);
    });
}
