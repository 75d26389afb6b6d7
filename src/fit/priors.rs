//! Which parameters of a model have which priors.

use super::common::Fit;
use super::parameter_ids::{TermIds, id, numbered, of_terms};
use crate::design::{Design, PredictorDesign, TermDesign};
use crate::error::{Error, Result};
use crate::family::Scale;
use crate::formula::StructureKind;
use crate::glmm::model::Model;
use crate::glmm::prior::{CoefficientPrior, GeneralisedPrior};
use crate::lmm::prior::LinearPrior;
use crate::names::{known, quoted};
use crate::prior::{Class, Density, Prior, Target};
use crate::search::penalty::{CovariancePenalty, CovariancePrior};

/// A parameter that may have a prior.
struct Slot {
    id: String,
    class: Class,
    prefix: &'static str,
    /// The group of a random term.
    group: String,
    number: usize,
    /// Not among all of its class: an intercept.
    apart: bool,
    place: Place,
}

/// Where a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// A predictor and its column, of those kept.
    Coefficient(usize, usize),
    /// A term, in the order of theta, and an effect.
    Effect(usize, usize),
    Term(usize),
    Sigma,
    /// A parameter of the family.
    Family(usize),
}

/// What a prior is of, beside its density.
type Found = (Place, Class, Density);

/// The fixed effects of a predictor: the prefix of its names, its number in the model, columns and names, and which columns are kept.
struct Block<'d> {
    prefix: &'static str,
    predictor: usize,
    x: &'d [f64],
    names: &'d [String],
    kept: &'d [usize],
}

impl Block<'_> {
    fn slots(&self, n: usize) -> Vec<Slot> {
        let ids = numbered(self.kept.iter().map(|&j| id(self.prefix, "fixef", &[&self.names[j]])).collect());
        let constant = |j: usize| {
            let column = self.x.get(j * n..(j + 1) * n).unwrap_or_default();
            column.first().is_some_and(|first| column.iter().all(|v| v == first))
        };
        let slot = |(at, id): (usize, String)| Slot {
            id,
            class: Class::Fixef,
            prefix: self.prefix,
            group: String::new(),
            number: 1,
            apart: constant(self.kept[at]),
            place: Place::Coefficient(self.predictor, at),
        };
        ids.into_iter().enumerate().map(slot).collect()
    }
}

/// Of random terms: standard deviations, correlations and covariances.
fn term_slots(terms: &[(&'static str, &TermDesign)]) -> Vec<Slot> {
    let ids: Vec<TermIds<'_>> = of_terms(terms.iter().copied());
    let mut slots = vec![];
    for (k, (own, (prefix, term))) in ids.iter().zip(terms).enumerate() {
        let slot = |id: String, class: Class, place: Place| Slot {
            id,
            class,
            prefix,
            group: term.group.clone(),
            number: own.number(),
            apart: false,
            place,
        };
        slots.extend(own.deviations().into_iter().enumerate().map(|(e, id)| slot(id, Class::Sd, Place::Effect(k, e))));
        if term.effects.len() > 1 && term.structure.kind != StructureKind::Diagonal {
            slots.push(slot(own.whole("cor"), Class::Cor, Place::Term(k)));
        }
        slots.push(slot(own.whole("cov"), Class::Cov, Place::Term(k)));
    }
    slots
}

impl Slot {
    /// Whether a target stands for it.
    fn is_of(&self, target: &Target) -> bool {
        let class = if target.class == Class::Var { Class::Sd } else { target.class };
        if class != self.class || target.prefix != self.prefix {
            return false;
        }
        match &target.names[..] {
            [] => !self.apart && (target.number == 1 || target.number == self.number),
            [group] if matches!(class, Class::Sd | Class::Cor | Class::Cov) => {
                *group == self.group && (target.number == 1 || target.number == self.number)
            }
            _ => Target { class, ..target.clone() }.to_string() == self.id,
        }
    }
}

/// The priors of parameters: of those that stand for one the one with the most names counts.
fn resolve(priors: &[Prior], slots: &[Slot]) -> Result<Vec<Found>> {
    for prior in priors {
        if !slots.iter().any(|slot| slot.is_of(&prior.target)) {
            return Err(unknown(prior, slots));
        }
    }
    let mut found: Vec<(Found, &Prior, &Slot)> = vec![];
    for slot in slots {
        let mut own: Vec<&Prior> = priors.iter().filter(|prior| slot.is_of(&prior.target)).collect();
        own.sort_by_key(|prior| std::cmp::Reverse(prior.target.names.len()));
        if let [first, second, ..] = &own[..]
            && first.target.names.len() == second.target.names.len()
        {
            return Err(twice(&slot.id, first, second));
        }
        found.extend(own.first().map(|prior| ((slot.place, prior.target.class, prior.density), *prior, slot)));
    }
    // A covariance has its standard deviations and correlations in it.
    for (own, prior, slot) in found.iter().filter(|(own, ..)| own.1 == Class::Cov) {
        let Place::Term(k) = own.0 else { continue };
        let inside = |other: &Place| matches!(other, Place::Effect(term, _) | Place::Term(term) if *term == k);
        if let Some((_, other, _)) = found.iter().find(|(other, ..)| other.1 != Class::Cov && inside(&other.0)) {
            return Err(twice(&slot.id, prior, other));
        }
    }
    Ok(found.into_iter().map(|(own, ..)| own).collect())
}

fn twice(id: &str, first: &Prior, second: &Prior) -> Error {
    Error::argument(format!("prior: {id} has two priors, {first} and {second}"))
}

fn unknown(prior: &Prior, slots: &[Slot]) -> Error {
    let target = &prior.target;
    let class = if target.class == Class::Var { Class::Sd } else { target.class };
    let ids = slots.iter().filter(|slot| slot.class == class).map(|slot| slot.id.as_str());
    let wanted = Target { class, ..target.clone() }.to_string();
    let name = target.class.name();
    if ids.clone().next().is_none() {
        return Error::argument(format!("prior: {prior}: the model has no {name} that could have a prior"));
    }
    let hint = known(&format!("the model's {name}"), &wanted, ids);
    Error::argument(format!("prior: {prior}: the model has no parameter {}; {hint}", quoted(&target.to_string())))
}

/// The penalty of covariances, and what is left.
fn covariances(found: Vec<Found>, terms: &[(&'static str, &TermDesign)]) -> Result<(CovariancePenalty, Vec<Found>)> {
    let (mut penalty, mut rest) = (CovariancePenalty::default(), vec![]);
    for (place, class, density) in found {
        let (term, own) = match (place, class) {
            (Place::Effect(k, e), Class::Var) => (k, CovariancePrior::Variance(e, density)),
            (Place::Effect(k, e), _) => (k, CovariancePrior::Deviation(e, density)),
            (Place::Term(k), _) => (k, CovariancePrior::Matrix(density)),
            other => {
                rest.push((other.0, other.1, density));
                continue;
            }
        };
        if class == Class::Cov {
            density.check_size(terms[term].1.effects.len())?;
        }
        match penalty.terms.iter_mut().find(|(k, _)| *k == term) {
            Some((_, all)) => all.push(own),
            None => penalty.terms.push((term, vec![own])),
        }
    }
    Ok((penalty, rest))
}

/// The priors of a linear model whose kept columns are known.
pub(super) fn of_linear(design: &Design, kept: &[usize]) -> Result<Option<Box<LinearPrior>>> {
    if design.priors.is_empty() {
        return Ok(None);
    }
    if let Some(prior) = design.priors.iter().find(|prior| prior.density == Density::Jeffreys) {
        return Err(Error::unsupported(format!(
            "prior: {prior}: only of generalised models; of a linear one it is flat but for sigma"
        )));
    }
    if design.correlation.is_some() {
        return Err(Error::unsupported("prior: a model with correlated residuals can't have priors"));
    }
    let terms: Vec<(&'static str, &TermDesign)> = design.terms.iter().map(|t| ("", t)).collect();
    let mut slots = Block { prefix: "", predictor: 0, x: &design.x, names: &design.x_names, kept }.slots(design.n);
    slots.extend(term_slots(&terms));
    slots.push(single("sigma".into(), Class::Sigma, Place::Sigma));
    let (covariances, rest) = covariances(resolve(&design.priors, &slots)?, &terms)?;
    let mut own = LinearPrior { covariances, ..LinearPrior::default() };
    for (place, _, density) in rest {
        match place {
            Place::Coefficient(_, j) => own.coefficients.push((j, density)),
            _ => own.sigma.push(density),
        }
    }
    Ok(Some(Box::new(own)))
}

/// Fails for priors of coefficients where these are no parameters of the likelihood.
pub(super) fn check_restricted(design: &Design, instead: &str) -> Result<()> {
    let of_coefficients = |prior: &&Prior| prior.target.class == Class::Fixef && prior.target.prefix.is_empty();
    match design.priors.iter().find(of_coefficients) {
        None => Ok(()),
        Some(prior) => Err(Error::argument(format!(
            "prior: {prior}: the criterion has no coefficients of the mean, which are integrated out or follow from the others; fit with \
             {instead}"
        ))),
    }
}

fn single(id: String, class: Class, place: Place) -> Slot {
    Slot { id, class, prefix: "", group: String::new(), number: 1, apart: false, place }
}

/// What a response says of its model's parameters.
pub(super) struct Layout {
    pub is_ordered: bool,
    /// Predictors.
    pub zero: Option<usize>,
    pub dispersion: Option<usize>,
    /// Names and scales of shared parameters of a family.
    pub shared: Vec<(String, Scale)>,
}

/// Those of a generalised or ordinal model.
pub(super) fn of_generalised(design: &Design, layout: &Layout, model: &Model) -> Result<Option<Box<GeneralisedPrior>>> {
    if design.priors.is_empty() {
        return Ok(None);
    }
    if layout.is_ordered && (design.nominal.is_some() || design.dispersion.is_some()) {
        return Err(Error::unsupported("prior: an ordinal model with nominal effects or a scale can't have priors"));
    }
    let jeffreys = of_jeffreys(design, layout, model)?;
    let priors: Vec<Prior> = design.priors.iter().filter(|prior| prior.density != Density::Jeffreys).cloned().collect();
    let further: [(&'static str, Option<usize>, &Option<PredictorDesign>); 2] =
        [("zi.", layout.zero, &design.zero_inflation), ("disp.", layout.dispersion, &design.dispersion)];
    let mut terms: Vec<(&'static str, &TermDesign)> = design.terms.iter().map(|t| ("", t)).collect();
    let own = Block { prefix: "", predictor: 0, x: &design.x, names: &design.x_names, kept: &model.fixed[0].kept };
    let mut slots = own.slots(design.n);
    for (prefix, at, part) in &further {
        let Some((a, part)) = at.zip(part.as_ref()) else { continue };
        terms.extend(part.terms.iter().map(|t| (*prefix, t)));
        let kept = &model.fixed[a].kept;
        slots.extend(Block { prefix, predictor: a, x: &part.x, names: &part.x_names, kept }.slots(design.n));
    }
    slots.extend(term_slots(&terms));
    let family = |(f, (name, _)): (usize, &(String, Scale))| single(id("", "family", &[name]), Class::Family, Place::Family(f));
    slots.extend(layout.shared.iter().enumerate().map(family));
    let (covariances, rest) = covariances(resolve(&priors, &slots)?, &terms)?;
    let mut prior = GeneralisedPrior { covariances, jeffreys, ..GeneralisedPrior::default() };
    for (place, _, density) in rest {
        match place {
            Place::Coefficient(a, j) => {
                prior.coefficients.push(CoefficientPrior { predictor: a, row: model.fixed[a].user_row(j), density });
            }
            Place::Family(f) => {
                let (name, scale) = &layout.shared[f];
                if !matches!(scale, Scale::Log | Scale::LogVariance) {
                    return Err(Error::unsupported(format!(
                        "prior: the parameter {} of the family is not any positive number; only such have a prior",
                        quoted(name)
                    )));
                }
                prior.shared.push((f, *scale, density));
            }
            _ => {}
        }
    }
    Ok(Some(Box::new(prior)))
}

/// Whether coefficients have Jeffreys' prior; fails where it is not exact.
fn of_jeffreys(design: &Design, layout: &Layout, model: &Model) -> Result<bool> {
    let Some(own) = design.priors.iter().find(|prior| prior.density == Density::Jeffreys) else { return Ok(false) };
    let refuse = |why: &str| Err(Error::unsupported(format!("prior: {own}: {why}")));
    if layout.is_ordered || model.fixed.len() > 1 {
        return refuse("only of models with one predictor: neither ordinal ones nor such with a zero part or a dispersion formula");
    }
    if !design.terms.is_empty() {
        return refuse("only of models without random effects, whose likelihood has no expected information in closed form");
    }
    if !layout.shared.is_empty() {
        return refuse("only of families without a parameter that is estimated, as binomial and Poisson");
    }
    if let Some(other) = design.priors.iter().find(|prior| prior.target.class == Class::Fixef && *prior != own) {
        return Err(twice("fixef", own, other));
    }
    Ok(true)
}

/// Those of a Cox model: of its covariances.
pub(super) fn of_cox(design: &Design) -> Result<CovariancePenalty> {
    if design.priors.is_empty() {
        return Ok(CovariancePenalty::default());
    }
    if let Some(prior) = design.priors.iter().find(|prior| prior.target.class == Class::Fixef) {
        return Err(Error::unsupported(format!("prior: {prior}: coefficients of a Cox model can't have priors")));
    }
    let terms: Vec<(&'static str, &TermDesign)> = design.terms.iter().map(|t| ("", t)).collect();
    Ok(covariances(resolve(&design.priors, &term_slots(&terms))?, &terms)?.0)
}

impl Fit {
    /// Fails for what supposes maximum likelihood, if parameters have priors.
    pub(crate) fn without_priors(&self, what: &str) -> Result<()> {
        if self.priors.is_empty() {
            return Ok(());
        }
        Err(Error::unsupported(format!(
            "{what}: not available for a fit with priors, whose estimates are not those of maximum likelihood; fit without priors"
        )))
    }

    /// The priors as one text; empty without any.
    pub fn priors_text(&self) -> String {
        self.priors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }

    /// The criterion with what priors add to it.
    pub fn penalised_criterion(&self) -> f64 {
        self.criterion + self.penalty
    }
}
