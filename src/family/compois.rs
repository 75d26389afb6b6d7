//! Conway-Maxwell-Poisson counts by their mean (Huang 2017), as glmmTMB's `compois`: with nu = 1/phi
//!
//! ```text
//! P(y) = lambda^y / (y!)^nu / Z(lambda, nu),   lambda such that the mean is mu
//! ```
//!
//! In terms of Poisson's log-probability u(y) of mean mu it is P(y) = exp(nu u(y) + delta (y - mu)) over the sum of these, where delta is 0
//! for nu = 1, and moderate for all others: no large numbers cancel. The sum and its derivatives are sums over the counts, from the mode
//! outwards until the rest is below rounding: successive ratios fall, so that a geometric series bounds it. Where the counts vary by more
//! than a few and zero is far, every h-th point is enough: by Poisson's summation formula the error of h = sd/3 is below e^-100.

use super::coordinate::{At, Base};
use super::cumulative::Cumulative;
use super::density::{Constant, Density, GRADIENT, MODE, Point};
use super::facts::Facts;
use super::link::{COUNT_LINKS, Link};
use super::parameter::{Parameter, Scale};
use super::poisson::wants_count;
use super::special::{Tails, log1p_minus, stirling_error};
use super::summed::{outward_draw, summed_tails};
use super::{MAX_PARAMETERS, Observations, WeightRole};
use crate::error::Result;
use crate::simulate::Stream;

#[derive(Clone, Debug, Default)]
pub(crate) struct Compois;

/// log phi is kept inside: where counts vary less, they are one number or two neighbours whatever it is.
const LIMITS: (f64, f64) = (-20.0, 100.0);
/// What is left out of a sum, relative to it: fourth moments are among the sums.
const NEGLIGIBLE: f64 = 1e-27;
/// Sums that would have more terms than this are not a number: they would be of counts that reach zero, and of so many likely values.
const MOST: u32 = 20_000;
/// From so many standard deviations above zero on, and with so large a one, a sum is one over every h-th point.
const FAR: f64 = 14.0;
const WIDE: f64 = 8.0;
const POINTS_PER_SD: f64 = 3.0;

/// log k!.
const LN_FACTORIAL: [f64; 16] = [
    0.0,
    0.0,
    std::f64::consts::LN_2,
    1.791_759_469_228_055,
    3.178_053_830_347_945_8,
    4.787_491_742_782_046,
    6.579_251_212_010_101,
    8.525_161_361_065_415,
    10.604_602_902_745_25,
    12.801_827_480_081_469,
    15.104_412_573_075_516,
    17.502_307_845_873_887,
    19.987_214_495_661_885,
    22.552_163_853_123_425,
    25.191_221_182_738_68,
    27.899_271_383_840_89,
];

/// A mean and nu with the delta that goes with them.
#[derive(Clone, Copy)]
struct Tilt {
    mu: f64,
    log_mu: f64,
    nu: f64,
    delta: f64,
}

/// Sums over the distribution, relative to the term at `start`: of 1, d, d^2, .. with d = y - mu, and of e, d e, d^2 e, d^3 e with
/// e = u(y) - u(start).
#[derive(Clone, Copy, Default)]
struct Sums {
    start: f64,
    u_start: f64,
    powers: [f64; 5],
    with_u: [f64; 4],
}

/// Central moments.
#[derive(Clone, Copy)]
struct Solved {
    tilt: Tilt,
    start: f64,
    u_start: f64,
    log_total: f64,
    variance: f64,
    third: f64,
    /// Fourth cumulant.
    fourth: f64,
    /// Mean of u less u(start), its covariance with y, and joint cumulants of u with two and three of y.
    mean_u: f64,
    with_u: [f64; 3],
}

impl Tilt {
    /// Poisson's log-probability of y, which need not be whole.
    fn u(&self, y: f64) -> f64 {
        if y < LN_FACTORIAL.len() as f64 {
            // Points that are no counts are far from zero.
            return y * self.log_mu - self.mu - LN_FACTORIAL[y as usize];
        }
        let rest = (self.mu - y) / y;
        let relative = if rest > -0.5 { log1p_minus(rest) } else { (self.mu / y).ln() - rest };
        y * relative - 0.5 * (2.0 * std::f64::consts::PI * y).ln() - stirling_error(y)
    }

    fn sums<const MOMENTS: bool>(&self) -> Sums {
        let mode = self.mu * (self.delta / self.nu).exp();
        let sd = (mode / self.nu).sqrt();
        let (step, start) = if sd >= WIDE && mode >= FAR * sd { (sd / POINTS_PER_SD, mode) } else { (1.0, mode.floor()) };
        let mut sums = Sums { start, u_start: self.u(start), ..Sums::default() };
        let add = |sums: &mut Sums, y: f64| {
            let (d, e) = (y - self.mu, self.u(y) - sums.u_start);
            // A point stands for as many counts as are between it and the next.
            let q = (self.nu * e + self.delta * (y - start)).exp() * step;
            let mut power = q;
            for (k, sum) in sums.powers.iter_mut().take(if MOMENTS { 5 } else { 3 }).enumerate() {
                *sum += power;
                if MOMENTS && k < 4 {
                    sums.with_u[k] += power * e;
                }
                power *= d;
            }
            q
        };
        let first = add(&mut sums, start);
        for side in [1.0, -1.0] {
            let mut last = first;
            for k in 1..=MOST {
                let y = start + side * step * f64::from(k);
                if y < 0.0 {
                    break;
                }
                let q = add(&mut sums, y);
                // Ratios fall outwards: what is left is less than a geometric series.
                if q == 0.0 || q < last && q * q <= NEGLIGIBLE * (last - q) * sums.powers[0] {
                    break;
                }
                last = q;
                if k == MOST {
                    sums.powers[0] = f64::NAN;
                }
            }
        }
        sums
    }
}

/// The delta of a mean: the mean rises with it, and its bounds follow from E[Y^nu] = lambda and from successive probabilities.
fn tilt_of(nu: f64, at: &At) -> Tilt {
    let (mu, log_mu) = (at.mu, at.zeta);
    let (mut low, mut high) = if nu >= 1.0 { (0.0, nu * (mu.ln_1p() - log_mu)) } else { ((1.0 - nu) * log_mu - mu.ln_1p(), 0.0) };
    let guess = nu * ((nu - 1.0) / (2.0 * nu * mu)).ln_1p();
    let delta = if guess > low && guess < high { guess } else { 0.5 * (low + high) };
    let mut tilt = Tilt { mu, log_mu, nu, delta: if low < high { delta } else { low } };
    if !(mu > 0.0 && mu < f64::MAX && low < high) {
        return tilt;
    }
    for _ in 0..100 {
        let [total, first, second, ..] = tilt.sums::<false>().powers;
        let mean = first / total;
        let variance = second / total - mean * mean;
        if !mean.is_finite() {
            tilt.delta = f64::NAN;
            return tilt;
        }
        if mean > 0.0 {
            high = tilt.delta;
        } else {
            low = tilt.delta;
        }
        // Newton's step for the logarithm of the mean, which is nearly linear where counts are rare.
        let step = (mean / mu).ln_1p() * (mu + mean) / variance;
        let next = tilt.delta - step;
        let inside = next > low && next < high;
        let is_last = step.abs() * variance.sqrt() <= 1e-9 || high - low <= f64::EPSILON * high.abs().max(low.abs());
        tilt.delta = if inside || is_last && next.is_finite() { next } else { 0.5 * (low + high) };
        if is_last {
            break;
        }
    }
    tilt
}

impl Solved {
    fn new(nu: f64, at: &At) -> Solved {
        let tilt = tilt_of(nu, at);
        let Sums { start, u_start, powers, with_u } = tilt.sums::<true>();
        let total = powers[0];
        let [m1, m2, m3, m4] = [1, 2, 3, 4].map(|k| powers[k] / total);
        let [e0, e1, e2, e3] = with_u.map(|sum| sum / total);
        // About the mean itself, which mu is but for rounding.
        let variance = m2 - m1 * m1;
        let third = m3 - 3.0 * m1 * m2 + 2.0 * m1 * m1 * m1;
        let fourth = m4 - 4.0 * m1 * m3 + 6.0 * m1 * m1 * m2 - 3.0 * m1.powi(4) - 3.0 * variance * variance;
        let covariance = e1 - m1 * e0;
        let two = e2 - 2.0 * m1 * e1 + m1 * m1 * e0 - variance * e0;
        let three = e3 - 3.0 * m1 * e2 + 3.0 * m1 * m1 * e1 - m1.powi(3) * e0 - third * e0 - 3.0 * variance * covariance;
        Solved {
            tilt,
            start,
            u_start,
            log_total: total.ln(),
            variance,
            third,
            fourth,
            mean_u: e0,
            with_u: [covariance, two, three],
        }
    }

    fn ln_probability(&self, y: f64) -> f64 {
        let Tilt { nu, delta, .. } = self.tilt;
        nu * (self.tilt.u(y) - self.u_start) + delta * (y - self.start) - self.log_total
    }
}

/// What is left of a degenerate distribution: a count has all the probability, or none.
fn degenerate(y: f64, mu: f64) -> Point {
    Point { l: if y == mu { 0.0 } else { f64::NEG_INFINITY }, ..Point::default() }
}

impl Density for Compois {
    type Shape = f64;

    const NAMES: &'static [&'static str] = &["compois"];
    const LINKS: &'static [Link] = &COUNT_LINKS;
    const BASE: Base = Base::Log;
    const WEIGHTS: WeightRole = WeightRole::Factor;
    const NORMAL_NOISE: bool = false;
    const FACTS: Facts = Facts::COUNTS;
    const PARAMETERS: &'static [Parameter] = &[Parameter::new("phi", Scale::Log)];

    /// Poisson's distribution is in the midst of the range, at phi = 1.
    fn limit(_parameter: usize, upper: bool) -> Option<&'static str> {
        upper.then_some("nbinom2, of size 1")
    }

    fn is_log_concave(_link: Link) -> bool {
        false
    }

    fn shape(&self, psi: &[f64; MAX_PARAMETERS]) -> f64 {
        (-psi[0].clamp(LIMITS.0, LIMITS.1)).exp()
    }

    fn constant<const ORDER: u8>(&self, _y: f64, _weight: f64, _shape: &f64) -> Constant {
        Constant::default()
    }

    fn point<const ORDER: u8>(&self, y: f64, _weight: f64, at: &At, nu: &f64) -> Point {
        let own = Solved::new(*nu, at);
        let (mu, v) = (at.mu, own.variance);
        if v <= 0.0 {
            return degenerate(y, mu);
        }
        let mut point = Point { l: own.ln_probability(y), ..Point::default() };
        if ORDER >= MODE {
            let d = y - mu;
            // d theta/dz, theta = log lambda, and its derivatives in z; c is the third cumulant over the variance.
            let (a, c) = (mu / v, own.third / v);
            let a1 = a * (1.0 - a * c);
            let c1 = a * (own.fourth / v - c * c);
            let a2 = a1 * (1.0 - a * c) - a * (a1 * c + a * c1);
            point.s = d * a;
            point.w = mu * a - d * a1;
            point.t = mu * (a + 2.0 * a1) - d * a2;
            if ORDER == GRADIENT {
                // In nu, at a mean that stays.
                let [covariance, two, three] = own.with_u;
                let rho = -covariance / v;
                let v_nu = (own.third * rho + two) / v;
                let c_nu = (own.fourth * rho + three) / v - c * v_nu;
                let a_nu = -a * v_nu;
                let a1_nu = a_nu * (1.0 - 2.0 * a * c) - a * a * c_nu;
                let l_nu = d * rho + (own.tilt.u(y) - own.u_start) - own.mean_u;
                point.psi[0] = [l_nu, d * a_nu, mu * a_nu - d * a1_nu].map(|v| -nu * v);
            }
        }
        point
    }

    fn simulate(&self, at: &At, _weight: f64, nu: &f64, stream: &mut Stream) -> f64 {
        drawn(0.0, at, *nu, stream)
    }

    fn cdf(&self, y: f64, _weight: f64, at: &At, nu: &f64) -> Cumulative {
        let own = Solved::new(*nu, at);
        Cumulative::counts(y, |k| own.tails(k))
    }

    fn variance(&self, mu: f64, _weight: f64, nu: &f64) -> f64 {
        Solved::new(*nu, &At { mu, ..Base::Log.at(mu.ln()) }).variance
    }

    fn wants(&self, y: f64, _weight: f64) -> std::result::Result<(), &'static str> {
        wants_count(y)
    }

    fn start_mean(&self, y: f64, _weight: f64) -> f64 {
        y + 0.1
    }

    fn start_psi(&self, data: &Observations, mu: &[f64]) -> Result<[f64; MAX_PARAMETERS]> {
        let pearson: f64 = data.y.iter().zip(mu).map(|(y, m)| (y - m) * (y - m) / m).sum();
        Ok([(pearson / mu.len() as f64).clamp(0.1, 10.0).ln(), 0.0, 0.0])
    }
}

impl Solved {
    /// "At most k" and "more than k".
    fn tails(&self, k: f64) -> Tails {
        summed_tails(k, self.tilt.mu, 0.0, |k| self.ln_probability(k))
    }
}

/// Those of a mean and nu.
pub(crate) fn tails(k: f64, at: &At, nu: f64) -> Tails {
    Solved::new(nu, at).tails(k)
}

/// By inversion, among the counts from `first` up.
pub(crate) fn drawn(first: f64, at: &At, nu: f64, stream: &mut Stream) -> f64 {
    let own = Solved::new(nu, at);
    outward_draw(stream.uniform(), own.tilt.mu.floor(), [first, f64::MAX], |k| own.ln_probability(k).exp())
}
