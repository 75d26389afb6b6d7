//! Effect sizes of the terms of a linear model: shares of variance that follow from F and its degrees of freedom.

use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::inference::anova::{AnovaType, anova_table};
use crate::inference::degrees_of_freedom::DegreesOfFreedom;
use crate::watch::Watch;

/// The analysis of variance of a linear model with `partial_eta_sq`, F df1 / (F df1 + df2), and `partial_omega_sq`, (F - 1) df1 / (F df1 + df2 + 1)
/// or zero where that is negative. Without finite degrees of freedom there are none.
pub fn effect_sizes_table(
    fit: &Fit,
    data: Option<&Frame>,
    kind: AnovaType,
    freedom: DegreesOfFreedom<'_>,
    watch: &Watch<'_>,
) -> Result<Frame> {
    if !fit.is_linear() {
        return Err(Error::argument("effect sizes are made of F tests, which linear models have"));
    }
    let mut table = anova_table(fit, data, kind, freedom, watch)?;
    let column = |name: &str| table.numbers(table.column(name)?).map(std::borrow::Cow::into_owned);
    let (f, num, den) = (column("statistic")?, column("num_df")?, column("den_df")?);
    let size = |of: &dyn Fn(f64, f64, f64) -> f64| {
        let each = |i: usize| if den[i].is_finite() { of(f[i], num[i], den[i]) } else { f64::NAN };
        (0..f.len()).map(each).collect::<Vec<f64>>()
    };
    let eta = size(&|f, df1, df2| f * df1 / (f * df1 + df2));
    // The larger of zero and a number that may be missing.
    let omega = size(&|f, df1, df2| ((f - 1.0) * df1 / (f * df1 + df2 + 1.0)).clamp(0.0, 1.0));
    table.add_real("partial_eta_sq", eta)?;
    table.add_real("partial_omega_sq", omega)?;
    Ok(table)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_missing_f_stays_missing() {
        assert!(f64::NAN.clamp(0.0, 1.0).is_nan());
    }
}
