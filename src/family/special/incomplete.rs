//! Incomplete gamma and beta functions as pairs of tails, each with its own relative accuracy.
//!
//! The factor before the series or fraction is written relative to the mode, by Stirling's errors, so that nothing large cancels
//! (Loader 2000); the continued fractions are evaluated by the modified Lentz method.

use std::f64::consts::PI;

use libm::erfc;

use super::elementary::{log1p_minus, x1_log1p_minus};
use super::gamma::stirling_error;

/// P(X <= x) and P(X > x).
pub type Tails = [f64; 2];

const LOWEST: Tails = [0.0, 1.0];
const HIGHEST: Tails = [1.0, 0.0];

/// Terms of series and continued fractions; near the mean those needed grow with the root of the parameters.
const MOST_TERMS: u32 = 2_000_000;
const TINY: f64 = 1e-300;
const EPSILON: f64 = 1e-16;

/// The tails from the smaller one, if it is the lower or not.
fn pair(smaller: f64, lower: bool) -> Tails {
    let smaller = smaller.clamp(0.0, 1.0);
    if lower { [smaller, 1.0 - smaller] } else { [1.0 - smaller, smaller] }
}

fn away_from_zero(x: f64) -> f64 {
    if x == 0.0 { TINY } else { x }
}

/// The tails of a Gamma variable of shape a > 0 and scale 1.
pub fn gamma_tails(a: f64, x: f64) -> Tails {
    if x.is_nan() || a.is_nan() {
        return [f64::NAN; 2];
    }
    if x <= 0.0 {
        return LOWEST;
    }
    if x == f64::INFINITY {
        return HIGHEST;
    }
    // x^a e^-x / Gamma(a) is the exponential of a times this, and of Stirling's error.
    let off = (x - a) / a;
    let deviance = if (x - a).abs() < 0.5 * a { log1p_minus(off) } else { (x / a).ln() - off };
    let density = (a * deviance - stirling_error(a)).exp();
    if density == 0.0 {
        return if x < a { LOWEST } else { HIGHEST };
    }
    if a > NEAR_NORMAL {
        return nearly_normal(a, off, deviance, density);
    }
    let factor = density * (a / (2.0 * PI)).sqrt();
    if x < a + 1.0 { pair(factor * gamma_series(a, x), true) } else { pair(factor * gamma_fraction(a, x), false) }
}

/// Above this the first terms of the expansion for large shapes have all digits, and the series would have too many.
const NEAR_NORMAL: f64 = 1e10;

/// Temme's uniform expansion (1979, eq. 1.6): the normal tail at eta, eta^2/2 = -deviance, and c_0 = 1/off - 1/eta by its own series: off
/// is small where there is any density.
fn nearly_normal(a: f64, off: f64, deviance: f64, density: f64) -> Tails {
    let z = (-a * deviance).sqrt().copysign(off);
    let rest = density / (2.0 * PI * a).sqrt() * (off / 12.0 - 1.0 / 3.0);
    [0.5 * erfc(-z) - rest, 0.5 * erfc(z) + rest].map(|tail| tail.clamp(0.0, 1.0))
}

/// The sum of x^n / (a (a + 1) .. (a + n)).
fn gamma_series(a: f64, x: f64) -> f64 {
    let (mut term, mut k) = (1.0 / a, a);
    let mut sum = term;
    for _ in 0..MOST_TERMS {
        if term <= sum * EPSILON {
            return sum;
        }
        k += 1.0;
        term *= x / k;
        sum += term;
    }
    f64::NAN
}

/// Legendre's continued fraction of `Gamma(a, x) e^x x^-a`.
fn gamma_fraction(a: f64, x: f64) -> f64 {
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1.0 / TINY, 1.0 / b);
    let mut value = d;
    for n in 1..MOST_TERMS {
        let n = f64::from(n);
        let numerator = -n * (n - a);
        b += 2.0;
        d = away_from_zero(numerator * d + b).recip();
        c = away_from_zero(b + numerator / c);
        let step = c * d;
        value *= step;
        if (step - 1.0).abs() < 4.0 * EPSILON {
            return value;
        }
    }
    f64::NAN
}

/// Where a beta variable is asked for: x, y = 1 - x, odds = y/x, and the logarithms of x and y.
#[derive(Clone, Copy)]
struct Place {
    x: f64,
    y: f64,
    odds: f64,
    log_x: f64,
    log_y: f64,
}

impl Place {
    fn of_odds(odds: f64) -> Self {
        let other = 1.0 / odds;
        Place { x: 1.0 / (1.0 + odds), y: 1.0 / (1.0 + other), odds, log_x: -odds.ln_1p(), log_y: -other.ln_1p() }
    }

    /// Of a number so small that one over it is none.
    fn of_smallest(x: f64) -> Self {
        Place { x, log_x: x.ln(), ..Place::of_odds(f64::INFINITY) }
    }

    /// a y - b x.
    fn lambda(&self, a: f64, b: f64) -> f64 {
        if self.odds == f64::INFINITY { a } else { (a * self.odds - b) / (1.0 + self.odds) }
    }
}

/// The tails of a beta variable of shapes a, b > 0 at x, given with y = 1 - x.
pub fn beta_tails(a: f64, b: f64, x: f64, y: f64) -> Tails {
    if x.is_nan() || y.is_nan() || a.is_nan() || b.is_nan() {
        return [f64::NAN; 2];
    }
    if x <= 0.0 {
        return LOWEST;
    }
    if y <= 0.0 {
        return HIGHEST;
    }
    let odds = y / x;
    if odds == f64::INFINITY {
        pair(beta_lower(a, b, Place::of_smallest(x)), true)
    } else if 1.0 / odds == f64::INFINITY {
        pair(beta_lower(b, a, Place::of_smallest(y)), false)
    } else {
        beta_tails_of_odds(a, b, odds)
    }
}

/// The tails at x = 1/(1 + odds), which keeps the digits of x next to 0 and 1.
pub fn beta_tails_of_odds(a: f64, b: f64, odds: f64) -> Tails {
    if odds == f64::INFINITY {
        return LOWEST;
    }
    if odds == 0.0 {
        return HIGHEST;
    }
    // The continued fraction converges fast on its own side of the mean.
    if a * odds >= b {
        pair(beta_lower(a, b, Place::of_odds(odds)), true)
    } else {
        pair(beta_lower(b, a, Place::of_odds(1.0 / odds)), false)
    }
}

/// The regularised incomplete beta function `I_x(a, b)` for x not above its mean: the continued fraction of Didonato & Morris (1992, eq. 9),
/// whose `lambda` keeps its digits where x is near 1.
fn beta_lower(a: f64, b: f64, place: Place) -> f64 {
    let Place { x, y, .. } = place;
    let lambda = place.lambda(a, b);
    let factor = log_beta_term(a, b, place, lambda).exp();
    if factor == 0.0 {
        return 0.0;
    }
    let start = a / (a + 1.0) * (lambda + 1.0);
    let (mut value, mut c, mut d) = (start, start, 0.0);
    for n in 1..MOST_TERMS {
        let n = f64::from(n);
        let k = a + 2.0 * n;
        let numerator = (a + n - 1.0) / (k - 1.0) * ((a + b + n - 1.0) / (k - 1.0)) * n * (b - n) * x * x;
        let denominator = n + n * (b - n) * x / (k - 1.0) + (a + n) / (k + 1.0) * (lambda + 1.0 + n * (1.0 + y));
        d = away_from_zero(denominator + numerator * d).recip();
        c = away_from_zero(denominator + numerator / c);
        let step = c * d;
        value *= step;
        if (step - 1.0).abs() < 4.0 * EPSILON {
            return factor * (a * b / (2.0 * PI * (a + b))).sqrt() / value;
        }
    }
    f64::NAN
}

/// log of `x^a y^b / B(a, b)` without the root of ab / (2 pi (a + b)), by deviances from the mean (Loader 2000).
fn log_beta_term(a: f64, b: f64, place: Place, lambda: f64) -> f64 {
    let (u, v) = (-lambda / a, lambda / b);
    // log of x and y over their means, less the linear parts, which cancel.
    let of_x = if u > -0.5 { log1p_minus(u) } else { (b / a).ln_1p() + place.log_x - u };
    let of_y = if v < 1.0 { log1p_minus(v) } else { (a / b).ln_1p() + place.log_y - v };
    a * of_x + b * of_y + stirling_error(a + b) - stirling_error(a) - stirling_error(b)
}

/// The tails of a Poisson count.
pub fn poisson_tails(k: f64, mean: f64) -> Tails {
    if k < 0.0 {
        return LOWEST;
    }
    let [lower, upper] = gamma_tails(k + 1.0, mean);
    [upper, lower]
}

/// The probability of a Poisson count n >= 1.
pub fn poisson_probability(n: f64, mean: f64) -> f64 {
    (-mean * x1_log1p_minus((n - mean) / mean) - stirling_error(n)).exp() / (2.0 * PI * n).sqrt()
}

/// The tails of the successes of m trials with probability p, given with its complement.
pub fn binomial_tails(k: f64, m: f64, p: f64, complement: f64) -> Tails {
    if k < 0.0 {
        return LOWEST;
    }
    if k >= m {
        return HIGHEST;
    }
    beta_tails(m - k, k + 1.0, complement, p)
}

/// The tails of a negative binomial count of that size and mean size times `ratio`.
pub fn negative_binomial_tails(k: f64, size: f64, ratio: f64) -> Tails {
    if k < 0.0 {
        return LOWEST;
    }
    let mean = size * ratio;
    if size > NEAR_POISSON * (1.0 + k + mean) {
        return near_poisson(k, mean, ratio);
    }
    beta_tails(size, k + 1.0, 1.0 / (1.0 + ratio), ratio / (1.0 + ratio))
}

/// Above so many times count and mean, the size takes more digits from the beta distribution than the limit is off.
const NEAR_POISSON: f64 = 1e5;

/// A Poisson count whose mean is a Gamma variable with the variance `ratio` times mean, to first order in that: d2/dmean2 of the
/// distribution function at k is p(k) - p(k - 1).
fn near_poisson(k: f64, mean: f64, ratio: f64) -> Tails {
    let [lower, upper] = poisson_tails(k, mean);
    let p = |n: f64| match n {
        n if n < 0.0 => 0.0,
        0.0 => (-mean).exp(),
        n => poisson_probability(n, mean),
    };
    let shift = 0.5 * mean * ratio * (p(k) - p(k - 1.0));
    [(lower + shift).clamp(0.0, 1.0), (upper - shift).clamp(0.0, 1.0)]
}
