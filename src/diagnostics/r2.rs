//! R2 of Nakagawa & Schielzeth (2013), with random slopes (Johnson 2014) and for other families than the normal (Nakagawa, Johnson &
//! Schielzeth 2017).

use crate::error::{Error, Result, try_vec};
use crate::family::{CUMULATIVE_LINKS, Link, Residual};
use crate::fit::{Fit, Generalised};
use crate::watch::{Phase, Watch};

/// Shares of the variance of the linear predictor and of what is about it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct R2 {
    /// The variance of X beta over the rows, the offset left out.
    pub fixed: f64,
    /// The mean over the rows of z'Dz, of groups of more than one row.
    pub random: f64,
    /// The variance about the linear predictor on its scale.
    pub residual: f64,
}

impl R2 {
    fn total(&self) -> f64 {
        self.fixed + self.random + self.residual
    }

    /// The share of the fixed effects.
    pub fn marginal(&self) -> f64 {
        self.fixed / self.total()
    }

    /// The share of fixed and random effects.
    pub fn conditional(&self) -> f64 {
        (self.fixed + self.random) / self.total()
    }

    /// The intraclass correlation: the share of the random effects of what the fixed ones leave.
    pub fn icc_adjusted(&self) -> f64 {
        self.random / (self.random + self.residual)
    }

    /// The share of the random effects of all.
    pub fn icc_unadjusted(&self) -> f64 {
        self.random / self.total()
    }
}

impl Fit {
    /// The variances that R2 and the intraclass correlation are made of. All rows count alike, whatever their weights.
    ///
    /// About the linear predictor: sigma^2 for an identity link, and for the binomial family and ordinal models the variance of the latent
    /// variable (pi^2/3 for the logit, 1 for the probit, pi^2/6 for the complementary log-log link); else the variance of one observation at the mean lambda of the
    /// model with an intercept instead of the fixed effects: log(1 + V/lambda^2) for a log link, by the delta method otherwise. Random
    /// intercepts of single observations are additive overdispersion, and belong to it.
    pub fn r2(&self, watch: &Watch<'_>) -> Result<R2> {
        self.without_cox("R2")?;
        watch.at(Phase::Start, 0, None)?;
        let n = self.n_obs as f64;
        let mut eta = try_vec("linear predictor", 0.0, self.n_obs)?;
        for (column, beta) in self.x.chunks_exact(self.n_obs).zip(&self.fixed.estimate) {
            eta.iter_mut().zip(column).for_each(|(e, x)| *e += beta * x);
        }
        let mean = eta.iter().sum::<f64>() / n;
        let fixed = eta.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
        let mut residual = match self.generalised() {
            None => self.sigma * self.sigma,
            Some(own) => self.observation_variance(own, watch)?,
        };
        let mut random = 0.0;
        for term in &self.terms {
            let variance = mean_form(term.design.z.as_deref(), &term.root, self.n_obs);
            let of_observations = term.design.z.is_none() && term.design.levels.len() == self.n_obs;
            *(if of_observations { &mut residual } else { &mut random }) += variance;
        }
        Ok(R2 { fixed, random, residual })
    }

    fn observation_variance(&self, own: &Generalised, watch: &Watch<'_>) -> Result<f64> {
        let (name, link) = (own.family.name(), own.family.link());
        if self.ordinal().is_some() && own.dispersion.is_some() {
            return Err(Error::unsupported("R2: the latent variable has a variance in each row where the scale has a formula"));
        }
        let residual = own.family.facts().residual;
        if own.zero.is_some() || residual == Residual::Undefined {
            let what = if own.zero.is_some() { "a mixture with zeros".to_owned() } else { format!("the family {name}") };
            return Err(Error::unsupported(format!("R2: it is not defined for {what}")));
        }
        if residual == Residual::Latent && CUMULATIVE_LINKS.contains(&link) {
            let none = || Error::unsupported(format!("R2: the latent variable of the {} link has no variance", link.name()));
            return link.latent_variance().ok_or_else(none);
        }
        let needs_mean = link != Link::Identity || !matches!(residual, Residual::Constant | Residual::OfLogarithm);
        let eta = if needs_mean { self.null_intercept(watch)? } else { 0.0 };
        let at = |psi: &[f64]| -> f64 {
            if residual == Residual::OfLogarithm {
                return own.family.parameters()[0].scale.reported(psi[0]).powi(2);
            }
            let mu = own.family.linkinv(eta);
            let variance = own.family.variance(mu, 1.0, psi);
            if link == Link::Log { (variance / (mu * mu)).ln_1p() } else { variance / link.mu_eta(eta).powi(2) }
        };
        if own.dispersion.is_none() {
            return Ok(at(&own.psi));
        }
        Ok((0..self.n_obs).map(|i| at(&self.psi_of_row(i))).sum::<f64>() / self.n_obs as f64)
    }
}

/// The mean of z'Dz, D = R R'.
fn mean_form(z: Option<&[f64]>, root: &[f64], n: usize) -> f64 {
    let Some(z) = z else { return root[0] * root[0] };
    let r = root.len().isqrt();
    let along = |column: &[f64], i: usize| column.iter().enumerate().map(|(e, v)| z[e * n + i] * v).sum::<f64>();
    root.chunks_exact(r).map(|column| (0..n).map(|i| along(column, i).powi(2)).sum::<f64>() / n as f64).sum()
}
