//! Which residuals are correlated: groups, and times within them.

use crate::envelope::{column, fits, rows};
use crate::error::{Result, try_copy, try_vec};
use crate::formula::CorrelationKind;

/// Which residuals are correlated, and how.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct CorrelationDesign {
    pub kind: CorrelationKind,
    /// The group's name: `g`, or `a:b`.
    pub group: String,
    pub n_groups: usize,
    /// Group of each row used, 0-based.
    #[serde(serialize_with = "rows", deserialize_with = "column")]
    pub index: Vec<u32>,
    /// `None` is the order of the rows.
    pub time: Option<String>,
    /// Time of each row used; empty where the order of the rows is meant.
    #[serde(serialize_with = "rows", deserialize_with = "column")]
    pub times: Vec<f64>,
}

/// What memory is for.
pub(super) const GROUPS: &str = "groups of the residual correlation";

/// So many groups may be without rows.
const MOST_GROUPS: usize = 1 << 24;

/// The rows group by group, in the order of time.
#[derive(Clone)]
pub struct Runs {
    pub rows: Vec<u32>,
    /// Where each group begins, and the end: `[n_groups + 1]`.
    pub starts: Vec<usize>,
}

impl Runs {
    /// The rows of each group.
    pub fn iter(&self) -> impl Iterator<Item = &[u32]> {
        self.starts.windows(2).map(|w| &self.rows[w[0]..w[1]])
    }
}

impl CorrelationDesign {
    /// Fails for a design of other than `n` rows, or that was read from damaged bytes.
    pub fn check_rows(&self, n: usize) -> Result<()> {
        let groups = self.n_groups <= n.max(MOST_GROUPS)
            && self.index.len() == n
            && self.index.iter().all(|g| (*g as usize) < self.n_groups);
        let times = self.times.len() == if self.time.is_some() { n } else { 0 } && self.times.iter().all(|t| t.is_finite());
        fits(groups && times, "the residual correlation")
    }

    /// A copy, or an error where memory is short.
    pub fn try_clone(&self) -> Result<Self> {
        let (index, times) = (try_copy(GROUPS, &self.index)?, try_copy("times", &self.times)?);
        let (group, time) = (self.group.clone(), self.time.clone());
        Ok(CorrelationDesign { kind: self.kind, group, n_groups: self.n_groups, index, time, times })
    }

    /// Times that are not whole numbers: the parameter can't be negative.
    pub fn is_continuous(&self) -> bool {
        self.times.iter().any(|t| t.fract() != 0.0)
    }

    /// The rows group by group, in the order of time.
    pub fn runs(&self) -> Result<Runs> {
        let mut starts = try_vec(GROUPS, 0, self.n_groups + 1)?;
        self.index.iter().for_each(|&g| starts[g as usize + 1] += 1);
        for g in 0..self.n_groups {
            starts[g + 1] += starts[g];
        }
        let mut next = try_copy(GROUPS, &starts)?;
        let mut rows = try_vec(GROUPS, 0u32, self.index.len())?;
        for (i, &g) in self.index.iter().enumerate() {
            rows[next[g as usize]] = i as u32;
            next[g as usize] += 1;
        }
        if !self.times.is_empty() {
            for w in starts.windows(2) {
                let time = |row: u32| self.times[row as usize];
                rows[w[0]..w[1]].sort_unstable_by(|a, b| time(*a).total_cmp(&time(*b)).then(a.cmp(b)));
            }
        }
        Ok(Runs { rows, starts })
    }
}
