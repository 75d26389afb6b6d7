//! The quartiles of scaled residuals.

use super::layout::named_numbers;
use super::number::{column, rounded};
use crate::error::{Result, try_gather};

/// Minimum, quartiles and maximum of the finite ones under their heading; `None` if there are none.
pub fn scaled_residuals(scaled: impl Iterator<Item = f64>, digits: usize) -> Result<Option<String>> {
    let mut scaled = try_gather("residuals", scaled.filter(|r| r.is_finite()))?;
    scaled.sort_unstable_by(f64::total_cmp);
    let quartiles: Option<Vec<f64>> = (0..5).map(|i| quantile(&scaled, f64::from(i) / 4.0)).collect();
    let Some(quartiles) = quartiles else { return Ok(None) };
    let largest = quartiles.iter().fold(0.0_f64, |m, q| m.max(q.abs()));
    // A small median doesn't bring more decimals than the extremes deserve.
    let decimals = if largest > 0.0 { (digits as f64 + 1.0 - largest.log10()).round() as i32 } else { 0 };
    let numbers = column(&rounded(&quartiles, decimals), digits);
    Ok(Some(format!("Scaled residuals:\n{}", named_numbers(&["Min", "1Q", "Median", "3Q", "Max"], numbers))))
}

/// The quantile of sorted values by linear interpolation of the order statistics (type 7 of Hyndman and Fan 1996).
fn quantile(sorted: &[f64], p: f64) -> Option<f64> {
    let place = p * (sorted.len().checked_sub(1)?) as f64;
    let below = sorted[place.floor() as usize];
    let above = sorted[place.ceil() as usize];
    Some(below + (place - place.floor()) * (above - below))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate() {
        assert_eq!(quantile(&[1.0, 2.0, 4.0, 8.0], 0.25), Some(1.75));
        assert_eq!(quantile(&[3.0], 0.5), Some(3.0));
        assert_eq!(quantile(&[], 0.5), None);
    }
}
