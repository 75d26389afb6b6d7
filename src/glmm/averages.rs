//! Averages of scores over the nodes of a quadrature, of which its gradient is made.

use super::jet::Jet;
use super::levels::Levels;
use super::mode::Mode;
use super::model::Model;
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
    /// Z's at a node.
    zs: Vec<f64>,
}

impl Sums {
    pub fn new(q: usize, levels: &Levels, mode: &Mode<'_>) -> Result<Self> {
        let (r, count, model) = (levels.size(), levels.count, mode.model);
        let rows = if q > 0 { model.n } else { 0 };
        let zeros = |len: usize| try_vec("averages over the nodes", 0.0, len);
        let per_level = |t: &Vec<f64>| zeros(if q > 0 { t.len() * count } else { 0 });
        Ok(Sums {
            zs: zeros(q)?,
            raw: Averages {
                e: zeros(q)?,
                s: mode.eta.iter().map(|_| zeros(rows)).collect::<Result<_>>()?,
                force: mode.precision.t.iter().map(per_level).collect::<Result<_>>()?,
                shared: zeros(model.response.n_shared() * count)?,
                slopes: zeros(if q > 0 { r * r * count } else { 0 })?,
            },
        })
    }

    /// One node z, to which the modes have been moved, with its derivatives: `t` is T of all effects, `pi` the weight of each level.
    pub fn add(&mut self, levels: &Levels, mode: &Mode<'_>, node: &Jet, t: &[f64], z: &[f64], pi: &[f64]) {
        let (r, model, raw, zs) = (levels.size(), mode.model, &mut self.raw, &mut self.zs);
        model.transpose_random(&node.s, zs, 1);
        let mut slope = vec![0.0; r];
        // Where a weight has underflowed the scores may be without bounds.
        for (level, weight) in pi.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
            for (a, slope) in slope.iter_mut().enumerate() {
                let score: f64 = (a..r).map(|c| t[a * r + c] * zs[levels.at(model, c, level)]).sum();
                *slope = score - mode.u[levels.at(model, a, level)];
                raw.e[levels.at(model, a, level)] += weight * *slope;
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
                        force[level * size * size + c * size + e] += weight * zs[first + e] * mode.u[first + c];
                    }
                }
            }
        }
        for (sum, s) in raw.s.iter_mut().zip(&node.s) {
            for ((sum, s), &level) in sum.iter_mut().zip(s).zip(&levels.index).filter(|(_, level)| pi[**level as usize] > 0.0) {
                *sum += pi[level as usize] * s;
            }
        }
        for f in 0..model.response.n_shared() {
            let scores = mode.evaluator.shared_score(f).iter().zip(&levels.index);
            for (score, &level) in scores.filter(|(_, level)| pi[**level as usize] > 0.0) {
                raw.shared[f * pi.len() + level as usize] += pi[level as usize] * score;
            }
        }
    }

    pub fn averages(mut self, levels: &Levels, model: &Model, total: &[f64]) -> Averages {
        let (r, count) = (levels.size(), levels.count);
        for (level, total) in total.iter().enumerate() {
            for a in 0..r {
                self.raw.e[levels.at(model, a, level)] /= total;
            }
            self.raw.slopes[level * r * r..(level + 1) * r * r].iter_mut().for_each(|v| *v /= total);
        }
        for s in &mut self.raw.s {
            s.iter_mut().zip(&levels.index).for_each(|(s, &level)| *s /= total[level as usize]);
        }
        let sum_of_levels = |values: &[f64], size: usize| -> Vec<f64> {
            (0..size).map(|e| (0..count).map(|level| values[level * size + e] / total[level]).sum()).collect()
        };
        self.raw.force = self.raw.force.iter().map(|f| sum_of_levels(f, f.len() / count.max(1))).collect();
        let shared = |f: usize| (0..count).map(|level| self.raw.shared[f * count + level] / total[level]).sum();
        self.raw.shared = (0..model.response.n_shared()).map(shared).collect();
        self.raw
    }
}
