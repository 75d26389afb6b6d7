//! Gamma functions at x and x + k for a count k, as differences that keep their digits where x is far larger than k.
//!
//! Up to `SUMMED` the difference is the finite sum itself: subtracting two digammas leaves no digit at x = 1e15, and such x occur on
//! the way to a Poisson or binomial limit. Beyond, Stirling's series is subtracted term by term.

use super::elementary::x1_log1p_minus;
use super::gamma::{ln_gamma, stirling_error};

/// Sums up to this count; Stirling's differences above, from an argument of at least `LARGE`.
const SUMMED: f64 = 200.0;
const LARGE: f64 = 20.0;
/// Below this x is nothing beside one, and products of x + i over x overflow.
const VANISHING: f64 = 1e-100;

/// How many terms to sum before Stirling's difference may be used.
#[inline]
fn summed(x: f64, k: f64) -> f64 {
    if k <= SUMMED { k } else { (LARGE - x).ceil().clamp(0.0, LARGE) }
}

/// The sum of f(i) for i = 0, 1, .. below n.
#[inline]
fn sum(n: f64, f: impl Fn(f64) -> f64) -> f64 {
    let (mut total, mut i) = (0.0, 0.0);
    while i < n {
        total += f(i);
        i += 1.0;
    }
    total
}

/// log Gamma(x + k) - log Gamma(x) for a count k.
pub fn ln_rising(x: f64, k: f64) -> f64 {
    k * x.ln() + ln_rising_ratio(x, k)
}

/// log[Gamma(x + k) / (Gamma(x) x^k)], the sum of log(1 + i/x) for i < k: zero in the limit of large x.
pub fn ln_rising_ratio(x: f64, k: f64) -> f64 {
    if x < VANISHING && k > 0.0 {
        // i/x for 1 + i/x.
        return ln_factorial(k - 1.0) - (k - 1.0) * x.ln();
    }
    let n = summed(x, k);
    // A product of a few factors costs one logarithm; it stays in range because it is taken as soon as it is large.
    let (mut total, mut product, mut i) = (0.0, 1.0_f64, 1.0);
    if k <= SUMMED && (k - 1.0) < 1e-3 * x {
        return sum(n, |i| (i / x).ln_1p());
    }
    while i < n {
        product *= 1.0 + i / x;
        if product > 1e200 {
            total += product.ln();
            product = 1.0;
        }
        i += 1.0;
    }
    total += product.ln();
    if n < k {
        let (a, rest) = (x + n, k - n);
        let z = rest / a;
        total += a * x1_log1p_minus(z) - 0.5 * z.ln_1p() + stirling_error(a + rest) - stirling_error(a);
        total += rest * (n / x).ln_1p();
    }
    total
}

/// digamma(x + k) - digamma(x) for a count k.
pub fn rising_psi(x: f64, k: f64) -> f64 {
    let n = summed(x, k);
    let mut total = sum(n, |i| 1.0 / (x + i));
    if n < k {
        let (a, b) = (x + n, x + k);
        let (u, v) = (1.0 / a, 1.0 / b);
        let (u2, v2) = (u * u, v * v);
        // (b - a)/(a b) for 1/a - 1/b, and so on: the differences of powers are factored.
        let d1 = (k - n) * u * v;
        let d2 = d1 * (u + v);
        let tail = |z: f64| z * z * (1.0 / 120.0 - z * (1.0 / 252.0 - z * (1.0 / 240.0 - z / 132.0)));
        total += ((k - n) / a).ln_1p() + 0.5 * d1 + d2 / 12.0 - (tail(u2) - tail(v2));
    }
    total
}

/// trigamma(x + k) - trigamma(x) for a count k.
pub fn rising_psi1(x: f64, k: f64) -> f64 {
    let n = summed(x, k);
    let mut total = -sum(n, |i| 1.0 / ((x + i) * (x + i)));
    if n < k {
        let (a, b) = (x + n, x + k);
        let (u, v) = (1.0 / a, 1.0 / b);
        let d1 = (k - n) * u * v;
        let d2 = d1 * (u + v);
        let tail = |u: f64| {
            let z = u * u;
            u * z * (1.0 / 6.0 - z * (1.0 / 30.0 - z * (1.0 / 42.0 - z * (1.0 / 30.0 - z * 5.0 / 66.0))))
        };
        total += -d1 - 0.5 * d2 + (tail(v) - tail(u));
    }
    total
}

/// tetragamma(x + k) - tetragamma(x) for a count k.
pub fn rising_psi2(x: f64, k: f64) -> f64 {
    let n = summed(x, k);
    let mut total = 2.0 * sum(n, |i| 1.0 / ((x + i) * (x + i) * (x + i)));
    if n < k {
        let (a, b) = (x + n, x + k);
        let (u, v) = (1.0 / a, 1.0 / b);
        let d1 = (k - n) * u * v;
        let (d2, d3) = (d1 * (u + v), d1 * (u * u + u * v + v * v));
        let tail = |u: f64| {
            let z = u * u;
            z * z * (0.5 - z * (1.0 / 6.0 - z * (1.0 / 6.0 - z * (0.3 - z * 5.0 / 6.0))))
        };
        total += d2 + d3 - (tail(v) - tail(u));
    }
    total
}

/// log k! for a count k.
#[inline]
pub fn ln_factorial(k: f64) -> f64 {
    ln_gamma(k + 1.0)
}

/// log of the binomial coefficient "m over k", for 0 <= k <= m; both may be fractional.
pub fn ln_choose(m: f64, k: f64) -> f64 {
    let k = k.min(m - k);
    if k <= 0.0 {
        return 0.0;
    }
    if k == k.round() && k <= SUMMED {
        // Gamma(m - k + 1 + k) / Gamma(m - k + 1) / k!
        return ln_rising(m - k + 1.0, k) - ln_factorial(k);
    }
    ln_factorial(m) - ln_factorial(k) - ln_factorial(m - k)
}

/// With a_i = x/(x + i), i < k: the sums of 1 - a, of a(1 - a) and of a(1 - a)(1 - 2a), which are the first two derivatives of
/// `ln_rising` in log x, less k, and the third. They vanish for large x.
pub fn rising_shares(x: f64, k: f64) -> [f64; 3] {
    if k > SUMMED {
        let (d0, d1, d2) = (x * rising_psi(x, k), x * x * rising_psi1(x, k), x * x * x * rising_psi2(x, k));
        return [k - d0, d0 + d1, d0 + 3.0 * d1 + d2];
    }
    let (mut sums, mut i) = ([0.0; 3], 1.0);
    while i < k {
        let (a, rest) = (x / (x + i), i / (x + i));
        let spread = a * rest;
        sums[0] += rest;
        sums[1] += spread;
        sums[2] += spread * (rest - a);
        i += 1.0;
    }
    sums
}
