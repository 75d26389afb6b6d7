//! A fit's random effects: theta, and each term's covariance, modes and boundary.

use std::ptr::null;

use super::boundary::{boundary, query};
use super::buffer::{copy_limits, copy_out};
use super::c_char;
use super::codes::code_of;
use super::fit::{FitHandle, estimates_of};
use super::spec_lists::StructureCode;
use super::status::{ErrorRecord, Status};
use crate::error::{Error, Result};
use crate::fit::{Fit, TermFit};

/// Number of covariance parameters.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_theta(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(fit?.fit.theta.len()))
}

/// Name of a covariance parameter, by its index from 0: "group.effect" on the diagonal of the Cholesky factor, "group.row.column" below it,
/// with "zi." or "disp." before it for a term of the zero inflation or the dispersion; NULL if there is none.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_theta_name(fit: Option<&FitHandle>, i: usize) -> *const c_char {
    query(null(), || fit.map(|f| f.strings.theta.get(&f.fit.theta_names, i)))
}

/// Covariance parameters, to `out` [n_theta], term by term: for an unstructured covariance the lower triangle, by columns, of the Cholesky
/// factor of the random effects' covariance relative to sigma^2; for a generalised model, of that covariance itself.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_theta(fit: Option<&FitHandle>, out: *mut f64, len: usize, err: *mut ErrorRecord) -> Status {
    boundary(err, || copy_out(&estimates_of(fit)?.theta, out, len))
}

/// Number of random terms, of all predictors.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_terms(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(fit?.fit.all_terms().count()))
}

/// Grouping factor of a term, "g" or "a:b"; NULL if there is no such term. Terms may share a grouping factor.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_term_group(fit: Option<&FitHandle>, term: usize) -> *const c_char {
    query(null(), || {
        let fit = fit?;
        Some(fit.strings.groups.get_with(|| fit.fit.all_terms().map(|(_, t)| &t.design.group), term))
    })
}

/// Number of effects r of a term.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_term_n_effects(fit: Option<&FitHandle>, term: usize) -> usize {
    query(0, || Some(term_at(&fit?.fit, term)?.design.effects.len()))
}

/// Name of an effect of a term, by its index from 0; NULL if there is none.
/// @param effect The effect, from 0.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_term_effect_name(fit: Option<&FitHandle>, term: usize, effect: usize) -> *const c_char {
    query(null(), || {
        let fit = fit?;
        Some(fit.strings.effects.get(term)?.get(&term_at(&fit.fit, term)?.design.effects, effect))
    })
}

/// Number of levels l of a term's grouping factor.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_term_n_levels(fit: Option<&FitHandle>, term: usize) -> usize {
    query(0, || Some(term_at(&fit?.fit, term)?.design.levels.len()))
}

/// Label of a level of a term's grouping factor, by its index from 0; NULL if there is none.
/// @param level The level, from 0.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_term_level(fit: Option<&FitHandle>, term: usize, level: usize) -> *const c_char {
    query(null(), || {
        let fit = fit?;
        Some(fit.strings.levels.get(term)?.get(&term_at(&fit.fit, term)?.design.levels, level))
    })
}

/// Covariance structure of a term; INTERLACE_STRUCTURE_NONE if there is no such term.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_term_structure(fit: Option<&FitHandle>, term: usize) -> StructureCode {
    query(StructureCode::None, || code_of(term_at(&fit?.fit, term)?.design.structure.kind))
}

/// Whether a term's effects share one standard deviation by its structure.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_term_is_homogeneous(fit: Option<&FitHandle>, term: usize) -> bool {
    query(false, || Some(term_at(&fit?.fit, term)?.design.structure.homogeneous))
}

/// Covariance matrix of a term's effects, to `out` [r,r], in squared units of the response, or of the linear predictor.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_term_cov(
    fit: Option<&FitHandle>,
    term: usize,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || copy_out(&term_of(fit, term)?.cov, out, len))
}

/// Standard deviations of a term's effects, to `out` [r].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_term_sd(
    fit: Option<&FitHandle>,
    term: usize,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || copy_out(&term_of(fit, term)?.sd, out, len))
}

/// Correlation matrix of a term's effects, to `out` [r,r]; NaN for an effect without variance.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_term_corr(
    fit: Option<&FitHandle>,
    term: usize,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || copy_out(&term_of(fit, term)?.corr, out, len))
}

/// Conditional modes of a term's random effects, to `out` [r,l]: one column per level.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_term_ranef(
    fit: Option<&FitHandle>,
    term: usize,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || copy_out(&term_of(fit, term)?.modes, out, len))
}

/// Conditional covariance matrices of a term's random effects given the parameters, to `out` [r,r,l]: one matrix per level.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_term_ranef_cov(
    fit: Option<&FitHandle>,
    term: usize,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || copy_out(&term_of(fit, term)?.condvar, out, len))
}

/// Whether interlace_fit_term_ranef_cov_full is available. False for NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_term_has_ranef_cov_full(fit: Option<&FitHandle>, term: usize) -> bool {
    query(false, || Some(term_at(&fit?.fit, term)?.condvar_full.is_some()))
}

/// As interlace_fit_term_ranef_cov, with the uncertainty of the estimated parameters added (delta method, as in TMB's sdreport), to `out`
/// [r,r,l]. INTERLACE_E_UNSUPPORTED for linear models and without marginal standard errors.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_term_ranef_cov_full(
    fit: Option<&FitHandle>,
    term: usize,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || copy_out(covariances_full(term_of(fit, term)?)?, out, len))
}

fn covariances_full(term: &TermFit) -> Result<&[f64]> {
    term.condvar_full.as_deref().ok_or_else(|| {
        Error::unsupported(
            "the covariance of random effects with that of the parameters is known of generalised models with marginal standard errors alone",
        )
    })
}

/// Limits of a term's random effects at a level such as 0.95: the modes minus and plus a normal quantile times the standard deviations,
/// each [r,l]. The standard deviations are those of interlace_fit_term_ranef_cov, given the parameters, or with `full` those of
/// interlace_fit_term_ranef_cov_full, INTERLACE_E_UNSUPPORTED if the fit has none. `len` is the length of either output.
/// @param full Whether standard deviations include the uncertainty of the parameters.
/// @param lower Lower limits [r,l].
/// @param upper Upper limits [r,l].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_term_ranef_confint_wald(
    fit: Option<&FitHandle>,
    term: usize,
    level: f64,
    full: bool,
    lower: *mut f64,
    upper: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let term = term_of(fit, term)?;
        let covariances = if full { covariances_full(term)? } else { &term.condvar };
        let (low, high) = term.intervals(level, covariances)?;
        copy_limits((&low, &high), lower, upper, len)
    })
}

/// Number of directions in the space of a term's effects that have no variance; 0 unless the fit is singular.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_term_n_boundary(fit: Option<&FitHandle>, term: usize) -> usize {
    query(0, || Some(term_at(&fit?.fit, term)?.boundary.len()))
}

/// A direction without variance, by its index from 0, to `out` [r]: the weights of the effects, of unit length.
/// @param direction The direction, from 0.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_term_boundary(
    fit: Option<&FitHandle>,
    term: usize,
    direction: usize,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let boundary = &term_of(fit, term)?.boundary;
        let found = boundary.get(direction);
        let count = boundary.len();
        let unknown = || Error::argument(format!("direction is {direction}, the term has {count} of them (from 0)"));
        copy_out(found.ok_or_else(unknown)?, out, len)
    })
}

/// The term of that number, for functions that can fail.
pub(super) fn term_of(fit: Option<&FitHandle>, term: usize) -> Result<&TermFit> {
    let fit = estimates_of(fit)?;
    let count = fit.all_terms().count();
    term_at(fit, term).ok_or_else(|| Error::argument(format!("term is {term}, the fit has {count} random terms (from 0)")))
}

fn term_at(fit: &Fit, term: usize) -> Option<&TermFit> {
    fit.all_terms().nth(term).map(|(_, term)| term)
}
