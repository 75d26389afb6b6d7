//! Text columns that were meant to be numbers: most cells are, and one is not.

use std::borrow::Cow;

use super::{Category, Column, ColumnData, Frame, number};
use crate::error::{Error, Result, try_collect};
use crate::names::quoted;

/// Why a column of text may not be what its caller thinks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspicion {
    /// The row of the first cell to blame.
    pub row: usize,
    /// That cell, its line or row, and what to do.
    pub text: String,
    /// The cell is a usual mark of a missing value.
    pub is_mark: bool,
}

/// What a cell looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Number,
    /// A number but for something that is not read, with what that is.
    Nearly(&'static str),
    /// A usual mark of a missing value.
    Mark,
    Date,
    Word,
}

/// Marks of missing values, of several programs and of workbooks' errors.
const MARKS: [&str; 17] =
    ["N/A", "n/a", "NA", "na", "#N/A", "<NA>", "NULL", "null", "None", ".", "-", "--", "?", "*", "#VALUE!", "#DIV/0!", "#REF!"];

/// Characters of no width: no blanks, and nothing to be seen.
const UNSEEN: [char; 7] = ['\u{200b}', '\u{200c}', '\u{200d}', '\u{200e}', '\u{200f}', '\u{2060}', '\u{feff}'];

impl Frame {
    /// Whether a text column, whose type nobody declared, holds numbers but for some cells, or dates.
    pub fn suspicion(&self, name: &str) -> Result<Option<Suspicion>> {
        let Some(column) = self.column(name).ok() else { return Ok(None) };
        let (ColumnData::Category(category), Some(decimal)) = (&*column.data, column.guessed) else { return Ok(None) };
        if category.levels.iter().all(|level| is_plainly_word(level)) {
            return Ok(None);
        }
        let forms = try_collect("levels of a column", category.levels.iter().map(|level| form(level, decimal)))?;
        Ok(self.suspicion_of(category, &forms))
    }

    /// The same, given what each level looks like.
    fn suspicion_of(&self, category: &Category, forms: &[Form]) -> Option<Suspicion> {
        let count = |wanted: fn(Form) -> bool| codes(category).filter(|(_, code)| wanted(forms[*code])).count();
        let (total, numbers) = (codes(category).count(), count(|form| form == Form::Number));
        let first = |wanted: fn(Form) -> bool| codes(category).find(|(_, code)| wanted(forms[*code]));
        if 2 * count(|form| form == Form::Date) > total {
            let (row, code) = first(|form| form == Form::Date)?;
            let (cell, place) = (quoted(&category.levels[code]), self.place(row));
            let text = format!("{place} holds {cell}: its cells are dates, which are not read as numbers");
            return Some(Suspicion { row, text, is_mark: false });
        }
        if numbers == total || 2 * (numbers + count(|form| matches!(form, Form::Nearly(_)))) <= total {
            return None;
        }
        let (row, code) = first(|form| form != Form::Number)?;
        let (cell, place) = (quoted(&category.levels[code]), self.place(row));
        let what = match forms[code] {
            Form::Nearly(what) => format!(": {what}"),
            _ => "; if it means a missing value, list it among the NA strings".to_string(),
        };
        let text = format!("{place} holds {cell}, which is no number ({numbers} of {total} cells are){what}");
        Some(Suspicion { row, text, is_mark: forms[code] == Form::Mark })
    }

    /// The numbers of a column of this frame, NaN where missing; an error names a cell if there are none.
    pub fn numbers<'a>(&self, column: &'a Column) -> Result<Cow<'a, [f64]>> {
        column.as_real()?.ok_or_else(|| self.no_numbers(column))
    }

    /// What is said of a column that is text where numbers are wanted.
    pub fn no_numbers(&self, column: &Column) -> Error {
        let message = format!("column {} has categories, numbers are wanted", quoted(&column.name));
        match self.first_text(&column.name) {
            Some((row, cell)) => self.located_anew(Error::data(format!("{message}: {cell}")).at(row)),
            None => Error::data(message),
        }
    }

    /// The first cell of a text column that is no number, or its first, for messages: the row and the text.
    pub fn first_text(&self, name: &str) -> Option<(usize, String)> {
        let ColumnData::Category(category) = &*self.column(name).ok()?.data else { return None };
        let is_text = |code: usize| form(&category.levels[code], b'.') != Form::Number;
        let (row, code) = codes(category).find(|(_, code)| is_text(*code)).or_else(|| codes(category).next())?;
        Some((row, format!("{} holds {}", self.place(row), quoted(&category.levels[code]))))
    }
}

/// The rows that are not missing, with their codes.
fn codes(category: &Category) -> impl Iterator<Item = (usize, usize)> {
    category.codes.iter().enumerate().filter_map(|(row, &code)| Some((row, usize::try_from(code).ok()?)))
}

/// Whether a text begins as no number, mark or date does: as most names of groups, of which there may be many.
fn is_plainly_word(text: &str) -> bool {
    text.bytes().next().is_some_and(|first| first.is_ascii_alphabetic() && !b"iInN".contains(&first))
}

fn form(text: &str, decimal: u8) -> Form {
    let text = number::bare(text);
    let is_number = |text: &str| number::parse(text, decimal).is_some();
    if is_number(text) {
        Form::Number
    } else if MARKS.contains(&text) {
        Form::Mark
    } else if is_date(text) {
        Form::Date
    } else {
        nearly(text, decimal, is_number).map_or(Form::Word, Form::Nearly)
    }
}

/// What keeps a text from being a number.
fn nearly(text: &str, decimal: u8, is_number: impl Fn(&str) -> bool) -> Option<&'static str> {
    let other = if decimal == b',' { b'.' } else { b',' };
    let digits = |text: &str| text.chars().any(|c| c.is_ascii_digit());
    if text.contains(UNSEEN) && is_number(&text.replace(UNSEEN, "")) {
        return Some("it has a character of no width, which can't be seen");
    }
    if number::parse(text, other).is_some() {
        return Some(if other == b',' {
            "the decimal mark is a point, not a comma"
        } else {
            "the decimal mark is a comma, not a point"
        });
    }
    if !digits(text) {
        return None;
    }
    if has_thousands(text) {
        return Some("marks between thousands are not read");
    }
    if text.strip_suffix('%').is_some_and(&is_number) {
        return Some("percent signs are not read");
    }
    if is_number(text.trim_matches(['$', '€', '£', '¥'])) {
        return Some("signs of currency are not read");
    }
    if is_number(text.trim_start_matches(['<', '>', '~', '=', '≤', '≥'])) {
        return Some("bounds are not read");
    }
    if is_number(&text.replace('\u{2212}', "-")) {
        return Some("the minus sign is not '-'");
    }
    if is_number(&text.replace(['d', 'D'], "e")) {
        return Some("exponents are written with e");
    }
    let hex = text.trim_start_matches(['+', '-']).strip_prefix("0x").or(text.strip_prefix("0X"));
    if hex.is_some_and(|hex| !hex.is_empty() && hex.bytes().all(|b| b.is_ascii_hexdigit())) {
        return Some("hexadecimal numbers are not read");
    }
    let out_of_range = text.parse::<f64>().is_ok_and(f64::is_infinite);
    out_of_range.then_some("it is out of the range of numbers")
}

/// Whether a text is a number but for one kind of mark before each three digits: 1,234,567.8 or 1 234.
fn has_thousands(text: &str) -> bool {
    let text = text.trim_start_matches(['+', '-']);
    let Some(mark) = text.chars().find(|c| !c.is_ascii_digit()).filter(|c| ",.'_ \u{a0}\u{202f}".contains(*c)) else {
        return false;
    };
    let (whole, decimals) = match text.rfind(|c: char| matches!(c, ',' | '.') && c != mark) {
        Some(at) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    };
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let mut parts = whole.split(mark);
    let first = parts.next().is_some_and(|part| (1..=3).contains(&part.len()) && digits(part));
    first && parts.all(|part| part.len() == 3 && digits(part)) && digits(decimals)
}

/// Whether a text is a date, as 2024-03-01, 2024/3/1 or 1.3.2024, with or without a time of day.
fn is_date(text: &str) -> bool {
    let day = text.split(['T', ' ']).next().unwrap_or(text);
    ['-', '/', '.'].iter().any(|mark| {
        let parts: Vec<&str> = day.split(*mark).collect();
        let numbers = parts.iter().all(|part| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
        let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
        numbers && matches!(lengths[..], [4, 1..=2, 1..=2] | [1..=2, 1..=2, 4 | 2])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::CsvOptions;

    fn read(text: &str, options: &CsvOptions) -> Frame {
        Frame::from_csv(text.as_bytes(), options).unwrap()
    }

    fn column(cells: &[&str]) -> Frame {
        let mut frame = Frame::new(cells.len());
        frame.add_strings("x", &cells.iter().map(|cell| Some(*cell)).collect::<Vec<_>>()).unwrap();
        frame
    }

    #[test]
    fn one_cell_among_numbers_is_named_by_its_line() {
        let frame = read("x,g\n1,a\n\n2,1\n,2\nN/A,3\n4,4\n", &CsvOptions::default());
        let found = frame.suspicion("x").unwrap().unwrap();
        assert_eq!((found.row, found.is_mark), (3, true));
        assert_eq!(
            found.text,
            "line 6 holds 'N/A', which is no number (3 of 4 cells are); if it means a missing value, list it among the NA strings"
        );
        // One word among four numbers.
        assert!(!frame.suspicion("g").unwrap().unwrap().is_mark);
        assert_eq!(column(&["1", "-", "3"]).suspicion("x").unwrap().unwrap().row, 1);
        for plain in [&["a", "1", "b"][..], &["a", "1"], &["1", "2", "3"], &["low", "high", "low"]] {
            assert_eq!(column(plain).suspicion("x").unwrap(), None, "{plain:?}");
        }
    }

    #[test]
    fn declared_categories_are_what_they_were_declared_to_be() {
        let options = CsvOptions { categorical: vec!["x".into()], ..CsvOptions::default() };
        assert_eq!(read("x\n1\n2\nN/A\n", &options).suspicion("x").unwrap(), None);
        let mut frame = column(&["1", "2", "-"]);
        assert!(frame.suspicion("x").unwrap().is_some() && frame.suspicion("y").unwrap().is_none());
        frame.make_category("x").unwrap();
        assert_eq!(frame.suspicion("x").unwrap(), None);
        let mut frame = column(&["1", "2", "-"]);
        frame.set_levels("x", ["-", "1", "2"].map(String::from).to_vec(), false).unwrap();
        assert_eq!(frame.suspicion("x").unwrap(), None);
    }

    #[test]
    fn what_keeps_a_cell_from_being_a_number_is_said() {
        let cases = [
            ("1.5D+00", "exponents"),
            ("0x1F", "hexadecimal"),
            ("1e400", "out of the range"),
            ("1,5", "a point, not a comma"),
            ("1,234.5", "thousands"),
            ("1 234", "thousands"),
            ("12%", "percent"),
            ("$3", "currency"),
            ("<0.5", "bounds"),
            ("\u{2212}2", "minus"),
            ("2\u{200b}", "no width"),
            ("\u{feff}2", "no width"),
        ];
        for (cell, want) in cases {
            let text = column(&[cell, "1", "2"]).suspicion("x").unwrap().unwrap().text;
            assert!(text.contains(want) && text.contains(&format!("holds {}", quoted(cell))), "{text}");
            // Also where no cell is a number at all.
            assert!(column(&[cell, cell]).suspicion("x").unwrap().unwrap().text.contains("0 of 2 cells"), "{cell}");
        }
        let commas = CsvOptions { decimal: b',', ..CsvOptions::default() };
        assert!(read("x;y\n1,5;1\n1.5;2\n2,5;3\n", &commas).suspicion("x").unwrap().unwrap().text.contains("a comma, not a point"));
    }

    #[test]
    fn what_is_plainly_a_word_is_no_number_mark_or_date() {
        for text in MARKS.into_iter().chain(["inf", "Inf", "nan", "NaN", "1e5", "+2", ".5", " a", "2024-03-01"]) {
            assert!(!is_plainly_word(text), "{text}");
        }
        for text in ["d5", "school_1", "T", "e10", "x0x1F"] {
            assert!(is_plainly_word(text) && form(text, b'.') == Form::Word, "{text}");
        }
    }

    #[test]
    fn dates_are_known() {
        for cell in ["2024-03-01", "2024/3/1", "01.03.2024", "3/1/24", "2024-03-01T12:00:00", "2024-03-01 12:00"] {
            let text = column(&[cell, "2024-03-02"]).suspicion("x").unwrap().unwrap().text;
            assert!(text.starts_with(&format!("row 1 (counting from 1) holds '{cell}': its cells are dates")), "{text}");
        }
        for word in ["1-2", "3-5-7", "a-b-c", "2024-03", "10.1.1.1"] {
            assert_eq!(column(&[word, word]).suspicion("x").unwrap(), None, "{word}");
        }
    }
}
