//! Correlated residuals of data that were summed: all cross-products at any value of the correlation, without rows.

use serde::{Deserialize, Serialize};

use super::local::Products;
use super::products::{CorrelatedProducts, CorrelatedRows};
use super::scale::RhoScale;
use crate::design::Runs;
use crate::envelope::fits;
use crate::error::{Result, try_vec};
use crate::formula::CorrelationKind;
use crate::lmm::cross_products::CrossProducts;
use crate::lmm::system::{LinearSystem, WorkingColumns};
use crate::random::Layout;

/// What sums tell of a residual correlation whose groups are each within one level of every random term.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SummedCorrelation {
    pub kind: CorrelationKind,
    /// Times that are not whole numbers.
    pub continuous: bool,
    /// The number of groups.
    pub groups: usize,
    /// Distances in time, or sizes of groups, ascending, and how often each occurs.
    pub classes: Vec<(f64, usize)>,
    /// Of AR(1) the products of first rows; then, for each distance, of rows, of rows less their predecessors, and of predecessors. Of compound
    /// symmetry those of deviations from the means of groups; then, for each size, of sums over groups, divided by the root of the size.
    pub pieces: Vec<CrossProducts>,
}

/// What memory is for.
const GROUPS: &str = "groups of the residual correlation";

impl SummedCorrelation {
    /// Fails for what was read from damaged bytes.
    pub fn check(&self, layout: &Layout) -> Result<()> {
        let what = "the residual correlation";
        let ascend = self.classes.windows(2).all(|pair| pair[0].0 < pair[1].0);
        let known = self.classes.iter().all(|(class, count)| *class > 0.0 && class.is_finite() && *count > 0);
        let count = 1 + self.classes.len() * if self.kind == CorrelationKind::Ar1 { 3 } else { 1 };
        let symmetric = self.kind == CorrelationKind::Ar1 || self.classes.last().is_some_and(|class| class.0 > 1.0);
        fits(ascend && known && symmetric && !self.classes.is_empty() && self.pieces.len() == count, what)?;
        fits(self.groups > 0 && self.groups < 1 << 32, what)?;
        self.pieces.iter().try_for_each(|piece| {
            fits(piece.layout() == layout, what)?;
            piece.check()
        })
    }

    /// The cross-products of a system's working columns.
    pub fn products(&self, system: &LinearSystem, columns: &WorkingColumns) -> Result<CorrelatedProducts> {
        let smallest = self.classes.first().map_or(1.0, |class| class.0);
        let largest = self.classes.last().map_or(1.0, |class| class.0);
        let scale = match self.kind {
            CorrelationKind::CompoundSymmetry => RhoScale::Symmetric { lower: -1.0 / (largest - 1.0) },
            CorrelationKind::Ar1 if self.continuous => RhoScale::Positive { unit: smallest },
            CorrelationKind::Ar1 => RhoScale::Signed,
        };
        let layout = &system.gram.layout;
        let zeros = Products::new(layout, system.m(), pattern(system)?)?;
        let mut pieces = vec![];
        for piece in &self.pieces {
            let mut own = zeros.try_clone()?;
            columns.fill(piece, system, &mut own)?;
            pieces.push(own);
        }
        if self.kind == CorrelationKind::Ar1 {
            pieces[1..].chunks_exact_mut(3).for_each(in_factors);
        }
        let (index, z) = (vec![vec![]; layout.terms.len()], vec![vec![]; layout.terms.len()]);
        let rows = CorrelatedRows { layout: layout.clone(), m: system.m(), fixed: vec![], index, z };
        let runs = Runs { rows: vec![], starts: try_vec(GROUPS, 0, self.groups + 1)? };
        let (classes, counts) = self.classes.iter().copied().unzip();
        Ok(CorrelatedProducts { scale, rows, kind: self.kind, runs, classes, counts, class: vec![], zeros, pieces })
    }
}

/// Products of rows r = b + d, of d and of b become those of d, of d and b with each other, and of b.
fn in_factors(pieces: &mut [Products]) {
    let [row, difference, before] = pieces else { return };
    row.add_scaled(-1.0, difference);
    row.add_scaled(-1.0, before);
    std::mem::swap(row, difference);
}

/// The pairs of levels that meet, as the products want them.
fn pattern(system: &LinearSystem) -> Result<Vec<Vec<(u32, u32)>>> {
    let mut pairs = vec![];
    for k in 0..system.gram.layout.terms.len() {
        for m in 0..k {
            let block = system.gram.pair(k, m);
            let mut own = try_vec("pattern of correlated rows", (0, 0), block.rows.len())?;
            for (column, range) in block.col_ptr.windows(2).enumerate() {
                let rows = own[range[0]..range[1]].iter_mut().zip(&block.rows[range[0]..range[1]]);
                rows.for_each(|(pair, row)| *pair = (column as u32, *row));
            }
            pairs.push(own);
        }
        pairs.push(vec![]);
    }
    Ok(pairs)
}
