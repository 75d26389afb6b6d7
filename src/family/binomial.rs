//! Binomial proportions y of `weight` trials.

use super::coordinate::{At, Base};
use super::cumulative::Cumulative;
use super::density::{Constant, Density, Point};
use super::facts::{Facts, Residual};
use super::link::{Jet, Link};
use super::parameter::Parameter;
use super::special::binomial_tails;
use super::special::ln_choose;
use super::{MAX_PARAMETERS, Observations, WeightRole};
use crate::error::row_text;
use crate::simulate::Stream;

#[derive(Clone, Debug, Default)]
pub(crate) struct Binomial;

/// 2^52.
const SHIFT: f64 = 4_503_599_627_370_496.0;

/// The successes of a proportion: the whole number within 1e-6, where there is one (7/12 times 12 is not quite 7).
#[inline]
pub(crate) fn successes(y: f64, trials: f64) -> f64 {
    if trials == 1.0 {
        return y;
    }
    let k = y * trials;
    // A number that is added and taken away again rounds, without the call that `round` is; beyond 2^51 all is whole.
    let whole = if k < 0.5 * SHIFT { (k + SHIFT) - SHIFT } else { k };
    if (k - whole).abs() <= 1e-6 { whole } else { k }
}

impl Density for Binomial {
    type Shape = ();

    const NAMES: &'static [&'static str] = &["binomial", "bernoulli"];
    const LINKS: &'static [Link] =
        &[Link::Logit, Link::Probit, Link::Cloglog, Link::Loglog, Link::Cauchit, Link::Log, Link::Identity];
    const BASE: Base = Base::Logit;
    const WEIGHTS: WeightRole = WeightRole::Trials;
    const NORMAL_NOISE: bool = false;
    const FACTS: Facts = Facts { residual: Residual::Latent, ..Facts::PROPORTIONS };
    const PARAMETERS: &'static [Parameter] = &[];

    fn is_log_concave(link: Link) -> bool {
        matches!(link, Link::Logit | Link::Probit | Link::Cloglog | Link::Loglog | Link::Log | Link::Identity)
    }

    fn limit(_parameter: usize, _upper: bool) -> Option<&'static str> {
        None
    }

    fn shape(&self, _psi: &[f64; MAX_PARAMETERS]) {}

    fn constant<const ORDER: u8>(&self, y: f64, trials: f64, _shape: &()) -> Constant {
        Constant { value: ln_choose(trials, successes(y, trials)), ..Constant::default() }
    }

    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn point<const ORDER: u8>(&self, y: f64, trials: f64, at: &At, _shape: &()) -> Point {
        let k = successes(y, trials);
        let w = trials * at.mu * at.complement;
        Point {
            l: k * at.log_mu + (trials - k) * at.log_complement,
            s: k * at.complement - (trials - k) * at.mu,
            w,
            t: w * (at.complement - at.mu),
            ..Point::default()
        }
    }

    /// The logarithms of mu and 1 - mu need no chain: their derivatives are exact in both tails.
    #[inline]
    fn point_by_link<const ORDER: u8>(&self, link: Link, y: f64, trials: f64, eta: f64, _shape: &()) -> Point {
        let k = successes(y, trials);
        // None of an event: its probability is not asked for, unless the link has a domain that it may tell of.
        let bounded = matches!(link, Link::Probit | Link::Cloglog | Link::Loglog | Link::Cauchit);
        let jet = |n: f64, log: fn(Link, f64) -> Jet| if n == 0.0 && bounded { [0.0; 4] } else { log(link, eta) };
        let (p, q) = (jet(k, Link::log_mean), jet(trials - k, Link::log_complement));
        if p[0].is_nan() || q[0].is_nan() {
            return Point { l: f64::NAN, s: f64::NAN, w: f64::NAN, t: f64::NAN, ..Point::default() };
        }
        let (p, q) = (times(k, p), times(trials - k, q));
        Point { l: p[0] + q[0], s: p[1] + q[1], w: -(p[2] + q[2]), t: -(p[3] + q[3]), ..Point::default() }
    }

    fn expected(&self, trials: f64, at: &At, _shape: &()) -> Option<[f64; 2]> {
        let w = trials * at.mu * at.complement;
        Some([w, w * (at.complement - at.mu)])
    }

    fn simulate(&self, at: &At, trials: f64, _shape: &(), stream: &mut Stream) -> f64 {
        // Of a fractional number of trials, which the density allows, the nearest whole one.
        let trials = trials.round().max(1.0);
        stream.binomial(trials, at.mu, at.complement) / trials
    }

    fn cdf(&self, y: f64, trials: f64, at: &At, _shape: &()) -> Cumulative {
        Cumulative::counts(successes(y, trials), |k| binomial_tails(k, trials, at.mu, at.complement))
    }

    fn variance(&self, mu: f64, trials: f64, _shape: &()) -> f64 {
        mu * (1.0 - mu) / trials
    }

    fn unit_deviance(&self, y: f64, mu: f64, trials: f64, _shape: &()) -> Option<f64> {
        let part = |y: f64, log_ratio: f64| if y == 0.0 { 0.0 } else { y * log_ratio };
        Some(2.0 * trials * (part(y, (y / mu).ln()) + part(1.0 - y, (-y).ln_1p() - (-mu).ln_1p())))
    }

    fn wants(&self, y: f64, _trials: f64) -> std::result::Result<(), &'static str> {
        wants_proportion(y)
    }

    fn warnings(&self, data: &Observations) -> Vec<String> {
        fractional_successes(data)
    }

    fn start_mean(&self, y: f64, trials: f64) -> f64 {
        (trials * y + 0.5) / (trials + 1.0)
    }
}

#[inline]
fn times(n: f64, jet: Jet) -> Jet {
    // None of an event of probability zero: not 0 times infinity.
    if n == 0.0 { [0.0; 4] } else { jet.map(|v| n * v) }
}

pub(crate) fn wants_proportion(y: f64) -> std::result::Result<(), &'static str> {
    if (0.0..=1.0).contains(&y) { Ok(()) } else { Err("a proportion between 0 and 1, with the numbers of trials as weights") }
}

/// Proportions that are no whole number of successes are computed with, but hardly meant.
pub(crate) fn fractional_successes(data: &Observations) -> Vec<String> {
    let fractional = |i: &usize| {
        let k = successes(data.y[*i], data.weight(*i));
        k != k.round()
    };
    let mut rows = (0..data.y.len()).filter(fractional);
    let Some(first) = rows.next() else { return Vec::new() };
    let (count, successes) = (1 + rows.count(), data.y[first] * data.weight(first));
    vec![format!("{count} responses are no whole number of successes: {successes} in {}", row_text(first))]
}
