//! Survival curves of rows.

use super::limits::CurveLimits;
use super::lines::Lines;
use super::request::CurveRequest;
use super::work::Work;
use crate::choice::Choice;
use crate::error::{Result, try_gather, try_push, try_vec};
use crate::fit::Fit;
use crate::frame::Frame;
use crate::predict::point::MEAN;
use crate::predict::problems::Problem;
use crate::predict::request::NewData;
use crate::watch::Watch;

const CURVES: &str = "survival curves";

/// Survival curves, or what follows from them, as a table; and the rows that have none.
#[derive(Clone, Debug)]
pub struct Curves {
    pub table: Frame,
    pub problems: Vec<(usize, Problem)>,
}

impl Fit {
    /// The probability of no event up to and at given times, from time 0, for the rows of data, of which times and events don't count:
    /// a row of the table for each row of the data and each time.
    pub fn survival_curves(&self, data: NewData<'_>, request: &CurveRequest, watch: &Watch<'_>) -> Result<Curves> {
        self.with_lines(data, request, request.times.as_deref(), watch, |work, mut lines| {
            if request.limits != CurveLimits::None {
                work.with_covariance(|covariance| lines.add_limits(work, covariance, request))?;
            }
            lines.erase_unestimable(work)?;
            lines.curves(work, request)
        })
    }
}

impl Lines<'_> {
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
        lines.sort_unstable_by_key(|line| (line.row, line.from));
        problems.sort_unstable_by_key(|(row, _)| *row);
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
