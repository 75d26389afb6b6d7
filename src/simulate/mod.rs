//! Random numbers for simulated responses, bootstrap samples and randomised residuals.

#[cfg(test)]
pub(crate) mod noise;
mod stream;

pub use stream::{Purpose, Stream};
