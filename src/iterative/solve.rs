//! Solutions with A itself: the eliminated term is taken off a right-hand side, and recovered.

use super::columns::{Row, WIDTH, add, divide, gathered, multiply, products, zeros};
use super::conjugate::{Limits, Solved, solve};
use super::schur::{Schur, WORK};
use super::split::Columns;
use crate::error::{Result, try_copy};
use crate::watch::Watch;

/// Eight columns w of Lambda'Z'[Q e] or the like, with U = A^-1 w and the part of w - A U that is not zero.
pub struct Solution {
    pub w: Columns,
    pub u: Columns,
    /// Of the others' effects.
    pub residual: Vec<Row>,
    pub steps: usize,
    pub settled: bool,
}

/// Columns `first` and on of a matrix `[q, columns]`, by terms.
pub fn block(schur: &Schur<'_>, matrix: &[f64], first: usize) -> Result<Columns> {
    let (split, q) = (schur.split, schur.split.layout.q());
    let rows = |k: usize| split.layout.offset(k)..split.layout.offset(k + 1);
    let mut own = Columns { first: zeros(WORK, rows(split.first).len())?, others: zeros(WORK, split.n_others())? };
    gathered(matrix, q, first, rows(split.first), &mut own.first);
    for (i, &k) in split.others.iter().enumerate() {
        gathered(matrix, q, first, rows(k), &mut own.others[split.range(i)]);
    }
    Ok(own)
}

/// v <- Lambda v, or Lambda'v.
pub fn apply_factors(schur: &Schur<'_>, transpose: bool, v: &mut Columns) {
    multiply(schur.split.first_size().0, schur.t_first(), transpose, &mut v.first);
    schur.apply_factors(transpose, &mut v.others);
}

/// v <- Lambda^-1 v, or Lambda'^-1 v; zero where T is.
pub fn divide_by_factors(schur: &Schur<'_>, transpose: bool, v: &mut Columns) {
    divide(schur.split.first_size().0, schur.t_first(), transpose, &mut v.first);
    for i in 0..schur.split.others.len() {
        divide(schur.split.effects(i), schur.t_of(i), transpose, &mut v.others[schur.split.range(i)]);
    }
}

/// Solves A U = w.
pub fn solved(schur: &Schur<'_>, w: Columns, limits: Limits, watch: &Watch<'_>) -> Result<Solution> {
    let own = solve(schur, reduced(schur, &w)?, limits, watch)?;
    recovered(schur, w, own)
}

/// The right-hand side of S.
pub fn reduced(schur: &Schur<'_>, w: &Columns) -> Result<Vec<Row>> {
    let mut right = try_copy(WORK, &w.others)?;
    add(&mut right, -1.0, &schur.through_first(&w.first)?);
    Ok(right)
}

/// The solution of A from that of S.
pub fn recovered(schur: &Schur<'_>, w: Columns, own: Solved) -> Result<Solution> {
    let first = schur.recover_first(try_copy(WORK, &w.first)?, &own.x)?;
    let u = Columns { first, others: own.x };
    Ok(Solution { w, u, residual: own.residual, steps: own.steps, settled: own.settled })
}

/// w_i'A^-1 w_j of two blocks: errors of the solutions are of second order.
pub fn forms(a: &Solution, b: &Solution) -> [Row; WIDTH] {
    let parts = [products(&a.w.first, &b.u.first, 1), products(&a.w.others, &b.u.others, 1), products(&a.u.others, &b.residual, 1)];
    let mut total = [[0.0; WIDTH]; WIDTH];
    for part in parts {
        total.iter_mut().flatten().zip(part.iter().flatten()).for_each(|(sum, v)| *sum += v);
    }
    total
}
