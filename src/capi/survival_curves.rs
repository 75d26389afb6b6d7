//! Survival curves of Cox fits, quantiles and means that follow from them.

use std::mem::MaybeUninit;

use super::boundary::boundary;
use super::buffer::{optional_slice, slice, target};
use super::codes::meaning;
use super::fit::{FitHandle, fit_of};
use super::frame::FrameHandle;
use super::handle::give;
use super::options::OptionsHandle;
use super::predict::chosen_terms;
use super::predict_lists::{CurveLimitsCode, NewLevelsCode, RandomCode};
use super::progress::watched;
use super::request::{level_of, read};
use super::spec::SpecHandle;
use super::status::{ErrorRecord, Status};
use crate::error::{Error, Result, try_copy};
use crate::fit::Fit;
use crate::predict::{CurveRequest, NewData, RandomTerms};

/// What is asked of survival curves. All members zero but the size are the defaults: INTERLACE_SURVIVAL_REQUEST_INIT.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SurvivalRequest {
    /// sizeof(interlace_survival_request).
    pub struct_size: usize,
    /// Whether the random effects are those of the fit, zero or averaged over.
    pub random: MaybeUninit<RandomCode>,
    /// The random terms [n_terms] whose modes are added, counted from 0; NULL for all.
    pub terms: *const usize,
    /// The number of these terms.
    pub n_terms: usize,
    /// What is done with levels of grouping factors that the fit does not know.
    pub new_levels: MaybeUninit<NewLevelsCode>,
    /// The times [n_times] of the curves, finite and from 0 up, in any order; NULL for the event times of each row's stratum.
    pub times: *const f64,
    /// The number of these times.
    pub n_times: usize,
    /// The scale on which limits are symmetric, or none.
    pub curve_limits: MaybeUninit<CurveLimitsCode>,
    /// The level of the limits, between 0 and 1; 0 means 0.95.
    pub level: f64,
    /// New data of a fit from arrays: a spec with the same columns, terms and strata. NULL otherwise.
    pub arrays: Option<&'static SpecHandle>,
}

unsafe impl super::request::Request for SurvivalRequest {
    const NAME: &'static str = "interlace_survival_request";
    const FIRST_SIZE: usize = size_of::<Self>();
}

/// Survival curves of the rows of `data` as a new frame, a row for each of them and each time: "row" (from 0), "stratum" (missing without
/// strata), "time", "status" ("ok", or why there is no number, as in interlace_fit_predict_status), "survival" (the probability of no event
/// from time 0 up to and at the time), and "cumulative_hazard", its negative logarithm; with limits also "std_error", "lower", "upper" and
/// "cumulative_hazard_std_error". The rows need their predictors, grouping factors and strata, but not the response. A row in which one of
/// these is missing has a single line, without a time. A time after the last one at which a row of the stratum is observed in the data of the
/// fit has no number.
///
/// With known levels, or random effects of zero, the survival is exp(-exp(eta) A(t)), A the cumulative hazard of the stratum at a predictor
/// of zero; averaged over random effects it is the mean of this over their normal distribution. Standard errors contain the
/// uncertainty of fixed and random effects and of A; covariances of random effects count as known. A level that is not known and has
/// random effects of zero varies as a new one.
/// INTERLACE_E_ARGUMENT if the fit is not of a Cox model, INTERLACE_E_DATA if a column is absent, or a stratum or level is not known.
/// @param request What is asked; NULL for the defaults.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_survival_curves(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    request: *const SurvivalRequest,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, asked, out) = (fit_of(fit)?, read(request)?, target(out, "out")?);
        let (newdata, request) = (rows(data, &asked)?, curves(fit, &asked)?);
        let curves = watched(options, |watch| fit.survival_curves(newdata, &request, watch))?;
        out.write(give(FrameHandle::new(curves.table))?);
        Ok(())
    })
}

/// Quantiles of the survival times of the rows of `data` as a new frame, a row for each of them and each of `probabilities` [n]: "row"
/// (from 0), "stratum" (missing without strata), "probability", "status" ("ok", or why there is no time, as in
/// interlace_fit_predict_status), "time", and with limits "lower" and "upper". The quantile for p is the first time at which the row's
/// survival curve is at most 1 - p, so 0.5 gives the median; its limits are the first times at which the limits of the curve are.
/// They are missing if that is at none of the times at which the row's stratum is observed; without a quantile the status is "beyond".
/// The curves and their limits are those of interlace_fit_survival_curves, but `request->times` must be NULL. Otherwise as there.
/// @param request What is asked of the curves; NULL for the defaults.
/// @param probabilities Numbers between 0 and 1 [n].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_survival_quantiles(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    request: *const SurvivalRequest,
    probabilities: *const f64,
    n: usize,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, asked, out) = (fit_of(fit)?, read(request)?, target(out, "out")?);
        let probabilities = slice(probabilities, n, "probabilities")?;
        let (newdata, request) = (rows(data, &asked)?, curves(fit, &asked)?);
        let quantiles = watched(options, |watch| fit.survival_quantiles(newdata, &request, probabilities, watch))?;
        out.write(give(FrameHandle::new(quantiles.table))?);
        Ok(())
    })
}

/// Restricted means of the survival times of the rows of `data` as a new frame, a row for each of them and each of `request->times`: "row"
/// (from 0), "stratum" (missing without strata), "time", "status" ("ok", or why there is no mean, as in
/// interlace_fit_predict_status), "mean", and with limits "std_error", "lower" and "upper". The mean counts a survival time as the given
/// time at most: it is the area below the row's survival curve up to that time. Without times it goes to the last time at which the row's
/// stratum is observed; after that there is none. The limits are symmetric, and not below 0 or above the time, whatever the scale of those
/// of curves; the standard errors take the covariances of the curve's points into account. The curves are those of
/// interlace_fit_survival_curves. Otherwise as there.
/// @param request What is asked of the curves, and the times; NULL for the defaults.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_survival_means(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    request: *const SurvivalRequest,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, asked, out) = (fit_of(fit)?, read(request)?, target(out, "out")?);
        let (newdata, request) = (rows(data, &asked)?, curves(fit, &asked)?);
        let means = watched(options, |watch| fit.survival_means(newdata, &request, watch))?;
        out.write(give(FrameHandle::new(means.table))?);
        Ok(())
    })
}

fn rows<'a>(data: Option<&'a FrameHandle>, asked: &SurvivalRequest) -> Result<NewData<'a>> {
    match (data, asked.arrays) {
        (None, None) => Ok(NewData::Training),
        (Some(data), None) => Ok(NewData::Frame(&data.frame)),
        (None, Some(arrays)) => Ok(NewData::Spec(&arrays.spec)),
        (Some(_), Some(_)) => Err(Error::argument("data and request->arrays are both given, at most one of them may be")),
    }
}

unsafe fn curves(fit: &Fit, asked: &SurvivalRequest) -> Result<CurveRequest> {
    let (random, any) = (meaning(asked.random, "request->random")?, !asked.terms.is_null() || asked.n_terms > 0);
    let terms = match random {
        RandomCode::All => chosen_terms(fit, asked.terms, asked.n_terms)?,
        _ if any => {
            return Err(Error::argument(
                "request->terms are chosen, but request->random is not all: there is nothing to choose from",
            ));
        }
        RandomCode::None | RandomCode::Average => RandomTerms::None,
    };
    let times = match optional_slice(asked.times, asked.n_times, "request->times")? {
        None if asked.n_times > 0 => {
            return Err(Error::argument(format!("request->times is NULL, request->n_times is {}", asked.n_times)));
        }
        times => times.map(|times| try_copy("times", times)).transpose()?,
    };
    Ok(CurveRequest {
        random: terms,
        marginal: random == RandomCode::Average,
        new_levels: meaning(asked.new_levels, "request->new_levels")?,
        times,
        limits: meaning(asked.curve_limits, "request->curve_limits")?,
        level: Some(level_of(asked.level)),
    })
}
