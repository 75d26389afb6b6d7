//! The quadratic model of the objective at a point: solves with a positive semidefinite, possibly singular, Hessian.

use crate::linalg::dense::{Cholesky, dot_in_order as dot};

/// First ridge tried, relative to a unit diagonal: far below curvature that matters, and far enough above rounding that steps
/// along flat directions (rounding / ridge) stay small.
const RIDGE: f64 = 1e-10;
/// Ridges tried, each a hundred times the one before: up to 1e28.
const MOST_RIDGES: usize = 20;

/// H = D (L L') D, D diagonal, with a ridge where H is singular.
pub(super) struct Quadratic {
    /// The diagonal of D.
    scale: Vec<f64>,
    factor: Cholesky,
}

impl Quadratic {
    /// The model of a positive semidefinite Hessian (n x n).
    pub fn new(hessian: &[f64]) -> Quadratic {
        let scale = scale(hessian);
        let scaled = scaled(hessian, &scale);
        let n = scale.len();
        let ridges = std::iter::successors(Some(RIDGE), |ridge| Some(100.0 * ridge)).take(MOST_RIDGES);
        // A ridge above the row sums makes a matrix of numbers positive definite. What holds none says nothing of curvature.
        let factor = ridges.into_iter().find_map(|ridge| factorize(&scaled, n, ridge)).unwrap_or_else(|| Cholesky::identity(n));
        Quadratic { scale, factor }
    }

    /// The model with a Hessian that may be indefinite; `None` if it is not safely positive definite.
    pub fn corrected(hessian: &[f64], correction: &[f64]) -> Option<Quadratic> {
        let scale = scale(hessian);
        let sum: Vec<f64> = hessian.iter().zip(correction).map(|(h, c)| h + c).collect();
        let factor = factorize(&scaled(&sum, &scale), scale.len(), 0.0)?;
        Some(Quadratic { scale, factor })
    }

    /// L^-1 D^-1 v: coordinates in which the Hessian is the identity, for gradients.
    pub fn whiten_gradient(&self, v: &mut [f64]) {
        for (v, s) in v.iter_mut().zip(&self.scale) {
            *v /= s;
        }
        self.factor.solve_lower(v);
    }

    /// The step in parameters of a step in those coordinates.
    pub fn unwhiten_step(&self, v: &mut [f64]) {
        self.factor.solve_upper(v);
        for (v, s) in v.iter_mut().zip(&self.scale) {
            *v /= s;
        }
    }

    /// -H^-1 g.
    pub fn newton_step(&self, gradient: &[f64]) -> Vec<f64> {
        let mut step: Vec<f64> = gradient.iter().map(|g| -g).collect();
        self.whiten_gradient(&mut step);
        self.unwhiten_step(&mut step);
        step
    }

    /// g' H^-1 g, twice the decrease that the model promises.
    pub fn decrement(&self, gradient: &[f64]) -> f64 {
        let mut v = gradient.to_vec();
        self.whiten_gradient(&mut v);
        dot(&v, &v)
    }
}

/// Square roots of the diagonal; 1 where it is zero, which leaves zero rows zero.
pub(super) fn scale(hessian: &[f64]) -> Vec<f64> {
    let n = hessian.len().isqrt();
    let root = |i: usize| hessian[i * (n + 1)].max(0.0).sqrt();
    (0..n).map(|i| if root(i) > 0.0 { root(i) } else { 1.0 }).collect()
}

/// D^-1 H D^-1.
fn scaled(hessian: &[f64], scale: &[f64]) -> Vec<f64> {
    let n = scale.len();
    (0..n * n).map(|k| hessian[k] / scale[k % n] / scale[k / n]).collect()
}

fn factorize(scaled: &[f64], n: usize, ridge: f64) -> Option<Cholesky> {
    let mut a = scaled.to_vec();
    for i in 0..n {
        a[i * (n + 1)] += ridge;
    }
    Cholesky::new(&a, n, 0.1 * RIDGE)
}
