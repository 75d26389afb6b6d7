//! Distinct texts in one buffer.

use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;
use serde::de::{Deserialize, Deserializer};
use serde::{Serialize, Serializer};

use crate::envelope::{column, no_memory};
use crate::error::{Error, Result, try_copy, try_vec};

/// Distinct texts, numbered from 0 in order of appearance. The hash has no random state: results are the same in every run.
#[derive(Clone, Debug, Default)]
pub struct DistinctTexts {
    /// One text after the other.
    text: String,
    /// Where each of them ends.
    ends: Vec<usize>,
    /// A table with a power of two of places; a text is at its hash, or at the first free place behind it.
    slots: Vec<Slot>,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    hash: u32,
    code: u32,
}

const EMPTY: Slot = Slot { hash: 0, code: u32::MAX };

/// What memory is for.
const WHAT: &str = "dictionary of levels";

fn hash_of(text: &str) -> u32 {
    let hash = FxBuildHasher.hash_one(text);
    (hash ^ hash >> 32) as u32
}

impl DistinctTexts {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The text with a code.
    #[inline]
    pub fn get(&self, code: usize) -> &str {
        let start = code.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[code]]
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> + Clone {
        (0..self.len()).map(|code| self.get(code))
    }

    /// Bytes of the texts.
    pub fn text_bytes(&self) -> usize {
        self.text.len()
    }

    /// The code of a text that is there.
    pub fn find(&self, text: &str) -> Option<u32> {
        if self.slots.is_empty() { None } else { self.probe(text, hash_of(text)).1 }
    }

    /// The code of a text, which is added if it is new.
    pub fn code(&mut self, text: &str) -> Result<u32> {
        if 4 * self.len() >= 3 * self.slots.len() {
            self.make_table(self.len() + 1)?;
        }
        let hash = hash_of(text);
        let (place, found) = self.probe(text, hash);
        if let Some(code) = found {
            return Ok(code);
        }
        let memory = |_| Error::memory(WHAT, text.len());
        let code = u32::try_from(self.len()).ok().filter(|code| *code < u32::MAX).ok_or_else(|| Error::memory(WHAT, usize::MAX))?;
        self.text.try_reserve(text.len()).map_err(memory)?;
        self.ends.try_reserve(1).map_err(memory)?;
        self.text.push_str(text);
        self.ends.push(self.text.len());
        self.slots[place] = Slot { hash, code };
        Ok(code)
    }

    /// The place of a text in the table, or the free one where it belongs.
    #[inline]
    fn probe(&self, text: &str, hash: u32) -> (usize, Option<u32>) {
        let mask = self.slots.len() - 1;
        let mut place = hash as usize & mask;
        loop {
            let slot = self.slots[place];
            if slot.code == EMPTY.code {
                return (place, None);
            }
            if slot.hash == hash && self.get(slot.code as usize) == text {
                return (place, Some(slot.code));
            }
            place = (place + 1) & mask;
        }
    }

    /// Makes a table with room for so many texts, and twice as many.
    fn make_table(&mut self, len: usize) -> Result<()> {
        let mut slots = try_vec(WHAT, EMPTY, (2 * len).next_power_of_two().max(16))?;
        std::mem::swap(&mut slots, &mut self.slots);
        slots.into_iter().filter(|slot| slot.code != EMPTY.code).for_each(|slot| self.put(slot));
        Ok(())
    }

    /// Puts a text that is not in the table into it.
    fn put(&mut self, slot: Slot) {
        let mask = self.slots.len() - 1;
        let mut place = slot.hash as usize & mask;
        while self.slots[place].code != EMPTY.code {
            place = (place + 1) & mask;
        }
        self.slots[place] = slot;
    }

    /// Forgets the texts from a code on.
    pub fn truncate(&mut self, len: usize) {
        if len >= self.len() {
            return;
        }
        self.ends.truncate(len);
        self.text.truncate(self.ends.last().copied().unwrap_or(0));
        self.slots.fill(EMPTY);
        for code in 0..len {
            self.put(Slot { hash: hash_of(self.get(code)), code: code as u32 });
        }
    }

    /// A copy, or an error where memory is short.
    pub fn try_clone(&self) -> Result<Self> {
        let mut text = String::new();
        text.try_reserve_exact(self.text.len()).map_err(|_| Error::memory(WHAT, self.text.len()))?;
        text.push_str(&self.text);
        Ok(DistinctTexts { text, ends: try_copy(WHAT, &self.ends)?, slots: try_copy(WHAT, &self.slots)? })
    }

    /// Of a list that was read; `None` if a text is there twice.
    pub fn of_list(list: &[String]) -> Result<Option<Self>> {
        let mut texts = DistinctTexts::default();
        texts.make_table(list.len())?;
        for (at, text) in list.iter().enumerate() {
            if texts.code(text)? as usize != at {
                return Ok(None);
            }
        }
        Ok(Some(texts))
    }
}

/// As a list.
impl Serialize for DistinctTexts {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for DistinctTexts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        use serde::de::Error;
        let list: Vec<String> = column(deserializer)?;
        let texts = DistinctTexts::of_list(&list).map_err(|_| no_memory(list.len().saturating_mul(size_of::<Slot>())))?;
        texts.ok_or_else(|| D::Error::custom("a level is there twice"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_codes_in_order_of_appearance() {
        let mut texts = DistinctTexts::default();
        assert_eq!(texts.find(""), None);
        let own: Vec<String> = (0..5000).map(|i| format!("{}", i * 7919 % 5000)).collect();
        for (code, text) in own.iter().enumerate() {
            assert_eq!(texts.code(text).unwrap() as usize, code);
        }
        assert_eq!(texts.code("").unwrap(), 5000);
        for (code, text) in own.iter().enumerate().rev() {
            assert_eq!((texts.code(text).unwrap() as usize, texts.get(code)), (code, text.as_str()));
        }
        assert_eq!((texts.find("5000"), texts.find(""), texts.len()), (None, Some(5000), 5001));
        assert!(texts.iter().take(5000).eq(own.iter().map(String::as_str)));
        let copy = texts.try_clone().unwrap();
        texts.truncate(17);
        assert_eq!((texts.len(), texts.find(&own[17]), texts.find(&own[16])), (17, None, Some(16)));
        assert_eq!(texts.code("new").unwrap(), 17);
        assert_eq!((copy.find(&own[17]), copy.find("new")), (Some(17), None));
    }

    #[test]
    fn a_list_with_a_text_twice_is_none() {
        let list = |texts: &[&str]| texts.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert!(DistinctTexts::of_list(&list(&["a", "b", "a"])).unwrap().is_none());
        assert_eq!(DistinctTexts::of_list(&list(&["b", "a"])).unwrap().unwrap().text_bytes(), 2);
    }
}
