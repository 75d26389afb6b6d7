//! Means of samples, with what is known of their expectations, and their Monte-Carlo errors.

use crate::linalg::dense;

/// The least number of samples for a regression on one control, and on two.
const ENOUGH: [usize; 2] = [16, 32];

/// A mean, and what is left of each sample.
pub struct Adjusted {
    pub mean: f64,
    pub residuals: Vec<f64>,
    /// What the residuals have lost to the regression, and the mean.
    lost: usize,
}

impl Adjusted {
    /// The mean of values less their regression on controls, each the samples of something with expectation zero, as far as there are enough.
    pub fn new(values: &[f64], controls: &[&[f64]]) -> Self {
        let n = values.len();
        let usable = (0..=controls.len().min(2)).rev().find(|k| *k == 0 || n >= ENOUGH[k - 1]).unwrap_or(0);
        let controls = &controls[..usable];
        let mean = |v: &[f64]| v.iter().sum::<f64>() / n as f64;
        let centred = |v: &[f64]| -> Vec<f64> {
            let mean = mean(v);
            v.iter().map(|v| v - mean).collect()
        };
        let (mut residuals, mut adjusted) = (centred(values), mean(values));
        let own: Vec<Vec<f64>> = controls.iter().map(|c| centred(c)).collect();
        let mut gram: Vec<f64> = (0..usable * usable).map(|e| dense::dot(&own[e % usable], &own[e / usable])).collect();
        let mut slopes: Vec<f64> = own.iter().map(|c| dense::dot(c, &residuals)).collect();
        // Controls that don't vary say nothing.
        (0..usable).for_each(|i| gram[i * (usable + 1)] *= 1.0 + 1e-10);
        if usable > 0 && dense::cholesky(usable, &mut gram).is_ok() {
            dense::solve_lower(usable, &gram, &mut slopes);
            dense::solve_lower_transpose(usable, &gram, &mut slopes);
            for ((slope, control), centred) in slopes.iter().zip(controls).zip(&own) {
                adjusted -= slope * mean(control);
                dense::add_scaled(&mut residuals, -slope, centred);
            }
        }
        Adjusted { mean: adjusted, residuals, lost: usable + 1 }
    }

    /// The same with a number added to each sample.
    pub fn plus(mut self, value: f64) -> Self {
        self.mean += value;
        self
    }

    /// The same with a multiple of another mean of the same samples added.
    pub fn add(&mut self, factor: f64, other: &Adjusted) {
        self.mean += factor * other.mean;
        dense::add_scaled(&mut self.residuals, factor, &other.residuals);
        self.lost = self.lost.max(other.lost);
    }

    /// The covariance of two means of the same samples, with what slopes on controls add that are estimated from them, too; not a number for
    /// fewer samples than it takes.
    pub fn covariance(&self, other: &Adjusted) -> f64 {
        let n = self.residuals.len();
        let lost = self.lost.max(other.lost);
        let left = n.saturating_sub(lost);
        if left == 0 {
            return f64::NAN;
        }
        let of_slopes = 1.0 + (lost - 1) as f64 / left.saturating_sub(1).max(1) as f64;
        dense::dot(&self.residuals, &other.residuals) / (left * n) as f64 * of_slopes * larger(left)
    }

    /// The standard error of the mean.
    pub fn std_error(&self) -> f64 {
        self.covariance(self).sqrt()
    }
}

/// An error from few samples is itself uncertain, by 1 / sqrt(2 df) of itself: it is reported larger by as much, so that 1.96 errors are an
/// interval of at least 95 % from five degrees of freedom on. The square of that.
fn larger(df: usize) -> f64 {
    (1.0 + (2.0 * df as f64).sqrt().recip()).powi(2)
}

/// The covariance of linear functions of means.
pub fn covariance(adjusted: &[&Adjusted], slopes: &[f64], n: usize) -> Vec<f64> {
    let size = adjusted.len();
    let between: Vec<f64> = (0..size * size).map(|e| adjusted[e % size].covariance(adjusted[e / size])).collect();
    let mut out = vec![0.0; n * n];
    for i in 0..n {
        for j in 0..n {
            let (a, b) = (&slopes[i * size..(i + 1) * size], &slopes[j * size..(j + 1) * size]);
            out[i * n + j] = (0..size * size).map(|e| a[e % size] * b[e / size] * between[e]).sum();
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::noise::Noise;

    #[test]
    fn controls_take_away_what_they_explain() {
        let mut noise = Noise(3);
        let (a, b): (Vec<f64>, Vec<f64>) = (0..64).map(|_| (noise.next(), noise.next())).unzip();
        let values: Vec<f64> = a.iter().zip(&b).map(|(a, b)| 5.0 + 3.0 * a - 2.0 * b).collect();
        let both = Adjusted::new(&values, &[&a, &b]);
        assert!((both.mean - 5.0).abs() < 1e-8 && both.std_error() < 1e-8);
        let one = Adjusted::new(&values, &[&a]);
        assert!(one.std_error() > 0.05 && one.std_error() < Adjusted::new(&values, &[]).std_error());
        // Too few for both.
        assert_eq!(Adjusted::new(&values[..31], &[&a[..31], &b[..31]]).lost, 2);
        assert!(Adjusted::new(&[1.0], &[]).std_error().is_nan());
    }
}
