//! Estimated marginal means (Searle, Speed & Milliken 1980): averages of the predictions on a reference grid, as linear combinations of
//! the fixed effects.
//!
//! The grid has all combinations of the levels of the factors in the fixed effects, with numeric covariates at their means and the offset at
//! its mean. Averages over the other factors have equal weights, or the proportions in the data.
//!
//! Means of an ordinal model are those of the latent variable minus the mean of the thresholds, or averages of probabilities over the grid.

mod means;
mod mode;
mod of_fit;
mod ordinal;
mod spec;
mod tables;

pub use means::{GridSource, MarginalMeans, Weighting};
pub use mode::{MeansMode, MeansOf};
pub use of_fit::FitMeans;
pub use spec::MeansSpec;
pub use tables::ResponseScale;
