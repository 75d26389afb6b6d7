//! A survival response on the rows used: who is at risk when, and who has an event; strata.

use crate::error::{Result, try_copy};

/// Times that differ by less, relative to the mean of all times, are the same: they differ by rounding. The number is that of R's survival.
pub const SAME_TIME: f64 = 1.490_116_119_384_765_6e-8;

/// A survival response on the rows used. A row is at risk at t where start < t <= stop.
#[derive(Clone, Debug, Default)]
pub struct SurvivalDesign {
    /// `None`: all are at risk from the beginning.
    pub start: Option<Vec<f64>>,
    pub stop: Vec<f64>,
    pub event: Vec<bool>,
    /// Stratum of each row, a place in `strata`; all 0 without strata.
    pub stratum: Vec<u32>,
    /// Labels; empty without strata.
    pub strata: Vec<String>,
}

impl SurvivalDesign {
    /// A copy, or an error where memory is short.
    pub fn try_clone(&self) -> Result<Self> {
        Ok(SurvivalDesign {
            start: self.start.as_deref().map(|s| try_copy("start times", s)).transpose()?,
            stop: try_copy("times", &self.stop)?,
            event: try_copy("events", &self.event)?,
            stratum: try_copy("strata", &self.stratum)?,
            strata: self.strata.clone(),
        })
    }

    /// Makes times that differ by rounding the same; the number of distinct times that became others.
    pub(super) fn merge_times(&mut self) -> Result<usize> {
        let mut all = try_copy("times", &self.stop)?;
        all.extend(self.start.iter().flatten());
        all.sort_by(f64::total_cmp);
        all.dedup();
        let within = SAME_TIME * all.iter().map(|t| t / all.len() as f64).sum::<f64>();
        let mut merged = vec![];
        for pair in all.windows(2) {
            if pair[1] - pair[0] <= within {
                let to = merged.last().filter(|(from, _)| *from == pair[0]).map_or(pair[0], |(_, to)| *to);
                merged.push((pair[1], to));
            }
        }
        for t in self.stop.iter_mut().chain(self.start.iter_mut().flatten()) {
            if let Ok(k) = merged.binary_search_by(|(from, _)| from.total_cmp(t)) {
                *t = merged[k].1;
            }
        }
        Ok(merged.len())
    }
}
