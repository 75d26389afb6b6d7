//! Residuals about the mean without random effects, and these made independent.

use super::innovations::{SparseRow, whiten};
use crate::error::{Error, Result, try_collect, try_vec};
use crate::fit::{CorrelationFit, Fit, TermFit};
use crate::predict::{NewData, Quantity, Request};
use crate::watch::{Phase, Watch};

/// What memory is for.
const ROWS: &str = "rows of the random effects";

impl Fit {
    /// Response less its mean over the random effects, per row used.
    pub(crate) fn marginal_residuals(&self, watch: &Watch<'_>) -> Result<Vec<f64>> {
        let (y, means) = (self.used(&self.y)?, self.marginal_means(watch)?);
        try_collect("residuals", y.iter().zip(&means).map(|(y, mean)| y - mean))
    }

    /// The mean of the response over the random effects, per row used.
    pub(super) fn marginal_means(&self, watch: &Watch<'_>) -> Result<Vec<f64>> {
        if self.ordinal().is_some() || self.cox().is_some() {
            return Err(Error::unsupported("marginal means: the response of an ordinal or Cox model has none"));
        }
        if self.is_linear() {
            let offset = self.offset.as_ref().map(|offset| self.used(offset)).transpose()?;
            return self.linear_predictor(self.n_obs, &self.x, offset.as_deref(), &self.terms, (false, watch.threads()));
        }
        watch.at(Phase::Residuals, 0, Some(self.n_obs))?;
        let watch = &watch.inside(Phase::Residuals, 0, Some(self.n_obs));
        let request = Request { quantity: Quantity::Marginal, ..Request::default() };
        self.used(&self.predictions(NewData::Training, &request, watch)?.values)
    }

    /// The marginal residuals of a linear model times the inverse of the Cholesky factor of their covariance, in the order of the rows, per
    /// row used. Correlated residuals are made independent before.
    pub(super) fn whitened_residuals(&self, watch: &Watch<'_>) -> Result<Vec<f64>> {
        if !self.is_linear() {
            return Err(Error::unsupported(
                "cholesky residuals: only a linear model has a covariance of the response that does not depend on the random effects",
            ));
        }
        self.with_factor("cholesky residuals")?;
        watch.at(Phase::Residuals, 0, Some(self.n_obs))?;
        let mut residuals = self.marginal_residuals(watch)?;
        let weights = self.used_weights()?;
        residuals.iter_mut().zip(&weights).for_each(|(r, w)| *r *= w.sqrt() / self.sigma);
        let effects = Effects::new(self, &weights);
        let Some(correlation) = self.correlation() else {
            let mut row = |i: usize, out: &mut SparseRow| {
                effects.row(i, out);
                Ok(())
            };
            whiten(effects.q, &mut row, &mut residuals, watch)?;
            return Ok(residuals);
        };
        correlation.decorrelate(&mut residuals)?;
        let mut rows = effects.decorrelated(correlation)?;
        let mut row = |i: usize, out: &mut SparseRow| {
            *out = std::mem::take(&mut rows[i]);
            Ok(())
        };
        whiten(effects.q, &mut row, &mut residuals, watch)?;
        Ok(residuals)
    }
}

/// The rows of W^1/2 Z Lambda, the finest factor first.
struct Effects<'f> {
    terms: Vec<(&'f TermFit, usize)>,
    weights: &'f [f64],
    sigma: f64,
    n: usize,
    q: usize,
}

impl<'f> Effects<'f> {
    fn new(fit: &'f Fit, weights: &'f [f64]) -> Self {
        let mut order: Vec<&TermFit> = fit.terms.iter().collect();
        order.sort_by_key(|term| std::cmp::Reverse(term.design.levels.len()));
        let mut q = 0;
        let terms = order.into_iter().map(|term| {
            q += term.design.levels.len() * term.design.effects.len();
            (term, q - term.design.levels.len() * term.design.effects.len())
        });
        Effects { terms: terms.collect(), weights, sigma: fit.sigma, n: fit.n_obs, q }
    }

    fn row(&self, i: usize, out: &mut SparseRow) {
        out.clear();
        let scale = self.weights[i].sqrt() / self.sigma;
        for (term, first) in &self.terms {
            let (design, r) = (&term.design, term.design.effects.len());
            let z = |e: usize| design.z.as_ref().map_or(1.0, |z| z[e * self.n + i]);
            for (c, column) in term.root.chunks_exact(r).enumerate() {
                let value: f64 = column.iter().enumerate().map(|(e, root)| root * z(e)).sum();
                if value != 0.0 {
                    out.push(((first + design.index[i] as usize * r + c) as u32, scale * value));
                }
            }
        }
    }

    /// The rows multiplied as the residuals are that are made independent.
    fn decorrelated(&self, correlation: &CorrelationFit) -> Result<Vec<SparseRow>> {
        let mut rows = try_vec(ROWS, SparseRow::new(), self.n)?;
        let mut own = SparseRow::new();
        for (i, row) in rows.iter_mut().enumerate() {
            self.row(i, row);
        }
        correlation.decorrelating_rows(|i, of| {
            let mut sum = SparseRow::new();
            for (j, factor) in of {
                self.row(*j, &mut own);
                sum.extend(own.iter().map(|(k, value)| (*k, factor * value)));
            }
            sum.sort_by_key(|(k, _)| *k);
            sum.dedup_by(|next, kept| {
                let same = next.0 == kept.0;
                if same {
                    kept.1 += next.1;
                }
                same
            });
            rows[i] = sum;
            Ok(())
        })?;
        Ok(rows)
    }
}
