//! Columns of a random term that depend on each other: the term has fewer dimensions than columns.
//!
//! Z_k Sigma Z_k' is the same for many Sigma then. An unstructured term without the columns that are linear combinations of those before
//! them is the same model. A diagonal one keeps them, but for columns in proportion to one before, whose variances act as one sum. With
//! `cs`, `ar1` and homogeneous `diag` a column less would be another model; whether theirs is determined, `random::identify` tells.

use super::TermDesign;
use crate::covariance::Structure;
use crate::error::{Error, Result, try_vec};
use crate::formula::StructureKind;
use crate::linalg::dense::dot;
use crate::linalg::orthogonal::take_off;

/// A column depends on those before it when what they leave of it is smaller than this, relative to its norm (centred beside a constant
/// column); the tolerance of the fixed effects.
const TOLERANCE: f64 = 1e-7;

/// What memory is for.
const COLUMNS: &str = "columns of a random term";

/// Some columns of a term, `None` for a column of ones.
pub(super) type Columns<'a> = Vec<Option<&'a [f64]>>;

impl TermDesign {
    /// Its columns.
    pub(super) fn columns(&self, n: usize) -> Columns<'_> {
        match &self.z {
            None => vec![None],
            Some(z) => z.chunks_exact(n.max(1)).map(Some).collect(),
        }
    }

    /// Leaves only some of its columns.
    pub(super) fn keep(&mut self, n: usize, kept: &[usize]) {
        let Some(z) = &mut self.z else { return };
        for (to, &from) in kept.iter().enumerate() {
            z.copy_within(from * n..(from + 1) * n, to * n);
        }
        z.truncate(kept.len() * n);
        if kept.len() == 1 && z.iter().all(|v| *v == 1.0) {
            self.z = None;
        }
        self.effects = kept.iter().map(|&e| self.effects[e].clone()).collect();
        self.structure = Structure { size: kept.len(), ..self.structure };
    }
}

/// Places of the columns that a term keeps, and what is said of the others. Fails where no column is left.
pub(super) fn independent(
    structure: Structure,
    columns: &Columns<'_>,
    n: usize,
    name: impl Fn(usize) -> String,
    term: &str,
) -> Result<(Vec<usize>, Vec<String>)> {
    let zero = |e: &usize| columns[*e].is_some_and(|z| z.iter().all(|v| *v == 0.0));
    let all: Vec<usize> = (0..columns.len()).collect();
    if n > 0 && all.iter().all(zero) {
        return Err(Error::data(format!("the random term {term} is zero in all rows used: it has no effects to estimate")));
    }
    let kept = match structure.kind {
        StructureKind::Unstructured => spanning(columns, n)?,
        StructureKind::Diagonal if !structure.homogeneous => not_proportional(columns, n)?,
        _ => all.clone(),
    };
    let said = |e: &usize| {
        let why = match (zero(e), structure.kind) {
            (true, _) => "it is zero in all rows used",
            (_, StructureKind::Diagonal) => "it is a multiple of one before it",
            _ => "a linear combination of those before it",
        };
        format!("random term {term}: column {} left out: {why}", name(*e))
    };
    let warnings = all.iter().filter(|e| !kept.contains(e)).map(said).collect();
    Ok((kept, warnings))
}

/// The columns that are no linear combinations of those before them.
fn spanning(columns: &Columns<'_>, n: usize) -> Result<Vec<usize>> {
    if columns.len() == 1 || are_disjoint(columns, n)? {
        return Ok((0..columns.len()).filter(|e| columns[*e].is_none_or(|z| z.iter().any(|v| *v != 0.0))).collect());
    }
    let (mut kept, mut basis) = (vec![], Basis::default());
    for (e, column) in columns.iter().enumerate() {
        if basis.add(*column, n)? {
            kept.push(e);
        }
    }
    Ok(kept)
}

/// The columns that are not zero and no multiple of one before them.
fn not_proportional(columns: &Columns<'_>, n: usize) -> Result<Vec<usize>> {
    if columns.len() == 1 || are_disjoint(columns, n)? {
        return spanning(columns, n);
    }
    let (mut kept, mut bases): (Vec<usize>, Vec<Basis>) = (vec![], vec![]);
    for (e, column) in columns.iter().enumerate() {
        let mut own = Basis::default();
        if !own.add(*column, n)? {
            continue;
        }
        let mut is_new = true;
        for other in &bases {
            is_new &= other.left_of(*column, n)?.is_some();
        }
        if is_new {
            kept.push(e);
            bases.push(own);
        }
    }
    Ok(kept)
}

/// The columns of X `[n, p]` that are no linear combinations of those before them, but no more than n of them: at that number the rest is not
/// looked at, so that the cost for many more columns than rows is that of n.
pub fn independent_columns(n: usize, x: &[f64]) -> Result<Vec<usize>> {
    let (mut kept, mut basis) = (vec![], Basis::default());
    for (j, column) in x.chunks_exact(n.max(1)).enumerate() {
        if kept.len() == n {
            break;
        }
        if basis.add(Some(column), n)? {
            kept.push(j);
        }
    }
    Ok(kept)
}

/// Of each level of a term, the cross-products of its columns and of what is left of them, `[r, r]` each.
pub type Rest = Vec<[Vec<f64>; 2]>;

/// What the columns of X `[n, p]`, beside a constant one if so wanted, leave of each term; `None` for a term of so many levels that none of
/// its effects is in the span of X: its columns of different levels are independent.
pub fn rest_of_terms(n: usize, x: &[f64], constant: bool, terms: &[TermDesign]) -> Result<Vec<Option<Rest>>> {
    let most = x.len().checked_div(n).unwrap_or(0) + usize::from(constant);
    let mut basis: Option<Basis> = None;
    let mut all = vec![];
    for term in terms {
        if term.levels.len() > most {
            all.push(None);
            continue;
        }
        let own = match &mut basis {
            Some(own) => own,
            none => none.insert(Basis::of(n, x, constant)?),
        };
        all.push(Some(own.rest(n, term)?));
    }
    Ok(all)
}

/// Whether each row has at most one value other than zero, as the indicators of a factor have.
fn are_disjoint(columns: &Columns<'_>, n: usize) -> Result<bool> {
    let mut used = try_vec(COLUMNS, false, n)?;
    for column in columns {
        let Some(z) = column else { return Ok(columns.len() == 1) };
        for (used, v) in used.iter_mut().zip(*z) {
            if *v != 0.0 && std::mem::replace(used, true) {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// An orthonormal basis of some columns.
#[derive(Default)]
struct Basis {
    vectors: Vec<Vec<f64>>,
    /// A constant column is among them, by which those after it are centred without loss of digits.
    constant: bool,
}

impl Basis {
    /// Adds a column unless it is in the span of those that are there.
    fn add(&mut self, column: Option<&[f64]>, n: usize) -> Result<bool> {
        let Some(mut v) = self.left_of(column, n)? else { return Ok(false) };
        self.constant |= column.is_none_or(|z| z.iter().all(|v| *v == z[0]));
        let norm = dot(&v, &v).sqrt();
        v.iter_mut().for_each(|v| *v /= norm);
        self.vectors.push(v);
        Ok(true)
    }

    /// That of the columns of X, beside a constant one if so wanted.
    fn of(n: usize, x: &[f64], constant: bool) -> Result<Self> {
        let mut own = Basis::default();
        if constant {
            own.add(None, n)?;
        }
        for column in x.chunks_exact(n.max(1)) {
            own.add(Some(column), n)?;
        }
        Ok(own)
    }

    /// What those that are there leave of a term.
    fn rest(&self, n: usize, term: &TermDesign) -> Result<Rest> {
        let (r, columns) = (term.effects.len(), term.columns(n));
        let mut all = vec![];
        for level in 0..term.levels.len() {
            let (mut whole, mut rest) = (vec![], vec![]);
            for column in &columns {
                let mut own = try_vec(COLUMNS, 0.0, n)?;
                for (i, _) in term.index.iter().enumerate().filter(|(_, of)| **of as usize == level) {
                    own[i] = column.map_or(1.0, |z| z[i]);
                }
                let largest = own.iter().fold(0.0f64, |m, v| m.max(v.abs()));
                let mut of_own = self.left_of(Some(&own), n)?.map_or_else(|| try_vec(COLUMNS, 0.0, n), Ok)?;
                of_own.iter_mut().for_each(|v| *v *= largest);
                rest.push(of_own);
                whole.push(own);
            }
            all.push([whole, rest].map(|own| (0..r * r).map(|e| dot(&own[e % r], &own[e / r])).collect()));
        }
        Ok(all)
    }

    /// What those that are there leave of a column; `None` for nothing. Gram-Schmidt, twice.
    fn left_of(&self, column: Option<&[f64]>, n: usize) -> Result<Option<Vec<f64>>> {
        let mut v = try_vec(COLUMNS, 1.0, n)?;
        if let Some(z) = column {
            let largest = z.iter().fold(0.0f64, |m, v| m.max(v.abs()));
            if largest == 0.0 {
                return Ok(None);
            }
            v.iter_mut().zip(z).for_each(|(v, z)| *v = z / largest);
        }
        if self.constant {
            let mean = v.iter().sum::<f64>() / n as f64;
            v.iter_mut().for_each(|v| *v -= mean);
        }
        let norm = dot(&v, &v).sqrt();
        for _ in 0..2 {
            take_off(self.vectors.iter().map(Vec::as_slice), &mut v, dot, |_, _| ());
        }
        // Values of one are known to so many digits.
        let rounding = 4.0 * f64::EPSILON * (n as f64).sqrt();
        Ok((dot(&v, &v).sqrt() > (TOLERANCE * norm).max(rounding)).then_some(v))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(kind: StructureKind, hom: bool, columns: &[&[f64]]) -> Vec<usize> {
        let all: Columns = columns.iter().map(|c| Some(*c)).collect();
        let structure = Structure::new(kind, Some(hom), columns.len());
        independent(structure, &all, columns[0].len(), |e| e.to_string(), "(...)").unwrap().0
    }

    const ONE: [f64; 6] = [1.0; 6];
    const X: [f64; 6] = [0.3, -1.2, 0.7, 2.0, 0.1, -0.4];
    const Z: [f64; 6] = [1.0, 0.0, 0.5, -1.0, 0.2, 0.9];

    #[test]
    fn columns_in_the_span_of_those_before_are_left_out() {
        use StructureKind::Unstructured;
        let (two, sum): (Vec<f64>, Vec<f64>) = (X.iter().map(|v| 60.0 * v).collect(), (0..6).map(|i| X[i] - 2.0 * Z[i]).collect());
        assert_eq!(kept(Unstructured, false, &[&ONE, &ONE]), [0]);
        assert_eq!(kept(Unstructured, false, &[&ONE, &[7.0; 6], &X]), [0, 2]);
        assert_eq!(kept(Unstructured, false, &[&X, &two, &Z, &sum]), [0, 2]);
        assert_eq!(kept(Unstructured, false, &[&[0.0; 6], &X]), [1]);
        let (male, female) = ([1.0, 0.0, 0.0, 1.0, 1.0, 0.0], [0.0, 1.0, 1.0, 0.0, 0.0, 1.0]);
        assert_eq!(kept(Unstructured, false, &[&male, &female]), [0, 1]);
        assert_eq!(kept(Unstructured, false, &[&ONE, &male, &female]), [0, 1]);
        // Far from zero is not dependent, and the unit does not matter.
        let far: Vec<f64> = X.iter().map(|v| 1e7 + v).collect();
        let tiny: Vec<f64> = X.iter().map(|v| 1e-200 * v).collect();
        assert_eq!(kept(Unstructured, false, &[&ONE, &far, &Z]), [0, 1, 2]);
        assert_eq!(kept(Unstructured, false, &[&ONE, &tiny, &Z, &X]), [0, 1, 2]);
    }

    #[test]
    fn a_diagonal_term_keeps_sums_and_loses_multiples() {
        use StructureKind::{Ar1, CompoundSymmetry, Diagonal};
        let (two, sum): (Vec<f64>, Vec<f64>) = (X.iter().map(|v| -2.0 * v).collect(), (0..6).map(|i| X[i] + Z[i]).collect());
        assert_eq!(kept(Diagonal, false, &[&X, &Z, &sum, &two]), [0, 1, 2]);
        assert_eq!(kept(Diagonal, true, &[&X, &two]), [0, 1]);
        assert_eq!(kept(CompoundSymmetry, false, &[&X, &two]), [0, 1]);
        assert_eq!(kept(Ar1, true, &[&X, &[0.0; 6]]), [0, 1]);
    }

    #[test]
    fn a_term_of_zeros_is_refused() {
        let all: Columns = vec![Some(&[0.0; 6])];
        let structure = Structure::new(StructureKind::Unstructured, None, 1);
        assert!(independent(structure, &all, 6, |_| "w".into(), "(w | g)").unwrap_err().message.contains("(w | g) is zero"));
    }
}
