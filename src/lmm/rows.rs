//! Rows of data as the accumulator takes them.

use crate::design::{Design, UNSEEN};
use crate::error::{Error, Result, row_text};
use crate::random::{Layout, TermRows};
use crate::watch::Watch;

/// A run of rows. Matrices are column-major; nothing is missing, weights are positive, the offset is already off the response.
#[derive(Clone)]
pub struct Chunk<'a> {
    pub n: usize,
    /// `[n, p]`.
    pub x: &'a [f64],
    pub y: &'a [f64],
    pub weights: Option<&'a [f64]>,
    pub terms: Vec<TermRows<'a>>,
    /// Hears of passes over the rows.
    pub watch: Watch<'a>,
}

impl<'a> Chunk<'a> {
    /// All rows of a design; `y` is its response less the offset.
    pub fn of_design(design: &'a Design, y: &'a [f64], watch: &Watch<'a>) -> Self {
        Chunk {
            n: design.n,
            x: &design.x,
            y,
            weights: design.weights.as_deref(),
            terms: design
                .terms
                .iter()
                .map(|t| TermRows { index: &t.index, z: t.z.as_deref(), entries: None, runs: None })
                .collect(),
            watch: *watch,
        }
    }

    /// The number of columns of [X y].
    pub fn columns(&self) -> usize {
        self.x.len().checked_div(self.n).unwrap_or(0) + 1
    }

    /// Column j of [X y].
    #[inline]
    pub fn column(&self, j: usize) -> &'a [f64] {
        if j + 1 == self.columns() { self.y } else { &self.x[j * self.n..(j + 1) * self.n] }
    }

    /// Rows `range`, copied: for a stream out of data in memory.
    pub fn check(&self, layout: &Layout) -> Result<()> {
        if self.columns() != layout.p + 1 || self.terms.len() != layout.terms.len() {
            return Err(Error::argument(format!(
                "the chunk has {} fixed columns and {} random terms, the accumulator {} and {}",
                self.columns() - 1,
                self.terms.len(),
                layout.p,
                layout.terms.len()
            )));
        }
        for (k, (term, size)) in self.terms.iter().zip(&layout.terms).enumerate() {
            if let Some(row) = term.index.iter().position(|&j| j == UNSEEN || j as usize >= size.levels) {
                return Err(Error::data(format!(
                    "random term {} (counting from 1): the level of {} is not known",
                    k + 1,
                    row_text(row)
                ))
                .at(row));
            }
        }
        Ok(())
    }
}
