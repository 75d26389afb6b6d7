//! A linear mixed model's data reduced to cross-products: the only way into the engine. Nothing here has a size that grows with the rows.

use serde::{Deserialize, Serialize};

use super::basis::{Basis, mirror};
use super::products::Targets;
use super::rows::Chunk;
use crate::error::{Result, try_vec};
use crate::random::{BlockMatrix, Layout};

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
        let CrossProducts { layout, basis, gram, cz, diagonal, .. } = self;
        let learnt = match basis.take() {
            Some(basis) => basis,
            None => Basis::learn(chunk.rows(), &chunk.watch)?,
        };
        let basis = basis.insert(learnt);
        let pairs = Targets { layout, gram, cz, diagonal }.add(basis, chunk)?;
        mirror(basis.columns, gram);
        for (place, pair) in pairs {
            self.off_diagonal[place].merge(pair)?;
        }
        self.n += chunk.n;
        self.log_weights += chunk.weights.map_or(0.0, |w| w.iter().map(|w| w.ln()).sum());
        Ok(())
    }

    /// The number of stored numbers.
    pub fn size(&self) -> usize {
        self.gram.len()
            + self.cz.len()
            + self.diagonal.iter().map(Vec::len).sum::<usize>()
            + self.off_diagonal.iter().map(|b| b.values.len()).sum::<usize>()
    }
}
