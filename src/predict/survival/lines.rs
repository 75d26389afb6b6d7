//! Survival curves of rows as numbers.

use super::limits::Survival;
use super::request::CurveRequest;
use super::spread::Spread;
use super::work::{At, Work};
use crate::coxme::hazard::Baseline;
use crate::coxme::hazard_errors::EffectCovariance;
use crate::design::NeededTimes;
use crate::error::{Error, Result, try_gather, try_vec};
use crate::fit::Fit;
use crate::predict::point::MEAN;
use crate::predict::predictors::{Rows, Wanted};
use crate::predict::request::{NewData, NewLevels, Quantity, Request};
use crate::watch::{Phase, Watch};

const CURVES: &str = "survival curves";

impl Fit {
    /// Calls `act` with the curves of the rows of data at these times, or at the event times of each row's stratum.
    pub(super) fn with_lines<T>(
        &self,
        data: NewData<'_>,
        request: &CurveRequest,
        times: Option<&[f64]>,
        watch: &Watch<'_>,
        act: impl FnOnce(&Work<'_, '_, '_>, Lines<'_>) -> Result<T>,
    ) -> Result<T> {
        watch.at(Phase::Prediction, 0, None)?;
        let cox = self.cox().ok_or_else(|| Error::argument("survival curves are of Cox models; this fit is of another kind"))?;
        request.check()?;
        let quantity = if request.marginal { Quantity::Marginal } else { Quantity::Survival };
        let (chosen, effects) = self.chosen_terms(&Request { quantity, random: request.random.clone(), ..Request::default() })?;
        let (new_levels, needed) = (request.new_levels, NeededTimes::Strata);
        let mut rows = Rows::new(self, data, &Wanted { chosen: &chosen, effects, new_levels, times: needed })?;
        rows.keep_effects(&request.random)?;
        let work = Work::new(self, cox, &rows, watch)?;
        let mut lines = Lines::new(&work, self.baselines()?, times)?;
        lines.fill(&work, request)?;
        act(&work, lines)
    }
}

/// Survival curves by lines: for each row one for each time.
pub struct Lines<'t> {
    pub baselines: Vec<Baseline>,
    times: Option<&'t [f64]>,
    /// The first line of each row, and the end of the last one.
    pub first: Vec<usize>,
    pub survival: Vec<Survival>,
    /// Of the cumulative hazards; with the limits of the survival NaN where they were not added.
    pub std_errors: Vec<f64>,
    pub lower: Vec<f64>,
    pub upper: Vec<f64>,
}

impl<'t> Lines<'t> {
    fn new(work: &Work<'_, '_, '_>, baselines: Vec<Baseline>, times: Option<&'t [f64]>) -> Result<Self> {
        let (n, stratum) = (work.rows.n, &work.survival()?.stratum);
        let mut first = try_vec(CURVES, 0usize, n + 1)?;
        for i in 0..n {
            let count = times.map_or(baselines[stratum[i] as usize].steps.len(), <[f64]>::len);
            first[i + 1] = first[i].saturating_add(count);
        }
        let lines = first[n];
        Ok(Lines {
            survival: try_vec(CURVES, Survival { probability: f64::NAN, hazard: f64::NAN, slope: 0.0 }, lines)?,
            std_errors: try_vec(CURVES, f64::NAN, lines)?,
            lower: try_vec(CURVES, f64::NAN, lines)?,
            upper: try_vec(CURVES, f64::NAN, lines)?,
            baselines,
            times,
            first,
        })
    }

    /// The k-th time of a stratum.
    pub fn time(&self, stratum: usize, k: usize) -> f64 {
        self.times.map_or_else(|| self.baselines[stratum].steps[k].time, |times| times[k])
    }

    /// The number of steps up to and at it; `None` where it is after all that is observed.
    fn count(&self, stratum: usize, k: usize) -> Option<usize> {
        let (own, time) = (&self.baselines[stratum], self.time(stratum, k));
        (!own.is_beyond(time)).then(|| if self.times.is_none() { k + 1 } else { own.count(time) })
    }

    fn fill(&mut self, work: &Work<'_, '_, '_>, request: &CurveRequest) -> Result<()> {
        let (stratum, mut z) = (&work.survival()?.stratum, vec![]);
        for i in 0..work.rows.n {
            let (s, first) = (stratum[i] as usize, self.first[i]);
            let averaged = request.marginal || request.new_levels == NewLevels::Average;
            let variance = if averaged { work.integrated(i, request.marginal, &mut z) } else { 0.0 };
            for k in 0..self.first[i + 1] - first {
                work.watch.pulse_each(first + k)?;
                if let Some(count) = self.count(s, k) {
                    self.survival[first + k] = Survival::new(self.baselines[s].over(0, count, work.eta[i]), variance);
                }
            }
        }
        Ok(())
    }

    /// All rows of a stratum share what its times add up to.
    pub fn add_limits(&mut self, work: &Work<'_, '_, '_>, covariance: &EffectCovariance<'_>, request: &CurveRequest) -> Result<()> {
        let reach = request.reach();
        let (n, stratum) = (work.rows.n, &work.survival()?.stratum);
        let new_vary = request.new_levels != NewLevels::Average;
        let spread = Spread::new(n, work.part, Some(covariance), new_vary, work.watch)?;
        let mut order = try_gather(CURVES, 0..n)?;
        order.sort_unstable_by_key(|&i| (stratum[i], i));
        let (mut done, total) = (0, self.survival.len());
        for same in order.chunk_by(|&a, &b| stratum[a] == stratum[b]) {
            let s = stratum[same[0]] as usize;
            let mut at = At::new(work, &spread, covariance, s);
            for k in 0..self.first[same[0] + 1] - self.first[same[0]] {
                work.watch.pulse_at(Phase::Prediction, done, Some(total))?;
                done += same.len();
                let Some(count) = self.count(s, k) else { continue };
                let sums = covariance.accumulate(&covariance.window(s, 0, count, false))?;
                for &i in same {
                    let line = self.first[i] + k;
                    let survival = &self.survival[line];
                    let std_error = survival.slope * at.error(i, &sums);
                    self.std_errors[line] = std_error;
                    (self.lower[line], self.upper[line]) = survival.limits(request.limits, reach, std_error);
                }
            }
        }
        Ok(())
    }

    /// Takes away the values of rows whose predictor has no estimate.
    pub fn erase_unestimable(&mut self, work: &Work<'_, '_, '_>) -> Result<()> {
        work.rows.unestimable(&[MEAN])?.into_iter().for_each(|i| self.erase(i));
        Ok(())
    }

    fn erase(&mut self, i: usize) {
        let lines = self.first[i]..self.first[i + 1];
        self.survival[lines.clone()].fill(Survival { probability: f64::NAN, hazard: f64::NAN, slope: 0.0 });
        for column in [&mut self.std_errors, &mut self.lower, &mut self.upper] {
            column[lines.clone()].fill(f64::NAN);
        }
    }
}
