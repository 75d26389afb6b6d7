//! The order in which the system of the random effects is eliminated, where that is plain without a search for little fill.

use super::blocks::BlockMatrix;
use super::gram::Gram;
use crate::error::{Result, try_gather, try_vec};

/// The share of pairs of other levels that elimination of the largest term must join for no order to be much better.
const DENSE: f64 = 0.9;

/// More levels beside the largest term are not looked at: their pairs take this many bits.
const MOST_LEVELS: usize = 4096;

/// What memory is for.
const ORDER: &str = "order of the random effects";

impl Gram {
    /// A single term in its own order; with more, the largest first, whose levels don't touch each other, if all but dense matrices are what
    /// that leaves of the rest. `None` where something else may be better. Entry i is what comes in place i.
    pub fn order(&self) -> Result<Option<Vec<usize>>> {
        if !self.within.is_empty() || self.layout.terms.is_empty() {
            return Ok(None);
        }
        let q = self.layout.q();
        let size = |k: usize| self.layout.terms[k].levels * self.layout.terms[k].effects;
        let largest = (0..self.layout.terms.len()).fold(0, |best, k| if size(k) > size(best) { k } else { best });
        let rest = self.layout.terms.iter().map(|t| t.levels).sum::<usize>() - self.layout.terms[largest].levels;
        if rest > MOST_LEVELS || (rest > 0 && !self.leaves_dense(largest, rest)?) {
            return Ok(None);
        }
        let own = self.layout.offset(largest)..self.layout.offset(largest + 1);
        try_gather(ORDER, own.clone().chain(0..own.start).chain(own.end..q)).map(Some)
    }

    /// Whether elimination of one term joins nearly all pairs of the `rest` levels of others.
    fn leaves_dense(&self, largest: usize, rest: usize) -> Result<bool> {
        let levels = self.layout.terms[largest].levels;
        let mut ends = try_vec(ORDER, 0usize, levels + 1)?;
        self.each_neighbour(largest, |level, _| ends[level + 1] += 1);
        let needed = DENSE * (rest * rest) as f64;
        if ends.iter().map(|degree| (degree * degree) as f64).sum::<f64>() < needed {
            return Ok(false);
        }
        for level in 0..levels {
            ends[level + 1] += ends[level];
        }
        let mut neighbours = try_vec(ORDER, 0u32, ends[levels])?;
        // Each beginning moves to its end as places are taken.
        let mut next = ends;
        self.each_neighbour(largest, |level, other| {
            neighbours[next[level]] = other as u32;
            next[level] += 1;
        });
        let words = rest.div_ceil(64);
        let mut joined = try_vec(ORDER, 0u64, rest * words)?;
        let (mut own, mut first) = (vec![0u64; words], 0);
        for &end in &next[..levels] {
            own.fill(0);
            neighbours[first..end].iter().for_each(|&n| own[n as usize / 64] |= 1 << (n % 64));
            for &n in &neighbours[first..end] {
                let row = &mut joined[n as usize * words..][..words];
                row.iter_mut().zip(&own).for_each(|(row, own)| *row |= own);
            }
            first = end;
        }
        let pairs: usize = joined.iter().map(|word| word.count_ones() as usize).sum();
        Ok(pairs as f64 >= needed)
    }

    /// Calls `work` with each level of a term and each level of others that it meets, these numbered one term after the other.
    fn each_neighbour(&self, term: usize, mut work: impl FnMut(usize, usize)) {
        let mut first = 0;
        for (k, size) in self.layout.terms.iter().enumerate().filter(|(k, _)| *k != term) {
            let pair = self.pair(k.max(term), k.min(term));
            each_block(pair, |row, column| if k > term { work(column, first + row) } else { work(row, first + column) });
            first += size.levels;
        }
    }
}

/// Calls `work` with row and column of each block.
fn each_block(pair: &BlockMatrix, mut work: impl FnMut(usize, usize)) {
    for (column, range) in pair.col_ptr.windows(2).enumerate() {
        pair.rows[range[0]..range[1]].iter().for_each(|row| work(*row as usize, column));
    }
}

#[cfg(test)]
mod tests {
    use super::super::layout::{Layout, TermSize};
    use super::*;

    /// Terms of one effect; `meets` says which levels of the second meet those of the first.
    fn gram(levels: &[usize], meets: impl Fn(usize, usize) -> bool) -> Gram {
        let terms: Vec<TermSize> = levels.iter().map(|&levels| TermSize { levels, effects: 1 }).collect();
        let mut off_diagonal = vec![];
        if let [first, second] = &terms[..] {
            let mut pair = BlockMatrix::empty(second, first).unwrap();
            for column in 0..first.levels {
                pair.rows.extend((0..second.levels as u32).filter(|row| meets(*row as usize, column)));
                pair.col_ptr[column + 1] = pair.rows.len();
            }
            pair.values = vec![1.0; pair.rows.len()];
            off_diagonal.push(pair);
        }
        let diagonal = levels.iter().map(|&levels| vec![1.0; levels]).collect();
        Gram { layout: Layout { p: 1, terms }, diagonal, off_diagonal, within: vec![] }
    }

    #[test]
    fn one_term_keeps_its_order() {
        assert_eq!(gram(&[4], |_, _| false).order().unwrap(), Some(vec![0, 1, 2, 3]));
    }

    #[test]
    fn the_larger_of_crossed_terms_comes_first() {
        assert_eq!(gram(&[2, 3], |_, _| true).order().unwrap(), Some(vec![2, 3, 4, 0, 1]));
        assert_eq!(gram(&[3, 2], |_, _| true).order().unwrap(), Some(vec![0, 1, 2, 3, 4]));
        // Each of 70 levels meets two of 6 others, all of whose pairs occur.
        let sparse = |row: usize, column: usize| row == column % 6 || row == (column % 6 + 1 + column / 6 % 5) % 6;
        assert_eq!(gram(&[70, 6], sparse).order().unwrap(), Some((0..76).collect()));
    }

    #[test]
    fn where_few_pairs_are_joined_there_may_be_better() {
        assert_eq!(gram(&[30, 10], |row, column| column / 3 == row).order().unwrap(), None);
        assert_eq!(gram(&[40, 20], |row, column| row / 5 == column / 10).order().unwrap(), None);
    }
}
