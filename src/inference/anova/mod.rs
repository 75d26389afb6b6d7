//! Analysis of variance: F tests of the terms of the fixed effects. Of models that are not linear chi-square tests.

mod cox;
mod hypotheses;
mod indicators;
mod information;
mod wald;

pub use hypotheses::{AnovaType, Hypothesis, hypotheses};

use super::degrees_of_freedom::DegreesOfFreedom;
use crate::error::Result;
use crate::fit::{Fit, Role};
use crate::frame::Frame;
use crate::watch::{Phase, Watch};

/// A row a term: `term`, `sum_sq`, `mean_sq`, `num_df`, `den_df`, `statistic` (F), `p_value`. The mean square is F, before it is scaled, times the
/// residual variance. A term of which the fit has left out all columns has no degrees of freedom and no test. Of a Cox model: `term`, of type I
/// `log_likelihood`, `df`, `chi_square`, `p_value`. Of generalised and ordinal models: `term`, `df`, `chi_square`, `p_value`, or with finite degrees of freedom `term`, `num_df`, `den_df`, `statistic` (F), `p_value`.
pub fn anova_table(
    fit: &Fit,
    data: Option<&Frame>,
    kind: AnovaType,
    freedom: DegreesOfFreedom<'_>,
    watch: &Watch<'_>,
) -> Result<Frame> {
    fit.without_priors("anova")?;
    if let Some(own) = fit.cox() {
        return cox::table(fit, own, data, kind, watch);
    }
    if !fit.is_linear() {
        return wald::table(fit, data, kind, freedom, watch);
    }
    f_table(fit, &hypotheses(fit, data, kind, watch)?, freedom, watch)
}

/// The same of another linear predictor's fixed effects.
pub fn anova_table_of(
    fit: &Fit,
    role: Role,
    data: Option<&Frame>,
    kind: AnovaType,
    freedom: DegreesOfFreedom<'_>,
    watch: &Watch<'_>,
) -> Result<Frame> {
    if role == Role::Mean {
        return anova_table(fit, data, kind, freedom, watch);
    }
    anova_table(&fit.of_role(role)?, data, kind, freedom, watch)
}

/// F tests of the hypotheses of a linear model, a row each.
pub(super) fn f_table(fit: &Fit, tests: &[Hypothesis], freedom: DegreesOfFreedom<'_>, watch: &Watch<'_>) -> Result<Frame> {
    let n = tests.len();
    let (mut squares, mut mean, mut den) = (vec![f64::NAN; n], vec![f64::NAN; n], vec![f64::NAN; n]);
    let (mut f, mut p, mut num) = (vec![f64::NAN; n], vec![f64::NAN; n], vec![0; n]);
    for (i, own) in tests.iter().enumerate().filter(|(_, own)| own.k > 0) {
        watch.at(Phase::Test, i, Some(n))?;
        let test = freedom.joint_test(fit, &own.l, own.k, &vec![0.0; own.k])?;
        let df1 = test.df1 as f64;
        squares[i] = test.chi_square / test.scaling * fit.sigma * fit.sigma;
        mean[i] = squares[i] / df1;
        (num[i], den[i], f[i], p[i]) = (test.df1 as i64, test.df2, test.chi_square / df1, test.p_value);
    }
    let mut frame = Frame::new(n);
    frame.add_strings("term", &tests.iter().map(|own| Some(own.term.as_str())).collect::<Vec<_>>())?;
    frame.add_real("sum_sq", squares)?;
    frame.add_real("mean_sq", mean)?;
    frame.add_integers("num_df", num)?;
    frame.add_real("den_df", den)?;
    frame.add_real("statistic", f)?;
    frame.add_real("p_value", p)?;
    Ok(frame)
}
