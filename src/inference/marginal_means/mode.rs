//! What marginal means are of: a predictor, or quantities of an ordinal model.

use std::ffi::CStr;

use super::means::Weighting;
use crate::choice::Choice;
use crate::fit::Role;

/// What of an ordinal model is averaged over the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum MeansMode {
    /// The latent variable, or of other models the linear predictor.
    #[default]
    Latent,
    /// At each threshold the linear predictor, the link of P(Y <= k).
    LinearPredictor,
    /// P(Y <= k) at each threshold.
    Cumulative,
    /// P(Y > k) at each threshold.
    Exceedance,
    /// P(Y = k) of each category.
    Probabilities,
    /// The mean of the category's number, from 1.
    MeanClass,
}

impl Choice for MeansMode {
    const LIST: &'static str = "means_mode";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (MeansMode::Latent, c"latent"),
        (MeansMode::LinearPredictor, c"linear_predictor"),
        (MeansMode::Cumulative, c"cumulative"),
        (MeansMode::Exceedance, c"exceedance"),
        (MeansMode::Probabilities, c"probabilities"),
        (MeansMode::MeanClass, c"mean_class"),
    ];
}

/// What is asked beside factors and weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeansOf {
    pub role: Role,
    pub mode: MeansMode,
    pub weighting: Weighting,
    /// On the scale of the response.
    pub response: bool,
    /// Means on the scale of the response are corrected for random effects about the linear predictor: with this standard deviation, or that of
    /// the fit.
    pub bias: Option<Option<f64>>,
}

impl Default for MeansOf {
    fn default() -> Self {
        let (mode, weighting) = (MeansMode::default(), Weighting::default());
        MeansOf { role: Role::Mean, mode, weighting, response: false, bias: None }
    }
}
