//! The random effects in two parts: the term with the most, which is eliminated, and the others.

use std::borrow::Cow;
use std::ops::Range;

use super::columns::Row;
use super::coupling::transposed;
use crate::error::Result;
use crate::random::{BlockMatrix, Gram, Layout};

/// Z'Z by the term that is eliminated.
pub struct Split<'a> {
    pub layout: &'a Layout,
    pub gram: &'a Gram,
    /// The term that is eliminated.
    pub first: usize,
    /// The others, in their order.
    pub others: Vec<usize>,
    /// Of each of the others its cross-products with the first, whose levels are the columns.
    pub couplings: Vec<Cow<'a, BlockMatrix>>,
    /// Cross-products among the others: places in `others` of rows and columns.
    pub pairs: Vec<(usize, usize, &'a BlockMatrix)>,
    /// The first effect of each of the others among theirs; then their number.
    offsets: Vec<usize>,
}

impl<'a> Split<'a> {
    pub fn new(gram: &'a Gram) -> Result<Self> {
        let layout = &gram.layout;
        let first = largest(layout);
        let others: Vec<usize> = (0..layout.terms.len()).filter(|k| *k != first).collect();
        let mut couplings = vec![];
        for &k in &others {
            couplings.push(if k > first {
                Cow::Borrowed(gram.pair(k, first))
            } else {
                Cow::Owned(transposed(gram.pair(first, k), layout.terms[first].levels)?)
            });
        }
        let mut pairs = vec![];
        for i in 0..others.len() {
            pairs.extend((0..i).map(|j| (i, j, gram.pair(others[i], others[j]))));
        }
        let mut offsets = vec![0];
        for (i, &k) in others.iter().enumerate() {
            offsets.push(offsets[i] + layout.terms[k].levels * layout.terms[k].effects);
        }
        Ok(Split { layout, gram, first, others, couplings, pairs, offsets })
    }

    /// Effects of a level of the term that is eliminated, and its levels.
    pub fn first_size(&self) -> (usize, usize) {
        let size = self.layout.terms[self.first];
        (size.effects, size.levels)
    }

    /// The number of the others' effects.
    pub fn n_others(&self) -> usize {
        self.offsets.last().copied().unwrap_or(0)
    }

    /// Where the effects of one of the others are among theirs.
    pub fn range(&self, i: usize) -> Range<usize> {
        self.offsets[i]..self.offsets[i + 1]
    }

    /// Effects of a level of one of the others.
    pub fn effects(&self, i: usize) -> usize {
        self.layout.terms[self.others[i]].effects
    }

    /// Levels of one of the others.
    pub fn levels(&self, i: usize) -> usize {
        self.layout.terms[self.others[i]].levels
    }

    /// Z_k'Z_k of one of the others.
    pub fn diagonal(&self, i: usize) -> &[f64] {
        &self.gram.diagonal[self.others[i]]
    }

    /// The rows of one term, counted among all.
    pub fn part<'c>(&self, k: usize, columns: &'c Columns) -> &'c [Row] {
        match self.others.iter().position(|other| *other == k) {
            Some(i) => &columns.others[self.range(i)],
            None => &columns.first,
        }
    }

    /// One of the columns, in the order of all terms.
    pub fn take_column(&self, columns: &Columns, column: usize, out: &mut [f64]) {
        for k in 0..self.layout.terms.len() {
            let own = &mut out[self.layout.offset(k)..self.layout.offset(k + 1)];
            own.iter_mut().zip(self.part(k, columns)).for_each(|(out, row)| *out = row[column]);
        }
    }

    /// The others' effects that meet a level of the term that is eliminated.
    pub fn met(&self, level: usize) -> usize {
        let met = |(i, pair): (usize, &Cow<'_, BlockMatrix>)| (pair.col_ptr[level + 1] - pair.col_ptr[level]) * self.effects(i);
        self.couplings.iter().enumerate().map(met).sum()
    }

    /// Whether all of the others have one effect.
    pub fn is_scalar(&self) -> bool {
        (0..self.others.len()).all(|i| self.effects(i) == 1)
    }
}

/// The term with the most effects.
pub fn largest(layout: &Layout) -> usize {
    let count = |k: usize| layout.terms[k].levels * layout.terms[k].effects;
    (0..layout.terms.len()).rev().max_by_key(|k| count(*k)).unwrap_or(0)
}

/// Columns of all effects: those of the term that is eliminated, and of the others.
#[derive(Clone)]
pub struct Columns {
    pub first: Vec<Row>,
    pub others: Vec<Row>,
}
