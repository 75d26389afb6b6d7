//! Parameters of variances and of the family with standard errors and Wald's limits.

use std::ffi::CStr;

use super::reported::errors_of_variances;
use crate::choice::Choice;
use crate::distributions::normal_quantile;
use crate::error::{Error, Result};
use crate::fit::{Fit, Nature, ParameterForm};
use crate::frame::Frame;
use crate::watch::Watch;

/// The scale on which Wald's limits are symmetric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ParameterLimits {
    /// That without bounds, from which they are taken back: limits are within the range of the parameter.
    #[default]
    Unbounded,
    /// The parameter's own.
    Plain,
}

impl Choice for ParameterLimits {
    const LIST: &'static str = "parameter_limits";
    const ALL: &'static [(Self, &'static CStr)] = &[(ParameterLimits::Unbounded, c"unbounded"), (ParameterLimits::Plain, c"plain")];
}

/// Of the residual variance and correlation, the family's parameters and the covariances of random effects: `term`, `id`, `estimate`,
/// `std_error`, `lower`, `upper`. A covariance has symmetric limits always.
pub fn parameters_table(fit: &Fit, form: ParameterForm, limits: ParameterLimits, level: f64, watch: &Watch<'_>) -> Result<Frame> {
    if !(level > 0.0 && level < 1.0) {
        return Err(Error::argument(format!("level is {level}, must be between 0 and 1")));
    }
    if limits == ParameterLimits::Plain && matches!(form, ParameterForm::Log | ParameterForm::Working) {
        let name = if form == ParameterForm::Log { "log" } else { "theta" };
        return Err(Error::argument(format!(
            "parameter_limits: those of the form {name} are symmetric on its own scale always; plain is for the forms sd and variance"
        )));
    }
    let z = -normal_quantile(0.5 * (1.0 - level));
    let (first, n) = (fit.n_coefficients(), fit.npar);
    let working = fit.parameters_vcov(ParameterForm::Working, watch)?;
    let errors = |form| -> Vec<f64> {
        if form == ParameterForm::Variance {
            return errors_of_variances(fit, &fit.vcov_in(ParameterForm::Reported, working.clone()));
        }
        let vcov = fit.vcov_in(form, working.clone());
        (0..n).map(|i| vcov[i * (n + 1)].sqrt()).collect()
    };
    let (estimates, std_errors) = (fit.parameter_values(form), errors(form));
    let mut lower: Vec<f64> = estimates.iter().zip(&std_errors).map(|(estimate, error)| estimate - z * error).collect();
    let mut upper: Vec<f64> = estimates.iter().zip(&std_errors).map(|(estimate, error)| estimate + z * error).collect();
    let squares = form == ParameterForm::Variance;
    if limits == ParameterLimits::Unbounded && (squares || form == ParameterForm::Reported) {
        let (centres, reaches) = (fit.parameter_values(ParameterForm::Log), errors(ParameterForm::Log));
        for (i, nature) in fit.natures().into_iter().enumerate() {
            let limit = |sign: f64| {
                let own = nature.bounded(centres[i] + sign * z * reaches[i]);
                if squares && nature == Nature::Deviation { own * own } else { own }
            };
            if !(squares && matches!(nature, Nature::Correlation(..))) {
                (lower[i], upper[i]) = (limit(-1.0), limit(1.0));
            }
        }
    }
    let (mut names, ids) = (fit.parameter_names(form), fit.parameter_ids(form));
    if form == ParameterForm::Working {
        // What is beside theta is on the scales without bounds.
        let of_scale = fit.parameter_names(ParameterForm::Log);
        let theta = fit.theta.len();
        for (name, (own, nature)) in names[..n - theta].iter_mut().zip(of_scale.into_iter().zip(fit.natures())) {
            // The working scale of a generalised model's sigma is the logarithm of the variance.
            let squared = nature == Nature::Deviation && !fit.is_linear();
            *name = if squared { own + "^2" } else { own };
        }
    }
    let mut frame = Frame::new(n - first);
    frame.add_strings("term", &names[first..].iter().map(|name| Some(name.as_str())).collect::<Vec<_>>())?;
    frame.add_strings("id", &ids[first..].iter().map(|id| Some(id.as_str())).collect::<Vec<_>>())?;
    for (name, column) in [("estimate", estimates), ("std_error", std_errors), ("lower", lower), ("upper", upper)] {
        frame.add_real(name, column[first..].to_vec())?;
    }
    Ok(frame)
}
