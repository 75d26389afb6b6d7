//! A at the present modes, factorised.

use super::laplace::{Inside, Laplace};
use crate::error::{Code, Error, Result, try_copies};
use crate::family::Order;
use crate::random::triangle;

impl Laplace<'_> {
    /// A with the observed information, or where that is not positive with what is positive of it; whether it was.
    pub(super) fn factorize_observed(&mut self) -> Result<bool> {
        self.gram.reweight(&self.model.terms(), &self.model.predictor, &self.jet.w);
        let mut regular = self.factorize()?;
        if !regular {
            self.factorize_clipped()?;
        }
        if let Some(mut border) = self.border.take() {
            let assembled = border.assemble(self);
            self.border = Some(border);
            regular &= assembled?;
        }
        Ok(regular)
    }

    /// A with the positive part of the information of each row.
    fn factorize_clipped(&mut self) -> Result<()> {
        let n = self.model.n;
        let predictors = self.inner.len();
        let mut clipped = try_copies("information of the rows", &self.jet.w)?;
        if self.inner.iter().filter(|i| **i).count() == 1 {
            clipped.iter_mut().flatten().for_each(|w| *w = w.max(0.0));
        } else {
            // Without the mixed derivatives what is left on the diagonal is positive.
            for a in 0..predictors {
                for b in 0..=a {
                    let w = &mut clipped[triangle(a, b)];
                    (0..n.min(w.len())).for_each(|i| w[i] = if a == b { w[i].max(0.0) } else { 0.0 });
                }
            }
        }
        self.gram.reweight(&self.model.terms(), &self.model.predictor, &clipped);
        self.factorize_or_fail()
    }

    /// Factorises A; false where it is not positive.
    fn factorize(&mut self) -> Result<bool> {
        match self.factorize_or_fail() {
            Err(error) if error.code != Code::Numeric => Err(error),
            other => Ok(other.is_ok()),
        }
    }

    fn factorize_or_fail(&mut self) -> Result<()> {
        self.random.gather(&self.gram.gram);
        self.random.factorize(&self.gram.gram, &self.t)
    }

    /// A with the expected information, for the determinant alone.
    pub(super) fn factorize_expected(&mut self, order: Order) -> Result<()> {
        let model = self.model;
        if self.inner.iter().skip(1).any(|i| *i) || self.how.inside == Inside::Integrated {
            return Err(Error::unsupported(
                "information: expected information is for models with random effects in the mean alone, by maximum likelihood",
            ));
        }
        self.evaluator.expected(&self.eta, order, &mut self.expected_w[0], &mut self.expected_t)?;
        self.gram.reweight(&model.terms(), &model.predictor, &self.expected_w);
        // The border belongs to the observed information.
        self.factorized = self.border.is_none();
        self.factorize_or_fail()
    }
}
