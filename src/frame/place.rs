//! Rows in messages, by the lines that they were read from.

use super::Frame;
use crate::error::{Code, Error};

impl Frame {
    /// A row for messages: its line in the CSV text, or its number.
    pub fn place(&self, row: usize) -> String {
        match self.origin.line(row) {
            Some((line, source)) if self.origin.is_mixed() => format!("line {line} of {source}"),
            Some((line, _)) => format!("line {line}"),
            None => crate::error::row_text(row),
        }
    }

    /// A failure of new data, with the line of its row, and with the name of the text they were read from: there are other data.
    pub fn located_anew(&self, error: Error) -> Error {
        let error = self.located(error);
        let first = self.origin.first_source();
        match first.filter(|source| !self.origin.is_mixed() && !error.message.contains(&***source)) {
            Some(source) if error.code != Code::Formula => Error { message: format!("{} (in {source})", error.message), ..error },
            _ => error,
        }
    }

    /// A failure in a row of this frame, with the line that the row was read from.
    pub fn located(&self, error: Error) -> Error {
        let row = usize::try_from(error.position).ok().filter(|row| *row < self.n_rows);
        // Other positions are places in a formula.
        let row = row.filter(|_| !matches!(error.code, Code::Formula | Code::Unsupported));
        match row.and_then(|row| self.origin.line(row)) {
            Some((line, source)) if !error.message.contains(&format!("line {line}")) => {
                Error { message: format!("{} (line {line} of {source})", error.message), ..error }
            }
            _ => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::CsvOptions;

    fn read(text: &str) -> Frame {
        Frame::from_csv(text.as_bytes(), &CsvOptions::default()).unwrap()
    }

    #[test]
    fn rows_keep_their_lines() {
        let mut frame = read("\nx,t\r\n1,\"a\nb\"\r\n\r\n2,c\r\n3,d\r\n");
        let lines: Vec<String> = (0..3).map(|row| frame.place(row)).collect();
        assert_eq!(lines, ["line 3", "line 6", "line 7"]);
        let mut plain = Frame::new(1);
        plain.add_integers("x", vec![4]).unwrap();
        plain.add_strings("t", &[Some("e")]).unwrap();
        frame.append(&plain).unwrap();
        frame.append(&read("x,t\n5,f\n")).unwrap();
        let some = frame.select(&[4, 3, 2, 1, 0]).unwrap();
        let lines: Vec<String> = (0..5).map(|row| some.place(row)).collect();
        assert_eq!(lines, ["line 2", "row 2 (counting from 1)", "line 7", "line 6", "line 3"]);
        assert_eq!(plain.place(0), "row 1 (counting from 1)");
    }

    #[test]
    fn errors_get_the_line_of_their_row_once() {
        let frame = read("x\n1\n2\n");
        let error = frame.located(Error::data("x is odd in row 1 (counting from 1)").at(0));
        assert_eq!(error.message, "x is odd in row 1 (counting from 1) (line 2 of the CSV text)");
        assert_eq!(frame.located(error.clone()).message, error.message);
        assert_eq!(frame.located(Error::data("x")).message, "x");
        assert_eq!(frame.located(Error::formula(0, "x")).message, "x");
        // Of new data the text is named in any case, once.
        assert_eq!(frame.located_anew(error.clone()).message, error.message);
        let of_line = frame.located_anew(Error::data("line 3 holds 'a'").at(1));
        assert_eq!(of_line.message, "line 3 holds 'a' (in the CSV text)");
        assert_eq!(frame.located_anew(of_line.clone()).message, of_line.message);
        assert_eq!(frame.located_anew(Error::data("there is no column 'y'")).message, "there is no column 'y' (in the CSV text)");
        assert_eq!(Frame::new(2).located_anew(Error::data("x").at(1)).message, "x");
        assert_eq!(frame.located(Error::data("x").at(7)).message, "x");
    }
}
