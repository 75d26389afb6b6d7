//! Negative binomial counts: variance mu + mu^2/size (`nbinom2`) or mu (1 + alpha) (`nbinom1`).
//!
//! Everything is written so that the Poisson limit (size to infinity, alpha to zero) keeps its digits.

use super::coordinate::{At, Base};
use super::cumulative::Cumulative;
use super::density::{Constant, Density, GRADIENT, MODE, Point};
use super::facts::Facts;
use super::link::{COUNT_LINKS, Link};
use super::parameter::{Parameter, Scale, within_limits};

use super::poisson::{Poisson, wants_count};
use super::special::{
    Logistic, expit, ln_factorial, ln_rising_ratio, logistic, logistic_of_odds, negative_binomial_tails, rising_shares, x_log_y,
    x1_log1p_minus,
};
use super::{MAX_PARAMETERS, Observations, WeightRole};
use crate::error::Result;
use crate::simulate::Stream;

/// Odds from here on, as what is not a number, come from their logarithm.
const FAR: f64 = 1e300;

/// Variance mu + mu^2/size.
#[derive(Clone, Debug, Default)]
pub(crate) struct Nbinom2;

#[derive(Clone, Copy)]
pub(crate) struct Size {
    log_size: f64,
    size: f64,
}

impl Size {
    pub(crate) fn size_and_ratio(&self, at: &At) -> [f64; 2] {
        size_and_ratio(self.size, at.mu)
    }
}

impl Density for Nbinom2 {
    type Shape = Size;

    const NAMES: &'static [&'static str] = &["nbinom2", "negative_binomial", "negativebinomial", "negative.binomial"];
    const LINKS: &'static [Link] = &COUNT_LINKS;
    const BASE: Base = Base::Log;
    const WEIGHTS: WeightRole = WeightRole::Factor;
    const NORMAL_NOISE: bool = false;
    const FACTS: Facts = Facts::COUNTS;
    const PARAMETERS: &'static [Parameter] = &[Parameter::new("size", Scale::Log)];

    fn limit(parameter: usize, upper: bool) -> Option<&'static str> {
        (parameter == 0 && upper).then_some(Poisson::NAME)
    }

    fn is_log_concave(link: Link) -> bool {
        link == Link::Log
    }

    fn shape(&self, psi: &[f64; MAX_PARAMETERS]) -> Size {
        let log_size = within_limits(psi[0]);
        Size { log_size, size: log_size.exp() }
    }

    fn constant<const ORDER: u8>(&self, y: f64, _weight: f64, shape: &Size) -> Constant {
        let value = ln_rising_ratio(shape.size, y) - ln_factorial(y);
        let slope = if ORDER == GRADIENT { -rising_shares(shape.size, y)[0] } else { 0.0 };
        Constant { value, psi: [slope, 0.0, 0.0] }
    }

    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn point<const ORDER: u8>(&self, y: f64, _weight: f64, at: &At, shape: &Size) -> Point {
        let (k, odds) = (shape.size, at.mu / shape.size);
        // Products with k are those with mu over odds: towards Poisson's distribution odds are too small to have digits.
        let (Logistic { p, q, log_q, .. }, kp) = if odds < FAR {
            let at_odds = logistic_of_odds(odds);
            (at_odds, at.mu * at_odds.q)
        } else {
            let at_odds = logistic(at.zeta - shape.log_size);
            (at_odds, k * at_odds.p)
        };
        let log_scale = -log_q;
        let k_times = |small: f64| if odds < 1.0 { at.mu * (small / odds) } else { k * small };
        let k_log_scale = if odds > 0.0 { k_times(log_scale) } else { at.mu };
        let (s, w) = (y * q - kp, (y * p + kp) * q);
        let l = y * at.zeta - (y * log_scale + k_log_scale);
        let mut point = Point { l, s, w, t: w * (q - p), ..Point::default() };
        if ORDER == GRADIENT {
            // k p - k log(1 + mu/k), second order in mu/k.
            let k_bend = if odds == 0.0 {
                0.0
            } else if odds < 1.0 {
                -q * k_times(x1_log1p_minus(odds))
            } else {
                kp - k_log_scale
            };
            point.psi[0] = [k_bend + y * p, p * s, p * q * (2.0 * kp - y * (q - p))];
        }
        point
    }

    fn expected(&self, _weight: f64, at: &At, shape: &Size) -> Option<[f64; 2]> {
        let x = at.zeta - shape.log_size;
        let w = shape.size * expit(x);
        Some([w, w * expit(-x)])
    }

    fn simulate(&self, at: &At, _weight: f64, shape: &Size, stream: &mut Stream) -> f64 {
        let [size, ratio] = shape.size_and_ratio(at);
        stream.negative_binomial(size, ratio)
    }

    fn cdf(&self, y: f64, _weight: f64, at: &At, shape: &Size) -> Cumulative {
        let [size, ratio] = shape.size_and_ratio(at);
        Cumulative::counts(y, |k| negative_binomial_tails(k, size, ratio))
    }

    fn variance(&self, mu: f64, _weight: f64, shape: &Size) -> f64 {
        mu + mu * mu / shape.size
    }

    fn unit_deviance(&self, y: f64, mu: f64, weight: f64, shape: &Size) -> Option<f64> {
        Some(weight * unit_deviance(y, mu, shape.size))
    }

    fn wants(&self, y: f64, _weight: f64) -> std::result::Result<(), &'static str> {
        wants_count(y)
    }

    fn start_mean(&self, y: f64, _weight: f64) -> f64 {
        start_mean(y)
    }

    fn start_psi(&self, data: &Observations, mu: &[f64]) -> Result<[f64; MAX_PARAMETERS]> {
        let squares: f64 = mu.iter().map(|m| m * m).sum();
        let excess: f64 = data.y.iter().zip(mu).map(|(y, m)| (y - m) * (y - m) - m).sum();
        // Without overdispersion: far towards the Poisson distribution, but not where the likelihood is flat.
        let start = if excess > 0.0 { (squares / excess).ln() } else { 4.0 };
        Ok([start.clamp(-4.0, 4.0), 0.0, 0.0])
    }
}

/// Variance mu (1 + alpha).
#[derive(Clone, Debug, Default)]
pub(crate) struct Nbinom1;

#[derive(Clone, Copy)]
pub(crate) struct Alpha {
    value: f64,
    /// log(1 + alpha).
    log_scale: f64,
    /// (log(1 + alpha) - alpha/(1 + alpha)) / alpha.
    bend: f64,
}

impl Alpha {
    pub(crate) fn size_and_ratio(&self, at: &At) -> [f64; 2] {
        size_and_ratio(at.mu / self.value, at.mu)
    }
}

impl Density for Nbinom1 {
    type Shape = Alpha;

    const NAMES: &'static [&'static str] = &["nbinom1"];
    const LINKS: &'static [Link] = &COUNT_LINKS;
    const BASE: Base = Base::Log;
    const WEIGHTS: WeightRole = WeightRole::Factor;
    const NORMAL_NOISE: bool = false;
    const FACTS: Facts = Facts::COUNTS;
    const PARAMETERS: &'static [Parameter] = &[Parameter::new("alpha", Scale::Log)];

    fn limit(parameter: usize, upper: bool) -> Option<&'static str> {
        (parameter == 0 && !upper).then_some(Poisson::NAME)
    }

    fn is_log_concave(_link: Link) -> bool {
        false
    }

    fn shape(&self, psi: &[f64; MAX_PARAMETERS]) -> Alpha {
        let alpha = within_limits(psi[0]).exp();
        Alpha { value: alpha, log_scale: alpha.ln_1p(), bend: x1_log1p_minus(alpha) / (alpha * (1.0 + alpha)) }
    }

    fn constant<const ORDER: u8>(&self, y: f64, _weight: f64, shape: &Alpha) -> Constant {
        let slope = -y * shape.value / (1.0 + shape.value);
        Constant { value: -ln_factorial(y) - y * shape.log_scale, psi: [slope, 0.0, 0.0] }
    }

    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn point<const ORDER: u8>(&self, y: f64, _weight: f64, at: &At, shape: &Alpha) -> Point {
        let size = at.mu / shape.value;
        let zero = size * shape.log_scale;
        let mut point = Point { l: y * at.zeta + ln_rising_ratio(size, y) - zero, ..Point::default() };
        if ORDER >= MODE {
            let [a, b, c] = rising_shares(size, y);
            point.s = (y - a) - zero;
            point.w = zero - b;
            point.t = zero - c;
            let bend = at.mu * shape.bend;
            point.psi[0] = [bend + a, bend - b, c - bend];
        }
        point
    }

    fn simulate(&self, at: &At, _weight: f64, shape: &Alpha, stream: &mut Stream) -> f64 {
        let [size, ratio] = shape.size_and_ratio(at);
        stream.negative_binomial(size, ratio)
    }

    fn cdf(&self, y: f64, _weight: f64, at: &At, shape: &Alpha) -> Cumulative {
        let [size, ratio] = shape.size_and_ratio(at);
        Cumulative::counts(y, |k| negative_binomial_tails(k, size, ratio))
    }

    fn variance(&self, mu: f64, _weight: f64, shape: &Alpha) -> f64 {
        mu * (1.0 + shape.value)
    }

    /// With the size that the mean has, mu / alpha, held, as glmmTMB: it is zero at mu = y, which the likelihood of an nbinom1 response is not
    /// highest at.
    fn unit_deviance(&self, y: f64, mu: f64, weight: f64, shape: &Alpha) -> Option<f64> {
        Some(weight * unit_deviance(y, mu, mu / shape.value))
    }

    fn wants(&self, y: f64, _weight: f64) -> std::result::Result<(), &'static str> {
        wants_count(y)
    }

    fn start_mean(&self, y: f64, _weight: f64) -> f64 {
        start_mean(y)
    }

    fn start_psi(&self, data: &Observations, mu: &[f64]) -> Result<[f64; MAX_PARAMETERS]> {
        let pearson: f64 = data.y.iter().zip(mu).map(|(y, m)| (y - m) * (y - m) / m).sum();
        Ok([(pearson / mu.len() as f64 - 1.0).max(0.02).ln(), 0.0, 0.0])
    }
}

/// A count of such a size is Poisson's to the last digit; larger ones leave the range of intermediate results.
const LARGE: f64 = 1e60;

/// The size and the mean over it.
pub(crate) fn size_and_ratio(size: f64, mu: f64) -> [f64; 2] {
    let size = size.min(LARGE);
    [size, mu / size]
}

/// Of a negative binomial count of known size.
fn unit_deviance(y: f64, mu: f64, size: f64) -> f64 {
    let size = size.min(LARGE);
    2.0 * (x_log_y(y, y / mu) - (y + size) * ((y - mu) / (mu + size)).ln_1p())
}

/// A mean near the count, which is positive.
pub(crate) fn start_mean(y: f64) -> f64 {
    if y == 0.0 { 1.0 / 6.0 } else { y }
}
