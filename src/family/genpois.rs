//! Generalised Poisson counts (Consul & Jain 1973) by their mean: variance mu phi, as glmmTMB parametrises them. With r = 1/sqrt(phi),
//!
//! ```text
//! P(y) = theta m^(y - 1) exp(-m) / y!,   theta = r mu,   m = theta + lambda y,   lambda = 1 - r
//! ```
//!
//! With phi below 1 counts end where m would be negative, and the probabilities as they stand do not quite sum to one: the likelihood is
//! that of Consul and of glmmTMB, the distribution function and simulated responses are those of the probabilities over their sum.

use std::f64::consts::PI;

use super::coordinate::{At, Base};
use super::cumulative::Cumulative;
use super::density::{Constant, Density, GRADIENT, MODE, Point, VALUE};
use super::facts::Facts;
use super::link::{COUNT_LINKS, Link};
use super::parameter::{Parameter, Scale, within_limits};
use super::poisson::{positive_poisson, wants_count};
use super::special::{Tails, ln_factorial, log1p_minus, stirling_error};
use super::summed::{above, at_or_below, outward_draw, summed_tails};
use super::{MAX_PARAMETERS, Observations, WeightRole};
use crate::error::Result;
use crate::simulate::Stream;

#[derive(Clone, Debug, Default)]
pub(crate) struct Genpois;

#[derive(Clone, Copy)]
pub(crate) struct Spread {
    log_phi: f64,
    /// r.
    ratio: f64,
    /// 1 - r, which keeps its digits where phi is close to one.
    lambda: f64,
}

/// The logarithm of a phi of 0.9.
const UNDER: f64 = -0.105_360_515_657_826_3;

/// From this count on the density is written relative to y log y - y.
const LARGE: f64 = 256.0;

/// So many generations of a branching process, after which only the mean of the rest is added: it has never been seen to last so long.
const GENERATIONS: u32 = 100_000;

impl Density for Genpois {
    type Shape = Spread;

    const NAMES: &'static [&'static str] = &["genpois", "generalized_poisson"];
    const LINKS: &'static [Link] = &COUNT_LINKS;
    const BASE: Base = Base::Log;
    const WEIGHTS: WeightRole = WeightRole::Factor;
    const NORMAL_NOISE: bool = false;
    const FACTS: Facts = Facts::COUNTS;
    const PARAMETERS: &'static [Parameter] = &[Parameter::new("phi", Scale::Log)];

    /// Poisson's distribution is in the midst of the range, at phi = 1.
    fn limit(_parameter: usize, _upper: bool) -> Option<&'static str> {
        None
    }

    /// The sum of probabilities is off by more than rounding where the variance is well below the mean.
    fn caution(psi: &[f64], _given: &dyn Fn(usize) -> bool) -> Option<&'static str> {
        let is_under = psi.first().is_some_and(|log_phi| *log_phi < UNDER);
        is_under.then_some(
            "the variance is below the mean, where the probabilities of genpois do not sum to one: its likelihood, as that of glmmTMB, is not \
             divided by their sum, and does not compare with that of other families",
        )
    }

    fn is_log_concave(_link: Link) -> bool {
        false
    }

    fn shape(&self, psi: &[f64; MAX_PARAMETERS]) -> Spread {
        let log_phi = within_limits(psi[0]);
        Spread { log_phi, ratio: (-0.5 * log_phi).exp(), lambda: -(-0.5 * log_phi).exp_m1() }
    }

    fn constant<const ORDER: u8>(&self, y: f64, _weight: f64, shape: &Spread) -> Constant {
        if y == 0.0 {
            return Constant::default();
        }
        let factorial = if y < LARGE { ln_factorial(y) } else { 0.5 * (2.0 * PI * y).ln() + stirling_error(y) };
        Constant { value: -factorial - 0.5 * shape.log_phi, psi: [-0.5, 0.0, 0.0] }
    }

    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn point<const ORDER: u8>(&self, y: f64, _weight: f64, at: &At, shape: &Spread) -> Point {
        let theta = shape.ratio * at.mu;
        if y == 0.0 {
            let half = 0.5 * theta;
            return Point { l: -theta, s: -theta, w: theta, t: theta, psi: [[half, half, -half], [0.0; 3], [0.0; 3]] };
        }
        let m = theta + shape.lambda * y;
        if m <= 0.0 {
            // Above the last count.
            return Point { l: f64::NEG_INFINITY, ..Point::default() };
        }
        let l = if y < LARGE {
            at.zeta + (y - 1.0) * m.ln() - m
        } else {
            // m over y, less one.
            let rest = (theta - shape.ratio * y) / y;
            at.zeta - m.ln() + y * if rest > -0.5 { log1p_minus(rest) } else { (m / y).ln() - rest }
        };
        let mut point = Point { l, ..Point::default() };
        if ORDER >= MODE {
            // The share of theta in m, its complement, and its derivative times y - 1.
            let (q, p) = (theta / m, shape.lambda * y / m);
            let bend = (y - 1.0) * q * p;
            point.s = 1.0 + (y - 1.0) * q - theta;
            point.w = theta - bend;
            point.t = theta - bend * (p - q);
            if ORDER == GRADIENT {
                let half = 0.5 * (shape.ratio * y - theta);
                let dq = -0.5 * (y - 1.0) * q * y / m;
                point.psi[0] = [(y - 1.0) * half / m - half, dq + 0.5 * theta, -0.5 * theta - dq * (p - q)];
            }
        }
        point
    }

    /// With phi of 1 or more it is all the offspring of a Poisson number of ancestors, with lambda children each on average.
    fn simulate(&self, at: &At, _weight: f64, shape: &Spread, stream: &mut Stream) -> f64 {
        if shape.lambda < 0.0 {
            return drawn(self, 0.0, at, shape, stream);
        }
        let ancestors = stream.poisson(shape.ratio * at.mu);
        offspring(ancestors, shape, stream)
    }

    fn cdf(&self, y: f64, _weight: f64, at: &At, shape: &Spread) -> Cumulative {
        Cumulative::counts(y, |k| tails(self, k, at, shape))
    }

    fn variance(&self, mu: f64, _weight: f64, shape: &Spread) -> f64 {
        mu * shape.log_phi.exp()
    }

    fn wants(&self, y: f64, _weight: f64) -> std::result::Result<(), &'static str> {
        wants_count(y)
    }

    fn start_mean(&self, y: f64, _weight: f64) -> f64 {
        y + 0.1
    }

    /// Not below 1, where some responses might be above the last count.
    fn start_psi(&self, data: &Observations, mu: &[f64]) -> Result<[f64; MAX_PARAMETERS]> {
        let pearson: f64 = data.y.iter().zip(mu).map(|(y, m)| (y - m) * (y - m) / m).sum();
        Ok([(pearson / mu.len() as f64).max(1.0).ln(), 0.0, 0.0])
    }
}

/// Those of `ancestors`, themselves included.
fn offspring(ancestors: f64, shape: &Spread, stream: &mut Stream) -> f64 {
    let lambda = shape.lambda;
    let (mut total, mut living) = (0.0, ancestors);
    for _ in 0..GENERATIONS {
        total += living;
        if living <= 0.0 {
            return total;
        }
        living = stream.poisson(lambda * living);
    }
    total + (living / shape.ratio).min(f64::MAX).round()
}

/// A count that is positive.
pub(crate) fn positive(family: &Genpois, at: &At, shape: &Spread, stream: &mut Stream) -> f64 {
    if shape.lambda < 0.0 {
        return drawn(family, 1.0, at, shape, stream);
    }
    offspring(positive_poisson(shape.ratio * at.mu, stream), shape, stream)
}

fn ln_probability(family: &Genpois, k: f64, at: &At, shape: &Spread) -> f64 {
    let ln = family.point::<VALUE>(k, 1.0, at, shape).l + family.constant::<VALUE>(k, 1.0, shape).value;
    if ln.is_nan() { f64::NEG_INFINITY } else { ln }
}

/// By inversion, among the counts from `first` up.
fn drawn(family: &Genpois, first: f64, at: &At, shape: &Spread, stream: &mut Stream) -> f64 {
    let last = (at.mu * shape.ratio / -shape.lambda).ceil().max(first);
    outward_draw(stream.uniform(), at.mu.floor(), [first, last], |k| ln_probability(family, k, at, shape).exp())
}

/// "At most k" and "more than k".
pub(crate) fn tails(family: &Genpois, k: f64, at: &At, shape: &Spread) -> Tails {
    let probability = |k: f64| ln_probability(family, k, at, shape);
    if shape.lambda >= 0.0 || k < 0.0 {
        return summed_tails(k, at.mu, limiting_ratio(shape.lambda), probability);
    }
    let middle = at.mu.floor();
    let total = at_or_below(middle, probability) + above(middle, 0.0, probability);
    if k < at.mu {
        let lower = at_or_below(k, probability) / total;
        [lower, (1.0 - lower).max(0.0)]
    } else {
        let upper = above(k, 0.0, probability) / total;
        [(1.0 - upper).max(0.0), upper]
    }
}

/// That of successive probabilities of large counts, which the ratios rise to: lambda exp(1 - lambda).
fn limiting_ratio(lambda: f64) -> f64 {
    if lambda > 0.0 { lambda * (1.0 - lambda).exp() } else { 0.0 }
}
