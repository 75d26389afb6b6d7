//! Rows whose residuals are correlated: of each group all rows together, as the combinations of rows that the inverse of its correlation matrix
//! sums (`lmm::correlation::scale`). Rows of a group follow each other, so that the last group of a part may go on in the next.

use std::collections::BTreeMap;

use super::sums::{Key, Piece, Sizes, Sums};
use crate::error::{Error, Result, try_vec};
use crate::formula::CorrelationKind;
use crate::lmm::basis::Basis;
use crate::lmm::rows::Chunk;
use crate::random::TermRows;
use crate::watch::Watch;

/// What memory is for.
const WHAT: &str = "rows with correlated residuals";

/// Rows, each multiplied by the root of its weight, without the shifts of their columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// Group of each row.
    pub groups: Vec<u32>,
    /// Time of each row; empty where their order is meant.
    pub times: Vec<f64>,
    /// Columns of the fixed effects and the responses, `[c, rows]`.
    fixed: Vec<f64>,
    c: usize,
    responses: usize,
    terms: Vec<Term>,
}

/// What rows have of a random term.
#[derive(Clone, Debug, Default, PartialEq)]
struct Term {
    levels: Vec<u32>,
    effects: usize,
    /// `[effects, rows]`.
    z: Vec<f64>,
}

impl Series {
    /// The rows of a chunk, whose columns lose their shifts here and those of the random effects have lost them.
    pub fn of_chunk(chunk: &Chunk<'_>, groups: &[u32], times: Option<&[f64]>, shift: &[f64], sizes: &Sizes) -> Result<Self> {
        let (n, c) = (chunk.n, sizes.c);
        let root = |i: usize| chunk.weights.map_or(1.0, |w| w[i].sqrt());
        let mut fixed = try_vec(WHAT, 0.0, n * c)?;
        for (j, shift) in shift.iter().enumerate() {
            for (i, v) in chunk.column(j).iter().enumerate() {
                fixed[i * c + j] = root(i) * (v - shift);
            }
        }
        let mut terms = vec![];
        for (term, (_, effects)) in chunk.terms.iter().zip(&sizes.terms) {
            let mut z = try_vec(WHAT, 0.0, n * effects)?;
            for (i, row) in z.chunks_exact_mut((*effects).max(1)).enumerate() {
                row.iter_mut().enumerate().for_each(|(e, v)| *v = root(i) * term.z.map_or(1.0, |z| z[e * n + i]));
            }
            terms.push(Term { levels: term.index.to_vec(), effects: *effects, z });
        }
        let times = times.map_or_else(Vec::new, <[f64]>::to_vec);
        Ok(Series { groups: groups.to_vec(), times, fixed, c, responses: sizes.responses, terms })
    }

    /// The same rows where there are more columns and effects.
    pub fn grown(&self, sizes: &Sizes) -> Self {
        let (old, new) = (self.c, sizes.c);
        let widened = |values: &[f64], old: usize, new: usize, last: usize| -> Vec<f64> {
            let row = |row: &[f64]| {
                let (first, rest) = row.split_at(old - last);
                first.iter().copied().chain(std::iter::repeat_n(0.0, new - old)).chain(rest.iter().copied()).collect::<Vec<_>>()
            };
            values.chunks_exact(old.max(1)).flat_map(row).collect()
        };
        let terms = self.terms.iter().zip(&sizes.terms);
        let terms = terms.map(|(own, (_, effects))| Term {
            levels: own.levels.clone(),
            effects: *effects,
            z: widened(&own.z, own.effects, *effects, 0),
        });
        Series {
            groups: self.groups.clone(),
            times: self.times.clone(),
            fixed: widened(&self.fixed, old, new, self.responses),
            c: new,
            responses: self.responses,
            terms: terms.collect(),
        }
    }

    /// These rows, then others of the same sizes.
    pub fn then(mut self, other: &Series) -> Self {
        self.groups.extend_from_slice(&other.groups);
        self.times.extend_from_slice(&other.times);
        self.fixed.extend_from_slice(&other.fixed);
        for (own, other) in self.terms.iter_mut().zip(&other.terms) {
            own.levels.extend_from_slice(&other.levels);
            own.z.extend_from_slice(&other.z);
        }
        self
    }

    /// The rows of some places.
    pub fn select(&self, rows: &[usize]) -> Self {
        let of = |values: &[f64], width: usize| -> Vec<f64> {
            rows.iter().flat_map(|i| values[i * width..(i + 1) * width].iter().copied()).collect()
        };
        let term = |own: &Term| Term {
            levels: rows.iter().map(|i| own.levels[*i]).collect(),
            effects: own.effects,
            z: of(&own.z, own.effects),
        };
        Series {
            groups: rows.iter().map(|i| self.groups[*i]).collect(),
            times: if self.times.is_empty() { vec![] } else { of(&self.times, 1) },
            fixed: of(&self.fixed, self.c),
            terms: self.terms.iter().map(term).collect(),
            ..*self
        }
    }

    /// The rows of each group, in the order of time, groups as they appear.
    pub fn runs(&self) -> Vec<Vec<usize>> {
        let mut places: BTreeMap<u32, usize> = BTreeMap::new();
        let mut runs: Vec<Vec<usize>> = vec![];
        for (i, group) in self.groups.iter().enumerate() {
            let place = *places.entry(*group).or_insert(runs.len());
            if place == runs.len() {
                runs.push(vec![]);
            }
            runs[place].push(i);
        }
        if !self.times.is_empty() {
            runs.iter_mut().for_each(|run| run.sort_by(|a, b| self.times[*a].total_cmp(&self.times[*b]).then(a.cmp(b))));
        }
        runs
    }

    /// A time that a run has twice.
    pub fn twice(&self, run: &[usize]) -> Option<f64> {
        let time = |i: usize| self.times.get(i).copied();
        run.windows(2).find(|pair| time(pair[0]).is_some() && time(pair[0]) == time(pair[1])).and_then(|pair| time(pair[0]))
    }

    /// A random term of which a run has more than one level.
    pub fn varying(&self, run: &[usize]) -> Option<usize> {
        self.terms.iter().position(|term| run.iter().any(|i| term.levels[*i] != term.levels[run[0]]))
    }

    /// The sums of what runs have, each of which is a whole group.
    pub fn sums(&self, kind: CorrelationKind, runs: &[Vec<usize>], basis: &Basis, sizes: &Sizes) -> Result<BTreeMap<Key, Sums>> {
        let mut all: BTreeMap<Key, Combined> = BTreeMap::new();
        for run in runs {
            match kind {
                CorrelationKind::Ar1 => self.add_series(run, &mut all),
                CorrelationKind::CompoundSymmetry => self.add_symmetric(run, &mut all),
            }
        }
        // Rows have lost their shifts.
        let basis = Basis { shift: vec![0.0; basis.columns], ..basis.clone() };
        all.into_iter().map(|(key, own)| Ok((key, own.sums(self, &basis, sizes)?))).collect()
    }

    /// A row as it is, less its predecessor, and that predecessor, by their distance; of the first row itself.
    fn add_series(&self, run: &[usize], all: &mut BTreeMap<Key, Combined>) {
        all.entry(Key::new(0.0, Piece::Own)).or_default().add(self, run[0], &[(run[0], 1.0)]);
        for pair in run.windows(2) {
            let distance = if self.times.is_empty() { 1.0 } else { self.times[pair[1]] - self.times[pair[0]] };
            let mut add = |piece, of: &[(usize, f64)]| all.entry(Key::new(distance, piece)).or_default().add(self, pair[1], of);
            add(Piece::Own, &[(pair[1], 1.0)]);
            add(Piece::Difference, &[(pair[1], 1.0), (pair[0], -1.0)]);
            add(Piece::Before, &[(pair[0], 1.0)]);
        }
    }

    /// The sum of a group over the root of its size, by its size, and what rows deviate from its mean.
    fn add_symmetric(&self, run: &[usize], all: &mut BTreeMap<Key, Combined>) {
        let size = run.len() as f64;
        let of = |factor: f64| run.iter().map(|i| (*i, factor)).collect::<Vec<_>>();
        all.entry(Key::new(size, Piece::Own)).or_default().add(self, run[0], &of(size.sqrt().recip()));
        let mut mean = Combined::default();
        mean.add(self, run[0], &of(1.0 / size));
        let within = all.entry(Key::new(0.0, Piece::Difference)).or_default();
        run.iter().for_each(|i| within.add_less(self, *i, &mean));
    }
}

/// Combinations of rows.
#[derive(Default)]
struct Combined {
    /// The row whose levels each has.
    rows: Vec<usize>,
    fixed: Vec<f64>,
    /// Of each term.
    z: Vec<Vec<f64>>,
}

impl Combined {
    fn add(&mut self, series: &Series, row: usize, of: &[(usize, f64)]) {
        self.rows.push(row);
        combine(&series.fixed, series.c, of, &mut self.fixed);
        self.z.resize_with(series.terms.len(), Vec::new);
        self.z.iter_mut().zip(&series.terms).for_each(|(z, term)| combine(&term.z, term.effects, of, z));
    }

    /// A row less another combination.
    fn add_less(&mut self, series: &Series, row: usize, less: &Combined) {
        let (fixed, z) = (self.fixed.len(), self.z.iter().map(Vec::len).collect::<Vec<_>>());
        self.add(series, row, &[(row, 1.0)]);
        let take = |own: &mut [f64], less: &[f64]| own.iter_mut().zip(less).for_each(|(v, mean)| *v -= mean);
        take(&mut self.fixed[fixed..], &less.fixed);
        for (k, (own, less)) in self.z.iter_mut().zip(&less.z).enumerate() {
            take(&mut own[z.get(k).copied().unwrap_or(0)..], less);
        }
    }

    fn sums(self, series: &Series, basis: &Basis, sizes: &Sizes) -> Result<Sums> {
        let n = self.rows.len();
        let columns = by_columns(&self.fixed, series.c)?;
        let (x, y) = columns.split_at(n * (series.c - 1));
        let z = self.z.iter().zip(&series.terms).map(|(z, term)| by_columns(z, term.effects)).collect::<Result<Vec<_>>>()?;
        let levels = |term: &Term| self.rows.iter().map(|i| term.levels[*i]).collect::<Vec<_>>();
        let index: Vec<Vec<u32>> = series.terms.iter().map(levels).collect();
        let terms = index.iter().zip(&z);
        let terms = terms.map(|(index, z)| TermRows { index, z: Some(z), entries: None, runs: None }).collect();
        let mut sums = Sums::new(sizes, false)?;
        sums.add(&Chunk { n, x, y, weights: None, terms, watch: Watch::unwatched() }, basis)?;
        Ok(sums)
    }
}

/// Appends a combination of rows of `width` numbers.
fn combine(values: &[f64], width: usize, of: &[(usize, f64)], out: &mut Vec<f64>) {
    let first = out.len();
    out.resize(first + width, 0.0);
    for (row, factor) in of {
        out[first..].iter_mut().zip(&values[row * width..(row + 1) * width]).for_each(|(out, v)| *out += factor * v);
    }
}

/// Rows of `width` numbers, column by column.
fn by_columns(rows: &[f64], width: usize) -> Result<Vec<f64>> {
    let n = rows.len() / width.max(1);
    let mut out = try_vec(WHAT, 0.0, rows.len())?;
    for (i, row) in rows.chunks_exact(width.max(1)).enumerate() {
        row.iter().enumerate().for_each(|(j, v)| out[j * n + i] = *v);
    }
    Ok(out)
}

/// Matrices of more distances or sizes are not kept.
const MOST: usize = 40;

/// Fails where there are too many distances in time, or sizes of groups.
pub fn check_number<'k>(kind: CorrelationKind, keys: impl Iterator<Item = &'k Key>) -> Result<()> {
    let count = keys.filter(|key| key.piece == Piece::Own && key.value() > 0.0).count();
    if count <= MOST {
        return Ok(());
    }
    let what = match kind {
        CorrelationKind::Ar1 => "distances in time between neighbouring rows",
        CorrelationKind::CompoundSymmetry => "sizes of groups",
    };
    Err(Error::unsupported(format!(
        "correlation: there are {count} {what}, each of which has sums of its own, more than {MOST}; fit the model to a frame"
    )))
}
