//! Survival curves of rows.

use super::limits::{CurveLimits, Survival};
use super::spread::Spread;
use super::work::{At, Work};
use crate::choice::Choice;
use crate::coxme::hazard::Baseline;
use crate::coxme::hazard_errors::EffectCovariance;
use crate::design::NeededTimes;
use crate::distributions::normal_quantile;
use crate::error::{Error, Result, try_gather, try_push, try_vec};
use crate::fit::Fit;
use crate::frame::{Frame, shortest_text};
use crate::predict::point::MEAN;
use crate::predict::predictors::{Rows, Wanted};
use crate::predict::problems::Problem;
use crate::predict::request::{NewData, NewLevels, Quantity, RandomTerms, Request};
use crate::watch::{Phase, Watch};

const CURVES: &str = "survival curves";

/// What is asked of survival curves.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct CurveRequest {
    pub random: RandomTerms,
    /// Averaged over all random effects: all groups count as new.
    pub marginal: bool,
    pub new_levels: NewLevels,
    /// `None`: the event times of the row's stratum.
    pub times: Option<Vec<f64>>,
    pub limits: CurveLimits,
    /// Of the limits; `None` is 0.95.
    pub level: Option<f64>,
}

/// Survival curves as a table: one row for each row of the data and each time; and the rows that have none.
#[derive(Clone, Debug)]
pub struct Curves {
    pub table: Frame,
    pub problems: Vec<(usize, Problem)>,
}

impl Fit {
    /// The probability of no event up to and at given times, from time 0, for the rows of data, of which times and events don't count.
    pub fn survival_curves(&self, data: NewData<'_>, request: &CurveRequest, watch: &Watch<'_>) -> Result<Curves> {
        watch.at(Phase::Prediction, 0, None)?;
        let cox = self.cox().ok_or_else(|| Error::argument("survival curves are of Cox models; this fit is of another kind"))?;
        let level = request.level.unwrap_or(0.95);
        if !(level > 0.0 && level < 1.0) {
            return Err(Error::argument(format!("level is {level}, wanted a number between 0 and 1")));
        }
        let times = request.times.as_deref();
        if let Some((k, t)) = times.unwrap_or_default().iter().enumerate().find(|(_, t)| !(**t >= 0.0 && t.is_finite())) {
            let t = shortest_text(*t);
            return Err(Error::argument(format!("times: number {} is {t}, wanted finite times from 0 up", k + 1)));
        }
        let quantity = if request.marginal { Quantity::Marginal } else { Quantity::Survival };
        let (chosen, effects) = self.chosen_terms(&Request { quantity, random: request.random.clone(), ..Request::default() })?;
        let (new_levels, needed) = (request.new_levels, NeededTimes::Strata);
        let rows = Rows::new(self, data, &Wanted { chosen: &chosen, effects, new_levels, times: needed })?;
        let work = Work::new(self, cox, &rows, watch)?;
        let mut table = Lines::new(&work, self.baselines()?, times)?;
        table.fill(&work, request)?;
        if request.limits != CurveLimits::None {
            let reach = -normal_quantile(0.5 * (1.0 - level));
            work.with_covariance(|covariance| table.add_limits(&work, covariance, request, reach))?;
        }
        rows.unestimable(&[MEAN])?.into_iter().for_each(|i| table.erase(i));
        table.curves(&work, request)
    }
}

/// The lines of a table: for each row one for each time.
struct Lines<'t> {
    baselines: Vec<Baseline>,
    times: Option<&'t [f64]>,
    /// The first line of each row, and the end of the last one.
    first: Vec<usize>,
    survival: Vec<Survival>,
    std_errors: Vec<f64>,
    lower: Vec<f64>,
    upper: Vec<f64>,
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
    fn time(&self, stratum: usize, k: usize) -> f64 {
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
    fn add_limits(
        &mut self,
        work: &Work<'_, '_, '_>,
        covariance: &EffectCovariance<'_>,
        request: &CurveRequest,
        reach: f64,
    ) -> Result<()> {
        let (n, stratum) = (work.rows.n, &work.survival()?.stratum);
        let new_vary = request.new_levels != NewLevels::Average;
        let spread = Spread::new(n, work.part, Some(covariance), new_vary, work.watch)?;
        let mut order = try_gather(CURVES, 0..n)?;
        order.sort_by_key(|&i| stratum[i]);
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

    /// Takes the values of a row away.
    fn erase(&mut self, i: usize) {
        let lines = self.first[i]..self.first[i + 1];
        self.survival[lines.clone()].fill(Survival { probability: f64::NAN, hazard: f64::NAN, slope: 0.0 });
        for column in [&mut self.std_errors, &mut self.lower, &mut self.upper] {
            column[lines.clone()].fill(f64::NAN);
        }
    }

    /// With one line, without a time, for each row in which something is missing.
    fn curves(self, work: &Work<'_, '_, '_>, request: &CurveRequest) -> Result<Curves> {
        let mut problems = try_gather(CURVES, work.rows.missing().map(|row| (row, Problem::Missing)))?;
        let (stratum, mut lines) = (&work.survival()?.stratum, try_vec(CURVES, Line::default(), self.survival.len())?);
        for (i, &row) in work.rows.data_rows()?.iter().enumerate() {
            let s = stratum[i] as usize;
            let why = if work.rows.unestimable_in(MEAN, i) { Problem::NotEstimable } else { Problem::Beyond };
            let mut any = false;
            for (k, line) in (self.first[i]..self.first[i + 1]).enumerate() {
                let problem = if self.survival[line].probability.is_nan() { Some(why) } else { None };
                lines[line] = Line { row, stratum: Some(s), time: self.time(s, k), problem, from: Some(line) };
                any = any || problem.is_some();
            }
            if any || why == Problem::NotEstimable {
                try_push(CURVES, &mut problems, (row, why))?;
            }
        }
        for row in work.rows.missing() {
            try_push(CURVES, &mut lines, Line { row, time: f64::NAN, problem: Some(Problem::Missing), ..Line::default() })?;
        }
        lines.sort_by_key(|line| line.row);
        problems.sort_by_key(|(row, _)| *row);
        Ok(Curves { table: self.table(&lines, request, &work.cox.survival.strata)?, problems })
    }

    fn table(&self, lines: &[Line], request: &CurveRequest, labels: &[String]) -> Result<Frame> {
        let number = |of: &dyn Fn(usize) -> f64| try_gather(CURVES, lines.iter().map(|l| l.from.map_or(f64::NAN, of)));
        let mut table = Frame::new(lines.len());
        table.add_integers("row", try_gather(CURVES, lines.iter().map(|line| line.row as i64))?)?;
        let label = |line: &Line| line.stratum.and_then(|s| labels.get(s)).map(String::as_str);
        table.add_strings("stratum", &try_gather(CURVES, lines.iter().map(label))?)?;
        table.add_real("time", try_gather(CURVES, lines.iter().map(|line| line.time))?)?;
        let status = |line: &Line| Some(line.problem.map_or("ok", Problem::name));
        table.add_strings("status", &try_gather(CURVES, lines.iter().map(status))?)?;
        table.add_real("survival", number(&|k| self.survival[k].probability)?)?;
        if request.limits != CurveLimits::None {
            table.add_real("std_error", number(&|k| self.survival[k].probability * self.std_errors[k])?)?;
            table.add_real("lower", number(&|k| self.lower[k])?)?;
            table.add_real("upper", number(&|k| self.upper[k])?)?;
        }
        table.add_real("cumulative_hazard", number(&|k| self.survival[k].hazard)?)?;
        if request.limits != CurveLimits::None {
            table.add_real("cumulative_hazard_std_error", number(&|k| self.std_errors[k])?)?;
        }
        Ok(table)
    }
}

/// A line of the table.
#[derive(Clone, Copy, Default)]
struct Line {
    row: usize,
    stratum: Option<usize>,
    time: f64,
    problem: Option<Problem>,
    /// Where its numbers are.
    from: Option<usize>,
}
