//! Compound symmetry: all correlations equal rho, rho in [-1/(r-1), 1].

use super::angle::{Angle, Jet};
use super::correlated::Correlation;

pub(super) struct CompoundSymmetry;

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
        let after = |k: usize| Jet::constant(1.0) + rho.scale(k as f64);
        let common = angle.from_upper * after(j - 1).inverse_root();
        if i > j {
            common * rho * after(j).inverse_root()
        } else if j == r - 1 {
            common * angle.from_lower.scale(((r - 1) as f64).sqrt())
        } else {
            common * after(j) * after(j).inverse_root()
        }
    }
}
