//! The search for the parameters of a model with random effects: minimisation by more than one method if necessary, exact
//! zeros, a check that a boundary fit is a minimum, and other minima.

mod criterion;
mod run;
pub mod boundary;
pub mod minima;
mod estimate;
pub mod correlations;
pub mod covariances;
pub mod penalty;
mod slopes;

pub use criterion::{Criterion, ThetaMap};
pub use estimate::{Estimate, near_or_anew};
pub use minima::Minimum;
pub use run::{Search, is_converged};
pub use slopes::theta_slopes;
