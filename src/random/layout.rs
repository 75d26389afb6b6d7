//! The sizes of a model, and the rows of its random terms.

use super::entries::Entries;
use super::runs::Runs;
use crate::design::Design;

/// The rows of one random term.
#[derive(Clone, Copy, Debug)]
pub struct TermRows<'a> {
    /// Level of each row.
    pub index: &'a [u32],
    /// `[n, r]`; `None` is a column of ones.
    pub z: Option<&'a [f64]>,
    /// What of z is not zero, where that is little and is known.
    pub entries: Option<&'a Entries>,
    /// Its runs of the same level, where they are long and are known.
    pub runs: Option<&'a Runs>,
}

impl<'a> TermRows<'a> {
    /// Of which no more is known.
    pub fn plain(index: &'a [u32], z: Option<&'a [f64]>) -> Self {
        TermRows { index, z, entries: None, runs: None }
    }
}

/// The sizes of a model: columns of X, and levels and effects of each random term.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Layout {
    pub p: usize,
    pub terms: Vec<TermSize>,
}

/// The size of one random term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct TermSize {
    pub levels: usize,
    pub effects: usize,
}

impl Layout {
    pub fn of_design(design: &Design) -> Self {
        Layout {
            p: design.x_names.len(),
            terms: design.terms.iter().map(|t| TermSize { levels: t.levels.len(), effects: t.effects.len() }).collect(),
        }
    }

    /// The first random effect of term k; of the term past the last one, the number of random effects.
    pub fn offset(&self, k: usize) -> usize {
        self.terms[..k].iter().map(|t| t.levels * t.effects).sum()
    }

    /// The number of random effects.
    pub fn q(&self) -> usize {
        self.offset(self.terms.len())
    }
}

/// What is estimated of one random term with r effects and l levels.
pub struct TermSolution {
    /// `[r, r]`.
    pub cov: Vec<f64>,
    /// R with cov = R R', `[r, r]`.
    pub root: Vec<f64>,
    /// Conditional modes `[r, l]`.
    pub modes: Vec<f64>,
    /// Their conditional covariances `[r, r, l]`.
    pub condvar: Vec<f64>,
    /// With the uncertainty of the parameters added, `[r, r, l]`, where it is known.
    pub condvar_full: Option<Vec<f64>>,
    /// Directions without variance, each `[r]` of unit length.
    pub boundary: Vec<Vec<f64>>,
}
