//! The search for the estimates of a generalised model; those of an ordered response with nominal effects may lie at the edge of the region
//! in which the thresholds of all rows are in order.

use super::kind::Ordinal;
use super::response::AnyResponse;
use crate::clmm::edge::{Edge, estimate_within};
use crate::error::{Code, Result};
use crate::glmm::estimate::{Near, estimate_from};
use crate::glmm::laplace::Laplace;
use crate::glmm::model::Model;
use crate::glmm::start::Start;
use crate::names::quoted;
use crate::options::Options;
use crate::search::{Estimate, near_or_anew};

/// Where thresholds meet, so many places are named.
const NAMED: usize = 5;

pub(crate) enum Found {
    Inside(Estimate),
    OnEdge(Box<OnEdge>),
}

/// An estimate at the edge, with the response and the model whose parameters it has.
pub(crate) struct OnEdge {
    pub response: AnyResponse,
    pub model: Model,
    pub estimate: Estimate,
}

/// The estimate from a start.
pub(crate) fn search(laplace: &mut Laplace<'_>, response: &AnyResponse, start: &Start, options: &Options) -> Result<Found> {
    search_from(laplace, response, start, None, options)
}

/// The same; the first search begins at parameters that are likely to be near.
pub(super) fn search_from(
    laplace: &mut Laplace<'_>,
    response: &AnyResponse,
    start: &Start,
    near: Option<&Near>,
    options: &Options,
) -> Result<Found> {
    let whole = near_or_anew(near, |near| estimate_from(laplace, start, near, options));
    let (Some(ordered), Some(region)) = (response.ordered(), response.region()?) else {
        return Ok(Found::Inside(whole?));
    };
    match whole {
        Ok(found) if found.converged && region.has(&ordered.whole(&found.working[laplace.shared()])) => {
            return Ok(Found::Inside(found));
        }
        Err(error) if error.code != Code::Numeric => return Err(error),
        _ => {}
    }
    let model = laplace.model.with_response(response.boxed()?)?;
    let found = estimate_within(&region, ordered, model, laplace.how, start, options, &laplace.watch)?;
    let Edge { response, model, mut estimate } = found;
    estimate.evaluations += laplace.evaluations;
    Ok(Found::OnEdge(Box::new(OnEdge { response: AnyResponse::Ordered(Box::new(response)), model, estimate })))
}

impl Ordinal {
    /// Whether thresholds meet in some row of the fit.
    pub(crate) fn on_edge(&self, parameters: &[f64], rows: usize) -> bool {
        let rise = |i: usize| self.thresholds_of(parameters, self.nominal_row(i)).is_sorted_by(|a, b| a < b);
        self.nominal.is_some() && !(0..rows).all(rise)
    }
}

/// Says where thresholds meet, and which category is not possible there. `parameters`: those of thresholds and nominal effects.
pub(super) fn edge_warnings(ordinal: &Ordinal, parameters: &[f64], rows: usize) -> Vec<String> {
    let Some(nominal) = &ordinal.nominal else { return vec![] };
    let mut places: Vec<(String, String)> = vec![];
    for i in 0..rows {
        let point: Vec<f64> = ordinal.nominal_row(i).collect();
        let theta = ordinal.thresholds_of(parameters, point.iter().copied());
        for k in (1..theta.len()).filter(|&k| theta[k] == theta[k - 1]) {
            let values = nominal.names.iter().zip(&point).map(|(name, v)| format!("{} = {v}", quoted(name)));
            let [below, above] = [&ordinal.thresholds.names[k - 1], &ordinal.thresholds.names[k]];
            let what = format!(
                "{} and {} meet, so that {} has no probability",
                quoted(below),
                quoted(above),
                quoted(&ordinal.categories[k])
            );
            let place = (what, values.collect::<Vec<_>>().join(", "));
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
    let total = places.len();
    let mut warnings: Vec<String> = places
        .into_iter()
        .take(NAMED)
        .map(|(what, at)| {
            format!("edge of the thresholds' region: {what}, where {at}; standard errors are those given that they meet")
        })
        .collect();
    if total > NAMED {
        warnings.push(format!(
            "edge of the thresholds' region: thresholds meet at {} more points of the nominal effects",
            total - NAMED
        ));
    }
    warnings
}
