//! Traces with the inverse of the random effects' system, by the form that it has.

use super::roots::Roots;
use crate::covariance::MarkovForce;

/// Half the derivative in T of a term, or what the derivatives of T see of it.
pub enum Trace {
    Whole(Vec<f64>),
    Precision(MarkovForce),
}

impl Trace {
    /// Adds a multiple of the sum over levels of x_j u_j' of term k, x among the random effects' scores and u among the spherical effects.
    pub fn add_products(&mut self, t: &Roots, k: usize, factor: f64, x: &[f64], u: &[f64]) {
        match (self, t.markov(k)) {
            (Trace::Whole(force), _) => {
                let r = force.len().isqrt();
                for (x, u) in x.chunks_exact(r).zip(u.chunks_exact(r)) {
                    for c in 0..r {
                        for e in 0..r {
                            force[c * r + e] += factor * x[e] * u[c];
                        }
                    }
                }
            }
            (Trace::Precision(force), Some(markov)) => {
                let r = markov.size();
                let (mut image, mut right) = (vec![0.0; r], vec![0.0; r]);
                for (x, u) in x.chunks_exact(r).zip(u.chunks_exact(r)) {
                    image.copy_from_slice(x);
                    right.copy_from_slice(u);
                    markov.multiply_transpose(&mut image);
                    markov.add_product(force, factor, (x, &image), &mut right);
                }
            }
            (Trace::Precision(_), None) => {}
        }
    }

    /// The force of term k, with so many levels.
    pub fn force(self, t: &Roots, k: usize, levels: usize) -> Vec<f64> {
        match (self, t.markov(k)) {
            (Trace::Whole(force), _) => force,
            (Trace::Precision(force), Some(markov)) => markov.pull_back(levels as f64, &force, &t[k]),
            (Trace::Precision(_), None) => vec![],
        }
    }
}
