//! What a refit gives.

use crate::covariance::{Structure, with_ranges};
use crate::error::Error;
use crate::search::boundary::null_directions;

/// The estimates of a refit.
#[derive(Clone, Debug)]
pub struct Refit {
    pub theta: Vec<f64>,
    /// Of the residuals of a linear model.
    pub correlation: Option<f64>,
    /// Of the mean, the zero part, the dispersion.
    pub fixed: Vec<Vec<f64>>,
    /// Of the fixed effects of a linear model's mean; empty unless asked for.
    pub std_error: Vec<f64>,
    /// The family's parameters that are estimated and shared by all rows, as they are reported.
    pub family: Vec<f64>,
    /// Of a linear model the residual standard deviation, otherwise the family's first parameter, or 1 without any.
    pub sigma: f64,
    pub log_likelihood: f64,
    pub converged: bool,
    pub singular: bool,
}

/// Whether some linear combination of random effects has no variance.
pub(crate) fn is_singular(structures: &[Structure], working: &[f64]) -> bool {
    with_ranges(structures).any(|(structure, range)| !null_directions(*structure, &working[range]).is_empty())
}

/// A fixed effect of the fit without an estimate on other rows, or with another response.
pub(super) fn dependent(column: &str) -> Error {
    Error::data(format!("column {column} of X is a linear combination of those before it in these rows"))
}
