//! A generalised fit's family and its parameters, and what the approximation of its likelihood was.

use std::ptr::null;

use super::boundary::{boundary, query};
use super::buffer::{copy_out, write_out};
use super::c_char;
use super::codes::code_of;
use super::fit::{FitHandle, estimates_of, fit_of};
use super::options_lists::InformationCode;
use super::status::{ErrorRecord, Status};
use crate::error::{Error, Result};
use crate::fit::Generalised;

/// Name of the family of a generalised model, as in interlace_family_name; "cumulative" for an ordinal model; NULL for a linear model.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_family(fit: Option<&FitHandle>) -> *const c_char {
    query(null(), || Some(fit?.strings.family.get(&[generalised_at(fit)?.family.name()], 0)))
}

/// Name of the link of a generalised model; NULL for a linear model.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_link(fit: Option<&FitHandle>) -> *const c_char {
    query(null(), || Some(fit?.strings.link.get(&[generalised_at(fit)?.family.link().name()], 0)))
}

/// The information in the Laplace approximation; INTERLACE_INFORMATION_NONE for a linear model.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_information(fit: Option<&FitHandle>) -> InformationCode {
    query(InformationCode::None, || code_of(generalised_at(fit)?.information))
}

/// Number of quadrature points, as in interlace_options_set_nagq; -1 for a linear model.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_nagq(fit: Option<&FitHandle>) -> i32 {
    query(-1, || i32::try_from(generalised_at(fit)?.nagq()).ok())
}

/// Number k of the family's parameters besides the mean; for an ordinal model of those of the thresholds
/// (interlace_fit_n_threshold_parameters) and the nominal effects, a (1 + c); 0 for a linear model.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_family_parameters(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(generalised_at(fit)?.parameters.len()))
}

/// Name of a parameter of the family, by its index from 0; NULL if there is none. The nominal effect of a column x on the threshold "low|mid"
/// is "low|mid.x"; they come column by column after the parameters of the thresholds.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_family_parameter_name(fit: Option<&FitHandle>, i: usize) -> *const c_char {
    query(null(), || {
        let own = generalised_at(fit)?;
        Some(fit?.strings.family_parameters.get_with(|| own.parameters.iter().map(|p| p.name.clone()), i))
    })
}

/// Whether a parameter of the family was fixed (interlace_spec_fix_parameter) and not estimated.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_family_parameter_is_fixed(fit: Option<&FitHandle>, i: usize) -> bool {
    query(false, || Some(generalised_at(fit)?.parameters.get(i)?.fixed))
}

/// The family's parameters, to `out` [k]; the first is NaN with a dispersion formula.
/// INTERLACE_E_ARGUMENT for a linear model.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_family_parameters(
    fit: Option<&FitHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || write_out(generalised_of(fit)?.parameters.iter().map(|p| p.estimate), out, len))
}

/// Standard errors of the family's parameters, by the delta method, to `out` [k]; NaN for a fixed parameter.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_family_parameters_std_error(
    fit: Option<&FitHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || write_out(generalised_of(fit)?.parameters.iter().map(|p| p.std_error), out, len))
}

/// The family's first parameter for each row, to `out` [m], m as in interlace_fit_n_rows; the same in all rows without a formula for the
/// dispersion. For an ordinal model the scale, 1 without a scale formula. INTERLACE_E_ARGUMENT if the family has no parameter.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_dispersion(
    fit: Option<&FitHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let name = generalised_of(fit)?.family.name();
        let values = fit_of(fit)?.dispersion_of_rows().transpose()?;
        copy_out(&values.ok_or_else(|| Error::argument(format!("the family {name} has no dispersion")))?, out, len)
    })
}

/// Probability, for each row, of a zero from the zero inflation, to `out` [m]; zero without a zero-inflation formula.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_zero_probability(
    fit: Option<&FitHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        generalised_of(fit)?;
        copy_out(&fit_of(fit)?.zero_probabilities().transpose()?.unwrap_or_default(), out, len)
    })
}

fn generalised_at(fit: Option<&FitHandle>) -> Option<&Generalised> {
    fit?.fit.generalised()
}

/// The same for functions that can fail.
fn generalised_of(fit: Option<&FitHandle>) -> Result<&Generalised> {
    let own = estimates_of(fit)?.generalised();
    own.ok_or_else(|| Error::argument("fit is of a linear model, it must be of a generalised one"))
}
