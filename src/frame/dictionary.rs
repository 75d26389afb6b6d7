//! Text to codes: each distinct text is kept once.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::column::Category;
use crate::error::{Error, Result, try_collect, try_vec};
use crate::names::quoted;

/// Distinct texts, numbered from 0 in order of appearance. The hasher has no random state: results are the same in every run.
#[derive(Default)]
pub(super) struct Dictionary {
    index: HashMap<Box<str>, i32, FxBuildHasher>,
}

impl Dictionary {
    /// The dictionary of declared levels, which must be distinct.
    pub fn of_levels(column: &str, levels: &[String]) -> Result<Self> {
        let mut dictionary = Dictionary::default();
        for (i, level) in levels.iter().enumerate() {
            if usize::try_from(dictionary.code(column, level)?) != Ok(i) {
                return Err(Error::argument(format!("column {}: level {} is given twice", quoted(column), quoted(level))));
            }
        }
        Ok(dictionary)
    }

    /// A copy, or an error where memory is short.
    pub fn try_clone(&self) -> Result<Self> {
        let mut index = HashMap::default();
        index.try_reserve(self.index.len()).map_err(|_| Error::memory("dictionary of levels", self.index.len()))?;
        index.extend(self.index.iter().map(|(text, code)| (text.clone(), *code)));
        Ok(Dictionary { index })
    }

    /// The code of a text, which is added if it is new.
    pub fn code(&mut self, column: &str, text: &str) -> Result<i32> {
        if let Some(code) = self.find(text) {
            return Ok(code);
        }
        let code = i32::try_from(self.index.len())
            .map_err(|_| Error::argument(format!("column {} has more than {} levels", quoted(column), i32::MAX)))?;
        self.index.try_reserve(1).map_err(|_| Error::memory("dictionary of levels", text.len()))?;
        self.index.insert(text.into(), code);
        Ok(code)
    }

    /// The code of a known text.
    pub fn find(&self, text: &str) -> Option<i32> {
        self.index.get(text).copied()
    }

    /// The category with these codes, its levels sorted bytewise.
    pub fn into_sorted(self, mut codes: Vec<i32>) -> Result<Category> {
        let mut entries = try_collect("levels of a column", self.index.into_iter())?;
        let rank = sort_and_rank(&mut entries)?;
        recode(&mut codes, &rank);
        let levels = try_collect("levels of a column", entries.into_iter().map(|(text, _)| text.into()))?;
        Ok(Category { codes, levels, ..Category::default() })
    }
}

/// Replaces each code that isn't missing by its entry in `new`.
pub(super) fn recode(codes: &mut [i32], new: &[i32]) {
    for code in codes {
        if *code >= 0 {
            *code = new[*code as usize];
        }
    }
}

/// Sorts (key, code) by key; the new place of each code.
pub(super) fn sort_and_rank<K: Ord>(entries: &mut [(K, i32)]) -> Result<Vec<i32>> {
    entries.sort_unstable();
    let mut rank = try_vec("levels of a column", 0, entries.len())?;
    for (new, (_, old)) in entries.iter().enumerate() {
        rank[*old as usize] = new as i32;
    }
    Ok(rank)
}
