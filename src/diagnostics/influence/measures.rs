//! How far estimates without a case are from those of all rows.

use crate::fit::Fit;
use crate::linalg::dense::{cholesky, dot_in_order as dot, solve_upper};
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
        let root = if fit.is_linear() { fit.fixed.root.clone() } else { upper_root(&fit.fixed.vcov) };
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

/// U with U U' a covariance `[p, p]`: numbers that are none where it is not positive definite.
pub(super) fn upper_root(vcov: &[f64]) -> Vec<f64> {
    let p = vcov.len().isqrt();
    // The lower factor in the opposite order, of correlations.
    let sd: Vec<f64> = (0..p).map(|j| vcov[j * (p + 1)].sqrt()).collect();
    let back = |e: usize| (p - 1 - e % p, p - 1 - e / p);
    let scaled = |(i, j): (usize, usize)| vcov[j * p + i] / (sd[i] * sd[j]);
    let mut lower: Vec<f64> = (0..p * p).map(|e| scaled(back(e))).collect();
    if cholesky(p, &mut lower).is_err() {
        return vec![f64::NAN; p * p];
    }
    let entry = |e: usize| {
        let (i, j) = (e % p, e / p);
        if i <= j { sd[i] * lower[(p - 1 - j) * p + p - 1 - i] } else { 0.0 }
    };
    (0..p * p).map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_upper_triangular_and_one_of_the_covariance() {
        let vcov = [4.0, 1.0, 0.5, 1.0, 3.0, -0.5, 0.5, -0.5, 2e-6];
        let vcov: Vec<f64> = vcov.iter().enumerate().map(|(e, v)| if e % 3 == 2 || e / 3 == 2 { v * 1e-3 } else { *v }).collect();
        let mut vcov = vcov;
        vcov[8] = 2e-6;
        let root = upper_root(&vcov);
        assert!(root[1] == 0.0 && root[2] == 0.0 && root[5] == 0.0);
        for e in 0..9 {
            let got: f64 = (0..3).map(|a| root[a * 3 + e % 3] * root[a * 3 + e / 3]).sum();
            assert!((got - vcov[e]).abs() < 1e-14 * vcov[e % 3 * 4].sqrt() * vcov[e / 3 * 4].sqrt() * 10.0, "{e}: {got}");
        }
        assert!(upper_root(&[1.0, 2.0, 2.0, 1.0]).iter().all(|v| v.is_nan()));
    }
}
