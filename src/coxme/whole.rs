//! The information of all effects as a dense matrix.

use super::effects::{Covariances, Derivatives};
use super::model::{Model, apply};
use super::partial::Partial;
use crate::error::{Error, Result, try_vec};
use crate::linalg::dense::dot;
use crate::linalg::factor::DenseFactor;
use crate::random::Roots;
use crate::watch::Watch;

const WHOLE: &str = "information of all effects";

/// Relative to its diagonal, what is added to the information of fixed effects that has no inverse, as where the likelihood is monotone.
const RIDGE: f64 = 1e-14;

/// Z'WZ `[q, q]`, Z'WX `[q, p]` and X'WX `[p, p]`, and the factor of H = [[I + Lambda'Z'WZ Lambda, Lambda'Z'WX], [., X'WX]].
#[derive(Debug)]
pub struct Whole {
    zwz: Vec<f64>,
    zwx: Vec<f64>,
    xwx: Vec<f64>,
    pub factor: DenseFactor,
}

impl Whole {
    pub fn new(model: &Model) -> Result<Self> {
        let (p, q) = (model.p(), model.q());
        let vec = |len| try_vec(WHOLE, 0.0, len);
        Ok(Whole { zwz: vec(q * q)?, zwx: vec(q * p)?, xwx: vec(p * p)?, factor: DenseFactor::new(q + p)? })
    }

    /// The information at the partial likelihood's predictor, and the factor of H.
    pub fn assemble(&mut self, model: &Model, partial: &Partial<'_>, t: &Roots) -> Result<()> {
        let (p, q) = (model.p(), model.q());
        partial.random_information(&model.z, &mut self.zwz)?;
        let mut wx = try_vec(WHOLE, 0.0, model.n)?;
        for j in 0..p {
            partial.information_product(model.column(j), &mut wx)?;
            model.z.transpose(&wx, &mut self.zwx[j * q..(j + 1) * q]);
            (0..p).for_each(|i| self.xwx[j * p + i] = dot(model.column(i), &wx));
        }
        model.hold(&mut self.xwx);
        let mut ridge = 0.0;
        loop {
            self.fill(model, partial, t, ridge)?;
            if self.factor.factorize()? {
                return Ok(());
            }
            ridge = if ridge == 0.0 { RIDGE } else { 100.0 * ridge };
            if ridge > 1.0 || self.xwx.iter().chain(&self.zwz).any(|v| !v.is_finite()) {
                return Err(Error::numeric(
                    "the information of the effects is not positive definite to within rounding; coefficients may have no finite estimates",
                ));
            }
        }
    }

    /// H itself.
    fn fill(&mut self, model: &Model, partial: &Partial<'_>, t: &Roots, ridge: f64) -> Result<()> {
        let (p, q) = (model.p(), model.q());
        let n = q + p;
        let mut half = try_vec(WHOLE, 0.0, q * q)?;
        // Lambda'Z'WZ, and its transpose times Lambda from the left again.
        for (column, from) in half.chunks_exact_mut(q.max(1)).zip(self.zwz.chunks_exact(q.max(1))) {
            column.copy_from_slice(from);
            apply(model, t, true, column);
        }
        let h = &mut self.factor.values;
        for j in 0..q {
            let column = &mut h[j * n..j * n + q];
            (0..q).for_each(|i| column[i] = half[i * q + j]);
            apply(model, t, true, column);
            column[j] += 1.0;
        }
        let mut column = try_vec(WHOLE, 0.0, q)?;
        for j in 0..p {
            column.copy_from_slice(&self.zwx[j * q..(j + 1) * q]);
            apply(model, t, true, &mut column);
            (0..q).for_each(|i| h[i * n + q + j] = column[i]);
            (0..p).for_each(|i| h[(q + j) * n + q + i] = self.xwx[j * p + i]);
            let expected: f64 = model.column(j).iter().zip(&partial.expected).map(|(x, e)| e * x * x).sum();
            h[(q + j) * (n + 1)] += ridge * expected.max(f64::MIN_POSITIVE);
        }
        Ok(())
    }

    pub fn derivatives(&self, model: &Model, partial: &Partial<'_>, t: &Roots, watch: &Watch<'_>) -> Result<Derivatives> {
        let q = model.q();
        // Lambda A^-1, and Lambda A^-1 Lambda'.
        let mut left = self.factor.inverse(q)?;
        left.chunks_exact_mut(q.max(1)).for_each(|column| apply(model, t, false, column));
        let mut b = try_vec(WHOLE, 0.0, q * q)?;
        for j in 0..q {
            let column = &mut b[j * q..(j + 1) * q];
            (0..q).for_each(|i| column[i] = left[i * q + j]);
            apply(model, t, false, column);
        }
        watch.pulse()?;
        let slope = partial.trace_derivative(&model.z, &b)?;
        let mut forces = vec![];
        for (k, size) in model.layout.terms.iter().enumerate() {
            let (r, first) = (size.effects, model.layout.offset(k));
            let mut force = vec![0.0; r * r];
            for level in 0..size.levels {
                let at = first + level * r;
                for (e, out) in force.iter_mut().enumerate() {
                    let (i, j) = (at + e % r, at + e / r);
                    *out += dot(&self.zwz[i * q..(i + 1) * q], &left[j * q..(j + 1) * q]);
                }
            }
            forces.push(force);
        }
        Ok(Derivatives { forces, slope })
    }

    pub fn covariances(&self, model: &Model) -> Result<Covariances> {
        let (p, q) = (model.p(), model.q());
        let n = p + q;
        let inverse = if q > 0 { self.factor.inverse(n)? } else { vec![] };
        let mut random = vec![];
        for (k, size) in model.layout.terms.iter().enumerate() {
            let (r, first) = (size.effects, model.layout.offset(k));
            let mut own = try_vec(WHOLE, 0.0, r * r * size.levels)?;
            for (level, block) in own.chunks_exact_mut(r * r).enumerate() {
                let at = first + level * r;
                (0..r * r).for_each(|e| block[e] = inverse[(at + e / r) * n + at + e % r]);
            }
            random.push(own);
        }
        Ok(Covariances {
            fixed: (0..p * p).map(|e| self.factor.values[(q + e / p) * n + q + e % p]).collect(),
            random,
            trace: (0..q).map(|i| inverse[i * (n + 1)]).sum(),
        })
    }

    /// The trace of Z'WZ over an effect of a term, and the sum of its squared elements.
    pub fn size_of(&self, model: &Model, term: usize, effect: usize) -> (f64, f64) {
        let (q, r) = (model.q(), model.layout.terms[term].effects);
        let effects = || (model.layout.offset(term)..model.layout.offset(term + 1)).skip(effect).step_by(r);
        let trace = effects().map(|i| self.zwz[i * (q + 1)]).sum();
        (trace, effects().flat_map(|i| effects().map(move |j| (i, j))).map(|(i, j)| self.zwz[i * q + j].powi(2)).sum())
    }
}
