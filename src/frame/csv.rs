//! CSV text to frames (RFC 4180): one pass, each cell read once, text kept once a distinct value.

use std::collections::HashSet;
use std::io::Read;
use std::path::Path;

use ::csv::{ErrorKind, ReaderBuilder, StringRecord};

use super::category::unlisted;
use super::dictionary::Dictionary;
use super::names::{known, quoted};
use super::number::{self, Number};
use super::{Category, ColumnData, Frame, MISSING_CODE, MISSING_INTEGER};
use crate::error::{Code, Error, Result};

/// How CSV text is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvOptions {
    /// Columns that are categories whatever they look like: the labels are the texts of the cells, sorted bytewise.
    pub categorical: Vec<String>,
    /// Columns that are ordered categories, with their levels in order.
    pub ordered: Vec<(String, Vec<String>)>,
    /// Cells that mean a missing value; blanks around a cell don't matter.
    pub missing: Vec<String>,
}

impl Default for CsvOptions {
    fn default() -> Self {
        let missing = ["NA", "", "NaN"].map(String::from).to_vec();
        CsvOptions { categorical: Vec::new(), ordered: Vec::new(), missing }
    }
}

impl Frame {
    /// Reads CSV text: UTF-8, comma separated, with a header of distinct names.
    ///
    /// A column is integers if every cell that isn't missing is one of 64 bits, real numbers if every one is a number, otherwise text.
    /// Blank lines are skipped. The first name may be empty, as where row names were written: that column is `X`, as R has it.
    pub fn from_csv(text: &[u8], options: &CsvOptions) -> Result<Frame> {
        Source { name: "the CSV text", text: text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text), options }.frame()
    }

    /// Reads a CSV file, as `from_csv`.
    pub fn from_csv_path(path: impl AsRef<Path>, options: &CsvOptions) -> Result<Frame> {
        let name = path.as_ref().display().to_string();
        let text = std::fs::read(&path).map_err(|e| Error::new(Code::Io, format!("{} can't be read: {e}", quoted(&name))))?;
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
        Source { name: &name, text, options }.frame()
    }

    /// Reads CSV text to its end, as `from_csv`.
    pub fn from_csv_reader(mut reader: impl Read, options: &CsvOptions) -> Result<Frame> {
        let mut text = Vec::new();
        reader.read_to_end(&mut text).map_err(|e| Error::new(Code::Io, format!("the CSV text can't be read: {e}")))?;
        Frame::from_csv(&text, options)
    }
}

/// The text with what is said about it.
struct Source<'a> {
    name: &'a str,
    text: &'a [u8],
    options: &'a CsvOptions,
}

impl Source<'_> {
    fn frame(&self) -> Result<Frame> {
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(self.text);
        let mut record = StringRecord::new();
        if !reader.read_record(&mut record).map_err(|e| self.broken(&e, &[], -1))? {
            return Err(Error::data(format!("{} is empty, wanted a header line with the names of the columns", self.name)));
        }
        let names = self.header(&record)?;
        let mut columns = self.columns(&names)?;
        let n_rows = self.read_rows(&names, &mut columns)?;
        // A column that looked like numbers for some rows is read again as text; the others rest.
        if columns.iter().any(|c| matches!(c.cells, Cells::Late)) {
            let mut again: Vec<Reader> =
                columns
                    .iter()
                    .map(|c| {
                        if matches!(c.cells, Cells::Late) { Reader::text() } else { Reader { cells: Cells::Resting, levels: None } }
                    })
                    .collect();
            self.read_rows(&names, &mut again)?;
            for (column, text) in columns.iter_mut().zip(again) {
                if matches!(column.cells, Cells::Late) {
                    *column = text;
                }
            }
        }
        let mut frame = Frame::new(n_rows);
        for (name, column) in names.iter().zip(columns) {
            frame.add(name, n_rows, || column.finish())?;
        }
        Ok(frame)
    }

    /// The names of the columns, checked.
    fn header(&self, record: &StringRecord) -> Result<Vec<String>> {
        let mut names: Vec<String> = record.iter().map(String::from).collect();
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
                return Err(self.error(0, format!("the name of column {} is empty", i + 1)));
            }
            if !seen.insert(name.as_str()) {
                return Err(self.error(0, format!("two columns are named {}", quoted(name))));
            }
        }
        Ok(names)
    }

    /// A reader for each column, as the options say.
    fn columns(&self, names: &[String]) -> Result<Vec<Reader>> {
        let mut columns: Vec<Reader> = names.iter().map(|_| Reader::undecided()).collect();
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
            columns[find("ordered", name)?] = Reader { cells: Cells::Text(dictionary, Vec::new()), levels: Some(levels.clone()) };
        }
        Ok(columns)
    }

    /// Reads all rows after the header; the number of rows.
    fn read_rows(&self, names: &[String], columns: &mut [Reader]) -> Result<usize> {
        let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(self.text);
        let mut record = StringRecord::new();
        let mut row = -1_i64;
        let mut last = 0;
        while reader.read_record(&mut record).map_err(|e| self.broken(&e, names, row))? {
            last = record.position().map_or(0, |p| p.byte() as usize);
            if row >= 0 {
                if record.len() != names.len() {
                    let message = format!("{} cells, the header has {}", record.len(), names.len());
                    return Err(self.error(last, message).at(row as usize));
                }
                for ((column, cell), name) in columns.iter_mut().zip(&record).zip(names) {
                    let missing = self.is_missing(cell);
                    column.push(name, cell, missing, row as usize).map_err(|e| self.placed(&e, last))?;
                }
            }
            row += 1;
        }
        if ends_in_quotes(&self.text[last..]) {
            return Err(self.error(last, "a quote is opened and not closed before the end".into()));
        }
        Ok(row as usize)
    }

    fn is_missing(&self, cell: &str) -> bool {
        let bare = cell.trim_ascii();
        self.options.missing.iter().any(|m| m == bare || m == cell)
    }

    /// A failure in the record that begins at a byte.
    fn error(&self, byte: usize, message: String) -> Error {
        self.placed(&Error::data(message), byte)
    }

    /// The same failure with the line of the record that begins at a byte.
    fn placed(&self, error: &Error, byte: usize) -> Error {
        // Blank lines before a record belong to it for the reader.
        let blank = self.text[byte..].iter().take_while(|b| matches!(b, b'\n' | b'\r')).count();
        let line = self.text[..byte + blank].split(|&b| b == b'\n').count();
        Error { message: format!("{}, line {line}: {}", self.name, error.message), ..error.clone() }
    }

    /// A failure of the reader itself.
    fn broken(&self, error: &::csv::Error, names: &[String], row: i64) -> Error {
        let ErrorKind::Utf8 { pos, err } = error.kind() else {
            return Error::new(Code::Io, format!("{} can't be read: {error}", self.name));
        };
        let column = names.get(err.field()).map_or_else(|| (err.field() + 1).to_string(), |n| quoted(n));
        let message = format!("column {column} is not UTF-8 from byte {} of the cell", err.valid_up_to());
        let error = self.error(pos.as_ref().map_or(0, |p| p.byte() as usize), message);
        Error { position: row, ..error }
    }
}

/// Whether a record ends inside quotes, which would hide that it swallowed the lines after it.
fn ends_in_quotes(record: &[u8]) -> bool {
    #[derive(PartialEq)]
    enum At {
        Start,
        Bare,
        Inside,
        Closed,
    }
    let mut at = At::Start;
    for &b in record {
        at = match (at, b) {
            (At::Inside, b'"') => At::Closed,
            // A doubled quote stands for one.
            (At::Inside, _) | (At::Start | At::Closed, b'"') => At::Inside,
            (_, b',' | b'\n' | b'\r') => At::Start,
            _ => At::Bare,
        };
    }
    at == At::Inside
}

/// Collects the cells of one column.
struct Reader {
    cells: Cells,
    /// Declared levels of an ordered category.
    levels: Option<Vec<String>>,
}

enum Cells {
    /// Nothing but missing values so far.
    Undecided(usize),
    Integer(Vec<i64>),
    Real(Vec<f64>),
    Text(Dictionary, Vec<i32>),
    /// Numbers, and then text: to be read again.
    Late,
    /// Not wanted in this pass.
    Resting,
}

impl Reader {
    fn undecided() -> Self {
        Reader { cells: Cells::Undecided(0), levels: None }
    }

    fn text() -> Self {
        Reader { cells: Cells::Text(Dictionary::default(), Vec::new()), levels: None }
    }

    fn push(&mut self, name: &str, cell: &str, missing: bool, row: usize) -> Result<()> {
        match &mut self.cells {
            Cells::Late | Cells::Resting => Ok(()),
            Cells::Text(dictionary, codes) => {
                let code = if missing {
                    MISSING_CODE
                } else if let Some(levels) = &self.levels {
                    dictionary.find(cell).ok_or_else(|| unlisted(name, cell, row, levels))?
                } else {
                    dictionary.code(name, cell)?
                };
                push(codes, code)
            }
            Cells::Undecided(n) if missing => {
                *n += 1;
                Ok(())
            }
            Cells::Integer(v) if missing => push(v, MISSING_INTEGER),
            Cells::Real(v) if missing => push(v, f64::NAN),
            _ => self.push_number(name, cell, row),
        }
    }

    /// A cell of a column that may still be one of numbers.
    fn push_number(&mut self, name: &str, cell: &str, row: usize) -> Result<()> {
        match (&mut self.cells, number::parse(cell)) {
            (Cells::Integer(v), Some(Number::Integer(i))) => push(v, i),
            (Cells::Real(v), Some(Number::Integer(i))) => push(v, i as f64),
            (Cells::Real(v), Some(Number::Real(x))) => push(v, x),
            (Cells::Integer(v), Some(Number::Real(x))) => {
                let mut real = Vec::new();
                reserve(&mut real, v.len() + 1)?;
                real.extend(v.iter().map(|&i| if i == MISSING_INTEGER { f64::NAN } else { i as f64 }));
                real.push(x);
                self.cells = Cells::Real(real);
                Ok(())
            }
            (Cells::Undecided(n), number) => {
                let n = *n;
                self.cells = match number {
                    Some(Number::Integer(_)) => Cells::Integer(filled(MISSING_INTEGER, n)?),
                    Some(Number::Real(_)) => Cells::Real(filled(f64::NAN, n)?),
                    None => Cells::Text(Dictionary::default(), filled(MISSING_CODE, n)?),
                };
                self.push(name, cell, false, row)
            }
            _ => {
                self.cells = Cells::Late;
                Ok(())
            }
        }
    }

    fn finish(self) -> Result<ColumnData> {
        Ok(match self.cells {
            Cells::Integer(v) => ColumnData::Integer(v),
            Cells::Real(v) => ColumnData::Real(v),
            Cells::Text(dictionary, codes) => ColumnData::Category(match self.levels {
                Some(levels) => Category { codes, levels, declared: true, ordered: true },
                None => dictionary.into_sorted(codes),
            }),
            // No value at all: real numbers, all missing.
            Cells::Undecided(n) => ColumnData::Real(filled(f64::NAN, n)?),
            Cells::Late | Cells::Resting => ColumnData::Real(Vec::new()),
        })
    }
}

/// Room for one more value, where memory is short an error.
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

#[cfg(test)]
mod tests;
