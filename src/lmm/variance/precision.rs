//! Products with M = Z'V^-1 Z = G (I + D G)^-1, G = Z'Z.

use std::borrow::Cow;

use crate::covariance::{MarkovFactor, Structure};
use crate::error::{Result, try_vec};
use crate::linalg::dense;
use crate::random::{Gram, RandomSystem, Roots};

/// The right-hand sides that are solved at once.
pub const COLUMNS: usize = 64;

/// What is allocated.
const WHAT: &str = "products with the precision of the random effects";

/// The largest condition number (by row sums) of a T that is divided by.
const WELL_CONDITIONED: f64 = 1e4;

/// M, by the factor of A.
pub struct MarginalPrecision<'a> {
    gram: Cow<'a, Gram>,
    t: Roots,
    /// T^-1 of terms that are divided by T.
    inverse: Vec<Option<Inverse>>,
    random: RandomSystem,
}

/// T^-1.
enum Inverse {
    Whole(usize, Vec<f64>),
    Markov(MarkovFactor),
}

impl Inverse {
    /// right <- right + T^-1 v, level by level.
    fn add_product(&self, v: &[f64], right: &mut [f64]) {
        match self {
            Inverse::Whole(r, inverse) => {
                for (v, right) in v.chunks_exact(*r).zip(right.chunks_exact_mut(*r)) {
                    for a in 0..*r {
                        right[a] += (0..=a).map(|b| inverse[b * r + a] * v[b]).sum::<f64>();
                    }
                }
            }
            Inverse::Markov(markov) => {
                let mut own = vec![0.0; markov.size()];
                for (v, right) in v.chunks_exact(own.len()).zip(right.chunks_exact_mut(markov.size())) {
                    own.copy_from_slice(v);
                    markov.divide(&mut own);
                    dense::add_scaled(right, 1.0, &own);
                }
            }
        }
    }

    /// out <- T'^-1 a, level by level.
    fn transposed_product(&self, a: &[f64], out: &mut [f64]) {
        match self {
            Inverse::Whole(r, inverse) => {
                for (a, out) in a.chunks_exact(*r).zip(out.chunks_exact_mut(*r)) {
                    for (e, value) in out.iter_mut().enumerate() {
                        *value = (e..*r).map(|b| inverse[e * r + b] * a[b]).sum();
                    }
                }
            }
            Inverse::Markov(markov) => {
                out.copy_from_slice(a);
                out.chunks_exact_mut(markov.size()).for_each(|out| markov.divide_transpose(out));
            }
        }
    }
}

impl<'a> MarginalPrecision<'a> {
    pub fn new(gram: Cow<'a, Gram>, structures: &[Structure], t: &Roots) -> Result<Self> {
        let mut random = RandomSystem::new(&gram, structures, COLUMNS)?;
        random.factorize(&gram, t)?;
        let inverse = |k: usize| match random.precision(t, k) {
            Some(markov) => Some(Inverse::Markov(markov.clone())),
            None => inverse_of_large(&gram, k, &t[k]).map(|inverse| Inverse::Whole(gram.layout.terms[k].effects, inverse)),
        };
        let inverse = (0..t.len()).map(inverse).collect();
        Ok(MarginalPrecision { t: t.clone(), inverse, random, gram })
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
        self.random.subtract_product(&self.gram, &image, v);
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
            self.each_block(&mut rest, |divided, block| {
                if divided {
                    block.fill(0.0);
                }
            });
            self.random.subtract_product(&self.gram, &rest, &mut right);
            self.gram.apply_factors(&self.t, true, &mut right);
        }
        // What stays of v: the terms that are divided by T go into the right-hand side.
        for (k, size) in self.gram.layout.terms.iter().enumerate() {
            let Some(inverse) = &self.inverse[k] else { continue };
            let (r, first) = (size.effects, self.gram.layout.offset(k));
            for (v, right) in v.chunks_exact_mut(q).zip(right.chunks_exact_mut(q)) {
                let range = first..first + size.levels * r;
                inverse.add_product(&v[range.clone()], &mut right[range.clone()]);
                v[range].fill(0.0);
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
        self.random.subtract_product(&self.gram, &modes, &mut rest);
        // Terms that are divided by T: Lambda'^-1 A^-1 Lambda'h.
        let q = self.order();
        for (k, size) in self.gram.layout.terms.iter().enumerate() {
            let Some(inverse) = &self.inverse[k] else { continue };
            let (r, first) = (size.effects, self.gram.layout.offset(k));
            let range = first..first + size.levels * r;
            for (a, rest) in scaled.chunks_exact(q).zip(rest.chunks_exact_mut(q)) {
                inverse.transposed_product(&a[range.clone()], &mut rest[range.clone()]);
            }
        }
        Ok((modes, rest))
    }

    /// v <- Lambda L'^-1 v, for columns in the order of the factor A = L L': a root of N.
    pub fn root(&mut self, v: &mut [f64]) -> Result<()> {
        let mut work = try_vec(WHAT, 0.0, v.len())?;
        self.random.permute_into(&self.t, v, &mut work);
        self.random.half_solve_transpose(&mut work);
        self.random.unpermute_into(&self.t, &work, v);
        self.gram.apply_factors(&self.t, false, v);
        Ok(())
    }

    /// The sum of squares of L^-1 Lambda'v.
    pub fn half_norm(&mut self, v: &mut [f64]) -> Result<f64> {
        let mut work = try_vec(WHAT, 0.0, v.len())?;
        self.gram.apply_factors(&self.t, true, v);
        self.random.permute_into(&self.t, v, &mut work);
        self.random.half_solve(&mut work);
        Ok(work.iter().map(|x| x * x).sum())
    }

    /// v <- A^-1 v.
    fn solve(&mut self, v: &mut [f64]) -> Result<()> {
        let mut work = try_vec(WHAT, 0.0, v.len())?;
        self.random.permute_into(&self.t, v, &mut work);
        self.random.half_solve(&mut work);
        self.random.half_solve_transpose(&mut work);
        self.random.unpermute_into(&self.t, &work, v);
        Ok(())
    }

    /// Calls `work` for each term with whether it is divided by T, and with its rows of each column.
    fn each_block(&self, v: &mut [f64], work: impl Fn(bool, &mut [f64])) {
        let q = self.order();
        for column in v.chunks_exact_mut(q.max(1)) {
            let mut rest = column;
            for (size, inverse) in self.gram.layout.terms.iter().zip(&self.inverse) {
                let (own, tail) = rest.split_at_mut(size.levels * size.effects);
                work(inverse.is_some(), own);
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
