//! Families by name.

use super::Family;
use super::bell::Bell;
use super::beta::Beta;
use super::betabinomial::Betabinomial;
use super::binomial::Binomial;
use super::compois::Compois;
use super::density::Density;
use super::gamma::Gamma;
use super::gaussian::Gaussian;
use super::genpois::Genpois;
use super::inflated_beta::{OrderedBeta, ZeroOneInflatedBeta};
use super::inverse_gaussian::InverseGaussian;
use super::link::Link;
use super::lognormal::Lognormal;
use super::model::Model;
use super::nbinom::{Nbinom1, Nbinom2};
use super::nbinom12::Nbinom12;
use super::poisson::Poisson;
use super::skewnormal::SkewNormal;
use super::student::StudentT;
use super::truncated::{Truncated, TruncatedPoisson};
use super::tweedie::Tweedie;
use crate::error::{Error, Result};

/// A family by its names, its links (the default first) and how to make it.
struct Entry {
    names: &'static [&'static str],
    links: &'static [Link],
    make: fn(Link) -> Box<dyn Family>,
}

const fn of<D: Density + Default>() -> Entry {
    Entry { names: D::NAMES, links: D::LINKS, make: |link| Box::new(Model::new(D::default(), link)) }
}

/// That of a model of which nothing is said.
pub const DEFAULT: &str = Gaussian::NAME;

/// In the order in which they are listed, the default first.
const FAMILIES: &[Entry] = &[
    of::<Gaussian>(),
    of::<Binomial>(),
    of::<Poisson>(),
    of::<Gamma>(),
    of::<Nbinom2>(),
    of::<Nbinom1>(),
    of::<InverseGaussian>(),
    of::<Beta>(),
    of::<Betabinomial>(),
    of::<StudentT>(),
    of::<Lognormal>(),
    of::<Tweedie>(),
    of::<TruncatedPoisson>(),
    of::<Truncated<Nbinom1>>(),
    of::<Truncated<Nbinom2>>(),
    of::<ZeroOneInflatedBeta>(),
    of::<OrderedBeta>(),
    of::<Genpois>(),
    of::<Truncated<Genpois>>(),
    of::<Bell>(),
    of::<Nbinom12>(),
    of::<SkewNormal>(),
    of::<Compois>(),
    of::<Truncated<Compois>>(),
];

/// The names of the families, the first of each.
pub fn names() -> Vec<&'static str> {
    FAMILIES.iter().map(|entry| entry.names[0]).collect()
}

/// All names of a family, the first of which is that of [`names`]; none for an unknown name.
pub fn names_of(family: &str) -> &'static [&'static str] {
    FAMILIES.iter().find(|entry| entry.names.contains(&family)).map_or(&[], |entry| entry.names)
}

/// The normal distribution about the linear predictor itself, which linear models have.
pub fn normal() -> Box<dyn Family> {
    Box::new(Model::new(Gaussian, Link::Identity))
}

/// The links that suit a family, its default first; none for an unknown name.
pub fn links(family: &str) -> &'static [Link] {
    FAMILIES.iter().find(|entry| entry.names.contains(&family)).map_or(&[], |entry| entry.links)
}

/// The family of a name with the link of a name, or with the family's default link.
pub fn by_name(family: &str, link: Option<&str>) -> Result<Box<dyn Family>> {
    let Some(entry) = FAMILIES.iter().find(|entry| entry.names.contains(&family)) else {
        return Err(Error::argument(format!("family: {family:?} is not known; expected one of {}", names().join(", "))));
    };
    let link = link.map_or(Ok(entry.links[0]), Link::by_name)?;
    if !entry.links.contains(&link) {
        let known: Vec<&str> = entry.links.iter().map(|link| link.name()).collect();
        let (seen, known) = (link.name(), known.join(", "));
        return Err(Error::argument(format!("link: {seen:?} does not suit family {family}; expected one of {known}")));
    }
    Ok((entry.make)(link))
}
