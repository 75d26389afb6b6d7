//! Predictions for new data.

use std::collections::HashMap;

use super::subject::{Subject, Work, about};
use crate::document::questions::{Groups, Questions};
use crate::error::{Error, Result, try_copy, try_owned, try_vec};
use crate::fit::{Fit, FixedEffects, Ordinal};
use crate::frame::{Frame, shortest_text};
use crate::predict::{
    CurveRequest, Curves, EffectDistribution, Interval, NewData, NewLevels, Predictions, Problem, Quantity, Request, Sums,
};
use crate::spec::{Source, Spec};

/// Predictions of the rows of new data, each of `width` numbers.
pub struct Predicted {
    pub quantity: Quantity,
    pub predictions: Predictions,
    pub rows: usize,
    pub width: usize,
    /// `[k, k]`, k of rows times width.
    pub covariance: Option<Vec<f64>>,
    /// Over the random effects; quantiles `[rows, n]`.
    pub distribution: Option<EffectDistribution>,
    /// `[rows, nsim]`.
    pub simulated: Option<Vec<f64>>,
    /// A row for each group.
    pub aggregate: Option<Frame>,
}

/// What the numbers of one row belong to.
#[derive(Clone, Copy)]
pub enum Parts<'f> {
    Categories(&'f [String]),
    Thresholds(&'f [String]),
}

impl Predicted {
    pub fn new(subject: &Subject<'_>, questions: &Questions, work: &Work<'_>) -> Result<Option<Self>> {
        let (fit, Some(data)) = (subject.fit, &questions.predict) else { return Ok(None) };
        if questions.random == Groups::Average {
            return Err(Error::argument("re average is for survival curves; predictions have type marginal for it"));
        }
        let drawn = questions.new_levels == NewLevels::Average && questions.further.simulate > 0;
        if questions.new_levels == NewLevels::Average && !drawn {
            return Err(Error::argument("new_levels average is for survival curves; predictions have zero, missing and error"));
        }
        let usual = if fit.ordinal().is_some() { Quantity::Probabilities } else { Quantity::Response };
        let quantity = questions.quantity.unwrap_or(usual);
        let weights = match questions.further.interval {
            Some(Interval::Prediction) => weights_of(subject.spec, data)?,
            _ => None,
        };
        let request = Request {
            quantity,
            random: questions.random.terms(fit)?,
            new_levels: if drawn { NewLevels::Zero } else { questions.new_levels },
            level: questions.further.interval.map(|_| questions.level),
            interval: questions.further.interval.unwrap_or_default(),
            weights,
        };
        let predictions = fit.predictions(NewData::Frame(data), &request, work.watch)?;
        let covariance = || about("predict_covariance", fit.prediction_covariance(NewData::Frame(data), &request, work.watch));
        let covariance = questions.further.covariance.then(covariance).transpose()?;
        let new = NewData::Frame(data);
        let distribution = |p: &Vec<f64>| about("predict_quantiles", fit.effect_distribution(new, &request, p, work.watch));
        let distribution = questions.further.quantiles.as_ref().map(distribution).transpose()?;
        let aggregate = |by: &String| about("aggregate", aggregate(fit, data, &request, (by, questions), work));
        let aggregate = questions.further.aggregate.as_ref().map(aggregate).transpose()?;
        let mut simulated = None;
        if questions.further.simulate > 0 {
            let asked = Request {
                quantity: Quantity::Response,
                new_levels: questions.new_levels,
                weights: weights_of(subject.spec, data)?,
                ..request.clone()
            };
            let own = fit.simulate_at(new, &asked, questions.further.simulate, questions.seed, work.watch);
            simulated = Some(about("predict_simulate", own)?);
        }
        let (rows, width) = (data.n_rows(), fit.prediction_width(quantity));
        Ok(Some(Predicted { quantity, predictions, rows, width, covariance, distribution, simulated, aggregate }))
    }

    /// What the numbers of a row belong to; `None` where there is one.
    pub fn parts<'f>(&self, fit: &'f Fit) -> Option<Parts<'f>> {
        let Ordinal { categories, thresholds: FixedEffects { names, .. }, .. } = fit.ordinal()?;
        match self.quantity {
            Quantity::Probabilities | Quantity::Marginal => Some(Parts::Categories(categories)),
            Quantity::Cumulative => Some(Parts::Thresholds(names)),
            _ => None,
        }
    }

    /// Rows of the new data, counted from 1, that have no prediction, but for those in which a value is missing.
    pub fn warnings(&self) -> Vec<String> {
        warnings("prediction", &self.predictions.problems)
    }
}

/// Means or sums over the rows of new data, by the labels of a column.
fn aggregate(fit: &Fit, data: &Frame, request: &Request, (by, questions): (&str, &Questions), work: &Work<'_>) -> Result<Frame> {
    let mut labels: Vec<String> = vec![];
    let mut codes = try_vec("groups of rows", 0_i64, data.n_rows())?;
    if by == "all" {
        labels.push("all".to_owned());
    } else {
        let (column, mut known) = (data.column(by)?, HashMap::new());
        let reals = column.as_real()?;
        for (row, code) in codes.iter_mut().enumerate() {
            let number = reals.as_ref().filter(|values| !values[row].is_nan()).map(|values| shortest_text(values[row]));
            let label = number.or_else(|| column.label(row).map(ToString::to_string));
            *code = label.map_or(-1, |label| {
                let next = labels.len() as i64;
                *known.entry(label.clone()).or_insert_with(|| {
                    labels.push(label);
                    next
                })
            });
        }
    }
    let ones = if questions.further.aggregate_sum { Some(try_vec("weights of rows", 1.0, data.n_rows())?) } else { None };
    let sums = Sums { groups: Some(&codes), n_groups: labels.len(), factors: ones.as_deref(), level: questions.level };
    let mut table = fit.predicted_sums(NewData::Frame(data), &Request { level: None, ..request.clone() }, &sums, work.watch)?;
    let groups = (0..table.n_rows()).map(|row| Some(labels[row % labels.len().max(1)].as_str())).collect::<Vec<_>>();
    table.add_strings("label", &groups)?;
    Ok(table)
}

/// Survival curves of the rows of new data, and what follows from them.
pub struct SurvivalAnswer {
    pub curves: Curves,
    pub quantiles: Option<Curves>,
    pub means: Option<Curves>,
}

impl SurvivalAnswer {
    pub fn new(subject: &Subject<'_>, questions: &Questions, work: &Work<'_>) -> Result<Option<Self>> {
        let (fit, Some(data)) = (subject.fit, &questions.survival) else { return Ok(None) };
        let (data, copied) = (NewData::Frame(data), |times: &[f64]| try_copy("times", times));
        let at = |times| -> Result<CurveRequest> {
            Ok(CurveRequest {
                random: questions.random.terms(fit)?,
                marginal: questions.random == Groups::Average,
                new_levels: questions.new_levels,
                times,
                limits: questions.curve_limits,
                level: Some(questions.level),
            })
        };
        let curves = fit.survival_curves(data, &at(questions.times.as_deref().map(copied).transpose()?)?, work.watch)?;
        let quantiles = |p: &Vec<f64>| about("survival_quantiles", fit.survival_quantiles(data, &at(None)?, p, work.watch));
        let means = |to: &Vec<f64>| about("survival_means", fit.survival_means(data, &at(Some(copied(to)?))?, work.watch));
        Ok(Some(SurvivalAnswer {
            curves,
            quantiles: questions.survival_summaries[0].as_ref().map(quantiles).transpose()?,
            means: questions.survival_summaries[1].as_ref().map(means).transpose()?,
        }))
    }

    /// Each table with its key and heading.
    pub fn tables(&self) -> impl Iterator<Item = (&'static str, &'static str, &Frame)> {
        let quantiles = self.quantiles.iter().map(|own| ("survival_quantiles", "Quantiles of survival times:", &own.table));
        let means = self.means.iter().map(|own| ("survival_means", "Restricted means of survival times:", &own.table));
        std::iter::once(("survival", "Survival curves:", &self.curves.table)).chain(quantiles).chain(means)
    }

    /// Rows that have no curve, or one that ends before the times that are asked for. A curve that does not come down to a quantile is usual.
    pub fn warnings(&self) -> Vec<String> {
        let mut all = warnings("survival", &self.curves.problems);
        all.extend(self.means.iter().flat_map(|own| warnings("survival_means", &own.problems)));
        all
    }
}

/// What is to be said of rows without numbers.
fn warnings(of: &str, problems: &[(usize, Problem)]) -> Vec<String> {
    let told = [
        (
            Problem::NotEstimable,
            "can't be estimated: columns that were left out of the model differ there from what they are in the data",
        ),
        (Problem::ThresholdsCross, "has no probabilities: its nominal effects have thresholds cross"),
        (Problem::NewLevel, "has a level of a grouping factor that is missing or that the fit doesn't know"),
        (Problem::Beyond, "has none after the last time at which its stratum is observed"),
    ];
    let text = |(problem, why): (Problem, &str)| {
        let rows = problems.iter().filter(|(_, own)| *own == problem);
        let rows: Vec<String> = rows.map(|(row, _)| (row + 1).to_string()).collect();
        let more = if rows.len() > SHOWN { format!(" and {} more", rows.len() - SHOWN) } else { String::new() };
        let shown = rows[..rows.len().min(SHOWN)].join(", ");
        (!rows.is_empty()).then(|| format!("{of}: row {shown}{more} of the new data {why}"))
    };
    told.into_iter().filter_map(text).collect()
}

/// Rows that a warning lists.
const SHOWN: usize = 10;

impl<'f> Parts<'f> {
    pub fn names(self) -> &'f [String] {
        match self {
            Parts::Categories(names) | Parts::Thresholds(names) => names,
        }
    }
}

/// New data may have the model's column of weights.
fn weights_of(spec: Option<&Spec>, data: &Frame) -> Result<Option<Vec<f64>>> {
    let Some(Spec { source: Source::Formula(formula), .. }) = spec else { return Ok(None) };
    let column = formula.weights.as_deref().and_then(|name| data.column(name).ok());
    column.map(|column| try_owned("weights", data.numbers(column)?)).transpose()
}
