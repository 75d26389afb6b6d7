//! Which of several ends of searches is the estimate, and whether another minimum is about as deep.

use super::{Criterion, Estimate, Search, is_converged};
use crate::error::{Error, Result};
use crate::optimize::Summary;

/// A minimum that is higher by less than this is told of.
const NEAR: f64 = 10.0;
/// Ends that are nearer in the criterion are one minimum, which searches have come to by different ways.
const SAME: f64 = 1e-3;

/// A local minimum that is not the lowest.
#[derive(Clone, Debug)]
pub struct Minimum {
    pub value: f64,
    /// The user's theta there.
    pub theta: Vec<f64>,
}

impl<'m, C: Criterion<'m>> Search<'_, '_, '_, C> {
    /// The estimate from the ends of one or more searches: the lowest, and the lowest of the others that is a minimum and near it.
    pub fn finish_lowest(&mut self, mut ends: Vec<Summary>) -> Result<Estimate> {
        ends.sort_by(|a, b| {
            (self.is_stuck(a), a.value).partial_cmp(&(self.is_stuck(b), b.value)).unwrap_or(std::cmp::Ordering::Equal)
        });
        let mut ends = ends.into_iter();
        let first = ends.next().ok_or_else(|| Error::numeric("no search has come to an end"))?;
        let mut best = self.finish(first)?;
        for end in ends {
            if !is_converged(end.reason) || end.value > best.value + NEAR || best.has_seen(end.value) || !self.may_go_on() {
                continue;
            }
            // At an exact zero of a variance it may be no minimum.
            let next = self.finish(end)?;
            if !next.converged || best.has_seen(next.value) {
                continue;
            }
            best = if next.value < best.value { self.with_other(next, best) } else { self.with_other(best, next) };
        }
        Ok(Estimate { evaluations: self.criterion.evaluations(), ..best })
    }

    /// The lower minimum, with what is to be told of the higher one.
    fn with_other(&self, lower: Estimate, higher: Estimate) -> Estimate {
        let theta = self.criterion.theta_map()(&higher.working);
        let others = [lower.other.clone(), higher.other, Some(Minimum { value: higher.value, theta })].into_iter().flatten();
        let other = others.filter(|o| o.value < lower.value + NEAR).min_by(|a, b| a.value.total_cmp(&b.value));
        Estimate { other, ..lower }
    }
}

impl Estimate {
    /// Whether a value is that of a minimum known.
    fn has_seen(&self, value: f64) -> bool {
        std::iter::once(self.value).chain(self.other.as_ref().map(|o| o.value)).any(|v| (value - v).abs() < SAME)
    }

    /// What a fit says of another minimum.
    pub fn warning(&self) -> Option<String> {
        let other = self.other.as_ref()?;
        let theta: Vec<String> = other.theta.iter().map(|v| format!("{v:.6}")).collect();
        Some(format!(
            "the likelihood has two maxima that are near each other: the criterion is {:.4} at the one reported and {:.4} at the other, \
             which a fit from theta0 = ({}) finds",
            self.value,
            other.value,
            theta.join(", ")
        ))
    }
}
