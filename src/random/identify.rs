//! Covariance parameters that no data on these rows can tell apart.
//!
//! The covariance of the rows, `sum_k Z_k Sigma_k Z_k' + sigma^2 W^-1`, determines its parameters where its derivatives C_i in them are
//! linearly independent matrices. They are compared through products with random vectors, v_i = C_i x, at the cost of a pass over the
//! rows: independent v_i prove independent C_i. Where the v_i are dependent for as many x as there are parameters, so are, with probability
//! one, the C_i. The derivatives are those at some covariance inside the structures; all but exceptional ones have the same dependencies.

use super::layout::{TermRows, TermSize};
use crate::covariance::Structure;
use crate::error::{Result, try_vec};
use crate::formula::StructureKind;
use crate::linalg::dense;
use crate::simulate::{Purpose, Stream};

/// A v_i of which the others leave no more than this (squared, relative) depends on them: 1e-5 of its length.
const NOTHING_LEFT: f64 = 1e-10;
/// Coefficients below this have no part in a dependency.
const NO_PART: f64 = 1e-4;
/// Rows for each parameter that are looked at first, and how many times more each time these leave something open, while there are twice
/// as many: what some rows tell apart, all do.
const FIRST_ROWS: (usize, usize) = (4, 16);
/// Probes of these; where they leave something open, more rows may not.
const FIRST_PROBES: usize = 4;
/// What the others leave of a column that is plainly independent of them (squared, relative).
const PLAINLY: f64 = 1e-4;
/// The correlation at which derivatives are taken.
const SOME_RHO: f64 = 0.37;

/// Elements of a term's derivatives above which nothing is looked at: those of some sixty unstructured effects.
const MOST: usize = 10_000_000;

/// A random term.
pub struct Part<'a> {
    pub rows: TermRows<'a>,
    pub size: TermSize,
    pub structure: Structure,
}

/// Places of the terms whose parameters can't be told apart, `None` for the residual: a list for each dependency, ascending.
pub type Dependencies = Vec<Vec<Option<usize>>>;

/// The dependencies among the parameters of terms of one linear predictor and, where there is one, of a residual variance with `weights`.
pub fn dependencies(n: usize, parts: &[Part<'_>], residual: bool, weights: Option<&[f64]>) -> Result<Dependencies> {
    let mut all = vec![];
    if parts.iter().any(|part| part.structure.n_theta() * part.structure.size.pow(2) > MOST) {
        return Ok(vec![]);
    }
    if let [part] = parts
        && one_level_tells(n, part, residual)?
    {
        return Ok(vec![]);
    }
    for (k, part) in parts.iter().enumerate() {
        let Some(term) = Term::new(n, part)? else { return Ok(vec![]) };
        all.push((k, term));
    }
    let mut owners: Vec<Option<usize>> = residual.then_some(None).into_iter().collect();
    owners.extend(all.iter().flat_map(|(k, term)| term.derivatives.iter().map(|_| Some(*k))));
    if owners.len() < 2 {
        return Ok(vec![]);
    }
    let mut rows = FIRST_ROWS.0 * owners.len();
    while 2 * rows < n {
        if of_rows(rows, FIRST_PROBES, &all, &owners, residual, weights)?.is_empty() {
            return Ok(vec![]);
        }
        rows *= FIRST_ROWS.1;
    }
    of_rows(n, owners.len(), &all, &owners, residual, weights)
}

/// Whether the rows of one level tell the elements of a term's covariance apart, and these from a residual. Where the level's r columns
/// are independent, so are Z E Z' for all elements E, and their rank is at most r, that of a residual the number of rows.
fn one_level_tells(n: usize, part: &Part<'_>, residual: bool) -> Result<bool> {
    let (r, index) = (part.size.effects, part.rows.index);
    let (true, Some(z)) = (matches!(part.structure.kind, StructureKind::Unstructured | StructureKind::Diagonal), part.rows.z)
    else {
        return Ok(false);
    };
    let rows: Vec<usize> = (0..n).filter(|i| index[*i] == index[0]).take(FIRST_ROWS.0 * (r + 1)).collect();
    if rows.len() < r + usize::from(residual) {
        return Ok(false);
    }
    let mut gram = try_vec("cross-products of random effects", 0.0, r * r)?;
    for (a, b) in (0..r).flat_map(|b| (b..r).map(move |a| (a, b))) {
        gram[b * r + a] = rows.iter().map(|i| z[a * n + i] * z[b * n + i]).sum();
    }
    let squares: Vec<f64> = (0..r).map(|e| gram[e * r + e]).collect();
    let regular = dense::cholesky(r, &mut gram).is_ok();
    Ok(regular && (0..r).all(|e| gram[e * r + e].powi(2) > PLAINLY * squares[e]))
}

/// The dependencies that the first rows leave, by so many probes at most.
fn of_rows(
    rows: usize,
    probes: usize,
    terms: &[(usize, Term)],
    owners: &[Option<usize>],
    residual: bool,
    weights: Option<&[f64]>,
) -> Result<Dependencies> {
    let mut gram = vec![0.0; owners.len() * owners.len()];
    let mut found = vec![];
    for probe in 0..probes.min(owners.len()) {
        let mut stream = Stream::new(0, probe as u64, Purpose::Identification);
        let mut x = try_vec("probe of the random effects", 0.0, rows)?;
        x.iter_mut().for_each(|v| *v = stream.normal());
        add_probe(terms, residual, weights, &x, &mut gram)?;
        found = dependent(owners, &gram);
        if found.is_empty() {
            break;
        }
    }
    Ok(found)
}

/// A term in coordinates in which the sizes of its columns play no part.
struct Term<'a> {
    part: &'a Part<'a>,
    /// What is taken off each column, and the factor L, or its diagonal, by whose inverse a row is multiplied.
    shift: Vec<f64>,
    factor: Vec<f64>,
    /// Derivatives of Sigma in these coordinates: their elements {row, column, value} that are not zero, column by column. That in a standard
    /// deviation has one row and one column.
    derivatives: Vec<Vec<(usize, usize, f64)>>,
}

impl<'a> Term<'a> {
    /// `None` where the columns are so nearly dependent on each other that nothing can be said.
    fn new(n: usize, part: &'a Part<'a>) -> Result<Option<Self>> {
        let r = part.size.effects;
        let mut term = Term {
            part,
            shift: vec![0.0; r],
            factor: vec![1.0; r],
            derivatives: derivatives(part.structure)?.iter().map(|d| non_zero(r, d)).collect(),
        };
        let Some(z) = part.rows.z else { return Ok(Some(term)) };
        if part.structure.kind == StructureKind::Unstructured && r > 1 {
            // All symmetric matrices in any coordinates: orthonormal ones, whatever the columns' means.
            if z[..n].iter().all(|v| *v == z[0]) {
                let mean = |column: &[f64]| column.iter().map(|v| v / n as f64).sum();
                term.shift = z.chunks_exact(n).map(mean).collect();
                term.shift[0] = 0.0;
            }
            let shift = &term.shift;
            let mut gram = try_vec("cross-products of random effects", 0.0, r * r)?;
            for (a, b) in (0..r).flat_map(|b| (b..r).map(move |a| (a, b))) {
                let about = |e: usize| z[e * n..(e + 1) * n].iter().map(move |v| v - shift[e]);
                gram[b * r + a] = about(a).zip(about(b)).map(|(x, y)| x * y / n as f64).sum();
            }
            if dense::cholesky(r, &mut gram).is_err() {
                return Ok(None);
            }
            term.factor = gram;
            return Ok(Some(term));
        }
        for (factor, column) in term.factor.iter_mut().zip(z.chunks_exact(n)) {
            let square = column.iter().map(|v| v * v / n as f64).sum::<f64>();
            *factor = if square > 0.0 { square.sqrt() } else { 1.0 };
        }
        if part.structure.kind != StructureKind::Diagonal || part.structure.homogeneous {
            // A common unit: others would change the structure.
            let largest = term.factor.iter().fold(0.0f64, |m, v| m.max(*v));
            term.factor.fill(largest);
        }
        Ok(Some(term))
    }

    /// Row i in these coordinates.
    fn row(&self, i: usize, out: &mut [f64]) {
        let (n, r) = (self.part.rows.index.len(), out.len());
        let Some(z) = self.part.rows.z else { return out.fill(1.0) };
        for (e, v) in out.iter_mut().enumerate() {
            *v = z[e * n + i] - self.shift[e];
        }
        if self.factor.len() == r {
            out.iter_mut().zip(&self.factor).for_each(|(v, f)| *v /= f);
        } else {
            dense::solve_lower(r, &self.factor, out);
        }
    }

    /// Sigma_i Z'x for each derivative, `[r, levels]` each.
    fn effects(&self, weights: Option<&[f64]>, x: &[f64]) -> Result<Vec<Vec<f64>>> {
        let TermSize { levels, effects: r } = self.part.size;
        let mut b = try_vec("probe of the random effects", 0.0, levels * r)?;
        let mut row = vec![0.0; r];
        for (i, (&level, x)) in self.part.rows.index.iter().zip(x).enumerate() {
            self.row(i, &mut row);
            dense::add_scaled(&mut b[level as usize * r..][..r], x * weights.map_or(1.0, |w| w[i].sqrt()), &row);
        }
        let mut all = vec![];
        for derivative in &self.derivatives {
            let mut out = try_vec("probe of the random effects", 0.0, levels * r)?;
            for (out, b) in out.chunks_exact_mut(r).zip(b.chunks_exact(r)) {
                derivative.iter().for_each(|&(row, column, value)| out[row] += b[column] * value);
            }
            all.push(out);
        }
        Ok(all)
    }
}

/// Elements {row, column, value} of an `[r, r]` matrix that are not zero.
pub(super) fn non_zero(r: usize, matrix: &[f64]) -> Vec<(usize, usize, f64)> {
    matrix.iter().enumerate().filter(|(_, value)| **value != 0.0).map(|(e, value)| (e % r, e / r, *value)).collect()
}

/// dSigma in each parameter, at some covariance; for an unstructured one the elements of Sigma are the parameters.
pub(super) fn derivatives(structure: Structure) -> Result<Vec<Vec<f64>>> {
    let (r, n) = (structure.size, structure.n_theta());
    let mut all = vec![];
    if structure.kind == StructureKind::Unstructured {
        for (a, b) in (0..r).flat_map(|b| (b..r).map(move |a| (a, b))) {
            let mut d = vec![0.0; r * r];
            (d[b * r + a], d[a * r + b]) = (1.0, 1.0);
            all.push(d);
        }
        return Ok(all);
    }
    let rho = structure.upper_bounds().iter().position(|u| *u == 1.0);
    let theta: Vec<f64> = (0..n).map(|k| if rho == Some(k) { SOME_RHO } else { 1.0 + 0.1 * (k * 7 % 5) as f64 }).collect();
    let (mut working, mut t) = (vec![0.0; n], vec![0.0; r * r]);
    structure.working_from_theta(&theta, &mut working)?;
    structure.factor(&working, &mut t);
    for i in 0..n {
        let mut d = vec![0.0; r * r];
        structure.derivative(&working, i, &mut d);
        // dT T' + T dT'.
        let mut half = vec![0.0; r * r];
        for c in 0..r {
            for b in 0..r {
                dense::add_scaled(&mut half[b * r..(b + 1) * r], t[c * r + b], &d[c * r..(c + 1) * r]);
            }
        }
        all.push((0..r * r).map(|e| half[e] + half[e % r * r + e / r]).collect());
    }
    Ok(all)
}

/// Adds the cross-products of the v_i of one probe, with rows multiplied by the square roots of their weights.
fn add_probe(terms: &[(usize, Term)], residual: bool, weights: Option<&[f64]>, x: &[f64], gram: &mut [f64]) -> Result<()> {
    let count = gram.len().isqrt();
    let mut effects = vec![];
    for (_, term) in terms {
        effects.push(term.effects(weights, x)?);
    }
    let mut rows: Vec<Vec<f64>> = terms.iter().map(|(_, term)| vec![0.0; term.part.size.effects]).collect();
    let mut v = Vec::with_capacity(count);
    for (i, x) in x.iter().enumerate() {
        v.clear();
        v.extend(residual.then_some(*x));
        let root = weights.map_or(1.0, |w| w[i].sqrt());
        for (((_, term), effects), row) in terms.iter().zip(&effects).zip(&mut rows) {
            term.row(i, row);
            let first = term.part.rows.index[i] as usize * row.len();
            v.extend(effects.iter().map(|b| root * dense::dot(row, &b[first..first + row.len()])));
        }
        for (column, v_j) in gram.chunks_exact_mut(count).zip(&v) {
            dense::add_scaled(column, *v_j, &v);
        }
    }
    Ok(())
}

/// The owners of vectors that depend on those before them, and of these, by Cholesky's factor of the vectors' scaled cross-products.
pub(super) fn dependent(owners: &[Option<usize>], gram: &[f64]) -> Dependencies {
    let count = owners.len();
    let norm = |j: usize| gram[j * (count + 1)].sqrt();
    let (mut kept, mut rows): (Vec<usize>, Vec<Vec<f64>>) = (vec![], vec![]);
    let mut all: Dependencies = vec![];
    for j in 0..count {
        let mut row: Vec<f64> = vec![];
        for (own, &i) in rows.iter().zip(&kept) {
            let sum: f64 = own.iter().zip(&row).map(|(a, b)| a * b).sum();
            row.push((gram[j * count + i] / (norm(i) * norm(j)) - sum) / own[row.len()]);
        }
        let left = 1.0 - row.iter().map(|v| v * v).sum::<f64>();
        if left > NOTHING_LEFT {
            row.push(left.sqrt());
            rows.push(row);
            kept.push(j);
            continue;
        }
        // What it is made of, L^-T row; a vector of zeros of nothing.
        let mut parts = vec![owners[j]];
        if norm(j) > 0.0 {
            for i in (0..kept.len()).rev() {
                row[i] /= rows[i][i];
                let value = row[i];
                (0..i).for_each(|h| row[h] -= rows[i][h] * value);
                parts.extend((value.abs() > NO_PART).then_some(owners[kept[i]]));
            }
        }
        parts.sort_unstable();
        parts.dedup();
        if !all.contains(&parts) {
            all.push(parts);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formula::StructureKind::{Ar1, CompoundSymmetry, Diagonal, Unstructured};

    /// A term's structure, levels of the rows, and columns.
    type Given<'a> = (StructureKind, Option<bool>, &'a [u32], &'a [&'a [f64]]);

    fn found(terms: &[Given<'_>], residual: bool) -> Dependencies {
        let z: Vec<Vec<f64>> = terms.iter().map(|(_, _, _, columns)| columns.concat()).collect();
        let mut parts = vec![];
        for ((kind, hom, index, columns), z) in terms.iter().zip(&z) {
            let size = TermSize { levels: *index.iter().max().unwrap() as usize + 1, effects: columns.len() };
            parts.push(Part {
                rows: TermRows { index, z: Some(z), entries: None, runs: None },
                size,
                structure: Structure::new(*kind, *hom, columns.len()),
            });
        }
        dependencies(terms[0].2.len(), &parts, residual, None).unwrap()
    }
    const G: [u32; 8] = [0, 0, 1, 1, 2, 2, 3, 3];
    const H: [u32; 8] = [2, 2, 0, 0, 3, 3, 1, 1];
    const CROSSED: [u32; 8] = [0, 1, 0, 1, 0, 1, 0, 1];
    const ONE: [f64; 8] = [1.0; 8];
    const X: [f64; 8] = [0.3, -1.0, 0.8, 2.1, -0.2, 0.5, 1.4, -0.7];

    #[test]
    fn the_same_partition_by_other_names() {
        let (g, h) = ((Unstructured, None, &G[..], &[&ONE[..]][..]), (Unstructured, None, &H[..], &[&ONE[..]][..]));
        let crossed = (Unstructured, None, &CROSSED[..], &[&ONE[..]][..]);
        assert_eq!(found(&[g, h], true), [[Some(0), Some(1)]]);
        assert_eq!(found(&[g, crossed, h], true), [[Some(0), Some(2)]]);
        assert!(found(&[g, crossed], true).is_empty());
        // An intercept twice; slopes of their own.
        let both = (Unstructured, None, &G[..], &[&ONE[..], &X[..]][..]);
        assert_eq!(found(&[g, both], true), [[Some(0), Some(1)]]);
        let slope = (Unstructured, None, &G[..], &[&X[..]][..]);
        assert!(found(&[g, slope], false).is_empty());
        // The two halves of an intercept.
        let (first, second): (Vec<f64>, Vec<f64>) = (0..8).map(|i| if i < 4 { (1.0, 0.0) } else { (0.0, 1.0) }).unzip();
        let halves = [(Unstructured, None, &G[..], &[&first[..]][..]), (Unstructured, None, &G[..], &[&second[..]][..])];
        assert_eq!(found(&[halves[0], halves[1], g], true), [[Some(0), Some(1), Some(2)]]);
    }

    #[test]
    fn columns_that_are_constant_within_levels() {
        let of_group = [0.0, 0.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0];
        let term = (Unstructured, None, &G[..], &[&ONE[..], &of_group[..]][..]);
        assert_eq!(found(&[term], true), [[Some(0)]]);
        let three = [0.0, 0.0, 1.0, 1.0, 2.0, 2.0, 1.0, 1.0];
        assert!(found(&[(Unstructured, None, &G[..], &[&ONE[..], &three[..]][..])], true).is_empty());
        // Far from zero is not dependent.
        let far: Vec<f64> = X.iter().map(|v| 1e7 + v).collect();
        assert!(found(&[(Unstructured, None, &G[..], &[&ONE[..], &far[..]][..])], false).is_empty());
    }

    #[test]
    fn one_row_a_cell_beside_a_residual() {
        let index: Vec<u32> = (0..24).map(|i| i / 4).collect();
        let columns: Vec<Vec<f64>> = (0..4).map(|e| (0..24).map(|i| f64::from(u8::from(i % 4 == e))).collect()).collect();
        let columns: Vec<&[f64]> = columns.iter().map(|c| &c[..]).collect();
        let with = |kind, hom, columns: &[&[f64]]| found(&[(kind, hom, &index, columns)], true);
        let whole: [(StructureKind, Option<bool>); 4] =
            [(Unstructured, None), (Diagonal, None), (Diagonal, Some(true)), (CompoundSymmetry, Some(true))];
        for (kind, hom) in whole {
            assert_eq!(with(kind, hom, &columns), [[None, Some(0)]], "{kind:?}");
        }
        for (kind, hom) in [(CompoundSymmetry, None), (Ar1, None), (Ar1, Some(false))] {
            assert!(with(kind, hom, &columns).is_empty(), "{kind:?}");
            assert!(found(&[(kind, hom, &index, &columns)], false).is_empty());
        }
        // Two of the four cells: as many parameters as covariances.
        let (half, two): (Vec<u32>, [Vec<f64>; 2]) =
            ((0..12).map(|i| i / 2).collect(), [0, 1].map(|e| (0..12).map(|i| f64::from(u8::from(i % 2 == e))).collect()));
        for (kind, hom) in [(Ar1, None), (CompoundSymmetry, None), (Ar1, Some(false))] {
            assert_eq!(found(&[(kind, hom, &half, &[&two[0][..], &two[1][..]])], true), [[None, Some(0)]], "{kind:?}");
        }
    }

    #[test]
    fn one_level_may_tell_but_not_with_too_few_rows() {
        let index: Vec<u32> = (0..12).map(|i| i / 3).collect();
        let slopes: Vec<f64> = (0..12).map(|i| f64::from(i * i % 5)).collect();
        let quadratic: Vec<f64> = slopes.iter().map(|v| v * v).collect();
        let ones = [1.0; 12];
        let tells = |columns: &[&[f64]], residual: bool| {
            let z = columns.concat();
            let part = Part {
                rows: TermRows { index: &index, z: Some(&z), entries: None, runs: None },
                size: TermSize { levels: 4, effects: columns.len() },
                structure: Structure::new(Unstructured, None, columns.len()),
            };
            (one_level_tells(12, &part, residual).unwrap(), dependencies(12, &[part], residual, None).unwrap().is_empty())
        };
        assert_eq!(tells(&[&ones, &slopes], true), (true, true));
        // As many effects as rows: only the differences between levels tell a residual from them.
        assert_eq!(tells(&[&ones, &slopes, &quadratic], true), (false, true));
        assert_eq!(tells(&[&ones, &slopes, &quadratic], false), (true, true));
        // Constant within levels.
        let of_level: Vec<f64> = (0..12).map(|i| f64::from(i / 3)).collect();
        assert!(!tells(&[&ones, &of_level], true).0);
    }

    #[test]
    fn weights_set_the_residual_apart() {
        let index: Vec<u32> = (0..6).collect();
        let part = || Part {
            rows: TermRows { index: &index, z: None, entries: None, runs: None },
            size: TermSize { levels: 6, effects: 1 },
            structure: Structure::new(Unstructured, None, 1),
        };
        let weights: Vec<f64> = (1..=6).map(f64::from).collect();
        assert_eq!(dependencies(6, &[part()], true, None).unwrap(), [[None, Some(0)]]);
        assert_eq!(dependencies(6, &[part()], true, Some(&[3.0; 6])).unwrap(), [[None, Some(0)]]);
        assert!(dependencies(6, &[part()], true, Some(&weights)).unwrap().is_empty());
    }

    #[test]
    fn what_the_first_rows_leave_open_the_others_may_tell() {
        let n = 20_480;
        // The same partition, but for the last two rows.
        let g: Vec<u32> = (0..n).map(|i| (i / 8) as u32).collect();
        let mut h = g.clone();
        h.swap(n - 1, n - 9);
        let of = |index: &[u32]| -> Dependencies {
            let part = |index| Part {
                rows: TermRows { index, z: None, entries: None, runs: None },
                size: TermSize { levels: n / 8, effects: 1 },
                structure: Structure::new(Unstructured, None, 1),
            };
            dependencies(n, &[part(&g), part(index)], true, None).unwrap()
        };
        assert_eq!(of(&g), [[Some(0), Some(1)]]);
        assert!(of(&h).is_empty());
    }
}
