//! Linear models whose random effects are too many to factorise: conjugate gradients, and traces by random signs.

mod columns;
mod coupling;
pub mod split;
mod schur;
mod conjugate;
mod probes;
mod quadrature;
mod moments;
mod traces;
mod right_hand_sides;
mod samples;
mod units;
mod levels;
mod information;
pub mod evaluation;
mod zeros;
pub mod search;
pub mod solution;
pub mod conditional;
pub mod forecast;
