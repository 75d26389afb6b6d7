//! The average information (Gilmour, Thompson and Cullis 1995) at the cost of a solve for each parameter.

use super::right_hand_sides::{Profiled, leading_solve};
use crate::error::Result;
use crate::iterative::columns::{Row, WIDTH, products};
use crate::iterative::conjugate::Limits;
use crate::iterative::schur::Schur;
use crate::iterative::solve::{Solution, block, divide_by_factors, forms, solved};
use crate::iterative::split::Columns;
use crate::linalg::dense;
use crate::random::{FactorDerivative, Roots, directions};
use crate::threads::each;
use crate::watch::Watch;

/// Where it is wanted.
pub struct At<'e, 'a> {
    pub schur: &'e Schur<'a>,
    pub roots: &'e Roots,
    pub profiled: &'e Profiled,
    /// Z'V^-1[Q e].
    pub scores: &'e [Columns],
    pub reml: bool,
    /// Of the log-likelihood.
    pub rows: f64,
    pub limits: Limits,
    pub threads: usize,
}

/// The information of the parameters `[n, n]`, that of each with log sigma, and whether all solves came to their end.
pub struct Information {
    pub matrix: Vec<f64>,
    pub with_sigma: Vec<f64>,
    pub settled: bool,
}

impl At<'_, '_> {
    /// h_ij = [g_i'Z'V^-1Z g_j - (Q~'g_i)'(Q~'g_j)] / sigma^2 - (z'g_i)(z'g_j) / (sigma^4 N), with
    /// Z'V^-1Z = Lambda'^-1 (I - A^-1) Lambda^-1.
    pub fn information(&self, derivatives: &[FactorDerivative], watch: &Watch<'_>) -> Result<Information> {
        let (n, profiled, layout) = (derivatives.len(), self.profiled, self.schur.split.layout);
        let g = directions(layout, self.roots, derivatives, &profiled.modes, &profiled.scores)?;
        let (schur, scores, gram, m) = (self.schur, self.scores, &profiled.gram, profiled.gamma.len() + 1);
        let limits = self.limits;
        let work = |i: usize, watch: &Watch<'_>| -> Result<(Solution, Vec<Vec<f64>>)> {
            let mut own = block(schur, &g, i * WIDTH)?;
            let along = along(scores, &own, gram, m);
            divide_by_factors(schur, false, &mut own);
            Ok((solved(schur, own, limits, watch)?, along))
        };
        let all = each(n.div_ceil(WIDTH), &watch.with_threads(self.threads), &work)?;
        let sigma2 = profiled.sigma2;
        let residual: Vec<f64> = g.chunks_exact(layout.q()).map(|g| dense::dot(g, &profiled.scores)).collect();
        let mut matrix = vec![0.0; n * n];
        for (a, (left, left_along)) in all.iter().enumerate() {
            for (b, (right, right_along)) in all.iter().enumerate() {
                let (form, own) = (forms(left, right), squares(left, right));
                for (x, y) in (0..WIDTH * WIDTH).map(|e| (e % WIDTH, e / WIDTH)) {
                    let (i, j) = (a * WIDTH + x, b * WIDTH + y);
                    if i >= n || j >= n {
                        continue;
                    }
                    let fixed = if self.reml { dense::dot(&left_along[x], &right_along[y]) } else { 0.0 };
                    // Solutions are symmetric only to their tolerance.
                    let half = 0.5
                        * ((own[x][y] - form[x][y] - fixed) / sigma2 - residual[i] * residual[j] / (sigma2 * sigma2 * self.rows));
                    matrix[j * n + i] += half;
                    matrix[i * n + j] += half;
                }
            }
        }
        Ok(Information {
            matrix,
            with_sigma: residual.iter().map(|r| 2.0 * r / sigma2).collect(),
            settled: all.iter().all(|(own, _)| own.settled),
        })
    }
}

/// R^-1 Q'V^-1Z g of each column g.
fn along(scores: &[Columns], g: &Columns, factor: &[f64], m: usize) -> Vec<Vec<f64>> {
    let mut all = vec![vec![0.0; m - 1]; WIDTH];
    for (i, own) in scores.iter().enumerate() {
        for (first, second) in [(&own.first, &g.first), (&own.others, &g.others)] {
            for (x, row) in products(first, second, 1).iter().enumerate() {
                for (all, v) in all.iter_mut().zip(row) {
                    all.get_mut(i * WIDTH + x).into_iter().for_each(|sum| *sum += v);
                }
            }
        }
    }
    all.iter_mut().for_each(|own| leading_solve(factor, m, own));
    all
}

/// w_i'w_j of two blocks.
fn squares(a: &Solution, b: &Solution) -> [Row; WIDTH] {
    let mut total = products(&a.w.first, &b.w.first, 1);
    let others = products(&a.w.others, &b.w.others, 1);
    total.iter_mut().flatten().zip(others.iter().flatten()).for_each(|(sum, v)| *sum += v);
    total
}
