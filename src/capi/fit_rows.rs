//! A fit's results per row, and its rows left out.

use std::mem::MaybeUninit;
use std::ptr::null;

use super::boundary::{boundary, query};
use super::buffer::{copy_out, target, write_out};
use super::c_char;
use super::codes::meaning;
use super::fit::{FitHandle, fit_of};
use super::fit_lists::{FixefResidualsCode, LeverageCode, ResidualsCode};
use super::frame::FrameHandle;
use super::handle::give;
use super::options::{OptionsHandle, threads};
use super::progress::watched;
use super::status::{ErrorRecord, Status};
use crate::error::Error;

/// Length m of results per row: the rows used; with INTERLACE_NA_PAD all rows of the data, with NaN for those not used.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_rows(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(fit?.fit.fitted.len()))
}

/// Number of rows of the data, used or not.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_data_rows(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(fit?.fit.rows.n_data))
}

/// Fitted values, the mean of the response with random effects (and zero inflation), to `out` [m]. For an ordinal model the
/// probabilities of the observed categories, with random effects.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_fitted(fit: Option<&FitHandle>, out: *mut f64, len: usize, err: *mut ErrorRecord) -> Status {
    boundary(err, || copy_out(&fit_of(fit)?.fitted, out, len))
}

/// Residuals of a kind, to `out` [m]. INTERLACE_E_UNSUPPORTED if a model has none of this kind; an ordinal model has only those of
/// interlace_fit_quantile_residuals.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_residuals(
    fit: Option<&FitHandle>,
    residuals: MaybeUninit<ResidualsCode>,
    options: Option<&OptionsHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, kind) = (fit_of(fit)?, meaning(residuals, "residuals")?);
        copy_out(&watched(options, |watch| fit.residuals_of(kind, watch))?, out, len)
    })
}

/// Residuals of a Cox model for each row used and fixed effect, to `out` [n_obs,p]. INTERLACE_E_UNSUPPORTED for other models.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_fixef_residuals(
    fit: Option<&FitHandle>,
    fixef_residuals: MaybeUninit<FixefResidualsCode>,
    options: Option<&OptionsHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, kind) = (fit_of(fit)?, meaning(fixef_residuals, "fixef_residuals")?);
        copy_out(&watched(options, |watch| fit.fixef_residuals(kind, watch))?, out, len)
    })
}

/// Schoenfeld residuals of a Cox model as a new frame, a row for each event, by stratum and time: "stratum" (missing without strata), "time",
/// "row" (of the data, from 0), then for each fixed effect under its name the covariate of the event less the risk-weighted mean of those at
/// risk, and under "scaled." and its name the scaled residual: the coefficient plus the residuals times its covariances with all coefficients
/// and the number of events, whose course over time is that of the coefficient (Grambsch and Therneau 1994).
/// INTERLACE_E_UNSUPPORTED for other models.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_schoenfeld_residuals(
    fit: Option<&FitHandle>,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, out) = (fit_of(fit)?, target(out, "out")?);
        let table = watched(options, |watch| fit.schoenfeld_residuals(watch))?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}

/// Randomised quantile residuals (Dunn and Smyth 1996), to `out` [m]: the normal quantile of the distribution function at the response, at a
/// uniform random point within the jump at a response with positive probability. If the model, with the random effects as
/// estimated, is true, they are standard normal for every family. The same `seed` gives the same numbers; those of continuous
/// responses do not depend on it.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_quantile_residuals(
    fit: Option<&FitHandle>,
    seed: u64,
    options: Option<&OptionsHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let fit = fit_of(fit)?;
        copy_out(&watched(options, |watch| fit.quantile_residuals(seed, watch))?, out, len)
    })
}

/// Leverages of the rows of a linear model, to `out` [m], at the estimates of the covariances; any random terms, weights and residual
/// correlation. INTERLACE_E_UNSUPPORTED for other models, for a fit by the iterative engine, and for one without rows.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_leverage(
    fit: Option<&FitHandle>,
    leverage: MaybeUninit<LeverageCode>,
    options: Option<&OptionsHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, kind) = (fit_of(fit)?, meaning(leverage, "leverage")?);
        let threads = threads(options);
        copy_out(&watched(options, |watch| fit.leverage(kind, &watch.with_threads(threads)))?, out, len)
    })
}

/// The response, to `out` [m]; for an ordinal model the categories as 1, 2, .., K (interlace_fit_category).
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_response(
    fit: Option<&FitHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || copy_out(&fit_of(fit)?.y, out, len))
}

/// Prior weights, to `out` [m]; all 1 if there are none.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_weights(
    fit: Option<&FitHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let fit = fit_of(fit)?;
        fill_out(fit.weights.as_deref(), 1.0, &fit.y, out, len)
    })
}

/// The offset, to `out` [m]; all 0 if there is none.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_offset(fit: Option<&FitHandle>, out: *mut f64, len: usize, err: *mut ErrorRecord) -> Status {
    boundary(err, || {
        let fit = fit_of(fit)?;
        fill_out(fit.offset.as_deref(), 0.0, &fit.y, out, len)
    })
}

/// Copies the values, or without any the constant, which is NaN in padded rows.
unsafe fn fill_out(values: Option<&[f64]>, constant: f64, response: &[f64], out: *mut f64, len: usize) -> crate::error::Result<()> {
    match values {
        Some(values) => copy_out(values, out, len),
        None => write_out(response.iter().map(|y| if y.is_nan() { f64::NAN } else { constant }), out, len),
    }
}

/// Number of rows of the data left out. A fit of an accumulator counts them, and does not know which they are.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_dropped_rows(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(fit?.fit.rows.n_dropped()))
}

/// The number, from 0, of a row in the data that was left out, by its index from 0. The rows are in ascending order.
/// @param out The row [1], from 0.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_dropped_row(
    fit: Option<&FitHandle>,
    i: usize,
    out: *mut usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let dropped = &fit_of(fit)?.rows.dropped;
        let out = target(out, "out")?;
        let (row, _) =
            dropped.get(i).ok_or_else(|| Error::argument(format!("i is {i}, {} rows were left out (from 0)", dropped.len())))?;
        out.write(*row);
        Ok(())
    })
}

/// The column, or expression of the formula, that is missing in a row that was left out; NULL if there is no such row.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_dropped_row_reason(fit: Option<&FitHandle>, i: usize) -> *const c_char {
    query(null(), || {
        let fit = fit?;
        fit.fit.rows.dropped.get(i)?;
        Some(fit.strings.dropped_rows.get_with(|| fit.fit.rows.dropped.iter().map(|d| d.1.as_str()), i))
    })
}
