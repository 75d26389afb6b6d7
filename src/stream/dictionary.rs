//! Levels by name, in order of appearance; sorted at the end.

use std::cmp::Ordering;
use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::design::outline::{Labels, LevelOrder, logical_levels};
use crate::envelope::column;
use crate::error::{Error, Result, try_vec};
use crate::frame::DistinctTexts;
use crate::names::quoted;

/// The code of a level that is not in a dictionary.
const NONE: u32 = u32::MAX;

/// The levels of one factor.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Dictionary {
    levels: DistinctTexts,
    order: Option<LevelOrder>,
    /// The levels in their declared order, where there is one.
    #[serde(deserialize_with = "column")]
    declared: Vec<String>,
}

/// The levels of a dictionary in their order, and for each code its place there; `NONE` for those that do not occur.
pub struct Sorted {
    pub levels: Vec<String>,
    pub rank: Vec<u32>,
}

impl Sorted {
    /// The place of a level that occurs.
    pub fn rank_of(&self, code: u32) -> Option<usize> {
        self.rank.get(code as usize).filter(|rank| **rank != NONE).map(|rank| *rank as usize)
    }
}

impl Dictionary {
    pub fn len(&self) -> usize {
        self.levels.len()
    }

    /// Fails where levels are declared in an order that contradicts the one before.
    pub fn check(&self, name: &str, labels: &Labels<'_>) -> Result<()> {
        if labels.order == LevelOrder::Declared { self.check_declared(name, &labels.levels) } else { Ok(()) }
    }

    fn check_declared(&self, name: &str, levels: &[String]) -> Result<()> {
        match joined(&self.declared, levels) {
            Some(_) => Ok(()),
            None => Err(Error::data(format!(
                "{}: its levels are declared as {} here, but as {} in a part before; give all parts the same levels in the same order",
                quoted(name),
                list(levels),
                list(&self.declared)
            ))),
        }
    }

    /// The codes of the rows of a part, with new levels for those that are not known; `check` has been called.
    pub fn codes(&mut self, labels: &Labels<'_>) -> Result<Vec<u32>> {
        self.note(labels.order, &labels.levels);
        let mut known = try_vec("levels of a factor", NONE, labels.levels.len())?;
        let mut codes = try_vec("codes of a factor", 0, labels.codes.len())?;
        for (code, own) in codes.iter_mut().zip(&labels.codes) {
            let known = &mut known[*own as usize];
            if *known == NONE {
                *known = self.levels.code(&labels.levels[*own as usize])?;
            }
            *code = *known;
        }
        Ok(codes)
    }

    fn note(&mut self, order: LevelOrder, levels: &[String]) {
        if order == LevelOrder::Declared
            && let Some(joined) = joined(&self.declared, levels)
        {
            self.declared = joined;
        }
        self.order = Some(match self.order {
            None => order,
            Some(before) if before == order => order,
            Some(LevelOrder::Declared) => LevelOrder::Declared,
            Some(_) if order == LevelOrder::Declared => LevelOrder::Declared,
            // Text is among the numbers of another part.
            Some(_) => LevelOrder::Text,
        });
    }

    /// Takes the levels of another dictionary; gives the code of each of them here.
    pub fn take(&mut self, name: &str, other: &Dictionary) -> Result<Vec<u32>> {
        self.check_declared(name, &other.declared)?;
        if let Some(order) = other.order {
            self.note(order, &other.declared);
        }
        let mut codes = try_vec("levels of a factor", 0, other.levels.len())?;
        for (code, level) in codes.iter_mut().zip(other.levels.iter()) {
            *code = self.levels.code(level)?;
        }
        Ok(codes)
    }

    /// Whether another dictionary's levels can be taken.
    pub fn check_other(&self, name: &str, other: &Dictionary) -> Result<()> {
        self.check_declared(name, &other.declared)
    }

    /// The levels that occur, in order: those of `first` before the others, which are in the declared order, or of numbers, or bytewise.
    pub fn sorted(&self, first: &[String], occurs: &[bool]) -> Result<Sorted> {
        let place = |list: &[String], level: &str| list.iter().position(|own| own == level).unwrap_or(list.len());
        let declared: HashMap<&str, usize> = self.declared.iter().enumerate().map(|(i, level)| (level.as_str(), i)).collect();
        let compare = |a: &u32, b: &u32| -> Ordering {
            let (a, b) = (self.levels.get(*a as usize), self.levels.get(*b as usize));
            let rest = || match self.order {
                Some(LevelOrder::Declared) => {
                    let of = |level: &str| declared.get(level).copied().unwrap_or(declared.len());
                    of(a).cmp(&of(b)).then_with(|| a.cmp(b))
                }
                Some(LevelOrder::Number) => by_number(a, b),
                Some(LevelOrder::Text) | None => a.cmp(b),
            };
            place(first, a).cmp(&place(first, b)).then_with(rest)
        };
        let mut codes: Vec<u32> = (0..self.levels.len() as u32).filter(|code| occurs.get(*code as usize) == Some(&true)).collect();
        codes.sort_unstable_by(compare);
        let mut rank = try_vec("levels of a factor", NONE, self.levels.len())?;
        codes.iter().enumerate().for_each(|(place, code)| rank[*code as usize] = place as u32);
        Ok(Sorted { levels: codes.iter().map(|code| self.levels.get(*code as usize).to_owned()).collect(), rank })
    }

    /// Whether its first levels are those of another.
    pub fn begins_with(&self, other: &Dictionary) -> bool {
        other.levels.len() <= self.levels.len() && self.levels.iter().zip(other.levels.iter()).all(|(own, their)| own == their)
    }

    /// The levels of truth values: both are there.
    pub fn as_truth(&self) -> Result<Sorted> {
        let levels = logical_levels();
        let mut rank = try_vec("levels of a factor", NONE, self.levels.len())?;
        for (rank, level) in rank.iter_mut().zip(self.levels.iter()) {
            *rank = levels.iter().position(|own| own == level).map_or(NONE, |place| place as u32);
        }
        Ok(Sorted { levels, rank })
    }

    /// Forgets the levels from a place on.
    pub fn truncate(&mut self, len: usize) {
        self.levels.truncate(len);
    }

    /// Bytes of the texts.
    pub fn text_bytes(&self) -> usize {
        self.levels.text_bytes()
    }
}

/// The list that has both in their order, where one of them has the other in its order; `None` where they contradict each other.
fn joined(a: &[String], b: &[String]) -> Option<Vec<String>> {
    let within = |small: &[String], large: &[String]| {
        let mut rest = large.iter();
        small.iter().all(|level| rest.any(|own| own == level))
    };
    if within(b, a) {
        return Some(a.to_vec());
    }
    within(a, b).then(|| b.to_vec())
}

/// Whole numbers keep all their digits.
fn by_number(a: &str, b: &str) -> Ordering {
    if let (Ok(a), Ok(b)) = (a.parse::<i64>(), b.parse::<i64>()) {
        return a.cmp(&b);
    }
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(x), Ok(y)) => x.total_cmp(&y).then_with(|| a.cmp(b)),
        _ => a.cmp(b),
    }
}

/// The first levels of a list.
fn list(levels: &[String]) -> String {
    let mut text = levels.iter().take(6).map(|level| quoted(level)).collect::<Vec<_>>().join(", ");
    if levels.len() > 6 {
        text.push_str(", ...");
    }
    text
}
