//! Linear models whose random effects are too many to factorise.

mod right_hand_sides;
mod information;
pub mod evaluation;
pub mod solution;
pub mod conditional;
