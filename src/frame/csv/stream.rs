//! CSV text that is longer than memory, in frames of some megabytes.

use std::io::Read;
use std::path::Path;

use super::cells::Reader;
use super::options::CsvOptions;
use super::source::{BYTE_ORDER_MARK, Before, Source, unreadable};
use crate::error::{Error, Result};
use crate::frame::Frame;
use crate::names::quoted;

/// Bytes of a part; what the parts are depends on nothing else.
const PART: usize = 8 << 20;
/// The longest record, in bytes: a quote that is not closed makes one of the rest of the text.
const LONGEST: usize = 256 << 20;

/// CSV text from a reader, in parts. What a column holds is decided by the first part.
pub struct CsvStream {
    reader: Box<dyn Read + Send>,
    name: String,
    options: CsvOptions,
    /// Text that is not yet in a frame.
    text: Vec<u8>,
    /// Bytes of the next part.
    pub(super) part: usize,
    names: Vec<String>,
    /// A reader of each column, as it was after the last part.
    columns: Vec<Reader>,
    before: Option<Before>,
    ended: bool,
}

impl CsvStream {
    pub fn open(path: impl AsRef<Path>, options: &CsvOptions) -> Result<Self> {
        let name = path.as_ref().display().to_string();
        let file = std::fs::File::open(&path).map_err(|e| unreadable(&quoted(&name), &e))?;
        Self::new(Box::new(file), name, options)
    }

    pub fn new(reader: Box<dyn Read + Send>, name: String, options: &CsvOptions) -> Result<Self> {
        options.check()?;
        Ok(CsvStream {
            reader,
            name,
            options: options.clone(),
            text: Vec::new(),
            part: PART,
            names: vec![],
            columns: vec![],
            before: None,
            ended: false,
        })
    }

    /// The rows of the next part; none behind the last. After an error the stream has ended.
    pub fn next_frame(&mut self) -> Result<Frame> {
        let frame = self.read_part();
        if frame.is_err() {
            (self.ended, self.text) = (true, Vec::new());
        }
        frame
    }

    fn read_part(&mut self) -> Result<Frame> {
        loop {
            self.fill()?;
            let mark = if self.before.is_none() && self.text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
            // The end of a line is no part of a longer character.
            let line = memchr::memrchr2(b'\n', b'\r', &self.text).map_or(mark, |at| mark.max(at + 1));
            let source = Source {
                name: &self.name,
                text: &self.text[mark..if self.ended { self.text.len() } else { line }],
                options: &self.options,
                before: self.before,
                more: !self.ended,
            };
            if source.text.is_empty() && source.more {
                self.grow()?;
                continue;
            }
            source.check()?;
            if self.before.is_none() {
                self.names = source.names()?;
            }
            let mut columns = match self.before {
                None => source.columns(&self.names)?,
                Some(_) => self.columns.iter().map(Reader::next_part).collect::<Result<_>>()?,
            };
            let rows = source.read(&self.names, &mut columns)?;
            if rows.n == 0 && !self.ended {
                self.grow()?;
                continue;
            }
            let next = columns.iter().map(Reader::next_part).collect::<Result<_>>()?;
            let before =
                Before { lines: source.lines_before(rows.end), rows: self.before.map_or(0, |before| before.rows) + rows.n };
            let end = if self.ended { self.text.len() } else { mark + rows.end };
            let frame = source.framed(&self.names, columns, rows)?;
            (self.columns, self.before, self.part) = (next, Some(before), PART);
            self.text.drain(..end);
            return Ok(frame);
        }
    }

    /// Reads on until a part is whole or the text ends: what a part is does not depend on how the reader hands out its bytes.
    fn fill(&mut self) -> Result<()> {
        let wanted = self.part.saturating_sub(self.text.len());
        if self.ended || wanted == 0 {
            return Ok(());
        }
        self.text.try_reserve_exact(wanted).map_err(|_| Error::memory("CSV text", self.part))?;
        let read = self.reader.by_ref().take(wanted as u64).read_to_end(&mut self.text).map_err(|e| unreadable(&self.name, &e))?;
        self.ended = read < wanted;
        Ok(())
    }

    /// A part without a whole record wants more text.
    fn grow(&mut self) -> Result<()> {
        self.part *= 2;
        if self.part <= LONGEST {
            return Ok(());
        }
        let line = 1 + self.before.map_or(0, |before| before.lines);
        let longest = LONGEST >> 20;
        Err(Error::data(format!("{}, line {line}: a row of more than {longest} MB begins here; is a quote missing?", self.name)))
    }
}
