//! Z'WZ of all random terms in blocks, and what is done with it: the matrix A = Lambda'Z'WZ Lambda + I, products, traces.

use super::blocks::BlockMatrix;
use super::layout::{Layout, TermSize};
use super::roots::Roots;
use crate::error::{Error, Result, try_copies, try_vec};
use crate::linalg::dense::{matrix, multiply};
use crate::linalg::{SelectedInverse, SparseCholesky, dense};

/// Z'WZ: for each term a block per level, for each pair of terms a sparse matrix of blocks.
#[derive(Clone, Debug)]
pub struct Gram {
    pub layout: Layout,
    pub diagonal: Vec<Vec<f64>>,
    /// Of terms k > m, at `k (k - 1) / 2 + m`.
    pub off_diagonal: Vec<BlockMatrix>,
    /// For each term the blocks of its different levels, below the diagonal, where rows of the data are correlated; otherwise empty.
    pub within: Vec<BlockMatrix>,
}

impl Gram {
    /// A copy, or an error where memory is short.
    pub fn try_clone(&self) -> Result<Self> {
        let blocks = |all: &[BlockMatrix]| all.iter().map(BlockMatrix::try_clone).collect::<Result<Vec<_>>>();
        Ok(Gram {
            layout: self.layout.clone(),
            diagonal: try_copies("cross-products of the random effects", &self.diagonal)?,
            off_diagonal: blocks(&self.off_diagonal)?,
            within: blocks(&self.within)?,
        })
    }

    /// The mean of each term's blocks `[r, r]`.
    pub fn means(&self) -> Vec<Vec<f64>> {
        let mean = |(diagonal, size): (&Vec<f64>, &TermSize)| {
            let mut mean = vec![0.0; size.effects * size.effects];
            diagonal.chunks_exact(mean.len().max(1)).for_each(|block| dense::add_scaled(&mut mean, 1.0, block));
            mean.iter_mut().for_each(|v| *v /= size.levels as f64);
            mean
        };
        self.diagonal.iter().zip(&self.layout.terms).map(mean).collect()
    }

    /// The blocks of terms k > m.
    pub fn pair(&self, k: usize, m: usize) -> &BlockMatrix {
        &self.off_diagonal[k * (k - 1) / 2 + m]
    }

    /// The blocks below the diagonal ones of term m: of the term itself, of later terms.
    fn below(&self, m: usize) -> impl Iterator<Item = (usize, &BlockMatrix)> {
        let own = self.within.get(m).map(|block| (m, block));
        own.into_iter().chain((m + 1..self.layout.terms.len()).map(move |k| (k, self.pair(k, m))))
    }

    /// The lower triangle of A by columns: for each level of a term its own block, then the blocks of later terms.
    pub fn pattern(&self) -> Result<(Vec<usize>, Vec<usize>)> {
        let layout = &self.layout;
        let mut nnz = 0;
        for (m, t) in layout.terms.iter().enumerate() {
            nnz += t.levels * t.effects * (t.effects + 1) / 2;
            nnz += self.below(m).map(|(_, pair)| pair.values.len()).sum::<usize>();
        }
        let mut col_ptr = try_vec("pattern of the random effects", 0, layout.q() + 1)?;
        let mut row_idx: Vec<usize> = Vec::new();
        row_idx.try_reserve_exact(nnz).map_err(|_| Error::memory("pattern of the random effects", 8 * nnz))?;
        for (m, t) in layout.terms.iter().enumerate() {
            let first = layout.offset(m);
            for level in 0..t.levels {
                for c in 0..t.effects {
                    let column = first + level * t.effects + c;
                    row_idx.extend(column..first + (level + 1) * t.effects);
                    for (k, pair) in self.below(m) {
                        let start = layout.offset(k);
                        for &row in &pair.rows[pair.col_ptr[level]..pair.col_ptr[level + 1]] {
                            let row = start + row as usize * pair.row_effects;
                            row_idx.extend(row..row + pair.row_effects);
                        }
                    }
                    col_ptr[column + 1] = row_idx.len();
                }
            }
        }
        Ok((col_ptr, row_idx))
    }

    /// A = Lambda'G Lambda + I, block by block, into the factor's values.
    pub fn fill(&self, t: &[Vec<f64>], col_ptr: &[usize], factor: &mut SparseCholesky) {
        let (mut left, mut block) = (Vec::new(), Vec::new());
        for m in 0..self.layout.terms.len() {
            let r = self.layout.terms[m].effects;
            let first = self.layout.offset(m);
            left.resize(r * r, 0.0);
            block.resize(r * r, 0.0);
            let mut before: &[f64] = &[];
            for (level, g) in self.diagonal[m].chunks_exact(r * r).enumerate() {
                // Levels with the same rows, as in a balanced design, have the same block.
                if r <= 2 || g != before {
                    congruence(r, r, &t[m], g, &t[m], &mut left, &mut block);
                }
                before = g;
                for c in 0..r {
                    let start = col_ptr[first + level * r + c];
                    for a in c..r {
                        factor.set(start + a - c, block[c * r + a] + if a == c { 1.0 } else { 0.0 });
                    }
                }
            }
            for level in 0..self.layout.terms[m].levels {
                let mut below = r;
                for (k, pair) in self.below(m) {
                    let (rk, size) = (pair.row_effects, pair.block_len());
                    if size == 1 {
                        let values = &pair.values[pair.col_ptr[level]..pair.col_ptr[level + 1]];
                        factor.set_scaled(col_ptr[first + level] + below, t[k][0] * t[m][0], values);
                        below += values.len();
                        continue;
                    }
                    left.resize(size, 0.0);
                    block.resize(size.max(r * r), 0.0);
                    for e in pair.col_ptr[level]..pair.col_ptr[level + 1] {
                        congruence(rk, r, &t[k], &pair.values[e * size..(e + 1) * size], &t[m], &mut left, &mut block);
                        for c in 0..r {
                            let start = col_ptr[first + level * r + c] + below - c;
                            for a in 0..rk {
                                factor.set(start + a, block[c * rk + a]);
                            }
                        }
                        below += rk;
                    }
                }
                left.resize(r * r, 0.0);
            }
        }
    }

    /// Sum over levels of (G Lambda A^-1)_jj: products of blocks of G with blocks of A^-1 on the same pattern.
    pub fn trace(&self, t: &[Vec<f64>], col_ptr: &[usize], inverse: &SelectedInverse) -> Vec<Vec<f64>> {
        let mut forces: Vec<Vec<f64>> = self.layout.terms.iter().map(|t| vec![0.0; t.effects * t.effects]).collect();
        let mut v = Vec::new();
        for m in 0..self.layout.terms.len() {
            let r = self.layout.terms[m].effects;
            let first = self.layout.offset(m);
            for level in 0..self.layout.terms[m].levels {
                let column = first + level * r;
                own_block(inverse, col_ptr, column, r, &mut v);
                add_product(r, r, r, &self.diagonal[m][level * r * r..(level + 1) * r * r], &t[m], &v, &mut forces[m]);
                let mut below = r;
                for (k, pair) in self.below(m) {
                    let (rk, len) = (pair.row_effects, pair.block_len());
                    if len == 1 {
                        let g = &pair.values[pair.col_ptr[level]..pair.col_ptr[level + 1]];
                        let sum = inverse.product(col_ptr[column] + below, g);
                        forces[k][0] += sum * t[m][0];
                        forces[m][0] += sum * t[k][0];
                        below += g.len();
                        continue;
                    }
                    v.resize(len.max(r * r), 0.0);
                    let mut sums = [[0.0; 4]; 2];
                    for e in pair.col_ptr[level]..pair.col_ptr[level + 1] {
                        let g = &pair.values[e * len..(e + 1) * len];
                        for c in 0..r {
                            for a in 0..rk {
                                v[c * rk + a] = inverse.get(col_ptr[column + c] + below - c + a);
                            }
                        }
                        if rk == 2 && r == 2 {
                            add_small_products(&t[m], &t[k], g, &v, &mut sums);
                            below += rk;
                            continue;
                        }
                        add_product(rk, r, rk, g, &t[m], &v[..len], &mut forces[k]);
                        add_transposed_product(rk, r, g, &t[k], &v[..len], &mut forces[m]);
                        below += rk;
                    }
                    dense::add_scaled(&mut forces[k], 1.0, &sums[0]);
                    dense::add_scaled(&mut forces[m], 1.0, &sums[1]);
                }
            }
        }
        forces
    }

    /// Lambda A^-1 Lambda' on the pattern of this matrix, which has no blocks within terms, into `out` of the same shape.
    pub fn covariance(&self, t: &[Vec<f64>], col_ptr: &[usize], inverse: &SelectedInverse, out: &mut Gram) {
        let (mut v, mut left) = (Vec::new(), Vec::new());
        for m in 0..self.layout.terms.len() {
            let r = self.layout.terms[m].effects;
            let first = self.layout.offset(m);
            for level in 0..self.layout.terms[m].levels {
                let column = first + level * r;
                own_block(inverse, col_ptr, column, r, &mut v);
                spread(r, r, &t[m], &v, &t[m], &mut left, &mut out.diagonal[m][level * r * r..(level + 1) * r * r]);
                let mut below = r;
                for k in m + 1..self.layout.terms.len() {
                    let (rk, len) = (self.pair(k, m).row_effects, self.pair(k, m).block_len());
                    let pair = &mut out.off_diagonal[k * (k - 1) / 2 + m];
                    if len == 1 {
                        let own = &mut pair.values[pair.col_ptr[level]..pair.col_ptr[level + 1]];
                        inverse.copy_scaled(col_ptr[column] + below, t[k][0] * t[m][0], own);
                        below += own.len();
                        continue;
                    }
                    v.resize(len.max(r * r), 0.0);
                    for e in pair.col_ptr[level]..pair.col_ptr[level + 1] {
                        for c in 0..r {
                            for a in 0..rk {
                                v[c * rk + a] = inverse.get(col_ptr[column + c] + below - c + a);
                            }
                        }
                        spread(rk, r, &t[k], &v[..len], &t[m], &mut left, &mut pair.values[e * len..(e + 1) * len]);
                        below += rk;
                    }
                }
            }
        }
    }

    /// v <- Lambda v, or Lambda'v, in place, for any number of columns.
    pub fn apply_factors(&self, t: &Roots, transpose: bool, v: &mut [f64]) {
        let q = self.layout.q();
        if q == 0 {
            return;
        }
        for column in v.chunks_exact_mut(q) {
            let mut rest = column;
            for (k, (size, own)) in self.layout.terms.iter().zip(t.iter()).enumerate() {
                let r = size.effects;
                let (rows, tail) = rest.split_at_mut(size.levels * r);
                rest = tail;
                if let Some(markov) = t.markov(k) {
                    if transpose {
                        rows.chunks_exact_mut(r).for_each(|b| markov.multiply_transpose(b));
                    } else {
                        rows.chunks_exact_mut(r).for_each(|b| markov.multiply(b));
                    }
                    continue;
                }
                let t = own;
                if r == 1 {
                    for x in rows {
                        *x *= t[0];
                    }
                    continue;
                }
                if r == 2 {
                    let (diagonal, below) = ([t[0], t[3]], t[1]);
                    for b in rows.chunks_exact_mut(2) {
                        let pair = [b[0], b[1]];
                        (b[0], b[1]) = (diagonal[0] * pair[0], diagonal[1] * pair[1]);
                        if transpose {
                            b[0] += below * pair[1];
                        } else {
                            b[1] += below * pair[0];
                        }
                    }
                    continue;
                }
                for b in rows.chunks_exact_mut(r) {
                    if transpose {
                        for i in 0..r {
                            b[i] = (i..r).map(|l| t[i * r + l] * b[l]).sum();
                        }
                    } else {
                        for i in (0..r).rev() {
                            b[i] = (0..=i).map(|l| t[l * r + i] * b[l]).sum();
                        }
                    }
                }
            }
        }
    }

    /// out -= G v, for any number of columns.
    pub fn subtract_product(&self, v: &[f64], out: &mut [f64]) {
        let q = self.layout.q().max(1);
        for (v, out) in v.chunks_exact(q).zip(out.chunks_exact_mut(q)) {
            for (m, size) in self.layout.terms.iter().enumerate() {
                let (r, first) = (size.effects, self.layout.offset(m));
                let own = first..first + size.levels * r;
                if r == 1 {
                    let diagonal = self.diagonal[m].iter().zip(&v[own.clone()]);
                    out[own].iter_mut().zip(diagonal).for_each(|(out, (g, v))| *out -= g * v);
                } else {
                    let blocks = self.diagonal[m].chunks_exact(r * r).zip(v[own.clone()].chunks_exact(r));
                    for (out, (g, v)) in out[own].chunks_exact_mut(r).zip(blocks) {
                        for (g, v) in g.chunks_exact(r).zip(v) {
                            dense::add_scaled(out, -v, g);
                        }
                    }
                }
                for (k, pair) in self.below(m) {
                    let rows = self.layout.offset(k)..self.layout.offset(k + 1);
                    if k == m {
                        pair.subtract_within(v, out, first);
                    } else {
                        let (before, after) = out.split_at_mut(rows.start);
                        let columns = first..first + size.levels * r;
                        pair.subtract_product(&v[columns.clone()], &mut after[..rows.len()]);
                        pair.subtract_transposed_product(&v[rows], &mut before[columns]);
                    }
                }
            }
        }
    }
}

/// The diagonal block `[r, r]` of A^-1 that begins at a column, both triangles.
pub fn own_block(inverse: &SelectedInverse, col_ptr: &[usize], column: usize, r: usize, out: &mut Vec<f64>) {
    out.resize(r * r, 0.0);
    for c in 0..r {
        for a in c..r {
            out[c * r + a] = inverse.get(col_ptr[column + c] + a - c);
            out[a * r + c] = out[c * r + a];
        }
    }
}

/// Products of blocks with more multiplications than this go through blocked routines.
const SMALL: usize = 1000;

/// out (`a x b`) <- S'G T, for lower triangular S (`a x a`) and T (`b x b`).
fn congruence(a: usize, b: usize, s: &[f64], g: &[f64], t: &[f64], left: &mut [f64], out: &mut [f64]) {
    if a == 1 && b == 1 {
        out[0] = s[0] * g[0] * t[0];
        return;
    }
    if a == 2 && b == 2 {
        let (s, g, t) = (&s[..4], &g[..4], &t[..4]);
        let left = [s[0] * g[0] + s[1] * g[1], s[3] * g[1], s[0] * g[2] + s[1] * g[3], s[3] * g[3]];
        let product = [left[0] * t[0] + left[2] * t[1], left[1] * t[0] + left[3] * t[1], left[2] * t[3], left[3] * t[3]];
        out[..4].copy_from_slice(&product);
        return;
    }
    if a * b * a.max(b) > SMALL {
        multiply(false, matrix(a, a, s).transpose(), matrix(a, b, g), left);
        multiply(false, matrix(a, b, left), matrix(b, b, t), out);
        return;
    }
    for j in 0..b {
        for i in 0..a {
            left[j * a + i] = (i..a).map(|l| s[i * a + l] * g[j * a + l]).sum();
        }
    }
    for j in 0..b {
        for i in 0..a {
            out[j * a + i] = (j..b).map(|l| left[l * a + i] * t[j * b + l]).sum();
        }
    }
}

/// out (`a x b`) <- S V T', for lower triangular S (`a x a`) and T (`b x b`).
fn spread(a: usize, b: usize, s: &[f64], v: &[f64], t: &[f64], left: &mut Vec<f64>, out: &mut [f64]) {
    left.resize(a * b, 0.0);
    if a * b * a.max(b) > SMALL {
        multiply(false, matrix(a, a, s), matrix(a, b, v), left);
        multiply(false, matrix(a, b, left), matrix(b, b, t).transpose(), out);
        return;
    }
    for j in 0..b {
        for i in 0..a {
            left[j * a + i] = (0..=i).map(|l| s[l * a + i] * v[j * a + l]).sum();
        }
    }
    for j in 0..b {
        for i in 0..a {
            out[j * a + i] = (0..=j).map(|l| left[l * a + i] * t[l * b + j]).sum();
        }
    }
}

/// Both products of 2 x 2 blocks: sums[0] += G T V', sums[1] += G'S V, for lower triangular T and S.
fn add_small_products(t: &[f64], s: &[f64], g: &[f64], v: &[f64], sums: &mut [[f64; 4]; 2]) {
    let (t, s, g, v) = (&t[..4], &s[..4], &g[..4], &v[..4]);
    let gt = [g[0] * t[0] + g[2] * t[1], g[1] * t[0] + g[3] * t[1], g[2] * t[3], g[3] * t[3]];
    let gs = [g[0] * s[0] + g[1] * s[1], g[2] * s[0] + g[3] * s[1], g[1] * s[3], g[3] * s[3]];
    for j in 0..2 {
        for i in 0..2 {
            sums[0][j * 2 + i] += gt[i] * v[j] + gt[2 + i] * v[2 + j];
            sums[1][j * 2 + i] += gs[i] * v[j * 2] + gs[2 + i] * v[j * 2 + 1];
        }
    }
}

/// force (`a x c`) += G T V', with G `a x b`, T `b x b` lower triangular, V `c x b`.
fn add_product(a: usize, b: usize, c: usize, g: &[f64], t: &[f64], v: &[f64], force: &mut [f64]) {
    if a * b * b.max(c) > SMALL {
        let mut gt = vec![0.0; a * b];
        multiply(false, matrix(a, b, g), matrix(b, b, t), &mut gt);
        multiply(true, matrix(a, b, &gt), matrix(c, b, v).transpose(), force);
        return;
    }
    for l in 0..b {
        for i in 0..a {
            let gt: f64 = (l..b).map(|s| g[s * a + i] * t[l * b + s]).sum();
            for j in 0..c {
                force[j * a + i] += gt * v[l * c + j];
            }
        }
    }
}

/// force (`b x b`) += G' T V, with G and V `a x b`, T `a x a` lower triangular.
fn add_transposed_product(a: usize, b: usize, g: &[f64], t: &[f64], v: &[f64], force: &mut [f64]) {
    if a * b * a.max(b) > SMALL {
        let mut gt = vec![0.0; a * b];
        multiply(false, matrix(a, b, g).transpose(), matrix(a, a, t), &mut gt);
        multiply(true, matrix(b, a, &gt), matrix(a, b, v), force);
        return;
    }
    for l in 0..a {
        for i in 0..b {
            let gt: f64 = (l..a).map(|s| g[i * a + s] * t[l * a + s]).sum();
            for j in 0..b {
                force[j * b + i] += gt * v[j * a + l];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(count: usize, seed: u64) -> Vec<f64> {
        (0..count as u64).map(|k| ((k * 37 + seed * 101) % 89) as f64 / 89.0 - 0.4).collect()
    }

    fn lower(n: usize, seed: u64) -> Vec<f64> {
        numbers(n * n, seed).iter().enumerate().map(|(e, v)| if e % n >= e / n { *v } else { 0.0 }).collect()
    }

    /// A'B C by the definition, the transposes as asked.
    fn product(size: [usize; 4], a: impl Fn(usize, usize) -> f64, b: &[f64], c: impl Fn(usize, usize) -> f64) -> Vec<f64> {
        let [m, k, l, n] = size;
        let element = |i: usize, j: usize| -> f64 { (0..k * l).map(|e| a(i, e % k) * b[e] * c(e / k, j)).sum() };
        (0..m * n).map(|e| element(e % m, e / m)).collect()
    }

    #[test]
    fn large_blocks_have_the_products_of_small_ones() {
        for (a, b) in [(3, 4), (12, 12), (12, 9), (1, 40), (40, 1)] {
            let (s, t, g, v) = (lower(a, 1), lower(b, 2), numbers(a * b, 3), numbers(a * b, 4));
            let (mut left, mut out) = (vec![0.0; a * b], vec![0.0; a * b]);
            let close = |got: &[f64], want: &[f64]| got.iter().zip(want).all(|(g, w)| (g - w).abs() < 1e-12);
            congruence(a, b, &s, &g, &t, &mut left, &mut out);
            assert!(close(&out, &product([a, a, b, b], |i, l| s[i * a + l], &g, |l, j| t[j * b + l])), "{a} {b}");
            spread(a, b, &s, &v, &t, &mut left, &mut out);
            assert!(close(&out, &product([a, a, b, b], |i, l| s[l * a + i], &v, |l, j| t[l * b + j])), "{a} {b}");
            let mut force = vec![0.0; a * a];
            add_product(a, b, a, &g, &t, &v, &mut force);
            let gt = product([a, a, b, b], |i, l| f64::from(u8::from(i == l)), &g, |l, j| t[j * b + l]);
            assert!(close(&force, &product([a, a, b, a], |i, l| f64::from(u8::from(i == l)), &gt, |l, j| v[l * a + j])), "{a} {b}");
            let mut force = vec![0.0; b * b];
            add_transposed_product(a, b, &g, &s, &v, &mut force);
            let want = product([b, a, a, b], |i, l| g[i * a + l], &s, |l, j| v[j * a + l]);
            assert!(close(&force, &want), "{a} {b}");
        }
    }
}
