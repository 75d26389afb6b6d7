//! Generalised linear mixed models.

#[path = "../common/mod.rs"]
mod common;

mod bad_input;
mod edges;
mod inference;
mod iterative;
mod maxima;
mod predict;
mod profile;
mod properties;
mod reference;
mod separation;
mod starts;
mod terms;
mod units;
