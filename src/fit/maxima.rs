//! What is said of a likelihood with more than one maximum.

use super::common::Fit;
use crate::error::{Code, Result};
use crate::glmm::model::Model;
use crate::lmm::deviance::Deviance;
use crate::lmm::solution::{Solution, solve};
use crate::search::{Estimate, Minimum};

/// Standard deviations in this ratio are the same.
const ALIKE: f64 = 1.2;

/// One estimate at two maxima.
pub(super) struct Difference {
    pub what: String,
    pub here: f64,
    pub there: f64,
}

/// A maximum that is not the one reported: its criterion, and the estimates that differ most.
pub(super) struct OtherMaximum {
    pub criterion: f64,
    pub differences: Vec<Difference>,
}

/// Significant digits of what is said: of estimates, and of the criterion.
const DIGITS: (usize, usize) = (5, 8);

impl OtherMaximum {
    /// Whether anything that is said of it differs from the maximum reported.
    fn differs_from(&self, criterion: f64) -> bool {
        digits(self.criterion, DIGITS.1) != digits(criterion, DIGITS.1)
            || self.differences.iter().any(|d| digits(d.there, DIGITS.0) != digits(d.here, DIGITS.0))
    }
}

impl Fit {
    /// Warns of other maxima, the highest first.
    pub(super) fn warn_of_maxima(&mut self, others: &[OtherMaximum]) {
        // A maximum that is this one in all that would be said of it is none: a parameter may be far off where it does nothing.
        let others: Vec<&OtherMaximum> = others.iter().filter(|other| other.differs_from(self.criterion)).collect();
        let Some(first) = others.first() else { return };
        let differences: Vec<String> = first
            .differences
            .iter()
            .map(|d| format!("{} is {} instead of {}", d.what, digits(d.there, DIGITS.0), digits(d.here, DIGITS.0)))
            .collect();
        let more = match others.len() {
            1 => String::new(),
            n => format!("; there are {} more within 10 of it", n - 1),
        };
        self.design_warnings.push(format!(
            "the {}likelihood has another maximum: the criterion is {} here and {} there, where {}{more}",
            if self.reml { "restricted " } else { "" },
            digits(self.criterion, DIGITS.1),
            digits(first.criterion, DIGITS.1),
            differences.join(", "),
        ));
    }
}

/// What a generalised fit says of another maximum.
pub(super) fn two_maxima(here: &Estimate, there: &Minimum, model: &Model) -> String {
    let theta: Vec<String> = model.theta_from_working(&there.working).iter().map(|v| format!("{v:.6}")).collect();
    format!(
        "the likelihood has two maxima that are near each other: the criterion is {:.4} at the one reported and {:.4} at the other, \
         which a fit from theta0 = ({}) finds",
        here.value,
        there.value,
        theta.join(", ")
    )
}

/// The solutions at other minima; those without one are left out.
pub(super) fn solutions(deviance: &mut Deviance<'_>, others: &[Minimum]) -> Result<Vec<Solution>> {
    let mut all = vec![];
    for other in others {
        match solve(deviance, &other.working) {
            Ok(solution) => all.push(solution),
            Err(error) if error.code == Code::Numeric => {}
            Err(error) => return Err(error),
        }
    }
    Ok(all)
}

impl Fit {
    /// What differs most at another solution of a linear model: one fixed effect, one standard deviation, and what all rows share.
    pub(super) fn other_maximum(&self, other: &Solution) -> OtherMaximum {
        let mut differences = vec![];
        let p = other.beta.len();
        let unit = |j: usize| self.fixed.std_error[j].min(other.vcov[j * p + j].sqrt());
        let distance = |j: usize| (other.beta[j] - self.fixed.estimate[j]).abs() / unit(j);
        if let Some(j) = (0..p).max_by(|a, b| distance(*a).total_cmp(&distance(*b))) {
            let (what, here) = (self.fixed.names[j].clone(), self.fixed.estimate[j]);
            differences.push(Difference { what, here, there: other.beta[j] });
        }
        let mut deviations = vec![];
        for (own, term) in self.terms.iter().zip(&other.terms) {
            let r = own.sd.len();
            for (e, effect) in own.design.effects.iter().enumerate() {
                let there = term.cov[e * r + e].max(0.0).sqrt();
                deviations.push(Difference {
                    what: format!("the standard deviation of {effect} by {}", own.design.group),
                    here: own.sd[e],
                    there,
                });
            }
        }
        // In units of the residuals', below which a standard deviation is nearly none.
        let ratio = |d: &Difference| {
            let floor = 0.01 * self.sigma.min(other.sigma);
            (d.there.max(floor) / d.here.max(floor)).ln().abs()
        };
        differences.extend(deviations.into_iter().max_by(|a, b| ratio(a).total_cmp(&ratio(b))));
        let residual = Difference { what: "that of the residuals".into(), here: self.sigma, there: other.sigma };
        if ratio(&residual) > ALIKE.ln() && !self.terms.is_empty() {
            differences.push(residual);
        }
        if let (Some(own), Some((there, _))) = (self.correlation(), other.correlation) {
            differences.push(Difference { what: "the residual correlation".into(), here: own.estimate, there });
        }
        OtherMaximum { criterion: other.criterion, differences }
    }
}

/// A number with so many significant digits.
fn digits(v: f64, significant: usize) -> String {
    let magnitude = v.abs().log10().floor();
    if !(-5.0..9.0).contains(&magnitude) {
        return if v == 0.0 { "0".into() } else { format!("{:.*e}", significant - 1, v) };
    }
    format!("{:.*}", (significant as i64 - 1 - magnitude as i64).max(0) as usize, v)
}

#[cfg(test)]
mod tests {
    use super::{Difference, OtherMaximum, digits};

    #[test]
    fn a_maximum_with_the_same_figures_is_none() {
        let other =
            |criterion, there| OtherMaximum { criterion, differences: vec![Difference { what: "x".into(), here: 305.567, there }] };
        assert!(!other(1_394.818_41, 305.567_001).differs_from(1_394.818_42));
        assert!(other(1_394.819_41, 305.567).differs_from(1_394.818_42));
        assert!(other(1_394.818_41, 305.61).differs_from(1_394.818_42));
    }

    #[test]
    fn numbers_have_significant_digits() {
        let texts = [(-8.38149, "-8.3815"), (0.0, "0"), (123_456.7, "123457"), (0.012_345_6, "0.012346"), (1.5e-9, "1.5000e-9")];
        for (v, want) in texts {
            assert_eq!(digits(v, 5), want);
        }
    }
}
