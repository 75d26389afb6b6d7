//! Random signs for the estimation of traces (Hutchinson 1990), the same at all parameters.
//!
//! Levels are independent. Within a level of several effects the signs of the eight columns of a block are those of a Hadamard matrix, in
//! random order of sign: cross products of two effects of a level cancel over the block.

use super::columns::{Row, WIDTH, zeros};
use super::schur::WORK;
use super::split::Split;
use crate::error::Result;
use crate::simulate::{Purpose, Stream};

/// Block `block` of signs.
pub fn signs(split: &Split<'_>, seed: u64, block: usize) -> Result<Vec<Row>> {
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
                    *v = if (columns >> c) + own + hadamard & 1 == 0 { 1.0 } else { -1.0 };
                }
            }
        }
    }
    Ok(out)
}
