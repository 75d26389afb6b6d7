//! Cox models with Gaussian frailties.

#[path = "../common/mod.rs"]
mod common;

mod accessors;
mod arrays;
mod bad_input;
mod fuzz;
mod many_effects;
mod properties;
mod reference;
mod residuals;
