//! Diagonal blocks of A^-1, level by level.

use super::columns::WIDTH;
use super::moments::{dense_form, each_block};
use super::schur::{Schur, WORK};
use super::traces::Remainders;
use super::units::Samples;
use crate::error::{Result, try_copy, try_vec};
use crate::linalg::dense;

/// Diagonal blocks of A^-1: of the terms in their order, and the relative Monte-Carlo error of a standard deviation: a
/// root mean square over the effects of a term, of the term with the largest.
pub struct Levels {
    pub blocks: Vec<Vec<f64>>,
    pub error: f64,
}

impl Remainders {
    pub fn new(schur: &Schur<'_>) -> Result<Self> {
        let split = schur.split;
        let mut others = vec![];
        for inverse in &schur.p_inverse {
            others.push(try_vec(WORK, 0.0, inverse.len())?);
        }
        let (r, levels) = split.first_size();
        Ok(Remainders { first: try_vec(WORK, 0.0, r * r * levels)?, others })
    }
}

/// The diagonal blocks of A^-1, and how the halves of the samples differ.
pub fn levels(schur: &Schur<'_>, samples: &Samples) -> Result<Levels> {
    let split = schur.split;
    let mut blocks = vec![vec![]; split.layout.terms.len()];
    let (r1, _) = split.first_size();
    let mut first = try_copy(WORK, &schur.d_inverse)?;
    for i in 0..split.others.len() {
        each_block(schur, i, |j, level, w, r1, r| {
            let p = &schur.p_inverse[i][level * r * r..][..r * r];
            dense_form(r1, r, w, p, &mut first[j * r1 * r1..(j + 1) * r1 * r1]);
        });
        blocks[split.others[i]] = try_copy(WORK, &schur.p_inverse[i])?;
    }
    blocks[split.first] = first;
    let mut error: f64 = 0.0;
    for (k, size) in split.layout.terms.iter().enumerate() {
        let r = if k == split.first { r1 } else { size.effects };
        let own = |own: &'_ Remainders| -> Vec<f64> {
            match split.others.iter().position(|other| *other == k) {
                Some(i) => own.others[i].clone(),
                None => own.first.clone(),
            }
        };
        let mut halves = [try_vec(WORK, 0.0, blocks[k].len())?, try_vec(WORK, 0.0, blocks[k].len())?];
        let mut counts = [0.0; 2];
        for remainders in samples.known.iter().filter_map(|(_, own)| own.as_ref()) {
            dense::add_scaled(&mut blocks[k], 1.0, &own(remainders));
        }
        for (b, remainders) in samples.signs.iter().filter_map(|(_, own)| own.as_ref()).enumerate() {
            dense::add_scaled(&mut halves[b % 2], 1.0, &own(remainders));
            counts[b % 2] += WIDTH as f64;
        }
        let total = counts[0] + counts[1];
        let (mut squares, mut count) = (0.0, 0.0);
        for (e, block) in blocks[k].iter_mut().enumerate() {
            *block += (halves[0][e] + halves[1][e]) / total;
            if e % (r * r) % (r + 1) == 0 {
                // Half the difference of two means is a draw of the error of their mean; a standard deviation has half the relative error.
                let difference = 0.5 * (halves[0][e] / counts[0] - halves[1][e] / counts[1]);
                squares += (0.5 * difference / *block).powi(2);
                count += 1.0;
            }
        }
        error = error.max(f64::sqrt(squares / count));
    }
    Ok(Levels { blocks, error })
}
