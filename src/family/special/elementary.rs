//! Logistic functions, logarithms of one plus or minus something, and the sums their naive forms cancel in.

use crate::elementary::{exp, ln};

/// 1 / (1 + e^-x); its complement is `expit(-x)`, exact in the other tail.
#[inline]
pub fn expit(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + (-x).exp())
    } else {
        let e = x.exp();
        e / (1.0 + e)
    }
}

/// The logistic function with its complement and the logarithms of both, for one exponential and one logarithm.
#[derive(Clone, Copy, Debug, Default)]
pub struct Logistic {
    pub p: f64,
    pub q: f64,
    pub log_p: f64,
    pub log_q: f64,
}

/// expit(x), expit(-x), and their logarithms -softplus(-x), -softplus(x). Without branches, for loops that become vector code.
#[allow(clippy::inline_always)]
#[inline(always)]
pub fn logistic(x: f64) -> Logistic {
    let e = exp(-x.abs());
    let large = 1.0 / (1.0 + e);
    let small = e * large;
    let log = ln_1p_unit(e, large);
    let (p, q) = if x >= 0.0 { (large, small) } else { (small, large) };
    Logistic { p, q, log_p: x.min(0.0) - log, log_q: -x.max(0.0) - log }
}

/// The same given the odds e^x, which are finite; `log_p` is not there.
#[allow(clippy::inline_always)]
#[inline(always)]
pub fn logistic_of_odds(odds: f64) -> Logistic {
    let q = 1.0 / (1.0 + odds);
    Logistic { p: odds * q, q, log_p: f64::NAN, log_q: -ln_1p_unit(odds, q) }
}

/// log(1 + e) for e >= 0, given 1/(1 + e): faster than `ln_1p`.
#[allow(clippy::inline_always)]
#[inline(always)]
fn ln_1p_unit(e: f64, reciprocal: f64) -> f64 {
    let sum = 1.0 + e;
    // The logarithm of the rounded sum, and what the rounding took.
    ln(sum) + (e - (sum - 1.0)) * reciprocal
}

/// log(p / (1 - p)).
#[inline]
pub fn logit(p: f64) -> f64 {
    p.ln() - (-p).ln_1p()
}

/// log(1 + e^x).
#[inline]
pub fn softplus(x: f64) -> f64 {
    let e = exp(-x.abs());
    x.max(0.0) + ln_1p_unit(e, 1.0 / (1.0 + e))
}

/// log(1 - e^-x) for x > 0 (Mächler 2012).
#[inline]
pub fn log1mexp(x: f64) -> f64 {
    if x < std::f64::consts::LN_2 { (-(-x).exp_m1()).ln() } else { (-(-x).exp()).ln_1p() }
}

/// x log y with 0 log 0 = 0.
#[inline]
pub fn x_log_y(x: f64, y: f64) -> f64 {
    if x == 0.0 { 0.0 } else { x * y.ln() }
}

/// log(1 + x) - x for x > -1, without cancellation near zero.
#[inline]
pub fn log1p_minus(x: f64) -> f64 {
    if x.abs() > 0.35 {
        return x.ln_1p() - x;
    }
    // log(1+x) = 2 atanh r, r = x/(2+x), and x = 2r/(1-r): the difference is 2 (r^3/3 + r^5/5 + ..) - 2 r^2/(1-r) = .. - r x.
    let r = x / (2.0 + x);
    2.0 * r * atanh_tail(r * r) - r * x
}

/// (1 + x) log(1 + x) - x for x > -1, without cancellation near zero: half the unit deviance of a Poisson count, scaled.
#[inline]
pub fn x1_log1p_minus(x: f64) -> f64 {
    if x.abs() > 0.35 {
        return if x == -1.0 { 1.0 } else { (1.0 + x) * x.ln_1p() - x };
    }
    // (1+x) 2r = x + x r where r = x/(2+x), as x (2 + 2x)/(2 + x) = x (1 + r).
    let r = x / (2.0 + x);
    x * r + 2.0 * r * (1.0 + x) * atanh_tail(r * r)
}

/// x + x/(e^x - 1) - 1 = x/2 + x^2/12 - x^4/720 + .. (Bernoulli numbers) for |x| <= 1/2.
#[inline]
pub fn bernoulli_excess(x: f64) -> f64 {
    const RATIOS: [f64; 6] = [35.0 / 1382.0, 691.0 / 27_300.0, 5.0 / 198.0, 1.0 / 40.0, 1.0 / 42.0, 1.0 / 60.0];
    let z = x * x;
    0.5 * x + z / 12.0 * RATIOS.iter().fold(1.0, |sum, ratio| 1.0 - z * ratio * sum)
}

/// atanh(r)/r - 1 = q/3 + q^2/5 + .. with q = r^2 <= 0.05.
#[inline]
fn atanh_tail(q: f64) -> f64 {
    // In three polynomials of q^3, which the processor works at side by side.
    let z = q * q * q;
    let strand = |k: f64| 1.0 / k + z * (1.0 / (k + 6.0) + z * (1.0 / (k + 12.0) + z * (1.0 / (k + 18.0))));
    q * (strand(3.0) + q * strand(5.0) + q * q * (strand(7.0) + z * z * z * (q * (1.0 / 27.0))))
}
