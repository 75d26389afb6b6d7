//! -2 times the integrated log partial likelihood by Laplace's approximation, with its gradient in the factors.
//!
//! ```text
//! d = -2 l + u'u + log|A|
//! dd/dT_k = sum_j { 2 (Z'WZ Lambda A^-1)_jj + [Z_j'(kappa - 2 g)] u_j' + (Z_j'g) a_uj' }     (lower triangle)
//! H (a_u; a_beta) = (Lambda'Z'q; X'q),   kappa = q - W (Z Lambda a_u + X a_beta),   q = d log|A|/d eta
//! ```
//!
//! Both u and beta move with T, so the adjoint is that of the joint mode. H is the information of (u, beta), A its block of u.

use super::effects::Derivatives;
use super::joint::Joint;
use super::model::{Model, apply};
use super::unseen::Unseen;
use crate::covariance::{Structure, chain_rule, with_ranges};
use crate::error::{Code, Error, Result, try_collect, try_copy, try_vec};
use crate::linalg::dense::{add_scaled, dot};
use crate::optimize::Objective;
use crate::random::{Roots, add_curvature, add_second_derivatives, directions, factor_derivatives};
use crate::search::penalty::Pull;
use crate::search::{Criterion, ThetaMap};
use crate::watch::Watch;

const LAPLACE: &str = "derivatives of the integrated likelihood";

/// The criterion at any number of parameter values.
pub struct Laplace<'a> {
    pub model: &'a Model,
    pub joint: Joint<'a>,
    pub t: Roots,
    /// Of the last gradient: the derivatives of d in what is added to the predictors.
    pub slope: Vec<f64>,
    /// What priors have added to the last value.
    pub penalty: f64,
    pub evaluations: usize,
    pub watch: Watch<'a>,
    /// By term what the criterion does not depend on; a search leaves it at zero.
    pub unseen: Vec<Option<Unseen>>,
}

impl<'a> Laplace<'a> {
    pub fn new(model: &'a Model, watch: &Watch<'a>) -> Result<Self> {
        let t = Roots::zeros(&model.structures);
        Ok(Laplace {
            model,
            joint: Joint::new(model)?,
            t,
            slope: vec![],
            penalty: 0.0,
            evaluations: 0,
            watch: *watch,
            unseen: vec![],
        })
    }

    /// d at working parameters.
    pub fn evaluate(&mut self, working: &[f64]) -> Result<f64> {
        self.evaluations += 1;
        self.t.set(&self.model.structures, working);
        self.joint.solve(&self.t, &self.watch)?;
        let penalised = self.joint.penalised();
        self.penalty = if self.model.prior.is_empty() { 0.0 } else { self.pull().value };
        let d = self.penalty - 2.0 * penalised + self.joint.system.log_determinant(self.model, &self.joint.partial, penalised)?;
        if d.is_finite() { Ok(d) } else { Err(Error::numeric("the criterion is not finite")) }
    }

    /// d, its gradient, and half the derivatives in T of each term, without those of priors.
    pub fn evaluate_gradient(&mut self, working: &[f64], gradient: &mut [f64]) -> Result<(f64, Vec<Vec<f64>>)> {
        let value = self.evaluate(working)?;
        let forces = self.forces()?;
        chain_rule(&self.model.structures, working, &forces, gradient);
        if !self.model.prior.is_empty() {
            let map = |k: usize| self.model.units(k).map();
            let (_, own) = self.model.prior.at_working(&self.model.structures, working, &map, 1.0);
            gradient.iter_mut().zip(&own).for_each(|(g, v)| *g += v);
        }
        Ok((value, forces))
    }

    /// What priors say of the factors.
    fn pull(&self) -> Pull {
        self.model.prior.at(&self.t, &|k| self.model.units(k).map(), 1.0)
    }

    fn forces(&mut self) -> Result<Vec<Vec<f64>>> {
        let (model, q) = (self.model, self.model.q());
        if q == 0 {
            self.slope = try_collect(LAPLACE, self.joint.partial.score.iter().map(|g| -2.0 * g))?;
            return Ok(vec![]);
        }
        let Derivatives { mut forces, slope } = self.joint.system.derivatives(model, &self.joint.partial, &self.t, &self.watch)?;
        self.watch.pulse()?;
        let (kappa, a) = self.adjoint(&slope)?;
        let mut zk = try_vec(LAPLACE, 0.0, q)?;
        self.slope = try_collect(LAPLACE, kappa.iter().zip(&self.joint.partial.score).map(|(k, g)| k - 2.0 * g))?;
        model.z.transpose(&self.slope, &mut zk);
        let zg = self.random_score()?;
        for (k, (size, force)) in model.layout.terms.iter().zip(&mut forces).enumerate() {
            let (r, first) = (size.effects, model.layout.offset(k));
            for level in 0..size.levels {
                let at = first + level * r;
                for (e, force) in force.iter_mut().enumerate() {
                    let (i, j) = (at + e % r, at + e / r);
                    *force += 0.5 * (zk[i] * self.joint.u[j] + zg[i] * a[j]);
                }
            }
        }
        Ok(forces)
    }

    /// kappa and (a_u; a_beta) from q.
    fn adjoint(&self, slope: &[f64]) -> Result<(Vec<f64>, Vec<f64>)> {
        let mut a = self.across(slope)?;
        self.joint.solve_information(&mut a)?;
        let v = self.along(&a)?;
        let mut kappa = try_vec(LAPLACE, 0.0, self.model.n)?;
        self.joint.partial.information_product(&v, &mut kappa)?;
        kappa.iter_mut().zip(slope).for_each(|(k, q)| *k = q - *k);
        Ok((kappa, a))
    }

    /// Z Lambda a_u + X a_beta.
    pub fn along(&self, a: &[f64]) -> Result<Vec<f64>> {
        let (model, q) = (self.model, self.model.q());
        let mut b = try_copy(LAPLACE, &a[..q])?;
        apply(model, &self.t, false, &mut b);
        let mut v = try_vec(LAPLACE, 0.0, model.n)?;
        v.iter_mut().enumerate().for_each(|(i, v)| *v = model.z.dot(i, &b));
        (0..model.p()).for_each(|j| add_scaled(&mut v, a[q + j], model.column(j)));
        Ok(v)
    }

    /// (Lambda'Z'v; X'v).
    pub fn across(&self, v: &[f64]) -> Result<Vec<f64>> {
        let (model, p, q) = (self.model, self.model.p(), self.model.q());
        let mut a = try_vec(LAPLACE, 0.0, q + p)?;
        model.z.transpose(v, &mut a[..q]);
        apply(model, &self.t, true, &mut a[..q]);
        (0..p).for_each(|j| a[q + j] = dot(model.column(j), v));
        Ok(a)
    }

    /// Z'g.
    pub fn random_score(&self) -> Result<Vec<f64>> {
        let mut zg = try_vec(LAPLACE, 0.0, self.model.q())?;
        self.model.z.transpose(&self.joint.partial.score, &mut zg);
        Ok(zg)
    }

    /// With the average information (Gilmour, Thompson and Cullis 1995) of the linear model that has the value and slope at the mode, with
    /// information W and the fixed effects eliminated.
    fn evaluate_hessian(&mut self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> Result<f64> {
        let (value, forces) = self.evaluate_gradient(x, gradient)?;
        let (model, p, q, n) = (self.model, self.model.p(), self.model.q(), x.len());
        hessian.fill(0.0);
        if q == 0 || n == 0 {
            return Ok(value);
        }
        let derivatives = factor_derivatives(&model.structures, x);
        let g = directions(&model.layout, &self.t, &derivatives, &self.joint.u, &self.random_score()?)?;
        let (mut products, mut rights, mut solved) = (vec![], vec![], vec![]);
        let (mut eta, mut seen) = (try_vec(LAPLACE, 0.0, model.n)?, try_vec(LAPLACE, 0.0, model.n)?);
        for g in g.chunks_exact(q) {
            eta.iter_mut().enumerate().for_each(|(i, eta)| *eta = model.z.dot(i, g));
            self.joint.partial.information_product(&eta, &mut seen)?;
            let mut product = try_vec(LAPLACE, 0.0, q)?;
            model.z.transpose(&seen, &mut product);
            let mut right = try_vec(LAPLACE, 0.0, q + p)?;
            right[..q].copy_from_slice(&product);
            apply(model, &self.t, true, &mut right[..q]);
            (0..p).for_each(|j| right[q + j] = dot(model.column(j), &seen));
            let mut own = try_copy(LAPLACE, &right)?;
            self.joint.solve_information(&mut own)?;
            products.push(product);
            rights.push(right);
            solved.push(own);
        }
        for i in 0..n {
            for j in 0..n {
                hessian[i * n + j] = dot(&g[i * q..(i + 1) * q], &products[j]) - dot(&rights[i], &solved[j]);
            }
        }
        add_curvature(&derivatives, &self.t, &forces, hessian, n);
        add_second_derivatives(&model.structures, x, &forces, hessian, n);
        model.prior.add_hessian(&model.structures, x, &|k| model.units(k).map(), 1.0, (hessian, n));
        Ok(value)
    }
}

/// A point where the numbers break down is infinitely bad, not the end of the search.
fn finite_or_infinity(value: Result<f64>) -> Result<f64> {
    match value {
        Err(e) if matches!(e.code, Code::Numeric | Code::Unsupported) => Ok(f64::INFINITY),
        other => other,
    }
}

impl Objective for Laplace<'_> {
    fn dimension(&self) -> usize {
        self.model.n_theta()
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        finite_or_infinity(self.evaluate(x))
    }

    fn gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        finite_or_infinity(self.evaluate_gradient(x, gradient).map(|(value, _)| value))
    }

    fn hessian(&mut self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> Result<f64> {
        finite_or_infinity(self.evaluate_hessian(x, gradient, hessian))
    }
}

impl<'a> Criterion<'a> for Laplace<'a> {
    fn structures(&self) -> &[Structure] {
        &self.model.structures
    }

    fn force(&mut self, working: &[f64], term: usize) -> Result<(Vec<f64>, Vec<f64>)> {
        let mut gradient = vec![0.0; working.len()];
        let (_, mut forces) = self.evaluate_gradient(working, &mut gradient)?;
        for (force, own) in forces.iter_mut().zip(&self.pull().forces) {
            force.iter_mut().zip(own).for_each(|(f, v)| *f += v);
        }
        Ok((forces.swap_remove(term), self.t[term].clone()))
    }

    fn evaluations(&self) -> usize {
        self.evaluations
    }

    fn watch(&self) -> Watch<'a> {
        self.watch
    }

    fn settle(&self, working: &mut [f64]) {
        let terms = with_ranges(&self.model.structures).zip(&self.unseen);
        for ((structure, range), unseen) in terms {
            let Some(Unseen::Effect(effect)) = *unseen else { continue };
            let r = structure.size;
            let (mut t, mut cov) = (vec![0.0; r * r], vec![0.0; r * r]);
            structure.factor(&working[range.clone()], &mut t);
            (0..r).for_each(|column| t[column * r + effect] = 0.0);
            (0..r * r).for_each(|e| cov[e] = (0..r).map(|k| t[k * r + e % r] * t[k * r + e / r]).sum());
            structure.from_covariance(&cov, &mut working[range]);
        }
    }

    fn theta_map(&self) -> ThetaMap<'a> {
        let model = self.model;
        Box::new(|working| model.theta_from_working(working))
    }
}
