//! What a fit has of its data that was made of sums.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::covariance::Structure;
use crate::envelope::fits;
use crate::error::Result;
use crate::lmm::correlation::summed::SummedCorrelation;
use crate::lmm::cross_products::CrossProducts;
use crate::lmm::system::LinearSystem;
use crate::random::Shift;

/// What a fit has of the data in the place of rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reduced {
    pub products: CrossProducts,
    /// Of a residual correlation.
    pub correlation: Option<SummedCorrelation>,
    /// What the columns of each random term had taken off.
    pub shifts: Vec<Shift>,
    /// R with X'X/n = R'R, `[p, p]`, of all columns without weights.
    pub root: Vec<f64>,
    /// Of the response less the offset.
    pub response: Moments,
    /// The mean of the offset, and those of the columns of numbers that the fixed effects depend on.
    pub offset: f64,
    pub means: BTreeMap<String, f64>,
}

/// The first two moments of a response, weighted.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moments {
    /// Unknown where no column of the sums is constant.
    pub mean: Option<f64>,
    /// The mean square, about the mean where that is known.
    pub square: f64,
}

/// Numbers that differ by less than this share come from the same rows.
const SAME: f64 = 1e-8;

impl Moments {
    /// Whether they may be those of the same numbers.
    fn is_same(self, other: Self) -> bool {
        let near = |a: f64, b: f64| (a - b).abs() <= SAME * a.abs().max(b.abs());
        match (self.mean, other.mean) {
            (Some(a), Some(b)) => near(self.square, other.square) && (a - b).abs() <= SAME * (self.square + a * a).sqrt(),
            _ => near(self.about_zero(), other.about_zero()),
        }
    }

    fn about_zero(self) -> f64 {
        self.square + self.mean.map_or(0.0, |mean| mean * mean)
    }

    fn check(self) -> Result<()> {
        fits(self.square.is_finite() && self.mean.is_none_or(f64::is_finite), "the response")
    }
}

impl Reduced {
    /// In what the data of two fits differ, as far as their sums tell.
    pub fn difference(&self, other: &Self) -> Option<&'static str> {
        let near = |a: f64, b: f64| (a - b).abs() <= SAME * (1.0 + a.abs());
        if !near(self.products.log_weights(), other.products.log_weights()) {
            return Some("their weights differ");
        }
        let same = self.response.is_same(other.response) && near(self.offset, other.offset);
        (!same).then_some("their responses, or their offsets, differ")
    }

    /// The system that is fitted.
    pub fn system(&self, structures: Vec<Structure>) -> Result<LinearSystem> {
        let (mut system, columns) = LinearSystem::with_projection(self.products.try_clone()?, structures, self.shifts.clone())?;
        system.correlation = self.correlation.as_ref().map(|own| own.products(&system, &columns)).transpose()?;
        Ok(system)
    }

    /// The mean product of two columns of the fixed effects.
    fn product(&self, i: usize, j: usize) -> f64 {
        let p = self.products.layout().p;
        self.root[i * p..(i + 1) * p].iter().zip(&self.root[j * p..(j + 1) * p]).map(|(a, b)| a * b).sum()
    }

    /// Whether the last of some columns of the fixed effects, by their places here and there, has the same products with all of them.
    pub fn has_last_column(&self, other: &Self, pairs: &[(usize, usize)]) -> bool {
        let same = |(i, k): (usize, usize), (j, l): (usize, usize)| {
            let size = (self.product(i, i) * self.product(j, j)).sqrt();
            (self.product(i, j) - other.product(k, l)).abs() <= SAME * size
        };
        pairs.last().is_none_or(|last| pairs.iter().all(|other| same(*last, *other)))
    }

    pub(super) fn check(&self, columns: usize, terms: impl Iterator<Item = (usize, usize)>) -> Result<()> {
        self.products.check()?;
        self.response.check()?;
        self.correlation.iter().try_for_each(|own| own.check(self.products.layout()))?;
        let layout = self.products.layout();
        let sizes = layout.p == columns && layout.terms.iter().map(|t| (t.levels, t.effects)).eq(terms);
        let shifts = self.shifts.len() == layout.terms.len()
            && self.shifts.iter().zip(&layout.terms).all(|(own, t)| own.is_empty() || own.len() == t.effects);
        fits(sizes && shifts && self.root.len() == columns * columns && self.root.iter().all(|v| v.is_finite()), "a sum")
    }
}
