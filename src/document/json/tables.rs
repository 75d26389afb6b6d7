//! Tables as objects with an array for each column.

use super::writer::Json;
use crate::error::Result;
use crate::frame::{Column, Frame};

/// "key": {"column": [...], ...}.
pub fn put_table(json: &mut Json, key: &str, table: &Frame) -> Result<()> {
    let columns = columns(table)?;
    json.object(key, |json| put_columns(json, &columns));
    Ok(())
}

/// A column with what it has.
pub enum Values<'a> {
    Numbers(std::borrow::Cow<'a, [f64]>),
    Labels(&'a Column),
}

/// The columns of a table under the names that they have in the document.
pub fn columns(table: &Frame) -> Result<Vec<(&str, Values<'_>)>> {
    table.columns().map(|column| Ok((column.name.as_str(), values(column)?))).collect()
}

/// Some columns of a table, each {name in the table, key}; those that it doesn't have are left out.
pub fn renamed<'a>(table: &'a Frame, names: &[(&str, &'a str)]) -> Result<Vec<(&'a str, Values<'a>)>> {
    let there = names.iter().filter_map(|(name, key)| Some((*key, table.column(name).ok()?)));
    there.map(|(key, column)| Ok((key, values(column)?))).collect()
}

fn values(column: &Column) -> Result<Values<'_>> {
    Ok(column.as_real()?.map_or(Values::Labels(column), Values::Numbers))
}

/// An array for each column, in the open object.
pub fn put_columns(json: &mut Json, columns: &[(&str, Values<'_>)]) {
    for (key, values) in columns {
        match values {
            Values::Numbers(numbers) => json.numbers(key, numbers),
            Values::Labels(column) => json.texts(key, (0..column.len()).map(|row| column.label(row))),
        }
    }
}
