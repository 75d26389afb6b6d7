//! Simulated responses of a fit, refits to other responses, the parametric bootstrap.

use super::boundary::boundary;
use super::buffer::{array_target, copy_out, matrix, target};
use super::fit::{FitHandle, fit_of};
use super::frame::FrameHandle;
use super::handle::{choice, give, need};
use super::options::{OptionsHandle, threads};
use super::progress::watched;
use super::status::{ErrorRecord, Status};
use crate::error::Error;
use crate::resample::{BootstrapOptions, IntervalKind, RandomEffects, RefitOptions};
use crate::watch::Watch;

/// Simulated responses have newly drawn random effects in each replicate.
pub const INTERLACE_SIMULATE_NEW: i32 = 0;
/// Simulated responses have the random effects of the fit, that is its conditional modes.
pub const INTERLACE_SIMULATE_CONDITIONAL: i32 = 1;

pub(super) const RANDOM_EFFECTS: [(i32, RandomEffects); 2] =
    [(INTERLACE_SIMULATE_NEW, RandomEffects::New), (INTERLACE_SIMULATE_CONDITIONAL, RandomEffects::Conditional)];

/// Bootstrap intervals from quantiles of the replicates.
pub const INTERLACE_BOOTSTRAP_PERCENTILE: i32 = 0;
/// Bootstrap intervals from twice the estimate minus the quantiles of the replicates.
pub const INTERLACE_BOOTSTRAP_BASIC: i32 = 1;
/// Bootstrap intervals from the normal distribution with the standard deviation of the replicates, corrected for their bias.
pub const INTERLACE_BOOTSTRAP_NORMAL: i32 = 2;
/// Bootstrap intervals from quantiles of the replicates at levels corrected for bias and acceleration (BCa), the latter from fits without
/// each group.
pub const INTERLACE_BOOTSTRAP_BCA: i32 = 3;

pub(super) const INTERVALS: [(i32, IntervalKind); 4] = [
    (INTERLACE_BOOTSTRAP_PERCENTILE, IntervalKind::Percentile),
    (INTERLACE_BOOTSTRAP_BASIC, IntervalKind::Basic),
    (INTERLACE_BOOTSTRAP_NORMAL, IntervalKind::Normal),
    (INTERLACE_BOOTSTRAP_BCA, IntervalKind::Accelerated),
];

/// Simulates the response `nsim` times, to `out` [m,nsim], one column per replicate; m as in interlace_fit_n_rows. `what` is
/// INTERLACE_SIMULATE_NEW or INTERLACE_SIMULATE_CONDITIONAL. Binomial responses are proportions, ordinal ones numbers of
/// categories from 1. A replicate depends only on `seed` and its number. NaN if a drawn linear predictor is outside the range of the
/// link.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_simulate(
    fit: Option<&FitHandle>,
    nsim: usize,
    seed: u64,
    what: i32,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let fit = fit_of(fit)?;
        let what = choice(what, "what", &RANDOM_EFFECTS)?;
        let wanted = fit.fitted.len().checked_mul(nsim);
        let wanted = wanted.ok_or_else(|| Error::argument(format!("nsim is {nsim}, more than the address space holds")))?;
        array_target(out, len, wanted, "out")?;
        copy_out(&fit.simulate(nsim, seed, what, &Watch::unwatched())?, out, len)
    })
}

/// Fits the model to other responses on the same rows: `y` [m,k] with leading dimension `ldy`, one response per column; m as in
/// interlace_fit_n_rows, of which only the rows used count. Each search begins at the estimates of the fit; for linear models the
/// cross-products of the design are computed only once. Makes a frame with one row per response: "status" (converged, singular, not_converged or
/// failed), "reason" (why it failed, such as missing values or a response without variance), "logLik", all estimates by name as in
/// interlace_fit_bootstrap, and with `std_errors` those of the fixed effects, whose names begin with se. (only linear models,
/// otherwise INTERLACE_E_UNSUPPORTED). Responses that failed have NaN; the others do not depend on them.
/// Of `options` (may be NULL) it uses only the threads, which do not change results, the deadline and the progress function. That is told
/// of each response with the number done, and the deviance and theta of that response (NaN and none if it failed).
/// The caller frees `*out` with interlace_frame_free.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_refit(
    fit: Option<&FitHandle>,
    y: *const f64,
    ldy: usize,
    k: usize,
    std_errors: bool,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, out) = (fit_of(fit)?, target(out, "out")?);
        let y = matrix(y, fit.fitted.len(), k, ldy, "y", "ldy")?;
        let asked = RefitOptions { std_errors, threads: threads(options) };
        let all = watched(options, |watch| fit.refit_many(&y, &asked, watch))?;
        out.write(give(FrameHandle::new(all.frame()?)));
        Ok(())
    })
}

/// The parametric bootstrap: simulates the response `nsim` times as interlace_fit_simulate does, fits the model to each, and makes a
/// frame with one row per replicate: "status" (converged, singular or failed), "reason" (why it failed, else missing), "logLik", and all
/// estimates by name: fixed effects (those of the zero part and the dispersion or scale begin with zi. and disp.), parameters of the
/// family, of the thresholds with nominal effects, or sigma, theta, standard deviations (sd_) and correlations (cor_) of random effects.
/// Failed replicates have NaN, such as those in which a category of an ordinal response does not occur.
/// Of `options` (may be NULL) it uses only the threads, which do not change results, the deadline and the progress function. That is told
/// of each replicate with the number done, and the deviance and theta of that replicate (NaN and none if it failed).
/// The caller frees `*out` with interlace_frame_free.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_bootstrap(
    fit: Option<&FitHandle>,
    nsim: usize,
    seed: u64,
    what: i32,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, out) = (fit_of(fit)?, target(out, "out")?);
        let asked = BootstrapOptions {
            replicates: nsim,
            seed,
            random_effects: choice(what, "what", &RANDOM_EFFECTS)?,
            threads: threads(options),
            ..BootstrapOptions::default()
        };
        let all = watched(options, |watch| fit.bootstrap(&asked, watch))?;
        out.write(give(FrameHandle::new(all.frame()?)));
        Ok(())
    })
}

/// Intervals from `replicates`, a frame that interlace_fit_bootstrap made from the same fit, as a new frame: term, estimate, bias,
/// std_error, lower, upper, and n, the number of replicates that did not fail. `type` is INTERLACE_BOOTSTRAP_PERCENTILE,
/// INTERLACE_BOOTSTRAP_BASIC, INTERLACE_BOOTSTRAP_NORMAL or INTERLACE_BOOTSTRAP_BCA, which fits the model without each level of the first
/// grouping factor and gives NaN for terms without an estimate in one of these fits (interlace_bootstrap_confint takes such fits as input).
/// `level` is between 0 and 1, such as 0.95.
/// The caller frees `*out` with interlace_frame_free.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_bootstrap_confint(
    fit: Option<&FitHandle>,
    replicates: Option<&FrameHandle>,
    level: f64,
    r#type: i32,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, replicates, out) = (fit_of(fit)?, need(replicates, "replicates")?, target(out, "out")?);
        let kind = choice(r#type, "type", &INTERVALS)?;
        out.write(give(FrameHandle::new(fit.bootstrap_intervals(&replicates.frame, level, kind, &Watch::unwatched())?)));
        Ok(())
    })
}
