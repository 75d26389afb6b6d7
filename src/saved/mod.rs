//! Fits as bytes: all that a fit knows, the options that it was made with and, if wanted, its model. Specs and options as bytes of their own.
//!
//! The bytes are those of the fields, in their order, in an envelope with the number of the format. Whoever changes a field of a fit, or of
//! what a fit is made of, raises that number, and keeps a way to read the bytes that there are: tests/reference/saved has some of each format.

mod sound;
mod fit;
mod model;

pub use fit::{Saved, from_bytes, to_bytes};
pub use model::{options_from_bytes, options_to_bytes, spec_from_bytes, spec_to_bytes};
