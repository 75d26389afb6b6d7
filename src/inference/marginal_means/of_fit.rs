//! Marginal means of a fit, whatever they are of.

use super::means::MarginalMeans;
use super::mode::{MeansMode, MeansOf};
use super::ordinal::on_grid;
use super::spec::MeansSpec;
use super::tables::ResponseScale;
use crate::error::{Error, Result};
use crate::family::Link;
use crate::fit::{Fit, Role};
use crate::frame::Frame;
use crate::inference::degrees_of_freedom::DegreesOfFreedom;
use crate::inference::linear::Coefficients;
use crate::watch::Watch;

/// Marginal means of a fit, with what they are combinations of.
pub struct FitMeans<'f> {
    fit: &'f Fit,
    role: Role,
    pub means: MarginalMeans,
    /// None where the table stays on the scale of the means themselves.
    pub scale: Option<ResponseScale>,
    /// Estimates and the root of their covariance, where means are combinations of quantities on the grid.
    own: Option<(Vec<f64>, Vec<f64>)>,
}

impl<'f> FitMeans<'f> {
    /// `data` are those of the fit, as for [`MarginalMeans::of_fit`].
    pub fn new(fit: &'f Fit, data: Option<&Frame>, spec: &MeansSpec, of: MeansOf, watch: &Watch<'_>) -> Result<Self> {
        if of.bias.is_some() && !of.response {
            return Err(Error::argument("bias_adjust is of means on the scale of the response"));
        }
        if of.mode != MeansMode::Latent {
            if of.role != Role::Mean || of.response || fit.ordinal().is_none() {
                return Err(Error::argument(
                    "means_mode: probabilities, classes and linear predictors at thresholds are of ordinal models, on a scale of their own",
                ));
            }
            let (means, own) = on_grid(fit, data, spec, of, watch)?;
            return Ok(FitMeans { fit, role: of.role, means, scale: None, own: Some(own) });
        }
        let scale = if of.response { scale_of(fit, of.role)? } else { None };
        let scale = match (scale, of.bias) {
            (Some(scale), Some(sigma)) => {
                let variance = sigma.map_or_else(|| fit.random_variance(of.role), |sigma| sigma * sigma);
                Some(scale.with_variance(variance))
            }
            (scale, _) => scale,
        };
        let means = if of.role == Role::Mean {
            MarginalMeans::of_fit(fit, data, spec, of.weighting, watch)?
        } else {
            MarginalMeans::of_part(&fit.of_role(of.role)?, data, spec, of.weighting, watch)?
        };
        Ok(FitMeans { fit, role: of.role, means, scale, own: None })
    }

    /// Calls `make` with what the means are combinations of, as tests see them.
    pub fn with_coefficients<T>(
        &self,
        freedom: DegreesOfFreedom<'_>,
        make: impl FnOnce(&Coefficients<'_>) -> Result<T>,
    ) -> Result<T> {
        let df = if let DegreesOfFreedom::Same(df) = freedom { df } else { f64::INFINITY };
        let (estimate, root) = match (&self.own, self.fit.fixed_of(self.role)) {
            (Some((estimate, root)), _) => (estimate, root),
            (None, Some(fixed)) if self.role != Role::Mean => (&fixed.estimate, &fixed.root),
            _ => return self.fit.with_means_coefficients(freedom, make),
        };
        make(&Coefficients { estimate, root, df: &|_| df, robust: None })
    }
}

/// The response behind a predictor: of a zero part the probability of an extra zero, of a dispersion the family's first parameter, of an ordinal
/// model the scale.
fn scale_of(fit: &Fit, role: Role) -> Result<Option<ResponseScale>> {
    Ok(match role {
        Role::Mean => ResponseScale::of_fit(fit)?,
        Role::ZeroInflation => Some(ResponseScale::of_link(Link::Logit)),
        Role::Dispersion if fit.ordinal().is_some() => Some(ResponseScale::of_link(Link::Log)),
        Role::Dispersion => {
            let scale = fit.generalised().and_then(|own| own.family.parameters().first().map(|first| first.scale));
            scale.map(ResponseScale::of_parameter)
        }
    })
}
