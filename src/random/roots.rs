//! The relative covariance factors of all terms.

use std::ops::Deref;

use super::layout::Layout;
use crate::covariance::{Bidiagonal, Structure};

/// T of each term `[r, r]`, and T^-1 of those terms where it is bidiagonal.
#[derive(Clone, Debug)]
pub struct Roots {
    t: Vec<Vec<f64>>,
    inverse: Vec<Option<Bidiagonal>>,
}

impl Deref for Roots {
    type Target = [Vec<f64>];

    fn deref(&self) -> &[Vec<f64>] {
        &self.t
    }
}

impl Roots {
    pub fn zeros(structures: &[Structure]) -> Self {
        Roots { t: structures.iter().map(|s| vec![0.0; s.size * s.size]).collect(), inverse: vec![None; structures.len()] }
    }

    /// Those of working parameters.
    pub fn set(&mut self, structures: &[Structure], working: &[f64]) {
        let mut first = 0;
        for ((structure, t), inverse) in structures.iter().zip(&mut self.t).zip(&mut self.inverse) {
            let own = &working[first..first + structure.n_theta()];
            first += own.len();
            structure.factor(own, t);
            *inverse = structure.inverse(own);
        }
    }

    /// T^-1 of term k, where it is bidiagonal and T far from singular.
    pub fn inverse(&self, k: usize) -> Option<&Bidiagonal> {
        self.inverse[k].as_ref()
    }

    /// T of term k is used as it is.
    pub fn forget_inverse(&mut self, k: usize) {
        self.inverse[k] = None;
    }

    /// All factors divided by a number.
    pub fn divide_by(&mut self, unit: f64) {
        self.t.iter_mut().flatten().for_each(|v| *v /= unit);
        self.inverse.iter_mut().flatten().for_each(|b| b.scale(unit));
    }

    /// v <- T^-1 v, or T'^-1 v, of the terms that have it as a bidiagonal matrix, for any number of columns; those of others stay.
    pub fn divide(&self, layout: &Layout, transpose: bool, v: &mut [f64]) {
        let q = layout.q().max(1);
        for (k, inverse) in self.inverse.iter().enumerate() {
            let Some(inverse) = inverse else { continue };
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
