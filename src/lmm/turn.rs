//! The effects of a term turned, in the cross-products as they are.

use super::correlation::local::Products;
use super::system::LinearSystem;
use crate::random::{Gram, Layout};

/// The effects of term `term` become G times themselves; G is orthogonal, `[r, r]`.
#[derive(Clone, Copy)]
pub struct Turn<'g> {
    pub term: usize,
    pub g: &'g [f64],
}

impl LinearSystem {
    /// The same model with the effects of one unstructured term turned, which were not before.
    pub fn turned(&self, turn: Turn<'_>) -> LinearSystem {
        let mut system = self.clone();
        turn.gram(&mut system.gram);
        turn.random(&self.gram.layout, &mut system.zc);
        system.turns[turn.term] = turn.g.to_vec();
        if let Some(products) = &mut system.correlation {
            turn.each(1, &mut products.rows.z[turn.term]);
            products.pieces.iter_mut().for_each(|piece| turn.products(piece));
        }
        system
    }
}

impl Turn<'_> {
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
        let r = self.g.len().isqrt();
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

    /// Of blocks of r parts of `size` numbers: the parts times G.
    fn each(self, size: usize, values: &mut [f64]) {
        let r = self.g.len().isqrt();
        let mut old = vec![0.0; size * r];
        for block in values.chunks_exact_mut(old.len()) {
            old.copy_from_slice(block);
            for (a, new) in block.chunks_exact_mut(size).enumerate() {
                new.fill(0.0);
                for (b, from) in old.chunks_exact(size).enumerate() {
                    let share = self.g[b * r + a];
                    if share != 0.0 {
                        new.iter_mut().zip(from).for_each(|(new, from)| *new += share * from);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::correlation::tests::{Case, cases};
    use super::super::deviance::Deviance;
    use super::super::parameters::{theta_from_working, working_from_theta};
    use super::super::tests::{Example, examples};
    use super::*;
    use crate::formula::StructureKind;

    /// With the effects turned, and with them in another order, theta is the user's as ever, and so is the criterion.
    #[test]
    fn the_criterion_does_not_depend_on_the_turn() {
        let systems = examples().iter().map(Example::system).chain(cases().iter().map(Case::system)).collect::<Vec<_>>();
        for (i, system) in systems.iter().enumerate() {
            let working = super::super::tests::random_working(system, 7 + i as u64);
            let mut theta = vec![0.0; working.len()];
            theta_from_working(system, &working, &mut theta);
            for (term, structure) in system.structures.iter().enumerate() {
                let r = structure.size;
                if r == 1 || structure.kind != StructureKind::Unstructured {
                    continue;
                }
                // A reflection, and the order from the end on.
                let v: Vec<f64> = (0..r).map(|e| 1.0 + 0.3 * e as f64).collect();
                let square: f64 = v.iter().map(|v| v * v).sum();
                let unit = |e: usize| f64::from(u8::from(e % r == e / r));
                let reflection: Vec<f64> = (0..r * r).map(|e| unit(e) - 2.0 * v[e % r] * v[e / r] / square).collect();
                let order: Vec<usize> = (0..r).rev().collect();
                for g in [reflection, system.units(term).factored(&order).1] {
                    let other = system.turned(Turn { term, g: &g });
                    let there = working_from_theta(&other, &theta).unwrap();
                    for reml in [true, false] {
                        let here =
                            Deviance::new(system, reml, &crate::watch::Watch::unwatched()).unwrap().evaluate(&working).unwrap();
                        let there =
                            Deviance::new(&other, reml, &crate::watch::Watch::unwatched()).unwrap().evaluate(&there).unwrap();
                        assert!((here - there).abs() < 1e-9 * here.abs().max(1.0), "{i} {term}: {here} {there}");
                    }
                }
            }
        }
    }
}
