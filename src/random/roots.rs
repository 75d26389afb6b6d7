//! The relative covariance factors of all terms.

use std::ops::Deref;

use super::layout::Layout;
use crate::covariance::{MarkovFactor, Structure, with_ranges};

/// T of each term `[r, r]`, and those of Markov processes by what is sparse of them.
#[derive(Clone, Debug)]
pub struct Roots {
    t: Vec<Vec<f64>>,
    markov: Vec<Option<MarkovFactor>>,
}

impl Deref for Roots {
    type Target = [Vec<f64>];

    fn deref(&self) -> &[Vec<f64>] {
        &self.t
    }
}

impl Roots {
    pub fn zeros(structures: &[Structure]) -> Self {
        Roots { t: structures.iter().map(|s| vec![0.0; s.size * s.size]).collect(), markov: vec![None; structures.len()] }
    }

    /// Multiples of the identity: of each term its effects, and the factor.
    pub fn multiples(terms: &[(usize, f64)]) -> Self {
        let of = |(r, factor): &(usize, f64)| (0..r * r).map(|e| if e % (r + 1) == 0 { *factor } else { 0.0 }).collect();
        Roots { t: terms.iter().map(of).collect(), markov: vec![None; terms.len()] }
    }

    /// Those of working parameters.
    pub fn set(&mut self, structures: &[Structure], working: &[f64]) {
        for (((structure, range), t), markov) in with_ranges(structures).zip(&mut self.t).zip(&mut self.markov) {
            let own = &working[range];
            structure.factor(own, t);
            *markov = structure.markov(own);
        }
    }

    /// T of term k as that of a Markov process, where it is one and far from singular.
    pub fn markov(&self, k: usize) -> Option<&MarkovFactor> {
        self.markov[k].as_ref()
    }

    /// T of term k is used as it is.
    pub fn forget_markov(&mut self, k: usize) {
        self.markov[k] = None;
    }

    /// All factors divided by a number.
    pub fn divide_by(&mut self, unit: f64) {
        self.t.iter_mut().flatten().for_each(|v| *v /= unit);
        self.markov.iter_mut().flatten().for_each(|m| m.scale(1.0 / unit));
    }

    /// v <- K^-1 v, or K'^-1 v, of the terms that have it as a bidiagonal matrix, for any number of columns; those of others stay.
    pub fn divide(&self, layout: &Layout, transpose: bool, v: &mut [f64]) {
        let q = layout.q().max(1);
        for (k, markov) in self.markov.iter().enumerate() {
            let Some(MarkovFactor { inverse, .. }) = markov else { continue };
            let range = layout.offset(k)..layout.offset(k + 1);
            for column in v.chunks_exact_mut(q) {
                for own in column[range.clone()].chunks_exact_mut(inverse.size()) {
                    if transpose {
                        inverse.multiply_transpose(own);
                    } else {
                        inverse.multiply(own);
                    }
                }
            }
        }
    }
}
