//! Text each of whose lines is a record: its numbers are read where they stand.

use std::sync::Arc;

use super::cells::{Missing, Reader};
use super::options::CsvOptions;
use super::source::{Rows, Source};
use crate::error::Result;
use crate::frame::origin::Origin;

/// Text whose lines end with a line feed, with quotes only around whole cells.
pub(super) struct Plain<'t> {
    text: &'t str,
    separator: u8,
    /// Where there are none.
    quote: Option<u8>,
}

impl<'t> Plain<'t> {
    /// `None` for text that wants the general reader.
    pub fn new(text: &'t [u8], options: &CsvOptions) -> Option<Self> {
        let separator = options.separator();
        let quote = options.quote.filter(|quote| memchr::memchr(*quote, text).is_some());
        let lines = memchr::memchr_iter(b'\r', text).all(|at| text.get(at + 1) == Some(&b'\n'));
        if !lines || quote.is_some_and(|quote| !encloses_cells(text, quote, separator)) {
            return None;
        }
        Some(Plain { text: std::str::from_utf8(text).ok()?, separator, quote })
    }

    /// Reads the rows; of text that goes on, all but the last line.
    pub fn read(&self, source: &Source<'_>, names: &[String], columns: &mut [Reader]) -> Result<Rows> {
        let text = self.text.as_bytes();
        let stop = if source.more { last_line(text) } else { text.len() };
        let (missing, name) = (Missing::new(&source.options.missing), Arc::from(source.name));
        let (mut line, first_row) = source.before.map_or((0, 0), |before| (before.lines, before.rows));
        let (mut rows, mut at) = (Rows { n: 0, origin: Origin::default(), end: 0 }, 0);
        let mut header = source.before.is_none();
        while at < stop {
            line += 1;
            if let Some(behind) = line_end(text, at) {
                at = behind;
                continue;
            }
            at = if std::mem::take(&mut header) {
                memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |length| at + length + 1)
            } else {
                rows.origin.note(rows.n, line, &name)?;
                rows.n += 1;
                self.row(source, names, columns, &missing, at, first_row + rows.n - 1)?
            };
            rows.end = at;
        }
        Ok(rows)
    }

    /// Reads the row that begins at a byte; where it ends.
    #[inline]
    fn row(
        &self,
        source: &Source<'_>,
        names: &[String],
        columns: &mut [Reader],
        missing: &Missing<'_>,
        start: usize,
        row: usize,
    ) -> Result<usize> {
        let text = self.text.as_bytes();
        let ragged = || source.ragged(self.n_cells(start), names.len(), start, None).at(row);
        let mut at = start;
        for (j, column) in columns.iter_mut().enumerate() {
            if j > 0 {
                if text.get(at) != Some(&self.separator) {
                    return Err(ragged());
                }
                at += 1;
            }
            if let Some(length) = column.push_number_at(&text[at..], self.separator, missing)? {
                at += length;
                continue;
            }
            let (cell, behind) = self.cell(at);
            at = behind;
            if let Err(error) = column.push(&names[j], cell, missing, row) {
                if self.n_cells(start) != names.len() {
                    return Err(ragged());
                }
                column.take(source.placed(&error, start))?;
            }
        }
        line_end(text, at).ok_or_else(ragged)
    }

    /// The cell that begins at a byte, and where it ends. Cells are short: a search in steps of a byte finds their ends soonest.
    fn cell(&self, at: usize) -> (&'t str, usize) {
        let text = self.text.as_bytes();
        if self.quote.is_some() && text.get(at) == self.quote.as_ref() {
            let quote = text[at];
            let close = at + 1 + memchr::memchr(quote, &text[at + 1..]).unwrap_or(text.len() - at - 1);
            return (&self.text[at + 1..close], close + 1);
        }
        let length = text[at..].iter().position(|byte| *byte == self.separator || *byte == b'\n');
        let behind = length.map_or(text.len(), |length| at + length);
        let behind = if text[at..behind].last() == Some(&b'\r') { behind - 1 } else { behind };
        (&self.text[at..behind], behind)
    }

    /// The cells of the line that begins at a byte.
    fn n_cells(&self, start: usize) -> usize {
        let mut at = self.cell(start).1;
        let mut n = 1;
        while line_end(self.text.as_bytes(), at).is_none() {
            at = self.cell(at + 1).1;
            n += 1;
        }
        n
    }
}

/// Where the next line begins, if this one ends here.
#[inline]
fn line_end(text: &[u8], at: usize) -> Option<usize> {
    match text.get(at) {
        None => Some(at),
        Some(b'\n') => Some(at + 1),
        Some(b'\r') => Some(at + 2),
        _ => None,
    }
}

/// Where the last line begins.
fn last_line(text: &[u8]) -> usize {
    let before = &text[..text.len().saturating_sub(1)];
    memchr::memrchr(b'\n', before).map_or(0, |at| at + 1)
}

/// Whether quotes come in pairs around whole cells, none of which has a quote or a line break inside.
fn encloses_cells(text: &[u8], quote: u8, separator: u8) -> bool {
    let mut quotes = memchr::memchr_iter(quote, text);
    while let Some(open) = quotes.next() {
        let before = open.checked_sub(1).map(|at| text[at]);
        let Some(close) = quotes.next() else { return false };
        let whole = before.is_none_or(|byte| byte == separator || byte == b'\n')
            && text.get(close + 1).is_none_or(|byte| *byte == separator || *byte == b'\n' || *byte == b'\r');
        if !whole || memchr::memchr(b'\n', &text[open..close]).is_some() {
            return false;
        }
    }
    true
}
