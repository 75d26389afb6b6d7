//! Products with M = Z'V^-1 Z = G (I + D G)^-1, G = Z'Z.

use std::borrow::Cow;

use crate::error::{Result, try_vec};
use crate::linalg::{SparseCholesky, dense};
use crate::random::Gram;

/// The right-hand sides that are solved at once.
pub const COLUMNS: usize = 64;

/// What is allocated.
const WHAT: &str = "products with the precision of the random effects";

/// The largest condition number (by row sums) of a T that is divided by.
const WELL_CONDITIONED: f64 = 1e4;

/// M, by the factor of A.
pub struct MarginalPrecision<'a> {
    gram: Cow<'a, Gram>,
    t: Vec<Vec<f64>>,
    /// T^-1 of terms that are divided by T.
    inverse: Vec<Option<Vec<f64>>>,
    factor: SparseCholesky,
}

impl<'a> MarginalPrecision<'a> {
    pub fn new(gram: Cow<'a, Gram>, t: &[Vec<f64>]) -> Result<Self> {
        let (col_ptr, row_idx) = gram.pattern()?;
        let mut factor = SparseCholesky::new(gram.layout.q(), &col_ptr, &row_idx, COLUMNS)?;
        gram.fill(t, &col_ptr, &mut factor);
        factor.factorize()?;
        let inverse = (0..t.len()).map(|k| inverse_of_large(&gram, k, &t[k])).collect();
        Ok(MarginalPrecision { gram, t: t.to_vec(), inverse, factor })
    }

    /// The order of M.
    pub fn order(&self) -> usize {
        self.gram.layout.q()
    }

    /// G.
    pub fn gram(&self) -> &Gram {
        &self.gram
    }

    /// v <- M v, for any number of columns.
    pub fn apply(&mut self, v: &mut [f64]) -> Result<()> {
        let mut image = self.ratio(v)?;
        for w in &mut image {
            *w = -*w;
        }
        v.fill(0.0);
        self.gram.subtract_product(&image, v);
        Ok(())
    }

    /// w = (I + D G)^-1 v, with which M v = G w, for any number of columns; v is overwritten. Where T_k is large, w = Lambda A^-1
    /// Lambda^-1 v keeps the digits that w = v - Lambda A^-1 Lambda'G v loses to cancellation; which of the two is used is decided term
    /// by term.
    pub fn ratio(&mut self, v: &mut [f64]) -> Result<Vec<f64>> {
        let q = self.order();
        if q == 0 {
            return Ok(vec![]);
        }
        let mut right = try_vec(WHAT, 0.0, v.len())?;
        if self.inverse.iter().any(Option::is_none) {
            let mut rest = try_vec(WHAT, 0.0, v.len())?;
            rest.copy_from_slice(v);
            self.each_block(&mut rest, |inverse, block| {
                if inverse.is_some() {
                    block.fill(0.0);
                }
            });
            self.gram.subtract_product(&rest, &mut right);
            self.gram.apply_factors(&self.t, true, &mut right);
        }
        // What stays of v: the terms that are divided by T go into the right-hand side.
        for (k, size) in self.gram.layout.terms.iter().enumerate() {
            let Some(inverse) = &self.inverse[k] else { continue };
            let (r, first) = (size.effects, self.gram.layout.offset(k));
            for (v, right) in v.chunks_exact_mut(q).zip(right.chunks_exact_mut(q)) {
                let range = first..first + size.levels * r;
                for (v, right) in v[range.clone()].chunks_exact_mut(r).zip(right[range].chunks_exact_mut(r)) {
                    for a in 0..r {
                        right[a] += (0..=a).map(|b| inverse[b * r + a] * v[b]).sum::<f64>();
                    }
                    v.fill(0.0);
                }
            }
        }
        self.solve(&mut right)?;
        self.gram.apply_factors(&self.t, false, &mut right);
        right.iter_mut().zip(&*v).for_each(|(w, v)| *w += v);
        Ok(right)
    }

    /// N h and (I + G D)^-1 h, with N = Lambda A^-1 Lambda', for any number of columns.
    pub fn split(&mut self, h: &[f64]) -> Result<(Vec<f64>, Vec<f64>)> {
        let mut modes = try_vec(WHAT, 0.0, h.len())?;
        let mut rest = try_vec(WHAT, 0.0, h.len())?;
        modes.copy_from_slice(h);
        rest.copy_from_slice(h);
        if self.order() == 0 {
            return Ok((modes, rest));
        }
        self.gram.apply_factors(&self.t, true, &mut modes);
        self.solve(&mut modes)?;
        let mut scaled = try_vec(WHAT, 0.0, h.len())?;
        scaled.copy_from_slice(&modes);
        self.gram.apply_factors(&self.t, false, &mut modes);
        self.gram.subtract_product(&modes, &mut rest);
        // Terms that are divided by T: Lambda'^-1 A^-1 Lambda'h.
        let q = self.order();
        for (k, size) in self.gram.layout.terms.iter().enumerate() {
            let Some(inverse) = &self.inverse[k] else { continue };
            let (r, first) = (size.effects, self.gram.layout.offset(k));
            let range = first..first + size.levels * r;
            for (a, rest) in scaled.chunks_exact(q).zip(rest.chunks_exact_mut(q)) {
                for (a, rest) in a[range.clone()].chunks_exact(r).zip(rest[range.clone()].chunks_exact_mut(r)) {
                    for (e, value) in rest.iter_mut().enumerate() {
                        *value = (e..r).map(|b| inverse[e * r + b] * a[b]).sum();
                    }
                }
            }
        }
        Ok((modes, rest))
    }

    /// v <- Lambda L'^-1 v, for columns in the order of the factor A = L L': a root of N.
    pub fn root(&mut self, v: &mut [f64]) -> Result<()> {
        let mut work = try_vec(WHAT, 0.0, v.len())?;
        self.factor.permute_into(v, &mut work);
        self.factor.half_solve_transpose(&mut work);
        self.factor.unpermute_into(&work, v);
        self.gram.apply_factors(&self.t, false, v);
        Ok(())
    }

    /// The sum of squares of L^-1 Lambda'v.
    pub fn half_norm(&mut self, v: &mut [f64]) -> Result<f64> {
        let mut work = try_vec(WHAT, 0.0, v.len())?;
        self.gram.apply_factors(&self.t, true, v);
        self.factor.permute_into(v, &mut work);
        self.factor.half_solve(&mut work);
        Ok(work.iter().map(|x| x * x).sum())
    }

    /// v <- A^-1 v.
    fn solve(&mut self, v: &mut [f64]) -> Result<()> {
        let mut work = try_vec(WHAT, 0.0, v.len())?;
        self.factor.permute_into(v, &mut work);
        self.factor.half_solve(&mut work);
        self.factor.half_solve_transpose(&mut work);
        self.factor.unpermute_into(&work, v);
        Ok(())
    }

    /// Calls `work` with T^-1 of each term and its rows of each column.
    fn each_block(&self, v: &mut [f64], work: impl Fn(Option<&[f64]>, &mut [f64])) {
        let q = self.order();
        for column in v.chunks_exact_mut(q.max(1)) {
            let mut rest = column;
            for (size, inverse) in self.gram.layout.terms.iter().zip(&self.inverse) {
                let (own, tail) = rest.split_at_mut(size.levels * size.effects);
                work(inverse.as_deref(), own);
                rest = tail;
            }
        }
    }
}

/// T^-1 of term k where its random effects dominate the residuals and it can be divided by.
fn inverse_of_large(gram: &Gram, k: usize, t: &[f64]) -> Option<Vec<f64>> {
    let r = gram.layout.terms[k].effects;
    if (0..r).any(|a| t[a * r + a] == 0.0) {
        return None;
    }
    let mut inverse = vec![0.0; r * r];
    for (j, column) in inverse.chunks_exact_mut(r).enumerate() {
        column[j] = 1.0;
        dense::solve_lower(r, t, column);
    }
    let norm = |m: &[f64]| (0..r).map(|a| (0..r).map(|b| m[b * r + a].abs()).sum::<f64>()).fold(0.0, f64::max);
    let size = |g: &[f64]| -> f64 {
        let product = |a: usize, b: usize| (0..r).map(|l| g[l * r + a] * t[b * r + l]).sum::<f64>();
        (0..r).map(|b| (0..r).map(|a| t[b * r + a] * product(a, b)).sum::<f64>()).sum()
    };
    let large = gram.diagonal[k].chunks_exact(r * r).any(|g| size(g) > 1.0);
    (large && norm(t) * norm(&inverse) < WELL_CONDITIONED).then_some(inverse)
}
