//! Sums over the rows of the data of products of linear predictors, eight columns at a time.

use pulp::NullaryFnOnce;

use crate::iterative::columns::{Row, WIDTH, wide};
use crate::random::TermRows;

/// Rows that are done together.
const BLOCK: usize = 128;

/// Of each list of weights w, sum_i w_i (z_i'a)(z_i'b), with a and b by terms.
pub fn forms(terms: &[TermRows<'_>], (a, b): (&[&[Row]], &[&[Row]]), weights: &[Vec<f64>]) -> Vec<Row> {
    let n = weights.first().map_or(0, Vec::len);
    let mut out = vec![[0.0; WIDTH]; weights.len()];
    wide(Forms { terms, a, b, weights, n, out: &mut out });
    out
}

struct Forms<'s> {
    terms: &'s [TermRows<'s>],
    a: &'s [&'s [Row]],
    b: &'s [&'s [Row]],
    weights: &'s [Vec<f64>],
    n: usize,
    out: &'s mut [Row],
}

impl NullaryFnOnce for Forms<'_> {
    type Output = ();

    #[allow(clippy::inline_always, clippy::needless_range_loop)]
    #[inline(always)]
    fn call(self) {
        let Forms { terms, a, b, weights, n, out } = self;
        let (mut left, mut right) = ([[0.0; WIDTH]; BLOCK], [[0.0; WIDTH]; BLOCK]);
        for start in (0..n).step_by(BLOCK) {
            let count = BLOCK.min(n - start);
            left[..count].fill([0.0; WIDTH]);
            right[..count].fill([0.0; WIDTH]);
            for (term, (a, b)) in terms.iter().zip(a.iter().zip(b)) {
                add_images(term, n, start, a, &mut left[..count]);
                add_images(term, n, start, b, &mut right[..count]);
            }
            for i in 0..count {
                for c in 0..WIDTH {
                    left[i][c] *= right[i][c];
                }
            }
            for (weights, out) in weights.iter().zip(&mut *out) {
                let weights = &weights[start..start + count];
                let mut sum = [0.0; WIDTH];
                for i in 0..count {
                    for c in 0..WIDTH {
                        sum[c] += weights[i] * left[i][c];
                    }
                }
                for c in 0..WIDTH {
                    out[c] += sum[c];
                }
            }
        }
    }
}

/// out_i += z_i'v of one term, for rows from `start` on.
#[allow(clippy::inline_always, clippy::needless_range_loop)]
#[inline(always)]
fn add_images(term: &TermRows<'_>, n: usize, start: usize, v: &[Row], out: &mut [Row]) {
    let index = &term.index[start..start + out.len()];
    let Some(z) = term.z else {
        for i in 0..out.len() {
            let v = &v[index[i] as usize];
            for c in 0..WIDTH {
                out[i][c] += v[c];
            }
        }
        return;
    };
    let r = z.len() / n;
    for e in 0..r {
        let z = &z[e * n + start..e * n + start + out.len()];
        for i in 0..out.len() {
            let v = &v[index[i] as usize * r + e];
            for c in 0..WIDTH {
                out[i][c] += z[i] * v[c];
            }
        }
    }
}
