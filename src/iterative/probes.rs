//! Random signs for the estimation of traces (Hutchinson 1990), the same at all parameters.
//!
//! Levels are independent. Within a level of several effects the signs of the eight columns of a block are those of a Hadamard matrix, in
//! random order of sign: cross products of two effects of a level cancel over the block.
//!
//! Some directions are taken out of the signs and solved for by themselves: effects that are the same in all levels of a term, which the
//! eliminated term can nearly make up for, and all effects of small terms. Their part of a trace is exact, and it is the one with the most noise.

use super::columns::{Row, WIDTH, products, zeros};
use super::schur::{Schur, WORK};
use super::split::Split;
use crate::error::Result;
use crate::linalg::dense;
use crate::simulate::{Purpose, Stream};

/// Block `block` of signs.
fn signs(split: &Split<'_>, seed: u64, block: usize) -> Result<Vec<Row>> {
    let mut stream = Stream::new(seed, block as u64, Purpose::Probes);
    let mut out = zeros(WORK, split.n_others())?;
    let (mut bits, mut left) = (0, 0);
    let mut draw = |count: u32| {
        if left < count {
            (bits, left) = (stream.next_u64(), 64);
        }
        let own = bits & ((1 << count) - 1);
        bits >>= count;
        left -= count;
        own
    };
    for i in 0..split.others.len() {
        let r = split.effects(i);
        for level in out[split.range(i)].chunks_exact_mut(r) {
            let columns = draw(WIDTH as u32);
            for (a, row) in level.iter_mut().enumerate() {
                let own = if r == 1 { 0 } else { draw(1) };
                for (c, v) in row.iter_mut().enumerate() {
                    let hadamard = u64::from((a & c).count_ones());
                    *v = if ((columns >> c) + own + hadamard) & 1 == 0 { 1.0 } else { -1.0 };
                }
            }
        }
    }
    Ok(out)
}

/// Terms of no more effects have none of them in the signs.
const SMALL: usize = 32;

/// Orthonormal directions that are solved for by themselves, in blocks of eight; those beyond the last are zero.
pub struct Known(Vec<Vec<Row>>, usize);

impl Known {
    /// In the coordinates of the signs, where an effect c of all levels is C_j'c.
    pub fn new(schur: &Schur<'_>) -> Result<Self> {
        let split = schur.split;
        let mut all: Vec<(std::ops::Range<usize>, Vec<f64>)> = vec![];
        for (i, root) in schur.root.iter().enumerate() {
            let (range, r) = (split.range(i), split.effects(i));
            if range.len() <= SMALL {
                all.extend(range.map(|e| (e..e + 1, vec![1.0])));
                continue;
            }
            let first = all.len();
            for a in 0..r {
                let mut own: Vec<f64> = root.chunks_exact(r * r).flat_map(|c| (0..r).map(|b| c[b * r + a])).collect();
                for (_, before) in &all[first..] {
                    let along = dense::dot(before, &own);
                    dense::add_scaled(&mut own, -along, before);
                }
                let norm = dense::dot(&own, &own).sqrt();
                own.iter_mut().for_each(|v| *v /= norm);
                all.push((range.clone(), own));
            }
        }
        let mut blocks = vec![];
        for eight in all.chunks(WIDTH) {
            let mut block = zeros(WORK, split.n_others())?;
            for (c, (range, own)) in eight.iter().enumerate() {
                block[range.clone()].iter_mut().zip(own).for_each(|(row, v)| row[c] = *v);
            }
            blocks.push(block);
        }
        Ok(Known(blocks, all.len()))
    }

    pub fn blocks(&self) -> &[Vec<Row>] {
        &self.0
    }

    /// The directions, if they fit into the columns from `first` on of one block.
    pub fn beside(&self, first: usize) -> Result<Option<Vec<Row>>> {
        let [block] = &self.0[..] else { return Ok(None) };
        if first + self.1 > WIDTH {
            return Ok(None);
        }
        let mut own = zeros(WORK, block.len())?;
        own.iter_mut().zip(block).for_each(|(own, row)| own[first..first + self.1].copy_from_slice(&row[..self.1]));
        Ok(Some(own))
    }

    /// Takes the directions out of signs.
    fn project(&self, z: &mut [Row]) {
        for block in &self.0 {
            let along = products(block, z, 1);
            for (z, own) in z.iter_mut().zip(block) {
                for (direction, along) in own.iter().zip(&along).filter(|(direction, _)| **direction != 0.0) {
                    for c in 0..WIDTH {
                        z[c] -= direction * along[c];
                    }
                }
            }
        }
    }

    /// Signs without the directions.
    pub fn signs(&self, split: &Split<'_>, seed: u64, block: usize) -> Result<Vec<Row>> {
        let mut z = signs(split, seed, block)?;
        self.project(&mut z);
        Ok(z)
    }
}
