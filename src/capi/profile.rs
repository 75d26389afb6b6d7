//! Profiles of the likelihood, and intervals from them.

use std::mem::MaybeUninit;

use super::boundary::boundary;
use super::buffer::target;
use super::codes::meaning;
use super::fit::{FitHandle, summed};
use super::frame::FrameHandle;
use super::handle::give;
use super::options::OptionsHandle;
use super::progress::watched;
use super::request::{Request, level_of, read};
use super::resample_lists::ProfileScaleCode;
use super::status::{ErrorRecord, Status};
use crate::error::Result;
use crate::fit::Fit;
use crate::inference::profile::{Profile, ProfileScale, intervals, points};

/// What is profiled. All members zero but the size are the defaults: INTERLACE_PROFILE_REQUEST_INIT.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct ProfileRequest {
    /// sizeof(interlace_profile_request).
    pub struct_size: usize,
    /// The level of intervals, between 0 and 1; 0 means 0.95.
    pub level: f64,
    /// The parameters that are profiled.
    pub profile_scale: MaybeUninit<ProfileScaleCode>,
}

unsafe impl Request for ProfileRequest {
    const NAME: &'static str = "interlace_profile_request";
    const FIRST_SIZE: usize = size_of::<Self>();
}

/// Profile-likelihood intervals of all parameters as a new frame: term, id, estimate, lower, upper, warning. The ids are those of
/// interlace_fit_parameter_id. The terms have lme4's names, except for
/// nested groups, which are a:b as everywhere here, not b:a:
/// standard deviations (sd_) and correlations (cor_) of random effects, sigma, the residual correlation (ar1|g or cs|g), the
/// family's parameters or those of thresholds with nominal effects, fixed effects (those of the zero part and the dispersion or scale begin
/// with zi. and disp.); with INTERLACE_PROFILE_SCALE_THETA only the elements of theta, with the fit's names after "theta."; those of a
/// linear model are relative to sigma, which is maximised over. Likelihoods, and so the estimates here, are always those of maximum
/// likelihood, whatever the method of the fit. A limit is NaN if the profile never crosses; "warning" says why and is missing
/// otherwise. A coefficient of a Cox model without a finite estimate has an infinite limit on the side to which the likelihood does not fall.
/// INTERLACE_E_UNSUPPORTED for a fit with nagq 0. The progress function is told of each point of a profile, with the deviance and theta there.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_parameters_confint_profile(
    fit: Option<&FitHandle>,
    request: *const ProfileRequest,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, out) = (&summed(fit)?.fit, target(out, "out")?);
        out.write(give(FrameHandle::new(intervals(&profiles(fit, &read(request)?, options)?)?))?);
        Ok(())
    })
}

/// Profiles of all parameters as a new frame of points: term, id, value, and zeta, the signed root of the deviance's rise above its minimum
/// when the parameter has that value, maximised over all others; then a column for each parameter, by its name, with its value there (with
/// a number behind a name that one of the other columns has). The points of a term ascend, from slightly below its interval
/// to slightly above; otherwise as interlace_fit_parameters_confint_profile.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_profile(
    fit: Option<&FitHandle>,
    request: *const ProfileRequest,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, out) = (&summed(fit)?.fit, target(out, "out")?);
        out.write(give(FrameHandle::new(points(&profiles(fit, &read(request)?, options)?)?))?);
        Ok(())
    })
}

unsafe fn profiles(fit: &Fit, request: &ProfileRequest, options: Option<&OptionsHandle>) -> Result<Vec<Profile>> {
    let (level, scale) = (level_of(request.level), meaning(request.profile_scale, "request->profile_scale")?);
    watched(options, |watch| match scale {
        ProfileScale::SdCor => fit.profile(level, watch),
        ProfileScale::Theta => fit.profile_theta(level, watch),
    })
}
