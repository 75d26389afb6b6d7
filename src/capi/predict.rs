//! Predictions of a fit.

use super::boundary::boundary;
use super::buffer::copy_out;
use super::fit::{FitHandle, fit_of};
use super::frame::FrameHandle;
use super::handle::{choice, need};
use super::spec::SpecHandle;
use super::status::{ErrorRecord, Status};
use crate::error::{Error, Result};
use crate::predict::{NewData, PredictOptions};
use crate::spec::Source;

/// Predict the mean of the response.
pub const INTERLACE_PREDICT_RESPONSE: i32 = 0;
/// Predict the linear predictor. For a linear model that is the mean of the response.
pub const INTERLACE_PREDICT_LINK: i32 = 1;

/// A level of a grouping factor that is missing, or that the fit doesn't know, is an error, INTERLACE_E_DATA.
pub const INTERLACE_NEW_LEVELS_ERROR: i32 = 0;
/// A level of a grouping factor that is missing, or that the fit doesn't know, has random effects of zero.
pub const INTERLACE_NEW_LEVELS_ZERO: i32 = 1;

/// Predictions for the rows of `newdata`, to `out` [rows of newdata]; where `newdata` is NULL for the data of the fit, to `out` [m], m
/// as interlace_fit_n_rows has it. `type` is INTERLACE_PREDICT_RESPONSE or INTERLACE_PREDICT_LINK. With `random` the random effects
/// are added, otherwise they are taken as zero. `new_levels` is INTERLACE_NEW_LEVELS_ERROR or INTERLACE_NEW_LEVELS_ZERO.
/// A row in which another predictor is missing gets NaN. A fit from arrays predicts with interlace_fit_predict_arrays.
/// INTERLACE_E_DATA if a column is absent or a category has a level that the fit doesn't know.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_predict(
    fit: Option<&FitHandle>,
    newdata: Option<&FrameHandle>,
    r#type: i32,
    random: bool,
    new_levels: i32,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let fit = fit_of(fit)?;
        let options = predict_options(r#type, random, new_levels)?;
        let newdata = newdata.map_or(NewData::Training, |newdata| NewData::Frame(&newdata.frame));
        copy_out(&fit.predict(newdata, options)?, out, len)
    })
}

/// Predictions of a fit from arrays for new arrays, to `out` [n of newdata]: `newdata` is a spec with the same columns and terms,
/// made by interlace_spec_new_arrays with or without `y`. Otherwise as interlace_fit_predict.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_predict_arrays(
    fit: Option<&FitHandle>,
    newdata: Option<&SpecHandle>,
    r#type: i32,
    random: bool,
    new_levels: i32,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let fit = fit_of(fit)?;
        let options = predict_options(r#type, random, new_levels)?;
        match &need(newdata, "newdata")?.spec.source {
            Source::Arrays(arrays) => copy_out(&fit.predict(NewData::Arrays(arrays), options)?, out, len),
            Source::Formula(_) => Err(Error::argument("newdata was made from a formula, it must be a spec made from arrays")),
        }
    })
}

fn predict_options(scale: i32, random: bool, new_levels: i32) -> Result<PredictOptions> {
    // The two scales are one in a linear model.
    choice(scale, "type", &[(INTERLACE_PREDICT_RESPONSE, ()), (INTERLACE_PREDICT_LINK, ())])?;
    let policies = [(INTERLACE_NEW_LEVELS_ERROR, false), (INTERLACE_NEW_LEVELS_ZERO, true)];
    Ok(PredictOptions { random, new_levels_zero: choice(new_levels, "new_levels", &policies)? })
}
