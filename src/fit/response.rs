//! The response of a generalised model, of a family or ordered: what the fit, its refits and its profiles ask of it.

use super::kind::{Generalised, Ordinal};
use super::priors::{Layout, of_generalised};
use crate::clmm::coordinates::Coordinates;
use crate::clmm::region::Region;
use crate::clmm::response::OrderedResponse;
use crate::clmm::start::start as start_of_ordered;
use crate::clmm::thresholds::Thresholds;
use crate::design::{Design, PredictorDesign, RowLedger, TermDesign};
use crate::error::{Error, Result, row_text, try_collect, try_copy, try_vec};
use crate::family::special::logit;
use crate::family::{Censoring, Ends, Family, Link, ZeroPart};
use crate::glmm::fixed::FixedPart;
use crate::glmm::jet::Response;
use crate::glmm::model::Model;
use crate::glmm::response::FamilyResponse;
use crate::glmm::start::{Start, start};
use crate::options::{Information, Options};
use crate::spec::{FamilySpec, ModelKind, OrdinalSpec, Spec};
use crate::watch::Watch;

/// A response with all that is known of it.
#[derive(Clone, Debug)]
pub(crate) enum AnyResponse {
    Family(FamilyResponse),
    Ordered(Box<OrderedResponse>),
}

impl AnyResponse {
    pub fn of_spec(spec: &Spec, design: &Design, options: &Options) -> Result<Self> {
        check_options(spec, options)?;
        Ok(match spec.kind {
            ModelKind::Clmm => AnyResponse::Ordered(Box::new(ordered_response(&spec.ordinal, design)?)),
            _ => AnyResponse::Family(family_response(&spec.family, design, options)?),
        })
    }

    /// The response of a fit on the rows of its design.
    pub fn of_fit(own: &Generalised, ordinal: Option<&Ordinal>, design: &Design) -> Result<Self> {
        if let Some(ordinal) = ordinal {
            let thresholds = Thresholds::new(ordinal.threshold, ordinal.categories.len());
            return Ok(AnyResponse::Ordered(Box::new(on_design(own.family.link(), thresholds, design)?)));
        }
        let (y, weights) = observed(design)?;
        let response = FamilyResponse::new(own.family.clone(), own.zero, own.dispersion.is_some(), y, weights);
        Ok(AnyResponse::Family(response.with_ends(copied_ends(design)?)))
    }

    /// A copy, or an error where memory is short.
    pub fn try_clone(&self) -> Result<Self> {
        Ok(match self {
            AnyResponse::Family(response) => AnyResponse::Family(response.try_clone()?),
            AnyResponse::Ordered(response) => AnyResponse::Ordered(Box::new(response.try_clone()?)),
        })
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
        self.ordered().map_or(Ok(None), OrderedResponse::region)
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
                check_response(response, ledger).map(|_| ())
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

    /// On some of the rows, ascending, in the same parameters.
    pub fn of_rows(&self, rows: &[u32]) -> Result<Self> {
        Ok(match self {
            AnyResponse::Family(response) => AnyResponse::Family(response.of_rows(rows)?),
            AnyResponse::Ordered(response) => AnyResponse::Ordered(Box::new(response.of_rows(rows)?)),
        })
    }

    /// The columns of each predictor of a design that its model would keep, those of the nominal effects last.
    pub fn kept(&self, design: &Design) -> Result<Vec<Vec<usize>>> {
        let mut all = vec![self.mean_part(design)?.kept];
        for predictor in [&design.zero_inflation, &design.dispersion].into_iter().flatten() {
            all.push(self.further_part(design.n, predictor)?.kept);
        }
        if let Some(nominal) = &design.nominal {
            all.push(FixedPart::beside_constant(design.n, &[], &nominal.x, None, true)?.kept);
        }
        Ok(all)
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
        let mut model = self.model_of(n, fixed, &terms)?;
        model.prior = of_generalised(design, &self.layout(), &model)?;
        Ok(model)
    }

    /// What priors need to know.
    fn layout(&self) -> Layout {
        let parameter = |own: &FamilyResponse, j: usize| {
            let parameter = &own.family.parameters()[j];
            (parameter.name.clone().into_owned(), parameter.scale)
        };
        let of_family = |own: &FamilyResponse| own.shared.iter().map(|&j| parameter(own, j)).collect();
        Layout {
            is_ordered: self.ordered().is_some(),
            zero: self.zero_predictor(),
            dispersion: self.dispersion_predictor(),
            shared: self.family().map(of_family).unwrap_or_default(),
        }
    }

    /// Fails where a predictor has as many fixed effects as there are rows, or more where a mean without random effects may be saturated: the
    /// family has no parameter to estimate. Of an ordinal response thresholds are among those of the mean, and
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
            let spare = !(a == 0 && fixed.len() == 1 && !is_ordered && design.terms.is_empty() && self.may_be_saturated());
            if n < p + usize::from(spare) || (n == p && names.len() > n) {
                let more = if names.len() > n { ": there are more fixed effects than rows" } else { "" };
                return Err(Error::data(format!("{n} rows can't determine {p} fixed effects{what}{more}")));
            }
        }
        Ok(())
    }

    /// Whether the mean can be all that the rows say.
    fn may_be_saturated(&self) -> bool {
        let response = self.family().filter(|own| own.zero.is_none() && !own.dispersion);
        response.is_some_and(|own| own.family.parameters().iter().all(|p| p.fixed.is_some()))
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

    pub fn start(&self, model: &Model, watch: &Watch<'_>) -> Result<Start> {
        match self {
            AnyResponse::Family(response) => start_of_family(response, model, watch),
            AnyResponse::Ordered(response) => {
                start_of_ordered(&OrderedResponse { within: response.region()?, ..response.try_clone()? }, model, watch)
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
fn observed(design: &Design) -> Result<(Vec<f64>, Vec<f64>)> {
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

/// Whether a response has all of an ordinal model's categories: those that don't occur leave the thresholds around them without an estimate.
pub fn check_categories(categories: usize, y: &[f64]) -> Result<()> {
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
    Ok(())
}

/// Simulated categories.
fn set_categories(response: &mut OrderedResponse, y: &[f64]) -> Result<()> {
    check_categories(response.thresholds.count + 1, y)?;
    response.y.copy_from_slice(y);
    Ok(())
}

/// The response of a family on a design.
fn family_response(spec: &FamilySpec, design: &Design, options: &Options) -> Result<FamilyResponse> {
    let family = spec.build()?;
    let zero = design.zero_inflation.as_ref().map(|_| zero_part(&*family)).transpose()?;
    if let Some(ends) = &design.ends {
        Censoring::new(&*family, ends)?;
        check_censored(zero, options)?;
    }
    let (y, weights) = observed(design)?;
    Ok(FamilyResponse::new(family, zero, design.dispersion.is_some(), y, weights).with_ends(copied_ends(design)?))
}

fn copied_ends(design: &Design) -> Result<Option<Ends>> {
    design.ends.as_ref().map(Ends::try_clone).transpose()
}

/// What models of a response between two ends don't have.
fn check_censored(zero: Option<ZeroPart>, options: &Options) -> Result<()> {
    if zero.is_some() {
        return Err(Error::argument("ziformula: a response between two ends, cens(), has no zero part"));
    }
    if options.reml_generalised {
        return Err(Error::argument("reml: a model of a response between two ends, cens(), is fitted by maximum likelihood"));
    }
    if options.information == Information::Expected {
        return Err(Error::argument("information: a response between two ends, cens(), has the observed information alone"));
    }
    Ok(())
}

/// A family that has no zeros of its own leaves all zeros to the zero part.
fn zero_part(family: &dyn Family) -> Result<ZeroPart> {
    family.facts().zero_part.ok_or_else(|| {
        Error::argument(format!("ziformula: the family {} has no zeros that could be more than expected", family.name()))
    })
}

fn start_of_family(response: &FamilyResponse, model: &Model, watch: &Watch<'_>) -> Result<Start> {
    let (n, family) = (model.n, &response.family);
    let own = response.own_rows()?;
    let predictors = 1 + usize::from(response.zero.is_some()) + usize::from(response.dispersion);
    let mut eta = (0..predictors).map(|_| try_vec("linear predictor", 0.0, n)).collect::<Result<Vec<_>>>()?;
    let mut wanted = try_vec("linear predictor", 0.0, own.len())?;
    family.start_eta(&own.observations(), &mut wanted)?;
    own.put(&wanted, &mut eta[0]);
    if let Some(zero) = response.zero_predictor() {
        let share = response.y.iter().filter(|y| **y == 0.0).count() as f64 / n as f64;
        // Of the zeros a family may have by itself half are taken for such.
        let share = if response.zero == Some(ZeroPart::Inflation) { 0.5 * share } else { share };
        eta[zero].fill(logit(share.clamp(0.02, 0.98)));
    }
    let guess = |eta: &[Vec<f64>]| {
        let mu = try_collect("means of the start", eta[0].iter().map(|e| family.linkinv(*e)))?;
        response.guess(&mu)
    };
    start(model, eta, &own, &guess, watch)
}

/// Fails at a response that the family can't have; the zeros of a hurdle are not the family's. Rows are named as those of the data.
pub(crate) fn check_response(response: &FamilyResponse, ledger: &RowLedger) -> Result<Vec<String>> {
    let own = response.own_rows()?;
    if own.is_empty() && response.zero == Some(ZeroPart::Hurdle) {
        return Err(Error::data("the response is zero in all rows: there is nothing but a zero part to model"));
    }
    let place = |i: usize| ledger.data_row(own.place(i));
    match response.family.check_response(&own.observations()) {
        Ok(warnings) => Ok(warnings.into_iter().map(|text| renumbered(&text, place)).collect()),
        Err(error) => Err(in_rows(&error, place)),
    }
}

/// A failure in a row with the place of that row.
fn in_rows(error: &Error, place: impl Fn(usize) -> usize) -> Error {
    let position = usize::try_from(error.position).map_or(error.position, |i| place(i) as i64);
    Error { position, message: renumbered(&error.message, place), ..error.clone() }
}

/// A failure in a row of those used as one in a row of the data.
pub(super) fn in_data_rows(error: &Error, ledger: &RowLedger) -> Error {
    in_rows(error, |i| ledger.data_row(i))
}

/// A text of a family with its "in row i" (counting from 1) taken from the rows it has seen to those of the data.
fn renumbered(text: &str, place: impl Fn(usize) -> usize) -> String {
    const ROW: &str = "in row ";
    let Some(start) = text.rfind(ROW).map(|at| at + ROW.len()) else { return text.to_owned() };
    let digits = text[start..].chars().take_while(char::is_ascii_digit).count();
    match text[start..start + digits].parse::<usize>() {
        Ok(row) if row > 0 => format!("{}{}{}", &text[..start], place(row - 1) + 1, &text[start + digits..]),
        _ => text.to_owned(),
    }
}

/// What ordinal models don't have.
fn check_options(spec: &Spec, options: &Options) -> Result<()> {
    if spec.kind != ModelKind::Clmm {
        return Ok(());
    }
    if options.quadrature == 0 {
        return Err(Error::argument(
            "nagq: an ordinal model's thresholds can't be at the conditional mode, so nagq = 0 is not for it",
        ));
    }
    if options.reml_generalised {
        return Err(Error::argument("reml: ordinal models are fitted by maximum likelihood"));
    }
    if options.information == Information::Expected {
        return Err(Error::argument("information: ordinal models have the observed information alone"));
    }
    Ok(())
}

/// Quadrature is for a dispersion that all rows share.
pub(super) fn check_quadrature(response: &FamilyResponse, options: &Options) -> Result<()> {
    if response.dispersion && options.quadrature > 1 {
        return Err(Error::argument("nagq: more than one quadrature point can't go with a dispersion formula"));
    }
    Ok(())
}
