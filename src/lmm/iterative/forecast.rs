//! What a factorisation would take, before anything is allocated for it.
//!
//! Three forecasts, each dearer and better than the one before: a bound, by the elimination of the largest term and a dense factor of the
//! rest; an estimate from a sample of levels, which tells designs that fill in whatever the order; the symbolic analysis.

use super::split::Split;
use crate::error::{Result, try_vec};
use crate::lmm::iterative::schur::WORK;
use crate::options::Options;

/// Multiplications and bytes of a sparse Cholesky factor with its selected inverse.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Forecast {
    pub multiplications: f64,
    pub bytes: f64,
    /// From the symbolic analysis; otherwise an estimate from a sample of levels.
    pub is_exact: bool,
}

/// Multiplications of one factorisation from which iterations take less time than all of a search's.
pub const MOST_MULTIPLICATIONS: f64 = 1e11;

/// Levels in a sample.
const SAMPLE: usize = 8;

/// Of a design that fills in: the share of the levels that a level meets by way of the largest term, and by way of those once more.
const MET: f64 = 0.02;
const REACHED: f64 = 0.5;

impl Forecast {
    /// Of a factor with so many entries.
    pub fn of_factor(multiplications: f64, entries: f64, is_exact: bool) -> Self {
        // The factor and its inverse.
        Forecast { multiplications, bytes: 2.0 * 8.0 * entries, is_exact }
    }

    /// Whether a factorisation is to be had within the options' limits.
    pub fn is_affordable(&self, options: &Options) -> bool {
        self.multiplications <= MOST_MULTIPLICATIONS && self.bytes <= options.memory_limit
    }

    /// An upper bound.
    pub fn bound(split: &Split<'_>) -> Self {
        let (r, levels) = split.first_size();
        let (r, rest) = (r as f64, split.n_others() as f64);
        let (mut multiplications, mut entries) = (rest * rest * rest / 3.0, rest * rest / 2.0);
        for level in 0..levels {
            let met = split.met(level) as f64;
            multiplications += r * (r * r / 3.0 + r * met + met * met);
            entries += r * (r / 2.0 + met);
        }
        Self::of_factor(multiplications, entries, false)
    }

    /// Of a design in which most levels of the other terms meet a good part of all of these, and by way of them most: no order of
    /// elimination keeps their factor sparse. None for others.
    pub fn of_sample(split: &Split<'_>) -> Result<Option<Self>> {
        let mut counts = vec![];
        for i in 0..split.others.len() {
            let all = split.levels(i) * split.effects(i);
            // A small term is beside the point.
            if 2 * all < split.n_others() {
                continue;
            }
            let columns = super::coupling::transposed(&split.couplings[i], split.levels(i))?;
            for sample in 0..SAMPLE {
                let mut reached = try_vec(WORK, false, split.levels(i))?;
                let start = (2 * sample + 1) * split.levels(i) / (2 * SAMPLE);
                let (mut seen, mut before) = (vec![start], 0);
                reached[start] = true;
                let mut passed = try_vec(WORK, false, columns_of(&split.couplings[i]))?;
                let mut shares = [0.0; 2];
                for share in &mut shares {
                    let end = seen.len();
                    for at in before..end {
                        let own = columns.col_ptr[seen[at]]..columns.col_ptr[seen[at] + 1];
                        for &level in &columns.rows[own] {
                            if std::mem::replace(&mut passed[level as usize], true) {
                                continue;
                            }
                            let pair = &split.couplings[i];
                            for &other in &pair.rows[pair.col_ptr[level as usize]..pair.col_ptr[level as usize + 1]] {
                                if !std::mem::replace(&mut reached[other as usize], true) {
                                    seen.push(other as usize);
                                }
                            }
                        }
                    }
                    before = end;
                    *share = seen.len() as f64 / split.levels(i) as f64;
                }
                counts.push(shares);
            }
        }
        let fills = counts.iter().filter(|[met, reached]| *met >= MET && *reached >= REACHED).count();
        let rest = split.n_others() as f64;
        let own = Self::of_factor(rest * rest * rest / 3.0, rest * rest / 2.0, false);
        Ok((!counts.is_empty() && 2 * fills > counts.len()).then_some(own))
    }

    /// In words.
    pub fn text(&self) -> String {
        let about = if self.is_exact { "" } else { "about " };
        format!("a factorisation would take {about}{:.1e} multiplications and {}", self.multiplications, bytes(self.bytes))
    }
}

fn columns_of(pair: &crate::random::BlockMatrix) -> usize {
    pair.col_ptr.len() - 1
}

/// A number of bytes as text.
pub fn bytes(count: f64) -> String {
    if count >= 1e9 { format!("{:.1} GB", count / 1e9) } else { format!("{:.0} MB", (count / 1e6).max(1.0)) }
}
