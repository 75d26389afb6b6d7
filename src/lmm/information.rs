//! The average information of the profiled criterion: a positive semidefinite Hessian at the cost of one solve per parameter
//! (Gilmour, Thompson and Cullis 1995; sigma^2 profiled out), with the curvature of T T' added where it is positive.

use super::confounded::clear_rows;
use super::deviance::{Deviance, divide};
use super::levels::Traces;
use super::parameters::theta_from_working;
use crate::covariance::Structure;
use crate::error::{Result, try_copy, try_vec};
use crate::linalg::dense::dot;
use crate::optimize::Objective;
use crate::random::{FactorDerivative, add_curvature, add_second_derivatives, directions, factor_derivatives};
use crate::search::{Criterion, ThetaMap};
use crate::watch::Watch;

impl<'a> Criterion<'a> for Deviance<'a> {
    fn structures(&self) -> &[Structure] {
        &self.system.structures
    }

    fn force(&mut self, working: &[f64], term: usize) -> Result<(Vec<f64>, Vec<f64>)> {
        self.random.whole = true;
        let forces = self.evaluate(working).and_then(|_| self.forces());
        self.random.whole = false;
        let mut forces = forces?;
        self.add_pull(&mut forces);
        Ok((forces.swap_remove(term), self.t[term].clone()))
    }

    fn evaluations(&self) -> usize {
        self.state.evaluations
    }

    fn watch(&self) -> Watch<'a> {
        self.watch
    }

    fn theta_map(&self) -> ThetaMap<'a> {
        let system = self.system;
        Box::new(move |working| {
            let mut theta = vec![0.0; working.len()];
            theta_from_working(system, working, &mut theta);
            theta
        })
    }

    fn settle(&self, working: &mut [f64]) {
        self.system.without_confounded(self.reml, working);
    }

    fn fold(&self, working: &mut [f64]) {
        if let (Some(products), Some(x)) = (&self.system.correlation, working.get_mut(self.system.n_theta())) {
            *x = products.scale.folded(*x);
        }
    }
}

impl Objective for Deviance<'_> {
    fn dimension(&self) -> usize {
        self.system.n_working()
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        finite_or_infinity(self.search(x))
    }

    fn gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        finite_or_infinity(self.evaluate_gradient(x, gradient))
    }

    fn hessian(&mut self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> Result<f64> {
        finite_or_infinity(self.evaluate_hessian(x, gradient, hessian))
    }

    fn noise(&self) -> f64 {
        self.rounding()
    }
}

/// A point where the numbers break down is infinitely bad, not the end of the search.
pub(super) fn finite_or_infinity(value: Result<f64>) -> Result<f64> {
    match value {
        Err(e) if e.code == crate::error::Code::Numeric => Ok(f64::INFINITY),
        other => other,
    }
}

/// What memory is for.
const DIRECTIONS: &str = "derivatives in the covariance parameters";

impl Deviance<'_> {
    /// The criterion, its gradient, and the average information `[n, n]` in the working parameters.
    pub fn evaluate_hessian(&mut self, working: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> Result<f64> {
        let correlation = self.correlation_curvature(working)?;
        let value = self.search(working)?;
        let traces = self.traces();
        let forces = match &traces {
            Some(traces) => vec![traces.force.clone()],
            None => self.forces()?,
        };
        self.add_slope(working, gradient)?;
        let structures = &self.system.structures;
        let mut derivatives = factor_derivatives(structures, working);
        for (i, derivative) in derivatives.iter_mut().enumerate() {
            clear_rows(&self.confounded[derivative.term], &mut derivative.d);
            gradient[i] = 2.0 * derivative.d.iter().zip(&forces[derivative.term]).map(|(a, b)| a * b).sum::<f64>();
        }
        self.average_information(&derivatives, traces.as_ref(), hessian, working.len())?;
        add_curvature(&derivatives, &self.t, &forces, hessian, working.len());
        add_second_derivatives(structures, working, &forces, hessian, working.len());
        self.add_prior_derivatives(working, gradient, hessian);
        if let Some(curvature) = correlation {
            curvature.write_to(working.len() - 1, gradient, hessian);
        }
        Ok(value)
    }

    /// h_ij = [g_i'Z'V^-1Z g_j - (Q~'g_i)'(Q~'g_j)] / sigma^2 - (z'g_i)(z'g_j) / (sigma^4 N), with Z g_i = (dV/dtheta_i) V^-1 residual.
    fn average_information(
        &mut self,
        derivatives: &[FactorDerivative],
        traces: Option<&Traces>,
        hessian: &mut [f64],
        stride: usize,
    ) -> Result<()> {
        let (q, m, n) = (self.system.gram.layout.q(), self.system.m(), derivatives.len());
        if q == 0 {
            return Ok(());
        }
        let (forms, residual) = if let Some(traces) = traces {
            traces.forms(&self.t[0], derivatives)
        } else {
            let last = (m - 1) * q..m * q;
            let g = directions(&self.system.gram.layout, &self.t, derivatives, &self.u[last.clone()], &self.w[last])?;
            self.watch.pulse()?;
            self.forms(&g)?
        };
        let (sigma2, rows) = (self.state.sigma2, self.weight());
        for i in 0..n {
            for j in 0..n {
                hessian[i * stride + j] = forms[i * n + j] / sigma2 - residual[i] * residual[j] / (sigma2 * sigma2 * rows);
            }
        }
        Ok(())
    }

    /// Of directions g `[q, n]`, after the forces: g_i'Z'V^-1Z g_j - (REML) (Q~'g_i)'(Q~'g_j) `[n, n]`, and z'g_i.
    pub(super) fn forms(&mut self, g: &[f64]) -> Result<(Vec<f64>, Vec<f64>)> {
        let (q, m) = (self.system.gram.layout.q(), self.system.m());
        let n = g.len() / q;
        let copy = |v: &[f64]| try_copy(DIRECTIONS, v);
        // With M = Z'V^-1Z: g'Mg = left'product - |L^-1 P half|^2.
        let (left, product, half);
        if self.state.divided {
            // M = Lambda'^-1 (I - A^-1) Lambda^-1.
            let mut divided = copy(g)?;
            divide(&self.system.gram.layout, &self.t, false, &mut divided);
            (left, product, half) = (copy(&divided)?, copy(&divided)?, divided);
        } else {
            // M = G - G Lambda A^-1 Lambda'G.
            let mut minus = try_vec(DIRECTIONS, 0.0, q * n)?;
            self.random.subtract_product(self.gram(), g, &mut minus);
            for v in &mut minus {
                *v = -*v;
            }
            let mut right = copy(&minus)?;
            self.system.gram.apply_factors(&self.t, true, &mut right);
            (left, product, half) = (copy(g)?, minus, right);
        }
        self.watch.pulse()?;
        let mut permuted = try_vec(DIRECTIONS, 0.0, q * n)?;
        self.random.permute_into(&self.t, &half, &mut permuted);
        self.random.half_solve(&mut permuted);
        let along = |j: usize| -> Vec<f64> { (0..n).map(|i| dot(column(q, g, i), column(q, &self.w, j))).collect() };
        let fixed: Vec<Vec<f64>> = if self.reml { (0..m - 1).map(along).collect() } else { vec![] };
        let mut forms = vec![0.0; n * n];
        for i in 0..n {
            for j in i..n {
                let mut h =
                    dot(column(q, &left, i), column(q, &product, j)) - dot(column(q, &permuted, i), column(q, &permuted, j));
                h -= fixed.iter().map(|f| f[i] * f[j]).sum::<f64>();
                forms[i * n + j] = h;
                forms[j * n + i] = h;
            }
        }
        Ok((forms, along(m - 1)))
    }
}

/// Column i of columns of length q.
fn column(q: usize, v: &[f64], i: usize) -> &[f64] {
    &v[i * q..(i + 1) * q]
}
