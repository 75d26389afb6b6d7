//! The values of a term's effects that are not zero, row by row: one a row where effects are the levels of a factor.

use crate::error::{Error, Result, try_vec};

/// The share of values that may be other than zero.
const SPARSE: f64 = 0.25;

/// Effect and value of each entry of a model matrix `[n, r]`.
#[derive(Clone, Debug)]
pub struct Entries {
    start: Vec<usize>,
    entries: Vec<(u32, f64)>,
}

impl Entries {
    /// Of a matrix of n rows; none where most values count.
    pub fn new(n: usize, z: &[f64]) -> Result<Option<Self>> {
        let count = z.iter().filter(|v| **v != 0.0).count();
        if count as f64 > SPARSE * z.len() as f64 {
            return Ok(None);
        }
        let what = "random-effects model matrix";
        let mut start = try_vec(what, 0, n + 1)?;
        for column in z.chunks_exact(n) {
            start[1..].iter_mut().zip(column).filter(|(_, v)| **v != 0.0).for_each(|(count, _)| *count += 1);
        }
        (0..n).for_each(|i| start[i + 1] += start[i]);
        let mut next: Vec<usize> = try_vec(what, 0, n)?;
        next.copy_from_slice(&start[..n]);
        let mut entries = try_vec(what, (0, 0.0), count)?;
        for (e, column) in z.chunks_exact(n).enumerate() {
            let e = u32::try_from(e).map_err(|_| Error::memory(what, z.len()))?;
            for (next, v) in next.iter_mut().zip(column).filter(|(_, v)| **v != 0.0) {
                entries[*next] = (e, *v);
                *next += 1;
            }
        }
        Ok(Some(Entries { start, entries }))
    }

    pub fn try_clone(&self) -> Result<Self> {
        let what = "random-effects model matrix";
        let mut own = Entries { start: try_vec(what, 0, self.start.len())?, entries: try_vec(what, (0, 0.0), self.entries.len())? };
        own.start.copy_from_slice(&self.start);
        own.entries.copy_from_slice(&self.entries);
        Ok(own)
    }

    /// Row i, effects ascending.
    #[inline]
    pub fn row(&self, i: usize) -> impl Iterator<Item = (usize, f64)> + Clone + '_ {
        self.entries[self.start[i]..self.start[i + 1]].iter().map(|(e, v)| (*e as usize, *v))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_have_what_is_not_zero() {
        let z = [0.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -1.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0];
        let entries = Entries::new(3, &z).unwrap().unwrap();
        let rows: Vec<Vec<(usize, f64)>> = (0..3).map(|i| entries.row(i).collect()).collect();
        assert_eq!(rows, [vec![], vec![(0, 2.0)], vec![(2, -1.0), (3, 0.5)]]);
        assert!(Entries::new(3, &[1.0, 1.0, 0.0]).unwrap().is_none());
    }
}
