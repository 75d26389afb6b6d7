//! Counts without zeros: a distribution of counts given that the count is positive.

use super::compois::{self, Compois};
use super::coordinate::{At, Base};
use super::cumulative::Cumulative;
use super::density::{Constant, Density, GRADIENT, MODE, Point, VALUE};
use super::facts::Facts;
use super::genpois::{self, Genpois};
use super::link::COUNT_LINKS;
use super::nbinom::{Nbinom1, Nbinom2};
use super::parameter::Parameter;
use super::poisson::{Poisson, positive_poisson};
use super::special::{Tails, bernoulli_excess, log1mexp, negative_binomial_tails, poisson_tails};
use super::{Link, MAX_PARAMETERS, Observations, WeightRole};
use crate::error::Result;
use crate::simulate::Stream;

/// A distribution of counts that can be truncated: all that its density has at zero depends on the mean (`constant` is 0 there).
pub(crate) trait Counts: Density + Default {
    /// The names of the truncated distribution.
    const TRUNCATED: &'static [&'static str];

    /// "At most k" and "more than k" before truncation.
    fn tails(&self, k: f64, at: &At, shape: &Self::Shape) -> Tails;

    /// What the truncated distribution is in the limit of a parameter in which the other is a simpler one.
    const LIMIT: &'static str = TruncatedPoisson::NAME;

    /// A count given that it is positive.
    fn positive(&self, at: &At, shape: &Self::Shape, stream: &mut Stream) -> f64;
}

impl Counts for Nbinom1 {
    const TRUNCATED: &'static [&'static str] = &["truncated_nbinom1"];

    fn tails(&self, k: f64, at: &At, alpha: &Self::Shape) -> Tails {
        let [size, ratio] = alpha.size_and_ratio(at);
        negative_binomial_tails(k, size, ratio)
    }

    fn positive(&self, at: &At, alpha: &Self::Shape, stream: &mut Stream) -> f64 {
        positive_negative_binomial(alpha.size_and_ratio(at), stream)
    }
}

impl Counts for Nbinom2 {
    const TRUNCATED: &'static [&'static str] = &["truncated_nbinom2"];

    fn tails(&self, k: f64, at: &At, size: &Self::Shape) -> Tails {
        let [size, ratio] = size.size_and_ratio(at);
        negative_binomial_tails(k, size, ratio)
    }

    fn positive(&self, at: &At, size: &Self::Shape, stream: &mut Stream) -> f64 {
        positive_negative_binomial(size.size_and_ratio(at), stream)
    }
}

impl Counts for Genpois {
    const TRUNCATED: &'static [&'static str] = &["truncated_genpois"];

    fn tails(&self, k: f64, at: &At, spread: &Self::Shape) -> Tails {
        genpois::tails(self, k, at, spread)
    }

    fn positive(&self, at: &At, spread: &Self::Shape, stream: &mut Stream) -> f64 {
        genpois::positive(self, at, spread, stream)
    }
}

impl Counts for Compois {
    const TRUNCATED: &'static [&'static str] = &["truncated_compois"];
    const LIMIT: &'static str = "truncated_nbinom2, of size 1";

    fn tails(&self, k: f64, at: &At, nu: &Self::Shape) -> Tails {
        compois::tails(k, at, *nu)
    }

    fn positive(&self, at: &At, nu: &Self::Shape, stream: &mut Stream) -> f64 {
        compois::drawn(1.0, at, *nu, stream)
    }
}

/// A negative binomial count is a Poisson number of counts of the logarithmic series distribution. Given that there is one, the first
/// has an exponential time of arrival, truncated to the Poisson process's; what comes in the time left is negative binomial again.
fn positive_negative_binomial([size, ratio]: [f64; 2], stream: &mut Stream) -> f64 {
    let rate = ratio.ln_1p();
    let arrival = -(stream.uniform() * (-size * rate).exp_m1()).ln_1p() / rate;
    let rest = (size - arrival).max(0.0);
    let others = if rest > 0.0 { stream.negative_binomial(rest, ratio) } else { 0.0 };
    stream.logarithmic(ratio) + others
}

/// The distribution D given y >= 1. `mu` stays the mean of D.
#[derive(Clone, Debug, Default)]
pub(crate) struct Truncated<D>(D);

impl<D: Counts> Truncated<D> {
    /// log P(0) with its derivatives; the constant of a count of zero is zero.
    #[inline]
    fn zero<const ORDER: u8>(&self, at: &At, shape: &D::Shape) -> Point {
        self.0.point::<ORDER>(0.0, 1.0, at, shape)
    }
}

impl<D: Counts> Density for Truncated<D> {
    type Shape = D::Shape;

    const NAMES: &'static [&'static str] = D::TRUNCATED;
    const LINKS: &'static [Link] = D::LINKS;
    const BASE: Base = D::BASE;
    const WEIGHTS: WeightRole = D::WEIGHTS;
    const NORMAL_NOISE: bool = false;
    const FACTS: Facts = Facts::TRUNCATED;
    const PARAMETERS: &'static [Parameter] = D::PARAMETERS;

    fn caution(psi: &[f64], given: &dyn Fn(usize) -> bool) -> Option<&'static str> {
        D::caution(psi, given)
    }

    fn limit(parameter: usize, upper: bool) -> Option<&'static str> {
        D::limit(parameter, upper).map(|_| D::LIMIT)
    }

    fn is_log_concave(_link: Link) -> bool {
        false
    }

    fn shape(&self, psi: &[f64; MAX_PARAMETERS]) -> D::Shape {
        self.0.shape(psi)
    }

    fn constant<const ORDER: u8>(&self, y: f64, weight: f64, shape: &D::Shape) -> Constant {
        self.0.constant::<ORDER>(y, weight, shape)
    }

    #[inline]
    fn point<const ORDER: u8>(&self, y: f64, weight: f64, at: &At, shape: &D::Shape) -> Point {
        let mut point = self.0.point::<ORDER>(y, weight, at, shape);
        let zero = self.zero::<ORDER>(at, shape);
        let (c, c1, c2, c3) = (zero.l, zero.s, -zero.w, -zero.t);
        point.l -= log1mexp(-c);
        if ORDER >= MODE {
            // h1 = P(0)/(1 - P(0)) and its derivatives in c.
            let h1 = 1.0 / (-c).exp_m1();
            let h2 = h1 * (1.0 + h1);
            let h3 = h2 * (1.0 + 2.0 * h1);
            point.s += h1 * c1;
            point.w -= h2 * c1 * c1 + h1 * c2;
            point.t -= h3 * c1 * c1 * c1 + 3.0 * h2 * c1 * c2 + h1 * c3;
            if ORDER == GRADIENT {
                for ([l, s, w], [f, f1, minus_f2]) in point.psi.iter_mut().zip(zero.psi) {
                    *l += h1 * f;
                    *s += h2 * f * c1 + h1 * f1;
                    *w -= h3 * f * c1 * c1 + 2.0 * h2 * c1 * f1 + h2 * f * c2 - h1 * minus_f2;
                }
            }
        }
        point
    }

    fn response_mean(&self, at: &At, shape: &D::Shape) -> f64 {
        at.mu / -self.zero::<0>(at, shape).l.exp_m1()
    }

    fn simulate(&self, at: &At, _weight: f64, shape: &D::Shape, stream: &mut Stream) -> f64 {
        self.0.positive(at, shape, stream)
    }

    fn cdf(&self, y: f64, _weight: f64, at: &At, shape: &D::Shape) -> Cumulative {
        Cumulative::counts(y, |k| without_zero(k, |k| self.0.tails(k, at, shape)))
    }

    fn variance(&self, mu: f64, weight: f64, shape: &D::Shape) -> f64 {
        let positive = -self.zero::<0>(&D::BASE.at(mu.ln()), shape).l.exp_m1();
        let mean = mu / positive;
        (self.0.variance(mu, weight, shape) + mu * mu) / positive - mean * mean
    }

    fn wants(&self, y: f64, _weight: f64) -> std::result::Result<(), &'static str> {
        wants_positive_count(y)
    }

    fn start_mean(&self, y: f64, _weight: f64) -> f64 {
        start_mean(y)
    }

    fn start_psi(&self, data: &Observations, mu: &[f64]) -> Result<[f64; MAX_PARAMETERS]> {
        self.0.start_psi(data, mu)
    }
}

/// Poisson counts given y >= 1, in a form of its own: for small mu the untruncated terms would cancel.
#[derive(Clone, Debug, Default)]
pub(crate) struct TruncatedPoisson(Poisson);

impl Density for TruncatedPoisson {
    type Shape = ();

    const NAMES: &'static [&'static str] = &["truncated_poisson"];
    const LINKS: &'static [Link] = &COUNT_LINKS;
    const BASE: Base = Base::Log;
    const WEIGHTS: WeightRole = WeightRole::Factor;
    const NORMAL_NOISE: bool = false;
    const FACTS: Facts = Facts::TRUNCATED;
    const PARAMETERS: &'static [Parameter] = &[];

    fn is_log_concave(link: Link) -> bool {
        link == Link::Log
    }

    fn limit(_parameter: usize, _upper: bool) -> Option<&'static str> {
        None
    }

    fn shape(&self, _psi: &[f64; MAX_PARAMETERS]) {}

    fn constant<const ORDER: u8>(&self, y: f64, weight: f64, shape: &()) -> Constant {
        self.0.constant::<ORDER>(y, weight, shape)
    }

    /// The mean is e = mu/(1 - exp(-mu)) = 1 + h with h = mu/2 + mu^2/12 - ..; then s = y - e, w = e (mu - h), and t is w's derivative.
    #[inline]
    fn point<const ORDER: u8>(&self, y: f64, weight: f64, at: &At, shape: &()) -> Point {
        let mu = at.mu;
        let l = self.0.point::<VALUE>(y, weight, at, shape).l - Link::Cloglog.log_mean(at.zeta)[0];
        let h = excess(mu);
        let e = 1.0 + h;
        let w = e * (mu - h);
        Point { l, s: (y - 1.0) - h, w, t: w * (mu - h) + e * (mu - w), ..Point::default() }
    }

    fn expected(&self, _weight: f64, at: &At, _shape: &()) -> Option<[f64; 2]> {
        let point = self.point::<MODE>(1.0, 1.0, at, &());
        Some([point.w, point.t])
    }

    fn response_mean(&self, at: &At, _shape: &()) -> f64 {
        at.mu / -(-at.mu).exp_m1()
    }

    fn simulate(&self, at: &At, _weight: f64, _shape: &(), stream: &mut Stream) -> f64 {
        positive_poisson(at.mu, stream)
    }

    fn cdf(&self, y: f64, _weight: f64, at: &At, _shape: &()) -> Cumulative {
        Cumulative::counts(y, |k| without_zero(k, |k| poisson_tails(k, at.mu)))
    }

    fn variance(&self, mu: f64, _weight: f64, _shape: &()) -> f64 {
        let mean = mu / -(-mu).exp_m1();
        mean * (1.0 + mu - mean)
    }

    fn wants(&self, y: f64, _weight: f64) -> std::result::Result<(), &'static str> {
        wants_positive_count(y)
    }

    fn start_mean(&self, y: f64, _weight: f64) -> f64 {
        start_mean(y)
    }
}

/// The mean of a truncated Poisson variable less one: mu/(1 - exp(-mu)) - 1.
#[inline]
fn excess(mu: f64) -> f64 {
    if mu < 0.5 { bernoulli_excess(mu) } else { mu / -(-mu).exp_m1() - 1.0 }
}

fn wants_positive_count(y: f64) -> std::result::Result<(), &'static str> {
    if y >= 1.0 && y == y.round() { Ok(()) } else { Err("a positive count: a whole number, one or more") }
}

/// The mean before truncation that is near a truncated count.
fn start_mean(y: f64) -> f64 {
    if y == 1.0 { 0.5 } else { y }
}

/// The tails given that the count is positive.
fn without_zero(k: f64, tails: impl Fn(f64) -> Tails) -> Tails {
    if k < 1.0 {
        return [0.0, 1.0];
    }
    let ([zero, positive], [lower, upper]) = (tails(0.0), tails(k));
    // Differences of the tails that are small themselves.
    let between = if lower < 0.5 { lower - zero } else { positive - upper };
    [between / positive, upper / positive]
}
