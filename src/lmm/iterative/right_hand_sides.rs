//! Solutions for the fixed effects and the response, by conjugate gradients to nearly the last digit: with them the coefficients, their
//! covariance, rho^2, and the modes are as exact as with a factor of A.

use crate::error::{Error, Result, try_copy, try_vec};
use crate::iterative::columns::{Row, WIDTH, add, products};
use crate::iterative::schur::{Schur, WORK};
use crate::iterative::solve::{Solution, divide_by_factors, forms};
use crate::iterative::split::Columns;
use crate::linalg::dense;
use crate::lmm::system::LinearSystem;
use crate::random::FactorDerivative;

/// What the solutions for [Q e] say.
pub struct Profiled {
    /// Lower factor of [Q e]'V^-1[Q e], `[m, m]`.
    pub gram: Vec<f64>,
    pub gamma: Vec<f64>,
    pub sigma2: f64,
    pub log_det_x: f64,
    /// The spherical modes u, and z = Z'V^-1(e - Q gamma), `[q]`.
    pub modes: Vec<f64>,
    pub scores: Vec<f64>,
    /// Of each term, for each pair (a, b) of effects, sum_j (Z'V^-1Q)_ja' U_jb, `[p, p]`.
    pub cross: Vec<Vec<Vec<f64>>>,
    pub steps: usize,
    pub settled: bool,
}

/// The same with Z'V^-1[Q e] by blocks.
pub struct WithScores {
    pub profiled: Profiled,
    /// Z'V^-1[Q e].
    pub scores: Vec<Columns>,
}

/// Z'V^-1 of the columns of a solution, Lambda'^-1 (U + residual).
fn scores(schur: &Schur<'_>, own: &Solution) -> Result<Columns> {
    let mut scores = Columns { first: try_copy(WORK, &own.u.first)?, others: try_copy(WORK, &own.u.others)? };
    add(&mut scores.others, 1.0, &own.residual);
    divide_by_factors(schur, true, &mut scores);
    Ok(scores)
}

/// Puts the solutions for all blocks of [Q e] together.
pub fn profile(schur: &Schur<'_>, system: &LinearSystem, rows: f64, all: &[Solution]) -> Result<WithScores> {
    let m = system.m();
    let gram = gram(system, all)?;
    let mut gamma: Vec<f64> = (0..m - 1).map(|j| gram[j * m + m - 1]).collect();
    dense::solve_lower_transpose(m, &gram, &mut gamma);
    let mut own = vec![];
    for solution in all {
        own.push(scores(schur, solution)?);
    }
    let solutions: Vec<&Columns> = all.iter().map(|s| &s.u).collect();
    let rho = gram[m * m - 1];
    let profiled = Profiled {
        sigma2: rho * rho / rows,
        log_det_x: (0..m - 1).map(|j| 2.0 * gram[j * m + j].ln()).sum(),
        modes: combined(schur, &solutions, &gamma)?,
        scores: combined(schur, &own.iter().collect::<Vec<_>>(), &gamma)?,
        cross: cross(schur, &own, &solutions, m - 1),
        steps: all.iter().map(|s| s.steps).max().unwrap_or(0),
        settled: all.iter().all(|s| s.settled),
        gram,
        gamma,
    };
    Ok(WithScores { profiled, scores: own })
}

/// The Cholesky factor of [Q e]'V^-1[Q e].
fn gram(system: &LinearSystem, all: &[Solution]) -> Result<Vec<f64>> {
    let m = system.m();
    let mut gram = try_vec("cross-products of the fixed effects", 0.0, m * m)?;
    for j in 0..m {
        gram[j * m + j] = if j + 1 == m { system.rss } else { 1.0 };
    }
    for (a, left) in all.iter().enumerate() {
        for (b, right) in all.iter().enumerate().take(a + 1) {
            for (x, row) in forms(left, right).iter().enumerate() {
                for (y, v) in row.iter().enumerate() {
                    let (i, j) = (a * WIDTH + x, b * WIDTH + y);
                    if i < m && j <= i {
                        gram[j * m + i] -= v;
                    }
                }
            }
        }
    }
    dense::cholesky(m, &mut gram).map_err(|j| {
        Error::numeric(if j + 1 == m {
            crate::lmm::deviance::NOTHING_LEFT
        } else {
            "the random effects vary so much beside the residual variance that the fixed effects are confounded with them to within rounding"
        })
    })?;
    Ok(gram)
}

/// The last column less the others times gamma, in the order of all terms.
fn combined(schur: &Schur<'_>, blocks: &[&Columns], gamma: &[f64]) -> Result<Vec<f64>> {
    let (split, p) = (schur.split, gamma.len());
    let mut out = try_vec(WORK, 0.0, split.layout.q())?;
    for (b, block) in blocks.iter().enumerate() {
        let factors: Row = std::array::from_fn(|c| match b * WIDTH + c {
            j if j < p => -gamma[j],
            j if j == p => 1.0,
            _ => 0.0,
        });
        let mut add = |k: usize, rows: &[Row]| {
            let own = &mut out[split.layout.offset(k)..split.layout.offset(k + 1)];
            own.iter_mut().zip(rows).for_each(|(out, row)| *out += (0..WIDTH).map(|c| factors[c] * row[c]).sum::<f64>());
        };
        add(split.first, &block.first);
        for (i, &k) in split.others.iter().enumerate() {
            add(k, &block.others[split.range(i)]);
        }
    }
    Ok(out)
}

/// sum_j (Z'V^-1Q)_ja' U_jb of each term and pair of effects, at b r + a.
fn cross(schur: &Schur<'_>, scores: &[Columns], solutions: &[&Columns], p: usize) -> Vec<Vec<Vec<f64>>> {
    let split = schur.split;
    let of_pair = |k: usize, a: usize, b: usize| {
        let mut out = vec![0.0; p * p];
        for (i, left) in scores.iter().enumerate() {
            for (j, right) in solutions.iter().enumerate() {
                let r = split.layout.terms[k].effects;
                let sums = products(&split.part(k, left)[a..], &split.part(k, right)[b..], r);
                for (x, row) in sums.iter().enumerate() {
                    for (y, v) in row.iter().enumerate() {
                        let (x, y) = (i * WIDTH + x, j * WIDTH + y);
                        if x < p && y < p {
                            out[y * p + x] = *v;
                        }
                    }
                }
            }
        }
        out
    };
    let of_term = |k: usize| {
        let r = split.layout.terms[k].effects;
        (0..r * r).map(|e| of_pair(k, e % r, e / r)).collect()
    };
    (0..split.layout.terms.len()).map(of_term).collect()
}

impl Profiled {
    /// S_X^-1, `[p, p]`.
    pub fn inverse(&self) -> Vec<f64> {
        let (p, m) = (self.gamma.len(), self.gamma.len() + 1);
        let mut inverse = vec![0.0; p * p];
        for (j, column) in inverse.chunks_exact_mut(p.max(1)).enumerate() {
            column[j] = 1.0;
            leading_solve(&self.gram, m, column);
            // The last row and column are the response's.
            let mut rest = column.to_vec();
            for i in (0..p).rev() {
                let sum: f64 = (i + 1..p).map(|k| self.gram[i * m + k] * rest[k]).sum();
                rest[i] = (rest[i] - sum) / self.gram[i * m + i];
            }
            column.copy_from_slice(&rest);
        }
        inverse
    }

    /// -R^-1 (dS_X) R'^-1 of each parameter: dS_X = -sum_ab D_ab (E_ab + E_ab'), E = sum_j (Z'V^-1Q)_ja' U_jb.
    pub fn fixed_derivatives(&self, derivatives: &[FactorDerivative]) -> Vec<Vec<f64>> {
        let (p, m) = (self.gamma.len(), self.gamma.len() + 1);
        let one = |own: &FactorDerivative| {
            let mut sum = vec![0.0; p * p];
            for (d, cross) in own.d.iter().zip(&self.cross[own.term]) {
                dense::add_scaled(&mut sum, *d, cross);
            }
            let mut out: Vec<f64> = (0..p * p).map(|e| sum[e] + sum[e % p * p + e / p]).collect();
            for _ in 0..2 {
                out.chunks_exact_mut(p.max(1)).for_each(|column| leading_solve(&self.gram, m, column));
                out = (0..p * p).map(|e| out[e % p * p + e / p]).collect();
            }
            out
        };
        derivatives.iter().map(one).collect()
    }
}

/// v <- R^-1 v with the leading part R of a lower factor `[m, m]`.
pub fn leading_solve(factor: &[f64], m: usize, v: &mut [f64]) {
    for i in 0..v.len() {
        let sum: f64 = (0..i).map(|k| factor[k * m + i] * v[k]).sum();
        v[i] = (v[i] - sum) / factor[i * m + i];
    }
}
