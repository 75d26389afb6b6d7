//! Cox models with Gaussian frailties.

#[path = "../common/mod.rs"]
mod common;

mod accessors;
mod arrays;
mod bad_input;
mod extremes;
mod fuzz;
mod inference;
mod integrated;
mod many_effects;
mod predictions;
mod properties;
mod reference;
mod resampling;
mod residuals;
mod survfit;
mod survival_times;
mod trials;
