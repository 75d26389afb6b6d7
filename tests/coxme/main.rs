//! Cox models with Gaussian frailties.

#[path = "../common/mod.rs"]
mod common;

mod accessors;
mod bad_input;
mod many_effects;
mod properties;
mod reference;
