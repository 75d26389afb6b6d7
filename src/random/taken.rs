//! Random effects whose columns are combinations of the fixed effects': there is nothing left that tells of their variance.

use crate::covariance::Structure;
use crate::formula::StructureKind;
use crate::linalg::dense::{cholesky, quadratic, solve_lower, solve_lower_transpose, symmetric_eigen};

/// The share of a sum of squares that the fixed effects may leave: rounding of cross-products.
pub const LEFT: f64 = 1e-12;

/// The same within each level, of its own sum of squares: beside one far row, what other levels have left is rounding in the sum of all.
pub const LEFT_OF_LEVEL: f64 = 1e-8;

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
/// effects leave of them, `[r, r]` each. `effects` are the user's effects as combinations of these columns. `in_each` says whether a combination
/// is taken within each level.
pub fn taken(
    structure: Structure,
    all: &[f64],
    left: &[f64],
    effects: &[Vec<f64>],
    in_each: impl Fn(&[f64]) -> bool,
) -> Option<Taken> {
    let (r, kind) = (structure.size, structure.kind);
    let is_taken = |v: &Vec<f64>| {
        let whole = quadratic(all, v);
        whole > 0.0 && quadratic(left, v) <= LEFT * whole && in_each(v)
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
    if of.is_empty() {
        let (share, v) = least_share(r, all, left)?;
        return (share <= LEFT && in_each(&v)).then_some(Taken::Combination);
    }
    Some(Taken::Combination)
}

/// The least share of a combination's sum of squares that is left, and the combination; `None` where the columns depend on each other.
fn least_share(r: usize, all: &[f64], left: &[f64]) -> Option<(f64, Vec<f64>)> {
    let mut l = all.to_vec();
    cholesky(r, &mut l).ok()?;
    let mut half = left.to_vec();
    half.chunks_exact_mut(r).for_each(|column| solve_lower(r, &l, column));
    let mut both: Vec<f64> = (0..r * r).map(|e| half[e % r * r + e / r]).collect();
    both.chunks_exact_mut(r).for_each(|column| solve_lower(r, &l, column));
    let symmetric: Vec<f64> = (0..r * r).map(|e| 0.5 * (both[e] + both[e % r * r + e / r])).collect();
    let (values, vectors) = symmetric_eigen(r, &symmetric)?;
    let mut v = vectors.get(..r)?.to_vec();
    solve_lower_transpose(r, &l, &mut v);
    Some((*values.first()?, v))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::StructureKind::{CompoundSymmetry, Diagonal, Unstructured};

    const UNITS: [[f64; 2]; 2] = [[1.0, 0.0], [0.0, 1.0]];

    fn of(kind: StructureKind, hom: bool, left: &[f64; 4]) -> Option<Taken> {
        taken(Structure::new(kind, Some(hom), 2), &[4.0, 1.0, 1.0, 9.0], left, &UNITS.map(Vec::from), |_| true)
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
