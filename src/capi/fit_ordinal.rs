//! What only ordinal fits have: categories, thresholds, nominal effects. And intervals of the parameters of any distribution.

use std::ptr::null;

use super::boundary::{boundary, query};
use super::buffer::{copy_limits, copy_out};
use super::c_char;
use super::codes::code_of;
use super::fit::{FitHandle, estimates_of, fit_of};
use super::spec_lists::ThresholdCode;
use super::status::{ErrorRecord, Status};
use crate::error::{Error, Result};
use crate::fit::{Generalised, Ordinal};

/// Number of categories K of an ordinal fit: those that occur in the rows used; 0 for other fits.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_categories(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(ordinal_at(fit)?.categories.len()))
}

/// Label of a category, by its index from 0, from lowest to highest; NULL if there is none. interlace_fit_response numbers the first as 1.
/// @param k The category, from 0.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_category(fit: Option<&FitHandle>, k: usize) -> *const c_char {
    query(null(), || Some(fit?.strings.categories.get(&ordinal_at(fit)?.categories, k)))
}

/// The structure of the thresholds of an ordinal fit; INTERLACE_THRESHOLD_NONE for other fits. A single threshold is always flexible.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_threshold_structure(fit: Option<&FitHandle>) -> ThresholdCode {
    query(ThresholdCode::None, || code_of(ordinal_at(fit)?.threshold))
}

/// Number of thresholds of an ordinal fit, one less than the number of categories; 0 for other fits.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_thresholds(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(ordinal_at(fit)?.thresholds.names.len()))
}

/// Name of a threshold, by its index from 0: the categories on either side, "low|mid"; NULL if there is none.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_threshold_name(fit: Option<&FitHandle>, i: usize) -> *const c_char {
    query(null(), || Some(fit?.strings.thresholds.get(&ordinal_at(fit)?.thresholds.names, i)))
}

/// The thresholds, ascending, at nominal effects of zero, to `out` [K - 1].
/// INTERLACE_E_ARGUMENT for a fit that is not ordinal.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_thresholds(
    fit: Option<&FitHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || copy_out(&ordinal_of(fit)?.thresholds.estimate, out, len))
}

/// Standard errors of the thresholds, to `out` [K - 1].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_thresholds_std_error(
    fit: Option<&FitHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || copy_out(&ordinal_of(fit)?.thresholds.std_error, out, len))
}

/// Covariance matrix of the thresholds, to `out` [K - 1,K - 1]; singular if they are not all free.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_thresholds_vcov(
    fit: Option<&FitHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || copy_out(&ordinal_of(fit)?.thresholds.vcov, out, len))
}

/// Number a of parameters of the thresholds: K - 1 flexible ones, which are the thresholds themselves ("low|mid"); for
/// symmetric thresholds the middle one ("central") or the two middle ones ("central.1", "central.2") and distances from these
/// ("spacing.1", "spacing.2"); for equidistant ones the first and the distance ("threshold.1", "spacing"). 0 for other fits.
/// They are the first a parameters of interlace_fit_family_parameters; the others are the nominal effects.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_threshold_parameters(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(ordinal_at(fit)?.alpha_names.len()))
}

/// The matrix that maps the parameters of the thresholds, as interlace_fit_n_threshold_parameters describes them, to thresholds, to `out` [K - 1,a].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_thresholds_jacobian(
    fit: Option<&FitHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || copy_out(&ordinal_of(fit)?.jacobian, out, len))
}

/// Number c of columns with nominal effects, counting those kept; 0 without any.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_nominal(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(nominal_names(ordinal_at(fit)?).len()))
}

/// Name of a column with nominal effects, by its index from 0; NULL if there is none.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_nominal_name(fit: Option<&FitHandle>, i: usize) -> *const c_char {
    query(null(), || Some(fit?.strings.nominal.get(nominal_names(ordinal_at(fit)?), i)))
}

/// Nominal effects of each column on each parameter of the thresholds, to `out` [a,c]: they are added to these parameters, multiplied by the
/// value of the column. Among the parameters of interlace_fit_family_parameters their names are "low|mid.x".
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_nominal(
    fit: Option<&FitHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || copy_out(&nominal_of(fit, |p| p.estimate)?, out, len))
}

/// Standard errors of the nominal effects, to `out` [a,c].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_nominal_std_error(
    fit: Option<&FitHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || copy_out(&nominal_of(fit, |p| p.std_error)?, out, len))
}

/// Wald confidence intervals of the parameters of interlace_fit_family_parameters by the normal distribution, to `lower` [k] and `upper`
/// [k]; `level` is between 0 and 1, such as 0.95. Those of an ordinal fit are symmetric about the estimates; those of other families are
/// symmetric on the working scale (see interlace_fit_parameters), and within the parameter's range. NaN for a fixed parameter
/// and for one that varies between rows. INTERLACE_E_ARGUMENT for a linear model.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_family_parameters_confint_wald(
    fit: Option<&FitHandle>,
    level: f64,
    lower: *mut f64,
    upper: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (low, high) = fit_of(fit)?.parameter_intervals(level)?;
        copy_limits((&low, &high), lower, upper, len)
    })
}

fn ordinal_at(fit: Option<&FitHandle>) -> Option<&Ordinal> {
    fit?.fit.ordinal()
}

/// The same for functions that can fail.
fn ordinal_of(fit: Option<&FitHandle>) -> Result<&Ordinal> {
    own_of(fit).map(|own| own.1)
}

fn own_of(fit: Option<&FitHandle>) -> Result<(&Generalised, &Ordinal)> {
    let fit = estimates_of(fit)?;
    fit.generalised().zip(fit.ordinal()).ok_or_else(|| Error::argument("fit is not of an ordinal model, it has no thresholds"))
}

fn nominal_names(ordinal: &Ordinal) -> &[String] {
    ordinal.nominal.as_ref().map_or(&[], |nominal| &nominal.names)
}

/// Of the nominal effects.
fn nominal_of(fit: Option<&FitHandle>, what: impl Fn(&crate::fit::FamilyParameter) -> f64) -> Result<Vec<f64>> {
    let (own, ordinal) = own_of(fit)?;
    Ok(own.parameters.iter().skip(ordinal.alpha_names.len()).map(what).collect())
}
