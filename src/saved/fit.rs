//! A fit with what it came from, to bytes and back.

use serde::{Deserialize, Serialize};

use super::sound::{check_options, check_spec, told};
use crate::envelope::{FIT, fits};
use crate::error::{Error, Result};
use crate::fit::{CorrelationFit, Fit, is_of_caller};
use crate::options::Options;
use crate::spec::Spec;

/// A fit that was read.
#[derive(Debug, Deserialize)]
pub struct Saved {
    pub fit: Fit,
    /// Those that it was made with.
    pub options: Options,
    /// Its model, where that was saved with it.
    pub spec: Option<Spec>,
}

/// The same, to be written.
#[derive(Serialize)]
struct Kept<'a> {
    fit: &'a Fit,
    options: &'a Options,
    spec: Option<&'a Spec>,
}

/// A fit as bytes, with the options that it was made with, with its model if that is wanted, and with what it has for
/// each row if that is.
pub fn to_bytes(fit: &Fit, options: &Options, spec: Option<&Spec>, with_rows: bool) -> Result<Vec<u8>> {
    if fit.generalised().is_some_and(|own| is_of_caller(&*own.family)) {
        return Err(Error::unsupported("a fit with a family of the caller's can't be saved: its functions are not bytes"));
    }
    spec.map_or(Ok(()), |spec| fit.check_spec(spec))?;
    // Nothing is saved that would not be read.
    check(fit, options, spec).map_err(|error| told(error, |why| Error::unsupported(format!("the fit can't be saved: {why}"))))?;
    let with_rows = with_rows && fit.has_rows;
    let sparse = |own: &CorrelationFit| own.n_groups() < own.design.n_groups;
    if !with_rows && fit.correlation().is_some_and(sparse) {
        return Err(Error::unsupported("rows can't be left out where groups of the residual correlation have none"));
    }
    FIT.seal_with(with_rows, &Kept { fit, options, spec })
}

/// Reads what `to_bytes` wrote, by this version or one before it. All else is an error.
pub fn from_bytes(bytes: &[u8]) -> Result<Saved> {
    let opened = FIT.open(bytes)?;
    let saved: Saved = opened.read()?;
    fits(opened.flags == u32::from(!saved.fit.has_rows), "a flag")
        .and_then(|()| check(&saved.fit, &saved.options, saved.spec.as_ref()))
        .map_err(|error| told(error, |why| FIT.wrong(why)))?;
    Ok(saved)
}

fn check(fit: &Fit, options: &Options, spec: Option<&Spec>) -> Result<()> {
    fit.check()?;
    if fit.robust.is_some() {
        return Err(Error::unsupported("robust standard errors are not saved: save the fit that they are of"));
    }
    check_options(options)?;
    let Some(spec) = spec else { return Ok(()) };
    check_spec(spec)?;
    fit.check_spec(spec)
}
