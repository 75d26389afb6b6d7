//! Generalised models whose random effects are too many to factorise: the Laplace approximation by conjugate gradients and random signs.

mod modes;
pub mod directions;
mod shares;
mod rows;
mod forces;
pub mod evaluation;
pub mod std_errors;
pub mod solution;
pub mod conditional;
