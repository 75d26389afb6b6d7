//! Text to codes: each distinct text is kept once.

use super::column::Category;
use super::distinct::DistinctTexts;
use crate::error::{Error, Result, try_collect, try_vec};
use crate::names::quoted;

/// The levels of a column, in order of appearance.
#[derive(Default)]
pub(super) struct Dictionary {
    texts: DistinctTexts,
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
        Ok(Dictionary { texts: self.texts.try_clone()? })
    }

    /// The code of a text, which is added if it is new.
    pub fn code(&mut self, column: &str, text: &str) -> Result<i32> {
        i32::try_from(self.texts.code(text)?)
            .map_err(|_| Error::argument(format!("column {} has more than {} levels", quoted(column), i32::MAX)))
    }

    /// The code of a known text.
    pub fn find(&self, text: &str) -> Option<i32> {
        self.texts.find(text).map(|code| code as i32)
    }

    /// The category with these codes, its levels sorted bytewise.
    pub fn into_sorted(self, mut codes: Vec<i32>) -> Result<Category> {
        let mut entries = try_collect("levels of a column", self.texts.iter().enumerate().map(|(code, text)| (text, code as i32)))?;
        let rank = sort_and_rank(&mut entries)?;
        recode(&mut codes, &rank);
        let levels = try_collect("levels of a column", entries.into_iter().map(|(text, _)| text.to_owned()))?;
        Ok(Category { codes, levels, ..Category::default() })
    }

    /// The category with these codes, its levels as they appeared: for a part of the data, whose levels are sorted with those of all parts.
    pub fn into_part(self, codes: Vec<i32>) -> Result<Category> {
        let levels = try_collect("levels of a column", self.texts.iter().map(str::to_owned))?;
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
