//! Random effects that the fixed effects take up.
//!
//! Where all columns of an effect lie in the span of X, as those of `(1 | g)` do with `g` among the fixed effects, the REML criterion
//! does not depend on that effect's row of T: error contrasts are free of it. Its derivative is rounding, which the search must
//! not follow; the variance is taken as zero.

use super::system::LinearSystem;
use crate::covariance::with_ranges;
use crate::error::{Result, try_vec};
use crate::linalg::dense::{add_scaled, dot_in_order as dot, quadratic};
use crate::random::{LEFT, LEFT_OF_LEVEL, Taken, taken};

impl LinearSystem {
    /// Which effects of each term the criterion does not depend on.
    pub fn confounded(&self, reml: bool) -> Vec<Vec<bool>> {
        let q = self.gram.layout.q();
        let fixed = if reml { self.m() - 1 } else { 0 };
        let mut all = vec![];
        for (k, size) in self.gram.layout.terms.iter().enumerate() {
            let (r, first) = (size.effects, self.gram.layout.offset(k));
            let confounded = |a: usize| {
                let unit: Vec<f64> = (0..r).map(|e| f64::from(u8::from(e == a))).collect();
                let total: f64 = self.gram.diagonal[k].chunks_exact(r * r).map(|block| block[a * r + a]).sum();
                let rows = || (0..size.levels).map(|level| first + level * r + a);
                let taken: f64 = self.zc.chunks_exact(q).take(fixed).flat_map(|c| rows().map(|i| c[i] * c[i])).sum();
                total - taken <= LEFT * total && self.is_taken_in_each(k, &unit, fixed)
            };
            all.push((0..r).map(confounded).collect());
        }
        all
    }

    /// What the fixed effects take of each term, of the user's effects.
    pub fn taken(&self) -> Result<Vec<Option<Taken>>> {
        let (q, fixed) = (self.gram.layout.q(), self.m() - 1);
        let mut all = vec![];
        for (k, size) in self.gram.layout.terms.iter().enumerate() {
            let (r, first) = (size.effects, self.gram.layout.offset(k));
            let mut whole = try_vec("cross-products of random effects", 0.0, r * r)?;
            self.gram.diagonal[k].chunks_exact(r * r).for_each(|block| add_scaled(&mut whole, 1.0, block));
            let mut left = whole.clone();
            for column in self.zc.chunks_exact(q.max(1)).take(fixed) {
                for own in column[first..first + size.levels * r].chunks_exact(r) {
                    left.chunks_exact_mut(r).zip(own).for_each(|(left, x)| add_scaled(left, -x, own));
                }
            }
            let effects: Vec<Vec<f64>> = self.units(k).inverse().chunks_exact(r).map(<[f64]>::to_vec).collect();
            all.push(taken(self.structures[k], &whole, &left, &effects, |v| self.is_taken_in_each(k, v, fixed)));
        }
        Ok(all)
    }

    /// Whether the fixed effects leave nothing of a combination of a term's columns within each level.
    fn is_taken_in_each(&self, k: usize, v: &[f64], fixed: usize) -> bool {
        let (r, first, q) = (v.len(), self.gram.layout.offset(k), self.gram.layout.q());
        self.gram.diagonal[k].chunks_exact(r * r).enumerate().all(|(level, block)| {
            let whole = quadratic(block, v);
            let at = first + level * r;
            let taken: f64 = self.zc.chunks_exact(q).take(fixed).map(|c| dot(&c[at..at + r], v).powi(2)).sum();
            whole - taken <= LEFT_OF_LEVEL * whole
        })
    }

    /// Takes the variances of confounded effects out of a start. A structure with one variance for all of its effects keeps it
    /// unless all are confounded.
    pub fn without_confounded(&self, reml: bool, working: &mut [f64]) {
        for ((structure, range), confounded) in with_ranges(&self.structures).zip(self.confounded(reml)) {
            let r = structure.size;
            let all = confounded.iter().all(|c| *c);
            if !confounded.contains(&true) || (structure.homogeneous && !all) {
                continue;
            }
            let mut cov = structure.relative_covariance(&working[range.clone()]);
            for (e, value) in cov.iter_mut().enumerate() {
                if confounded[e % r] || confounded[e / r] {
                    *value = 0.0;
                }
            }
            structure.from_covariance(&cov, &mut working[range]);
        }
    }
}

/// Sets the rows of confounded effects in a derivative by T, or of T, to zero.
pub(super) fn clear_rows(confounded: &[bool], d: &mut [f64]) {
    for column in d.chunks_exact_mut(confounded.len()) {
        column.iter_mut().zip(confounded).filter(|(_, c)| **c).for_each(|(v, _)| *v = 0.0);
    }
}
