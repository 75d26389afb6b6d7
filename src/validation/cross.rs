//! Cross-validation: the model without a part of the rows has to predict these.

use super::folds::{Folds, Partition};
use crate::coxme::partial::log_likelihood;
use crate::design::{Design, ModelProgram, SurvivalDesign};
use crate::error::{Error, Result, or_reason, try_collect, try_copy, try_gather, try_push, try_vec};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::options::Options;
use crate::predict::{NewData, NewLevels, Quantity, Request};
use crate::resample::pool::{Pieces, run};
use crate::spec::{ModelKind, Source, Spec};
use crate::watch::{Phase, Watch};

/// What memory is for.
const ROWS: &str = "rows of the folds";

/// One part of the rows that was left out.
#[derive(Clone, Debug)]
pub struct Fold {
    /// How many levels of the grouping factor, or rows, it has.
    pub units: usize,
    /// Places in the rows of the result.
    pub places: Vec<usize>,
    /// Of the fit without it; nothing where there is none.
    pub converged: bool,
    pub singular: bool,
    /// Why there are no predictions.
    pub failure: Option<String>,
}

/// What models without a fold say of it. One entry per row used.
#[derive(Clone, Debug)]
pub struct CrossValidation {
    /// Rows of the data, from 0.
    pub rows: Vec<usize>,
    /// Folds of the rows, from 0.
    pub fold_of: Vec<usize>,
    /// The response, and the mean predicted for it; of an ordinal model places of categories, from 1, the most probable one predicted; of a Cox
    /// model events, and linear predictors.
    pub y: Vec<f64>,
    pub predictions: Vec<f64>,
    pub log_scores: Vec<f64>,
    pub folds: Vec<Fold>,
    /// Responses and predictions are on no common scale.
    without_distance: bool,
}

/// Of some rows: root of the mean squared error, mean absolute error, mean logarithmic score.
#[derive(Clone, Copy, Debug)]
pub struct Errors {
    pub rows: usize,
    pub rmse: f64,
    pub mae: f64,
    pub log_score: f64,
}

/// What the rest says of a fold.
struct Told {
    predictions: Vec<f64>,
    log_scores: Vec<f64>,
    criterion: f64,
    theta: Vec<f64>,
    converged: bool,
    singular: bool,
}

impl CrossValidation {
    /// Leaves out fold after fold. Predictions have the modes of random effects whose levels the rest has, and zero for others; logarithmic
    /// scores are those of [`Fit::log_scores`]; of a Cox model each row of a fold has an equal share of what the fold adds to the log partial
    /// likelihood, at the estimates without it (Verweij & van Houwelingen 1993). Threads of the options are for folds at a time, and change no result. After each fold
    /// the watcher hears of the number done, the criterion and theta of its fit (NaN and nothing if it failed).
    pub fn new(
        spec: &Spec,
        frame: Option<&Frame>,
        options: &Options,
        partition: &Partition<'_>,
        watch: &Watch<'_>,
    ) -> Result<Self> {
        let (Source::Formula(_), Some(frame)) = (&spec.source, frame) else {
            return Err(Error::unsupported("cross-validation needs a formula and a frame, whose rows it can leave out"));
        };
        watch.at(Phase::Start, 0, None)?;
        let (_, design) = ModelProgram::learn(spec, Some(frame), options.na, watch)?;
        if design.ends.is_some() {
            return Err(Error::unsupported(
                "cross-validation: the response is between two ends, cens(): predictions have no errors",
            ));
        }
        let Folds { of_row, units } = partition.of(&design, frame)?;
        let rows = try_gather(ROWS, design.rows.used())?;
        let work =
            Work { spec, frame, options: Options { threads: 1, ..options.clone() }, design: &design, rows: &rows, of_row: &of_row };
        let news = |told: &std::result::Result<Told, String>| match told {
            Ok(own) => (own.criterion, own.theta.clone()),
            Err(_) => (f64::NAN, vec![]),
        };
        let one = |(): &mut (), fold: usize, watch: &Watch<'_>| or_reason(work.told(fold, watch));
        let pieces = Pieces { tools: &|_| Ok(()), work: &one, news: &news };
        let told = run(units.len(), options.threads, Phase::Fold, &pieces, watch)?;
        let n = design.n;
        let mut result = CrossValidation {
            predictions: try_vec("predictions", f64::NAN, n)?,
            log_scores: try_vec("logarithmic scores", f64::NAN, n)?,
            folds: vec![],
            without_distance: !design.categories.is_empty() || spec.kind == ModelKind::Coxme,
            rows,
            fold_of: of_row,
            y: design.y,
        };
        for (fold, (told, units)) in told.into_iter().zip(units).enumerate() {
            result.put(fold, units, told)?;
        }
        Ok(result)
    }

    fn put(&mut self, fold: usize, units: usize, told: std::result::Result<Told, String>) -> Result<()> {
        let places = try_gather(ROWS, (0..self.rows.len()).filter(|place| self.fold_of[*place] == fold))?;
        let mut own = Fold { units, places, converged: false, singular: false, failure: None };
        match told {
            Ok(Told { predictions, log_scores, converged, singular, .. }) => {
                for (i, place) in own.places.iter().enumerate() {
                    (self.predictions[*place], self.log_scores[*place]) = (predictions[i], log_scores[i]);
                }
                (own.converged, own.singular) = (converged, singular);
            }
            Err(reason) => own.failure = Some(reason),
        }
        try_push(ROWS, &mut self.folds, own)
    }

    /// Of the rows at these places, as far as they were predicted. Distances between categories, or between events and predictors, are none.
    fn errors(&self, places: &(impl Iterator<Item = usize> + Clone)) -> Errors {
        let there = || places.clone().filter(|place| !self.log_scores[*place].is_nan());
        let n = there().count();
        let mean = |of: &dyn Fn(usize) -> f64| there().map(of).sum::<f64>() / n as f64;
        let error = |place: usize| if self.without_distance { f64::NAN } else { self.y[place] - self.predictions[place] };
        Errors {
            rows: n,
            rmse: mean(&|place| error(place).powi(2)).sqrt(),
            mae: mean(&|place| error(place).abs()),
            log_score: mean(&|place| self.log_scores[place]),
        }
    }

    /// Of a fold.
    pub fn of_fold(&self, fold: usize) -> Errors {
        self.errors(&self.folds[fold].places.iter().copied())
    }

    /// Of all rows.
    pub fn of_all(&self) -> Errors {
        self.errors(&(0..self.rows.len()))
    }

    /// A row a fold, from 1, and a last one of all: how many levels or rows it has, how many rows were predicted, how well, and how the fit
    /// without it ended.
    pub fn frame(&self) -> Result<Frame> {
        let k = self.folds.len();
        let errors: Vec<Errors> = (0..k).map(|fold| self.of_fold(fold)).chain([self.of_all()]).collect();
        let names: Vec<String> = (1..=k).map(|fold| fold.to_string()).chain(["all".to_owned()]).collect();
        let units: usize = self.folds.iter().map(|fold| fold.units).sum();
        let status = |fold: &Fold| match (fold.failure.is_some(), fold.converged, fold.singular) {
            (true, ..) => "failed",
            (_, false, _) => "not_converged",
            (.., true) => "singular",
            _ => "converged",
        };
        let mut frame = Frame::new(k + 1);
        let codes = (0..=k as i32).collect();
        frame.add_category("fold", codes, names, false)?;
        frame.add_integers("units", self.folds.iter().map(|fold| fold.units as i64).chain([units as i64]).collect())?;
        frame.add_integers("rows", errors.iter().map(|own| own.rows as i64).collect())?;
        frame.add_real("rmse", errors.iter().map(|own| own.rmse).collect())?;
        frame.add_real("mae", errors.iter().map(|own| own.mae).collect())?;
        frame.add_real("log_score", errors.iter().map(|own| own.log_score).collect())?;
        frame.add_strings("status", &self.folds.iter().map(|fold| Some(status(fold))).chain([None]).collect::<Vec<_>>())?;
        frame.add_strings("reason", &self.folds.iter().map(|f| f.failure.as_deref()).chain([None]).collect::<Vec<_>>())?;
        Ok(frame)
    }

    /// A row for each row used.
    pub fn frame_of_rows(&self) -> Result<Frame> {
        let mut frame = Frame::new(self.rows.len());
        frame.add_integers("row", try_collect(ROWS, self.rows.iter().map(|row| *row as i64))?)?;
        frame.add_integers("fold", try_collect(ROWS, self.fold_of.iter().map(|fold| *fold as i64 + 1))?)?;
        frame.add_real("response", try_copy(ROWS, &self.y)?)?;
        frame.add_real("prediction", try_copy(ROWS, &self.predictions)?)?;
        frame.add_real("log_score", try_copy(ROWS, &self.log_scores)?)?;
        Ok(frame)
    }
}

/// What every thread knows.
struct Work<'a> {
    spec: &'a Spec,
    frame: &'a Frame,
    options: Options,
    design: &'a Design,
    /// Rows of the data, and folds of these.
    rows: &'a [usize],
    of_row: &'a [usize],
}

impl Work<'_> {
    fn told(&self, fold: usize, watch: &Watch<'_>) -> Result<Told> {
        let places = |inside: bool| (0..self.rows.len()).filter(move |place| (self.of_row[*place] == fold) == inside);
        let part = |inside: bool| self.frame.select(&try_gather(ROWS, places(inside).map(|place| self.rows[place]))?);
        let (rest, left_out) = (part(false)?, part(true)?);
        let fit = Fit::new(self.spec, Some(&rest), &self.options, watch)?;
        // One that had to end early tells nothing.
        watch.check()?;
        if let (Some(_), Some(survival)) = (fit.cox(), &self.design.survival) {
            return self.told_of_times(fit, survival, fold, watch);
        }
        let quantity = if fit.ordinal().is_some() { Quantity::Class } else { Quantity::Response };
        let request = Request { quantity, new_levels: NewLevels::Zero, ..Request::default() };
        let data = NewData::Frame(&left_out);
        let predictions = fit.predictions(data, &request, watch)?.values;
        let of_places = |values: &Vec<f64>| try_gather(ROWS, places(true).map(|place| values[place]));
        let weights = self.design.weights.as_ref().map(of_places).transpose()?;
        let (places_known, y) = self.categories(&fit, of_places(&self.design.y)?);
        let log_scores = fit.log_scores(data, &y, weights.as_deref(), watch)?;
        Ok(Told {
            predictions: try_collect(ROWS, predictions.into_iter().map(|p| places_known.get(p as usize).copied().unwrap_or(p)))?,
            log_scores,
            criterion: fit.criterion,
            converged: fit.outcome.converged,
            singular: fit.singular,
            theta: fit.theta,
        })
    }

    /// Of a Cox model.
    fn told_of_times(&self, fit: Fit, survival: &SurvivalDesign, fold: usize, watch: &Watch<'_>) -> Result<Told> {
        let request = Request { quantity: Quantity::Link, new_levels: NewLevels::Zero, ..Request::default() };
        let frame = self.frame.select(self.rows)?;
        let eta = fit.predictions(NewData::Frame(&frame), &request, watch)?.values;
        if eta.iter().any(|eta| eta.is_nan()) {
            return Err(Error::numeric("a linear predictor can't be had without the fold"));
        }
        let (weights, ties) = (self.design.weights.as_deref(), self.spec.ties);
        let rest = (0..self.rows.len()).filter(|place| self.of_row[*place] != fold);
        let of_rest = |values: &[f64]| try_gather(ROWS, rest.clone().map(|place| values[place]));
        let without =
            log_likelihood(&survival.of_rows(rest.clone())?, weights.map(of_rest).transpose()?.as_deref(), ties, &of_rest(&eta)?)?;
        let gain = log_likelihood(survival, weights, ties, &eta)? - without;
        let predictions =
            try_gather(ROWS, (0..self.rows.len()).filter(|place| self.of_row[*place] == fold).map(|place| eta[place]))?;
        Ok(Told {
            log_scores: try_vec(ROWS, gain / predictions.len() as f64, predictions.len())?,
            predictions,
            criterion: fit.criterion,
            converged: fit.outcome.converged,
            singular: fit.singular,
            theta: fit.theta,
        })
    }

    /// Responses as the fit without a fold counts its categories, NaN for those it doesn't know; and back: its categories, from 1, as all
    /// the data count them. Without categories responses are what they are.
    fn categories(&self, fit: &Fit, y: Vec<f64>) -> (Vec<f64>, Vec<f64>) {
        let Some(own) = fit.ordinal() else { return (vec![], y) };
        let place = |labels: &[String], label: &String| labels.iter().position(|l| l == label).map_or(f64::NAN, |p| (p + 1) as f64);
        let back = std::iter::once(f64::NAN).chain(own.categories.iter().map(|label| place(&self.design.categories, label)));
        let there: Vec<f64> = self.design.categories.iter().map(|label| place(&own.categories, label)).collect();
        let mut y = y;
        y.iter_mut().for_each(|y| *y = there[*y as usize - 1]);
        (back.collect(), y)
    }
}
