//! Marginal means and their comparisons.

use super::subject::{Subject, Work};
use crate::document::questions::Means;
use crate::error::{Error, Result};
use crate::frame::Frame;
use crate::inference::contrast::Contrasts;
use crate::inference::degrees_of_freedom::DegreesOfFreedom;
use crate::inference::linear::Coefficients;
use crate::inference::marginal_means::{MarginalMeans, MeansSpec, ResponseScale};
use crate::predict::Quantity;

/// Both tables.
pub struct MeansAnswer {
    pub means: Frame,
    pub comparisons: Frame,
}

/// The means of `specs`, on the scale of the linear predictor or of the response.
pub fn marginal_means(
    subject: &Subject<'_>,
    specs: &str,
    asked: &Means,
    quantity: Option<Quantity>,
    freedom: DegreesOfFreedom<'_>,
    level: f64,
    work: &Work<'_>,
) -> Result<MeansAnswer> {
    let fit = subject.fit;
    let mut spec = MeansSpec::parse(specs)?;
    if let Some(at) = &asked.at {
        spec = spec.at(at)?;
    }
    let response = match quantity {
        None | Some(Quantity::Link) => false,
        Some(Quantity::Response) => true,
        Some(_) => return Err(Error::argument("type: marginal means are on the scale of the link or of the response")),
    };
    let named = |error: Error| Error { message: format!("type: {}", error.message), ..error };
    let scale = if response { ResponseScale::of_fit(fit).map_err(named)? } else { None };
    let means = MarginalMeans::of_fit(fit, subject.data, &spec, asked.weights, work.watch)?;
    let contrasts = asked.comparisons.clone().unwrap_or(Contrasts::Pairwise);
    let adjust = asked.adjust.unwrap_or_default();
    let table = |own: &Coefficients<'_>| {
        Ok(MeansAnswer {
            means: means.table(own, scale.as_ref(), level, work.watch)?,
            comparisons: means.contrasts(own, &contrasts, adjust, scale.as_ref(), level, work.watch)?,
        })
    };
    fit.with_means_coefficients(freedom, table)
}
