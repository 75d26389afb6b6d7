//! Predictions of Cox fits.

mod curves;
mod limits;
mod rows;
mod spread;
mod work;

pub use curves::{CurveRequest, Curves};
pub use limits::CurveLimits;
pub use rows::predicted;

#[cfg(test)]
mod tests;
