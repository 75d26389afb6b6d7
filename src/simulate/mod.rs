//! Random numbers for simulated responses, bootstrap samples and randomised residuals.

#[cfg(test)]
pub(crate) mod noise;
pub mod pareto;
mod stream;

pub use stream::{Purpose, Stream};
