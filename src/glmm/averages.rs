//! Averages of scores over the nodes of a quadrature, of which its gradient is made.

use super::laplace::Laplace;
use super::quadrature::Quadrature;
use crate::error::{Result, try_vec};

/// Averages over the nodes, after a gradient.
#[derive(Clone, Debug, Default)]
pub struct Averages {
    /// e of each effect, in the order of the modes.
    pub e: Vec<f64>,
    /// Scores per predictor and row.
    pub s: Vec<Vec<f64>>,
    /// sum pi_k (Z's_k) u_k' of each term `[r, r]`.
    pub force: Vec<Vec<f64>>,
    /// Sums over the rows of the shared parameters' scores.
    pub shared: Vec<f64>,
    /// sum pi_k grad h(u_k) z_k' of each level `[r, r]`.
    pub slopes: Vec<f64>,
}

/// Sums over the nodes before they are divided by their weights.
pub struct Sums {
    raw: Averages,
}

impl Sums {
    pub fn new(q: usize, levels: usize, quadrature: &Quadrature, laplace: &Laplace<'_>) -> Result<Self> {
        let r = quadrature.effects.len();
        let rows = if q > 0 { laplace.model.n } else { 0 };
        let zeros = |len: usize| try_vec("averages over the nodes", 0.0, len);
        Ok(Sums {
            raw: Averages {
                e: zeros(q)?,
                s: laplace.eta.iter().map(|_| zeros(rows)).collect::<Result<_>>()?,
                // Per level first.
                force: laplace.t.iter().map(|t| zeros(if q > 0 { t.len() * levels } else { 0 })).collect::<Result<_>>()?,
                shared: zeros(laplace.model.response.n_shared() * levels)?,
                slopes: zeros(if q > 0 { r * r * levels } else { 0 })?,
            },
        })
    }

    /// One node: `zs` has Z's there, `pi` the weight of each level.
    pub fn add(&mut self, quadrature: &Quadrature, laplace: &Laplace<'_>, t: &[f64], z: &[f64], zs: &[f64], pi: &[f64]) {
        let (r, model, raw) = (quadrature.effects.len(), laplace.model, &mut self.raw);
        let mut slope = vec![0.0; r];
        // Where a weight has underflowed the scores may be without bounds.
        for (level, weight) in pi.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
            for (a, slope) in slope.iter_mut().enumerate() {
                let score: f64 = (a..r).map(|c| t[a * r + c] * zs[quadrature.at(model, c, level)]).sum();
                *slope = score - laplace.u[quadrature.at(model, a, level)];
                raw.e[quadrature.at(model, a, level)] += weight * *slope;
            }
            for b in 0..r {
                for a in 0..r {
                    raw.slopes[level * r * r + b * r + a] += weight * slope[a] * z[b];
                }
            }
            for (k, force) in raw.force.iter_mut().enumerate() {
                let (size, first) = (model.structures[k].size, model.layout.offset(k) + level * model.structures[k].size);
                for c in 0..size {
                    for e in 0..size {
                        force[level * size * size + c * size + e] += weight * zs[first + e] * laplace.u[first + c];
                    }
                }
            }
        }
        for (sum, s) in raw.s.iter_mut().zip(&quadrature.node.s) {
            for ((sum, s), &level) in sum.iter_mut().zip(s).zip(&quadrature.index).filter(|(_, level)| pi[**level as usize] > 0.0) {
                *sum += pi[level as usize] * s;
            }
        }
        let levels = pi.len();
        for f in 0..model.response.n_shared() {
            let scores = laplace.evaluator.shared_score(f).iter().zip(&quadrature.index);
            for (score, &level) in scores.filter(|(_, level)| pi[**level as usize] > 0.0) {
                raw.shared[f * levels + level as usize] += pi[level as usize] * score;
            }
        }
    }

    pub fn averages(mut self, quadrature: &Quadrature, laplace: &Laplace<'_>, total: &[f64]) -> Averages {
        let (r, levels) = (quadrature.effects.len(), total.len());
        for (level, total) in total.iter().enumerate() {
            for a in 0..r {
                self.raw.e[quadrature.at(laplace.model, a, level)] /= total;
            }
            self.raw.slopes[level * r * r..(level + 1) * r * r].iter_mut().for_each(|v| *v /= total);
        }
        for s in &mut self.raw.s {
            s.iter_mut().zip(&quadrature.index).for_each(|(s, &level)| *s /= total[level as usize]);
        }
        let sum_of_levels = |values: &[f64], size: usize| -> Vec<f64> {
            (0..size).map(|e| (0..levels).map(|level| values[level * size + e] / total[level]).sum()).collect()
        };
        self.raw.force = self.raw.force.iter().map(|f| sum_of_levels(f, f.len() / levels.max(1))).collect();
        let shared = |f: usize| (0..levels).map(|level| self.raw.shared[f * levels + level] / total[level]).sum();
        self.raw.shared = (0..laplace.model.response.n_shared()).map(shared).collect();
        self.raw
    }
}
