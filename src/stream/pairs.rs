//! Cross-products of two random terms: a block for each pair of levels that meet. A part of the data adds a sorted run of pairs; runs of like
//! length are joined, so that each pair is moved about log2 of the number of parts times. Where half of all pairs meet, a table of all takes no
//! more memory, and rows go straight into it.

use serde::{Deserialize, Serialize};

use super::table::Table;
use crate::envelope::{column, fits};
use crate::error::{Error, Result, try_copy, try_gather, try_vec};
use crate::random::{BlockMatrix, TermRows, TermSize};

/// Rows are sorted by counting where there are no more levels than so many for each row.
const LEVELS_PER_ROW: usize = 4;

/// What memory is for.
const WHAT: &str = "cross-products of the random effects";

/// Runs of pairs, the older and longer ones first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pairs {
    runs: Vec<Run>,
    /// Of the first levels, while rows are added.
    #[serde(skip)]
    table: Option<Table>,
}

/// Pairs in order, each once, with a block of numbers each.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Run {
    /// `level of m << 32 | level of k`, ascending.
    #[serde(deserialize_with = "column")]
    keys: Vec<u64>,
    /// `r_k x r_m`, column-major.
    #[serde(deserialize_with = "column")]
    values: Vec<f64>,
}

/// The run of a part, to be added when nothing can fail any more.
pub struct New(Run);

/// A random term's rows of a part, and its size.
type Rows<'a> = (&'a TermRows<'a>, TermSize);

impl Pairs {
    /// The pairs of the rows of a part that are not in the table, summed in the order of the rows.
    pub fn of_rows(&self, k: Rows<'_>, m: Rows<'_>, weights: Option<&[f64]>) -> Result<New> {
        if self.table.is_none() && k.1.levels + m.1.levels <= LEVELS_PER_ROW * k.0.index.len() {
            let matrix = BlockMatrix::product(k.0, &k.1, m.0, &m.1, weights)?;
            let mut keys = try_vec(WHAT, 0, matrix.rows.len())?;
            for (column, range) in matrix.col_ptr.windows(2).enumerate() {
                let rows = keys[range[0]..range[1]].iter_mut().zip(&matrix.rows[range[0]..range[1]]);
                rows.for_each(|(key, row)| *key = (column as u64) << 32 | u64::from(*row));
            }
            return Ok(New(Run { keys, values: matrix.values }));
        }
        self.of_few_rows(k, m, weights)
    }

    /// The same of rows that are few beside the levels, or mostly in the table.
    fn of_few_rows(&self, (k, own): Rows<'_>, (m, other): Rows<'_>, weights: Option<&[f64]>) -> Result<New> {
        let (n, a, b) = (k.index.len(), own.effects, other.effects);
        let is_new = |k: u32, m: u32| self.table.as_ref().is_none_or(|table| !table.has(k, m));
        let count = k.index.iter().zip(m.index).filter(|(k, m)| is_new(**k, **m)).count();
        let mut order = try_vec(WHAT, (0_u64, 0_u32), count)?;
        let rows = k.index.iter().zip(m.index).enumerate().filter(|(_, (k, m))| is_new(**k, **m));
        for (to, (i, (k, m))) in order.iter_mut().zip(rows) {
            *to = (u64::from(*m) << 32 | u64::from(*k), i as u32);
        }
        order.sort_unstable();
        let count = order.chunk_by(|x, y| x.0 == y.0).count();
        let mut run = Run { keys: try_vec(WHAT, 0, count)?, values: try_vec(WHAT, 0.0, count * a * b)? };
        let blocks = run.keys.iter_mut().zip(run.values.chunks_exact_mut(a * b));
        for (own, (key, block)) in order.chunk_by(|x, y| x.0 == y.0).zip(blocks) {
            *key = own[0].0;
            for (_, i) in own {
                let i = *i as usize;
                let weight = weights.map_or(1.0, |w| w[i]);
                for (e, sum) in block.iter_mut().enumerate() {
                    let x = k.z.map_or(1.0, |z| z[(e % a) * n + i]);
                    let y = m.z.map_or(1.0, |z| z[(e / a) * n + i]);
                    *sum += weight * x * y;
                }
            }
        }
        Ok(New(run))
    }

    /// Adds another that is joined; there is room for one more run.
    pub fn take(&mut self, other: Pairs) {
        other.runs.into_iter().for_each(|run| self.push(run));
    }

    /// Makes room for one more run.
    pub fn reserve(&mut self) -> Result<()> {
        self.runs.try_reserve(1).map_err(|_| Error::memory(WHAT, 64))
    }

    /// Adds the rows of a part, of which `new` are the pairs that are not in the table.
    pub fn add(&mut self, new: New, (k, own): Rows<'_>, (m, other): Rows<'_>, weights: Option<&[f64]>) {
        if let Some(table) = &mut self.table {
            table.add_rows(k.index, m.index, weights);
        }
        self.push(new.0);
        if k.z.is_none() && m.z.is_none() {
            self.tabulate([own.levels, other.levels]);
        }
    }

    /// Adds a run, and joins runs while the last is not much shorter than the one before it.
    fn push(&mut self, run: Run) {
        if run.keys.is_empty() {
            return;
        }
        self.runs.push(run);
        while let [.., before, last] = &self.runs[..]
            && before.keys.len() <= 2 * last.keys.len()
        {
            // The runs stay as they are where there is no memory to join them.
            let Ok(joined) = Run::sum(before, last) else { return };
            self.runs.truncate(self.runs.len() - 2);
            self.runs.push(joined);
        }
    }

    /// Makes a table of all pairs where half of them meet, and the runs have grown beside the table that is there.
    fn tabulate(&mut self, levels: [usize; 2]) {
        let known = self.table.as_ref().map_or(0, Table::count);
        let longest = self.runs.first().map_or(0, |run| run.keys.len());
        if longest == 0 || 2 * longest < known || 2 * (known + longest) < levels[0].saturating_mul(levels[1]) {
            return;
        }
        // The runs stay as they are where there is no memory for the table.
        let Ok(mut table) = Table::new(levels) else { return };
        self.table.iter().for_each(|own| table.add_pairs(own.pairs()));
        self.runs.iter().for_each(|run| table.add_pairs(run.keys.iter().copied().zip(run.values.iter().copied())));
        (self.table, self.runs) = (Some(table), vec![]);
    }

    /// All runs as one, and the table with them.
    pub fn joined(&self) -> Result<Pairs> {
        let mut all: Option<Run> = None;
        for run in self.runs.iter().rev() {
            all = Some(match all {
                None => Run { keys: try_copy(WHAT, &run.keys)?, values: try_copy(WHAT, &run.values)? },
                Some(all) => Run::sum(run, &all)?,
            });
        }
        if let Some(table) = &self.table {
            let keys = try_gather(WHAT, table.pairs().map(|(key, _)| key))?;
            let own = Run { keys, values: try_gather(WHAT, table.pairs().map(|(_, value)| value))? };
            all = Some(match all {
                None => own,
                Some(all) => Run::sum(&own, &all)?,
            });
        }
        Ok(Pairs { runs: all.into_iter().collect(), table: None })
    }

    /// The sum of two, each of them joined.
    pub fn sum(&self, other: &Pairs) -> Result<Pairs> {
        let all = self.runs.iter().chain(&other.runs);
        let mut sum: Option<Run> = None;
        for run in all {
            sum = Some(match sum {
                None => Run { keys: try_copy(WHAT, &run.keys)?, values: try_copy(WHAT, &run.values)? },
                Some(before) => Run::sum(&before, run)?,
            });
        }
        Ok(Pairs { runs: sum.into_iter().collect(), table: None })
    }

    /// With other levels, and effects at other places: `from` and `to` are the numbers of effects of k and m.
    pub fn moved(&self, maps: [&[u32]; 2], effects: [&[usize]; 2], to: [usize; 2]) -> Result<Pairs> {
        if self.table.is_some() {
            return self.joined()?.moved(maps, effects, to);
        }
        let [map_k, map_m] = maps;
        let mut runs = vec![];
        for run in &self.runs {
            let mut order = try_vec(WHAT, (0_u64, 0_usize), run.keys.len())?;
            for (at, (to, key)) in order.iter_mut().zip(&run.keys).enumerate() {
                *to = (u64::from(map_m[(key >> 32) as usize]) << 32 | u64::from(map_k[(key & 0xffff_ffff) as usize]), at);
            }
            order.sort_unstable();
            let size = to[0] * to[1];
            let mut new = Run { keys: try_vec(WHAT, 0, order.len())?, values: try_vec(WHAT, 0.0, order.len() * size)? };
            let old = effects[0].len() * effects[1].len();
            for ((key, block), (own, at)) in new.keys.iter_mut().zip(new.values.chunks_exact_mut(size.max(1))).zip(order) {
                *key = own;
                for (e, v) in run.values[at * old..(at + 1) * old].iter().enumerate() {
                    let (a, b) = (effects[0][e % effects[0].len()], effects[1][e / effects[0].len()]);
                    block[b * to[0] + a] = *v;
                }
            }
            runs.push(new);
        }
        Ok(Pairs { runs, table: None })
    }

    /// As a matrix of blocks, of pairs that are joined and in order. Each block becomes A'block B: `[a, a']` and `[b, b']`.
    pub fn matrix(&self, [a, b]: [&[f64]; 2], k: &TermSize, m: &TermSize, effects: [usize; 2]) -> Result<BlockMatrix> {
        let mut matrix = BlockMatrix::empty(k, m)?;
        let Some(run) = self.runs.first() else { return Ok(matrix) };
        let (size, old) = (matrix.block_len(), effects[0] * effects[1]);
        matrix.rows = try_vec(WHAT, 0, run.keys.len())?;
        matrix.values = try_vec(WHAT, 0.0, run.keys.len() * size)?;
        let blocks = matrix.values.chunks_exact_mut(size.max(1)).zip(run.values.chunks_exact(old.max(1)));
        for ((key, row), (to, from)) in run.keys.iter().zip(&mut matrix.rows).zip(blocks) {
            *row = (key & 0xffff_ffff) as u32;
            matrix.col_ptr[(key >> 32) as usize + 1] += 1;
            sandwich(effects, [a, b], from, to);
        }
        for i in 0..m.levels {
            matrix.col_ptr[i + 1] += matrix.col_ptr[i];
        }
        Ok(matrix)
    }

    /// Pairs that are kept, joined or not.
    pub fn len(&self) -> usize {
        self.runs.iter().map(|run| run.keys.len()).chain(self.table.as_ref().map(Table::count)).sum()
    }

    /// Fails for what was read from damaged bytes.
    pub fn check(&self, levels: [usize; 2], effects: [usize; 2]) -> Result<()> {
        let sound = |run: &Run| {
            let known = |key: &u64| ((key >> 32) as usize) < levels[1] && ((key & 0xffff_ffff) as usize) < levels[0];
            run.keys.is_sorted_by(|a, b| a < b)
                && run.keys.iter().all(known)
                && run.values.len() == run.keys.len() * effects[0] * effects[1]
                && run.values.iter().all(|v| v.is_finite())
        };
        fits(self.runs.iter().all(sound), "a pair of levels")
    }
}

/// to = A'from B, for `from` of size `effects`.
pub fn sandwich(effects: [usize; 2], [a, b]: [&[f64]; 2], from: &[f64], to: &mut [f64]) {
    let [r, s] = effects;
    let (rows, columns) = (a.len() / r.max(1), b.len() / s.max(1));
    for j in 0..columns {
        for i in 0..rows {
            let mut sum = 0.0;
            for t in (0..s).filter(|t| b[j * s + t] != 0.0) {
                let inner: f64 = (0..r).filter(|q| a[i * r + q] != 0.0).map(|q| a[i * r + q] * from[t * r + q]).sum();
                sum += inner * b[j * s + t];
            }
            to[j * rows + i] = sum;
        }
    }
}

impl Run {
    /// Both in one.
    fn sum(a: &Run, b: &Run) -> Result<Run> {
        let most = a.keys.len() + b.keys.len();
        let size = a.values.len().checked_div(a.keys.len()).or(b.values.len().checked_div(b.keys.len())).unwrap_or(0);
        let mut sum = Run { keys: try_vec(WHAT, 0, most)?, values: try_vec(WHAT, 0.0, most * size)? };
        let len = if size == 1 { sum.merge_numbers(a, b) } else { sum.merge_blocks(a, b, size) };
        sum.keys.truncate(len);
        sum.values.truncate(len * size);
        Ok(sum)
    }

    /// Puts both in here, for blocks of one number; gives how many there are. Which run has the next pair is nothing that a processor could
    /// guess, so that no branch depends on it.
    fn merge_numbers(&mut self, a: &Run, b: &Run) -> usize {
        let (mut i, mut j, mut len) = (0, 0, 0);
        let both = self.keys.iter_mut().zip(&mut self.values);
        for (key, value) in both {
            let (Some(left), Some(right)) = (a.keys.get(i), b.keys.get(j)) else { break };
            let (from_a, from_b) = (left <= right, right <= left);
            *key = *left.min(right);
            let (x, y) = (a.values[i], b.values[j]);
            *value = if from_a { x } else { 0.0 } + if from_b { y } else { 0.0 };
            i += usize::from(from_a);
            j += usize::from(from_b);
            len += 1;
        }
        for (run, from) in [(a, i), (b, j)] {
            let rest = run.keys.len() - from;
            self.keys[len..len + rest].copy_from_slice(&run.keys[from..]);
            self.values[len..len + rest].copy_from_slice(&run.values[from..]);
            len += rest;
        }
        len
    }

    /// The same for blocks of any size.
    fn merge_blocks(&mut self, a: &Run, b: &Run, size: usize) -> usize {
        let (mut i, mut j, mut len) = (0, 0, 0);
        while i < a.keys.len() || j < b.keys.len() {
            let left = a.keys.get(i).copied().unwrap_or(u64::MAX);
            let right = b.keys.get(j).copied().unwrap_or(u64::MAX);
            self.keys[len] = left.min(right);
            let block = &mut self.values[len * size..(len + 1) * size];
            if left <= right {
                block.copy_from_slice(&a.values[i * size..(i + 1) * size]);
                i += 1;
            }
            if right <= left {
                block.iter_mut().zip(&b.values[j * size..(j + 1) * size]).for_each(|(sum, v)| *sum += v);
                j += 1;
            }
            len += 1;
        }
        len
    }
}
