//! Kenward and Roger's method by matrices of all rows, from the formulas of their paper (1997), with numerical derivatives of V.

use crate::common::derivative;
use interlace::linalg::dense;

/// A covariance of the rows as a function of its parameters.
pub type Covariance<'a> = &'a dyn Fn(&[f64]) -> Vec<f64>;

pub struct Dense {
    p: usize,
    /// Cov(beta), unadjusted and adjusted.
    pub phi: Vec<f64>,
    pub adjusted: Vec<f64>,
    /// The covariance of the parameters.
    w: Vec<f64>,
    /// X'(dV^-1)X.
    first: Vec<Vec<f64>>,
}

fn product(n: usize, a: &[f64], b: &[f64]) -> Vec<f64> {
    let (k, m) = (a.len() / n, b.len() / (a.len() / n));
    let mut out = vec![0.0; n * m];
    dense::multiply_add(n, k, m, 1.0, a, b, &mut out);
    out
}

fn transposed(n: usize, a: &[f64]) -> Vec<f64> {
    let m = a.len() / n;
    (0..a.len()).map(|e| a[(e / m) + n * (e % m)]).collect()
}

fn trace(n: usize, a: &[f64], b: &[f64]) -> f64 {
    (0..n * n).map(|e| a[e] * b[(e % n) * n + e / n]).sum()
}

/// Of a difference, relative to its parameter's size.
fn step(parameter: f64) -> f64 {
    1e-3 * parameter.abs().max(0.1)
}

/// At the parameters `at`; `curvature` is whether second derivatives of V count.
pub fn kenward_roger(n: usize, x: &[f64], v: Covariance<'_>, at: &[f64], curvature: bool) -> Dense {
    let (p, k) = (x.len() / n, at.len());
    let inverse = dense::inverse(n, &v(at));
    let y = product(n, &inverse, x);
    let (xt, yt) = (transposed(n, x), transposed(n, &y));
    let phi = dense::inverse(p, &product(p, &xt, &y));
    let slopes: Vec<Vec<f64>> = (0..k).map(|i| derivative(at, i, step(at[i]), &mut |at| v(at))).collect();
    // V^-1 V_i, V_i V^-1 X.
    let left: Vec<Vec<f64>> = slopes.iter().map(|s| product(n, &inverse, s)).collect();
    let image: Vec<Vec<f64>> = slopes.iter().map(|s| product(n, s, &y)).collect();
    let first: Vec<Vec<f64>> = image.iter().map(|s| product(p, &yt, s).iter().map(|v| -v).collect()).collect();
    let second = |i: usize, j: usize| product(p, &transposed(n, &image[i]), &product(n, &inverse, &image[j]));
    let both = |i: usize, j: usize| product(p, &first[i], &product(p, &phi, &first[j]));
    let mut information = vec![0.0; k * k];
    for j in 0..k {
        for i in 0..k {
            let own = trace(n, &left[i], &left[j]) - 2.0 * trace(p, &phi, &second(i, j)) + trace(p, &phi, &both(i, j));
            information[j * k + i] = 0.5 * own;
        }
    }
    let w = dense::inverse(k, &information);
    let mut bracket = vec![0.0; p * p];
    for j in 0..k {
        for i in 0..k {
            let (q, pp) = (second(i, j), both(i, j));
            let r = if curvature {
                let vij = derivative(at, i, step(at[i]), &mut |at| derivative(at, j, step(at[j]), &mut |at| v(at)));
                product(p, &yt, &product(n, &vij, &y))
            } else {
                vec![0.0; p * p]
            };
            (0..p * p).for_each(|e| bracket[e] += w[j * k + i] * (q[e] - pp[e] - 0.25 * r[e]));
        }
    }
    let outer = product(p, &phi, &product(p, &bracket, &phi));
    let adjusted = (0..p * p).map(|e| phi[e] + outer[e] + outer[(e % p) * p + e / p]).collect();
    Dense { p, phi, adjusted, w, first }
}

impl Dense {
    /// Denominator and scaling of the test of L beta, rows of L given one after the other.
    pub fn approximate(&self, rows: &[Vec<f64>]) -> (f64, f64) {
        let (p, q, k) = (self.p, rows.len(), self.first.len());
        let lt: Vec<f64> = rows.concat();
        let l = transposed(p, &lt);
        let middle = dense::inverse(q, &product(q, &l, &product(p, &self.phi, &lt)));
        let theta = product(p, &lt, &product(q, &middle, &l));
        let u: Vec<Vec<f64>> =
            (0..k).map(|i| product(p, &theta, &product(p, &self.phi, &product(p, &self.first[i], &self.phi)))).collect();
        let single = |i: usize| (0..p).map(|a| u[i][a * p + a]).sum::<f64>();
        let (mut a1, mut a2) = (0.0, 0.0);
        for j in 0..k {
            for i in 0..k {
                a1 += self.w[j * k + i] * single(i) * single(j);
                a2 += self.w[j * k + i] * trace(p, &u[i], &u[j]);
            }
        }
        let q = q as f64;
        let b = (a1 + 6.0 * a2) / (2.0 * q);
        let g = ((q + 1.0) * a1 - (q + 4.0) * a2) / ((q + 2.0) * a2);
        let d = 3.0 * q + 2.0 * (1.0 - g);
        // Moments of F (Kenward & Roger 1997, section 3).
        let e = 1.0 / (1.0 - a2 / q);
        let variance = 2.0 / q * (1.0 + g / d * b) / ((1.0 - (q - g) / d * b).powi(2) * (1.0 - (q + 2.0 - g) / d * b));
        let rho = variance / (2.0 * e * e);
        let m = 4.0 + (q + 2.0) / (q * rho - 1.0);
        (m, m / (e * (m - 2.0)))
    }
}
