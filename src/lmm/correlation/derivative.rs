//! The residual correlation in the criterion: its derivative, its column of the Hessian, its standard error.
//!
//! With C = [Z Q e]'R^-1[Z Q e], its derivative C_x by the correlation's coordinate, and W = (-Lambda U, I):
//!
//! ```text
//! dd/dx = dlog|R|/dx + tr(A^-1 Lambda'G_x Lambda) + v'C_x v / sigma^2 + (REML) tr(S_X^-1 (W'C_x W)_X),   v = (-b, -gamma, 1)
//! ```

use crate::error::{Result, try_vec};
use crate::linalg::dense::dot_in_order as dot;
use crate::lmm::deviance::{Deviance, State};

/// The step of differences of the gradient.
const STEP: f64 = 1e-5;

/// The curvature of a criterion in the residual correlation, from the gradient a small step further along it.
pub(in crate::lmm) struct CorrelationCurvature {
    further: Vec<f64>,
}

impl CorrelationCurvature {
    /// `gradient` gives the gradient at parameters; the correlation is that at `place`.
    pub fn of(working: &[f64], place: usize, gradient: impl FnOnce(&[f64], &mut [f64]) -> Result<f64>) -> Result<Self> {
        let (mut there, mut further) = (working.to_vec(), vec![0.0; working.len()]);
        there[place] += STEP;
        gradient(&there, &mut further)?;
        Ok(CorrelationCurvature { further })
    }

    /// Row and column `place` of a Hessian. The diagonal stays positive: the observed information may not be, far from the minimum.
    pub fn write_to(&self, place: usize, gradient: &[f64], hessian: &mut [f64]) {
        let n = gradient.len();
        for (i, (there, here)) in self.further.iter().zip(gradient).enumerate() {
            let second = (there - here) / STEP;
            (hessian[place * n + i], hessian[i * n + place]) = (second, second);
        }
        hessian[place * (n + 1)] = hessian[place * (n + 1)].abs();
    }
}

impl Deviance<'_> {
    /// Where residuals are correlated.
    pub(in crate::lmm) fn correlation_curvature(&mut self, working: &[f64]) -> Result<Option<CorrelationCurvature>> {
        if self.correlated.is_none() {
            return Ok(None);
        }
        let curvature = CorrelationCurvature::of(working, working.len() - 1, |x, gradient| self.evaluate_gradient(x, gradient))?;
        self.state.evaluations -= 1;
        Ok(Some(curvature))
    }

    /// The derivative by the correlation's coordinate, the last of the parameters, after the forces.
    pub(in crate::lmm) fn add_slope(&mut self, working: &[f64], gradient: &mut [f64]) -> Result<()> {
        let (system, m, q) = (self.system, self.system.m(), self.system.gram.layout.q());
        let (Some(own), Some(products)) = (&mut self.correlated, &system.correlation) else { return Ok(()) };
        let last = working.len() - 1;
        let mut slope = products.fill_slope(working[last], &mut own.slope);
        if let Some((inverse, col_ptr)) = self.random.inverse() {
            let forces = own.slope.gram.trace(&self.t, col_ptr, inverse);
            slope += self.t.iter().flatten().zip(forces.iter().flatten()).map(|(t, f)| t * f).sum::<f64>();
        }
        // Lambda U, of columns whitened by S_X, and G_x of it.
        self.work[..q * m].copy_from_slice(&self.u);
        system.gram.apply_factors(&self.t, false, &mut self.work[..q * m]);
        let mut product = try_vec("cross-products of correlated rows", 0.0, q * m)?;
        own.slope.gram.subtract_product(&self.work[..q * m], &mut product);
        let columns = if self.reml { 0..m } else { m - 1..m };
        for j in columns {
            let (direction, b) = (self.state.direction(m, j), &self.work[j * q..(j + 1) * q]);
            let mut form = -dot(&product[j * q..(j + 1) * q], b);
            for (a, first) in direction.iter().enumerate() {
                form -= 2.0 * first * dot(&own.slope.zc[a * q..(a + 1) * q], b);
                form += first * dot(&own.slope.cc[a * m..(a + 1) * m], &direction);
            }
            slope += if j + 1 == m { form / self.state.sigma2 } else { form };
        }
        gradient[last] = slope;
        Ok(())
    }
}

/// The step of central differences, relative to a parameter's size.
const WIDE_STEP: f64 = 1e-4;

/// Eigenvalues of the scaled Hessian below this are zero.
const FLAT: f64 = 1e-10;

impl Deviance<'_> {
    /// The standard error of the correlation at a minimum: from the observed information of all parameters, sigma and fixed effects at their
    /// best for each. Not a number where there is no curvature, or on the boundary.
    pub fn correlation_std_error(&mut self, working: &[f64]) -> Result<f64> {
        let Some(products) = &self.system.correlation else { return Ok(f64::NAN) };
        let n = working.len();
        let mut hessian = vec![0.0; n * n];
        for i in 0..n {
            let h = WIDE_STEP * working[i].abs().max(0.1);
            let (mut up, mut down) = (vec![0.0; n], vec![0.0; n]);
            for (gradient, by) in [(&mut up, h), (&mut down, -h)] {
                let mut x = working.to_vec();
                x[i] += by;
                self.evaluate_gradient(&x, gradient)?;
                self.state.evaluations -= 1;
            }
            (0..n).for_each(|j| hessian[i * n + j] = (up[j] - down[j]) / (2.0 * h));
        }
        let x = working[n - 1];
        if products.scale.is_boundary(x) {
            return Ok(f64::NAN);
        }
        Ok(last_variance(n, &hessian).map_or(f64::NAN, |v| products.scale.slope(x).abs() * (2.0 * v).sqrt()))
    }
}

/// The last diagonal entry of the inverse of a Hessian, parameters without curvature left out; `None` if it has none itself.
fn last_variance(n: usize, hessian: &[f64]) -> Option<f64> {
    let scale = |i: usize| if hessian[i * (n + 1)] > 0.0 { hessian[i * (n + 1)].sqrt().recip() } else { 0.0 };
    let scaled: Vec<f64> =
        (0..n * n).map(|e| 0.5 * (hessian[e] + hessian[e % n * n + e / n]) * scale(e % n) * scale(e / n)).collect();
    let (values, vectors) = crate::linalg::dense::symmetric_eigen(n, &scaled)?;
    let own = |i: usize| vectors[i * n + n - 1] * vectors[i * n + n - 1];
    if values[0] < -FLAT.sqrt() || scale(n - 1) == 0.0 {
        return None;
    }
    let inverse: f64 = (0..n).filter(|&i| values[i] > FLAT).map(|i| own(i) / values[i]).sum();
    let variance = inverse * scale(n - 1) * scale(n - 1);
    (variance > 0.0).then_some(variance)
}

impl State {
    /// What makes column j of the whitened [Q e] of its columns: a column of R^-T with S_X = RR', or the residual's (-gamma, 1).
    fn direction(&self, m: usize, j: usize) -> Vec<f64> {
        let mut v = vec![0.0; m];
        v[j] = 1.0;
        if j + 1 == m {
            v.iter_mut().zip(&self.gamma).for_each(|(v, g)| *v = -g);
            return v;
        }
        crate::linalg::dense::solve_lower_transpose(m, &self.gram, &mut v[..m - 1]);
        v
    }
}
