//! Ordinal models.

#[path = "../common/mod.rs"]
mod common;

mod bad_input;
mod edge;
mod inference;
mod predict;
mod properties;
mod reference;
mod separation;
