//! Sparse supernodal Cholesky factor of a symmetric positive definite matrix whose pattern is fixed and whose values change.

use faer::dyn_stack::{MemBuffer, MemStack, StackReq};
use faer::linalg::cholesky::llt::factor::{LltParams, LltRegularization};
use faer::sparse::linalg::SupernodalThreshold;
use faer::sparse::linalg::cholesky::supernodal::{
    SupernodalLltRef, SymbolicSupernodalCholesky, factorize_supernodal_numeric_llt, factorize_supernodal_numeric_llt_scratch,
};
use faer::sparse::linalg::cholesky::{
    CholeskySymbolicParams, SymbolicCholesky, SymbolicCholeskyRaw, SymmetricOrdering, factorize_symbolic_cholesky,
};
use faer::sparse::{SparseColMatRef, SymbolicSparseColMatRef};
use faer::{Auto, Conj, MatMut, Par, Side, Spec};

use super::padding::padded;
use super::runs::Runs;
use crate::error::{Code, Error, Result, try_vec};

/// Numbers of which the product of two is far from overflow and underflow.
const LOGARITHM_OF_PRODUCT: std::ops::Range<f64> = 1e-100..1e100;

/// The factor P A P' = L L' of a sparse matrix A. The pattern of A is its lower triangle by columns, diagonal included;
/// callers write the values of A in that order and factorise again as often as they like, without any allocation.
pub struct SparseCholesky {
    symbolic: SymbolicCholesky<usize>,
    /// `permutation[new] = old`.
    permutation: Vec<usize>,
    /// `inverse[old] = new`.
    pub(super) inverse: Vec<usize>,
    /// The supernode of each column.
    pub(super) owner: Vec<u32>,
    numeric: Numeric,
    /// A, as the factorisation reads it.
    assembled: Vec<f64>,
    /// Where entry e of A's pattern stands in `assembled`.
    pub(super) slot: Vec<usize>,
    pub(super) values: Vec<f64>,
    scratch: MemBuffer,
    max_rhs: usize,
}

/// How values are factorised.
enum Numeric {
    /// Many small supernodes; `assembled` is laid out as the factor.
    Runs(Runs, Vec<f64>),
    /// `assembled` are the values of the permuted lower triangle: column pointers, rows.
    Blocked(Vec<usize>, Vec<usize>),
}

impl SparseCholesky {
    /// Analyses the pattern (`col_ptr`, `row_idx`: lower triangle, diagonal included) of a matrix of order `n`;
    /// solves will have at most `max_rhs` right-hand sides.
    pub fn new(n: usize, col_ptr: &[usize], row_idx: &[usize], max_rhs: usize) -> Result<Self> {
        Self::build(n, col_ptr, row_idx, max_rhs, true)
    }

    /// Without runs of supernodes, for comparisons.
    #[cfg(test)]
    pub fn blocked(n: usize, col_ptr: &[usize], row_idx: &[usize], max_rhs: usize) -> Result<Self> {
        Self::build(n, col_ptr, row_idx, max_rhs, false)
    }

    fn build(n: usize, col_ptr: &[usize], row_idx: &[usize], max_rhs: usize, by_runs: bool) -> Result<Self> {
        let (mut symbolic, mut permutation, mut inverse) = analyse(n, col_ptr, row_idx)?;
        if by_runs && let Some((col_ptr, row_idx)) = padded(supernodal(&symbolic), &permutation, col_ptr, row_idx)? {
            (symbolic, permutation, inverse) = analyse(n, &col_ptr, &row_idx)?;
        }
        let structure = supernodal(&symbolic);
        let owner = owners(structure, n)?;
        let solve = structure.solve_in_place_scratch::<f64>(max_rhs, Par::Seq);
        let runs = if by_runs { Runs::new(structure, &owner)? } else { None };
        let (numeric, slot, request) = if let Some(runs) = runs {
            let slot = places(structure, &owner, &inverse, col_ptr, row_idx)?;
            let (request, work) = (runs.scratch(), runs.workspace(max_rhs)?);
            (Numeric::Runs(runs, work), slot, request)
        } else {
            let (permuted_col_ptr, permuted_row_idx, slot) = permute(n, col_ptr, row_idx, &inverse)?;
            let factor = factorize_supernodal_numeric_llt_scratch::<usize, f64>(structure, Par::Seq, params());
            (Numeric::Blocked(permuted_col_ptr, permuted_row_idx), slot, StackReq::any_of(&[factor, solve]))
        };
        let scratch =
            MemBuffer::try_new(request).map_err(|_| Error::memory("workspace of the factorisation", request.size_bytes()))?;
        let entries = if let Numeric::Runs(..) = numeric { structure.len_val() } else { row_idx.len() };
        Ok(SparseCholesky {
            values: try_vec("Cholesky factor of the random effects", 0.0, structure.len_val())?,
            assembled: try_vec("random-effects system", 0.0, entries)?,
            symbolic,
            permutation,
            inverse,
            owner,
            numeric,
            slot,
            scratch,
            max_rhs,
        })
    }

    /// The order of the matrix.
    pub fn order(&self) -> usize {
        self.permutation.len()
    }

    /// The supernodes.
    pub(super) fn structure(&self) -> &SymbolicSupernodalCholesky<usize> {
        supernodal(&self.symbolic)
    }

    /// The runs of supernodes, where these are many and small.
    pub(super) fn runs(&self) -> Option<&Runs> {
        match &self.numeric {
            Numeric::Runs(runs, _) => Some(runs),
            Numeric::Blocked(..) => None,
        }
    }

    /// The number of stored entries of L, zeros inside supernodes included.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// True for a matrix of order 0.
    pub fn is_empty(&self) -> bool {
        self.permutation.is_empty()
    }

    /// Multiplications that one factorisation takes.
    pub fn flops(&self) -> f64 {
        let structure = self.structure();
        (0..structure.n_supernodes())
            .map(|s| {
                let columns = (structure.supernode_end()[s] - structure.supernode_begin()[s]) as f64;
                let rows = structure.supernode(s).pattern().len() as f64;
                columns * (columns * columns / 3.0 + columns * rows + rows * rows)
            })
            .sum()
    }

    /// Sets entry e of A's pattern.
    #[inline]
    pub fn set(&mut self, entry: usize, value: f64) {
        self.assembled[self.slot[entry]] = value;
    }

    /// Sets the entries from `first` on to multiples of `values`.
    #[inline]
    pub fn set_scaled(&mut self, first: usize, factor: f64, values: &[f64]) {
        for (slot, value) in self.slot[first..].iter().zip(values) {
            self.assembled[*slot] = factor * value;
        }
    }

    /// Factorises the values that were set last.
    pub fn factorize(&mut self) -> Result<()> {
        let n = self.order();
        if n == 0 {
            return Ok(());
        }
        let stack = MemStack::new(&mut self.scratch);
        match &mut self.numeric {
            Numeric::Runs(runs, work) => {
                self.values.copy_from_slice(&self.assembled);
                if !runs.factorize(&mut self.values, work, stack) {
                    return Err(Error::numeric("the random-effects system is not positive definite"));
                }
                Ok(())
            }
            Numeric::Blocked(col_ptr, row_idx) => {
                let pattern = SymbolicSparseColMatRef::new_checked(n, n, col_ptr, None, row_idx);
                let (a, structure) = (SparseColMatRef::new(pattern, &self.assembled[..]), supernodal(&self.symbolic));
                let regularization = LltRegularization::default();
                factorize_supernodal_numeric_llt(&mut self.values, a, regularization, structure, Par::Seq, stack, params())
                    .map(|_| ())
                    .map_err(|e| Error::numeric(format!("the random-effects system is not positive definite: {e:?}")))
            }
        }
    }

    /// log|A|.
    pub fn log_determinant(&self) -> f64 {
        if self.is_empty() {
            return 0.0;
        }
        let structure = self.structure();
        let (mut sum, mut product) = (0.0, 1.0);
        for s in 0..structure.n_supernodes() {
            let columns = structure.supernode_end()[s] - structure.supernode_begin()[s];
            let (from, to) = (structure.col_ptr_for_val()[s], structure.col_ptr_for_val()[s + 1]);
            let panel = &self.values[from..to];
            for pivot in panel.iter().step_by(panel.len() / columns + 1) {
                // A logarithm of many pivots' product, while that is far from overflow.
                if LOGARITHM_OF_PRODUCT.contains(pivot) {
                    product *= pivot;
                } else {
                    sum += pivot.ln();
                }
                if !LOGARITHM_OF_PRODUCT.contains(&product) {
                    sum += product.ln();
                    product = 1.0;
                }
            }
        }
        2.0 * (sum + product.ln())
    }

    /// Copies `m` columns of length n into the permuted order.
    pub fn permute_into(&self, source: &[f64], target: &mut [f64]) {
        let n = self.order();
        for (from, to) in source.chunks_exact(n.max(1)).zip(target.chunks_exact_mut(n.max(1))) {
            for (value, &old) in to.iter_mut().zip(&self.permutation) {
                *value = from[old];
            }
        }
    }

    /// Copies `m` columns of length n back from the permuted order.
    pub fn unpermute_into(&self, source: &[f64], target: &mut [f64]) {
        let n = self.order();
        for (from, to) in source.chunks_exact(n.max(1)).zip(target.chunks_exact_mut(n.max(1))) {
            for (value, &old) in from.iter().zip(&self.permutation) {
                to[old] = *value;
            }
        }
    }

    /// x <- L^-1 x for `m` columns in the permuted order.
    pub fn half_solve(&mut self, x: &mut [f64]) {
        if let Numeric::Runs(runs, work) = &mut self.numeric {
            let n = self.permutation.len();
            x.chunks_mut((n * self.max_rhs).max(1)).for_each(|block| runs.half_solve(&self.values, n, block, work));
            return;
        }
        self.each_block(x, |factor, block, stack| factor.l_solve_with_conj(Conj::No, block, Par::Seq, stack));
    }

    /// x <- L'^-1 x for `m` columns in the permuted order.
    pub fn half_solve_transpose(&mut self, x: &mut [f64]) {
        if let Numeric::Runs(runs, work) = &mut self.numeric {
            let n = self.permutation.len();
            x.chunks_mut((n * self.max_rhs).max(1)).for_each(|block| runs.half_solve_transpose(&self.values, n, block, work));
            return;
        }
        self.each_block(x, |factor, block, stack| factor.l_transpose_solve_with_conj(Conj::No, block, Par::Seq, stack));
    }

    /// Applies a solve to blocks of columns that fit the workspace.
    fn each_block(&mut self, x: &mut [f64], solve: impl Fn(&SupernodalLltRef<'_, usize, f64>, MatMut<'_, f64>, &mut MemStack)) {
        let n = self.order();
        if n == 0 {
            return;
        }
        let factor = SupernodalLltRef::new(supernodal(&self.symbolic), &self.values);
        for block in x.chunks_mut(n * self.max_rhs) {
            let columns = block.len() / n;
            solve(&factor, MatMut::from_column_major_slice_mut(block, n, columns), MemStack::new(&mut self.scratch));
        }
    }
}

pub(super) fn params() -> Spec<LltParams, f64> {
    Spec::new(<LltParams as Auto<f64>>::auto())
}

fn supernodal(symbolic: &SymbolicCholesky<usize>) -> &SymbolicSupernodalCholesky<usize> {
    match symbolic.raw() {
        SymbolicCholeskyRaw::Supernodal(structure) => structure,
        SymbolicCholeskyRaw::Simplicial(_) => unreachable!("`analyse` returns supernodal structures alone"),
    }
}

/// The supernodal structure and the fill-reducing permutation (approximate minimum degree).
fn analyse(n: usize, col_ptr: &[usize], row_idx: &[usize]) -> Result<(SymbolicCholesky<usize>, Vec<usize>, Vec<usize>)> {
    if n == 0 {
        // A model without random effects: the structure of a 1 x 1 matrix stands in, and is never used.
        return analyse(1, &[0, 1], &[0]).map(|(symbolic, ..)| (symbolic, vec![], vec![]));
    }
    let pattern = SymbolicSparseColMatRef::new_checked(n, n, col_ptr, None, row_idx);
    // A diagonal matrix counts as zero operations, which counts as simplicial in spite of the threshold; it needs no ordering.
    for ordering in [SymmetricOrdering::Amd, SymmetricOrdering::Identity] {
        let params =
            CholeskySymbolicParams { supernodal_flop_ratio_threshold: SupernodalThreshold::FORCE_SUPERNODAL, ..Default::default() };
        let symbolic = factorize_symbolic_cholesky(pattern, Side::Lower, ordering, params)
            .map_err(|e| Error::new(Code::Memory, format!("symbolic factorisation of the random effects: {e:?}")))?;
        if let SymbolicCholeskyRaw::Supernodal(_) = symbolic.raw() {
            let (forward, inverse) = match symbolic.perm() {
                Some(perm) => (perm.arrays().0.to_vec(), perm.arrays().1.to_vec()),
                None => ((0..n).collect(), (0..n).collect()),
            };
            return Ok((symbolic, forward, inverse));
        }
    }
    Err(Error::new(Code::Internal, "the supernodal structure of the random effects could not be had"))
}

/// The supernode of each column.
pub(super) fn owners(structure: &SymbolicSupernodalCholesky<usize>, n: usize) -> Result<Vec<u32>> {
    let mut owner = try_vec("supernodes of the random effects", 0u32, n)?;
    for s in 0..structure.n_supernodes() {
        // A model without random effects has the structure of another.
        if let Some(own) = owner.get_mut(structure.supernode_begin()[s]..structure.supernode_end()[s]) {
            own.fill(s as u32);
        }
    }
    Ok(owner)
}

/// Where each entry of a lower triangle stands in the panels of its factor.
pub(super) fn places(
    structure: &SymbolicSupernodalCholesky<usize>,
    owner: &[u32],
    inverse: &[usize],
    col_ptr: &[usize],
    row_idx: &[usize],
) -> Result<Vec<usize>> {
    let mut slot = try_vec("pattern of the random effects", 0, row_idx.len())?;
    for (j, &permuted) in inverse.iter().enumerate() {
        for e in col_ptr[j]..col_ptr[j + 1] {
            let (row, column) = (permuted.max(inverse[row_idx[e]]), permuted.min(inverse[row_idx[e]]));
            let s = owner[column] as usize;
            let (begin, end) = (structure.supernode_begin()[s], structure.supernode_end()[s]);
            let pattern = structure.supernode(s).pattern();
            let local = if row < end { row - begin } else { end - begin + pattern.partition_point(|&r| r < row) };
            slot[e] = structure.col_ptr_for_val()[s] + (column - begin) * (end - begin + pattern.len()) + local;
        }
    }
    Ok(slot)
}

/// The permuted lower triangle, and where each entry of the original one goes.
fn permute(n: usize, col_ptr: &[usize], row_idx: &[usize], inverse: &[usize]) -> Result<(Vec<usize>, Vec<usize>, Vec<usize>)> {
    let nnz = row_idx.len();
    let mut new_col_ptr = try_vec("pattern of the random effects", 0usize, n + 1)?;
    let mut new_row_idx = try_vec("pattern of the random effects", 0usize, nnz)?;
    let mut slot = try_vec("pattern of the random effects", 0usize, nnz)?;
    let columns = (0..n).flat_map(|j| std::iter::repeat_n(j, col_ptr[j + 1] - col_ptr[j]));
    let target = |i: usize, j: usize| {
        let (a, b) = (inverse[i], inverse[j]);
        (a.max(b), a.min(b))
    };
    for (&i, j) in row_idx.iter().zip(columns.clone()) {
        new_col_ptr[target(i, j).1 + 1] += 1;
    }
    for j in 0..n {
        new_col_ptr[j + 1] += new_col_ptr[j];
    }
    let mut order: Vec<(usize, usize, usize)> = Vec::new();
    order.try_reserve_exact(nnz).map_err(|_| Error::memory("pattern of the random effects", 24 * nnz))?;
    order.extend(row_idx.iter().zip(columns).enumerate().map(|(e, (&i, j))| {
        let (row, column) = target(i, j);
        (column, row, e)
    }));
    order.sort_unstable();
    for (position, &(_, row, e)) in order.iter().enumerate() {
        new_row_idx[position] = row;
        slot[e] = position;
    }
    Ok((new_col_ptr, new_row_idx, slot))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::SelectedInverse;
    use nalgebra_sparse::factorization::CscCholesky;
    use nalgebra_sparse::{CooMatrix, CscMatrix};

    /// A random sparse positive definite matrix: lower triangle by columns.
    pub fn example(n: usize, seed: u64, density: u64) -> (Vec<usize>, Vec<usize>, Vec<f64>) {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 33
        };
        let (mut col_ptr, mut row_idx, mut values) = (vec![0], vec![], vec![]);
        for j in 0..n {
            row_idx.push(j);
            values.push(n as f64 * 0.3 + 1.0);
            for i in j + 1..n {
                if next() % 100 < density {
                    row_idx.push(i);
                    values.push((next() % 1000) as f64 / 500.0 - 1.0);
                }
            }
            col_ptr.push(row_idx.len());
        }
        (col_ptr, row_idx, values)
    }

    fn oracle(n: usize, col_ptr: &[usize], row_idx: &[usize], values: &[f64]) -> CscMatrix<f64> {
        let mut coo = CooMatrix::new(n, n);
        for j in 0..n {
            for e in col_ptr[j]..col_ptr[j + 1] {
                coo.push(row_idx[e], j, values[e]);
                if row_idx[e] != j {
                    coo.push(j, row_idx[e], values[e]);
                }
            }
        }
        CscMatrix::from(&coo)
    }

    #[test]
    fn factor_solves_and_inverse_agree_with_an_independent_factorisation() {
        for (n, density) in [(1, 0), (7, 0), (12, 30), (60, 5), (90, 40)] {
            let (col_ptr, row_idx, values) = example(n, 7 + n as u64, density);
            let mut a = SparseCholesky::new(n, &col_ptr, &row_idx, 3).unwrap();
            let mut inverse = SelectedInverse::new(&a, &col_ptr, &row_idx).unwrap();
            for round in 0..2 {
                let scale = 1.0 + f64::from(round);
                let scaled: Vec<f64> = values.iter().map(|v| v * scale).collect();
                scaled.iter().enumerate().for_each(|(e, &v)| a.set(e, v));
                a.factorize().unwrap();
                inverse.compute(&a);
                let reference = CscCholesky::factor(&oracle(n, &col_ptr, &row_idx, &scaled)).unwrap();
                let identity = nalgebra_sparse::na::DMatrix::<f64>::identity(n, n);
                let dense = reference.solve(&identity);
                let log_det: f64 = 2.0 * reference.l().triplet_iter().filter(|t| t.0 == t.1).map(|t| t.2.ln()).sum::<f64>();
                assert!((a.log_determinant() - log_det).abs() < 1e-10 * log_det.abs().max(1.0));
                for j in 0..n {
                    for e in col_ptr[j]..col_ptr[j + 1] {
                        assert!((inverse.get(e) - dense[(row_idx[e], j)]).abs() < 1e-12, "n = {n}, entry {e}");
                    }
                }
                let rhs: Vec<f64> = (0..4 * n).map(|i| (i as f64 * 0.7).sin()).collect();
                let (mut x, mut y) = (vec![0.0; 4 * n], vec![0.0; 4 * n]);
                a.permute_into(&rhs, &mut x);
                a.half_solve(&mut x);
                a.half_solve_transpose(&mut x);
                a.unpermute_into(&x, &mut y);
                let want = reference.solve(&nalgebra_sparse::na::DMatrix::from_column_slice(n, 4, &rhs));
                assert!(y.iter().zip(want.iter()).all(|(a, b)| (a - b).abs() < 1e-12));
            }
        }
    }

    /// `leaves` blocks of `c` columns, each with those of `border` rows after them for which `meets`, and a full border.
    fn bordered(
        leaves: usize,
        c: usize,
        border: usize,
        meets: impl Fn(usize, usize) -> bool,
    ) -> (Vec<usize>, Vec<usize>, Vec<f64>) {
        let (mut col_ptr, mut row_idx, mut values) = (vec![0], vec![], vec![]);
        let n = leaves * c + border;
        for j in 0..n {
            let own = if j < leaves * c { j / c * c + c } else { n };
            let below = (own..n).filter(|i| j < leaves * c && *i >= leaves * c && meets(j / c, i - leaves * c));
            for i in (j..own).chain(below) {
                row_idx.push(i);
                values.push(if i == j { 3.0 + 0.2 * n as f64 } else { ((7 * i + 13 * j) % 19) as f64 / 19.0 - 0.4 });
            }
            col_ptr.push(row_idx.len());
        }
        (col_ptr, row_idx, values)
    }

    #[test]
    fn runs_and_blocks_give_the_same_numbers() {
        let complete = |_: usize, _: usize| true;
        let cases = [
            bordered(30, 1, 6, complete),
            bordered(80, 1, 40, complete),
            bordered(30, 3, 7, complete),
            bordered(12, 10, 30, complete),
            bordered(60, 1, 9, |leaf, row| (leaf * 5 + row) % 7 != 0),
            bordered(60, 2, 40, |leaf, row| (leaf * 3 + row) % 4 == 0 || leaf < 3),
            bordered(50, 2, 0, complete),
            bordered(1, 30, 0, complete),
            example(90, 3, 40),
        ];
        for (case, (col_ptr, row_idx, values)) in cases.iter().enumerate() {
            let n = col_ptr.len() - 1;
            let mut runs = SparseCholesky::new(n, col_ptr, row_idx, 3).unwrap();
            let mut blocks = SparseCholesky::blocked(n, col_ptr, row_idx, 3).unwrap();
            assert!(runs.runs().is_some() && blocks.runs().is_none());
            if case == 4 {
                // Of 60 leaves at most one has become part of the rest.
                assert!(runs.runs().unwrap().all[0].count >= 59, "missing combinations are filled in");
            }
            let close = |a: &[f64], b: &[f64]| {
                let size = b.iter().fold(0.0f64, |m, v| m.max(v.abs()));
                assert!(a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-13 * size), "case {case}");
            };
            let rhs: Vec<f64> = (0..5 * n).map(|i| (i as f64 * 0.7).sin()).collect();
            let mut results = vec![];
            for factor in [&mut runs, &mut blocks] {
                values.iter().enumerate().for_each(|(e, &v)| factor.set(e, v));
                factor.factorize().unwrap();
                let mut inverse = SelectedInverse::new(factor, col_ptr, row_idx).unwrap();
                inverse.compute(factor);
                let (mut half, mut x) = (vec![0.0; 5 * n], vec![0.0; 5 * n]);
                factor.permute_into(&rhs, &mut half);
                factor.half_solve(&mut half);
                x.copy_from_slice(&half);
                factor.half_solve_transpose(&mut x);
                results.push(vec![
                    vec![factor.log_determinant()],
                    half,
                    x,
                    (0..row_idx.len()).map(|e| inverse.get(e)).collect(),
                    vec![inverse.product(0, &values[..col_ptr[1]])],
                ]);
            }
            results[0].iter().zip(&results[1]).for_each(|(a, b)| close(a, b));
        }
    }

    #[test]
    fn a_matrix_that_is_not_positive_definite_is_an_error() {
        let mut a = SparseCholesky::new(2, &[0, 2, 3], &[0, 1, 1], 1).unwrap();
        for (e, v) in [1.0, 2.0, 1.0].into_iter().enumerate() {
            a.set(e, v);
        }
        assert_eq!(a.factorize().unwrap_err().code, Code::Numeric);
    }

    #[test]
    fn an_empty_matrix_has_log_determinant_zero() {
        let mut a = SparseCholesky::new(0, &[0], &[], 1).unwrap();
        a.factorize().unwrap();
        a.half_solve(&mut []);
        assert_eq!(a.log_determinant(), 0.0);
    }
}
