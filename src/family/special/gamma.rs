//! The logarithm of the gamma function and its derivatives: recurrence up to an argument where the asymptotic series is exact to rounding.

/// Half of log(2 pi).
const HALF_LN_2PI: f64 = 0.918_938_533_204_672_8;

/// log Gamma(x) for x > 0.
#[inline]
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// Sum of c_k z^k for k = 0.. with z = 1/x^2.
#[inline]
fn series(z: f64, c: &[f64]) -> f64 {
    c.iter().rev().fold(0.0, |sum, &c| sum * z + c)
}

/// log Gamma(x) minus Stirling's (x - 1/2) log x - x + log(2 pi)/2.
pub fn stirling_error(x: f64) -> f64 {
    const C: [f64; 7] = [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0, -691.0 / 360_360.0, 1.0 / 156.0];
    if x < 15.0 {
        return ln_gamma(x) - ((x - 0.5) * x.ln() - x + HALF_LN_2PI);
    }
    series(1.0 / (x * x), &C) / x
}

/// log x - digamma(x) for x >= 12 less its first term 1/(2x): the even series of B_2k/(2k x^2k).
#[inline]
fn digamma_tail(x: f64) -> f64 {
    const C: [f64; 7] = [1.0 / 12.0, -1.0 / 120.0, 1.0 / 252.0, -1.0 / 240.0, 1.0 / 132.0, -691.0 / 32_760.0, 1.0 / 12.0];
    let z = 1.0 / (x * x);
    series(z, &C) * z
}

/// Where the asymptotic series take over.
const LARGE: f64 = 12.0;

/// The derivative of log Gamma, x > 0.
pub fn digamma(mut x: f64) -> f64 {
    if x < 0.0 {
        return f64::NAN;
    }
    let mut shift = 0.0;
    while x < LARGE {
        shift += 1.0 / x;
        x += 1.0;
    }
    x.ln() - 0.5 / x - digamma_tail(x) - shift
}

/// log x - digamma(x), which the subtraction would lose for large x (it is about 1/(2x)).
pub fn log_minus_digamma(x: f64) -> f64 {
    if x < LARGE { x.ln() - digamma(x) } else { 0.5 / x + digamma_tail(x) }
}

/// The second derivative of log Gamma, x > 0.
pub fn trigamma(mut x: f64) -> f64 {
    const C: [f64; 7] = [1.0 / 6.0, -1.0 / 30.0, 1.0 / 42.0, -1.0 / 30.0, 5.0 / 66.0, -691.0 / 2730.0, 7.0 / 6.0];
    if x < 0.0 {
        return f64::NAN;
    }
    let mut shift = 0.0;
    while x < LARGE {
        shift += 1.0 / (x * x);
        x += 1.0;
    }
    let z = 1.0 / (x * x);
    shift + (1.0 + 0.5 / x + z * series(z, &C)) / x
}

/// The third derivative of log Gamma, x > 0.
pub fn tetragamma(mut x: f64) -> f64 {
    const C: [f64; 7] = [0.5, -1.0 / 6.0, 1.0 / 6.0, -0.3, 5.0 / 6.0, -691.0 / 210.0, 17.5];
    if x < 0.0 {
        return f64::NAN;
    }
    let mut shift = 0.0;
    while x < LARGE {
        shift += 1.0 / (x * x * x);
        x += 1.0;
    }
    let z = 1.0 / (x * x);
    -2.0 * shift - z * (1.0 + 1.0 / x + z * series(z, &C))
}
