//! The criterion of a model with one term of few effects, whose levels don't touch each other: its value, gradient and average information
//! from two passes over the levels, eight of them side by side.
//!
//! With x = Z'V^-1(e - Q gamma), u = T'x and dS = dT T' + T dT' the average information of level j needs only sums of products of
//! x_j x_j' with the elements of B_j = Z_j'V^-1Z_j:
//!
//! ```text
//! sum_j x_j' dS_i B_j dS_k x_j
//! ```
//!
//! Where T can be divided by, x = T'^-1 u and B = T'^-1 (I - A^-1) T^-1: sums are those of u and I - A^-1, and T^-1 comes in at the end.

mod kernel;

use super::system::LinearSystem;
use crate::error::{Result, try_vec};
use crate::linalg::dense;
use crate::linalg::lanes::{LANES, Lanes};
use crate::random::FactorDerivative;
use crate::threads::divide;
use kernel::{First, Second, Sums, place, triangle};
use pulp::Arch;

/// Terms with more effects have blocks that are worth routines for matrices.
const MOST_EFFECTS: usize = 6;

/// With more columns [Q e] products of matrices are faster.
const MOST_COLUMNS: usize = 16;

/// What memory is for.
const LEVELS: &str = "cross-products of the random effects";

/// Eights of levels whose sums are made together, by one thread.
const PIECE: usize = 1024;

/// The cross-products of all levels, by eights.
pub(super) struct Levels {
    effects: usize,
    columns: usize,
    /// For eight levels the lower triangles of Z'Z, then Z'[Q e] `[r, m]`.
    tiles: Vec<Lanes>,
    /// Of each [`PIECE`] of them; the first becomes that of all.
    partial: Vec<Partial>,
    threads: usize,
}

/// Sums over some levels.
#[derive(Clone)]
struct Partial {
    work: Vec<Lanes>,
    sums: Vec<Lanes>,
    log_det: f64,
}

/// What the second pass gives.
pub(super) struct Traces {
    /// F.
    pub force: Vec<f64>,
    /// Where T was divided by, its inverse.
    inverse: Option<Vec<f64>>,
    /// As in [`Sums`].
    along: Vec<f64>,
    tensor: Vec<f64>,
    /// The first column that counts.
    from: usize,
}

/// Where the second pass is at.
pub(super) struct Place<'a> {
    pub t: &'a [f64],
    pub divided: bool,
    pub reml: bool,
    pub gram: &'a [f64],
    pub gamma: &'a [f64],
    pub sigma2: f64,
}

/// Calls the pass with the number of effects as a constant.
macro_rules! with_effects {
    ($r:expr, $pass:ident { $($field:tt)* }, $t:expr) => {
        match $r {
            1 => Arch::new().dispatch($pass::<1> { t: columns($t), $($field)* }),
            2 => Arch::new().dispatch($pass::<2> { t: columns($t), $($field)* }),
            3 => Arch::new().dispatch($pass::<3> { t: columns($t), $($field)* }),
            4 => Arch::new().dispatch($pass::<4> { t: columns($t), $($field)* }),
            5 => Arch::new().dispatch($pass::<5> { t: columns($t), $($field)* }),
            _ => Arch::new().dispatch($pass::<6> { t: columns($t), $($field)* }),
        }
    };
}

/// A matrix by columns.
fn columns<const R: usize>(t: &[f64]) -> [[f64; R]; R] {
    let mut out = [[0.0; R]; R];
    for (out, column) in out.iter_mut().zip(t.chunks_exact(R)) {
        out.copy_from_slice(column);
    }
    out
}

impl Levels {
    /// `None` where the model is another one.
    pub fn new(system: &LinearSystem, threads: usize) -> Result<Option<Self>> {
        let ([size], [structure]) = (&system.gram.layout.terms[..], &system.structures[..]) else { return Ok(None) };
        let (r, m) = (size.effects, system.m());
        if r == 0 || r > MOST_EFFECTS || m > MOST_COLUMNS || structure.is_markov() || system.correlation.is_some() {
            return Ok(None);
        }
        let (height, q) = (triangle(r) + r * m, r * size.levels);
        let mut tiles = try_vec(LEVELS, Lanes::ZERO, size.levels.div_ceil(LANES) * height)?;
        for (level, block) in system.gram.diagonal[0].chunks_exact(r * r).enumerate() {
            let (tile, lane) = (&mut tiles[level / LANES * height..][..height], level % LANES);
            for c in 0..r {
                for a in c..r {
                    tile[place(r, a, c)].0[lane] = block[c * r + a];
                }
            }
            for c in 0..m {
                for a in 0..r {
                    tile[triangle(r) + c * r + a].0[lane] = system.zc[c * q + level * r + a];
                }
            }
        }
        let sums = (3 + m) * r * r + triangle(r) * triangle(r);
        let (work, sums) = (vec![Lanes::ZERO; 2 * m * r], vec![Lanes::ZERO; sums.max(triangle(m))]);
        let partial = vec![Partial { work, sums, log_det: 0.0 }; size.levels.div_ceil(PIECE * LANES).max(1)];
        Ok(Some(Levels { effects: r, columns: m, tiles, partial, threads }))
    }

    /// The sums that `pass` makes of each piece's tiles, added in the order of the pieces: these are what [`PIECE`] makes them, whatever the
    /// number of threads.
    fn sums(&mut self, pass: &(dyn Fn(&[Lanes], &mut Partial) + Sync)) -> &Partial {
        let height = triangle(self.effects) + self.effects * self.columns;
        self.partial.iter_mut().for_each(|partial| partial.sums.fill(Lanes::ZERO));
        if let [own] = &mut self.partial[..] {
            pass(&self.tiles, own);
        } else {
            let pieces = self.tiles.chunks(PIECE * height).zip(&mut self.partial).collect();
            divide(self.threads, pieces, &|(tiles, own)| pass(tiles, own));
        }
        let (first, others) = self.partial.split_at_mut(1);
        for other in others {
            first[0].sums.iter_mut().zip(&other.sums).for_each(|(sum, v)| *sum += *v);
            first[0].log_det += other.log_det;
        }
        &first[0]
    }

    /// log|A|; [Q e]'Z Lambda A^-1 Lambda'Z'[Q e] is taken off the lower triangle of `gram` `[m, m]`.
    pub fn first(&mut self, t: &[f64], gram: &mut [f64]) -> f64 {
        let (r, m) = (self.effects, self.columns);
        let all = self.sums(&|tiles, Partial { work, sums, log_det }| {
            let (half, sums) = (&mut work[..], &mut sums[..]);
            *log_det = with_effects!(r, First { columns: m, tiles, half, sums }, t);
        });
        let mut k = 0;
        for row in 0..m {
            for column in 0..=row {
                gram[column * m + row] -= all.sums[k].sum();
                k += 1;
            }
        }
        all.log_det
    }

    /// The force, and what average information takes, where the first pass has been.
    pub fn second(&mut self, at: &Place<'_>) -> Traces {
        let (r, m) = (self.effects, self.columns);
        let from = if at.reml { 0 } else { m - 1 };
        let all = self.sums(&|tiles, Partial { work, sums, .. }| {
            let (trace, rest) = sums.split_at_mut(r * r);
            let (fixed, rest) = rest.split_at_mut(r * r);
            let (last, rest) = rest.split_at_mut(r * r);
            let (along, rest) = rest.split_at_mut(m * r * r);
            let tensor = &mut rest[..triangle(r) * triangle(r)];
            let sums = Sums { trace, fixed, last, along, tensor };
            let (work, divided, gram, gamma) = (&mut work[..], at.divided, at.gram, at.gamma);
            with_effects!(r, Second { columns: m, tiles, divided, gram, gamma, from, work, sums }, at.t);
        });
        let all: Vec<f64> = all.sums.iter().map(|sum| sum.sum()).collect();
        let (trace, rest) = all.split_at(r * r);
        let (fixed, rest) = rest.split_at(r * r);
        let (last, rest) = rest.split_at(r * r);
        let (along, tensor) = rest.split_at(m * r * r);
        let mut force: Vec<f64> = (0..r * r).map(|e| trace[e] - fixed[e] - last[e] / at.sigma2).collect();
        if at.divided {
            force.chunks_exact_mut(r).for_each(|column| dense::solve_lower_transpose(r, at.t, column));
        }
        let inverse = at.divided.then(|| dense::lower_inverse(r, at.t));
        Traces { force, inverse, along: along.to_vec(), tensor: tensor[..triangle(r) * triangle(r)].to_vec(), from }
    }
}

impl Traces {
    /// As [`super::deviance::Deviance::forms`] of the directions of these derivatives.
    pub fn forms(&self, t: &[f64], derivatives: &[FactorDerivative]) -> (Vec<f64>, Vec<f64>) {
        let r = t.len().isqrt();
        let (n, square) = (derivatives.len(), r * r);
        let (mut changes, mut images) = (vec![0.0; n * square], vec![0.0; n * square]);
        derivatives.iter().zip(changes.chunks_exact_mut(square)).for_each(|(d, out)| self.change(t, &d.d, out));
        // sum_ac dS_ac x_a x_b B_cd of each parameter, at (b, d).
        let tensor = self.whole(r);
        for (change, image) in changes.chunks_exact(square).zip(images.chunks_exact_mut(square)) {
            change.iter().zip(tensor.chunks_exact(square)).for_each(|(change, row)| dense::add_scaled(image, *change, row));
        }
        let mut along = vec![0.0; self.along.len() / square * n];
        for (along, products) in along.chunks_exact_mut(n).zip(self.along.chunks_exact(square)) {
            along.iter_mut().zip(changes.chunks_exact(square)).for_each(|(v, change)| *v = dense::dot(change, products));
        }
        let residual = along.split_off(along.len() - n);
        let mut forms = vec![0.0; n * n];
        for (i, image) in images.chunks_exact(square).enumerate() {
            for (j, change) in changes.chunks_exact(square).enumerate().skip(i) {
                let fixed: f64 = along.chunks_exact(n).skip(self.from).map(|f| f[i] * f[j]).sum();
                forms[i * n + j] = dense::dot(image, change) - fixed;
                forms[j * n + i] = forms[i * n + j];
            }
        }
        (forms, residual)
    }

    /// D T' + T D', or that divided by T from both sides, T^-1 D + D'T'^-1.
    fn change(&self, t: &[f64], d: &[f64], out: &mut [f64]) {
        let r = t.len().isqrt();
        for b in 0..r {
            for a in 0..r {
                let product: f64 = match &self.inverse {
                    Some(inverse) => (0..r).map(|c| inverse[c * r + a] * d[b * r + c]).sum(),
                    None => (0..r).map(|c| d[c * r + a] * t[c * r + b]).sum(),
                };
                out[b * r + a] += product;
                out[a * r + b] += product;
            }
        }
    }

    /// x_a x_b B_cd in row (a, c) and column (b, d).
    fn whole(&self, r: usize) -> Vec<f64> {
        let at = |a: usize, b: usize| place(r, a.max(b), a.min(b));
        let mut out = Vec::with_capacity(r * r * r * r);
        for (c, a) in (0..r).flat_map(|c| (0..r).map(move |a| (c, a))) {
            for d in 0..r {
                out.extend((0..r).map(|b| self.tensor[at(a, b) * triangle(r) + at(c, d)]));
            }
        }
        out
    }
}
