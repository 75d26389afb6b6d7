//! A fit's residual correlation.

use std::ptr::null;

use super::boundary::{boundary, query};
use super::buffer::target;
use super::c_char;
use super::codes::code_of;
use super::fit::{FitHandle, estimates_of};
use super::spec_lists::CorrelationCode;
use super::status::{ErrorRecord, Status};
use crate::error::{Error, Result};
use crate::fit::CorrelationFit;

/// The kind of a fit's residual correlation; INTERLACE_CORRELATION_NONE without one.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_correlation(fit: Option<&FitHandle>) -> CorrelationCode {
    query(CorrelationCode::None, || code_of(own(fit)?.design.kind))
}

/// Name of the groups within which residuals are correlated, "g" or "a:b"; NULL without residual correlation.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_correlation_group(fit: Option<&FitHandle>) -> *const c_char {
    query(null(), || names(fit, 0))
}

/// Number of groups with correlated residuals in the rows used; 0 without residual correlation.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_correlation_n_groups(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(own(fit)?.n_groups()))
}

/// Name of the time of a residual correlation; NULL if it is the order of the rows, and without residual correlation.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_correlation_time(fit: Option<&FitHandle>) -> *const c_char {
    query(null(), || names(fit, 1))
}

/// The estimated parameter rho of the residual correlation, to `estimate`, and its standard error by the delta method from the observed
/// information, to `std_error`, which may be NULL; NaN if the parameter is at the end of its range.
/// INTERLACE_E_ARGUMENT for a fit without residual correlation.
/// @param estimate rho [1].
/// @param std_error Its standard error [1]; NULL is allowed.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_correlation_estimate(
    fit: Option<&FitHandle>,
    estimate: *mut f64,
    std_error: *mut f64,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let own = correlation_of(fit)?;
        let estimate = target(estimate, "estimate")?;
        if !std_error.is_null() {
            target(std_error, "std_error")?.write(own.std_error);
        }
        estimate.write(own.estimate);
        Ok(())
    })
}

/// Wald limits of the residual correlation at a level such as 0.95, to `lower` and `upper`: symmetric on the scale log((rho - a) / (1 - rho)),
/// where a is the least possible value of rho.
/// @param lower The lower limit [1].
/// @param upper The upper limit [1].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_correlation_confint_wald(
    fit: Option<&FitHandle>,
    level: f64,
    lower: *mut f64,
    upper: *mut f64,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (low, high) = correlation_of(fit)?.interval(level)?;
        let (lower, upper) = (target(lower, "lower")?, target(upper, "upper")?);
        lower.write(low);
        upper.write(high);
        Ok(())
    })
}

fn own(fit: Option<&FitHandle>) -> Option<&CorrelationFit> {
    fit?.fit.correlation()
}

fn names(fit: Option<&FitHandle>, i: usize) -> Option<*const c_char> {
    let design = &own(fit)?.design;
    let list = || std::iter::once(&design.group).chain(&design.time).cloned().collect::<Vec<_>>();
    Some(fit?.strings.correlation.get_with(list, i))
}

fn correlation_of(fit: Option<&FitHandle>) -> Result<&CorrelationFit> {
    estimates_of(fit)?.correlation().ok_or_else(|| Error::argument("the fit has no residual correlation"))
}
