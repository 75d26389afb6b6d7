//! Tweedie's compound Poisson-Gamma distribution, variance phi mu^power with 1 < power < 2: a mass at zero and a density above.
//!
//! The density is the series of Dunn & Smyth (2005), each term written relative to the saddle point: the deviance and Stirling's errors are
//! what is left, so nothing large cancels, and in the limit of many terms it turns into the saddle-point approximation by itself.

use std::f64::consts::PI;

use super::coordinate::{At, Base};
use super::cumulative::Cumulative;
use super::density::{Constant, Density, GRADIENT, Point};
use super::facts::Facts;
use super::gamma::Gamma;
use super::link::Link;
use super::parameter::{Parameter, Scale};
use super::special::{expit, gamma_tails, log_minus_digamma, poisson_probability, stirling_error, x1_log1p_minus};
use super::{MAX_PARAMETERS, Observations, WeightRole};
use crate::error::Result;
use crate::simulate::Stream;

/// The logit of the power less one beyond which it is, to a double, 1 or 2.
const FARTHEST: f64 = 36.0;
/// Nearer to 1, the density of responses of a continuous kind has peaks at multiples of phi, as many as there are jumps, and the likelihood
/// has maxima that come of where the responses happen to lie.
const PEAKS: f64 = 1.05;

#[derive(Clone, Debug, Default)]
pub(crate) struct Tweedie;

#[derive(Clone, Copy)]
pub(crate) struct Shape {
    phi: f64,
    /// power - 1 and 2 - power, each exact.
    a: f64,
    b: f64,
    /// How the power moves with psi.
    slope: f64,
}

/// The sum over the number n of Gamma jumps: its logarithm and the means of the derivatives of its terms.
struct Series {
    log_sum: f64,
    /// The mean of n less the saddle point.
    excess: f64,
    /// The mean of the terms' derivative in the power.
    by_power: f64,
}

impl Shape {
    /// The terms are exp(-c n* f(n/n* - 1) - S(n) - S(n alpha)), f(x) = (1+x) log(1+x) - x, S Stirling's error, n* the saddle point.
    fn series<const ORDER: u8>(&self, y: f64, phi: f64) -> Series {
        let Shape { a, b, .. } = *self;
        let (alpha, c) = (b / a, 1.0 / a);
        let saddle = (b * y.ln()).exp() / (phi * b);
        // By the distance from the saddle point: where the power is nearly 2, that of two large numbers would have lost its digits.
        let exponent = |off: f64| {
            let n = saddle + off;
            -c * saddle * x1_log1p_minus(off / saddle) - stirling_error(n) - stirling_error(n * alpha)
        };
        let width = (saddle / c).sqrt();
        // Many terms form a smooth bell, of which the trapezoidal rule needs a few points; few are summed one by one.
        let step = if width > 4.0 && c * saddle > 200.0 { width / 3.0 } else { 1.0 };
        let (from, to) = if step == 1.0 {
            ((saddle - 10.0 * width - 20.0).floor().max(1.0) - saddle, (saddle + 10.0 * width + 20.0).ceil() - saddle)
        } else {
            (-10.0 * width, 10.0 * width)
        };
        let top = exponent((1.0 - saddle).max(0.0));
        let (alpha_slope, saddle_slope) = (-c * c, 1.0 / b - y.ln());
        let (mut sum, mut excess, mut by_power) = (0.0, 0.0, 0.0);
        for i in 0..=((to - from) / step) as usize {
            let off = from + step * i as f64;
            let term = (exponent(off) - top).exp();
            sum += term;
            if ORDER == GRADIENT {
                let n = saddle + off;
                excess += term * off;
                let bend = n * log_minus_digamma(n * alpha) - saddle * x1_log1p_minus(off / saddle);
                by_power += term * (alpha_slope * bend + c * off * saddle_slope);
            }
        }
        Series { log_sum: top + (step * sum).ln(), excess: excess / sum, by_power: by_power / sum }
    }
}

impl Density for Tweedie {
    type Shape = Shape;

    const NAMES: &'static [&'static str] = &["tweedie"];
    const LINKS: &'static [Link] = &[Link::Log, Link::Identity, Link::Sqrt, Link::Inverse];
    const BASE: Base = Base::Log;
    const WEIGHTS: WeightRole = WeightRole::Dispersion;
    const NORMAL_NOISE: bool = false;
    const FACTS: Facts = Facts { tests_overdispersion: false, ..Facts::COUNTS };
    const PARAMETERS: &'static [Parameter] = &[Parameter::new("phi", Scale::Log), Parameter::new("power", Scale::OneToTwo)];

    fn limit(parameter: usize, upper: bool) -> Option<&'static str> {
        let (power_one, power_two) = ("poisson, of multiples of phi", Gamma::NAME);
        (parameter == 1).then_some(if upper { power_two } else { power_one })
    }

    fn is_log_concave(link: Link) -> bool {
        matches!(link, Link::Log)
    }

    fn shape(&self, psi: &[f64; MAX_PARAMETERS]) -> Shape {
        let power = psi[1].clamp(-FARTHEST, FARTHEST);
        let (a, b) = (expit(power), expit(-power));
        // Further out nothing changes.
        let slope = if psi[1].abs() < FARTHEST { a * b } else { 0.0 };
        Shape { phi: psi[0].exp(), a, b, slope }
    }

    fn constant<const ORDER: u8>(&self, y: f64, weight: f64, shape: &Shape) -> Constant {
        if y == 0.0 {
            return Constant::default();
        }
        let series = shape.series::<ORDER>(y, shape.phi / weight);
        let value = series.log_sum + 0.5 * (shape.b / shape.a).ln() - (2.0 * PI).ln() - y.ln();
        Constant { value, psi: [-series.excess / shape.a, series.by_power * shape.slope, 0.0] }
    }

    #[inline]
    fn point<const ORDER: u8>(&self, y: f64, weight: f64, at: &At, shape: &Shape) -> Point {
        let Shape { a, b, slope: by_psi, .. } = *shape;
        let phi = shape.phi / weight;
        let zeta = at.zeta;
        let v = (b * zeta).exp() / phi;
        let mut point;
        if y == 0.0 {
            let slope = v * (zeta / b - 1.0 / (b * b));
            point = Point { l: -v / b, s: -v, w: b * v, t: b * b * v, ..Point::default() };
            point.psi[1][0] = slope;
        } else {
            // Half the deviance over phi, in d = log(mu/y).
            let log_y = y.ln();
            let d = zeta - log_y;
            let scale = (b * log_y).exp() / phi;
            let (down, up) = ((-a * d).exp_m1(), (b * d).exp_m1());
            let half = -down / a - up / b;
            let u = y * (-a * zeta).exp() / phi;
            point = Point { l: scale * half, s: u - v, w: a * u + b * v, t: b * b * v - a * a * u, ..Point::default() };
            if ORDER == GRADIENT {
                let slope = d * (down + 1.0) / a + down / (a * a) + d * (up + 1.0) / b - up / (b * b);
                point.psi[1][0] = scale * (slope - log_y * half);
            }
        }
        point.psi[0] = [-point.l, -point.s, -point.w];
        let by_power = [point.psi[1][0], -zeta * point.s, point.s - zeta * point.w];
        point.psi[1] = by_power.map(|x| x * by_psi);
        point
    }

    fn expected(&self, weight: f64, at: &At, shape: &Shape) -> Option<[f64; 2]> {
        let w = weight * (shape.b * at.zeta).exp() / shape.phi;
        Some([w, shape.b * w])
    }

    /// A Poisson number of Gamma jumps.
    fn simulate(&self, at: &At, weight: f64, shape: &Shape, stream: &mut Stream) -> f64 {
        let (a, b, phi) = (shape.a, shape.b, shape.phi / weight);
        let jumps = stream.poisson((b * at.zeta).exp() / (phi * b));
        if jumps == 0.0 {
            return 0.0;
        }
        let scale = phi * a * (a * at.zeta).exp();
        (stream.log_gamma(jumps * b / a) + scale.ln()).exp().clamp(f64::MIN_POSITIVE, f64::MAX)
    }

    /// Sums over the number of jumps.
    fn cdf(&self, y: f64, weight: f64, at: &At, shape: &Shape) -> Cumulative {
        if y < 0.0 {
            return Cumulative::LOWEST;
        }
        let (a, b, phi) = (shape.a, shape.b, shape.phi / weight);
        let rate = (b * at.zeta).exp() / (phi * b);
        let (none, some) = ((-rate).exp(), -(-rate).exp_m1());
        if y == 0.0 {
            return Cumulative { below: 0.0, at_or_below: none, above: some, at_or_above: 1.0 };
        }
        let (alpha, x) = (b / a, y * (-a * at.zeta).exp() / (phi * a));
        // The numbers of jumps that matter lie between the usual one and that which y tells of.
        let (usual, told) = (rate, x / alpha);
        let reach = |n: f64| 12.0 * (n * (1.0 + 1.0 / alpha)).sqrt() + 40.0;
        let from = (usual.min(told) - reach(usual.min(told))).floor().max(1.0);
        let to = usual.max(told) + reach(usual.max(told));
        // Where both factors are smooth over many numbers, the trapezoidal rule needs a few of them.
        let step = (usual.min(told / alpha).sqrt() / 3.0).max(1.0);
        let (mut lower, mut upper) = (none, 0.0);
        for i in 0..=((to - from) / step) as usize {
            let n = from + step * i as f64;
            let p = step * poisson_probability(n, rate);
            // A response far out tells of more jumps than there can be.
            if p == 0.0 && n > rate {
                break;
            }
            let [l, u] = gamma_tails(n * alpha, x);
            lower += p * l;
            upper += p * u;
        }
        Cumulative::continuous([lower.min(1.0), upper.min(1.0)])
    }

    fn variance(&self, mu: f64, weight: f64, shape: &Shape) -> f64 {
        shape.phi / weight * mu.powf(1.0 + shape.a)
    }

    fn unit_deviance(&self, y: f64, mu: f64, weight: f64, shape: &Shape) -> Option<f64> {
        // The point's log-density at phi = 1 is minus half of it, but for y = 0 too.
        let unit = Shape { phi: 1.0, ..*shape };
        Some(-2.0 * weight * self.point::<0>(y, 1.0, &Base::Log.at(mu.ln()), &unit).l)
    }

    fn wants(&self, y: f64, _weight: f64) -> std::result::Result<(), &'static str> {
        if y >= 0.0 { Ok(()) } else { Err("zero or a positive number") }
    }

    fn start_mean(&self, y: f64, _weight: f64) -> f64 {
        y
    }

    fn start_mean_beside(&self, y: f64, _weight: f64, mean: f64) -> f64 {
        if y == 0.0 { 0.1 * mean } else { y }
    }

    /// Dunn and Smyth (2005), section 6, have pictures of the likelihood there.
    fn may_be_false(psi: &[f64]) -> bool {
        psi.get(1).is_some_and(|power| Scale::OneToTwo.reported(*power) < PEAKS)
    }

    fn start_psi(&self, data: &Observations, mu: &[f64]) -> Result<[f64; MAX_PARAMETERS]> {
        let squares = |i: usize| data.weight(i) * (data.y[i] - mu[i]).powi(2) / mu[i].powf(1.5);
        let total: f64 = (0..mu.len()).map(squares).sum();
        Ok([(total / mu.len() as f64).ln(), 0.0, 0.0])
    }
}
