//! How the random effects of a fit were solved for, what that would have taken by a factorisation, and Monte-Carlo errors.

use std::borrow::Cow;
use std::ptr::null;

use super::boundary::{boundary, query};
use super::buffer::copy_out;
use super::c_char;
use super::fit::{FitHandle, estimates_of};
use super::status::{ErrorRecord, Status};
use crate::options::Engine;

/// Which engine made a fit: "direct", or "iterative" for a linear or generalised model whose random effects were
/// solved for by iterations. NULL for NULL. A
/// static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_engine(fit: Option<&FitHandle>) -> *const c_char {
    query(null(), || {
        let engine = fit?.fit.engine().map_or(Engine::Direct, |own| own.engine);
        Some(if engine == Engine::Iterative { c"iterative" } else { c"direct" }.as_ptr())
    })
}

/// Why that engine was chosen, in one line; NULL where there was nothing to decide.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_engine_decision(fit: Option<&FitHandle>) -> *const c_char {
    query(null(), || {
        let fit = fit?;
        let decision: Vec<String> = fit.fit.engine().iter().map(|own| own.decision.clone()).collect();
        Some(fit.strings.decision.get(&decision, 0))
    })
}

/// The forecast of a factorisation: its multiplications. NaN where there was no forecast.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_forecast_multiplications(fit: Option<&FitHandle>) -> f64 {
    query(f64::NAN, || Some(fit?.fit.engine()?.forecast?.multiplications))
}

/// The forecast of a factorisation: its memory in bytes. NaN where there was no forecast.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_forecast_bytes(fit: Option<&FitHandle>) -> f64 {
    query(f64::NAN, || Some(fit?.fit.engine()?.forecast?.bytes))
}

/// The Monte-Carlo standard error of the criterion, which is twice that of the log-likelihood. 0 for a fit by the direct engine, NaN for NULL.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_criterion_error(fit: Option<&FitHandle>) -> f64 {
    query(f64::NAN, || Some(fit?.fit.iterative().map_or(0.0, |own| own.criterion_error)))
}

/// Monte-Carlo standard errors of theta, to `out` [n_theta]: what other random signs would change. 0 for a fit by the direct engine. They are
/// not the standard errors of estimation, which are much larger.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_theta_errors(
    fit: Option<&FitHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let fit = estimates_of(fit)?;
        let errors =
            fit.iterative().map_or_else(|| Cow::Owned(vec![0.0; fit.theta.len()]), |own| Cow::Borrowed(&own.theta_error[..]));
        copy_out(&errors, out, len)
    })
}
