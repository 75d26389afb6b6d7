//! Priors: of a spec, and what a fit says of its own.

use std::ptr::null;

use super::boundary::{boundary, query};
use super::c_char;
use super::fit::FitHandle;
use super::spec::{SpecHandle, model_of};
use super::status::{ErrorRecord, Status};
use super::strings::optional_text;
use crate::prior::Prior;

/// Gives parameters a prior density, so that the fit maximises likelihood times density: estimates away from separation, and from variances
/// of zero. `prior` is a density and the parameters that have it, "normal(0, 2.5) on fixef", "gamma(2.5, 0) on sd[g, (Intercept)]",
/// "lkj(2) on cor[g]"; a list has semicolons between them. The call adds to the priors that are there. Parameters are named by their ids
/// (interlace_fit_parameter_id); without names all of a class have the prior, coefficients of constant columns excepted. A prior with
/// more names comes before one with less. Densities are of numbers in the units of the data. docs/priors.md has all of it.
/// INTERLACE_E_ARGUMENT if it cannot be read. Whether the model has the parameters shows in the fit.
/// @param prior A prior, or a list; NULL takes all priors out.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_spec_add_prior(
    spec: Option<&mut SpecHandle>,
    prior: *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let spec = model_of(spec)?;
        match optional_text(prior, "prior")? {
            None => spec.priors.clear(),
            Some(text) => spec.priors.extend(Prior::parse_list(text)?),
        }
        Ok(())
    })
}

/// The number of priors that the fit was made with; 0 for NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_priors(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(fit?.fit.priors.len()))
}

/// A prior of the fit as text, "normal(0, 2.5) on fixef". NULL out of range.
/// @param i From 0 to interlace_fit_n_priors() - 1.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_prior(fit: Option<&FitHandle>, i: usize) -> *const c_char {
    query(null(), || fit.map(|own| own.strings.priors.get_with(|| own.fit.priors.iter().map(ToString::to_string), i)))
}

/// -2 log of the priors' density at the estimates, without the constants of improper ones. The fit has minimised interlace_fit_criterion() plus
/// this; the log-likelihood, AIC and BIC are without it. 0 for a fit without priors, NaN for NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_prior_penalty(fit: Option<&FitHandle>) -> f64 {
    query(f64::NAN, || Some(fit?.fit.penalty))
}
