//! Predictions from a fit, for its own rows and for new data.

mod aggregate;
mod categories;
mod covariance;
mod distribution;
mod errors;
mod functional;
mod marginal;
mod observations;
mod part;
mod predictive;
mod point;
mod posterior;
mod predictors;
mod problems;
mod quantity;
mod request;
mod simulation;
mod survival;

use crate::design::NeededTimes;
use crate::error::{Error, Result, try_gather, try_push, try_vec};
use crate::fit::Fit;
use crate::watch::{Phase, Watch};
use categories::CategoryRule;
use errors::{Limits, limits};
use observations::{check_observable, widen};
use point::{DISPERSION, MEAN, ZERO};
use predictors::{Rows, Wanted};
use problems::not_estimable;
use quantity::Rule;

pub use aggregate::Sums;
pub use covariance::MOST_COVARIANT;
pub use distribution::EffectDistribution;
pub use posterior::Draws;
pub use problems::Problem;
pub(crate) use quantity::mean_slope;
pub use request::{Interval, NewData, NewLevels, PredictOptions, Quantity, RandomTerms, Request};
pub use survival::{CurveLimits, CurveRequest, Curves};

/// One entry per row of the new data (of the training data: per row as `fitted`); NaN where a predictor is missing. Of several numbers a row
/// matrices, column-major, with as many columns as `Fit::prediction_width` has it.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Predictions {
    pub values: Vec<f64>,
    /// These three are empty unless a level was given.
    pub std_errors: Vec<f64>,
    pub lower: Vec<f64>,
    pub upper: Vec<f64>,
    /// The rows, ascending from 0, that have no prediction.
    pub problems: Vec<(usize, Problem)>,
}

/// What memory is for.
const PROBLEMS: &str = "rows without a prediction";

impl Fit {
    /// Means of the response.
    pub fn predict(&self, data: NewData<'_>, options: PredictOptions, watch: &Watch<'_>) -> Result<Vec<f64>> {
        let random = if options.random { RandomTerms::All } else { RandomTerms::None };
        let new_levels = if options.new_levels_zero { NewLevels::Zero } else { NewLevels::Error };
        let request = Request { random, new_levels, ..Request::default() };
        Ok(self.predictions(data, &request, watch)?.values)
    }

    /// Predictions with what else is asked for.
    ///
    /// Standard errors are those of the delta method: all parameters vary as estimated, with what moves the modes of the random effects
    /// (the covariances of the random effects, too, but in linear models, where they and sigma are taken as known), the random effects about
    /// these modes, and a level that the fit doesn't know as a new one, whose covariance is taken as known. Intervals are symmetric on the scale of the linear predictor; those of probabilities of categories on the logit scale.
    ///
    /// A prediction interval has the normal distribution's quantiles for a linear model, and for others those of the family's distribution
    /// averaged over what is not known of the linear predictors; the family's parameters, as sigma, are taken as known. Of the marginal
    /// mean it is one of responses in new groups.
    pub fn predictions(&self, data: NewData<'_>, request: &Request, watch: &Watch<'_>) -> Result<Predictions> {
        watch.at(Phase::Prediction, 0, None)?;
        let limits = request.level.is_some() && self.reduced.is_none();
        if limits || matches!(data, NewData::Training) || self.cox().is_some() {
            self.need_rows("predictions with intervals, of a Cox model, or for the data of the fit")?;
        }
        if let Some(level) = request.level.filter(|level| !(*level > 0.0 && *level < 1.0)) {
            return Err(Error::argument(format!("level is {level}, wanted a number between 0 and 1")));
        }
        if request.interval == Interval::Prediction && request.level.is_some() {
            check_observable(self, request.quantity)?;
        }
        let (categories, width) = (CategoryRule::new(self, request.quantity)?, self.prediction_width(request.quantity));
        let rows = self.rows_for(data, request)?;
        let mut problems = try_gather(PROBLEMS, rows.missing().map(|row| (row, Problem::Missing)))?;
        let place = |row: usize, n: usize| watch.inside(Phase::Prediction, row, Some(n));
        let (mut values, mut limits, lost) = match categories {
            Some(rule) => {
                // Of the passes over the rows the longest says where it is.
                let (before, after) = (place(0, rows.n), if request.level.is_some() { place(rows.n, rows.n) } else { *watch });
                let crossed = problems::crossed(&rows, &rule, &before)?;
                for i in crossed {
                    try_push(PROBLEMS, &mut problems, (rows.data_row(i), Problem::ThresholdsCross))?;
                }
                let limits = request.level.map(|level| rule.limits(&rows, level, watch)).transpose()?;
                (rule.values(&rows, &after)?, limits, problems::not_estimable_categories(&rows, request.quantity)?)
            }
            None if let Some(cox) = self.cox() => {
                let training = matches!(data, NewData::Training);
                let found = survival::predicted(self, cox, &rows, (request, training), watch)?;
                for i in found.beyond {
                    try_push(PROBLEMS, &mut problems, (rows.data_row(i), Problem::Beyond))?;
                }
                (found.values, found.limits, rows.unestimable(&[MEAN])?)
            }
            None => self.single(&rows, request, data, watch)?,
        };
        problems::erase(&lost, rows.n, &mut values, &mut limits);
        for i in lost {
            try_push(PROBLEMS, &mut problems, (rows.data_row(i), Problem::NotEstimable))?;
        }
        let new = if request.new_levels == NewLevels::Missing { rows.with_new_levels()? } else { vec![] };
        problems::erase(&new, rows.n, &mut values, &mut limits);
        for i in new {
            try_push(PROBLEMS, &mut problems, (rows.data_row(i), Problem::NewLevel))?;
        }
        // What else there is comes first.
        problems.sort_unstable_by_key(|(row, why)| (*row, *why == Problem::NotEstimable));
        problems.dedup_by_key(|(row, _)| *row);
        let Limits { std_errors, lower, upper } = limits.unwrap_or_default();
        let columns = if request.level.is_some() { width } else { 0 };
        Ok(Predictions {
            values: rows.padded(values, width)?,
            std_errors: rows.padded(std_errors, columns)?,
            lower: rows.padded(lower, columns)?,
            upper: rows.padded(upper, columns)?,
            problems,
        })
    }

    /// The rows of data with what a request needs of them.
    fn rows_for<'a>(&'a self, data: NewData<'_>, request: &Request) -> Result<Rows<'a>> {
        let (chosen, effects) = self.chosen_terms(request)?;
        let times = match request.quantity {
            Quantity::Response | Quantity::Survival | Quantity::Marginal if self.cox().is_some() => NeededTimes::Intervals,
            _ => NeededTimes::Nothing,
        };
        let mut rows = Rows::new(self, data, &Wanted { chosen: &chosen, effects, new_levels: request.new_levels, times })?;
        rows.keep_effects(&request.random)?;
        Ok(rows)
    }

    /// Of a fit that is not ordinal.
    fn single(
        &self,
        rows: &Rows<'_>,
        request: &Request,
        data: NewData<'_>,
        watch: &Watch<'_>,
    ) -> Result<(Vec<f64>, Option<Limits>, Vec<usize>)> {
        let rule = Rule { fit: self, quantity: request.quantity };
        let points = rows.points(&rule)?;
        let mut values = try_vec("predictions", 0.0, points.len())?;
        for (i, point) in points.iter().enumerate() {
            watch.pulse_each(i)?;
            values[i] = rule.value(point);
        }
        let lost = not_estimable(rows, &rule, &points)?;
        let Some(level) = request.level else { return Ok((values, None, lost)) };
        let widened = request.interval == Interval::Prediction;
        let before = if widened { watch.inside(Phase::Prediction, 0, Some(rows.n)) } else { *watch };
        let mut limits = limits(rows, &rule, &points, &values, level, &before)?;
        if widened {
            let training = matches!(data, NewData::Training);
            let weights = rows.weights(self, training, request.weights.as_deref()).map_err(|e| data.located(e))?;
            widen(rows, &rule, &points, (level, &weights), &mut limits, watch)?;
            // The response varies by all of them.
            for i in rows.unestimable(&[MEAN, ZERO, DISPERSION])? {
                (limits.lower[i], limits.upper[i]) = (f64::NAN, f64::NAN);
            }
        }
        Ok((values, Some(limits), lost))
    }

    /// How many numbers a prediction has for each row; 0 where the fit has no such prediction.
    pub fn prediction_width(&self, quantity: Quantity) -> usize {
        use Quantity::{
            Class, Conditional, Cumulative, Dispersion, Latent, Link, Location, Marginal, Probabilities, Response, Risk, Survival,
            ZeroProbability,
        };
        if self.cox().is_some() {
            return usize::from(matches!(quantity, Response | Link | Latent | Risk | Survival | Marginal));
        }
        let Some(ordinal) = self.ordinal() else {
            return usize::from(!matches!(quantity, Probabilities | Cumulative | Class | Risk | Survival));
        };
        match quantity {
            Probabilities | Marginal => ordinal.categories.len(),
            Cumulative => ordinal.categories.len() - 1,
            Link | Latent | Dispersion | Class => 1,
            Response | Conditional | Location | ZeroProbability | Risk | Survival => 0,
        }
    }

    /// For each random term, those of the mean first, whether its modes are added; and whether effects of new groups are needed.
    fn chosen_terms(&self, request: &Request) -> Result<(Vec<bool>, bool)> {
        let count = self.terms.len() + self.further_predictors().into_iter().flatten().map(|p| p.terms.len()).sum::<usize>();
        let (none, all) = (vec![false; count], vec![true; count]);
        Ok(match &request.random {
            _ if request.quantity == Quantity::Marginal => (none, true),
            RandomTerms::All => (all, false),
            RandomTerms::None => (none, false),
            RandomTerms::Chosen(_) | RandomTerms::Effects(_) => {
                let mut chosen = none;
                for place in request.random.places() {
                    let Some(term) = chosen.get_mut(place) else {
                        let message = format!("terms has {place}, the fit has {count} random terms, counted from 0");
                        return Err(Error::argument(message));
                    };
                    *term = true;
                }
                (chosen, false)
            }
        })
    }
}
