//! Cross-products of [Z Q e] summed from rows and from pairs of rows, where a row may meet levels that are not its own.

use crate::error::{Error, Result, try_copy, try_vec};
use crate::random::{BlockMatrix, Gram, Layout};

/// All cross-products of one model: Z'Z, Z'[Q e] `[q, m]`, and [Q e]'[Q e] `[m, m]`.
#[derive(Clone)]
pub struct Products {
    pub gram: Gram,
    pub zc: Vec<f64>,
    pub cc: Vec<f64>,
}

/// Two linear combinations of rows: `delta` and `before`. Their random parts are values at some levels of some terms, terms ascending.
#[derive(Default)]
pub struct Local {
    /// Term and level, and where its values begin.
    entries: Vec<(usize, usize, usize)>,
    delta: Vec<f64>,
    before: Vec<f64>,
    /// `[m]`.
    pub fixed_delta: Vec<f64>,
    pub fixed_before: Vec<f64>,
}

/// Factors of delta delta', of delta before' + before delta', and of before before'.
type Factors = [f64; 3];

impl Local {
    /// Zeros.
    pub fn new(m: usize) -> Self {
        Local { fixed_delta: vec![0.0; m], fixed_before: vec![0.0; m], ..Local::default() }
    }

    /// Takes all entries out.
    pub fn clear(&mut self) {
        self.entries.clear();
        self.delta.clear();
        self.before.clear();
    }

    /// Adds a level with its values of `delta` and `before`.
    pub fn push(&mut self, term: usize, level: u32, values: impl Iterator<Item = (f64, f64)>) {
        self.entries.push((term, level as usize, self.delta.len()));
        for (delta, before) in values {
            self.delta.push(delta);
            self.before.push(before);
        }
    }

    /// Adds to the values of `delta` of the last entry.
    pub fn add_to_last(&mut self, values: impl Iterator<Item = f64>) {
        let start = self.entries.last().map_or(0, |e| e.2);
        self.delta[start..].iter_mut().zip(values).for_each(|(d, v)| *d += v);
    }

    /// The last entry, if it is of this term and level.
    pub fn ends_with(&self, term: usize, level: u32) -> bool {
        self.entries.last().is_some_and(|e| e.0 == term && e.1 == level as usize)
    }

    /// Pairs of entries whose block is not on the diagonal: (term and level of the row, term and level of the column), the row's term the
    /// later one, or of one term the later level.
    pub fn off_diagonal(&self) -> impl Iterator<Item = ((usize, usize), (usize, usize))> + '_ {
        let pairs = self.entries.iter().enumerate().flat_map(|(i, f)| self.entries[..i].iter().map(move |e| (e, f)));
        pairs.filter(|(e, f)| (e.0, e.1) != (f.0, f.1)).map(|(e, f)| {
            let (e, f) = ((e.0, e.1), (f.0, f.1));
            if f > e { (f, e) } else { (e, f) }
        })
    }
}

impl Products {
    /// Zeros on the pattern of the given blocks. `pairs` lists for terms k >= m, at `k (k + 1) / 2 + m`, the (column, row) levels.
    pub fn new(layout: &Layout, m: usize, mut pairs: Vec<Vec<(u32, u32)>>) -> Result<Self> {
        let what = "cross-products of correlated rows";
        let (mut diagonal, mut off_diagonal, mut within) = (vec![], vec![], vec![]);
        for (k, size) in layout.terms.iter().enumerate() {
            diagonal.push(try_vec(what, 0.0, size.levels * size.effects * size.effects)?);
            for j in 0..=k {
                let own = std::mem::take(&mut pairs[k * (k + 1) / 2 + j]);
                let mut block = BlockMatrix::empty(size, &layout.terms[j])?;
                block.rows = try_vec(what, 0, own.len())?;
                for (row, (column, level)) in block.rows.iter_mut().zip(&own) {
                    *row = *level;
                    block.col_ptr[*column as usize + 1] += 1;
                }
                for i in 1..block.col_ptr.len() {
                    block.col_ptr[i] += block.col_ptr[i - 1];
                }
                let numbers = own.len().checked_mul(block.block_len()).ok_or_else(|| Error::memory(what, usize::MAX))?;
                block.values = try_vec(what, 0.0, numbers)?;
                if j == k { &mut within } else { &mut off_diagonal }.push(block);
            }
        }
        let gram = Gram { layout: layout.clone(), diagonal, off_diagonal, within };
        Ok(Products { zc: try_vec(what, 0.0, layout.q() * m)?, cc: try_vec(what, 0.0, m * m)?, gram })
    }

    /// A copy, or an error where memory is short.
    pub fn try_clone(&self) -> Result<Self> {
        let what = "cross-products of correlated rows";
        Ok(Products { gram: self.gram.try_clone()?, zc: try_copy(what, &self.zc)?, cc: try_copy(what, &self.cc)? })
    }

    /// The number of stored numbers.
    pub fn size(&mut self) -> usize {
        self.all().iter().map(|v| v.len()).sum()
    }

    /// All to zero.
    pub fn clear(&mut self) {
        self.all().into_iter().for_each(|v| v.fill(0.0));
    }

    /// Adds a multiple of products on the same pattern.
    pub fn add_scaled(&mut self, factor: f64, other: &Products) {
        let add = |to: &mut [f64], from: &[f64]| to.iter_mut().zip(from).for_each(|(t, f)| *t += factor * f);
        add(&mut self.zc, &other.zc);
        add(&mut self.cc, &other.cc);
        for (to, from) in self.gram.diagonal.iter_mut().zip(&other.gram.diagonal) {
            add(to, from);
        }
        let blocks = self.gram.off_diagonal.iter_mut().chain(&mut self.gram.within);
        for (to, from) in blocks.zip(other.gram.off_diagonal.iter().chain(&other.gram.within)) {
            add(&mut to.values, &from.values);
        }
    }

    fn all(&mut self) -> Vec<&mut Vec<f64>> {
        let gram = &mut self.gram;
        let blocks = gram.off_diagonal.iter_mut().chain(&mut gram.within).map(|b| &mut b.values);
        blocks.chain(&mut gram.diagonal).chain([&mut self.zc, &mut self.cc]).collect()
    }

    /// Adds the products of the random parts.
    pub fn add_random(&mut self, local: &Local, factors: Factors) {
        for (i, f) in local.entries.iter().enumerate() {
            for e in &local.entries[..=i] {
                // The later term, or the later level, is the row.
                let (row, column) = if (f.0, f.1) >= (e.0, e.1) { (f, e) } else { (e, f) };
                let (a, b) = (self.gram.layout.terms[row.0].effects, self.gram.layout.terms[column.0].effects);
                let block = self.block((row.0, row.1), (column.0, column.1));
                for s in 0..b {
                    for r in 0..a {
                        let (u, v) = (row.2 + r, column.2 + s);
                        block[s * a + r] += form(factors, (local.delta[u], local.before[u]), (local.delta[v], local.before[v]));
                    }
                }
            }
        }
    }

    /// Adds the products of the fixed parts with each other and with the random ones.
    pub fn add_fixed(&mut self, local: &Local, factors: Factors) {
        let m = local.fixed_delta.len();
        let fixed = |j: usize| (local.fixed_delta[j], local.fixed_before[j]);
        for j in 0..m {
            for i in 0..m {
                self.cc[j * m + i] += form(factors, fixed(i), fixed(j));
            }
        }
        let q = self.gram.layout.q();
        for (term, level, start) in &local.entries {
            let r = self.gram.layout.terms[*term].effects;
            let first = self.gram.layout.offset(*term) + level * r;
            for j in 0..m {
                for e in 0..r {
                    let random = (local.delta[start + e], local.before[start + e]);
                    self.zc[j * q + first + e] += form(factors, random, fixed(j));
                }
            }
        }
    }

    fn block(&mut self, row: (usize, usize), column: (usize, usize)) -> &mut [f64] {
        let gram = &mut self.gram;
        if row == column {
            let size = gram.layout.terms[row.0].effects.pow(2);
            return &mut gram.diagonal[row.0][row.1 * size..(row.1 + 1) * size];
        }
        let matrix = match (row.0, column.0) {
            (k, m) if k == m => &mut gram.within[k],
            (k, m) => &mut gram.off_diagonal[k * (k - 1) / 2 + m],
        };
        let range = matrix.col_ptr[column.1]..matrix.col_ptr[column.1 + 1];
        let slot = range.start + matrix.rows[range].partition_point(|&level| (level as usize) < row.1);
        let size = matrix.block_len();
        &mut matrix.values[slot * size..(slot + 1) * size]
    }
}

/// The bilinear form of two columns' (delta, before).
fn form(factors: Factors, u: (f64, f64), v: (f64, f64)) -> f64 {
    factors[0] * u.0 * v.0 + factors[1] * (u.0 * v.1 + u.1 * v.0) + factors[2] * u.1 * v.1
}
