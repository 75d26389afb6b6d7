//! Coefficients in standard deviations: of the columns of the model matrix, and of the response of a linear model.

use crate::error::Result;
use crate::fit::{Fit, Role};
use crate::frame::Frame;
use crate::inference::degrees_of_freedom::DegreesOfFreedom;

/// A row a fixed effect: `term`, `id`, `estimate`, `std_error`, `lower`, `upper`, each times the standard deviation of the column over the rows
/// used, and for a linear model divided by that of the response. Constant columns have zeros: nothing varies with them.
pub fn standardized_table(fit: &Fit, freedom: DegreesOfFreedom<'_>, level: f64) -> Result<Frame> {
    fit.need_rows("standardized")?;
    let unit = if fit.is_linear() { spread(&fit.used(&fit.y)?) } else { 1.0 };
    let factors: Vec<f64> = fit.x.chunks_exact(fit.n_obs.max(1)).map(|column| spread(column) / unit).collect();
    let all = freedom.coefficients(fit);
    let (lower, upper) = freedom.intervals(fit, level)?;
    // What has no standard error has none in other units.
    let scaled = |values: &[f64]| values.iter().zip(&factors).map(|(value, factor)| value * factor).collect::<Vec<f64>>();
    let mut frame = Frame::new(all.len());
    frame.add_strings("term", &fit.fixed.names.iter().map(|name| Some(name.as_str())).collect::<Vec<_>>())?;
    frame.add_strings("id", &fit.fixef_ids(Role::Mean).iter().map(|id| Some(id.as_str())).collect::<Vec<_>>())?;
    frame.add_real("estimate", scaled(&all.iter().map(|own| own.estimate).collect::<Vec<_>>()))?;
    frame.add_real("std_error", scaled(&all.iter().map(|own| own.std_error).collect::<Vec<_>>()))?;
    frame.add_real("lower", scaled(&lower))?;
    frame.add_real("upper", scaled(&upper))?;
    Ok(frame)
}

/// The standard deviation, with n - 1; exactly zero for what is constant.
fn spread(values: &[f64]) -> f64 {
    if values.windows(2).all(|pair| pair[0] == pair[1]) {
        return 0.0;
    }
    let n = values.len() as f64;
    // About the first value, so that digits are not lost to the origin.
    let origin = values.first().copied().unwrap_or_default();
    let mean = values.iter().map(|v| v - origin).sum::<f64>() / n;
    let square = |v: &f64| (v - origin - mean) * (v - origin - mean);
    (values.iter().map(square).sum::<f64>() / (n - 1.0)).sqrt()
}
