//! Wald tests of the terms of a model: chi-square tests, or F tests where the degrees of freedom are finite.

use super::hypotheses::{AnovaType, hypotheses};
use crate::error::Result;
use crate::fit::Fit;
use crate::frame::Frame;
use crate::inference::degrees_of_freedom::DegreesOfFreedom;
use crate::watch::{Phase, Watch};

/// A row a term: `term`, `df`, `chi_square`, `p_value`; with finite degrees of freedom `term`, `num_df`, `den_df`, `statistic` (F), `p_value`.
/// A term of which the fit has left out all columns has no degrees of freedom and no test.
pub fn table(fit: &Fit, data: Option<&Frame>, kind: AnovaType, freedom: DegreesOfFreedom<'_>, watch: &Watch<'_>) -> Result<Frame> {
    let tests = hypotheses(fit, data, kind, watch)?;
    let n = tests.len();
    let (mut chi_square, mut p_value, mut df) = (vec![f64::NAN; n], vec![f64::NAN; n], vec![0; n]);
    let mut den_df = vec![f64::NAN; n];
    for (i, own) in tests.iter().enumerate().filter(|(_, own)| own.k > 0) {
        watch.at(Phase::Test, i, Some(n))?;
        let test = freedom.joint_test(fit, &own.l, own.k, &vec![0.0; own.k])?;
        (chi_square[i], p_value[i], df[i], den_df[i]) = (test.chi_square, test.p_value, test.df1 as i64, test.df2);
    }
    let mut frame = Frame::new(n);
    frame.add_strings("term", &tests.iter().map(|own| Some(own.term.as_str())).collect::<Vec<_>>())?;
    if freedom.is_normal() {
        frame.add_integers("df", df)?;
        frame.add_real("chi_square", chi_square)?;
    } else {
        let f = chi_square.iter().zip(&df).map(|(own, df)| own / *df as f64).collect();
        frame.add_integers("num_df", df)?;
        frame.add_real("den_df", den_df)?;
        frame.add_real("statistic", f)?;
    }
    frame.add_real("p_value", p_value)?;
    Ok(frame)
}
