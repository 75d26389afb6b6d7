//! What the partial likelihood does along a direction of its predictor.
//!
//! Every term of the likelihood stays bounded along v if and only if the rows that die at a time have the largest v of all that are at risk
//! there: it never falls then. A sweep over the risk sets tells.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::ops::Range;

use super::risk::RiskSets;
use crate::error::{Error, Result, try_vec};

/// Relative to the largest value of a column, what is a difference of rounding.
const ROUNDING: f64 = 1e-9;

/// How far out a coefficient is reported, as the most it moves the predictor by.
const FAR: f64 = 15.0;

/// What the likelihood does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// In the end.
    Falls,
    /// Towards a bound.
    Rises,
    /// No risk set sees the direction.
    Flat,
}

impl RiskSets {
    /// What the likelihood does as the predictor moves along `v`, of whose values differences up to `rounding` are none.
    pub fn course(&self, v: &[f64], rounding: f64) -> Result<Course> {
        let mut course = Course::Flat;
        let (mut largest, mut least) = (self.heap()?, self.heap()?);
        for times in &self.strata {
            largest.clear();
            least.clear();
            for k in times.clone() {
                let time = &self.times[k];
                for i in self.entering(time) {
                    largest.push(AtRisk(v[i], i));
                    least.push(AtRisk(-v[i], i));
                }
                let there = |top: &AtRisk| self.is_at_risk(top.1, k);
                while largest.peek().is_some_and(|top| !there(top)) {
                    largest.pop();
                }
                while least.peek().is_some_and(|top| !there(top)) {
                    least.pop();
                }
                let (Some(most), Some(low)) = (largest.peek(), least.peek()) else { continue };
                if self.deaths(time).any(|i| v[i] < most.0 - rounding) {
                    return Ok(Course::Falls);
                }
                if -low.0 < most.0 - rounding {
                    course = Course::Rises;
                }
            }
        }
        Ok(course)
    }

    /// With room for all rows that ever enter.
    fn heap(&self) -> Result<BinaryHeap<AtRisk>> {
        let of_stratum = |times: &Range<usize>| self.times[times.clone()].iter().map(|time| self.entering(time).count()).sum();
        let (mut heap, most): (_, usize) = (BinaryHeap::new(), self.strata.iter().map(of_stratum).max().unwrap_or(0));
        heap.try_reserve_exact(most).map_err(|_| Error::memory("rows at risk", most * size_of::<AtRisk>()))?;
        Ok(heap)
    }
}

/// A row at risk, ordered by its value.
struct AtRisk(f64, usize);

impl PartialEq for AtRisk {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for AtRisk {}

impl PartialOrd for AtRisk {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for AtRisk {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// The largest absolute value.
pub fn reach(v: &[f64]) -> f64 {
    v.iter().fold(0.0f64, |most, v| most.max(v.abs()))
}

/// Whether no risk set sees a column.
pub fn is_flat(sets: &RiskSets, column: &[f64]) -> Result<bool> {
    Ok(sets.course(column, ROUNDING * reach(column))? == Course::Flat)
}

/// The columns of `[n, p]` that have a side to which the likelihood never falls.
pub struct NeverFalling {
    pub columns: Vec<usize>,
    /// By column of all a coefficient that moves the predictor by at most `FAR` to that side, where the limit of the likelihood was taken;
    /// elsewhere zero.
    pub far: Vec<f64>,
    /// The risk sets of the model, if the limit was taken in others.
    pub whole: Option<RiskSets>,
}

/// Finds the columns, and takes the limit of the likelihood along them: of each risk set those rows are left that have the largest value of the
/// column. Not where rows would leave a risk set and come back, as with late entry they may.
pub fn never_falling(sets: &mut RiskSets, x: &[f64]) -> Result<NeverFalling> {
    let n = sets.n.max(1);
    let mut found = NeverFalling { columns: vec![], far: vec![0.0; x.len() / n], whole: None };
    let mut other = try_vec("directions without maximum", 0.0, sets.n)?;
    loop {
        let mut narrower = false;
        found.columns.clear();
        for (j, column) in x.chunks_exact(n).enumerate() {
            let rounding = ROUNDING * reach(column);
            other.iter_mut().zip(column).for_each(|(o, v)| *o = -v);
            let (mut v, mut side, mut course) = (column, 1.0, sets.course(column, rounding)?);
            if course == Course::Falls {
                (v, side, course) = (&other, -1.0, sets.course(&other, rounding)?);
            }
            if course == Course::Falls {
                continue;
            }
            found.columns.push(j);
            if course == Course::Rises
                && let Some(limit) = sets.limit(v, rounding)?
            {
                found.far[j] = side * FAR / reach(column);
                let before = std::mem::replace(sets, limit);
                found.whole.get_or_insert(before);
                narrower = true;
            }
        }
        // What no risk set sees any more has no finite estimate, either.
        if !narrower {
            return Ok(found);
        }
    }
}
