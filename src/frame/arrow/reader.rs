//! A table of Arrow data, batch by batch, as a frame.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

use super::array::{Batch, malformed};
use super::categories::TextOrder;
use super::column::ColumnReader;
use super::field::Field;
use crate::error::{Code, Error, Result};
use crate::frame::Frame;
use crate::names::quoted;

/// What has been read of a table.
pub struct Reader {
    n_rows: usize,
    columns: Vec<ColumnReader>,
}

impl Reader {
    pub fn new(fields: Vec<Field>) -> Self {
        let mut counts: HashMap<String, usize, BuildHasherDefault<DefaultHasher>> = HashMap::default();
        fields.iter().for_each(|field| *counts.entry(field.name.clone()).or_default() += 1);
        let mut columns: Vec<ColumnReader> = fields.into_iter().map(ColumnReader::new).collect();
        for (i, column) in columns.iter_mut().enumerate() {
            let count = counts.get(column.name()).copied().unwrap_or_default();
            if column.name().is_empty() {
                column.refuse(Error::data(format!("column {} (counting from 1) has no name", i + 1)));
            } else if count > 1 {
                column.refuse(Error::data(format!("there are {count} columns {}", quoted(column.name()))));
            }
        }
        Reader { n_rows: 0, columns }
    }

    pub fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// Adds the rows of a batch.
    pub fn add(&mut self, batch: &Batch) -> Result<()> {
        let n_rows = self.n_rows.checked_add(batch.len).filter(|n| isize::try_from(*n).is_ok());
        let n_rows =
            n_rows.ok_or_else(|| malformed(format!("more rows than can be counted: {} and {}", self.n_rows, batch.len)))?;
        if batch.columns.len() != self.columns.len() {
            let (has, wanted) = (batch.columns.len(), self.columns.len());
            return Err(malformed(format!("the array has {has} columns, its schema {wanted}")));
        }
        for (column, array) in self.columns.iter_mut().zip(&batch.columns) {
            let Some(array) = array else { continue };
            let read = column.extend(array, batch);
            read.map_err(|error| match error.code {
                Code::Argument => Error { message: format!("column {}: {}", quoted(column.name()), error.message), ..error },
                _ => error,
            })?;
        }
        self.n_rows = n_rows;
        Ok(())
    }

    pub fn finish(self, order: TextOrder) -> Result<Frame> {
        let mut frame = Frame::new(self.n_rows);
        self.columns.into_iter().try_for_each(|column| column.finish(&mut frame, order))?;
        Ok(frame)
    }
}
