//! A fit with what it came from, to bytes and back.

use serde::{Deserialize, Serialize};

use crate::envelope::Envelope;
use crate::error::{Error, Result};
use crate::fit::{Fit, is_of_caller};
use crate::options::Options;
use crate::spec::Spec;

const FIT: Envelope = Envelope { magic: *b"ILFT\r\n\x1a\n", format: 1, what: "a fit" };

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

/// A fit as bytes, with the options that it was made with, and with its model if that is wanted.
pub fn to_bytes(fit: &Fit, options: &Options, spec: Option<&Spec>) -> Result<Vec<u8>> {
    if fit.generalised().is_some_and(|own| is_of_caller(&*own.family)) {
        return Err(Error::unsupported("a fit with a family of the caller's can't be saved: bytes don't hold the caller's functions"));
    }
    FIT.seal(0, &Kept { fit, options, spec })
}

/// Reads what `to_bytes` wrote, by this version or one before it. All else is an error.
pub fn from_bytes(bytes: &[u8]) -> Result<Saved> {
    let saved: Saved = FIT.open(bytes)?.read()?;
    saved.fit.check().map_err(|error| FIT.wrong(&error.message))?;
    Ok(saved)
}
