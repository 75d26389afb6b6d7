//! Sums in an order that does not depend on that in which levels and columns appeared.

use super::columns::{Columns, Place, Slot};
use super::known::Known;
use super::plan::Learnt;
use super::space::Space;
use super::sums::{Maps, Sizes, Sums, TermMap};
use crate::design::Program;
use crate::error::{Result, try_vec};

/// Sums in order.
pub struct Ordered {
    pub sums: Sums,
    /// The columns of the fixed effects: term, and the place of each of its variables; `None` for the intercept.
    pub fixed: Vec<Option<Product>>,
    pub effects: Vec<Vec<Option<Product>>>,
    /// The levels of each random term.
    pub levels: Vec<usize>,
}

/// A product of levels and numbers: the places of the variables of a term, `None` for a level that does not occur.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Product {
    pub term: usize,
    pub places: Option<Vec<usize>>,
}

/// Brings sums in order: columns of the plan first, then the others by term and level; levels as the program has them.
pub fn in_order(
    total: &Sums,
    space: &Space,
    learnt: &Learnt,
    (known, index, program): (&Known, &[Vec<u32>], &Program),
) -> Result<Ordered> {
    let (columns, fixed) = sorted(&space.fixed, learnt.space.fixed.slots.len(), known);
    let (mut terms, mut sizes, mut effects, mut levels) = (vec![], vec![], vec![], vec![]);
    for (k, own) in space.effects.iter().enumerate() {
        let (map, products) = sorted(own, learnt.shifts[k].len(), known);
        let g = learnt.outline.group_of(k);
        let count = program.group_labels(g).len();
        // Combinations that do not occur go behind the last.
        let mut of_levels = try_vec("levels", count as u32, space.groups[g].len())?;
        known.combinations[g].iter().zip(&index[g]).for_each(|(place, level)| of_levels[*place] = *level);
        sizes.push((count + 1, products.len()));
        effects.push(products);
        levels.push(count);
        terms.push(TermMap { levels: of_levels, effects: map });
    }
    let mut sums = total.moved(
        &Maps { columns, terms },
        &Sizes { c: fixed.len() + learnt.outline.n_responses(), responses: learnt.outline.n_responses(), terms: sizes },
    )?;
    let c = sums.sizes().c;
    for own in std::iter::once(&mut sums.terms).chain(sums.pieces.values_mut().map(|piece| &mut piece.terms)) {
        for (term, count) in own.iter_mut().zip(&levels) {
            term.cz.truncate(c * term.effects * count);
            term.diagonal.truncate(term.effects * term.effects * count);
            term.levels = *count;
        }
    }
    Ok(Ordered { sums, fixed, effects, levels })
}

/// Where each column goes, and the columns in their new order; the first `base` stay.
fn sorted(columns: &Columns, base: usize, known: &Known) -> (Vec<usize>, Vec<Option<Product>>) {
    let product = |slot: &Slot| {
        let (term, places) = columns.places(*slot)?;
        let place = |(v, place): (usize, Place)| match place {
            Place::Level(code) => known.variables[v].rank_of(code),
            Place::Column(column) => Some(column),
        };
        Some(Product { term, places: places.into_iter().map(place).collect() })
    };
    let products: Vec<Option<Product>> = columns.slots.iter().map(product).collect();
    let mut order: Vec<usize> = (0..products.len()).collect();
    order[base.min(products.len())..].sort_by(|a, b| products[*a].cmp(&products[*b]));
    let mut map = vec![0; products.len()];
    order.iter().enumerate().for_each(|(to, from)| map[*from] = to);
    (map, order.iter().map(|from| products[*from].clone()).collect())
}
