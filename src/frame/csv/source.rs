//! One text, or a part of one, with what is said about it.

use std::collections::HashSet;
use std::io;

use ::csv::ErrorKind;

use super::cells::Reader;
use super::options::CsvOptions;
use super::records::Records;
use super::scan::{Lines, Span, known_binary, looks_separated, separator_mark};
use crate::error::{Code, Error, Result};
use crate::frame::Frame;
use crate::frame::dictionary::Dictionary;
use crate::frame::origin::Origin;
use crate::names::{known, quoted};

pub(super) fn unreadable(name: &str, error: &io::Error) -> Error {
    let code = if error.kind() == io::ErrorKind::OutOfMemory { Code::Memory } else { Code::Io };
    Error::new(code, format!("{name} can't be read: {error}"))
}

/// What text in UTF-8 may begin with.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The text with what is said about it.
pub(super) struct Source<'a> {
    pub name: &'a str,
    pub text: &'a [u8],
    pub options: &'a CsvOptions,
    /// What comes before the text, if it is a later part of a longer one, without a header.
    pub before: Option<Before>,
    /// Whether more text follows: the last record may be cut.
    pub more: bool,
}

/// The parts before.
#[derive(Clone, Copy)]
pub(super) struct Before {
    pub lines: usize,
    pub rows: usize,
}

/// The rows of a text.
pub(super) struct Rows {
    pub n: usize,
    pub origin: Origin,
    /// The bytes that the records took.
    pub end: usize,
}

impl<'a> Source<'a> {
    pub fn whole(name: &'a str, text: &'a [u8], options: &'a CsvOptions) -> Self {
        Source { name, text: text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text), options, before: None, more: false }
    }

    /// Fails where options contradict each other, or the bytes are no text.
    pub fn check(&self) -> Result<()> {
        self.options.check()?;
        if let Some(what) = known_binary(self.text) {
            return Err(Error::data(format!("{} is {what}", self.name)));
        }
        if let Some(byte) = memchr::memchr(0, self.text) {
            let message =
                format!("{}, line {}: a NUL, which text does not have; is it UTF-16 or no text?", self.name, self.line(byte));
            return Err(Error::data(message));
        }
        Ok(())
    }

    /// The names of the columns, of the first record.
    pub fn names(&self) -> Result<Vec<String>> {
        let mut records = Records::new(self.text, self.options);
        if !records.advance().map_err(|e| self.broken(&e, &[], -1))? {
            return Err(Error::data(format!("{} is empty, wanted a header line with the names of the columns", self.name)));
        }
        self.header(records.record.iter().map(str::to_owned).collect())
    }

    pub fn framed(&self, names: &[String], columns: Vec<Reader>, rows: Rows) -> Result<Frame> {
        let n_rows = rows.n;
        let mut frame = Frame::new(n_rows);
        frame.origin = rows.origin;
        for (name, column) in names.iter().zip(columns) {
            if let Some(error) = column.unread() {
                frame.unread.push((name.clone(), error));
                continue;
            }
            let (guessed, joined) = (column.guessed.then_some(self.options.decimal), column.joined());
            frame.add(name, n_rows, guessed, || column.finish())?;
            frame.columns.iter_mut().skip(frame.index[name]).for_each(|column| column.joined.clone_from(&joined));
        }
        if self.options.strict_numbers {
            self.check_numbers(&frame)?;
        }
        Ok(frame)
    }

    /// Fails at the first column that holds text beside numbers without having been declared.
    fn check_numbers(&self, frame: &Frame) -> Result<()> {
        for column in &frame.columns {
            if let Some(suspicion) = frame.suspicion(&column.name)? {
                let message = format!("{}: column {} is text: {}", self.name, quoted(&column.name), suspicion.text);
                return Err(Error::data(message).at(suspicion.row));
            }
        }
        Ok(())
    }

    /// The names of the columns, checked.
    fn header(&self, mut names: Vec<String>) -> Result<Vec<String>> {
        if let Some(mark) = separator_mark(self.text) {
            let shown = quoted(&format!("sep={mark}"));
            return Err(self.error(
                0,
                format!("{shown} is a mark for Excel and no header: take the line out, and name the separator (--sep '{mark}')"),
            ));
        }
        if names.len() == 1
            && let Some(looks) = self.looks_separated()
        {
            return Err(self.error(0, format!("there is one column, {}; {looks}", quoted(&names[0]))));
        }
        if names.len() > 1 && names[0].is_empty() {
            let taken = |name: &String| names.contains(name);
            let mut free = String::from("X");
            for i in 1.. {
                if !taken(&free) {
                    break;
                }
                free = format!("X.{i}");
            }
            names[0] = free;
        }
        let mut seen = HashSet::new();
        for (i, name) in names.iter().enumerate() {
            if name.is_empty() {
                return Err(self.error(0, format!("the name of column {} (counting from 1) is empty", i + 1)));
            }
            if !seen.insert(name.as_str()) {
                return Err(self.error(0, format!("two columns are named {}", quoted(name))));
            }
        }
        Ok(names)
    }

    /// A reader for each column, as the options say.
    pub fn columns(&self, names: &[String]) -> Result<Vec<Reader>> {
        let mut columns: Vec<Reader> = names.iter().map(|_| Reader::undecided(self.options.decimal)).collect();
        let mut seen = HashSet::new();
        let mut find = |option: &str, name: &String| {
            if !seen.insert(name.clone()) {
                return Err(Error::argument(format!("{option} column {} is given twice", quoted(name))));
            }
            names.iter().position(|n| n == name).ok_or_else(|| {
                let known = known(self.name, name, names.iter().map(String::as_str));
                Error::argument(format!("there is no {option} column {}; {known}", quoted(name)))
            })
        };
        for name in &self.options.categorical {
            columns[find("categorical", name)?] = Reader::text();
        }
        for (name, levels) in &self.options.ordered {
            let dictionary = Dictionary::of_levels(name, levels)?;
            columns[find("ordered", name)?] = Reader::ordered(dictionary, levels.clone());
        }
        Ok(columns)
    }

    pub fn line(&self, byte: usize) -> usize {
        self.before.map_or(0, |before| before.lines) + Lines::new(self.text).of_byte(byte)
    }

    /// The lines before a byte, from the first of all parts.
    pub fn lines_before(&self, byte: usize) -> usize {
        self.line(byte) - 1
    }

    /// A row of another length than the header.
    pub fn ragged(&self, cells: usize, wanted: usize, start: usize, broken: Option<Span>) -> Error {
        let more = if let Some((opened, closed)) = broken {
            let (from, to) = (self.line(start + opened), self.line(start + closed));
            format!("; a quote is opened in line {from} and closed in line {to}")
        } else {
            self.looks_separated().map_or_else(String::new, |looks| format!("; {looks}"))
        };
        self.error(start, format!("{cells} cells, the header has {wanted}{more}"))
    }

    /// What the text looks like, where nobody said what separates its cells.
    fn looks_separated(&self) -> Option<String> {
        if self.options.separator.is_some() { None } else { looks_separated(self.text, self.options.separator()) }
    }

    /// A failure in the record that begins at a byte.
    fn error(&self, byte: usize, message: String) -> Error {
        self.placed(&Error::data(message), byte)
    }

    /// The same failure with the line of the record that begins at a byte.
    pub fn placed(&self, error: &Error, byte: usize) -> Error {
        let line = self.before.map_or(0, |before| before.lines) + Lines::new(self.text).of_record(byte);
        Error { message: format!("{}, line {line}: {}", self.name, error.message), ..error.clone() }
    }

    /// A failure of the reader itself.
    pub fn broken(&self, error: &::csv::Error, names: &[String], row: i64) -> Error {
        let ErrorKind::Utf8 { pos, err } = error.kind() else {
            return Error::new(Code::Io, format!("{} can't be read: {error}", self.name));
        };
        let column = names.get(err.field()).map_or_else(|| format!("{} (counting from 1)", err.field() + 1), |n| quoted(n));
        let message = format!("column {column} is not UTF-8 from byte {} of the cell", err.valid_up_to());
        let error = self.error(pos.as_ref().map_or(0, |p| p.byte() as usize), message);
        Error { position: row, ..error }
    }
}
