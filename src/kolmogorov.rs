//! The distribution of Kolmogorov's statistic, the largest distance of the distribution function of n independent numbers from their own.

use crate::error::{Result, try_copy, try_vec};
use crate::family::special::ln_gamma;
use crate::linalg::dense::multiply_add;

/// What memory is for.
const POWER: &str = "Kolmogorov's distribution";

/// Up to so many numbers the probability is exact, and so is a small one up to so many.
const EXACT: usize = 1000;
const EXACT_TAIL: usize = 1_000_000;

/// From n d^2 on both one-sided statistics are never that large together, to eleven digits.
const ONE_SIDED: f64 = 4.0;

/// Beyond it there is only one term of the series.
const MOST_TERMS: usize = 100;

/// P(D >= d) of n numbers. Above 1,000 numbers the limit with corrections (Vrbik 2020), good to two or three digits, where it is above 0.0007.
pub fn kolmogorov_upper(n: usize, d: f64) -> Result<f64> {
    let size = n as f64;
    if n == 0 || d.is_nan() {
        return Ok(f64::NAN);
    }
    if d <= 0.5 / size {
        return Ok(1.0);
    }
    if d >= 1.0 {
        return Ok(0.0);
    }
    if size * d * d > ONE_SIDED && n <= EXACT_TAIL {
        return Ok(2.0 * one_sided(n, d));
    }
    if n > EXACT { Ok(limit(size, d)) } else { Ok((1.0 - below(n, d)?).clamp(0.0, 1.0)) }
}

/// P(D+ >= d), a sum of positive terms (Smirnov 1944; Birnbaum and Tingey 1951).
fn one_sided(n: usize, d: f64) -> f64 {
    let size = n as f64;
    let terms = 0..=((size * (1.0 - d)).floor() as usize);
    let choose = |j: f64| ln_gamma(size + 1.0) - ln_gamma(j + 1.0) - ln_gamma(size - j + 1.0);
    let term = |j: f64| {
        let (at, rest) = (d + j / size, 1.0 - d - j / size);
        let power = if j == size { 0.0 } else { (size - j) * rest.max(0.0).ln() };
        (choose(j) + (j - 1.0) * at.ln() + power).exp()
    };
    d * terms.map(|j| term(j as f64)).sum::<f64>()
}

/// P(D < d): an element of a power of a matrix (Marsaglia, Tsang and Wang 2003).
fn below(n: usize, d: f64) -> Result<f64> {
    let k = (n as f64 * d).floor() as usize + 1;
    let (m, h) = (2 * k - 1, k as f64 - n as f64 * d);
    let mut matrix = try_vec(POWER, 0.0, m * m)?;
    let factorial = |i: usize| ln_gamma(i as f64 + 1.0).exp();
    for (i, j) in (0..m).flat_map(|i| (0..m).map(move |j| (i, j))).filter(|(i, j)| i + 1 >= *j) {
        let order = i + 1 - j;
        let mut value = 1.0;
        if j == 0 {
            value -= h.powi(order as i32);
        }
        if i == m - 1 {
            value -= h.powi((m - j) as i32);
        }
        if i == m - 1 && j == 0 {
            value += (2.0 * h - 1.0).max(0.0).powi(m as i32);
        }
        matrix[j * m + i] = value / factorial(order);
    }
    let (power, exponent) = power(m, matrix, n)?;
    // n! / n^n, with the exponent, in logarithms.
    let log = ln_gamma(n as f64 + 1.0) - n as f64 * (n as f64).ln() + exponent * std::f64::consts::LN_10;
    Ok(power[(k - 1) * m + k - 1] * log.exp())
}

/// The n-th power, in units of ten to an exponent.
fn power(m: usize, matrix: Vec<f64>, n: usize) -> Result<(Vec<f64>, f64)> {
    let (mut base, mut of_base) = (matrix, 0.0);
    let mut out: Option<(Vec<f64>, f64)> = None;
    let mut left = n;
    while left > 0 {
        if left % 2 == 1 {
            out = Some(match out {
                None => (try_copy(POWER, &base)?, of_base),
                Some((own, exponent)) => scaled(product(m, &own, &base)?, exponent + of_base),
            });
        }
        left /= 2;
        if left > 0 {
            (base, of_base) = scaled(product(m, &base, &base)?, 2.0 * of_base);
        }
    }
    Ok(out.unwrap_or((base, of_base)))
}

/// A B, both `[m, m]`.
fn product(m: usize, a: &[f64], b: &[f64]) -> Result<Vec<f64>> {
    let mut out = try_vec(POWER, 0.0, m * m)?;
    multiply_add(m, m, m, 1.0, a, b, &mut out);
    Ok(out)
}

/// The same product in smaller numbers.
fn scaled(mut matrix: Vec<f64>, exponent: f64) -> (Vec<f64>, f64) {
    let most = matrix.iter().fold(0.0f64, |most, v| most.max(*v));
    if most <= 1e100 {
        return (matrix, exponent);
    }
    matrix.iter_mut().for_each(|v| *v *= 1e-100);
    (matrix, exponent + 100.0)
}

/// Kolmogorov's limit at a corrected place.
fn limit(n: f64, d: f64) -> f64 {
    let z = n.sqrt() * d;
    let z = z + 1.0 / (6.0 * n.sqrt()) + (z - 1.0) / (4.0 * n);
    if z < 0.2 {
        return 1.0;
    }
    let term = |k: usize| {
        let sign = if k % 2 == 1 { 2.0 } else { -2.0 };
        sign * (-2.0 * (k as f64 * z).powi(2)).exp()
    };
    (1..=MOST_TERMS).map(term).sum::<f64>().clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Those of R 4.2.2, whose `ks.test` has the matrix, and of one number by hand: P(D >= d) = 2 (1 - d).
    #[test]
    fn probabilities_are_those_of_r() {
        let cases = [
            (10, 0.3, 0.270_535_574_800_000_34),
            (50, 0.1, 0.662_311_270_465_818_6),
            (100, 0.05, 0.953_215_971_063_572_6),
            (100, 0.18, 0.002_630_049_845_465_665),
            (400, 0.05, 0.261_212_602_925_655_5),
            (1000, 0.03, 0.322_690_246_413_304_9),
            (1, 0.75, 0.5),
        ];
        for (n, d, want) in cases {
            let got = kolmogorov_upper(n, d).unwrap();
            assert!((got - want).abs() < 1e-10 * want, "{n} {d}: {got} for {want}");
        }
    }

    #[test]
    fn both_exact_ways_meet() {
        for n in [10, 100, 900] {
            let d = (ONE_SIDED / n as f64).sqrt();
            let (a, b) = (2.0 * one_sided(n, d), 1.0 - below(n, d).unwrap());
            assert!((a - b).abs() < 1e-9 * a, "{n}: {a} {b}");
        }
    }

    #[test]
    fn the_limit_is_near_the_exact_probability() {
        for d in [0.015, 0.02, 0.03, 0.045, 0.06] {
            let (a, b) = (limit(1000.0, d), kolmogorov_upper(1000, d).unwrap());
            assert!((a - b).abs() < 3e-3 * b, "{d}: {a} {b}");
        }
        assert_eq!(
            (kolmogorov_upper(5, 0.1).unwrap(), kolmogorov_upper(5, 1.0).unwrap(), kolmogorov_upper(2000, 0.001).unwrap()),
            (1.0, 0.0, 1.0)
        );
        assert!(kolmogorov_upper(0, 0.5).unwrap().is_nan() && kolmogorov_upper(5, f64::NAN).unwrap().is_nan());
    }
}
