//! Tests and intervals of a fit.

pub mod wald;
