//! What each row adds to the score of a covariate, and to its coefficient.
//!
//! With v_e the risk-weighted mean of a covariate x at term e of an event time, and x(t) the mean of v_e over the terms of t,
//!
//! ```text
//! L_i = delta_i (x_i - x(t_i)) - sum_e nu_e (x_i - v_e) p_ei / w_i = delta_i (x_i - x(t_i)) - (W x)_i / w_i
//! ```
//!
//! The weight of a row moves the joint mode by H^-1 times the row's score, which is linear in the row of (Z Lambda, X): that of beta alone is
//! the score of the covariates C = X V_bb + Z Lambda V_ub, V = H^-1. No vector of the size of u is needed for a row.

use super::laplace::Laplace;
use super::partial::Partial;
use crate::error::{Result, try_vec};
use crate::linalg::dense::dot_in_order as dot;

const SCORE: &str = "score residuals";

impl Partial<'_> {
    /// x(t) at each event time.
    pub fn means_at_risk(&self, x: &[f64]) -> Result<Vec<f64>> {
        let (sets, own) = (self.sets, &self.coefficients);
        let mut means = try_vec(SCORE, 0.0, sets.times.len())?;
        let mut rx = try_vec(SCORE, 0.0, sets.n)?;
        rx.iter_mut().zip(&self.r).zip(x).for_each(|((rx, r), x)| *rx = r * x);
        sets.sweep(&rx, |k, s, dead| means[k] = (own.steps[k] * s - own.a2[k] * dead) / sets.times[k].weight);
        Ok(means)
    }

    /// L for each row, for a weight of one.
    pub fn score_residuals(&self, x: &[f64], out: &mut [f64]) -> Result<()> {
        let (sets, means) = (self.sets, self.means_at_risk(x)?);
        self.information_product(x, out)?;
        for (i, out) in out.iter_mut().enumerate() {
            let own = sets.death(i).map_or(0.0, |k| x[i] - means[k]);
            *out = own - *out / sets.weight(i);
        }
        Ok(())
    }
}

impl Laplace<'_> {
    /// How the j-th coefficient of the model's own columns changes with the logarithm of each row's weight, theta being what it is.
    pub fn influence(&self, j: usize, out: &mut [f64]) -> Result<()> {
        self.joint.partial.score_residuals(&self.along(&self.row_of_covariance(j)?)?, out)?;
        out.iter_mut().enumerate().for_each(|(i, out)| *out *= self.model.sets.weight(i));
        Ok(())
    }

    /// How it changes with the logarithm of the weight of -u'u/2 of each level, term by term: what its rows and these have is the
    /// influence of a cluster, whose random effects are its own.
    pub fn influence_of_levels(&self, j: usize) -> Result<Vec<f64>> {
        let (a, mut own) = (self.row_of_covariance(j)?, vec![]);
        let mut first = 0;
        for size in &self.model.layout.terms {
            let range = first..first + size.levels * size.effects;
            first = range.end;
            let levels = a[range.clone()].chunks_exact(size.effects).zip(self.joint.u[range].chunks_exact(size.effects));
            own.extend(levels.map(|(a, u)| -dot(a, u)));
        }
        Ok(own)
    }

    /// The covariances of (u, beta) with the j-th coefficient.
    fn row_of_covariance(&self, j: usize) -> Result<Vec<f64>> {
        let q = self.model.q();
        let mut a = try_vec(SCORE, 0.0, q + self.model.p())?;
        a[q + j] = 1.0;
        self.joint.solve_information(&mut a)?;
        Ok(a)
    }
}
