//! Random effects whose columns are combinations of the fixed effects': there is nothing left that tells of their variance.

use crate::covariance::Structure;
use crate::formula::StructureKind;
use crate::linalg::dense::{cholesky, solve_lower, symmetric_eigen};

/// The share of a sum of squares that the fixed effects may leave: rounding of cross-products.
pub const LEFT: f64 = 1e-12;

/// What the fixed effects take of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// All of its effects.
    Term,
    /// All columns of one effect.
    Effect(usize),
    /// Those of a combination of effects.
    Combination,
}

/// What is taken of a term, from the cross-products of its columns, summed over levels: `all` of the columns, and `left` of what the fixed
/// effects leave of them, `[r, r]` each. `effects` are the user's effects as combinations of these columns.
pub fn taken(structure: Structure, all: &[f64], left: &[f64], effects: &[Vec<f64>]) -> Option<Taken> {
    let (r, kind) = (structure.size, structure.kind);
    let form = |m: &[f64], v: &[f64]| (0..r * r).map(|e| v[e % r] * m[e] * v[e / r]).sum::<f64>();
    let is_taken = |v: &Vec<f64>| {
        let whole = form(all, v);
        whole > 0.0 && form(left, v) <= LEFT * whole
    };
    let of: Vec<usize> = (0..effects.len()).filter(|e| is_taken(&effects[*e])).collect();
    match of[..] {
        _ if of.len() == r => return Some(Taken::Term),
        [first, ..] if !structure.homogeneous && kind != StructureKind::Ar1 => return Some(Taken::Effect(first)),
        _ => {}
    }
    if kind == StructureKind::Diagonal || r < 2 {
        return None;
    }
    (!of.is_empty() || least_share(r, all, left)? <= LEFT).then_some(Taken::Combination)
}

/// The least share of a combination's sum of squares that is left; `None` where the columns depend on each other.
fn least_share(r: usize, all: &[f64], left: &[f64]) -> Option<f64> {
    let mut l = all.to_vec();
    cholesky(r, &mut l).ok()?;
    let mut half = left.to_vec();
    half.chunks_exact_mut(r).for_each(|column| solve_lower(r, &l, column));
    let mut both: Vec<f64> = (0..r * r).map(|e| half[e % r * r + e / r]).collect();
    both.chunks_exact_mut(r).for_each(|column| solve_lower(r, &l, column));
    let symmetric: Vec<f64> = (0..r * r).map(|e| 0.5 * (both[e] + both[e % r * r + e / r])).collect();
    symmetric_eigen(r, &symmetric).and_then(|(values, _)| values.first().copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::StructureKind::{CompoundSymmetry, Diagonal, Unstructured};

    const UNITS: [[f64; 2]; 2] = [[1.0, 0.0], [0.0, 1.0]];

    fn of(kind: StructureKind, hom: bool, left: &[f64; 4]) -> Option<Taken> {
        taken(Structure::new(kind, Some(hom), 2), &[4.0, 1.0, 1.0, 9.0], left, &UNITS.map(Vec::from))
    }

    #[test]
    fn effects_and_combinations() {
        assert_eq!(of(Unstructured, false, &[1e-13, 0.0, 0.0, 1e-14]), Some(Taken::Term));
        assert_eq!(of(Unstructured, false, &[2.0, 0.0, 0.0, 1e-14]), Some(Taken::Effect(1)));
        assert_eq!(of(Unstructured, false, &[2.0, 0.0, 0.0, 1e-9]), None);
        // (1, -1) leaves nothing.
        assert_eq!(of(Unstructured, false, &[2.0, 2.0, 2.0, 2.0]), Some(Taken::Combination));
        assert_eq!(of(Diagonal, false, &[2.0, 2.0, 2.0, 2.0]), None);
        // One variance for all is told by what is left.
        assert_eq!(of(Diagonal, true, &[2.0, 0.0, 0.0, 1e-14]), None);
        assert_eq!(of(CompoundSymmetry, true, &[2.0, 0.0, 0.0, 1e-14]), Some(Taken::Combination));
    }
}
