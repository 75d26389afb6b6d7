//! Z'WZ for weights that change: the pattern once, and for each row the place of its blocks.

use std::ops::Range;

use super::blocks::{BlockMatrix, add_runs, block_diagonal, has_sums_of_runs};
use super::gram::Gram;
use super::layout::{Layout, TermRows};
use super::system::RandomSystem;
use crate::covariance::Structure;
use crate::error::{Result, try_copies, try_vec};
use crate::threads::divide;

/// Rows that a thread takes at a time.
const ROWS: usize = 4096;

/// A Gram matrix that is summed anew from the rows for each vector of weights.
#[derive(Clone, Debug)]
pub struct WeightedGram {
    pub gram: Gram,
    /// For terms k > m, at `k (k - 1) / 2 + m`: the block of each row.
    slots: Vec<Vec<u32>>,
}

impl WeightedGram {
    /// The pattern of the rows of a design.
    pub fn new(layout: &Layout, terms: &[TermRows<'_>]) -> Result<Self> {
        let (mut off_diagonal, mut slots, mut diagonal) = (vec![], vec![], vec![]);
        for (k, term) in terms.iter().enumerate() {
            let size = layout.terms[k];
            diagonal.push(try_vec("cross-products of the random effects", 0.0, size.levels * size.effects * size.effects)?);
            for (m, other) in terms[..k].iter().enumerate() {
                let pair = BlockMatrix::product(term, &size, other, &layout.terms[m], None)?;
                let mut slot = try_vec("places of the rows' blocks", 0u32, term.index.len())?;
                for (i, s) in slot.iter_mut().enumerate() {
                    let column = pair.col_ptr[other.index[i] as usize]..pair.col_ptr[other.index[i] as usize + 1];
                    *s = (column.start + pair.rows[column].partition_point(|&row| row < term.index[i])) as u32;
                }
                off_diagonal.push(pair);
                slots.push(slot);
            }
        }
        Ok(WeightedGram { gram: Gram { layout: layout.clone(), diagonal, off_diagonal, within: vec![] }, slots })
    }

    /// A copy, or an error where memory is short.
    pub fn try_clone(&self) -> Result<Self> {
        Ok(WeightedGram { gram: self.gram.try_clone()?, slots: try_copies("places of the rows' blocks", &self.slots)? })
    }

    /// The system of the random effects for any weights. Entries of Z'WZ that no row has are left out of it where that is of use.
    pub fn system(&self, terms: &[TermRows<'_>], structures: &[Structure], columns: usize) -> Result<RandomSystem> {
        if !structures.iter().any(Structure::is_markov) {
            return RandomSystem::new(&self.gram, structures, columns);
        }
        // Of absolute values, among which nothing cancels.
        let mut values = vec![];
        for term in terms {
            let mut own = try_vec("random-effects model matrix", 0.0, term.z.map_or(0, <[f64]>::len))?;
            own.iter_mut().zip(term.z.unwrap_or(&[])).for_each(|(own, z)| *own = z.abs());
            values.push(own);
        }
        let absolute: Vec<TermRows<'_>> =
            terms.iter().zip(&values).map(|(term, z)| TermRows { z: term.z.map(|_| &z[..]), entries: None, ..*term }).collect();
        let mut pattern = WeightedGram::new(&self.gram.layout, &absolute)?.gram;
        for (k, term) in absolute.iter().enumerate() {
            block_diagonal(term, None, pattern.layout.terms[k].effects, &mut pattern.diagonal[k]);
        }
        RandomSystem::new(&pattern, structures, columns)
    }

    /// Sums Z'WZ. Term k acts on linear predictor `of[k]`; `weights` has for predictors a >= b at `triangle(a, b)` the weights of each row.
    pub fn reweight(&mut self, terms: &[TermRows<'_>], of: &[usize], weights: &[Vec<f64>], threads: usize) {
        let mut sums = vec![];
        let mut pairs = self.gram.off_diagonal.iter_mut().zip(&self.slots);
        for (k, (term, blocks)) in terms.iter().zip(&mut self.gram.diagonal).enumerate() {
            for (m, other) in terms[..k].iter().enumerate() {
                sums.extend(
                    pairs.next().map(|(pair, slots)| Sum::Pair(term, other, &weights[triangle(of[k], of[m])][..], pair, slots)),
                );
            }
            sums.extend(Sum::own(term, &weights[triangle(of[k], of[k])], self.gram.layout.terms[k].effects, blocks, threads));
        }
        divide(threads, sums, &Sum::make);
    }

    /// Z M Z' of each row, `inverse` holding M on this pattern: into `out` at `triangle(a, b)` the quadratic form of the row's z of
    /// predictors a and b.
    pub fn leverages(inverse: &WeightedGram, terms: &[TermRows<'_>], of: &[usize], out: &mut [Vec<f64>], threads: usize) {
        for (k, term) in terms.iter().enumerate() {
            let r = inverse.gram.layout.terms[k].effects;
            let blocks = &inverse.gram.diagonal[k];
            let own = &mut out[triangle(of[k], of[k])];
            if let (1, None, Some(runs)) = (r, term.z, term.runs) {
                runs.of(term.index).for_each(|(level, run)| own[run].iter_mut().for_each(|h| *h += blocks[level]));
            } else {
                let slots = |i: usize| term.index[i] as usize;
                each_row(&Forms { row: term, column: term, r, c: r, blocks, factor: 1.0 }, &slots, own, threads);
            }
            for (m, other) in terms[..k].iter().enumerate() {
                let pair = inverse.gram.pair(k, m);
                // Within one predictor the pair counts twice.
                let factor = if of[k] == of[m] { 2.0 } else { 1.0 };
                let slots = &inverse.slots[k * (k - 1) / 2 + m];
                let forms = Forms { row: term, column: other, r, c: pair.column_effects, blocks: &pair.values, factor };
                each_row(&forms, &|i| slots[i] as usize, &mut out[triangle(of[k], of[m])], threads);
            }
        }
    }
}

/// Blocks of Z'WZ that are sums of their own.
enum Sum<'a> {
    Own(&'a TermRows<'a>, &'a [f64], usize, &'a mut [f64]),
    /// Rows of which the levels are from the first on.
    Rows(&'a TermRows<'a>, &'a [f64], Range<usize>, usize, &'a mut [f64]),
    Pair(&'a TermRows<'a>, &'a TermRows<'a>, &'a [f64], &'a mut BlockMatrix, &'a [u32]),
}

impl<'a> Sum<'a> {
    /// The blocks of a term's levels, in parts where that may be.
    fn own(term: &'a TermRows<'a>, weights: &'a [f64], r: usize, mut blocks: &'a mut [f64], threads: usize) -> Vec<Self> {
        blocks.fill(0.0);
        let cuts = match term.runs {
            Some(runs) if threads > 1 && runs.ascending && has_sums_of_runs(term, r) => runs.cuts(2 * threads),
            _ => return vec![Sum::Own(term, weights, r, blocks)],
        };
        let (mut first, mut sums) = (0, vec![]);
        for rows in cuts.windows(2) {
            let next = term.index.get(rows[1]).map_or(first + blocks.len() / (r * r), |level| *level as usize);
            let own;
            (own, blocks) = blocks.split_at_mut((next - first) * r * r);
            sums.push(Sum::Rows(term, weights, rows[0]..rows[1], first, own));
            first = next;
        }
        sums
    }

    fn make(self) {
        match self {
            Sum::Own(term, weights, r, blocks) => block_diagonal(term, Some(weights), r, blocks),
            Sum::Rows(term, weights, rows, first, blocks) => add_runs(term, weights, rows, first, blocks),
            Sum::Pair(term, other, weights, pair, slots) => {
                pair.values.fill(0.0);
                pair.add_rows(term, other, weights, slots);
            }
        }
    }
}

/// The place of the pair (a, b) in a list of the pairs with a >= b.
#[inline]
pub const fn triangle(a: usize, b: usize) -> usize {
    if a >= b { a * (a + 1) / 2 + b } else { b * (b + 1) / 2 + a }
}

/// Bilinear forms of two terms' rows in blocks `[r, c]`.
struct Forms<'a> {
    row: &'a TermRows<'a>,
    column: &'a TermRows<'a>,
    r: usize,
    c: usize,
    blocks: &'a [f64],
    factor: f64,
}

/// out_i += factor z_i'B_i z_i, with B_i the block that `slot` names.
fn each_row(forms: &Forms<'_>, slot: &(impl Fn(usize) -> usize + Sync), out: &mut [f64], threads: usize) {
    let n = out.len();
    if threads <= 1 {
        return add_forms(forms, slot, (n, 0), out);
    }
    let pieces = out.chunks_mut(ROWS).enumerate().collect();
    divide(threads, pieces, &|(number, out)| add_forms(forms, |i| slot(number * ROWS + i), (n, number * ROWS), out));
}

/// The same for the rows from `first` on of n; they are numbered from there.
fn add_forms(forms: &Forms<'_>, slot: impl Fn(usize) -> usize, (n, first): (usize, usize), out: &mut [f64]) {
    let (r, c, factor) = (forms.r, forms.c, forms.factor);
    if r == 1 && c == 1 && forms.row.z.is_none() && forms.column.z.is_none() {
        for (i, h) in out.iter_mut().enumerate() {
            *h += factor * forms.blocks[slot(i)];
        }
        return;
    }
    if let (Some(rows), Some(columns)) = (forms.row.entries, forms.column.entries) {
        for (i, h) in out.iter_mut().enumerate() {
            let block = &forms.blocks[slot(i) * r * c..][..r * c];
            let form = |(b, zb): (usize, f64)| zb * rows.row(first + i).map(|(a, za)| block[b * r + a] * za).sum::<f64>();
            *h += factor * columns.row(first + i).map(form).sum::<f64>();
        }
        return;
    }
    if let (2, 2, Some(rows), Some(columns)) = (r, c, forms.row.z, forms.column.z) {
        let (rows, columns, blocks) = (rows.split_at(n), columns.split_at(n), forms.blocks.as_chunks::<4>().0);
        for (i, h) in out.iter_mut().enumerate() {
            let ([a, b, c, d], row) = (blocks[slot(i)], first + i);
            let [z, w] = [rows.0[row], rows.1[row]];
            *h += factor * (columns.0[row] * (a * z + b * w) + columns.1[row] * (c * z + d * w));
        }
        return;
    }
    for (i, h) in out.iter_mut().enumerate() {
        let block = &forms.blocks[slot(i) * r * c..][..r * c];
        let mut sum = 0.0;
        for (b, column) in block.chunks_exact(r).enumerate() {
            let zb = forms.column.z.map_or(1.0, |z| z[b * n + first + i]);
            if zb == 0.0 {
                continue;
            }
            let mut form = 0.0;
            for (a, v) in column.iter().enumerate() {
                form += v * forms.row.z.map_or(1.0, |z| z[a * n + first + i]);
            }
            sum += zb * form;
        }
        *h += factor * sum;
    }
}
