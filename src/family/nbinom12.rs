//! Negative binomial counts between `nbinom1` and `nbinom2`: variance mu (1 + alpha + mu/size), as glmmTMB's `nbinom12`.
//!
//! With r = alpha + mu/size, the variance over the mean less one, the distribution is the negative binomial of size k = mu/r.

use super::coordinate::{At, Base};
use super::cumulative::Cumulative;
use super::density::{Constant, Density, GRADIENT, MODE, Point};
use super::facts::Facts;
use super::link::{COUNT_LINKS, Link};
use super::nbinom::{Nbinom1, Nbinom2, size_and_ratio, start_mean};
use super::parameter::{Parameter, Scale, within_limits};
use super::poisson::wants_count;
use super::special::{ln_factorial, ln_rising_ratio, negative_binomial_tails, rising_shares, x1_log1p_minus};
use super::{MAX_PARAMETERS, Observations, WeightRole};
use crate::error::Result;
use crate::simulate::Stream;

#[derive(Clone, Debug, Default)]
pub(crate) struct Nbinom12;

#[derive(Clone, Copy)]
pub(crate) struct Excess {
    alpha: f64,
    size: f64,
}

impl Excess {
    /// r.
    fn ratio(&self, mu: f64) -> f64 {
        self.alpha + mu / self.size
    }

    fn size_and_ratio(&self, at: &At) -> [f64; 2] {
        size_and_ratio(at.mu / self.ratio(at.mu), at.mu)
    }
}

/// The log-density without what depends on log k only: -(y + k) log(1 + r), less y times its first share, as a function of z = log mu and
/// rho = log r. Each derivative in z of k = exp(z - rho) is k again.
struct OfRatio {
    /// k log(1 + r) and its derivatives in rho.
    h: [f64; 4],
    /// log(1 + r) and its derivatives in rho.
    g: [f64; 4],
}

impl OfRatio {
    fn new(mu: f64, r: f64) -> OfRatio {
        let (g0, q) = (r.ln_1p(), 1.0 / (1.0 + r));
        let p = if r < 1.0 { r * q } else { 1.0 - q };
        // (log(1 + r) - p)/r, and p q, without cancellation.
        let bend = if r < 1.0 { x1_log1p_minus(r) / (r * (1.0 + r)) } else { (g0 - p) / r };
        let (rq2, per_r) = (p * q, if r < 1e-300 { 1.0 } else { g0 / r });
        let h = [mu * per_r, -mu * bend, mu * (bend - rq2), mu * (2.0 * p * rq2 - bend)];
        OfRatio { h, g: [g0, p, p * q, p * q * (q - p)] }
    }
}

impl Density for Nbinom12 {
    type Shape = Excess;

    const NAMES: &'static [&'static str] = &["nbinom12"];
    const LINKS: &'static [Link] = &COUNT_LINKS;
    const BASE: Base = Base::Log;
    const WEIGHTS: WeightRole = WeightRole::Factor;
    const NORMAL_NOISE: bool = false;
    const FACTS: Facts = Facts::COUNTS;
    const PARAMETERS: &'static [Parameter] = &[Parameter::new("alpha", Scale::Log), Parameter::new("size", Scale::Log)];

    fn limit(parameter: usize, upper: bool) -> Option<&'static str> {
        match (parameter, upper) {
            (0, false) => Some(Nbinom2::NAME),
            (1, true) => Some(Nbinom1::NAME),
            _ => None,
        }
    }

    fn is_log_concave(_link: Link) -> bool {
        false
    }

    fn shape(&self, psi: &[f64; MAX_PARAMETERS]) -> Excess {
        Excess { alpha: within_limits(psi[0]).exp(), size: within_limits(psi[1]).exp() }
    }

    fn constant<const ORDER: u8>(&self, y: f64, _weight: f64, _shape: &Excess) -> Constant {
        Constant { value: -ln_factorial(y), ..Constant::default() }
    }

    #[inline]
    fn point<const ORDER: u8>(&self, y: f64, _weight: f64, at: &At, shape: &Excess) -> Point {
        let r = shape.ratio(at.mu);
        let k = at.mu / r;
        let OfRatio { h, g } = OfRatio::new(at.mu, r);
        let mut point = Point { l: y * (at.zeta - g[0]) + ln_rising_ratio(k, y) - h[0], ..Point::default() };
        if ORDER >= MODE {
            // The derivatives of rho in z, where b is the share of mu/size in r, and those of log k.
            let (a, b) = (shape.alpha / r, at.mu / shape.size / r);
            let (ab, turn) = (a * b, a * b * (a - b));
            let [minus_r1, r2, r3] = rising_shares(k, y);
            let r1 = -minus_r1;
            // Derivatives in rho of the part without log k, z held and moved along.
            let f_rho = -h[1] - y * g[1];
            let f_rho_rho = -h[2] - y * g[2];
            let f_rho3 = -h[3] - y * g[3];
            point.s = (y + r1 * a - h[0]) + f_rho * b;
            point.w = h[0] - r2 * a * a + r1 * ab + 2.0 * h[1] * b - f_rho_rho * b * b - f_rho * ab;
            let mixed = -h[1] + f_rho_rho * b;
            point.t = h[0] - r3 * a * a * a + 3.0 * r2 * a * ab + r1 * turn + 3.0 * b * (h[1] + h[2] * b)
                - f_rho3 * b * b * b
                - 3.0 * mixed * ab
                - f_rho * turn;
            if ORDER == GRADIENT {
                // d rho by each parameter, with its derivatives in z.
                for (out, c) in point.psi.iter_mut().zip([a, -b]) {
                    let (c1, c2) = (-ab, -turn);
                    let l = (f_rho - r1) * c;
                    let s = mixed * c + f_rho * c1 - r2 * a * c - r1 * c1;
                    let second = (-h[1] - 2.0 * h[2] * b + f_rho3 * b * b) * c + f_rho_rho * ab * c + 2.0 * mixed * c1 + f_rho * c2
                        - (r3 * a * a - r2 * ab) * c
                        - 2.0 * r2 * a * c1
                        - r1 * c2;
                    *out = [l, s, -second];
                }
            }
        }
        point
    }

    fn simulate(&self, at: &At, _weight: f64, shape: &Excess, stream: &mut Stream) -> f64 {
        let [size, ratio] = shape.size_and_ratio(at);
        stream.negative_binomial(size, ratio)
    }

    fn cdf(&self, y: f64, _weight: f64, at: &At, shape: &Excess) -> Cumulative {
        let [size, ratio] = shape.size_and_ratio(at);
        Cumulative::counts(y, |k| negative_binomial_tails(k, size, ratio))
    }

    fn variance(&self, mu: f64, _weight: f64, shape: &Excess) -> f64 {
        mu * (1.0 + shape.ratio(mu))
    }

    fn wants(&self, y: f64, _weight: f64) -> std::result::Result<(), &'static str> {
        wants_count(y)
    }

    fn start_mean(&self, y: f64, _weight: f64) -> f64 {
        start_mean(y)
    }

    /// Half of the overdispersion for each.
    fn start_psi(&self, data: &Observations, mu: &[f64]) -> Result<[f64; MAX_PARAMETERS]> {
        let [alpha, size] = [Nbinom1.start_psi(data, mu)?[0], Nbinom2.start_psi(data, mu)?[0]];
        let half = std::f64::consts::LN_2;
        Ok([alpha - half, size + half, 0.0])
    }
}
