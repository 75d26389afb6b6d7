//! tr(M `E_i` M `E_j`) for the elements of the terms' covariances, and the sums of M's own blocks, from M in blocks of columns.
//!
//! `E_i`, i = (k; a >= b), has `e_a e_b' + e_b e_a'` (`e_a e_a'` on the diagonal) in each level block of term k. With B the block of level
//! j of term k and level l of term m, i = (k; a, b) and j = (m; c, d),
//!
//! ```text
//! t_ij = 1/2 2^([a != b] + [c != d]) sum over j, l of (B_ac B_bd + B_ad B_bc).
//! ```

use super::Variances;
use super::components::Components;
use super::fixed::Direction;
use super::precision::COLUMNS;
use crate::error::{Result, try_vec};
use crate::random::Layout;

/// The numbers of M's columns that are kept at once, unless one level has more.
const MOST: usize = 16_000_000;

/// The traces of a model at given parameters.
#[derive(Clone, Debug)]
pub struct Traces {
    /// The number of effects of each term.
    effects: Vec<usize>,
    /// The first element of each term.
    first: Vec<usize>,
    /// t `[n, n]`, elements term by term, in each its lower triangle by columns.
    t: Vec<f64>,
    /// The sum of M's blocks over the levels of each term, `[r, r]`.
    pub blocks: Vec<Vec<f64>>,
}

/// Where levels stand among the random effects.
pub(super) struct Places {
    pub effects: Vec<usize>,
    offset: Vec<usize>,
    pub q: usize,
}

impl Places {
    pub fn of(layout: &Layout) -> Self {
        Places {
            effects: layout.terms.iter().map(|t| t.effects).collect(),
            offset: (0..layout.terms.len()).map(|k| layout.offset(k)).collect(),
            q: layout.q(),
        }
    }

    pub fn first(&self, (term, level): (u32, u32)) -> usize {
        self.offset[term as usize] + level as usize * self.effects[term as usize]
    }
}

impl Variances<'_> {
    /// The traces: as many solves as the largest connected part of the random effects has columns.
    pub fn traces(&mut self) -> Result<Traces> {
        let places = Places::of(&self.system.gram.layout);
        let components = Components::of(self.precision.gram())?;
        let mut traces = Traces::zero(&places);
        let (q, widest) = (places.q, places.effects.iter().copied().max().unwrap_or(1));
        let steps = (COLUMNS.min(MOST / q.max(1)) / widest).max(1).min(components.largest());
        let mut columns = try_vec("columns of the precision of the random effects", 0.0, q * steps * widest)?;
        for from in (0..components.largest()).step_by(steps.max(1)) {
            columns.fill(0.0);
            // One level of each part at a time: what they give does not overlap.
            for part in components.parts() {
                for (s, &own) in part.iter().skip(from).take(steps).enumerate() {
                    for e in 0..places.effects[own.0 as usize] {
                        columns[(s * widest + e) * q + places.first(own) + e] = 1.0;
                    }
                }
            }
            self.precision.apply(&mut columns)?;
            for part in components.parts() {
                for (s, &own) in part.iter().skip(from).take(steps).enumerate() {
                    traces.add(&places, part, own, &columns[s * widest * q..(s + 1) * widest * q]);
                }
            }
        }
        Ok(traces)
    }
}

impl Traces {
    fn zero(places: &Places) -> Self {
        let effects = places.effects.clone();
        let mut first = vec![];
        let mut n = 0;
        for r in &effects {
            first.push(n);
            n += r * (r + 1) / 2;
        }
        Traces { t: vec![0.0; n * n], blocks: effects.iter().map(|r| vec![0.0; r * r]).collect(), first, effects }
    }

    /// Adds what one level's columns of M, `[q, r]`, contribute.
    fn add(&mut self, places: &Places, part: &[(u32, u32)], own: (u32, u32), columns: &[f64]) {
        let (m, q) = (own.0 as usize, places.q);
        let rm = places.effects[m];
        let at = places.first(own);
        for c in 0..rm {
            for a in 0..rm {
                self.blocks[m][c * rm + a] += columns[c * q + at + a];
            }
        }
        let n = self.t.len().isqrt();
        let mut block = vec![];
        for &row in part {
            let (k, from) = (row.0 as usize, places.first(row));
            let rk = places.effects[k];
            if rk == 1 && rm == 1 {
                self.t[self.first[m] * n + self.first[k]] += columns[from] * columns[from];
                continue;
            }
            block.clear();
            for c in 0..rm {
                block.extend_from_slice(&columns[c * q + from..c * q + from + rk]);
            }
            let t = &mut self.t[self.first[m] * n..];
            add_block(rk, rm, &block, |i, j, value| t[j * n + self.first[k] + i] += value);
        }
    }

    /// tr(M K_i M K_j) for symmetric matrices, each in all levels of a term: `[n, n]`.
    pub fn along(&self, directions: &[Direction]) -> Vec<f64> {
        let (n, own) = (self.t.len().isqrt(), directions.len());
        let weights: Vec<Vec<f64>> = directions.iter().map(|d| lower_triangle(self.effects[d.term], &d.k)).collect();
        let mut out = vec![0.0; own * own];
        for (j, right) in directions.iter().enumerate() {
            for (i, left) in directions.iter().enumerate() {
                let (rows, columns) = (self.first[left.term], self.first[right.term]);
                for (b, y) in weights[j].iter().enumerate() {
                    for (a, x) in weights[i].iter().enumerate() {
                        out[j * own + i] += x * y * self.t[(columns + b) * n + rows + a];
                    }
                }
            }
        }
        out
    }

    /// The sum of <K, M_jj> over the levels of a term.
    pub fn single(&self, direction: &Direction) -> f64 {
        direction.k.iter().zip(&self.blocks[direction.term]).map(|(k, m)| k * m).sum()
    }
}

/// The lower triangle of a symmetric matrix by columns.
fn lower_triangle(r: usize, k: &[f64]) -> Vec<f64> {
    (0..r).flat_map(|b| k[b * r + b..(b + 1) * r].iter().copied()).collect()
}

/// What one block B `[rows, columns]` of M adds to t: `add(i, j, value)` for elements i of the rows' term and j of the columns'.
fn add_block(rows: usize, columns: usize, block: &[f64], mut add: impl FnMut(usize, usize, f64)) {
    let at = |a: usize, c: usize| block[c * rows + a];
    let mut j = 0;
    for d in 0..columns {
        for c in d..columns {
            let mut i = 0;
            for b in 0..rows {
                for a in b..rows {
                    let factor = 0.5 * if a == b { 1.0 } else { 2.0 } * if c == d { 1.0 } else { 2.0 };
                    add(i, j, factor * (at(a, c) * at(b, d) + at(a, d) * at(b, c)));
                    i += 1;
                }
            }
            j += 1;
        }
    }
}
