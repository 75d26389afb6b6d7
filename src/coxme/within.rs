//! Columns about the means of their strata: the partial likelihood does not see what is constant within a stratum.

use super::risk::RiskSets;
use crate::design::SurvivalDesign;
use crate::error::{Result, try_collect, try_vec};

const WITHIN: &str = "strata";

/// The rows that are ever at risk, by stratum.
pub struct Within<'a> {
    survival: &'a SurvivalDesign,
    at_risk: Vec<bool>,
    /// How many are at risk in each stratum.
    counts: Vec<f64>,
}

impl<'a> Within<'a> {
    pub fn new(survival: &'a SurvivalDesign, sets: &RiskSets) -> Result<Self> {
        let at_risk = try_collect(WITHIN, (0..sets.n).map(|i| sets.is_ever_at_risk(i)))?;
        let mut counts = try_vec(WITHIN, 0.0, survival.strata.len().max(1))?;
        at_risk.iter().zip(&survival.stratum).filter(|(at_risk, _)| **at_risk).for_each(|(_, s)| counts[*s as usize] += 1.0);
        Ok(Within { survival, at_risk, counts })
    }

    /// The number of rows that are ever at risk.
    pub fn n_at_risk(&self) -> f64 {
        self.counts.iter().sum()
    }

    /// The length of a column, of which rows that are never at risk are no part.
    pub fn norm(&self, column: &[f64]) -> f64 {
        column.iter().zip(&self.at_risk).filter(|(_, at_risk)| **at_risk).map(|(v, _)| v * v).sum::<f64>().sqrt()
    }

    /// Takes the means off a column; it is zero where rows are never at risk.
    pub fn centre(&self, column: &mut [f64]) -> Result<()> {
        let mut means = try_vec(WITHIN, 0.0, self.counts.len())?;
        let places = || self.survival.stratum.iter().zip(&self.at_risk).map(|(s, at_risk)| (*s as usize, *at_risk));
        for (v, (s, _)) in column.iter().zip(places()).filter(|(_, (_, at_risk))| *at_risk) {
            means[s] += v / self.counts[s];
        }
        column.iter_mut().zip(places()).for_each(|(v, (s, at_risk))| *v = if at_risk { *v - means[s] } else { 0.0 });
        Ok(())
    }
}
