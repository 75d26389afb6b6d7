//! Tail probabilities of Student's t, F and chi-square, and quantiles of t. Tails are computed as such, never as one minus the rest, so
//! that they keep their relative accuracy as far out as doubles go. Infinite degrees of freedom are the limits: normal, chi-square.

use crate::distributions::{normal_quantile, normal_two_sided};
use crate::family::special::{beta_tails_of_odds, gamma_tails};

/// P(|T| > |t|), for any df > 0.
pub fn t_two_sided(t: f64, df: f64) -> f64 {
    if df == f64::INFINITY { normal_two_sided(t) } else { f_upper(t * t, 1.0, df) }
}

/// P(T > t).
pub fn t_upper(t: f64, df: f64) -> f64 {
    let half = 0.5 * t_two_sided(t, df);
    if t < 0.0 { 1.0 - half } else { half }
}

/// The t with P(|T| > t) = p; NaN unless 0 <= p <= 1 and df > 0.
pub fn t_two_sided_quantile(p: f64, df: f64) -> f64 {
    if df == f64::INFINITY {
        return -normal_quantile(0.5 * p);
    }
    if df.is_nan() || df <= 0.0 { f64::NAN } else { upper_quantile(p, |t| t_two_sided(t, df)) }
}

/// P(F > f) with `df1` and `df2` degrees of freedom; 1 for f <= 0.
pub fn f_upper(f: f64, df1: f64, df2: f64) -> f64 {
    if f.is_nan() || !(df1 > 0.0 && df2 > 0.0) {
        return f64::NAN;
    }
    if df2 == f64::INFINITY {
        return chi_square_upper(f * df1, df1);
    }
    if f <= 0.0 {
        return 1.0;
    }
    beta_tails_of_odds(0.5 * df2, 0.5 * df1, df1 / df2 * f)[0]
}

/// P(chi-square > x) with `df` degrees of freedom; for df = 0 all mass is at zero.
pub fn chi_square_upper(x: f64, df: f64) -> f64 {
    if x.is_nan() || df.is_nan() || df < 0.0 {
        return f64::NAN;
    }
    if x <= 0.0 {
        return 1.0;
    }
    if df == 0.0 { 0.0 } else { gamma_tails(0.5 * df, 0.5 * x)[1] }
}

/// The x >= 0 at which the decreasing function `upper`, which is 1 at zero, has the value `p`: regula falsi (Illinois) on the
/// logarithms of both.
pub(crate) fn upper_quantile(p: f64, upper: impl Fn(f64) -> f64) -> f64 {
    if !(0.0..=1.0).contains(&p) {
        return f64::NAN;
    }
    if p == 0.0 || p == 1.0 {
        return if p == 0.0 { f64::INFINITY } else { 0.0 };
    }
    // In the middle of the distribution, 1 - upper is the smooth one.
    let excess = |log_x: f64| {
        let tail = upper(log_x.exp());
        if p > 0.5 { (p - tail) / (1.0 - p) } else { (p / tail).ln() }
    };
    let (mut low, mut high) = (-1.0, 1.0);
    while excess(low) > 0.0 && low > -700.0 {
        (low, high) = (2.0 * low, low);
    }
    while excess(high) < 0.0 && high < 700.0 {
        (low, high) = (high, 2.0 * high);
    }
    let (mut at_low, mut at_high) = (excess(low), excess(high));
    let (mut last, mut side) = (f64::NAN, 0);
    for _ in 0..200 {
        let secant = high - at_high * (high - low) / (at_high - at_low);
        let middle = if secant > low && secant < high { secant } else { 0.5 * (low + high) };
        let value = excess(middle);
        if value == 0.0 || (middle - last).abs() <= 2e-16 * middle.abs().max(0.1) {
            return middle.exp();
        }
        last = middle;
        // The end that stays twice counts half, or it would stay for ever.
        if value < 0.0 {
            (low, at_low) = (middle, value);
            at_high *= if side < 0 { 0.5 } else { 1.0 };
            side = -1;
        } else {
            (high, at_high) = (middle, value);
            at_low *= if side > 0 { 0.5 } else { 1.0 };
            side = 1;
        }
    }
    last.exp()
}

#[cfg(test)]
#[allow(clippy::excessive_precision, clippy::unreadable_literal)]
mod tests {
    use super::*;

    fn close(what: &str, a: f64, b: f64, relative: f64) {
        assert!(((a - b) / b).abs() <= relative, "{what}: {a:e} {b:e} {:e}", (a - b) / b);
    }

    // Expected values: 40 digits arithmetic with the incomplete beta and gamma functions.
    #[test]
    fn student() {
        let cases = [
            (0.1, 1.0, 0.93654896513889286),
            (2.0, 1.5, 0.22418833035605107),
            (2.5, 3.0, 0.087706647008065547),
            (12.0, 7.3, 4.5557852295705508e-6),
            (40.0, 20.0, 1.4574696554310764e-20),
            (1e-3, 1e4, 0.9992021355190525),
            (1.96, 1e6, 0.049996067585269791),
            (30.0, 1e4, 2.0443270474255707e-189),
            (8.0, 2.5e9, 1.2441926402906516e-15),
            (1e8, 3.0, 2.2053155816871674e-24),
            (0.7, 250.5, 0.48457687316370668),
            (5.0, 1000.0, 6.7672563646486304e-7),
        ];
        for (t, df, p) in cases {
            close("t", t_two_sided(t, df), p, 1e-12);
            assert_eq!(t_two_sided(-t, df), t_two_sided(t, df));
            close("upper", t_upper(t, df), p / 2.0, 1e-12);
            close("lower", t_upper(-t, df), 1.0 - p / 2.0, 1e-15);
        }
        assert_eq!(t_two_sided(1.7, f64::INFINITY), normal_two_sided(1.7));
        assert_eq!((t_two_sided(0.0, 4.0), t_two_sided(f64::INFINITY, 4.0)), (1.0, 0.0));
        assert!([(f64::NAN, 3.0), (1.0, 0.0), (1.0, -2.0), (1.0, f64::NAN)].iter().all(|&(t, df)| t_two_sided(t, df).is_nan()));
    }

    #[test]
    fn f() {
        let cases = [
            (0.5, 2.0, 10.0, 0.62092132305915517),
            (3.0, 3.0, 20.5, 0.05420965852198732),
            (0.9, 5.0, 5.0, 0.54461322063350149),
            (40.0, 10.0, 4.7, 0.00056614028135089236),
            (25.0, 4.0, 1000.0, 9.3472882558614777e-20),
            (1.1, 100.0, 1e5, 0.23233835405988481),
            (300.0, 3.0, 30.0, 1.8794412837275968e-22),
            (1.0001, 50.0, 50.0, 0.4998596630538299),
            (2.0, 7.0, 1.2, 0.46440239414774635),
        ];
        for (f, df1, df2, p) in cases {
            close("f", f_upper(f, df1, df2), p, 1e-12);
        }
        assert_eq!(f_upper(2.0, 3.0, f64::INFINITY), chi_square_upper(6.0, 3.0));
        assert_eq!((f_upper(0.0, 3.0, 9.0), f_upper(f64::INFINITY, 3.0, 9.0)), (1.0, 0.0));
    }

    #[test]
    fn chi_square() {
        let cases = [
            (0.5, 1.0, 0.47950012218695346),
            (3.84, 1.0, 0.050043521248705103),
            (100.0, 1.0, 1.5239706048321052e-23),
            (1400.0, 3.0, 2.9456193610163087e-303),
            (50.0, 50.0, 0.47339846855634936),
            (20.0, 30.0, 0.91654152706533718),
            (300.0, 100.0, 7.4121008573228768e-22),
            (1e-5, 2.0, 0.99999500001249998),
            (10500.0, 1e4, 0.00024794736798936085),
        ];
        for (x, df, p) in cases {
            close("chi-square", chi_square_upper(x, df), p, 1e-12);
        }
        assert_eq!((chi_square_upper(0.0, 3.0), chi_square_upper(2.0, 0.0), chi_square_upper(0.0, 0.0)), (1.0, 0.0, 1.0));
    }

    // R 4.2.2: qt(p / 2, df, lower.tail = FALSE).
    #[test]
    fn quantiles_of_student() {
        let cases = [
            (0.05, 3.7, 2.867520707191193),
            (0.01, 1.0, 63.65674116287158),
            (1e-12, 8.0, 76.01194400990903),
            (0.9, 2.2, 0.1406265939272671),
            (0.05, 1e7, 1.959964221767205),
            (1e-100, 40.0, 1898.814520470802),
        ];
        for (p, df, t) in cases {
            close("quantile", t_two_sided_quantile(p, df), t, 1e-12);
        }
        close("normal", t_two_sided_quantile(0.05, f64::INFINITY), 1.959_963_984_540_054, 1e-14);
        assert_eq!((t_two_sided_quantile(1.0, 3.0), t_two_sided_quantile(0.0, 3.0)), (0.0, f64::INFINITY));
        assert!(t_two_sided_quantile(1.1, 3.0).is_nan() && t_two_sided_quantile(0.5, f64::NAN).is_nan());
    }

    #[test]
    fn tails_fall_without_steps_between_the_methods() {
        for df in [0.7, 3.0, 30.0, 1e5, 1e9] {
            let mut last = 1.0;
            for i in 1..400 {
                let p = t_two_sided(0.05 * f64::from(i), df);
                assert!(p < last, "{df} {i}");
                last = p;
            }
        }
    }
}
