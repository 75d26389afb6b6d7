//! A spec and options, each to bytes and back.

use super::sound::{check_options, check_spec, told};
use crate::envelope::{Envelope, OPTIONS, SPEC, fits};
use crate::error::{Error, Result};
use crate::options::Options;
use crate::spec::Spec;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A spec as bytes, with its arrays if it has any.
pub fn spec_to_bytes(spec: &Spec) -> Result<Vec<u8>> {
    if spec.family.custom.is_some() {
        return Err(Error::unsupported("a spec with a family of the caller's can't be saved: its functions are not bytes"));
    }
    to_bytes(&SPEC, spec, check_spec)
}

/// Reads what `spec_to_bytes` wrote, by this version or one before it.
pub fn spec_from_bytes(bytes: &[u8]) -> Result<Spec> {
    from_bytes(&SPEC, bytes, check_spec)
}

/// Options as bytes.
pub fn options_to_bytes(options: &Options) -> Result<Vec<u8>> {
    to_bytes(&OPTIONS, options, check_options)
}

/// Reads what `options_to_bytes` wrote, by this version or one before it.
pub fn options_from_bytes(bytes: &[u8]) -> Result<Options> {
    from_bytes(&OPTIONS, bytes, check_options)
}

/// Nothing is saved that would not be read.
fn to_bytes<T: Serialize>(kind: &Envelope, object: &T, check: fn(&T) -> Result<()>) -> Result<Vec<u8>> {
    check(object).map_err(|error| told(error, |why| Error::unsupported(format!("{} can't be saved: {why}", kind.what))))?;
    kind.seal(0, object)
}

fn from_bytes<T: DeserializeOwned>(kind: &Envelope, bytes: &[u8], check: fn(&T) -> Result<()>) -> Result<T> {
    let opened = kind.open(bytes)?;
    let object = opened.read()?;
    fits(opened.flags == 0, "a flag").and_then(|()| check(&object)).map_err(|error| told(error, |why| kind.wrong(why)))?;
    Ok(object)
}
