//! Constants of densities of matrices.

use libm::lgamma;

/// log of the multivariate gamma function.
pub fn log_gamma_of_matrices(r: usize, a: f64) -> f64 {
    let r = r as f64;
    let of = |i: usize| lgamma(a - 0.5 * i as f64);
    0.25 * r * (r - 1.0) * std::f64::consts::PI.ln() + (0..r as usize).map(of).sum::<f64>()
}

/// log of the integral of |R|^(shape - 1) over correlation matrices (Lewandowski, Kurowicka and Joe 2009).
pub fn log_integral_of_correlations(r: usize, shape: f64) -> f64 {
    let one = |k: usize| {
        let left = (r - k) as f64;
        let a = shape + 0.5 * (left - 1.0);
        left * ((2.0 * (shape - 1.0) + left) * std::f64::consts::LN_2 + 2.0 * lgamma(a) - lgamma(2.0 * a))
    };
    (1..r).map(one).sum()
}
