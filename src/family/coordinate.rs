//! The coordinate a density is written in, and how the linear predictor maps to it.

use pulp::NullaryFnOnce;

use super::link::Link;
use super::special::{Logistic, logistic};
use crate::elementary::{exp, in_wide_registers};

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

/// The points of neighbouring rows, each of their numbers in an array.
#[derive(Clone)]
pub(crate) struct Block {
    base: Base,
    zeta: [f64; Block::ROWS],
    mu: [f64; Block::ROWS],
    complement: [f64; Block::ROWS],
    log_mu: [f64; Block::ROWS],
    log_complement: [f64; Block::ROWS],
}

impl Block {
    pub(crate) const ROWS: usize = 64;

    pub(crate) fn new(base: Base) -> Block {
        let [zeta, mu] = [[0.0; Block::ROWS]; 2];
        let [complement, log_mu, log_complement] = [[f64::NAN; Block::ROWS]; 3];
        Block { base, zeta, mu, complement, log_mu, log_complement }
    }

    /// The points at values of the coordinate, [`Block::ROWS`] at most.
    pub(crate) fn fill(&mut self, zeta: &[f64]) {
        in_wide_registers(Fill(self, zeta));
    }

    #[inline]
    pub(crate) fn at(&self, row: usize) -> At {
        At {
            zeta: self.zeta[row],
            mu: self.mu[row],
            complement: self.complement[row],
            log_mu: self.log_mu[row],
            log_complement: self.log_complement[row],
        }
    }
}

struct Fill<'a>(&'a mut Block, &'a [f64]);

impl NullaryFnOnce for Fill<'_> {
    type Output = ();

    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn call(self) {
        let Fill(block, zeta) = self;
        let n = zeta.len().min(Block::ROWS);
        block.zeta[..n].copy_from_slice(&zeta[..n]);
        match block.base {
            Base::Mean => block.mu[..n].copy_from_slice(&zeta[..n]),
            Base::Log => {
                for i in 0..n {
                    block.mu[i] = exp(block.zeta[i]);
                }
            }
            Base::Logit => {
                for i in 0..n {
                    let Logistic { p, q, log_p, log_q } = logistic(block.zeta[i]);
                    (block.mu[i], block.complement[i], block.log_mu[i], block.log_complement[i]) = (p, q, log_p, log_q);
                }
            }
        }
    }
}

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
            Base::Log => At { zeta, mu: exp(zeta), complement: f64::NAN, log_mu: f64::NAN, log_complement: f64::NAN },
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
