//! Robust covariances of the fixed effects: sandwiches of residuals by cluster, or by row.
//!
//! With the model's covariance M = (X'V^-1 X)^-1 and matrices A_j that depend on the kind,
//! M (sum_j X_j' V_j^-1 A_j e_j e_j' A_j' V_j^-1 X_j) M, e = y - X beta (Pustejovsky & Tipton 2018). Of other models V (sum_j s_j s_j') V with
//! the scores s_j of clusters and the covariance V of all parameters.

mod blocks;
mod independent;
mod linear;
mod others;

use crate::choice::Choice;
use crate::diagnostics::influence::{Cases, Units};
use crate::error::{Error, Result};
use crate::fit::{Fit, Robust, RobustKind};
use crate::linalg::dense::{dot_in_order as dot, semidefinite_cholesky};
use crate::names::quoted;
use crate::watch::{Phase, Watch};

/// The share of the standard error by single rows (of a generalised model of the model's own) below which that of clusters is the
/// rounding, or the end of the search, of scores that vanish.
const VANISHED: (f64, f64) = (1e-9, 1e-6);

/// What memory is for.
const SANDWICH: &str = "robust covariance";

impl Fit {
    /// The same fit with a robust covariance of its fixed effects, by which all of its tests and limits are.
    pub fn with_robust(&self, kind: RobustKind, cases: &Cases<'_>, watch: &Watch<'_>) -> Result<Fit> {
        if self.robust.is_some() {
            return Err(Error::argument("robust: the fit has robust standard errors, wanted the one that it was made of"));
        }
        if !self.is_linear() && matches!(kind, RobustKind::Cr2 | RobustKind::Cr3) {
            return Err(Error::unsupported(format!("robust: {} is for linear models; others have cr0, cr1 and cr1s", kind.name())));
        }
        self.without_priors("robust")?;
        self.need_rows("robust")?;
        self.with_factor("robust")?;
        watch.at(Phase::Residuals, 0, Some(self.n_obs))?;
        let watch = &watch.inside(Phase::Residuals, 0, Some(self.n_obs));
        let units = Units::new(self, cases)?;
        let clusters = clusters(self, &units)?;
        let p = self.fixed.names.len();
        let factor = correction(kind, clusters as f64, self.n_obs as f64, p as f64);
        let (root, floor, moments) = if self.is_linear() {
            let linear::Scores { clusters: scores, rows, moments } = linear::scores(self, kind, &units, watch)?;
            let k = self.fixed.root.len() / p.max(1);
            let rotated = |squares: &[f64]| rotated(&self.fixed.root, p, &semidefinite_cholesky(k, squares));
            (rotated(&squares(&scores, k, factor)), scaled(rotated(&rows), VANISHED.0), moments)
        } else {
            let (moves, rows) = others::moves(self, &units, watch)?;
            let floor = rows.map_or_else(
                || scaled(self.fixed.root.clone(), VANISHED.1),
                |rows| scaled(semidefinite_cholesky(p, &rows), VANISHED.0),
            );
            (moves.into_iter().flatten().map(|x| factor.sqrt() * x).collect(), floor, vec![])
        };
        let mut fit = self.clone();
        let rows_of =
            |root: &[f64]| -> Vec<Vec<f64>> { (0..p).map(|i| root.iter().skip(i).step_by(p.max(1)).copied().collect()).collect() };
        let rows = rows_of(&root);
        fit.fixed.vcov = (0..p * p).map(|e| dot(&rows[e % p], &rows[e / p])).collect();
        fit.fixed.std_error = rows.iter().map(|row| dot(row, row).sqrt()).collect();
        let least: Vec<f64> = rows_of(&floor).iter().map(|row| dot(row, row).sqrt()).collect();
        fit.without_vanished(&least);
        fit.fixed.root = root;
        let group = match cases {
            Cases::Rows => None,
            Cases::Group(name, _) => Some((*name).to_owned()),
            Cases::Codes(_) => Some("codes".to_owned()),
        };
        fit.robust = Some(Robust { kind, group, n_clusters: clusters, model_root: self.fixed.root.clone(), floor, moments });
        Ok(fit)
    }

    /// Standard errors that are no more than rounding are none; a warning says so.
    fn without_vanished(&mut self, least: &[f64]) {
        let p = self.fixed.names.len();
        let gone: Vec<usize> = (0..p).filter(|j| self.fixed.std_error[*j] <= least[*j]).collect();
        if gone.is_empty() {
            return;
        }
        for &j in &gone {
            (self.fixed.std_error[j], self.fixed.vcov[j * (p + 1)]) = (f64::NAN, f64::NAN);
        }
        let names: Vec<String> = gone.iter().map(|j| quoted(&self.fixed.names[*j])).collect();
        self.design_warnings.push(format!(
            "robust: {} has no standard error by clusters: the model fits each cluster's part in it exactly, so that nothing is left that tells how \
             it varies",
            names.join(", ")
        ));
    }
}

/// The same times a factor.
fn scaled(mut values: Vec<f64>, factor: f64) -> Vec<f64> {
    values.iter_mut().for_each(|v| *v *= factor);
    values
}

/// The sum of the squares of vectors.
fn squares(vectors: &[Vec<f64>], k: usize, factor: f64) -> Vec<f64> {
    let mut sum = vec![0.0; k * k];
    for v in vectors {
        for (column, x) in sum.chunks_exact_mut(k.max(1)).zip(v) {
            column.iter_mut().zip(v).for_each(|(sum, y)| *sum += factor * x * y);
        }
    }
    sum
}

/// The number of clusters, to one of which each row belongs.
fn clusters(fit: &Fit, units: &Units) -> Result<usize> {
    let rows: usize = (0..units.len()).map(|j| units.rows(j).len()).sum();
    if rows < fit.n_obs {
        return Err(Error::argument(format!("robust: {} of {} rows are in no cluster", fit.n_obs - rows, fit.n_obs)));
    }
    match units.len() {
        m if m > 1 => Ok(m),
        _ => Err(Error::argument("robust: all rows are in one cluster, wanted two clusters or more")),
    }
}

/// What the sandwich is multiplied by, for m clusters.
fn correction(kind: RobustKind, m: f64, n: f64, p: f64) -> f64 {
    match kind {
        RobustKind::Cr0 | RobustKind::Cr2 | RobustKind::Cr3 => 1.0,
        RobustKind::Cr1 => m / (m - 1.0),
        RobustKind::Cr1s => m * (n - 1.0) / ((m - 1.0) * (n - p)),
    }
}

/// R T for R `[p, k]` and a lower triangle T `[k, k]`.
fn rotated(r: &[f64], p: usize, t: &[f64]) -> Vec<f64> {
    let k = r.len() / p.max(1);
    let mut out = vec![0.0; p * k];
    for (j, to) in out.chunks_exact_mut(p.max(1)).enumerate() {
        for (i, from) in r.chunks_exact(p.max(1)).enumerate().skip(j) {
            to.iter_mut().zip(from).for_each(|(to, from)| *to += t[j * k + i] * from);
        }
    }
    out
}
