//! Fits as bytes: all that a fit knows, the options that it was made with and, if wanted, its model.
//!
//! The bytes are those of the fields, in their order, in an envelope with the number of the format. Whoever changes a field of a fit, or of
//! what a fit is made of, raises that number, and keeps a way to read the bytes that there are: tests/reference/saved has some of each format.

mod fit;
mod sound;

pub use fit::{Saved, from_bytes, to_bytes};
