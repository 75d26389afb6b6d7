//! Marginal means and their comparisons.

use super::subject::{Subject, Work};
use crate::document::questions::Means;
use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::inference::adjust::Adjustment;
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
    if response && fit.ordinal().is_some() {
        return Err(Error::unsupported(
            "type: marginal means of an ordinal model are those of the latent variable, on the scale of the link",
        ));
    }
    // The two scales are one in a linear model.
    let scale = fit.generalised().filter(|_| response).and_then(|own| ResponseScale::of_family(&*own.family));
    let means = MarginalMeans::of_fit(fit, subject.data, &spec, asked.weights, work.watch)?;
    let contrasts = asked.comparisons.clone().unwrap_or(Contrasts::Pairwise);
    let usual = if contrasts == Contrasts::Pairwise { Adjustment::Tukey } else { Adjustment::Holm };
    let adjust = asked.adjust.unwrap_or(usual);
    let table = |own: &Coefficients<'_>| {
        Ok(MeansAnswer {
            means: means.table(own, scale.as_ref(), level, work.watch)?,
            comparisons: means.contrasts(own, &contrasts, adjust, scale.as_ref(), level, work.watch)?,
        })
    };
    with_coefficients(fit, freedom, table)
}

/// Of an ordinal fit the parameters of the thresholds are among the coefficients.
fn with_coefficients<T>(fit: &Fit, freedom: DegreesOfFreedom<'_>, make: impl FnOnce(&Coefficients<'_>) -> Result<T>) -> Result<T> {
    let DegreesOfFreedom::Same(df) = freedom else { return freedom.with_coefficients(fit, make) };
    let (estimate, root) = fit.means_coefficients();
    make(&Coefficients { estimate: &estimate, root: &root, df: &|_| df })
}
