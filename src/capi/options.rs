//! How a model is fitted.

use std::mem::MaybeUninit;

use super::boundary::boundary;
use super::buffer::{copied, slice, target};
use super::c_char;
use super::c_void;
use super::codes::meaning;
use super::handle::{free, give, need};
use super::options_lists::{
    FixedEffectsCode, InformationCode, MethodCode, NaCode, OptimizerCode, RandomTermsCode, StdErrorsCode, UnidentifiedCode,
};
use super::phase::ProgressFn;
use super::status::{ErrorRecord, Status};
use super::strings::{StringTable, text};
use crate::error::{Error, Result};
use crate::fit::assignments;
use crate::options::{Estimation, Nodes, Options, RandomTerms};

/// The most quadrature points for each random effect.
pub(super) const MAX_QUADRATURE: i64 = 100;

/// How to fit a model. Functions with options accept NULL for the defaults.
/// Since 0.1.
pub struct OptionsHandle {
    pub(super) options: Options,
    pub(super) progress: ProgressFn,
    pub(super) user_data: *mut c_void,
    /// The values of all options, once they were asked for.
    pub(super) texts: StringTable,
}

impl OptionsHandle {
    /// Options that nobody watches.
    pub(super) fn new(options: Options) -> Self {
        OptionsHandle { options, progress: None, user_data: std::ptr::null_mut(), texts: StringTable::default() }
    }
}

/// Makes options with their default values.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_new(out: *mut *mut OptionsHandle, err: *mut ErrorRecord) -> Status {
    boundary(err, || {
        let out = target(out, "out")?;
        out.write(give(OptionsHandle::new(Options::default()))?);
        Ok(())
    })
}

/// Which likelihood to maximise; INTERLACE_METHOD_DEFAULT is the default. The restricted likelihood of a generalised model integrates out the
/// fixed effects.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_method(
    options: Option<&mut OptionsHandle>,
    method: MaybeUninit<MethodCode>,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| {
        set_method(options, meaning(method, "method")?);
        Ok(())
    })
}

/// The minimiser; INTERLACE_OPTIMIZER_NEWTON is the default.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_optimizer(
    options: Option<&mut OptionsHandle>,
    optimizer: MaybeUninit<OptimizerCode>,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| {
        options.optimizer = meaning(optimizer, "optimizer")?;
        Ok(())
    })
}

/// The start of the search: `theta` [n_theta], copied, in the order of interlace_fit_theta_name. With `n_theta` 0 the
/// library chooses the start. The fit reports a wrong length.
/// @param n_theta The number of elements of theta; 0 for the library's choice.
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

/// The start of some parameters by their ids, as they are reported: a text such as "sd[g, x] = 2, cor[g, (Intercept), x] = 0.5, fixef[x] = 1"
/// (interlace_fit_parameter_id has the ids); the others begin where the library chooses. Standard deviations of a linear model are in the
/// units of the response. What a search finds by itself for each value of the others has no start: the fixed effects of linear and Cox models, and those
/// of a fit with nagq = 0 or by restricted likelihood; its value is not used. The fit reports an id that it has not, a value that a
/// parameter can't have, and a start beside theta0. An empty text is the library's choice.
/// @param start The assignments, separated by commas.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_start(
    options: Option<&mut OptionsHandle>,
    start: *const c_char,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| set_start(options, text(start, "start")?))
}

/// The search ends at this predicted decrease of the objective; positive, default 1e-13.
/// @param tolerance Positive and finite.
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
/// @param max_evaluations At least 1.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_max_evaluations(
    options: Option<&mut OptionsHandle>,
    max_evaluations: i64,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| set_max_evaluations(options, max_evaluations))
}

/// The number of threads that one call may use; positive, default 1. No bit of a result depends on it. Fits of few rows use one whatever
/// is set. The threads end with the call. Progress functions and user-defined families of a fit stay on the thread of the call.
/// @param threads At least 1.
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
/// @param seconds Positive; infinity for none.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_deadline(
    options: Option<&mut OptionsHandle>,
    seconds: f64,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| set_deadline(options, seconds))
}

/// What to do with rows that have missing values; INTERLACE_NA_OMIT is the default.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_na(
    options: Option<&mut OptionsHandle>,
    na: MaybeUninit<NaCode>,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| {
        options.na = meaning(na, "na")?;
        Ok(())
    })
}

/// The information in the Laplace approximation of a generalised model; INTERLACE_INFORMATION_OBSERVED is the default.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_information(
    options: Option<&mut OptionsHandle>,
    information: MaybeUninit<InformationCode>,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| {
        options.information = meaning(information, "information")?;
        Ok(())
    })
}

/// What the fixed effects of a Cox model maximise; INTERLACE_FIXED_EFFECTS_JOINT is the default. Those of other models maximise the
/// likelihood whatever this says.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_fixed_effects(
    options: Option<&mut OptionsHandle>,
    fixed_effects: MaybeUninit<FixedEffectsCode>,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| {
        options.fixed_effects = meaning(fixed_effects, "fixed_effects")?;
        Ok(())
    })
}

/// Quadrature points for each random effect of a generalised model, -100 to 100: 1, the default, is the Laplace approximation; more are
/// adaptive Gauss-Hermite quadrature; 0 is the Laplace approximation with fixed effects at their joint mode with the random ones, as in
/// lme4: faster and less accurate. Below -1 it is Gauss-Hermite quadrature with that many points at the nodes of the random effects'
/// normal distribution, which do not adapt to the data; -1 is an error.
/// @param points The number of points, -100 to 100, but not -1.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_nagq(
    options: Option<&mut OptionsHandle>,
    points: i32,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| set_nagq(options, i64::from(points)))
}

/// The kind of standard errors of a generalised model; INTERLACE_STD_ERRORS_MARGINAL is the default.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_std_errors(
    options: Option<&mut OptionsHandle>,
    std_errors: MaybeUninit<StdErrorsCode>,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| {
        options.std_errors = meaning(std_errors, "std_errors")?;
        Ok(())
    })
}

/// What to do if the data cannot tell random effects apart from each other or from the residual; INTERLACE_UNIDENTIFIED_ERROR is
/// the default.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_unidentified(
    options: Option<&mut OptionsHandle>,
    unidentified: MaybeUninit<UnidentifiedCode>,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| {
        options.unidentified = meaning(unidentified, "unidentified")?;
        Ok(())
    })
}

/// Whether a model may be without random terms; INTERLACE_RANDOM_TERMS_REQUIRED is the default.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_options_set_random_terms(
    options: Option<&mut OptionsHandle>,
    random_terms: MaybeUninit<RandomTermsCode>,
    err: *mut ErrorRecord,
) -> Status {
    change(options, err, |options| {
        set_random_terms(options, meaning(random_terms, "random_terms")?);
        Ok(())
    })
}

pub(super) fn set_random_terms(options: &mut Options, random_terms: RandomTerms) {
    options.null_model = random_terms == RandomTerms::Optional;
}

/// Sets the progress function, with the pointer that it receives. Every call that is given these options calls it. NULL removes it.
/// @param progress The function; NULL for none.
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
    boundary(err, || {
        let handle = need(options, "options")?;
        body(&mut handle.options)?;
        handle.texts = StringTable::default();
        Ok(())
    })
}

pub(super) fn set_method(options: &mut Options, method: Estimation) {
    options.reml = method != Estimation::Ml;
    options.reml_generalised = method == Estimation::Reml;
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

pub(super) fn set_start(options: &mut Options, text: &str) -> Result<()> {
    let start = if text.trim().is_empty() { vec![] } else { assignments("start", text)? };
    if let Some((id, value)) = start.iter().find(|(_, value)| !value.is_finite()) {
        return Err(Error::argument(format!("start: {id} is {value}, it must be finite")));
    }
    options.start = start;
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

pub(super) fn set_engine_seed(options: &mut Options, seed: i64) -> Result<()> {
    options.engine_seed =
        u64::try_from(seed).map_err(|_| Error::argument(format!("engine_seed is {seed}, it must not be negative")))?;
    Ok(())
}

pub(super) fn set_memory_limit(options: &mut Options, bytes: f64) -> Result<()> {
    if bytes.is_nan() || bytes <= 0.0 {
        return Err(Error::argument(format!("memory_limit is {bytes}, it must be positive (infinity for none)")));
    }
    options.memory_limit = bytes;
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
