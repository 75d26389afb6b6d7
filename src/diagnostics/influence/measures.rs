//! How far estimates without a case are from those of all rows.

use crate::fit::Fit;
use crate::linalg::dense::{dot_in_order as dot, solve_upper};
use crate::resample::Refit;

/// The fixed effects of all rows, and an upper triangular root of their covariance `[p, p]`.
pub(super) struct Reference {
    pub beta: Vec<f64>,
    pub root: Vec<f64>,
}

/// What was estimated without a case.
pub(super) struct Without {
    pub estimates: Refit,
    /// An upper triangular root of the covariance of its fixed effects `[p, p]`.
    pub root: Vec<f64>,
    /// Twice what the log-likelihood of all rows loses there.
    pub displacement: f64,
}

/// Or that a fixed effect is not estimable without the case, by its name.
pub(super) enum Found {
    Estimates(Without),
    RankLost(String),
}

/// What a case does to the estimates.
#[derive(Clone, Debug)]
pub struct Measures {
    pub cooks_distance: f64,
    pub mdffits: f64,
    pub covtrace: f64,
    pub covratio: f64,
    pub displacement: f64,
    /// For each fixed effect of the mean: the estimate of all rows less that without the case, in standard errors without it.
    pub dfbetas: Vec<f64>,
    /// All estimates without the case, in the order of the names.
    pub estimates: Vec<f64>,
    pub converged: bool,
    pub singular: bool,
}

impl Reference {
    pub fn of(fit: &Fit) -> Self {
        // That of a linear model is upper triangular as it is, and has more digits than its square.
        let root = if fit.is_linear() { fit.fixed.root.clone() } else { upper_root(&fit.fixed.root, fit.fixed.names.len()) };
        Reference { beta: fit.fixed.estimate.clone(), root }
    }

    /// The measures that compare fixed effects and their covariances, of no displacement and no estimates yet.
    pub fn measures(&self, beta: &[f64], root: &[f64]) -> Measures {
        let p = self.beta.len();
        let shift: Vec<f64> = self.beta.iter().zip(beta).map(|(all, own)| all - own).collect();
        let distance = |root: &[f64]| {
            let mut v = shift.clone();
            solve_upper(p, root, &mut v);
            dot(&v, &v) / p as f64
        };
        let mut trace = 0.0;
        for column in root.chunks_exact(p.max(1)) {
            let mut column = column.to_vec();
            solve_upper(p, &self.root, &mut column);
            trace += dot(&column, &column);
        }
        let ratio: f64 = (0..p).map(|j| root[j * (p + 1)] / self.root[j * (p + 1)]).product();
        let std_error = |j: usize| (j..p).map(|a| root[a * p + j].powi(2)).sum::<f64>().sqrt();
        Measures {
            cooks_distance: distance(&self.root),
            mdffits: distance(root),
            covtrace: (trace - p as f64).abs(),
            covratio: ratio * ratio,
            displacement: f64::NAN,
            dfbetas: (0..p).map(|j| shift[j] / std_error(j)).collect(),
            estimates: vec![],
            converged: true,
            singular: false,
        }
    }
}

/// U, upper triangular, with U U' = R R' for R `[p, k]`: numbers that are none where that is not positive definite. Rows are made orthonormal
/// from the last up (Gram-Schmidt, twice), so that nothing cancels where columns are far from zero and R R' has lost what is left.
pub(super) fn upper_root(root: &[f64], p: usize) -> Vec<f64> {
    let mut upper = vec![0.0; p * p];
    let mut basis: Vec<Vec<f64>> = vec![vec![]; p];
    for i in (0..p).rev() {
        let mut row: Vec<f64> = root.iter().skip(i).step_by(p).copied().collect();
        let size = dot(&row, &row).sqrt();
        for _ in 0..2 {
            for j in (i + 1..p).rev() {
                let share = dot(&row, &basis[j]);
                upper[j * p + i] += share;
                row.iter_mut().zip(&basis[j]).for_each(|(x, q)| *x -= share * q);
            }
        }
        let left = dot(&row, &row).sqrt();
        // Also where it is no number.
        if left.is_nan() || left <= f64::EPSILON * size {
            return vec![f64::NAN; p * p];
        }
        upper[i * p + i] = left;
        row.iter_mut().for_each(|x| *x /= left);
        basis[i] = row;
    }
    upper
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::dense::semidefinite_cholesky;

    #[test]
    fn the_root_is_upper_triangular_and_one_of_the_covariance() {
        let vcov = [4.0, 1.0, 0.5, 1.0, 3.0, -0.5, 0.5, -0.5, 2e-6];
        let vcov: Vec<f64> = vcov.iter().enumerate().map(|(e, v)| if e % 3 == 2 || e / 3 == 2 { v * 1e-3 } else { *v }).collect();
        let mut vcov = vcov;
        vcov[8] = 2e-6;
        let root = upper_root(&semidefinite_cholesky(3, &vcov), 3);
        assert!(root[1] == 0.0 && root[2] == 0.0 && root[5] == 0.0);
        for e in 0..9 {
            let got: f64 = (0..3).map(|a| root[a * 3 + e % 3] * root[a * 3 + e / 3]).sum();
            assert!((got - vcov[e]).abs() < 1e-14 * vcov[e % 3 * 4].sqrt() * vcov[e / 3 * 4].sqrt() * 10.0, "{e}: {got}");
        }
        assert!(upper_root(&[1.0, 2.0, 2.0, 4.0], 2).iter().all(|v| v.is_nan()));
        assert!(upper_root(&[1.0, f64::NAN, 0.0, 1.0], 2).iter().all(|v| v.is_nan()));
    }
}
