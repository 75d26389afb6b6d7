//! What must hold of linear mixed fits whatever the data: invariances, closed forms, singular fits, agreement of optimisers, predictions.
//! All data are simulated with fixed seeds.

mod common;
mod properties;
