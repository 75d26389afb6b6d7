//! What a generalised fit says of each row.

use super::common::Fit;
use super::kind::{Generalised, Kind};
use crate::error::{Result, try_collect};
use crate::family::WeightRole;
use crate::family::special::expit;

impl Fit {
    /// Fitted values and residuals of a generalised model.
    pub(super) fn add_generalised_rows(&mut self) -> Result<()> {
        let Some(own) = self.kind.generalised() else { return Ok(()) };
        self.sigma = own.sigma();
        self.fitted = try_collect("fitted values", (0..self.n_obs).map(|i| own.mean(i)))?;
        self.residuals = try_collect("residuals", self.y.iter().zip(&self.fitted).map(|(y, f)| y - f))?;
        let weight = |i: usize| self.weights.as_ref().map_or(1.0, |w| w[i]);
        // A weight that multiplies the log-density is not in the variance.
        let factor = |i: usize| if own.family.weight_role() == WeightRole::Factor { weight(i).sqrt() } else { 1.0 };
        let pearson = |i| factor(i) * self.residuals[i] / own.standard_deviation(i, weight(i));
        self.residuals_pearson = try_collect("residuals", (0..self.n_obs).map(pearson))?;
        self.pad_rows()
    }

    /// The parameters of row i, on their working scale: the family's, or of an ordinal model the logarithm of the scale and the thresholds.
    pub fn psi_of_row(&self, i: usize) -> Vec<f64> {
        match &self.kind {
            Kind::Linear(..) | Kind::Cox(_) => vec![],
            Kind::Generalised(own) => own.family_psi(i),
            Kind::Ordinal(own, ordinal) => own.ordinal_psi(ordinal, i),
        }
    }
}

impl Generalised {
    /// The family's parameters of row i, on their working scale.
    fn family_psi(&self, i: usize) -> Vec<f64> {
        let mut psi = self.psi.clone();
        if let Some(dispersion) = &self.dispersion {
            psi[0] = dispersion.eta[i];
        }
        psi
    }

    /// The probability of an extra zero in row i.
    pub fn zero_probability(&self, i: usize) -> f64 {
        self.zero_inflation.as_ref().map_or(0.0, |z| expit(z.eta[i]))
    }

    /// The fitted value of row i: the mean of the response.
    pub fn mean(&self, i: usize) -> f64 {
        (1.0 - self.zero_probability(i)) * self.family.response_mean(self.eta[i], &self.family_psi(i))
    }

    /// The standard deviation of the response in row i: of a mixture with zeros, (1 - pi) (V + pi mu^2).
    pub fn standard_deviation(&self, i: usize, weight: f64) -> f64 {
        let (psi, pi) = (self.family_psi(i), self.zero_probability(i));
        let mu = self.family.linkinv(self.eta[i]);
        let variance = self.family.variance(mu, weight, &psi);
        if pi == 0.0 {
            return variance.sqrt();
        }
        let mean = self.family.response_mean(self.eta[i], &psi);
        ((1.0 - pi) * (variance + pi * mean * mean)).sqrt()
    }
}
