//! Order statistics: normal scores, and where each of n is expected to be.

use std::f64::consts::SQRT_2;

use libm::erfc;

use super::sheet::COORDINATES;
use crate::distributions::normal_quantile;
use crate::error::{Result, try_collect, try_copy};
use crate::family::special::beta_tails;

/// The normal quantile of (i + 1/2)/n, i from 0.
pub fn normal_score(i: usize, n: usize) -> f64 {
    let (from_below, n) = (i as f64 + 0.5, n as f64);
    if 2.0 * from_below <= n { normal_quantile(from_below / n) } else { -normal_quantile((n - from_below) / n) }
}

/// Values in ascending order.
pub fn sorted(values: &[f64]) -> Result<Vec<f64>> {
    let mut own = try_copy(COORDINATES, values)?;
    own.sort_unstable_by(f64::total_cmp);
    Ok(own)
}

/// The quantile of ordered values, linear between them (R's type 7).
pub fn quantile(sorted: &[f64], p: f64) -> f64 {
    let at = p * (sorted.len().max(1) - 1) as f64;
    let (low, high) = (at.floor() as usize, at.ceil() as usize);
    match (sorted.get(low), sorted.get(high)) {
        (Some(a), Some(b)) => a + (at - at.floor()) * (b - a),
        _ => f64::NAN,
    }
}

/// Intercept and slope of the line through the quartiles of ordered values and those of the normal distribution.
pub fn quartile_line(sorted: &[f64]) -> (f64, f64) {
    let (low, high) = (quantile(sorted, 0.25), quantile(sorted, 0.75));
    (0.5 * (low + high), (high - low) / (2.0 * normal_quantile(0.75)))
}

/// Between these limits the i-th of n standard normal numbers in order, i from 0, is found with probability `level`: exact, because
/// its distribution function is that of a Beta(i + 1, n - i) variable.
pub fn order_limits(i: usize, n: usize, level: f64) -> (f64, f64) {
    let normal = |z: f64| (0.5 * erfc(-z / SQRT_2), 0.5 * erfc(z / SQRT_2));
    limits(i, n, level, (-38.0, 38.0), &normal)
}

/// The same of uniform numbers: quantiles of a beta variable.
pub fn order_probabilities(i: usize, n: usize, level: f64) -> (f64, f64) {
    limits(i, n, level, (0.0, 1.0), &|u| (u, 1.0 - u))
}

/// Where the lower tail, then the upper tail, of an order statistic has half of what the level leaves, by bisection; `tails` are those of
/// one of the numbers.
fn limits(i: usize, n: usize, level: f64, ends: (f64, f64), tails: &dyn Fn(f64) -> (f64, f64)) -> (f64, f64) {
    let (a, b, tail) = ((i + 1) as f64, (n - i) as f64, 0.5 * (1.0 - level));
    let solve = |too_high: &dyn Fn([f64; 2]) -> bool| {
        let (mut low, mut high) = ends;
        for _ in 0..64 {
            let middle = 0.5 * (low + high);
            let (p, q) = tails(middle);
            if too_high(beta_tails(a, b, p, q)) { high = middle } else { low = middle }
        }
        0.5 * (low + high)
    };
    (solve(&|tails| tails[0] > tail), solve(&|tails| tails[1] < tail))
}

/// Places among n at which a curve is drawn: all, or some that are dense at both ends.
pub fn places(n: usize, most: usize) -> Result<Vec<usize>> {
    if n <= most {
        return try_collect(COORDINATES, 0..n);
    }
    let (half, middle) = (most / 4, most - 2 * (most / 4));
    let mut all = try_collect(COORDINATES, 0..half)?;
    all.extend((0..middle).map(|k| half + (k * (n - 2 * half)) / middle));
    all.extend(n - half..n);
    all.dedup();
    Ok(all)
}

#[cfg(test)]
#[allow(clippy::unreadable_literal)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_those_of_beta_quantiles() {
        // qnorm(qbeta(c(0.025, 0.975), i + 1, n - i)).
        let of_r = [
            (0, 5, -2.572334405147735, 0.05473134160068947),
            (2, 5, -1.050984738393447, 1.050984738393447),
            (4, 5, -0.05473134160068947, 2.572334405147735),
            (0, 20, -3.01970870886197, -0.960374152634741),
            (2, 20, -1.851192430359786, -0.4761529335595584),
            (19, 20, 0.960374152634741, 3.01970870886197),
            (0, 100_000, -5.023888620938499, -3.963767111988012),
        ];
        for (i, n, lower, upper) in of_r {
            let own = order_limits(i, n, 0.95);
            assert!((own.0 - lower).abs() < 1e-10 && (own.1 - upper).abs() < 1e-10, "{i} of {n}: {own:?}");
        }
        // qbeta(c(0.025, 0.975), 3, 18).
        let own = order_probabilities(2, 20, 0.95);
        assert!((own.0 - 0.0320709371855).abs() < 1e-12 && (own.1 - 0.3169827140191).abs() < 1e-12, "{own:?}");
    }

    #[test]
    fn scores_mirror_and_quantiles_are_those_of_type_seven() {
        for n in [1, 2, 7, 100] {
            (0..n).for_each(|i| assert_eq!(normal_score(i, n), -normal_score(n - 1 - i, n)));
        }
        assert!((normal_score(0, 4) + 1.1503493803760083).abs() < 1e-14);
        let values = sorted(&[4.0, 1.0, 3.0, 2.0, 10.0]).unwrap();
        assert!(quantile(&values, 0.25) == 2.0 && (quantile(&values, 0.9) - 7.6).abs() < 1e-14 && quantile(&[], 0.5).is_nan());
        let normal: Vec<f64> = (0..1000).map(|i| 3.0 + 2.0 * normal_score(i, 1000)).collect();
        let line = quartile_line(&normal);
        assert!((line.0 - 3.0).abs() < 1e-12 && (line.1 - 2.0).abs() < 0.01);
    }

    #[test]
    fn places_keep_both_ends() {
        let all = places(100_000, 400).unwrap();
        assert!(all.len() <= 400 && all.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(all[..100].iter().enumerate().all(|(i, place)| i == *place) && all.contains(&99_999) && all.contains(&99_950));
        assert_eq!(places(5, 400).unwrap(), [0, 1, 2, 3, 4]);
    }
}
