//! The response of a generalised model, of a family or ordered: what the fit, its refits and its profiles ask of it.

use super::generalised::{family_response, start_of_family};
use super::{Generalised, Ordinal};
use crate::clmm::coordinates::Coordinates;
use crate::clmm::region::Region;
use crate::clmm::response::OrderedResponse;
use crate::clmm::start;
use crate::clmm::thresholds::Thresholds;
use crate::design::{Design, PredictorDesign, RowLedger, TermDesign};
use crate::error::{Error, Result, row_text, try_copy};
use crate::family::Link;
use crate::glmm::fixed::FixedPart;
use crate::glmm::jet::Response;
use crate::glmm::model::Model;
use crate::glmm::response::FamilyResponse;
use crate::glmm::start::Start;
use crate::spec::{ModelKind, OrdinalSpec, Spec};

/// A response with all that is known of it.
#[derive(Clone, Debug)]
pub(crate) enum AnyResponse {
    Family(FamilyResponse),
    Ordered(Box<OrderedResponse>),
}

impl AnyResponse {
    pub fn of_spec(spec: &Spec, design: &Design) -> Result<Self> {
        Ok(match spec.kind {
            ModelKind::Clmm => AnyResponse::Ordered(Box::new(ordered_response(&spec.ordinal, design)?)),
            _ => AnyResponse::Family(family_response(&spec.family, design)?),
        })
    }

    /// The response of a fit on the rows of its design.
    pub fn of_fit(own: &Generalised, design: &Design) -> Result<Self> {
        if let Some(ordinal) = &own.ordinal {
            let thresholds = Thresholds::new(ordinal.threshold, ordinal.categories.len());
            return Ok(AnyResponse::Ordered(Box::new(on_design(own.family.link(), thresholds, design)?)));
        }
        let (y, weights) = observed(design)?;
        let response = FamilyResponse::new(own.family.clone(), own.zero, own.dispersion.is_some(), y, weights);
        Ok(AnyResponse::Family(response))
    }

    pub fn family(&self) -> Option<&FamilyResponse> {
        match self {
            AnyResponse::Family(response) => Some(response),
            AnyResponse::Ordered(_) => None,
        }
    }

    pub fn ordered(&self) -> Option<&OrderedResponse> {
        match self {
            AnyResponse::Family(_) => None,
            AnyResponse::Ordered(response) => Some(response),
        }
    }

    /// Of an ordered response with nominal effects.
    pub fn region(&self) -> Result<Option<Region>> {
        self.ordered().map_or(Ok(None), Region::new)
    }

    /// Whether the thresholds of all rows are in order.
    pub fn is_inside(&self, shared: &[f64]) -> Result<bool> {
        let region = self.region()?;
        Ok(self.ordered().zip(region).is_none_or(|(response, region)| region.has(&response.whole(shared))))
    }

    /// The response that refuses parameters outside its region.
    pub fn guarded(mut self) -> Result<Self> {
        let region = self.region()?;
        if let AnyResponse::Ordered(response) = &mut self {
            response.within = region;
        }
        Ok(self)
    }

    /// With shared parameters of which everything else is a combination.
    pub fn linear(mut self) -> Self {
        if let AnyResponse::Ordered(response) = &mut self {
            response.coordinates = Coordinates::own(response.n_whole());
        }
        self
    }

    pub fn zero_predictor(&self) -> Option<usize> {
        self.family().and_then(FamilyResponse::zero_predictor)
    }

    /// The predictor of the dispersion, or of an ordered response that of the scale.
    pub fn dispersion_predictor(&self) -> Option<usize> {
        match self {
            AnyResponse::Family(response) => response.dispersion_predictor(),
            AnyResponse::Ordered(response) => response.scale.then_some(1),
        }
    }

    /// Other values of the response.
    pub fn set(&mut self, y: &[f64], ledger: &RowLedger) -> Result<()> {
        match self {
            AnyResponse::Family(response) => {
                response.y.copy_from_slice(y);
                super::diagnosis::check_response(response, ledger).map(|_| ())
            }
            AnyResponse::Ordered(response) => set_categories(response, y),
        }
    }

    pub fn boxed(&self) -> Result<Box<dyn Response>> {
        Ok(match self {
            AnyResponse::Family(response) => Box::new(response.try_clone()?),
            AnyResponse::Ordered(response) => Box::new(response.try_clone()?),
        })
    }

    /// The model in working units, the predictors in the order of the response.
    pub fn model(&self, design: &Design) -> Result<Model> {
        let n = design.n;
        let mut terms: Vec<(usize, &TermDesign)> = design.terms.iter().map(|t| (0, t)).collect();
        let mut fixed = vec![self.mean_part(design)?];
        for predictor in [&design.zero_inflation, &design.dispersion].into_iter().flatten() {
            terms.extend(predictor.terms.iter().map(|t| (fixed.len(), t)));
            fixed.push(self.further_part(n, predictor)?);
        }
        self.check_counts(n, design, &fixed)?;
        self.model_of(n, fixed, &terms)
    }

    /// Fails where a predictor has as many fixed effects as there are rows. Of an ordinal response thresholds are among those of the mean, and
    /// the scale has a constant that is none of its effects.
    fn check_counts(&self, n: usize, design: &Design, fixed: &[FixedPart]) -> Result<()> {
        let (is_ordered, zero) = (self.ordered().is_some(), self.zero_predictor());
        for (a, part) in fixed.iter().enumerate() {
            let (p, names, what) = match a {
                0 if is_ordered => (part.p + self.ordered().map_or(0, Response::n_shared), &design.x_names, " and thresholds"),
                0 => (part.p, &design.x_names, ""),
                _ => {
                    let own = if Some(a) == zero { &design.zero_inflation } else { &design.dispersion };
                    let what = match () {
                        () if Some(a) == zero => " of the zero part",
                        () if is_ordered => " of the scale",
                        () => " of the dispersion",
                    };
                    let Some(own) = own else { continue };
                    (part.p + usize::from(is_ordered), &own.x_names, what)
                }
            };
            if n <= p {
                let more = if names.len() > n { ": there are more fixed effects than rows" } else { "" };
                return Err(Error::data(format!("{n} rows can't determine {p} fixed effects{what}{more}")));
            }
        }
        Ok(())
    }

    pub fn model_of(&self, n: usize, fixed: Vec<FixedPart>, terms: &[(usize, &TermDesign)]) -> Result<Model> {
        let unit = self.unit(&fixed[0].offset)?;
        self.model_in_unit(n, fixed, terms, unit)
    }

    pub fn model_in_unit(&self, n: usize, fixed: Vec<FixedPart>, terms: &[(usize, &TermDesign)], unit: f64) -> Result<Model> {
        Model::new(self.boxed()?, n, fixed, terms)?.in_unit(0, unit)
    }

    /// Of the mean's predictor with this offset.
    pub fn unit(&self, offset: &[f64]) -> Result<f64> {
        match self {
            AnyResponse::Family(response) => response.unit(offset),
            AnyResponse::Ordered(_) => Ok(1.0),
        }
    }

    /// Thresholds take the place of an intercept; what their nominal effects say already is no effect on all of them.
    fn mean_part(&self, design: &Design) -> Result<FixedPart> {
        let (n, offset) = (design.n, design.offset.as_deref());
        match self {
            AnyResponse::Family(_) => FixedPart::new(n, &design.x, offset),
            AnyResponse::Ordered(response) => {
                let nominal = design.nominal.as_ref().map_or(&[][..], |nominal| &nominal.x);
                FixedPart::beside_constant(n, nominal, &design.x, offset, response.centred)
            }
        }
    }

    fn further_part(&self, n: usize, predictor: &PredictorDesign) -> Result<FixedPart> {
        match self {
            AnyResponse::Family(_) => FixedPart::new(n, &predictor.x, predictor.offset.as_deref()),
            AnyResponse::Ordered(response) => {
                let centre = response.scale_centred;
                let part = FixedPart::beside_constant(n, &[], &predictor.x, predictor.offset.as_deref(), centre)?;
                Ok(if centre { part.with_centred_offset() } else { part })
            }
        }
    }

    pub fn start(&self, model: &Model) -> Result<Start> {
        match self {
            AnyResponse::Family(response) => start_of_family(response, model),
            AnyResponse::Ordered(response) => {
                start::start(&OrderedResponse { within: Region::new(response)?, ..response.try_clone()? }, model)
            }
        }
    }

    /// Names of the shared parameters.
    pub fn shared_names(&self, ordinal: Option<&Ordinal>) -> Vec<String> {
        match (self, ordinal) {
            (AnyResponse::Family(response), _) => {
                response.shared.iter().map(|&j| response.family.parameters()[j].name.clone().into_owned()).collect()
            }
            (AnyResponse::Ordered(_), Some(ordinal)) => ordinal.parameter_names(),
            (AnyResponse::Ordered(response), None) => (0..response.n_shared()).map(|f| format!("threshold {f}")).collect(),
        }
    }

    /// The shared parameters of a fit as a model has them, and its theta and fixed effects in the unit of the model's latent variable.
    pub fn estimates(&self, own: &Generalised, model: &Model, theta: &mut [f64], fixed: &mut [Vec<f64>]) -> Result<Vec<f64>> {
        let AnyResponse::Ordered(response) = self else { return self.shared_of_fit(own, 0.0) };
        let (by, mut psi) = (-model.log_unit(fixed), own.psi.clone());
        model.in_latent_unit(by, theta, [&mut fixed[0], &mut psi]);
        response.shared(&psi, model.fixed[0].location(&fixed[0]))
    }

    /// What a fit has of the shared parameters: those of a family on their working scale, thresholds and nominal effects as reported.
    pub fn shared_of_fit(&self, own: &Generalised, location: f64) -> Result<Vec<f64>> {
        match self {
            AnyResponse::Family(response) => Ok(response.shared.iter().map(|&j| own.psi[j]).collect()),
            AnyResponse::Ordered(response) => response.shared(&own.psi, location),
        }
    }

    /// From working to reported parameters.
    pub fn reported(&self, shared: &[f64], location: f64) -> Vec<f64> {
        match self {
            AnyResponse::Family(response) => {
                let psi = response.psi(shared);
                response.shared.iter().map(|&j| response.family.parameters()[j].scale.reported(psi[j])).collect()
            }
            AnyResponse::Ordered(response) => response.reported(shared, location),
        }
    }
}

/// Copies of the response and the weights of a design.
pub(super) fn observed(design: &Design) -> Result<(Vec<f64>, Vec<f64>)> {
    let weights = design.weights.as_deref().unwrap_or_default();
    Ok((try_copy("response", &design.y)?, try_copy("weights", weights)?))
}

/// The response of an ordinal model on a design.
fn ordered_response(spec: &OrdinalSpec, design: &Design) -> Result<OrderedResponse> {
    on_design(spec.cumulative_link()?, Thresholds::new(spec.threshold, design.categories.len()), design)
}

fn on_design(link: Link, thresholds: Thresholds, design: &Design) -> Result<OrderedResponse> {
    let nominal = match &design.nominal {
        Some(nominal) => FixedPart::beside_constant(design.n, &[], &nominal.x, None, true)?,
        None => FixedPart::default(),
    };
    let scale = design.dispersion.is_some();
    let (y, weights) = observed(design)?;
    let (coordinates, scale_centred) = (Coordinates::Distances, design.offset.is_none());
    Ok(OrderedResponse { link, thresholds, y, weights, nominal, scale, centred: true, scale_centred, coordinates, within: None })
}

/// Simulated categories: those that don't occur leave the thresholds around them without an estimate.
fn set_categories(response: &mut OrderedResponse, y: &[f64]) -> Result<()> {
    let categories = response.thresholds.count + 1;
    let mut seen = vec![false; categories];
    for (i, v) in y.iter().enumerate() {
        let k = *v as usize;
        if !(1..=categories).contains(&k) || k as f64 != *v {
            return Err(Error::data(format!("the response is {v} in {} of those used, wanted 1 to {categories}", row_text(i))));
        }
        seen[k - 1] = true;
    }
    if let Some(k) = seen.iter().position(|s| !s) {
        return Err(Error::data(format!("category {} of {categories} does not occur: the thresholds have no estimates", k + 1)));
    }
    response.y.copy_from_slice(y);
    Ok(())
}
