//! Which end of searches is the estimate, and which other minima are told of with it.
//!
//! Where values of the criterion cost little, as on cross-products, the way from one end to another and pushes tell which are minima of
//! their own (`minima`). Where each is a search for modes, ends that differ in value are taken for such once they are settled.

use super::boundary;
use super::criterion::Criterion;
use super::minima::{APART, Minimum, REACH};
use super::run::{Search, is_converged};
use crate::error::{Error, Result};
use crate::optimize::{Reason, Summary};

/// The minimum that was found.
#[derive(Clone, Debug)]
pub struct Estimate {
    pub working: Vec<f64>,
    pub value: f64,
    pub converged: bool,
    pub reason: Reason,
    pub evaluations: usize,
    pub scaled_gradient: f64,
    /// Other minima, within reach of this one.
    pub others: Vec<Minimum>,
}

/// The estimate of a search that begins at parameters which are likely to be near, such as those of a similar response; where it does not
/// converge, or there are none, that of a search from starts of the model's own.
pub fn near_or_anew<T>(near: Option<T>, mut search: impl FnMut(Option<T>) -> Result<Estimate>) -> Result<Estimate> {
    if near.is_none() {
        return search(None);
    }
    match search(near) {
        Ok(end) if end.converged || end.reason == Reason::Deadline => Ok(end),
        Err(error) if error.ends_all() => Err(error),
        _ => search(None),
    }
}

impl<'m, C: Criterion<'m>> Search<'_, '_, C> {
    /// From the best minimum known to the estimate.
    pub fn finish(&mut self, best: Summary) -> Result<Estimate> {
        let best = self.settled(best)?;
        let working = boundary::exact_zeros(self.criterion, &best)?;
        Ok(Estimate {
            converged: is_converged(best.reason),
            reason: best.reason,
            value: best.value,
            evaluations: self.criterion.evaluations(),
            scaled_gradient: best.scaled_gradient,
            others: vec![],
            working,
        })
    }

    /// The same, with the other minima that searches so far have ended at. Where one of these is lower it is the estimate. What it takes to
    /// tell whether they are minima is not counted among the estimate's evaluations.
    pub fn finish_with_others(&mut self, best: Summary) -> Result<Estimate> {
        let mut estimate = self.finish(best)?;
        if !estimate.converged {
            return Ok(estimate);
        }
        let own = Minimum { working: estimate.working.clone(), value: estimate.value };
        let mut others = self.other_minima(&own)?;
        if let Some(lowest) = others.first()
            && lowest.value < own.value
        {
            let again = self.run(&lowest.working, self.options.tolerance)?;
            estimate = self.finish(again)?;
            others[0] = own;
        }
        estimate.others = others;
        Ok(estimate)
    }

    /// The estimate from the ends of one or more searches: the lowest, and the lowest of the others that is a minimum and near it.
    pub fn finish_lowest(&mut self, mut ends: Vec<Summary>) -> Result<Estimate> {
        ends.sort_by(|a, b| {
            (self.is_stuck(a), a.value).partial_cmp(&(self.is_stuck(b), b.value)).unwrap_or(std::cmp::Ordering::Equal)
        });
        let mut ends = ends.into_iter();
        let first = ends.next().ok_or_else(|| Error::numeric("no search has come to an end"))?;
        let mut best = self.finish(first)?;
        for end in ends {
            if !is_converged(end.reason) || end.value > best.value + REACH || best.has_seen(end.value) || !self.may_go_on() {
                continue;
            }
            // At an exact zero of a variance it may be no minimum.
            let next = self.finish(end)?;
            if !next.converged || best.has_seen(next.value) {
                continue;
            }
            best = if next.value < best.value { with_other(next, best) } else { with_other(best, next) };
        }
        Ok(Estimate { evaluations: self.criterion.evaluations(), ..best })
    }
}

/// The lower minimum, with what is to be told of the higher one.
fn with_other(lower: Estimate, higher: Estimate) -> Estimate {
    let own = Minimum { value: higher.value, working: higher.working };
    let others = lower.others.iter().cloned().chain(higher.others).chain([own]);
    let nearest = others.filter(|o| o.value < lower.value + REACH).min_by(|a, b| a.value.total_cmp(&b.value));
    Estimate { others: nearest.into_iter().collect(), ..lower }
}

impl Estimate {
    /// Whether a value is that of a minimum known.
    fn has_seen(&self, value: f64) -> bool {
        std::iter::once(self.value).chain(self.others.iter().map(|o| o.value)).any(|v| (value - v).abs() < APART)
    }
}
