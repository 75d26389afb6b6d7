//! Student's t: location, scale sigma and degrees of freedom, both estimated or fixed.

use std::f64::consts::PI;

use super::coordinate::{At, Base};
use super::cumulative::Cumulative;
use super::density::{Constant, Density, Point};
use super::facts::Facts;
use super::gaussian::Gaussian;
use super::link::Link;
use super::parameter::{Parameter, Scale, within_limits};
use super::special::{beta_tails, digamma, ln_gamma, x1_log1p_minus};
use super::{MAX_PARAMETERS, Observations, WeightRole};
use crate::error::{Result, try_collect};
use crate::simulate::Stream;

#[derive(Clone, Debug, Default)]
pub(crate) struct StudentT;

#[derive(Clone, Copy)]
pub(crate) struct Shape {
    sigma: f64,
    df: f64,
    /// The logarithm of the normalising constant and its derivative in log df.
    normalising: (f64, f64),
}

/// log Gamma((nu+1)/2) - log Gamma(nu/2) - log(nu pi)/2 and nu times its derivative.
fn normalising(nu: f64) -> (f64, f64) {
    if nu < 100.0 {
        let (upper, lower) = (0.5 * (nu + 1.0), 0.5 * nu);
        let value = ln_gamma(upper) - ln_gamma(lower) - 0.5 * (nu * PI).ln();
        return (value, 0.5 * nu * (digamma(upper) - digamma(lower)) - 0.5);
    }
    // The normal limit and its expansion: the difference of the logarithms would lose as many digits as nu has.
    let r = 1.0 / nu;
    let z = r * r;
    let value = -0.5 * (2.0 * PI).ln() + r * (-0.25 + z * (1.0 / 24.0 + z * (-0.05 + z * 17.0 / 112.0)));
    (value, r * (0.25 + z * (-0.125 + z * (0.25 - z * 17.0 / 16.0))))
}

impl Density for StudentT {
    type Shape = Shape;

    const NAMES: &'static [&'static str] = &["student_t", "t", "t_family"];
    const LINKS: &'static [Link] = &[Link::Identity, Link::Log, Link::Inverse];
    const BASE: Base = Base::Mean;
    const WEIGHTS: WeightRole = WeightRole::Factor;
    const NORMAL_NOISE: bool = false;
    const FACTS: Facts = Facts::REAL;
    const PARAMETERS: &'static [Parameter] = &[Parameter::new("sigma", Scale::Log), Parameter::new("df", Scale::Log)];

    fn limit(parameter: usize, upper: bool) -> Option<&'static str> {
        (parameter == 1 && upper).then_some(Gaussian::NAME)
    }

    fn is_log_concave(_link: Link) -> bool {
        false
    }

    fn shape(&self, psi: &[f64; MAX_PARAMETERS]) -> Shape {
        let df = within_limits(psi[1]).exp();
        Shape { sigma: psi[0].exp(), df, normalising: normalising(df) }
    }

    fn constant<const ORDER: u8>(&self, _y: f64, _weight: f64, shape: &Shape) -> Constant {
        let (value, slope) = shape.normalising;
        Constant { value: value - shape.sigma.ln(), psi: [-1.0, slope, 0.0] }
    }

    #[inline]
    fn point<const ORDER: u8>(&self, y: f64, _weight: f64, at: &At, shape: &Shape) -> Point {
        let Shape { sigma, df, .. } = *shape;
        let e = (y - at.mu) / sigma;
        let e2 = e * e;
        let total = df + e2;
        let scaled = sigma * total;
        let l = -0.5 * (df + 1.0) * (e2 / df).ln_1p();
        let s = (df + 1.0) * e / scaled;
        let w = (df + 1.0) * (df - e2) / (scaled * scaled);
        let t = 2.0 * (df + 1.0) * e * (3.0 * df - e2) / (scaled * scaled * scaled);
        let by_sigma = [(df + 1.0) * e2 / total, -s - sigma * e * w, -2.0 * w + sigma * e * t];
        // In log df; u/(1+u) - log(1+u) with u = e^2/df is second order in u.
        let by_df = [
            0.5 * (e2 / total) - 0.5 * df * x1_log1p_minus(e2 / df) * (df / total),
            df * e * (e2 - 1.0) / (scaled * total),
            df * ((2.0 * df + 1.0 - e2) - 2.0 * (df + 1.0) * (df - e2) / total) / (scaled * scaled),
        ];
        Point { l, s, w, t, psi: [by_sigma, by_df, [0.0; 3]] }
    }

    fn expected(&self, _weight: f64, _at: &At, shape: &Shape) -> Option<[f64; 2]> {
        Some([(shape.df + 1.0) / ((shape.df + 3.0) * shape.sigma * shape.sigma), 0.0])
    }

    fn simulate(&self, at: &At, _weight: f64, shape: &Shape, stream: &mut Stream) -> f64 {
        let half = 0.5 * shape.df;
        at.mu + shape.sigma * stream.normal() * (0.5 * (half.ln() - stream.log_gamma(half))).exp()
    }

    fn cdf(&self, y: f64, _weight: f64, at: &At, shape: &Shape) -> Cumulative {
        let e = (y - at.mu) / shape.sigma;
        let (e2, df) = (e * e, shape.df);
        // The tail beyond |e|; e^2/(df + e^2) is beta with shapes 1/2 and df/2.
        let outer = if e2 == f64::INFINITY { 0.0 } else { 0.5 * beta_tails(0.5, 0.5 * df, e2 / (df + e2), df / (df + e2))[1] };
        Cumulative::continuous(if e < 0.0 { [outer, 1.0 - outer] } else { [1.0 - outer, outer] })
    }

    fn variance(&self, _mu: f64, _weight: f64, shape: &Shape) -> f64 {
        match shape.df {
            df if df > 2.0 => shape.sigma * shape.sigma * df / (df - 2.0),
            df if df > 1.0 => f64::INFINITY,
            _ => f64::NAN,
        }
    }

    fn wants(&self, _y: f64, _weight: f64) -> std::result::Result<(), &'static str> {
        Ok(())
    }

    fn start_mean(&self, y: f64, _weight: f64) -> f64 {
        y
    }

    fn start_psi(&self, data: &Observations, mu: &[f64]) -> Result<[f64; MAX_PARAMETERS]> {
        let mut sizes = try_collect("residuals", data.y.iter().zip(mu).map(|(y, m)| (y - m).abs()))?;
        sizes.sort_unstable_by(f64::total_cmp);
        // The median absolute residual, whatever the outliers; 0.7 is that of a standard t with some degrees of freedom.
        let median = sizes.get(sizes.len() / 2).copied().unwrap_or(1.0);
        let mean_square = || sizes.iter().map(|s| s * s).sum::<f64>() / sizes.len() as f64;
        let size = if median > 0.0 { median / 0.7 } else { mean_square().sqrt() };
        Ok([size.ln(), 8.0_f64.ln(), 0.0])
    }
}
