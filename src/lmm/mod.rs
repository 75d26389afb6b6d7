//! Linear mixed models: cross-products, the profiled criterion with gradient and information, estimation.

pub mod rows;
mod columns;
pub mod basis;
mod learn;
mod products;
pub mod cross_products;
pub mod correlation;
pub mod prior;
pub mod system;
pub mod parameters;
pub mod response;
mod confounded;
mod levels;
pub mod deviance;
mod penalised;
mod gradient;
mod information;
pub mod turn;
pub mod unprofiled;
pub(super) mod start;
mod survey;
mod basins;
pub mod estimate;
pub mod iterative;
pub mod solution;
pub mod variance;
pub mod conditional;
pub mod draw;
pub mod leverage;
pub mod deletion;
pub mod displaced;
pub mod redraw;

#[cfg(test)]
pub(crate) mod tests;
#[cfg(test)]
mod general_tests;
#[cfg(test)]
mod precision_tests;
#[cfg(test)]
mod unprofiled_tests;
