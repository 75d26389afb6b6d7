//! Leading eigenvalues of a symmetric operator R, and log|I - R| + tr R, by Lanczos's method with full reorthogonalisation (Golub and Van Loan,
//! section 10.3). The eigenvalues are in [0, 1) and fall fast: what the small ones add is of second order in them.

use super::dense::{add_scaled, dot, symmetric_eigen};
use crate::error::{Error, Result, try_vec};

const LANCZOS: &str = "eigenvectors of the information";

/// Steps after which the remainder is compared.
const LOOK: usize = 10;
/// The least norm, relative to the operator's, of what is new in a step.
const NOTHING: f64 = 1e-13;

/// Approximate eigenpairs of an operator that is block diagonal, with as many in each block. Where a block has fewer the rest is zero.
#[derive(Debug, Default)]
pub struct Spectrum {
    /// Of each block.
    pub count: usize,
    /// log|I - R| + tr R.
    pub remainder: f64,
    /// `[count, blocks]`.
    pub values: Vec<f64>,
    /// `[count, q]`: of each coordinate its elements in the vectors of its block.
    pub vectors: Vec<f64>,
}

/// The blocks of a symmetric positive semidefinite operator: of each coordinate, and their number.
#[derive(Clone, Copy)]
pub struct Blocks<'a> {
    pub of: &'a [u32],
    pub count: usize,
}

impl Blocks<'_> {
    /// a'b in each block.
    fn dots(&self, a: &[f64], b: &[f64], out: &mut [f64]) {
        if self.count == 1 {
            out[0] = dot(a, b);
            return;
        }
        out.fill(0.0);
        self.of.iter().zip(a.iter().zip(b)).for_each(|(block, (a, b))| out[*block as usize] += a * b);
    }

    /// y += factor x, with a factor of each block.
    fn add_scaled(&self, y: &mut [f64], factors: &[f64], x: &[f64]) {
        if self.count == 1 {
            return add_scaled(y, factors[0], x);
        }
        self.of.iter().zip(y.iter_mut().zip(x)).for_each(|(block, (y, x))| *y += factors[*block as usize] * x);
    }
}

/// Steps until the remainder has changed by less than `tolerance` in the last `LOOK`. One product serves all blocks. `None` after `most` steps.
pub fn leading(
    blocks: Blocks<'_>,
    mut apply: impl FnMut(&[f64], &mut [f64]) -> Result<()>,
    tolerance: f64,
    most: usize,
) -> Result<Option<Spectrum>> {
    let q = blocks.of.len();
    let pivots = try_vec(LANCZOS, 1.0, blocks.count)?;
    let mut run = Run {
        blocks,
        vectors: vec![],
        alpha: vec![],
        beta: vec![],
        norm: try_vec(LANCZOS, 0.0, blocks.count)?,
        pivots,
        remainders: vec![],
    };
    let mut next = start(blocks)?;
    loop {
        let mut product = try_vec(LANCZOS, 0.0, q)?;
        apply(&next, &mut product)?;
        run.vectors.push(next);
        let more = run.step(&mut product)?;
        let steps = run.vectors.len();
        let settled = steps > LOOK && (run.remainders[steps - 1] - run.remainders[steps - 1 - LOOK]).abs() <= tolerance;
        if !more || settled {
            return run.spectrum().map(Some);
        }
        if steps >= most {
            return Ok(None);
        }
        next = product;
    }
}

/// A vector that has something of each direction, of norm one in each block.
fn start(blocks: Blocks<'_>) -> Result<Vec<f64>> {
    let mut v = try_vec(LANCZOS, 0.0, blocks.of.len())?;
    // Multiples of the golden ratio are spread evenly over the interval.
    v.iter_mut().enumerate().for_each(|(i, v)| *v = ((i + 1) as f64 * 0.618_033_988_749_894_9).fract() - 0.5);
    let mut squares = try_vec(LANCZOS, 0.0, blocks.count)?;
    blocks.dots(&v, &v, &mut squares);
    blocks.of.iter().zip(&mut v).for_each(|(block, v)| *v /= squares[*block as usize].sqrt());
    Ok(v)
}

struct Run<'a> {
    blocks: Blocks<'a>,
    vectors: Vec<Vec<f64>>,
    /// By step the diagonal of the tridiagonal matrix of each block, and what is below it.
    alpha: Vec<Vec<f64>>,
    beta: Vec<Vec<f64>>,
    /// The largest number in the tridiagonal matrix of each block.
    norm: Vec<f64>,
    /// The last pivot of I less the tridiagonal matrix of each block, and by step the remainder so far.
    pivots: Vec<f64>,
    remainders: Vec<f64>,
}

impl Run<'_> {
    /// Of the product with the last vector, what is new, of norm one; `false` if nothing is.
    fn step(&mut self, product: &mut [f64]) -> Result<bool> {
        let mut factors = try_vec(LANCZOS, 0.0, self.blocks.count)?;
        let last = self.vectors.len() - 1;
        self.blocks.dots(&self.vectors[last], product, &mut factors);
        self.take_pivots(&factors);
        self.alpha.push(factors.clone());
        // Twice is enough.
        for _ in 0..2 {
            for vector in self.vectors.iter().rev() {
                self.blocks.dots(vector, product, &mut factors);
                factors.iter_mut().for_each(|f| *f = -*f);
                self.blocks.add_scaled(product, &factors, vector);
            }
        }
        self.blocks.dots(product, product, &mut factors);
        let mut more = false;
        for ((beta, norm), alpha) in factors.iter_mut().zip(&mut self.norm).zip(&self.alpha[last]) {
            *beta = beta.sqrt();
            *norm = norm.max(alpha.abs());
            if *beta <= NOTHING * *norm || *norm == 0.0 {
                *beta = 0.0;
            }
            *norm = norm.max(*beta);
            more |= *beta > 0.0;
        }
        let one = |(block, p): (&u32, &mut f64)| {
            let beta = factors[*block as usize];
            *p = if beta > 0.0 { *p / beta } else { 0.0 };
        };
        self.blocks.of.iter().zip(product.iter_mut()).for_each(one);
        self.beta.push(factors);
        Ok(more)
    }

    /// The remainder with one more step: log|I - T| is the sum of the logarithms of the pivots.
    fn take_pivots(&mut self, alpha: &[f64]) {
        let mut remainder = self.remainders.last().copied().unwrap_or(0.0);
        for (block, (pivot, alpha)) in self.pivots.iter_mut().zip(alpha).enumerate() {
            let below = self.beta.last().map_or(0.0, |beta| beta[block]);
            let less = alpha + below * below / *pivot;
            *pivot = 1.0 - less;
            remainder += (-less).ln_1p() + alpha;
        }
        self.remainders.push(remainder);
    }

    /// Eigenvalues and eigenvectors of the tridiagonal matrix of each block, up to where it ends.
    fn eigen(&self) -> Result<Vec<(Vec<f64>, Vec<f64>)>> {
        let of = |block: usize| {
            let ends = self.beta.iter().position(|beta| beta[block] == 0.0).map_or(self.beta.len(), |k| k + 1);
            let mut t = vec![0.0; ends * ends];
            for k in 0..ends {
                t[k * (ends + 1)] = self.alpha[k][block];
                if k + 1 < ends {
                    (t[k * ends + k + 1], t[(k + 1) * ends + k]) = (self.beta[k][block], self.beta[k][block]);
                }
            }
            symmetric_eigen(ends, &t).ok_or_else(|| Error::numeric("the spectrum of the information is not finite"))
        };
        (0..self.blocks.count).map(of).collect()
    }

    fn spectrum(self) -> Result<Spectrum> {
        let (count, q) = (self.vectors.len(), self.blocks.of.len());
        let eigen = self.eigen()?;
        let mut values = try_vec(LANCZOS, 0.0, count * self.blocks.count)?;
        for ((found, _), out) in eigen.iter().zip(values.chunks_exact_mut(count)) {
            // The largest first.
            out.iter_mut().zip(found.iter().rev()).for_each(|(out, value)| *out = *value);
        }
        let mut vectors = try_vec(LANCZOS, 0.0, count * q)?;
        for (i, out) in vectors.chunks_exact_mut(count).enumerate() {
            let (found, coordinates) = &eigen[self.blocks.of[i] as usize];
            let size = found.len();
            for (step, vector) in self.vectors[..size].iter().enumerate() {
                let factor = vector[i];
                out[..size].iter_mut().enumerate().for_each(|(k, out)| *out += factor * coordinates[(size - 1 - k) * size + step]);
            }
        }
        Ok(Spectrum { count, remainder: self.remainders.last().copied().unwrap_or(0.0), values, vectors })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two blocks with eigenvalues 1/k^2, and a third of one coordinate.
    #[test]
    fn the_sum_and_the_vectors_are_those_of_the_operator() {
        let (m, q) = (120, 241);
        let of: Vec<u32> = (0..q).map(|i| if i < 2 * m { (i % 2) as u32 } else { 2 }).collect();
        // H D H with a Householder reflection H in each block.
        let value = |i: usize| if i < 2 * m { (0.9 - 0.3 * (i % 2) as f64) / ((i / 2 + 1) as f64).powi(2) } else { 0.25 };
        let reflect = |v: &mut [f64]| {
            for block in 0..2 {
                let sum: f64 = (0..m).map(|k| v[2 * k + block]).sum();
                (0..m).for_each(|k| v[2 * k + block] -= 2.0 * sum / m as f64);
            }
        };
        let apply = |v: &[f64], out: &mut [f64]| {
            out.copy_from_slice(v);
            reflect(out);
            out.iter_mut().enumerate().for_each(|(i, v)| *v *= value(i));
            reflect(out);
            Ok(())
        };
        let f = |v: f64| (1.0 - v).ln() + v;
        let spectrum = leading(Blocks { of: &of, count: 3 }, apply, 1e-10, q).unwrap().unwrap();
        let (found, want): (f64, f64) = (spectrum.remainder, (0..q).map(|i| f(value(i))).sum());
        assert!((spectrum.values.iter().map(|v| f(*v)).sum::<f64>() - found).abs() < 1e-12);
        assert!((found - want).abs() < 1e-9, "{found} {want}");
        assert!((spectrum.values[2 * spectrum.count] - 0.25).abs() < 1e-14);
        for (block, first) in [(0, 0), (1, 1)] {
            for k in 0..5 {
                let mut v: Vec<f64> =
                    (0..q).map(|i| if of[i] == block { spectrum.vectors[i * spectrum.count + k] } else { 0.0 }).collect();
                let own = spectrum.values[block as usize * spectrum.count + k];
                assert!((own - value(2 * k + first)).abs() < 1e-12, "{own}");
                reflect(&mut v);
                assert!((v[2 * k + first].abs() - 1.0).abs() < 1e-9);
            }
        }
        assert!(leading(Blocks { of: &of, count: 3 }, apply, 0.0, 20).unwrap().is_none());
    }
}
