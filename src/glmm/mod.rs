//! Generalised linear mixed models: the Laplace approximation with analytic gradient, estimation.

pub mod model;
pub mod laplace;
mod gradient;

#[cfg(test)]
mod tests;
