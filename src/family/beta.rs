//! Beta proportions, strictly between 0 and 1: shapes mu phi and (1 - mu) phi.

use super::coordinate::{At, Base};
use super::cumulative::Cumulative;
use super::density::{Constant, Density, GRADIENT, MODE, Point};
use super::facts::{Exact, Facts, Residual};
use super::link::{CUMULATIVE_LINKS, Link};
use super::parameter::{Parameter, Scale};
use super::special::{beta_tails, expit, log_minus_digamma, logit, stirling_error, tetragamma, trigamma, x1_log1p_minus};
use super::{MAX_PARAMETERS, Observations, WeightRole, ZeroPart};
use crate::error::Result;
use crate::simulate::Stream;

#[derive(Clone, Debug, Default)]
pub(crate) struct Beta;

/// The divergence of a Bernoulli variable of mean y from one of mean mu: mu log(mu/y) + (1-mu) log((1-mu)/(1-y)), where mu is close to y too.
fn divergence(y: f64, at: &At) -> f64 {
    // The difference from the side on which both are small.
    let d = if y < 0.5 { at.mu - y } else { (1.0 - y) - at.complement };
    y * x1_log1p_minus(d / y) + (1.0 - y) * x1_log1p_minus(-d / (1.0 - y))
}

impl Density for Beta {
    type Shape = f64;

    const NAMES: &'static [&'static str] = &["beta", "beta_family"];
    const LINKS: &'static [Link] = &CUMULATIVE_LINKS;
    const BASE: Base = Base::Logit;
    const WEIGHTS: WeightRole = WeightRole::Factor;
    const NORMAL_NOISE: bool = false;
    const FACTS: Facts =
        Facts { zero_part: Some(ZeroPart::Hurdle), exact: Exact::Precision, residual: Residual::OfMean, ..Facts::UNIT };
    const PARAMETERS: &'static [Parameter] = &[Parameter::new("phi", Scale::Log)];

    fn limit(_parameter: usize, _upper: bool) -> Option<&'static str> {
        None
    }

    fn is_log_concave(_link: Link) -> bool {
        false
    }

    fn shape(&self, psi: &[f64; MAX_PARAMETERS]) -> f64 {
        psi[0].exp()
    }

    fn constant<const ORDER: u8>(&self, y: f64, _weight: f64, phi: &f64) -> Constant {
        let half_ln_2pi = 0.5 * (2.0 * std::f64::consts::PI).ln();
        let value = 0.5 * phi.ln() + stirling_error(*phi) - half_ln_2pi - y.ln() - (-y).ln_1p();
        Constant { value, psi: [-phi * log_minus_digamma(*phi), 0.0, 0.0] }
    }

    /// The gamma functions through Stirling's errors, so that their large parts cancel exactly: what is left of them is the divergence.
    #[inline]
    fn point<const ORDER: u8>(&self, y: f64, _weight: f64, at: &At, phi: &f64) -> Point {
        let (mu, q) = (at.mu, at.complement);
        let (a, b) = (mu * phi, q * phi);
        let apart = divergence(y, at);
        let l = 0.5 * (at.log_mu + at.log_complement) - stirling_error(a) - stirling_error(b) - phi * apart;
        let mut point = Point { l, ..Point::default() };
        if ORDER < MODE {
            return point;
        }
        let (v, skew) = (mu * q, q - mu);
        let (da, db) = (log_minus_digamma(a), log_minus_digamma(b));
        // l_mu = phi r, l_mumu = -phi^2 curvature.
        let r = logit(y) - at.zeta + da - db;
        let (ta, tb) = (trigamma(a), trigamma(b));
        let curvature = ta + tb;
        let (first, second) = (phi * r * v, phi * phi * curvature * v * v);
        point.s = first;
        point.w = second - first * skew;
        if ORDER == GRADIENT {
            let (ua, ub) = (tetragamma(a), tetragamma(b));
            point.t = phi.powi(3) * (ua - ub) * v * v * v + 3.0 * second * skew - first * (1.0 - 6.0 * v);
            let mixed = phi * v * (r - (a * ta - b * tb));
            let bent = -2.0 * second - (phi * v).powi(2) * (a * ua + b * ub);
            point.psi[0] = [phi * (mu * da + q * db - apart), mixed, -(bent + mixed * skew)];
        }
        point
    }

    fn expected(&self, _weight: f64, at: &At, phi: &f64) -> Option<[f64; 2]> {
        let (v, a, b) = (at.mu * at.complement, at.mu * phi, at.complement * phi);
        let w = (phi * v).powi(2) * (trigamma(a) + trigamma(b));
        let slope = (phi * v).powi(3) * (tetragamma(a) - tetragamma(b)) + 2.0 * w * (at.complement - at.mu);
        Some([w, slope])
    }

    fn simulate(&self, at: &At, _weight: f64, phi: &f64, stream: &mut Stream) -> f64 {
        expit(stream.logit_beta(at.mu * phi, at.complement * phi)).clamp(f64::MIN_POSITIVE, 1.0 - 0.5 * f64::EPSILON)
    }

    fn cdf(&self, y: f64, _weight: f64, at: &At, phi: &f64) -> Cumulative {
        Cumulative::continuous(beta_tails(at.mu * phi, at.complement * phi, y, 1.0 - y))
    }

    fn variance(&self, mu: f64, _weight: f64, phi: &f64) -> f64 {
        mu * (1.0 - mu) / (1.0 + phi)
    }

    fn wants(&self, y: f64, _weight: f64) -> std::result::Result<(), &'static str> {
        match y {
            0.0 | 1.0 => {
                Err("a number strictly between 0 and 1; zero_one_inflated_beta and ordered_beta take 0 and 1, a zero part zeros")
            }
            y if y > 0.0 && y < 1.0 => Ok(()),
            _ => Err("a number strictly between 0 and 1"),
        }
    }

    fn start_mean(&self, y: f64, _weight: f64) -> f64 {
        y
    }

    fn start_psi(&self, data: &Observations, mu: &[f64]) -> Result<[f64; MAX_PARAMETERS]> {
        Ok([start_log_precision(data.y.iter().zip(mu).map(|(&y, &m)| (y, m))), 0.0, 0.0])
    }
}

/// log phi by moments from pairs of response and mean.
pub(crate) fn start_log_precision(pairs: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (mut n, mut total) = (0.0, 0.0);
    for (y, mu) in pairs {
        n += 1.0;
        total += (y - mu).powi(2) / (mu * (1.0 - mu));
    }
    (n / total - 1.0).max(0.5).ln()
}
