//! Records of CSV text: lines cut at separators where the text has no quotes, otherwise as the csv crate reads them.

use ::csv::{Reader, ReaderBuilder, StringRecord};

use super::options::CsvOptions;

/// The records of a text, one after the other.
pub(super) enum Records<'t> {
    /// Text without quotes whose lines end with a line feed.
    Plain {
        text: &'t str,
        separator: u8,
        next: usize,
        start: usize,
        line: usize,
        cells: Vec<&'t str>,
    },
    Any {
        reader: Box<Reader<&'t [u8]>>,
        record: StringRecord,
    },
}

impl<'t> Records<'t> {
    pub fn new(text: &'t [u8], options: &CsvOptions) -> Self {
        let separator = options.separator();
        let quoted = options.quote.is_some_and(|quote| memchr::memchr(quote, text).is_some());
        let lines = memchr::memchr_iter(b'\r', text).all(|at| text.get(at + 1) == Some(&b'\n'));
        if !quoted
            && lines
            && let Ok(text) = std::str::from_utf8(text)
        {
            return Records::Plain { text, separator, next: 0, start: 0, line: 0, cells: Vec::new() };
        }
        let mut builder = ReaderBuilder::new();
        builder.has_headers(false).flexible(true).delimiter(separator).quoting(options.quote.is_some());
        let reader = builder.quote(options.quote.unwrap_or(b'"')).from_reader(text);
        Records::Any { reader: Box::new(reader), record: StringRecord::new() }
    }

    /// Moves to the next record; `false` behind the last.
    pub fn advance(&mut self) -> Result<bool, ::csv::Error> {
        match self {
            Records::Any { reader, record } => reader.read_record(record),
            Records::Plain { text, separator, next, start, line: number, cells } => {
                cells.clear();
                while let Some(rest) = text.get(*next..).filter(|rest| !rest.is_empty()) {
                    *start = *next;
                    *number += 1;
                    let length = memchr::memchr(b'\n', rest.as_bytes());
                    *next += length.map_or(rest.len(), |length| length + 1);
                    let line = &rest[..length.unwrap_or(rest.len())];
                    let line = line.strip_suffix('\r').unwrap_or(line);
                    if !line.is_empty() {
                        cut(line, *separator, cells);
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }

    /// The bytes of the record: of the first, which may be blank lines before it, and behind the last.
    pub fn span(&self) -> (usize, usize) {
        match self {
            Records::Any { reader, record } => {
                (record.position().map_or(0, |p| p.byte() as usize), reader.position().byte() as usize)
            }
            Records::Plain { next, start, .. } => (*start, *next),
        }
    }

    /// The line of the record, from 1, where lines are all that there is.
    pub fn line(&self) -> Option<usize> {
        if let Records::Plain { line, .. } = self { Some(*line) } else { None }
    }

    pub fn may_be_quoted(&self) -> bool {
        matches!(self, Records::Any { .. })
    }

    pub fn len(&self) -> usize {
        match self {
            Records::Any { record, .. } => record.len(),
            Records::Plain { cells, .. } => cells.len(),
        }
    }

    /// Does something with each cell, in order, up to the first failure.
    pub fn each<E>(&self, mut with: impl FnMut(usize, &str) -> Result<(), E>) -> Result<(), E> {
        match self {
            Records::Any { record, .. } => record.iter().enumerate().try_for_each(|(i, cell)| with(i, cell)),
            Records::Plain { cells, .. } => cells.iter().enumerate().try_for_each(|(i, cell)| with(i, cell)),
        }
    }
}

/// The cells of a line. They are short: a search in steps of a byte finds their ends soonest.
fn cut<'t>(line: &'t str, separator: u8, cells: &mut Vec<&'t str>) {
    let mut from = 0;
    for (at, byte) in line.bytes().enumerate() {
        if byte == separator {
            cells.push(&line[from..at]);
            from = at + 1;
        }
    }
    cells.push(&line[from..]);
}
