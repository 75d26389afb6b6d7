//! The family of a fit as bytes: its names, from which it is made again.

use std::ops::Deref;

use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::clmm::family::Cumulative;
use crate::error::{Error, Result};
use crate::family::{Family, Link, by_name};

#[derive(Serialize, Deserialize)]
struct Record {
    /// `None` of the distribution of an ordered response.
    name: Option<String>,
    link: String,
    /// Each with its value where it is not estimated.
    parameters: Vec<(String, Option<f64>)>,
}

impl Record {
    fn of(family: &dyn Family) -> Self {
        let parameters = family.parameters().iter().map(|p| (p.name.to_string(), p.fixed)).collect();
        let name = (family.name() != Cumulative::NAME).then(|| family.name().to_owned());
        Record { name, link: family.link().name().to_owned(), parameters }
    }

    fn family(&self) -> Result<Box<dyn Family>> {
        let mut family = match &self.name {
            Some(name) => by_name(name, Some(&self.link))?,
            None => {
                let thresholds: Vec<String> = self.parameters.iter().skip(1).map(|(name, _)| name.clone()).collect();
                Box::new(Cumulative::new(Link::by_name(&self.link)?, self.parameters.len())?.with_names(&thresholds)?)
            }
        };
        for (name, value) in &self.parameters {
            value.map_or(Ok(()), |value| family.fix(name, value))?;
        }
        let names = self.parameters.iter().map(|(name, _)| name.as_str());
        if family.parameters().iter().map(|p| &*p.name).eq(names) {
            Ok(family)
        } else {
            Err(Error::data("the parameters of the family are others"))
        }
    }
}

/// Whether the family consists of functions of the caller's.
pub fn is_of_caller(family: &dyn Family) -> bool {
    family.link() == Link::Custom
}

/// The family itself goes on holding its functions, which are no bytes: who saves it asks first.
pub fn serialize<S: Serializer>(family: &impl Deref<Target = dyn Family>, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    if is_of_caller(&**family) {
        return Err(S::Error::custom("a family of the caller's"));
    }
    Record::of(&**family).serialize(serializer)
}

pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Box<dyn Family>, D::Error> {
    Record::deserialize(deserializer)?.family().map_err(D::Error::custom)
}
