//! Random effects that no risk set tells from its baseline hazard: those constant within each stratum, above all.

use super::model::Model;
use super::nested::own_products;
use super::partial::Partial;
use super::risk::RiskSets;
use crate::error::{Result, try_vec};
use crate::linalg::dense::symmetric_eigen;

/// Relative to the effects' size, information that is nothing.
const NOTHING: f64 = 1e-10;

/// What the partial likelihood does not see of a term.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unseen {
    /// The variance of one effect: the criterion does not depend on it.
    Effect(usize),
    /// That of some combination of effects.
    Combination,
}

/// What is not seen of each term: the null space of the information `sum_g Z_g'W Z_g` of its effects, W that of the model without effects.
pub fn unseen(model: &Model, sets: &RiskSets) -> Result<Vec<Option<Unseen>>> {
    let mut partial = Partial::new(sets)?;
    partial.evaluate(&try_vec("risk sets", 0.0, model.n)?);
    let information = own_information(model, &partial)?;
    let mut squares = try_vec("random effects", 0.0, model.q())?;
    for (i, expected) in partial.expected.iter().enumerate() {
        model.z.row(i).for_each(|(j, z)| squares[j] += expected * z * z);
    }
    Ok((0..model.structures.len()).map(|k| of_term(model, k, &information[k], &squares)).collect())
}

fn of_term(model: &Model, k: usize, information: &[f64], squares: &[f64]) -> Option<Unseen> {
    let (size, first) = (model.layout.terms[k], model.layout.offset(k));
    let r = size.effects;
    let total: Vec<f64> = (0..r).map(|e| (0..size.levels).map(|level| squares[first + level * r + e]).sum()).collect();
    let mut own = vec![0.0; r * r];
    for (e, own) in own.iter_mut().enumerate() {
        let product: f64 = total[e % r] * total[e / r];
        *own = if product > 0.0 { information[e] / product.sqrt() } else { 0.0 };
    }
    if let Some(effect) = (0..r).find(|e| own[e * (r + 1)] <= NOTHING) {
        return Some(Unseen::Effect(effect));
    }
    let (values, _) = symmetric_eigen(r, &own)?;
    values.iter().any(|value| *value <= NOTHING).then_some(Unseen::Combination)
}

/// Z_g'W Z_g summed over the levels g of each term, `[r, r]`.
fn own_information(model: &Model, partial: &Partial<'_>) -> Result<Vec<Vec<f64>>> {
    if let Some(forest) = &model.forest {
        return own_products(model, forest, partial);
    }
    let q = model.q();
    let mut information = try_vec("information of random effects", 0.0, q * q)?;
    partial.random_information(&model.z, &mut information)?;
    let of_term = |k: usize| {
        let (r, first) = (model.layout.terms[k].effects, model.layout.offset(k));
        let levels = || (first..model.layout.offset(k + 1)).step_by(r);
        (0..r * r).map(|e| levels().map(|at| information[(at + e / r) * q + at + e % r]).sum()).collect()
    };
    Ok((0..model.structures.len()).map(of_term).collect())
}
