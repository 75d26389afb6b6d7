//! Residuals as tables: by simulation, of random effects, beside the data; and how the fit ended.

use std::mem::MaybeUninit;

use super::boundary::boundary;
use super::buffer::target;
use super::c_char;
use super::codes::meaning;
use super::fit::{FitHandle, fit_of};
use super::frame::FrameHandle;
use super::handle::{boxed, give, need};
use super::options::{OptionsHandle, threads};
use super::progress::watched;
use super::resample_lists::SimulationCode;
use super::status::{ErrorRecord, Status};
use super::strings::optional_text;
use crate::diagnostics::{Augmented, Grouping, Simulations};

/// Quantile residuals by simulation, as DHARMa makes them, and tests of the model by them: the place of each response among `nsim`
/// responses simulated for its row, as a number between 0 and 1. If b of them are below the response and t are equal to it, the residual is
/// (b + U (t + 1)) / (nsim + 1), with a uniform random number U: exactly uniform if the model is true, for every family, and whatever the number of
/// simulations. With INTERLACE_SIMULATION_NEW the random effects are drawn anew, so that their distribution is judged, too, and residuals of a group depend on each other; with
/// INTERLACE_SIMULATION_CONDITIONAL they are those of the fit. Simulated responses are those of interlace_fit_simulate. Numbers depend on
/// `seed` only, not on the threads of `options`.
///
/// With `group`, the sums of responses over the rows of each group are compared instead (of proportions the successes): a grouping factor
/// of the model, or a column of `data`, the frame that the fit was made from.
///
/// `*residuals_out` is a new frame with a row for each row used (with INTERLACE_NA_PAD for each row of the data, or with `group` for each group): "row" (of the
/// data, from 0) or "group", "observed", "mean" (of the simulated responses), "uniform" (the residual), "normal" (its normal quantile), "outlier" (-1 if the
/// response is below all simulated ones, 1 if above all, else 0). Responses of ordinal models are numbers of categories, from 1, those of binomial models successes.
/// A residual is NaN if a simulated response is.
///
/// `*tests_out`, unless `tests_out` is NULL, is a new frame with a row for each test: "test", "statistic", "observed", "expected" (the mean over the simulated responses), "p_value".
/// "uniformity" is Kolmogorov and Smirnov's test with the distance as statistic, as if residuals were independent; "uniformity_simulated" compares the
/// same distance with those of the simulated responses, and so holds for residuals that depend on each other. "dispersion" compares the variance of responses about
/// the means of their rows, "zeros" (counts, proportions and mixtures with zeros) the number of zeros, and "outliers" the number of responses below or above all others, each two-sided, with the ratio of observed
/// to expected as statistic. The p-values of all but the first are Monte-Carlo ones, at least 1/(nsim + 1), exact but for the parameters, which
/// are those of the fit: response and simulated responses are exchangeable if the model is true and the random effects are new. With
/// INTERLACE_SIMULATION_CONDITIONAL these were fitted to the response, and "dispersion" rejects true models where groups have few rows.
/// INTERLACE_E_UNSUPPORTED for Cox models, whose response has no place in an order, and for families that cannot simulate. The memory is 8 (nsim + 1) bytes for each row or group.
/// The caller frees `*residuals_out` and `*tests_out` with interlace_frame_free.
/// @param nsim The number of simulated responses; 250 is usual.
/// @param data The frame that the fit was made from. NULL: `group` is a grouping factor of the model.
/// @param group A grouping factor or column; NULL for single rows.
/// @param residuals_out A new frame with a row per row or group [1].
/// @param tests_out A new frame with a row per test [1]; NULL if it is not wanted.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_simulated_residuals(
    fit: Option<&FitHandle>,
    nsim: usize,
    seed: u64,
    simulation: MaybeUninit<SimulationCode>,
    data: Option<&FrameHandle>,
    group: *const c_char,
    options: Option<&OptionsHandle>,
    residuals_out: *mut *mut FrameHandle,
    tests_out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, out) = (fit_of(fit)?, target(residuals_out, "residuals_out")?);
        let tests_out = if tests_out.is_null() { None } else { Some(target(tests_out, "tests_out")?) };
        let group = optional_text(group, "group")?;
        let grouping = group.map(|name| Grouping::named(fit, data.map(|data| &data.frame), name)).transpose()?;
        let random_effects = meaning(simulation, "simulation")?;
        let asked = Simulations { count: nsim, seed, random_effects, grouping: grouping.as_ref() };
        let all = watched(options, |watch| fit.simulated_residuals(&asked, &watch.with_threads(threads(options))))?;
        let (table, tests) = (all.frame(fit)?, tests_out.map(|_| all.tests()).transpose()?);
        let tests = tests.map(|tests| boxed(FrameHandle::new(tests))).transpose()?;
        out.write(give(FrameHandle::new(table))?);
        if let (Some(out), Some(tests)) = (tests_out, tests) {
            out.write(Box::into_raw(tests));
        }
        Ok(())
    })
}

/// Random effects as residuals, as a new frame with a row for each level and effect: "predictor" (not in linear models), "term" (the random term, from 0), "group",
/// "level", "effect", "mode", "std_dev" (the standard deviation of the mode itself: smaller than that of the effect, because modes are
/// shrunken), "standardized" (their ratio, standard normal if the model is true), "distance" (of all effects of the level from zero, b' Cov(b)^-1 b: chi-square with
/// as many degrees of freedom as the term has effects with variance). The covariance of modes is that of the random effects minus the covariance of what they are
/// wrong by: for linear models exact given theta, for others an approximation. NaN without variance.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_ranef_residuals(
    fit: Option<&FitHandle>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, out) = (fit_of(fit)?, target(out, "out")?);
        let table = watched(options, |watch| fit.ranef_residuals(watch))?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}

/// How a fit ended and what its data determine, as a new frame with a row for each finding: "check", "status" (ok, note or warning), "subject" (the parameters, columns
/// or factors that it is about; missing: the whole fit), "value", "meaning" and "advice" (missing if there is nothing to do) in plain English. The checks:
/// "convergence" (value: evaluations), "gradient" (the distance to the optimum in standard errors), "boundary" (combinations of effects without variance),
/// "curvature" (eigenvalues of the Hessian of the criterion in all parameters but the fixed effects, over which it is minimised, scaled to a unit
/// diagonal), "confounded_pair" (the correlation of two estimates, beyond 0.95), "no_standard_error", "condition_index" (of X with
/// columns of unit length; those above 30, and the largest), "vif" (variance inflation factors of the columns), "dropped_column",
/// "separation", "few_levels" (factors with less than 5).
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_diagnose(
    fit: Option<&FitHandle>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, out) = (fit_of(fit)?, target(out, "out")?);
        let table = watched(options, |watch| fit.diagnose(watch))?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}

/// The conditional AIC, as a new frame of one row: "log_likelihood" (given the random effects), "trace" (of the hat matrix of a linear model, as if
/// its variances were known), "df" (with what the estimation of the variances takes; Greven and Kneib 2010) and "caic". Of Poisson models, and of
/// binomial ones with a trial in each row, df is by a fit for each row with another response (Saefken and others 2014).
/// INTERLACE_E_UNSUPPORTED for other models and residual correlation, INTERLACE_E_ARGUMENT without random effects.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_conditional_aic(
    fit: Option<&FitHandle>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, out) = (fit_of(fit)?, target(out, "out")?);
        let table = watched(options, |watch| fit.conditional_aic(watch))?.frame()?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}

/// The data, and beside them what the fit says of each row, as a new frame: the rows used, with INTERLACE_NA_PAD all rows, with all columns of `data`; then ".row" (the row of the
/// data, from 0), ".fitted", ".fitted_marginal" (the mean over the random effects; not of ordinal and Cox models), ".resid" (those of INTERLACE_RESIDUALS_RESPONSE), ".resid_" and the name of each other kind of
/// residuals that the model has, ".resid_quantile" (interlace_fit_quantile_residuals with `seed`), of linear models ".leverage", ".leverage_fixef" and
/// ".leverage_ranef"; with `influence` also ".cooks_distance", ".mdffits", ".covtrace" and ".covratio" of leaving out the row, for linear models at the parameters of the
/// fit (INTERLACE_INFLUENCE_METHOD_FIXED), for others by a fit without each row, which takes long. If `data` has a column of such a name, the
/// new one has a number behind it. INTERLACE_E_DATA if `data` is not the frame that the fit was made from, as far as that can be told.
/// @param data The frame that the fit was made from.
/// @param influence Whether it has the influence of each row.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_augment(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    seed: u64,
    influence: bool,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, data, out) = (fit_of(fit)?, need(data, "data")?, target(out, "out")?);
        let asked = Augmented { seed, influence, threads: threads(options) };
        let table = watched(options, |watch| fit.augment(&data.frame, &asked, &watch.with_threads(asked.threads)))?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}
