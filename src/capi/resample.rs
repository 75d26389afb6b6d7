//! Simulated responses of a fit, and refits to other responses.

use std::mem::MaybeUninit;

use super::boundary::boundary;
use super::buffer::{array_target, copy_out, matrix, target};
use super::codes::meaning;
use super::fit::{FitHandle, fit_of};
use super::frame::FrameHandle;
use super::handle::give;
use super::options::{OptionsHandle, threads};
use super::progress::watched;
use super::resample_lists::SimulationCode;
use super::status::{ErrorRecord, Status};
use crate::error::Error;
use crate::resample::RefitOptions;

/// Simulates the response `nsim` times, to `out` [m,nsim], one column per replicate; m as in interlace_fit_n_rows. Binomial responses are proportions, ordinal ones numbers of
/// categories from 1. A replicate depends only on `seed` and its number. NaN if a drawn linear predictor is outside the range of the
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
        let fit = fit_of(fit)?;
        let simulation = meaning(simulation, "simulation")?;
        let wanted = fit.fitted.len().checked_mul(nsim);
        let wanted = wanted.ok_or_else(|| Error::argument(format!("nsim is {nsim}, more than the address space holds")))?;
        array_target(out, len, wanted, "out")?;
        copy_out(&watched(options, |watch| fit.simulate(nsim, seed, simulation, watch))?, out, len)
    })
}

/// Fits the model to other responses on the same rows: `y` [m,k] with leading dimension `ldy` >= m, one response per column; m as in
/// interlace_fit_n_rows, of which only the rows used count. Each search begins at the estimates of the fit; for linear models the
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
pub unsafe extern "C" fn interlace_fit_refit(
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
        let (fit, out) = (fit_of(fit)?, target(out, "out")?);
        let rows = fit.fitted.len();
        if m != rows {
            return Err(Error::argument(format!("m is {m}, the fit has {rows} rows")));
        }
        let y = matrix(y, m, k, ldy, "y", "ldy")?;
        let asked = RefitOptions { std_errors, threads: threads(options) };
        let all = watched(options, |watch| fit.refit_many(&y, &asked, watch))?;
        out.write(give(FrameHandle::new(all.frame()?)));
        Ok(())
    })
}
