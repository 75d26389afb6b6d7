//! What has a prior in a linear model.

use crate::prior::Density;
use crate::search::penalty::CovariancePenalty;

/// The priors of a linear model.
#[derive(Clone, Debug, Default)]
pub struct LinearPrior {
    pub covariances: CovariancePenalty,
    /// Coefficients, of the columns kept.
    pub coefficients: Vec<(usize, Density)>,
    pub sigma: Vec<Density>,
}
