//! The lognormal distribution: the linear predictor is the mean of log y, sigma the standard deviation of log y.

use super::coordinate::{At, Base};
use super::cumulative::Cumulative;
use super::density::{Constant, Density, Point};
use super::facts::{Facts, Residual};
use super::gamma::wants_positive;
use super::gaussian::Gaussian;
use super::link::Link;
use super::parameter::Parameter;
use super::{MAX_PARAMETERS, Observations, WeightRole};
use crate::error::Result;
use crate::simulate::Stream;

#[derive(Clone, Debug, Default)]
pub(crate) struct Lognormal(Gaussian);

impl Density for Lognormal {
    type Shape = <Gaussian as Density>::Shape;

    const NAMES: &'static [&'static str] = &["lognormal"];
    const LINKS: &'static [Link] = &[Link::Identity, Link::Log];
    const BASE: Base = Base::Mean;
    const WEIGHTS: WeightRole = WeightRole::Dispersion;
    const NORMAL_NOISE: bool = true;
    const FACTS: Facts = Facts { residual: Residual::OfLogarithm, ..Facts::POSITIVE };
    const PARAMETERS: &'static [Parameter] = Gaussian::PARAMETERS;

    fn is_log_concave(link: Link) -> bool {
        matches!(link, Link::Identity)
    }

    fn limit(_parameter: usize, _upper: bool) -> Option<&'static str> {
        None
    }

    fn shape(&self, psi: &[f64; MAX_PARAMETERS]) -> Self::Shape {
        self.0.shape(psi)
    }

    fn constant<const ORDER: u8>(&self, y: f64, weight: f64, shape: &Self::Shape) -> Constant {
        let normal = self.0.constant::<ORDER>(y, weight, shape);
        Constant { value: normal.value - y.ln(), ..normal }
    }

    #[inline]
    fn point<const ORDER: u8>(&self, y: f64, weight: f64, at: &At, shape: &Self::Shape) -> Point {
        self.0.point::<ORDER>(y.ln(), weight, at, shape)
    }

    fn expected(&self, weight: f64, at: &At, shape: &Self::Shape) -> Option<[f64; 2]> {
        self.0.expected(weight, at, shape)
    }

    fn response_mean(&self, at: &At, shape: &Self::Shape) -> f64 {
        (at.mu + 0.5 * self.0.variance(at.mu, 1.0, shape)).exp()
    }

    fn simulate(&self, at: &At, weight: f64, shape: &Self::Shape, stream: &mut Stream) -> f64 {
        self.0.simulate(at, weight, shape, stream).exp().clamp(f64::MIN_POSITIVE, f64::MAX)
    }

    fn cdf(&self, y: f64, weight: f64, at: &At, shape: &Self::Shape) -> Cumulative {
        if y > 0.0 { self.0.cdf(y.ln(), weight, at, shape) } else { Cumulative::LOWEST }
    }

    fn variance(&self, mu: f64, weight: f64, shape: &Self::Shape) -> f64 {
        let spread = self.0.variance(mu, weight, shape);
        spread.exp_m1() * (2.0 * mu + spread).exp()
    }

    fn unit_deviance(&self, y: f64, mu: f64, weight: f64, shape: &Self::Shape) -> Option<f64> {
        self.0.unit_deviance(y.ln(), mu, weight, shape)
    }

    fn wants(&self, y: f64, _weight: f64) -> std::result::Result<(), &'static str> {
        wants_positive(y)
    }

    fn start_mean(&self, y: f64, _weight: f64) -> f64 {
        y.ln()
    }

    fn start_psi(&self, data: &Observations, mu: &[f64]) -> Result<[f64; MAX_PARAMETERS]> {
        let squares: f64 = (0..mu.len()).map(|i| data.weight(i) * (data.y[i].ln() - mu[i]).powi(2)).sum();
        Ok([(squares / mu.len() as f64).ln(), 0.0, 0.0])
    }
}
