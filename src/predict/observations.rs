//! Predictions of responses that have not been seen: intervals for them, and their densities.

use super::categories::{CategoryRule, Place};
use super::errors::{Errors, Limits, polarised, reach, rebuilt_for, with_errors};
use super::point::{DISPERSION, MEAN, Point, ZERO};
use super::predictive::{Fineness, OF_DENSITIES, OF_QUANTILES, Predictive};
use super::predictors::{Rows, Wanted};
use super::problems::erase;
use super::quantity::Rule;
use super::request::{NewData, NewLevels, Quantity, RandomTerms, Request};
use crate::design::NeededTimes;
use crate::error::{Error, Result, try_vec};
use crate::fit::{Fit, Generalised};
use crate::watch::{Phase, Watch};

/// Fails where the fit has no prediction intervals of a quantity.
pub fn check_observable(fit: &Fit, quantity: Quantity) -> Result<()> {
    fit.without_cox("interval: prediction intervals")?;
    if fit.ordinal().is_some() {
        return Err(Error::unsupported("interval: categories have no prediction interval; their probabilities say what to expect"));
    }
    if let Some(own) = fit.generalised().filter(|own| !own.family.facts().has_distribution) {
        let name = own.family.name();
        return Err(Error::unsupported(format!(
            "interval: prediction intervals need the distribution function of the family {name}, which is not known"
        )));
    }
    match quantity {
        Quantity::Response | Quantity::Marginal => Ok(()),
        Quantity::Link | Quantity::Latent if fit.is_linear() => Ok(()),
        _ => Err(Error::argument("type: a prediction interval is one of responses, wanted response, or marginal for new groups")),
    }
}

/// Puts intervals for responses in the place of those for what is predicted.
pub fn widen(
    rows: &Rows<'_>,
    rule: &Rule<'_>,
    points: &[Point],
    (level, weights): (f64, &[f64]),
    limits: &mut Limits,
    watch: &Watch<'_>,
) -> Result<()> {
    let tail = 0.5 * (1.0 - level);
    let Some(own) = rule.fit.generalised() else {
        let reach = reach(rule.fit, level);
        for (i, point) in points.iter().enumerate() {
            let by = reach * (limits.std_errors[i].powi(2) + variance_of_response(rule.fit, point, weights[i])).sqrt();
            (limits.lower[i], limits.upper[i]) = (point.at[MEAN] - by, point.at[MEAN] + by);
        }
        return Ok(());
    };
    let act = |i: usize, distribution: &Predictive<'_>| {
        (limits.lower[i], limits.upper[i]) = (distribution.quantile(tail, false), distribution.quantile(tail, true));
        Ok(())
    };
    each(rows, (rule.fit, own), points, (weights, OF_QUANTILES), act, watch)
}

/// Of a linear model, about its mean: that of random effects that are integrated out, and sigma^2/w.
fn variance_of_response(fit: &Fit, point: &Point, weight: f64) -> f64 {
    point.variance[MEAN] + fit.sigma * fit.sigma / weight
}

/// Calls with each row and the distribution of a response there.
fn each(
    rows: &Rows<'_>,
    (fit, own): (&Fit, &Generalised),
    points: &[Point],
    (weights, fineness): (&[f64], Fineness),
    mut act: impl FnMut(usize, &Predictive<'_>) -> Result<()>,
    watch: &Watch<'_>,
) -> Result<()> {
    let work = |mut errors: Errors<'_, '_, '_>| {
        points.iter().enumerate().try_for_each(|(i, point)| {
            watch.pulse_at(Phase::Prediction, i, Some(points.len()))?;
            let mut covariance = polarised(|gradient| errors.variance(i, &gradient, std::iter::empty()));
            (0..3).for_each(|a| covariance[a * 4] += point.variance[a]);
            act(i, &Predictive::new(own, point, &covariance, weights[i], fineness)?)
        })
    };
    with_errors(fit, rows, work, watch)
}

impl Fit {
    /// Logarithmic scores of responses that the fit has not seen: the log of their density, or probability, with all that is not known of
    /// their linear predictors integrated out: the random effects of levels that the fit doesn't know, the others about their modes, the
    /// fixed effects about their estimates. `y` has one entry per row of the data, of an ordinal fit the place of the category from 1 (not
    /// a number if the fit doesn't know it: its score is minus infinity); rows with a missing predictor get NaN. Weights as in [`Request`].
    pub fn log_scores(&self, data: NewData<'_>, y: &[f64], weights: Option<&[f64]>, watch: &Watch<'_>) -> Result<Vec<f64>> {
        self.without_cox("logarithmic scores")?;
        watch.at(Phase::Prediction, 0, None)?;
        let request = Request { random: RandomTerms::All, new_levels: NewLevels::Zero, ..Request::default() };
        let (chosen, effects) = self.chosen_terms(&request)?;
        let wanted = Wanted { chosen: &chosen, effects, new_levels: NewLevels::Zero, times: NeededTimes::Nothing };
        let rows = Rows::new(self, data, &wanted)?;
        let (y, weights) = (rows.selected("y", y)?, rows.weights(self, matches!(data, NewData::Training), weights)?);
        let mut scores = match self.ordinal() {
            Some(_) => self.scores_of_categories(&rows, &y, watch)?,
            None => self.scores(&rows, &y, &weights, watch)?,
        };
        erase(&rows.unestimable(&[MEAN, ZERO, DISPERSION])?, rows.n, &mut scores, &mut None);
        rows.padded(scores, 1)
    }

    fn scores(&self, rows: &Rows<'_>, y: &[f64], weights: &[f64], watch: &Watch<'_>) -> Result<Vec<f64>> {
        let rule = Rule { fit: self, quantity: Quantity::Response };
        let points = rows.points(&rule)?;
        let mut scores = try_vec("logarithmic scores", 0.0, rows.n)?;
        if let Some(own) = self.generalised() {
            let act = |i: usize, distribution: &Predictive<'_>| {
                scores[i] = distribution.log_density(y[i])?;
                Ok(())
            };
            each(rows, (self, own), &points, (weights, OF_DENSITIES), act, watch)?;
            return Ok(scores);
        }
        let work = |mut errors: Errors<'_, '_, '_>| {
            for (i, point) in points.iter().enumerate() {
                watch.pulse_at(Phase::Prediction, i, Some(points.len()))?;
                let own = variance_of_response(self, point, weights[i]);
                let variance = errors.variance(i, &[1.0, 0.0, 0.0], std::iter::empty()) + own;
                scores[i] = -0.5 * ((std::f64::consts::TAU * variance).ln() + (y[i] - point.at[MEAN]).powi(2) / variance);
            }
            Ok(scores)
        };
        with_errors(self, rows, work, watch)
    }

    /// The thresholds, the nominal effects and the scale are taken as known, but for how the modes move with them.
    fn scores_of_categories(&self, rows: &Rows<'_>, y: &[f64], watch: &Watch<'_>) -> Result<Vec<f64>> {
        let mut scores = try_vec("logarithmic scores", f64::NAN, rows.n)?;
        let Some(rule) = CategoryRule::new(self, Quantity::Probabilities)? else { return Ok(scores) };
        let rebuilt = rebuilt_for(self, rows, watch)?;
        let mut errors = Errors::new(self, rows, rebuilt.as_ref(), watch)?;
        let act = |i: usize, place: &Place| {
            let variance = errors.variance(i, &[1.0, 0.0, 0.0], std::iter::empty());
            scores[i] = if y[i].is_nan() { f64::NEG_INFINITY } else { rule.probability_over(place, variance, y[i] as usize).ln() };
        };
        rule.each(rows, act, watch)?;
        Ok(scores)
    }
}
