//! A design before its levels are known: its expressions are compiled and their kinds settled, so that it runs on one part of the data after the
//! other; the levels come at the end.

mod correlation;
mod levels;
mod compiled;
mod finish;
mod part;

pub use compiled::{Outline, Terms, response_of, streamable, with_response};
pub use correlation::CorrelationOutline;
pub use finish::{Finished, GroupLevels, Tables};
pub use levels::{Labels, LevelOrder};
pub use part::{Part, PartColumn};

pub use super::value::logical_levels;
