//! What is known exactly of the eliminated term's part of A^-1. With W = -D^-1 A_1r,
//!
//! ```text
//! (A^-1)_11 = D^-1 + W S^-1 W',   S^-1 = P^-1 + P^-1 (P - S) S^-1:
//! ```
//!
//! the sum over levels of W P^-1 W', and of W_ji x W_ji, by which the expectation zero of W_ji P_i^-1 [(P - S) v]_i v_i' W_ji' is weighted.

use super::schur::{Schur, WORK};
use crate::error::{Result, try_vec};
use crate::linalg::dense;

/// Blocks with more elements than this have no weights.
const LARGEST: usize = 8;

pub struct Moments {
    /// sum_j (W P^-1 W')_jj, `[r, r]`.
    pub exact: Vec<f64>,
    /// Of each of the others, for each level i, sum_j vec(W_ji) vec(W_ji)' `[r1 r, r1 r]`; empty for large blocks.
    pub weights: Vec<Vec<f64>>,
}

impl Moments {
    pub fn new(schur: &Schur<'_>) -> Result<Self> {
        let split = schur.split;
        let r1 = split.first_size().0;
        let mut own = Moments { exact: vec![0.0; r1 * r1], weights: vec![] };
        for i in 0..split.others.len() {
            let s = r1 * split.effects(i);
            let levels = split.range(i).len() / split.effects(i);
            let mut weights = try_vec(WORK, 0.0, if s <= LARGEST { s * s * levels } else { 0 })?;
            if s == 1 {
                own.add_scalars(schur, i, &mut weights);
            } else {
                own.add_blocks(schur, i, &mut weights);
            }
            own.weights.push(weights);
        }
        Ok(own)
    }

    fn add_scalars(&mut self, schur: &Schur<'_>, i: usize, weights: &mut [f64]) {
        let pair = &schur.split.couplings[i];
        let both = schur.t_first()[0] * schur.t_of(i)[0];
        for (range, d) in pair.col_ptr.windows(2).zip(&schur.d_inverse) {
            for (row, g) in pair.rows[range[0]..range[1]].iter().zip(&pair.values[range[0]..range[1]]) {
                let w = both * d * g;
                weights[*row as usize] += w * w;
            }
        }
        self.exact[0] += dense::dot(weights, &schur.p_inverse[i]);
    }

    fn add_blocks(&mut self, schur: &Schur<'_>, i: usize, weights: &mut [f64]) {
        let mut exact = std::mem::take(&mut self.exact);
        each_block(schur, i, |_, level, w, r1, r| {
            let s = r1 * r;
            dense_form(r1, r, w, &schur.p_inverse[i][level * r * r..][..r * r], &mut exact);
            if let Some(own) = weights.get_mut(level * s * s..(level + 1) * s * s) {
                for b in 0..s {
                    (0..s).for_each(|a| own[b * s + a] += w[a] * w[b]);
                }
            }
        });
        self.exact = exact;
    }
}

/// Calls `work(level of the first term, level of the other, -W_ji, r1, r)` for every block of one of the others.
pub fn each_block(schur: &Schur<'_>, i: usize, mut work: impl FnMut(usize, usize, &[f64], usize, usize)) {
    let split = schur.split;
    let (r, r1, pair) = (split.effects(i), split.first_size().0, &split.couplings[i]);
    let (t1, t) = (schur.t_first(), schur.t_of(i));
    let (mut left, mut w) = (vec![0.0; r1 * r1], vec![0.0; r1 * r]);
    for (j, range) in pair.col_ptr.windows(2).enumerate() {
        // D^-1 T_1'.
        let d = &schur.d_inverse[j * r1 * r1..][..r1 * r1];
        for b in 0..r1 {
            (0..r1).for_each(|a| left[b * r1 + a] = (0..=b).map(|c| d[c * r1 + a] * t1[c * r1 + b]).sum());
        }
        for e in range[0]..range[1] {
            let g = &pair.values[e * r * r1..(e + 1) * r * r1];
            for b in 0..r {
                for a in 0..r1 {
                    // (left G' T)_ab with G `r x r1`.
                    let inner = |l: usize| (b..r).map(|c| g[l * r + c] * t[b * r + c]).sum::<f64>();
                    w[b * r1 + a] = (0..r1).map(|l| left[l * r1 + a] * inner(l)).sum();
                }
            }
            work(j, pair.rows[e] as usize, &w, r1, r);
        }
    }
}

/// out (`a x a`) += W M W', with W `a x b`.
pub fn dense_form(a: usize, b: usize, w: &[f64], m: &[f64], out: &mut [f64]) {
    let mut wm = vec![0.0; a * b];
    dense::multiply_add(a, b, b, 1.0, w, m, &mut wm);
    for j in 0..a {
        for i in 0..a {
            out[j * a + i] += (0..b).map(|l| wm[l * a + i] * w[l * a + j]).sum::<f64>();
        }
    }
}
