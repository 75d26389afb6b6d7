//! Cumulative link mixed models: the probability of a category is that of a latent variable between two cut points.
//!
//! The engine is that of the generalised models; thresholds are its shared parameters.

pub mod cell;
pub mod family;
pub mod thresholds;
pub mod response;
pub mod start;

#[cfg(test)]
mod tests;
