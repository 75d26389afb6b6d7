//! Explicit zeros that give small supernodes the same rows below them, so that they form runs: of a crossed design with a few
//! combinations missing, say.

use faer::sparse::linalg::cholesky::supernodal::SymbolicSupernodalCholesky;

use super::runs::LARGEST_ROWS;
use super::supernodes::owners;
use crate::error::{Error, Result, try_gather, try_vec};

/// The share of the entries that must be there for the rest to be worth filling in.
const DENSE: f64 = 0.6;

/// The same beside a wide border, where a product of matrices is so much faster than the products of single columns, if there are not more
/// entries than that.
const DENSE_BESIDE_WIDE: f64 = 0.25;
const WIDE: usize = 256;
const MOST_ENTRIES: usize = 4_000_000;

/// The widest border.
const WIDEST_BORDER: usize = 2048;

/// Fewer leaves than this gain nothing.
const FEWEST_LEAVES: usize = 8;

/// What a column of A is: a leaf's is in a supernode with rows below it that no other leads to, the border's are these rows.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Other,
    Leaf,
    Border,
}

/// The pattern of a lower triangle with every leaf completed to meet the whole border; `None` where that is so already or does not pay.
pub(super) fn padded(
    structure: &SymbolicSupernodalCholesky<usize>,
    permutation: &[usize],
    col_ptr: &[usize],
    row_idx: &[usize],
) -> Result<Option<(Vec<usize>, Vec<usize>)>> {
    let Some(parts) = parts(structure, permutation)? else { return Ok(None) };
    let columns = |part: Part| try_gather("supernodes of the random effects", (0..parts.len()).filter(|j| parts[*j] == part));
    let (leaves, border) = (columns(Part::Leaf)?, columns(Part::Border)?);
    let crosses = |i: usize, j: usize| parts[i] != parts[j] && parts[i] != Part::Other && parts[j] != Part::Other;
    let all = leaves.len() * border.len();
    let present: usize =
        (0..parts.len()).map(|j| row_idx[col_ptr[j]..col_ptr[j + 1]].iter().filter(|i| crosses(**i, j)).count()).sum();
    let enough = if border.len() >= WIDE && all <= MOST_ENTRIES { DENSE_BESIDE_WIDE } else { DENSE };
    if present == all || (present as f64) < enough * all as f64 || (border.len() > LARGEST_ROWS && all > MOST_ENTRIES) {
        return Ok(None);
    }
    let total = row_idx.len() - present + all;
    let (mut new_ptr, mut new_idx) = (try_vec("pattern of the random effects", 0, parts.len() + 1)?, Vec::new());
    new_idx.try_reserve_exact(total).map_err(|_| Error::memory("pattern of the random effects", 8 * total))?;
    for (j, part) in parts.iter().enumerate() {
        let start = new_idx.len();
        new_idx.extend(row_idx[col_ptr[j]..col_ptr[j + 1]].iter().copied().filter(|i| !crosses(*i, j)));
        let others = match part {
            Part::Leaf => &border[..],
            Part::Border => &leaves[..],
            Part::Other => &[],
        };
        new_idx.extend_from_slice(&others[others.partition_point(|i| *i < j)..]);
        new_idx[start..].sort_unstable();
        new_ptr[j + 1] = new_idx.len();
    }
    Ok(Some((new_ptr, new_idx)))
}

/// The part of each column in the original order; `None` where there are few leaves or a wide border.
fn parts(structure: &SymbolicSupernodalCholesky<usize>, permutation: &[usize]) -> Result<Option<Vec<Part>>> {
    let n = structure.n_supernodes();
    let owner = owners(structure, permutation.len())?;
    let mut has_children = try_vec("supernodes of the random effects", false, n)?;
    for s in 0..n {
        if let Some(first) = structure.supernode(s).pattern().first() {
            has_children[owner[*first] as usize] = true;
        }
    }
    let mut parts = try_vec("supernodes of the random effects", Part::Other, permutation.len())?;
    let mut leaves = 0;
    for s in (0..n).filter(|s| !has_children[*s]) {
        let below = structure.supernode(s).pattern();
        if below.is_empty() {
            continue;
        }
        leaves += 1;
        for row in below {
            parts[permutation[*row]] = Part::Border;
        }
        for column in structure.supernode_begin()[s]..structure.supernode_end()[s] {
            parts[permutation[column]] = Part::Leaf;
        }
    }
    let border = parts.iter().filter(|part| **part == Part::Border).count();
    Ok((leaves >= FEWEST_LEAVES && border <= WIDEST_BORDER).then_some(parts))
}
