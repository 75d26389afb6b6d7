//! What estimates become without single rows, or without groups of them.

use std::mem::MaybeUninit;

use super::boundary::boundary;
use super::buffer::{optional_slice, target};
use super::c_char;
use super::codes::meaning;
use super::fit::{FitHandle, fit_of};
use super::frame::FrameHandle;
use super::handle::{give, need};
use super::influence_lists::InfluenceMethodCode;
use super::options::{OptionsHandle, threads};
use super::progress::watched;
use super::request::{Request, read};
use super::status::{ErrorRecord, Status};
use super::strings::optional_text;
use crate::diagnostics::influence::{Cases, InfluenceOptions, apart};
use crate::error::Error;

/// What is left out, and how. All members zero but the size are the defaults: INTERLACE_INFLUENCE_REQUEST_INIT.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct InfluenceRequest {
    /// sizeof(interlace_influence_request).
    pub struct_size: usize,
    /// How the estimates without a case are had.
    pub influence_method: MaybeUninit<InfluenceMethodCode>,
    /// Each level of this grouping factor of the model ("g", "a:b"), or of these columns of the data, is a case. NULL for single rows.
    pub group: *const c_char,
    /// Codes [n_codes], one for each row of the data or for each row used: rows with the same code are a case, those with a negative one are
    /// never left out. NULL for none. There must be no `group` beside them.
    pub codes: *const i32,
    /// The number of codes.
    pub n_codes: usize,
}

unsafe impl Request for InfluenceRequest {
    const NAME: &'static str = "interlace_influence_request";
    const FIRST_SIZE: usize = size_of::<Self>();
}

/// Influence: what the estimates become without each case, a row or a group of rows, as a new frame with one row per case: "case" (the
/// number of the row in the data, from 1; the level; the code), "rows" (how many are left out), "status", "reason" (why there are no
/// numbers, else missing), "cooks_distance", "mdffits", "covtrace", "covratio", "likelihood_displacement"; "dfbetas." with the name of each
/// fixed effect of the mean; "rvc." with the name of each standard deviation; and all estimates without the case, named as those of
/// interlace_bootstrap_run. Levels without rows are no cases. Names that are taken get a number.
///
/// With b, V the p fixed effects of the mean and their covariance, and b_i, V_i those without the case: cooks_distance is (b - b_i)' V^-1 (b -
/// b_i) / p, mdffits the same with V_i for V, covtrace |tr(V^-1 V_i) - p|, covratio det V_i / det V, dfbetas (b - b_i) in standard errors of
/// b_i, rvc the relative change of the variance. likelihood_displacement is twice what the log-likelihood of all rows loses at the estimates
/// without the case; of a restricted likelihood, and of a Cox model, at those of the covariances, with the best fixed effects.
///
/// status is "converged"; "singular", if a linear combination of random effects has no variance without the case; "not_converged"; "rank_lost",
/// if a fixed effect has no estimate without the case; or "failed", as for a case that has all rows, or an ordinal category that occurs in
/// no other. The numbers of the last two are NaN.
///
/// `data`, which may be NULL, is the frame of the fit: it is needed if the group is no grouping factor of the model. `request` may be NULL for
/// single rows and refits. The threads of `options` work on cases in parallel and do not change results. The progress function is told of
/// each case with the number done, and the deviance and theta without it (NaN and none if it failed).
/// INTERLACE_E_UNSUPPORTED for INTERLACE_INFLUENCE_METHOD_FIXED if the model is not linear, for a fit by the iterative
/// engine, and for one without rows.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_influence(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    request: *const InfluenceRequest,
    options: Option<&OptionsHandle>,
    out: *mut *mut FrameHandle,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let (fit, out, request) = (fit_of(fit)?, target(out, "out")?, read(request)?);
        let group = optional_text(request.group, "request.group")?;
        let codes = optional_slice(request.codes, request.n_codes, "request.codes")?;
        let cases = match (group, codes) {
            (Some(_), Some(_)) => return Err(Error::argument("request has a group and codes, wanted one of them")),
            (Some(group), None) => Cases::Group(group, data.map(|data| &data.frame)),
            (None, Some(codes)) => Cases::Codes(codes),
            (None, None) => Cases::Rows,
        };
        let method = meaning(request.influence_method, "request.influence_method")?;
        let asked = InfluenceOptions { cases, method, threads: threads(options) };
        let table = watched(options, |watch| fit.influence(&asked, watch)?.frame())?;
        out.write(give(FrameHandle::new(table))?);
        Ok(())
    })
}

/// What stands out of a frame from interlace_fit_influence, by its column "cooks_distance", of which NaN does not count: the number of cases
/// above `threshold`, the largest gap between neighbours of the ordered distances, and how many cases are above that. 0 as threshold means 4
/// divided by the number of cases.
/// @param threshold A distance that is not negative; 0 means 4 divided by the number of cases.
/// @param n_influential The number of cases above the threshold [1].
/// @param gap The largest gap [1].
/// @param n_above_gap The number of cases above it [1].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_frame_influential(
    frame: Option<&FrameHandle>,
    threshold: f64,
    n_influential: *mut usize,
    gap: *mut f64,
    n_above_gap: *mut usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let frame = &need(frame, "frame")?.frame;
        let (n_influential, gap) = (target(n_influential, "n_influential")?, target(gap, "gap")?);
        let n_above_gap = target(n_above_gap, "n_above_gap")?;
        let distances = frame.numbers(frame.column("cooks_distance")?)?;
        let found = apart(&distances, (threshold != 0.0).then_some(threshold))?;
        n_influential.write(found.influential);
        gap.write(found.gap);
        n_above_gap.write(found.above_gap);
        Ok(())
    })
}
