//! The list of questions.

use super::asked::Questions;
use super::power;
use super::question::Question;
use super::values::put;
use super::{terms, values};
use crate::spec::ModelKind;

/// Adds a value that could be read.
fn add<T>(all: &mut Vec<T>, value: Option<T>) -> Option<()> {
    all.push(value?);
    Some(())
}

fn anova(questions: &mut Questions, text: &str) -> Option<()> {
    let kind = values::count(text, 1, 3)?;
    questions.anova[kind as usize - 1] = true;
    Some(())
}

fn hypotheses(questions: &mut Questions, text: &str) -> Option<()> {
    questions.test = values::hypotheses(text)?;
    Some(())
}

fn interval(questions: &mut Questions, text: &str) -> Option<()> {
    let kind = if text == "none" { None } else { Some(values::word(text)?) };
    questions.further.interval = kind;
    Some(())
}

const MOST: u64 = 1_000_000_000;

fn replicates(place: &mut usize, text: &str) -> Option<()> {
    put(place, values::count(text, 1, MOST).map(|count| count as usize))
}

/// All questions: those of inference, then those of what comes after a fit.
pub const QUESTIONS: &[Question] = &[
    Question::text(
        c"df",
        c"satterthwaite, kenward-roger, residual or normal",
        c"degrees of freedom of tests and intervals of the fixed effects (linear models: satterthwaite by default; others: normal, that is infinite)",
        |q, v| put(&mut q.df, values::word(v)),
    ),
    Question::text(
        c"anova",
        c"1, 2 or 3",
        c"F tests of the terms of a linear model, chi-square tests of those of other models, of type I, II or III (repeatable)",
        anova,
    )
    .repeatable(),
    terms::PART,
    Question::flag(c"drop1", c"tests of the model against those without each term", |q, v| put(&mut q.drop1, values::truth(v))),
    Question::text(
        c"drop1_test",
        c"lrt or f",
        c"terms left out are tested by likelihood ratios (the default), or in a linear model by F tests",
        |q, v| put(&mut q.drop1_test, values::word(v)),
    )
    .of(&[c"drop1"]),
    terms::STEP,
    terms::STEP_ALPHA_RANDOM,
    terms::STEP_ALPHA_FIXED,
    Question::flag(c"effect_sizes", c"partial eta squared and omega squared of the terms in analyses of variance", |q, v| {
        put(&mut q.effect_sizes, values::truth(v))
    })
    .of(&[c"anova"])
    .of_models(&[ModelKind::Lmm]),
    Question::flag(
        c"standardized",
        c"fixed effects times the standard deviations of their columns, in a linear model divided by that of the response",
        |q, v| put(&mut q.standardized, values::truth(v)),
    ),
    Question::flag(
        c"nominal_test",
        c"likelihood-ratio tests of an ordinal model against those in which each term has nominal effects",
        |q, v| put(&mut q.beyond[0], values::truth(v)),
    )
    .of_models(&[ModelKind::Clmm]),
    Question::flag(
        c"scale_test",
        c"likelihood-ratio tests of an ordinal model against those in which each term is in the scale, too",
        |q, v| put(&mut q.beyond[1], values::truth(v)),
    )
    .of_models(&[ModelKind::Clmm]),
    Question::text(
        c"confint",
        c"wald, profile, boot or ranef",
        c"confidence intervals: wald of the fixed effects, profile of all parameters by their profile likelihoods, boot of all parameters from the bootstrap, ranef of the random effects given the parameters (repeatable)",
        |q, v| add(&mut q.confint, values::word(v)),
    )
    .repeatable(),
    Question::flag(c"profile", c"the points of the profiles, with the signed root of the rise in deviance", |q, v| {
        put(&mut q.profile, values::truth(v))
    }),
    Question::text(
        c"profile_scale",
        c"sdcor or theta",
        c"profiles of all parameters, with random effects as standard deviations and correlations (the default), or only of the elements of theta",
        |q, v| put(&mut q.profile_scale, values::word(v)),
    )
    .of(&[c"profile", c"confint"]),
    Question::text(
        c"robust",
        c"cr0, cr1, cr1s, cr2 or cr3",
        c"standard errors and tests of the fixed effects by residuals of clusters: without correction, times m/(m-1), also times (n-1)/(n-p); of linear models also unbiased under the model with Satterthwaite's degrees of freedom, or of deleted clusters",
        |q, v| put(&mut q.robust, values::word(v).map(Some)),
    ),
    Question::text(
        c"cluster",
        c"a grouping factor or column, or observation",
        c"the clusters of robust standard errors (default: the only grouping factor of the model)",
        |q, v| put(&mut q.cluster, values::text(v).map(Some)),
    )
    .of(&[c"robust"]),
    Question::text(
        c"variance_parameters",
        c"sd, variance, log or theta",
        c"the residual variance and correlation, the family's parameters and the covariances of random effects with standard errors and Wald limits: as standard deviations and correlations, variances and covariances, logarithms and atanh of these, or theta",
        |q, v| put(&mut q.parameters.form, values::parameter_form(v).map(Some)),
    ),
    Question::text(
        c"parameter_limits",
        c"unbounded or plain",
        c"Wald limits of variances and correlations that are symmetric for their logarithms and atanh (the default), or for the parameters themselves",
        |q, v| put(&mut q.parameters.limits, values::word(v)),
    )
    .of(&[c"variance_parameters"]),
    Question::text(
        c"evaluate",
        c"estimates, or parameters by their ids, \"sd[g, x] = 2, fixef[x] = 0\"",
        c"the log-likelihood (by restricted maximum likelihood the restricted one) with its gradient and information in all parameters, at the estimates or with some parameters at other values",
        |q, v| put(&mut q.parameters.evaluate, values::text(v).map(Some)),
    ),
    Question::text(
        c"information_matrix",
        c"observed or average",
        c"the information: minus the second derivatives (the default), or the average information of a linear model",
        |q, v| put(&mut q.parameters.information, values::word(v)),
    )
    .of(&[c"evaluate"]),
    Question::text(
        c"test",
        c"rows of coefficients, \"0,1,-1; 0,0,1\", with the value that is tested unless it is zero, \"0,1,-1 = 2\"",
        c"linear combinations of the fixed effects, one per row: tests of each and of all together",
        hypotheses,
    ),
    Question::flag(c"r2", c"marginal and conditional R2, and intraclass correlations", |q, v| put(&mut q.selection.r2, values::truth(v))),
    terms::CAIC,
    Question::text(c"level", c"a number between 0 and 1", c"the level of all intervals (default 0.95)", |q, v| {
        put(&mut q.level, values::level(v))
    }),
    Question::text(
        c"emmeans",
        c"a formula, \"~ f\"",
        c"marginal means of f, \"~ f | g\" within the levels of g, and their comparisons, on the scale of the linear predictor or by type response",
        |q, v| put(&mut q.means.specs, values::text(v).map(Some)),
    ),
    Question::text(
        c"at",
        c"columns and values, \"x = 0, 5\"",
        c"values of covariates instead of their means, and selected levels of factors",
        |q, v| put(&mut q.means.at, values::text(v).map(Some)),
    )
    .of(&[c"emmeans"]),
    Question::text(
        c"comparisons",
        c"pairwise, trt.vs.ctrl, eff or rows of weights, \"1,-1,0; 0,1,-1\", which may have names, \"a - b: 1,-1,0\"",
        c"each mean against each later one (the default), the first, or the average; or weights of your own, one row per comparison",
        |q, v| put(&mut q.means.comparisons, values::contrasts(v).map(Some)),
    )
    .of(&[c"emmeans"]),
    Question::text(
        c"means_weights",
        c"equal or proportional",
        c"weights of the levels of other factors in marginal means (default equal)",
        |q, v| put(&mut q.means.weights, values::word(v)),
    )
    .of(&[c"emmeans"]),
    terms::MEANS_MODE,
    terms::BIAS_ADJUST,
    terms::BIAS_SIGMA,
    Question::text(
        c"adjust",
        c"none, tukey, bonferroni, holm, fdr or sidak",
        c"adjustment of the comparisons' p-values (default tukey for pairwise ones, otherwise holm)",
        |q, v| put(&mut q.means.adjust, values::word(v).map(Some)),
    )
    .of(&[c"emmeans"]),
    Question::text(
        c"lrt",
        c"a formula",
        c"likelihood-ratio test against the model of this formula, for example one without random terms (repeatable). All models are fitted by maximum likelihood, whatever the method, to the rows that all can use. It is an error if neither is nested in the other; each is a separate test. The formula is taken as it is written: random terms beside the formula of the model are not added, everything else of the model applies",
        |q, v| add(&mut q.lrt, values::text(v)),
    )
    .repeatable(),
    Question::flag(c"chi_bar", c"use the p-value for a variance at the edge of its range in likelihood-ratio tests", |q, v| {
        put(&mut q.chi_bar, values::truth(v))
    })
    .of(&[c"lrt"]),
    Question::flag(
        c"ranova",
        c"likelihood-ratio tests of each random term, and of each effect of a term, by the mixture of chi-squares for variances at the edge of their range, and by chi-square",
        |q, v| put(&mut q.ranova, values::truth(v)),
    ),
    Question::text(
        c"rlrt",
        c"a positive integer up to 1e9",
        c"the exact restricted likelihood-ratio test of the only variance of a linear model, by this many draws (10000 is usual)",
        |q, v| replicates(&mut q.rlrt, v),
    )
    .of_models(&[ModelKind::Lmm]),
    Question::text(
        c"pb_lrt",
        c"a formula",
        c"the likelihood ratio against the smaller model of this formula, beside ratios of responses that are simulated from that. Both are fitted by maximum likelihood to the rows that both can use; the formula is taken as that of lrt",
        |q, v| put(&mut q.pb_lrt, values::text(v).map(Some)),
    ),
    Question::text(
        c"replicates",
        c"a positive integer up to 1e9",
        c"simulated responses of pb_lrt (default 1000)",
        |q, v| replicates(&mut q.replicates, v),
    )
    .of(&[c"pb_lrt"]),
    Question::text(
        c"first_replicate",
        c"an integer that is not negative",
        c"the number of the first of them (default 0): a replicate depends on the seed and its number alone",
        |q, v| put(&mut q.first_replicate, values::count(v, 0, MOST).map(|first| first as usize)),
    )
    .of(&[c"pb_lrt"]),
    Question::text(
        c"power",
        c"a fixed effect or term, or a formula",
        c"the power of its test, or of the likelihood ratio against the smaller model of this formula: the share of significant tests of simulated responses",
        |q, v| put(&mut q.power.test, values::text(v).map(Some)),
    ),
    Question::text(
        c"power_effect",
        c"a parameter and a number, \"x = 0.3\"",
        c"simulate with this in place of the estimate: a fixed effect or a standard deviation, named as in the bootstrap table (repeatable)",
        |q, v| add(&mut q.power.effects, power::effects(v)),
    )
    .repeatable()
    .of(&[c"power"]),
    Question::text(c"simulations", c"a positive integer up to 1e9", c"simulated responses for each size (default 1000)", |q, v| {
        replicates(&mut q.power.simulations, v)
    })
    .of(&[c"power"]),
    Question::text(c"alpha", c"a number between 0 and 1", c"a test is significant if its p-value is below (default 0.05)", |q, v| {
        put(&mut q.power.alpha, values::level(v))
    })
    .of(&[c"power"]),
    Question::text(
        c"power_along",
        c"a grouping factor or column",
        c"sizes are numbers of its levels: the first ones, and copies of them as new levels",
        |q, v| put(&mut q.power.along, values::text(v).map(Some)),
    )
    .of(&[c"power_sizes"]),
    Question::text(
        c"power_within",
        c"a grouping factor or column, or combinations, \"g:h\"",
        c"sizes are numbers of rows in each of its levels: the first ones, and copies of them",
        |q, v| put(&mut q.power.within, values::text(v).map(Some)),
    )
    .of(&[c"power_sizes"]),
    Question::text(c"power_sizes", c"whole numbers, \"10, 20, 40\"", c"the power for each of these sizes of the design", |q, v| {
        put(&mut q.power.sizes, power::sizes(v))
    })
    .of(&[c"power_along", c"power_within"]),
    Question::data(c"predict", c"new data", c"predictions for these rows", |q, frame| q.predict = Some(frame)),
    Question::text(
        c"type",
        c"response, link (lp), conditional, zero_probability (zprob), location, dispersion, marginal, probabilities (prob), cumulative (cum.prob), class, risk, survival, expected or latent",
        c"what is predicted: the mean (the default), the linear predictor, the mean without extra zeros, the probability of an extra zero, the inverse link (before truncation, between masses at 0 and 1), the family's first parameter or the scale, the mean averaged over the random effects; of an ordinal model probabilities (the default), cumulative ones, or the most probable category; of a Cox model the events expected in the interval of a row (response, or expected), the hazard ratio to a row of zeros (risk), or the probability of no event in the interval (survival; marginal: averaged over the random effects); latent is the mean of an ordinal model's latent variable from the middle of the thresholds, of other models the linear predictor. Of marginal means link (the default) or response",
        |q, v| put(&mut q.quantity, values::quantity(v).map(Some)),
    )
    .of(&[c"predict", c"emmeans"]),
    Question::text(
        c"re",
        c"all, none, average, grouping factors, \"g,h\", or a formula, \"(1 | g)\"",
        c"predict with random effects (the default), without, or with those of these grouping factors, or of this formula, which may be a part of a term; survival curves also averaged over them",
        |q, v| put(&mut q.random, values::groups(v)),
    )
    .of(&[c"predict", c"survival"]),
    Question::text(
        c"new_levels",
        c"zero, missing, error or average",
        c"groups that the fit does not know: random effects of zero, no prediction, an error (the default), or survival curves averaged over them",
        |q, v| put(&mut q.new_levels, values::word(v)),
    )
    .of(&[c"predict", c"survival"]),
    Question::text(
        c"interval",
        c"none, confidence or prediction",
        c"only predictions (the default), or also standard errors and intervals for what is predicted, or for new responses, whose weights are in the model's column of weights, if new data have it",
        interval,
    )
    .of(&[c"predict"]),
    Question::flag(c"predict_covariance", c"the joint covariance of the predictions", |q, v| {
        put(&mut q.further.covariance, values::truth(v))
    })
    .of(&[c"predict"]),
    Question::text(
        c"predict_quantiles",
        c"probabilities, \"0.1, 0.5\"",
        c"mean, variance and these quantiles of the predictions over the random effects' distribution given the parameters",
        |q, v| put(&mut q.further.quantiles, values::probabilities(v).map(Some)),
    )
    .of(&[c"predict"]),
    Question::text(
        c"predict_simulate",
        c"a positive integer",
        c"this many simulated responses of the rows to predict; effects that re leaves out are drawn, and those of new levels with new_levels average",
        |q, v| replicates(&mut q.further.simulate, v),
    )
    .of(&[c"predict"]),
    Question::text(
        c"aggregate",
        c"all, or a column of the new data",
        c"means of the predictions over all rows, or those of each value of the column, with standard errors by their joint covariance, and corrected for the spread of the random effects",
        |q, v| put(&mut q.further.aggregate, values::text(v).map(Some)),
    )
    .of(&[c"predict"]),
    Question::flag(c"aggregate_sum", c"sums in the place of means", |q, v| put(&mut q.further.aggregate_sum, values::truth(v)))
        .of(&[c"aggregate"]),
    Question::text(
        c"draws",
        c"a positive integer",
        c"this many draws of parameters and random effects from their approximate posterior distribution under flat priors, with importance weights",
        |q, v| replicates(&mut q.further.draws, v),
    ),
    Question::data(c"survival", c"new data", c"survival curves of a Cox model for these rows", |q, frame| q.survival = Some(frame)),
    Question::text(
        c"times",
        c"numbers, \"1, 2.5, 5\"",
        c"times of the survival curves (the default is the event times of the stratum)",
        |q, v| put(&mut q.times, values::numbers(v).map(Some)),
    )
    .of(&[c"survival"]),
    Question::text(
        c"curve_limits",
        c"log, log_log, plain or none",
        c"limits of the survival curves are symmetric on the scale of the cumulative hazard (the default), of its logarithm or of the survival; or there are none",
        |q, v| put(&mut q.curve_limits, values::word(v)),
    )
    .of(&[c"survival"]),
    Question::text(
        c"survival_quantiles",
        c"probabilities, \"0.25, 0.5, 0.75\"",
        c"quantiles of the survival times, with limits from those of the curves: the first times at which these shares have had an event",
        |q, v| put(&mut q.survival_summaries[0], values::numbers(v).map(Some)),
    )
    .of(&[c"survival"]),
    Question::text(
        c"survival_means",
        c"times, \"1, 5\"",
        c"restricted means of the survival times: the areas below the curves up to these times",
        |q, v| put(&mut q.survival_summaries[1], values::numbers(v).map(Some)),
    )
    .of(&[c"survival"]),
    Question::text(c"simulate", c"a positive integer up to 1e9", c"this many simulated responses", |q, v| replicates(&mut q.simulate, v)),
    Question::text(
        c"simulate_type",
        c"new or conditional",
        c"simulate with new random effects (the default) or those of the fit; also in the bootstrap and simulated residuals",
        |q, v| put(&mut q.simulate_type, values::word(v)),
    )
    .of(&[c"simulate", c"bootstrap", c"simulated_residuals"]),
    Question::text(c"bootstrap", c"a positive integer up to 1e9", c"the model fitted to this many simulated responses, or samples, and the estimates of each", |q, v| {
        replicates(&mut q.bootstrap, v)
    }),
    Question::text(
        c"bootstrap_type",
        c"parametric, case or rows",
        c"replicates are simulated responses (the default), samples of the levels of the first grouping factor, or samples of single rows",
        |q, v| put(&mut q.bootstrap_type, values::word(v)),
    )
    .of(&[c"bootstrap"]),
    Question::text(
        c"boot_interval",
        c"percentile, basic, normal or bca",
        c"the kind of bootstrap intervals (default percentile); bca also needs fits without each group",
        |q, v| put(&mut q.boot_interval, values::word(v)),
    )
    .of(&[c"confint"]),
    Question::text(
        c"statistic",
        c"two estimates and a sign, \"Days / sigma\"",
        c"for each replicate also the ratio of two estimates, named as in the bootstrap table, or \"A + B\", \"A - B\", \"A * B\", with intervals, too (repeatable)",
        |q, v| add(&mut q.statistics, values::text(v)),
    )
    .repeatable()
    .of(&[c"bootstrap"]),
    Question::text(
        c"response_se",
        c"median or mean",
        c"the standard error of the median or mean response from bootstrap samples, without any fits",
        |q, v| put(&mut q.response_se, values::word(v).map(Some)),
    )
    .of(&[c"bootstrap"]),
    Question::data(
        c"refit",
        c"responses, a column each",
        c"the model fitted to other responses, which have one row for each row of the data",
        |q, frame| q.refit = Some(frame),
    ),
    Question::text(
        c"influence",
        c"a grouping factor, or observation",
        c"what the estimates become without each level of a grouping factor of the model or of a column, or without each row: Cook's distances and other measures",
        |q, v| put(&mut q.influence, values::text(v).map(Some)),
    ),
    Question::text(
        c"influence_method",
        c"refit, one_step or fixed",
        c"influence by fits to the other rows (the default), by one Newton step, or, of a linear model, with the covariances held",
        |q, v| put(&mut q.influence_method, values::word(v)),
    )
    .of(&[c"influence"]),
    Question::text(
        c"influence_threshold",
        c"a number that is not negative",
        c"count the cases with a Cook's distance above this (default 4 divided by the number of cases)",
        |q, v| put(&mut q.influence_threshold, values::not_negative(v).map(Some)),
    )
    .of(&[c"influence"]),
    Question::text(
        c"residuals",
        c"response, pearson, working, deviance, normalized, standardized, marginal, cholesky, least_squares, semi_standardized, least_squares_standardized, quantile, random_effects, score, dfbeta, dfbetas or schoenfeld",
        c"residuals of these kinds (repeatable); the last four are those of a Cox model with a number for each fixed effect",
        |q, v| add(&mut q.residuals, values::word(v)),
    )
    .repeatable(),
    Question::text(
        c"simulated_residuals",
        c"a positive integer up to 1e9",
        c"quantile residuals from this many simulated responses (250 is usual), and tests of the model by them: uniformity, dispersion, zeros, outliers",
        |q, v| replicates(&mut q.simulated_residuals, v),
    )
    .of_models(&[ModelKind::Lmm, ModelKind::Glmm, ModelKind::Clmm]),
    Question::text(
        c"residual_group",
        c"a grouping factor or column",
        c"simulated residuals of the sums over the rows of each group, not of single rows",
        |q, v| put(&mut q.residual_group, values::text(v).map(Some)),
    )
    .of(&[c"simulated_residuals"]),
    Question::flag(
        c"diagnose",
        c"how the fit ended and what the data determine, with what each finding means and what to do: gradient, curvature, boundaries, confounded parameters, nearly collinear columns",
        |q, v| put(&mut q.diagnose, values::truth(v)),
    ),
    Question::text(
        c"proportional_hazards",
        c"km, rank, identity or log",
        c"tests of a Cox model's hazard ratios against such as change with this function of time: by term and coefficient, and of all together",
        |q, v| put(&mut q.proportional_hazards, values::word(v).map(Some)),
    )
    .of_models(&[ModelKind::Coxme]),
    Question::flag(c"all_fit", c"the model fitted by all optimisers, each from several starts, and how far apart they end: if they agree, none has stopped short of the minimum; a lower one may still exist where no start leads", |q, v| {
        put(&mut q.all_fit, values::truth(v))
    }),
    Question::text(
        c"cross_validate",
        c"a grouping factor, or rows",
        c"predictions of the levels of a grouping factor, or of rows, by fits without them: errors and logarithmic scores",
        |q, v| put(&mut q.cross_validate, values::text(v).map(Some)),
    ),
    Question::text(
        c"folds",
        c"a whole number of at least 2",
        c"leave out this many random parts in turn, not one level or row at a time",
        |q, v| put(&mut q.folds, values::count(v, 2, MOST).map(|folds| folds as usize)),
    )
    .of(&[c"cross_validate"]),
    Question::text(c"seed", c"an integer that is not negative", c"of simulations, bootstrap and parts (default 0)", |q, v| {
        put(&mut q.seed, values::count(v, 0, u64::MAX))
    })
    .of(&[c"simulate", c"bootstrap", c"cross_validate", c"residuals", c"simulated_residuals", c"rlrt", c"pb_lrt", c"power", c"predict_simulate", c"draws"]),
];
