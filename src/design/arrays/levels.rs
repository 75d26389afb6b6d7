//! The levels of a grouping of rows by arrays, and how new arrays refer to them.

use std::collections::HashMap;

use crate::design::UNSEEN;
use crate::design::rows::Rows;
use crate::envelope::fits;
use crate::error::{Error, Result, row_text, try_push, try_vec};
use crate::names::quoted;

/// The levels of the training arrays.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ArrayLevels {
    /// The number of levels that the caller declared.
    n_given: usize,
    /// The levels that occur, by the caller's numbering, ascending.
    kept: Vec<u32>,
    /// Their labels.
    pub labels: Vec<String>,
}

impl ArrayLevels {
    /// Fails for levels that were not learnt, but read from damaged bytes.
    pub fn check(&self) -> Result<()> {
        let ascend = self.kept.windows(2).all(|pair| pair[0] < pair[1]);
        let last = self.kept.last().map_or(0, |last| *last as usize);
        let within = last < self.n_given && u32::try_from(self.n_given).is_ok();
        fits(ascend && within && self.labels.len() == self.kept.len(), "a level of a group")
    }
}

/// Levels as arrays give them.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    /// What they are of, for messages.
    pub what: &'a str,
    /// From 0; -1 is missing.
    pub index: &'a [i64],
    pub n_levels: usize,
    /// Empty: "1", "2", ...
    pub labels: &'a [String],
}

impl Given<'_> {
    /// The levels that occur in the rows used, none of which is missing there.
    pub fn learn(&self, rows: &Rows) -> Result<ArrayLevels> {
        let what = self.what;
        let mut seen = HashMap::new();
        if let Some((level, label)) = self.labels.iter().enumerate().find(|(level, label)| seen.insert(*label, *level).is_some()) {
            return Err(Error::argument(format!("{what} has the level {} again at {level}", quoted(label))));
        }
        let mut occurs = try_vec("levels", false, self.n_levels)?;
        // Also the rows that are left out must be in range.
        (0..self.index.len()).try_for_each(|row| self.level(row, self.n_levels).map(|_| ()))?;
        (0..rows.len()).for_each(|i| occurs[self.index[rows.data_row(i)] as usize] = true);
        let kept: Vec<u32> = (0..self.n_levels).filter(|&level| occurs[level]).map(|level| level as u32).collect();
        let label = |level: usize| self.labels.get(level).cloned().unwrap_or_else(|| (level + 1).to_string());
        let labels = kept.iter().map(|&level| label(level as usize)).collect();
        Ok(ArrayLevels { n_given: self.n_levels, kept, labels })
    }

    /// The place of each row used among learnt levels, by label, or by number where there are no labels; else `UNSEEN`.
    pub fn among(&self, learnt: &ArrayLevels, rows: &Rows) -> Result<Vec<u32>> {
        let n_levels = self.n_levels.max(learnt.n_given);
        let mut new = try_vec("levels", UNSEEN, n_levels)?;
        if self.labels.is_empty() {
            learnt.kept.iter().enumerate().for_each(|(place, &level)| new[level as usize] = place as u32);
        } else {
            let place: HashMap<&str, u32> = learnt.labels.iter().enumerate().map(|(i, label)| (label.as_str(), i as u32)).collect();
            self.labels.iter().zip(&mut new).for_each(|(label, new)| *new = place.get(label.as_str()).copied().unwrap_or(UNSEEN));
        }
        let mut index = try_vec("group index", UNSEEN, rows.len())?;
        for (i, own) in index.iter_mut().enumerate() {
            *own = self.level(rows.data_row(i), n_levels)?.map_or(UNSEEN, |level| new[level]);
        }
        Ok(index)
    }

    /// Of rows used that are `UNSEEN` but have a level, the level.
    pub fn unseen(&self, learnt: &ArrayLevels, index: &[u32], rows: &Rows) -> Result<Vec<(usize, u32)>> {
        let n_levels = self.n_levels.max(learnt.n_given);
        let mut same = vec![];
        for (i, _) in index.iter().enumerate().filter(|(_, level)| **level == UNSEEN) {
            if let Some(level) = self.level(rows.data_row(i), n_levels)? {
                try_push("levels", &mut same, (i, level as u32))?;
            }
        }
        Ok(same)
    }

    /// The level of a row, which must be one of `n_levels` or -1.
    fn level(&self, row: usize, n_levels: usize) -> Result<Option<usize>> {
        match usize::try_from(self.index[row]) {
            Ok(level) if level < n_levels => Ok(Some(level)),
            _ if self.index[row] == -1 => Ok(None),
            _ => {
                let (what, level, place) = (self.what, self.index[row], row_text(row));
                let message = format!("{what} has level {level} in {place}, wanted 0 to below {n_levels}, or -1");
                Err(Error::data(message).at(row))
            }
        }
    }
}
