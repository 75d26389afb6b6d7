//! Predictions of single numbers a row: hazard ratios, expected events, probabilities of none.

use super::limits::{CurveLimits, Survival};
use super::spread::Spread;
use super::work::{At, Work};
use crate::coxme::hazard::Baseline;
use crate::coxme::hazard_errors::{EffectCovariance, Window};
use crate::design::SurvivalDesign;
use crate::distributions::normal_quantile;
use crate::error::{Result, try_gather, try_push, try_vec};
use crate::fit::{Cox, Fit};
use crate::predict::errors::Limits;
use crate::predict::predictors::Rows;
use crate::predict::problems::erase;
use crate::predict::request::{Quantity, Request};
use crate::watch::{Phase, Watch};

const PREDICTIONS: &str = "predictions";

/// Predictions of the rows with their limits, and the rows whose times are after all that is observed.
pub struct Found {
    pub values: Vec<f64>,
    pub limits: Option<Limits>,
    pub beyond: Vec<usize>,
}

impl Work<'_, '_, '_> {
    /// Hazard ratios against a row of zeros, or their logarithms.
    fn ratios(&self, request: &Request) -> Result<Found> {
        let is_ratio = request.quantity == Quantity::Risk;
        let value = |eta: f64| if is_ratio { eta.exp() } else { eta };
        let mut values = try_vec(PREDICTIONS, 0.0, self.rows.n)?;
        values.iter_mut().zip(&self.eta).for_each(|(to, eta)| *to = value(*eta));
        let Some(level) = request.level else { return Ok(Found { values, limits: None, beyond: vec![] }) };
        let of_rows = |covariance: Option<&EffectCovariance<'_>>| {
            let spread = Spread::new(self.rows.n, self.part, covariance, true, self.watch)?;
            let (mut limits, reach) = (empty_limits(self.rows.n)?, -normal_quantile(0.5 * (1.0 - level)));
            let mut x = vec![];
            for (i, eta) in self.eta.iter().enumerate() {
                self.watch.pulse_at(Phase::Prediction, i, Some(self.rows.n))?;
                spread.fixed_of(i, None, &mut x);
                let std_error = spread.variance(i, &x).sqrt();
                limits.std_errors[i] = std_error * if is_ratio { values[i] } else { 1.0 };
                (limits.lower[i], limits.upper[i]) = (value(eta - reach * std_error), value(eta + reach * std_error));
            }
            Ok(limits)
        };
        let any_chosen = self.part.terms.iter().any(|term| term.chosen);
        let limits = if any_chosen { self.with_covariance(|own| of_rows(Some(own)))? } else { of_rows(None)? };
        Ok(Found { values, limits: Some(limits), beyond: vec![] })
    }

    /// Events expected in the rows' intervals, or the probability that there is none.
    fn over_intervals(&self, request: &Request, training: bool) -> Result<Found> {
        let (survival, baselines) = (self.survival()?, self.fit.baselines()?);
        let kind = request.quantity;
        let mut spans = try_vec(PREDICTIONS, Span::default(), self.rows.n)?;
        let (mut beyond, mut z) = (vec![], vec![]);
        for (i, span) in spans.iter_mut().enumerate() {
            *span = Span::new(survival, &baselines, i);
            if baselines[span.stratum].is_beyond(survival.stop[i]) {
                try_push(PREDICTIONS, &mut beyond, i)?;
            }
        }
        // Of the data of the fit: an event takes part in the ties of its time.
        let own = kind == Quantity::Response && training;
        let mut hazards = if own { self.fit.used(&self.fit.fitted)? } else { try_vec(PREDICTIONS, 0.0, self.rows.n)? };
        if !own {
            let of = |(span, eta): (&Span, &f64)| baselines[span.stratum].over(span.from, span.to, *eta);
            hazards.iter_mut().zip(spans.iter().zip(&self.eta)).for_each(|(to, from)| *to = of(from));
        }
        let mut values = try_vec(PREDICTIONS, Survival::new(0.0, 0.0), self.rows.n)?;
        for (i, value) in values.iter_mut().enumerate() {
            self.watch.pulse_each(i)?;
            let variance = if kind == Quantity::Marginal { self.integrated(i, true, &mut z) } else { 0.0 };
            *value = Survival::new(hazards[i], variance);
        }
        let limits = request.level.map(|level| self.interval_limits(kind, &spans, &values, (level, own))).transpose()?;
        let of = |value: &Survival| if kind == Quantity::Response { value.hazard } else { value.probability };
        hazards.iter_mut().zip(&values).for_each(|(to, value)| *to = of(value));
        let mut found = Found { values: hazards, limits, beyond };
        erase(&found.beyond, self.rows.n, &mut found.values, &mut found.limits);
        Ok(found)
    }

    /// Symmetric on the scale of the linear predictor, as the logarithm of a cumulative hazard is.
    fn interval_limits(&self, kind: Quantity, spans: &[Span], values: &[Survival], (level, own): (f64, bool)) -> Result<Limits> {
        let reach = -normal_quantile(0.5 * (1.0 - level));
        let errors = self.with_covariance(|covariance| self.interval_errors(covariance, spans, own))?;
        let mut limits = empty_limits(values.len())?;
        for (i, (value, error)) in values.iter().zip(errors).enumerate() {
            let std_error = value.slope * error;
            let (lower, upper) = value.limits(CurveLimits::LogLog, reach, std_error);
            (limits.std_errors[i], limits.lower[i], limits.upper[i]) = if kind != Quantity::Response {
                (value.probability * std_error, lower, upper)
            } else if value.hazard == 0.0 {
                (0.0, 0.0, 0.0)
            } else {
                let factor = (reach * error).exp();
                (std_error, value.hazard / factor, value.hazard * factor)
            };
        }
        Ok(limits)
    }

    /// Standard errors of the logarithms of the hazards over the rows' intervals.
    fn interval_errors(&self, covariance: &EffectCovariance<'_>, spans: &[Span], own: bool) -> Result<Vec<f64>> {
        let spread = Spread::new(self.rows.n, self.part, Some(covariance), true, self.watch)?;
        let mut errors = try_vec(PREDICTIONS, 0.0, spans.len())?;
        let window = |i: usize| -> Window {
            let span = &spans[i];
            let has_event = own && self.cox.survival.event[i] && span.to > span.from;
            covariance.window(span.stratum, span.from, span.to, has_event)
        };
        let mut order = try_gather(PREDICTIONS, (0..spans.len()).filter(|&i| spans[i].to > spans[i].from))?;
        order.sort_unstable_by_key(|&i| (window(i), i));
        let mut done = 0;
        for same in order.chunk_by(|&a, &b| window(a) == window(b)) {
            self.watch.pulse_at(Phase::Prediction, done, Some(order.len()))?;
            done += same.len();
            let window = window(same[0]);
            let mut at = At::new(self, &spread, covariance, window.stratum);
            let sums = covariance.accumulate(&window)?;
            same.iter().for_each(|&i| errors[i] = at.error(i, &sums));
        }
        Ok(errors)
    }
}

/// Steps of a baseline hazard: those after the first `from` and up to the first `to`.
#[derive(Clone, Copy, Default)]
struct Span {
    stratum: usize,
    from: usize,
    to: usize,
}

impl Span {
    fn new(survival: &SurvivalDesign, baselines: &[Baseline], i: usize) -> Self {
        let stratum = survival.stratum[i] as usize;
        let own = &baselines[stratum];
        let from = survival.start.as_ref().map_or(0, |start| own.count(start[i]));
        Span { stratum, from, to: own.count(survival.stop[i]).max(from) }
    }
}

fn empty_limits(n: usize) -> Result<Limits> {
    let column = || try_vec("standard errors of predictions", 0.0, n);
    Ok(Limits { std_errors: column()?, lower: column()?, upper: column()? })
}

/// What a request asks of the rows.
pub fn predicted(fit: &Fit, cox: &Cox, rows: &Rows<'_>, (request, training): (&Request, bool), watch: &Watch<'_>) -> Result<Found> {
    let work = Work::new(fit, cox, rows, watch)?;
    match request.quantity {
        Quantity::Link | Quantity::Latent | Quantity::Risk => work.ratios(request),
        _ => work.over_intervals(request, training),
    }
}
