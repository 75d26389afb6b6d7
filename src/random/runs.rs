//! Neighbouring rows of the same level, where rows come sorted by a term: their sums are loops over slices, not over single places.

use std::ops::Range;

use crate::error::{Error, Result};

/// Shorter runs, on average, are not worth it.
const SHORTEST: usize = 4;

/// Where the runs of a term's rows end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runs {
    ends: Vec<u32>,
    /// Levels come in their order.
    pub ascending: bool,
}

impl Runs {
    /// None where most rows have another level than the one before.
    pub fn new(index: &[u32]) -> Result<Option<Runs>> {
        let runs = index.chunk_by(|a, b| a == b).count();
        if runs * SHORTEST > index.len() || index.is_empty() || u32::try_from(index.len()).is_err() {
            return Ok(None);
        }
        let mut ends = Vec::new();
        ends.try_reserve_exact(runs).map_err(|_| Error::memory("runs of a group's rows", 4 * runs))?;
        let mut end = 0;
        ends.extend(index.chunk_by(|a, b| a == b).map(|run| {
            end += run.len();
            end as u32
        }));
        Ok(Some(Runs { ends, ascending: index.is_sorted() }))
    }

    /// Level and rows of each run.
    #[inline]
    pub fn of<'a>(&'a self, index: &'a [u32]) -> impl Iterator<Item = (usize, Range<usize>)> + 'a {
        let mut first = 0;
        self.ends.iter().map(move |&end| {
            let run = std::mem::replace(&mut first, end as usize)..end as usize;
            (index[run.start] as usize, run)
        })
    }

    /// The same of a range of rows, whose first and last runs may be parts.
    #[inline]
    pub fn within<'a>(&'a self, index: &'a [u32], rows: Range<usize>) -> impl Iterator<Item = (usize, Range<usize>)> + 'a {
        let mut first = rows.start;
        let from = self.ends.partition_point(|end| *end as usize <= rows.start);
        self.ends[from..].iter().map_while(move |&end| {
            let run = std::mem::replace(&mut first, end as usize)..rows.end.min(end as usize);
            (run.start < run.end).then(|| (index[run.start] as usize, run))
        })
    }

    /// Where rows may be cut into so many parts, about, that have no run in common.
    pub fn cuts(&self, parts: usize) -> Vec<usize> {
        let rows = self.ends.last().map_or(0, |end| *end as usize);
        let mut cuts: Vec<usize> =
            (1..parts).map(|k| self.ends[self.ends.partition_point(|end| (*end as usize) < k * rows / parts)] as usize).collect();
        cuts.insert(0, 0);
        cuts.push(rows);
        cuts.dedup();
        cuts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_have_their_level_and_rows() {
        let index: Vec<u32> = [2, 0, 2, 1].iter().flat_map(|&level| std::iter::repeat_n(level, 5 + 2 * level as usize)).collect();
        let runs = Runs::new(&index).unwrap().unwrap();
        assert_eq!(runs.of(&index).collect::<Vec<_>>(), [(2, 0..9), (0, 9..14), (2, 14..23), (1, 23..30)]);
    }

    #[test]
    fn rows_in_any_order_have_none() {
        let index: Vec<u32> = (0..60).map(|i| i % 7).collect();
        assert_eq!(Runs::new(&index).unwrap(), None);
        assert_eq!(Runs::new(&[]).unwrap(), None);
    }
}
