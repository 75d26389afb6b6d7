//! log|S| from the steps of conjugate gradients, which are those of a Lanczos process (Ubaru, Chen and Saad 2017), with two moments whose
//! expectations are known: of K = I - C^-1 S C'^-1, z'Kz has expectation 0 and z'K^2z that of |K|_F^2.

use std::borrow::Cow;

use super::columns::{Row, WIDTH};
use super::conjugate::Solved;
use super::coupling::transposed;
use super::schur::{Schur, WORK};
use super::split::Split;
use crate::error::{Result, try_vec};
use crate::linalg::dense::{self, symmetric_eigen};
use crate::random::BlockMatrix;
use crate::watch::Watch;

/// Of one column of signs z.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spectrum {
    /// z' log(C^-1 S C'^-1) z.
    pub log: f64,
    /// z'Kz and z'K^2z.
    pub first: f64,
    pub second: f64,
}

/// Of starts with these squared lengths.
pub fn spectra(solved: &Solved, squares: &Row) -> [Spectrum; WIDTH] {
    std::array::from_fn(|c| {
        let steps = solved.alpha.iter().take_while(|alpha| alpha[c] > 0.0).count();
        let alpha: Vec<f64> = solved.alpha[..steps].iter().map(|a| a[c]).collect();
        let beta: Vec<f64> = solved.beta[..steps].iter().map(|b| b[c]).collect();
        spectrum(&alpha, &beta, squares[c])
    })
}

/// Of steps alpha and conjugation factors beta of a start of squared length q.
fn spectrum(alpha: &[f64], beta: &[f64], q: f64) -> Spectrum {
    let steps = alpha.len();
    if steps == 0 || q == 0.0 {
        return Spectrum::default();
    }
    let mut t = vec![0.0; steps * steps];
    for i in 0..steps {
        t[i * (steps + 1)] = 1.0 / alpha[i] + if i > 0 { beta[i - 1] / alpha[i - 1] } else { 0.0 };
        if i + 1 < steps {
            let next = beta[i].sqrt() / alpha[i];
            (t[i * steps + i + 1], t[(i + 1) * steps + i]) = (next, next);
        }
    }
    let (t11, t12) = (t[0], beta[0].sqrt() / alpha[0]);
    let log = symmetric_eigen(steps, &t).map_or(f64::NAN, |(values, vectors)| {
        values.iter().zip(vectors.chunks_exact(steps)).map(|(value, v)| v[0] * v[0] * value.ln()).sum()
    });
    Spectrum { log: q * log, first: q * (1.0 - t11), second: q * (1.0 - 2.0 * t11 + t11 * t11 + t12 * t12) }
}

/// The most multiplications that |K|_F^2 may take.
const AFFORDABLE: f64 = 1e10;

/// |K|_F^2: one row of blocks of S at a time. None where that takes too long.
pub fn squared_norm(schur: &Schur<'_>, watch: &Watch<'_>) -> Result<Option<f64>> {
    let split = schur.split;
    let (r1, levels) = split.first_size();
    let work: f64 = (0..levels).map(|j| (split.met(j) as f64).powi(2) * r1 as f64).sum();
    if work > AFFORDABLE {
        return Ok(None);
    }
    if r1 == 1 && split.others.len() == 1 && split.effects(0) == 1 {
        return scalar_norm(schur, watch).map(Some);
    }
    let widest = (0..split.others.len()).map(|i| split.effects(i)).max().unwrap_or(0);
    let mut rows = SchurRows {
        schur,
        sums: try_vec(WORK, 0.0, widest * split.n_others())?,
        seen: vec![],
        marked: try_vec(WORK, false, split.n_others())?,
    };
    let mut total = 0.0;
    for i in 0..split.others.len() {
        let (own, pairs) = (transposed(&split.couplings[i], split.levels(i))?, beside(split, i)?);
        for level in 0..split.levels(i) {
            watch.pulse_each(level)?;
            total += rows.row(i, level, &own, &pairs);
        }
    }
    Ok(Some(total))
}

/// The same for two terms whose levels have one effect: the rows of S below the diagonal, twice.
fn scalar_norm(schur: &Schur<'_>, watch: &Watch<'_>) -> Result<f64> {
    let (split, pair, p) = (schur.split, &schur.split.couplings[0], &schur.p_inverse[0]);
    let own = transposed(pair, split.levels(0))?;
    let mut sums = try_vec(WORK, 0.0, split.levels(0))?;
    let mut seen = vec![];
    let mut total = 0.0;
    for level in 0..split.levels(0) {
        watch.pulse_each(level)?;
        for e in own.col_ptr[level]..own.col_ptr[level + 1] {
            let j = own.rows[e] as usize;
            let left = schur.inner(j)[0] * own.values[e];
            for entry in pair.col_ptr[j]..pair.col_ptr[j + 1] {
                let row = pair.rows[entry];
                if row as usize >= level {
                    break;
                }
                let sum = &mut sums[row as usize];
                // One that has cancelled is seen twice, and zero the second time.
                if *sum == 0.0 {
                    seen.push(row);
                }
                *sum += left * pair.values[entry];
            }
        }
        let mut of_row = 0.0;
        for row in seen.drain(..) {
            let sum = std::mem::take(&mut sums[row as usize]);
            of_row += sum * sum * p[row as usize];
        }
        total += of_row * p[level];
    }
    Ok(2.0 * total * schur.t_of(0)[0].powi(4))
}

/// Cross-products of one of the others with the rest of them, its levels as columns.
fn beside<'s>(split: &'s Split<'_>, i: usize) -> Result<Vec<(usize, Cow<'s, BlockMatrix>)>> {
    let mut all = vec![];
    for &(k, m, pair) in &split.pairs {
        if m == i {
            all.push((k, Cow::Borrowed(pair)));
        } else if k == i {
            all.push((m, Cow::Owned(transposed(pair, split.levels(k))?)));
        }
    }
    Ok(all)
}

/// Rows of blocks of S, one after the other.
struct SchurRows<'s, 'a> {
    schur: &'s Schur<'a>,
    /// The row's blocks of G_rr - G_r1 N G_1r, `r` numbers for each effect.
    sums: Vec<f64>,
    /// Levels that the row has blocks for: the term's place and the first effect.
    seen: Vec<(usize, usize)>,
    marked: Vec<bool>,
}

impl SchurRows<'_, '_> {
    fn mark(&mut self, i: usize, first: usize) {
        if !self.marked[first] {
            self.marked[first] = true;
            self.seen.push((i, first));
        }
    }

    /// The sum of squares of the blocks of K beside the diagonal in one level's row; `columns` are cross-products by levels of its term.
    fn row(&mut self, i: usize, level: usize, columns: &BlockMatrix, pairs: &[(usize, Cow<'_, BlockMatrix>)]) -> f64 {
        let split = self.schur.split;
        let (r, r1) = (split.effects(i), split.first_size().0);
        self.add_pairs(r, level, pairs);
        let mut left = vec![0.0; r * r1];
        for e in columns.col_ptr[level]..columns.col_ptr[level + 1] {
            let j = columns.rows[e] as usize;
            // (G_ij N_j)', `r1 x r`, with the transposed block `r1 x r`.
            let inner = self.schur.inner(j);
            if r * r1 == 1 {
                left[0] = inner[0] * columns.values[e];
            } else {
                left.fill(0.0);
                dense::multiply_add(r1, r1, r, 1.0, inner, &columns.values[e * r * r1..(e + 1) * r * r1], &mut left);
            }
            for (k, pair) in split.couplings.iter().enumerate() {
                let rk = split.effects(k);
                let start = split.range(k).start;
                for entry in pair.col_ptr[j]..pair.col_ptr[j + 1] {
                    let first = start + pair.rows[entry] as usize * rk;
                    self.mark(k, first);
                    if rk * r * r1 == 1 {
                        self.sums[first] -= pair.values[entry] * left[0];
                        continue;
                    }
                    let g = &pair.values[entry * rk * r1..(entry + 1) * rk * r1];
                    for a in 0..rk {
                        for b in 0..r {
                            let sum: f64 = (0..r1).map(|l| g[l * rk + a] * left[b * r1 + l]).sum();
                            self.sums[(first + a) * r + b] -= sum;
                        }
                    }
                }
            }
        }
        self.finish(i, level)
    }

    /// Adds the row's blocks of G_rr beside those of its own term.
    fn add_pairs(&mut self, r: usize, level: usize, pairs: &[(usize, Cow<'_, BlockMatrix>)]) {
        let split = self.schur.split;
        for (k, pair) in pairs {
            let (k, rk, len) = (*k, split.effects(*k), pair.block_len());
            for e in pair.col_ptr[level]..pair.col_ptr[level + 1] {
                let first = split.range(k).start + pair.rows[e] as usize * rk;
                self.mark(k, first);
                for (x, g) in pair.values[e * len..(e + 1) * len].iter().enumerate() {
                    self.sums[(first + x % rk) * r + x / rk] += g;
                }
            }
        }
    }

    /// Sum of squares of C_i^-1 T_i' B T_k C_k'^-1 over the blocks B, which become zero again.
    fn finish(&mut self, i: usize, level: usize) -> f64 {
        let split = self.schur.split;
        let r = split.effects(i);
        let own = split.range(i).start + level * r;
        let mut total = 0.0;
        for (k, first) in std::mem::take(&mut self.seen) {
            self.marked[first] = false;
            let rk = split.effects(k);
            let block = &mut self.sums[first * r..(first + rk) * r];
            if first != own {
                let place = (first - split.range(k).start) / rk;
                total += self.schur.whitened_square((i, level), (k, place), block);
            }
            block.fill(0.0);
        }
        total
    }
}

impl Schur<'_> {
    /// |C_i^-1 T_i' B T_k C_k'^-1|_F^2 of a block given as B `[r_i, r_k]`.
    fn whitened_square(&self, (i, level): (usize, usize), (k, place): (usize, usize), block: &[f64]) -> f64 {
        let (r, rk) = (self.split.effects(i), self.split.effects(k));
        if r == 1 && rk == 1 {
            let s = self.t_of(i)[0] * self.t_of(k)[0] * block[0];
            return s * s * self.p_inverse[i][level] * self.p_inverse[k][place];
        }
        let mut left = vec![0.0; r * rk];
        for b in 0..rk {
            for a in 0..r {
                left[b * r + a] = (a..r).map(|l| self.t_of(i)[a * r + l] * block[b * r + l]).sum();
            }
            dense::solve_lower(r, &self.root[i][level * r * r..][..r * r], &mut left[b * r..(b + 1) * r]);
        }
        let mut total = 0.0;
        for a in 0..r {
            let mut row: Vec<f64> = (0..rk).map(|b| (b..rk).map(|l| left[l * r + a] * self.t_of(k)[b * rk + l]).sum()).collect();
            dense::solve_lower(rk, &self.root[k][place * rk * rk..][..rk * rk], &mut row);
            total += row.iter().map(|v| v * v).sum::<f64>();
        }
        total
    }
}
