//! The entries of A^-1 on the pattern of A (and of its factor), without the rest of the inverse.
// As in `runs`.
#![allow(clippy::inline_always)]

use std::ops::Range;

use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::linalg::triangular_inverse::invert_lower_triangular;
use faer::linalg::triangular_solve::solve_upper_triangular_in_place;
use faer::prelude::{Reborrow, ReborrowMut};
use faer::{Accum, MatMut, MatRef, Par};
use pulp::Arch;

use super::SparseCholesky;
use super::dense::{add_scaled, dot};
use super::groups::{Groups, Node};
use super::large_supernode::{self, Step, is_large};
use super::registers;
use super::runs::{Run, Runs, SMALL_PRODUCT};
use super::supernodes::places;
use crate::error::{Error, Result, try_copy, try_vec};
use crate::threads::divide;

/// Numbers from which on other threads are worth their start for copying; and columns that one copies at a time.
const WORTH_THREADS: usize = 1 << 17;
const TOGETHER: usize = 32;

/// Diagonal blocks with more columns are inverted by blocked routines.
const SMALL_BLOCK: usize = 16;

/// Selected inverse by Takahashi's recurrence over the supernodes, from the last to the first (Takahashi, Fagan and Chin 1973;
/// the supernodal form as in Lin et al. 2011, equations 2.8 to 2.10).
pub struct SelectedInverse {
    /// Panels of the inverse, laid out as those of the factor, with full diagonal blocks.
    values: Vec<f64>,
    /// Where entry e of A's pattern stands in `values`.
    slot: Vec<usize>,
    work: Workspace,
    /// Nodes of which the inverse is computed side by side: runs, or supernodes.
    pub(super) groups: Option<Groups>,
}

/// For one supernode or run: C_RR, and M.
struct Workspace {
    gathered: Vec<f64>,
    scaled: Vec<f64>,
    position: Vec<usize>,
    /// How many work on one large supernode.
    threads: usize,
}

impl Workspace {
    /// For a squared number of rows below, a panel, and a number of rows below.
    fn new((square, panel, rows): (usize, usize, usize)) -> Result<Self> {
        let what = "workspace of the selected inverse";
        Ok(Workspace {
            gathered: try_vec(what, 0.0, square)?,
            scaled: try_vec(what, 0.0, panel)?,
            position: try_vec(what, 0, rows)?,
            threads: 1,
        })
    }
}

/// Panels of the inverse from a place on; and those from `above` on, which are others'.
struct Panels<'a> {
    own: &'a mut [f64],
    from: usize,
    others: &'a [f64],
    above: usize,
}

impl Panels<'_> {
    /// What stands from a place on.
    #[inline]
    fn at(&self, place: usize) -> &[f64] {
        if place < self.above { &self.own[place - self.from..] } else { &self.others[place - self.above..] }
    }

    fn range(&mut self, range: Range<usize>) -> &mut [f64] {
        &mut self.own[range.start - self.from..range.end - self.from]
    }
}

/// Fewer multiplications are not worth groups.
const WORTH_GROUPS: f64 = 1e6;

impl SelectedInverse {
    /// Prepares for the factor `a` of a matrix with this pattern (the one `a` was made from).
    pub fn new(a: &SparseCholesky, col_ptr: &[usize], row_idx: &[usize]) -> Result<Self> {
        let slot = if a.runs().is_some() {
            try_copy("pattern of the random effects", &a.slot)?
        } else {
            places(a.structure(), &a.owner, &a.inverse, col_ptr, row_idx)?
        };
        Ok(SelectedInverse {
            values: try_vec("selected inverse of the random effects", 0.0, a.len())?,
            slot,
            work: Workspace::new(sizes(a, 0..count(a))?)?,
            groups: Groups::new(&nodes(a), |_, work| work > WORTH_GROUPS),
        })
    }

    /// Computes the inverse of the matrix that `a` has factorised.
    pub fn compute(&mut self, a: &SparseCholesky) -> Result<()> {
        let groups = self.groups.as_ref().filter(|_| a.threads > 1);
        let above = groups.map_or(0, |groups| groups.above);
        self.work.threads = a.threads;
        let all = &mut Panels { own: &mut self.values, from: 0, others: &[], above: usize::MAX };
        (above..count(a)).rev().for_each(|node| self.work.node(a, all, node));
        let Some(groups) = groups else { return Ok(()) };
        let place = |node: usize| panels(a, node).start;
        let (mut below, others) = self.values.split_at_mut(place(above));
        let mut parts = vec![];
        for range in &groups.ranges {
            let own;
            (own, below) = below.split_at_mut(place(range.end) - place(range.start));
            parts.push((range.clone(), own));
        }
        let compute = |(range, own): (Range<usize>, &mut [f64])| -> Result<()> {
            let mut work = Workspace::new(sizes(a, range.clone())?)?;
            let all = &mut Panels { own, from: place(range.start), others, above: place(above) };
            range.rev().for_each(|node| work.node(a, all, node));
            Ok(())
        };
        divide(a.threads, parts, &compute).into_iter().collect()
    }

    /// Entry e of A's pattern, of A^-1.
    #[inline]
    pub fn get(&self, entry: usize) -> f64 {
        self.values[self.slot[entry]]
    }

    /// The inner product of entries of A^-1, from `first` on, with `values`.
    #[inline]
    pub fn product(&self, first: usize, values: &[f64]) -> f64 {
        self.slot[first..].iter().zip(values).map(|(slot, v)| self.values[*slot] * v).sum()
    }

    /// Consecutive entries, from `first` on, times a factor.
    pub fn copy_scaled(&self, first: usize, factor: f64, out: &mut [f64]) {
        self.slot[first..].iter().zip(out).for_each(|(slot, out)| *out = factor * self.values[*slot]);
    }
}

impl Workspace {
    /// One step of the recurrence, for a supernode or a run.
    fn node(&mut self, a: &SparseCholesky, all: &mut Panels<'_>, node: usize) {
        let Some(runs) = a.runs() else { return self.supernode(a, all, node) };
        let run = &runs.all[node];
        if run.columns > SMALL_BLOCK {
            let first = a.owner[run.begin] as usize;
            (first..first + run.count).rev().for_each(|s| self.supernode(a, all, s));
        } else {
            Arch::new().dispatch(
                #[inline(always)]
                || self.run(a, all, runs, run),
            );
        }
    }

    /// The same step for a run of supernodes, of which C_RR is one.
    #[inline(always)]
    fn run(&mut self, a: &SparseCholesky, all: &mut Panels<'_>, runs: &Runs, run: &Run) {
        let (c, r, h) = (run.columns, run.rows, run.height());
        let factor = &a.values[run.panels()];
        if r > 0 {
            runs.gather(run, |place| all.at(place), &mut self.gathered[..r * r]);
            let scaled = &mut self.scaled[..r * run.width()];
            for (l, m) in factor.chunks_exact(h * c).zip(scaled.chunks_exact_mut(r * c)) {
                divide_below(c, h, l, m);
            }
            let panels = all.range(run.panels());
            let c_rr = &self.gathered[..r * r];
            if r * r * run.width() > SMALL_PRODUCT {
                let below = MatMut::from_column_major_slice_with_stride_mut(&mut panels[c..], r, run.width(), h);
                let (c_rr, m) =
                    (MatRef::from_column_major_slice(c_rr, r, r), MatRef::from_column_major_slice(scaled, r, run.width()));
                matmul(below, Accum::Replace, c_rr, m, -1.0, Par::Seq);
                registers::clear();
            } else {
                for (panel, m) in panels.chunks_exact_mut(h).zip(scaled.chunks_exact(r)) {
                    panel[c..].fill(0.0);
                    for (v, column) in m.iter().zip(c_rr.chunks_exact(r)) {
                        add_scaled(&mut panel[c..], -v, column);
                    }
                }
            }
        }
        let panels = all.range(run.panels()).chunks_exact_mut(h * c);
        for (i, (l, panel)) in factor.chunks_exact(h * c).zip(panels).enumerate() {
            inverse_of_block(c, h, l, panel);
            let m = &self.scaled[i * r * c..(i + 1) * r * c];
            for j in 0..c {
                for k in 0..=j {
                    panel[k * h + j] -= dot(&m[j * r..(j + 1) * r], &panel[k * h + c..(k + 1) * h]);
                    panel[j * h + k] = panel[k * h + j];
                }
            }
        }
    }

    /// One step: with columns J and rows R below them, M = L_RJ L_JJ^-1, C_RJ = -C_RR M,
    /// C_JJ = L_JJ^-T L_JJ^-1 - M' C_RJ.
    fn supernode(&mut self, a: &SparseCholesky, all: &mut Panels<'_>, s: usize) {
        let structure = a.structure();
        let (begin, end) = (structure.supernode_begin()[s], structure.supernode_end()[s]);
        let (columns, rows) = (end - begin, structure.supernode(s).pattern().len());
        let height = columns + rows;
        let from = structure.col_ptr_for_val()[s];
        if height == 1 {
            all.range(from..from + 1)[0] = 1.0 / (a.values[from] * a.values[from]);
            return;
        }
        self.gather(a, all, s);
        let l = MatRef::from_column_major_slice(&a.values[from..from + height * columns], height, columns);
        if is_large(columns, rows) {
            let (inverse, scaled) = self.scaled[..height * columns].split_at_mut(columns * columns);
            let whole = from..from + height * columns;
            Step {
                l,
                c_rr: MatRef::from_column_major_slice(&self.gathered[..rows * rows], rows, rows),
                scaled: MatMut::from_column_major_slice_mut(scaled, rows, columns),
                inverse: MatMut::from_column_major_slice_mut(inverse, columns, columns),
                panel: MatMut::from_column_major_slice_mut(all.range(whole.clone()), height, columns),
                threads: self.threads,
            }
            .run();
            return mirror(columns, height, all.range(whole));
        }
        let (l_top, l_bottom) = l.split_at_row(columns);
        let (diagonal, below) = self.scaled[..height * columns].split_at_mut(columns * columns);
        let mut diagonal = MatMut::from_column_major_slice_mut(diagonal, columns, columns);
        let mut below = MatMut::from_column_major_slice_mut(below, rows, columns);
        below.copy_from(l_bottom);
        solve_upper_triangular_in_place(l_top.transpose(), below.rb_mut().transpose_mut(), Par::Seq);
        invert_lower_triangular(diagonal.rb_mut(), l_top, Par::Seq);
        let c_rr = MatRef::from_column_major_slice(&self.gathered[..rows * rows], rows, rows);
        let whole = from..from + height * columns;
        let panel = MatMut::from_column_major_slice_mut(all.range(whole.clone()), height, columns);
        let (mut c_jj, mut c_rj) = panel.split_at_row_mut(columns);
        matmul(c_rj.rb_mut(), Accum::Replace, c_rr, below.rb(), -1.0, Par::Seq);
        let (lower, upper, full) = (BlockStructure::TriangularLower, BlockStructure::TriangularUpper, BlockStructure::Rectangular);
        let (inverse, c_jj) = (diagonal.rb(), &mut c_jj);
        triangular::matmul(c_jj.rb_mut(), lower, Accum::Replace, inverse.transpose(), upper, inverse, lower, 1.0, Par::Seq);
        let (m, product) = (below.rb().transpose(), c_rj.rb());
        triangular::matmul(c_jj.rb_mut(), lower, Accum::Add, m, full, product, full, -1.0, Par::Seq);
        registers::clear();
        mirror(columns, height, all.range(whole));
    }

    /// C_RR of supernode s, from the panels after it: R lies in the structure of its ancestors, so every entry is there.
    fn gather(&mut self, a: &SparseCholesky, all: &Panels<'_>, s: usize) {
        let structure = a.structure();
        let pattern = structure.supernode(s).pattern();
        let rows = pattern.len();
        let mut first = 0;
        while first < rows {
            let t = a.owner[pattern[first]] as usize;
            let (begin, end) = (structure.supernode_begin()[t], structure.supernode_end()[t]);
            let below = structure.supernode(t).pattern();
            let (columns, height) = (end - begin, end - begin + below.len());
            let last = first + pattern[first..].partition_point(|&r| r < end);
            let mut k = 0;
            for (position, &row) in self.position[first..rows].iter_mut().zip(&pattern[first..]) {
                *position = if row < end {
                    row - begin
                } else {
                    k = place_from(below, k, row);
                    columns + k
                };
            }
            let positions = &self.position[..rows];
            let copy = |(c, out): (usize, &mut [f64])| {
                let base = structure.col_ptr_for_val()[t] + (pattern[c] - begin) * height;
                let values = &all.at(base)[..height];
                for (out, &position) in out[c..].iter_mut().zip(&positions[c..]) {
                    *out = values[position];
                }
            };
            let lines = &mut self.gathered[first * rows..last * rows];
            if self.threads > 1 && (last - first) * (rows - first) > WORTH_THREADS {
                let copy_all = |(first, lines): (usize, &mut [f64])| (first..).zip(lines.chunks_exact_mut(rows)).for_each(copy);
                let pieces = lines.chunks_mut(TOGETHER * rows);
                divide(self.threads, (first..).step_by(TOGETHER).zip(pieces).collect(), &copy_all);
            } else {
                (first..).zip(lines.chunks_exact_mut(rows)).for_each(copy);
            }
            first = last;
        }
        if self.threads > 1 && rows * rows > WORTH_THREADS {
            large_supernode::mirror(
                MatMut::from_column_major_slice_mut(&mut self.gathered[..rows * rows], rows, rows),
                self.threads,
            );
        } else {
            mirror(rows, rows, &mut self.gathered);
        }
    }
}

/// Runs, or supernodes.
fn count(a: &SparseCholesky) -> usize {
    a.runs().map_or(a.structure().n_supernodes(), |runs| runs.all.len())
}

/// Where the panels of one stand.
fn panels(a: &SparseCholesky, node: usize) -> Range<usize> {
    let structure = a.structure();
    a.runs()
        .map_or_else(|| structure.col_ptr_for_val()[node]..structure.col_ptr_for_val()[node + 1], |runs| runs.all[node].panels())
}

/// Their tree.
fn nodes(a: &SparseCholesky) -> Vec<Node> {
    if let Some(runs) = a.runs() {
        return runs.nodes();
    }
    let structure = a.structure();
    let node = |s: usize| {
        let (columns, pattern) = (structure.supernode_end()[s] - structure.supernode_begin()[s], structure.supernode(s).pattern());
        let height = (columns + pattern.len()) as f64;
        Node { parent: pattern.first().map_or(s, |row| a.owner[*row] as usize), work: columns as f64 * height * height }
    };
    (0..structure.n_supernodes()).map(node).collect()
}

/// What some of them need to work with.
fn sizes(a: &SparseCholesky, nodes: Range<usize>) -> Result<(usize, usize, usize)> {
    let (structure, too_big) = (a.structure(), || Error::memory("selected inverse of the random effects", a.len() * 8));
    let (mut square, mut panel, mut rows) = (0usize, 0, 0);
    for node in nodes {
        let (below, numbers) = match a.runs() {
            Some(runs) => (runs.all[node].rows, runs.all[node].panels().len()),
            None => (structure.supernode(node).pattern().len(), panels(a, node).len()),
        };
        square = square.max(below.checked_mul(below).ok_or_else(too_big)?);
        (panel, rows) = (panel.max(numbers), rows.max(below));
    }
    Ok((square, panel, rows))
}

/// The place of a row among ascending ones, from `k` on: mostly it is near.
#[inline]
fn place_from(rows: &[usize], mut k: usize, row: usize) -> usize {
    let mut step = 1;
    while k + step < rows.len() && rows[k + step] <= row {
        k += step;
        step *= 2;
    }
    k + rows[k..rows.len().min(k + step)].partition_point(|&r| r < row)
}

/// Completes a symmetric `n x n` matrix, of which the lower triangle is there, with columns `stride` apart: in tiles, so that few lines of
/// memory are written at a time.
fn mirror(n: usize, stride: usize, values: &mut [f64]) {
    const TILE: usize = 16;
    for first in (0..n).step_by(TILE) {
        for from in (first..n).step_by(TILE) {
            for b in from..n.min(from + TILE) {
                for c in first..b.min(first + TILE) {
                    values[b * stride + c] = values[c * stride + b];
                }
            }
        }
    }
}

/// M = L_RJ L_JJ^-1, for a panel of `c` columns and `h` rows.
#[inline(always)]
fn divide_below(c: usize, h: usize, l: &[f64], m: &mut [f64]) {
    let r = h - c;
    for j in (0..c).rev() {
        let (before, after) = m.split_at_mut((j + 1) * r);
        let column = &mut before[j * r..];
        column.copy_from_slice(&l[j * h + c..(j + 1) * h]);
        for (k, later) in (j + 1..c).zip(after.chunks_exact(r)) {
            add_scaled(column, -l[j * h + k], later);
        }
        let inverse = 1.0 / l[j * (h + 1)];
        for v in column {
            *v *= inverse;
        }
    }
}

/// L_JJ^-T L_JJ^-1 into the lower triangle of a panel's diagonal block.
#[inline(always)]
fn inverse_of_block(c: usize, h: usize, l: &[f64], out: &mut [f64]) {
    if c == 1 {
        out[0] = 1.0 / (l[0] * l[0]);
        return;
    }
    // N = L^-1 by columns, then N'N in place: entry (i, j) needs no entry above it or to its left.
    for j in 0..c {
        let column = &mut out[j * h..j * h + c];
        column[j..].fill(0.0);
        column[j] = 1.0;
        for k in j..c {
            column[k] /= l[k * (h + 1)];
            let own = column[k];
            add_scaled(&mut column[k + 1..], -own, &l[k * h + k + 1..k * h + c]);
        }
    }
    for j in 0..c {
        for i in j..c {
            out[j * h + i] = dot(&out[i * h + i..i * h + c], &out[j * h + i..j * h + c]);
        }
    }
}
