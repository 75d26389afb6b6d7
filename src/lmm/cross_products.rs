//! A linear mixed model's data reduced to cross-products: the only way into the engine. Nothing here has a size that grows with the rows.

use serde::{Deserialize, Serialize};

use super::basis::{Basis, add_gram};
use super::rows::Chunk;
use crate::error::{Error, Result, try_vec};
use crate::random::{BlockMatrix, Layout, block_diagonal};

/// Cross-products of [X y] and Z, of rows multiplied by the square roots of their weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CrossProducts {
    pub(super) layout: Layout,
    /// Absent until the first rows come.
    pub(super) basis: Option<Basis>,
    pub(super) n: usize,
    /// Sum of log weights.
    pub(super) log_weights: f64,
    /// C~'C~, `[p + 1, p + 1]`, in the basis.
    pub(super) gram: Vec<f64>,
    /// C~'Z, `[p + 1, q]`, in the basis.
    pub(super) cz: Vec<f64>,
    /// Z_k'Z_k: one `r x r` block per level.
    pub(super) diagonal: Vec<Vec<f64>>,
    /// Z_k'Z_m for k > m, at `k (k - 1) / 2 + m`.
    pub(super) off_diagonal: Vec<BlockMatrix>,
}

impl CrossProducts {
    /// No rows yet.
    pub fn new(layout: Layout) -> Result<Self> {
        let c = layout.p + 1;
        let mut diagonal = Vec::new();
        for t in &layout.terms {
            diagonal.push(try_vec("cross-products of the random effects", 0.0, t.levels * t.effects * t.effects)?);
        }
        let mut off_diagonal = Vec::new();
        for k in 0..layout.terms.len() {
            for m in 0..k {
                off_diagonal.push(BlockMatrix::empty(&layout.terms[k], &layout.terms[m])?);
            }
        }
        Ok(CrossProducts {
            basis: None,
            n: 0,
            log_weights: 0.0,
            gram: try_vec("cross-products of the fixed effects", 0.0, c * c)?,
            cz: try_vec("cross-products of fixed and random effects", 0.0, c * layout.q())?,
            diagonal,
            off_diagonal,
            layout,
        })
    }

    /// The number of rows so far.
    pub fn n(&self) -> usize {
        self.n
    }

    /// Adds rows. The first ones also teach the basis, in a pass or two over them.
    pub fn add(&mut self, chunk: &Chunk<'_>) -> Result<()> {
        chunk.check(&self.layout)?;
        if chunk.n == 0 {
            return Ok(());
        }
        let basis = match &self.basis {
            Some(basis) => basis.clone(),
            None => Basis::learn(chunk)?,
        };
        self.add_fixed(&basis, chunk)?;
        self.basis = Some(basis);
        for (k, term) in chunk.terms.iter().enumerate() {
            block_diagonal(term, chunk.weights, self.layout.terms[k].effects, &mut self.diagonal[k]);
            for (m, other) in chunk.terms[..k].iter().enumerate() {
                let pair = BlockMatrix::product(term, &self.layout.terms[k], other, &self.layout.terms[m], chunk.weights)?;
                self.off_diagonal[k * (k - 1) / 2 + m].merge(pair)?;
            }
        }
        self.n += chunk.n;
        self.log_weights += chunk.weights.map_or(0.0, |w| w.iter().map(|w| w.ln()).sum());
        Ok(())
    }

    /// Adds C~'C~ and C~'Z.
    fn add_fixed(&mut self, basis: &Basis, chunk: &Chunk<'_>) -> Result<()> {
        let c = basis.columns;
        let (gram, cz, layout) = (&mut self.gram, &mut self.cz, &self.layout);
        let mut offset = vec![];
        for k in 0..layout.terms.len() {
            offset.push(layout.offset(k));
        }
        basis.each_block(chunk, |start, rows| {
            add_gram(c, rows, gram);
            for (k, term) in chunk.terms.iter().enumerate() {
                let effects = layout.terms[k].effects;
                for (i, row) in rows.chunks_exact(c).enumerate() {
                    let root_weight = chunk.weights.map_or(1.0, |w| w[start + i].sqrt());
                    let first = offset[k] + term.index[start + i] as usize * effects;
                    for e in 0..effects {
                        let z = root_weight * term.z.map_or(1.0, |z| z[e * chunk.n + start + i]);
                        if z == 0.0 {
                            continue;
                        }
                        let column = &mut cz[(first + e) * c..(first + e + 1) * c];
                        column.iter_mut().zip(row).for_each(|(sum, v)| *sum += z * v);
                    }
                }
            }
        })
    }

    /// Adds the rows that another accumulator of the same layout has seen; its basis is brought to this one.
    pub fn merge(&mut self, mut other: CrossProducts) -> Result<()> {
        if self.layout != other.layout {
            return Err(Error::argument("the two accumulators belong to models of different sizes"));
        }
        match (&self.basis, &other.basis) {
            (_, None) => return Ok(()),
            (None, Some(_)) => {
                *self = other;
                return Ok(());
            }
            (Some(mine), Some(theirs)) if mine != theirs => {
                if let (Some(a), Some(b)) = (mine.constant, theirs.constant)
                    && a != b
                {
                    return Err(Error::data(format!(
                        "column 1 of X is constant in both parts, but {a} in one and {b} in the other"
                    )));
                }
                let change = theirs.change_to(mine);
                other.change_basis(&change);
            }
            _ => {}
        }
        add_to(&mut self.gram, &other.gram);
        add_to(&mut self.cz, &other.cz);
        for (mine, theirs) in self.diagonal.iter_mut().zip(&other.diagonal) {
            add_to(mine, theirs);
        }
        for (mine, theirs) in self.off_diagonal.iter_mut().zip(other.off_diagonal) {
            mine.merge(theirs)?;
        }
        self.n += other.n;
        self.log_weights += other.log_weights;
        Ok(())
    }

    /// C~ <- C~ D.
    fn change_basis(&mut self, d: &[f64]) {
        let c = self.layout.p + 1;
        let mut column = vec![0.0; c];
        for v in self.cz.chunks_exact_mut(c) {
            transform(c, d, v, &mut column);
        }
        for v in self.gram.chunks_exact_mut(c) {
            transform(c, d, v, &mut column);
        }
        for i in 0..c {
            for j in 0..i {
                self.gram.swap(i * c + j, j * c + i);
            }
        }
        for v in self.gram.chunks_exact_mut(c) {
            transform(c, d, v, &mut column);
        }
    }

    /// What is wrong with the sizes of an accumulator that was read from bytes.
    pub(super) fn check_sizes(&self) -> std::result::Result<(), String> {
        let (c, q) = (self.layout.p + 1, self.layout.q());
        let terms = &self.layout.terms;
        let pairs = (0..terms.len()).flat_map(|k| (0..k).map(move |m| (k, m)));
        let sound = self.gram.len() == c * c
            && self.cz.len() == c * q
            && self.basis.as_ref().is_none_or(|b| b.columns == c && b.shift.len() == c && b.map.len() == c * c)
            && self.diagonal.len() == terms.len()
            && self.diagonal.iter().zip(terms).all(|(d, t)| d.len() == t.levels * t.effects * t.effects)
            && self.off_diagonal.len() == pairs.clone().count()
            && self.off_diagonal.iter().zip(pairs).all(|(block, (k, m))| block.fits(&terms[k], &terms[m]));
        if sound { Ok(()) } else { Err("its parts don't fit together".into()) }
    }

    /// The number of stored numbers.
    pub fn size(&self) -> usize {
        self.gram.len()
            + self.cz.len()
            + self.diagonal.iter().map(Vec::len).sum::<usize>()
            + self.off_diagonal.iter().map(|b| b.values.len()).sum::<usize>()
    }
}

/// v <- D'v.
fn transform(c: usize, d: &[f64], v: &mut [f64], work: &mut [f64]) {
    for (j, out) in work.iter_mut().enumerate() {
        *out = d[j * c..(j + 1) * c].iter().zip(v.iter()).map(|(a, b)| a * b).sum();
    }
    v.copy_from_slice(work);
}

fn add_to(sum: &mut [f64], values: &[f64]) {
    sum.iter_mut().zip(values).for_each(|(s, v)| *s += v);
}
