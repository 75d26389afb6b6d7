//! Residuals, one per row as `fitted`.

use crate::choice::Choice;
use crate::distributions::normal_quantile;
use crate::error::{Error, Result, try_collect, try_copy, try_vec};
use crate::family::{Cumulative, ZeroMixture, between, normal};
use crate::fit::{Fit, Generalised};
use crate::predict::mean_slope;
use crate::simulate::{Purpose, Stream};
use crate::watch::{Phase, Watch};
use std::ffi::CStr;

/// The kind of a residual.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResidualKind {
    /// Response minus fitted value; of a Cox model martingale residuals.
    Response,
    /// Divided by the standard deviation of the response; of a linear model times the square root of the weight.
    Pearson,
    /// Divided by the derivative of the mean in the linear predictor.
    Working,
    /// The signed square root of the unit deviance; of a linear model the Pearson residual. Of a Cox model that of a Poisson count whose
    /// mean is the number of events expected.
    Deviance,
    /// The Pearson residual of standard deviation one; where residuals are correlated, turned to independent ones.
    Normalized,
    /// Of a linear model the residual by its own standard deviation, sigma sqrt(1 - h).
    Standardized,
    /// Response minus its mean over the random effects.
    Marginal,
    /// Of a linear model the marginal residuals times the inverse of the Cholesky factor of their covariance: independent with variance one
    /// but for what is estimated.
    Cholesky,
    /// Of a linear model those of separate regressions within groups.
    LeastSquares,
    /// The same, times the square root of the weight and divided by sqrt(1 - h), h the leverage within the group.
    SemiStandardized,
    /// The same, divided by the group's own residual standard deviation.
    LeastSquaresStandardized,
}

impl Choice for ResidualKind {
    const LIST: &'static str = "residual kind";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (ResidualKind::Response, c"response"),
        (ResidualKind::Pearson, c"pearson"),
        (ResidualKind::Working, c"working"),
        (ResidualKind::Deviance, c"deviance"),
        (ResidualKind::Normalized, c"normalized"),
        (ResidualKind::Standardized, c"standardized"),
        (ResidualKind::Marginal, c"marginal"),
        (ResidualKind::Cholesky, c"cholesky"),
        (ResidualKind::LeastSquares, c"least_squares"),
        (ResidualKind::SemiStandardized, c"semi_standardized"),
        (ResidualKind::LeastSquaresStandardized, c"least_squares_standardized"),
    ];
}

impl Fit {
    pub fn residuals_of(&self, kind: ResidualKind, watch: &Watch<'_>) -> Result<Vec<f64>> {
        self.need_rows("residuals")?;
        if self.ordinal().is_some() {
            return Err(Error::unsupported("residuals: categories have no distance to a mean; quantile residuals do"));
        }
        if self.cox().is_some() && kind == ResidualKind::Deviance {
            return try_collect(
                "residuals",
                self.residuals.iter().zip(&self.fitted).map(|(m, expected)| of_martingale(*m, *expected)),
            );
        }
        if kind != ResidualKind::Response {
            self.without_cox(&format!("{} residuals", kind.name()))?;
        }
        match (kind, self.generalised()) {
            (ResidualKind::Standardized, _) => self.as_fitted(self.standardized_residuals(watch)?),
            (ResidualKind::Marginal, _) => self.as_fitted(self.marginal_residuals(watch)?),
            (ResidualKind::Cholesky, _) => self.as_fitted(self.whitened_residuals(watch)?),
            (ResidualKind::LeastSquares | ResidualKind::SemiStandardized | ResidualKind::LeastSquaresStandardized, _) => {
                self.as_fitted(self.within_group_residuals(kind, watch)?)
            }
            (ResidualKind::Response, _) | (ResidualKind::Working, None) => try_copy("residuals", &self.residuals),
            (ResidualKind::Normalized, None) => self.normalized_residuals(),
            (ResidualKind::Pearson, _) | (ResidualKind::Deviance, None) | (ResidualKind::Normalized, Some(_)) => {
                try_copy("residuals", &self.residuals_pearson)
            }
            (ResidualKind::Working, Some(_)) => {
                let residuals = self.used(&self.residuals)?;
                self.as_fitted(try_collect("residuals", residuals.iter().enumerate().map(|(i, r)| r / mean_slope(self, i)))?)
            }
            (ResidualKind::Deviance, Some(own)) => self.deviance_residuals(own),
        }
    }

    fn deviance_residuals(&self, own: &Generalised) -> Result<Vec<f64>> {
        let name = own.family.name();
        if own.zero.is_some() {
            return Err(Error::unsupported("deviance residuals: a mixture with zeros has none; quantile residuals do"));
        }
        if own.ends.is_some() {
            return Err(Error::unsupported(
                "deviance residuals: a response between two ends, cens(), has none; quantile residuals do",
            ));
        }
        let (y, weights) = (self.used(&self.y)?, self.used_weights()?);
        let one = |i: usize| {
            own.family.deviance_residual(y[i], own.family.linkinv(own.eta[i]), weights[i], &self.psi_of_row(i)).ok_or_else(|| {
                Error::unsupported(format!("deviance residuals: the family {name} has no deviance; quantile residuals do"))
            })
        };
        let mut out = try_vec("residuals", 0.0, self.n_obs)?;
        for (i, out) in out.iter_mut().enumerate() {
            *out = one(i)?;
        }
        self.as_fitted(out)
    }

    fn normalized_residuals(&self) -> Result<Vec<f64>> {
        let mut residuals = self.used(&self.residuals_pearson)?;
        residuals.iter_mut().for_each(|r| *r /= self.sigma);
        if let Some(correlation) = self.correlation() {
            correlation.decorrelate(&mut residuals)?;
        }
        self.as_fitted(residuals)
    }

    /// Randomised quantile residuals (Dunn & Smyth 1996): standard normal if the model, with its random effects as they are, is true. The
    /// numbers depend on the seed and on the row alone, and only of a response with probability of its own.
    pub fn quantile_residuals(&self, seed: u64, watch: &Watch<'_>) -> Result<Vec<f64>> {
        self.without_cox("quantile residuals")?;
        watch.at(Phase::Residuals, 0, Some(self.n_obs))?;
        if let Some(own) = self.generalised()
            && !own.family.facts().has_distribution
        {
            let name = own.family.name();
            return Err(Error::unsupported(format!(
                "quantile residuals: the distribution function of the family {name} is not known"
            )));
        }
        if self.correlation().is_some() {
            return self.normalized_residuals();
        }
        let mut stream = Stream::new(seed, 0, Purpose::Residuals);
        let y = self.used(&self.y)?;
        let (fitted, weights) = (self.used(&self.fitted)?, self.used_weights()?);
        let mixture = self.generalised().and_then(|own| Some(ZeroMixture { part: own.zero?, family: own.family.clone() }));
        // Of a linear model; others have a family of their own.
        let gaussian = normal();
        let log_variance = 2.0 * self.sigma.ln();
        let cdf = |i: usize| match (self.generalised(), &mixture) {
            (None, _) => gaussian.cdf(y[i], fitted[i], weights[i], &[log_variance]),
            (Some(own), None) => {
                let cdf = |y: f64| own.family.cdf(y, own.eta[i], weights[i], &self.psi_of_row(i));
                own.ends.as_ref().map_or_else(|| cdf(y[i]), |ends| between(cdf(ends.lower[i]), cdf(ends.upper[i])))
            }
            (Some(own), Some(mixture)) => {
                let zeta = own.zero_inflation.as_ref().map_or(f64::NEG_INFINITY, |zero| zero.eta[i]);
                mixture.cdf(y[i], [own.eta[i], zeta], weights[i], &self.psi_of_row(i))
            }
        };
        let mut out = try_vec("residuals", 0.0, self.n_obs)?;
        for (i, out) in out.iter_mut().enumerate() {
            watch.round(Phase::Residuals, i, self.n_obs)?;
            *out = quantile(cdf(i), stream.uniform());
        }
        self.as_fitted(out)
    }

    /// One per row used.
    pub(super) fn used_weights(&self) -> Result<Vec<f64>> {
        self.weights.as_ref().map_or_else(|| try_vec("weights", 1.0, self.n_obs), |weights| self.used(weights))
    }

    /// Values per row used as results per row are.
    pub(super) fn as_fitted(&self, values: Vec<f64>) -> Result<Vec<f64>> {
        if self.rows.pad { self.rows.padded(&values) } else { Ok(values) }
    }
}

/// The deviance residual of a martingale residual, the events expected being given: that of a Poisson count.
fn of_martingale(m: f64, expected: f64) -> f64 {
    let event = m + expected > 0.5;
    let log = if !event {
        0.0
    } else if expected < 0.5 {
        expected.ln()
    } else {
        (-m).ln_1p()
    };
    let half = -m - log;
    m.signum() * (2.0 * half.max(0.0)).sqrt()
}

/// The normal quantile of a uniform number between the probabilities below and at the response, by the smaller tail.
fn quantile(at: Cumulative, u: f64) -> f64 {
    let lower = at.below + u * (at.at_or_below - at.below);
    if lower < 0.5 {
        return normal_quantile(lower.max(f64::MIN_POSITIVE));
    }
    let upper = at.above + (1.0 - u) * (at.at_or_above - at.above);
    if upper.is_nan() { f64::NAN } else { -normal_quantile(upper.clamp(f64::MIN_POSITIVE, 1.0)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_tails_are_finite_and_mirror_each_other() {
        let tail =
            |below: f64, at: f64| Cumulative { below, at_or_below: below + at, above: 1.0 - below - at, at_or_above: 1.0 - below };
        for (below, at) in [(0.0, 1e-320), (0.0, 1e-200), (1e-12, 1e-10), (0.1, 0.2), (0.3, 0.4)] {
            let lower = tail(below, at);
            let upper = Cumulative {
                below: lower.above,
                at_or_below: lower.at_or_above,
                above: lower.below,
                at_or_above: lower.at_or_below,
            };
            for u in [1e-9, 0.3, 0.9] {
                let (a, b) = (quantile(lower, u), quantile(upper, 1.0 - u));
                assert!(a.is_finite() && (a + b).abs() < 1e-6 * a.abs().max(1e-3), "{below} {at} {u}: {a} {b}");
            }
        }
        assert!(quantile(tail(0.0, 0.0), 0.5) < -37.0);
        assert!(quantile(tail(1.0, 0.0), 0.5) > 37.0);
    }
}
