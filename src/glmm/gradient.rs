//! The gradient of the Laplace deviance by the implicit function theorem, with one adjoint solve (Kristensen et al. 2016).
//!
//! With predictors a, b, c; h_ab = (Z_a Lambda A^-1 Lambda'Z_b')_ii; t_abc = dw_ab/deta_c:
//!
//! ```text
//! q_c = sum_ab h_ab t_abc,   H a = Lambda'Z'q,   r_c = q_c - sum_a w_ac (Z Lambda a)_a - 2 s_c
//! dd/dbeta_c = X_c'r_c
//! dd/dT_k    = sum_j { 2 (Z'WZ Lambda A^-1)_jj + [Z_j'r] u_j' + (Z_j's) a_j' }
//! dd/dpsi    = sum -2 dl/dpsi + h dw/dpsi + (Z Lambda a) ds/dpsi
//! ```

use super::approximation::Inside;
use super::jet::{Adjoint, tetrahedron};
use super::laplace::Laplace;
use super::mode::Mode;
use super::newton::solve;
use crate::covariance::chain_rule;
use crate::error::{Result, try_copy, try_vec};
use crate::family::Order;
use crate::linalg::dense;
use crate::random::{Trace, WeightedGram, triangle};

/// What memory is for.
const ADJOINT: &str = "adjoint of the modes";

/// Half the derivatives in T of each term.
type Forces = Vec<Vec<f64>>;
/// Leverages per row, at `triangle(a, b)`.
type Leverages = Vec<Vec<f64>>;

impl Laplace<'_> {
    /// The deviance and its gradient; the forces (half the derivatives in T) are returned, without those of priors.
    pub fn evaluate_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<(f64, Forces)> {
        let value = self.evaluate(x, Order::Gradient)?;
        if self.has_fixed_nodes() {
            let force = self.average_gradient(x, gradient)?;
            self.add_prior_gradient(x, gradient)?;
            return Ok((value, force));
        }
        let (mut traces, h) = self.leverages()?;
        let through = self.through_modes(&h)?;
        self.add_of_modes(&through, &mut traces);
        let mut force = self.forces_of(traces);
        if let Some(quadrature) = &self.quadrature {
            for (force, averages) in force.iter_mut().zip(&quadrature.averages.force) {
                force.iter_mut().zip(averages).for_each(|(f, v)| *f -= v);
            }
        }
        chain_rule(&self.model.structures, x, &force, gradient);
        for (a, range) in self.outer().zip(self.ranges()) {
            self.model.fixed[a].transpose(&through.rows[a], &mut gradient[range]);
        }
        let adjoint = Adjoint { h: &h, za: &through.za };
        let shared = self.shared();
        self.mode.evaluator.shared_gradient(&self.mode.eta, &adjoint, self.how.expected, &mut gradient[shared.clone()])?;
        for (f, at) in shared.enumerate() {
            gradient[at] -= 2.0
                * match &self.quadrature {
                    Some(quadrature) => quadrature.averages.shared[f],
                    None => dense::sum(self.mode.evaluator.shared_score(f)),
                };
        }
        self.add_prior_gradient(x, gradient)?;
        Ok((value, force))
    }

    /// What the way through the modes adds to the forces.
    fn add_of_modes(&self, through: &ThroughModes, traces: &mut [Trace]) {
        for (k, trace) in traces.iter_mut().enumerate() {
            let own = self.model.layout.offset(k)..self.model.layout.offset(k + 1);
            trace.add_products(&self.mode.precision.t, k, 0.5, &through.z[own.clone()], &self.mode.u[own.clone()]);
            trace.add_products(&self.mode.precision.t, k, 0.5, &self.mode.zs[own.clone()], &through.a[own]);
        }
    }

    fn forces_of(&self, traces: Vec<Trace>) -> Forces {
        let terms = &self.model.layout.terms;
        traces.into_iter().enumerate().map(|(k, trace)| trace.force(&self.mode.precision.t, k, terms[k].levels)).collect()
    }

    /// After a gradient: the derivatives of a row's predictor of the mean, at the modes, in all parameters.
    pub(super) fn slope_of_row(&mut self, x: &[f64], row: usize) -> Result<Vec<f64>> {
        let n = self.model.n;
        let rows = |count: usize| (0..count).map(|_| try_vec(ADJOINT, 0.0, n)).collect::<Result<Vec<Vec<f64>>>>();
        let mut unit = rows(self.mode.inner.len())?;
        unit[0][row] = 1.0;
        let through = self.adjoint(unit)?;
        let mut traces: Vec<Trace> = self.mode.precision.t.iter().map(|t| Trace::Whole(vec![0.0; t.len()])).collect();
        self.add_of_modes(&through, &mut traces);
        let force = self.forces_of(traces);
        let mut slope = vec![0.0; x.len()];
        chain_rule(&self.model.structures, x, &force, &mut slope);
        for (a, range) in self.outer().zip(self.ranges()) {
            self.model.fixed[a].transpose(&through.rows[a], &mut slope[range]);
        }
        let (h, shared) = (self.no_leverages()?, self.shared());
        self.mode.evaluator.shared_gradient(&self.mode.eta, &Adjoint { h: &h, za: &through.za }, false, &mut slope[shared])?;
        Ok(slope)
    }

    /// The gradient of a sum over fixed nodes: the average of that of the log-density.
    fn average_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<Forces> {
        let averages = self.quadrature.as_mut().map(|quadrature| std::mem::take(&mut quadrature.averages)).unwrap_or_default();
        let force: Forces = averages.force.iter().map(|f| f.iter().map(|v| -v).collect()).collect();
        chain_rule(&self.model.structures, x, &force, gradient);
        for (a, range) in self.outer().zip(self.ranges()) {
            self.model.fixed[a].transpose(&averages.s[a], &mut gradient[range.clone()]);
            gradient[range].iter_mut().for_each(|g| *g *= -2.0);
        }
        gradient[self.shared()].iter_mut().zip(&averages.shared).for_each(|(g, s)| *g = -2.0 * s);
        // The approximate Hessian has the scores at the modes.
        self.mode.evaluate(Order::Gradient)?;
        self.mode.transpose_scores();
        Ok(force)
    }

    /// Leverages of nothing, for each pair of predictors; empty where one has no effects inside the mode.
    fn no_leverages(&self) -> Result<Leverages> {
        let inner = &self.mode.inner;
        let pairs = (0..inner.len()).flat_map(|a| (0..=a).map(move |b| (a, b)));
        let n = |(a, b): (usize, usize)| if inner[a] && inner[b] { self.model.n } else { 0 };
        pairs.map(|pair| try_vec("leverages", 0.0, n(pair))).collect()
    }

    /// With A (or H) of the determinant: traces for the forces, and leverages of pairs of predictors (empty without inner effects).
    fn leverages(&mut self) -> Result<(Vec<Trace>, Leverages)> {
        let (terms, mut h) = (self.model.terms(), self.no_leverages()?);
        if let Some(quadrature) = &self.quadrature {
            let force = quadrature.curvature(&self.mode, &mut self.covariance);
            WeightedGram::leverages(&self.covariance, &terms, &self.model.predictor, &mut h, self.mode.threads);
            // The nodes have left their own derivatives behind.
            self.mode.evaluate(Order::Gradient)?;
            if self.how.expected {
                self.factorize_observed()?;
            }
            return Ok((force.into_iter().map(Trace::Whole).collect(), h));
        }
        self.mode.precision.system.select_inverse()?;
        let mut traces = self.mode.precision.system.traces(&self.mode.precision.gram.gram, &self.mode.precision.t);
        self.mode.precision.system.covariance(&self.mode.precision.gram.gram, &self.mode.precision.t, &mut self.covariance.gram);
        WeightedGram::leverages(&self.covariance, &terms, &self.model.predictor, &mut h, self.mode.threads);
        if let (Inside::Integrated, Some(border)) = (self.how.inside, &self.border) {
            border.whitened(&mut self.mode, |mode, g, v| add_border(mode, g, v, &mut h, &mut traces))?;
        }
        if self.how.expected {
            self.factorize_observed()?;
        }
        Ok((traces, h))
    }

    /// The adjoint solve and what follows from it.
    fn through_modes(&mut self, h: &[Vec<f64>]) -> Result<ThroughModes> {
        let mut rows = (0..self.mode.inner.len()).map(|c| self.curvature_scores(h, c)).collect::<Result<Vec<_>>>()?;
        self.add_barrier_slope(&mut rows[0]);
        let mut through = self.adjoint(rows)?;
        let scores = if let Some(quadrature) = &self.quadrature {
            &quadrature.averages.s
        } else {
            through.z.iter_mut().zip(&self.mode.zs).for_each(|(z, s)| *z -= 2.0 * s);
            &self.mode.jet.s
        };
        for (row, s) in through.rows.iter_mut().zip(scores) {
            row.iter_mut().zip(s).for_each(|(r, s)| *r -= 2.0 * s);
        }
        Ok(through)
    }

    /// Of something that has these derivatives in the predictors at the modes, the derivatives in all that moves the modes; under
    /// quadrature those of the nodes' averages are in it.
    fn adjoint(&mut self, mut rows: Vec<Vec<f64>>) -> Result<ThroughModes> {
        let (n, predictors, q) = (self.model.n, self.mode.inner.len(), self.mode.u.len());
        let mut a = try_vec(ADJOINT, 0.0, q)?;
        self.model.transpose_random(&rows, &mut a, self.mode.threads);
        self.mode.precision.apply_lambda_transpose(&mut a);
        if let Some(quadrature) = &self.quadrature {
            a.iter_mut().zip(&quadrature.averages.e).for_each(|(a, e)| *a -= 2.0 * e);
        }
        let mut fixed = vec![0.0; self.mode.gamma.len()];
        self.model.fixed[0].transpose(&rows[0], &mut fixed);
        solve(&mut self.mode.precision, self.border.as_ref(), &mut a, &mut fixed);
        let mut b = try_copy(ADJOINT, &a)?;
        self.mode.precision.apply_lambda(&mut b);
        let own_rows = |c: usize| try_vec(ADJOINT, 0.0, if self.mode.inner[c] { n } else { 0 });
        let mut za = (0..predictors).map(own_rows).collect::<Result<Vec<_>>>()?;
        self.model.add_random(&b, &mut za, self.mode.threads);
        self.model.fixed[0].add(&fixed, &mut za[0]);
        for (c, row) in rows.iter_mut().enumerate() {
            for (a, za) in za.iter().enumerate().filter(|(a, _)| self.mode.inner[*a]) {
                let w = &self.mode.jet.w[triangle(a, c)];
                row.iter_mut().zip(w).zip(za).for_each(|((r, w), z)| *r -= w * z);
            }
        }
        let mut z = try_vec(ADJOINT, 0.0, q)?;
        self.model.transpose_random(&rows, &mut z, self.mode.threads);
        self.mode.transpose_scores();
        Ok(ThroughModes { rows, z, a, za })
    }

    /// q_c: what the determinant changes by with predictor c.
    fn curvature_scores(&self, h: &[Vec<f64>], c: usize) -> Result<Vec<f64>> {
        let mut out = try_vec(ADJOINT, 0.0, self.model.n)?;
        if self.how.expected {
            out.iter_mut().zip(&h[0]).zip(&self.expected_t[c]).for_each(|((o, h), t)| *o = h * t);
            return Ok(out);
        }
        for a in (0..self.mode.inner.len()).filter(|a| self.mode.inner[*a]) {
            for b in (0..=a).filter(|b| self.mode.inner[*b]) {
                let factor = if a == b { 1.0 } else { 2.0 };
                let t = &self.mode.jet.t[tetrahedron(a, b, c)];
                out.iter_mut().zip(&h[triangle(a, b)]).zip(t).for_each(|((o, h), t)| *o += factor * h * t);
            }
        }
        Ok(out)
    }
}

/// The adjoint, and the derivatives of the deviance in the predictors.
struct ThroughModes {
    /// `r_c`, one a row.
    rows: Vec<Vec<f64>>,
    /// Z'r, under quadrature without the scores.
    z: Vec<f64>,
    a: Vec<f64>,
    /// Z Lambda a per predictor.
    za: Vec<Vec<f64>>,
}

/// What one whitened column of the border adds to leverages and forces.
fn add_border(mode: &Mode<'_>, g: &[f64], v: &[Vec<f64>], h: &mut [Vec<f64>], traces: &mut [Trace]) -> Result<()> {
    let predictors = mode.inner.len();
    for a in 0..predictors {
        for b in 0..=a {
            let h = &mut h[triangle(a, b)];
            h.iter_mut().zip(&v[a]).zip(&v[b]).for_each(|((h, x), y)| *h += x * y);
        }
    }
    let mut wv = v.iter().map(|v| try_vec(ADJOINT, 0.0, v.len())).collect::<Result<Vec<_>>>()?;
    for (a, wv) in wv.iter_mut().enumerate().filter(|(a, _)| mode.inner[*a]) {
        for (b, v) in v.iter().enumerate().filter(|(b, _)| mode.inner[*b]) {
            let w = &mode.jet.w[triangle(a, b)];
            wv.iter_mut().zip(w).zip(v).for_each(|((o, w), v)| *o += w * v);
        }
    }
    let mut zwv = try_vec(ADJOINT, 0.0, g.len())?;
    mode.model.transpose_random(&wv, &mut zwv, mode.threads);
    for (k, trace) in traces.iter_mut().enumerate() {
        let own = mode.model.layout.offset(k)..mode.model.layout.offset(k + 1);
        trace.add_products(&mode.precision.t, k, -1.0, &zwv[own.clone()], &g[own]);
    }
    Ok(())
}
