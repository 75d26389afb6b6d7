//! The pattern of a sparse Cholesky factor: its order, its supernodes, and where the entries of a matrix go.

use faer::linalg::cholesky::llt::factor::LltParams;
use faer::perm::PermRef;
use faer::sparse::SymbolicSparseColMatRef;
use faer::sparse::linalg::SupernodalThreshold;
use faer::sparse::linalg::cholesky::supernodal::SymbolicSupernodalCholesky;
use faer::sparse::linalg::cholesky::{
    CholeskySymbolicParams, SymbolicCholesky, SymbolicCholeskyRaw, SymmetricOrdering, factorize_symbolic_cholesky,
};
use faer::{Auto, Side, Spec};

use crate::error::{Code, Error, Result, try_collect, try_copy, try_vec};

/// What memory is for.
const ORDER: &str = "order of the random effects";
const PATTERN: &str = "pattern of the random effects";

/// How faer factorises.
pub(super) fn params() -> Spec<LltParams, f64> {
    Spec::new(<LltParams as Auto<f64>>::auto())
}

/// The supernodal structure that `analyse` has found.
pub(super) fn supernodal(symbolic: &SymbolicCholesky<usize>) -> &SymbolicSupernodalCholesky<usize> {
    match symbolic.raw() {
        SymbolicCholeskyRaw::Supernodal(structure) => structure,
        SymbolicCholeskyRaw::Simplicial(_) => unreachable!("`analyse` returns supernodal structures only"),
    }
}

/// The supernodal structure and the permutation: `order`, or one of little fill (approximate minimum degree).
pub(super) fn analyse(
    n: usize,
    col_ptr: &[usize],
    row_idx: &[usize],
    order: Option<&[usize]>,
) -> Result<(SymbolicCholesky<usize>, Vec<usize>, Vec<usize>)> {
    if n == 0 {
        // A model without random effects: the structure of a 1 x 1 matrix stands in, and is never used.
        return analyse(1, &[0, 1], &[0], None).map(|(symbolic, ..)| (symbolic, vec![], vec![]));
    }
    let pattern = SymbolicSparseColMatRef::new_checked(n, n, col_ptr, None, row_idx);
    // A diagonal matrix counts as zero operations, which counts as simplicial in spite of the threshold; it needs no ordering.
    let mut places = try_vec(ORDER, 0, order.map_or(0, <[usize]>::len))?;
    order.unwrap_or(&[]).iter().enumerate().for_each(|(new, &old)| places[old] = new);
    let first = match order {
        Some(order) => SymmetricOrdering::Custom(PermRef::new_checked(order, &places, n)),
        None => SymmetricOrdering::Amd,
    };
    for ordering in [first, SymmetricOrdering::Identity] {
        let params =
            CholeskySymbolicParams { supernodal_flop_ratio_threshold: SupernodalThreshold::FORCE_SUPERNODAL, ..Default::default() };
        let symbolic = factorize_symbolic_cholesky(pattern, Side::Lower, ordering, params)
            .map_err(|e| Error::new(Code::Memory, format!("symbolic factorisation of the random effects: {e:?}")))?;
        if let SymbolicCholeskyRaw::Supernodal(_) = symbolic.raw() {
            let (forward, inverse) = match symbolic.perm() {
                Some(perm) => (try_copy(ORDER, perm.arrays().0)?, try_copy(ORDER, perm.arrays().1)?),
                None => (try_collect(ORDER, 0..n)?, try_collect(ORDER, 0..n)?),
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
    let mut slot = try_vec(PATTERN, 0, row_idx.len())?;
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
pub(super) fn permute(
    n: usize,
    col_ptr: &[usize],
    row_idx: &[usize],
    inverse: &[usize],
) -> Result<(Vec<usize>, Vec<usize>, Vec<usize>)> {
    let nnz = row_idx.len();
    let mut new_col_ptr = try_vec(PATTERN, 0usize, n + 1)?;
    let mut new_row_idx = try_vec(PATTERN, 0usize, nnz)?;
    let mut slot = try_vec(PATTERN, 0usize, nnz)?;
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
    order.try_reserve_exact(nnz).map_err(|_| Error::memory(PATTERN, 24 * nnz))?;
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
