//! What a prediction of a row depends on: its linear predictors and the family's parameters.

use crate::family::MAX_PARAMETERS;
use crate::family::special::expit;
use crate::fit::Generalised;

/// The places of the predictors of mean, zero part and dispersion in a point; the family's parameters (working scale) follow.
pub const MEAN: usize = 0;
pub const ZERO: usize = 1;
pub const DISPERSION: usize = 2;
pub const PSI: usize = 3;
pub const COORDINATES: usize = PSI + MAX_PARAMETERS;

/// What a prediction depends on.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    pub at: [f64; COORDINATES],
    /// Variances of the random effects of each predictor that are integrated out.
    pub variance: [f64; 3],
}

/// The family's parameters, the first of them by its predictor where it has one.
pub fn psi_of(own: &Generalised, point: &Point) -> [f64; MAX_PARAMETERS] {
    let mut psi = [0.0; MAX_PARAMETERS];
    psi.copy_from_slice(&point.at[PSI..]);
    if own.dispersion.is_some() {
        psi[0] = point.at[DISPERSION];
    }
    psi
}

pub fn psi_used<'p>(own: &Generalised, psi: &'p [f64; MAX_PARAMETERS]) -> &'p [f64] {
    &psi[..own.psi.len()]
}

pub fn zero_probability(own: &Generalised, eta: f64) -> f64 {
    if own.zero_inflation.is_some() { expit(eta) } else { 0.0 }
}
