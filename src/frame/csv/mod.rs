//! CSV text to frames (RFC 4180): one pass, each cell read once, each distinct text kept once.

mod cells;
mod options;
mod scan;

use std::collections::HashSet;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use ::csv::{ErrorKind, ReaderBuilder, StringRecord};

use self::cells::{Content, Reader};
pub use self::options::CsvOptions;
use self::scan::{Fault, Lines, Span, check_quotes, known_binary, looks_separated, separator_mark};
use super::Frame;
use super::dictionary::Dictionary;
use super::number;
use super::origin::Origin;
use crate::error::{Code, Error, Result};
use crate::names::{known, quoted};

impl Frame {
    /// Reads CSV text: UTF-8, with a header of distinct names.
    ///
    /// A column is integers if every cell that isn't missing is one of 64 bits, real numbers if every one is a number, otherwise text.
    /// Each row keeps its line, for messages.
    /// Blank lines are skipped. The first name may be empty, as where row names were written: that column is `X`, as R has it.
    pub fn from_csv(text: &[u8], options: &CsvOptions) -> Result<Frame> {
        let start = Instant::now();
        let frame = Source { name: "the CSV text", text: text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text), options }.frame()?;
        Ok(Frame { read_seconds: Some(start.elapsed().as_secs_f64()), ..frame })
    }

    /// Reads a CSV file, as `from_csv`.
    pub fn from_csv_path(path: impl AsRef<Path>, options: &CsvOptions) -> Result<Frame> {
        let start = Instant::now();
        let name = path.as_ref().display().to_string();
        let text = std::fs::read(&path).map_err(|e| unreadable(&quoted(&name), &e))?;
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
        let frame = Source { name: &name, text, options }.frame()?;
        Ok(Frame { read_seconds: Some(start.elapsed().as_secs_f64()), ..frame })
    }

    /// Reads CSV text to its end, as `from_csv`.
    pub fn from_csv_reader(mut reader: impl Read, options: &CsvOptions) -> Result<Frame> {
        let mut text = Vec::new();
        reader.read_to_end(&mut text).map_err(|e| unreadable("the CSV text", &e))?;
        Frame::from_csv(&text, options)
    }
}

fn unreadable(name: &str, error: &io::Error) -> Error {
    let code = if error.kind() == io::ErrorKind::OutOfMemory { Code::Memory } else { Code::Io };
    Error::new(code, format!("{name} can't be read: {error}"))
}

/// The text with what is said about it.
struct Source<'a> {
    name: &'a str,
    text: &'a [u8],
    options: &'a CsvOptions,
}

impl Source<'_> {
    fn frame(&self) -> Result<Frame> {
        self.options.check()?;
        if let Some(what) = known_binary(self.text) {
            return Err(Error::data(format!("{} is {what}", self.name)));
        }
        if let Some(byte) = self.text.iter().position(|byte| *byte == 0) {
            let message =
                format!("{}, line {}: a NUL, which text does not have; is it UTF-16 or no text?", self.name, self.line(byte));
            return Err(Error::data(message));
        }
        let mut record = StringRecord::new();
        if !self.reader().read_record(&mut record).map_err(|e| self.broken(&e, &[], -1))? {
            return Err(Error::data(format!("{} is empty, wanted a header line with the names of the columns", self.name)));
        }
        let names = self.header(&record)?;
        let mut columns = self.columns(&names)?;
        let (n_rows, origin) = self.read_rows(&names, &mut columns)?;
        // A column that looked like numbers for some rows is read again as text; the others rest.
        if columns.iter().any(Reader::is_late) {
            let mut again: Vec<Reader> = columns.iter().map(Reader::again).collect();
            self.read_rows(&names, &mut again)?;
            for (column, text) in columns.iter_mut().zip(again) {
                if column.is_late() {
                    *column = text;
                }
            }
        }
        let mut frame = Frame::new(n_rows);
        frame.origin = origin;
        for (name, column) in names.iter().zip(columns) {
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

    fn reader(&self) -> ::csv::Reader<&[u8]> {
        let mut builder = ReaderBuilder::new();
        builder.has_headers(false).flexible(true).delimiter(self.options.separator()).quoting(self.options.quote.is_some());
        builder.quote(self.options.quote.unwrap_or(b'"')).from_reader(self.text)
    }

    /// The names of the columns, checked.
    fn header(&self, record: &StringRecord) -> Result<Vec<String>> {
        if let Some(mark) = separator_mark(self.text) {
            let shown = quoted(&format!("sep={mark}"));
            return Err(self.error(
                0,
                format!("{shown} is a mark for Excel and no header: take the line out, and name the separator (--sep '{mark}')"),
            ));
        }
        let mut names: Vec<String> = record.iter().map(String::from).collect();
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
    fn columns(&self, names: &[String]) -> Result<Vec<Reader>> {
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

    /// Reads all rows after the header: how many, and their lines.
    fn read_rows(&self, names: &[String], columns: &mut [Reader]) -> Result<(usize, Origin)> {
        let (mut reader, mut lines, mut origin) = (self.reader(), Lines::new(self.text), Origin::default());
        let (mut record, source) = (StringRecord::new(), Arc::from(self.name));
        let mut row = -1_i64;
        while reader.read_record(&mut record).map_err(|e| self.broken(&e, names, row))? {
            let start = record.position().map_or(0, |p| p.byte() as usize);
            let end = reader.position().byte() as usize;
            let broken = self.check_quotes(start, end, row)?;
            if row >= 0 {
                origin.note(row as usize, lines.of_record(start), &source)?;
                if record.len() != names.len() {
                    return Err(self.ragged(record.len(), names.len(), start, broken).at(row as usize));
                }
                for ((column, cell), name) in columns.iter_mut().zip(&record).zip(names) {
                    column.push(name, cell, self.content(cell), row as usize).map_err(|e| self.placed(&e, start))?;
                }
            }
            row += 1;
        }
        Ok((row as usize, origin))
    }

    /// Fails where a quote swallows lines or has text after it; otherwise the first cell in quotes of several lines.
    fn check_quotes(&self, start: usize, end: usize, row: i64) -> Result<Option<Span>> {
        let Some(quote) = self.options.quote else { return Ok(None) };
        let record = &self.text[start..end];
        if !record.contains(&quote) {
            return Ok(None);
        }
        let (opened, problem) = match check_quotes(record, self.options.separator(), quote) {
            Ok(broken) => return Ok(broken),
            Err(Fault::Open { opened }) => (opened, "a quote is opened here and not closed before the end".to_string()),
            Err(Fault::Goes { opened, on }) => {
                let rest: String = String::from_utf8_lossy(&record[on..]).chars().take_while(|c| !c.is_control()).collect();
                let closed = match (self.line(start + opened), self.line(start + on)) {
                    (from, to) if from == to => String::new(),
                    (_, to) => format!(" in line {to}"),
                };
                (opened, format!("a quote is opened here and closed{closed} with {} after it; is a quote missing?", quoted(&rest)))
            }
        };
        let message = format!("{}, line {}: {problem}", self.name, self.line(start + opened));
        Err(Error { position: row, ..Error::data(message) })
    }

    fn line(&self, byte: usize) -> usize {
        Lines::new(self.text).of_byte(byte)
    }

    /// A row of another length than the header.
    fn ragged(&self, cells: usize, wanted: usize, start: usize, broken: Option<Span>) -> Error {
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

    fn content(&self, cell: &str) -> Content {
        let bare = number::bare(cell);
        if self.options.missing.iter().any(|m| m == bare || m == cell) {
            Content::Missing
        } else if bare.is_empty() {
            Content::Blank
        } else {
            Content::Something
        }
    }

    /// A failure in the record that begins at a byte.
    fn error(&self, byte: usize, message: String) -> Error {
        self.placed(&Error::data(message), byte)
    }

    /// The same failure with the line of the record that begins at a byte.
    fn placed(&self, error: &Error, byte: usize) -> Error {
        let line = Lines::new(self.text).of_record(byte);
        Error { message: format!("{}, line {line}: {}", self.name, error.message), ..error.clone() }
    }

    /// A failure of the reader itself.
    fn broken(&self, error: &::csv::Error, names: &[String], row: i64) -> Error {
        let ErrorKind::Utf8 { pos, err } = error.kind() else {
            return Error::new(Code::Io, format!("{} can't be read: {error}", self.name));
        };
        let column = names.get(err.field()).map_or_else(|| format!("{} (counting from 1)", err.field() + 1), |n| quoted(n));
        let message = format!("column {column} is not UTF-8 from byte {} of the cell", err.valid_up_to());
        let error = self.error(pos.as_ref().map_or(0, |p| p.byte() as usize), message);
        Error { position: row, ..error }
    }
}

#[cfg(test)]
mod tests;
