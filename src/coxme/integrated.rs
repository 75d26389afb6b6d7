//! The integrated likelihood with the fixed effects among its parameters: they maximise it, not the penalised likelihood.
//!
//! ```text
//! A a_u = Lambda'Z'q,   a_beta = 0,   dd/dbeta = X'(kappa - 2 g)
//! ```
//!
//! Only u is at its mode then, for each theta and beta.

use super::laplace::Laplace;
use super::model::apply;
use super::observed::differenced;
use crate::covariance::Structure;
use crate::error::{Error, Result, try_copy, try_vec};
use crate::linalg::dense::dot;
use crate::linalg::factor::DenseFactor;
use crate::optimize::Objective;
use crate::random::{canonical, factor_derivatives};
use crate::search::{Criterion, ThetaMap};
use crate::watch::Watch;

const INTEGRATED: &str = "fixed effects of the integrated likelihood";

/// The criterion in the working parameters of the covariances, then beta of the model's own columns.
pub struct Integrated<'l, 'a> {
    pub laplace: &'l mut Laplace<'a>,
}

impl Integrated<'_, '_> {
    /// The working parameters of the covariances, after beta is set.
    fn set<'x>(&mut self, x: &'x [f64]) -> &'x [f64] {
        let (working, beta) = x.split_at(self.laplace.model.n_theta());
        self.laplace.joint.hold_all(beta);
        working
    }

    /// X'(kappa - 2 g), after a gradient.
    fn put_slopes(&self, out: &mut [f64]) {
        let model = self.laplace.model;
        out.iter_mut().enumerate().for_each(|(j, out)| *out = dot(model.column(j), &self.laplace.slope));
    }

    /// Twice the information of beta in the penalised likelihood with u at its mode, `[p, p]`.
    fn curvature(&self) -> Result<Vec<f64>> {
        let (model, joint) = (self.laplace.model, &self.laplace.joint);
        let (p, q) = (model.p(), model.q());
        let (mut out, mut seen) = (try_vec(INTEGRATED, 0.0, p * p)?, try_vec(INTEGRATED, 0.0, model.n)?);
        let (mut rights, mut solved) = (vec![], vec![]);
        for j in 0..p {
            joint.partial.information_product(model.column(j), &mut seen)?;
            (0..p).for_each(|i| out[j * p + i] = dot(model.column(i), &seen));
            let mut right = try_vec(INTEGRATED, 0.0, q + p)?;
            model.z.transpose(&seen, &mut right[..q]);
            apply(model, &self.laplace.t, true, &mut right[..q]);
            let mut own = try_copy(INTEGRATED, &right)?;
            joint.solve_information(&mut own)?;
            rights.push(right);
            solved.push(own);
        }
        for (e, out) in out.iter_mut().enumerate() {
            *out = 2.0 * (*out - dot(&rights[e % p], &solved[e / p]));
        }
        Ok(out)
    }

    /// The Hessian of the criterion at its minimum x, by differences of its gradient, and which parameters have a part in it: none at a
    /// boundary. What has no variance has columns of zeros in T, in the parameters that come with them.
    pub fn observed(&mut self, x: &[f64]) -> Result<Observed> {
        let (model, watch) = (self.laplace.model, self.laplace.watch);
        let n = model.n_theta();
        let at = [canonical(&model.structures, &x[..n]), x[n..].to_vec()].concat();
        let m = at.len();
        let (mut gradient, mut average) = (try_vec(INTEGRATED, 0.0, m)?, try_vec(INTEGRATED, 0.0, m * m)?);
        if !self.hessian(&at, &mut gradient, &mut average)?.is_finite() {
            return Err(Error::numeric("the criterion can't be had at the estimates"));
        }
        let derivatives = factor_derivatives(&model.structures, &at[..n]);
        let moves = derivatives.iter().map(|own| own.moves(&self.laplace.t[own.term]));
        let effective: Vec<bool> = moves.chain(std::iter::repeat_n(true, m - n)).collect();
        let hessian = differenced(self, &at, &average, &effective, &watch, |_, _, _| ())?;
        self.value(&at)?;
        Ok(Observed { at, hessian, effective })
    }
}

/// The information of all parameters.
pub struct Observed {
    pub at: Vec<f64>,
    /// Of the criterion; zero for parameters at a boundary.
    pub hessian: Vec<f64>,
    pub effective: Vec<bool>,
}

impl Observed {
    /// The covariance of the last `p` parameters, the fixed effects; NaN where the Hessian is not positive definite.
    pub fn of_fixed(&self, p: usize) -> Result<Vec<f64>> {
        let m = self.at.len();
        let free: Vec<usize> = (0..m).filter(|i| self.effective[*i]).collect();
        let k = free.len();
        let mut factor = DenseFactor::new(k)?;
        (0..k * k).for_each(|e| factor.values[e] = 0.5 * self.hessian[free[e / k] * m + free[e % k]]);
        if !factor.factorize()? {
            return try_vec(INTEGRATED, f64::NAN, p * p);
        }
        let inverse = factor.inverse(k)?;
        Ok((0..p * p).map(|e| inverse[(k - p + e / p) * k + k - p + e % p]).collect())
    }
}

impl Objective for Integrated<'_, '_> {
    fn dimension(&self) -> usize {
        self.laplace.model.n_theta() + self.laplace.model.p()
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        let working = self.set(x);
        self.laplace.value(working)
    }

    fn gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        let working = self.set(x);
        let (own, of_fixed) = gradient.split_at_mut(working.len());
        let value = self.laplace.gradient(working, own)?;
        if value.is_finite() {
            self.put_slopes(of_fixed);
        }
        Ok(value)
    }

    /// Without mixed curvature, whose expectation is zero.
    fn hessian(&mut self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> Result<f64> {
        let working = self.set(x);
        let (n, m) = (working.len(), x.len());
        let mut own = try_vec(INTEGRATED, 0.0, n * n)?;
        let (of_theta, of_fixed) = gradient.split_at_mut(n);
        let value = self.laplace.hessian(working, of_theta, &mut own)?;
        hessian.fill(0.0);
        (0..n).for_each(|j| hessian[j * m..j * m + n].copy_from_slice(&own[j * n..(j + 1) * n]));
        if value.is_finite() {
            self.put_slopes(of_fixed);
            let p = m - n;
            for (j, column) in self.curvature()?.chunks_exact(p.max(1)).enumerate() {
                hessian[(n + j) * m + n..(n + j + 1) * m].copy_from_slice(column);
            }
        }
        Ok(value)
    }
}

impl<'a> Criterion<'a> for Integrated<'_, 'a> {
    fn structures(&self) -> &[Structure] {
        &self.laplace.model.structures
    }

    fn force(&mut self, working: &[f64], term: usize) -> Result<(Vec<f64>, Vec<f64>)> {
        let working = self.set(working);
        self.laplace.force(working, term)
    }

    fn evaluations(&self) -> usize {
        self.laplace.evaluations
    }

    fn watch(&self) -> Watch<'a> {
        self.laplace.watch
    }

    fn settle(&self, working: &mut [f64]) {
        let n = self.laplace.model.n_theta();
        self.laplace.settle(&mut working[..n]);
    }

    fn theta_map(&self) -> ThetaMap<'a> {
        let model = self.laplace.model;
        Box::new(|x| model.theta_from_working(&x[..model.n_theta()]))
    }
}
