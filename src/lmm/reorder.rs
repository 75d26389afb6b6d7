//! The effects of a term in another order, in the cross-products as they are.

use super::pieces::Products;
use super::system::LinearSystem;
use crate::random::{Gram, Layout};

/// Effect a of term `term` is the one that was `order[a]`.
#[derive(Clone, Copy)]
pub struct Reorder<'o> {
    pub term: usize,
    pub order: &'o [usize],
}

impl LinearSystem {
    /// The same model with the effects of one term in another order. That of a term whose columns were shifted can't be changed.
    pub fn reordered(&self, reorder: Reorder<'_>) -> LinearSystem {
        let mut system = self.clone();
        reorder.gram(&mut system.gram);
        reorder.random(&self.gram.layout, &mut system.zc);
        reorder.each(1, &mut system.scales[reorder.term]);
        if let Some(products) = &mut system.correlation {
            reorder.each(1, &mut products.rows.z[reorder.term]);
            products.pieces.iter_mut().for_each(|piece| reorder.products(piece));
        }
        system
    }
}

impl Reorder<'_> {
    fn products(self, products: &mut Products) {
        self.gram(&mut products.gram);
        self.random(&products.gram.layout, &mut products.zc);
    }

    /// Columns of q rows.
    fn random(self, layout: &Layout, columns: &mut [f64]) {
        let (first, end) = (layout.offset(self.term), layout.offset(self.term + 1));
        columns.chunks_exact_mut(layout.q()).for_each(|column| self.each(1, &mut column[first..end]));
    }

    fn gram(self, gram: &mut Gram) {
        let r = self.order.len();
        let both = |blocks: &mut [f64]| {
            self.each(r, blocks);
            self.each(1, blocks);
        };
        both(&mut gram.diagonal[self.term]);
        if let Some(within) = gram.within.get_mut(self.term) {
            both(&mut within.values);
        }
        for k in 0..gram.layout.terms.len() {
            let (row, column) = (k.max(self.term), k.min(self.term));
            if k == self.term {
                continue;
            }
            let pair = &mut gram.off_diagonal[row * (row - 1) / 2 + column];
            self.each(if row == self.term { 1 } else { pair.row_effects }, &mut pair.values);
        }
    }

    /// Of blocks of r times `size` numbers, the r parts in the other order.
    fn each(self, size: usize, values: &mut [f64]) {
        let mut old = vec![0.0; size * self.order.len()];
        for block in values.chunks_exact_mut(old.len()) {
            old.copy_from_slice(block);
            for (new, from) in block.chunks_exact_mut(size).zip(self.order) {
                new.copy_from_slice(&old[from * size..(from + 1) * size]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::correlated_tests::{Case, cases};
    use super::super::deviance::Deviance;
    use super::super::tests::{Example, examples};
    use super::*;
    use crate::formula::StructureKind;

    /// The covariance T T' of effects in another order is that with rows and columns in the other order.
    #[test]
    fn the_criterion_does_not_depend_on_the_order() {
        let systems = examples().iter().map(Example::system).chain(cases().iter().map(Case::system)).collect::<Vec<_>>();
        for (i, system) in systems.iter().enumerate() {
            let working = super::super::tests::random_working(system, 7 + i as u64);
            let mut first = 0;
            for (term, structure) in system.structures.iter().enumerate() {
                let (r, range) = (structure.size, first..first + structure.n_theta());
                first = range.end;
                if r == 1 || structure.kind != StructureKind::Unstructured {
                    continue;
                }
                let order: Vec<usize> = (0..r).rev().collect();
                let other = system.reordered(Reorder { term, order: &order });
                let mut t = vec![0.0; r * r];
                structure.factor(&working[range.clone()], &mut t);
                let cov = |a: usize, b: usize| (0..r).map(|c| t[c * r + a] * t[c * r + b]).sum::<f64>();
                let permuted: Vec<f64> = (0..r * r).map(|e| cov(order[e % r], order[e / r])).collect();
                let mut there = working.clone();
                structure.from_covariance(&permuted, &mut there[range]);
                for reml in [true, false] {
                    let here = Deviance::new(system, reml).unwrap().evaluate(&working).unwrap();
                    let there = Deviance::new(&other, reml).unwrap().evaluate(&there).unwrap();
                    assert!((here - there).abs() < 1e-9 * here.abs().max(1.0), "{i} {term}: {here} {there}");
                }
            }
        }
    }
}
