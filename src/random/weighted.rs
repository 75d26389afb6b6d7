//! Z'WZ for weights that change: the pattern once, and for each row the place of its blocks.

use super::blocks::BlockMatrix;
use super::gram::Gram;
use super::layout::{Layout, TermRows};
use crate::error::{Result, try_vec};

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
        Ok(WeightedGram { gram: Gram { layout: layout.clone(), diagonal, off_diagonal }, slots })
    }

    /// The block of a row in the cross-product of terms k > m.
    #[inline]
    fn slot(&self, k: usize, m: usize, row: usize) -> usize {
        self.slots[k * (k - 1) / 2 + m][row] as usize
    }

    /// Sums Z'WZ.
    pub fn reweight(&mut self, terms: &[TermRows<'_>], weights: &[f64]) {
        for (k, term) in terms.iter().enumerate() {
            let r = self.gram.layout.terms[k].effects;
            self.gram.diagonal[k].fill(0.0);
            super::blocks::block_diagonal(term, Some(weights), r, &mut self.gram.diagonal[k]);
            for (m, other) in terms[..k].iter().enumerate() {
                let place = k * (k - 1) / 2 + m;
                let pair = &mut self.gram.off_diagonal[place];
                pair.values.fill(0.0);
                pair.add_rows(term, other, weights, &self.slots[place]);
            }
        }
    }

    /// Z M Z' on the diagonal: for each row the quadratic form of its z in the blocks of `inverse`, a matrix on the same pattern.
    pub fn leverages(inverse: &WeightedGram, terms: &[TermRows<'_>], out: &mut [f64]) {
        let n = out.len();
        for (i, h) in out.iter_mut().enumerate() {
            let mut sum = 0.0;
            for (k, term) in terms.iter().enumerate() {
                let r = inverse.gram.layout.terms[k].effects;
                let z = |e: usize| term.z.map_or(1.0, |z| z[e * n + i]);
                let block = &inverse.gram.diagonal[k][term.index[i] as usize * r * r..][..r * r];
                for c in 0..r {
                    sum += z(c) * (0..r).map(|a| block[c * r + a] * z(a)).sum::<f64>();
                }
                for (m, other) in terms[..k].iter().enumerate() {
                    let pair = inverse.gram.pair(k, m);
                    let len = pair.block_len();
                    let block = &pair.values[inverse.slot(k, m, i) * len..][..len];
                    for c in 0..pair.column_effects {
                        let zc = other.z.map_or(1.0, |z| z[c * n + i]);
                        sum += 2.0 * zc * (0..r).map(|a| block[c * r + a] * z(a)).sum::<f64>();
                    }
                }
            }
            *h = sum;
        }
    }
}
