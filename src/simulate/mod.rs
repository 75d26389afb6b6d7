//! Random numbers for simulated responses, bootstrap samples and randomised residuals.

mod stream;

pub use stream::{Purpose, Stream};
