//! The conditional AIC: the likelihood given the random effects, less the degrees of freedom that they and the estimation of their variances take.
//!
//! Of a linear model (Greven & Kneib 2010) these are the trace of the derivatives of the fitted values in the responses, and one for sigma. With
//! fitted values y^, residuals e, weights W, S = y'We, the criterion's nu (n, or n - p by REML) and the Hessian H of the profiled criterion in
//! theta
//!
//! ```text
//! tr(dy^/dy') = tr(hat) + sum_kl (2 nu / S) (H^-1)_kl (g_k'W g_l - (y'W g_l)(g_k'W e) / S),   g_k = dy^/dtheta_k
//! ```
//!
//! Parameters at a boundary do not move. Of Poisson and Bernoulli models they follow from fits to responses with one row changed (Saefken, Kneib, van
//! Waveren & Greven 2014, equations 8 and 11).

use crate::error::{Error, Result, or_reason, try_copy, try_vec};
use crate::family::WeightRole;
use crate::family::special::ln_gamma;
use crate::fit::{Fit, Generalised, ParameterForm};
use crate::frame::Frame;
use crate::lmm::deviance::Deviance;
use crate::lmm::parameters::working_from_theta;
use crate::lmm::solution::solve;
use crate::watch::{Phase, Watch};
use std::f64::consts::PI;

use super::leverage::LeverageKind;

/// A step of theta, relative to it.
const STEP: f64 = 1e-3;

/// The conditional AIC and what it is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ConditionalAic {
    /// Given the random effects.
    pub log_likelihood: f64,
    /// The trace of the hat matrix, of a linear model: as if its variances were known.
    pub trace: f64,
    /// With what the estimation of the variances, and of sigma, takes.
    pub df: f64,
    pub caic: f64,
}

impl ConditionalAic {
    /// One row.
    pub fn frame(&self) -> Result<Frame> {
        let mut frame = Frame::new(1);
        frame.add_real("log_likelihood", vec![self.log_likelihood])?;
        frame.add_real("trace", vec![self.trace])?;
        frame.add_real("df", vec![self.df])?;
        frame.add_real("caic", vec![self.caic])?;
        Ok(frame)
    }

    fn new(log_likelihood: f64, trace: f64, df: f64) -> Self {
        ConditionalAic { log_likelihood, trace, df, caic: 2.0 * (df - log_likelihood) }
    }
}

impl Fit {
    /// Of linear models with independent residuals; of Poisson models, and of binomial ones with a trial in each row, by a fit for each row.
    pub fn conditional_aic(&self, watch: &Watch<'_>) -> Result<ConditionalAic> {
        self.without_cox("conditional AIC")?;
        self.without_priors("conditional AIC")?;
        self.need_rows("conditional AIC")?;
        self.with_factor("conditional AIC")?;
        if self.terms.is_empty() {
            return Err(Error::argument("conditional AIC: the model has no random effects; its AIC is the one there is"));
        }
        match self.generalised() {
            _ if self.correlation().is_some() => {
                Err(Error::unsupported("conditional AIC: only of linear models with independent residuals"))
            }
            Some(own) => self.by_rows(own, watch),
            None => self.of_linear(watch),
        }
    }

    fn of_linear(&self, watch: &Watch<'_>) -> Result<ConditionalAic> {
        watch.at(Phase::Residuals, 0, None)?;
        let (n, p) = (self.n_obs, self.fixed.names.len());
        let leverages = self.used(&self.leverage(LeverageKind::Overall, watch)?)?;
        let trace: f64 = leverages.iter().sum();
        let (mut y, fitted) = (self.used(&self.y)?, self.used(&self.fitted)?);
        let e: Vec<f64> = y.iter().zip(&fitted).map(|(y, fitted)| y - fitted).collect();
        if let Some(offset) = &self.offset {
            y.iter_mut().zip(self.used(offset)?).for_each(|(y, offset)| *y -= offset);
        }
        let w = self.weights.as_ref().map_or_else(|| try_vec("weights", 1.0, n), |weights| self.used(weights))?;
        let by = |a: &[f64], b: &[f64]| a.iter().zip(b).zip(&w).map(|((a, b), w)| a * b * w).sum::<f64>();
        let nu = (if self.reml { n - p } else { n }) as f64;
        let s = by(&y, &e);
        let vcov = self.parameters_vcov(ParameterForm::Working, watch)?;
        let (all, m) = (vcov.len().isqrt(), self.theta.len());
        let free: Vec<usize> = (0..m).filter(|k| vcov[(all - m + k) * (all + 1)] > 0.0).collect();
        let slopes = self.fitted_slopes(&free, watch)?;
        let mut added = 0.0;
        for (g, k) in slopes.iter().zip(&free) {
            for (h, l) in slopes.iter().zip(&free) {
                // The covariance is twice the inverse of the Hessian.
                let inverse = 0.5 * vcov[(all - m + k) * all + all - m + l];
                added += 2.0 * nu / s * inverse * (by(g, h) - by(&y, h) * by(g, &e) / s);
            }
        }
        let variance = self.sigma * self.sigma;
        let density = |(e, w): (&f64, &f64)| 0.5 * ((w / (2.0 * PI * variance)).ln() - w * e * e / variance);
        let log_likelihood = e.iter().zip(&w).map(density).sum();
        let own = ConditionalAic::new(log_likelihood, trace, trace + added + 1.0);
        if own.caic.is_finite() { Ok(own) } else { Err(Error::numeric("conditional AIC: the data do not determine it")) }
    }

    /// The derivatives of the fitted values in elements of theta, by four-point differences.
    fn fitted_slopes(&self, free: &[usize], watch: &Watch<'_>) -> Result<Vec<Vec<f64>>> {
        let system = self.linear_system(watch)?;
        let mut deviance = Deviance::new(&system, self.reml, watch)?;
        let largest = self.theta.iter().fold(0.0f64, |most, theta| most.max(theta.abs()));
        let mut all = vec![];
        for (i, &k) in free.iter().enumerate() {
            watch.at(Phase::Residuals, i, Some(free.len()))?;
            let h = STEP * self.theta[k].abs().max(STEP * largest);
            let mut sum = try_vec("fitted values", 0.0, self.n_obs)?;
            for (by, weight) in [(1.0, 8.0), (-1.0, -8.0), (2.0, -1.0), (-2.0, 1.0)] {
                let mut theta = self.theta.clone();
                theta[k] += by * h;
                let working = working_from_theta(&system, &theta)?;
                let solution = solve(&mut deviance, &working)?;
                let modes: Vec<&[f64]> = solution.terms.iter().map(|term| &term.modes[..]).collect();
                self.add_fitted(&solution.beta, &modes, weight / (12.0 * h), &mut sum);
            }
            all.push(sum);
        }
        Ok(all)
    }

    /// Adds a multiple of X beta + Z b.
    fn add_fitted(&self, beta: &[f64], modes: &[&[f64]], times: f64, sum: &mut [f64]) {
        let n = self.n_obs;
        for (column, beta) in self.x.chunks_exact(n.max(1)).zip(beta) {
            sum.iter_mut().zip(column).for_each(|(sum, x)| *sum += times * beta * x);
        }
        for (term, modes) in self.terms.iter().zip(modes) {
            let r = term.design.effects.len();
            for (i, sum) in sum.iter_mut().enumerate() {
                let own = &modes[term.design.index[i] as usize * r..][..r];
                *sum += times * term.design.z.as_ref().map_or_else(|| own[0], |z| (0..r).map(|e| z[e * n + i] * own[e]).sum());
            }
        }
    }

    /// By fits to responses in which one row is another.
    fn by_rows(&self, own: &Generalised, watch: &Watch<'_>) -> Result<ConditionalAic> {
        let none = || {
            Error::unsupported(
                "conditional AIC: beside linear models only of Poisson models, and of binomial ones with a trial in each row, without zero part",
            )
        };
        let name = own.family.name();
        let weights = self.weights.as_ref().map_or_else(|| Ok(vec![]), |weights| self.used(weights))?;
        let plain = own.zero.is_none() && self.ordinal().is_none() && weights.iter().all(|w| *w == 1.0);
        let binary = own.family.weight_role() == WeightRole::Trials && name == "binomial";
        if !plain || !(binary || name == "poisson") {
            return Err(none());
        }
        let (y, mu) = (self.used(&self.y)?, self.used(&self.fitted)?);
        // Of both families the natural parameter.
        let natural = |mu: f64| if binary { (mu / (1.0 - mu)).ln() } else { mu.ln() };
        let (options, design) = (self.options(), self.design()?);
        let mut df = 0.0;
        for (i, (&y_i, &mu_i)) in y.iter().zip(&mu).enumerate() {
            watch.at(Phase::Refit, i, Some(self.n_obs))?;
            if !binary && y_i == 0.0 {
                continue;
            }
            let mut other = design.with_columns(try_copy("model matrix", &design.x)?, design.x_names.clone())?;
            other.y[i] = if binary { 1.0 - y_i } else { y_i - 1.0 };
            let inside = watch.inside(Phase::Refit, i, Some(self.n_obs));
            let refit = or_reason(self.again(other, &options, Some(self), &inside.of_fit()))?;
            watch.check()?;
            let refit = refit.ok().filter(|refit| refit.outcome.converged).ok_or_else(|| {
                Error::numeric(format!("conditional AIC: the fit with another response in row {} did not converge", i + 1))
            })?;
            let by = natural(mu_i) - natural(self.used(&refit.fitted)?[i]);
            df += if binary { mu_i * (1.0 - mu_i) * (2.0 * y_i - 1.0) * by } else { y_i * by };
        }
        let density = |(y, mu): (&f64, &f64)| {
            if binary { (if *y > 0.5 { *mu } else { 1.0 - mu }).ln() } else { y * mu.ln() - mu - ln_gamma(y + 1.0) }
        };
        let log_likelihood = y.iter().zip(&mu).map(density).sum();
        let own = ConditionalAic::new(log_likelihood, f64::NAN, df);
        if own.caic.is_finite() { Ok(own) } else { Err(Error::numeric("conditional AIC: the data do not determine it")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_the_degrees_of_freedom_less_twice_the_likelihood() {
        let own = ConditionalAic::new(-10.0, 3.0, 4.5);
        assert_eq!(own.caic, 29.0);
        assert_eq!(own.frame().unwrap().n_columns(), 4);
    }
}
