//! How the scores of an ordinal fit depend on its thresholds: with these the modes of the random effects move.

use crate::clmm::cell::{Cell, cell};
use crate::error::{Result, try_vec};
use crate::family::Order;
use crate::fit::Fit;

impl Fit {
    /// Minus the derivatives of the scores, per row of the fit, in the parameters of the thresholds and the nominal effects; none of a fit
    /// that is not ordinal.
    pub(super) fn threshold_columns(&self) -> Result<Vec<Vec<f64>>> {
        let Some((own, ordinal)) = self.generalised.as_ref().and_then(|own| Some((own, own.ordinal.as_ref()?))) else {
            return Ok(vec![]);
        };
        let (count, m) = (ordinal.categories.len() - 1, ordinal.alpha_names.len());
        let (y, weights) = (self.used(&self.y)?, self.weights.as_ref().map(|weights| self.used(weights)).transpose()?);
        let column = || try_vec("derivatives in the thresholds", 0.0, self.n_obs);
        let mut out: Vec<Vec<f64>> = own.psi.iter().map(|_| column()).collect::<Result<_>>()?;
        for i in 0..self.n_obs {
            let (psi, category) = (own.psi_of_row(i), y[i] as usize);
            let (rate, thresholds) = ((-psi[0]).exp(), &psi[1..]);
            let a = if category > 1 { rate * (thresholds[category - 2] - own.eta[i]) } else { f64::NEG_INFINITY };
            let b = thresholds.get(category - 1).map_or(f64::INFINITY, |theta| rate * (theta - own.eta[i]));
            let cell = cell(own.family.link(), Order::Gradient, a, b).unwrap_or(Cell::EMPTY);
            let factor = -rate * rate * weights.as_ref().map_or(1.0, |weights| weights[i]);
            for k in 0..m {
                let at = |there: bool, r: usize| if there { ordinal.jacobian[k * count + r] } else { 0.0 };
                let below = at(category > 1, category.wrapping_sub(2)) * cell.lower[1];
                let slope = factor * (below + at(category <= count, category - 1) * cell.upper[1]);
                out[k][i] = slope;
                ordinal.nominal_row(i).enumerate().for_each(|(c, x)| out[m + c * m + k][i] = slope * x);
            }
        }
        Ok(out)
    }
}
