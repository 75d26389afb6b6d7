//! A fit's fixed effects: those of the mean.

use std::ptr::null;

use super::boundary::{boundary, query};
use super::buffer::{copy_limits, copy_out};
use super::c_char;
use super::fit::{FitHandle, fit_of};
use super::handle::need;
use super::hypotheses::default_degrees_of_freedom;
use super::status::{ErrorRecord, Status};
use crate::error::Result;
use crate::watch::Watch;

/// Number of fixed effects p of the mean: the columns kept.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_fixef(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(fit?.fit.fixed.names.len()))
}

/// Name of a fixed effect, by its index from 0; NULL if there is none.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_fixef_name(fit: Option<&FitHandle>, i: usize) -> *const c_char {
    query(null(), || fit.map(|f| f.strings.fixef[0].get(&f.fit.fixed.names, i)))
}

/// Estimates of the fixed effects, to `out` [p].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_fixef(fit: Option<&FitHandle>, out: *mut f64, len: usize, err: *mut ErrorRecord) -> Status {
    boundary(err, || copy_out(&fit_of(fit)?.fixed.estimate, out, len))
}

/// Standard errors of the fixed effects, to `out` [p].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_fixef_std_error(
    fit: Option<&FitHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || copy_out(&fit_of(fit)?.fixed.std_error, out, len))
}

/// Two-sided p-values of the fixed effects by INTERLACE_DF_DEFAULT, to `out` [p]. interlace_fit_coefficients also gives their degrees of
/// freedom, and p-values by other methods.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_fixef_p_value(
    fit: Option<&FitHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || copy_out(&p_values(need(fit, "fit")?)?, out, len))
}

/// Wald confidence intervals of the fixed effects by INTERLACE_DF_DEFAULT, to `lower` [p] and `upper` [p]; `level` is between 0 and 1,
/// such as 0.95. interlace_fit_coefficients also gives their degrees of freedom, and intervals by other methods.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_confint_wald(
    fit: Option<&FitHandle>,
    level: f64,
    lower: *mut f64,
    upper: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (low, high) = intervals(need(fit, "fit")?, level)?;
        copy_limits((&low, &high), lower, upper, len)
    })
}

/// Covariance matrix of the estimates of the fixed effects, to `out` [p,p].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_vcov(fit: Option<&FitHandle>, out: *mut f64, len: usize, err: *mut ErrorRecord) -> Status {
    boundary(err, || copy_out(&fit_of(fit)?.fixed.vcov, out, len))
}

/// Number of columns of the fixed-effects model matrix left out because they are linear combinations of those before them.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_dropped_columns(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(fit?.fit.fixed.dropped.len()))
}

/// Name of a column left out, by its index from 0; NULL if there is none.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_dropped_column(fit: Option<&FitHandle>, i: usize) -> *const c_char {
    query(null(), || fit.map(|f| f.strings.dropped_columns[0].get(&f.fit.fixed.dropped, i)))
}

/// Of the fixed effects of the mean, by default.
pub(super) fn p_values(handle: &FitHandle) -> Result<Vec<f64>> {
    Ok(default_degrees_of_freedom(handle, &Watch::unwatched())?.coefficients(&handle.fit).iter().map(|c| c.p_value(0.0)).collect())
}

/// Lower and upper limits of the fixed effects of the mean, by default.
pub(super) fn intervals(handle: &FitHandle, level: f64) -> Result<(Vec<f64>, Vec<f64>)> {
    default_degrees_of_freedom(handle, &Watch::unwatched())?.intervals(&handle.fit, level)
}
