//! Cox models with Gaussian frailties: the partial likelihood, integrated over the random effects by Laplace's approximation (Ripatti and
//! Palmgren 2000; Therneau, Grambsch and Pankratz 2003).
//!
//! ```text
//! eta = X beta + Z b + offset,   b = Lambda(theta) u,   u ~ N(0, I)
//! l(beta, b) = sum_i w_i delta_i eta_i - sum_e nu_e log S_e          penalised: l - u'u/2, maximised over (beta, u)
//! integrated = l - u'u/2 - log|A|/2,   A = I + Lambda'Z'W Z Lambda,   W = -d2l/deta2 with all of its terms
//! ```
//!
//! The rows are not independent: W is not diagonal. It is never formed; what is wanted of it takes sweeps over the event times.

mod sum;
pub mod risk;
pub mod partial;
pub mod rows;
pub mod within;
mod information;
mod third;
mod course;
mod forest;
mod effects;
pub mod model;
pub mod unseen;
mod whole;
mod nested;
mod system;
mod monotone;
mod joint;
mod spread;
pub mod laplace;
pub mod observed;
pub mod integrated;
pub mod one_step;
pub mod estimate;
pub mod solution;
pub mod coefficient;
pub mod hazard;
pub mod hazard_errors;
pub mod score;
pub mod transform;
pub mod proportional;
pub mod concordance;

#[cfg(test)]
mod tests;

/// How deaths at the same time share the risk set.
pub use crate::spec::Ties;
