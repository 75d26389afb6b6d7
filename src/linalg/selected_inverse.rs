//! The entries of A^-1 on the pattern of A (and of its factor), without the rest of the inverse.

use faer::linalg::matmul::matmul;
use faer::linalg::triangular_solve::{solve_lower_triangular_in_place, solve_upper_triangular_in_place};
use faer::prelude::{Reborrow, ReborrowMut};
use faer::{Accum, MatMut, MatRef, Par};

use super::SparseCholesky;
use crate::error::{Error, Result, try_vec};

/// Selected inverse by Takahashi's recurrence over the supernodes, from the last to the first (Takahashi, Fagan and Chin 1973;
/// the supernodal form as in Lin et al. 2011, equations 2.8 to 2.10).
pub struct SelectedInverse {
    /// Panels of the inverse, laid out as those of the factor, with full diagonal blocks.
    values: Vec<f64>,
    /// Where entry e of A's pattern stands in `values`.
    slot: Vec<usize>,
    /// The supernode of each column.
    owner: Vec<u32>,
    /// Workspaces for one supernode: C_RR, and M.
    gathered: Vec<f64>,
    scaled: Vec<f64>,
    position: Vec<usize>,
}

impl SelectedInverse {
    /// Prepares for the factor `a` of a matrix with this pattern (the one `a` was made from).
    pub fn new(a: &SparseCholesky, col_ptr: &[usize], row_idx: &[usize]) -> Result<Self> {
        let structure = a.structure();
        let n = a.order();
        let too_big = || Error::memory("selected inverse of the random effects", a.len() * 8);
        let mut owner = try_vec("selected inverse", 0u32, n)?;
        let (mut largest_square, mut largest_panel, mut largest_pattern) = (0usize, 0, 0);
        for s in 0..structure.n_supernodes() {
            let (begin, end) = (structure.supernode_begin()[s], structure.supernode_end()[s]);
            owner[begin..end].fill(s as u32);
            let rows = structure.supernode(s).pattern().len();
            largest_square = largest_square.max(rows.checked_mul(rows).ok_or_else(too_big)?);
            largest_panel = largest_panel.max((rows + end - begin) * (end - begin));
            largest_pattern = largest_pattern.max(rows);
        }
        let mut inverse = SelectedInverse {
            values: try_vec("selected inverse of the random effects", 0.0, a.len())?,
            slot: try_vec("selected inverse of the random effects", 0, row_idx.len())?,
            owner,
            gathered: try_vec("workspace of the selected inverse", 0.0, largest_square)?,
            scaled: try_vec("workspace of the selected inverse", 0.0, largest_panel)?,
            position: try_vec("workspace of the selected inverse", 0, largest_pattern)?,
        };
        for j in 0..n {
            for e in col_ptr[j]..col_ptr[j + 1] {
                let (p, q) = (a.inverse[row_idx[e]], a.inverse[j]);
                inverse.slot[e] = inverse.find(a, p.max(q), p.min(q));
            }
        }
        Ok(inverse)
    }

    /// Where the entry (row >= column, both permuted) of the factor's pattern stands.
    fn find(&self, a: &SparseCholesky, row: usize, column: usize) -> usize {
        let structure = a.structure();
        let s = self.owner[column] as usize;
        let (begin, end) = (structure.supernode_begin()[s], structure.supernode_end()[s]);
        let pattern = structure.supernode(s).pattern();
        let height = end - begin + pattern.len();
        let local = if row < end { row - begin } else { end - begin + pattern.partition_point(|&r| r < row) };
        structure.col_ptr_for_val()[s] + (column - begin) * height + local
    }

    /// Computes the inverse of the matrix that `a` has factorised.
    pub fn compute(&mut self, a: &SparseCholesky) {
        for s in (0..a.structure().n_supernodes()).rev() {
            self.supernode(a, s);
        }
    }

    /// Entry e of A's pattern, of A^-1.
    #[inline]
    pub fn get(&self, entry: usize) -> f64 {
        self.values[self.slot[entry]]
    }

    /// One step of the recurrence: with columns J and rows R below them, M = L_RJ L_JJ^-1, C_RJ = -C_RR M,
    /// C_JJ = L_JJ^-T L_JJ^-1 - M' C_RJ.
    fn supernode(&mut self, a: &SparseCholesky, s: usize) {
        let structure = a.structure();
        let (begin, end) = (structure.supernode_begin()[s], structure.supernode_end()[s]);
        let (columns, rows) = (end - begin, structure.supernode(s).pattern().len());
        let height = columns + rows;
        let from = structure.col_ptr_for_val()[s];
        if height == 1 {
            self.values[from] = 1.0 / (a.values[from] * a.values[from]);
            return;
        }
        self.gather(a, s);
        let l = MatRef::from_column_major_slice(&a.values[from..from + height * columns], height, columns);
        let (l_top, l_bottom) = l.split_at_row(columns);
        let (diagonal, below) = self.scaled[..height * columns].split_at_mut(columns * columns);
        let mut diagonal = MatMut::from_column_major_slice_mut(diagonal, columns, columns);
        let mut below = MatMut::from_column_major_slice_mut(below, rows, columns);
        below.copy_from(l_bottom);
        solve_upper_triangular_in_place(l_top.transpose(), below.rb_mut().transpose_mut(), Par::Seq);
        diagonal.fill(0.0);
        diagonal.rb_mut().diagonal_mut().fill(1.0);
        solve_lower_triangular_in_place(l_top, diagonal.rb_mut(), Par::Seq);
        solve_upper_triangular_in_place(l_top.transpose(), diagonal.rb_mut(), Par::Seq);
        let c_rr = MatRef::from_column_major_slice(&self.gathered[..rows * rows], rows, rows);
        let panel = MatMut::from_column_major_slice_mut(&mut self.values[from..from + height * columns], height, columns);
        let (mut c_jj, mut c_rj) = panel.split_at_row_mut(columns);
        matmul(c_rj.rb_mut(), Accum::Replace, c_rr, below.rb(), -1.0, Par::Seq);
        c_jj.copy_from(diagonal.rb());
        matmul(c_jj.rb_mut(), Accum::Add, below.rb().transpose(), c_rj.rb(), -1.0, Par::Seq);
    }

    /// C_RR of supernode s, from the panels after it: R lies in the structure of its ancestors, so every entry is there.
    fn gather(&mut self, a: &SparseCholesky, s: usize) {
        let structure = a.structure();
        let pattern = structure.supernode(s).pattern();
        let rows = pattern.len();
        let mut first = 0;
        while first < rows {
            let t = self.owner[pattern[first]] as usize;
            let (begin, end) = (structure.supernode_begin()[t], structure.supernode_end()[t]);
            let below = structure.supernode(t).pattern();
            let (columns, height) = (end - begin, end - begin + below.len());
            let last = first + pattern[first..].partition_point(|&r| r < end);
            let mut k = 0;
            for (b, &row) in pattern.iter().enumerate().skip(first) {
                self.position[b] = if row < end {
                    row - begin
                } else {
                    k += below[k..].partition_point(|&r| r < row);
                    columns + k
                };
            }
            for c in first..last {
                let base = structure.col_ptr_for_val()[t] + (pattern[c] - begin) * height;
                for b in c..rows {
                    let value = self.values[base + self.position[b]];
                    self.gathered[c * rows + b] = value;
                    self.gathered[b * rows + c] = value;
                }
            }
            first = last;
        }
    }
}
