//! Large supernodes: the factor of one, and its step of the selected inverse, by pieces which threads share. They follow from the sizes only.

use std::ops::Range;

use faer::dyn_stack::MemStack;
use faer::linalg::cholesky::llt::factor::{LltRegularization, cholesky_in_place};
use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::linalg::triangular_solve::{solve_lower_triangular_in_place, solve_upper_triangular_in_place};
use faer::prelude::{IntoConst, ReborrowMut};
use faer::{Accum, MatMut, MatRef, Par};

use super::registers;
use super::supernodes::params;
use crate::threads::divide;

/// Supernodes that take so many multiplications are large.
const LARGE: f64 = 1e7;

/// The least number of columns of a panel that is factorised by pieces.
pub(super) const MANY_COLUMNS: usize = 2 * PIECE;

/// Rows or columns of a piece: a multiple of what the kernels of products work on.
const PIECE: usize = 192;

/// The largest block of a diagonal that is mirrored as one.
const TILE: usize = 64;

pub(super) fn is_large(columns: usize, rows: usize) -> bool {
    columns as f64 * ((columns + rows) * (columns + rows)) as f64 >= LARGE
}

/// The factor of a panel, whose first rows are symmetric; `false` if a pivot is not positive.
pub(super) fn factorize(panel: MatMut<'_, f64>, threads: usize, stack: &mut MemStack) -> bool {
    let mut rest = panel;
    while rest.ncols() > 0 {
        let width = PIECE.min(rest.ncols());
        let (own, later) = rest.split_at_col_mut(width);
        let (mut top, mut below) = own.split_at_row_mut(width);
        let regular = cholesky_in_place(top.rb_mut(), LltRegularization::default(), Par::Seq, stack, params()).is_ok();
        registers::clear();
        if !regular {
            return false;
        }
        let top = top.into_const();
        divide(threads, by_rows(below.rb_mut()).collect(), &|rows| {
            solve_lower_triangular_in_place(top, rows.transpose_mut(), Par::Seq);
            registers::clear();
        });
        let (_, mut later) = later.split_at_row_mut(width);
        let below = below.into_const().transpose();
        divide(threads, pieces(later.ncols()).zip(by_columns(later.rb_mut())).collect(), &|(columns, out)| {
            let own = below.subcols(columns.start, columns.len());
            add_lower(columns, -1.0, Accum::Add, below, own, out);
        });
        rest = later;
    }
    true
}

/// With columns J and rows R below them, from L = `[L_JJ; L_RJ]` and C_RR.
pub(super) struct Step<'a> {
    pub l: MatRef<'a, f64>,
    pub c_rr: MatRef<'a, f64>,
    /// Takes M = L_RJ L_JJ^-1.
    pub scaled: MatMut<'a, f64>,
    /// Takes L_JJ^-1.
    pub inverse: MatMut<'a, f64>,
    /// Takes C_JJ, on and below its diagonal, and C_RJ.
    pub panel: MatMut<'a, f64>,
    pub threads: usize,
}

impl Step<'_> {
    pub fn run(self) {
        let Step { l, c_rr, mut scaled, mut inverse, panel, threads } = self;
        let (top, bottom) = l.split_at_row(l.ncols());
        let mut work: Vec<_> = pieces(top.ncols()).zip(by_columns(inverse.rb_mut())).map(Part::Inverse).collect();
        work.extend(pieces(bottom.nrows()).zip(by_rows(scaled.rb_mut())).map(Part::Scaled));
        divide(threads, work, &|part| part.solve(top, bottom));
        let (m, inverse) = (scaled.into_const(), inverse.into_const());
        let (mut c_jj, mut c_rj) = panel.split_at_row_mut(l.ncols());
        let mut work: Vec<_> = pieces(top.ncols()).zip(by_columns(c_jj.rb_mut())).map(Product::Squares).collect();
        work.extend(pieces(bottom.nrows()).zip(by_rows(c_rj.rb_mut())).map(Product::Below));
        divide(threads, work, &|product| product.make(inverse, c_rr, m));
        let c_rj = c_rj.into_const();
        divide(threads, pieces(top.ncols()).zip(by_columns(c_jj)).collect(), &|(columns, out)| {
            let own = c_rj.subcols(columns.start, columns.len());
            add_lower(columns, -1.0, Accum::Add, m, own, out);
        });
    }
}

/// Ranges of a piece each.
fn pieces(n: usize) -> impl Iterator<Item = Range<usize>> {
    (0..n).step_by(PIECE).map(move |first| first..n.min(first + PIECE))
}

fn by_columns(mut all: MatMut<'_, f64>) -> impl Iterator<Item = MatMut<'_, f64>> {
    let mut parts = vec![];
    while all.ncols() > 0 {
        let width = PIECE.min(all.ncols());
        let (part, rest) = all.split_at_col_mut(width);
        parts.push(part);
        all = rest;
    }
    parts.into_iter()
}

fn by_rows(mut all: MatMut<'_, f64>) -> impl Iterator<Item = MatMut<'_, f64>> {
    let mut parts = vec![];
    while all.nrows() > 0 {
        let height = PIECE.min(all.nrows());
        let (part, rest) = all.split_at_row_mut(height);
        parts.push(part);
        all = rest;
    }
    parts.into_iter()
}

enum Part<'a> {
    /// Columns of L_JJ^-1.
    Inverse((Range<usize>, MatMut<'a, f64>)),
    /// Rows of M.
    Scaled((Range<usize>, MatMut<'a, f64>)),
}

impl Part<'_> {
    fn solve(self, top: MatRef<'_, f64>, bottom: MatRef<'_, f64>) {
        match self {
            Part::Inverse((columns, mut out)) => {
                out.fill(0.0);
                columns.clone().enumerate().for_each(|(k, j)| out[(j, k)] = 1.0);
                let (first, count) = (columns.start, top.ncols() - columns.start);
                let own = top.submatrix(first, first, count, count);
                solve_lower_triangular_in_place(own, out.subrows_mut(first, count), Par::Seq);
            }
            Part::Scaled((rows, mut out)) => {
                out.copy_from(bottom.subrows(rows.start, rows.len()));
                solve_upper_triangular_in_place(top.transpose(), out.transpose_mut(), Par::Seq);
            }
        }
        registers::clear();
    }
}

enum Product<'a> {
    /// Columns of L_JJ^-T L_JJ^-1.
    Squares((Range<usize>, MatMut<'a, f64>)),
    /// Rows of C_RJ.
    Below((Range<usize>, MatMut<'a, f64>)),
}

impl Product<'_> {
    fn make(self, inverse: MatRef<'_, f64>, c_rr: MatRef<'_, f64>, m: MatRef<'_, f64>) {
        match self {
            Product::Squares((columns, out)) => {
                // Above its diagonal L_JJ^-1 has zeros.
                let (first, count) = (columns.start, inverse.nrows() - columns.start);
                let own = inverse.submatrix(first, first, count, columns.len());
                let (diagonal, below) = out.subrows_mut(first, count).split_at_row_mut(columns.len());
                lower_square(1.0, Accum::Replace, own, own, diagonal);
                let later = inverse.submatrix(columns.end, columns.end, count - columns.len(), count - columns.len());
                let (upper, whole) = (BlockStructure::TriangularUpper, BlockStructure::Rectangular);
                let own = own.subrows(columns.len(), count - columns.len());
                triangular::matmul(below, whole, Accum::Replace, later.transpose(), upper, own, whole, 1.0, Par::Seq);
            }
            Product::Below((rows, out)) => matmul(out, Accum::Replace, c_rr.subrows(rows.start, rows.len()), m, -1.0, Par::Seq),
        }
        registers::clear();
    }
}

/// Columns of factor A'B on and below the diagonal, for the columns `own` of B.
fn add_lower(columns: Range<usize>, factor: f64, add: Accum, a: MatRef<'_, f64>, own: MatRef<'_, f64>, out: MatMut<'_, f64>) {
    let (first, end) = (columns.start, columns.end);
    let (diagonal, below) = out.subrows_mut(first, a.ncols() - first).split_at_row_mut(columns.len());
    lower_square(factor, add, a.subcols(first, columns.len()), own, diagonal);
    matmul(below, add, a.subcols(end, a.ncols() - end).transpose(), own, factor, Par::Seq);
    registers::clear();
}

/// The lower triangle of factor A'B.
fn lower_square(factor: f64, add: Accum, a: MatRef<'_, f64>, b: MatRef<'_, f64>, out: MatMut<'_, f64>) {
    let (lower, whole) = (BlockStructure::TriangularLower, BlockStructure::Rectangular);
    triangular::matmul(out, lower, add, a.transpose(), whole, b, whole, factor, Par::Seq);
}

/// Completes a symmetric matrix of which the lower triangle is there.
pub(super) fn mirror(all: MatMut<'_, f64>, threads: usize) {
    let (mut tiles, mut blocks) = (vec![], vec![]);
    split(all, &mut tiles, &mut blocks);
    divide(threads, tiles, &|(lower, upper)| transpose(lower, upper));
    divide(threads, blocks, &mirror_block);
}

fn mirror_block(mut block: MatMut<'_, f64>) {
    for column in 0..block.ncols() {
        for row in column + 1..block.nrows() {
            block[(column, row)] = block[(row, column)];
        }
    }
}

type Tile<'a> = (MatRef<'a, f64>, MatMut<'a, f64>);

/// Parts below the diagonal with those that they are copied to, and blocks on the diagonal.
fn split<'a>(all: MatMut<'a, f64>, tiles: &mut Vec<Tile<'a>>, blocks: &mut Vec<MatMut<'a, f64>>) {
    let n = all.nrows();
    if n <= TILE {
        blocks.push(all);
        return;
    }
    let half = n / 2;
    let (first, upper, lower, last) = all.split_at_mut(half, half);
    tiles.push((lower.into_const(), upper));
    split(first, tiles, blocks);
    split(last, tiles, blocks);
}

/// Copies a transposed matrix, in tiles, so that few lines of memory are written at a time.
fn transpose(from: MatRef<'_, f64>, mut to: MatMut<'_, f64>) {
    const LINES: usize = 16;
    for row in (0..from.nrows()).step_by(LINES) {
        for column in (0..from.ncols()).step_by(LINES) {
            for i in row..from.nrows().min(row + LINES) {
                for j in column..from.ncols().min(column + LINES) {
                    to[(j, i)] = from[(i, j)];
                }
            }
        }
    }
}
