//! The covariance of the response in one cluster of a linear model, as a dense matrix.

use super::SANDWICH;
use super::independent::check_independent;
use crate::diagnostics::influence::Units;
use crate::error::{Error, Result, try_vec};
use crate::fit::Fit;
use crate::linalg::dense::{cholesky, solve_lower, solve_lower_transpose};
use crate::names::quoted;

/// The most rows of a cluster, whose covariance is a dense matrix.
const MOST: usize = 4000;

/// Covariances of clusters that share no random effects.
pub struct Blocks<'f> {
    fit: &'f Fit,
    /// Prior weights, per row used.
    weights: Vec<f64>,
    /// For each row the rows that make its residual independent, with their factors; none without a residual correlation.
    decorrelating: Vec<Vec<(usize, f64)>>,
    /// The place of each row in its cluster.
    places: Vec<u32>,
}

impl<'f> Blocks<'f> {
    /// An error where clusters share a level of a random term, or a group of residual correlation.
    pub fn new(fit: &'f Fit, units: &Units, weights: Vec<f64>) -> Result<Self> {
        let mut places = try_vec(SANDWICH, 0, fit.n_obs)?;
        for j in 0..units.len() {
            let rows = units.rows(j);
            if rows.len() > MOST {
                let (label, n) = (quoted(&units.labels[j]), rows.len());
                return Err(Error::unsupported(format!(
                    "robust: cluster {label} has {n} rows, of which cr2 and cr3 make a dense matrix: {MOST} at most; cr1 has no such limit"
                )));
            }
            for (place, row) in rows.iter().enumerate() {
                places[*row as usize] = place as u32;
            }
        }
        check_independent(fit, units, "cr2 and cr3 want each level within one cluster, cr0 and cr1 do not")?;
        let mut decorrelating = vec![];
        if let Some(own) = fit.correlation() {
            decorrelating = try_vec(SANDWICH, vec![], fit.n_obs)?;
            decorrelating.iter_mut().enumerate().for_each(|(i, row)| *row = vec![(i, 1.0)]);
            own.decorrelating_rows(|i, of| {
                decorrelating[i] = of.to_vec();
                Ok(())
            })?;
        }
        Ok(Blocks { fit, weights, decorrelating, places })
    }

    /// The lower Cholesky factor of the covariance of some rows, which are a cluster.
    pub fn factor(&self, rows: &[u32]) -> Result<Vec<f64>> {
        let (n, sigma) = (rows.len(), self.fit.sigma);
        let mut v = self.residual(rows)?;
        for term in &self.fit.terms {
            let (design, r) = (&term.design, term.design.effects.len());
            let image = |row: usize| -> Vec<f64> {
                let z = |e: usize| design.z.as_ref().map_or(1.0, |z| z[e * self.fit.n_obs + row]);
                term.root.chunks_exact(r.max(1)).map(|column| column.iter().enumerate().map(|(e, x)| x * z(e)).sum()).collect()
            };
            let images: Vec<Vec<f64>> = rows.iter().map(|row| image(*row as usize)).collect();
            for (b, second) in rows.iter().enumerate() {
                for (a, first) in rows.iter().enumerate().skip(b) {
                    if design.index[*first as usize] == design.index[*second as usize] {
                        v[b * n + a] += images[a].iter().zip(&images[b]).map(|(x, y)| x * y).sum::<f64>();
                    }
                }
            }
        }
        cholesky(n, &mut v).map_err(|_| {
            let of = if sigma > 0.0 { "" } else { ", as sigma is zero" };
            Error::numeric(format!("robust: the covariance of a cluster is not positive definite{of}"))
        })?;
        Ok(v)
    }

    /// That of the residuals.
    fn residual(&self, rows: &[u32]) -> Result<Vec<f64>> {
        let (n, sigma) = (rows.len(), self.fit.sigma);
        let mut v = try_vec(SANDWICH, 0.0, n * n)?;
        let sd = |row: u32| sigma / self.weights[row as usize].sqrt();
        if self.decorrelating.is_empty() {
            rows.iter().enumerate().for_each(|(a, row)| v[a * (n + 1)] = sd(*row) * sd(*row));
            return Ok(v);
        }
        // The inverse of the correlation is D'D.
        let mut inverse = try_vec(SANDWICH, 0.0, n * n)?;
        for row in rows {
            let own = &self.decorrelating[*row as usize];
            for (i, x) in own {
                for (j, y) in own {
                    inverse[self.places[*j] as usize * n + self.places[*i] as usize] += x * y;
                }
            }
        }
        cholesky(n, &mut inverse).map_err(|_| Error::numeric("robust: a residual correlation at its limit"))?;
        for (b, row) in rows.iter().enumerate() {
            let column = &mut v[b * n..(b + 1) * n];
            column[b] = 1.0;
            solve_lower(n, &inverse, column);
            solve_lower_transpose(n, &inverse, column);
            column.iter_mut().zip(rows).for_each(|(x, other)| *x *= sd(*other) * sd(*row));
        }
        Ok(v)
    }
}
