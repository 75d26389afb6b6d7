//! Fits as bytes.

mod fit;

pub use fit::{Saved, from_bytes, to_bytes};
