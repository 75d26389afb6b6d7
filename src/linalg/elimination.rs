//! The factorisation of a system by runs of supernodes, groups of subtrees at the same time.
// As in `runs`.
#![allow(clippy::inline_always)]

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::{LltRegularization, cholesky_in_place};
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::prelude::ReborrowMut;
use faer::{Accum, MatMut, MatRef, Par};
use pulp::Arch;

use super::dense::add_scaled;
use super::large_supernode::{self, MANY_COLUMNS};
use super::registers;
use super::runs::{Run, Runs, SMALL_BLOCK, SMALL_PRODUCT};
use super::supernodes::params;
use crate::error::{Error, Result, try_vec};
use crate::threads::divide;

impl Runs {
    /// A = L L' in place; `false` if A is not positive definite.
    pub fn factorize(&self, values: &mut [f64], work: &mut [f64], threads: usize, stack: &mut MemStack) -> Result<bool> {
        let Some(groups) = &self.groups else {
            let part = &mut Part { own: values, from: 0, beyond: &mut [], above: usize::MAX, threads };
            return Ok(self.eliminate_all(&self.all, part, work, stack));
        };
        let from = self.all[groups.above].from;
        let (mut below, above) = values.split_at_mut(from);
        let mut parts = vec![];
        for range in &groups.ranges {
            let own;
            (own, below) = below.split_at_mut(self.all[range.end].from - self.all[range.start].from);
            parts.push((&self.all[range.clone()], own));
        }
        let numbers = above.len();
        for taken in divide(threads, parts, &|(runs, own)| self.eliminate_group(runs, own, (from, numbers))) {
            let Some(taken) = taken? else { return Ok(false) };
            add_scaled(above, 1.0, &taken);
        }
        let part = &mut Part { own: above, from, beyond: &mut [], above: usize::MAX, threads };
        Ok(self.eliminate_all(&self.all[groups.above..], part, work, stack))
    }

    /// Eliminates a group, whose panels are `own`: what it adds to the numbers above; none if some pivot is not positive.
    fn eliminate_group(&self, runs: &[Run], own: &mut [f64], (above, numbers): (usize, usize)) -> Result<Option<Vec<f64>>> {
        let mut beyond = try_vec("workspace of the factorisation", 0.0, numbers)?;
        let largest = runs.iter().map(|run| run.rows).max().unwrap_or(0);
        let mut work = try_vec("workspace of the factorisation", 0.0, largest * largest)?;
        let request = self.scratch();
        let mut scratch =
            MemBuffer::try_new(request).map_err(|_| Error::memory("workspace of the factorisation", request.size_bytes()))?;
        let part = &mut Part { own, from: runs.first().map_or(0, |run| run.from), beyond: &mut beyond, above, threads: 1 };
        let regular = self.eliminate_all(runs, part, &mut work, MemStack::new(&mut scratch));
        Ok(regular.then_some(beyond))
    }

    /// Eliminates runs one after the other, in wide vectors; `false` if some pivot is not positive.
    fn eliminate_all(&self, runs: &[Run], part: &mut Part<'_>, work: &mut [f64], stack: &mut MemStack) -> bool {
        Arch::new().dispatch(
            #[inline(always)]
            || {
                for run in runs {
                    if !self.eliminate(run, part, work, stack) {
                        return false;
                    }
                }
                true
            },
        )
    }

    /// Factorises a run's panels and takes off later ones what they have to do with it; `false` if some pivot is not positive.
    #[inline(always)]
    fn eliminate(&self, run: &Run, part: &mut Part<'_>, work: &mut [f64], stack: &mut MemStack) -> bool {
        let (c, r, h, behind) = (run.columns, run.rows, run.height(), run.panels().end);
        let (before, after) = part.own.split_at_mut(behind - part.from);
        let panels = &mut before[run.from - part.from..];
        if !panels.chunks_exact_mut(h * c).all(|panel| factorize_panel(h, c, panel, part.threads, stack)) {
            return false;
        }
        if r == 0 {
            return true;
        }
        let (above, beyond) = (part.above, &mut *part.beyond);
        let mut take = |base: usize, places: &[u32], factor: f64, v: &[f64]| {
            let out = if base < above { &mut after[base - behind..] } else { &mut beyond[base - above..] };
            subtract(out, places, factor, v);
        };
        if run.width() == 1 {
            let below = &panels[1..];
            self.each_column(run, |j, base, places| take(base, places, below[j], &below[j..]));
        } else {
            let update = &mut work[..r * r];
            self_product(r, run.width(), h, &panels[c..], update);
            self.each_column(run, |j, base, places| take(base, places, 1.0, &update[j * r + j..]));
        }
        true
    }
}

/// Panels from a place on, and what those from `above` on, which are others', are to have added.
struct Part<'a> {
    own: &'a mut [f64],
    from: usize,
    beyond: &'a mut [f64],
    above: usize,
    /// How many work on one large panel.
    threads: usize,
}

/// out at `places` -= factor v.
#[inline(always)]
fn subtract(out: &mut [f64], places: &[u32], factor: f64, v: &[f64]) {
    let (first, last) = (places[0] as usize, places[places.len() - 1] as usize);
    if last - first + 1 == places.len() {
        add_scaled(&mut out[first..=last], -factor, v);
    } else {
        places.iter().zip(v).for_each(|(place, v)| out[*place as usize] -= factor * v);
    }
}

/// The lower triangle of B B', for B `r x k` with its columns `stride` apart.
#[inline(always)]
fn self_product(r: usize, k: usize, stride: usize, b: &[f64], out: &mut [f64]) {
    if r * r * k > SMALL_PRODUCT {
        let b = MatRef::from_column_major_slice_with_stride(b, r, k, stride);
        let out = MatMut::from_column_major_slice_mut(out, r, r);
        let (full, lower) = (BlockStructure::Rectangular, BlockStructure::TriangularLower);
        triangular::matmul(out, lower, Accum::Replace, b, full, b.transpose(), full, 1.0, Par::Seq);
        registers::clear();
        return;
    }
    out.fill(0.0);
    for column in b.chunks(stride) {
        for j in 0..r {
            add_scaled(&mut out[j * r + j..(j + 1) * r], column[j], &column[j..r]);
        }
    }
}

/// The factor of a panel of `c` columns and `h` rows, its first rows symmetric; `false` if a pivot is not positive.
#[inline(always)]
fn factorize_panel(h: usize, c: usize, panel: &mut [f64], threads: usize, stack: &mut MemStack) -> bool {
    if c >= MANY_COLUMNS {
        return large_supernode::factorize(MatMut::from_column_major_slice_mut(panel, h, c), threads, stack);
    }
    if c > SMALL_BLOCK {
        let (mut top, mut below) = MatMut::from_column_major_slice_mut(panel, h, c).split_at_row_mut(c);
        let regularization = LltRegularization::default();
        let regular = cholesky_in_place(top.rb_mut(), regularization, Par::Seq, stack, params()).is_ok();
        solve_lower_triangular_in_place(top.as_ref(), below.rb_mut().transpose_mut(), Par::Seq);
        registers::clear();
        return regular;
    }
    for j in 0..c {
        let (before, rest) = panel.split_at_mut(j * h);
        let column = &mut rest[j..h];
        for earlier in before.chunks_exact(h) {
            add_scaled(column, -earlier[j], &earlier[j..]);
        }
        let pivot = column[0];
        if pivot.is_nan() || pivot <= 0.0 {
            return false;
        }
        let root = pivot.sqrt();
        let inverse = 1.0 / root;
        column[0] = root;
        column[1..].iter_mut().for_each(|v| *v *= inverse);
    }
    true
}
