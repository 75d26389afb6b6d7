//! How the linear predictors and the random effects move with each parameter. With e = x_j for a fixed effect and e = Z g_i,
//! g_i = D_i u + Lambda D_i'Z's, D_i = dLambda/dtheta_i, for a parameter of covariances,
//!
//! ```text
//! y = A^-1 Lambda'Z'W e,   deta/dparameter = e - Z Lambda y,   du/dparameter = D_i'Z's - y
//! ```
//!
//! and e_i'W (e_j - Z Lambda y_j) is the information of the linear model that has the criterion's value and slope at the modes: the average
//! information of covariance parameters, that of the fixed effects given them.

use super::modes::{Modes, solve_columns};
use crate::error::{Result, try_copy, try_vec};
use crate::iterative::columns::WIDTH;
use crate::iterative::conjugate::Limits;
use crate::iterative::schur::Schur;
use crate::linalg::dense;
use crate::random::{FactorDerivative, Layout, Roots, directions};
use crate::threads::each;
use crate::watch::Watch;

/// What memory is for.
const SLOPES: &str = "slopes of the random effects";

/// Of the parameters of covariances, then of the fixed effects.
pub struct Directions {
    /// db/dparameter and du/dparameter, `[q, parameters]`.
    pub effects: Vec<f64>,
    pub spherical: Vec<f64>,
    /// deta/dparameter of each.
    pub rows: Vec<Vec<f64>>,
    /// `[n, n]`, of the deviance.
    pub information: Vec<f64>,
    pub steps: usize,
    pub settled: bool,
}

/// Where they are wanted.
pub struct At<'e, 'a> {
    pub modes: &'e Modes<'a>,
    pub roots: &'e Roots,
    pub schur: &'e Schur<'e>,
    /// `[n, p]`.
    pub columns: &'e [f64],
    pub limits: Limits,
    pub threads: usize,
}

impl At<'_, '_> {
    pub fn directions(&self, derivatives: &[FactorDerivative], watch: &Watch<'_>) -> Result<Directions> {
        let (modes, model, n) = (self.modes, self.modes.model, self.modes.model.n);
        let (q, k) = (model.layout.q(), derivatives.len());
        let mut effects = directions(&model.layout, self.roots, derivatives, &modes.u, &modes.zs)?;
        let p = self.columns.len() / n.max(1);
        effects.resize(q * (k + p), 0.0);
        let mut rows = vec![];
        for g in effects.chunks_exact(q).take(k) {
            let mut own = vec![try_vec("linear predictor", 0.0, n)?];
            model.add_random(g, &mut own, self.threads);
            rows.append(&mut own);
        }
        for column in self.columns.chunks_exact(n.max(1)) {
            rows.push(try_copy("linear predictor", column)?);
        }
        let mut weighted = vec![];
        let mut right = try_vec(SLOPES, 0.0, q * rows.len())?;
        for (e, right) in rows.iter().zip(right.chunks_exact_mut(q)) {
            let mut own = vec![try_copy("linear predictor", e)?];
            own[0].iter_mut().zip(&modes.jet.w[0]).for_each(|(e, w)| *e *= w);
            model.transpose_random(&own, right, self.threads);
            weighted.append(&mut own);
        }
        let (schur, limits) = (self.schur, self.limits);
        let work = |i: usize, watch: &Watch<'_>| solve_columns(schur, &right, i * WIDTH, limits, watch);
        let solutions = each(rows.len().div_ceil(WIDTH), &watch.with_threads(self.threads), &work)?;
        let mut spherical = right;
        for (j, y) in spherical.chunks_exact_mut(q).enumerate() {
            schur.split.take_column(&solutions[j / WIDTH].u, j % WIDTH, y);
            let mut ly = try_copy(SLOPES, y)?;
            modes.apply_factors(self.roots, false, &mut ly);
            dense::add_scaled(&mut effects[j * q..(j + 1) * q], -1.0, &ly);
            y.iter_mut().for_each(|y| *y = -*y);
            if let Some(own) = derivatives.get(j) {
                add_transposed(&model.layout, own, &modes.zs, y);
            }
        }
        for (j, (row, own)) in rows.iter_mut().zip(effects.chunks_exact(q)).enumerate() {
            match j.checked_sub(k) {
                Some(j) => row.copy_from_slice(&self.columns[j * n..(j + 1) * n]),
                None => row.fill(0.0),
            }
            model.add_random(own, std::slice::from_mut(row), self.threads);
        }
        Ok(Directions {
            information: information(&weighted, &rows, k),
            steps: solutions.iter().map(|own| own.steps).max().unwrap_or(0),
            settled: solutions.iter().all(|own| own.settled),
            effects,
            spherical,
            rows,
        })
    }
}

/// out += D'z, level by level.
fn add_transposed(layout: &Layout, own: &FactorDerivative, z: &[f64], out: &mut [f64]) {
    let (r, range) = (layout.terms[own.term].effects, layout.offset(own.term)..layout.offset(own.term + 1));
    for (out, z) in out[range.clone()].chunks_exact_mut(r).zip(z[range].chunks_exact(r)) {
        for (b, out) in out.iter_mut().enumerate() {
            *out += (b..r).map(|c| own.d[b * r + c] * z[c]).sum::<f64>();
        }
    }
}

/// Twice that of fixed effects, as their part of the deviance's Hessian; between the two kinds what leaves the whole positive (see `hessian`).
fn information(weighted: &[Vec<f64>], rows: &[Vec<f64>], n_theta: usize) -> Vec<f64> {
    let n = rows.len();
    let factor = |i: usize| if i < n_theta { 1.0 } else { std::f64::consts::SQRT_2 };
    let form = |i: usize, j: usize| factor(i) * factor(j) * dense::dot(&weighted[i], &rows[j]);
    (0..n * n).map(|e| 0.5 * (form(e % n, e / n) + form(e / n, e % n))).collect()
}
