//! Poisson counts.

use std::f64::consts::PI;

use super::coordinate::{At, Base};
use super::cumulative::Cumulative;
use super::density::{Constant, Density, Point};
use super::facts::Facts;
use super::link::{COUNT_LINKS, Link};
use super::parameter::Parameter;
use super::special::{ln_factorial, poisson_tails, stirling_error, x1_log1p_minus};
use super::{MAX_PARAMETERS, Observations, WeightRole};
use crate::simulate::Stream;

#[derive(Clone, Debug, Default)]
pub(crate) struct Poisson;

/// From this count on the density is written relative to its value at mu = y: y log mu - log y! would lose digits.
const LARGE: f64 = 256.0;

impl Density for Poisson {
    type Shape = ();

    const NAMES: &'static [&'static str] = &["poisson"];
    const LINKS: &'static [Link] = &COUNT_LINKS;
    const BASE: Base = Base::Log;
    const WEIGHTS: WeightRole = WeightRole::Factor;
    const NORMAL_NOISE: bool = false;
    const FACTS: Facts = Facts::COUNTS;
    const PARAMETERS: &'static [Parameter] = &[];

    fn is_log_concave(link: Link) -> bool {
        matches!(link, Link::Log | Link::Identity)
    }

    fn limit(_parameter: usize, _upper: bool) -> Option<&'static str> {
        None
    }

    fn shape(&self, _psi: &[f64; MAX_PARAMETERS]) {}

    fn constant<const ORDER: u8>(&self, y: f64, _weight: f64, _shape: &()) -> Constant {
        let value = if y < LARGE { -ln_factorial(y) } else { -0.5 * (2.0 * PI * y).ln() - stirling_error(y) };
        Constant { value, ..Constant::default() }
    }

    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn point<const ORDER: u8>(&self, y: f64, _weight: f64, at: &At, _shape: &()) -> Point {
        let l = if y < LARGE {
            y * at.zeta - at.mu
        } else {
            let d = at.zeta - y.ln();
            y * (d - d.exp_m1())
        };
        Point { l, s: y - at.mu, w: at.mu, t: at.mu, ..Point::default() }
    }

    fn expected(&self, _weight: f64, at: &At, _shape: &()) -> Option<[f64; 2]> {
        Some([at.mu, at.mu])
    }

    fn simulate(&self, at: &At, _weight: f64, _shape: &(), stream: &mut Stream) -> f64 {
        stream.poisson(at.mu)
    }

    fn cdf(&self, y: f64, _weight: f64, at: &At, _shape: &()) -> Cumulative {
        Cumulative::counts(y, |k| poisson_tails(k, at.mu))
    }

    fn variance(&self, mu: f64, _weight: f64, _shape: &()) -> f64 {
        mu
    }

    fn unit_deviance(&self, y: f64, mu: f64, weight: f64, _shape: &()) -> Option<f64> {
        Some(2.0 * weight * mu * x1_log1p_minus((y - mu) / mu))
    }

    fn wants(&self, y: f64, _weight: f64) -> std::result::Result<(), &'static str> {
        wants_count(y)
    }

    fn warnings(&self, _data: &Observations) -> Vec<String> {
        Vec::new()
    }

    fn start_mean(&self, y: f64, _weight: f64) -> f64 {
        y + 0.1
    }
}

/// A response of a distribution of counts.
pub(crate) fn wants_count(y: f64) -> std::result::Result<(), &'static str> {
    if y >= 0.0 && y == y.round() { Ok(()) } else { Err("a count: a whole number, zero or more") }
}

/// A Poisson count given that it is positive: the first event of the process is there, at a truncated exponential time; the others come
/// after it.
pub(crate) fn positive_poisson(mean: f64, stream: &mut Stream) -> f64 {
    let arrival = -(stream.uniform() * (-mean).exp_m1()).ln_1p();
    1.0 + stream.poisson((mean - arrival).max(0.0))
}
