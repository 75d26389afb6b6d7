//! Repeated fits of a model: by all optimisers, and without parts of its data.

mod all_optimizers;
mod cross;
mod folds;

pub use all_optimizers::{AllOptimizers, Attempt};
pub use cross::{CrossValidation, Fold};
pub use folds::Partition;
