//! One minimisation's dealings with its objective: counts, limits, progress, the best point so far.

use super::problem::{End, Objective, Reason, Settings};
use super::step::Point;
use crate::error::{Error, Result};

/// Why evaluations end before the method is done.
#[derive(Clone, Debug)]
pub(super) enum Stop {
    Limit(Reason),
    Failed(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        Stop::Failed(error)
    }
}

pub(super) struct Session<'a, 's> {
    objective: &'a mut dyn Objective,
    settings: &'a mut Settings<'s>,
    evaluations: usize,
    best: Vec<f64>,
    best_value: f64,
}

impl<'a, 's> Session<'a, 's> {
    pub fn new(objective: &'a mut dyn Objective, settings: &'a mut Settings<'s>) -> Self {
        Session { objective, settings, evaluations: 0, best: Vec::new(), best_value: f64::INFINITY }
    }

    pub fn evaluations(&self) -> usize {
        self.evaluations
    }

    pub fn remaining(&self) -> usize {
        self.settings.max_evaluations.saturating_sub(self.evaluations)
    }

    pub fn tolerance(&self) -> f64 {
        self.settings.tolerance
    }

    pub fn noise(&self) -> f64 {
        self.objective.noise()
    }

    /// The end of another search that a point is at.
    pub fn known(&self, at: &Point) -> Option<End> {
        let known = self.settings.known.and_then(|known| known(&at.x, at.value))?;
        Some(End { x: known.x, value: known.value, reason: known.reason, scaled_gradient: known.scaled_gradient })
    }

    pub fn best(&self) -> (Vec<f64>, f64) {
        (self.best.clone(), self.best_value)
    }

    /// The value, +infinity where the objective is undefined.
    pub fn value(&mut self, x: &[f64]) -> std::result::Result<f64, Stop> {
        self.admit()?;
        let value = self.objective.value(x)?;
        Ok(self.record(x, value)?)
    }

    pub fn gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> std::result::Result<f64, Stop> {
        self.admit()?;
        let value = self.objective.gradient(x, gradient)?;
        let value = if gradient.iter().all(|g| g.is_finite()) { value } else { f64::INFINITY };
        Ok(self.record(x, value)?)
    }

    /// A full evaluation.
    pub fn point(&mut self, x: Vec<f64>) -> std::result::Result<Point, Stop> {
        self.admit()?;
        Ok(self.unlimited_point(x)?)
    }

    /// A full evaluation of the start, where the objective must be finite.
    pub fn start_point(&mut self, x: &[f64]) -> std::result::Result<Point, Stop> {
        let point = self.point(x.to_vec())?;
        if point.value.is_finite() { Ok(point) } else { Err(not_finite().into()) }
    }

    /// The value at the start, where the objective must be finite.
    pub fn start_value(&mut self, x: &[f64]) -> std::result::Result<f64, Stop> {
        let value = self.value(x)?;
        if value.is_finite() { Ok(value) } else { Err(not_finite().into()) }
    }

    /// sqrt(g' H^-1 g), even if no evaluations are left.
    pub fn scaled_gradient(&mut self, x: &[f64]) -> Result<f64> {
        let point = self.unlimited_point(x.to_vec())?;
        Ok(if point.value.is_finite() { point.scaled_gradient() } else { f64::INFINITY })
    }

    fn unlimited_point(&mut self, x: Vec<f64>) -> Result<Point> {
        let n = x.len();
        let (mut gradient, mut hessian) = (vec![0.0; n], vec![0.0; n * n]);
        let value = self.objective.hessian(&x, &mut gradient, &mut hessian)?;
        let finite = gradient.iter().chain(&hessian).all(|v| v.is_finite());
        let value = self.record(&x, if finite { value } else { f64::INFINITY })?;
        Ok(Point { x, value, gradient, hessian, noise: self.objective.noise() })
    }

    /// The first evaluation is always made: without it there is no result.
    fn admit(&self) -> std::result::Result<(), Stop> {
        if self.evaluations == 0 {
            Ok(())
        } else if self.remaining() == 0 {
            Err(Stop::Limit(Reason::MaxEvaluations))
        } else if self.settings.deadline.is_some_and(|d| std::time::Instant::now() >= d) {
            Err(Stop::Limit(Reason::Deadline))
        } else {
            Ok(())
        }
    }

    fn record(&mut self, x: &[f64], value: f64) -> Result<f64> {
        let value = if value.is_finite() { value } else { f64::INFINITY };
        self.evaluations += 1;
        if value < self.best_value {
            self.best_value = value;
            self.best = x.to_vec();
        }
        self.settings.report.map_or(Ok(value), |report| report(self.evaluations, value, x).map(|()| value))
    }
}

fn not_finite() -> Error {
    Error::numeric("the objective or its gradient is not finite at the start")
}
