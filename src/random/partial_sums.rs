//! Entries of M'G M where M takes partial sums of effects to effects (`MarkovFactor`): with Z b = sum of z_i sd_i (s_i - s_(i-1)), an entry of G
//! comes to four places at most.

use super::sparse::{NOWHERE, SparseGram};
use crate::error::{Result, try_vec};
use crate::linalg::SelectedInverse;

/// What memory is for.
const PATTERN: &str = "pattern of the random effects";

/// A row or column with its term.
type Place = (usize, usize);

impl SparseGram {
    /// Whether an effect of a term with partial sums is the difference of two of them: the first of each level is a sum itself.
    fn is_difference(&self, row: usize, k: usize) -> bool {
        self.terms[k].sums && !(row - self.terms[k].first).is_multiple_of(self.terms[k].effects)
    }

    /// From the pattern of G to that of M'G M.
    pub(super) fn widen(&mut self) -> Result<()> {
        let q = self.col_ptr.len() - 1;
        let difference = |row: usize| self.is_difference(row, self.term_of(row, 0));
        let (mut col_ptr, mut row_idx, mut place) = (try_vec(PATTERN, 0, q + 1)?, vec![], vec![]);
        let mut rows: Vec<usize> = vec![];
        for column in 0..q {
            let last = if column + 1 < q && difference(column + 1) { column + 1 } else { column };
            let (own, all) = (self.col_ptr[column]..self.col_ptr[column + 1], self.col_ptr[column]..self.col_ptr[last + 1]);
            rows.clear();
            for e in all.filter(|e| own.contains(e) || self.place[*e].0 != NOWHERE) {
                let row = self.row_idx[e];
                rows.push(row);
                if row > column && difference(row) {
                    rows.push(row - 1);
                }
            }
            rows.sort_unstable();
            rows.dedup();
            let entries = own.clone().zip(&self.row_idx[own]);
            let mut old = entries.peekable();
            for &row in &rows {
                let here = old.next_if(|(_, own)| **own == row);
                super::sparse::push(&mut row_idx, &mut place, row, here.map_or((NOWHERE, 0), |(e, _)| self.place[e]))?;
            }
            col_ptr[column + 1] = row_idx.len();
        }
        let mut left = try_vec(PATTERN, 0, row_idx.len())?;
        for column in (1..q).filter(|column| difference(*column)) {
            let before = &row_idx[col_ptr[column - 1]..col_ptr[column]];
            for e in (col_ptr[column]..col_ptr[column + 1]).filter(|e| place[*e].0 != NOWHERE) {
                left[e] = col_ptr[column - 1] + before.partition_point(|row| *row < row_idx[e]);
            }
        }
        (self.col_ptr, self.row_idx, self.place, self.left) = (col_ptr, row_idx, place, left);
        Ok(())
    }

    /// The entries (row - 1, column), (row, column - 1) and (row - 1, column - 1) beside one of G, those that M has.
    fn neighbours(&self, e: usize, (row, k): Place, (column, m): Place) -> [Option<usize>; 3] {
        let left = self.is_difference(column, m).then(|| self.left[e]);
        let above = self.is_difference(row, k);
        [above.then(|| if row == column { self.left[e] } else { e - 1 }), left, left.filter(|_| above).map(|left| left - 1)]
    }

    /// Adds what an entry of G, multiplied by its numbers in M, is in M'G M.
    pub(super) fn spread(&self, e: usize, row: Place, column: Place, value: f64, out: &mut [f64]) {
        out[e] += value;
        if self.left.is_empty() {
            return;
        }
        let [above, left, corner] = self.neighbours(e, row, column);
        // Of a pair of entries above and below the diagonal both come to an entry on it, and of one on the diagonal only one comes below.
        let times = if row.0 == column.0 {
            0.0
        } else if row.0 == column.0 + 1 {
            2.0
        } else {
            1.0
        };
        above.into_iter().for_each(|at| out[at] -= times * value);
        left.into_iter().for_each(|at| out[at] -= value);
        corner.into_iter().for_each(|at| out[at] += value);
    }

    /// The entry of M C M', but for its numbers in M.
    pub(super) fn gather_inverse(&self, e: usize, row: Place, column: Place, inverse: &SelectedInverse) -> f64 {
        if self.left.is_empty() {
            return inverse.get(e);
        }
        let [above, left, corner] = self.neighbours(e, row, column).map(|at| at.map_or(0.0, |at| inverse.get(at)));
        (inverse.get(e) - above) - (left - corner)
    }
}
