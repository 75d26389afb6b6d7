//! Simulated responses of a fit, refits to them, the parametric bootstrap.

mod bootstrap;
mod intervals;
mod quantities;
mod refit;
mod simulate;

pub use bootstrap::{Bootstrap, BootstrapOptions};
pub use intervals::IntervalKind;
pub(crate) use quantities::{covariance, elements, unique};
pub(crate) use refit::search_from;
pub use refit::{Refit, Refitter};
pub use simulate::{RandomEffects, Simulator};
