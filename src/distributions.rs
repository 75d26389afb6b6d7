//! Probabilities and quantiles of the distributions that tests and intervals need: the one place that knows which crate computes them.
//!
//! The error function is libm's: that of statrs 0.19 is off by 1e-10 relative, its inverse is right to the last digits.

use std::f64::consts::SQRT_2;

use libm::erfc;
use statrs::function::erf::erfc_inv;

/// The square root of a variance that rounding may have taken below zero. A variance that is not a number has none: `max` would make it zero.
pub fn sd_of(variance: f64) -> f64 {
    if variance < 0.0 { 0.0 } else { variance.sqrt() }
}

/// P(|Z| > |z|) for a standard normal Z. The tail is computed as such, so that it has full relative accuracy down to underflow (z = 38).
pub fn normal_two_sided(z: f64) -> f64 {
    erfc(z.abs() / SQRT_2)
}

/// The z with P(Z < z) = p for a standard normal Z; NaN outside [0, 1]. Above one half, the upper tail is better asked for by symmetry:
/// 1 - p has lost digits before it gets here.
pub fn normal_quantile(p: f64) -> f64 {
    if (0.0..=1.0).contains(&p) { -SQRT_2 * erfc_inv(2.0 * p) } else { f64::NAN }
}

#[cfg(test)]
#[allow(clippy::excessive_precision, clippy::unreadable_literal)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64, relative: f64) {
        assert!(((a - b) / b).abs() <= relative, "{a:e} {b:e}");
    }

    // Expected values: 40 digits arithmetic.
    #[test]
    fn two_sided_probabilities() {
        let cases = [
            (1e-10, 0.999_999_999_920_211_543_92),
            (0.5, 0.617_075_077_451_973_792_72),
            (0.8, 0.42371079716679334542),
            (1.0, 0.317_310_507_862_914_102_83),
            (1.96, 0.049_995_790_296_440_868_273),
            (5.0, 5.733_031_437_583_878_233_5e-7),
            (10.0, 1.523_970_604_832_105_213_2e-23),
            (20.0, 5.507_248_237_212_467_390_2e-89),
            (37.0, 1.145_114_244_504_915_364_5e-299),
        ];
        for (z, p) in cases {
            close(normal_two_sided(z), p, 1e-13);
            assert_eq!(normal_two_sided(-z), normal_two_sided(z));
        }
        assert_eq!(normal_two_sided(0.0), 1.0);
        assert_eq!(normal_two_sided(f64::INFINITY), 0.0);
        assert!(normal_two_sided(f64::NAN).is_nan());
    }

    #[test]
    fn the_far_tail_is_there_as_far_as_doubles_go() {
        // Subnormal: a few digits are left.
        close(normal_two_sided(38.0), 5.770_856_720_137_568e-316, 1e-6);
        assert!(normal_two_sided(38.4) > 0.0);
        let mut last = 1.0;
        for i in 1..384 {
            let p = normal_two_sided(f64::from(i) / 10.0);
            assert!(p < last);
            last = p;
        }
    }

    #[test]
    fn quantiles() {
        let cases = [
            (1e-300, -37.047_096_299_361_199_237),
            (1e-20, -9.262_340_089_798_407_579_6),
            (0.001, -3.090_232_306_167_813_535_4),
            (0.025, -1.959_963_984_540_054_211_8),
            (0.3, -0.524_400_512_708_040_815_97),
            (0.975, 1.959_963_984_540_053_855_6),
        ];
        for (p, z) in cases {
            close(normal_quantile(p), z, 1e-14);
        }
        assert_eq!(normal_quantile(0.5), 0.0);
        assert_eq!((normal_quantile(0.0), normal_quantile(1.0)), (f64::NEG_INFINITY, f64::INFINITY));
        assert!([-0.1, 1.1, f64::NAN].iter().all(|&p| normal_quantile(p).is_nan()));
    }

    #[test]
    fn the_quantile_inverts_the_tail() {
        for i in 1..370 {
            let z = f64::from(i) / 10.0;
            close(-normal_quantile(normal_two_sided(z) / 2.0), z, 1e-13);
        }
    }
}
