//! Cumulative link mixed models: ordered responses on the Laplace engine.

pub mod thresholds;
pub mod response;
pub mod start;
