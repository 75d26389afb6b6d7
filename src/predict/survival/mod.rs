//! Predictions of Cox fits.

mod limits;
mod request;
mod spread;
mod work;
mod rows;
mod lines;
mod curves;
mod derived;
mod quantiles;
mod means;

pub use curves::Curves;
pub use limits::CurveLimits;
pub use request::CurveRequest;
pub use rows::predicted;

#[cfg(test)]
mod tests;
