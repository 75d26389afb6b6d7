//! Levels by name, in order of appearance; sorted at the end.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use crate::design::outline::{Labels, LevelOrder, logical_levels};
use crate::envelope::fits;
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
    /// The levels in their declared order, where there is one: lists none of which has another in it. Only of a grouping factor there may be
    /// several.
    declared: Vec<Vec<String>>,
}

/// Lists of declared levels.
const MOST_LISTS: usize = 100;

/// What a factor is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Its columns depend on the order of its levels.
    Columns,
    Groups,
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
    pub fn check(&self, name: &str, labels: &Labels<'_>, purpose: Use) -> Result<()> {
        if labels.order == LevelOrder::Declared { self.joined(name, &labels.levels, purpose).map(drop) } else { Ok(()) }
    }

    /// The lists of declared levels with another one; `None` where it brings nothing new.
    fn joined(&self, name: &str, levels: &[String], purpose: Use) -> Result<Option<Vec<Vec<String>>>> {
        if levels.is_empty() || self.declared.iter().any(|own| within(levels, own)) {
            return Ok(None);
        }
        let mut all: Vec<Vec<String>> = self.declared.iter().filter(|own| !within(own, levels)).cloned().collect();
        all.push(levels.to_vec());
        if all.len() > 1 && (purpose == Use::Columns || in_order(&all).is_none()) {
            return Err(Error::data(format!(
                "{}: its levels are declared as {} here, but as {} in a part before; give all parts the same levels in the same order",
                quoted(name),
                list(levels),
                list(&all[0])
            )));
        }
        if all.len() > MOST_LISTS {
            return Err(Error::data(format!(
                "{}: more than {MOST_LISTS} parts declare other levels each; declare all levels in each part, or give them as text",
                quoted(name)
            )));
        }
        Ok(Some(all))
    }

    fn declare(&mut self, name: &str, levels: &[String], purpose: Use) -> Result<()> {
        if let Some(joined) = self.joined(name, levels, purpose)? {
            self.declared = joined;
        }
        Ok(())
    }

    /// The codes of the rows of a part, with new levels for those that are not known; `check` has been called.
    pub fn codes(&mut self, name: &str, labels: &Labels<'_>, purpose: Use) -> Result<Vec<u32>> {
        if labels.order == LevelOrder::Declared {
            self.declare(name, &labels.levels, purpose)?;
        }
        self.note(labels.order);
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

    fn note(&mut self, order: LevelOrder) {
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
    pub fn take(&mut self, name: &str, other: &Dictionary, purpose: Use) -> Result<Vec<u32>> {
        for levels in &other.declared {
            self.declare(name, levels, purpose)?;
        }
        if let Some(order) = other.order {
            self.note(order);
        }
        let mut codes = try_vec("levels of a factor", 0, other.levels.len())?;
        for (code, level) in codes.iter_mut().zip(other.levels.iter()) {
            *code = self.levels.code(level)?;
        }
        Ok(codes)
    }

    /// Whether another dictionary's levels can be taken.
    pub fn check_other(&self, name: &str, other: &Dictionary, purpose: Use) -> Result<()> {
        let mut own = Dictionary { declared: self.declared.clone(), ..Dictionary::default() };
        for levels in &other.declared {
            own.declare(name, levels, purpose)?;
        }
        Ok(())
    }

    /// Fails for what was read from damaged bytes.
    pub fn check_read(&self, purpose: Use) -> Result<()> {
        let sound =
            self.declared.len() <= if purpose == Use::Columns { 1 } else { MOST_LISTS } && in_order(&self.declared).is_some();
        fits(sound, "the order of levels")
    }

    /// The levels that occur, in order: those of `first` before the others, which are in the declared order, or of numbers, or bytewise.
    pub fn sorted(&self, first: &[String], occurs: &[bool]) -> Result<Sorted> {
        let place = |list: &[String], level: &str| list.iter().position(|own| own == level).unwrap_or(list.len());
        let order = in_order(&self.declared).unwrap_or_default();
        let declared: HashMap<&str, usize> = order.iter().enumerate().map(|(i, level)| (*level, i)).collect();
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

    /// The text of a level.
    pub fn text(&self, code: u32) -> &str {
        self.levels.get(code as usize)
    }

    /// The code of a level that is there.
    pub fn find(&self, level: &str) -> Option<u32> {
        self.levels.find(level)
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

/// Whether a list has another in its order.
fn within(small: &[String], large: &[String]) -> bool {
    let mut rest = large.iter();
    small.iter().all(|level| rest.any(|own| own == level))
}

/// The levels of lists in the order that all of them have, what none of them decides bytewise; `None` where they contradict each other.
fn in_order(lists: &[Vec<String>]) -> Option<Vec<&str>> {
    if let [one] = lists {
        return Some(one.iter().map(String::as_str).collect());
    }
    let mut before: BTreeMap<&str, usize> = BTreeMap::new();
    let mut after: HashMap<&str, Vec<&str>> = HashMap::new();
    for list in lists {
        list.iter().for_each(|level| *before.entry(level).or_insert(0) += 0);
        for pair in list.windows(2) {
            after.entry(&pair[0]).or_default().push(&pair[1]);
            *before.entry(&pair[1]).or_insert(0) += 1;
        }
    }
    let mut free: BTreeSet<&str> = before.iter().filter(|(_, count)| **count == 0).map(|(level, _)| *level).collect();
    let mut order = Vec::with_capacity(before.len());
    while let Some(level) = free.pop_first() {
        order.push(level);
        for next in after.remove(level).unwrap_or_default() {
            if let Some(count) = before.get_mut(next) {
                *count -= 1;
                if *count == 0 {
                    free.insert(next);
                }
            }
        }
    }
    (order.len() == before.len()).then_some(order)
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
