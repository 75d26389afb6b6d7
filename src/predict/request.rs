//! What is asked of a prediction.

use crate::choice::Choice;
use crate::error::Error;
use crate::frame::Frame;
use crate::spec::{ArraySpec, Spec};
use std::ffi::CStr;

/// What is predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Quantity {
    /// The mean of the response; of a Cox model the number of events that is expected in a row's interval.
    #[default]
    Response,
    /// The linear predictor of the mean.
    Link,
    /// The mean of the response without zeros of the zero part.
    Conditional,
    /// The link's inverse of the linear predictor: of beta with masses at its ends the mean between these, of truncated counts that before
    /// truncation.
    Location,
    /// The probability of a zero of the zero part; 0 without one.
    ZeroProbability,
    /// The family's first parameter as it is reported; of a linear model sigma; 1 without one.
    Dispersion,
    /// The mean of the response over all groups, with the random effects integrated out; of an ordinal model probabilities, of a Cox model
    /// the probability of no event in a row's interval.
    Marginal,
    /// Of an ordinal model, which has no mean, the probabilities of the categories.
    Probabilities,
    /// Of an ordinal model P(Y <= k), of all categories but the highest.
    Cumulative,
    /// Of an ordinal model the most probable category, as a number from 1; of several the lowest.
    Class,
    /// Of a Cox model the hazard relative to that of a row of zeros, the exponential function of the linear predictor.
    Risk,
    /// Of a Cox model the probability of no event in a row's interval.
    Survival,
    /// Of an ordinal model the mean of the latent variable with the mean of the row's thresholds as origin; of other models the linear predictor.
    Latent,
}

impl Choice for Quantity {
    const LIST: &'static str = "quantity";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (Quantity::Response, c"response"),
        (Quantity::Link, c"link"),
        (Quantity::Conditional, c"conditional"),
        (Quantity::ZeroProbability, c"zero_probability"),
        (Quantity::Dispersion, c"dispersion"),
        (Quantity::Marginal, c"marginal"),
        (Quantity::Probabilities, c"probabilities"),
        (Quantity::Cumulative, c"cumulative"),
        (Quantity::Class, c"class"),
        (Quantity::Location, c"location"),
        (Quantity::Risk, c"risk"),
        (Quantity::Survival, c"survival"),
        (Quantity::Latent, c"latent"),
    ];
}

/// Which parts a prediction has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PredictOptions {
    /// Add the conditional modes of the random effects.
    pub random: bool,
    /// A level that the fit doesn't know has the effect zero; otherwise it is an error.
    pub new_levels_zero: bool,
}

/// Data to predict at.
#[derive(Clone, Copy, Debug)]
pub enum NewData<'a> {
    Training,
    Frame(&'a Frame),
    /// Of a model without further predictors.
    Arrays(&'a ArraySpec),
    /// Arrays with the columns of the further predictors.
    Spec(&'a Spec),
}

impl NewData<'_> {
    /// A failure in a row of a frame with the line and the file of the row.
    pub(super) fn located(&self, error: Error) -> Error {
        match self {
            NewData::Frame(frame) => frame.located_anew(error),
            _ => error,
        }
    }
}

/// The random terms whose conditional modes are added; the others count as zero.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum RandomTerms {
    #[default]
    All,
    None,
    /// By place: those of the mean, then those of the zero part, then those of the dispersion.
    Chosen(Vec<usize>),
    /// Single effects, each by the place of its term and its own in that; the others count as zero.
    Effects(Vec<(usize, usize)>),
}

impl RandomTerms {
    /// The terms that are chosen one by one.
    pub(super) fn places(&self) -> Vec<usize> {
        match self {
            RandomTerms::All | RandomTerms::None => vec![],
            RandomTerms::Chosen(places) => places.clone(),
            RandomTerms::Effects(effects) => effects.iter().map(|(place, _)| *place).collect(),
        }
    }
}

/// What is done with a level of a grouping factor that is missing, or that the fit doesn't know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum NewLevels {
    #[default]
    Error,
    /// It has random effects of zero.
    Zero,
    /// A survival curve is averaged over its random effects.
    Average,
    /// The row has no prediction.
    Missing,
}

impl Choice for NewLevels {
    const LIST: &'static str = "new_levels";
    const ALL: &'static [(Self, &'static CStr)] = &[
        (NewLevels::Error, c"error"),
        (NewLevels::Zero, c"zero"),
        (NewLevels::Average, c"average"),
        (NewLevels::Missing, c"missing"),
    ];
}

/// What an interval is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Interval {
    /// What is predicted: its own uncertainty.
    #[default]
    Confidence,
    /// A response there, which varies about its mean.
    Prediction,
}

impl Choice for Interval {
    const LIST: &'static str = "interval";
    const ALL: &'static [(Self, &'static CStr)] = &[(Interval::Confidence, c"confidence"), (Interval::Prediction, c"prediction")];
}

/// What is asked of a prediction.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Request {
    pub quantity: Quantity,
    pub random: RandomTerms,
    /// Of levels that the fit doesn't know; averages are for survival curves.
    pub new_levels: NewLevels,
    /// Standard errors, and intervals of this level.
    pub level: Option<f64>,
    pub interval: Interval,
    /// Of prediction intervals: prior weights of the responses, or numbers of trials, one per row of the data. Without them those of
    /// the training data, and 1 for new data.
    pub weights: Option<Vec<f64>>,
}
