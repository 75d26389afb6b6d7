//! Bell counts (Castellares, Ferrari & Lemonte 2018) by their mean: with theta exp(theta) = mu,
//!
//! ```text
//! P(y) = theta^y exp(1 - exp(theta)) B_y / y!,   variance mu (1 + theta)
//! ```
//!
//! where B_y is the number of partitions of y things. It is the sum of a Poisson number of positive Poisson counts.

use std::f64::consts::PI;

use super::coordinate::{At, Base};
use super::cumulative::Cumulative;
use super::density::{Constant, Density, Point, VALUE};
use super::facts::Facts;
use super::link::{COUNT_LINKS, Link};
use super::parameter::Parameter;
use super::poisson::wants_count;
use super::special::ln_factorial;
use super::summed::summed_tails;
use super::{MAX_PARAMETERS, WeightRole};
use crate::simulate::Stream;

#[derive(Clone, Debug, Default)]
pub(crate) struct Bell;

impl Density for Bell {
    type Shape = ();

    const NAMES: &'static [&'static str] = &["bell"];
    const LINKS: &'static [Link] = &COUNT_LINKS;
    const BASE: Base = Base::Log;
    const WEIGHTS: WeightRole = WeightRole::Factor;
    const NORMAL_NOISE: bool = false;
    const FACTS: Facts = Facts::COUNTS;
    const PARAMETERS: &'static [Parameter] = &[];

    /// w is at least mu (1 - theta/(1 + theta)^2)/(1 + theta).
    fn is_log_concave(link: Link) -> bool {
        link == Link::Log
    }

    fn limit(_parameter: usize, _upper: bool) -> Option<&'static str> {
        None
    }

    fn shape(&self, _psi: &[f64; MAX_PARAMETERS]) {}

    fn constant<const ORDER: u8>(&self, y: f64, _weight: f64, _shape: &()) -> Constant {
        Constant { value: ln_bell_ratio(y), ..Constant::default() }
    }

    #[inline]
    fn point<const ORDER: u8>(&self, y: f64, _weight: f64, at: &At, _shape: &()) -> Point {
        let (mu, theta) = (at.mu, product_log(at.zeta, at.mu));
        // log theta is zeta - theta, and 1/(1 + theta) its slope in zeta.
        let v = 1.0 / (1.0 + theta);
        let (bend, rest) = (theta * v * v, y - mu);
        Point {
            l: y * (at.zeta - theta) - theta.exp_m1(),
            s: rest * v,
            w: v * (mu + rest * bend),
            t: v * (mu - 2.0 * mu * bend + rest * bend * v * v * (1.0 - 2.0 * theta)),
            ..Point::default()
        }
    }

    fn expected(&self, _weight: f64, at: &At, _shape: &()) -> Option<[f64; 2]> {
        let theta = product_log(at.zeta, at.mu);
        let v = 1.0 / (1.0 + theta);
        let w = at.mu * v;
        Some([w, w * (1.0 - theta * v * v)])
    }

    /// The sizes of the parts of a Poisson number of parts are independent Poisson counts themselves.
    fn simulate(&self, at: &At, _weight: f64, _shape: &(), stream: &mut Stream) -> f64 {
        let theta = product_log(at.zeta, at.mu);
        let (mut total, mut rate, mut size) = (0.0, theta, 1.0);
        while size <= theta || rate * size > 1e-20 {
            total += size * stream.poisson(rate);
            size += 1.0;
            rate *= theta / size;
        }
        total
    }

    /// B_y / y! is log-concave (Bender & Canfield 1996), so the ratios of probabilities fall.
    fn cdf(&self, y: f64, _weight: f64, at: &At, _shape: &()) -> Cumulative {
        let theta = product_log(at.zeta, at.mu);
        let probability = |k: f64| k * (at.zeta - theta) - theta.exp_m1() + ln_bell_ratio(k);
        Cumulative::counts(y, |k| summed_tails(k, at.mu, 0.0, probability))
    }

    fn variance(&self, mu: f64, _weight: f64, _shape: &()) -> f64 {
        mu * (1.0 + product_log(mu.ln(), mu))
    }

    fn unit_deviance(&self, y: f64, mu: f64, weight: f64, _shape: &()) -> Option<f64> {
        let l = |mean: f64| {
            let at = At { mu: mean, ..Self::BASE.at(mean.ln()) };
            if mean == 0.0 { 0.0 } else { self.point::<VALUE>(y, 1.0, &at, &()).l }
        };
        Some((2.0 * weight * (l(y) - l(mu))).max(0.0))
    }

    fn wants(&self, y: f64, _weight: f64) -> std::result::Result<(), &'static str> {
        wants_count(y)
    }

    fn start_mean(&self, y: f64, _weight: f64) -> f64 {
        y + 0.1
    }
}

/// Lambert's W of mu > 0, given log mu: theta with theta + log theta = log mu.
fn product_log(log_mu: f64, mu: f64) -> f64 {
    if mu < 1e-9 {
        return mu * (1.0 - mu);
    }
    // Newton's method in u = log theta, from the right of the root of a convex function.
    let mut u = if log_mu < 0.0 { log_mu } else { log_mu.ln_1p() };
    for _ in 0..40 {
        let theta = u.exp();
        let step = (theta + u - log_mu) / (1.0 + theta);
        u -= step;
        if step.abs() <= 1e-9 * (1.0 + u.abs()) {
            break;
        }
    }
    // A last step in theta itself, where mu has all digits: theta is mu exp(-theta).
    let theta = u.exp();
    if theta < 1.0 {
        theta - (theta - mu * (-theta).exp()) / (1.0 + theta)
    } else {
        theta - (theta + theta.ln() - log_mu) * theta / (1.0 + theta)
    }
}

/// How many numbers of partitions are computed exactly.
const EXACT: usize = 40;

/// B_0, B_1, .. by Bell's triangle.
const BELL: [f64; EXACT] = {
    let mut out = [1.0; EXACT];
    let mut row = [0_u128; EXACT];
    row[0] = 1;
    let mut n = 1;
    while n < EXACT {
        // The next row begins with the last number of this one.
        let mut next = [0_u128; EXACT];
        next[0] = row[n - 1];
        let mut k = 1;
        while k <= n {
            next[k] = next[k - 1] + row[k - 1];
            k += 1;
        }
        row = next;
        out[n] = row[0] as f64;
        n += 1;
    }
    out
};

/// From here on logarithms of the terms have fewer digits than the first term of an expansion in log(n)/n.
const FAR: f64 = 1e8;

/// log(B_n / n!).
fn ln_bell_ratio(n: f64) -> f64 {
    if n < EXACT as f64 {
        return BELL[n as usize].ln() - ln_factorial(n);
    }
    let theta = product_log(n.ln(), n);
    if n > FAR {
        // Moser & Wyman's (1955) first term.
        return (n / theta - 1.0) - n * theta.ln() - 0.5 * (2.0 * PI * n * (1.0 + theta)).ln();
    }
    // Dobinski's series of k^n/k! over e, about its largest term. The terms are as smooth as a normal density: where that is wide, a sum
    // over every so many of them is their sum to rounding.
    let largest = n / theta;
    let width = largest / (n + largest).sqrt();
    let step = (width / 8.0).floor().max(1.0);
    let term = |k: f64| n * k.ln() - ln_factorial(k);
    let middle = largest.round();
    let top = term(middle);
    let mut sum = 0.0;
    for side in [1.0, -1.0] {
        let mut k = if side > 0.0 { middle } else { middle - step };
        while k >= 1.0 {
            let share = (term(k) - top).exp();
            sum += share;
            if share < 1e-18 * sum || k + step == k {
                break;
            }
            k += side * step;
        }
    }
    top + (sum * step).ln() - 1.0 - ln_factorial(n)
}
