//! How a fit ended: the optimiser's outcome, the boundary, the warnings.

use std::ffi::CStr;
use std::ptr::null;

use super::boundary::query;
use super::c_char;
use super::fit::FitHandle;
use crate::optimize::Reason;

/// The optimum was reached.
pub const INTERLACE_CONVERGED: i32 = 0;
/// No further decrease is possible in floating point, and the scaled gradient is small: below 1e-3, or below 0.03 if the digits of the
/// criterion have cancelled.
pub const INTERLACE_ROUNDOFF_LIMITED: i32 = 1;
/// The fit used all evaluations allowed.
pub const INTERLACE_MAX_EVALUATIONS: i32 = 2;
/// The fit used all the time allowed.
pub const INTERLACE_DEADLINE: i32 = 3;
/// The line search failed far from a stationary point.
pub const INTERLACE_NO_PROGRESS: i32 = 4;

const fn reason(reason: Reason) -> (i32, &'static CStr) {
    match reason {
        Reason::Converged => (INTERLACE_CONVERGED, c"converged"),
        Reason::RoundoffLimited => (INTERLACE_ROUNDOFF_LIMITED, c"roundoff limited"),
        Reason::MaxEvaluations => (INTERLACE_MAX_EVALUATIONS, c"maximum number of evaluations"),
        Reason::Deadline => (INTERLACE_DEADLINE, c"deadline"),
        Reason::NoProgress => (INTERLACE_NO_PROGRESS, c"no progress"),
    }
}

/// Whether the optimiser reached an optimum.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_converged(fit: Option<&FitHandle>) -> bool {
    query(false, || Some(fit?.fit.outcome.converged))
}

/// Why the optimiser stopped: INTERLACE_CONVERGED, INTERLACE_ROUNDOFF_LIMITED, INTERLACE_MAX_EVALUATIONS, INTERLACE_DEADLINE or
/// INTERLACE_NO_PROGRESS; -1 for NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_reason(fit: Option<&FitHandle>) -> i32 {
    query(-1, || Some(reason(fit?.fit.outcome.reason).0))
}

/// Why the optimiser stopped, as text. A static string; NULL for NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_reason_name(fit: Option<&FitHandle>) -> *const c_char {
    query(null(), || Some(reason(fit?.fit.outcome.reason).1.as_ptr()))
}

/// Number of evaluations of the objective.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_evaluations(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(fit?.fit.outcome.evaluations))
}

/// Distance to the optimum in units of the parameters' standard errors: sqrt(g' H^-1 g) with gradient g and Hessian H of the objective.
/// NaN for NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_scaled_gradient(fit: Option<&FitHandle>) -> f64 {
    query(f64::NAN, || Some(fit?.fit.outcome.scaled_gradient))
}

/// Number of directions without variance, over all terms; 0 unless the fit is singular.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_boundary(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(fit?.fit.outcome.boundary.len()))
}

/// A direction without variance as text, "Subject: 0.98 (Intercept) - 0.20 Days", by its index from 0; NULL if there is none.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_boundary(fit: Option<&FitHandle>, i: usize) -> *const c_char {
    query(null(), || fit.map(|f| f.strings.boundary.get(&f.fit.outcome.boundary, i)))
}

/// Number of parameters without a finite maximum likelihood estimate: the likelihood of a model of counts, proportions or ordered
/// categories rises as they go to infinity, for example if a covariate separates all successes from all failures. They are fixed
/// effects, and for an ordinal model thresholds and nominal effects. The fit reports the values where the search ended, with standard
/// errors that are huge and otherwise meaningless. Other quantities keep their proper standard errors. 0 for a linear model.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_separated(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(separated(fit?).len()))
}

/// Name of a parameter without a finite estimate, by its index from 0, as in interlace_fit_parameter_name (those of the zero
/// inflation begin with "zi."); NULL if there is none.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_separated(fit: Option<&FitHandle>, i: usize) -> *const c_char {
    query(null(), || fit.map(|f| f.strings.separated.get(separated(f), i)))
}

fn separated(handle: &FitHandle) -> &[String] {
    handle.fit.generalised().map_or(&[], |own| &own.separated)
}

/// Number of warnings: what the user of the fit should know.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_warnings(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(fit?.fit.warnings().len()))
}

/// A warning, one line of text, by its index from 0; NULL if there is none.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_warning(fit: Option<&FitHandle>, i: usize) -> *const c_char {
    query(null(), || fit.map(|f| f.strings.warnings.get_with(|| f.fit.warnings(), i)))
}

/// Seconds of wall time from the data to the model matrices. NaN for NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_design_seconds(fit: Option<&FitHandle>) -> f64 {
    query(f64::NAN, || Some(fit?.fit.timing.0))
}

/// Seconds of wall time from the model matrices to estimates, standard errors and random effects. NaN for NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_fit_seconds(fit: Option<&FitHandle>) -> f64 {
    query(f64::NAN, || Some(fit?.fit.timing.1))
}
