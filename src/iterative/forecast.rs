//! What a factorisation would take, before anything is allocated for it.
//!
//! Three forecasts, each dearer and better than the one before: a bound, by the elimination of the largest term and a dense factor of the
//! rest; an estimate from a sample of levels, which tells designs that fill in whatever the order; the symbolic analysis.

use super::coupling::transposed;
use super::schur::WORK;
use super::split::{Split, largest};
use crate::error::{Result, try_vec};
use crate::options::Options;
use crate::random::{BlockMatrix, Layout};

/// Multiplications and bytes of a sparse Cholesky factor with its selected inverse.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Forecast {
    pub multiplications: f64,
    pub bytes: f64,
    /// From the symbolic analysis; otherwise an estimate from a sample of levels.
    pub is_exact: bool,
}

/// Multiplications of one factorisation from which iterations take less time than all of a search's: of a linear model, and of one whose
/// modes take several at each of its steps.
pub const MOST_MULTIPLICATIONS: f64 = 1e11;
pub const MOST_WITH_MODES: f64 = 1e10;

/// Levels in a sample.
const SAMPLE: usize = 8;

/// Levels that a level of a design that fills in meets.
const MET: usize = 30;

impl Forecast {
    /// Of a factor with so many entries.
    pub fn of_factor(multiplications: f64, entries: f64, is_exact: bool) -> Self {
        // The factor and its inverse.
        Forecast { multiplications, bytes: 2.0 * 8.0 * entries, is_exact }
    }

    /// Whether a factorisation is to be had within so many multiplications and the options' limit.
    pub fn is_affordable(&self, most: f64, options: &Options) -> bool {
        self.multiplications <= most && self.bytes <= options.memory_limit
    }

    /// An upper bound, from sizes and the number of rows.
    pub fn bound_of_sizes(n: usize, layout: &Layout) -> Self {
        let first = layout.terms[largest(layout)];
        let (r, levels, rest) = (first.effects as f64, first.levels as f64, (layout.q() - first.effects * first.levels) as f64);
        // Each row of the data has a level meet so many others' effects.
        let met = n as f64 * (layout.terms.iter().map(|t| t.effects).sum::<usize>() - first.effects) as f64;
        let multiplications = rest * rest * rest / 3.0 + r * (levels * r * r / 3.0 + r * met + met * rest);
        Self::of_factor(multiplications, rest * rest / 2.0 + r * (levels * r / 2.0 + met), false)
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

    /// Of a design in which most levels of the other terms meet many of these by way of the largest term, and by way of those a good part of
    /// all: no order of elimination keeps their factor sparse. None for others.
    pub fn of_sample(split: &Split<'_>) -> Result<Option<Self>> {
        let (mut all, mut fills) = (0, 0);
        for (i, pair) in split.couplings.iter().enumerate() {
            let levels = split.levels(i);
            // A small term is beside the point.
            if 2 * levels * split.effects(i) < split.n_others() {
                continue;
            }
            let columns = transposed(pair, levels)?;
            for sample in 0..SAMPLE {
                let start = (2 * sample + 1) * levels / (2 * SAMPLE);
                let [met, reached] = reach(pair, &columns, start)?;
                all += 1;
                fills += usize::from(met >= MET && 2 * reached >= levels);
            }
        }
        let rest = split.n_others() as f64;
        let own = Self::of_factor(rest * rest * rest / 3.0, rest * rest / 2.0, false);
        Ok((2 * fills > all).then_some(own))
    }

    /// In words.
    pub fn text(&self) -> String {
        let about = if self.is_exact { "" } else { "about " };
        format!("a factorisation would take {about}{:.1e} multiplications and {}", self.multiplications, bytes(self.bytes))
    }
}

/// The levels that one meets by way of a term whose levels are the columns of `pair`, and those that these meet.
fn reach(pair: &BlockMatrix, by_row: &BlockMatrix, start: usize) -> Result<[usize; 2]> {
    let mut reached = try_vec(WORK, false, by_row.col_ptr.len() - 1)?;
    let mut passed = try_vec(WORK, false, pair.col_ptr.len() - 1)?;
    let (mut seen, mut before, mut counts) = (vec![start], 0, [0; 2]);
    reached[start] = true;
    for count in &mut counts {
        let end = seen.len();
        for at in before..end {
            for &column in &by_row.rows[by_row.col_ptr[seen[at]]..by_row.col_ptr[seen[at] + 1]] {
                let column = column as usize;
                if std::mem::replace(&mut passed[column], true) {
                    continue;
                }
                for &row in &pair.rows[pair.col_ptr[column]..pair.col_ptr[column + 1]] {
                    if !std::mem::replace(&mut reached[row as usize], true) {
                        seen.push(row as usize);
                    }
                }
            }
        }
        before = end;
        *count = seen.len();
    }
    Ok(counts)
}

/// A number of bytes as text.
pub fn bytes(count: f64) -> String {
    if count >= 1e9 { format!("{:.1} GB", count / 1e9) } else { format!("{:.0} MB", (count / 1e6).max(1.0)) }
}
