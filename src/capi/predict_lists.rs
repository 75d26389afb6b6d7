//! Codes of predictions.

use std::ffi::CStr;
use std::mem::MaybeUninit;

use super::c_char;
use super::codes::{Codes, from_name, name_of};
use super::status::{ErrorRecord, Status};
use crate::choice::Choice;
use crate::predict::{CurveLimits, Interval, NewLevels, Quantity};

/// What a prediction is of.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum QuantityCode {
    /// The mean of the response: (1 - p) times the mean without extra zeros for a mixture with zeros, and including the masses at 0
    /// and 1 for a beta family that has them. An ordinal fit has no mean: INTERLACE_E_ARGUMENT. For a Cox fit the number of events expected
    /// over (start, stop] of the row, that is the cumulative hazard; for the data of the fit the fitted values.
    Response = 0,
    /// The linear predictor of the mean. For a linear model that is the mean of the response; for an ordinal fit x'beta + z'b +
    /// offset, the location of the latent variable, without the thresholds and not divided by the scale; for a Cox fit not centred.
    Link = 1,
    /// The mean of the response without the zeros of the zero part. Not for an ordinal fit.
    Conditional = 2,
    /// The probability p of a zero of the zero part; 0 for a fit without one. Not for an ordinal fit.
    ZeroProbability = 3,
    /// The family's first parameter on the reported scale; for a linear model sigma, 1 for a family without parameters; for an
    /// ordinal fit the scale, 1 without a scale formula.
    Dispersion = 4,
    /// The mean of the response over all groups, with the random effects integrated out. All groups count as new, so their columns
    /// may be absent. NaN if there is no such mean, as with an inverse link. For an ordinal fit with K categories, their K
    /// probabilities. For a Cox fit INTERLACE_QUANTITY_SURVIVAL over all groups.
    Marginal = 5,
    /// For an ordinal fit with K categories, their probabilities, lowest first, [rows,K]. NaN in a row whose nominal effects put
    /// the thresholds out of order.
    Probabilities = 6,
    /// For an ordinal fit with K categories, the cumulative probabilities of the first, the second, .., the one before the highest,
    /// [rows,K-1].
    Cumulative = 7,
    /// For an ordinal fit, the most probable category, a number from 1 to K, the lowest if there are ties. It has no standard
    /// error.
    Class = 8,
    /// mu, the inverse link of the linear predictor: for ordered and zero-one-inflated beta the mean between 0 and 1, without the
    /// masses at the ends; for truncated families the mean before truncation; for lognormal the mean of the logarithms. For other
    /// families it is INTERLACE_QUANTITY_CONDITIONAL. Not for an ordinal fit.
    Location = 9,
    /// For a Cox fit the hazard relative to that of a row of zeros without random effects, exp of the linear predictor.
    Risk = 10,
    /// For a Cox fit the probability of no event over (start, stop] of the row, with the stop and, if the model has it, the start of its
    /// response; the event is not needed.
    Survival = 11,
    /// For an ordinal fit the mean of the latent variable, x'beta + z'b + offset less the mean of the row's thresholds: zero is the middle of
    /// the categories. It is not divided by the scale. For other fits INTERLACE_QUANTITY_LINK.
    Latent = 12,
}

impl Codes for QuantityCode {
    type Meaning = Quantity;
    const CODES: &'static [(Self, Quantity)] = &[
        (QuantityCode::Response, Quantity::Response),
        (QuantityCode::Link, Quantity::Link),
        (QuantityCode::Conditional, Quantity::Conditional),
        (QuantityCode::ZeroProbability, Quantity::ZeroProbability),
        (QuantityCode::Dispersion, Quantity::Dispersion),
        (QuantityCode::Marginal, Quantity::Marginal),
        (QuantityCode::Probabilities, Quantity::Probabilities),
        (QuantityCode::Cumulative, Quantity::Cumulative),
        (QuantityCode::Class, Quantity::Class),
        (QuantityCode::Location, Quantity::Location),
        (QuantityCode::Risk, Quantity::Risk),
        (QuantityCode::Survival, Quantity::Survival),
        (QuantityCode::Latent, Quantity::Latent),
    ];
}

/// The name of a quantity, such as "zero_probability"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_quantity_name(code: MaybeUninit<QuantityCode>) -> *const c_char {
    name_of(code)
}

/// The quantity that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none; the
/// message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_quantity_from_name(
    name: *const c_char,
    out: *mut QuantityCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// The random effects that a prediction has.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RandomCode {
    /// The modes of all random terms, or of those that are chosen.
    All = 0,
    /// None: they are zero.
    None = 1,
    /// Averaged over: all groups count as new, and their columns may be absent. Only for survival curves; predictions have
    /// INTERLACE_QUANTITY_MARGINAL for it.
    Average = 2,
}

impl Choice for RandomCode {
    const LIST: &'static str = "random";
    const ALL: &'static [(Self, &'static CStr)] =
        &[(RandomCode::All, c"all"), (RandomCode::None, c"none"), (RandomCode::Average, c"average")];
}

impl Codes for RandomCode {
    type Meaning = Self;
    const CODES: &'static [(Self, Self)] =
        &[(RandomCode::All, RandomCode::All), (RandomCode::None, RandomCode::None), (RandomCode::Average, RandomCode::Average)];
}

/// The name of a choice of random effects, such as "none"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_random_name(code: MaybeUninit<RandomCode>) -> *const c_char {
    name_of(code)
}

/// The choice of random effects that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is
/// none; the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_random_from_name(name: *const c_char, out: *mut RandomCode, err: *mut ErrorRecord) -> Status {
    from_name(name, out, err)
}

/// What is done with a level of a grouping factor that is missing, or that the fit does not know.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewLevelsCode {
    /// It is an error, INTERLACE_E_DATA.
    Error = 0,
    /// It has random effects of zero.
    Zero = 1,
    /// The survival curve is averaged over the distribution of its random effects. Only for survival curves.
    Average = 2,
    /// The row has no prediction: NaN, INTERLACE_PREDICTION_STATUS_NEW_LEVEL. Not for survival curves.
    Missing = 3,
}

impl Codes for NewLevelsCode {
    type Meaning = NewLevels;
    const CODES: &'static [(Self, NewLevels)] = &[
        (NewLevelsCode::Error, NewLevels::Error),
        (NewLevelsCode::Zero, NewLevels::Zero),
        (NewLevelsCode::Average, NewLevels::Average),
        (NewLevelsCode::Missing, NewLevels::Missing),
    ];
}

/// The name of a code for new levels, such as "zero"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_new_levels_name(code: MaybeUninit<NewLevelsCode>) -> *const c_char {
    name_of(code)
}

/// The code for new levels that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none;
/// the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_new_levels_from_name(
    name: *const c_char,
    out: *mut NewLevelsCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// What an interval is for.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntervalCode {
    /// The predicted quantity, such as the mean: it includes the uncertainty of the estimates.
    Confidence = 0,
    /// A new response, which also varies about its mean.
    Prediction = 1,
}

impl Codes for IntervalCode {
    type Meaning = Interval;
    const CODES: &'static [(Self, Interval)] =
        &[(IntervalCode::Confidence, Interval::Confidence), (IntervalCode::Prediction, Interval::Prediction)];
}

/// The name of a kind of interval, such as "prediction"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_interval_name(code: MaybeUninit<IntervalCode>) -> *const c_char {
    name_of(code)
}

/// The kind of interval that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is none;
/// the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_interval_from_name(
    name: *const c_char,
    out: *mut IntervalCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// The scale on which limits of survival curves are symmetric.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CurveLimitsCode {
    /// The cumulative hazard, the negative logarithm of the survival.
    Log = 0,
    /// The logarithm of the cumulative hazard.
    LogLog = 1,
    /// The survival.
    Plain = 2,
    /// Neither limits nor standard errors, which is faster.
    None = 3,
}

impl Codes for CurveLimitsCode {
    type Meaning = CurveLimits;
    const CODES: &'static [(Self, CurveLimits)] = &[
        (CurveLimitsCode::Log, CurveLimits::Log),
        (CurveLimitsCode::LogLog, CurveLimits::LogLog),
        (CurveLimitsCode::Plain, CurveLimits::Plain),
        (CurveLimitsCode::None, CurveLimits::None),
    ];
}

/// The name of a kind of limits of survival curves, such as "log_log"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_curve_limits_name(code: MaybeUninit<CurveLimitsCode>) -> *const c_char {
    name_of(code)
}

/// The kind of limits of survival curves that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is
/// none; the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_curve_limits_from_name(
    name: *const c_char,
    out: *mut CurveLimitsCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}

/// Whether a row has a prediction, or why not.
/// Since 0.1.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PredictionStatusCode {
    /// It has one.
    Ok = 0,
    /// It has none, because a predictor or an offset is missing.
    Missing = 1,
    /// It has none, because it cannot be estimated: the row breaks the dependency of columns that the fit left out, as in a cell of
    /// factors without data. A number would depend on the contrasts.
    NotEstimable = 2,
    /// It has none, because the nominal effects of an ordinal fit make thresholds cross there.
    Crossed = 3,
    /// It has none, because its time is after the last one at which a row of its stratum is observed in the data of a Cox fit.
    Beyond = 4,
    /// It has none, because a level of a grouping factor is missing, or one that the fit does not know, and INTERLACE_NEW_LEVELS_MISSING was
    /// asked for.
    NewLevel = 5,
}

impl Choice for PredictionStatusCode {
    const LIST: &'static str = "prediction_status";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (PredictionStatusCode::Ok, c"ok"),
        (PredictionStatusCode::Missing, c"missing"),
        (PredictionStatusCode::NotEstimable, c"not_estimable"),
        (PredictionStatusCode::Crossed, c"crossed"),
        (PredictionStatusCode::Beyond, c"beyond"),
        (PredictionStatusCode::NewLevel, c"new_level"),
    ];
}

impl Codes for PredictionStatusCode {
    type Meaning = Self;
    const CODES: &'static [(Self, Self)] = &[
        (PredictionStatusCode::Ok, PredictionStatusCode::Ok),
        (PredictionStatusCode::Missing, PredictionStatusCode::Missing),
        (PredictionStatusCode::NotEstimable, PredictionStatusCode::NotEstimable),
        (PredictionStatusCode::Crossed, PredictionStatusCode::Crossed),
        (PredictionStatusCode::Beyond, PredictionStatusCode::Beyond),
        (PredictionStatusCode::NewLevel, PredictionStatusCode::NewLevel),
    ];
}

/// The name of a status of a prediction, such as "not_estimable"; NULL for a number that is none. A static string.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn interlace_prediction_status_name(code: MaybeUninit<PredictionStatusCode>) -> *const c_char {
    name_of(code)
}

/// The status of a prediction that has the name, to `out`. Hyphens and capitals are understood. INTERLACE_E_ARGUMENT if there is
/// none; the message lists the names.
/// Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn interlace_prediction_status_from_name(
    name: *const c_char,
    out: *mut PredictionStatusCode,
    err: *mut ErrorRecord,
) -> Status {
    from_name(name, out, err)
}
