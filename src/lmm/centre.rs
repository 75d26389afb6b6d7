//! Centring the variables of random slopes, so that `(year | g)` loses no digits to the distance of the years from zero.
//!
//! A term whose first effect is the intercept spans the same random effects with its other columns shifted: Z b = (Z M) b~ with
//! b = M b~. The criterion of an unstructured covariance does not change, only its parameters do: T = M T~, made lower
//! triangular by an LQ factorisation.

use super::rows::Chunk;
use super::system::LinearSystem;
use crate::covariance::Structure;
use crate::error::{Result, try_vec};
use crate::formula::StructureKind;

/// A column is shifted where its mean is larger than this many standard deviations.
const FAR: f64 = 10.0;
/// In an LQ factorisation, what is left of a row below this is zero.
const NOTHING_LEFT: f64 = 1e-13;

/// What is taken off the columns of one term, `[r]`; empty for nothing.
pub type Shift = Vec<f64>;

/// The shifts of a chunk's terms: of unstructured terms with an intercept, the means of columns far from zero.
pub fn shifts(chunk: &Chunk<'_>, structures: &[Structure]) -> Vec<Shift> {
    let n = chunk.n;
    let shift = |(term, structure): (&crate::random::TermRows<'_>, &Structure)| -> Shift {
        let (Some(z), StructureKind::Unstructured) = (term.z, structure.kind) else { return vec![] };
        if structure.size < 2 || n == 0 || z[..n].iter().any(|v| *v != 1.0) {
            return vec![];
        }
        let far = |column: &[f64]| {
            let mean = column.iter().map(|v| v / n as f64).sum::<f64>();
            let square = column.iter().map(|v| (v - mean) * (v - mean) / n as f64).sum::<f64>();
            if square > 0.0 && mean.abs() > FAR * square.sqrt() { mean } else { 0.0 }
        };
        let means: Shift = z.chunks_exact(n).enumerate().map(|(e, column)| if e == 0 { 0.0 } else { far(column) }).collect();
        if means.iter().any(|m| *m != 0.0) { means } else { vec![] }
    };
    chunk.terms.iter().zip(structures).map(shift).collect()
}

/// The columns of each term less their shifts; `None` where nothing is shifted.
pub fn centred(chunk: &Chunk<'_>, shifts: &[Shift]) -> Result<Vec<Option<Vec<f64>>>> {
    let mut all = vec![];
    for (term, shift) in chunk.terms.iter().zip(shifts) {
        all.push(match term.z {
            Some(z) if !shift.is_empty() => {
                let mut own = try_vec("random-effects model matrix", 0.0, z.len())?;
                for ((to, from), c) in own.chunks_exact_mut(chunk.n).zip(z.chunks_exact(chunk.n)).zip(shift) {
                    to.iter_mut().zip(from).for_each(|(to, v)| *to = v - c);
                }
                Some(own)
            }
            _ => None,
        });
    }
    Ok(all)
}

impl LinearSystem {
    /// M of term k, `[r, r]`: the user's effects are M times the working ones.
    pub fn effects_map(&self, k: usize) -> Vec<f64> {
        let (r, scales) = (self.structures[k].size, &self.scales[k]);
        let mut map = vec![0.0; r * r];
        for e in 0..r {
            map[e * r + e] = 1.0 / scales[e];
            if let (true, Some(shift)) = (e > 0, self.shifts[k].get(e)) {
                map[e * r] = -shift / scales[e];
            }
        }
        map
    }

    /// M^-1 of term k.
    pub fn effects_map_inverse(&self, k: usize) -> Vec<f64> {
        let (r, scales) = (self.structures[k].size, &self.scales[k]);
        let mut map = vec![0.0; r * r];
        for e in 0..r {
            map[e * r + e] = scales[e];
            if let (true, Some(shift)) = (e > 0, self.shifts[k].get(e)) {
                map[e * r] = shift * scales[0];
            }
        }
        map
    }

    /// Working parameters of term k from its theta.
    pub fn term_working(&self, k: usize, theta: &mut [f64], working: &mut [f64]) -> Result<()> {
        let structure = self.structures[k];
        if self.shifts[k].is_empty() {
            structure.rescale(theta, &self.scales[k]);
            return structure.working_from_theta(theta, working);
        }
        structure.working_from_theta(theta, working)?;
        remap(structure, &self.effects_map_inverse(k), working);
        Ok(())
    }

    /// The theta of term k from its working parameters.
    pub fn term_theta(&self, k: usize, working: &[f64], theta: &mut [f64]) {
        let structure = self.structures[k];
        if self.shifts[k].is_empty() {
            structure.theta_from_working(working, theta);
            let inverse: Vec<f64> = self.scales[k].iter().map(|s| 1.0 / s).collect();
            structure.rescale(theta, &inverse);
            return;
        }
        let mut own = working.to_vec();
        remap(structure, &self.effects_map(k), &mut own);
        structure.theta_from_working(&own, theta);
    }
}

/// T <- the lower triangular factor of (map T)(map T)', for an unstructured T given by its parameters.
fn remap(structure: Structure, map: &[f64], parameters: &mut [f64]) {
    let r = structure.size;
    let mut t = vec![0.0; r * r];
    structure.factor(parameters, &mut t);
    let mut rows = product(r, map, &t);
    let mut lower = vec![0.0; r * r];
    // Gram-Schmidt on the rows, twice: LQ with the orthonormal rows thrown away.
    let dot = |rows: &[f64], a: usize, b: usize| (0..r).map(|c| rows[c * r + a] * rows[c * r + b]).sum::<f64>();
    for a in 0..r {
        let size = dot(&rows, a, a).sqrt();
        for b in [0..a, 0..a].into_iter().flatten() {
            let along = dot(&rows, a, b);
            lower[b * r + a] += along;
            (0..r).for_each(|c| rows[c * r + a] -= along * rows[c * r + b]);
        }
        let left = dot(&rows, a, a).sqrt();
        let pivot = if left > NOTHING_LEFT * size { left } else { 0.0 };
        lower[a * r + a] = pivot;
        (0..r).for_each(|c| rows[c * r + a] = if pivot > 0.0 { rows[c * r + a] / pivot } else { 0.0 });
    }
    let mut k = 0;
    for column in 0..r {
        for row in column..r {
            parameters[k] = lower[column * r + row];
            k += 1;
        }
    }
}

/// A B, both `[r, r]`.
pub fn product(r: usize, a: &[f64], b: &[f64]) -> Vec<f64> {
    let mut c = vec![0.0; r * r];
    crate::linalg::dense::multiply_add(r, r, r, 1.0, a, b, &mut c);
    c
}
