//! Profiles of the likelihood, and intervals from them.

use super::boundary::boundary;
use super::buffer::target;
use super::fit::{FitHandle, fit_of};
use super::frame::FrameHandle;
use super::handle::{choice, give};
use super::options::OptionsHandle;
use super::progress::watched;
use super::status::{ErrorRecord, Status};
use crate::error::Result;
use crate::fit::Fit;
use crate::inference::profile::{Profile, intervals, points};

/// Profiles of all parameters, with random effects as standard deviations and correlations.
pub const INTERLACE_PROFILE_SD_COR: i32 = 0;
/// Profiles of the elements of theta.
pub const INTERLACE_PROFILE_THETA: i32 = 1;

/// Profile-likelihood intervals of all parameters as a new frame: term, estimate, lower, upper, warning. The terms have lme4's names, except for
/// nested groups, which are a:b as everywhere here, not b:a:
/// standard deviations (sd_) and correlations (cor_) of random effects, sigma, the residual correlation (ar1|g or cs|g), the
/// family's parameters or those of thresholds with nominal effects, fixed effects (those of the zero part and the dispersion or scale begin
/// with zi. and disp.); with `scale` INTERLACE_PROFILE_THETA only the elements of theta, with the fit's names after "theta."; those of a
/// linear model are relative to sigma, which is maximised over. Likelihoods, and so the estimates here, are always those of maximum
/// likelihood, whatever the method of the fit. A limit is NaN if the profile never crosses; "warning" says why and is missing
/// otherwise.
/// INTERLACE_E_UNSUPPORTED for a fit with nagq 0. Of `options` (may be NULL) it uses only the deadline and the progress function, which
/// is told of each point of a profile, with the deviance and theta there.
/// The caller frees `*out` with interlace_frame_free.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_confint_profile(
    fit: Option<&FitHandle>,
    level: f64,
    scale: i32,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, out) = (fit_of(fit)?, target(out, "out")?);
        out.write(give(FrameHandle::new(intervals(&profiles(fit, level, scale, options)?)?)));
        Ok(())
    })
}

/// Profiles of all parameters as a new frame of points: term, value, and zeta, the signed root of the deviance's rise above its minimum
/// when the parameter has that value, maximised over all others. The points of a term ascend, from slightly below its interval
/// to slightly above; otherwise as interlace_fit_confint_profile.
/// The caller frees `*out` with interlace_frame_free.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_profile(
    fit: Option<&FitHandle>,
    level: f64,
    scale: i32,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, out) = (fit_of(fit)?, target(out, "out")?);
        out.write(give(FrameHandle::new(points(&profiles(fit, level, scale, options)?)?)));
        Ok(())
    })
}

unsafe fn profiles(fit: &Fit, level: f64, scale: i32, options: Option<&OptionsHandle>) -> Result<Vec<Profile>> {
    let theta = choice(scale, "scale", &[(INTERLACE_PROFILE_SD_COR, false), (INTERLACE_PROFILE_THETA, true)])?;
    watched(options, |watch| if theta { fit.profile_theta(level, watch) } else { fit.profile(level, watch) })
}
