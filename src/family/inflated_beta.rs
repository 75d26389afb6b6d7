//! Proportions that may be 0 or 1: the zero-one-inflated beta distribution and the ordered beta distribution (Kubinec 2022).

use super::beta::{Beta, start_log_precision};
use super::coordinate::{At, Base};
use super::cumulative::Cumulative;
use super::density::{Constant, Density, Point};
use super::facts::Facts;
use super::link::{CUMULATIVE_LINKS, Link};
use super::parameter::{Parameter, Scale};
use super::special::{Logistic, expit, log1mexp, logistic, logit, softplus};
use super::{MAX_PARAMETERS, Observations, WeightRole};
use crate::error::Result;
use crate::simulate::Stream;

/// P(y is 0 or 1) = zoi, P(1 | 0 or 1) = coi, else beta.
#[derive(Clone, Debug, Default)]
pub(crate) struct ZeroOneInflatedBeta(Beta);

#[derive(Clone, Copy)]
pub(crate) struct Inflation {
    phi: f64,
    zoi: f64,
    coi: f64,
}

fn inside(y: f64) -> bool {
    y > 0.0 && y < 1.0
}

impl Density for ZeroOneInflatedBeta {
    type Shape = Inflation;

    const NAMES: &'static [&'static str] = &["zero_one_inflated_beta"];
    const LINKS: &'static [Link] = &CUMULATIVE_LINKS;
    const BASE: Base = Base::Logit;
    const WEIGHTS: WeightRole = WeightRole::Factor;
    const NORMAL_NOISE: bool = false;
    const FACTS: Facts = Facts::UNIT;
    const PARAMETERS: &'static [Parameter] =
        &[Parameter::new("phi", Scale::Log), Parameter::new("zoi", Scale::Logit), Parameter::new("coi", Scale::Logit)];

    fn limit(parameter: usize, upper: bool) -> Option<&'static str> {
        (parameter == 1 && !upper).then_some(Beta::NAME)
    }

    fn is_log_concave(_link: Link) -> bool {
        false
    }

    fn shape(&self, psi: &[f64; MAX_PARAMETERS]) -> Inflation {
        Inflation { phi: psi[0].exp(), zoi: psi[1], coi: psi[2] }
    }

    fn constant<const ORDER: u8>(&self, y: f64, weight: f64, shape: &Inflation) -> Constant {
        let Inflation { phi, zoi, coi } = *shape;
        if inside(y) {
            let beta = self.0.constant::<ORDER>(y, weight, &phi);
            return Constant { value: beta.value - softplus(zoi), psi: [beta.psi[0], -expit(zoi), 0.0] };
        }
        let (log_p, slope) = if y == 0.0 { (-softplus(coi), -expit(coi)) } else { (-softplus(-coi), expit(-coi)) };
        Constant { value: log_p - softplus(-zoi), psi: [0.0, expit(-zoi), slope] }
    }

    #[inline]
    fn point<const ORDER: u8>(&self, y: f64, weight: f64, at: &At, shape: &Inflation) -> Point {
        if inside(y) { self.0.point::<ORDER>(y, weight, at, &shape.phi) } else { Point::default() }
    }

    fn response_mean(&self, at: &At, shape: &Inflation) -> f64 {
        expit(shape.zoi) * expit(shape.coi) + expit(-shape.zoi) * at.mu
    }

    fn simulate(&self, at: &At, weight: f64, shape: &Inflation, stream: &mut Stream) -> f64 {
        if stream.uniform() >= expit(shape.zoi) {
            return self.0.simulate(at, weight, &shape.phi, stream);
        }
        f64::from(stream.uniform() < expit(shape.coi))
    }

    fn cdf(&self, y: f64, weight: f64, at: &At, shape: &Inflation) -> Cumulative {
        let (zoi, coi) = (expit(shape.zoi), expit(shape.coi));
        let beta = self.0.cdf(y, weight, at, &shape.phi);
        beta.with_atom(expit(-shape.zoi), zoi * expit(-shape.coi), 0.0, y).with_atom(1.0, zoi * coi, 1.0, y)
    }

    fn variance(&self, mu: f64, weight: f64, shape: &Inflation) -> f64 {
        let (zoi, coi, rest) = (expit(shape.zoi), expit(shape.coi), expit(-shape.zoi));
        let mean = zoi * coi + rest * mu;
        rest * (self.0.variance(mu, weight, &shape.phi) + (mu - mean).powi(2))
            + zoi * (coi * (1.0 - mean).powi(2) + (1.0 - coi) * mean * mean)
    }

    fn wants(&self, y: f64, _weight: f64) -> std::result::Result<(), &'static str> {
        wants_unit(y)
    }

    fn start_mean(&self, y: f64, _weight: f64) -> f64 {
        start_mean(y)
    }

    fn start_psi(&self, data: &Observations, mu: &[f64]) -> Result<[f64; MAX_PARAMETERS]> {
        let [zeros, ones, others] = tally(data);
        let phi = start_inside(data, mu);
        Ok([phi, ((zeros + ones + 0.5) / (others + 0.5)).ln(), ((ones + 0.5) / (zeros + 0.5)).ln()])
    }
}

/// Cut points c1 < c2 = c1 + width on the logit scale: P(0) = 1 - F(eta - c1), P(1) = F(eta - c2), else beta, F the logistic function.
#[derive(Clone, Debug, Default)]
pub(crate) struct OrderedBeta(Beta);

#[derive(Clone, Copy)]
pub(crate) struct Cuts {
    phi: f64,
    lower: f64,
    width: f64,
}

impl Cuts {
    /// The probabilities of 0, of a value inside, and of 1.
    fn shares(&self, zeta: f64) -> [f64; 3] {
        let (a, b) = (zeta - self.lower, zeta - self.lower - self.width);
        let (zero, one) = (expit(-a), expit(b));
        // F(a) - F(b) = F(a) (1 - F(b)) (1 - e^(b - a)).
        [zero, expit(a) * expit(-b) * -(-self.width).exp_m1(), one]
    }
}

impl Density for OrderedBeta {
    type Shape = Cuts;

    const NAMES: &'static [&'static str] = &["ordered_beta", "ordbeta"];
    const LINKS: &'static [Link] = &[Link::Logit];
    const BASE: Base = Base::Logit;
    const WEIGHTS: WeightRole = WeightRole::Factor;
    const NORMAL_NOISE: bool = false;
    const FACTS: Facts = Facts::UNIT;
    const PARAMETERS: &'static [Parameter] =
        &[Parameter::new("phi", Scale::Log), Parameter::new("lower_cut", Scale::Identity), Parameter::new("cut_width", Scale::Log)];

    fn limit(_parameter: usize, _upper: bool) -> Option<&'static str> {
        None
    }

    fn is_log_concave(_link: Link) -> bool {
        false
    }

    fn shape(&self, psi: &[f64; MAX_PARAMETERS]) -> Cuts {
        Cuts { phi: psi[0].exp(), lower: psi[1], width: psi[2].exp() }
    }

    fn constant<const ORDER: u8>(&self, y: f64, weight: f64, shape: &Cuts) -> Constant {
        if !inside(y) {
            return Constant::default();
        }
        let beta = self.0.constant::<ORDER>(y, weight, &shape.phi);
        let d = shape.width;
        // log(e^d - 1) and its derivative in log d.
        Constant { value: beta.value + d + log1mexp(d), psi: [beta.psi[0], 0.0, d / -(-d).exp_m1()] }
    }

    #[inline]
    fn point<const ORDER: u8>(&self, y: f64, weight: f64, at: &At, shape: &Cuts) -> Point {
        let a = at.zeta - shape.lower;
        let (b, d) = (a - shape.width, shape.width);
        let Logistic { p: fa, q: rest_a, log_q: log_below, .. } = logistic(a);
        let Logistic { p: fb, q: rest_b, log_p: log_above, .. } = logistic(b);
        // The logistic density and its derivative.
        let (density_a, density_b) = (fa * rest_a, fb * rest_b);
        let (slope_a, slope_b) = (density_a * (rest_a - fa), density_b * (rest_b - fb));
        // Minus log(1 - F(a)) below the upper cut, minus log F(b) (less b where y is inside) above the lower.
        let below = Point { l: log_below, s: -fa, w: density_a, t: slope_a, psi: [[0.0; 3], [fa, density_a, -slope_a], [0.0; 3]] };
        let above = Point {
            l: log_above,
            s: rest_b,
            w: density_b,
            t: slope_b,
            psi: [[0.0; 3], [-rest_b, density_b, -slope_b], [-d * rest_b, d * density_b, -d * slope_b]],
        };
        if y == 0.0 {
            return below;
        }
        if y == 1.0 {
            return above;
        }
        let mut point = self.0.point::<ORDER>(y, weight, at, &shape.phi);
        point.l += below.l + above.l;
        point.s += rest_a - fb;
        point.w += density_a + density_b;
        point.t += slope_a + slope_b;
        for j in 1..MAX_PARAMETERS {
            for k in 0..3 {
                point.psi[j][k] += below.psi[j][k] + above.psi[j][k];
            }
        }
        point
    }

    fn response_mean(&self, at: &At, shape: &Cuts) -> f64 {
        let (a, b) = (at.zeta - shape.lower, at.zeta - shape.lower - shape.width);
        let one = expit(b);
        one + (1.0 - one - expit(-a)) * at.mu
    }

    fn simulate(&self, at: &At, weight: f64, shape: &Cuts, stream: &mut Stream) -> f64 {
        let [zero, inside, _] = shape.shares(at.zeta);
        let u = stream.uniform();
        if u < zero {
            0.0
        } else if u < zero + inside {
            self.0.simulate(at, weight, &shape.phi, stream)
        } else {
            1.0
        }
    }

    fn cdf(&self, y: f64, weight: f64, at: &At, shape: &Cuts) -> Cumulative {
        let [zero, inside, one] = shape.shares(at.zeta);
        let beta = self.0.cdf(y, weight, at, &shape.phi);
        beta.with_atom(inside, zero, 0.0, y).with_atom(1.0, one, 1.0, y)
    }

    fn variance(&self, mu: f64, weight: f64, shape: &Cuts) -> f64 {
        let at = Base::Logit.at(logit(mu));
        let (zero, one) = (expit(shape.lower - at.zeta), expit(at.zeta - shape.lower - shape.width));
        let (rest, mean) = (1.0 - zero - one, self.response_mean(&at, shape));
        let beta = self.0.variance(mu, weight, &shape.phi);
        rest * (beta + (mu - mean).powi(2)) + one * (1.0 - mean).powi(2) + zero * mean * mean
    }

    fn wants(&self, y: f64, _weight: f64) -> std::result::Result<(), &'static str> {
        wants_unit(y)
    }

    fn start_mean(&self, y: f64, _weight: f64) -> f64 {
        start_mean(y)
    }

    fn start_psi(&self, data: &Observations, mu: &[f64]) -> Result<[f64; MAX_PARAMETERS]> {
        let [zeros, ones, others] = tally(data);
        let total = zeros + ones + others + 1.0;
        let mean = mu.iter().sum::<f64>() / mu.len() as f64;
        let eta = logit(mean);
        let lower = eta - ((total - zeros - 0.5) / (zeros + 0.5)).ln();
        let upper = eta - ((ones + 0.5) / (total - ones - 0.5)).ln();
        Ok([start_inside(data, mu), lower, (upper - lower).max(0.1).ln()])
    }
}

/// The numbers of zeros, ones and others.
fn tally(data: &Observations) -> [f64; 3] {
    data.y.iter().fold([0.0; 3], |mut counts, &y| {
        counts[if y == 0.0 {
            0
        } else if y == 1.0 {
            1
        } else {
            2
        }] += 1.0;
        counts
    })
}

/// log phi from the responses inside.
fn start_inside(data: &Observations, mu: &[f64]) -> f64 {
    let pairs = data.y.iter().zip(mu).filter(|(y, _)| inside(**y)).map(|(&y, &m)| (y, m));
    start_log_precision(pairs)
}

fn wants_unit(y: f64) -> std::result::Result<(), &'static str> {
    if (0.0..=1.0).contains(&y) { Ok(()) } else { Err("a number between 0 and 1") }
}

fn start_mean(y: f64) -> f64 {
    0.02 + 0.96 * y
}
