//! Estimated marginal means (Searle, Speed & Milliken 1980): averages of the predictions on a reference grid, as linear combinations of
//! the fixed effects.
//!
//! The grid has all combinations of the levels of the factors in the fixed effects, numeric covariates at their means and the offset at
//! its mean. The averages over the factors that are not asked for have equal weights, or the proportions in the data.
//!
//! Those of an ordinal model are of the latent variable, less the mean of the thresholds.

mod means;
mod spec;
mod tables;

pub use means::{GridSource, MarginalMeans, Weighting};
pub use spec::MeansSpec;
pub use tables::ResponseScale;
