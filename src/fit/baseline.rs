//! The baseline hazard of a Cox fit.

use super::common::Fit;
use crate::coxme::hazard::{Baseline, baselines};
use crate::error::{Error, Result};

impl Fit {
    /// The cumulative baseline hazard of each stratum, in the order of `Cox::survival`'s `strata`; one without strata.
    pub fn baselines(&self) -> Result<Vec<Baseline>> {
        let own = self.cox().ok_or_else(|| Error::argument("baseline hazard: only a Cox model has one"))?;
        self.need_rows("baseline hazard")?;
        let weights = self.weights.as_deref().map(|weights| self.used(weights)).transpose()?;
        baselines(&own.survival, weights.as_deref(), own.ties, &own.eta)
    }
}
