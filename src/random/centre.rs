//! The units of random effects inside a model: scaled, and shifted so that `(year | g)` loses no digits to the distance of the years
//! from zero.
//!
//! A term whose first effect is the intercept spans the same random effects with its other columns shifted: Z b = (Z M) b~ with
//! b = M b~. The criterion of an unstructured covariance does not change, only its parameters do: T = M T~, made lower
//! triangular by an LQ factorisation. It may be turned, too: with M = L G, G orthogonal, T = L T^ with T^ = G T~, so that elements of T
//! are linear in those of T^.

use super::layout::TermRows;
use crate::covariance::Structure;
use crate::error::{Result, try_vec};
use crate::formula::StructureKind;
use crate::linalg::dense::{self, product};

/// A column is shifted where its mean is larger than this many standard deviations.
pub const FAR: f64 = 10.0;
/// In an LQ factorisation, what is left of a row below this is zero.
const NOTHING_LEFT: f64 = 1e-13;

/// What is taken off the columns of one term, `[r]`; empty for nothing.
pub type Shift = Vec<f64>;

/// The shifts of terms on n rows: of unstructured terms with an intercept, the means of columns far from zero.
pub fn shifts(n: usize, terms: &[TermRows<'_>], structures: &[Structure]) -> Vec<Shift> {
    let shift = |(term, structure): (&TermRows<'_>, &Structure)| -> Shift {
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
    terms.iter().zip(structures).map(shift).collect()
}

/// The columns of each term less their shifts; `None` where nothing is shifted.
pub fn centred(n: usize, terms: &[TermRows<'_>], shifts: &[Shift]) -> Result<Vec<Option<Vec<f64>>>> {
    let mut all = vec![];
    for (term, shift) in terms.iter().zip(shifts) {
        all.push(match term.z {
            Some(z) if !shift.is_empty() => {
                let mut own = try_vec("random-effects model matrix", 0.0, z.len())?;
                for ((to, from), c) in own.chunks_exact_mut(n).zip(z.chunks_exact(n)).zip(shift) {
                    to.iter_mut().zip(from).for_each(|(to, v)| *to = v - c);
                }
                Some(own)
            }
            _ => None,
        });
    }
    Ok(all)
}

/// What brings the effects of one term from working units to the user's.
#[derive(Clone, Copy, Debug)]
pub struct EffectUnits<'a> {
    pub structure: Structure,
    /// What the columns were divided by.
    pub scales: &'a [f64],
    /// What was taken off them before; empty for nothing.
    pub shift: &'a [f64],
    /// G `[r, r]`: the working effects were multiplied by it; empty for the identity.
    pub turn: &'a [f64],
}

impl EffectUnits<'_> {
    /// Each working effect is one of the user's but for its scale.
    fn is_plain(&self) -> bool {
        self.shift.is_empty() && self.turn.is_empty()
    }

    /// M, `[r, r]`: the user's effects are M times the working ones.
    pub fn map(&self) -> Vec<f64> {
        let (r, scales) = (self.structure.size, self.scales);
        let mut map = vec![0.0; r * r];
        for e in 0..r {
            map[e * r + e] = 1.0 / scales[e];
            if let (true, Some(shift)) = (e > 0, self.shift.get(e)) {
                map[e * r] = -shift / scales[e];
            }
        }
        if self.turn.is_empty() { map } else { product(r, &map, &transpose(r, self.turn)) }
    }

    /// M V M', with V the covariance of the working effects, times a factor, into `out`.
    pub fn covariance(&self, factor: f64, v: &[f64], out: &mut [f64]) {
        let r = self.structure.size;
        if !self.is_plain() {
            return dense::sandwich(r, &self.map(), v, factor, out);
        }
        for (e, (out, v)) in out.iter_mut().zip(v).enumerate() {
            *out = factor * v / (self.scales[e % r] * self.scales[e / r]);
        }
    }

    /// M^-1.
    pub fn inverse(&self) -> Vec<f64> {
        let (r, scales) = (self.structure.size, self.scales);
        let mut map = vec![0.0; r * r];
        for e in 0..r {
            map[e * r + e] = scales[e];
            if let (true, Some(shift)) = (e > 0, self.shift.get(e)) {
                map[e * r] = shift * scales[0];
            }
        }
        if self.turn.is_empty() { map } else { product(r, self.turn, &map) }
    }

    /// Working parameters from theta, which is lost.
    pub fn working(&self, theta: &mut [f64], working: &mut [f64]) -> Result<()> {
        if self.is_plain() {
            self.structure.rescale(theta, self.scales);
            return self.structure.working_from_theta(theta, working);
        }
        self.structure.working_from_theta(theta, working)?;
        remap(self.structure, &self.inverse(), working);
        Ok(())
    }

    /// Theta from working parameters.
    pub fn theta(&self, working: &[f64], theta: &mut [f64]) {
        if self.is_plain() {
            self.structure.theta_from_working(working, theta);
            let inverse: Vec<f64> = self.scales.iter().map(|s| 1.0 / s).collect();
            self.structure.rescale(theta, &inverse);
            return;
        }
        let mut own = working.to_vec();
        remap(self.structure, &self.map(), &mut own);
        self.structure.theta_from_working(&own, theta);
    }

    /// A root of the covariance of the user's effects, T in their units `[r, r]`: lower triangular where each working effect is the user's.
    pub fn root(&self, t: &[f64]) -> Vec<f64> {
        product(self.structure.size, &self.map(), t)
    }

    /// Values of the user's effects as those of the working ones, M'z.
    pub fn values(&self, z: &[f64]) -> Vec<f64> {
        let dot = |column: &[f64]| column.iter().zip(z).map(|(a, b)| a * b).sum();
        self.map().chunks_exact(z.len().max(1)).map(dot).collect()
    }

    /// A null direction of the working covariance, for effects in the user's units: v'b~ = (M'^-1 v)'b.
    pub fn user_direction(&self, direction: &[f64]) -> Vec<f64> {
        let (r, inverse) = (direction.len(), self.inverse());
        let mut v: Vec<f64> = (0..r).map(|e| (0..r).map(|a| inverse[e * r + a] * direction[a]).sum()).collect();
        let norm = v.iter().map(|x| x * x).sum::<f64>().sqrt();
        // The largest part comes out positive.
        let largest = v.iter().fold(0.0f64, |m, x| if x.abs() > m.abs() + 1e-12 { *x } else { m });
        for x in &mut v {
            *x /= norm * largest.signum();
        }
        v
    }

    /// For the effects in another order: M of these is L G with G orthogonal and L lower triangular with a positive diagonal. Both `[r, r]`.
    pub fn factored(&self, order: &[usize]) -> (Vec<f64>, Vec<f64>) {
        let (r, map) = (self.structure.size, self.map());
        let mut rows: Vec<f64> = (0..r * r).map(|e| map[e / r * r + order[e % r]]).collect();
        let l = lq(r, &mut rows);
        (l, rows)
    }
}

/// T <- the lower triangular factor of (map T)(map T)', for an unstructured T given by its parameters.
pub fn remap(structure: Structure, map: &[f64], parameters: &mut [f64]) {
    let r = structure.size;
    let mut t = vec![0.0; r * r];
    structure.factor(parameters, &mut t);
    let lower = lq(r, &mut product(r, map, &t));
    let mut k = 0;
    for column in 0..r {
        for row in column..r {
            parameters[k] = lower[column * r + row];
            k += 1;
        }
    }
}

/// The lower triangular factor of a matrix whose rows become orthonormal: Gram-Schmidt, twice.
fn lq(r: usize, rows: &mut [f64]) -> Vec<f64> {
    let mut lower = vec![0.0; r * r];
    let dot = |rows: &[f64], a: usize, b: usize| (0..r).map(|c| rows[c * r + a] * rows[c * r + b]).sum::<f64>();
    for a in 0..r {
        let size = dot(rows, a, a).sqrt();
        for b in [0..a, 0..a].into_iter().flatten() {
            let along = dot(rows, a, b);
            lower[b * r + a] += along;
            (0..r).for_each(|c| rows[c * r + a] -= along * rows[c * r + b]);
        }
        let left = dot(rows, a, a).sqrt();
        let pivot = if left > NOTHING_LEFT * size { left } else { 0.0 };
        lower[a * r + a] = pivot;
        (0..r).for_each(|c| rows[c * r + a] = if pivot > 0.0 { rows[c * r + a] / pivot } else { 0.0 });
    }
    lower
}

fn transpose(r: usize, a: &[f64]) -> Vec<f64> {
    (0..r * r).map(|e| a[e % r * r + e / r]).collect()
}
