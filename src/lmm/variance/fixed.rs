//! Derivatives of the fixed effects' covariance, and what the information in REML has of the fixed effects.

use super::variances::Variances;
use crate::error::{Result, try_vec};

/// A direction in which the covariance D of the random effects changes: a symmetric matrix `[r, r]` in all levels of one term.
#[derive(Clone, Debug)]
pub struct Direction {
    pub term: usize,
    pub k: Vec<f64>,
}

/// For directions `K_i`, in the basis in which the fixed effects' covariance is the identity (Q~ = Q R^-T).
#[derive(Clone, Debug)]
pub struct FixedDerivatives {
    /// `B_i` = Q~'`K_i` Q~ `[p, p]`: the derivative of the covariance along `K_i`.
    pub first: Vec<Vec<f64>>,
    /// `C_ij` = Q~'`K_i` M `K_j` Q~ `[p, p]` for i <= j, at j (j + 1) / 2 + i.
    pub second: Vec<Vec<f64>>,
}

impl FixedDerivatives {
    /// `C_ij` for i <= j.
    pub fn pair(&self, i: usize, j: usize) -> &[f64] {
        &self.second[j * (j + 1) / 2 + i]
    }
}

impl Variances<'_> {
    /// `B_i` alone.
    pub fn first_derivatives(&self, directions: &[Direction]) -> Result<Vec<Vec<f64>>> {
        let product = |direction| {
            self.watch.pulse()?;
            self.product(direction, &self.fixed, &self.fixed)
        };
        directions.iter().map(product).collect()
    }

    /// `B_i` and `C_ij`: p solves a direction.
    pub fn fixed_derivatives(&mut self, directions: &[Direction]) -> Result<FixedDerivatives> {
        let first = self.first_derivatives(directions)?;
        let mut second = vec![];
        for (j, right) in directions.iter().enumerate() {
            let mut image = try_vec("fixed effects in the random effects", 0.0, self.fixed.len())?;
            self.add_image(right, &self.fixed, &mut image);
            self.precision.apply(&mut image)?;
            for left in &directions[..=j] {
                self.watch.pulse()?;
                second.push(self.product(left, &self.fixed, &image)?);
            }
        }
        Ok(FixedDerivatives { first, second })
    }

    /// out += K v, for any number of columns.
    fn add_image(&self, direction: &Direction, v: &[f64], out: &mut [f64]) {
        let layout = &self.system.gram.layout;
        let (q, size) = (layout.q(), layout.terms[direction.term]);
        let (r, first) = (size.effects, layout.offset(direction.term));
        let range = first..first + size.levels * r;
        for (v, out) in v.chunks_exact(q.max(1)).zip(out.chunks_exact_mut(q.max(1))) {
            for (v, out) in v[range.clone()].chunks_exact(r).zip(out[range.clone()].chunks_exact_mut(r)) {
                for (c, v) in v.iter().enumerate() {
                    out.iter_mut().zip(&direction.k[c * r..]).for_each(|(out, k)| *out += k * v);
                }
            }
        }
    }

    /// left'K right, of matrices of q rows and p columns each.
    pub(in crate::lmm) fn product(&self, direction: &Direction, left: &[f64], right: &[f64]) -> Result<Vec<f64>> {
        let layout = &self.system.gram.layout;
        let (q, p, size) = (layout.q(), self.p(), layout.terms[direction.term]);
        let first = layout.offset(direction.term);
        let range = first..first + size.levels * size.effects;
        let mut image = try_vec("fixed effects in the random effects", 0.0, q)?;
        let mut out = try_vec("derivatives of the fixed effects' covariance", 0.0, p * p)?;
        for j in 0..p {
            image[range.clone()].fill(0.0);
            self.add_image(direction, &right[j * q..(j + 1) * q], &mut image);
            for i in 0..p {
                let column = &left[i * q..(i + 1) * q];
                out[j * p + i] = column[range.clone()].iter().zip(&image[range.clone()]).map(|(a, b)| a * b).sum();
            }
        }
        Ok(out)
    }
}
