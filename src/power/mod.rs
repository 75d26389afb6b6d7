//! The power of a test for a design, by simulation from a fit: responses are simulated, the model is fitted to each, and the test is made
//! (Green and MacLeod 2016). The parameters may be replaced by others, and the design may have more or fewer levels of a grouping factor.
//!
//! A replicate depends on the seed and its number alone, not on threads or on the other sizes.

mod design;
mod moved;
mod replaced;
mod run;
mod table;
mod test;

pub use design::{Extend, Sizes};
pub use run::PowerOptions;
pub use table::{Power, PowerRow};
pub use test::PowerTest;
