//! Incomplete gamma and beta functions as pairs of tails, each with its own relative accuracy.
//!
//! The factor before the series or fraction is written relative to the mode, by Stirling's errors, so that nothing large cancels
//! (Loader 2000); the continued fractions are Lentz's.

use std::f64::consts::PI;

use super::elementary::{log1p_minus, x1_log1p_minus};
use super::gamma::stirling_error;

/// P(X <= x) and P(X > x).
pub type Tails = [f64; 2];

const LOWEST: Tails = [0.0, 1.0];
const HIGHEST: Tails = [1.0, 0.0];

/// The terms grow like the square root of the parameters: enough for those of 1e10.
const MOST_TERMS: u32 = 1_000_000;
const TINY: f64 = 1e-300;
const PRECISION: f64 = 5e-16;

/// The tails from the smaller one, if it is the lower or not.
fn pair(smaller: f64, lower: bool) -> Tails {
    let smaller = smaller.clamp(0.0, 1.0);
    if lower { [smaller, 1.0 - smaller] } else { [1.0 - smaller, smaller] }
}

/// x^a e^-x / Gamma(a).
fn gamma_factor(a: f64, x: f64) -> f64 {
    let d = (x - a) / a;
    let exponent = if d.abs() < 0.35 { a * log1p_minus(d) } else { a * (x / a).ln() - (x - a) };
    (exponent - stirling_error(a)).exp() * (a / (2.0 * PI)).sqrt()
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
    let factor = gamma_factor(a, x);
    if factor == 0.0 {
        return if x < a { LOWEST } else { HIGHEST };
    }
    if x < a + 1.0 {
        let (mut term, mut sum, mut k) = (1.0, 1.0, a);
        for _ in 0..MOST_TERMS {
            k += 1.0;
            term *= x / k;
            sum += term;
            if term < PRECISION * sum {
                break;
            }
        }
        return pair(factor / a * sum, true);
    }
    let mut b = x + 1.0 - a;
    let (mut c, mut d) = (1.0 / TINY, 1.0 / b);
    let mut h = d;
    for i in 1..=MOST_TERMS {
        let i = f64::from(i);
        let an = -i * (i - a);
        b += 2.0;
        d = 1.0 / away_from_zero(an * d + b);
        c = away_from_zero(b + an / c);
        h *= d * c;
        if (d * c - 1.0).abs() < PRECISION {
            break;
        }
    }
    pair(factor * h, false)
}

fn away_from_zero(x: f64) -> f64 {
    if x.abs() < TINY { TINY } else { x }
}

/// x^a y^b / B(a, b), y = 1 - x.
fn beta_factor(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let n = a + b;
    let off = a * y - b * x;
    let divergence = n * (x * x1_log1p_minus(off / (n * x)) + y * x1_log1p_minus(-off / (n * y)));
    (stirling_error(n) - stirling_error(a) - stirling_error(b) - divergence).exp() * (a / n * b / (2.0 * PI)).sqrt()
}

/// The tails of a beta variable of shapes a, b > 0 at x, given with y = 1 - x.
pub fn beta_tails(a: f64, b: f64, x: f64, y: f64) -> Tails {
    if x.is_nan() || a.is_nan() || b.is_nan() {
        return [f64::NAN; 2];
    }
    if x <= 0.0 {
        return LOWEST;
    }
    if y <= 0.0 {
        return HIGHEST;
    }
    let factor = beta_factor(a, b, x, y);
    if factor == 0.0 {
        return if x < a / (a + b) { LOWEST } else { HIGHEST };
    }
    // The fraction converges fast below the mean.
    if x <= (a + 1.0) / (a + b + 2.0) {
        pair(factor / a * beta_fraction(a, b, x), true)
    } else {
        pair(factor / b * beta_fraction(b, a, y), false)
    }
}

fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut h = d;
    for m in 1..=MOST_TERMS {
        let m = f64::from(m);
        let twice = a + 2.0 * m;
        let even = m * (b - m) * x / ((twice - 1.0) * twice);
        let odd = -(a + m) * (a + b + m) * x / (twice * (twice + 1.0));
        let mut change = 1.0;
        for numerator in [even, odd] {
            d = 1.0 / away_from_zero(1.0 + numerator * d);
            c = away_from_zero(1.0 + numerator / c);
            change = d * c;
            h *= change;
        }
        if (change - 1.0).abs() < PRECISION {
            break;
        }
    }
    h
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
