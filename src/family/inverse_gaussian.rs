//! The inverse Gaussian distribution by mean and shape lambda: variance mu^3/lambda.

use std::f64::consts::{FRAC_1_SQRT_2, PI};

use super::coordinate::{At, Base};
use super::cumulative::Cumulative;
use super::density::{Constant, Density, Point};
use super::facts::{Exact, Facts, Sigma};
use super::gamma::wants_positive;
use super::link::Link;
use super::parameter::{Parameter, Scale};
use super::special::erfcx;
use super::{MAX_PARAMETERS, Observations, WeightRole};
use crate::error::Result;
use crate::simulate::Stream;

#[derive(Clone, Debug, Default)]
pub(crate) struct InverseGaussian;

impl Density for InverseGaussian {
    type Shape = f64;

    const NAMES: &'static [&'static str] = &["inverse_gaussian", "inverse.gaussian"];
    const LINKS: &'static [Link] = &[Link::InverseSquare, Link::Log, Link::Inverse, Link::Identity];
    const BASE: Base = Base::Log;
    const WEIGHTS: WeightRole = WeightRole::Dispersion;
    const NORMAL_NOISE: bool = false;
    const FACTS: Facts = Facts { sigma: Sigma::InverseRoot, exact: Exact::OverRoot, ..Facts::POSITIVE };
    const PARAMETERS: &'static [Parameter] = &[Parameter::new("lambda", Scale::Log)];

    fn is_log_concave(link: Link) -> bool {
        matches!(link, Link::InverseSquare | Link::Inverse)
    }

    fn limit(_parameter: usize, _upper: bool) -> Option<&'static str> {
        None
    }

    fn shape(&self, psi: &[f64; MAX_PARAMETERS]) -> f64 {
        psi[0].exp()
    }

    fn constant<const ORDER: u8>(&self, y: f64, weight: f64, lambda: &f64) -> Constant {
        Constant { value: 0.5 * (weight * lambda / (2.0 * PI)).ln() - 1.5 * y.ln(), psi: [0.5, 0.0, 0.0] }
    }

    #[inline]
    fn point<const ORDER: u8>(&self, y: f64, weight: f64, at: &At, lambda: &f64) -> Point {
        let r = y / at.mu;
        let scale = weight * lambda / at.mu;
        let (s, w) = (scale * (r - 1.0), scale * (2.0 * r - 1.0));
        let l = -0.5 * s * (r - 1.0) / r;
        Point { l, s, w, t: scale * (1.0 - 4.0 * r), psi: [[l, s, w], [0.0; 3], [0.0; 3]] }
    }

    fn expected(&self, weight: f64, at: &At, lambda: &f64) -> Option<[f64; 2]> {
        let w = weight * lambda / at.mu;
        Some([w, -w])
    }

    /// The smaller root of Michael, Schucany & Haas (1976) as its reciprocal, which does not cancel.
    fn simulate(&self, at: &At, weight: f64, lambda: &f64, stream: &mut Stream) -> f64 {
        let t = stream.normal().powi(2) * at.mu / (2.0 * weight * lambda);
        let x = 1.0 + t + (t * (t + 2.0)).sqrt();
        let smaller = stream.uniform() * (1.0 + x) <= x;
        (if smaller { at.mu / x } else { at.mu * x }).clamp(f64::MIN_POSITIVE, f64::MAX)
    }

    /// Phi(a) + exp(2 lambda/mu) Phi(-b) and its complement; the second term is exp(-a^2/2) erfcx(b/sqrt 2)/2, as the exponents meet.
    fn cdf(&self, y: f64, weight: f64, at: &At, lambda: &f64) -> Cumulative {
        if y <= 0.0 {
            return Cumulative::LOWEST;
        }
        let root = (weight * lambda / y).sqrt();
        let (a, b) = (root * (y / at.mu - 1.0), root * (y / at.mu + 1.0));
        let (bell, second) = (0.5 * (-0.5 * a * a).exp(), erfcx(b * FRAC_1_SQRT_2));
        let first = erfcx(a.abs() * FRAC_1_SQRT_2);
        Cumulative::continuous(if a < 0.0 {
            let lower = bell * (first + second);
            [lower, 1.0 - lower]
        } else {
            let upper = bell * (first - second);
            [1.0 - upper, upper]
        })
    }

    fn variance(&self, mu: f64, weight: f64, lambda: &f64) -> f64 {
        mu * mu * mu / (weight * lambda)
    }

    fn unit_deviance(&self, y: f64, mu: f64, weight: f64, _lambda: &f64) -> Option<f64> {
        let r = (y - mu) / mu;
        Some(weight * r * r / y)
    }

    fn wants(&self, y: f64, _weight: f64) -> std::result::Result<(), &'static str> {
        wants_positive(y)
    }

    fn start_mean(&self, y: f64, _weight: f64) -> f64 {
        y
    }

    fn start_psi(&self, data: &Observations, mu: &[f64]) -> Result<[f64; MAX_PARAMETERS]> {
        let deviance = |i: usize| data.weight(i) * (data.y[i] / mu[i] - 1.0).powi(2) / data.y[i];
        let total: f64 = (0..mu.len()).map(deviance).sum();
        Ok([(mu.len() as f64 / total).ln(), 0.0, 0.0])
    }
}
