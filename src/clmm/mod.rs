//! Cumulative link mixed models: the probability of a category is that of a latent variable between two cut points.
//!
//! The engine is that of the generalised models; thresholds are its shared parameters.

pub mod family;
pub mod thresholds;
pub mod coordinates;
pub mod region;
mod rows;
pub mod response;
mod parameters;
mod separation;
pub mod start;
pub mod edge;

#[cfg(test)]
mod tests;
