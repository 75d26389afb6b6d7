//! Other minima than the best one: which ends of searches are minima of their own.
//!
//! Two ends are one minimum where no barrier is between them, on the way that changes logarithms of large parameters and small ones as
//! they are. An end is a minimum only where it stays when it is pushed: a search may have stopped on a ridge, or at a variance of zero
//! from which the criterion falls.

use super::criterion::Criterion;
use super::run::{SAME, Search, are_near, is_converged};
use libm::asinh;

use crate::covariance::{Structure, with_ranges};
use crate::error::{Code, Result};
use crate::optimize::Summary;

// All that is compared with a criterion is in its units, those of -2 log L: 3.84 is the 95 % quantile of chi-square(1).

/// Ends of searches that differ by less are the same minimum, and a second search is run to this predicted decrease to be compared with the
/// first: less than a millionth of what an interval sees.
pub const SAME_MINIMUM: f64 = 1e-6;

/// Ends of searches that differ by more are of different minima, ends that differ by less may be one that was come to in different ways.
pub const APART: f64 = 1e-3;

/// Minima that are higher than the best by more are not told of: their likelihood is less than 1/148 of the best.
pub const REACH: f64 = 10.0;

/// A minimum that is less deep is none worth telling of.
const DEPTH: f64 = 0.01;

/// Values on the way from one end to another.
const STEPS: usize = 32;

/// Parameters below this change by differences on that way, larger ones by their logarithms.
const LINEAR: f64 = 0.03;

/// How an end is pushed: by a part of each parameter, and by a constant.
const PUSH: (f64, f64) = (0.1, 0.01);

/// A minimum.
#[derive(Clone, Debug)]
pub struct Minimum {
    pub working: Vec<f64>,
    pub value: f64,
}

impl<'m, C: Criterion<'m>> Search<'_, '_, C> {
    /// The minima within reach of a value that searches so far have ended at, lowest first, but for that of `best`.
    pub fn other_minima(&mut self, best: &Minimum) -> Result<Vec<Minimum>> {
        let mut ends = std::mem::take(&mut self.ends);
        ends.sort_by(|a, b| a.value.total_cmp(&b.value));
        let mut found = vec![best.clone()];
        for end in ends.into_iter().take_while(|end| end.value < best.value + REACH) {
            let rough = Minimum { working: end.x.clone(), value: end.value };
            if self.may_go_on()
                && self.is_apart(&rough, &found)?
                && let Some(minimum) = self.verified(&end)?
                && minimum.value < best.value + REACH
                && self.is_apart(&minimum, &found)?
            {
                found.push(minimum);
            }
        }
        self.ends.clear();
        let mut others = found.split_off(1);
        others.sort_by(|a, b| a.value.total_cmp(&b.value));
        Ok(others)
    }

    /// The minimum that an end is; `None` where it is none.
    fn verified(&mut self, end: &Summary) -> Result<Option<Minimum>> {
        let work = |search: &mut Self| -> Result<Option<Minimum>> {
            let polished = search.run(&end.x, search.options.tolerance)?;
            let settled = search.settled(polished)?;
            if !is_converged(settled.reason) || search.is_stuck(&settled) {
                return Ok(None);
            }
            for sign in [1.0, -1.0] {
                let push = |(i, x): (usize, &f64)| x + sign * if i % 2 == 0 { 1.0 } else { -1.0 } * (PUSH.0 * x.abs() + PUSH.1);
                let pushed: Vec<f64> = settled.x.iter().enumerate().map(push).collect();
                let back = search.run(&pushed, search.options.tolerance)?;
                if back.value < settled.value - SAME.0 {
                    return Ok(None);
                }
            }
            Ok(Some(Minimum { working: settled.x, value: settled.value }))
        };
        match work(self) {
            Err(error) if error.code == Code::Numeric => Ok(None),
            other => other,
        }
    }

    /// Whether a barrier is between a minimum and each of others.
    fn is_apart(&mut self, minimum: &Minimum, others: &[Minimum]) -> Result<bool> {
        let structures = self.criterion.structures().to_vec();
        let mut end = canonical(&structures, &minimum.working);
        self.criterion.fold(&mut end);
        for other in others {
            let mut start = canonical(&structures, &other.working);
            self.criterion.fold(&mut start);
            if (minimum.value - other.value).abs() < SAME.0 && are_near(&start, &end) {
                return Ok(false);
            }
            let mut highest = f64::NEG_INFINITY;
            for step in 1..STEPS {
                let value = self.criterion.value(&between(&start, &end, step as f64 / STEPS as f64))?;
                highest = highest.max(value);
            }
            if !highest.is_finite() || highest < minimum.value.max(other.value) + DEPTH {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// The working parameters with the signs that theta has.
fn canonical(structures: &[Structure], working: &[f64]) -> Vec<f64> {
    let mut out = working.to_vec();
    for (structure, range) in with_ranges(structures) {
        let mut theta = vec![0.0; range.len()];
        structure.theta_from_working(&working[range.clone()], &mut theta);
        if structure.working_from_theta(&theta, &mut out[range.clone()]).is_err() {
            out[range.clone()].copy_from_slice(&working[range]);
        }
    }
    out
}

/// A point on the way from one to the other.
pub fn between(a: &[f64], b: &[f64], share: f64) -> Vec<f64> {
    let bend = |x: f64| asinh(x / LINEAR);
    a.iter().zip(b).map(|(a, b)| LINEAR * ((1.0 - share) * bend(*a) + share * bend(*b)).sinh()).collect()
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn the_way_is_even_in_logarithms_of_what_is_large() {
        assert!((between(&[1.0], &[100.0], 0.5)[0] - 10.0).abs() < 0.01);
        assert!((between(&[-0.001], &[0.001], 0.5)[0]).abs() < 1e-12);
        assert!((between(&[0.5], &[30.0], 1.0)[0] - 30.0).abs() < 1e-9);
    }
}
