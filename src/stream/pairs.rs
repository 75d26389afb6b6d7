//! Cross-products of two random terms: a block for each pair of levels that meet. A part of the data adds a sorted run of pairs; runs of like
//! length are joined, so that each pair is moved about log2 of the number of parts times.

use serde::{Deserialize, Serialize};

use crate::envelope::{column, fits};
use crate::error::{Error, Result, try_copy, try_vec};
use crate::random::{BlockMatrix, TermRows, TermSize};

/// Rows are sorted by counting where there are no more levels than so many for each row.
const LEVELS_PER_ROW: usize = 4;

/// What memory is for.
const WHAT: &str = "cross-products of the random effects";

/// Runs of pairs, the older and longer ones first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pairs {
    runs: Vec<Run>,
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

impl Pairs {
    /// The pairs of the rows of a part, summed in the order of the rows.
    pub fn of_rows(k: (&TermRows<'_>, TermSize), m: (&TermRows<'_>, TermSize), weights: Option<&[f64]>) -> Result<New> {
        if k.1.levels + m.1.levels <= LEVELS_PER_ROW * k.0.index.len() {
            let matrix = BlockMatrix::product(k.0, &k.1, m.0, &m.1, weights)?;
            let mut keys = try_vec(WHAT, 0, matrix.rows.len())?;
            for (column, range) in matrix.col_ptr.windows(2).enumerate() {
                let rows = keys[range[0]..range[1]].iter_mut().zip(&matrix.rows[range[0]..range[1]]);
                rows.for_each(|(key, row)| *key = (column as u64) << 32 | u64::from(*row));
            }
            return Ok(New(Run { keys, values: matrix.values }));
        }
        Self::of_few_rows(k, m, weights)
    }

    /// The same of rows that are few beside the levels.
    fn of_few_rows(
        (k, own): (&TermRows<'_>, TermSize),
        (m, other): (&TermRows<'_>, TermSize),
        weights: Option<&[f64]>,
    ) -> Result<New> {
        let (n, a, b) = (k.index.len(), own.effects, other.effects);
        let mut order = try_vec(WHAT, (0_u64, 0_u32), n)?;
        for (i, (to, (k, m))) in order.iter_mut().zip(k.index.iter().zip(m.index)).enumerate() {
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

    /// Makes room for one more run.
    pub fn reserve(&mut self) -> Result<()> {
        self.runs.try_reserve(1).map_err(|_| Error::memory(WHAT, 64))
    }

    /// Adds a run, and joins runs while the last is not much shorter than the one before it.
    pub fn add(&mut self, New(run): New) {
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

    /// All runs as one.
    pub fn joined(&self) -> Result<Pairs> {
        let mut rest = self.runs.iter().rev();
        let Some(last) = rest.next() else { return Ok(Pairs::default()) };
        let mut all = Run { keys: try_copy(WHAT, &last.keys)?, values: try_copy(WHAT, &last.values)? };
        for run in rest {
            all = Run::sum(run, &all)?;
        }
        Ok(Pairs { runs: vec![all] })
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
        Ok(Pairs { runs: sum.into_iter().collect() })
    }

    /// With other levels, and effects at other places: `from` and `to` are the numbers of effects of k and m.
    pub fn moved(&self, maps: [&[u32]; 2], effects: [&[usize]; 2], to: [usize; 2]) -> Result<Pairs> {
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
        Ok(Pairs { runs })
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
        self.runs.iter().map(|run| run.keys.len()).sum()
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
    fn sum(a: &Run, b: &Run) -> Result<Run> {
        let capacity = a.keys.len() + b.keys.len();
        let size = a.values.len().checked_div(a.keys.len()).or(b.values.len().checked_div(b.keys.len())).unwrap_or(0);
        let mut sum = Run::default();
        sum.keys.try_reserve_exact(capacity).map_err(|_| Error::memory(WHAT, 8 * capacity))?;
        sum.values.try_reserve_exact(capacity * size).map_err(|_| Error::memory(WHAT, 8 * size * capacity))?;
        let (mut i, mut j) = (0, 0);
        while i < a.keys.len() || j < b.keys.len() {
            let left = a.keys.get(i).copied().unwrap_or(u64::MAX);
            let right = b.keys.get(j).copied().unwrap_or(u64::MAX);
            sum.keys.push(left.min(right));
            match left.cmp(&right) {
                std::cmp::Ordering::Less => sum.values.extend_from_slice(&a.values[i * size..(i + 1) * size]),
                std::cmp::Ordering::Greater => sum.values.extend_from_slice(&b.values[j * size..(j + 1) * size]),
                std::cmp::Ordering::Equal => {
                    let both = a.values[i * size..(i + 1) * size].iter().zip(&b.values[j * size..(j + 1) * size]);
                    sum.values.extend(both.map(|(x, y)| x + y));
                }
            }
            i += usize::from(left <= right);
            j += usize::from(right <= left);
        }
        Ok(sum)
    }
}
