//! The way of log|A| through the modes: with E = Lambda'Z'(dW)Z Lambda, dW = t deta/dparameter, it moves by tr(A^-1 E). With
//! W = [-D^-1 A_1r; I] and F = W'E W that is
//!
//! ```text
//! tr(A^-1 E) = tr(D^-1 E_11) + tr(S^-1 F)
//! tr(S^-1 F) = tr(P^-1 F) + E [(x - v)'F v],   E sum_l u_l'F_ll v_l = 0
//! ```
//!
//! with x, v and u as `traces` has them: of what is sampled the blocks on the diagonal of F have no noise of first order in P - S.

use super::rows::forms;
use crate::error::{Result, try_copy, try_vec};
use crate::iterative::columns::{Row, WIDTH, multiply, zeros};
use crate::iterative::moments::each_block;
use crate::iterative::schur::{Schur, WORK, congruence};
use crate::iterative::split::Split;
use crate::linalg::dense;
use crate::random::TermRows;

/// What is known exactly for one parameter.
pub struct Share {
    /// tr(D^-1 E_11) + tr(P^-1 F).
    pub exact: f64,
    /// F_ll of each of the other terms, `[r, r, levels]`.
    blocks: Vec<Vec<f64>>,
}

impl Share {
    /// `moved` is Z'(dW)Z in the form that the system has Z'WZ in.
    pub fn new(schur: &Schur<'_>, moved: &Split<'_>) -> Result<Self> {
        let (r1, levels) = schur.split.first_size();
        let mut first = try_vec(WORK, 0.0, r1 * r1 * levels)?;
        let own = &moved.gram.diagonal[moved.first];
        for (e, out) in own.chunks_exact(r1 * r1).zip(first.chunks_exact_mut(r1 * r1)) {
            congruence(r1, schur.t_first(), e, out);
        }
        let mut share = Share { exact: dense::dot(&first, &schur.d_inverse), blocks: vec![] };
        for i in 0..schur.split.others.len() {
            let blocks = if r1 * schur.split.effects(i) == 1 {
                scalars(schur, moved, i, &first)?
            } else {
                of_blocks(schur, moved, i, &first)?
            };
            share.exact += dense::dot(&blocks, &schur.p_inverse[i]);
            share.blocks.push(blocks);
        }
        Ok(share)
    }

    /// sum_l u_l'F_ll v_l of each column.
    fn within(&self, split: &Split<'_>, u: &[Row], v: &[Row]) -> Row {
        let mut total = [0.0; WIDTH];
        for (i, blocks) in self.blocks.iter().enumerate() {
            let (range, r) = (split.range(i), split.effects(i));
            let levels = u[range.clone()].chunks_exact(r).zip(v[range].chunks_exact(r));
            for (f, (u, v)) in blocks.chunks_exact(r * r).zip(levels) {
                for (e, f) in f.iter().enumerate() {
                    for c in 0..WIDTH {
                        total[c] += f * u[e % r][c] * v[e / r][c];
                    }
                }
            }
        }
        total
    }
}

/// F_ll of a term whose levels have one effect, as those of the eliminated one.
fn scalars(schur: &Schur<'_>, moved: &Split<'_>, i: usize, first: &[f64]) -> Result<Vec<f64>> {
    let (t, both) = (schur.t_of(i)[0], schur.t_of(i)[0] * schur.t_first()[0]);
    let mut out = try_copy(WORK, moved.diagonal(i))?;
    out.iter_mut().for_each(|e| *e *= t * t);
    let (pair, own) = (&schur.split.couplings[i], &moved.couplings[i]);
    for (j, range) in pair.col_ptr.windows(2).enumerate() {
        for e in range[0]..range[1] {
            let w = both * schur.d_inverse[j] * pair.values[e];
            out[pair.rows[e] as usize] += w * (w * first[j] - 2.0 * both * own.values[e]);
        }
    }
    Ok(out)
}

fn of_blocks(schur: &Schur<'_>, moved: &Split<'_>, i: usize, first: &[f64]) -> Result<Vec<f64>> {
    let (r1, r, own) = (schur.split.first_size().0, schur.split.effects(i), &moved.couplings[i]);
    let (t1, t) = (schur.t_first(), schur.t_of(i));
    let mut out = try_vec(WORK, 0.0, moved.diagonal(i).len())?;
    for (e, out) in moved.diagonal(i).chunks_exact(r * r).zip(out.chunks_exact_mut(r * r)) {
        congruence(r, t, e, out);
    }
    let mut entry = 0;
    let (mut left, mut half, mut cross) = (vec![0.0; r * r1], vec![0.0; r1 * r], vec![0.0; r * r]);
    each_block(schur, i, |j, level, w, _, _| {
        let e = &own.values[entry * r * r1..(entry + 1) * r * r1];
        entry += 1;
        // T'E_lj T_1.
        for b in 0..r1 {
            for a in 0..r {
                let inner = |c: usize| (b..r1).map(|d| e[d * r + c] * t1[b * r1 + d]).sum::<f64>();
                left[b * r + a] = (a..r).map(|c| t[a * r + c] * inner(c)).sum();
            }
        }
        half.fill(0.0);
        dense::multiply_add(r1, r1, r, 1.0, &first[j * r1 * r1..(j + 1) * r1 * r1], w, &mut half);
        cross.fill(0.0);
        dense::multiply_add(r, r1, r, 1.0, &left, w, &mut cross);
        let out = &mut out[level * r * r..(level + 1) * r * r];
        for b in 0..r {
            for a in 0..r {
                let square: f64 = (0..r1).map(|c| w[a * r1 + c] * half[b * r1 + c]).sum();
                out[b * r + a] += square - cross[b * r + a] - cross[a * r + b];
            }
        }
    });
    Ok(out)
}

/// What is sampled of all parameters, from x - v = d, u and v; `slopes` are dW per row.
pub fn sampled(
    schur: &Schur<'_>,
    terms: &[TermRows<'_>],
    shares: &[Share],
    slopes: &[Vec<f64>],
    (d, u, v): (&[Row], &[Row], &[Row]),
) -> Result<Vec<Row>> {
    let (left, right) = (images(schur, d)?, images(schur, v)?);
    let left: Vec<&[Row]> = left.iter().map(|v| &v[..]).collect();
    let right: Vec<&[Row]> = right.iter().map(|v| &v[..]).collect();
    let mut out = forms(terms, (&left, &right), slopes);
    for (out, share) in out.iter_mut().zip(shares) {
        let within = share.within(schur.split, u, v);
        (0..WIDTH).for_each(|c| out[c] -= within[c]);
    }
    Ok(out)
}

/// Lambda W v by terms.
fn images(schur: &Schur<'_>, v: &[Row]) -> Result<Vec<Vec<Row>>> {
    let split = schur.split;
    let (r, levels) = split.first_size();
    let mut first = schur.recover_first(zeros(WORK, r * levels)?, v)?;
    multiply(r, schur.t_first(), false, &mut first);
    let mut all = vec![];
    let mut first = Some(first);
    for k in 0..split.layout.terms.len() {
        match split.others.iter().position(|other| *other == k) {
            None => all.extend(first.take()),
            Some(i) => {
                let mut own = try_copy(WORK, &v[split.range(i)])?;
                multiply(split.effects(i), schur.t_of(i), false, &mut own);
                all.push(own);
            }
        }
    }
    Ok(all)
}
