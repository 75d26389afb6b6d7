//! Cumulative link mixed models: ordered responses on the Laplace engine.

pub mod cell;
pub mod family;
pub mod thresholds;
pub mod response;
pub mod start;

#[cfg(test)]
mod tests;
