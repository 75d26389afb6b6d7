//! Beta-binomial proportions y of `weight` trials: beta shapes mu phi and (1 - mu) phi.

use super::beta::start_log_precision;
use super::binomial::{Binomial, fractional_successes, successes, wants_proportion};
use super::coordinate::{At, Base};
use super::cumulative::Cumulative;
use super::density::{Constant, Density, GRADIENT, MODE, Point, VALUE};
use super::facts::{Facts, Residual};
use super::link::{CUMULATIVE_LINKS, Link};
use super::parameter::{Parameter, Scale, within_limits};
use super::special::{expit, ln_choose, ln_factorial, ln_rising_ratio, rising_shares};
use super::{MAX_PARAMETERS, Observations, WeightRole};
use crate::error::Result;
use crate::simulate::Stream;

/// Below this a shape's product with itself plus one is the shape; smaller ones underflow.
const VANISHING: f64 = 1e-100;

#[derive(Clone, Debug, Default)]
pub(crate) struct Betabinomial;

impl Density for Betabinomial {
    type Shape = f64;

    const NAMES: &'static [&'static str] = &["betabinomial"];
    const LINKS: &'static [Link] = &CUMULATIVE_LINKS;
    const BASE: Base = Base::Logit;
    const WEIGHTS: WeightRole = WeightRole::Trials;
    const NORMAL_NOISE: bool = false;
    const FACTS: Facts = Facts { residual: Residual::Undefined, ..Facts::PROPORTIONS };
    const PARAMETERS: &'static [Parameter] = &[Parameter::new("phi", Scale::Log)];

    fn limit(parameter: usize, upper: bool) -> Option<&'static str> {
        (parameter == 0 && upper).then_some(Binomial::NAME)
    }

    fn is_log_concave(_link: Link) -> bool {
        false
    }

    fn shape(&self, psi: &[f64; MAX_PARAMETERS]) -> f64 {
        within_limits(psi[0]).exp()
    }

    fn constant<const ORDER: u8>(&self, y: f64, trials: f64, phi: &f64) -> Constant {
        let slope = if ORDER == GRADIENT { rising_shares(*phi, trials)[0] } else { 0.0 };
        Constant { value: ln_choose(trials, successes(y, trials)) - ln_rising_ratio(*phi, trials), psi: [slope, 0.0, 0.0] }
    }

    /// With L(x, k) = log Gamma(x + k)/Gamma(x) the density is L(mu phi, k) + L((1-mu) phi, m-k) - L(phi, m); its derivatives in log x
    /// are sums of shares x/(x + i), and log(mu phi) has the derivatives 1-mu, -v, -v(1-2mu) in logit mu.
    #[inline]
    fn point<const ORDER: u8>(&self, y: f64, trials: f64, at: &At, phi: &f64) -> Point {
        let (mu, q) = (at.mu, at.complement);
        let k = successes(y, trials);
        let n = trials - k;
        let l = part(k, at.log_mu, mu, *phi) + part(n, at.log_complement, q, *phi);
        let mut point = Point { l, ..Point::default() };
        if ORDER >= MODE {
            let ([a1, a2, a3], [b1, b2, b3]) = (rising_shares(mu * phi, k), rising_shares(q * phi, n));
            let (v, skew) = (mu * q, q - mu);
            let (ka, nb) = (k - a1, n - b1);
            point.s = ka * q - nb * mu;
            point.w = (ka + nb) * v - (a2 * q * q + b2 * mu * mu);
            point.t = (ka + nb) * v * skew + 3.0 * v * (a2 * q - b2 * mu) - (a3 * q * q * q - b3 * mu * mu * mu);
            point.psi[0] = [-(a1 + b1), a2 * q - b2 * mu, (a2 + b2) * v - (a3 * q * q + b3 * mu * mu)];
        }
        point
    }

    fn simulate(&self, at: &At, trials: f64, phi: &f64, stream: &mut Stream) -> f64 {
        let logit = stream.logit_beta(at.mu * phi, at.complement * phi);
        stream.binomial(trials.round(), expit(logit), expit(-logit)) / trials.round()
    }

    /// The sums of the probabilities relative to that of y, by their ratios.
    fn cdf(&self, y: f64, trials: f64, at: &At, phi: &f64) -> Cumulative {
        let k = successes(y, trials);
        if !(0.0..=trials).contains(&k) {
            return if k < 0.0 { Cumulative::LOWEST } else { Cumulative::HIGHEST };
        }
        let (a, b) = (at.mu * phi, at.complement * phi);
        // P(j + 1)/P(j).
        let ratio = |j: f64| (trials - j) / (j + 1.0) * ((a + j) / (b + trials - j - 1.0));
        let (mut below, mut term, mut j) = (0.0, 1.0, k);
        while j > 0.0 && term != 0.0 {
            j -= 1.0;
            term /= ratio(j);
            below += term;
        }
        let (mut above, mut term, mut j) = (0.0, 1.0, k);
        while j < trials && term != 0.0 {
            term *= ratio(j);
            above += term;
            j += 1.0;
        }
        let total = below + 1.0 + above;
        if total.is_finite() {
            let [at_or_below, at_or_above] = [below + 1.0, above + 1.0].map(|sum| sum / total);
            return Cumulative { below: below / total, at_or_below, above: above / total, at_or_above };
        }
        // y is next to impossible, and so is all on one side of it.
        let log = self.constant::<VALUE>(y, trials, phi).value + self.point::<VALUE>(y, trials, at, phi).l;
        let side = |sum: f64| if sum.is_finite() { (log + sum.ln()).exp() } else { 1.0 };
        Cumulative { below: side(below), at_or_below: side(below + 1.0), above: side(above), at_or_above: side(above + 1.0) }
    }

    fn variance(&self, mu: f64, trials: f64, phi: &f64) -> f64 {
        mu * (1.0 - mu) / trials * (phi + trials) / (phi + 1.0)
    }

    fn wants(&self, y: f64, trials: f64) -> std::result::Result<(), &'static str> {
        wants_proportion(y)?;
        let k = successes(y, trials);
        // The density is a finite sum over the successes: it has no continuation worth having.
        if k == k.round() && trials == trials.round() {
            Ok(())
        } else {
            Err("a whole number of successes of a whole number of trials")
        }
    }

    fn warnings(&self, data: &Observations) -> Vec<String> {
        fractional_successes(data)
    }

    fn start_mean(&self, y: f64, trials: f64) -> f64 {
        (trials * y + 0.5) / (trials + 1.0)
    }

    fn start_psi(&self, data: &Observations, mu: &[f64]) -> Result<[f64; MAX_PARAMETERS]> {
        // A proportion of many trials varies like the beta mean behind it; of few, the start is too small a phi, which does no harm.
        Ok([start_log_precision(data.y.iter().zip(mu).map(|(&y, &m)| (y, m))), 0.0, 0.0])
    }
}

/// k log p + log of the rising product at x = p phi relative to x^k; k = 0 gives 0 where p is 0 too.
#[inline]
fn part(k: f64, log_p: f64, p: f64, phi: f64) -> f64 {
    if k == 0.0 {
        0.0
    } else if p * phi < VANISHING {
        // x (x + 1) .. is x (k - 1)!.
        log_p - (k - 1.0) * phi.ln() + ln_factorial(k - 1.0)
    } else {
        k * log_p + ln_rising_ratio(p * phi, k)
    }
}
