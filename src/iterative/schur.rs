//! A = Lambda'G Lambda + I at some factors T, with the largest term eliminated: D_j of its levels j, and the Schur complement
//!
//! ```text
//! S v = Lambda_r'[G_rr - G_r1 N G_1r] Lambda_r v + v,   D_j = T'G_jj T + I,   N_j = T D_j^-1 T'
//! log|A| = sum_j log|D_j| + log|S|
//! ```
//!
//! which is never formed: a product is one pass over G_1r. P, the diagonal blocks of S with P = C C', preconditions it. For two terms this
//! is the incomplete factorisation without fill of all of A, at half the work.

use pulp::NullaryFnOnce;

use super::columns::{Row, WIDTH, add, multiply, multiply_each, wide, zeros};
use super::coupling::{gather, scatter};
use super::split::Split;
use crate::error::{Error, Result, try_vec};
use crate::linalg::dense;

/// What memory is for.
pub const WORK: &str = "workspace of the random effects";

/// Levels of the eliminated term that are gathered, and then scattered, together: what they hold stays in a cache.
pub const CHUNK: usize = 128;

/// The system at factors T.
pub struct Schur<'a> {
    pub split: &'a Split<'a>,
    /// T of the terms, in their order.
    pub t: Vec<Vec<f64>>,
    /// D_j^-1 and N_j `[r, r, levels]`.
    pub d_inverse: Vec<f64>,
    inner: Vec<f64>,
    /// sum_j (I - D_j^-1), which does not cancel where T is small.
    pub gain_first: Vec<f64>,
    pub log_det_first: f64,
    /// sum_j (I - P_j^-1) of each of the others.
    pub gain: Vec<Vec<f64>>,
    /// C and P^-1 of each of the others `[r, r, levels]`.
    pub root: Vec<Vec<f64>>,
    pub p_inverse: Vec<Vec<f64>>,
    pub log_det_p: f64,
}

/// What a product with S needs.
pub struct Work {
    image: Vec<Row>,
    chunk: Vec<Row>,
}

impl<'a> Schur<'a> {
    pub fn new(split: &'a Split<'a>, t: &[Vec<f64>]) -> Result<Self> {
        let (r, levels) = split.first_size();
        let mut own = Schur {
            split,
            t: t.to_vec(),
            d_inverse: try_vec(WORK, 0.0, r * r * levels)?,
            inner: try_vec(WORK, 0.0, r * r * levels)?,
            gain_first: vec![0.0; r * r],
            log_det_first: 0.0,
            gain: vec![],
            root: vec![],
            p_inverse: vec![],
            log_det_p: 0.0,
        };
        own.eliminate()?;
        for i in 0..split.others.len() {
            own.precondition(i)?;
        }
        Ok(own)
    }

    /// T of the term that is eliminated.
    pub fn t_first(&self) -> &[f64] {
        &self.t[self.split.first]
    }

    /// T of one of the others.
    pub fn t_of(&self, i: usize) -> &[f64] {
        &self.t[self.split.others[i]]
    }

    fn eliminate(&mut self) -> Result<()> {
        let (r, _) = self.split.first_size();
        let (t, diagonal) = (&self.t[self.split.first], &self.split.gram.diagonal[self.split.first]);
        if let [theta] = t[..] {
            for ((g, d), n) in diagonal.iter().zip(&mut self.d_inverse).zip(&mut self.inner) {
                let gain = theta * theta * g;
                *d = 1.0 / (1.0 + gain);
                *n = theta * theta * *d;
                self.gain_first[0] += gain * *d;
                self.log_det_first += gain.ln_1p();
            }
            return finite(self.log_det_first);
        }
        let (mut gain, mut block) = (vec![0.0; r * r], vec![0.0; r * r]);
        let own = self.d_inverse.chunks_exact_mut(r * r).zip(self.inner.chunks_exact_mut(r * r));
        for (g, (d, n)) in diagonal.chunks_exact(r * r).zip(own) {
            congruence(r, t, g, &mut gain);
            block.copy_from_slice(&gain);
            (0..r).for_each(|a| block[a * (r + 1)] += 1.0);
            self.log_det_first += inverted(r, &mut block, d)?;
            dense::sandwich(r, t, d, 1.0, n);
            // I - D^-1 = D^-1 (D - I).
            dense::multiply_add(r, r, r, 1.0, d, &gain, &mut self.gain_first);
        }
        finite(self.log_det_first)
    }

    /// The diagonal blocks of S of one of the others.
    fn precondition(&mut self, i: usize) -> Result<()> {
        let (split, t) = (self.split, self.t_of(i).to_vec());
        let (r, r1, pair) = (split.effects(i), split.first_size().0, &split.couplings[i]);
        let mut schur = crate::error::try_copy(WORK, split.diagonal(i))?;
        let mut product = vec![0.0; r * r1];
        for (level, range) in pair.col_ptr.windows(2).enumerate() {
            let inner = &self.inner[level * r1 * r1..][..r1 * r1];
            for e in range[0]..range[1] {
                let g = &pair.values[e * r * r1..(e + 1) * r * r1];
                let out = &mut schur[pair.rows[e] as usize * r * r..][..r * r];
                if r * r1 == 1 {
                    out[0] -= g[0] * g[0] * inner[0];
                    continue;
                }
                product.fill(0.0);
                dense::multiply_add(r, r1, r1, 1.0, g, inner, &mut product);
                for b in 0..r {
                    for a in 0..r {
                        out[b * r + a] -= (0..r1).map(|c| product[c * r + a] * g[c * r + b]).sum::<f64>();
                    }
                }
            }
        }
        let (mut root, mut inverse) = (try_vec(WORK, 0.0, schur.len())?, try_vec(WORK, 0.0, schur.len())?);
        let (mut block, mut before, mut gain) = (vec![0.0; r * r], vec![0.0; r * r], vec![0.0; r * r]);
        for ((s, c), p) in schur.chunks_exact(r * r).zip(root.chunks_exact_mut(r * r)).zip(inverse.chunks_exact_mut(r * r)) {
            congruence(r, &t, s, &mut before);
            block.copy_from_slice(&before);
            (0..r).for_each(|a| block[a * (r + 1)] += 1.0);
            self.log_det_p += inverted(r, &mut block, p)?;
            c.copy_from_slice(&block);
            dense::multiply_add(r, r, r, 1.0, p, &before, &mut gain);
        }
        self.gain.push(gain);
        self.root.push(root);
        self.p_inverse.push(inverse);
        finite(self.log_det_p)
    }

    /// N_j of one level of the eliminated term.
    pub fn inner(&self, level: usize) -> &[f64] {
        let size = self.split.first_size().0.pow(2);
        &self.inner[level * size..(level + 1) * size]
    }

    pub fn work(&self) -> Result<Work> {
        let r = self.split.first_size().0;
        Ok(Work { image: zeros(WORK, self.split.n_others())?, chunk: zeros(WORK, CHUNK * r)? })
    }

    /// v <- Lambda_r v, or Lambda_r'v.
    pub fn apply_factors(&self, transpose: bool, v: &mut [Row]) {
        for i in 0..self.split.others.len() {
            multiply(self.split.effects(i), self.t_of(i), transpose, &mut v[self.split.range(i)]);
        }
    }

    /// v <- P^-1 v.
    pub fn divide_by_p(&self, v: &mut [Row]) {
        for (i, inverse) in self.p_inverse.iter().enumerate() {
            multiply_each(self.split.effects(i), inverse, &mut v[self.split.range(i)]);
        }
    }

    /// v <- C v.
    pub fn color(&self, v: &mut [Row]) {
        for (i, root) in self.root.iter().enumerate() {
            multiply_each(self.split.effects(i), root, &mut v[self.split.range(i)]);
        }
    }

    /// out = S v.
    pub fn apply(&self, v: &[Row], work: &mut Work, out: &mut [Row]) {
        work.image.copy_from_slice(v);
        self.apply_factors(false, &mut work.image);
        self.split.multiply_others(&work.image, out);
        wide(Through { schur: self, image: &work.image, chunk: &mut work.chunk, out });
        self.apply_factors(true, out);
        add(out, 1.0, v);
    }

    /// A_r1 D^-1 w for the eliminated term's part w: what its elimination takes off a right-hand side.
    pub fn through_first(&self, w: &[Row]) -> Result<Vec<Row>> {
        let (r, levels) = self.split.first_size();
        let mut image = crate::error::try_copy(WORK, w)?;
        multiply_each(r, &self.d_inverse, &mut image);
        multiply(r, self.t_first(), false, &mut image);
        let mut out = zeros(WORK, self.split.n_others())?;
        for (i, pair) in self.split.couplings.iter().enumerate() {
            wide(Scatter(pair, levels, &image, &mut out[self.split.range(i)]));
        }
        self.apply_factors(true, &mut out);
        Ok(out)
    }

    /// D^-1 (w - A_1r v): the eliminated term's part of a solution.
    pub fn recover_first(&self, mut w: Vec<Row>, v: &[Row]) -> Result<Vec<Row>> {
        let (r, levels) = self.split.first_size();
        let mut image = crate::error::try_copy(WORK, v)?;
        self.apply_factors(false, &mut image);
        let mut gathered = zeros(WORK, r * levels)?;
        self.split.gather_first(&image, &mut gathered);
        multiply(r, self.t_first(), true, &mut gathered);
        add(&mut w, -1.0, &gathered);
        multiply_each(r, &self.d_inverse, &mut w);
        Ok(w)
    }
}

impl Split<'_> {
    /// out = G_rr v.
    pub fn multiply_others(&self, v: &[Row], out: &mut [Row]) {
        out.copy_from_slice(v);
        for i in 0..self.others.len() {
            multiply_each(self.effects(i), self.diagonal(i), &mut out[self.range(i)]);
        }
        for &(k, m, pair) in &self.pairs {
            let columns = pair.col_ptr.len() - 1;
            let (before, after) = out.split_at_mut(self.range(k).start);
            wide(Scatter(pair, columns, &v[self.range(m)], &mut after[..self.range(k).len()]));
            wide(Gather(pair, columns, &v[self.range(k)], &mut before[self.range(m)]));
        }
    }

    /// t += G_1r v.
    pub fn gather_first(&self, v: &[Row], t: &mut [Row]) {
        for (i, pair) in self.couplings.iter().enumerate() {
            wide(Gather(pair, self.first_size().1, &v[self.range(i)], t));
        }
    }
}

/// out -= G_r1 N G_1r v.
struct Through<'s, 'a> {
    schur: &'s Schur<'a>,
    image: &'s [Row],
    chunk: &'s mut [Row],
    out: &'s mut [Row],
}

impl NullaryFnOnce for Through<'_, '_> {
    type Output = ();

    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn call(self) {
        let Through { schur, image, chunk, out } = self;
        let split = schur.split;
        let (r, levels) = split.first_size();
        for start in (0..levels).step_by(CHUNK) {
            let range = start..(start + CHUNK).min(levels);
            let t = &mut chunk[..range.len() * r];
            t.fill([0.0; WIDTH]);
            for (i, pair) in split.couplings.iter().enumerate() {
                gather(pair, range.clone(), &image[split.range(i)], t);
            }
            multiply_each(r, &schur.inner[range.start * r * r..range.end * r * r], t);
            for (i, pair) in split.couplings.iter().enumerate() {
                scatter(pair, range.clone(), -1.0, t, &mut out[split.range(i)]);
            }
        }
    }
}

struct Gather<'s>(&'s crate::random::BlockMatrix, usize, &'s [Row], &'s mut [Row]);

impl NullaryFnOnce for Gather<'_> {
    type Output = ();

    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn call(self) {
        gather(self.0, 0..self.1, self.2, self.3);
    }
}

struct Scatter<'s>(&'s crate::random::BlockMatrix, usize, &'s [Row], &'s mut [Row]);

impl NullaryFnOnce for Scatter<'_> {
    type Output = ();

    #[allow(clippy::inline_always)]
    #[inline(always)]
    fn call(self) {
        scatter(self.0, 0..self.1, 1.0, self.2, self.3);
    }
}

/// out = T'G T.
pub fn congruence(r: usize, t: &[f64], g: &[f64], out: &mut [f64]) {
    if r == 1 {
        out[0] = t[0] * t[0] * g[0];
        return;
    }
    let gt = dense::product(r, g, t);
    for b in 0..r {
        for a in 0..r {
            out[b * r + a] = (a..r).map(|l| t[a * r + l] * gt[b * r + l]).sum();
        }
    }
}

/// A positive definite block becomes its lower Cholesky factor, with its inverse and the logarithm of its determinant.
fn inverted(r: usize, block: &mut [f64], inverse: &mut [f64]) -> Result<f64> {
    if r == 1 {
        let value = block[0];
        (block[0], inverse[0]) = (value.sqrt(), 1.0 / value);
        return Ok(value.ln());
    }
    if dense::cholesky(r, block).is_err() {
        return Err(Error::numeric("the random-effects system is not positive definite"));
    }
    for (j, column) in inverse.chunks_exact_mut(r).enumerate() {
        column.fill(0.0);
        column[j] = 1.0;
        dense::solve_lower(r, block, column);
        dense::solve_lower_transpose(r, block, column);
    }
    (0..r * r).filter(|e| e % r < e / r).for_each(|e| block[e] = 0.0);
    Ok((0..r).map(|a| 2.0 * block[a * (r + 1)].ln()).sum())
}

fn finite(log_det: f64) -> Result<()> {
    if log_det.is_finite() { Ok(()) } else { Err(Error::numeric("the random-effects system is not finite")) }
}
