//! Satterthwaite's degrees of freedom (Satterthwaite 1946; Giesbrecht & Burns 1985; of F tests Kuznetsova et al. 2017), by exact
//! derivatives (where residuals are correlated or many levels are crossed, by differences of exact gradients), with the sampling variance
//! of sigma.
//!
//! For phi = (theta, residual correlation if there is one, log sigma), A the inverse of half the Hessian of the deviance (of the REML
//! criterion) in phi, v = l'Cov(beta) l with the gradient g in phi: df = 2 v^2 / g'A g.

use super::method::DfMethod;
use super::system::{Observed, PseudoInverse, pseudo_inverse, whitened};
use crate::error::{Error, Result, or_reason};
use crate::fit::Fit;
use crate::inference::linear::{JointTest, independent_rows, whiten};
use crate::linalg::dense;
use crate::linalg::dense::{dot_in_order as dot, quadratic};
use crate::tails::f_upper;
use crate::watch::Watch;

/// Satterthwaite's quantities of a fit.
///
/// Where a fit is singular, the derivatives along what has no variance vanish, and the degrees of freedom are those of the model without
/// it. They are conditional on the boundary, and so too large rather than too small.
#[derive(Clone, Debug)]
pub struct Satterthwaite {
    /// Cov(beta) = C C', `[p, p]`.
    map: Vec<f64>,
    /// The derivative of the covariance by each parameter but log sigma, between C and C': `[p, p]` each.
    derivatives: Vec<Vec<f64>>,
    /// The covariance of all parameters, log sigma last.
    covariance: Vec<f64>,
    /// The criterion curves downwards somewhere: the fit is no minimum.
    pub indefinite: bool,
}

/// Below this share of the largest eigenvalue a combination of the rows of L is no test.
const NO_TEST: f64 = 1.490_116_119_384_765_6e-8;

/// Degrees of freedom this close (relative) are equal.
const EQUAL: f64 = 1e-8;

impl Satterthwaite {
    /// Of a linear model, where they can be had.
    pub fn by_default(fit: &Fit, watch: &Watch<'_>) -> Result<Option<Self>> {
        if fit.is_linear() && fit.robust.is_none() && fit.priors.is_empty() {
            Ok(or_reason(Self::of(fit, watch))?.ok())
        } else {
            Ok(None)
        }
    }

    /// Of a fit by iterations they are those of its average information.
    pub fn of(fit: &Fit, watch: &Watch<'_>) -> Result<Self> {
        fit.without_cox("Satterthwaite's degrees of freedom")?;
        if fit.robust.is_some() {
            return Err(Error::argument("df: robust standard errors have degrees of freedom of their own"));
        }
        DfMethod::Satterthwaite.check(fit)?;
        if let Some(own) = fit.iterative().and_then(|own| own.linear.as_ref()) {
            let (map, derivatives) = (fit.fixed.root.clone(), own.fixed_derivatives.clone());
            return Ok(Satterthwaite { map, derivatives, covariance: own.covariance.clone(), indefinite: false });
        }
        let Observed { map, information, .. } = Observed::of(fit, watch)?;
        let PseudoInverse { mut matrix, indefinite, .. } = pseudo_inverse(information.fixed.len() + 1, &information.hessian)?;
        for v in &mut matrix {
            *v *= 2.0;
        }
        Ok(Satterthwaite { map, derivatives: information.fixed, covariance: matrix, indefinite })
    }

    /// The degrees of freedom of l'beta.
    pub fn df(&self, l: &[f64]) -> f64 {
        self.df_of(&whitened(&self.map, l))
    }

    /// Of C'l.
    fn df_of(&self, w: &[f64]) -> f64 {
        let v = dot(w, w);
        // Relative to v, whatever its units.
        let mut gradient: Vec<f64> = self.derivatives.iter().map(|b| quadratic(b, w) / v).collect();
        gradient.push(2.0);
        let variance = quadratic(&self.covariance, &gradient);
        if variance > 0.0 { 2.0 / variance } else { f64::INFINITY }
    }

    /// The F test that L beta = rhs: one of each independent combination, and degrees of freedom from their expectations.
    pub fn joint_test(&self, estimate: &[f64], l: &[f64], k: usize, rhs: &[f64]) -> Result<JointTest> {
        let rows: Vec<Vec<f64>> = (0..k).map(|i| l.iter().skip(i).step_by(k).copied().collect()).collect();
        let white: Vec<Vec<f64>> = rows.iter().map(|row| whitened(&self.map, row)).collect();
        let distance: Vec<f64> = rows.iter().zip(rhs).map(|(row, rhs)| dot(row, estimate) - rhs).collect();
        let (mut chi_square, mut each) = self.along_eigenvectors(&white, &distance)?;
        // Where units differ so much that combinations seem to depend on each other, one after the other.
        let basis = independent_rows(&rows, rhs)?;
        if each.len() < basis.len() {
            let mut white: Vec<Vec<f64>> = basis.iter().map(|(row, _)| whitened(&self.map, row)).collect();
            let mut distance: Vec<f64> = basis.iter().map(|(row, rhs)| dot(row, estimate) - rhs).collect();
            if whiten(&mut white, &mut distance).is_some() {
                chi_square = dot(&distance, &distance);
                each = white.iter().map(|row| self.df_of(row)).collect();
            }
        }
        let (df1, df2) = (each.len(), combined(&each));
        let p_value = f_upper(chi_square / df1 as f64, df1 as f64, df2);
        Ok(JointTest { chi_square, df1, df2, scaling: 1.0, p_value })
    }
}

impl Satterthwaite {
    /// Wald's chi-square of whitened rows of L at distances from the hypothesis, and the degrees of freedom along each eigenvector of
    /// their covariance, from the largest eigenvalue down.
    fn along_eigenvectors(&self, white: &[Vec<f64>], distance: &[f64]) -> Result<(f64, Vec<f64>)> {
        let k = white.len();
        let gram: Vec<f64> = (0..k * k).map(|e| dot(&white[e % k], &white[e / k])).collect();
        let Some((values, vectors)) = dense::symmetric_eigen(k, &gram) else {
            return Err(Error::numeric("the covariance of L beta is not finite"));
        };
        let largest = values.last().copied().unwrap_or(0.0);
        let (mut chi_square, mut each) = (0.0, vec![]);
        for (value, v) in values.iter().zip(vectors.chunks_exact(k)).rev().filter(|(value, _)| **value > NO_TEST * largest) {
            chi_square += dot(v, distance).powi(2) / value;
            let mut w = vec![0.0; white[0].len()];
            for (share, row) in v.iter().zip(white) {
                w.iter_mut().zip(row).for_each(|(w, x)| *w += share * x);
            }
            each.push(self.df_of(&w));
        }
        Ok((chi_square, each))
    }
}

/// The denominator degrees of freedom of the mean of squared t's: with E the sum of their expectations nu/(nu - 2), 2 E/(E - r).
fn combined(each: &[f64]) -> f64 {
    let r = each.len() as f64;
    if each.windows(2).all(|w| w[0] == w[1] || (w[0] - w[1]).abs() < EQUAL * w[0]) {
        return each.first().copied().map_or(f64::NAN, |_| each.iter().sum::<f64>() / r);
    }
    if each.iter().any(|nu| *nu <= 2.0) {
        return 2.0;
    }
    // E - r is the sum of 2/(nu - 2): nothing cancels.
    let excess: f64 = each.iter().map(|nu| 2.0 / (nu - 2.0)).sum();
    2.0 * (r + excess) / excess
}
