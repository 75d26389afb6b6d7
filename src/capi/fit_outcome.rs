//! How a fit ended: the optimiser's outcome, the boundary, the warnings.

use std::ptr::null;

use super::boundary::query;
use super::c_char;
use super::codes::code_of;
use super::fit::FitHandle;
use super::fit_lists::ReasonCode;
use crate::fit::Kind;

/// Whether the optimiser reached an optimum.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_converged(fit: Option<&FitHandle>) -> bool {
    query(false, || Some(fit?.fit.outcome.converged))
}

/// Why the optimiser stopped; INTERLACE_REASON_NONE for NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_reason(fit: Option<&FitHandle>) -> ReasonCode {
    query(ReasonCode::None, || code_of(fit?.fit.outcome.reason))
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
    match &handle.fit.kind {
        Kind::Linear(..) => &[],
        Kind::Generalised(own) | Kind::Ordinal(own, _) => &own.separated,
        Kind::Cox(own) => &own.monotone,
    }
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
