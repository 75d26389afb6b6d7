//! A fit and the answers about it as a report for people.

mod report;
mod table;

use std::fmt::Write;

use self::table::put_table;
use super::answers::{Answers, Bootstrapped, FixedEffects, Influenced, Limits, Predicted, ResidualValues, Subject, VarianceTests};
use super::names::Named;
use super::number::{general, shortest};
use super::questions::Questions;
use crate::choice::Choice;
use crate::error::Result;
use crate::fit::{Fit, Role};
use crate::inference::anova::AnovaType;
use crate::inference::degrees_of_freedom::DfMethod;
use crate::resample::IntervalKind;

/// The summary, then what was asked besides.
pub fn text(subject: &Subject<'_>, questions: &Questions, answers: &Answers<'_>) -> Result<String> {
    let fit = subject.fit;
    let mut out = fit.summary_with(answers.fixed.freedom)?;
    if let Some(limits) = &answers.fixed.wald {
        put_wald(&mut out, limits, questions.level, &answers.fixed);
        if fit.cox().is_some() {
            line(&mut out, format_args!("\nThe same for hazard ratios:"));
            put_limits(&mut out, &limits.exponential());
        }
    }
    if let Some(table) = &answers.variance_parameters {
        put_table(&mut out, "Parameters of variances (Wald limits):", Named::Plain, table)?;
    }
    if let Some(own) = &answers.evaluated {
        let title = format!("Log-likelihood {} at these parameters:", general(own.log_likelihood, 10));
        put_table(&mut out, &title, Named::Plain, &own.table)?;
    }
    if questions.selection.part != Role::Mean {
        line(&mut out, format_args!("\nOf the {}:", questions.selection.part.words()));
    }
    put_tests(&mut out, &answers.fixed)?;
    put_shares(&mut out, answers);
    if let Some(own) = &answers.means {
        put_table(&mut out, "Marginal means:", Named::Means, &own.means)?;
        put_table(&mut out, "Pairs:", Named::Contrasts, &own.comparisons)?;
    }
    if let Some(table) = &answers.comparison {
        put_table(&mut out, "Likelihood-ratio tests (maximum likelihood):", Named::Comparison, table)?;
    }
    put_variance_tests(&mut out, &answers.variances, fit.reml)?;
    if let Some(table) = &answers.power {
        put_table(&mut out, "Power by simulation:", Named::Plain, table)?;
    }
    if let Some(own) = &answers.predicted {
        put_predictions(&mut out, fit, own);
        own.aggregate.iter().try_for_each(|table| put_table(&mut out, "Aggregated predictions:", Named::Plain, table))?;
    }
    if let Some(own) = &answers.draws {
        let (count, k) = (own.table.n_rows(), general(own.pareto_k, 3));
        line(&mut out, format_args!("\n{count} draws from the posterior distribution, {} failed; Pareto k {k}", own.failed));
        line(&mut out, format_args!("The JSON document has them."));
    }
    if let Some(own) = &answers.survival {
        own.tables().try_for_each(|(_, heading, table)| put_table(&mut out, heading, Named::Plain, table))?;
        own.warnings().iter().for_each(|warning| line(&mut out, format_args!("\n{warning}")));
    }
    put_resampled(&mut out, answers)?;
    put_rest(&mut out, fit, answers)?;
    Ok(out)
}

/// R2 and the conditional AIC.
fn put_shares(out: &mut String, answers: &Answers<'_>) {
    if let Some(r2) = answers.r2 {
        let share = |x: f64| general(x, 4);
        line(
            out,
            format_args!(
                "\nR2: marginal {}, conditional {}; intraclass correlation: adjusted {}, unadjusted {}",
                share(r2.marginal()),
                share(r2.conditional()),
                share(r2.icc_adjusted()),
                share(r2.icc_unadjusted())
            ),
        );
    }
    if let Some(own) = answers.caic {
        let [log_likelihood, df, caic] = [own.log_likelihood, own.df, own.caic].map(|x| general(x, 6));
        line(out, format_args!("\nConditional AIC: {caic}, log-likelihood {log_likelihood}, degrees of freedom {df}"));
    }
}

/// Writing to a String doesn't fail.
fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = writeln!(out, "{text}");
}

fn put_wald(out: &mut String, limits: &Limits, level: f64, fixed: &FixedEffects<'_>) {
    let by = match fixed.method {
        _ if fixed.key() == "clusters" => "clusters less one",
        DfMethod::Residual => "residual degrees of freedom",
        DfMethod::Satterthwaite => "Satterthwaite",
        DfMethod::KenwardRoger => "Kenward-Roger",
        DfMethod::Default | DfMethod::Normal => "normal",
    };
    line(out, format_args!("\nWald {} % confidence intervals ({by}):", general(100.0 * level, 6)));
    put_limits(out, limits);
}

fn put_limits(out: &mut String, limits: &Limits) {
    for (name, (lower, upper)) in limits.names.iter().zip(limits.lower.iter().zip(&limits.upper)) {
        line(out, format_args!("  {name:<24} {:>14} {:>14}", general(*lower, 6), general(*upper, 6)));
    }
}

/// The tables that the summary does not have.
fn put_tests(out: &mut String, tests: &FixedEffects<'_>) -> Result<()> {
    for (kind, table) in &tests.anova {
        let name = match kind {
            AnovaType::I => "I",
            AnovaType::II => "II",
            AnovaType::III => "III",
        };
        put_table(out, &format!("Analysis of variance, type {name}:"), Named::Anova, table)?;
    }
    if let Some(table) = &tests.drop1 {
        put_table(out, "Without each term (maximum likelihood):", Named::Drop1, table)?;
    }
    if let Some(table) = &tests.drop1_f {
        put_table(out, "Without each term (F tests):", Named::Anova, table)?;
    }
    let others = [
        ("Backward elimination (0: stays):", Named::Plain, &tests.step),
        ("Standardized coefficients:", Named::Plain, &tests.standardized),
        ("Tests of nominal effects:", Named::Beyond, &tests.nominal_test),
        ("Tests of effects on the scale:", Named::Beyond, &tests.scale_test),
    ];
    for (title, named, table) in others {
        table.iter().try_for_each(|table| put_table(out, title, named, table))?;
    }
    if let Some(own) = &tests.hypothesis {
        put_table(out, "Linear combinations:", Named::Combinations, &own.rows)?;
        let title = if own.has_values { "All of them equal to rhs:" } else { "All of them zero:" };
        put_table(out, title, Named::Joint, &own.joint)?;
    }
    Ok(())
}

/// Tests of variances; of bootstrapped ones the JSON document has the replicates.
fn put_variance_tests(out: &mut String, tests: &VarianceTests, reml: bool) -> Result<()> {
    if let Some(table) = &tests.ranova {
        let by = if reml { "restricted maximum likelihood" } else { "maximum likelihood" };
        put_table(out, &format!("Without each random term or effect ({by}):"), Named::Ranova, table)?;
    }
    if let Some(table) = &tests.rlrt {
        put_table(out, "Exact test of the variance:", Named::Plain, table)?;
    }
    if let Some(own) = &tests.bootstrap {
        put_table(out, "Bootstrapped likelihood ratio (maximum likelihood):", Named::Plain, &own.test)?;
    }
    Ok(())
}

/// Predictions, for each category separately where they have intervals.
fn put_predictions(out: &mut String, fit: &Fit, own: &Predicted) {
    let (found, n) = (&own.predictions, own.rows);
    let names = own.parts(fit).map(super::answers::Parts::names);
    out.push('\n');
    if found.lower.len() == found.values.len() && n > 0 {
        let columns = [&found.values, &found.std_errors, &found.lower, &found.upper];
        for k in 0..own.width {
            if let Some(names) = names {
                line(out, format_args!("{}{}", if k > 0 { "\n" } else { "" }, names[k]));
            }
            put_row(out, ["prediction", "std. error", "lower", "upper"].into_iter());
            for row in 0..n {
                put_row(out, columns.iter().map(|values| general(values[k * n + row], 7)));
            }
        }
    } else if let Some(names) = names {
        put_row(out, names.iter());
        for row in 0..n {
            put_row(out, (0..own.width).map(|k| general(found.values[k * n + row], 7)));
        }
    } else {
        line(out, format_args!("prediction"));
        found.values.iter().for_each(|value| line(out, format_args!("{}", shortest(*value))));
    }
    let more = [
        (own.covariance.is_some(), "the covariance of the predictions"),
        (own.distribution.is_some(), "the distributions of the predictions over the random effects"),
        (own.simulated.is_some(), "the simulated responses of these rows"),
    ];
    for (_, what) in more.iter().filter(|(there, _)| *there) {
        line(out, format_args!("\nThe JSON document has {what}."));
    }
    own.warnings().iter().for_each(|warning| line(out, format_args!("\n{warning}")));
}

/// Cells of one width.
fn put_row(out: &mut String, cells: impl Iterator<Item = impl std::fmt::Display>) {
    let cells: Vec<String> = cells.map(|cell| format!("{cell:>14}")).collect();
    line(out, format_args!("{}", cells.join(" ")));
}

fn put_resampled(out: &mut String, answers: &Answers<'_>) -> Result<()> {
    if answers.simulated.is_some() {
        line(out, format_args!("\nThe JSON document has the simulated responses."));
    }
    if let Some(own) = &answers.bootstrapped {
        put_bootstrap(out, own)?;
    }
    if let Some(table) = &answers.profiled.intervals {
        put_table(out, "Profile-likelihood intervals:", Named::Plain, table)?;
    }
    if let Some(table) = &answers.profiled.points {
        put_table(out, "Profiles:", Named::Plain, table)?;
    }
    Ok(())
}

/// How many replicates have no estimates, why the first of them, and the intervals.
fn put_bootstrap(out: &mut String, own: &Bootstrapped) -> Result<()> {
    let all = &own.replicates;
    let reason = all.failures.iter().flatten().next().map(|reason| format!(": {reason}")).unwrap_or_default();
    line(out, format_args!("\n{} bootstrap replicates, {} failed{reason}", all.replicates(), all.failed()));
    if let Some((of, value)) = own.response_se {
        line(out, format_args!("\nStandard error of the response's {}: {}", of.name(), general(value, 6)));
    }
    let kind = match own.kind {
        IntervalKind::Percentile => "percentile",
        IntervalKind::Basic => "basic",
        IntervalKind::Normal => "normal",
        IntervalKind::Accelerated => "BCa",
    };
    if let Some(table) = &own.intervals {
        return put_table(out, &format!("Bootstrap {kind} intervals:"), Named::Plain, table);
    }
    line(out, format_args!("The JSON document has the estimates of each."));
    Ok(())
}

/// Other fits, residuals and random effects.
fn put_rest(out: &mut String, fit: &Fit, answers: &Answers<'_>) -> Result<()> {
    if let Some(own) = &answers.refitted {
        let (rows, failed) = (own.table.n_rows(), own.failed()?);
        put_table(out, &format!("{rows} other responses, {failed} failed:"), Named::Fits, &own.table)?;
    }
    if let Some(table) = &answers.optimizers {
        put_table(out, "All optimisers:", Named::Fits, table)?;
    }
    if let Some(own) = &answers.cross_validated {
        put_table(out, "Cross-validation:", Named::Plain, &own.folds)?;
    }
    if let Some(own) = &answers.influenced {
        put_influence(out, own)?;
    }
    put_residuals(out, fit, answers)?;
    match &answers.random_effects {
        Some(table) => put_table(out, "Random effects:", Named::Plain, table),
        None => Ok(()),
    }
}

/// The cases that do most, and how many stand out.
fn put_influence(out: &mut String, own: &Influenced) -> Result<()> {
    let (table, cases, apart) = (own.table()?, own.influence.labels.len(), own.apart);
    let shown = if table.n_rows() < cases { format!(", the first {} of {cases}", table.n_rows()) } else { String::new() };
    let title = format!("Influence by {} ({}), the most influential first{shown}:", own.by, own.method.name());
    put_table(out, &title, Named::Plain, &table)?;
    line(
        out,
        format_args!(
            "{} of {cases} have a Cook's distance above {}; the largest gap between neighbours is {}, with {} above it",
            apart.influential,
            general(apart.threshold, 4),
            general(apart.gap, 4),
            apart.above_gap
        ),
    );
    Ok(())
}

/// Residuals, and tests of proportional hazards.
fn put_residuals(out: &mut String, fit: &Fit, answers: &Answers<'_>) -> Result<()> {
    for (kind, values) in &answers.residuals {
        let title = format!("Residuals, {}:", kind.name());
        match values {
            ResidualValues::Rows(values) => {
                line(out, format_args!("\n{title}"));
                values.iter().for_each(|value| line(out, format_args!("{}", general(*value, 7))));
            }
            ResidualValues::Fixef(values) => {
                line(out, format_args!("\n{title}"));
                put_row(out, fit.fixed.names.iter());
                (0..fit.n_obs).for_each(|i| put_row(out, values.iter().skip(i).step_by(fit.n_obs).map(|value| general(*value, 7))));
            }
            ResidualValues::Table(table) => put_table(out, &title, Named::Plain, table)?,
        }
    }
    if let Some(own) = &answers.simulated_residuals {
        put_table(out, "Tests by simulated residuals:", Named::Plain, &own.tests)?;
    }
    if let Some(table) = &answers.diagnosis {
        report::put_report(out, table)?;
    }
    match &answers.proportional_hazards {
        Some((transform, table)) => {
            put_table(out, &format!("Proportional hazards ({}):", transform.name()), Named::ProportionalHazards, table)
        }
        None => Ok(()),
    }
}
