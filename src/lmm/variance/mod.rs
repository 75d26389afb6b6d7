//! The estimates of a linear model and their derivatives in its variances, for degrees of freedom and adjusted covariances.
//!
//! With V = I + Z D Z', D block diagonal, M = Z'V^-1 Z, S = X'V^-1 X and Q = Z'V^-1 X, all of it comes from the `q x q` system and its
//! factor; nothing has the size of the data. If residuals have a correlation matrix R, V = R + Z D Z', and all products are those of
//! R^-1; the derivative of R needs passes over the rows (`correlation::variances`).

pub(super) mod components;
mod fixed;
pub mod hessian;
mod precision;
pub(super) mod traces;
mod variances;

#[cfg(test)]
mod tests;

pub use fixed::{Direction, FixedDerivatives};
pub use traces::Traces;
pub use variances::{Variances, largest_part};
