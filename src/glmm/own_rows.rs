//! The rows that a response's family speaks of: all, or with a hurdle those that are not zero.
//!
//! A hurdle model is two models, and the zeros say nothing of the positive responses: where a search starts must not depend on them.

use std::borrow::Cow;

use crate::error::{Result, try_collect, try_vec};
use crate::family::{Observations, ZeroPart};

/// What memory is for.
const ROWS: &str = "rows of the response";
const RESPONSE: &str = "response";

pub struct OwnRows<'a> {
    /// `None` if they are all.
    rows: Option<Vec<usize>>,
    y: Cow<'a, [f64]>,
    weights: Cow<'a, [f64]>,
}

impl<'a> OwnRows<'a> {
    pub fn new(zero: Option<ZeroPart>, y: &'a [f64], weights: &'a [f64]) -> Result<Self> {
        if zero != Some(ZeroPart::Hurdle) {
            return Ok(OwnRows { rows: None, y: Cow::Borrowed(y), weights: Cow::Borrowed(weights) });
        }
        let mut rows = try_collect(ROWS, 0..y.len())?;
        rows.retain(|&i| y[i] != 0.0);
        let weights = if weights.is_empty() { vec![] } else { picked(&rows, weights)? };
        Ok(OwnRows { y: Cow::Owned(picked(&rows, y)?), weights: Cow::Owned(weights), rows: Some(rows) })
    }

    pub fn observations(&self) -> Observations<'_> {
        Observations { y: &self.y, weights: &self.weights }
    }

    pub fn len(&self) -> usize {
        self.y.len()
    }

    pub fn is_empty(&self) -> bool {
        self.y.is_empty()
    }

    /// The place of an own row among all.
    pub fn place(&self, own: usize) -> usize {
        self.rows.as_ref().and_then(|rows| rows.get(own)).map_or(own, |&i| i)
    }

    /// The values of a column in these rows.
    pub fn pick<'v>(&self, values: &'v [f64]) -> Result<Cow<'v, [f64]>> {
        match &self.rows {
            Some(rows) => picked(rows, values).map(Cow::Owned),
            None => Ok(Cow::Borrowed(values)),
        }
    }

    /// One for these rows and zero for the others; `None` if there are no others.
    pub fn indicator(&self, n: usize) -> Result<Option<Vec<f64>>> {
        let Some(rows) = &self.rows else { return Ok(None) };
        let mut own = try_vec(ROWS, 0.0, n)?;
        rows.iter().for_each(|&i| own[i] = 1.0);
        Ok(Some(own))
    }

    /// Puts values of these rows into a column.
    pub fn put(&self, own: &[f64], column: &mut [f64]) {
        own.iter().enumerate().for_each(|(i, v)| column[self.place(i)] = *v);
    }
}

fn picked(rows: &[usize], values: &[f64]) -> Result<Vec<f64>> {
    try_collect(RESPONSE, rows.iter().map(|&i| values[i]))
}
