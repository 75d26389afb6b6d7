//! The effects of all terms of one grouping factor, level by level.

use super::model::Model;
use super::precision::Precision;
use crate::error::{Result, try_copy};
use crate::linalg::dense::{self, product};
use crate::random::{WeightedGram, triangle};

/// Effects of terms that share their levels, side by side.
pub struct Levels {
    pub count: usize,
    /// Level of each row.
    pub index: Vec<u32>,
    /// The r effects of a level: term and number.
    pub effects: Vec<(usize, usize)>,
}

impl Levels {
    /// Those of the model's first term, which all others share.
    pub fn new(model: &Model, index: &[u32]) -> Result<Self> {
        let effects = model.structures.iter().enumerate().flat_map(|(k, s)| (0..s.size).map(move |e| (k, e))).collect();
        Ok(Levels { count: model.layout.terms[0].levels, index: try_copy("group index", index)?, effects })
    }

    /// r.
    pub fn size(&self) -> usize {
        self.effects.len()
    }

    /// The place of an effect of a level among the modes.
    pub fn at(&self, model: &Model, effect: usize, level: usize) -> usize {
        let (k, e) = self.effects[effect];
        model.layout.offset(k) + level * model.layout.terms[k].effects + e
    }

    /// Adds values of the rows to their levels.
    pub fn add_rows(&self, values: &[f64], out: &mut [f64]) {
        for (&level, value) in self.index.iter().zip(values) {
            out[level as usize] += value;
        }
    }

    /// Z'WZ of one level, `[r, r]`.
    pub fn gram(&self, gram: &WeightedGram, level: usize, out: &mut [f64]) {
        let r = self.size();
        for (b, &(m, f)) in self.effects.iter().enumerate() {
            for (a, &(k, e)) in self.effects.iter().enumerate() {
                out[b * r + a] = block_value(gram, (k, e), (m, f), level);
            }
        }
    }

    /// T of all effects, `[r, r]`, lower triangular.
    pub fn root(&self, t: &[Vec<f64>]) -> Vec<f64> {
        let r = self.size();
        let mut out = vec![0.0; r * r];
        for (b, &(m, f)) in self.effects.iter().enumerate() {
            for (a, &(k, e)) in self.effects.iter().enumerate().filter(|(_, (k, _))| *k == m) {
                out[b * r + a] = t[k][f * t[k].len().isqrt() + e];
            }
        }
        out
    }

    /// L of each level's part of A, `[r, r]`; whether all of them are positive.
    pub fn factorize(&self, precision: &Precision, factors: &mut [f64]) -> bool {
        let r = self.size();
        let t = self.root(&precision.t);
        let mut g = vec![0.0; r * r];
        for (level, l) in factors.chunks_exact_mut(r * r).enumerate() {
            self.gram(&precision.gram, level, &mut g);
            l.fill(0.0);
            (0..r).for_each(|a| l[a * (r + 1)] = 1.0);
            let gt = product(r, &g, &t);
            for b in 0..r {
                for a in 0..r {
                    l[b * r + a] += (0..r).map(|c| t[a * r + c] * gt[b * r + c]).sum::<f64>();
                }
            }
            if dense::cholesky(r, l).is_err() {
                return false;
            }
        }
        true
    }
}

/// An element of the block of one level, which all terms share.
fn block_value(gram: &WeightedGram, (k, e): (usize, usize), (m, f): (usize, usize), level: usize) -> f64 {
    let size = |k: usize| gram.gram.layout.terms[k].effects;
    match k.cmp(&m) {
        std::cmp::Ordering::Equal => gram.gram.diagonal[k][level * size(k) * size(k) + f * size(k) + e],
        std::cmp::Ordering::Greater => {
            let pair = gram.gram.pair(k, m);
            pair.values[pair.col_ptr[level] * pair.block_len() + f * size(k) + e]
        }
        std::cmp::Ordering::Less => block_value(gram, (m, f), (k, e), level),
    }
}

/// Sets it.
pub fn set_block_value(gram: &mut WeightedGram, (k, e): (usize, usize), (m, f): (usize, usize), level: usize, value: f64) {
    let (rk, terms) = (gram.gram.layout.terms[k].effects, &mut gram.gram);
    match k.cmp(&m) {
        std::cmp::Ordering::Equal => terms.diagonal[k][level * rk * rk + f * rk + e] = value,
        std::cmp::Ordering::Greater => {
            let pair = &mut terms.off_diagonal[triangle(k - 1, m)];
            let len = pair.block_len();
            pair.values[pair.col_ptr[level] * len + f * rk + e] = value;
        }
        std::cmp::Ordering::Less => {}
    }
}
