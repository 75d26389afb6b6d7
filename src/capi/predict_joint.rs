//! What predictions have together, their covariance and sums; distributions over random effects; draws.

use super::boundary::boundary;
use super::buffer::{array_target, copy_out, optional_slice, slice, target};
use super::fit::{FitHandle, fit_of};
use super::frame::FrameHandle;
use super::handle::give;
use super::options::OptionsHandle;
use super::predict::{Asked, PredictRequest};
use super::progress::watched;
use super::request::{level_of, read};
use super::status::{ErrorRecord, Status};
use crate::error::Error;
use crate::predict::Sums;

/// The joint covariance of predictions, to `out` [rows * w,rows * w], rows and w as for interlace_fit_predict, in the order of its `out`. Its
/// diagonal has the squares of the standard errors of interlace_fit_predict_interval, which says what varies. Rows with the same new level of
/// a grouping factor share its random effects; those in which it is missing share them with no other row. `request->interval`,
/// `request->level` and `request->weights` play no part. NaN in the rows and columns of what has no prediction.
/// INTERLACE_E_ARGUMENT if rows * w is more than 16384, INTERLACE_E_UNSUPPORTED for Cox fits and, with random effects, fits by engine = iterative.
/// Otherwise as interlace_fit_predict.
/// @param len The total number of elements.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_predict_covariance(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    request: *const PredictRequest,
    options: Option<&OptionsHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let Asked { fit, newdata, rows, request } = Asked::new(fit, data, request)?;
        let k = rows.saturating_mul(fit.prediction_width(request.quantity));
        if k <= crate::predict::MOST_COVARIANT {
            array_target(out, len, k * k, "out")?;
        }
        copy_out(&watched(options, |watch| fit.prediction_covariance(newdata, &request, watch))?, out, len)
    })
}

/// Sums of predictions over rows as a new frame, a row for each group: "group" (from 0), "rows", "estimate", "std_error", "lower" and "upper" (the
/// joint covariance of the predictions makes the standard error; `request->level` is that of the limits, which are symmetric), and "corrected". If a
/// prediction has several numbers there is "part", too, from 0, and the groups of each follow those before.
///
/// `corrected` sums the means of the predictions over the distribution of the random effects given the response and the parameters, which is
/// taken for normal, not the predictions at its mode: on the scale of a response that bends, the latter are biased (TMB corrects the same by its
/// epsilon method). It is missing for ordinal fits and INTERLACE_QUANTITY_MARGINAL. The standard error is that of the estimate.
/// A group has no sum if one of its rows has no prediction, or if it has no rows. Otherwise as interlace_fit_predict_covariance.
/// @param groups The group of each row [rows], from 0 to below n_groups; negative for none. NULL for one group of all rows.
/// @param weights What each row is multiplied by [rows]; NULL for means, one over the rows of the group.
/// @param rows The number of rows, which must be exact.
/// @param n_groups The number of groups.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_predict_sums(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    request: *const PredictRequest,
    groups: *const i64,
    weights: *const f64,
    rows: usize,
    n_groups: usize,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (asked, out) = (Asked::new(fit, data, request)?, target(out, "out")?);
        if rows != asked.rows {
            return Err(Error::argument(format!("rows is {rows}, wanted exactly {}", asked.rows)));
        }
        let groups = optional_slice(groups, asked.rows, "groups")?;
        let factors = optional_slice(weights, asked.rows, "weights")?;
        let sums = Sums { groups, n_groups, factors, level: level_of(read(request)?.level) };
        let table = watched(options, |watch| asked.fit.predicted_sums(asked.newdata, &asked.request, &sums, watch))?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}

/// The distribution of predictions over the random effects given the response and the parameters, which is taken for normal: of known levels
/// about their modes, of new ones, where `request->new_levels` is INTERLACE_NEW_LEVELS_ZERO, about zero. Its mean to `mean` [len], its variance to
/// `variance` [len], and its quantiles to `quantiles` [len,n]; any of them may be NULL. Quantiles are those of the linear predictor on the scale
/// of the prediction, and exact. A mean over a link with a pole is NaN.
/// INTERLACE_E_UNSUPPORTED for ordinal and Cox fits, INTERLACE_QUANTITY_MARGINAL, and quantiles of a prediction of which several linear
/// predictors have random effects. Otherwise as interlace_fit_predict.
/// @param probabilities Numbers between 0 and 1 [n].
/// @param mean Means [len]; NULL is allowed.
/// @param variance Variances [len]; NULL is allowed.
/// @param quantiles Quantiles [len,n]; NULL is allowed.
/// @param len The number of rows, which must be exact.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_predict_distribution(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    request: *const PredictRequest,
    probabilities: *const f64,
    n: usize,
    options: Option<&OptionsHandle>,
    mean: *mut f64,
    variance: *mut f64,
    quantiles: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let asked = Asked::new(fit, data, request)?;
        let probabilities = slice(probabilities, n, "probabilities")?;
        if len != asked.rows {
            return Err(Error::argument(format!("len is {len}, wanted exactly {}", asked.rows)));
        }
        let found = watched(options, |watch| asked.fit.effect_distribution(asked.newdata, &asked.request, probabilities, watch))?;
        for (values, to) in [(&found.mean, mean), (&found.variance, variance), (&found.quantiles, quantiles)] {
            if !to.is_null() {
                copy_out(values, to, values.len())?;
            }
        }
        Ok(())
    })
}

/// Simulates the response of the rows of `data` `nsim` times, to `out` [rows,nsim], one column per replicate. The random effects of the terms that
/// the request chooses (all by default) are at their modes; those of other terms are drawn anew for each replicate, once for each level that
/// occurs. A level that the fit does not know is drawn in any term with INTERLACE_NEW_LEVELS_AVERAGE; with INTERLACE_NEW_LEVELS_ZERO it has effects of
/// zero in the terms that are chosen. `request->weights` are prior weights or numbers of trials; `request->quantity` must be
/// INTERLACE_QUANTITY_RESPONSE. A replicate depends only on `seed` and its number. Binomial responses are proportions, ordinal ones numbers of
/// categories from 1.
/// INTERLACE_E_UNSUPPORTED for Cox fits, residual correlation, and user-defined families. Otherwise as interlace_fit_predict.
/// @param nsim The number of replicates.
/// @param len The total number of elements.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_predict_simulate(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    request: *const PredictRequest,
    nsim: usize,
    seed: u64,
    options: Option<&OptionsHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let Asked { fit, newdata, rows, request } = Asked::simulated(fit, data, request)?;
        let wanted = rows.checked_mul(nsim);
        let wanted = wanted.ok_or_else(|| Error::argument(format!("nsim is {nsim}, more than the address space holds")))?;
        array_target(out, len, wanted, "out")?;
        copy_out(&watched(options, |watch| fit.simulate_at(newdata, &request, nsim, seed, watch))?, out, len)
    })
}

/// Draws from the approximate posterior distribution under flat priors on the working scale of all parameters, as a new frame with a row for each
/// draw: "log_ratio", the logarithm of the importance ratio but for a constant; "weight", the weight with its tail smoothed (Vehtari et al. 2024),
/// which add up to one; the parameters by their ids, on the scale of INTERLACE_PARAMETERS_WORKING; the random effects, "ranef[group, level, effect]".
///
/// Parameters are drawn from the normal distribution of their estimates, spherical random effects from theirs at these parameters, by its factor (the
/// Laplace approximation). The fixed effects of a linear model are drawn with the random ones. Parameters without a standard error stay at their
/// estimates. Means with the weights are those of the posterior distribution; `pareto_k` above 0.7 says that they are not reliable, above 0.5 that their
/// variance is large. A draw depends only on `seed` and its number. Draws at which the model cannot be evaluated have no random effects and no weight.
/// INTERLACE_E_NUMERIC if a coefficient has no finite estimate. INTERLACE_E_UNSUPPORTED for Cox fits, fits by engine = iterative, and without rows.
/// @param n The number of draws.
/// @param pareto_k The shape of the largest weights [1]; NULL is allowed.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_posterior_draws(
    fit: Option<&FitHandle>,
    n: usize,
    seed: u64,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    pareto_k: *mut f64,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, out) = (fit_of(fit)?, target(out, "out")?);
        let draws = watched(options, |watch| fit.posterior_draws(n, seed, watch))?;
        out.write(give(FrameHandle::new(draws.table))?);
        if !pareto_k.is_null() {
            copy_out(&[draws.pareto_k], pareto_k, 1)?;
        }
        Ok(())
    })
}
