//! Wald tests and intervals of the fixed effects, by the normal distribution.

use crate::distributions::{normal_quantile, normal_two_sided, sd_of};
use crate::error::{Error, Result, try_collect};
use crate::family::Scale;
use crate::fit::{Fit, FixedEffects, Role, TermFit};
use crate::frame::Frame;

impl FixedEffects {
    /// Estimate over standard error.
    pub fn statistics(&self) -> Vec<f64> {
        self.estimate.iter().zip(&self.std_error).map(|(b, s)| b / s).collect()
    }

    /// Two-sided p values of the statistics.
    pub fn p_values(&self) -> Vec<f64> {
        self.statistics().into_iter().map(normal_two_sided).collect()
    }

    /// Confidence limits, lower and upper.
    pub fn intervals(&self, level: f64) -> Result<(Vec<f64>, Vec<f64>)> {
        let reach = reach(level)?;
        let limit = |sign: f64| self.estimate.iter().zip(&self.std_error).map(|(b, s)| b + sign * reach * s).collect();
        Ok((limit(-1.0), limit(1.0)))
    }
}

/// Limits are this many standard errors from the estimate.
fn reach(level: f64) -> Result<f64> {
    if !(level > 0.0 && level < 1.0) {
        return Err(Error::argument(format!("level is {level}, must be between 0 and 1")));
    }
    Ok(-normal_quantile((1.0 - level) / 2.0))
}

impl TermFit {
    /// Limits of the random effects about their modes, lower and upper, each `[r, l]`, by their conditional covariances or such with the
    /// uncertainty of the parameters.
    pub fn intervals(&self, level: f64, covariances: &[f64]) -> Result<(Vec<f64>, Vec<f64>)> {
        let (reach, r) = (reach(level)?, self.design.effects.len());
        let error = |at: usize| covariances.get(at * r + at % r).map_or(f64::NAN, |variance| sd_of(*variance));
        let limit = |sign: f64| {
            let limits = self.modes.iter().enumerate().map(|(at, mode)| mode + sign * reach * error(at));
            try_collect("limits of the random effects", limits)
        };
        Ok((limit(-1.0)?, limit(1.0)?))
    }
}

impl Fit {
    /// Exponentials of the fixed effects, with limits: `term`, `id`, `hazard_ratio`, `lower`, `upper`. Other models than Cox's have none.
    pub fn hazard_ratios(&self, level: f64) -> Result<Frame> {
        let (lower, upper) = self.fixed.intervals(level)?;
        let count = if self.cox().is_some() { self.fixed.names.len() } else { 0 };
        let exp = |values: &[f64]| values.iter().take(count).map(|v| v.exp()).collect::<Vec<f64>>();
        let mut frame = Frame::new(count);
        let ids = self.fixef_ids(Role::Mean);
        frame.add_strings("term", &self.fixed.names.iter().take(count).map(|name| Some(name.as_str())).collect::<Vec<_>>())?;
        frame.add_strings("id", &ids.iter().take(count).map(|id| Some(id.as_str())).collect::<Vec<_>>())?;
        frame.add_real("hazard_ratio", exp(&self.fixed.estimate))?;
        frame.add_real("lower", exp(&lower))?;
        frame.add_real("upper", exp(&upper))?;
        Ok(frame)
    }

    /// Confidence limits, lower and upper, of the distribution's parameters: symmetric on the scale of estimation; of thresholds and nominal
    /// effects as they are reported. Not a number for those that were given, or differ from row to row.
    pub fn parameter_intervals(&self, level: f64) -> Result<(Vec<f64>, Vec<f64>)> {
        let reach = reach(level)?;
        let own = self.generalised();
        let own = own.ok_or_else(|| Error::argument("fit is of a linear model, it has no parameters of a family"))?;
        let first: usize = Role::ORDER.iter().filter_map(|role| self.fixed_of(*role)).map(|f| f.names.len()).sum();
        let (all, mut at, is_ordinal) = (own.vcov.len().isqrt(), first, self.ordinal().is_some());
        let limits = own.parameters.iter().enumerate().map(|(j, parameter)| {
            let varies = !is_ordinal && j == 0 && own.dispersion.is_some();
            if parameter.fixed || varies {
                return (f64::NAN, f64::NAN);
            }
            let scale = if is_ordinal { Scale::Identity } else { own.family.parameters()[j].scale };
            let error = reach * own.vcov.get(at * (all + 1)).map_or(f64::NAN, |v| v.sqrt());
            at += 1;
            (scale.reported(own.psi[j] - error), scale.reported(own.psi[j] + error))
        });
        Ok(limits.unzip())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_and_p_values_of_the_normal_distribution() {
        let fixed = FixedEffects {
            names: vec!["x".into()],
            estimate: vec![1.0],
            std_error: vec![0.5],
            vcov: vec![0.25],
            root: vec![0.5],
            dropped: vec![],
        };
        assert!((fixed.p_values()[0] - 0.045_500_263_896_358_42).abs() < 1e-15);
        let (lower, upper) = fixed.intervals(0.95).unwrap();
        assert!((lower[0] - (1.0 - 0.5 * 1.959_963_984_540_054)).abs() < 1e-15);
        assert!((upper[0] - (1.0 + 0.5 * 1.959_963_984_540_054)).abs() < 1e-15);
        for level in [0.0, 1.0, -1.0, f64::NAN] {
            assert!(fixed.intervals(level).unwrap_err().message.contains("level"));
        }
    }
}
