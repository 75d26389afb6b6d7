//! Means of samples, with what is known of their expectations, and their Monte-Carlo errors.

use crate::linalg::dense;

/// The least number of samples for a regression on one control, and on two.
const ENOUGH: [usize; 2] = [16, 32];

/// A mean, and what each sample has to do with it.
pub struct Adjusted {
    pub mean: f64,
    /// What the mean changes by without a sample, times their number: errors are those of the jackknife, which are not deceived by slopes on
    /// controls that follow a few samples.
    influences: Vec<f64>,
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
        let (mut weights, mut leverages) = (vec![1.0; n], vec![1.0 / n as f64; n]);
        let own: Vec<Vec<f64>> = controls.iter().map(|c| centred(c)).collect();
        let mut gram: Vec<f64> = (0..usable * usable).map(|e| dense::dot(&own[e % usable], &own[e / usable])).collect();
        // Controls that don't vary say nothing.
        (0..usable).for_each(|i| gram[i * (usable + 1)] *= 1.0 + 1e-10);
        if usable > 0 && dense::cholesky(usable, &mut gram).is_ok() {
            // Orthonormal combinations of the controls.
            for k in 0..usable {
                let mut unit = vec![0.0; usable];
                unit[k] = 1.0;
                dense::solve_lower_transpose(usable, &gram, &mut unit);
                let combined = |of: &dyn Fn(usize) -> f64| unit.iter().enumerate().map(|(i, u)| u * of(i)).sum::<f64>();
                let direction: Vec<f64> = (0..n).map(|j| combined(&|i| own[i][j])).collect();
                let (middle, slope) = (combined(&|i| mean(controls[i])), dense::dot(&direction, &residuals));
                adjusted -= slope * middle;
                dense::add_scaled(&mut residuals, -slope, &direction);
                for ((w, h), d) in weights.iter_mut().zip(&mut leverages).zip(&direction) {
                    *w -= n as f64 * middle * d;
                    *h += d * d;
                }
            }
        }
        let influence = |i: usize| weights[i] * residuals[i] / (1.0 - leverages[i]).max(f64::EPSILON);
        Adjusted { mean: adjusted, influences: (0..n).map(influence).collect(), lost: usable + 1 }
    }

    /// The same with a number added to each sample.
    pub fn plus(mut self, value: f64) -> Self {
        self.mean += value;
        self
    }

    /// The same with a multiple of another mean of the same samples added.
    pub fn add(&mut self, factor: f64, other: &Adjusted) {
        self.mean += factor * other.mean;
        dense::add_scaled(&mut self.influences, factor, &other.influences);
        self.lost = self.lost.max(other.lost);
    }

    /// The covariance of two means of the same samples; not a number for fewer samples than it takes.
    pub fn covariance(&self, other: &Adjusted) -> f64 {
        let n = self.influences.len();
        let left = n.saturating_sub(self.lost.max(other.lost));
        if left == 0 {
            return f64::NAN;
        }
        let jackknife = (n - 1) as f64 / (n as f64).powi(3);
        dense::dot(&self.influences, &other.influences) * jackknife * larger(left)
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
