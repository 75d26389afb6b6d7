//! CSV text to frames (RFC 4180): one pass, each cell read once, each distinct text kept once.

mod cells;
mod options;
mod plain;
mod records;
mod rows;
mod scan;
mod source;
mod stream;

use std::io::Read;
use std::path::Path;
use std::time::Instant;

pub use self::options::CsvOptions;
use self::source::{Source, unreadable};
pub use self::stream::CsvStream;
use super::Frame;
use crate::error::Result;
use crate::names::quoted;

impl Frame {
    /// Reads CSV text: UTF-8, with a header of distinct names.
    ///
    /// A column is integers if every cell that isn't missing is one of 64 bits, real numbers if every one is a number, otherwise text.
    /// Each row keeps its line, for messages.
    /// Blank lines are skipped. The first name may be empty, as where row names were written: that column is `X`, as R has it.
    pub fn from_csv(text: &[u8], options: &CsvOptions) -> Result<Frame> {
        let start = Instant::now();
        let frame = Source::whole("the CSV text", text, options).frame()?;
        Ok(Frame { read_seconds: Some(start.elapsed().as_secs_f64()), ..frame })
    }

    /// Reads a CSV file, as `from_csv`.
    pub fn from_csv_path(path: impl AsRef<Path>, options: &CsvOptions) -> Result<Frame> {
        let start = Instant::now();
        let name = path.as_ref().display().to_string();
        let text = std::fs::read(&path).map_err(|e| unreadable(&quoted(&name), &e))?;
        let frame = Source::whole(&name, &text, options).frame()?;
        Ok(Frame { read_seconds: Some(start.elapsed().as_secs_f64()), ..frame })
    }

    /// Reads CSV text to its end, as `from_csv`.
    pub fn from_csv_reader(mut reader: impl Read, options: &CsvOptions) -> Result<Frame> {
        let mut text = Vec::new();
        reader.read_to_end(&mut text).map_err(|e| unreadable("the CSV text", &e))?;
        Frame::from_csv(&text, options)
    }
}

#[cfg(test)]
mod stream_tests;
#[cfg(test)]
mod tests;
