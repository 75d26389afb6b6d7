//! A survival response: who is at risk when, and who has an event; strata.

use crate::envelope::{column, column_if_any, fits, rows, rows_if_any};
use crate::error::{Error, Result, row_text, try_collect, try_copy, try_gather, try_push, try_vec};
use crate::names::quoted;

/// Labels that a message shows.
const SHOWN: usize = 5;

/// Times that differ by less, relative to the mean of all times, are the same: they differ by rounding. The number is that of R's survival.
pub const SAME_TIME: f64 = 1.490_116_119_384_765_6e-8;

/// A survival response on the rows used. A row is at risk at t where start < t <= stop.
#[derive(Clone, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct SurvivalDesign {
    /// `None`: all are at risk from the beginning.
    #[serde(serialize_with = "rows_if_any", deserialize_with = "column_if_any")]
    pub start: Option<Vec<f64>>,
    #[serde(serialize_with = "rows", deserialize_with = "column")]
    pub stop: Vec<f64>,
    #[serde(serialize_with = "rows", deserialize_with = "column")]
    pub event: Vec<bool>,
    /// Stratum of each row, a place in `strata`; all 0 without strata.
    #[serde(serialize_with = "rows", deserialize_with = "column")]
    pub stratum: Vec<u32>,
    /// Labels; empty without strata.
    #[serde(deserialize_with = "column")]
    pub strata: Vec<String>,
}

impl SurvivalDesign {
    /// Fails for a response of other than `n` rows, or that was read from damaged bytes.
    pub fn check(&self, n: usize) -> Result<()> {
        let strata = self.strata.len().max(1);
        let start = self.start.as_ref();
        fits(
            self.stop.len() == n
                && self.event.len() == n
                && self.stratum.len() == n
                && self.stratum.iter().all(|s| (*s as usize) < strata)
                && self.stop.iter().all(|t| t.is_finite())
                && start.is_none_or(|start| start.len() == n && start.iter().zip(&self.stop).all(|(a, b)| a.is_finite() && a < b)),
            "the times of events",
        )
    }

    /// Gives each row its stratum; says which strata have no events.
    pub(super) fn stratify(
        &mut self,
        name: &str,
        (labels, index): (Vec<String>, Vec<u32>),
        warnings: &mut Vec<String>,
    ) -> Result<()> {
        let mut events = try_vec("strata", false, labels.len().max(1))?;
        index.iter().zip(&self.event).filter(|(_, event)| **event).for_each(|(s, _)| events[*s as usize] = true);
        let without: Vec<String> = labels.iter().zip(events).filter(|(_, any)| !any).map(|(label, _)| quoted(label)).collect();
        if !without.is_empty() {
            let some: Vec<&str> = without.iter().take(SHOWN).map(String::as_str).collect();
            let more = if without.len() > SHOWN { format!(" and {} more", without.len() - SHOWN) } else { String::new() };
            warnings.push(format!("{name}: no events in {}{more}, which say nothing of the coefficients", some.join(", ")));
        }
        (self.stratum, self.strata) = (index, labels);
        Ok(())
    }

    /// 1 where a row has an event, 0 otherwise.
    pub(super) fn response(&self) -> Result<Vec<f64>> {
        try_collect("response", self.event.iter().map(|event| f64::from(u8::from(*event))))
    }

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

    /// These rows, which may be there more than once.
    pub fn of_rows(&self, rows: impl Iterator<Item = usize> + Clone) -> Result<Self> {
        Ok(SurvivalDesign {
            start: self.start.as_ref().map(|start| try_gather("start times", rows.clone().map(|i| start[i]))).transpose()?,
            stop: try_gather("times", rows.clone().map(|i| self.stop[i]))?,
            event: try_gather("events", rows.clone().map(|i| self.event[i]))?,
            stratum: try_gather("strata", rows.map(|i| self.stratum[i]))?,
            strata: self.strata.clone(),
        })
    }

    /// Other times and events, 1 or 0, one after the other; strata and starts stay.
    pub fn set_response(&mut self, y: &[f64]) -> Result<()> {
        let n = self.stop.len();
        if y.len() != 2 * n {
            let message = format!("the response has {} values, wanted a time and an event for each of {n} rows", y.len());
            return Err(Error::argument(message));
        }
        let (times, events) = y.split_at(n);
        for (i, (time, event)) in times.iter().zip(events).enumerate() {
            let row = row_text(i);
            if !(time.is_finite() && *time >= 0.0) {
                return Err(Error::data(format!("the time is {time} in {row} of those used, wanted finite times from 0 up")));
            }
            if *event != 0.0 && *event != 1.0 {
                return Err(Error::data(format!("the event is {event} in {row} of those used, wanted 0 or 1")));
            }
        }
        self.stop.copy_from_slice(times);
        self.event.iter_mut().zip(events).for_each(|(to, event)| *to = *event == 1.0);
        self.merge_times()?;
        let early = self.start.iter().flatten().zip(&self.stop).position(|(start, stop)| start >= stop);
        early.map_or(Ok(()), |i| {
            let (row, time) = (row_text(i), self.stop[i]);
            Err(Error::data(format!("the time {time} is not after the start time in {row} of those used")))
        })
    }

    /// Makes times that differ by rounding the same; the number of distinct times that became others.
    pub(super) fn merge_times(&mut self) -> Result<usize> {
        let mut all = try_gather("times", self.stop.iter().chain(self.start.iter().flatten()).copied())?;
        all.sort_unstable_by(f64::total_cmp);
        all.dedup();
        let within = SAME_TIME * all.iter().map(|t| t / all.len() as f64).sum::<f64>();
        let mut merged = vec![];
        for pair in all.windows(2) {
            if pair[1] - pair[0] <= within {
                let to = merged.last().filter(|(from, _)| *from == pair[0]).map_or(pair[0], |(_, to)| *to);
                try_push("times", &mut merged, (pair[1], to))?;
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
