//! Records of CSV text as the csv crate reads them.

use ::csv::{Reader, ReaderBuilder, StringRecord};

use super::options::CsvOptions;

/// The records of a text, one after the other.
pub(super) struct Records<'t> {
    reader: Reader<&'t [u8]>,
    pub record: StringRecord,
}

impl<'t> Records<'t> {
    pub fn new(text: &'t [u8], options: &CsvOptions) -> Self {
        let mut builder = ReaderBuilder::new();
        builder.has_headers(false).flexible(true).delimiter(options.separator()).quoting(options.quote.is_some());
        let reader = builder.quote(options.quote.unwrap_or(b'"')).from_reader(text);
        Records { reader, record: StringRecord::new() }
    }

    /// Moves to the next record; `false` behind the last.
    pub fn advance(&mut self) -> Result<bool, ::csv::Error> {
        self.reader.read_record(&mut self.record)
    }

    /// The bytes of the record: of the first, which may be blank lines before it, and behind the last.
    pub fn span(&self) -> (usize, usize) {
        (self.record.position().map_or(0, |p| p.byte() as usize), self.reader.position().byte() as usize)
    }
}
