//! The response of an ordinal model: categories in order.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::design::node::Node;
use crate::design::rows::{Incomplete, Rows};
use crate::design::value::{Factor, Value};
use crate::design::variable::without_rows;
use crate::error::{Error, Result, row_text, try_copy, try_vec};
use crate::frame::{ColumnData, Frame, Suspicion};
use crate::names::{known, quoted};

/// The values of an ordered response in all rows.
pub(super) struct Ordered<'a> {
    factor: Factor<'a>,
    /// Somebody gave the order of the levels, or it is that of numbers.
    declared: bool,
    /// A response of numbers: codes, which must be whole.
    numbers: Option<Cow<'a, [f64]>>,
    /// The column that it is made of, for advice, and what is odd about it.
    column: String,
    suspicion: Option<Suspicion>,
}

impl<'a> Ordered<'a> {
    pub fn evaluate(node: &Node, frame: &'a Frame) -> Result<Self> {
        let numbers = match node.evaluate(frame)? {
            Value::Numbers(values) => Some(values),
            _ => None,
        };
        let column = node.columns().first().map_or_else(String::new, ToString::to_string);
        let (declared, suspicion) = (declares(node, frame), frame.suspicion(&column)?);
        Ok(Ordered { factor: node.factor(frame)?, declared, numbers, column, suspicion })
    }

    pub fn note(&self, name: &str, columns: &[&str], incomplete: &mut Incomplete) {
        incomplete.note_codes(name, columns, &self.factor.codes);
    }

    /// 1, 2, ... over the categories that occur in the rows used, and their labels. `levels` is the order given beside the formula,
    /// empty for none.
    pub fn select(
        &self,
        name: &str,
        levels: &[String],
        rows: &Rows,
        warnings: &mut Vec<String>,
    ) -> Result<(Vec<f64>, Vec<String>)> {
        if let Some(numbers) = &self.numbers {
            check_whole(name, numbers, rows)?;
        }
        if levels.is_empty() {
            if !self.declared {
                return Err(self.undeclared(name));
            }
            return coded(name, &self.factor.levels, rows, warnings, |row| Ok(self.factor.codes[row] as usize));
        }
        if self.factor.ordered {
            self.check_same_levels(name, levels)?;
        }
        let place: HashMap<&str, usize> = levels.iter().enumerate().map(|(k, level)| (level.as_str(), k)).collect();
        coded(name, levels, rows, warnings, |row| {
            let label = &self.factor.levels[self.factor.codes[row] as usize];
            place.get(label.as_str()).copied().ok_or_else(|| unlisted(name, label, row, levels))
        })
    }

    fn undeclared(&self, name: &str) -> Error {
        let levels = &self.factor.levels;
        let some: Vec<String> = levels.iter().take(SHOWN).map(|level| quoted(level)).collect();
        let more = if levels.len() > SHOWN { ", ..." } else { "" };
        let (name, column) = (quoted(name), quoted(&self.column));
        let column = column.trim_matches('\'');
        if let Some(found) = &self.suspicion {
            let message = format!("the response {name} is text and its order is not declared: {}", found.text);
            return Error::data(message).at(found.row);
        }
        Error::data(format!(
            "the response {name} is text ({}{more}) and its order is not declared; make it an ordered category \
             (interlace_frame_set_levels), give the levels with the spec (interlace_spec_set_response_levels), or write \
             ordered({column}, levels = c(...)) in the formula; in the program: --ordered \"{column}=lo<mid<hi\"",
            some.join(", ")
        ))
    }

    /// Two orders of one response are of the same categories.
    fn check_same_levels(&self, name: &str, levels: &[String]) -> Result<()> {
        let own = &self.factor.levels;
        let differ = |label: &String, has: &str, has_not: &str| {
            Err(Error::argument(format!(
                "the response {} is ordered, and its levels are not those given with the spec: {} is among {has}, not among {has_not}",
                quoted(name),
                quoted(label)
            )))
        };
        if let Some(label) = own.iter().find(|label| !levels.contains(label)) {
            return differ(label, "its own", "those given");
        }
        levels.iter().find(|label| !own.contains(label)).map_or(Ok(()), |label| differ(label, "those given", "its own"))
    }
}

/// How many labels a message shows.
const SHOWN: usize = 5;

/// The ordered response of an array model: whole numbers. `labels` are those of the codes 1, 2, ...; empty where the codes are the labels.
pub(super) fn ordered_codes(
    y: &[f64],
    labels: &[String],
    rows: &Rows,
    warnings: &mut Vec<String>,
) -> Result<(Vec<f64>, Vec<String>)> {
    check_whole("y", y, rows)?;
    if !labels.is_empty() {
        return coded("y", labels, rows, warnings, |row| match y[row] {
            code if code >= 1.0 && code <= labels.len() as f64 => Ok(code as usize - 1),
            code => {
                let (place, last) = (row_text(row), labels.len());
                Err(Error::data(format!("y is {code} in {place}, wanted 1 to {last}: one code for each of the levels given"))
                    .at(row))
            }
        });
    }
    let factor = Factor::from_numbers(try_copy("response", y)?)?;
    // Codes of rows that are left out are no categories that are missing.
    coded("y", &factor.levels, rows, &mut Vec::new(), |row| Ok(factor.codes[row] as usize))
}

/// The categories of `order` that occur, numbered from 1; `place` gives that of a row of the data.
fn coded(
    name: &str,
    order: &[String],
    rows: &Rows,
    warnings: &mut Vec<String>,
    place: impl Fn(usize) -> Result<usize>,
) -> Result<(Vec<f64>, Vec<String>)> {
    let mut places = try_vec("response", 0, rows.len())?;
    let mut occurs = try_vec("categories of the response", false, order.len())?;
    for (i, own) in places.iter_mut().enumerate() {
        *own = place(rows.data_row(i))?;
        occurs[*own] = true;
    }
    let categories: Vec<String> =
        order.iter().zip(&occurs).filter(|(_, occurs)| **occurs).map(|(label, _)| label.clone()).collect();
    let name = quoted(name);
    if categories.len() < 2 {
        let only = categories.first().map_or_else(String::new, |label| format!(" ({})", quoted(label)));
        let count = categories.len();
        return Err(Error::data(format!(
            "the response {name} has {count} category{only} in the rows used, wanted at least 2, in order"
        )));
    }
    match without_rows(order, &occurs) {
        (0, _) => {}
        (1, label) => {
            warnings.push(format!("the response {name}: the category {label} does not occur in the rows used and is left out"));
        }
        (_, list) => {
            warnings.push(format!("the response {name}: the categories {list} do not occur in the rows used and are left out"));
        }
    }
    let mut number = 0.0;
    let numbers: Vec<f64> = occurs
        .iter()
        .map(|occurs| {
            number += f64::from(u8::from(*occurs));
            number
        })
        .collect();
    let mut y = try_vec("response", 0.0, rows.len())?;
    y.iter_mut().zip(places).for_each(|(y, place)| *y = numbers[place]);
    Ok((y, categories))
}

fn unlisted(name: &str, label: &str, row: usize, levels: &[String]) -> Error {
    let known = known("the list", label, levels.iter().map(String::as_str));
    let (name, label, place) = (quoted(name), quoted(label), row_text(row));
    Error::data(format!("the response {name} is {label} in {place}, which is not among the levels given with the spec; {known}"))
        .at(row)
}

fn check_whole(name: &str, values: &[f64], rows: &Rows) -> Result<()> {
    let wrong = |row: &usize| !(values[*row].is_finite() && values[*row].fract() == 0.0);
    let Some(row) = (0..rows.len()).map(|i| rows.data_row(i)).find(wrong) else { return Ok(()) };
    let (name, value, place) = (quoted(name), crate::frame::shortest_text(values[row]), row_text(row));
    let message = format!(
        "the response {name} is {value} in {place}, wanted an ordered category (interlace_frame_set_levels; in the program --ordered \
         \"A=lo<mid<hi\") or whole numbers, the codes of the categories"
    );
    Err(Error::data(message).at(row))
}

/// Whether the order of the levels was given, or is that of numbers: sorted text says nothing.
fn declares(node: &Node, frame: &Frame) -> bool {
    match node {
        Node::Column(name) => match frame.column(name).map(|column| &*column.data) {
            Ok(ColumnData::Category(category)) => category.declared,
            _ => true,
        },
        Node::Factor { argument, recode } => recode.closed || declares(argument, frame),
        Node::Contrasts { argument, .. } => declares(argument, frame),
        _ => true,
    }
}
