//! Predictions of a fit.

use super::boundary::{boundary, query};
use super::buffer::{array_target, copied, copy_out, optional_slice};
use super::fit::{FitHandle, fit_of};
use super::frame::FrameHandle;
use super::handle::{choice, need};
use super::spec::SpecHandle;
use super::status::{ErrorRecord, Status};
use crate::error::{Error, Result, try_vec};
use crate::fit::Fit;
use crate::predict::{Interval, NewData, Predictions, Problem, Quantity, RandomTerms, Request};
use crate::watch::Watch;

/// Predict the mean of the response: (1 - p) times the mean without extra zeros for a mixture with zeros, and including the masses at
/// 0 and 1 for a beta family that has them. An ordinal fit has no mean: INTERLACE_E_ARGUMENT.
pub const INTERLACE_PREDICT_RESPONSE: i32 = 0;
/// Predict the linear predictor of the mean. For a linear model that is the mean of the response; for an ordinal fit x'beta + z'b + offset, the
/// location of the latent variable, without the thresholds and not divided by the scale.
pub const INTERLACE_PREDICT_LINK: i32 = 1;
/// Predict the mean of the response without the zeros of the zero part. Not for an ordinal fit.
pub const INTERLACE_PREDICT_CONDITIONAL: i32 = 2;
/// Predict the probability p of a zero of the zero part; 0 for a fit without one. Not for an ordinal fit.
pub const INTERLACE_PREDICT_ZERO_PROBABILITY: i32 = 3;
/// Predict the family's first parameter on the reported scale; for a linear model sigma, 1 for a family without
/// parameters; for an ordinal fit the scale, 1 without a scale formula.
pub const INTERLACE_PREDICT_DISPERSION: i32 = 4;
/// Predict the mean of the response over all groups, with the random effects integrated out. All groups count as new, so their
/// columns may be absent. NaN if there is no such mean, as with an inverse link. For an ordinal fit with K categories, their K probabilities.
pub const INTERLACE_PREDICT_MARGINAL: i32 = 5;
/// For an ordinal fit with K categories, predict their probabilities, lowest first, [rows,K]. NaN in a row whose nominal effects put
/// the thresholds out of order.
pub const INTERLACE_PREDICT_PROBABILITIES: i32 = 6;
/// For an ordinal fit with K categories, predict the cumulative probabilities of the first, the second, .., the one before the
/// highest, [rows,K-1].
pub const INTERLACE_PREDICT_CUMULATIVE: i32 = 7;
/// For an ordinal fit, predict the most probable category, a number from 1 to K, the lowest if there are ties. It has no standard error.
pub const INTERLACE_PREDICT_CLASS: i32 = 8;
/// Predict mu, the inverse link of the linear predictor: for ordered and zero-one-inflated beta the mean between 0 and 1, without the masses
/// at the ends; for truncated families the mean before truncation; for lognormal the mean of the logarithms. For other families it is
/// INTERLACE_PREDICT_CONDITIONAL. Not for an ordinal fit.
pub const INTERLACE_PREDICT_LOCATION: i32 = 9;

/// A row has a prediction.
pub const INTERLACE_PREDICTED: i32 = 0;
/// A row has no prediction, because a predictor or an offset is missing.
pub const INTERLACE_PREDICTED_MISSING: i32 = 1;
/// A row has no prediction, because it cannot be estimated: it breaks the dependency of columns that the fit left out, as in
/// a cell of factors without data. A number would depend on the contrasts.
pub const INTERLACE_PREDICTED_NOT_ESTIMABLE: i32 = 2;
/// A row of an ordinal fit has no prediction, because its nominal effects make thresholds cross.
pub const INTERLACE_PREDICTED_CROSSED: i32 = 3;

/// An interval for the predicted quantity, such as the mean: it includes the uncertainty of the estimates.
pub const INTERLACE_INTERVAL_CONFIDENCE: i32 = 0;
/// An interval for a new response, which also varies about its mean.
pub const INTERLACE_INTERVAL_PREDICTION: i32 = 1;

/// A level of a grouping factor that is missing, or that the fit does not know, is an error, INTERLACE_E_DATA.
pub const INTERLACE_NEW_LEVELS_ERROR: i32 = 0;
/// A level of a grouping factor that is missing, or that the fit does not know, has random effects of zero.
pub const INTERLACE_NEW_LEVELS_ZERO: i32 = 1;

/// The number of values per row of a type of prediction, INTERLACE_PREDICT_RESPONSE to INTERLACE_PREDICT_LOCATION: 1, but for an ordinal fit
/// with K categories K for INTERLACE_PREDICT_PROBABILITIES and INTERLACE_PREDICT_MARGINAL, K - 1 for INTERLACE_PREDICT_CUMULATIVE. 0 if the fit
/// has no such prediction.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_predict_width(fit: Option<&FitHandle>, r#type: i32) -> usize {
    query(0, || Some(fit_of(fit).ok()?.prediction_width(quantity_of(r#type).ok()?)))
}

/// Predictions for the rows of `newdata`, to `out` [rows of newdata,w], w as in interlace_fit_predict_width, 1 except for ordinal fits; if
/// `newdata` is NULL, for the data of the fit, to `out` [m,w], m as in interlace_fit_n_rows. `len` is the total number of elements.
/// `type` is one of INTERLACE_PREDICT_RESPONSE to INTERLACE_PREDICT_LOCATION. With `random` the random effects
/// are added, otherwise they are zero. `new_levels` is INTERLACE_NEW_LEVELS_ERROR or INTERLACE_NEW_LEVELS_ZERO.
/// A row in which any other predictor is missing gets NaN. A fit from arrays predicts with interlace_fit_predict_arrays.
/// INTERLACE_E_DATA if a column is absent or a category has a level that the fit does not know, INTERLACE_E_ARGUMENT if the fit has no
/// predictions of that type.
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
        let asked = Asked::of_frame(fit, newdata)?;
        copy_out(&asked.predictions(&request(r#type, random, new_levels)?)?.values, out, len)
    })
}

/// Whether rows have a prediction, or why not: INTERLACE_PREDICTED or an INTERLACE_PREDICTED_* for each row, to `out` [rows of newdata] ([m] without
/// `newdata`); the other arguments as for interlace_fit_predict_interval. Predictions, standard errors and intervals are NaN in rows without one.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_predict_status(
    fit: Option<&FitHandle>,
    newdata: Option<&FrameHandle>,
    r#type: i32,
    random: bool,
    terms: *const usize,
    n_terms: usize,
    new_levels: i32,
    out: *mut i32,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let asked = Asked::of_frame(fit, newdata)?;
        let request = asked.request_of_terms(r#type, random, new_levels, terms, n_terms)?;
        copy_out(&asked.status(&request)?, out, len)
    })
}

/// The same for a fit from arrays: `newdata` as for interlace_fit_predict_arrays, `out` [n of newdata].
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_predict_arrays_status(
    fit: Option<&FitHandle>,
    newdata: Option<&SpecHandle>,
    r#type: i32,
    random: bool,
    terms: *const usize,
    n_terms: usize,
    new_levels: i32,
    out: *mut i32,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let asked = Asked::of_arrays(fit, newdata)?;
        let request = asked.request_of_terms(r#type, random, new_levels, terms, n_terms)?;
        copy_out(&asked.status(&request)?, out, len)
    })
}

/// Predictions of a fit from arrays for new arrays, to `out` [n of newdata,w]: `newdata` is a spec with the same columns and terms, and the
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
        let asked = Asked::of_arrays(fit, newdata)?;
        copy_out(&asked.predictions(&request(r#type, random, new_levels)?)?.values, out, len)
    })
}

/// Predictions with standard errors and intervals at a level such as 0.95, to `values`, `std_error`, `lower` and `upper`, each as
/// long as `out` of interlace_fit_predict; any of them may be NULL. With `random`, the modes of the random terms `terms` [n_terms] are added, or
/// with `terms` NULL of all terms. Terms count from 0, those of the mean first, then those of the zero part, then those of the dispersion.
///
/// Standard errors come from the delta method. Fixed effects, parameters of the family and those of the covariances of random effects vary
/// as estimated, with their joint covariance, and the modes of the random effects move with them; the random effects vary about their modes.
/// The following count as known: for a linear model (INTERLACE_LMM) sigma, the covariances of the random effects and the residual correlation, as in its
/// standard errors of fixed effects; with conditional standard errors or nagq = 0 the covariances; parameters that have no standard error; the
/// covariance of a level that the fit does not know, which varies as a new one of its group; the covariances that INTERLACE_PREDICT_MARGINAL
/// integrates over. Intervals use the normal distribution and are symmetric on the scale of the linear predictor; an end that is outside
/// the link's domain is NaN. For an ordinal fit the thresholds and nominal effects vary like fixed effects; intervals of the probabilities of
/// categories are symmetric on the logit scale, whatever the link, those of cumulative ones on the scale of the link, those of the scale on
/// its logarithm; INTERLACE_PREDICT_CLASS has none: INTERLACE_E_ARGUMENT.
///
/// That is INTERLACE_INTERVAL_CONFIDENCE. With `interval` INTERLACE_INTERVAL_PREDICTION the interval is for a response in the row, for
/// types INTERLACE_PREDICT_RESPONSE and, for a response of new groups, INTERLACE_PREDICT_MARGINAL; values and standard errors remain those of the mean. For
/// a linear model it uses the normal distribution with the variance of the prediction plus sigma^2/w. For a generalised one its limits are quantiles of
/// the family's distribution, averaged over the normal distribution of the linear predictors: the lowest response that
/// has at least (1 - level)/2 of the probability at or below it, and the lowest that has at most as much above it. Sigma and the family's parameters count as
/// known. `weights` [rows of newdata] (m without `newdata`) are the prior weights w of these responses, or for proportions the numbers of
/// trials; with NULL they are those of the data of the fit, and 1 for new data. They do not affect confidence intervals.
/// INTERLACE_E_UNSUPPORTED for ordinal fits and user-defined families. Otherwise as interlace_fit_predict.
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
    interval: i32,
    level: f64,
    weights: *const f64,
    values: *mut f64,
    std_error: *mut f64,
    lower: *mut f64,
    upper: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let asked = Asked::of_frame(fit, newdata)?;
        let mut request = asked.request_of_terms(r#type, random, new_levels, terms, n_terms)?;
        observe(&mut request, interval, level, weights, asked.rows)?;
        give(&asked.predictions(&request)?, [values, std_error, lower, upper], len)
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
    interval: i32,
    level: f64,
    weights: *const f64,
    values: *mut f64,
    std_error: *mut f64,
    lower: *mut f64,
    upper: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let asked = Asked::of_arrays(fit, newdata)?;
        let mut request = asked.request_of_terms(r#type, random, new_levels, terms, n_terms)?;
        observe(&mut request, interval, level, weights, asked.rows)?;
        give(&asked.predictions(&request)?, [values, std_error, lower, upper], len)
    })
}

/// A fit, and the data it predicts for, with their number of rows.
struct Asked<'a> {
    fit: &'a Fit,
    newdata: NewData<'a>,
    rows: usize,
}

impl<'a> Asked<'a> {
    /// New data in a frame, or without one the data of the fit.
    fn of_frame(fit: Option<&'a FitHandle>, newdata: Option<&'a FrameHandle>) -> Result<Self> {
        let fit = fit_of(fit)?;
        Ok(match newdata {
            None => Asked { fit, newdata: NewData::Training, rows: fit.fitted.len() },
            Some(newdata) => Asked { fit, newdata: NewData::Frame(&newdata.frame), rows: newdata.frame.n_rows() },
        })
    }

    fn of_arrays(fit: Option<&'a FitHandle>, newdata: Option<&'a SpecHandle>) -> Result<Self> {
        let (fit, newdata) = (fit_of(fit)?, &need(newdata, "newdata")?.spec);
        Ok(Asked { fit, newdata: NewData::Spec(newdata), rows: newdata.n_array_rows() })
    }

    fn predictions(&self, request: &Request) -> Result<Predictions> {
        self.fit.predictions(self.newdata, request, &Watch::unwatched())
    }

    /// A request with the modes of these terms, [`choose_terms`].
    unsafe fn request_of_terms(
        &self,
        quantity: i32,
        random: bool,
        new_levels: i32,
        terms: *const usize,
        n_terms: usize,
    ) -> Result<Request> {
        let mut request = request(quantity, random, new_levels)?;
        choose_terms(&mut request, self.fit.all_terms().count(), terms, n_terms)?;
        Ok(request)
    }

    /// Why rows have no prediction.
    fn status(&self, request: &Request) -> Result<Vec<i32>> {
        let predictions = self.predictions(request)?;
        let mut all = try_vec("status of the rows", INTERLACE_PREDICTED, self.rows)?;
        for &(row, problem) in &predictions.problems {
            all[row] = match problem {
                Problem::Missing => INTERLACE_PREDICTED_MISSING,
                Problem::NotEstimable => INTERLACE_PREDICTED_NOT_ESTIMABLE,
                Problem::ThresholdsCross => INTERLACE_PREDICTED_CROSSED,
            };
        }
        Ok(all)
    }
}

fn request(quantity: i32, random: bool, new_levels: i32) -> Result<Request> {
    let policies = [(INTERLACE_NEW_LEVELS_ERROR, false), (INTERLACE_NEW_LEVELS_ZERO, true)];
    Ok(Request {
        quantity: quantity_of(quantity)?,
        random: if random { RandomTerms::All } else { RandomTerms::None },
        new_levels_zero: choice(new_levels, "new_levels", &policies)?,
        ..Request::default()
    })
}

fn quantity_of(r#type: i32) -> Result<Quantity> {
    let quantities = [
        (INTERLACE_PREDICT_RESPONSE, Quantity::Response),
        (INTERLACE_PREDICT_LINK, Quantity::Link),
        (INTERLACE_PREDICT_CONDITIONAL, Quantity::Conditional),
        (INTERLACE_PREDICT_ZERO_PROBABILITY, Quantity::ZeroProbability),
        (INTERLACE_PREDICT_DISPERSION, Quantity::Dispersion),
        (INTERLACE_PREDICT_MARGINAL, Quantity::Marginal),
        (INTERLACE_PREDICT_PROBABILITIES, Quantity::Probabilities),
        (INTERLACE_PREDICT_CUMULATIVE, Quantity::Cumulative),
        (INTERLACE_PREDICT_CLASS, Quantity::Class),
        (INTERLACE_PREDICT_LOCATION, Quantity::Location),
    ];
    choice(r#type, "type", &quantities)
}

unsafe fn choose_terms(request: &mut Request, all: usize, terms: *const usize, n_terms: usize) -> Result<()> {
    if n_terms > all {
        return Err(Error::argument(format!("n_terms is {n_terms}, the fit has {all} random terms")));
    }
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

/// The interval, of a level, and the weights of the responses it is for.
unsafe fn observe(request: &mut Request, interval: i32, level: f64, weights: *const f64, rows: usize) -> Result<()> {
    let intervals = [(INTERLACE_INTERVAL_CONFIDENCE, Interval::Confidence), (INTERLACE_INTERVAL_PREDICTION, Interval::Prediction)];
    request.interval = choice(interval, "interval", &intervals)?;
    request.level = Some(level);
    request.weights = optional_slice(weights, rows, "weights")?.map(|weights| copied(weights, "weights")).transpose()?;
    Ok(())
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
