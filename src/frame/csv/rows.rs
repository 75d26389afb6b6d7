//! The rows of a text.

use std::sync::Arc;

use super::cells::{Missing, Reader};
use super::plain::Plain;
use super::records::Records;
use super::scan::{Fault, Lines, Span, check_quotes};
use super::source::{Rows, Source};
use crate::error::{Error, Result};
use crate::frame::Frame;
use crate::frame::origin::Origin;
use crate::names::quoted;

impl Source<'_> {
    pub fn frame(&self) -> Result<Frame> {
        self.check()?;
        let names = self.names()?;
        let mut columns = self.columns(&names)?;
        let rows = self.read(&names, &mut columns)?;
        self.framed(&names, columns, rows)
    }

    /// Reads all rows. A column that looked like numbers for some of them is read again as text; the others rest.
    pub fn read(&self, names: &[String], columns: &mut [Reader]) -> Result<Rows> {
        let rows = self.read_rows(names, columns)?;
        if columns.iter().any(Reader::is_late) {
            let mut again: Vec<Reader> = columns.iter().map(Reader::again).collect();
            self.read_rows(names, &mut again)?;
            for (column, text) in columns.iter_mut().zip(again) {
                if column.is_late() {
                    *column = text;
                }
            }
        }
        Ok(rows)
    }

    /// Reads all rows after the header.
    fn read_rows(&self, names: &[String], columns: &mut [Reader]) -> Result<Rows> {
        if let Some(plain) = Plain::new(self.text, self.options) {
            return plain.read(self, names, columns);
        }
        let (mut records, mut lines, mut origin) =
            (Records::new(self.text, self.options), Lines::new(self.text), Origin::default());
        let (missing, source) = (Missing::new(&self.options.missing), Arc::from(self.name));
        let (first_line, first_row) = self.before.map_or((0, 0), |before| (before.lines, before.rows));
        // The header is no row; a later part has none.
        let (mut row, mut end) = (if self.before.is_some() { 0 } else { -1_i64 }, 0);
        while records.advance().map_err(|e| self.broken(&e, names, row))? {
            let (start, behind) = records.span();
            if self.more && behind == self.text.len() {
                break;
            }
            end = behind;
            let broken = self.check_quotes(start, end, row)?;
            if row >= 0 {
                origin.note(row as usize, first_line + lines.of_record(start), &source)?;
                if records.record.len() != names.len() {
                    return Err(self.ragged(records.record.len(), names.len(), start, broken).at(first_row + row as usize));
                }
                for ((name, column), cell) in names.iter().zip(columns.iter_mut()).zip(&records.record) {
                    let pushed = column.push(name, cell, &missing, first_row + row as usize);
                    pushed.or_else(|e| column.take(self.placed(&e, start)))?;
                }
            }
            row += 1;
        }
        Ok(Rows { n: row.max(0) as usize, origin, end })
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
}
