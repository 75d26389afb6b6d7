//! Simulated responses of a fit, refits to other responses and to samples of its rows, the bootstrap.

mod bootstrap;
mod cases;
mod intervals;
pub(crate) mod pool;
mod quantities;
mod estimates;
mod cox;
mod refit;
mod redrawn;
mod refits;
mod refitted;
mod survival;
mod simulate;
mod statistic;

pub use bootstrap::{Bootstrap, BootstrapOptions};
pub use cases::Unit;
pub(crate) use cases::{Cases, Sample};
pub use estimates::Refit;
pub(crate) use estimates::is_singular;
pub use intervals::{IntervalKind, IntervalOptions};
pub use refit::Refitter;
pub(crate) use refit::{refit_at, refit_linear, refit_there};
pub use refits::{RefitOptions, RefitStatus, Refits};
pub use simulate::{RandomEffects, Simulator};
pub use statistic::{Statistic, View, median};
