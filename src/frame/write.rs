//! Frames to CSV text.

use std::io::{self, Write};

use super::number::write_shortest;
use super::{ColumnData, Frame, MISSING_INTEGER};

impl Frame {
    /// Writes a header and one line a row: numbers as the shortest text that reads back to the same, missing values as NA, text in
    /// quotes where it needs them. Text that looks like a number, or is `NA` or empty, is not told apart on reading.
    pub fn write_csv(&self, writer: impl Write) -> io::Result<()> {
        Ok(self.write_rows(&mut ::csv::Writer::from_writer(writer))?)
    }

    fn write_rows(&self, out: &mut ::csv::Writer<impl Write>) -> ::csv::Result<()> {
        if self.columns.is_empty() {
            return Ok(());
        }
        out.write_record(self.names())?;
        let mut text = String::new();
        for row in 0..self.n_rows {
            for column in &self.columns {
                text.clear();
                let cell = match &*column.data {
                    ColumnData::Real(v) if v[row].is_nan() => "NA",
                    ColumnData::Integer(v) if v[row] == MISSING_INTEGER => "NA",
                    ColumnData::Time(t) if t.values[row] == MISSING_INTEGER => "NA",
                    ColumnData::Category(c) => usize::try_from(c.codes[row]).map_or("NA", |code| &c.levels[code]),
                    ColumnData::Real(v) => {
                        write_shortest(&mut text, v[row]);
                        &text
                    }
                    ColumnData::Time(t) => {
                        text.push_str(&t.clock.text(t.values[row]));
                        &text
                    }
                    ColumnData::Integer(v) => {
                        text.push_str(&v[row].to_string());
                        &text
                    }
                };
                out.write_field(cell)?;
            }
            out.write_record(None::<&[u8]>)?;
        }
        Ok(out.flush()?)
    }
}
