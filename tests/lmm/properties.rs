//! What must hold of linear mixed fits whatever the data: invariances, closed forms, singular fits, agreement of optimisers, predictions.
//! All data are simulated with fixed seeds.

mod balanced;
mod fuzz;
mod invariance;
mod minima;
mod optimisers;
mod origin;
mod prediction;
