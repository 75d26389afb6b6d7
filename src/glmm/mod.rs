//! Generalised linear mixed models: the Laplace approximation with analytic gradient, estimation.

pub mod fixed;
pub mod jet;
pub mod own_rows;
pub mod response;
mod unit;
pub mod prior;
pub mod model;
mod subset;
mod random_rows;
mod latent;
pub mod approximation;
mod precision;
mod mode;
mod border;
mod kept_modes;
mod nodes;
mod levels;
mod averages;
mod quadrature;
pub mod laplace;
mod jeffreys;
mod newton;
mod afresh;
mod gradient;
mod hessian;
pub mod start;
mod finite_start;
mod again;
mod basins;
mod domain;
pub mod estimate;
pub mod separation;
pub mod edge;
mod inverse;
mod differences;
pub mod solution;
pub mod joint;
pub mod draw;
pub mod one_step;
pub mod iterative;

#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod fixed_nodes_tests;
#[cfg(test)]
mod precision_tests;
