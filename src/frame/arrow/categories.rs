//! Text, and dictionaries whose order counts.

use super::array::{Array, Rows};
use super::numbers::{VALUES, reserve};
use crate::error::{Error, Result, row_text, try_push, try_vec};
use crate::frame::dictionary::Dictionary;
use crate::frame::{ColumnData, MISSING_CODE};
use crate::names::quoted;

/// The order of the levels of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextOrder {
    /// Bytewise, as in all frames that a caller has.
    Sorted,
    /// Of appearance: in a part of the data, which is added to an accumulator and gone.
    AsItComes,
}

/// Texts as codes, in order of appearance.
#[derive(Default)]
pub struct Texts {
    dictionary: Dictionary,
    codes: Vec<i32>,
}

/// A place whose text was not looked at.
const UNSEEN: i32 = -2;

impl Texts {
    /// Adds the rows of a batch. Each batch may have another dictionary, so that the text decides, not the index.
    pub fn extend(&mut self, name: &str, rows: &Rows) -> Result<()> {
        let array = rows.array;
        reserve(&mut self.codes, rows.len())?;
        let before = self.codes.len();
        if self.extend_plain(name, rows)? {
            return Ok(());
        }
        self.codes.truncate(before);
        let mut seen = try_vec(VALUES, UNSEEN, if rows.has_dictionary() { array.len } else { 0 })?;
        rows.each(|place| {
            let Some(place) = place else { return try_push(VALUES, &mut self.codes, MISSING_CODE) };
            let code = match seen.get(place - array.offset) {
                Some(&code) if code != UNSEEN => code,
                _ => self.dictionary.code(name, self.text(name, rows, array, place)?)?,
            };
            if let Some(seen) = seen.get_mut(place - array.offset) {
                *seen = code;
            }
            try_push(VALUES, &mut self.codes, code)
        })
    }

    /// The same where the texts follow one another; false where one of them needs a closer look.
    fn extend_plain(&mut self, name: &str, rows: &Rows) -> Result<bool> {
        let array = rows.array;
        let Some(range) = rows.range() else { return Ok(false) };
        let Some(texts) = array.plain_texts(&rows.field.format, &range) else { return Ok(false) };
        for place in range {
            let code = if array.is_missing(place)? {
                MISSING_CODE
            } else {
                let Some(text) = texts.get(place) else { return Ok(false) };
                self.dictionary.code(name, text)?
            };
            self.codes.push(code);
        }
        Ok(true)
    }

    fn text<'a>(&self, name: &str, rows: &Rows, array: &Array<'a>, place: usize) -> Result<&'a str> {
        let row = self.codes.len();
        let refused = |is: &str, byte: usize| {
            let message = format!("column {} has text {is} in {}: byte {byte} of it", quoted(name), row_text(row));
            Error::data(message).at(row)
        };
        let text = std::str::from_utf8(array.text(&rows.field.format, place)?)
            .map_err(|e| refused("that is not UTF-8", e.valid_up_to()))?;
        // C would see only what is before it, and take two levels for one.
        text.find('\0').map_or(Ok(text), |byte| Err(refused("with a NUL", byte)))
    }

    pub fn finish(self, order: TextOrder) -> Result<ColumnData> {
        let category = match order {
            TextOrder::Sorted => self.dictionary.into_sorted(self.codes),
            TextOrder::AsItComes => self.dictionary.into_part(self.codes),
        };
        category.map(ColumnData::Category)
    }
}

/// The levels of a column whose dictionaries are in an order that counts.
#[derive(Default)]
pub struct Order {
    pub levels: Vec<String>,
}

impl Order {
    /// Adds the dictionary of a batch: one of the two lists has all of the other's levels, in the same order.
    pub fn merge(&mut self, name: &str, own: Vec<String>) -> Result<()> {
        if holds(&own, &self.levels) {
            self.levels = own;
            return Ok(());
        }
        if holds(&self.levels, &own) {
            return Ok(());
        }
        let list = |levels: &[String]| levels.iter().take(5).map(|level| quoted(level)).collect::<Vec<_>>().join(" < ");
        Err(Error::data(format!(
            "column {} has levels in an order of its own, and its batches differ in them: {} and {} can't be brought into one order",
            quoted(name),
            list(&self.levels),
            list(&own)
        )))
    }
}

/// Whether a list has all of the other's entries, in the same order.
fn holds(list: &[String], other: &[String]) -> bool {
    let mut rest = list.iter();
    other.iter().all(|wanted| rest.any(|own| own == wanted))
}
