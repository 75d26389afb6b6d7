//! Tables as text for people.

use std::borrow::Cow;

use crate::document::names::{Named, names_in_r};
use crate::document::number::general;
use crate::error::Result;
use crate::frame::{Column, ColumnData, Frame};

/// Digits of numbers.
const DIGITS: usize = 5;
/// Bytes of the longest label that is shown whole.
const LABEL: usize = 127;

/// A column as it is printed.
struct Printed {
    cells: Vec<String>,
    width: usize,
    /// Labels stand left, numbers right.
    left: bool,
}

impl Printed {
    fn new(name: &str, column: &Column) -> Result<Self> {
        let cells: Vec<String> = match (&*column.data, column.as_real()?) {
            (ColumnData::Integer(_), Some(numbers)) => numbers.iter().map(|x| general(*x, 17)).collect(),
            (_, Some(numbers)) => numbers.iter().map(|x| general(*x, DIGITS)).collect(),
            (_, None) => (0..column.len()).map(|row| shown(column.label(row).unwrap_or_default()).into_owned()).collect(),
        };
        let width = cells.iter().map(|cell| width(cell)).fold(width(name), usize::max);
        Ok(Printed { cells, width, left: matches!(*column.data, ColumnData::Category(_)) })
    }

    fn put(&self, out: &mut String, cell: &str) {
        let blanks = " ".repeat(self.width - width(cell));
        out.push_str("  ");
        if self.left {
            out.extend([cell, &blanks]);
        } else {
            out.extend([&blanks, cell]);
        }
    }
}

/// A table under its title, with R's names of the columns.
pub fn put_table(out: &mut String, title: &str, named: Named, table: &Frame) -> Result<()> {
    let names = names_in_r(named, table)?;
    let columns = names.iter().zip(table.columns()).map(|(name, own)| Printed::new(name, own)).collect::<Result<Vec<_>>>()?;
    out.extend(["\n", title, "\n"]);
    for (column, name) in columns.iter().zip(&names) {
        column.put(out, name);
    }
    out.push('\n');
    for row in 0..table.n_rows() {
        columns.iter().for_each(|column| column.put(out, &column.cells[row]));
        out.push('\n');
    }
    Ok(())
}

/// Characters, not bytes.
fn width(text: &str) -> usize {
    text.chars().count()
}

/// A label on one line, cut between characters if it is long.
fn shown(label: &str) -> Cow<'_, str> {
    let end = (0..=label.len().min(LABEL)).rev().find(|&i| label.is_char_boundary(i)).unwrap_or(0);
    let label = &label[..end];
    if label.contains(char::is_control) {
        Cow::Owned(label.chars().map(|c| if c.is_control() { ' ' } else { c }).collect())
    } else {
        Cow::Borrowed(label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_stand_left_and_numbers_right() {
        let mut table = Frame::new(3);
        table.add_strings("term", &[Some("x"), Some("\u{e9}\u{e9}\n"), None]).unwrap();
        table.add_integers("n", vec![1, i64::MIN, 1_234_567]).unwrap();
        table.add_real("a longer name", vec![0.123_456_78, f64::NAN, f64::INFINITY]).unwrap();
        let mut out = String::new();
        put_table(&mut out, "Title:", Named::Plain, &table).unwrap();
        let wanted = "
Title:
  term        n  a longer name
  x           1        0.12346
  \u{e9}\u{e9}         NA             NA
        1234567            Inf
";
        assert_eq!(out, wanted);
    }

    #[test]
    fn long_labels_are_cut_between_characters() {
        let long = format!("{}\u{e9}\u{e9}", "x".repeat(126));
        assert_eq!(shown(&long), "x".repeat(126));
    }
}
