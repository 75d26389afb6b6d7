//! How CSV text is read.

use crate::error::{Error, Result};

/// How CSV text is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvOptions {
    /// Columns that are categories whatever they look like: the labels are the texts of the cells, sorted bytewise.
    pub categorical: Vec<String>,
    /// Columns that are ordered categories, with their levels in order.
    pub ordered: Vec<(String, Vec<String>)>,
    /// Cells that mean a missing value; blanks around a cell don't matter. In a column of numbers empty cells are missing in any case.
    pub missing: Vec<String>,
    /// What separates cells. `None` is a comma, or a semicolon beside decimal commas; text that looks separated otherwise is then an error.
    pub separator: Option<u8>,
    /// The decimal mark, a point or a comma.
    pub decimal: u8,
    /// What cells with separators or line breaks stand in; `None` reads quotes as any other character.
    pub quote: Option<u8>,
    /// A text column most of whose cells are numbers is an error, unless it is declared as categorical or ordered.
    pub strict_numbers: bool,
}

impl Default for CsvOptions {
    fn default() -> Self {
        CsvOptions {
            categorical: Vec::new(),
            ordered: Vec::new(),
            missing: ["NA", "", "NaN"].map(String::from).to_vec(),
            separator: None,
            decimal: b'.',
            quote: Some(b'"'),
            strict_numbers: false,
        }
    }
}

impl CsvOptions {
    /// What separates cells.
    pub(super) fn separator(&self) -> u8 {
        self.separator.unwrap_or(if self.decimal == b',' { b';' } else { b',' })
    }

    /// Fails where separator, decimal mark and quote can't be told apart.
    pub(super) fn check(&self) -> Result<()> {
        let (separator, decimal) = (self.separator(), self.decimal);
        if !matches!(decimal, b'.' | b',') {
            return Err(Error::argument(format!("the decimal mark is {}, wanted '.' or ','", shown(decimal))));
        }
        if separator.is_ascii_alphanumeric() || !separator.is_ascii() || b"\n\r\0+-.".contains(&separator) {
            let seen = shown(separator);
            return Err(Error::argument(format!(
                "the separator is {seen}, wanted one ASCII character that no number or line break has"
            )));
        }
        if separator == decimal {
            return Err(Error::argument(format!("the separator and the decimal mark are both {}", shown(separator))));
        }
        if let Some(quote) = self.quote
            && (quote == separator || quote.is_ascii_alphanumeric() || !quote.is_ascii() || b"\n\r\0+-.,".contains(&quote))
        {
            let seen = shown(quote);
            return Err(Error::argument(format!(
                "the quote is {seen}, wanted one ASCII character that is in no number and no separator"
            )));
        }
        Ok(())
    }
}

/// A byte for messages.
pub(super) fn shown(byte: u8) -> String {
    format!("'{}'", byte.escape_ascii())
}
