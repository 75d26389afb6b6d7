//! Influence: what estimates become without single rows, or without groups of them.

mod cases;
mod cox;
mod generalised;
mod kinds;
mod linear;
mod measures;
mod others;
mod table;
pub(crate) mod units;

pub use cases::InfluenceOptions;
pub(crate) use generalised::Steps;
pub use kinds::{CaseStatus, InfluenceMethod};
pub use measures::Measures;
pub use table::{Apart, Influence, Outcome, apart};
pub use units::Cases;
pub(crate) use units::Units;
