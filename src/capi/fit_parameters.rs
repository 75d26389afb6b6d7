//! All parameters of a fit of any kind, with their ids and their covariance.

use std::mem::MaybeUninit;
use std::ptr::null;

use super::boundary::{boundary, query};
use super::buffer::{array_target, copy_out, slice, target};
use super::c_char;
use super::codes::meaning;
use super::fit::{FitHandle, summed};
use super::fit_lists::{InformationMatrixCode, ParameterFormCode, ParameterLimitsCode};
use super::frame::FrameHandle;
use super::handle::give;
use super::options::OptionsHandle;
use super::progress::watched;
use super::request::level_of;
use super::status::{ErrorRecord, Status};
use crate::error::{Error, Result};
use crate::fit::Fit;
use crate::inference::parameters::parameters_table;

/// Number n of parameters, in the order that all functions of parameters have: the fixed effects of the mean, the zero inflation and the
/// dispersion; sigma and the residual correlation of a linear model, the estimated parameters of the family of a generalised one, those of
/// the thresholds and the nominal effects of an ordinal one; then those of the random effects, as many as interlace_fit_n_theta.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_parameters(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(fit?.fit.npar))
}

/// The id of a parameter in a form, by its index from 0: a text that a program can take apart, such as "fixef[x]", "zi.fixef[x]",
/// "family[shape]", "sigma", "theta[g, x]", "sd[g, x]" or "cor[g, (Intercept), x]". It is the same in the columns "id" of tables and in
/// all fits with such a parameter, whatever the order of the model's terms. NULL if there is none.
/// @param parameter_form The form. It says whether the random effects have theta or standard deviations, variances and the like; the ids of the latter are the same.
/// @param i The parameter, from 0.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_parameter_id(
    fit: Option<&FitHandle>,
    parameter_form: MaybeUninit<ParameterFormCode>,
    i: usize,
) -> *const c_char {
    query(null(), || {
        let form = meaning(parameter_form, "parameter_form").ok()?;
        let fit = fit?;
        Some(fit.strings.parameter_ids[form as usize].get_with(|| fit.fit.parameter_ids(form), i))
    })
}

/// The name of a parameter in a form, by its index from 0, for people: "x", "zi.x" and "disp.x" of fixed effects, "sigma", "ar1|g", "shape",
/// "low|mid"; "theta.g.x" in the working form, "sd_x|g" and "cor_x.(Intercept)|g" in the reported one, "var_x|g", "cov_x.(Intercept)|g" and "sigma^2" as
/// variances, "log_sd_x|g", "atanh_cor_x.(Intercept)|g" and "log_sigma" without bounds. NULL if there is none.
/// @param parameter_form The form.
/// @param i The parameter, from 0.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_parameter_name(
    fit: Option<&FitHandle>,
    parameter_form: MaybeUninit<ParameterFormCode>,
    i: usize,
) -> *const c_char {
    query(null(), || {
        let form = meaning(parameter_form, "parameter_form").ok()?;
        let fit = fit?;
        Some(fit.strings.parameter_names[form as usize].get_with(|| fit.fit.parameter_names(form), i))
    })
}

/// The estimates of all parameters in a form, to `out` [n_parameters].
/// @param parameter_form The form.
/// @param out Array [n_parameters].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_parameters(
    fit: Option<&FitHandle>,
    parameter_form: MaybeUninit<ParameterFormCode>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || copy_out(&summed(fit)?.fit.parameter_values(meaning(parameter_form, "parameter_form")?), out, len))
}

/// The covariance matrix of the estimates of all parameters in a form, to `out` [n_parameters,n_parameters]: twice the inverse of the Hessian of the deviance. For
/// a linear model by REML it has two blocks: interlace_fit_fixef_vcov, and that of the other parameters by the REML criterion. NaN for a
/// parameter that is at a boundary (an exact zero, a correlation of one), which the others take as known, and for one that the data do not
/// determine. That of the reported form follows by the delta method. The time of a linear model is that of Satterthwaite's degrees of freedom.
/// INTERLACE_E_NUMERIC if there is no Hessian.
/// @param parameter_form The form.
/// @param out Array [n_parameters,n_parameters].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_parameters_vcov(
    fit: Option<&FitHandle>,
    parameter_form: MaybeUninit<ParameterFormCode>,
    options: Option<&OptionsHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, form) = (&summed(fit)?.fit, meaning(parameter_form, "parameter_form")?);
        let wanted = fit.npar.checked_mul(fit.npar);
        array_target(
            out,
            len,
            wanted.ok_or_else(|| Error::argument("fit has more parameters than the address space holds"))?,
            "out",
        )?;
        copy_out(&watched(options, |watch| fit.parameters_vcov(form, watch))?, out, len)
    })
}

/// The parameters of variances as a new frame, with standard errors and Wald limits: term, id, estimate, std_error, lower, upper. They are
/// sigma and the residual correlation of a linear model, the estimated parameters of the family of a generalised one, and those of the
/// covariances of random effects. Standard errors are those of interlace_fit_parameters_vcov; NaN, as the limits, for a parameter at a
/// boundary. A covariance has symmetric limits always. Estimates of variances are skewed: intervals by profiles
/// (interlace_fit_parameters_confint_profile) are better with few groups.
/// @param parameter_form The form.
/// @param parameter_limits The scale on which limits are symmetric.
/// @param level The level of the limits, between 0 and 1; 0 means 0.95.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_variance_parameters(
    fit: Option<&FitHandle>,
    parameter_form: MaybeUninit<ParameterFormCode>,
    parameter_limits: MaybeUninit<ParameterLimitsCode>,
    level: f64,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, out) = (&summed(fit)?.fit, target(out, "out")?);
        let (form, limits) = (meaning(parameter_form, "parameter_form")?, meaning(parameter_limits, "parameter_limits")?);
        let level = level_of(level);
        let table = watched(options, |watch| parameters_table(fit, form, limits, level, watch))?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}

/// The log-likelihood at any values of the parameters of a form, to `values` [n_points]; by restricted likelihood where the fit is. That of generalised
/// and ordinal models is by the fit's approximation; that of a Cox model is the integrated one, in which its coefficients are parameters.
/// Where the likelihood is no function of a parameter, its value is not looked at: the fixed effects of a fit by restricted likelihood, and
/// those of the mean with nagq = 0. INTERLACE_E_ARGUMENT for a value that a parameter can't have, such as a negative standard deviation.
/// INTERLACE_E_NUMERIC where the likelihood is not finite. INTERLACE_E_UNSUPPORTED for a fit without a factorisation, and for a Cox model with
/// a coefficient that has no finite estimate.
/// @param parameter_form The form of the parameters.
/// @param parameters Array [n_parameters,n_points], a column for each point, in the order of interlace_fit_parameters.
/// @param n_parameters As interlace_fit_n_parameters says.
/// @param n_points The number of points.
/// @param values Array [n_points].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_log_likelihood_at(
    fit: Option<&FitHandle>,
    parameter_form: MaybeUninit<ParameterFormCode>,
    parameters: *const f64,
    n_parameters: usize,
    n_points: usize,
    options: Option<&OptionsHandle>,
    values: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, form) = (&summed(fit)?.fit, meaning(parameter_form, "parameter_form")?);
        array_target(values, len, n_points, "values")?;
        let points = points(fit, parameters, n_parameters, n_points)?;
        copy_out(&watched(options, |watch| fit.log_likelihoods(form, &points, watch))?, values, len)
    })
}

/// The gradient of the log-likelihood at any values of the parameters of a form, to `out` [n_parameters]; interlace_fit_log_likelihood_at has more. NaN of
/// parameters that the likelihood is no function of, and of those at the end of their range without a slope there, as a correlation of one.
/// @param parameter_form The form of the values and of the gradient.
/// @param parameters Array [n_parameters], in the order of interlace_fit_parameters.
/// @param n_parameters As interlace_fit_n_parameters says.
/// @param out Array [n_parameters].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_gradient_at(
    fit: Option<&FitHandle>,
    parameter_form: MaybeUninit<ParameterFormCode>,
    parameters: *const f64,
    n_parameters: usize,
    options: Option<&OptionsHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, form) = (&summed(fit)?.fit, meaning(parameter_form, "parameter_form")?);
        let at = point(fit, parameters, n_parameters)?;
        array_target(out, len, at.len(), "out")?;
        copy_out(&watched(options, |watch| fit.evaluate(form, at, watch))?.gradient, out, len)
    })
}

/// The information of the log-likelihood at any values of the parameters of a form, to `out` [n_parameters,n_parameters]: minus its second derivatives, or
/// the average information. NaN in the rows and columns of parameters whose gradient is NaN, and of those within rounding of the end of their
/// range; of the average information also in those of a residual correlation. INTERLACE_E_UNSUPPORTED for the average information of models that are not linear.
/// @param parameter_form The form of the values and of the information.
/// @param information_matrix Which information.
/// @param parameters Array [n_parameters], in the order of interlace_fit_parameters.
/// @param n_parameters As interlace_fit_n_parameters says.
/// @param out Array [n_parameters,n_parameters].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_information_at(
    fit: Option<&FitHandle>,
    parameter_form: MaybeUninit<ParameterFormCode>,
    information_matrix: MaybeUninit<InformationMatrixCode>,
    parameters: *const f64,
    n_parameters: usize,
    options: Option<&OptionsHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, form) = (&summed(fit)?.fit, meaning(parameter_form, "parameter_form")?);
        let matrix = meaning(information_matrix, "information_matrix")?;
        let at = point(fit, parameters, n_parameters)?;
        let wanted = at.len().checked_mul(at.len());
        array_target(
            out,
            len,
            wanted.ok_or_else(|| Error::argument("fit has more parameters than the address space holds"))?,
            "out",
        )?;
        copy_out(&watched(options, |watch| fit.information_at(form, at, matrix, watch))?, out, len)
    })
}

/// Values of all parameters; nothing is read before their number is known to be right.
unsafe fn point<'a>(fit: &Fit, parameters: *const f64, n_parameters: usize) -> Result<&'a [f64]> {
    if n_parameters != fit.npar {
        return Err(Error::argument(format!("n_parameters is {n_parameters}, the fit has {}", fit.npar)));
    }
    slice(parameters, n_parameters, "parameters")
}

/// The same of a number of points.
unsafe fn points<'a>(fit: &Fit, parameters: *const f64, n_parameters: usize, n_points: usize) -> Result<Vec<&'a [f64]>> {
    if n_parameters != fit.npar || n_parameters == 0 {
        return Err(Error::argument(format!("n_parameters is {n_parameters}, the fit has {}", fit.npar)));
    }
    let count = n_parameters.checked_mul(n_points);
    let count = count.ok_or_else(|| Error::argument("n_parameters times n_points is larger than the address space"))?;
    Ok(slice(parameters, count, "parameters")?.chunks_exact(n_parameters).collect())
}
