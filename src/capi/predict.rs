//! Predictions of a fit.

use super::boundary::boundary;
use super::buffer::{array_target, copy_out, optional_slice};
use super::fit::{FitHandle, fit_of};
use super::frame::FrameHandle;
use super::handle::{choice, need};
use super::spec::SpecHandle;
use super::status::{ErrorRecord, Status};
use crate::error::{Error, Result};
use crate::predict::{NewData, Predictions, Quantity, RandomTerms, Request};

/// Predict the mean of the response as fitted values are: of a mixture with zeros (1 - p) times the mean without these; for ordered beta the
/// mean between 0 and 1.
pub const INTERLACE_PREDICT_RESPONSE: i32 = 0;
/// Predict the linear predictor of the mean. For a linear model that is the mean of the response.
pub const INTERLACE_PREDICT_LINK: i32 = 1;
/// Predict the mean of the response without the zeros of the zero part; for ordered beta that with zeros and ones.
pub const INTERLACE_PREDICT_CONDITIONAL: i32 = 2;
/// Predict the probability p of a zero of the zero part; 0 for a fit without one.
pub const INTERLACE_PREDICT_ZERO_PROBABILITY: i32 = 3;
/// Predict the family's first parameter on the scale on which it is reported; for a linear model sigma, 1 for a family without parameters.
pub const INTERLACE_PREDICT_DISPERSION: i32 = 4;
/// Predict the mean of the response over all groups, the random effects integrated out. Groups are new ones, whatever the data say: their
/// columns need not be there. NaN where there is no such mean, as with an inverse link.
pub const INTERLACE_PREDICT_MARGINAL: i32 = 5;

/// A level of a grouping factor that is missing, or that the fit doesn't know, is an error, INTERLACE_E_DATA.
pub const INTERLACE_NEW_LEVELS_ERROR: i32 = 0;
/// A level of a grouping factor that is missing, or that the fit doesn't know, has random effects of zero.
pub const INTERLACE_NEW_LEVELS_ZERO: i32 = 1;

/// Predictions for the rows of `newdata`, to `out` [rows of newdata]; where `newdata` is NULL for the data of the fit, to `out` [m], m
/// as interlace_fit_n_rows has it. `type` is one of INTERLACE_PREDICT_RESPONSE to INTERLACE_PREDICT_MARGINAL. With `random` the random effects
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
        let request = request(r#type, random, new_levels)?;
        copy_out(&fit.predictions(frame_or_training(newdata), &request)?.values, out, len)
    })
}

/// Predictions of a fit from arrays for new arrays, to `out` [n of newdata]: `newdata` is a spec with the same columns and terms, and the
/// columns of the further predictors, made by interlace_spec_new_arrays with or without `y`. Otherwise as interlace_fit_predict.
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
        let request = request(r#type, random, new_levels)?;
        let newdata = NewData::Spec(&need(newdata, "newdata")?.spec);
        copy_out(&fit.predictions(newdata, &request)?.values, out, len)
    })
}

/// Predictions with standard errors and confidence intervals of a level, say 0.95, to `values`, `std_error`, `lower` and `upper`, each as
/// long as `out` of interlace_fit_predict; any of them may be NULL. With `random`, the modes of the random terms `terms` [n_terms] are added, or
/// with `terms` NULL of all terms: they count from 0, those of the mean first, then those of the zero part, then those of the dispersion.
///
/// Standard errors are those of the delta method. Fixed effects and parameters of the family vary as estimated, the random effects about
/// their modes given these; a level that the fit doesn't know varies as a new one of its group. The covariances of the random effects are
/// taken as known. Intervals use the normal distribution and are symmetric on the scale of the linear predictor; an end that is outside
/// the link's domain is NaN. Otherwise as interlace_fit_predict.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_predict_interval(
    fit: Option<&FitHandle>,
    newdata: Option<&FrameHandle>,
    r#type: i32,
    random: bool,
    terms: *const usize,
    n_terms: usize,
    new_levels: i32,
    level: f64,
    values: *mut f64,
    std_error: *mut f64,
    lower: *mut f64,
    upper: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let fit = fit_of(fit)?;
        let mut request = request(r#type, random, new_levels)?;
        choose_terms(&mut request, terms, n_terms)?;
        request.level = Some(level);
        give(&fit.predictions(frame_or_training(newdata), &request)?, [values, std_error, lower, upper], len)
    })
}

/// The same for a fit from arrays: `newdata` as for interlace_fit_predict_arrays, the rest as for interlace_fit_predict_interval.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_predict_arrays_interval(
    fit: Option<&FitHandle>,
    newdata: Option<&SpecHandle>,
    r#type: i32,
    random: bool,
    terms: *const usize,
    n_terms: usize,
    new_levels: i32,
    level: f64,
    values: *mut f64,
    std_error: *mut f64,
    lower: *mut f64,
    upper: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let fit = fit_of(fit)?;
        let mut request = request(r#type, random, new_levels)?;
        choose_terms(&mut request, terms, n_terms)?;
        request.level = Some(level);
        let newdata = NewData::Spec(&need(newdata, "newdata")?.spec);
        give(&fit.predictions(newdata, &request)?, [values, std_error, lower, upper], len)
    })
}

fn frame_or_training(newdata: Option<&FrameHandle>) -> NewData<'_> {
    newdata.map_or(NewData::Training, |newdata| NewData::Frame(&newdata.frame))
}

fn request(quantity: i32, random: bool, new_levels: i32) -> Result<Request> {
    let quantities = [
        (INTERLACE_PREDICT_RESPONSE, Quantity::Response),
        (INTERLACE_PREDICT_LINK, Quantity::Link),
        (INTERLACE_PREDICT_CONDITIONAL, Quantity::Conditional),
        (INTERLACE_PREDICT_ZERO_PROBABILITY, Quantity::ZeroProbability),
        (INTERLACE_PREDICT_DISPERSION, Quantity::Dispersion),
        (INTERLACE_PREDICT_MARGINAL, Quantity::Marginal),
    ];
    let policies = [(INTERLACE_NEW_LEVELS_ERROR, false), (INTERLACE_NEW_LEVELS_ZERO, true)];
    Ok(Request {
        quantity: choice(quantity, "type", &quantities)?,
        random: if random { RandomTerms::All } else { RandomTerms::None },
        new_levels_zero: choice(new_levels, "new_levels", &policies)?,
        level: None,
    })
}

unsafe fn choose_terms(request: &mut Request, terms: *const usize, n_terms: usize) -> Result<()> {
    match optional_slice(terms, n_terms, "terms")? {
        None if n_terms > 0 => Err(Error::argument(format!("terms is NULL, n_terms is {n_terms}"))),
        Some(_) if request.random == RandomTerms::None => {
            Err(Error::argument("terms are chosen, but random is false: without random effects there is nothing to choose"))
        }
        Some(terms) => {
            request.random = RandomTerms::Chosen(terms.to_vec());
            Ok(())
        }
        None => Ok(()),
    }
}

/// Copies to those outputs that are there, after a check of all.
unsafe fn give(found: &Predictions, to: [*mut f64; 4], len: usize) -> Result<()> {
    let from = [("values", &found.values), ("std_error", &found.std_errors), ("lower", &found.lower), ("upper", &found.upper)];
    let there = || from.iter().zip(to).filter(|(_, to)| !to.is_null());
    for ((name, values), to) in there() {
        array_target(to, len, values.len(), name)?;
    }
    there().try_for_each(|((_, values), to)| copy_out(values, to, len))
}
