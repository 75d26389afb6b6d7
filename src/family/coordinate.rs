//! The coordinate a density is written in, and how the linear predictor maps to it.

use super::link::Link;
use super::special::{Logistic, logistic};

/// The coordinate zeta in which a density and its derivatives are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Base {
    /// zeta = mu.
    Mean,
    /// zeta = log mu.
    Log,
    /// zeta = logit mu.
    Logit,
}

/// A mean in the coordinate of a density: what its formulas need, each with full relative accuracy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At {
    pub zeta: f64,
    pub mu: f64,
    /// 1 - mu; Logit only, as the two logarithms.
    pub complement: f64,
    pub log_mu: f64,
    pub log_complement: f64,
}

impl At {
    /// Whether it comes from outside the link's domain: the logarithms know.
    pub(crate) fn outside(&self, base: Base) -> bool {
        match base {
            Base::Mean => self.mu.is_nan(),
            Base::Log => self.mu.is_nan() || self.zeta.is_nan(),
            Base::Logit => self.log_mu.is_nan() || self.log_complement.is_nan(),
        }
    }
}

/// d zeta / d eta and the next two.
pub(crate) type Chain = [f64; 3];

const NONE: Chain = [1.0, 0.0, 0.0];

impl Base {
    /// Whether the link is the coordinate itself, so that there is nothing to chain.
    pub(crate) fn is(self, link: Link) -> bool {
        matches!((self, link), (Base::Mean, Link::Identity) | (Base::Log, Link::Log) | (Base::Logit, Link::Logit))
    }

    /// The linear predictors whose mean the coordinate has.
    pub(crate) fn domain(self, link: Link) -> (f64, f64) {
        match (self, link) {
            (Base::Log, Link::Identity | Link::Inverse | Link::Sqrt | Link::InverseSquare) => (0.0, f64::INFINITY),
            (Base::Logit, Link::Identity) => (0.0, 1.0),
            (Base::Logit, Link::Log) => (f64::NEG_INFINITY, 0.0),
            _ => (f64::NEG_INFINITY, f64::INFINITY),
        }
    }

    /// The point at a value of the coordinate.
    #[inline]
    pub(crate) fn at(self, zeta: f64) -> At {
        match self {
            Base::Mean => At { zeta, mu: zeta, complement: f64::NAN, log_mu: f64::NAN, log_complement: f64::NAN },
            Base::Log => At { zeta, mu: zeta.exp(), complement: f64::NAN, log_mu: zeta, log_complement: f64::NAN },
            Base::Logit => {
                let Logistic { p, q, log_p, log_q } = logistic(zeta);
                At { zeta, mu: p, complement: q, log_mu: log_p, log_complement: log_q }
            }
        }
    }

    /// The point at a linear predictor, and the coordinate's derivatives there.
    #[inline]
    pub(crate) fn of(self, link: Link, eta: f64) -> (At, Chain) {
        match self {
            _ if self.is(link) => (self.at(eta), NONE),
            Base::Mean => {
                let [zeta, a, b, c] = link.mean(eta);
                (self.at(zeta), [a, b, c])
            }
            Base::Log => {
                let [zeta, a, b, c] = link.log_mean(eta);
                (At { mu: link.linkinv(eta), ..self.at(zeta) }, [a, b, c])
            }
            Base::Logit => {
                let (p, q) = (link.log_mean(eta), link.log_complement(eta));
                let point = At {
                    zeta: p[0] - q[0],
                    mu: link.linkinv(eta),
                    complement: link.complement(eta),
                    log_mu: p[0],
                    log_complement: q[0],
                };
                (point, [p[1] - q[1], p[2] - q[2], p[3] - q[3]])
            }
        }
    }
}
