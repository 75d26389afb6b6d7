//! A linear mixed model's data reduced to cross-products: the only way into the engine. Nothing here has a size that grows with the rows.

use serde::{Deserialize, Serialize};

use super::basis::{Basis, mirror};
use super::products::Targets;
use super::rows::Chunk;
use crate::envelope::fits;
use crate::error::{Result, try_copies, try_copy, try_vec};
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

    /// Of sums that were made elsewhere, of these sizes.
    pub fn of_sums(
        layout: Layout,
        basis: Basis,
        (n, log_weights): (usize, f64),
        (gram, cz): (Vec<f64>, Vec<f64>),
        diagonal: Vec<Vec<f64>>,
        off_diagonal: Vec<BlockMatrix>,
    ) -> Self {
        CrossProducts { layout, basis: Some(basis), n, log_weights, gram, cz, diagonal, off_diagonal }
    }

    /// A copy, or an error where memory is short.
    pub fn try_clone(&self) -> Result<Self> {
        let what = "cross-products of fixed and random effects";
        Ok(CrossProducts {
            layout: self.layout.clone(),
            basis: self.basis.clone(),
            n: self.n,
            log_weights: self.log_weights,
            gram: try_copy(what, &self.gram)?,
            cz: try_copy(what, &self.cz)?,
            diagonal: try_copies(what, &self.diagonal)?,
            off_diagonal: self.off_diagonal.iter().map(BlockMatrix::try_clone).collect::<Result<_>>()?,
        })
    }

    /// Fails for what was read from damaged bytes.
    pub fn check(&self) -> Result<()> {
        let (c, q) = (self.layout.p + 1, self.layout.q());
        let terms = &self.layout.terms;
        let pairs = (0..terms.len()).flat_map(|k| (0..k).map(move |m| (k, m)));
        let together = self.gram.len() == c * c
            && self.cz.len() == c * q
            && self.basis.as_ref().is_some_and(|b| b.columns == c && b.shift.len() == c && b.map.len() == c * c)
            && self.diagonal.len() == terms.len()
            && self.diagonal.iter().zip(terms).all(|(d, t)| d.len() == t.levels * t.effects * t.effects)
            && self.off_diagonal.len() == pairs.clone().count()
            && self.off_diagonal.iter().zip(pairs).all(|(block, (k, m))| block.fits(&terms[k], &terms[m]));
        fits(together, "the size of a sum")
    }

    /// The sizes of the model.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The number of rows so far.
    pub fn n(&self) -> usize {
        self.n
    }

    /// The sum of the logarithms of the weights.
    pub fn log_weights(&self) -> f64 {
        self.log_weights
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
            None => Basis::learn(chunk)?,
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
}
