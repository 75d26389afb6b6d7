//! Tests and intervals of a fit.

pub mod adjust;
pub mod anova;
pub mod bootstrap_lrt;
pub mod contrast;
pub mod degrees_of_freedom;
pub mod drop1;
pub mod effect_sizes;
mod edge;
pub mod exact_rlrt;
pub mod linear;
pub mod lrt;
pub mod marginal_means;
pub mod mixture;
mod model_matrix;
mod nesting;
pub mod ordinal_terms;
pub mod parameters;
pub mod profile;
pub mod standardized;
pub mod ranova;
pub mod step;
mod term_rows;
pub mod wald;
