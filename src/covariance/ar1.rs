//! First-order autoregression: effects at equally spaced occasions, corr_ij = rho^|i-j|, rho in [-1, 1].

use super::angle::{Angle, Jet};
use super::correlated::{Correlation, SINGULAR};

pub(super) struct Ar1;

impl Correlation for Ar1 {
    fn name(&self) -> &'static str {
        "ar1"
    }

    fn lower(&self, _r: usize) -> f64 {
        -1.0
    }

    fn informs(&self, i: usize, j: usize) -> bool {
        i == j + 1
    }

    /// First column rho^i, the others rho^(i-j) sqrt(1 - rho^2).
    fn element(&self, _r: usize, angle: &Angle, i: usize, j: usize) -> Jet {
        let power = angle.rho.powi(i - j);
        if j == 0 { power } else { power * angle.from_upper * angle.from_lower }
    }

    /// e_i = (b_i - rho b_(i-1)) / sqrt(1 - rho^2).
    fn inverse_row(&self, _r: usize, angle: &Angle, _i: usize) -> Option<(Jet, Jet)> {
        let root = angle.from_upper * angle.from_lower;
        // 1 - rho^2.
        if root.value * root.value < SINGULAR {
            return None;
        }
        let own = root.recip();
        Some((own, (own * angle.rho).scale(-1.0)))
    }
}
