//! What the optimiser asks of the Laplace deviance; an approximate Hessian from quantities at the mode alone.
//!
//! In theta the average information (Gilmour, Thompson and Cullis 1995) of the linear model that has the deviance's value and slope at the
//! mode, with weights W; in the fixed effects 2 X'V^-1 X of that model. Between the two stands what leaves the average information of the
//! profiled model, with P for V^-1, when the fixed effects are eliminated, so that the whole is positive: a larger variance wants larger
//! effects. For shared parameters the sum of squared scores, or as in the fixed effects where the response
//! has their information.

use super::laplace::Laplace;
use crate::covariance::Structure;
use crate::error::{Code, Result, try_copy, try_vec};
use crate::family::Order;
use crate::linalg::dense::dot_in_order as dot;
use crate::optimize::Objective;
use crate::random::{add_curvature, add_second_derivatives, directions, factor_derivatives, triangle};
use crate::search::{Criterion, ThetaMap};
use crate::watch::Watch;

/// What memory is for.
const WEIGHTED: &str = "weighted model matrix";

/// A point where the numbers break down is infinitely bad, not the end of the search.
fn finite_or_infinity(value: Result<f64>) -> Result<f64> {
    match value {
        Err(e) if e.code == Code::Numeric => Ok(f64::INFINITY),
        other => other,
    }
}

impl Objective for Laplace<'_> {
    fn dimension(&self) -> usize {
        self.n_parameters()
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        finite_or_infinity(self.evaluate(x, Order::Mode))
    }

    fn gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        finite_or_infinity(self.evaluate_gradient(x, gradient).map(|(value, _)| value))
    }

    fn hessian(&mut self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> Result<f64> {
        finite_or_infinity(self.evaluate_hessian(x, gradient, hessian))
    }

    fn noise(&self) -> f64 {
        self.rounding()
    }
}

impl<'a> Criterion<'a> for Laplace<'a> {
    fn structures(&self) -> &[Structure] {
        &self.model.structures
    }

    fn force(&mut self, working: &[f64], term: usize) -> Result<(Vec<f64>, Vec<f64>)> {
        let mut gradient = vec![0.0; working.len()];
        self.mode.precision.system.whole = true;
        let evaluated = self.evaluate_gradient(working, &mut gradient);
        self.mode.precision.system.whole = false;
        // The factor may be in another form than what is kept for the first step.
        self.mode.factorized = false;
        let (_, mut forces) = evaluated?;
        self.add_pull(&mut forces);
        Ok((forces.swap_remove(term), self.mode.precision.t[term].clone()))
    }

    fn evaluations(&self) -> usize {
        self.evaluations
    }

    fn watch(&self) -> Watch<'a> {
        self.watch
    }

    fn theta_map(&self) -> ThetaMap<'a> {
        let model = self.model;
        Box::new(|working| model.theta_from_working(working))
    }
}

impl Laplace<'_> {
    /// The deviance, its gradient and the approximate Hessian `[n, n]`.
    pub fn evaluate_hessian(&mut self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> Result<f64> {
        let (value, forces) = self.evaluate_gradient(x, gradient)?;
        let n = x.len();
        hessian.fill(0.0);
        let directions = self.theta_block(x, &forces, hessian)?;
        let k = self.shared().len();
        let (mut information, mut weights) = (vec![0.0; k * k], vec![]);
        self.mode.evaluator.shared_information(&mut information, &mut weights)?;
        let first = self.shared().start;
        for (e, value) in information.iter().enumerate() {
            hessian[(first + e / k) * n + first + e % k] = 2.0 * value;
        }
        self.linear_block(hessian, n, &weights, &directions)?;
        self.add_barrier_curvature(x, hessian)?;
        self.add_prior_curvature(x, hessian);
        Ok(value)
    }

    /// The block of theta; returns the directions g in which theta moves the random effects, and L^-1 P Lambda'Z'WZ g.
    fn theta_block(&mut self, x: &[f64], forces: &[Vec<f64>], hessian: &mut [f64]) -> Result<(Vec<f64>, Vec<f64>)> {
        let (q, n) = (self.mode.u.len(), x.len());
        let derivatives = factor_derivatives(&self.model.structures, x);
        if q == 0 || derivatives.is_empty() {
            return Ok((vec![], vec![]));
        }
        // `zs` is Z's, which is Z'V^-1 residual of the linear model at the mode.
        let g = directions(&self.model.layout, &self.mode.precision.t, &derivatives, &self.mode.u, &self.mode.zs)?;
        let mut product = try_vec(WEIGHTED, 0.0, g.len())?;
        self.mode.precision.system.subtract_product(&self.mode.precision.gram.gram, &g, &mut product);
        for v in &mut product {
            *v = -*v;
        }
        let half = self.mode.precision.half_solved(try_copy(WEIGHTED, &product)?)?;
        for i in 0..derivatives.len() {
            for j in i..derivatives.len() {
                let (a, b) = (i * q..(i + 1) * q, j * q..(j + 1) * q);
                let value = dot(&g[a.clone()], &product[b.clone()]) - dot(&half[a], &half[b]);
                hessian[i * n + j] = value;
                hessian[j * n + i] = value;
            }
        }
        add_curvature(&derivatives, &self.mode.precision.t, forces, hessian, n);
        add_second_derivatives(&self.model.structures, x, forces, hessian, n);
        Ok((g, half))
    }

    /// 2 [X_c'W_cd X_d - X_c'W Z Lambda A^-1 Lambda'Z'W X_d] for all predictors whose fixed effects are parameters, alike for shared
    /// parameters whose information with the predictors is in `weights`, and with the directions g of theta.
    fn linear_block(
        &mut self,
        hessian: &mut [f64],
        n: usize,
        weights: &[Vec<f64>],
        (g, half_g): &(Vec<f64>, Vec<f64>),
    ) -> Result<()> {
        let (model, q) = (self.model, self.mode.u.len());
        let predictors = self.mode.inner.len();
        let columns: Vec<(usize, usize)> = self.outer().flat_map(|a| (0..model.fixed[a].p).map(move |j| (a, j))).collect();
        let first = model.n_theta();
        let mut z = try_vec(WEIGHTED, 0.0, q * (columns.len() + weights.len() / predictors))?;
        let mut wx = (0..predictors).map(|_| try_vec(WEIGHTED, 0.0, model.n)).collect::<Result<Vec<_>>>()?;
        for (at, &(c, j)) in columns.iter().enumerate() {
            self.watch.pulse()?;
            let column = &model.fixed[c].q[j * model.n..(j + 1) * model.n];
            for (a, wx) in wx.iter_mut().enumerate() {
                let w = &self.mode.jet.w[triangle(a, c)];
                wx.iter_mut().zip(w).zip(column).for_each(|((o, w), x)| *o = w * x);
            }
            if q > 0 {
                model.transpose_random(&wx, &mut z[at * q..(at + 1) * q], self.mode.threads);
            }
            self.fill_column(&wx, first + at, n, hessian);
        }
        for (f, weights) in weights.chunks_exact(predictors).enumerate() {
            let at = columns.len() + f;
            if q > 0 {
                model.transpose_random(weights, &mut z[at * q..(at + 1) * q], self.mode.threads);
            }
            self.fill_column(weights, first + at, n, hessian);
            (first..first + columns.len()).for_each(|i| hessian[i * n + first + at] = hessian[(first + at) * n + i]);
        }
        if q == 0 {
            return Ok(());
        }
        let half = self.mode.precision.half_solved(try_copy(WEIGHTED, &z)?)?;
        for (i, (g, half_g)) in g.chunks_exact(q).zip(half_g.chunks_exact(q)).enumerate() {
            for (j, (z, half)) in z.chunks_exact(q).zip(half.chunks_exact(q)).enumerate() {
                let value = std::f64::consts::SQRT_2 * (dot(g, z) - dot(half_g, half));
                hessian[i * n + first + j] = value;
                hessian[(first + j) * n + i] = value;
            }
        }
        for (j, b) in half.chunks_exact(q).enumerate() {
            for (i, a) in half.chunks_exact(q).enumerate() {
                hessian[(first + j) * n + first + i] -= 2.0 * dot(a, b);
            }
        }
        Ok(())
    }

    /// 2 X'v of the predictors whose fixed effects are parameters, in a column of the Hessian.
    fn fill_column(&self, v: &[Vec<f64>], column: usize, n: usize, hessian: &mut [f64]) {
        for (d, range) in self.outer().zip(self.ranges()) {
            let own = &mut hessian[column * n..][range];
            self.model.fixed[d].transpose(&v[d], own);
            own.iter_mut().for_each(|value| *value *= 2.0);
        }
    }
}
