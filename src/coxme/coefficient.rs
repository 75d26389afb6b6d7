//! The criterion with one coefficient as a parameter beside those of the covariances: beta_j x_j is an offset of the model without x_j, whose
//! other coefficients are at the joint mode.
//!
//! ```text
//! dd/dbeta_j = x_j'(kappa - 2 g)
//! ```

use super::laplace::Laplace;
use super::model::{Model, apply};
use crate::error::{Result, try_copy, try_vec};
use crate::linalg::dense::dot;
use crate::optimize::Objective;
use crate::watch::Watch;

/// The criterion; the coefficient is the last parameter.
pub struct WithCoefficient<'a> {
    pub laplace: Laplace<'a>,
    column: Vec<f64>,
}

impl<'a> WithCoefficient<'a> {
    /// `model` is without the column.
    pub fn new(model: &'a Model, column: &[f64], watch: &Watch<'a>) -> Result<Self> {
        let mut laplace = Laplace::new(model, watch)?;
        laplace.joint.shift = try_vec("offset", 0.0, model.n)?;
        Ok(WithCoefficient { laplace, column: try_copy("column of a coefficient", column)? })
    }

    /// The working parameters of the covariances, after the coefficient is set.
    fn set<'x>(&mut self, x: &'x [f64]) -> &'x [f64] {
        let (working, last) = x.split_at(self.laplace.model.n_theta());
        let value = last.first().copied().unwrap_or(0.0);
        self.laplace.joint.shift.iter_mut().zip(&self.column).for_each(|(shift, x)| *shift = value * x);
        working
    }

    /// The slope in the coefficient, of the last gradient.
    fn slope(&self) -> f64 {
        dot(&self.laplace.slope, &self.column)
    }

    /// The curvature of the penalised likelihood in the coefficient, the other effects at their best.
    fn curvature(&self) -> Result<f64> {
        let (model, joint) = (self.laplace.model, &self.laplace.joint);
        let q = model.q();
        let mut weighted = try_vec("information of a coefficient", 0.0, model.n)?;
        joint.partial.information_product(&self.column, &mut weighted)?;
        let mut mixed = try_vec("information of a coefficient", 0.0, q + model.p())?;
        model.z.transpose(&weighted, &mut mixed[..q]);
        apply(model, &self.laplace.t, true, &mut mixed[..q]);
        (0..model.p()).for_each(|j| mixed[q + j] = dot(model.column(j), &weighted));
        let mut solved = try_copy("information of a coefficient", &mixed)?;
        joint.solve_information(&mut solved)?;
        Ok(2.0 * (dot(&self.column, &weighted) - dot(&mixed, &solved)).max(0.0))
    }
}

impl Objective for WithCoefficient<'_> {
    fn dimension(&self) -> usize {
        self.laplace.model.n_theta() + 1
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        let working = self.set(x);
        self.laplace.value(working)
    }

    fn gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        let working = self.set(x);
        let n = working.len();
        let value = self.laplace.gradient(working, &mut gradient[..n])?;
        if value.is_finite() {
            gradient[n] = self.slope();
        }
        Ok(value)
    }

    /// Without mixed curvature, whose expectation is zero.
    fn hessian(&mut self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> Result<f64> {
        let working = self.set(x);
        let n = working.len();
        let mut own = try_vec("curvature of the criterion", 0.0, n * n)?;
        let value = self.laplace.hessian(working, &mut gradient[..n], &mut own)?;
        hessian.fill(0.0);
        (0..n).for_each(|j| hessian[j * (n + 1)..j * (n + 1) + n].copy_from_slice(&own[j * n..(j + 1) * n]));
        if value.is_finite() {
            gradient[n] = self.slope();
            hessian[n * (n + 1) + n] = self.curvature()?;
        }
        Ok(value)
    }
}
