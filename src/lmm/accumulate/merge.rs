//! Cross-products of two parts of the rows joined to those of all.

use crate::error::{Error, Result};
use crate::lmm::cross_products::CrossProducts;

impl CrossProducts {
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
