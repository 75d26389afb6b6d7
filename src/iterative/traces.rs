//! Blocks of A^-1 summed over levels, by random signs z. With w = C z, x = S^-1 w, v = P^-1 w and u = P^-1 (P - S) v,
//!
//! ```text
//! E (x - v) u' = S^-1 - P^-1 - P^-1 (P - S) P^-1,   whose last part has no blocks on the diagonal,
//! E W (x - v) v' W' = W (S^-1 - P^-1) W':
//! ```
//!
//! what is of first order in P - S is exact, and all noise is of second order.
#![allow(clippy::needless_range_loop)]

use pulp::NullaryFnOnce;

use super::columns::{Row, WIDTH, dots, multiply, wide, zeros};
use super::conjugate::{Limits, Solved, solve};
use super::coupling::gather;
use super::moments::Moments;
use super::quadrature::{Spectrum, spectra};
use super::schur::{CHUNK, Schur, WORK};
use crate::error::{Result, try_copy};
use crate::watch::Watch;

/// What one block of signs gives: of each of its columns.
pub struct Sample {
    /// Of the terms in their order, the elements of their `[r, r]` one after the other.
    pub traces: Vec<Row>,
    pub spectra: [Spectrum; WIDTH],
    pub steps: usize,
    pub settled: bool,
}

/// Remainders of the diagonal blocks of A^-1, summed over columns.
pub struct Remainders {
    /// Of the term that is eliminated, and of the others.
    pub first: Vec<f64>,
    pub others: Vec<Vec<f64>>,
}

/// Further traces that a sample is to give, behind those of the terms, from x - v, u and v of the other terms' effects.
pub type Further<'f> = dyn Fn(&[Row], &[Row], &[Row]) -> Result<Vec<Row>> + Sync + 'f;

/// The sample of one block z; `remainders` take what belongs to each level.
pub fn sample(
    schur: &Schur<'_>,
    moments: &Moments,
    z: Vec<Row>,
    (limits, further): (Limits, Option<&Further<'_>>),
    remainders: Option<&mut Remainders>,
    watch: &Watch<'_>,
) -> Result<Sample> {
    let (start, w) = Start::new(schur, z)?;
    let solved = solve(schur, w, limits, watch)?;
    start.sample(schur, moments, solved, further, remainders, watch)
}

/// What a sample has before its solve.
pub struct Start {
    squares: Row,
    v: Vec<Row>,
}

impl Start {
    /// With w = C z.
    pub fn new(schur: &Schur<'_>, z: Vec<Row>) -> Result<(Self, Vec<Row>)> {
        let (squares, mut w) = (dots(&z, &z), z);
        schur.color(&mut w);
        let mut v = try_copy(WORK, &w)?;
        schur.divide_by_p(&mut v);
        Ok((Start { squares, v }, w))
    }

    /// The sample, from the solution for w.
    pub fn sample(
        self,
        schur: &Schur<'_>,
        moments: &Moments,
        solved: Solved,
        further: Option<&Further<'_>>,
        remainders: Option<&mut Remainders>,
        watch: &Watch<'_>,
    ) -> Result<Sample> {
        let (split, Start { squares, mut v }) = (schur.split, self);
        let spectra = spectra(&solved, &squares);
        let (mut u, mut d) = (solved.image, solved.x);
        schur.divide_by_p(&mut u);
        for ((u, d), v) in u.iter_mut().zip(&mut d).zip(&v) {
            for c in 0..WIDTH {
                u[c] = v[c] - u[c];
                d[c] -= v[c];
            }
        }
        let others = further.map_or(Ok(vec![]), |further| further(&d, &u, &v))?;
        let mut traces = vec![];
        for k in 0..split.layout.terms.len() {
            traces.push(vec![[0.0; WIDTH]; split.layout.terms[k].effects.pow(2)]);
        }
        let (mut own_first, mut own_others) = (None, None);
        if let Some(remainders) = remainders {
            (own_first, own_others) = (Some(&mut remainders.first), Some(&mut remainders.others));
        }
        for (i, &k) in split.others.iter().enumerate() {
            let range = split.range(i);
            let own = own_others.as_mut().map(|own| &mut own[i][..]);
            wide(LevelSums { r: split.effects(i), x: &d[range.clone()], y: &u[range], sums: &mut traces[k], each: own });
        }
        let sums = &mut traces[split.first];
        for i in 0..split.others.len() {
            expected(schur, moments, i, &u[split.range(i)], &v[split.range(i)], sums);
        }
        watch.pulse()?;
        through_first(schur, &mut d, &mut v, sums, own_first.map(|own| &mut own[..]))?;
        let mut traces = traces.concat();
        traces.extend(others);
        Ok(Sample { traces, spectra, steps: solved.steps, settled: solved.settled })
    }
}

/// sums -= the terms of W_1i u_i v_i' W_1i' of one of the others, whose expectation is zero.
fn expected(schur: &Schur<'_>, moments: &Moments, i: usize, u: &[Row], v: &[Row], sums: &mut [Row]) {
    let (r1, r) = (schur.split.first_size().0, schur.split.effects(i));
    let s = r1 * r;
    if s == 1 {
        for (i, weight) in moments.weights[i].iter().enumerate() {
            for c in 0..WIDTH {
                sums[0][c] -= weight * u[i][c] * v[i][c];
            }
        }
        return;
    }
    for (weights, (u, v)) in moments.weights[i].chunks_exact(s * s).zip(u.chunks_exact(r).zip(v.chunks_exact(r))) {
        for (e, sum) in sums.iter_mut().enumerate() {
            let (a, b) = (e % r1, e / r1);
            for j in 0..r {
                for l in 0..r {
                    let weight = weights[(j * r1 + b) * s + l * r1 + a];
                    for c in 0..WIDTH {
                        sum[c] -= 0.5 * weight * (u[l][c] * v[j][c] + v[l][c] * u[j][c]);
                    }
                }
            }
        }
    }
}

/// Adds the products of W d and W v, level by level of the eliminated term.
fn through_first(schur: &Schur<'_>, d: &mut [Row], v: &mut [Row], sums: &mut [Row], each: Option<&mut [f64]>) -> Result<()> {
    let split = schur.split;
    let (r, levels) = split.first_size();
    schur.apply_factors(false, d);
    schur.apply_factors(false, v);
    let (mut x, mut y) = (zeros(WORK, CHUNK * r)?, zeros(WORK, CHUNK * r)?);
    let mut each = each;
    for start in (0..levels).step_by(CHUNK) {
        let range = start..(start + CHUNK).min(levels);
        let own = each.as_mut().map(|each| &mut each[range.start * r * r..range.end * r * r]);
        let (x, y) = (&mut x[..range.len() * r], &mut y[..range.len() * r]);
        for (to, from) in [(&mut *x, &*d), (&mut *y, &*v)] {
            to.fill([0.0; WIDTH]);
            wide(GatherChunk { schur, range: range.clone(), from, to });
        }
        wide(LevelSums { r, x, y, sums, each: own });
    }
    Ok(())
}

/// W v of some levels, but for its sign.
struct GatherChunk<'s, 'a> {
    schur: &'s Schur<'a>,
    range: std::ops::Range<usize>,
    from: &'s [Row],
    to: &'s mut [Row],
}

impl NullaryFnOnce for GatherChunk<'_, '_> {
    type Output = ();

    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn call(self) {
        let GatherChunk { schur, range, from, to } = self;
        let split = schur.split;
        let r = split.first_size().0;
        for (i, pair) in split.couplings.iter().enumerate() {
            gather(pair, range.clone(), &from[split.range(i)], to);
        }
        multiply(r, schur.t_first(), true, to);
        super::columns::multiply_each(r, &schur.d_inverse[range.start * r * r..range.end * r * r], to);
    }
}

/// sums += (x_j y_j' + y_j x_j') / 2 over levels; `each` takes the sums over columns of each level.
struct LevelSums<'s> {
    r: usize,
    x: &'s [Row],
    y: &'s [Row],
    sums: &'s mut [Row],
    each: Option<&'s mut [f64]>,
}

impl NullaryFnOnce for LevelSums<'_> {
    type Output = ();

    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn call(self) {
        let LevelSums { r, x, y, sums, each } = self;
        let y = &y[..x.len()];
        if r == 1 {
            let mut total = [0.0; WIDTH];
            for i in 0..x.len() {
                for c in 0..WIDTH {
                    total[c] += x[i][c] * y[i][c];
                }
            }
            (0..WIDTH).for_each(|c| sums[0][c] += total[c]);
            let Some(each) = each else { return };
            for i in 0..each.len() {
                for c in 0..WIDTH {
                    each[i] += x[i][c] * y[i][c];
                }
            }
            return;
        }
        for (e, sum) in sums.iter_mut().enumerate() {
            let (a, b) = (e % r, e / r);
            let mut total = [0.0; WIDTH];
            for (x, y) in x.chunks_exact(r).zip(y.chunks_exact(r)) {
                for c in 0..WIDTH {
                    total[c] += 0.5 * (x[a][c] * y[b][c] + y[a][c] * x[b][c]);
                }
            }
            for c in 0..WIDTH {
                sum[c] += total[c];
            }
        }
        let Some(each) = each else { return };
        for (own, (x, y)) in each.chunks_exact_mut(r * r).zip(x.chunks_exact(r).zip(y.chunks_exact(r))) {
            for (e, own) in own.iter_mut().enumerate() {
                let (a, b) = (e % r, e / r);
                for c in 0..WIDTH {
                    *own += 0.5 * (x[a][c] * y[b][c] + y[a][c] * x[b][c]);
                }
            }
        }
    }
}
