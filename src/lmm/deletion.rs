//! The system of a model without some of its rows: their cross-products taken off those of all.
//!
//! With C the rows of [Q e] that go, the rest has M = [Q e]'[Q e] - C'C. Its own orthonormal columns are Q L^-T, L L' being the part of M of
//! the fixed effects, and its residual is e less its projection on them. The cost depends on the rows that go and on the sizes of the model,
//! not on the rows that stay. Where little stays of what there was, digits are lost: then there is no system, and it has to be made from
//! the rows.

use super::correlation::products::CorrelatedRows;
use super::system::LinearSystem;
use crate::error::{Result, try_copy, try_vec};
use crate::linalg::dense;
use crate::random::Layout;

/// The share of a sum of squares that has to stay: a difference with less has lost more than six digits.
const LEFT: f64 = 1e-6;

/// What memory is for.
const LEVELS: &str = "rows of the levels";

/// What rows are to be taken off a system.
pub struct Deletions<'s> {
    full: &'s LinearSystem,
    rows: &'s CorrelatedRows,
    weights: Option<&'s [f64]>,
    /// How many rows each level of each term has.
    counts: Vec<Vec<u32>>,
}

impl<'s> Deletions<'s> {
    /// Of a system with independent residuals; `rows` are those in working columns, times the square roots of their weights.
    pub fn new(full: &'s LinearSystem, rows: &'s CorrelatedRows, weights: Option<&'s [f64]>) -> Result<Self> {
        let mut counts = vec![];
        for (index, size) in rows.index.iter().zip(&full.gram.layout.terms) {
            let mut own = try_vec(LEVELS, 0u32, size.levels)?;
            index.iter().for_each(|level| own[*level as usize] += 1);
            counts.push(own);
        }
        Ok(Deletions { full, rows, weights, counts })
    }

    /// The system of the other rows; none where digits would be lost, or where too few are left.
    pub fn without(&self, gone: &[u32]) -> Result<Option<LinearSystem>> {
        let (full, m) = (self.full, self.full.m());
        let k = m - 1;
        if full.n <= gone.len() + k {
            return Ok(None);
        }
        let Some(turn) = self.turn(gone) else { return Ok(None) };
        let mut system = LinearSystem {
            gram: full.gram.try_clone()?,
            zc: try_copy("cross-products of fixed and random effects", &full.zc)?,
            n: full.n - gone.len(),
            rss: turn.rss,
            structures: full.structures.clone(),
            correlation: None,
            log_weights: full.log_weights,
            kept: full.kept.clone(),
            scales: full.scales.clone(),
            shifts: full.shifts.clone(),
            turns: full.turns.clone(),
            map: full.map.clone(),
            prior: full.prior.clone(),
        };
        if let Some(weights) = self.weights {
            system.log_weights -= gone.iter().map(|i| weights[*i as usize].ln()).sum::<f64>();
        }
        if !self.take_off_random(gone, &mut system) {
            return Ok(None);
        }
        let q = full.gram.layout.q();
        turn.columns(q, &mut system.zc);
        system.map.turn(&turn.factor, &turn.along);
        Ok(Some(system))
    }

    /// How the columns [Q e] become orthogonal again.
    fn turn(&self, gone: &[u32]) -> Option<Turned> {
        let m = self.full.m();
        let k = m - 1;
        let mut gram = vec![0.0; m * m];
        (0..m).for_each(|j| gram[j * (m + 1)] = self.full.own_product(j));
        for &i in gone {
            let row = &self.rows.fixed[i as usize * m..(i as usize + 1) * m];
            for (column, c) in gram.chunks_exact_mut(m).zip(row) {
                dense::add_scaled(column, -c, row);
            }
        }
        dense::cholesky(m, &mut gram).ok()?;
        let pivot = |j: usize| gram[j * (m + 1)].powi(2);
        let rss = pivot(k);
        if (0..k).any(|j| pivot(j) < LEFT) || rss < LEFT * self.full.rss {
            return None;
        }
        let mut factor = vec![0.0; k * k];
        for (j, column) in factor.chunks_exact_mut(k.max(1)).enumerate() {
            column[j..].copy_from_slice(&gram[j * m + j..j * m + k]);
        }
        let along = (0..k).map(|j| gram[j * m + k]).collect();
        Some(Turned { factor, along, rss })
    }

    /// Takes the rows off Z'Z and Z'[Q e]; false where digits would be lost.
    fn take_off_random(&self, gone: &[u32], system: &mut LinearSystem) -> bool {
        let (rows, m) = (self.rows, self.full.m());
        let layout = &self.full.gram.layout;
        let q = layout.q();
        for (term, size) in layout.terms.iter().enumerate() {
            let (r, first) = (size.effects, layout.offset(term));
            for &i in gone {
                let level = rows.index[term][i as usize] as usize;
                let z = rows.z_of(term, i);
                let block = &mut system.gram.diagonal[term][level * r * r..(level + 1) * r * r];
                block.chunks_exact_mut(r).zip(z).for_each(|(column, v)| dense::add_scaled(column, -v, z));
                let fixed = &rows.fixed[i as usize * m..(i as usize + 1) * m];
                for (column, c) in system.zc.chunks_exact_mut(q).zip(fixed) {
                    let at = first + level * r;
                    dense::add_scaled(&mut column[at..at + r], -c, z);
                }
                for other in 0..term {
                    let place = rows.index[other][i as usize] as usize;
                    let pair = &mut system.gram.off_diagonal[term * (term - 1) / 2 + other];
                    let column = pair.col_ptr[place]..pair.col_ptr[place + 1];
                    let slot = column.start + pair.rows[column].partition_point(|row| (*row as usize) < level);
                    let len = pair.block_len();
                    let block = &mut pair.values[slot * len..(slot + 1) * len];
                    let other = rows.z_of(other, i);
                    block.chunks_exact_mut(r).zip(other).for_each(|(column, v)| dense::add_scaled(column, -v, z));
                }
            }
        }
        (0..layout.terms.len()).all(|term| self.settle(term, gone, layout, system))
    }

    /// Zeros for levels of a term that have no rows any more; false where others have kept too little.
    fn settle(&self, term: usize, gone: &[u32], layout: &Layout, system: &mut LinearSystem) -> bool {
        let (r, first, q) = (layout.terms[term].effects, layout.offset(term), layout.q());
        let mut levels: Vec<u32> = gone.iter().map(|i| self.rows.index[term][*i as usize]).collect();
        levels.sort_unstable();
        for same in levels.chunk_by(|a, b| a == b) {
            let level = same[0] as usize;
            let range = level * r * r..(level + 1) * r * r;
            let block = &mut system.gram.diagonal[term][range.clone()];
            if same.len() == self.counts[term][level] as usize {
                block.fill(0.0);
                for column in system.zc.chunks_exact_mut(q) {
                    column[first + level * r..first + (level + 1) * r].fill(0.0);
                }
                continue;
            }
            let before = &self.full.gram.diagonal[term][range];
            if (0..r).any(|e| block[e * (r + 1)] < LEFT * before[e * (r + 1)]) {
                return false;
            }
        }
        true
    }
}

/// The orthogonal columns of what is left.
struct Turned {
    /// L, lower, `[k, k]`.
    factor: Vec<f64>,
    /// L^-1 of Q'e over the rows that stay.
    along: Vec<f64>,
    rss: f64,
}

impl Turned {
    /// Columns of Z'[Q e] become those of the new ones.
    fn columns(&self, q: usize, zc: &mut [f64]) {
        let k = self.along.len();
        for j in 0..k {
            let (before, own) = zc.split_at_mut(j * q);
            let own = &mut own[..q];
            for (a, column) in before.chunks_exact(q.max(1)).enumerate() {
                dense::add_scaled(own, -self.factor[a * k + j], column);
            }
            own.iter_mut().for_each(|v| *v /= self.factor[j * k + j]);
        }
        let (fixed, residual) = zc.split_at_mut(k * q);
        for (column, share) in fixed.chunks_exact(q.max(1)).zip(&self.along) {
            dense::add_scaled(residual, -share, column);
        }
    }
}
