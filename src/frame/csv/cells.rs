//! Collects the cells of one column: numbers as long as all of them are, otherwise text.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};
use std::sync::Arc;

use crate::error::{Code, Error, Result};
use crate::frame::category::unlisted;
use crate::frame::dictionary::Dictionary;
use crate::frame::number::{self, Number};
use crate::frame::{Category, ColumnData, MISSING_CODE, MISSING_INTEGER};
use crate::names::quoted;

/// What a cell is before it is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    Something,
    /// Empty, which is missing among numbers, but in text a label.
    Blank,
    Missing,
}

/// The texts that mean a missing value.
pub(super) struct Missing<'a> {
    texts: &'a [String],
    /// Whether one of them begins with a byte.
    begins: [bool; 256],
}

impl<'a> Missing<'a> {
    pub fn new(texts: &'a [String]) -> Self {
        let mut begins = [false; 256];
        texts.iter().filter_map(|text| text.bytes().next()).for_each(|byte| begins[byte as usize] = true);
        Missing { texts, begins }
    }

    fn content(&self, cell: &str) -> Content {
        // Most cells are neither blank nor like a missing value.
        if cell.bytes().next().is_some_and(|byte| byte.is_ascii_graphic() && !self.begins[byte as usize]) {
            return Content::Something;
        }
        let bare = number::bare(cell);
        if self.texts.iter().any(|m| m == bare || m == cell) {
            Content::Missing
        } else if bare.is_empty() {
            Content::Blank
        } else {
            Content::Something
        }
    }
}

/// The cells of one column.
pub(super) struct Reader {
    cells: Cells,
    /// Declared levels of an ordered category.
    levels: Option<Vec<String>>,
    /// Text because a cell is no number, not because somebody said so.
    pub guessed: bool,
    /// A cell that is no number is an error: the parts before had no text.
    numeric: bool,
    decimal: u8,
    whole: WholeNumbers,
}

/// Whole numbers of the text that have more digits than a real number keeps.
#[derive(Default)]
struct WholeNumbers {
    /// The digits by the bits of the number.
    seen: HashMap<u64, String, BuildHasherDefault<DefaultHasher>>,
    /// Two that are one number.
    joined: Option<Arc<str>>,
}

/// Whole numbers from here on may lose digits: 2^53.
const ROUNDED: f64 = 9_007_199_254_740_992.0;

impl WholeNumbers {
    fn note(&mut self, cell: &str, x: f64) -> Result<()> {
        if x.abs() < ROUNDED || self.joined.is_some() {
            return Ok(());
        }
        let text = number::bare(cell);
        let (sign, digits) = text.strip_prefix('-').map_or(("", text.strip_prefix('+').unwrap_or(text)), |digits| ("-", digits));
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Ok(());
        }
        let own = format!("{sign}{}", digits.trim_start_matches('0'));
        let bytes = (self.seen.len() + 1) * size_of::<(u64, String)>();
        self.seen.try_reserve(1).map_err(|_| Error::memory("whole numbers of CSV text", bytes))?;
        let first = self.seen.entry(x.to_bits()).or_insert_with(|| own.clone());
        if *first != own {
            self.joined = Some(format!("{} and {}", quoted(first), quoted(&own)).into());
            self.seen.clear();
        }
        Ok(())
    }
}

enum Cells {
    /// Nothing but missing values so far, and whether empty cells are among them.
    Undecided(usize, bool),
    Integer(Vec<i64>),
    Real(Vec<f64>),
    Text(Dictionary, Vec<i32>),
    /// Numbers, and then text: to be read again.
    Late,
    /// Not wanted in this pass.
    Resting,
    /// Text in a column that had numbers in the parts before: an error where the column is used.
    Unread(Error),
}

impl Reader {
    pub fn undecided(decimal: u8) -> Self {
        Reader {
            cells: Cells::Undecided(0, false),
            levels: None,
            guessed: true,
            numeric: false,
            decimal,
            whole: WholeNumbers::default(),
        }
    }

    /// A reader of the next part of a text: of numbers or text as before, if anything was there; levels that were declared stay.
    pub fn next_part(&self) -> Result<Self> {
        let Cells::Text(dictionary, _) = &self.cells else {
            let numeric = self.numeric || !matches!(self.cells, Cells::Undecided(..));
            return Ok(Reader { numeric, ..Reader::undecided(self.decimal) });
        };
        Ok(match &self.levels {
            Some(levels) => Reader::ordered(dictionary.try_clone()?, levels.clone()),
            None => Reader { guessed: self.guessed, ..Reader::text() },
        })
    }

    pub fn text() -> Self {
        Reader {
            cells: Cells::Text(Dictionary::default(), Vec::new()),
            levels: None,
            guessed: false,
            numeric: false,
            decimal: b'.',
            whole: WholeNumbers::default(),
        }
    }

    pub fn ordered(dictionary: Dictionary, levels: Vec<String>) -> Self {
        Reader { cells: Cells::Text(dictionary, Vec::new()), levels: Some(levels), ..Reader::text() }
    }

    /// A reader of the second pass: of text, if the column turned out to be that.
    pub fn again(&self) -> Self {
        let cells = if self.is_late() { Cells::Text(Dictionary::default(), Vec::new()) } else { Cells::Resting };
        Reader { cells, guessed: self.guessed, ..Reader::undecided(self.decimal) }
    }

    /// Whether the column must be read again.
    pub fn is_late(&self) -> bool {
        matches!(self.cells, Cells::Late)
    }

    pub fn push(&mut self, name: &str, cell: &str, missing: &Missing<'_>, row: usize) -> Result<()> {
        self.push_content(name, cell, missing.content(cell), row)
    }

    /// Takes the number that a text begins with, if a cell of it ends there; its bytes. `None` is for the general way.
    #[inline]
    pub fn push_number_at(&mut self, text: &[u8], separator: u8, missing: &Missing<'_>) -> Result<Option<usize>> {
        let begins = text.first().is_some_and(|byte| !missing.begins[*byte as usize]);
        if !begins || !matches!(self.cells, Cells::Integer(_) | Cells::Real(_)) {
            return Ok(None);
        }
        let Some((number, length)) = number::leading(text, self.decimal) else { return Ok(None) };
        if text.get(length).is_some_and(|byte| *byte != separator && !matches!(byte, b'\n' | b'\r')) {
            return Ok(None);
        }
        match (&mut self.cells, number) {
            (Cells::Integer(v), Number::Integer(i)) => push(v, i)?,
            (Cells::Real(v), Number::Integer(i)) if (i as f64).abs() < ROUNDED => push(v, i as f64)?,
            (Cells::Real(v), Number::Real(x)) if x.abs() < ROUNDED => push(v, x)?,
            _ => return Ok(None),
        }
        Ok(Some(length))
    }

    fn push_content(&mut self, name: &str, cell: &str, content: Content, row: usize) -> Result<()> {
        match (&mut self.cells, content) {
            (Cells::Late | Cells::Resting | Cells::Unread(_), _) => Ok(()),
            (Cells::Text(_, codes), Content::Missing) => push(codes, MISSING_CODE),
            (Cells::Text(dictionary, codes), _) => {
                let code = match &self.levels {
                    Some(levels) => dictionary.find(cell).ok_or_else(|| unlisted(name, cell, row, levels))?,
                    None => dictionary.code(name, cell)?,
                };
                push(codes, code)
            }
            (_, Content::Something) => self.push_number(name, cell, row),
            (Cells::Undecided(n, blank), content) => {
                *n += 1;
                *blank |= content == Content::Blank;
                Ok(())
            }
            (Cells::Integer(v), _) => push(v, MISSING_INTEGER),
            (Cells::Real(v), _) => push(v, f64::NAN),
        }
    }

    /// A cell of a column that may still be one of numbers.
    fn push_number(&mut self, name: &str, cell: &str, row: usize) -> Result<()> {
        let number = number::parse(cell, self.decimal);
        if self.numeric && number.is_none() {
            return Err(no_number(name, cell).at(row));
        }
        match (&self.cells, number) {
            (_, Some(Number::Real(x))) => self.whole.note(cell, x)?,
            (Cells::Real(_), Some(Number::Integer(i))) => self.whole.note(cell, i as f64)?,
            _ => {}
        }
        match (&mut self.cells, number) {
            (Cells::Integer(v), Some(Number::Integer(i))) => push(v, i),
            (Cells::Real(v), Some(Number::Integer(i))) => push(v, i as f64),
            (Cells::Real(v), Some(Number::Real(x))) => push(v, x),
            (Cells::Integer(v), Some(Number::Real(x))) => {
                let mut real = Vec::new();
                reserve(&mut real, v.len() + 1)?;
                v.iter().filter(|i| **i != MISSING_INTEGER).try_for_each(|i| note_integer(&mut self.whole, *i))?;
                real.extend(v.iter().map(|&i| if i == MISSING_INTEGER { f64::NAN } else { i as f64 }));
                real.push(x);
                self.cells = Cells::Real(real);
                Ok(())
            }
            // The codes of empty cells before this one were not kept.
            (Cells::Undecided(_, true), None) => {
                self.cells = Cells::Late;
                Ok(())
            }
            (Cells::Undecided(n, _), number) => {
                let n = *n;
                self.cells = match number {
                    Some(Number::Integer(_)) => Cells::Integer(filled(MISSING_INTEGER, n)?),
                    Some(Number::Real(_)) => Cells::Real(filled(f64::NAN, n)?),
                    None => Cells::Text(Dictionary::default(), filled(MISSING_CODE, n)?),
                };
                self.push_content(name, cell, Content::Something, row)
            }
            _ => {
                self.cells = Cells::Late;
                Ok(())
            }
        }
    }

    /// Takes a failure for one of the column, if it is that: no number where the parts before had numbers.
    pub fn take(&mut self, error: Error) -> Result<()> {
        if !self.numeric || error.code != Code::Data {
            return Err(error);
        }
        self.cells = Cells::Unread(error);
        Ok(())
    }

    /// Why the column has no values.
    pub fn unread(&self) -> Option<Error> {
        if let Cells::Unread(error) = &self.cells { Some(error.clone()) } else { None }
    }

    /// Two whole numbers of the column that are the same as real ones.
    pub fn joined(&self) -> Option<Arc<str>> {
        if matches!(self.cells, Cells::Real(_)) { self.whole.joined.clone() } else { None }
    }

    pub fn finish(self) -> Result<ColumnData> {
        Ok(match self.cells {
            Cells::Integer(v) => ColumnData::Integer(v),
            Cells::Real(v) => ColumnData::Real(v),
            Cells::Text(dictionary, codes) => ColumnData::Category(match self.levels {
                Some(levels) => Category { codes, levels, declared: true, ordered: true, logical: false },
                None => dictionary.into_sorted(codes)?,
            }),
            // No value at all: real numbers, all missing.
            Cells::Undecided(n, _) => ColumnData::Real(filled(f64::NAN, n)?),
            Cells::Late | Cells::Resting | Cells::Unread(_) => ColumnData::Real(Vec::new()),
        })
    }
}

/// Text in a column of a stream that began with numbers.
fn no_number(name: &str, cell: &str) -> Error {
    Error::data(format!(
        "column {} has {}, and numbers in the parts before; if it is one of categories, declare it as categorical",
        quoted(name),
        quoted(cell)
    ))
}

/// Most integers are small, and need no text.
fn note_integer(whole: &mut WholeNumbers, i: i64) -> Result<()> {
    if (i as f64).abs() < ROUNDED { Ok(()) } else { whole.note(&i.to_string(), i as f64) }
}

/// Room for one more value, where memory is short an error.
#[inline]
fn push<T>(v: &mut Vec<T>, value: T) -> Result<()> {
    reserve(v, 1)?;
    v.push(value);
    Ok(())
}

fn reserve<T>(v: &mut Vec<T>, more: usize) -> Result<()> {
    v.try_reserve(more).map_err(|_| Error::memory("column of CSV text", (v.len() + more) * size_of::<T>()))
}

fn filled<T: Clone>(value: T, n: usize) -> Result<Vec<T>> {
    crate::error::try_vec("column of CSV text", value, n)
}
