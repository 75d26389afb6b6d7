//! A family's parameters beside the mean: names, and the map between the working scale (unconstrained) and the reported one.

use std::borrow::Cow;

use super::special::{expit, logit};
use crate::error::{Error, Result};

/// How a reported value follows from the working one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// exp(psi).
    Log,
    /// exp(psi/2): psi is the logarithm of the variance, the report its square root.
    LogVariance,
    /// 1 + expit(psi): Tweedie's power, between 1 and 2.
    OneToTwo,
    /// expit(psi).
    Logit,
    /// psi itself.
    Identity,
}

/// The logarithm of a parameter beyond which, to a double, the family is its limit there. Further out products overflow.
const LIMIT: f64 = 100.0;

/// psi, kept where powers of exp(psi) are numbers: for parameters without unit.
pub(crate) fn within_limits(psi: f64) -> f64 {
    psi.clamp(-LIMIT, LIMIT)
}

impl Scale {
    pub fn reported(self, psi: f64) -> f64 {
        match self {
            Scale::Log => psi.exp(),
            Scale::LogVariance => (0.5 * psi).exp(),
            Scale::OneToTwo => 1.0 + expit(psi),
            Scale::Logit => expit(psi),
            Scale::Identity => psi,
        }
    }

    /// The inverse of `reported`; not finite for a value outside the range.
    pub fn working(self, value: f64) -> f64 {
        match self {
            Scale::Log => value.ln(),
            Scale::LogVariance => 2.0 * value.ln(),
            Scale::OneToTwo => logit(value - 1.0),
            Scale::Logit => logit(value),
            Scale::Identity => value,
        }
    }

    /// d reported / d working, for standard errors.
    pub fn derivative(self, psi: f64) -> f64 {
        match self {
            Scale::Log => psi.exp(),
            Scale::LogVariance => 0.5 * (0.5 * psi).exp(),
            Scale::OneToTwo | Scale::Logit => expit(psi) * expit(-psi),
            Scale::Identity => 1.0,
        }
    }

    /// The range of reported values, in words.
    pub fn range(self) -> &'static str {
        match self {
            Scale::Log | Scale::LogVariance => "a positive number",
            Scale::OneToTwo => "a number between 1 and 2",
            Scale::Logit => "a number between 0 and 1",
            Scale::Identity => "a finite number",
        }
    }
}

/// A parameter of a family.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The name of the reported value, such as "sigma" or "shape".
    pub name: Cow<'static, str>,
    pub scale: Scale,
    /// The reported value, where it is given and not estimated.
    pub fixed: Option<f64>,
}

impl Parameter {
    pub(crate) const fn new(name: &'static str, scale: Scale) -> Self {
        Parameter { name: Cow::Borrowed(name), scale, fixed: None }
    }
}

/// Keeps a parameter of a family at a reported value.
pub(crate) fn fix(family: &str, parameters: &mut [Parameter], name: &str, value: f64) -> Result<()> {
    let Some(at) = parameters.iter().position(|p| p.name == name) else {
        let names: Vec<&str> = parameters.iter().map(|p| p.name.as_ref()).collect();
        let known = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        return Err(Error::argument(format!("family {family}: no parameter {name:?}; it has {known}")));
    };
    let scale = parameters[at].scale;
    if !scale.working(value).is_finite() {
        return Err(Error::argument(format!("family {family}: {name} = {value}; expected {}", scale.range())));
    }
    parameters[at].fixed = Some(value);
    Ok(())
}
