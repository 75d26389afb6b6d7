//! Gauss-Hermite nodes for the standard normal density, and grids of them.

use crate::error::{Error, Result};
use crate::linalg::dense;

/// The most nodes of a grid.
const MOST: usize = 10_000;
const POLISH: usize = 3;

/// Nodes z_k `[nodes, dimension]`, row by row, with log(weight) + z_k'z_k / 2.
#[derive(Clone, Debug)]
pub struct Grid {
    pub dimension: usize,
    pub nodes: Vec<f64>,
    pub log_weights: Vec<f64>,
}

impl Grid {
    /// All combinations of `points` nodes in each of up to three dimensions.
    pub fn new(points: usize, dimension: usize) -> Result<Grid> {
        let count = points.checked_pow(dimension as u32).filter(|c| *c <= MOST && dimension <= 3);
        let Some(count) = count else {
            return Err(Error::argument(format!(
                "nagq: {points} points in each of {dimension} dimensions are too many; there may be 3 dimensions and {MOST} points in all"
            )));
        };
        let (z, log_weights) = rule(points)?;
        let mut grid = Grid { dimension, nodes: Vec::with_capacity(count * dimension), log_weights: Vec::with_capacity(count) };
        for k in 0..count {
            let (mut rest, mut log_weight) = (k, 0.0);
            for _ in 0..dimension {
                grid.nodes.push(z[rest % points]);
                log_weight += log_weights[rest % points];
                rest /= points;
            }
            grid.log_weights.push(log_weight);
        }
        Ok(grid)
    }

    /// Nodes that don't move with the likelihood: those of the weight exp(-u^2), z / sqrt 2, as R's ordinal has them. The rule is exact where
    /// exp(u^2/2) times the likelihood is a polynomial: likelihoods are narrower than the density of the random effects more often than
    /// they are wider.
    pub fn fixed(points: usize, dimension: usize) -> Result<Grid> {
        let mut grid = Grid::new(points, dimension)?;
        grid.nodes.iter_mut().for_each(|z| *z *= std::f64::consts::FRAC_1_SQRT_2);
        // W' = W exp(z^2/4) / sqrt 2 in each dimension, and z^2/2 = u^2.
        let shift = 0.5 * dimension as f64 * std::f64::consts::LN_2;
        grid.log_weights.iter_mut().for_each(|w| *w -= shift);
        Ok(grid)
    }

    pub fn len(&self) -> usize {
        self.log_weights.len()
    }

    /// log W_k.
    pub fn log_weight(&self, k: usize) -> f64 {
        self.log_weights[k] - 0.5 * self.node(k).iter().map(|z| z * z).sum::<f64>()
    }

    pub fn node(&self, k: usize) -> &[f64] {
        &self.nodes[k * self.dimension..(k + 1) * self.dimension]
    }
}

/// Nodes by the eigenvalues of the Jacobi matrix (Golub and Welsch 1969), polished by Newton's method; the weight of a node is the inverse
/// of the sum of its squared orthonormal polynomials.
fn rule(points: usize) -> Result<(Vec<f64>, Vec<f64>)> {
    let mut jacobi = vec![0.0; points * points];
    for k in 1..points {
        jacobi[k * points + k - 1] = (k as f64).sqrt();
        jacobi[(k - 1) * points + k] = (k as f64).sqrt();
    }
    let Some((mut nodes, _)) = dense::symmetric_eigen(points, &jacobi) else {
        return Err(Error::numeric("the quadrature nodes were not found"));
    };
    let mut log_weights = Vec::with_capacity(points);
    for z in &mut nodes {
        for _ in 0..POLISH {
            let (last, before, _) = polynomials(points, *z);
            // The derivative of the orthonormal polynomial p_n is sqrt(n) p_(n-1).
            *z -= last / ((points as f64).sqrt() * before);
        }
        let (.., squares) = polynomials(points, *z);
        log_weights.push(-squares.ln() + 0.5 * *z * *z);
    }
    Ok((nodes, log_weights))
}

/// p_n(z), p_(n-1)(z), and the sum of squares of p_0 to p_(n-1): polynomials that are orthonormal under the standard normal density.
fn polynomials(n: usize, z: f64) -> (f64, f64, f64) {
    let (mut before, mut here, mut squares) = (0.0, 1.0, 0.0);
    for k in 0..n {
        squares += here * here;
        let next = (z * here - (k as f64).sqrt() * before) / ((k + 1) as f64).sqrt();
        (before, here) = (here, next);
    }
    (here, before, squares)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A rule of n points integrates polynomials to degree 2 n - 1: moments of the standard normal distribution.
    #[test]
    fn moments_are_exact() {
        for points in [1, 2, 5, 9, 25, 100] {
            let grid = Grid::new(points, 1).unwrap();
            let moment = |m: i32| -> f64 {
                (0..points).map(|k| (grid.log_weights[k] - 0.5 * grid.nodes[k].powi(2)).exp() * grid.nodes[k].powi(m)).sum()
            };
            let mut double_factorial = 1.0;
            for m in 0..points.min(10) {
                if m > 0 {
                    double_factorial *= (2 * m - 1) as f64;
                }
                let seen = moment(2 * m as i32);
                assert!((seen / double_factorial - 1.0).abs() < 1e-12, "{points} points, moment {}: {seen}", 2 * m);
                assert!(moment(2 * m as i32 + 1).abs() < 1e-11 * double_factorial.max(1.0));
            }
        }
    }

    #[test]
    fn a_grid_has_all_combinations() {
        let grid = Grid::new(3, 2).unwrap();
        assert_eq!(grid.len(), 9);
        assert!(grid.node(4).iter().all(|z| z.abs() < 1e-15), "the middle of the grid is at {:?}", grid.node(4));
        let total: f64 = (0..9).map(|k| (grid.log_weights[k] - 0.5 * grid.node(k).iter().map(|z| z * z).sum::<f64>()).exp()).sum();
        assert!((total - 1.0).abs() < 1e-14);
        assert!(Grid::new(30, 3).unwrap_err().message.contains("nagq"));
        assert!(Grid::new(2, 4).is_err());
    }
}
