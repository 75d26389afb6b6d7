//! Runs of supernodes, and their solves: for systems whose supernodes are many and small.
//!
//! Supernodes that follow each other and have the same rows R below them (the subjects of a crossed design that have all seen the same
//! items, say) lie in memory as one matrix with a constant stride, so that what they do to R is one product.
// Loops are compiled for the processor's widest vectors where they are inlined into what `Arch` calls; sums are the same with each.
#![allow(clippy::inline_always)]

use std::ops::Range;

use faer::dyn_stack::StackReq;
use faer::linalg::cholesky::llt::factor::cholesky_in_place_scratch;
use faer::linalg::matmul::matmul;
use faer::linalg::triangular_solve::{solve_lower_triangular_in_place, solve_upper_triangular_in_place};
use faer::sparse::linalg::cholesky::supernodal::SymbolicSupernodalCholesky;
use faer::{Accum, MatMut, MatRef, Par};
use pulp::Arch;

use super::dense::{add_scaled, dot};
use super::groups::{Groups, MOST, Node};
use super::registers;
use super::supernodes::params;
use crate::error::{Error, Result, try_vec};

/// The most rows below a supernode of a system that is factorised by runs, if few others have the same.
pub(super) const LARGEST_ROWS: usize = 512;

/// The share of its rows that the width of a run with more of them must have.
const WIDE_ENOUGH: f64 = 0.1;

/// Runs may take this many bytes, or twice as many as the factor.
const LEAST_LIMIT: usize = 1 << 22;

/// Diagonal blocks with more columns are factorised and solved by blocked routines.
pub(super) const SMALL_BLOCK: usize = 24;

/// Products with more multiplications go to a blocked routine.
pub(super) const SMALL_PRODUCT: usize = 2000;

/// Runs have no more columns than this, so that there are several where there is much to do.
const LONGEST: usize = 1024;

/// Fewer multiplications are not worth groups.
const WORTH_GROUPS: f64 = 2e6;

/// Multiplications for each number that groups have to add to what is above them.
const FOR_EACH_ABOVE: f64 = 50.0;

/// Supernodes of equal size with the same rows below.
pub(super) struct Run {
    pub count: usize,
    /// The first column.
    pub begin: usize,
    /// Columns of each supernode.
    pub columns: usize,
    /// Rows below the diagonal blocks.
    pub rows: usize,
    /// Where the first panel begins.
    pub from: usize,
    /// Of all runs' rows, its own.
    pattern: Range<usize>,
    segments: Range<usize>,
}

/// Rows of a run that are columns of one later supernode.
struct Segment {
    /// Of the run's rows.
    first: usize,
    last: usize,
    /// Where that supernode's panel begins, and its height.
    from: usize,
    height: usize,
    /// Where the places of rows `first` and after within that panel's columns begin.
    places: usize,
}

/// All supernodes in runs, with what eliminating one needs of later ones.
pub(super) struct Runs {
    pub all: Vec<Run>,
    pattern: Vec<u32>,
    segments: Vec<Segment>,
    places: Vec<u32>,
    /// The largest number of rows below.
    pub largest: usize,
    /// Runs that are eliminated side by side.
    pub groups: Option<Groups>,
}

impl Run {
    /// Multiplications that its elimination takes, about.
    fn work(&self) -> f64 {
        (self.width() * self.height() * self.height() + self.rows * self.rows) as f64
    }

    pub fn height(&self) -> usize {
        self.columns + self.rows
    }

    /// All columns.
    pub fn width(&self) -> usize {
        self.columns * self.count
    }

    /// Whether it is so narrow beside many rows that single blocks are better.
    fn is_narrow(&self) -> bool {
        self.rows > LARGEST_ROWS && (self.width() as f64) < WIDE_ENOUGH * self.rows as f64
    }

    /// Where its panels stand.
    pub fn panels(&self) -> Range<usize> {
        self.from..self.from + self.height() * self.width()
    }

    /// Divides the run's rows of x, columns of length n, by its diagonal blocks, or by these transposed.
    #[inline(always)]
    fn solve_blocks(&self, transposed: bool, panels: &[f64], n: usize, x: &mut [f64]) {
        let (c, h, m) = (self.columns, self.height(), x.len() / n);
        if c > SMALL_BLOCK && m > 1 {
            for i in 0..self.count {
                let block = MatRef::from_column_major_slice_with_stride(&panels[i * h * c..], c, c, h);
                let own = MatMut::from_column_major_slice_with_stride_mut(&mut x[self.begin + i * c..], c, m, n);
                if transposed {
                    solve_upper_triangular_in_place(block.transpose(), own, Par::Seq);
                } else {
                    solve_lower_triangular_in_place(block, own, Par::Seq);
                }
            }
            registers::clear();
            return;
        }
        let solve = if transposed { solve_lower_transpose } else { solve_lower };
        for column in x.chunks_exact_mut(n) {
            let own = &mut column[self.begin..self.begin + self.width()];
            if c == 1 {
                divide_by_pivots(panels, h, own);
                continue;
            }
            for (panel, own) in panels.chunks_exact(h * c).zip(own.chunks_exact_mut(c)) {
                solve(c, h, panel, own);
            }
        }
    }
}

impl Runs {
    /// `None` where some supernode has many rows below it that few others have, or all of this would need much more memory than the factor.
    pub fn new(structure: &SymbolicSupernodalCholesky<usize>, owner: &[u32]) -> Result<Option<Self>> {
        let n = structure.n_supernodes();
        let mut made = Runs { all: vec![], pattern: vec![], segments: vec![], places: vec![], largest: 0, groups: None };
        let most = LEAST_LIMIT.max(2 * size_of::<f64>() * structure.len_val());
        for s in 0..n {
            let (begin, columns) = (structure.supernode_begin()[s], structure.supernode_end()[s] - structure.supernode_begin()[s]);
            let pattern = structure.supernode(s).pattern();
            if let Some(run) = made.all.last_mut()
                && run.columns == columns
                && run.rows == pattern.len()
                && run.width() < LONGEST
                && made.pattern[run.pattern.clone()].iter().zip(pattern).all(|(a, b)| *a as usize == *b)
            {
                run.count += 1;
                continue;
            }
            if made.all.last().is_some_and(Run::is_narrow) {
                return Ok(None);
            }
            let too_big = |_| Error::memory("places of the random effects in the factor", most);
            made.pattern.try_reserve(pattern.len()).map_err(too_big)?;
            let (own, segments) = (made.pattern.len(), made.segments.len());
            made.pattern.extend(pattern.iter().map(|row| *row as u32));
            made.add_segments(structure, owner, pattern).map_err(too_big)?;
            if made.bytes() > most {
                return Ok(None);
            }
            made.largest = made.largest.max(pattern.len());
            made.all.try_reserve(1).map_err(too_big)?;
            made.all.push(Run {
                count: 1,
                begin,
                columns,
                rows: pattern.len(),
                from: structure.col_ptr_for_val()[s],
                pattern: own..made.pattern.len(),
                segments: segments..made.segments.len(),
            });
        }
        if made.all.last().is_some_and(Run::is_narrow) {
            return Ok(None);
        }
        made.groups = Groups::new(&made.nodes(), |above, work| {
            let numbers = structure.len_val() - made.all[above].from;
            work >= WORTH_GROUPS && work >= FOR_EACH_ABOVE * (MOST * numbers) as f64
        });
        Ok(Some(made))
    }

    /// The tree of the runs.
    pub fn nodes(&self) -> Vec<Node> {
        let node = |(number, run): (usize, &Run)| {
            let parent = self.segments[run.segments.clone()].first();
            let parent = parent.map_or(number, |segment| self.all.partition_point(|run| run.from <= segment.from) - 1);
            Node { parent, work: run.work() }
        };
        self.all.iter().enumerate().map(node).collect()
    }

    fn bytes(&self) -> usize {
        let lists = self.all.len() * size_of::<Run>() + self.segments.len() * size_of::<Segment>();
        lists + (self.pattern.len() + self.places.len()) * size_of::<u32>()
    }

    fn add_segments(
        &mut self,
        structure: &SymbolicSupernodalCholesky<usize>,
        owner: &[u32],
        pattern: &[usize],
    ) -> std::result::Result<(), std::collections::TryReserveError> {
        let mut first = 0;
        while first < pattern.len() {
            let t = owner[pattern[first]] as usize;
            let (begin, end) = (structure.supernode_begin()[t], structure.supernode_end()[t]);
            let below = structure.supernode(t).pattern();
            let last = first + pattern[first..].partition_point(|&r| r < end);
            let places = self.places.len();
            self.places.try_reserve(pattern.len() - first)?;
            let mut k = 0;
            for &row in &pattern[first..] {
                let place = if row < end {
                    row - begin
                } else {
                    k += below[k..].partition_point(|&r| r < row);
                    end - begin + k
                };
                self.places.push(place as u32);
            }
            let (from, height) = (structure.col_ptr_for_val()[t], end - begin + below.len());
            self.segments.try_reserve(1)?;
            self.segments.push(Segment { first, last, from, height, places });
            first = last;
        }
        Ok(())
    }

    /// The rows below a run.
    pub fn rows(&self, run: &Run) -> &[u32] {
        &self.pattern[run.pattern.clone()]
    }

    /// Calls `work` for each column of the lower triangle over a run's rows: its number, where it begins in the values, the places of its rows.
    #[inline(always)]
    pub fn each_column(&self, run: &Run, mut work: impl FnMut(usize, usize, &[u32])) {
        for segment in &self.segments[run.segments.clone()] {
            let places = &self.places[segment.places..segment.places + run.rows - segment.first];
            for column in segment.first..segment.last {
                let places = &places[column - segment.first..];
                work(column, segment.from + places[0] as usize * segment.height, places);
            }
        }
    }

    /// The symmetric matrix over a run's rows, from values of later supernodes; `at` has those from a place on.
    pub fn gather<'v>(&self, run: &Run, at: impl Fn(usize) -> &'v [f64], out: &mut [f64]) {
        let r = run.rows;
        self.each_column(run, |c, base, places| {
            let values = at(base);
            for (b, &place) in places.iter().enumerate() {
                let value = values[place as usize];
                out[c * r + c + b] = value;
                out[(c + b) * r + c] = value;
            }
        });
    }

    /// The workspace of the blocked routines.
    pub fn scratch(&self) -> StackReq {
        let largest = self.all.iter().map(|run| run.columns).max().unwrap_or(0);
        cholesky_in_place_scratch::<f64>(largest, Par::Seq, params())
    }

    /// Numbers that `factorize` and solves of `columns` right-hand sides work with.
    pub fn workspace(&self, columns: usize) -> Result<Vec<f64>> {
        try_vec("workspace of the factorisation", 0.0, self.largest * self.largest.max(columns))
    }

    /// x <- L^-1 x for columns of length n.
    pub fn half_solve(&self, values: &[f64], n: usize, x: &mut [f64], work: &mut [f64]) {
        Arch::new().dispatch(
            #[inline(always)]
            || self.half_solve_wide(values, n, x, work),
        );
    }

    #[inline(always)]
    fn half_solve_wide(&self, values: &[f64], n: usize, x: &mut [f64], work: &mut [f64]) {
        let m = x.len() / n;
        for run in &self.all {
            let (c, r, h, width) = (run.columns, run.rows, run.height(), run.width());
            let panels = &values[run.panels()];
            run.solve_blocks(false, panels, n, x);
            if r == 0 {
                continue;
            }
            let sums = &mut work[..r * m];
            if r * width * m > SMALL_PRODUCT && m > 1 {
                let b = MatRef::from_column_major_slice_with_stride(&panels[c..], r, width, h);
                let own = MatRef::from_column_major_slice_with_stride(&x[run.begin..], width, m, n);
                matmul(MatMut::from_column_major_slice_mut(sums, r, m), Accum::Replace, b, own, 1.0, Par::Seq);
                registers::clear();
            } else {
                sums.fill(0.0);
                for (column, sums) in x.chunks_exact(n).zip(sums.chunks_exact_mut(r)) {
                    for (l, v) in panels.chunks_exact(h).zip(&column[run.begin..]) {
                        add_scaled(sums, *v, &l[c..]);
                    }
                }
            }
            for (column, sums) in x.chunks_exact_mut(n).zip(sums.chunks_exact(r)) {
                self.rows(run).iter().zip(sums).for_each(|(row, sum)| column[*row as usize] -= sum);
            }
        }
    }

    /// x <- L'^-1 x for columns of length n.
    pub fn half_solve_transpose(&self, values: &[f64], n: usize, x: &mut [f64], work: &mut [f64]) {
        Arch::new().dispatch(
            #[inline(always)]
            || self.half_solve_transpose_wide(values, n, x, work),
        );
    }

    #[inline(always)]
    fn half_solve_transpose_wide(&self, values: &[f64], n: usize, x: &mut [f64], work: &mut [f64]) {
        let m = x.len() / n;
        for run in self.all.iter().rev() {
            let (c, r, h, width) = (run.columns, run.rows, run.height(), run.width());
            let panels = &values[run.panels()];
            if r > 0 {
                let below = &mut work[..r * m];
                for (column, below) in x.chunks_exact(n).zip(below.chunks_exact_mut(r)) {
                    self.rows(run).iter().zip(below).for_each(|(row, v)| *v = column[*row as usize]);
                }
                if r * width * m > SMALL_PRODUCT && m > 1 {
                    let b = MatRef::from_column_major_slice_with_stride(&panels[c..], r, width, h);
                    let own = MatMut::from_column_major_slice_with_stride_mut(&mut x[run.begin..], width, m, n);
                    matmul(own, Accum::Add, b.transpose(), MatRef::from_column_major_slice(below, r, m), -1.0, Par::Seq);
                    registers::clear();
                } else {
                    for (column, below) in x.chunks_exact_mut(n).zip(below.chunks_exact(r)) {
                        for (l, v) in panels.chunks_exact(h).zip(&mut column[run.begin..]) {
                            *v -= dot(&l[c..], below);
                        }
                    }
                }
            }
            run.solve_blocks(true, panels, n, x);
        }
    }
}

/// x <- D^-1 x, D the first entries of columns of length h.
#[inline(always)]
fn divide_by_pivots(panels: &[f64], h: usize, x: &mut [f64]) {
    panels.chunks_exact(h).zip(x).for_each(|(panel, v)| *v /= panel[0]);
}

/// x <- L^-1 x, for L of `c` columns that are `h` apart.
#[inline(always)]
fn solve_lower(c: usize, h: usize, l: &[f64], x: &mut [f64]) {
    if c == 2 {
        x[0] /= l[0];
        x[1] = (x[1] - l[1] * x[0]) / l[h + 1];
        return;
    }
    for j in 0..c {
        let (before, rest) = x.split_at_mut(j + 1);
        before[j] /= l[j * h + j];
        add_scaled(rest, -before[j], &l[j * h + j + 1..j * h + c]);
    }
}

/// x <- L'^-1 x, for L of `c` columns that are `h` apart.
#[inline(always)]
fn solve_lower_transpose(c: usize, h: usize, l: &[f64], x: &mut [f64]) {
    if c == 2 {
        x[1] /= l[h + 1];
        x[0] = (x[0] - l[1] * x[1]) / l[0];
        return;
    }
    for j in (0..c).rev() {
        let (before, rest) = x.split_at_mut(j + 1);
        before[j] = (before[j] - dot(rest, &l[j * h + j + 1..j * h + c])) / l[j * h + j];
    }
}
