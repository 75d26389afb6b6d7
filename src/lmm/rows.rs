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

    /// Their columns.
    pub(super) fn rows(&self) -> Rows<'a> {
        Rows { x: self.x, y: self.y, weights: self.weights, first: 0, n: self.n }
    }

    /// Fails where rows don't fit an accumulator.
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

/// Rows of a block are transformed together.
pub(super) const BLOCK: usize = 256;

/// Fewer rows, or fewer for each column, are not a piece of their own.
const PIECE: usize = 8192;
const FOR_EACH_COLUMN: usize = 8;

/// [X y] and the weights of some of a chunk's rows, for any thread.
#[derive(Clone, Copy)]
pub(super) struct Rows<'a> {
    x: &'a [f64],
    y: &'a [f64],
    weights: Option<&'a [f64]>,
    /// The first of them in the chunk.
    pub first: usize,
    pub n: usize,
}

impl<'a> Rows<'a> {
    pub fn columns(&self) -> usize {
        self.x.len().checked_div(self.y.len()).unwrap_or(0) + 1
    }

    /// Column j of [X y].
    #[inline]
    pub fn column(&self, j: usize) -> &'a [f64] {
        let all = if j + 1 == self.columns() { self.y } else { &self.x[j * self.y.len()..(j + 1) * self.y.len()] };
        &all[self.first..self.first + self.n]
    }

    pub fn weights(&self) -> Option<&'a [f64]> {
        self.weights.map(|w| &w[self.first..self.first + self.n])
    }

    /// All of them by pieces, which depend only on the numbers of rows and columns.
    pub fn pieces(self) -> Vec<Self> {
        let count = (self.n / PIECE.max(FOR_EACH_COLUMN * self.columns())).max(1);
        let size = self.n.div_ceil(count).next_multiple_of(BLOCK);
        (0..self.n)
            .step_by(size.max(1))
            .map(|first| Rows { first: self.first + first, n: size.min(self.n - first), ..self })
            .collect()
    }
}
