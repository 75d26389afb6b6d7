//! What only Cox models have: events, likelihoods, degrees of freedom, concordance.

use super::boundary::{boundary, query};
use super::buffer::target;
use super::codes::code_of;
use super::fit::{FitHandle, fit_of};
use super::frame::FrameHandle;
use super::handle::give;
use super::spec_survival::TiesCode;
use super::status::{ErrorRecord, Status};
use crate::error::Error;
use crate::fit::Cox;

fn cox(fit: Option<&FitHandle>) -> Option<&Cox> {
    fit?.fit.cox()
}

/// How the fit handles events at the same time; INTERLACE_TIES_NONE for NULL and for other models than Cox's.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_ties(fit: Option<&FitHandle>) -> TiesCode {
    query(TiesCode::None, || code_of(cox(fit)?.ties))
}

/// Number of rows used that have an event; 0 for NULL and for other models than Cox's.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_n_events(fit: Option<&FitHandle>) -> usize {
    query(0, || Some(cox(fit)?.n_events))
}

/// Log partial likelihood of a Cox model at the offset only, without fixed and random effects. NaN for NULL and for other models.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_log_likelihood_null(fit: Option<&FitHandle>) -> f64 {
    query(f64::NAN, || Some(cox(fit)?.loglik_null))
}

/// Log partial likelihood of a Cox model at its fixed effects and the modes of its random effects, less the penalty b'V^-1 b / 2 of these, V
/// their covariance. NaN for NULL and for other models. interlace_fit_log_likelihood() is that integrated over the random effects.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_log_likelihood_penalised(fit: Option<&FitHandle>) -> f64 {
    query(f64::NAN, || Some(cox(fit)?.loglik_penalised))
}

/// Log partial likelihood of a Cox model at its fixed effects and the modes of its random effects, without the penalty. NaN for NULL and
/// for other models.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_log_likelihood_fitted(fit: Option<&FitHandle>) -> f64 {
    query(f64::NAN, || Some(cox(fit)?.loglik_fitted))
}

/// Concordance of a Cox model's linear predictor, random effects included: the share of pairs of rows, one of which has an event while the
/// other is at risk and has none then, in which it has the larger predictor; equal predictors count half. Pairs are of one stratum and
/// count the product of their weights. NaN for NULL, for other models and without pairs.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_concordance(fit: Option<&FitHandle>) -> f64 {
    query(f64::NAN, || Some(cox(fit)?.concordance.estimate))
}

/// Standard error of interlace_fit_concordance, by the infinitesimal jackknife in the weights of the rows, the predictor being given. NaN
/// for NULL, for other models and without pairs.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_concordance_std_error(fit: Option<&FitHandle>) -> f64 {
    query(f64::NAN, || Some(cox(fit)?.concordance.std_error))
}

/// Degrees of freedom of the penalised likelihood of a Cox model: the number of fixed effects, and of each random effect the share that is
/// not shrunk away. NaN for NULL, for other models, and where the fixed effects maximise the integrated likelihood.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_df_penalised(fit: Option<&FitHandle>) -> f64 {
    query(f64::NAN, || Some(cox(fit)?.df_penalised))
}

/// The hazard ratios of a Cox model, the exponentials of its fixed effects, as a new frame, one row each: "term", "id", "hazard_ratio", and the
/// limits "lower" and "upper" of Wald's intervals at `level` on the scale of the logarithm.
/// INTERLACE_E_ARGUMENT for other models.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_hazard_ratios(
    fit: Option<&FitHandle>,
    level: f64,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, out) = (fit_of(fit)?, target(out, "out")?);
        if fit.cox().is_none() {
            return Err(Error::argument("fit is not of a Cox model, it has no hazard ratios"));
        }
        out.write(give(FrameHandle::new(fit.hazard_ratios(level)?))?);
        Ok(())
    })
}
