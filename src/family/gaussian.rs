//! The normal distribution; its parameter is the logarithm of the variance, reported as the standard deviation sigma.

use std::f64::consts::PI;

use super::coordinate::{At, Base};
use super::cumulative::{Cumulative, normal_tails};
use super::density::{Constant, Density, Point};
use super::facts::Facts;
use super::link::Link;
use super::parameter::{Parameter, Scale};
use super::{MAX_PARAMETERS, Observations, WeightRole};
use crate::error::Result;
use crate::simulate::Stream;

#[derive(Clone, Debug, Default)]
pub(crate) struct Gaussian;

#[derive(Clone, Copy)]
pub(crate) struct Shape {
    log_variance: f64,
    precision: f64,
}

impl Density for Gaussian {
    type Shape = Shape;

    const NAMES: &'static [&'static str] = &["gaussian", "normal"];
    const LINKS: &'static [Link] = &[Link::Identity, Link::Log, Link::Inverse, Link::Sqrt];
    const BASE: Base = Base::Mean;
    const WEIGHTS: WeightRole = WeightRole::Dispersion;
    const NORMAL_NOISE: bool = true;
    const FACTS: Facts = Facts::REAL;
    const PARAMETERS: &'static [Parameter] = &[Parameter::new("sigma", Scale::LogVariance)];

    fn is_log_concave(link: Link) -> bool {
        matches!(link, Link::Identity)
    }

    fn limit(_parameter: usize, _upper: bool) -> Option<&'static str> {
        None
    }

    fn shape(&self, psi: &[f64; MAX_PARAMETERS]) -> Shape {
        Shape { log_variance: psi[0], precision: (-psi[0]).exp() }
    }

    fn constant<const ORDER: u8>(&self, _y: f64, weight: f64, shape: &Shape) -> Constant {
        let value = 0.5 * (weight.ln() - shape.log_variance - (2.0 * PI).ln());
        Constant { value, psi: [-0.5, 0.0, 0.0] }
    }

    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn point<const ORDER: u8>(&self, y: f64, weight: f64, at: &At, shape: &Shape) -> Point {
        let (r, w) = (y - at.mu, weight * shape.precision);
        let s = w * r;
        let half = 0.5 * s * r;
        Point { l: -half, s, w, t: 0.0, psi: [[half, -s, -w], [0.0; 3], [0.0; 3]] }
    }

    fn expected(&self, weight: f64, _at: &At, shape: &Shape) -> Option<[f64; 2]> {
        Some([weight * shape.precision, 0.0])
    }

    fn simulate(&self, at: &At, weight: f64, shape: &Shape, stream: &mut Stream) -> f64 {
        at.mu + stream.normal() / (weight * shape.precision).sqrt()
    }

    fn cdf(&self, y: f64, weight: f64, at: &At, shape: &Shape) -> Cumulative {
        Cumulative::continuous(normal_tails((y - at.mu) * (weight * shape.precision).sqrt()))
    }

    fn variance(&self, _mu: f64, weight: f64, shape: &Shape) -> f64 {
        1.0 / (weight * shape.precision)
    }

    fn unit_deviance(&self, y: f64, mu: f64, weight: f64, _shape: &Shape) -> Option<f64> {
        Some(weight * (y - mu) * (y - mu))
    }

    fn wants(&self, _y: f64, _weight: f64) -> std::result::Result<(), &'static str> {
        Ok(())
    }

    fn start_mean(&self, y: f64, _weight: f64) -> f64 {
        y
    }

    fn start_psi(&self, data: &Observations, mu: &[f64]) -> Result<[f64; MAX_PARAMETERS]> {
        let squares: f64 = (0..mu.len()).map(|i| data.weight(i) * (data.y[i] - mu[i]).powi(2)).sum();
        Ok([(squares / mu.len() as f64).ln(), 0.0, 0.0])
    }
}
