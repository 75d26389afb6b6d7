//! The normal distribution function's logarithm and its derivatives, through Mills' ratio.

use std::f64::consts::{FRAC_1_SQRT_2, PI, SQRT_2};

use libm::erfc;

/// exp(x^2) erfc(x) for x >= 0.
pub fn erfcx(x: f64) -> f64 {
    if x < 10.0 {
        // x^2 = h^2 + (x - h)(x + h) with h^2 exact: the exponential keeps all its digits.
        let h = (x * 1024.0).round() / 1024.0;
        return (h * h).exp() * ((x - h) * (x + h)).exp() * erfc(x);
    }
    let z = 0.5 / (x * x);
    let mut sum = 1.0;
    for n in (1..=12).rev() {
        sum = 1.0 - f64::from(2 * n - 1) * z * sum;
    }
    sum / (x * PI.sqrt())
}

/// log Phi(x) and its first three derivatives.
pub fn log_ndtr(x: f64) -> [f64; 4] {
    if x > 0.0 {
        let tail = 0.5 * erfc(x * FRAC_1_SQRT_2);
        let r = (-0.5 * x * x).exp() / (2.0 * PI).sqrt() / (1.0 - tail);
        let second = -r * (x + r);
        return [(-tail).ln_1p(), r, second, -second * (x + r) - r * (1.0 + second)];
    }
    let z = -x;
    let scaled = erfcx(z / SQRT_2);
    let value = -0.5 * x * x + (0.5 * scaled).ln();
    if z < 4.0 {
        let r = (2.0 / PI).sqrt() / scaled;
        let second = -r * (x + r);
        return [value, r, second, -second * (x + r) - r * (1.0 + second)];
    }
    // Laplace's continued fraction of phi/Phi: r = z + 1/(z + 2/(z + 3/(z + ..))); r - z and 1 - r(r - z) come without subtraction.
    let mut fraction = 0.0;
    let terms = 8 + (1600.0 / (z * z)) as u32;
    for k in (2..=terms).rev() {
        fraction = f64::from(k) / (z + fraction);
    }
    let delta = 1.0 / (z + fraction);
    let r = z + delta;
    let third = r * (delta * delta - (fraction - delta) / (z + fraction));
    [value, r, -r * delta, third]
}
