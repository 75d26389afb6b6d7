//! Jeffreys' prior of the coefficients, the root of the determinant of their expected information (Firth 1993): of models without random effects
//! and without a parameter of the family that is estimated.
//!
//! With W the information of each row's linear predictor, h_i = q_i'(Q'WQ)^-1 q_i and t = dW/deta:
//!
//! ```text
//! -2 log p = -log|X'WX|,   d/dgamma = -Q'(h t)
//! ```

use super::laplace::Laplace;
use crate::error::{Error, Result, try_vec};
use crate::family::Order;
use crate::linalg::dense;

/// What memory is for.
const INFORMATION: &str = "expected information";

impl Laplace<'_> {
    /// Whether coefficients have it.
    pub(super) fn is_jeffreys(&self) -> bool {
        self.model.prior.as_ref().is_some_and(|prior| prior.jeffreys)
    }

    /// At the predictors that are there: the derivative of the information of each row, and Q'WQ.
    fn information(&mut self, order: Order) -> Result<(Vec<f64>, Vec<f64>)> {
        let (model, predictors) = (self.model, self.mode.eta.len());
        let mut w = try_vec(INFORMATION, 0.0, model.n)?;
        let mut t = (0..predictors).map(|_| try_vec(INFORMATION, 0.0, model.n)).collect::<Result<Vec<_>>>()?;
        self.mode.evaluator.expected(&self.mode.eta, order, &mut w, &mut t)?;
        let gram = model.fixed[0].weighted(&w)?;
        Ok((t.swap_remove(0), gram))
    }

    /// -2 log of the prior.
    pub(super) fn jeffreys(&mut self) -> Result<f64> {
        let (_, mut gram) = self.information(Order::Mode)?;
        let part = &self.model.fixed[0];
        dense::cholesky(part.p, &mut gram).map_err(|_| singular())?;
        let log_det: f64 = (0..part.p).map(|j| 2.0 * gram[j * (part.p + 1)].ln()).sum();
        Ok(-log_det - 2.0 * part.log_determinant())
    }

    /// Adds its gradient in the coefficients, at the predictors that are there.
    pub(super) fn add_jeffreys_gradient(&mut self, gradient: &mut [f64]) -> Result<()> {
        let (t, mut gram) = self.information(Order::Gradient)?;
        let (n, part) = (self.model.n, &self.model.fixed[0]);
        dense::cholesky(part.p, &mut gram).map_err(|_| singular())?;
        let mut slopes = try_vec(INFORMATION, 0.0, n)?;
        let mut row = vec![0.0; part.p];
        for (i, slope) in slopes.iter_mut().enumerate() {
            row.iter_mut().enumerate().for_each(|(j, v)| *v = part.q[j * n + i]);
            dense::solve_lower(part.p, &gram, &mut row);
            *slope = t[i] * row.iter().map(|v| v * v).sum::<f64>();
        }
        let mut along = vec![0.0; part.p];
        part.transpose(&slopes, &mut along);
        let range = self.ranges()[0].clone();
        gradient[range].iter_mut().zip(&along).for_each(|(g, v)| *g -= v);
        Ok(())
    }

    /// The expected information of the coefficients in the place of the Hessian's: with it standard errors are those of Firth's method.
    pub(super) fn put_jeffreys_information(&mut self, hessian: &mut [f64], n: usize) -> Result<()> {
        let (_, gram) = self.information(Order::Mode)?;
        let (p, first) = (self.model.fixed[0].p, self.ranges()[0].start);
        for (i, j) in (0..p * p).map(|e| (e % p, e / p)) {
            hessian[(first + j) * n + first + i] = 2.0 * gram[j * p + i];
        }
        Ok(())
    }
}

fn singular() -> Error {
    Error::numeric("the information of the coefficients is singular, so that Jeffreys' prior has no density")
}
