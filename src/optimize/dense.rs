//! Cholesky factorisation of small dense matrices (column-major, as many rows as parameters).

/// L with A = L L'.
pub(super) struct Cholesky {
    n: usize,
    l: Vec<f64>,
}

impl Cholesky {
    /// `None` unless every pivot exceeds `smallest_pivot`. Only the lower triangle of `a` is read.
    pub fn new(a: &[f64], n: usize, smallest_pivot: f64) -> Option<Cholesky> {
        let mut l = vec![0.0; n * n];
        for j in 0..n {
            for i in j..n {
                let sum: f64 = a[i + j * n] - (0..j).map(|k| l[i + k * n] * l[j + k * n]).sum::<f64>();
                if i > j {
                    l[i + j * n] = sum / l[j + j * n];
                } else if sum > smallest_pivot {
                    l[j + j * n] = sum.sqrt();
                } else {
                    return None;
                }
            }
        }
        Some(Cholesky { n, l })
    }

    pub fn identity(n: usize) -> Cholesky {
        Cholesky { n, l: (0..n * n).map(|e| f64::from(u8::from(e % (n + 1) == 0))).collect() }
    }

    /// v becomes L^-1 v.
    pub fn solve_lower(&self, v: &mut [f64]) {
        for i in 0..self.n {
            let sum: f64 = (0..i).map(|k| self.l[i + k * self.n] * v[k]).sum();
            v[i] = (v[i] - sum) / self.l[i + i * self.n];
        }
    }

    /// v becomes L'^-1 v.
    pub fn solve_upper(&self, v: &mut [f64]) {
        for i in (0..self.n).rev() {
            let sum: f64 = (i + 1..self.n).map(|k| self.l[k + i * self.n] * v[k]).sum();
            v[i] = (v[i] - sum) / self.l[i + i * self.n];
        }
    }
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[cfg(test)]
mod tests {
    use super::Cholesky;

    #[test]
    fn solves_and_refuses_what_is_not_positive_definite() {
        let a = [4.0, 2.0, 1.0, 2.0, 5.0, 3.0, 1.0, 3.0, 6.0];
        let x = [1.0, -2.0, 0.5];
        let mut b: Vec<f64> = (0..3).map(|i| (0..3).map(|j| a[i + 3 * j] * x[j]).sum()).collect();
        let factor = Cholesky::new(&a, 3, 0.0).unwrap();
        factor.solve_lower(&mut b);
        factor.solve_upper(&mut b);
        assert!(b.iter().zip(x).all(|(b, x)| (b - x).abs() < 1e-15));
        assert!(Cholesky::new(&[1.0, 1.0, 1.0, 1.0], 2, 0.0).is_none());
        assert!(Cholesky::new(&[f64::NAN], 1, 0.0).is_none());
    }
}
