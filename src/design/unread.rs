//! Columns that were meant to be numbers and are text: what messages say of them.

use crate::design::value::Value;
use crate::error::{Code, Error, Result};
use crate::frame::Frame;
use crate::names::quoted;

/// Warnings of a variable that is categories only because a cell of its column can't be read as a number.
pub fn note_variable(columns: &[&str], value: &Value, frame: &Frame, warnings: &mut Vec<String>) -> Result<()> {
    let Value::Factor(factor) = value else { return Ok(()) };
    note_joined(columns, frame, warnings);
    for name in columns {
        if let Some(found) = frame.suspicion(name)? {
            let (column, count) = (quoted(name), factor.levels.len());
            warnings.push(format!(
                "column {column} is categories here, {count} of them: {}; if categories are meant, declare the column so",
                found.text
            ));
        }
    }
    Ok(())
}

/// Warnings of categories that are numbers in which digits of codes were lost.
pub fn note_joined(columns: &[&str], frame: &Frame, warnings: &mut Vec<String>) {
    for name in columns {
        if let Some(cells) = frame.column(name).ok().and_then(|column| column.joined.as_deref()) {
            warnings.push(format!(
                "column {}: the cells {cells} are one number to 16 digits, and so one level; declare the column as categorical to keep all digits",
                quoted(name)
            ));
        }
    }
}

/// Warnings of a grouping factor of numbers among whose levels is a mark of missing values: other text there is a code.
pub fn note_group(columns: &[&str], frame: &Frame, warnings: &mut Vec<String>) -> Result<()> {
    note_joined(columns, frame, warnings);
    for name in columns {
        if let Some(found) = frame.suspicion(name)?.filter(|found| found.is_mark) {
            warnings.push(format!("column {} has a group that may stand for missing values: {}", quoted(name), found.text));
        }
    }
    Ok(())
}

/// The failure of an expression with what is odd about its columns.
pub fn explained(error: Error, columns: &[&str], frame: &Frame) -> Error {
    match columns.iter().find_map(|name| Some((name, frame.suspicion(name).ok()??))) {
        None => error,
        Some((name, found)) => {
            let position = if error.position < 0 { found.row as i64 } else { error.position };
            let column = if error.message.contains(&quoted(name)) { String::new() } else { format!("column {}, ", quoted(name)) };
            Error { position, message: format!("{}: {column}{}", error.message, found.text), ..error }
        }
    }
}

/// The failure of a variable of new data that are text, with the cell to blame.
pub fn with_cell(error: Error, columns: &[&str], value_is_text: bool, frame: &Frame) -> Error {
    let first = columns.iter().filter(|name| matches!(frame.suspicion(name), Ok(None))).find_map(|name| frame.first_text(name));
    match first.filter(|_| value_is_text) {
        Some((row, cell)) => Error { message: format!("{}: {cell}", error.message), ..error.at(row) },
        None => explained(error, columns, frame),
    }
}

/// A failure of a model with what is odd about its columns.
pub fn hinted(error: Error, warnings: &[String]) -> Error {
    match warnings.first().filter(|_| matches!(error.code, Code::Data | Code::Numeric | Code::Memory)) {
        None => error,
        Some(warning) => Error { message: format!("{}; {warning}", error.message), ..error },
    }
}
