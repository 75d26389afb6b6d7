//! Sparse supernodal Cholesky factor of a symmetric positive definite matrix whose pattern is fixed and whose values change.

use std::sync::Arc;

use faer::dyn_stack::{MemBuffer, MemStack, StackReq};
use faer::linalg::cholesky::llt::factor::LltRegularization;
use faer::sparse::linalg::cholesky::SymbolicCholesky;
use faer::sparse::linalg::cholesky::supernodal::{
    SupernodalLltRef, SymbolicSupernodalCholesky, factorize_supernodal_numeric_llt, factorize_supernodal_numeric_llt_scratch,
};
use faer::sparse::{SparseColMatRef, SymbolicSparseColMatRef};
use faer::{Conj, MatMut, Par};

use super::padding::padded;
use super::registers;
use super::runs::Runs;
use super::supernodes::{analyse, owners, params, permute, places, supernodal};
use crate::error::{Error, Result, try_vec};

/// Numbers of which the product of two is far from overflow and underflow.
const LOGARITHM_OF_PRODUCT: std::ops::Range<f64> = 1e-100..1e100;

/// The factor P A P' = L L' of a sparse matrix A. The pattern of A is its lower triangle by columns, diagonal included;
/// callers write the values of A in that order and factorise again as often as they like, without any allocation.
pub struct SparseCholesky {
    symbolic: Arc<SymbolicCholesky<usize>>,
    /// `permutation[new] = old`.
    permutation: Arc<Vec<usize>>,
    /// `inverse[old] = new`.
    pub(super) inverse: Arc<Vec<usize>>,
    /// The supernode of each column.
    pub(super) owner: Arc<Vec<u32>>,
    numeric: Numeric,
    /// A, as the factorisation reads it.
    assembled: Vec<f64>,
    /// Where entry e of A's pattern stands in `assembled`.
    pub(super) slot: Arc<Vec<usize>>,
    pub(super) values: Vec<f64>,
    scratch: MemBuffer,
    max_rhs: usize,
    /// How many a factorisation, or its inverse, may use.
    pub threads: usize,
}

/// Whether a factorisation of so many multiplications and entries is wanted.
pub type Admission<'a> = &'a dyn Fn(f64, usize) -> bool;

/// How values are factorised.
enum Numeric {
    /// Many small supernodes; `assembled` is laid out as the factor.
    Runs(Arc<Runs>, Vec<f64>),
    /// `assembled` are the values of the permuted lower triangle: column pointers, rows.
    Blocked(Arc<Vec<usize>>, Arc<Vec<usize>>),
}

impl SparseCholesky {
    /// Analyses the pattern (`col_ptr`, `row_idx`: lower triangle, diagonal included) of a matrix of order `n`;
    /// solves will have at most `max_rhs` right-hand sides. `order`, `order[new] = old`, spares the search for one.
    pub fn new(n: usize, col_ptr: &[usize], row_idx: &[usize], order: Option<&[usize]>, max_rhs: usize) -> Result<Self> {
        let own = Self::build(n, (col_ptr, row_idx), order, max_rhs, true, &|_, _| true)?;
        own.ok_or_else(|| Error::numeric("the random-effects system was not analysed"))
    }

    /// The same if `admit` says so, to the multiplications and the entries of the factor; it is asked before anything of its size is allocated.
    pub fn within(
        n: usize,
        pattern: (&[usize], &[usize]),
        order: Option<&[usize]>,
        max_rhs: usize,
        admit: Admission<'_>,
    ) -> Result<Option<Self>> {
        Self::build(n, pattern, order, max_rhs, true, admit)
    }

    /// Without runs of supernodes, for comparisons.
    #[cfg(test)]
    pub fn blocked(n: usize, col_ptr: &[usize], row_idx: &[usize], max_rhs: usize) -> Result<Self> {
        let own = Self::build(n, (col_ptr, row_idx), None, max_rhs, false, &|_, _| true)?;
        own.ok_or_else(|| Error::numeric("the random-effects system was not analysed"))
    }

    fn build(
        n: usize,
        (col_ptr, row_idx): (&[usize], &[usize]),
        order: Option<&[usize]>,
        max_rhs: usize,
        by_runs: bool,
        admit: Admission<'_>,
    ) -> Result<Option<Self>> {
        let (mut symbolic, mut permutation, mut inverse) = analyse(n, col_ptr, row_idx, order)?;
        if !admit(flops(supernodal(&symbolic)), supernodal(&symbolic).len_val()) {
            return Ok(None);
        }
        if by_runs && let Some((col_ptr, row_idx)) = padded(supernodal(&symbolic), &permutation, col_ptr, row_idx)? {
            (symbolic, permutation, inverse) = analyse(n, &col_ptr, &row_idx, Some(&permutation))?;
        }
        let structure = supernodal(&symbolic);
        let owner = owners(structure, n)?;
        let solve = structure.solve_in_place_scratch::<f64>(max_rhs, Par::Seq);
        let runs = if by_runs { Runs::new(structure, &owner)? } else { None };
        let (numeric, slot, request) = if let Some(runs) = runs {
            let slot = places(structure, &owner, &inverse, col_ptr, row_idx)?;
            let (request, work) = (runs.scratch(), runs.workspace(max_rhs)?);
            (Numeric::Runs(Arc::new(runs), work), slot, request)
        } else {
            let (permuted_col_ptr, permuted_row_idx, slot) = permute(n, col_ptr, row_idx, &inverse)?;
            let factor = factorize_supernodal_numeric_llt_scratch::<usize, f64>(structure, Par::Seq, params());
            (Numeric::Blocked(Arc::new(permuted_col_ptr), Arc::new(permuted_row_idx)), slot, StackReq::any_of(&[factor, solve]))
        };
        let scratch =
            MemBuffer::try_new(request).map_err(|_| Error::memory("workspace of the factorisation", request.size_bytes()))?;
        let entries = if let Numeric::Runs(..) = numeric { structure.len_val() } else { row_idx.len() };
        Ok(Some(SparseCholesky {
            values: try_vec("Cholesky factor of the random effects", 0.0, structure.len_val())?,
            assembled: try_vec("random-effects system", 0.0, entries)?,
            symbolic: Arc::new(symbolic),
            permutation: Arc::new(permutation),
            inverse: Arc::new(inverse),
            owner: Arc::new(owner),
            numeric,
            slot: Arc::new(slot),
            scratch,
            max_rhs,
            threads: 1,
        }))
    }

    /// Another for matrices of the same pattern, which has not been factorised yet; what follows from the pattern is shared.
    pub fn beside(&self) -> Result<Self> {
        let structure = supernodal(&self.symbolic);
        let (numeric, request) = match &self.numeric {
            Numeric::Runs(runs, _) => (Numeric::Runs(runs.clone(), runs.workspace(self.max_rhs)?), runs.scratch()),
            Numeric::Blocked(col_ptr, row_idx) => {
                let factor = factorize_supernodal_numeric_llt_scratch::<usize, f64>(structure, Par::Seq, params());
                let solve = structure.solve_in_place_scratch::<f64>(self.max_rhs, Par::Seq);
                (Numeric::Blocked(col_ptr.clone(), row_idx.clone()), StackReq::any_of(&[factor, solve]))
            }
        };
        let scratch =
            MemBuffer::try_new(request).map_err(|_| Error::memory("workspace of the factorisation", request.size_bytes()))?;
        Ok(SparseCholesky {
            values: try_vec("Cholesky factor of the random effects", 0.0, self.values.len())?,
            assembled: try_vec("random-effects system", 0.0, self.assembled.len())?,
            symbolic: self.symbolic.clone(),
            permutation: self.permutation.clone(),
            inverse: self.inverse.clone(),
            owner: self.owner.clone(),
            numeric,
            slot: self.slot.clone(),
            scratch,
            max_rhs: self.max_rhs,
            threads: 1,
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
        flops(self.structure())
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
                if !runs.factorize(&mut self.values, work, self.threads, stack)? {
                    return Err(Error::numeric("the random-effects system is not positive definite"));
                }
                Ok(())
            }
            Numeric::Blocked(col_ptr, row_idx) => {
                let pattern = SymbolicSparseColMatRef::new_checked(n, n, col_ptr, None, row_idx);
                let (a, structure) = (SparseColMatRef::new(pattern, &self.assembled[..]), supernodal(&self.symbolic));
                let regularization = LltRegularization::default();
                let done =
                    factorize_supernodal_numeric_llt(&mut self.values, a, regularization, structure, Par::Seq, stack, params());
                registers::clear();
                done.map(|_| ()).map_err(|e| Error::numeric(format!("the random-effects system is not positive definite: {e:?}")))
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
            for (value, &old) in to.iter_mut().zip(self.permutation.iter()) {
                *value = from[old];
            }
        }
    }

    /// Copies `m` columns of length n back from the permuted order.
    pub fn unpermute_into(&self, source: &[f64], target: &mut [f64]) {
        let n = self.order();
        for (from, to) in source.chunks_exact(n.max(1)).zip(target.chunks_exact_mut(n.max(1))) {
            for (value, &old) in from.iter().zip(self.permutation.iter()) {
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
        registers::clear();
    }
}

/// Multiplications that a factorisation takes.
fn flops(structure: &SymbolicSupernodalCholesky<usize>) -> f64 {
    (0..structure.n_supernodes())
        .map(|s| {
            let columns = (structure.supernode_end()[s] - structure.supernode_begin()[s]) as f64;
            let rows = structure.supernode(s).pattern().len() as f64;
            columns * (columns * columns / 3.0 + columns * rows + rows * rows)
        })
        .sum()
}
