//! Derivatives by central differences over seven points.

use crate::error::{Result, try_vec};

/// The points, in steps.
pub(crate) const STEPS: [f64; 7] = [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0];

/// First, second and third derivatives at the middle, of order h^6, h^6 and h^4.
pub(crate) fn differences(f: &[f64; 7], h: f64) -> [f64; 3] {
    let odd = |i: usize| f[3 + i] - f[3 - i];
    let even = |i: usize| (f[3 + i] - f[3]) + (f[3 - i] - f[3]);
    [
        (45.0 * odd(1) - 9.0 * odd(2) + odd(3)) / (60.0 * h),
        (270.0 * even(1) - 27.0 * even(2) + 2.0 * even(3)) / (180.0 * h * h),
        (-13.0 * odd(1) + 8.0 * odd(2) - odd(3)) / (8.0 * h * h * h),
    ]
}

/// A step that is exact as a difference: a hundredth of x, but within [0.0005, 0.01]. Links act on a scale of one, or on that of a small x.
pub(crate) fn step(x: f64) -> f64 {
    let h = 0.01 * x.abs().clamp(0.05, 1.0);
    (x + h) - x
}

/// The values of a function of rows at the seven points around `x`, and the derivatives by row.
pub(crate) fn derivatives_by_row(x: &[f64], mut f: impl FnMut(&[f64], &mut [f64]) -> Result<()>) -> Result<Vec<[f64; 3]>> {
    let mut values = try_vec("differences of a family's functions", [0.0; 7], x.len())?;
    let mut column = try_vec("differences of a family's functions", 0.0, x.len())?;
    for (k, steps) in STEPS.iter().enumerate() {
        let moved: Vec<f64> = x.iter().map(|&x| x + steps * step(x)).collect();
        f(&moved, &mut column)?;
        values.iter_mut().zip(&column).for_each(|(row, value)| row[k] = *value);
    }
    Ok(values.iter().zip(x).map(|(values, &x)| differences(values, step(x))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_of_an_exponential() {
        let x = [0.3, -1.2, 0.001, 40.0];
        let rate = 0.7;
        let d = derivatives_by_row(&x, |x, out| {
            out.iter_mut().zip(x).for_each(|(out, x)| *out = (rate * x).exp());
            Ok(())
        });
        for (d, x) in d.unwrap().iter().zip(x) {
            let value = (rate * x).exp();
            for (k, tolerance) in [(0, 1e-11), (1, 1e-8), (2, 2e-4)] {
                let wanted = rate.powi(k as i32 + 1) * value;
                assert!((d[k] - wanted).abs() <= tolerance * value, "{x} {k}: {} {wanted}", d[k]);
            }
        }
    }
}
