//! A fit as text, in the layout that lme4 users know, and as tables.

mod coefficients;
#[cfg(test)]
mod fixture;
mod layout;
mod lmm;
mod notes;
mod number;
mod random_effects;
mod tables;

pub use lmm::text;
pub use notes::warnings;
pub use tables::{names, table};
