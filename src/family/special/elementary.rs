//! Logistic functions, logarithms of one plus or minus something, and the sums their naive forms cancel in.

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

/// log(p / (1 - p)).
#[inline]
pub fn logit(p: f64) -> f64 {
    p.ln() - (-p).ln_1p()
}

/// log(1 + e^x).
#[inline]
pub fn softplus(x: f64) -> f64 {
    if x > 0.0 { x + (-x).exp().ln_1p() } else { x.exp().ln_1p() }
}

/// log(1 - e^-x) for x > 0 (Mächler 2012).
#[inline]
pub fn log1mexp(x: f64) -> f64 {
    if x < std::f64::consts::LN_2 { (-(-x).exp_m1()).ln() } else { (-(-x).exp()).ln_1p() }
}

/// log(e^x + e^y), also where one of them is -inf.
#[inline]
pub fn log_add_exp(x: f64, y: f64) -> f64 {
    let (small, large) = if x < y { (x, y) } else { (y, x) };
    if large == f64::NEG_INFINITY { large } else { large + (small - large).exp().ln_1p() }
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
    let mut sum = 0.0;
    for k in (1..=13).rev() {
        sum = q * (1.0 / f64::from(2 * k + 1) + sum);
    }
    sum
}
