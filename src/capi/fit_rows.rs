//! A fit's results per row, and its rows left out.

use libc::c_char;
use std::ptr::null;

use super::boundary::{boundary, query};
use super::buffer::{copy_out, target, write_out};
use super::fit::{FitHandle, fit_of};
use super::handle::choice;
use super::status::{ErrorRecord, Status};
use crate::error::Error;

/// Residuals: response minus fitted value.
pub const INTERLACE_RESIDUALS_RESPONSE: i32 = 0;
/// Residuals: response minus fitted value, times the square root of the weight; of a generalised model, over the standard deviation of the
/// response.
pub const INTERLACE_RESIDUALS_PEARSON: i32 = 1;

/// Length m of results per row: the rows used; with INTERLACE_NA_PAD the rows of the data, those not used having NaN.
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

/// Fitted values, the mean of the response with random effects (and zero inflation) included, to `out` [m].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_fitted(fit: Option<&FitHandle>, out: *mut f64, len: usize, err: *mut ErrorRecord) -> Status {
    boundary(err, || copy_out(&fit_of(fit)?.fitted, out, len))
}

/// Residuals, to `out` [m]; `kind` is INTERLACE_RESIDUALS_RESPONSE or INTERLACE_RESIDUALS_PEARSON.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_residuals(
    fit: Option<&FitHandle>,
    kind: i32,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let fit = fit_of(fit)?;
        let kinds = [(INTERLACE_RESIDUALS_RESPONSE, &fit.residuals), (INTERLACE_RESIDUALS_PEARSON, &fit.residuals_pearson)];
        copy_out(choice(kind, "kind", &kinds)?, out, len)
    })
}

/// The response, to `out` [m].
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

/// Number of rows of the data that were left out.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_dropped_rows(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(fit?.fit.rows.dropped.len()))
}

/// A row that was left out, by its index among these from 0: its number in the data, from 0. They come in ascending order.
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
