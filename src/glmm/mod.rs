//! Generalised linear mixed models: the Laplace approximation with analytic gradient, estimation.

pub mod fixed;
pub mod jet;
pub mod response;
pub mod model;
mod border;
pub mod laplace;
mod factorize;
mod latent;
mod modes;
mod nodes;
mod averages;
mod quadrature;
mod gradient;
mod hessian;
pub mod start;
mod finite_start;
mod again;
mod basins;
mod domain;
mod kept_modes;
pub mod estimate;
pub mod separation;
pub mod edge;
mod inverse;
pub mod solution;
pub mod joint;

#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod fixed_nodes_tests;
#[cfg(test)]
mod precision_tests;
