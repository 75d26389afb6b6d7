//! What a fit has of its data that was made of sums.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::envelope::fits;
use crate::error::Result;
use crate::lmm::cross_products::CrossProducts;
use crate::random::Shift;

/// What a fit has of the data in the place of rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reduced {
    pub products: CrossProducts,
    /// What the columns of each random term had taken off.
    pub shifts: Vec<Shift>,
    /// R with X'X/n = R'R, `[p, p]`, of all columns without weights.
    pub root: Vec<f64>,
    /// The mean of the offset, and those of the columns of numbers that the fixed effects depend on.
    pub offset: f64,
    pub means: BTreeMap<String, f64>,
}

impl Reduced {
    pub(super) fn check(&self, columns: usize, terms: impl Iterator<Item = (usize, usize)>) -> Result<()> {
        self.products.check()?;
        let layout = self.products.layout();
        let sizes = layout.p == columns && layout.terms.iter().map(|t| (t.levels, t.effects)).eq(terms);
        let shifts = self.shifts.len() == layout.terms.len()
            && self.shifts.iter().zip(&layout.terms).all(|(own, t)| own.is_empty() || own.len() == t.effects);
        fits(sizes && shifts && self.root.len() == columns * columns && self.root.iter().all(|v| v.is_finite()), "a sum")
    }
}
