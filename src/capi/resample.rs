//! Simulated responses of a fit, and refits to other responses.

use std::mem::MaybeUninit;

use super::boundary::{boundary, query};
use super::buffer::{array_target, copy_out, matrix, slice, target};
use super::codes::meaning;
use super::fit::{FitHandle, whole_or};
use super::frame::FrameHandle;
use super::handle::give;
use super::options::{OptionsHandle, threads};
use super::progress::watched;
use super::resample_lists::SimulationCode;
use super::status::{ErrorRecord, Status};
use crate::error::Error;
use crate::fit::Instead;
use crate::options::Options;
use crate::resample::RefitOptions;

/// The number of columns that a response of the fit has where responses are simulated or fitted anew: 2 for a Cox model, the time and 1 for an
/// event or 0 without one; 1 for other models. 0 for NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_response_columns(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(fit?.fit.response_columns()))
}

/// Simulates the response `nsim` times, to `out` [m,n_response_columns,nsim], one column per replicate; m as in interlace_fit_n_rows. A Cox model has
/// two columns per replicate (interlace_fit_n_response_columns): all times, then all events. Binomial responses are proportions, ordinal ones numbers of
/// categories from 1. Times of a Cox model are drawn from the fitted baseline hazards of the strata, given survival to the start of late entry; a
/// row without an event is censored at its own time, one with an event at a time that is drawn from the Kaplan-Meier estimate of the
/// stratum's censoring, given that it is not before the event. A replicate depends only on `seed` and its number. NaN if a drawn linear predictor is outside the range of the
/// link.
/// @param nsim The number of replicates.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_simulate(
    fit: Option<&FitHandle>,
    nsim: usize,
    seed: u64,
    simulation: MaybeUninit<SimulationCode>,
    options: Option<&OptionsHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let fit = &whole_or(fit, Instead::Frame)?.fit;
        let simulation = meaning(simulation, "simulation")?;
        let wanted = fit.fitted.len().checked_mul(fit.response_columns()).and_then(|each| each.checked_mul(nsim));
        let wanted = wanted.ok_or_else(|| Error::argument(format!("nsim is {nsim}, more than the address space holds")))?;
        array_target(out, len, wanted, "out")?;
        copy_out(&watched(options, |watch| fit.simulate(nsim, seed, simulation, watch))?, out, len)
    })
}

/// Fits the model to another response on the same rows, as lme4's refit() does: `y` [m,n_response_columns], m as in interlace_fit_n_rows, of which only the
/// rows used count. A Cox model has two columns (interlace_fit_n_response_columns): the time and the event. Binomial responses are proportions,
/// ordinal ones numbers of categories from 1. The search begins at the estimates of the fit, by the options that it was made with, and ends where
/// one from any other start ends; a fit that was saved with its rows can be refitted, too. What the data had to say of the design (levels that
/// do not occur, for instance) `fit` says, not the new one.
/// INTERLACE_E_DATA if the response is missing or not finite in a row that is used.
/// @param y The response [m,n_response_columns].
/// @param len The number of elements of `y`, which must be exact.
/// @param options Threads, progress and deadline. NULL for the defaults.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_refit(
    fit: Option<&FitHandle>,
    y: *const f64,
    len: usize,
    options: Option<&OptionsHandle>,
    out: *mut *mut FitHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (handle, out) = (whole_or(fit, Instead::Responses)?, target(out, "out")?);
        // A length that lies is found before anything is read.
        let wanted = handle.fit.fitted.len() * handle.fit.response_columns();
        if len != wanted {
            return Err(Error::argument(format!("y has {len} elements, it must have exactly {wanted}")));
        }
        let y = slice(y, len, "y")?;
        let settings = Options { threads: threads(options), ..handle.options.clone() };
        let fit = watched(options, |watch| handle.fit.refit(y, &settings, watch))?;
        out.write(give(FitHandle::new(fit, settings))?);
        Ok(())
    })
}

/// Fits the model to other responses on the same rows: `y` [m,n_response_columns*k] with leading dimension `ldy` >= m, one column per response; m as in
/// interlace_fit_n_rows, of which only the rows used count. A Cox model has two columns per response (interlace_fit_n_response_columns): the time and
/// the event. Each search begins at the estimates of the fit; for linear models the
/// cross-products of the design are computed only once. Makes a frame with one row per response: "status" (converged, singular, not_converged or
/// failed), "reason" (why it failed, such as missing values or a response without variance), "log_likelihood", all estimates by name as in
/// interlace_bootstrap_run, and with `std_errors` those of the fixed effects, whose names begin with se. (only linear models,
/// otherwise INTERLACE_E_UNSUPPORTED). Responses that failed have NaN; the others do not depend on them.
/// The progress function is told of each response with the number done, and the deviance and theta of that response (NaN and none if it failed).
/// @param m The number of rows, as in interlace_fit_n_rows.
/// @param k The number of responses.
/// @param ldy The leading dimension of `y`, at least m.
/// @param std_errors Whether the frame has standard errors of the fixed effects.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_refit_many(
    fit: Option<&FitHandle>,
    y: *const f64,
    m: usize,
    k: usize,
    ldy: usize,
    std_errors: bool,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, out) = (&whole_or(fit, Instead::Responses)?.fit, target(out, "out")?);
        let rows = fit.fitted.len();
        if m != rows {
            return Err(Error::argument(format!("m is {m}, the fit has {rows} rows")));
        }
        let columns = k.checked_mul(fit.response_columns());
        let columns = columns.ok_or_else(|| Error::argument(format!("k is {k}, more than the address space holds")))?;
        let y = matrix(y, m, columns, ldy, "y", "ldy")?;
        let asked = RefitOptions { std_errors, threads: threads(options) };
        let all = watched(options, |watch| fit.refit_many(&y, &asked, watch))?;
        out.write(give(FrameHandle::new(all.frame()?))?);
        Ok(())
    })
}
