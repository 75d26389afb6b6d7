//! Linear mixed models: cross-products, the profiled criterion with gradient and information, estimation.

pub mod basis;
pub mod blocks;
pub mod cross_products;
pub mod deviance;
mod gradient;
mod information;
pub mod rows;
mod start;
pub mod system;

#[cfg(test)]
mod tests;
