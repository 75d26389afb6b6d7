//! tr(M `E_i` M `E_j`) for the elements of the terms' covariances, and the sums of M's own blocks, from M in blocks of columns.
//!
//! `E_i`, i = (k; a >= b), has `e_a e_b' + e_b e_a'` (`e_a e_a'` on the diagonal) in each level block of term k. With B the block of level
//! j of term k and level l of term m, i = (k; a, b) and j = (m; c, d),
//!
//! ```text
//! t_ij = 1/2 2^([a != b] + [c != d]) sum over j, l of (B_ac B_bd + B_ad B_bc).
//! ```
//!
//! Large terms with few parameters (`ar1`) have too many elements: there the traces along their directions `K_i` are summed as
//! such, <K_i B, B K_j>.

use super::components::Components;
use super::fixed::Direction;
use super::precision::COLUMNS;
use super::variances::Variances;
use crate::error::{Result, try_vec};
use crate::linalg::dense::{matrix, multiply};
use crate::random::Layout;
use crate::watch::Phase;

/// The numbers of M's columns that are kept at once, unless one level has more.
const MOST: usize = 16_000_000;

/// Elements of the terms' covariances beyond which they are looked at by directions, where these are fewer.
const MANY: usize = 100;

/// The traces of a model at given parameters.
#[derive(Clone, Debug)]
pub struct Traces {
    /// tr(M K_i M K_j) for the directions, symmetric matrices in all levels of a term: `[n, n]`.
    pub along: Vec<f64>,
    /// The sum of M's blocks over the levels of each term, `[r, r]`.
    pub blocks: Vec<Vec<f64>>,
}

/// The sums over blocks of M.
struct Sums<'a> {
    /// The number of effects of each term.
    effects: Vec<usize>,
    blocks: Vec<Vec<f64>>,
    kind: Kind<'a>,
}

enum Kind<'a> {
    /// The first element of each term; t `[n, n]`, elements term by term, in each its lower triangle by columns.
    Elements {
        first: Vec<usize>,
        t: Vec<f64>,
    },
    Directions {
        all: &'a [Direction],
        along: Vec<f64>,
    },
}

/// Where levels stand among the random effects.
pub struct Places {
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
    /// The traces along directions: as many solves as the largest connected part of the random effects has columns.
    pub fn traces(&mut self, directions: &[Direction]) -> Result<Traces> {
        let places = Places::of(&self.system.gram.layout);
        let components = Components::of(self.precision.gram())?;
        let mut sums = Sums::zero(&places, directions)?;
        let (q, widest) = (places.q, places.effects.iter().copied().max().unwrap_or(1));
        let steps = (COLUMNS.min(MOST / q.max(1)) / widest).max(1).min(components.largest());
        let mut columns = try_vec("columns of the precision of the random effects", 0.0, q * steps * widest)?;
        for from in (0..components.largest()).step_by(steps.max(1)) {
            self.watch.at(Phase::DegreesOfFreedom, from, Some(components.largest()))?;
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
                self.watch.pulse()?;
                for (s, &own) in part.iter().skip(from).take(steps).enumerate() {
                    sums.add(&places, part, own, &columns[s * widest * q..(s + 1) * widest * q]);
                }
            }
        }
        Ok(sums.traces(directions))
    }
}

impl<'a> Sums<'a> {
    fn zero(places: &Places, directions: &'a [Direction]) -> Result<Self> {
        let effects = places.effects.clone();
        let mut first = vec![];
        let mut n = 0;
        for r in &effects {
            first.push(n);
            n += r * (r + 1) / 2;
        }
        let widest = effects.iter().copied().max().unwrap_or(1);
        let kind = if n > MANY && 4 * directions.len() * widest < n {
            Kind::Directions { all: directions, along: vec![0.0; directions.len() * directions.len()] }
        } else {
            Kind::Elements { first, t: try_vec("traces of the random effects", 0.0, n * n)? }
        };
        Ok(Sums { blocks: effects.iter().map(|r| vec![0.0; r * r]).collect(), effects, kind })
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
        let mut block = vec![];
        for &row in part {
            let (k, from) = (row.0 as usize, places.first(row));
            let rk = places.effects[k];
            if let (1, 1, Kind::Elements { first, t }) = (rk, rm, &mut self.kind) {
                let n = t.len().isqrt();
                t[first[m] * n + first[k]] += columns[from] * columns[from];
                continue;
            }
            block.clear();
            for c in 0..rm {
                block.extend_from_slice(&columns[c * q + from..c * q + from + rk]);
            }
            match &mut self.kind {
                Kind::Elements { first, t } => {
                    let n = t.len().isqrt();
                    let t = &mut t[first[m] * n..];
                    add_block(rk, rm, &block, |i, j, value| t[j * n + first[k] + i] += value);
                }
                Kind::Directions { all, along } => add_along(k, m, &block, all, along),
            }
        }
    }

    fn traces(self, directions: &[Direction]) -> Traces {
        let along = match &self.kind {
            Kind::Elements { first, t } => self.along_elements(first, t, directions),
            Kind::Directions { along, .. } => along.clone(),
        };
        Traces { along, blocks: self.blocks }
    }

    fn along_elements(&self, first: &[usize], t: &[f64], directions: &[Direction]) -> Vec<f64> {
        let (n, own) = (t.len().isqrt(), directions.len());
        // That of one effect's standard deviation is zero but for a row.
        let weight = |d: &Direction| -> Vec<(usize, f64)> {
            lower_triangle(self.effects[d.term], &d.k).into_iter().enumerate().filter(|(_, v)| *v != 0.0).collect()
        };
        let weights: Vec<Vec<(usize, f64)>> = directions.iter().map(weight).collect();
        let mut out = vec![0.0; own * own];
        for (j, right) in directions.iter().enumerate() {
            for (i, left) in directions.iter().enumerate() {
                let (rows, columns) = (first[left.term], first[right.term]);
                for (b, y) in &weights[j] {
                    for (a, x) in &weights[i] {
                        out[j * own + i] += x * y * t[(columns + b) * n + rows + a];
                    }
                }
            }
        }
        out
    }
}

impl Traces {
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

/// What one block B of M, of terms k and m, adds to the traces along directions.
fn add_along(k: usize, m: usize, block: &[f64], directions: &[Direction], along: &mut [f64]) {
    let n = directions.len();
    let of = |term: usize| directions.iter().enumerate().filter(move |(_, d)| d.term == term);
    let size = |term: usize| of(term).next().map_or(0, |(_, d)| d.k.len().isqrt());
    let (rows, columns) = (size(k), size(m));
    if rows == 0 || columns == 0 {
        return;
    }
    let product = |left, right| {
        let mut out = vec![0.0; rows * columns];
        multiply(false, left, right, &mut out);
        out
    };
    let b = || matrix(rows, columns, block);
    let before: Vec<(usize, Vec<f64>)> = of(k).map(|(i, d)| (i, product(matrix(rows, rows, &d.k), b()))).collect();
    for (j, d) in of(m) {
        let after = product(b(), matrix(columns, columns, &d.k));
        for (i, before) in &before {
            along[j * n + i] += before.iter().zip(&after).map(|(x, y)| x * y).sum::<f64>();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_have_the_traces_of_their_elements() {
        let number = |e: usize| ((e * 29 + 7) % 31) as f64 / 31.0 - 0.4;
        let symmetric = |r: usize, s: usize| (0..r * r).map(|e| number(e % r * (e / r) + e % r + e / r + s)).collect::<Vec<f64>>();
        let directions = [(0, 3, 1), (1, 4, 2), (0, 3, 5)].map(|(term, r, s)| Direction { term, k: symmetric(r, s) });
        let places = Places { effects: vec![3, 4], offset: vec![0, 3], q: 7 };
        let columns: Vec<f64> = (0..49).map(|e| number(e % 7 * (e / 7) + e)).collect();
        let mut sums = Sums::zero(&places, &directions).unwrap();
        let mut along = vec![0.0; 9];
        for (m, from, width) in [(0, 0, 3), (1, 3, 4)] {
            let own = &columns[from * 7..(from + width) * 7];
            sums.add(&places, &[(0, 0), (1, 0)], (m as u32, 0), own);
            for (k, first, rows) in [(0, 0, 3), (1, 3, 4)] {
                let block: Vec<f64> = own.chunks_exact(7).flat_map(|c| c[first..first + rows].to_vec()).collect();
                add_along(k, m, &block, &directions, &mut along);
            }
        }
        let want = sums.traces(&directions).along;
        assert!(along.iter().zip(&want).all(|(a, w)| (a - w).abs() < 1e-12), "{along:?} for {want:?}");
    }
}
