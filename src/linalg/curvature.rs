//! The curvature of a criterion at its minimum, as the covariance that it gives: Newton's step, and the covariance if the curvature changes.
//!
//! ```text
//! V = R R' = 2 H^-1,   step = -H^-1 g = -R R'g / 2,   2 (H + D)^-1 = R (I + R'D R / 2)^-1 R'
//! ```
//!
//! R has no part in parameters that are held, as those at a boundary: no step moves them.

use super::dense::{cholesky, dot_in_order as dot, semidefinite_cholesky, solve_lower, symmetric_eigen};

/// Of the Hessian scaled to a unit diagonal, curvature that is none.
const FLAT: f64 = 1e-9;

/// The curvature in n parameters.
#[derive(Clone, Debug)]
pub struct Curvature {
    n: usize,
    /// R `[n, k]`.
    root: Vec<f64>,
}

impl Curvature {
    /// From 2 H^-1 `[n, n]`; parameters with a variance that is no number are held.
    pub fn of_covariance(covariance: &[f64]) -> Self {
        let n = covariance.len().isqrt();
        let known: Vec<usize> = (0..n).filter(|j| covariance[j * (n + 1)].is_finite()).collect();
        let k = known.len();
        // Of correlations: a parameter of small variance is not one of none.
        let sd: Vec<f64> = known.iter().map(|j| covariance[j * (n + 1)].sqrt()).collect();
        let scaled = |e: usize| match sd[e % k] * sd[e / k] {
            0.0 => 0.0,
            size => covariance[known[e / k] * n + known[e % k]] / size,
        };
        let own = semidefinite_cholesky(k, &(0..k * k).map(scaled).collect::<Vec<_>>());
        let mut root = vec![0.0; n * k];
        for (c, column) in root.chunks_exact_mut(n.max(1)).enumerate() {
            known.iter().enumerate().for_each(|(a, j)| column[*j] = sd[a] * own[c * k + a]);
        }
        Curvature { n, root }
    }

    /// From H `[n, n]`; parameters that are not free are held, and so are directions in which it does not curve upwards. None where it has
    /// no numbers.
    pub fn of_hessian(hessian: &[f64], free: &[bool]) -> Option<Self> {
        let n = free.len();
        let known: Vec<usize> = (0..n).filter(|j| free[*j] && hessian[j * (n + 1)] > 0.0).collect();
        let k = known.len();
        let scale: Vec<f64> = known.iter().map(|j| hessian[j * (n + 1)].sqrt().recip()).collect();
        let scaled: Vec<f64> = (0..k * k).map(|e| hessian[known[e / k] * n + known[e % k]] * scale[e % k] * scale[e / k]).collect();
        let (values, vectors) = symmetric_eigen(k, &scaled)?;
        let mut root = vec![];
        for (value, v) in values.iter().zip(vectors.chunks_exact(k.max(1))).filter(|(value, _)| **value > FLAT) {
            let mut column = vec![0.0; n];
            known.iter().zip(v).zip(&scale).for_each(|((j, v), scale)| column[*j] = (2.0 / value).sqrt() * v * scale);
            root.extend(column);
        }
        Some(Curvature { n, root })
    }

    fn columns(&self) -> std::slice::ChunksExact<'_, f64> {
        self.root.chunks_exact(self.n.max(1))
    }

    /// Newton's step for a gradient.
    pub fn step(&self, gradient: &[f64]) -> Vec<f64> {
        let mut step = vec![0.0; self.n];
        for column in self.columns() {
            let share = -0.5 * dot(column, gradient);
            step.iter_mut().zip(column).for_each(|(s, r)| *s += share * r);
        }
        step
    }

    /// M with M M' = 2 (H + D)^-1, `[n, k]`; `None` where H + D is not positive definite.
    pub fn changed(&self, by: &[f64]) -> Option<Vec<f64>> {
        let (n, k) = (self.n, self.root.len() / self.n.max(1));
        let image = |column: &[f64]| -> Vec<f64> { (0..n).map(|i| (0..n).map(|j| by[j * n + i] * column[j]).sum()).collect() };
        let images: Vec<Vec<f64>> = self.columns().map(image).collect();
        let mut inner: Vec<f64> = vec![];
        for (b, image) in images.iter().enumerate() {
            inner.extend(self.columns().enumerate().map(|(a, column)| f64::from(u8::from(a == b)) + 0.5 * dot(column, image)));
        }
        if inner.iter().any(|v| !v.is_finite()) || cholesky(k, &mut inner).is_err() {
            return None;
        }
        // M' = L^-1 R', row by row of R.
        let mut out = vec![0.0; n * k];
        for i in 0..n {
            let mut row: Vec<f64> = self.columns().map(|column| column[i]).collect();
            solve_lower(k, &inner, &mut row);
            row.iter().enumerate().for_each(|(c, v)| out[c * n + i] = *v);
        }
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::dense::inverse;

    /// H of three parameters in very different units, of which the second is held.
    #[test]
    fn steps_and_changed_covariances_by_hand() {
        let hessian = [4e8, 3.0, 3.0, 2e-6];
        let covariance: Vec<f64> = inverse(2, &hessian).iter().map(|v| 2.0 * v).collect();
        let nan = f64::NAN;
        let all = [covariance[0], nan, covariance[1], nan, nan, nan, covariance[2], nan, covariance[3]];
        let own = Curvature::of_covariance(&all);
        let step = own.step(&[2e4, 7.0, 1e-3]);
        let image = |a: f64, b: f64| [hessian[0] * a + hessian[2] * b, hessian[1] * a + hessian[3] * b];
        let back = image(step[0], step[2]);
        assert!((back[0] + 2e4).abs() < 1e-8 * 2e4 && (back[1] + 1e-3).abs() < 1e-11 && step[1] == 0.0);
        let all = [hessian[0], 0.0, hessian[1], 0.0, 9.0, 0.0, hessian[2], 0.0, hessian[3]];
        let same = Curvature::of_hessian(&all, &[true, false, true]).unwrap().step(&[2e4, 7.0, 1e-3]);
        assert!(step.iter().zip(&same).all(|(a, b)| (a - b).abs() <= 1e-9 * a.abs()));
        let by = [1e8, 5.0, -1.0, 5.0, 9.0, 5.0, -1.0, 5.0, 1e-6];
        let root = own.changed(&by).unwrap();
        let want: Vec<f64> = inverse(2, &[5e8, 2.0, 2.0, 3e-6]).iter().map(|v| 2.0 * v).collect();
        let got = |i: usize, j: usize| root.chunks_exact(3).map(|column| column[i] * column[j]).sum::<f64>();
        for (place, want) in [(0, 0), (2, 0), (0, 2), (2, 2)].into_iter().zip(want) {
            assert!((got(place.0, place.1) / want - 1.0).abs() < 1e-9, "{place:?}");
        }
        assert!(got(1, 1) == 0.0);
        assert!(own.changed(&[-5e8, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]).is_none());
    }
}
