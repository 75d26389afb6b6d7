//! The Gamma distribution by mean and shape: variance mu^2/shape.

use std::f64::consts::PI;

use super::coordinate::{At, Base};
use super::cumulative::Cumulative;
use super::density::{Constant, Density, Point};
use super::facts::{Facts, Sigma};
use super::link::Link;
use super::parameter::{Parameter, Scale};
use super::special::{gamma_tails, log_minus_digamma, log1p_minus, stirling_error};
use super::{MAX_PARAMETERS, Observations, WeightRole};
use crate::error::Result;
use crate::simulate::Stream;

#[derive(Clone, Debug, Default)]
pub(crate) struct Gamma;

impl Density for Gamma {
    type Shape = f64;

    const NAMES: &'static [&'static str] = &["gamma", "Gamma", "ziGamma"];
    const LINKS: &'static [Link] = &[Link::Inverse, Link::Log, Link::Identity, Link::Sqrt, Link::InverseSquare];
    const BASE: Base = Base::Log;
    const WEIGHTS: WeightRole = WeightRole::Dispersion;
    const NORMAL_NOISE: bool = false;
    const FACTS: Facts = Facts { sigma: Sigma::InverseRoot, ..Facts::POSITIVE };
    const PARAMETERS: &'static [Parameter] = &[Parameter::new("shape", Scale::Log)];

    fn is_log_concave(link: Link) -> bool {
        matches!(link, Link::Log | Link::Inverse)
    }

    fn limit(_parameter: usize, _upper: bool) -> Option<&'static str> {
        None
    }

    fn shape(&self, psi: &[f64; MAX_PARAMETERS]) -> f64 {
        psi[0].exp()
    }

    fn constant<const ORDER: u8>(&self, y: f64, weight: f64, shape: &f64) -> Constant {
        // The density at mu = y: nu log nu - nu - log Gamma(nu) - log y, by Stirling's error.
        let nu = weight * shape;
        let value = 0.5 * (nu / (2.0 * PI)).ln() - stirling_error(nu) - y.ln();
        Constant { value, psi: [nu * log_minus_digamma(nu), 0.0, 0.0] }
    }

    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn point<const ORDER: u8>(&self, y: f64, weight: f64, at: &At, shape: &f64) -> Point {
        let nu = weight * shape;
        let r = y / at.mu;
        let excess = r - 1.0;
        let l = nu * if excess.abs() < 0.35 { log1p_minus(excess) } else { y.ln() - at.zeta - excess };
        let (s, w) = (nu * excess, nu * r);
        Point { l, s, w, t: -w, psi: [[l, s, w], [0.0; 3], [0.0; 3]] }
    }

    fn expected(&self, weight: f64, _at: &At, shape: &f64) -> Option<[f64; 2]> {
        Some([weight * shape, 0.0])
    }

    fn simulate(&self, at: &At, weight: f64, shape: &f64, stream: &mut Stream) -> f64 {
        let nu = weight * shape;
        // At small shapes a variate may be smaller than any double.
        (stream.log_gamma(nu) - nu.ln() + at.zeta).exp().clamp(f64::MIN_POSITIVE, f64::MAX)
    }

    fn cdf(&self, y: f64, weight: f64, at: &At, shape: &f64) -> Cumulative {
        let nu = weight * shape;
        Cumulative::continuous(gamma_tails(nu, nu * (y / at.mu)))
    }

    fn variance(&self, mu: f64, weight: f64, shape: &f64) -> f64 {
        mu * mu / (weight * shape)
    }

    fn unit_deviance(&self, y: f64, mu: f64, weight: f64, _shape: &f64) -> Option<f64> {
        let excess = (y - mu) / mu;
        let log_minus = if excess.abs() < 0.35 { log1p_minus(excess) } else { (y / mu).ln() - excess };
        Some(-2.0 * weight * log_minus)
    }

    fn wants(&self, y: f64, _weight: f64) -> std::result::Result<(), &'static str> {
        wants_positive(y)
    }

    fn start_mean(&self, y: f64, _weight: f64) -> f64 {
        y
    }

    fn start_psi(&self, data: &Observations, mu: &[f64]) -> Result<[f64; MAX_PARAMETERS]> {
        let squares: f64 = (0..mu.len()).map(|i| data.weight(i) * (data.y[i] / mu[i] - 1.0).powi(2)).sum();
        Ok([-(squares / mu.len() as f64).ln().clamp(-10.0, 10.0), 0.0, 0.0])
    }
}

pub(crate) fn wants_positive(y: f64) -> std::result::Result<(), &'static str> {
    if y > 0.0 { Ok(()) } else { Err("a positive number") }
}
