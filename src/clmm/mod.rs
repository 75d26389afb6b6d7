//! Cumulative link mixed models: the probability of a category is that of a latent variable between two cut points.

pub mod cell;
pub mod family;
