//! A fit's fixed effects: those of the mean, and in generalised models those of the zero inflation and the dispersion.

use std::mem::MaybeUninit;
use std::ptr::null;

use super::boundary::{boundary, query};
use super::buffer::{copy_limits, copy_out};
use super::c_char;
use super::codes::{code_of, meaning};
use super::fit::{FitHandle, estimates_of, fit_of};
use super::fit_lists::DfCode;
use super::handle::need;
use super::hypotheses::degrees_of_freedom;
use super::options::OptionsHandle;
use super::spec_lists::PredictorCode;
use super::status::{ErrorRecord, Status};
use crate::error::{Error, Result};
use crate::fit::{FixedEffects, Role};

/// Whether the fit has a linear predictor. If it does not, functions of that predictor that return a status return
/// INTERLACE_E_ARGUMENT.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_has_predictor(fit: Option<&FitHandle>, predictor: MaybeUninit<PredictorCode>) -> bool {
    query(false, || fixed_at(fit, predictor).map(|_| true))
}

/// Number p of fixed effects of a predictor: the columns kept; 0 without the predictor.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_fixef(fit: Option<&FitHandle>, predictor: MaybeUninit<PredictorCode>) -> usize {
    query(0, || Some(fixed_at(fit, predictor)?.1.names.len()))
}

/// Name of a fixed effect of a predictor, by its index from 0; NULL if there is none.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_fixef_name(
    fit: Option<&FitHandle>,
    predictor: MaybeUninit<PredictorCode>,
    i: usize,
) -> *const c_char {
    query(null(), || {
        let (role, fixed) = fixed_at(fit, predictor)?;
        Some(fit?.strings.fixef[role as usize].get(&fixed.names, i))
    })
}

/// Estimates of the fixed effects of a predictor, to `out` [p].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_fixef(
    fit: Option<&FitHandle>,
    predictor: MaybeUninit<PredictorCode>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || copy_out(&fixed_of(fit, predictor)?.1.estimate, out, len))
}

/// Standard errors of the fixed effects of a predictor, to `out` [p].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_fixef_std_error(
    fit: Option<&FitHandle>,
    predictor: MaybeUninit<PredictorCode>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || copy_out(&fixed_of(fit, predictor)?.1.std_error, out, len))
}

/// Covariance matrix of the estimates of the fixed effects of a predictor, to `out` [p,p].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_fixef_vcov(
    fit: Option<&FitHandle>,
    predictor: MaybeUninit<PredictorCode>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || copy_out(&fixed_of(fit, predictor)?.1.vcov, out, len))
}

/// Two-sided p-values of the fixed effects of a predictor, to `out` [p]: for the mean by the degrees of freedom `df`, for others, which
/// know only INTERLACE_DF_DEFAULT and INTERLACE_DF_NORMAL, by the normal distribution.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_fixef_p_value(
    fit: Option<&FitHandle>,
    predictor: MaybeUninit<PredictorCode>,
    df: MaybeUninit<DfCode>,
    options: Option<&OptionsHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (role, fixed) = fixed_of(fit, predictor)?;
        let values = if role == Role::Mean {
            let handle = need(fit, "fit")?;
            let own = degrees_of_freedom(handle, df, options)?;
            own.coefficients(&handle.fit).iter().map(|c| c.p_value(0.0)).collect()
        } else {
            normal_only(df)?;
            fixed.p_values()
        };
        copy_out(&values, out, len)
    })
}

/// Wald confidence intervals of the fixed effects of a predictor at a `level` such as 0.95, to `lower` [p] and `upper` [p], by degrees of
/// freedom as in interlace_fit_fixef_p_value. `len` is the length of either output.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_fixef_confint_wald(
    fit: Option<&FitHandle>,
    predictor: MaybeUninit<PredictorCode>,
    df: MaybeUninit<DfCode>,
    level: f64,
    options: Option<&OptionsHandle>,
    lower: *mut f64,
    upper: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (role, fixed) = fixed_of(fit, predictor)?;
        let (low, high) = if role == Role::Mean {
            let handle = need(fit, "fit")?;
            degrees_of_freedom(handle, df, options)?.intervals(&handle.fit, level)?
        } else {
            normal_only(df)?;
            fixed.intervals(level)?
        };
        copy_limits((&low, &high), lower, upper, len)
    })
}

/// Number of columns left out of a predictor's fixed-effects model matrix because they are linear combinations of those before them; 0
/// without the predictor.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_dropped_columns(fit: Option<&FitHandle>, predictor: MaybeUninit<PredictorCode>) -> usize {
    query(0, || Some(fixed_at(fit, predictor)?.1.dropped.len()))
}

/// Name of a column left out of a predictor, by its index from 0; NULL if there is none.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_dropped_column(
    fit: Option<&FitHandle>,
    predictor: MaybeUninit<PredictorCode>,
    i: usize,
) -> *const c_char {
    query(null(), || {
        let (role, fixed) = fixed_at(fit, predictor)?;
        Some(fit?.strings.dropped_columns[role as usize].get(&fixed.dropped, i))
    })
}

/// Predictor of a random term; INTERLACE_PREDICTOR_NONE if there is no such term.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_term_predictor(fit: Option<&FitHandle>, term: usize) -> PredictorCode {
    query(PredictorCode::None, || code_of(fit?.fit.all_terms().nth(term)?.0))
}

/// Values of a predictor with fixed effects, random effects and offset, to `out` [m], m as in interlace_fit_n_rows. Those of the mean of a
/// linear model are the fitted values.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_linear_predictor(
    fit: Option<&FitHandle>,
    predictor: MaybeUninit<PredictorCode>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, role) = (fit_of(fit)?, meaning(predictor, "predictor")?);
        copy_out(&fit.linear_predictor_of(role).ok_or_else(|| absent(role))??, out, len)
    })
}

/// A predictor and its fixed effects, for functions that can fail.
fn fixed_of(fit: Option<&FitHandle>, predictor: MaybeUninit<PredictorCode>) -> Result<(Role, &FixedEffects)> {
    let (fit, role) = (estimates_of(fit)?, meaning(predictor, "predictor")?);
    Ok((role, fit.fixed_of(role).ok_or_else(|| absent(role))?))
}

/// The same for those that can't.
fn fixed_at(fit: Option<&FitHandle>, predictor: MaybeUninit<PredictorCode>) -> Option<(Role, &FixedEffects)> {
    let role = meaning(predictor, "predictor").ok()?;
    Some((role, fit?.fit.fixed_of(role)?))
}

fn absent(role: Role) -> Error {
    Error::argument(format!("predictor: the fit has no linear predictor of the {}", role.words()))
}

/// Fails for degrees of freedom that only fixed effects of the mean have.
fn normal_only(df: MaybeUninit<DfCode>) -> Result<()> {
    use crate::choice::Choice;
    use crate::inference::degrees_of_freedom::DfMethod;
    match meaning(df, "df")? {
        DfMethod::Default | DfMethod::Normal => Ok(()),
        other => Err(Error::argument(format!(
            "df is {}; fixed effects of other predictors than the mean have only normal",
            other.name()
        ))),
    }
}
