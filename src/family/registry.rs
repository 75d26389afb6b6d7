//! Families by name.

use super::Family;
use super::beta::Beta;
use super::betabinomial::Betabinomial;
use super::binomial::Binomial;
use super::density::Density;
use super::gamma::Gamma;
use super::gaussian::Gaussian;
use super::inflated_beta::{OrderedBeta, ZeroOneInflatedBeta};
use super::inverse_gaussian::InverseGaussian;
use super::link::Link::{self, Cauchit, Cloglog, Identity, Inverse, InverseSquare, Log, Logit, Loglog, Probit, Sqrt};
use super::lognormal::Lognormal;
use super::model::Model;
use super::nbinom::{Nbinom1, Nbinom2};
use super::poisson::Poisson;
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

fn model<D: Density + Default>(link: Link) -> Box<dyn Family> {
    Box::new(Model::new(D::default(), link))
}

const PROPORTION: &[Link] = &[Logit, Probit, Cloglog, Loglog, Cauchit, Log, Identity];
const UNIT: &[Link] = &[Logit, Probit, Cloglog, Loglog, Cauchit];
const COUNT: &[Link] = &[Log, Identity, Sqrt];

const FAMILIES: &[Entry] = &[
    Entry { names: &["gaussian", "normal"], links: &[Identity, Log, Inverse, Sqrt], make: model::<Gaussian> },
    Entry { names: &["binomial", "bernoulli"], links: PROPORTION, make: model::<Binomial> },
    Entry { names: &["poisson"], links: COUNT, make: model::<Poisson> },
    Entry { names: &["gamma", "Gamma"], links: &[Inverse, Log, Identity, Sqrt, InverseSquare], make: model::<Gamma> },
    Entry {
        names: &["nbinom2", "negative_binomial", "negativebinomial", "negative.binomial"],
        links: COUNT,
        make: model::<Nbinom2>,
    },
    Entry { names: &["nbinom1"], links: COUNT, make: model::<Nbinom1> },
    Entry {
        names: &["inverse_gaussian", "inverse.gaussian"],
        links: &[InverseSquare, Log, Inverse, Identity],
        make: model::<InverseGaussian>,
    },
    Entry { names: &["beta", "beta_family"], links: UNIT, make: model::<Beta> },
    Entry { names: &["betabinomial"], links: UNIT, make: model::<Betabinomial> },
    Entry { names: &["student_t", "t", "t_family"], links: &[Identity, Log, Inverse], make: model::<StudentT> },
    Entry { names: &["lognormal"], links: &[Identity, Log], make: model::<Lognormal> },
    Entry { names: &["tweedie"], links: &[Log, Identity, Sqrt, Inverse], make: model::<Tweedie> },
    Entry { names: &["truncated_poisson"], links: COUNT, make: model::<TruncatedPoisson> },
    Entry { names: &["truncated_nbinom1"], links: COUNT, make: model::<Truncated<Nbinom1>> },
    Entry { names: &["truncated_nbinom2"], links: COUNT, make: model::<Truncated<Nbinom2>> },
    Entry { names: &["zero_one_inflated_beta"], links: UNIT, make: model::<ZeroOneInflatedBeta> },
    Entry { names: &["ordered_beta", "ordbeta"], links: &[Logit], make: model::<OrderedBeta> },
];

/// The names of the families, the first of each.
pub fn names() -> Vec<&'static str> {
    FAMILIES.iter().map(|entry| entry.names[0]).collect()
}

/// The links that suit a family, its default first; none for an unknown name.
pub fn links(family: &str) -> &'static [Link] {
    FAMILIES.iter().find(|entry| entry.names.contains(&family)).map_or(&[], |entry| entry.links)
}

/// The family of a name with the link of a name, or with the family's default link.
pub fn by_name(family: &str, link: Option<&str>) -> Result<Box<dyn Family>> {
    let Some(entry) = FAMILIES.iter().find(|entry| entry.names.contains(&family)) else {
        return Err(Error::argument(format!("family: \"{family}\" is not known; expected one of {}", names().join(", "))));
    };
    let link = link.map_or(Ok(entry.links[0]), Link::by_name)?;
    if !entry.links.contains(&link) {
        let known: Vec<&str> = entry.links.iter().map(|link| link.name()).collect();
        let (seen, known) = (link.name(), known.join(", "));
        return Err(Error::argument(format!("link: \"{seen}\" does not suit family {family}; expected one of {known}")));
    }
    Ok((entry.make)(link))
}
