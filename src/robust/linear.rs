//! Scores of clusters of a linear model.

use super::SANDWICH;
use super::blocks::Blocks;
use crate::diagnostics::influence::Units;
use crate::error::{Error, Result, try_vec};
use crate::fit::{Fit, RobustKind};
use crate::linalg::dense::{dot_in_order as dot, solve_lower, symmetric_eigen};
use crate::watch::{Phase, Watch};

/// Eigenvalues below this share of the largest are zero.
const ZERO: f64 = 1e-12;

/// What clusters, and rows, say of the fixed effects.
pub struct Scores {
    /// s_j of each cluster.
    pub clusters: Vec<Vec<f64>>,
    /// The sum of the squares of the scores of single rows, `[k, k]`.
    pub rows: Vec<f64>,
    /// G_j and U_j (`fit::Robust`) where the kind has degrees of freedom.
    pub moments: Vec<(Vec<f64>, Vec<f64>)>,
}

/// The share of the information on a combination of fixed effects that is left without a cluster, below which there is none.
const LOST: f64 = 1e-9;

/// s_j, G_j and U_j of a cluster.
type Unbiased = (Vec<f64>, (Vec<f64>, Vec<f64>));

/// Of all clusters.
pub fn scores(fit: &Fit, kind: RobustKind, units: &Units, watch: &Watch<'_>) -> Result<Scores> {
    let weights = match &fit.weights {
        Some(weights) => fit.used(weights)?,
        None => try_vec(SANDWICH, 1.0, fit.n_obs)?,
    };
    let rotated = Rotated { fit, p: fit.fixed.names.len() };
    let residuals = weighted(fit, &weights)?;
    let rows = squares_of_rows(&rotated, &residuals, watch)?;
    if !matches!(kind, RobustKind::Cr2 | RobustKind::Cr3) {
        return Ok(Scores { clusters: plain(&rotated, units, &residuals, watch)?, rows, moments: vec![] });
    }
    let marginal = fit.marginal_residuals(watch)?;
    let blocks = Blocks::new(fit, units, weights)?;
    let (mut all, mut moments) = (vec![], vec![]);
    for j in 0..units.len() {
        watch.round(Phase::Residuals, j, units.len())?;
        let rows = units.rows(j);
        let e: Vec<f64> = rows.iter().map(|row| marginal[*row as usize]).collect();
        let own = Cluster { n: rows.len(), l: blocks.factor(rows)?, q: rotated.columns(rows), e };
        if kind == RobustKind::Cr3 {
            all.push(own.deleted()?);
        } else {
            let (score, of_cluster) = own.unbiased()?;
            all.push(score);
            moments.push(of_cluster);
        }
    }
    Ok(Scores { clusters: all, rows, moments })
}

/// X R, row by row or column by column.
struct Rotated<'f> {
    fit: &'f Fit,
    p: usize,
}

impl Rotated<'_> {
    fn element(&self, row: usize, column: &[f64]) -> f64 {
        (0..self.p).map(|c| self.fit.x[c * self.fit.n_obs + row] * column[c]).sum()
    }

    fn row(&self, row: usize) -> Vec<f64> {
        self.fit.fixed.root.chunks_exact(self.p.max(1)).map(|column| self.element(row, column)).collect()
    }

    /// Of some rows, a vector for each column.
    fn columns(&self, rows: &[u32]) -> Vec<Vec<f64>> {
        let one = |column: &[f64]| rows.iter().map(|row| self.element(*row as usize, column)).collect();
        self.fit.fixed.root.chunks_exact(self.p.max(1)).map(one).collect()
    }
}

/// V^-1 e, of whatever design: V^-1 (y - X beta) is R^-1 (y - X beta - Z b) for the residuals' covariance R.
fn weighted(fit: &Fit, weights: &[f64]) -> Result<Vec<f64>> {
    let mut weighted = fit.used(&fit.residuals)?;
    weighted.iter_mut().zip(weights).for_each(|(e, w)| *e *= w.sqrt() / fit.sigma);
    if let Some(own) = fit.correlation() {
        own.decorrelate(&mut weighted)?;
        let mut back = try_vec(SANDWICH, 0.0, fit.n_obs)?;
        let mut seen = try_vec(SANDWICH, false, fit.n_obs)?;
        own.decorrelating_rows(|i, of| {
            of.iter().for_each(|(j, factor)| back[*j] += factor * weighted[i]);
            seen[i] = true;
            Ok(())
        })?;
        back.iter_mut().zip(&weighted).zip(&seen).filter(|(_, seen)| !**seen).for_each(|((back, e), _)| *back += e);
        weighted = back;
    }
    weighted.iter_mut().zip(weights).for_each(|(e, w)| *e *= w.sqrt() / fit.sigma);
    Ok(weighted)
}

/// Sums of squares of the Q_i (V^-1 e)_i.
fn squares_of_rows(rotated: &Rotated<'_>, weighted: &[f64], watch: &Watch<'_>) -> Result<Vec<f64>> {
    let k = rotated.fit.fixed.root.len() / rotated.p.max(1);
    let mut sum = try_vec(SANDWICH, 0.0, k * k)?;
    for (i, e) in weighted.iter().enumerate() {
        watch.pulse_each(i)?;
        let row: Vec<f64> = rotated.row(i).iter().map(|q| q * e).collect();
        for (column, x) in sum.chunks_exact_mut(k.max(1)).zip(&row) {
            column.iter_mut().zip(&row).for_each(|(sum, y)| *sum += x * y);
        }
    }
    Ok(sum)
}

/// Sums of Q_i (V^-1 e)_i.
fn plain(rotated: &Rotated<'_>, units: &Units, weighted: &[f64], watch: &Watch<'_>) -> Result<Vec<Vec<f64>>> {
    let one = |j: usize| {
        watch.round(Phase::Residuals, j, units.len())?;
        let mut sum = vec![0.0; rotated.fit.fixed.root.len() / rotated.p.max(1)];
        for row in units.rows(j) {
            let own = rotated.row(*row as usize);
            sum.iter_mut().zip(&own).for_each(|(sum, q)| *sum += q * weighted[*row as usize]);
        }
        Ok(sum)
    };
    (0..units.len()).map(one).collect()
}

/// One cluster: V = L L', the columns of Q, e.
struct Cluster {
    n: usize,
    l: Vec<f64>,
    q: Vec<Vec<f64>>,
    e: Vec<f64>,
}

impl Cluster {
    /// L^-1 Q.
    fn whitened(&self) -> Vec<Vec<f64>> {
        let mut y = self.q.clone();
        y.iter_mut().for_each(|column| solve_lower(self.n, &self.l, column));
        y
    }

    /// Q'(V - Q Q')^-1 e = (I - Y'Y)^-1 Y'L^-1 e with Y = L^-1 Q.
    fn deleted(&self) -> Result<Vec<f64>> {
        let (y, mut e) = (self.whitened(), self.e.clone());
        solve_lower(self.n, &self.l, &mut e);
        let k = y.len();
        let gram: Vec<f64> = (0..k * k).map(|at| f64::from(u8::from(at % k == at / k)) - dot(&y[at % k], &y[at / k])).collect();
        let right: Vec<f64> = y.iter().map(|column| dot(column, &e)).collect();
        let least = symmetric_eigen(k, &gram).and_then(|(values, _)| values.first().copied());
        if least.is_none_or(|least| least < LOST) {
            return Err(Error::numeric(
                "robust: cr3 leaves out each cluster, and without one of them a fixed effect has no estimate; cr2 keeps it",
            ));
        }
        Ok(power(k, &gram, 1.0, -1.0)?.chunks_exact(k.max(1)).map(|row| dot(row, &right)).collect())
    }

    /// A = L B^+1/2 L' with B = K (I - Y Y') K and K = L'L: F = L B^+1/2 Y.
    fn unbiased(&self) -> Result<Unbiased> {
        let (n, y) = (self.n, self.whitened());
        let k = y.len();
        let square = self.square();
        // K Y.
        let image = |v: &[f64]| -> Vec<f64> { square.chunks_exact(n).map(|column| dot(column, v)).collect() };
        let ky: Vec<Vec<f64>> = y.iter().map(|column| image(column)).collect();
        let mut b = try_vec(SANDWICH, 0.0, n * n)?;
        for (c, out) in b.chunks_exact_mut(n).enumerate() {
            out.copy_from_slice(&image(&square[c * n..(c + 1) * n]));
            for column in &ky {
                out.iter_mut().zip(column).for_each(|(out, x)| *out -= x * column[c]);
            }
        }
        // The largest eigenvalue is that of K^2, at most.
        let root = power(n, &b, self.largest(&square), -0.5)?;
        let f: Vec<Vec<f64>> = y
            .iter()
            .map(|column| {
                let inner: Vec<f64> = root.chunks_exact(n).map(|row| dot(row, column)).collect();
                self.times_l(&inner)
            })
            .collect();
        let score = f.iter().map(|column| dot(column, &self.e)).collect();
        let lf: Vec<Vec<f64>> = f.iter().map(|column| self.times_l_transpose(column)).collect();
        let pairs = |a: &[Vec<f64>], b: &[Vec<f64>]| (0..k * k).map(|at| dot(&a[at % k], &b[at / k])).collect::<Vec<f64>>();
        Ok((score, (pairs(&lf, &lf), pairs(&self.q, &f))))
    }

    /// K = L'L.
    fn square(&self) -> Vec<f64> {
        let n = self.n;
        let column = |j: usize| &self.l[j * n + j..(j + 1) * n];
        let element = |i: usize, j: usize| {
            let (i, j) = (i.max(j), i.min(j));
            dot(column(i), &column(j)[i - j..])
        };
        (0..n * n).map(|at| element(at % n, at / n)).collect()
    }

    /// A bound on the eigenvalues of K^2.
    fn largest(&self, square: &[f64]) -> f64 {
        square.chunks_exact(self.n).map(|column| column.iter().map(|x| x.abs()).sum::<f64>()).fold(0.0, f64::max).powi(2)
    }

    fn times_l(&self, v: &[f64]) -> Vec<f64> {
        let n = self.n;
        let mut out = vec![0.0; n];
        for (j, x) in v.iter().enumerate() {
            (j..n).for_each(|i| out[i] += self.l[j * n + i] * x);
        }
        out
    }

    fn times_l_transpose(&self, v: &[f64]) -> Vec<f64> {
        let n = self.n;
        (0..n).map(|j| dot(&self.l[j * n + j..(j + 1) * n], &v[j..])).collect()
    }
}

/// A power of a symmetric matrix that is not negative; nothing along directions that it does not have.
fn power(n: usize, a: &[f64], largest: f64, exponent: f64) -> Result<Vec<f64>> {
    let (values, vectors) = symmetric_eigen(n, a).ok_or_else(|| Error::numeric("robust: a cluster's matrix is not finite"))?;
    let mut out = try_vec(SANDWICH, 0.0, n * n)?;
    for (value, v) in values.iter().zip(vectors.chunks_exact(n.max(1))).filter(|(value, _)| **value > ZERO * largest) {
        let factor = value.powf(exponent);
        for (column, x) in out.chunks_exact_mut(n.max(1)).zip(v) {
            column.iter_mut().zip(v).for_each(|(sum, y)| *sum += factor * x * y);
        }
    }
    Ok(out)
}
