//! Tables as objects with an array for each column.

use std::borrow::Cow;

use super::writer::Json;
use crate::document::names::{Named, names_in_r};
use crate::error::Result;
use crate::frame::{Column, Frame};

/// "key": {"column": [...], ...}.
pub fn put_table(json: &mut Json, key: &str, named: Named, table: &Frame) -> Result<()> {
    let columns = columns(named, table)?;
    json.object(key, |json| put_columns(json, &columns));
    Ok(())
}

/// A column with what it has.
pub enum Values<'a> {
    Numbers(Cow<'a, [f64]>),
    Labels(&'a Column),
}

/// A column with its key.
pub type Keyed<'a> = (Cow<'a, str>, Values<'a>);

/// The columns of a table under the names that R has for them.
pub fn columns(named: Named, table: &Frame) -> Result<Vec<Keyed<'_>>> {
    let names = names_in_r(named, table)?;
    names.into_iter().zip(table.columns()).map(|(name, column)| Ok((name, values(column)?))).collect()
}

/// Some columns of a table, each {name in the table, key}; those that it doesn't have are left out.
pub fn renamed<'a>(table: &'a Frame, names: &[(&str, &'a str)]) -> Result<Vec<Keyed<'a>>> {
    let there = names.iter().filter_map(|(name, key)| Some((*key, table.column(name).ok()?)));
    there.map(|(key, column)| Ok((Cow::Borrowed(key), values(column)?))).collect()
}

fn values(column: &Column) -> Result<Values<'_>> {
    Ok(column.as_real()?.map_or(Values::Labels(column), Values::Numbers))
}

/// An array for each column, in the open object.
pub fn put_columns(json: &mut Json, columns: &[Keyed<'_>]) {
    for (key, values) in columns {
        match values {
            Values::Numbers(numbers) => json.numbers(key, numbers),
            Values::Labels(column) => json.texts(key, (0..column.len()).map(|row| column.label(row))),
        }
    }
}
