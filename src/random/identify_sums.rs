//! The same by cross-products alone: scalar products of the derivatives C_i of the covariance of the rows are sums over blocks,
//! `tr(C_i C_j) = sum tr(S_i B S_j B')` over the blocks B of Z_k'Z_m, exactly and without probes.

use super::gram::Gram;
use super::identify::{Dependencies, dependent, derivatives, non_zero};
use crate::covariance::Structure;
use crate::error::{Result, try_vec};
use crate::formula::StructureKind;
use crate::linalg::dense;

/// Elements {row, column, value} of a matrix that are not zero.
type Sparse = Vec<(usize, usize, f64)>;

/// Elements of a term's derivatives above which nothing is looked at.
const MOST: usize = 100_000;

/// The dependencies among the covariance parameters of terms, and of a residual variance where there is one. Rows are multiplied by the square
/// roots of their weights.
pub fn dependencies_of_sums(gram: &Gram, structures: &[Structure], residual: bool, n: usize) -> Result<Dependencies> {
    if structures.iter().any(|own| own.n_theta() * own.size.pow(2) > MOST) {
        return Ok(vec![]);
    }
    let mut owners: Vec<Option<usize>> = residual.then_some(None).into_iter().collect();
    let (mut all, mut first): (Vec<Vec<Sparse>>, Vec<usize>) = (vec![], vec![]);
    for (k, structure) in structures.iter().enumerate() {
        let own: Vec<Sparse> = derivatives(*structure)?.iter().map(|d| non_zero(structure.size, d)).collect();
        first.push(owners.len());
        owners.extend(own.iter().map(|_| Some(k)));
        all.push(own);
    }
    let count = owners.len();
    if count < 2 {
        return Ok(vec![]);
    }
    let mut factors = vec![];
    for (k, structure) in structures.iter().enumerate() {
        // So nearly dependent columns that nothing can be said.
        let Some(own) = Factor::new(&gram.diagonal[k], *structure, n) else { return Ok(vec![]) };
        factors.push(own);
    }
    let mut products = try_vec("products of derivatives", 0.0, count * count)?;
    if residual {
        products[0] = n as f64;
    }
    for (k, structure) in structures.iter().enumerate() {
        let r = structure.size;
        for block in gram.diagonal[k].chunks_exact(r * r) {
            let block = factors[k].apply(block, &factors[k]);
            for (i, s) in all[k].iter().enumerate() {
                let at = first[k] + i;
                if residual {
                    products[at] += s.iter().map(|(a, b, v)| v * block[b * r + a]).sum::<f64>();
                }
                for (j, t) in all[k][..=i].iter().enumerate() {
                    products[(first[k] + j) * count + at] += trace(s, t, &block, r);
                }
            }
        }
        for m in 0..k {
            let pair = &gram.off_diagonal[k * (k - 1) / 2 + m];
            for block in pair.values.chunks_exact(pair.block_len().max(1)) {
                let block = factors[k].apply(block, &factors[m]);
                for (i, s) in all[k].iter().enumerate() {
                    for (j, t) in all[m].iter().enumerate() {
                        products[(first[m] + j) * count + first[k] + i] += trace(s, t, &block, r);
                    }
                }
            }
        }
    }
    // What is below the diagonal is there; the rest is its mirror image.
    for j in 0..count {
        for i in 0..j {
            products[j * count + i] = products[i * count + j];
        }
    }
    Ok(dependent(&owners, &products))
}

/// tr(S B T B'), for a block with r rows.
fn trace(s: &Sparse, t: &Sparse, block: &[f64], r: usize) -> f64 {
    let of =
        |(a, b, v): &(usize, usize, f64)| -> f64 { t.iter().map(|(c, d, w)| v * w * block[c * r + b] * block[d * r + a]).sum() };
    s.iter().map(of).sum()
}

/// What brings the effects of a term to coordinates in which the sizes of its columns play no part: a lower triangle by whose inverse rows
/// are multiplied, or its diagonal.
struct Factor {
    r: usize,
    lower: Vec<f64>,
}

impl Factor {
    fn new(blocks: &[f64], structure: Structure, n: usize) -> Option<Self> {
        let r = structure.size;
        let mut mean = vec![0.0; r * r];
        for block in blocks.chunks_exact(r * r) {
            mean.iter_mut().zip(block).for_each(|(sum, v)| *sum += v / n as f64);
        }
        if structure.kind == StructureKind::Unstructured && r > 1 {
            let regular = dense::cholesky(r, &mut mean).is_ok();
            return regular.then_some(Factor { r, lower: mean });
        }
        let root = |e: usize| if mean[e * (r + 1)] > 0.0 { mean[e * (r + 1)].sqrt() } else { 1.0 };
        let mut lower: Vec<f64> = (0..r).map(root).collect();
        if structure.kind != StructureKind::Diagonal || structure.homogeneous {
            // A common unit: others would change the structure.
            let largest = lower.iter().fold(0.0f64, |m, v| m.max(*v));
            lower.fill(largest);
        }
        Some(Factor { r, lower })
    }

    /// L^-1 B M^-T, for a block B whose columns are of another term with the factor M.
    fn apply(&self, block: &[f64], other: &Factor) -> Vec<f64> {
        let (r, s) = (self.r, other.r);
        let mut out = block.to_vec();
        out.chunks_exact_mut(r).for_each(|column| self.solve(column));
        let mut row = vec![0.0; s];
        for i in 0..r {
            (0..s).for_each(|j| row[j] = out[j * r + i]);
            other.solve(&mut row);
            (0..s).for_each(|j| out[j * r + i] = row[j]);
        }
        out
    }

    fn solve(&self, v: &mut [f64]) {
        if self.lower.len() == self.r {
            v.iter_mut().zip(&self.lower).for_each(|(v, f)| *v /= f);
        } else {
            dense::solve_lower(self.r, &self.lower, v);
        }
    }
}
