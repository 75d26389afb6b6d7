//! Arrays of the Arrow C data interface as slices, and how single values are read from them.

use std::ops::Range;

use super::field::Field;
use super::format::Format;
use crate::error::{Error, Result, row_text};

/// One array: the values of a column in one batch. Everything is read with its bounds checked.
#[derive(Clone, Debug, Default)]
pub struct Array<'a> {
    pub len: usize,
    /// Where the first value is in the buffers.
    pub offset: usize,
    /// A bit for each value that is there; `None` if all are.
    pub validity: Option<&'a [u8]>,
    /// Those of the format; of text views the views, then the buffers that they point into.
    pub buffers: Vec<&'a [u8]>,
    pub children: Vec<Array<'a>>,
    pub dictionary: Option<Box<Array<'a>>>,
}

/// Some rows of a table.
#[derive(Clone, Debug, Default)]
pub struct Batch<'a> {
    pub len: usize,
    /// Where the first row is in the columns.
    pub offset: usize,
    /// A bit for each row that is there.
    pub validity: Option<&'a [u8]>,
    /// `None` for those that can't be read.
    pub columns: Vec<Option<Array<'a>>>,
}

/// What does not agree with itself in the structures.
pub fn malformed(what: impl Into<String>) -> Error {
    Error::argument(what)
}

pub fn short() -> Error {
    malformed("a buffer is shorter than the length of its array says")
}

/// Whether a bit is set.
#[inline]
pub fn bit(bits: &[u8], at: usize) -> Result<bool> {
    bits.get(at / 8).map(|byte| byte >> (at % 8) & 1 == 1).ok_or_else(short)
}

/// The bytes of a value of fixed width.
#[inline]
pub fn fixed<const WIDTH: usize>(bytes: &[u8], at: usize) -> Result<[u8; WIDTH]> {
    let start = at.checked_mul(WIDTH).ok_or_else(short)?;
    let own = bytes.get(start..).and_then(|rest| rest.first_chunk::<WIDTH>());
    own.copied().ok_or_else(short)
}

/// An integer of any width.
#[inline]
pub fn integer(bytes: &[u8], at: usize, width: usize, signed: bool) -> Result<i128> {
    Ok(match (width, signed) {
        (1, true) => i8::from_ne_bytes(fixed(bytes, at)?).into(),
        (1, false) => u8::from_ne_bytes(fixed(bytes, at)?).into(),
        (2, true) => i16::from_ne_bytes(fixed(bytes, at)?).into(),
        (2, false) => u16::from_ne_bytes(fixed(bytes, at)?).into(),
        (4, true) => i32::from_ne_bytes(fixed(bytes, at)?).into(),
        (4, false) => u32::from_ne_bytes(fixed(bytes, at)?).into(),
        (8, true) => i64::from_ne_bytes(fixed(bytes, at)?).into(),
        _ => u64::from_ne_bytes(fixed(bytes, at)?).into(),
    })
}

/// The offset at a place, which is no less than 0.
fn offset(offsets: &[u8], width: usize, at: usize) -> Result<usize> {
    let own = integer(offsets, at, width, true)?;
    usize::try_from(own).map_err(|_| malformed(format!("offset {at} is {own}, less than 0")))
}

/// How many bytes of text there are, by the offsets of `n` values: none where there are no offsets.
pub fn last_offset(offsets: &[u8], width: usize, n: usize) -> Result<usize> {
    if offsets.is_empty() { Ok(0) } else { offset(offsets, width, n) }
}

impl<'a> Array<'a> {
    #[inline]
    pub fn is_missing(&self, place: usize) -> Result<bool> {
        self.validity.map_or(Ok(false), |bits| bit(bits, place).map(|there| !there))
    }

    /// The first buffer of the format.
    pub fn values(&self) -> Result<&'a [u8]> {
        self.buffers.first().copied().ok_or_else(short)
    }

    /// The bytes of a text.
    pub fn text(&self, format: &Format, place: usize) -> Result<&'a [u8]> {
        let Format::Text { width } = format else { return self.view(place) };
        let offsets = self.values()?;
        let (start, end) = (offset(offsets, *width, place)?, offset(offsets, *width, place + 1)?);
        let bytes = self.buffers.get(1).copied().ok_or_else(short)?;
        bytes.get(start..end).ok_or_else(|| {
            malformed(format!("offsets {place} and {} are {start} and {end}, of {} bytes of text", place + 1, bytes.len()))
        })
    }

    /// The texts of a range where all are UTF-8 without a NUL; otherwise each needs a look of its own.
    pub fn plain_texts(&self, format: &Format, range: &Range<usize>) -> Option<PlainTexts<'a>> {
        let Format::Text { width } = *format else { return None };
        let offsets = self.values().ok()?;
        let (first, last) = (offset(offsets, width, range.start).ok()?, offset(offsets, width, range.end).ok()?);
        let bytes = self.buffers.get(1)?.get(first..last)?;
        let text = std::str::from_utf8(bytes).ok().filter(|_| memchr::memchr(0, bytes).is_none())?;
        Some(PlainTexts { offsets, width, first, text })
    }

    /// A view: its length; then the text, if that has at most 12 bytes, or else its beginning, its buffer and where it is in that.
    fn view(&self, place: usize) -> Result<&'a [u8]> {
        let views = self.values()?;
        let number = |part: usize| integer(views, 4 * place + part, 4, true);
        let refused = || malformed(format!("view {place} goes beyond its buffer"));
        let len = usize::try_from(number(0)?).map_err(|_| malformed(format!("view {place} has a length below 0")))?;
        if len <= 12 {
            let start = 16 * place + 4;
            return views.get(start..start + len).ok_or_else(short);
        }
        let (buffer, start) = (number(2)?, number(3)?);
        let data = usize::try_from(buffer).ok().and_then(|buffer| self.buffers.get(buffer + 1)).ok_or_else(|| {
            malformed(format!("view {place} is into buffer {buffer}, of {}", self.buffers.len().saturating_sub(1)))
        })?;
        let start = usize::try_from(start).map_err(|_| refused())?;
        data.get(start..start.saturating_add(len)).ok_or_else(refused)
    }
}

/// Texts one after the other.
pub struct PlainTexts<'a> {
    offsets: &'a [u8],
    width: usize,
    /// The offset of the first.
    first: usize,
    text: &'a str,
}

impl<'a> PlainTexts<'a> {
    /// The text at a place; `None` where its offsets are not those of a text.
    #[inline]
    pub fn get(&self, place: usize) -> Option<&'a str> {
        let offset = |at: usize| match self.width {
            4 => usize::try_from(i32::from_ne_bytes(*self.offsets.as_chunks().0.get(at)?)).ok(),
            _ => usize::try_from(i64::from_ne_bytes(*self.offsets.as_chunks().0.get(at)?)).ok(),
        };
        let (start, end) = (offset(place)?.checked_sub(self.first)?, offset(place + 1)?.checked_sub(self.first)?);
        self.text.get(start..end)
    }
}

/// The array of a column's values, and for each row of the batch where its value is in it.
pub struct Rows<'a, 'b> {
    pub field: &'b Field,
    pub array: &'b Array<'a>,
    batch: &'b Batch<'a>,
    column: &'b Array<'a>,
    /// The indices, if the values are a dictionary's.
    indices: Option<(&'b Array<'a>, usize, bool)>,
    /// The ends of the runs and their width.
    ends: Option<(&'b Array<'a>, usize)>,
}

impl<'a, 'b> Rows<'a, 'b> {
    pub fn new(field: &'b Field, column: &'b Array<'a>, batch: &'b Batch<'a>) -> Result<Self> {
        let last = batch.offset.checked_add(batch.len).filter(|last| *last <= column.len);
        if last.is_none() {
            return Err(malformed(format!("it has {} values, the table {} from {} on", column.len, batch.len, batch.offset)));
        }
        let missing = |what: &str| malformed(format!("its {what} is missing"));
        let (mut own, mut array, mut ends) = (field, column, None);
        if let (Format::Runs, [end, values]) = (&field.format, &field.children[..]) {
            let [of_ends, of_values] = &column.children[..] else { return Err(missing("run ends or values")) };
            let Format::Integer { width, .. } = end.format else { return Err(missing("run ends")) };
            (own, array, ends) = (values, of_values, Some((of_ends, width)));
        }
        let mut indices = None;
        if let (Some(entries), Format::Integer { width, signed }) = (own.dictionary.as_deref(), &own.format) {
            indices = Some((array, *width, *signed));
            (own, array) = (entries, array.dictionary.as_deref().ok_or_else(|| missing("dictionary"))?);
        }
        Ok(Rows { field: own, array, batch, column, indices, ends })
    }

    pub fn len(&self) -> usize {
        self.batch.len
    }

    pub fn has_dictionary(&self) -> bool {
        self.indices.is_some()
    }

    /// The places of the values where they follow one another: neither a dictionary, nor runs, nor rows that are not there.
    pub fn range(&self) -> Option<Range<usize>> {
        let start = self.column.offset.checked_add(self.batch.offset)?;
        let end = start.checked_add(self.batch.len)?;
        let plain = self.indices.is_none() && self.ends.is_none() && self.batch.validity.is_none();
        (plain && self.field.format != Format::Null).then_some(start..end)
    }

    /// The same where no value is missing.
    pub fn whole_range(&self) -> Option<Range<usize>> {
        self.range().filter(|_| self.array.validity.is_none())
    }

    /// Calls the function for each row with the place of its value, `None` where it is missing.
    #[inline]
    pub fn each(&self, mut take: impl FnMut(Option<usize>) -> Result<()>) -> Result<()> {
        if let Some(mut range) = self.whole_range() {
            return range.try_for_each(|place| take(Some(place)));
        }
        if self.ends.is_none() && self.batch.validity.is_none() {
            let mut rows = self.batch.offset..self.batch.offset + self.batch.len;
            return rows.try_for_each(|row| take(self.value(self.column.offset + row, row)?));
        }
        let mut run = 0;
        for row in self.batch.offset..self.batch.offset + self.batch.len {
            let masked = self.batch.validity.map_or(Ok(false), |bits| bit(bits, row).map(|there| !there))?;
            // The runs are followed through missing rows, too.
            let place = match self.ends {
                Some((ends, width)) => self.run_of(ends, width, self.column.offset + row, &mut run)?,
                None => self.column.offset + row,
            };
            take(if masked { None } else { self.value(place, row)? })?;
        }
        Ok(())
    }

    /// The place of the value, through the dictionary if there is one.
    fn value(&self, place: usize, row: usize) -> Result<Option<usize>> {
        let Some((indices, width, signed)) = self.indices else {
            return self.unless_missing(place);
        };
        if indices.is_missing(place)? {
            return Ok(None);
        }
        let index = integer(indices.values()?, place, width, signed)?;
        let entry = usize::try_from(index).ok().filter(|entry| *entry < self.array.len).ok_or_else(|| {
            malformed(format!(
                "the index {index} in {} is none of its dictionary of {}",
                row_text(row - self.batch.offset),
                self.array.len
            ))
        })?;
        self.unless_missing(self.array.offset + entry)
    }

    fn unless_missing(&self, place: usize) -> Result<Option<usize>> {
        Ok(if self.field.format == Format::Null || self.array.is_missing(place)? { None } else { Some(place) })
    }

    /// Where the value of the run is that a place before the runs belongs to.
    fn run_of(&self, ends: &Array, width: usize, place: usize, run: &mut usize) -> Result<usize> {
        let end = |run: usize| -> Result<i128> {
            if run >= ends.len {
                return Err(malformed(format!("its {} runs end before row {place}", ends.len)));
            }
            integer(ends.values()?, ends.offset + run, width, true)
        };
        if *run == 0 && end(0)? < 1 {
            return Err(malformed(format!("run 0 ends at {}, wanted 1 or more", end(0)?)));
        }
        while end(*run)? <= place as i128 {
            *run += 1;
            if *run < ends.len && end(*run)? <= end(*run - 1)? {
                return Err(malformed(format!("run {run} ends before the one before it does")));
            }
        }
        let values = self.indices.map_or(self.array, |(indices, ..)| indices);
        if *run >= values.len {
            return Err(malformed(format!("it has {} runs and {} values of runs", ends.len, values.len)));
        }
        Ok(values.offset + *run)
    }
}
