//! Compound symmetry: all correlations equal rho, rho in [-1/(r-1), 1].

use super::angle::{Angle, Jet};
use super::correlated::{Correlation, SINGULAR};

pub(super) struct CompoundSymmetry;

/// 1 + k rho.
fn after(rho: Jet, k: usize) -> Jet {
    Jet::constant(1.0) + rho.scale(k as f64)
}

impl Correlation for CompoundSymmetry {
    fn name(&self) -> &'static str {
        "cs"
    }

    fn lower(&self, r: usize) -> f64 {
        -1.0 / (r - 1) as f64
    }

    fn informs(&self, _i: usize, _j: usize) -> bool {
        true
    }

    /// Eliminating j effects leaves (1 - rho) (I + rho / (1 + (j-1) rho) 11'), hence, for j > 0,
    /// L_jj = sqrt((1 - rho) (1 + j rho) / (1 + (j-1) rho)) and L_ij = rho sqrt(1 - rho) / sqrt((1 + (j-1) rho) (1 + j rho)).
    /// Only 1 - rho and 1 + (r-1) rho = (r-1) (rho - lower) vanish in the interval.
    fn element(&self, r: usize, angle: &Angle, i: usize, j: usize) -> Jet {
        let rho = angle.rho;
        if j == 0 {
            return if i == 0 { Jet::constant(1.0) } else { rho };
        }
        let common = angle.from_upper * after(rho, j - 1).inverse_root();
        if i > j {
            common * rho * after(rho, j).inverse_root()
        } else if j == r - 1 {
            common * angle.from_lower.scale(((r - 1) as f64).sqrt())
        } else {
            common * after(rho, j) * after(rho, j).inverse_root()
        }
    }

    fn has_markov_sums(&self) -> bool {
        true
    }

    /// x_i = (mean of x_i given s = s_(i-1), rho s / (1 + (i-1) rho)) + L_ii e_i, hence L_ii e_i = s_i - s (1 + i rho) / (1 + (i-1) rho).
    fn inverse_row(&self, r: usize, angle: &Angle, i: usize) -> Option<(Jet, Jet)> {
        let least = (r - 1) as f64 * angle.from_lower.value * angle.from_lower.value;
        if angle.from_upper.value * angle.from_upper.value < SINGULAR || least < SINGULAR {
            return None;
        }
        let own = self.element(r, angle, i, i).recip();
        Some((own, (own * after(angle.rho, i) * after(angle.rho, i - 1).recip()).scale(-1.0)))
    }
}
