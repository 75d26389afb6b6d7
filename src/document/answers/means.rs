//! Marginal means and their comparisons.

use super::subject::{Subject, Work};
use crate::document::questions::Means;
use crate::error::{Error, Result};
use crate::fit::Role;
use crate::frame::Frame;
use crate::inference::contrast::Contrasts;
use crate::inference::degrees_of_freedom::DegreesOfFreedom;
use crate::inference::linear::Coefficients;
use crate::inference::marginal_means::{FitMeans, MeansOf, MeansSpec};
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
    (role, quantity): (Role, Option<Quantity>),
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
    let of =
        MeansOf { role, mode: asked.mode, weighting: asked.weights, response, bias: asked.bias_adjust.then_some(asked.bias_sigma) };
    let of = FitMeans::new(fit, subject.data, &spec, of, work.watch)?;
    let contrasts = asked.comparisons.clone().unwrap_or(Contrasts::Pairwise);
    let adjust = asked.adjust.unwrap_or_default();
    let table = |own: &Coefficients<'_>| {
        Ok(MeansAnswer {
            means: of.means.table(own, of.scale.as_ref(), level, work.watch)?,
            comparisons: of.means.contrasts(own, &contrasts, adjust, of.scale.as_ref(), level, work.watch)?,
        })
    };
    of.with_coefficients(freedom, table)
}
