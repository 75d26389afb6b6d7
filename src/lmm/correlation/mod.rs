//! Correlated residuals: Var(e) = sigma^2 R(rho), with R of AR(1) or compound symmetry within groups.

/// rho, its range, and the working coordinate in which it is searched.
pub mod scale;
/// Cross-products summed from single rows and pairs of rows.
pub mod local;
/// Cross-products [Z Q e]'R^-1[Z Q e] at any rho.
pub mod products;
/// The same of data that were summed.
pub mod summed;
/// R and its derivatives, applied to vectors of all rows.
pub mod matrix;
/// The derivative of the criterion in rho, its column of the Hessian, the standard error of rho.
pub(super) mod derivative;
/// A start with rho of the other sign.
pub mod opposite;
/// The derivative of R in what degrees of freedom and adjusted covariances are made of.
pub mod variances;
/// The observed information of variances and rho, by differences of the gradient.
pub mod information;

#[cfg(test)]
pub(crate) mod tests;
