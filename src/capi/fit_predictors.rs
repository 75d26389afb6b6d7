//! A fit's linear predictors: the mean's, and in generalised models those of the zero inflation and the dispersion.

use std::ptr::null;

use super::boundary::{boundary, query};
use super::buffer::{array_target, copy_out};
use super::c_char;
use super::fit::{FitHandle, fit_of};
use super::fit_fixed::{intervals, p_values};
use super::handle::{choice, need};
use super::status::{ErrorRecord, Status};
use crate::error::{Error, Result};
use crate::fit::{Fit, FixedEffects, Role};

/// The linear predictor of the mean, on the scale of the link.
pub const INTERLACE_MEAN: i32 = 0;
/// The linear predictor of the zero inflation: the logit of the probability of an extra zero.
pub const INTERLACE_ZERO_INFLATION: i32 = 1;
/// The linear predictor of the dispersion: the logarithm of the family's first parameter; for gaussian, of its square, the variance; for an
/// ordinal model, the logarithm of the scale.
pub const INTERLACE_DISPERSION: i32 = 2;

const PREDICTORS: [(i32, Role); 3] =
    [(INTERLACE_MEAN, Role::Mean), (INTERLACE_ZERO_INFLATION, Role::ZeroInflation), (INTERLACE_DISPERSION, Role::Dispersion)];

/// The functions below take one of INTERLACE_MEAN, INTERLACE_ZERO_INFLATION and INTERLACE_DISPERSION. This one says whether the fit has that
/// predictor; if it does not, those that return a status return INTERLACE_E_ARGUMENT.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_has_predictor(fit: Option<&FitHandle>, predictor: i32) -> bool {
    query(false, || fixed_at(fit, predictor).map(|_| true))
}

/// Number of fixed effects p of a predictor; 0 without it.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_predictor_n_fixef(fit: Option<&FitHandle>, predictor: i32) -> usize {
    query(0, || Some(fixed_at(fit, predictor)?.names.len()))
}

/// Name of a fixed effect of a predictor, by its index from 0; NULL if there is none.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_predictor_fixef_name(fit: Option<&FitHandle>, predictor: i32, i: usize) -> *const c_char {
    query(null(), || {
        let fixed = fixed_at(fit, predictor)?;
        Some(fit?.strings.fixef.get(usize::try_from(predictor).ok()?)?.get(&fixed.names, i))
    })
}

/// Estimates of the fixed effects of a predictor, to `out` [p].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_predictor_fixef(
    fit: Option<&FitHandle>,
    predictor: i32,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || copy_out(&fixed_of(fit, predictor)?.estimate, out, len))
}

/// Standard errors of the fixed effects of a predictor, to `out` [p].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_predictor_fixef_std_error(
    fit: Option<&FitHandle>,
    predictor: i32,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || copy_out(&fixed_of(fit, predictor)?.std_error, out, len))
}

/// Two-sided p-values of the fixed effects of a predictor, to `out` [p]: for the mean as in interlace_fit_fixef_p_value, for others by the
/// normal distribution.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_predictor_fixef_p_value(
    fit: Option<&FitHandle>,
    predictor: i32,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let own = fixed_of(fit, predictor)?;
        let values = if predictor == INTERLACE_MEAN { p_values(need(fit, "fit")?)? } else { own.p_values() };
        copy_out(&values, out, len)
    })
}

/// Wald confidence intervals of the fixed effects of a predictor: for the mean as in interlace_fit_confint_wald, for others by the normal
/// distribution.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_predictor_confint_wald(
    fit: Option<&FitHandle>,
    predictor: i32,
    level: f64,
    lower: *mut f64,
    upper: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let own = fixed_of(fit, predictor)?;
        let mean = predictor == INTERLACE_MEAN;
        let (low, high) = if mean { intervals(need(fit, "fit")?, level)? } else { own.intervals(level)? };
        array_target(upper, len, high.len(), "upper")?;
        copy_out(&low, lower, len)?;
        copy_out(&high, upper, len)
    })
}

/// Covariance matrix of the estimates of the fixed effects of a predictor, to `out` [p,p].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_predictor_vcov(
    fit: Option<&FitHandle>,
    predictor: i32,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || copy_out(&fixed_of(fit, predictor)?.vcov, out, len))
}

/// Number of columns left out of a predictor's fixed-effects model matrix; 0 without the predictor.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_predictor_n_dropped_columns(fit: Option<&FitHandle>, predictor: i32) -> usize {
    query(0, || Some(fixed_at(fit, predictor)?.dropped.len()))
}

/// Name of a column left out of a predictor, by its index from 0; NULL if there is none.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_predictor_dropped_column(fit: Option<&FitHandle>, predictor: i32, i: usize) -> *const c_char {
    query(null(), || {
        let fixed = fixed_at(fit, predictor)?;
        Some(fit?.strings.dropped_columns.get(usize::try_from(predictor).ok()?)?.get(&fixed.dropped, i))
    })
}

/// Predictor of a random term: INTERLACE_MEAN, INTERLACE_ZERO_INFLATION or INTERLACE_DISPERSION; -1 if there is no such term.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_term_predictor(fit: Option<&FitHandle>, term: usize) -> i32 {
    query(-1, || {
        let (role, _) = fit?.fit.all_terms().nth(term)?;
        PREDICTORS.iter().find(|p| p.1 == role).map(|p| p.0)
    })
}

/// Values of a predictor with fixed effects, random effects and offset, to `out` [m], m as in interlace_fit_n_rows. Those of the mean of a
/// linear model are the fitted values.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_linear_predictor(
    fit: Option<&FitHandle>,
    predictor: i32,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, role) = (fit_of(fit)?, choice(predictor, "predictor", &PREDICTORS)?);
        copy_out(&fit.linear_predictor_of(role).ok_or_else(|| absent(predictor, role))??, out, len)
    })
}

/// The fixed effects of a predictor, for functions that can fail.
fn fixed_of(fit: Option<&FitHandle>, predictor: i32) -> Result<&FixedEffects> {
    let (fit, role) = (fit_of(fit)?, choice(predictor, "predictor", &PREDICTORS)?);
    fit.fixed_of(role).ok_or_else(|| absent(predictor, role))
}

/// The same for those that can't.
fn fixed_at(fit: Option<&FitHandle>, predictor: i32) -> Option<&FixedEffects> {
    let fit: &Fit = &fit?.fit;
    fit.fixed_of(PREDICTORS.iter().find(|p| p.0 == predictor)?.1)
}

fn absent(predictor: i32, role: Role) -> Error {
    Error::argument(format!("predictor is {predictor}, the fit has no linear predictor of the {}", role.words()))
}
