//! Simulated responses of a fit, refits to them, the parametric bootstrap.

mod bootstrap;
mod intervals;
mod pool;
mod quantities;
mod refit;
mod refits;
mod simulate;

pub use bootstrap::{Bootstrap, BootstrapOptions};
pub use intervals::IntervalKind;
pub(crate) use quantities::{covariance, elements, unique};
pub(crate) use refit::search_from;
pub use refit::{Refit, Refitter};
pub use refits::{RefitOptions, RefitStatus, Refits};
pub use simulate::{RandomEffects, Simulator};
