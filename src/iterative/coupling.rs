//! Products with the cross-products of two terms, eight columns at a time: by levels of the term that is eliminated.

use std::ops::Range;

use super::columns::{Row, WIDTH};
use crate::random::BlockMatrix;

/// t_j += sum over levels i of G_ij'v_i, for columns (levels of the eliminated term) j in `levels`; `t` begins at the first of them.
#[allow(clippy::inline_always)]
#[inline(always)]
pub fn gather(pair: &BlockMatrix, levels: Range<usize>, v: &[Row], t: &mut [Row]) {
    match (pair.row_effects, pair.column_effects) {
        (1, 1) => gather_sized::<1, 1>(pair, levels, v, t),
        (1, 2) => gather_sized::<1, 2>(pair, levels, v, t),
        (2, 1) => gather_sized::<2, 1>(pair, levels, v, t),
        (2, 2) => gather_sized::<2, 2>(pair, levels, v, t),
        _ => gather_any(pair, levels, v, t),
    }
}

/// out_i += factor times the sum over columns j of G_ij t_j.
#[allow(clippy::inline_always)]
#[inline(always)]
pub fn scatter(pair: &BlockMatrix, levels: Range<usize>, factor: f64, t: &[Row], out: &mut [Row]) {
    match (pair.row_effects, pair.column_effects) {
        (1, 1) => scatter_sized::<1, 1>(pair, levels, factor, t, out),
        (1, 2) => scatter_sized::<1, 2>(pair, levels, factor, t, out),
        (2, 1) => scatter_sized::<2, 1>(pair, levels, factor, t, out),
        (2, 2) => scatter_sized::<2, 2>(pair, levels, factor, t, out),
        _ => scatter_any(pair, levels, factor, t, out),
    }
}

// Loops by index: iterators over pairs of slices are not always compiled into vector code of the caller's kind.
#[allow(clippy::inline_always, clippy::needless_range_loop)]
#[inline(always)]
fn gather_sized<const A: usize, const B: usize>(pair: &BlockMatrix, levels: Range<usize>, v: &[Row], t: &mut [Row]) {
    let (v, t) = (v.as_chunks::<A>().0, t.as_chunks_mut::<B>().0);
    let ends = &pair.col_ptr[levels.start..=levels.end];
    for j in 0..ends.len() - 1 {
        let rows = &pair.rows[ends[j]..ends[j + 1]];
        let values = &pair.values[ends[j] * A * B..ends[j + 1] * A * B];
        let mut sum = t[j];
        for e in 0..rows.len() {
            let (v, g) = (&v[rows[e] as usize], &values[e * A * B..(e + 1) * A * B]);
            for b in 0..B {
                for a in 0..A {
                    for c in 0..WIDTH {
                        sum[b][c] += g[b * A + a] * v[a][c];
                    }
                }
            }
        }
        t[j] = sum;
    }
}

#[allow(clippy::inline_always, clippy::needless_range_loop)]
#[inline(always)]
fn scatter_sized<const A: usize, const B: usize>(
    pair: &BlockMatrix,
    levels: Range<usize>,
    factor: f64,
    t: &[Row],
    out: &mut [Row],
) {
    let (t, out) = (t.as_chunks::<B>().0, out.as_chunks_mut::<A>().0);
    let ends = &pair.col_ptr[levels.start..=levels.end];
    for j in 0..ends.len() - 1 {
        let rows = &pair.rows[ends[j]..ends[j + 1]];
        let values = &pair.values[ends[j] * A * B..ends[j + 1] * A * B];
        let mut scaled = t[j];
        for b in 0..B {
            for c in 0..WIDTH {
                scaled[b][c] *= factor;
            }
        }
        for e in 0..rows.len() {
            let (out, g) = (&mut out[rows[e] as usize], &values[e * A * B..(e + 1) * A * B]);
            for a in 0..A {
                for b in 0..B {
                    for c in 0..WIDTH {
                        out[a][c] += g[b * A + a] * scaled[b][c];
                    }
                }
            }
        }
    }
}

fn gather_any(pair: &BlockMatrix, levels: Range<usize>, v: &[Row], t: &mut [Row]) {
    let (a, b, len) = (pair.row_effects, pair.column_effects, pair.block_len());
    for (level, t) in levels.zip(t.chunks_exact_mut(b)) {
        for e in pair.col_ptr[level]..pair.col_ptr[level + 1] {
            let v = &v[pair.rows[e] as usize * a..][..a];
            for (g, t) in pair.values[e * len..(e + 1) * len].chunks_exact(a).zip(&mut *t) {
                for (g, v) in g.iter().zip(v) {
                    for c in 0..WIDTH {
                        t[c] += g * v[c];
                    }
                }
            }
        }
    }
}

fn scatter_any(pair: &BlockMatrix, levels: Range<usize>, factor: f64, t: &[Row], out: &mut [Row]) {
    let (a, b, len) = (pair.row_effects, pair.column_effects, pair.block_len());
    for (level, t) in levels.zip(t.chunks_exact(b)) {
        for e in pair.col_ptr[level]..pair.col_ptr[level + 1] {
            let out = &mut out[pair.rows[e] as usize * a..][..a];
            for (g, t) in pair.values[e * len..(e + 1) * len].chunks_exact(a).zip(t) {
                for (g, out) in g.iter().zip(&mut *out) {
                    for c in 0..WIDTH {
                        out[c] += factor * g * t[c];
                    }
                }
            }
        }
    }
}

/// The same cross-products with the other term's levels as columns.
pub fn transposed(pair: &BlockMatrix, rows: usize) -> crate::error::Result<BlockMatrix> {
    use crate::error::try_vec;
    let what = "cross-products of the random effects";
    let (a, b, len) = (pair.row_effects, pair.column_effects, pair.block_len());
    let mut col_ptr = try_vec(what, 0usize, rows + 1)?;
    pair.rows.iter().for_each(|row| col_ptr[*row as usize + 1] += 1);
    (0..rows).for_each(|i| col_ptr[i + 1] += col_ptr[i]);
    let mut next = try_vec(what, 0usize, rows)?;
    next.copy_from_slice(&col_ptr[..rows]);
    let (mut own_rows, mut values) = (try_vec(what, 0u32, pair.rows.len())?, try_vec(what, 0.0, pair.values.len())?);
    for level in 0..pair.col_ptr.len() - 1 {
        for e in pair.col_ptr[level]..pair.col_ptr[level + 1] {
            let place = &mut next[pair.rows[e] as usize];
            own_rows[*place] = level as u32;
            for (i, v) in values[*place * len..(*place + 1) * len].iter_mut().enumerate() {
                *v = pair.values[e * len + i / b + i % b * a];
            }
            *place += 1;
        }
    }
    Ok(BlockMatrix { row_effects: b, column_effects: a, col_ptr, rows: own_rows, values })
}
