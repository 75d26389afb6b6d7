//! The skew normal distribution (Azzalini 1985) by its mean, its standard deviation sigma and its shape alpha, as glmmTMB's `skewnormal`:
//!
//! ```text
//! f(y) = 2/omega phi(z) Phi(alpha z),   z = (y - mu)/omega + m,   m = sqrt(2/pi) delta,   omega = sigma/sqrt(1 - m^2)
//! ```
//!
//! with delta = alpha/sqrt(1 + alpha^2).

use std::f64::consts::{FRAC_2_PI, FRAC_PI_2, LN_2, PI};

use libm::hypot;

use super::coordinate::{At, Base};
use super::cumulative::Cumulative;
use super::density::{Constant, Density, GRADIENT, MODE, Point};
use super::facts::Facts;
use super::link::Link;
use super::parameter::{Parameter, Scale};
use super::special::{Tails, log_ndtr};
use super::{MAX_PARAMETERS, Observations, WeightRole};
use crate::error::Result;
use crate::simulate::Stream;

#[derive(Clone, Debug, Default)]
pub(crate) struct SkewNormal;

#[derive(Clone, Copy)]
pub(crate) struct Shape {
    log_sigma: f64,
    alpha: f64,
    delta: f64,
    omega: f64,
    /// The mean of z, and its derivative in alpha.
    m: [f64; 2],
    /// log(omega/sigma), and its derivative in alpha.
    stretch: [f64; 2],
}

/// An alpha beyond which the distribution is half a normal one, to some digits.
const HALF: f64 = 1e4;

/// The largest skewness that moments take as a start: that of half a normal distribution is 0.995.
const SKEWED: f64 = 0.8;

/// An alpha below which the skewness is less than 0.03, and the normal distribution as likely in all but huge data.
const LEVEL: f64 = 0.5;

impl Density for SkewNormal {
    type Shape = Shape;

    const NAMES: &'static [&'static str] = &["skewnormal", "skew_normal"];
    const LINKS: &'static [Link] = &[Link::Identity, Link::Log, Link::Inverse];
    const BASE: Base = Base::Mean;
    const WEIGHTS: WeightRole = WeightRole::Factor;
    const NORMAL_NOISE: bool = false;
    const FACTS: Facts = Facts::REAL;
    const PARAMETERS: &'static [Parameter] = &[Parameter::new("sigma", Scale::Log), Parameter::new("alpha", Scale::Identity)];

    /// The normal distribution is in the midst of the range of alpha, half of one at its ends, which is no family.
    fn limit(_parameter: usize, _upper: bool) -> Option<&'static str> {
        None
    }

    fn is_log_concave(link: Link) -> bool {
        link == Link::Identity
    }

    /// There the likelihood is level in alpha to the second order.
    fn caution(psi: &[f64], given: &dyn Fn(usize) -> bool) -> Option<&'static str> {
        let is_level = !given(1) && psi.get(1).is_some_and(|alpha| alpha.abs() < LEVEL);
        is_level.then_some(
            "alpha is near 0, where the distribution is normal and the likelihood level in alpha: neither its estimate nor its standard error say \
             how much skewness there is; compare the likelihood with that of the family gaussian",
        )
    }

    /// Where the response is as skewed as half a normal distribution the likelihood rises as alpha grows, and its maximum is where that
    /// begins at the outermost residual.
    fn irregular(psi: &[f64]) -> Option<&'static str> {
        (psi[1].abs() > HALF).then_some(
            "alpha has no finite estimate: the likelihood rises up to the limit, half a normal distribution that begins at the outermost \
             residual; the estimates are where the search ended, there are no standard errors, and another family suits these data",
        )
    }

    /// Near alpha = 0, where a search from the wrong side ends.
    fn may_be_false(psi: &[f64]) -> bool {
        psi[1].abs() < 0.3
    }

    fn shape(&self, psi: &[f64; MAX_PARAMETERS]) -> Shape {
        let (log_sigma, alpha) = (psi[0], psi[1]);
        let root = hypot(alpha, 1.0);
        let delta = alpha / root;
        let d_delta = 1.0 / (root * root * root);
        let rest = 1.0 - FRAC_2_PI * delta * delta;
        let m = FRAC_2_PI.sqrt();
        let stretch = [-0.5 * rest.ln(), FRAC_2_PI * delta * d_delta / rest];
        Shape { log_sigma, alpha, delta, omega: (log_sigma + stretch[0]).exp(), m: [m * delta, m * d_delta], stretch }
    }

    fn constant<const ORDER: u8>(&self, _y: f64, _weight: f64, shape: &Shape) -> Constant {
        let value = LN_2 - 0.5 * (2.0 * PI).ln() - shape.log_sigma - shape.stretch[0];
        Constant { value, psi: [-1.0, -shape.stretch[1], 0.0] }
    }

    #[inline]
    fn point<const ORDER: u8>(&self, y: f64, _weight: f64, at: &At, shape: &Shape) -> Point {
        let (a, omega) = (shape.alpha, shape.omega);
        let x = (y - at.mu) / omega;
        let z = x + shape.m[0];
        let [l0, l1, l2, l3] = log_ndtr(a * z);
        let mut point = Point { l: l0 - 0.5 * z * z, ..Point::default() };
        if ORDER >= MODE {
            // Derivatives in z.
            let (f1, f2, f3) = (a * l1 - z, a * a * l2 - 1.0, a * a * a * l3);
            let per = 1.0 / omega;
            point.s = -f1 * per;
            point.w = -f2 * per * per;
            point.t = f3 * per * per * per;
            if ORDER == GRADIENT {
                point.psi[0] = [-f1 * x, (f2 * x + f1) * per, (f3 * x + 2.0 * f2) * per * per];
                // d z and d log omega by alpha, and derivatives in alpha with z held.
                let g = shape.stretch[1];
                let dz = shape.m[1] - x * g;
                let (by0, by1, by2) = (z * l1, l1 + a * z * l2, a * (2.0 * l2 + a * z * l3));
                point.psi[1] = [f1 * dz + by0, (f1 * g - f2 * dz - by1) * per, (2.0 * f2 * g - f3 * dz - by2) * per * per];
            }
        }
        point
    }

    fn simulate(&self, at: &At, _weight: f64, shape: &Shape, stream: &mut Stream) -> f64 {
        let (half, other) = (stream.normal().abs(), stream.normal());
        let z = shape.delta * half + other / hypot(shape.alpha, 1.0);
        at.mu + shape.omega * (z - shape.m[0])
    }

    fn cdf(&self, y: f64, _weight: f64, at: &At, shape: &Shape) -> Cumulative {
        let z = (y - at.mu) / shape.omega + shape.m[0];
        Cumulative::continuous(tails(z, shape.alpha))
    }

    fn variance(&self, _mu: f64, _weight: f64, shape: &Shape) -> f64 {
        (2.0 * shape.log_sigma).exp()
    }

    fn wants(&self, _y: f64, _weight: f64) -> std::result::Result<(), &'static str> {
        Ok(())
    }

    fn start_mean(&self, y: f64, _weight: f64) -> f64 {
        y
    }

    /// By moments of the residuals. At alpha = 0 the likelihood is level to the second order, so that a search would not leave it.
    fn start_psi(&self, data: &Observations, mu: &[f64]) -> Result<[f64; MAX_PARAMETERS]> {
        let n = mu.len() as f64;
        let mean = |power: i32| data.y.iter().zip(mu).map(|(y, m)| (y - m).powi(power)).sum::<f64>() / n;
        let variance = mean(2);
        let skewness = (mean(3) / variance.powf(1.5)).clamp(-SKEWED, SKEWED);
        let skewness = if skewness.abs() < 0.05 { 0.05_f64.copysign(skewness) } else { skewness };
        // m / sqrt(1 - m^2) is the cube root of 2 skewness/(4 - pi).
        let ratio = (2.0 * skewness / (4.0 - PI)).cbrt();
        let delta = ratio / hypot(ratio, 1.0) / FRAC_2_PI.sqrt();
        Ok([0.5 * variance.ln(), delta / (1.0 - delta * delta).sqrt(), 0.0])
    }
}

/// Those of a standard skew normal variable, by Owen's T in polar form; nothing in them cancels.
fn tails(z: f64, alpha: f64) -> Tails {
    if alpha < 0.0 {
        let [lower, upper] = tails(-z, -alpha);
        return [upper, lower];
    }
    let turn = alpha.atan();
    if z < 0.0 {
        let lower = sector(z, turn, FRAC_PI_2);
        return [lower, 1.0 - lower];
    }
    let upper = sector(z, 0.0, FRAC_PI_2) + sector(z, 0.0, turn);
    [(1.0 - upper).max(0.0), upper]
}

/// The integral of exp(-z^2/(2 cos^2 t))/pi from t = `from` to `to`.
fn sector(z: f64, from: f64, to: f64) -> f64 {
    const STEPS: i32 = 70;
    const REACH: f64 = 3.5;
    let half = 0.5 * z * z;
    let secant = 1.0 + from.tan().powi(2);
    // Beyond where the integrand has fallen by e^-45 there is nothing.
    let end = if half > 0.0 { to.min((secant + 45.0 / half - 1.0).sqrt().atan()) } else { to };
    let width = end - from;
    if width.is_nan() || width <= 0.0 {
        return 0.0;
    }
    // Double exponential quadrature of the ratio to the value at `from`.
    let step = REACH / f64::from(STEPS);
    let mut sum = 0.0;
    for i in -STEPS..=STEPS {
        let u = step * f64::from(i);
        let v = FRAC_PI_2 * u.sinh();
        let share = 1.0 / (1.0 + (-2.0 * v).exp());
        let weight = FRAC_PI_2 * u.cosh() / (v.cosh() * v.cosh());
        let (t, turned) = (from + width * share, width * share);
        // sec^2 t - sec^2 from, as a product.
        let rise = turned.sin() * (t + from).sin() * secant / (t.cos() * t.cos());
        sum += weight * (-half * rise).exp();
    }
    0.5 * width * step * sum * (-half * secant).exp() / PI
}
