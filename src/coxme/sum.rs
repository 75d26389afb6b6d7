//! Sums with what rounding takes from them: rows enter and leave a risk set, and what is left may be orders below what has been there.

use crate::error::{Result, try_vec};

/// The sum and the error of a + b (Knuth's two-sum).
#[inline]
fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let sum = a + b;
    let shadow = sum - a;
    (sum, (a - (sum - shadow)) + (b - shadow))
}

/// A sum in two parts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sum {
    high: f64,
    low: f64,
}

impl Sum {
    #[inline]
    pub fn add(&mut self, x: f64) {
        let (sum, error) = two_sum(self.high, x);
        let low = self.low + error;
        self.high = sum + low;
        self.low = low - (self.high - sum);
    }

    #[inline]
    pub fn value(self) -> f64 {
        self.high
    }
}

/// Many of them.
pub struct Sums {
    pub values: Vec<f64>,
    low: Vec<f64>,
}

impl Sums {
    pub fn new(n: usize) -> Result<Self> {
        Ok(Sums { values: try_vec("sums over a risk set", 0.0, n)?, low: try_vec("sums over a risk set", 0.0, n)? })
    }

    pub fn clear(&mut self) {
        self.values.fill(0.0);
        self.low.fill(0.0);
    }

    #[inline]
    pub fn add(&mut self, k: usize, x: f64) {
        let mut sum = Sum { high: self.values[k], low: self.low[k] };
        sum.add(x);
        (self.values[k], self.low[k]) = (sum.high, sum.low);
    }

    /// Back to zero.
    #[inline]
    pub fn forget(&mut self, k: usize) {
        (self.values[k], self.low[k]) = (0.0, 0.0);
    }

    /// Adds a multiple of a vector.
    pub fn add_scaled(&mut self, a: f64, x: &[f64]) {
        for ((high, low), x) in self.values.iter_mut().zip(&mut self.low).zip(x) {
            let mut sum = Sum { high: *high, low: *low };
            sum.add(a * x);
            (*high, *low) = (sum.high, sum.low);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_come_and_gone_leaves_no_trace() {
        let mut sum = Sum::default();
        [1e-9, 1e16, 3.0, -1e16, -3.0].into_iter().for_each(|x| sum.add(x));
        assert!((sum.value() - 1e-9).abs() < 1e-15, "{}", sum.value());
        let mut sums = Sums::new(2).unwrap();
        sums.add_scaled(1e16, &[1.0, 2.0]);
        sums.add(1, 0.3);
        sums.add_scaled(-1e16, &[1.0, 2.0]);
        assert_eq!(sums.values, [0.0, 0.3]);
    }
}
