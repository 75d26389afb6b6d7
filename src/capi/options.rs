//! How a model is fitted.

use super::boundary::boundary;
use super::buffer::{copied, slice, target};
use super::handle::{choice, free, give, need};
use super::phase::ProgressFn;
use super::status::{ErrorRecord, Status};
use super::strings::text;
use super::{c_char, c_void};
use crate::choice::Choice;
use crate::design::NaPolicy;
use crate::error::{Error, Result};
use crate::optimize::Method;
use crate::options::{Information, Nodes, Options, StdErrors, Unidentified};

/// Rows with missing values are left out and reported. The default.
pub const INTERLACE_NA_OMIT: i32 = 0;
/// A missing value is an error, INTERLACE_E_DATA.
pub const INTERLACE_NA_ERROR: i32 = 1;
/// Rows with missing values are left out of the fit, and results per row have NaN for them.
pub const INTERLACE_NA_PAD: i32 = 2;

const NA_POLICIES: [(i32, NaPolicy); 3] =
    [(INTERLACE_NA_OMIT, NaPolicy::Omit), (INTERLACE_NA_ERROR, NaPolicy::Error), (INTERLACE_NA_PAD, NaPolicy::Pad)];

/// The Laplace approximation with the observed information (the second derivatives of the log-likelihood). The default.
pub const INTERLACE_OBSERVED: i32 = 0;
/// The Laplace approximation with expected second derivatives (Fisher information), as in lme4; the same for canonical links.
pub const INTERLACE_EXPECTED: i32 = 1;

pub(super) const INFORMATION: [(i32, Information); 2] =
    [(INTERLACE_OBSERVED, Information::Observed), (INTERLACE_EXPECTED, Information::Expected)];

/// Standard errors from the Hessian of the marginal log-likelihood in all parameters. The default.
pub const INTERLACE_STD_ERRORS_MARGINAL: i32 = 0;
/// Standard errors given the parameters of the random effects: cheaper, but too small.
pub const INTERLACE_STD_ERRORS_CONDITIONAL: i32 = 1;

const STD_ERRORS: [(i32, StdErrors); 2] =
    [(INTERLACE_STD_ERRORS_MARGINAL, StdErrors::Marginal), (INTERLACE_STD_ERRORS_CONDITIONAL, StdErrors::Conditional)];

/// Random terms about which the data say nothing (as many random effects as rows, with a residual) are an error, others that
/// cannot be told apart get a warning. The default.
pub const INTERLACE_UNIDENTIFIED_ERROR: i32 = 0;
/// Always a warning.
pub const INTERLACE_UNIDENTIFIED_WARNING: i32 = 1;
/// Neither: the model is fitted without a check.
pub const INTERLACE_UNIDENTIFIED_IGNORE: i32 = 2;

const UNIDENTIFIED: [(i32, Unidentified); 3] = [
    (INTERLACE_UNIDENTIFIED_ERROR, Unidentified::Error),
    (INTERLACE_UNIDENTIFIED_WARNING, Unidentified::Warning),
    (INTERLACE_UNIDENTIFIED_IGNORE, Unidentified::Ignore),
];

/// The most quadrature points for each random effect.
pub(super) const MAX_QUADRATURE: i64 = 100;

/// How to fit a model. Functions with options accept NULL for the defaults.
/// Since 0.1.
pub struct OptionsHandle {
    pub(super) options: Options,
    pub(super) progress: ProgressFn,
    pub(super) user_data: *mut c_void,
}

/// Makes options with their default values.
/// The caller frees `*out` with interlace_options_free.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_new(out: *mut *mut OptionsHandle, err: *mut ErrorRecord) -> Status {
    boundary(err, || {
        let out = target(out, "out")?;
        out.write(give(OptionsHandle { options: Options::default(), progress: None, user_data: std::ptr::null_mut() }));
        Ok(())
    })
}

/// Restricted maximum likelihood (true, the default for linear models) or maximum likelihood (the default for generalised ones). The setting
/// applies to both. The restricted likelihood of a generalised model integrates out the fixed effects.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_reml(
    options: Option<&mut OptionsHandle>,
    reml: bool,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| {
        set_reml(options, reml);
        Ok(())
    })
}

/// The minimiser: "newton" (the default), "lbfgsb", "bobyqa" or "nelder_mead".
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_optimizer(
    options: Option<&mut OptionsHandle>,
    name: *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| set_optimizer(options, text(name, "name")?))
}

/// The start of the search: `theta` [n_theta], copied, in the order of interlace_fit_theta_name. With `n_theta` 0 the
/// library chooses the start. The fit reports a wrong length.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_theta0(
    options: Option<&mut OptionsHandle>,
    theta: *const f64,
    n_theta: usize,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| set_theta0(options, copied(slice(theta, n_theta, "theta")?, "theta")?))
}

/// The search ends at this predicted decrease of the objective; positive, default 1e-13.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_tolerance(
    options: Option<&mut OptionsHandle>,
    tolerance: f64,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| set_tolerance(options, tolerance))
}

/// The most evaluations of the objective; positive, default 1000. A fit that reaches this limit has not converged, but is a fit.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_max_evaluations(
    options: Option<&mut OptionsHandle>,
    max_evaluations: i64,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| set_max_evaluations(options, max_evaluations))
}

/// The number of threads that one fit may use; positive, default 1. Results do not depend on it.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_threads(
    options: Option<&mut OptionsHandle>,
    threads: i32,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| set_threads(options, i64::from(threads)))
}

/// Seconds after which a call stops; positive, default infinity. A fit stops with what it has: it has not converged, but is a fit. Other
/// calls return INTERLACE_E_DEADLINE. The time is that of the whole call, however many models it fits.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_deadline(
    options: Option<&mut OptionsHandle>,
    seconds: f64,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| set_deadline(options, seconds))
}

/// What to do with rows that have missing values: INTERLACE_NA_OMIT (the default), INTERLACE_NA_ERROR or INTERLACE_NA_PAD.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_na(
    options: Option<&mut OptionsHandle>,
    policy: i32,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| {
        options.na = choice(policy, "policy", &NA_POLICIES)?;
        Ok(())
    })
}

/// The information in the Laplace approximation of a generalised model: INTERLACE_OBSERVED (the default) or INTERLACE_EXPECTED.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_information(
    options: Option<&mut OptionsHandle>,
    information: i32,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| {
        options.information = choice(information, "information", &INFORMATION)?;
        Ok(())
    })
}

/// Quadrature points for each random effect of a generalised model, -100 to 100: 1, the default, is the Laplace approximation; more are
/// adaptive Gauss-Hermite quadrature; 0 is the Laplace approximation with fixed effects at their joint mode with the random ones, as in
/// lme4: faster and less accurate. Below -1 it is Gauss-Hermite quadrature with that many points at the nodes of the random effects'
/// normal distribution, which do not adapt to the data; -1 is an error.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_nagq(
    options: Option<&mut OptionsHandle>,
    points: i32,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| set_nagq(options, i64::from(points)))
}

/// The kind of standard errors of a generalised model: INTERLACE_STD_ERRORS_MARGINAL (the default) or
/// INTERLACE_STD_ERRORS_CONDITIONAL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_std_errors(
    options: Option<&mut OptionsHandle>,
    source: i32,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| {
        options.std_errors = choice(source, "source", &STD_ERRORS)?;
        Ok(())
    })
}

/// What to do if the data cannot tell random effects apart from each other or from the residual: INTERLACE_UNIDENTIFIED_ERROR (the default),
/// INTERLACE_UNIDENTIFIED_WARNING or INTERLACE_UNIDENTIFIED_IGNORE.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_unidentified(
    options: Option<&mut OptionsHandle>,
    what: i32,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| {
        options.unidentified = choice(what, "what", &UNIDENTIFIED)?;
        Ok(())
    })
}

/// Sets a function that calls with these options call with `user_data`, which is passed unchanged. NULL removes it.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_progress(
    options: Option<&mut OptionsHandle>,
    progress: ProgressFn,
    user_data: *mut c_void,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let options = need(options, "options")?;
        options.progress = progress;
        options.user_data = user_data;
        Ok(())
    })
}

/// Frees options. NULL is allowed.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_options_free(options: Option<Box<OptionsHandle>>) {
    free(options);
}

/// The options given, or the defaults.
pub(super) fn settings(options: Option<&OptionsHandle>) -> Options {
    options.map(|o| o.options.clone()).unwrap_or_default()
}

/// How many threads may be used.
pub(super) fn threads(options: Option<&OptionsHandle>) -> usize {
    options.map_or(1, |o| o.options.threads)
}

pub(super) unsafe fn change(
    options: Option<&mut OptionsHandle>,
    err: *mut ErrorRecord,
    body: impl FnOnce(&mut Options) -> Result<()>,
) -> Status {
    boundary(err, || body(&mut need(options, "options")?.options))
}

pub(super) fn set_reml(options: &mut Options, reml: bool) {
    options.reml = reml;
    options.reml_generalised = reml;
}

pub(super) fn set_optimizer(options: &mut Options, value: &str) -> Result<()> {
    options.optimizer = Method::from_name(value)?;
    Ok(())
}

pub(super) fn set_nagq(options: &mut Options, points: i64) -> Result<()> {
    if points == -1 {
        return Err(Error::argument(
            "nagq is -1: one node at zero leaves the random effects out; it must be -2 or less, or 0 or more",
        ));
    }
    options.quadrature = match usize::try_from(points.unsigned_abs()) {
        Ok(count) if (-MAX_QUADRATURE..=MAX_QUADRATURE).contains(&points) => count,
        _ => return Err(Error::argument(format!("nagq is {points}, it must be from -{MAX_QUADRATURE} to {MAX_QUADRATURE}"))),
    };
    options.nodes = if points < 0 { Nodes::Fixed } else { Nodes::Adaptive };
    Ok(())
}

pub(super) fn set_theta0(options: &mut Options, theta: Vec<f64>) -> Result<()> {
    if let Some(i) = theta.iter().position(|t| !t.is_finite()) {
        return Err(Error::argument(format!("theta[{i}] is {}, it must be finite", theta[i])));
    }
    options.theta0 = (!theta.is_empty()).then_some(theta);
    Ok(())
}

pub(super) fn set_tolerance(options: &mut Options, tolerance: f64) -> Result<()> {
    if !(tolerance.is_finite() && tolerance > 0.0) {
        return Err(Error::argument(format!("tolerance is {tolerance}, it must be positive and finite")));
    }
    options.tolerance = tolerance;
    Ok(())
}

pub(super) fn set_max_evaluations(options: &mut Options, count: i64) -> Result<()> {
    options.max_evaluations = positive("max_evaluations", count)?;
    Ok(())
}

pub(super) fn set_threads(options: &mut Options, count: i64) -> Result<()> {
    options.threads = positive("threads", count)?;
    Ok(())
}

pub(super) fn set_deadline(options: &mut Options, seconds: f64) -> Result<()> {
    if seconds.is_nan() || seconds <= 0.0 {
        return Err(Error::argument(format!("deadline is {seconds}, it must be positive (infinity for none)")));
    }
    options.deadline = seconds.is_finite().then_some(seconds);
    Ok(())
}

fn positive(name: &str, count: i64) -> Result<usize> {
    match usize::try_from(count) {
        Ok(count) if count > 0 => Ok(count),
        _ => Err(Error::argument(format!("{name} is {count}, it must be at least 1"))),
    }
}
