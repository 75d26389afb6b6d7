//! Predictions of a fit.

use std::mem::MaybeUninit;

use super::boundary::{boundary, query};
use super::buffer::{array_target, copied, copy_out, optional_slice};
use super::c_char;
use super::codes::meaning;
use super::fit::{FitHandle, estimates_of};
use super::frame::FrameHandle;
use super::options::OptionsHandle;
use super::predict_lists::{IntervalCode, NewLevelsCode, PredictionStatusCode, QuantityCode, RandomCode};
use super::progress::watched;
use super::request::{level_of, read};
use super::spec::SpecHandle;
use super::status::{ErrorRecord, Status};
use super::strings::optional_text;
use crate::error::{Error, Result, try_vec};
use crate::fit::Fit;
use crate::predict::{NewData, NewLevels, Predictions, Problem, RandomTerms, Request};

/// What is predicted, and with what. All members zero but the size are the defaults: INTERLACE_PREDICT_REQUEST_INIT.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct PredictRequest {
    /// sizeof(interlace_predict_request).
    pub struct_size: usize,
    /// What is predicted.
    pub quantity: MaybeUninit<QuantityCode>,
    /// Whether the random effects are added or zero.
    pub random: MaybeUninit<RandomCode>,
    /// The random terms [n_terms] whose modes are added; NULL for all. Terms count from 0, those of the mean first, then those of the zero part,
    /// then those of the dispersion.
    pub terms: *const usize,
    /// The number of these terms.
    pub n_terms: usize,
    /// What is done with levels of grouping factors that the fit does not know.
    pub new_levels: MaybeUninit<NewLevelsCode>,
    /// What intervals are for.
    pub interval: MaybeUninit<IntervalCode>,
    /// The level of intervals, between 0 and 1; 0 means 0.95.
    pub level: f64,
    /// Prior weights [rows] of the responses that prediction intervals are for, or for proportions the numbers of trials. NULL for those of
    /// the data of the fit, and 1 for new data. They do not affect confidence intervals.
    pub weights: *const f64,
    /// New data of a fit from arrays: a spec with the same columns and terms, and the columns of the further predictors, made by
    /// interlace_spec_new_array with or without `y`; of a Cox fit with the times and strata that the quantity needs. NULL otherwise.
    pub arrays: Option<&'static SpecHandle>,
    /// The random effects that are added, as a formula: "~ (1 | g) + (0 + x | h)", those of the fit or a part of them, also of a term; without
    /// random terms, "~ 0", none. Then `random` is 0 and `terms` NULL. NULL for these.
    pub random_formula: *const c_char,
}

unsafe impl super::request::Request for PredictRequest {
    const NAME: &'static str = "interlace_predict_request";
    const FIRST_SIZE: usize = size_of::<Self>();
}

/// The number of values per row of a quantity: 1, but for an ordinal fit with K categories K for INTERLACE_QUANTITY_PROBABILITIES and
/// INTERLACE_QUANTITY_MARGINAL, K - 1 for INTERLACE_QUANTITY_CUMULATIVE. 0 if the fit has no such prediction.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_fit_predict_width(fit: Option<&FitHandle>, quantity: MaybeUninit<QuantityCode>) -> usize {
    query(0, || Some(estimates_of(fit).ok()?.prediction_width(meaning(quantity, "quantity").ok()?)))
}

/// Predictions for the rows of `data`, to `out` [rows,w], w as in interlace_fit_predict_width, 1 except for ordinal fits. If `data` is
/// NULL they are for `request->arrays` or, without these, for the data of the fit, `out` [m,w], m as in interlace_fit_n_rows. `len` is the total
/// number of elements. `request` may be NULL for the mean of the response with all random effects.
/// A row in which a predictor is missing gets NaN; see interlace_fit_predict_status.
/// INTERLACE_E_DATA if a column is absent or a category has a level that the fit does not know, INTERLACE_E_ARGUMENT if the fit has no
/// predictions of that quantity.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_predict(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    request: *const PredictRequest,
    options: Option<&OptionsHandle>,
    out: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let asked = Asked::new(fit, data, request)?;
        copy_out(&asked.predictions(options)?.values, out, len)
    })
}

/// Predictions with standard errors and intervals, to `values`, `std_error`, `lower` and `upper`, each as long as `out` of interlace_fit_predict;
/// any of them may be NULL.
///
/// Standard errors come from the delta method. Fixed effects, parameters of the family and those of the covariances of random effects vary
/// as estimated, with their joint covariance, and the modes of the random effects move with them; the random effects vary about their modes.
/// The following count as known: for a linear model sigma, the covariances of the random effects and the residual correlation, as in its
/// standard errors of fixed effects; with conditional standard errors or nagq = 0 the covariances; parameters that have no standard error; the
/// covariance of a level that the fit does not know, which varies as a new one of its group; the covariances that INTERLACE_QUANTITY_MARGINAL
/// integrates over. Intervals use the normal distribution and are symmetric on the scale of the linear predictor; an end that is outside
/// the link's domain is NaN. For an ordinal fit the thresholds and nominal effects vary like fixed effects; intervals of the probabilities of
/// categories are symmetric on the logit scale, whatever the link, those of cumulative ones on the scale of the link, those of the scale on
/// its logarithm; INTERLACE_QUANTITY_CLASS has none: INTERLACE_E_ARGUMENT.
///
/// That is INTERLACE_INTERVAL_CONFIDENCE. An INTERLACE_INTERVAL_PREDICTION is for a response in the row, for INTERLACE_QUANTITY_RESPONSE and, for
/// a response of new groups, INTERLACE_QUANTITY_MARGINAL; values and standard errors remain those of the mean. For a linear model it uses the
/// normal distribution with the variance of the prediction plus sigma^2/w. For a generalised one its limits are quantiles of the family's
/// distribution, averaged over the normal distribution of the linear predictors: the lowest response that has at least (1 - level)/2 of the
/// probability at or below it, and the lowest that has at most as much above it. Sigma and the family's parameters count as known.
/// INTERLACE_E_UNSUPPORTED for ordinal fits and user-defined families. Otherwise as interlace_fit_predict.
/// @param values Predictions [rows,w]; NULL is allowed.
/// @param std_error Their standard errors [rows,w]; NULL is allowed.
/// @param lower Lower limits [rows,w]; NULL is allowed.
/// @param upper Upper limits [rows,w]; NULL is allowed.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_predict_interval(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    request: *const PredictRequest,
    options: Option<&OptionsHandle>,
    values: *mut f64,
    std_error: *mut f64,
    lower: *mut f64,
    upper: *mut f64,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let asked = Asked::new(fit, data, request)?.with_interval(request)?;
        give(&asked.predictions(options)?, [values, std_error, lower, upper], len)
    })
}

/// Whether rows have a prediction, or why not, to `out` [rows], or [n] of `request->arrays`, or [m]. Predictions, standard errors and
/// intervals are NaN in rows without one. Otherwise as interlace_fit_predict.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_fit_predict_status(
    fit: Option<&FitHandle>,
    data: Option<&FrameHandle>,
    request: *const PredictRequest,
    options: Option<&OptionsHandle>,
    out: *mut PredictionStatusCode,
    len: usize,
    err: *mut ErrorRecord,
) -> Status {
    boundary(err, || {
        let asked = Asked::new(fit, data, request)?;
        copy_out(&asked.status(options)?, out, len)
    })
}

/// A fit, the data it predicts for with their number of rows, and what is asked of them.
pub(super) struct Asked<'a> {
    pub fit: &'a Fit,
    pub newdata: NewData<'a>,
    pub rows: usize,
    pub request: Request,
}

impl<'a> Asked<'a> {
    /// Without an interval.
    pub unsafe fn new(fit: Option<&'a FitHandle>, data: Option<&'a FrameHandle>, request: *const PredictRequest) -> Result<Self> {
        let (fit, asked) = (estimates_of(fit)?, read(request)?);
        let (newdata, rows) = match (data, asked.arrays) {
            (None, None) => (NewData::Training, fit.fitted.len()),
            (Some(data), None) => (NewData::Frame(&data.frame), data.frame.n_rows()),
            (None, Some(arrays)) => (NewData::Spec(&arrays.spec), arrays.spec.n_array_rows()),
            (Some(_), Some(_)) => {
                return Err(Error::argument("data and request->arrays are both given, at most one of them may be"));
            }
        };
        if matches!(newdata, NewData::Training) || fit.cox().is_some() {
            fit.need_rows("predictions of a Cox model, or for the data of the fit")?;
        }
        // Also where it does not count.
        meaning(asked.interval, "request->interval")?;
        let formula = optional_text(asked.random_formula, "request->random_formula")?;
        let random = match meaning(asked.random, "request->random")? {
            RandomCode::All if let Some(formula) = formula => {
                random_part(fit, formula, asked.n_terms == 0 && asked.terms.is_null())?
            }
            RandomCode::None if formula.is_some() => random_part(fit, "", false)?,
            RandomCode::All => chosen_terms(fit, asked.terms, asked.n_terms)?,
            RandomCode::Average => {
                return Err(Error::argument(
                    "request->random is average, which is for survival curves; wanted the quantity INTERLACE_QUANTITY_MARGINAL",
                ));
            }
            RandomCode::None if asked.terms.is_null() && asked.n_terms == 0 => RandomTerms::None,
            RandomCode::None => {
                return Err(Error::argument(
                    "request->terms are chosen, but request->random is none: there is nothing to choose from",
                ));
            }
        };
        let request = Request {
            quantity: meaning(asked.quantity, "request->quantity")?,
            random,
            new_levels: match meaning(asked.new_levels, "request->new_levels")? {
                NewLevels::Average => {
                    return Err(Error::argument(
                        "request->new_levels is average, which is for survival curves; wanted error, zero or missing",
                    ));
                }
                other => other,
            },
            ..Request::default()
        };
        Ok(Asked { fit, newdata, rows, request })
    }

    /// Of a simulation, whose new levels may be drawn.
    pub unsafe fn simulated(
        fit: Option<&'a FitHandle>,
        data: Option<&'a FrameHandle>,
        request: *const PredictRequest,
    ) -> Result<Self> {
        if request.is_null() {
            return Self::new(fit, data, request);
        }
        let mut plain = read(request)?;
        let new_levels = meaning(plain.new_levels, "request->new_levels")?;
        if new_levels == NewLevels::Average {
            plain.new_levels = MaybeUninit::new(NewLevelsCode::Zero);
        }
        let mut own = Self::new(fit, data, &raw const plain)?;
        own.request.new_levels = new_levels;
        let weights = optional_slice(plain.weights, own.rows, "request->weights")?;
        own.request.weights = weights.map(|weights| copied(weights, "request->weights")).transpose()?;
        Ok(own)
    }

    /// The same with the interval, its level, and the weights of the responses that it is for.
    unsafe fn with_interval(mut self, request: *const PredictRequest) -> Result<Self> {
        let asked = read(request)?;
        self.request.interval = meaning(asked.interval, "request->interval")?;
        self.request.level = Some(level_of(asked.level));
        let weights = optional_slice(asked.weights, self.rows, "request->weights")?;
        self.request.weights = weights.map(|weights| copied(weights, "request->weights")).transpose()?;
        Ok(self)
    }

    unsafe fn predictions(&self, options: Option<&OptionsHandle>) -> Result<Predictions> {
        watched(options, |watch| self.fit.predictions(self.newdata, &self.request, watch))
    }

    /// Why rows have no prediction.
    unsafe fn status(&self, options: Option<&OptionsHandle>) -> Result<Vec<PredictionStatusCode>> {
        let predictions = self.predictions(options)?;
        let mut all = try_vec("status of the rows", PredictionStatusCode::Ok, self.rows)?;
        for &(row, problem) in &predictions.problems {
            all[row] = match problem {
                Problem::Missing => PredictionStatusCode::Missing,
                Problem::NotEstimable => PredictionStatusCode::NotEstimable,
                Problem::ThresholdsCross => PredictionStatusCode::Crossed,
                Problem::Beyond => PredictionStatusCode::Beyond,
                Problem::NewLevel => PredictionStatusCode::NewLevel,
            };
        }
        Ok(all)
    }
}

/// The random effects of a formula, in the place of terms.
fn random_part(fit: &Fit, formula: &str, alone: bool) -> Result<RandomTerms> {
    if !alone {
        let message = "request->random_formula is given, request->random and request->terms are, too: only one of them may be";
        return Err(Error::argument(message));
    }
    fit.random_part(formula)
}

/// The terms of a request whose modes are added.
pub(super) unsafe fn chosen_terms(fit: &Fit, terms: *const usize, n_terms: usize) -> Result<RandomTerms> {
    let all = fit.all_terms().count();
    if n_terms > all {
        return Err(Error::argument(format!("request->n_terms is {n_terms}, the fit has {all} random terms")));
    }
    match optional_slice(terms, n_terms, "request->terms")? {
        None if n_terms > 0 => Err(Error::argument(format!("request->terms is NULL, request->n_terms is {n_terms}"))),
        None => Ok(RandomTerms::All),
        Some(terms) => Ok(RandomTerms::Chosen(terms.to_vec())),
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
