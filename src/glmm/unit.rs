//! The unit of the mean's predictor of a family's response.

use std::borrow::Cow;

use super::response::FamilyResponse;
use crate::error::{Error, Result, try_vec};

impl FamilyResponse {
    /// A unit for the mean's predictor, as a power of two: about what it differs by from row to row, where the link lets the response's
    /// unit into it. The median of the distances from the median, or where that is zero their root mean square.
    pub fn unit(&self, offset: &[f64]) -> Result<f64> {
        if self.family.link().is_unbounded() {
            return Ok(1.0);
        }
        let own = self.own_rows()?;
        let mut eta = try_vec("linear predictor", 0.0, own.len())?;
        self.family.start_eta(&own.observations(), &mut eta)?;
        check_cubes(&eta)?;
        let offset = if offset.is_empty() { Cow::Borrowed(offset) } else { own.pick(offset)? };
        eta.iter_mut().zip(offset.iter()).for_each(|(eta, offset)| *eta -= offset);
        let centre = median(&mut eta);
        eta.iter_mut().for_each(|eta| *eta = (*eta - centre).abs());
        let distance = median(&mut eta);
        let mean_square = || eta.iter().map(|d| d * d).sum::<f64>() / eta.len() as f64;
        let size = if distance > 0.0 { distance } else { mean_square().sqrt() };
        Ok(if size.is_normal() { size.log2().round().exp2() } else { 1.0 })
    }
}

/// Linear predictors, and their inverses, whose third powers are numbers, with room for sums of them.
const FAR: f64 = 1e90;

/// Fails where derivatives of the log-density in the linear predictor, of which the gradient has third ones, would over- or underflow.
fn check_cubes(eta: &[f64]) -> Result<()> {
    let largest = eta.iter().fold(0.0f64, |m, v| m.max(v.abs()));
    if largest == 0.0 || largest.is_infinite() || (FAR.recip()..=FAR).contains(&largest) {
        return Ok(());
    }
    Err(Error::data(format!(
        "the response has linear predictors of {largest:.0e}, wanted {:e} to {FAR:e}, whose third powers are numbers; take another unit",
        FAR.recip()
    )))
}

/// The upper median; the values change their places. Not a number without any.
fn median(values: &mut [f64]) -> f64 {
    let middle = values.len() / 2;
    if values.is_empty() { f64::NAN } else { *values.select_nth_unstable_by(middle, f64::total_cmp).1 }
}
