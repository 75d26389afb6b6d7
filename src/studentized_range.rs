//! The studentised range: the range of `k` independent normals over an independent root mean square with `df` degrees of freedom.
//!
//! Both integrals are of the upper tail itself (Copenhaver & Holland 1988, turned round), so that it keeps its relative accuracy far out:
//!
//! ```text
//! P(Q > q) = int f(s) T(q s) ds,   T(w) = k int phi(z) { Phi(z)^(k-1) - [Phi(z) - Phi(z - w)]^(k-1) } dz
//! ```
//!
//! Both integrands are analytic and fall off on both sides, where the trapezoidal rule converges exponentially in the inverse step
//! (Trefethen & Weideman 2014).

use std::f64::consts::{FRAC_1_SQRT_2, PI};
use std::sync::OnceLock;

use libm::erfc;

use crate::family::special::stirling_error;
use crate::tails::upper_quantile;

/// The distribution for `k` means.
#[derive(Clone, Debug)]
pub struct StudentizedRange {
    k: u32,
    /// phi(z), log Phi(z) and Phi(z), times k in the first, on the grid of the inner integral.
    grid: Vec<(f64, f64, f64)>,
    /// The logarithm of T at the Chebyshev points of each panel, made when first needed.
    panels: Vec<OnceLock<[f64; POINTS]>>,
}

/// Step and left end of the inner grid.
const STEP: f64 = 0.125;
const LEFT: f64 = -9.0;
/// The tail of the range counts as zero beyond, where it is below 1e-290.
const FARTHEST: f64 = 52.0;
/// The outer integral interpolates the logarithm of T, on panels of this width with so many points.
const PANEL: f64 = 2.0;
const POINTS: usize = 25;
/// How far below its peak the logarithm of the outer integrand is followed.
const DEPTH: f64 = 38.0;

impl StudentizedRange {
    /// For `k` means, at least 2.
    pub fn new(k: usize) -> Self {
        let k = k.clamp(2, u32::MAX as usize) as u32;
        let points = ((0.5 * FARTHEST - 2.0 * LEFT) / STEP) as usize;
        let grid = (0..=points).map(|i| {
            let z = LEFT + STEP * i as f64;
            let density = (-0.5 * z * z).exp() / (2.0 * PI).sqrt();
            let log_below = if z > 0.0 { (-normal_upper(z)).ln_1p() } else { normal_upper(-z).ln() };
            (f64::from(k) * STEP * density, log_below, normal_upper(-z))
        });
        let panels = (0..(FARTHEST / PANEL) as usize).map(|_| OnceLock::new());
        StudentizedRange { k, grid: grid.collect(), panels: panels.collect() }
    }

    /// P(Q > q) for `df` degrees of freedom, which may be infinite; NaN for df <= 0.
    pub fn upper(&self, q: f64, df: f64) -> f64 {
        if q.is_nan() || df.is_nan() || df <= 0.0 {
            return f64::NAN;
        }
        if q <= 0.0 {
            return 1.0;
        }
        if df >= 1e14 { self.range_upper(q) } else { self.studentized_upper(q, df) }
    }

    /// P(Q < q).
    pub fn lower(&self, q: f64, df: f64) -> f64 {
        1.0 - self.upper(q, df)
    }

    /// The q with P(Q > q) = p.
    pub fn upper_quantile(&self, p: f64, df: f64) -> f64 {
        if df.is_nan() || df <= 0.0 { f64::NAN } else { upper_quantile(p, |q| self.upper(q, df)) }
    }

    /// P(range of k normals > w).
    fn range_upper(&self, w: f64) -> f64 {
        if w > FARTHEST {
            return 0.0;
        }
        let power = f64::from(self.k - 1);
        let points = ((0.5 * w - 2.0 * LEFT) / STEP) as usize + 1;
        let mut sum = 0.0;
        for (i, &(density, log_below, below)) in self.grid.iter().enumerate().take(points) {
            let z = LEFT + STEP * i as f64;
            let share = (normal_upper(w - z) / below).min(1.0);
            sum += density * (power * log_below).exp() * -(power * (-share).ln_1p()).exp_m1();
        }
        sum.min(1.0)
    }

    /// The logarithm of `range_upper`: the polynomial through the Chebyshev points, in barycentric form (Berrut & Trefethen 2004).
    fn log_range_upper(&self, w: f64) -> f64 {
        let panel = (w / PANEL) as usize;
        let Some(cache) = self.panels.get(panel) else { return f64::NEG_INFINITY };
        let middle = PANEL * (panel as f64 + 0.5);
        let node = |i: usize| middle + 0.5 * PANEL * (PI * i as f64 / (POINTS - 1) as f64).cos();
        let values = cache.get_or_init(|| std::array::from_fn(|i| self.range_upper(node(i).max(0.0)).ln()));
        let (mut numerator, mut denominator) = (0.0, 0.0);
        for (i, value) in values.iter().enumerate() {
            let distance = w - node(i);
            if distance == 0.0 {
                return *value;
            }
            let end = if i == 0 || i == POINTS - 1 { 0.5 } else { 1.0 };
            let weight = if i % 2 == 0 { end } else { -end } / distance;
            numerator += weight * value;
            denominator += weight;
        }
        numerator / denominator
    }

    /// The outer integral over u = log s, whose density is `c exp(-df (e^2u - 1 - 2u) / 2)`.
    fn studentized_upper(&self, q: f64, df: f64) -> f64 {
        let half = 0.5 * df;
        let log_constant = 0.5 * (df / PI).ln() - stirling_error(half);
        let log_integrand = |u: f64| {
            let log_tail = self.log_range_upper(q * u.exp());
            log_constant - half * exp_m1_minus(2.0 * u) + log_tail
        };
        let Some((low, high)) = support(&log_integrand, df, q) else { return 0.0 };
        let mut n = 32;
        let mut sum: f64 = (0..=n).map(|i| log_integrand(low + (high - low) * f64::from(i) / f64::from(n)).exp()).sum();
        let mut value = sum * (high - low) / f64::from(n);
        while n < 1 << 14 {
            let between = |i: u32| low + (high - low) * (f64::from(i) + 0.5) / f64::from(n);
            sum += (0..n).map(|i| log_integrand(between(i)).exp()).sum::<f64>();
            n *= 2;
            let finer = sum * (high - low) / f64::from(n);
            let change = (finer - value).abs();
            value = finer;
            // The error of the finer sum is about the square of the change.
            if change <= 1e-7 * value {
                break;
            }
        }
        value.min(1.0)
    }
}

/// P(Z > z).
fn normal_upper(z: f64) -> f64 {
    0.5 * erfc(z * FRAC_1_SQRT_2)
}

/// e^x - 1 - x without cancellation near zero.
fn exp_m1_minus(x: f64) -> f64 {
    if x.abs() > 0.5 {
        return x.exp_m1() - x;
    }
    (3..=16).rev().fold(1.0, |sum, n| 1.0 + sum * x / f64::from(n)) * 0.5 * x * x
}

/// Where the logarithm of the integrand is within `DEPTH` of its peak; `None` if it is zero everywhere. Right of zero and of the mean the
/// density falls, and so does the tail; the peak is left of both, at most as far as the tail of the range pulls it.
fn support(log_integrand: &impl Fn(f64) -> f64, df: f64, q: f64) -> Option<(f64, f64)> {
    let width = (2.0 / df).sqrt().min(1.0);
    // The peak lies between the s where the range is about 1 and s = 1.
    let left = (-(q.max(1.0)).ln() - 1.0).min(-width);
    let golden = 0.5 * (5.0_f64.sqrt() - 1.0);
    let (mut a, mut b) = (left, width);
    for _ in 0..60 {
        let (c, d) = (b - golden * (b - a), a + golden * (b - a));
        // Beyond the underflow of the tail the integrand is zero: keep left of it.
        if log_integrand(c) >= log_integrand(d) {
            b = d;
        } else {
            a = c;
        }
        if b - a < 0.01 * width {
            break;
        }
    }
    let (peak, at_peak) = (0.5 * (a + b), log_integrand(0.5 * (a + b)));
    if at_peak == f64::NEG_INFINITY {
        return None;
    }
    let edge = |direction: f64| {
        let (mut step, mut u) = (0.1 * width, peak);
        while log_integrand(u) > at_peak - DEPTH {
            u += direction * step;
            step *= 1.3;
        }
        u
    };
    Some((edge(-1.0), edge(1.0)))
}

#[cfg(test)]
#[allow(clippy::excessive_precision, clippy::unreadable_literal)]
mod tests {
    use super::*;
    use crate::tails::{t_two_sided, t_two_sided_quantile};

    fn close(what: &str, a: f64, b: f64, relative: f64) {
        assert!(((a - b) / b).abs() <= relative, "{what}: {a:e} {b:e} {:e}", (a - b) / b);
    }

    #[test]
    fn of_two_means_it_is_student() {
        let range = StudentizedRange::new(2);
        for df in [0.5, 1.0, 2.0, 3.7, 10.0, 42.0, 1e3, 1e6, f64::INFINITY] {
            for q in [0.01, 0.5, 2.0, 4.0, 9.0, 20.0, 40.0] {
                let p = t_two_sided(q / 2.0_f64.sqrt(), df);
                close(&format!("q {q} df {df}"), range.upper(q, df), p, 1e-10);
            }
            close("quantile", range.upper_quantile(0.05, df), 2.0_f64.sqrt() * t_two_sided_quantile(0.05, df), 1e-10);
        }
    }

    // Expected values: nested quadrature with 20 to 40 digits.
    #[test]
    fn of_more_means() {
        let cases = [
            (0.5, 3, f64::INFINITY, 0.933421945135286964),
            (2.5, 3, f64::INFINITY, 0.180508937206693606),
            (3.5, 10, f64::INFINITY, 0.282016438289136255),
            (5.0, 20, f64::INFINITY, 0.0513646635791335735),
            (1.5, 100, f64::INFINITY, 1.0),
            (8.0, 100, f64::INFINITY, 7.19193465494373662e-5),
            (12.0, 7, f64::INFINITY, 4.51912849300847381e-16),
        ];
        for (q, k, df, p) in cases {
            close(&format!("q {q} k {k} df {df}"), StudentizedRange::new(k).upper(q, df), p, 1e-12);
        }
        close("finite df", StudentizedRange::new(3).upper(3.5, 10.0), 0.07710331083841182, 1e-12);
    }

    // R 4.2.2, which is good to about 1e-8 there: ptukey(q, k, df, lower.tail = FALSE) and qtukey(p, k, df).
    #[test]
    fn probabilities_and_quantiles_of_r() {
        let range = |k| StudentizedRange::new(k);
        close("p", range(3).upper(3.5, 10.0), 0.0771033108386604, 2e-6);
        close("p", range(10).upper(4.0, 20.0), 0.1920308478867936, 2e-6);
        close("q", range(4).upper_quantile(0.05, 12.0), 4.19866022996669, 1e-6);
    }

    #[test]
    fn the_interpolated_tail_is_the_tail() {
        for k in [2, 3, 10, 100] {
            let range = StudentizedRange::new(k);
            for i in 0..519 {
                let w = 0.1 * f64::from(i) + 0.033;
                close(&format!("k {k} w {w}"), range.log_range_upper(w).exp(), range.range_upper(w), 1e-10);
            }
        }
    }

    #[test]
    fn limits() {
        let range = StudentizedRange::new(5);
        assert_eq!((range.upper(0.0, 3.0), range.upper(-1.0, 3.0), range.upper(1e9, f64::INFINITY)), (1.0, 1.0, 0.0));
        assert!(
            range.upper(f64::NAN, 3.0).is_nan() && range.upper(1.0, 0.0).is_nan() && range.upper_quantile(0.1, f64::NAN).is_nan()
        );
        // Where all of the mass is beyond the end of the tail that is followed.
        assert_eq!(range.upper(60.0, 1e5), 0.0);
        close("lower", range.lower(3.0, 20.0), 1.0 - range.upper(3.0, 20.0), 1e-15);
        close("large df", range.upper(4.0, 1e12), range.upper(4.0, f64::INFINITY), 1e-10);
    }
}
