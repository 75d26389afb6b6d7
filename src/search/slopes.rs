//! How theta moves with working parameters.

/// d theta_i / d working_j `[n, n]` of the first n working parameters, by differences, which are exact where it is linear.
pub fn theta_slopes(working: &[f64], n: usize, theta: &dyn Fn(&[f64]) -> Vec<f64>) -> Vec<f64> {
    let mut out = vec![0.0; n * n];
    for j in 0..n {
        let step = 1e-6 * working[j].abs().max(1e-2);
        let mut at = working.to_vec();
        at[j] = working[j] + step;
        let up = theta(&at);
        at[j] = working[j] - step;
        let down = theta(&at);
        for i in 0..n {
            out[j * n + i] = (up[i] - down[i]) / (2.0 * step);
        }
    }
    out
}
