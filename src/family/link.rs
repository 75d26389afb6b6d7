//! Link functions: the mean, its complement and the logarithms of both as functions of the linear predictor, with three derivatives.
//!
//! The logarithms are computed as such, not from the mean, so that a probability of 1 - 1e-40 is as good as one of 1e-40: nothing is clamped.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use libm::erfc;

use super::special::{Logistic, bernoulli_excess, expit, log_ndtr, log1mexp, logistic, logit};
use crate::distributions::normal_quantile;
use crate::error::{Error, Result};

/// A function's value and its first three derivatives in the linear predictor.
pub type Jet = [f64; 4];

/// The function that takes the mean to the linear predictor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    Identity,
    Log,
    Logit,
    Probit,
    /// Complementary log-log: log(-log(1 - mu)).
    Cloglog,
    /// Log-log: -log(-log mu).
    Loglog,
    Cauchit,
    Inverse,
    Sqrt,
    /// 1/mu^2.
    InverseSquare,
    /// A function of the caller's: the family has it (`Family::linkinv`), here all is NaN.
    Custom,
}

/// Every link by its name.
pub const LINKS: [(&str, Link); 10] = [
    ("identity", Link::Identity),
    ("log", Link::Log),
    ("logit", Link::Logit),
    ("probit", Link::Probit),
    ("cloglog", Link::Cloglog),
    ("loglog", Link::Loglog),
    ("cauchit", Link::Cauchit),
    ("inverse", Link::Inverse),
    ("sqrt", Link::Sqrt),
    ("1/mu^2", Link::InverseSquare),
];

/// Those whose inverses are distribution functions: of ordinal models, and of means between 0 and 1. The usual one first.
pub const CUMULATIVE_LINKS: [Link; 5] = [Link::Logit, Link::Probit, Link::Cloglog, Link::Loglog, Link::Cauchit];

/// Of the means of counts, the usual one first.
pub(super) const COUNT_LINKS: [Link; 3] = [Link::Log, Link::Identity, Link::Sqrt];

impl Link {
    /// The link of a name, or an error that lists the names.
    pub fn by_name(name: &str) -> Result<Link> {
        LINKS.iter().find(|(known, _)| *known == name).map(|&(_, link)| link).ok_or_else(|| {
            let known: Vec<&str> = LINKS.iter().map(|&(name, _)| name).collect();
            Error::argument(format!("link: {name:?} is not known; expected one of {}", known.join(", ")))
        })
    }

    pub fn name(self) -> &'static str {
        LINKS.iter().find(|&&(_, link)| link == self).map_or("custom", |&(name, _)| name)
    }

    /// Whether the linear predictor has no unit, and an end of the mean's range is at infinity.
    pub fn is_unbounded(self) -> bool {
        self == Link::Log || CUMULATIVE_LINKS.contains(&self)
    }

    /// Whether the mean has a pole at a linear predictor of zero.
    pub fn has_pole(self) -> bool {
        matches!(self, Link::Inverse | Link::InverseSquare)
    }

    /// The variance of the latent variable whose distribution function is the inverse of the link, if there is one with a variance.
    pub fn latent_variance(self) -> Option<f64> {
        match self {
            Link::Logit => Some(PI * PI / 3.0),
            Link::Probit => Some(1.0),
            Link::Cloglog | Link::Loglog => Some(PI * PI / 6.0),
            _ => None,
        }
    }

    /// The linear predictor of a mean.
    pub fn linkfun(self, mu: f64) -> f64 {
        match self {
            Link::Identity => mu,
            Link::Log => mu.ln(),
            Link::Logit => logit(mu),
            Link::Probit => normal_quantile(mu),
            Link::Cloglog => (-(-mu).ln_1p()).ln(),
            Link::Loglog => -(-mu.ln()).ln(),
            Link::Cauchit if mu < 0.25 => -1.0 / (PI * mu).tan(),
            Link::Cauchit if mu > 0.75 => 1.0 / (PI * (1.0 - mu)).tan(),
            Link::Cauchit => (PI * (mu - 0.5)).tan(),
            Link::Inverse => 1.0 / mu,
            Link::Sqrt => mu.sqrt(),
            Link::InverseSquare => 1.0 / (mu * mu),
            Link::Custom => f64::NAN,
        }
    }

    /// The mean of a linear predictor.
    pub fn linkinv(self, eta: f64) -> f64 {
        match self {
            Link::Identity => eta,
            Link::Log => eta.exp(),
            Link::Logit => expit(eta),
            Link::Probit => 0.5 * erfc(-eta * FRAC_1_SQRT_2),
            Link::Cloglog => -(-eta.exp()).exp_m1(),
            Link::Loglog => (-(-eta).exp()).exp(),
            Link::Cauchit => 1.0_f64.atan2(-eta) / PI,
            Link::Inverse => 1.0 / eta,
            Link::Sqrt => eta * eta,
            Link::InverseSquare => 1.0 / eta.sqrt(),
            Link::Custom => f64::NAN,
        }
    }

    /// One less the mean, with the relative accuracy of the mean itself.
    pub fn complement(self, eta: f64) -> f64 {
        match self {
            Link::Logit | Link::Probit | Link::Cauchit => self.linkinv(-eta),
            Link::Cloglog => Link::Loglog.linkinv(-eta),
            Link::Loglog => Link::Cloglog.linkinv(-eta),
            Link::Log => -eta.exp_m1(),
            Link::Inverse => (eta - 1.0) / eta,
            Link::Sqrt => (1.0 - eta) * (1.0 + eta),
            Link::Identity | Link::InverseSquare | Link::Custom => 1.0 - self.linkinv(eta),
        }
    }

    /// d mu / d eta.
    pub fn mu_eta(self, eta: f64) -> f64 {
        self.mean(eta)[1]
    }

    /// The mean and its derivatives.
    pub fn mean(self, eta: f64) -> Jet {
        let mu = self.linkinv(eta);
        match self {
            Link::Identity => [mu, 1.0, 0.0, 0.0],
            Link::Log => [mu; 4],
            Link::Logit => {
                let q = expit(-eta);
                let v = mu * q;
                [mu, v, v * (q - mu), v * (1.0 - 6.0 * v)]
            }
            Link::Probit => {
                let f = (-0.5 * eta * eta).exp() / (2.0 * PI).sqrt();
                [mu, f, -eta * f, (eta * eta - 1.0) * f]
            }
            Link::Cloglog => {
                // Beyond, e^eta - 3 overflows before the density is seen to be zero.
                if eta > 300.0 {
                    return [mu, 0.0, 0.0, 0.0];
                }
                let e = eta.exp();
                let f = (eta - e).exp();
                [mu, f, f * (1.0 - e), f * ((1.0 - e) * (1.0 - e) - e)]
            }
            Link::Loglog => {
                let [_, f1, f2, f3] = Link::Cloglog.mean(-eta);
                [mu, f1, -f2, f3]
            }
            Link::Cauchit => {
                let g = 1.0 / (1.0 + eta * eta);
                let f = g / PI;
                [mu, f, -2.0 * eta * g * f, (6.0 * eta * eta - 2.0) * g * g * f]
            }
            Link::Inverse => [mu, -mu * mu, 2.0 * mu * mu * mu, -6.0 * (mu * mu) * (mu * mu)],
            Link::Sqrt => [mu, 2.0 * eta, 2.0, 0.0],
            Link::InverseSquare => {
                let r = 1.0 / eta;
                [mu, -0.5 * mu * r, 0.75 * mu * r * r, -1.875 * mu * r * r * r]
            }
            Link::Custom => [f64::NAN; 4],
        }
    }

    /// The logarithm of the mean and its derivatives; NaN where the mean is not positive.
    #[inline]
    pub fn log_mean(self, eta: f64) -> Jet {
        match self {
            Link::Log => [eta, 1.0, 0.0, 0.0],
            Link::Logit => {
                let Logistic { p, q, log_p, .. } = logistic(eta);
                [log_p, q, -p * q, p * q * (p - q)]
            }
            Link::Probit => log_ndtr(eta),
            Link::Cloglog => log_one_minus_exp_exp(eta),
            Link::Loglog => reflect(Link::Cloglog.log_complement(-eta)),
            Link::Cauchit => {
                let [mu, f1, f2, f3] = self.mean(eta);
                let value = if eta > 0.0 { (-self.complement(eta)).ln_1p() } else { mu.ln() };
                log_ratios(value, f1 / mu, f2 / mu, f3 / mu)
            }
            Link::Identity => power_log(eta, 1.0),
            Link::Inverse => power_log(eta, -1.0),
            Link::Sqrt => power_log(eta, 2.0),
            Link::InverseSquare => power_log(eta, -0.5),
            Link::Custom => [f64::NAN; 4],
        }
    }

    /// The logarithm of one less the mean and its derivatives; NaN where the mean is not below one.
    #[inline]
    pub fn log_complement(self, eta: f64) -> Jet {
        match self {
            Link::Logit | Link::Probit | Link::Cauchit => reflect(self.log_mean(-eta)),
            Link::Cloglog => {
                let e = -eta.exp();
                [e; 4]
            }
            Link::Loglog => reflect(Link::Cloglog.log_mean(-eta)),
            Link::Identity | Link::Log | Link::Inverse | Link::Sqrt | Link::InverseSquare | Link::Custom => {
                let q = self.complement(eta);
                let [mu, f1, f2, f3] = self.mean(eta);
                let value = if self == Link::Log { log1mexp(-eta) } else { (-mu).ln_1p() };
                log_ratios(value, -f1 / q, -f2 / q, -f3 / q)
            }
        }
    }
}

/// The jet of x -> f(-x) from that of f at -x.
#[inline]
fn reflect([f, f1, f2, f3]: Jet) -> Jet {
    [f, -f1, f2, -f3]
}

/// The jet of log f from its value and the derivatives of f over f.
#[inline]
fn log_ratios(value: f64, r1: f64, r2: f64, r3: f64) -> Jet {
    [value, r1, r2 - r1 * r1, r3 - 3.0 * r1 * r2 + 2.0 * r1 * r1 * r1]
}

/// The jet of log eta^p.
#[inline]
fn power_log(eta: f64, p: f64) -> Jet {
    let r = 1.0 / eta;
    [p * eta.ln(), p * r, -p * r * r, 2.0 * p * r * r * r]
}

/// The jet of log(1 - exp(-e^x)). With e = e^x and g = e/expm1(e) the derivatives are polynomials in g and h = e + g - 1 >= 0.
#[inline]
fn log_one_minus_exp_exp(x: f64) -> Jet {
    let e = x.exp();
    if e > 745.0 {
        return [0.0; 4];
    }
    let g = e / e.exp_m1();
    let g = if e == 0.0 { 1.0 } else { g };
    let h = if e < 0.5 { bernoulli_excess(e) } else { e + g - 1.0 };
    let g1 = -g * h;
    // h' = e + g' = e - g h: for small e both e and h are small and differ, no digits are lost.
    let value = if x < -37.0 { x } else { log1mexp(e) };
    [value, g, g1, -g1 * h - g * (e + g1)]
}
