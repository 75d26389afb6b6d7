//! The deviance of maximum likelihood, or the restricted criterion, with sigma in it, and with the covariances of random effects in units of
//! their own.
//!
//! With factors S = sigma T, rho^2(T) the residuals' quadratic form and everything in units of a reference sigma,
//!
//! ```text
//! d = log|A| + log|R| + n log(2 pi sigma^2) + rho^2 / sigma^2
//! dd/dS = (dd/dT) / sigma,   dd/dlog sigma = 2 n - 2 rho^2 / sigma^2 - <dd/dT, T>
//! ```
//!
//! dd/dT at that sigma. The restricted criterion has n - p in the place of n, and log|X'V^-1 X|. The fixed effects are at their best, but for one that may be held: with l'b = v, S = X'V^-1 X and b the estimates,
//!
//! ```text
//! rho_v^2 = rho^2 + delta^2 / s,   b_v = b + S^-1 l delta / s,   s = l'S^-1 l,   delta = v - l'b
//! ```

use super::confounded::clear_rows;
use super::correlation::derivative::CorrelationCurvature;
use super::deviance::Deviance;
use super::information::finite_or_infinity;
use super::system::LinearSystem;
use crate::covariance::chain_rule;
use crate::error::{Error, Result, try_vec};
use crate::linalg::dense;
use crate::optimize::Objective;
use crate::random::{FactorDerivative, add_curvature, add_second_derivatives, directions, factor_derivatives};
use crate::watch::Watch;

/// What memory is for.
const DIRECTIONS: &str = "derivatives in the covariance parameters";

/// Parameters are those of the covariance structures, the coordinate of the residual correlation if there is one, and log sigma, the latter
/// and the standard deviations relative to the reference sigma.
pub struct UnprofiledDeviance<'a> {
    pub system: &'a LinearSystem,
    deviance: Deviance<'a>,
    /// In working units of the response.
    reference: f64,
    held: Option<Held>,
    /// The factors S.
    factors: Vec<Vec<f64>>,
    /// rho^2 at the fixed effects of the last evaluation.
    rho2: f64,
    /// The last gradient: point, value, gradient.
    last: Option<(Vec<f64>, f64, Vec<f64>)>,
}

/// A fixed effect that is held.
struct Held {
    /// Of those kept.
    column: usize,
    /// The combination of working coefficients that it is, and its value.
    combination: Vec<f64>,
    value: f64,
    /// The derivative of the deviance in the user's coefficient.
    slope: f64,
}

impl<'a> UnprofiledDeviance<'a> {
    /// `sigma` is the reference, in the user's units. The fixed effect of column `held`, of those kept, has to be given a value.
    pub fn new(system: &'a LinearSystem, sigma: f64, held: Option<usize>, reml: bool, watch: &Watch<'a>) -> Result<Self> {
        Ok(UnprofiledDeviance {
            deviance: Deviance::new(system, reml, watch)?,
            reference: sigma / system.map.unit.abs(),
            held: held.map(|column| Held { column, combination: vec![], value: f64::NAN, slope: f64::NAN }),
            factors: system.structures.iter().map(|s| vec![0.0; s.size * s.size]).collect(),
            rho2: f64::NAN,
            last: None,
            system,
        })
    }

    /// Gives the fixed effect that is held a value in the user's units.
    pub fn hold(&mut self, v: f64) {
        if let Some(held) = &mut self.held {
            (held.combination, held.value) = self.system.map.held(held.column, v);
            self.last = None;
        }
    }

    /// The derivative of the last deviance in the fixed effect that is held.
    pub fn slope(&self) -> f64 {
        self.held.as_ref().map_or(f64::NAN, |held| held.slope)
    }

    /// Sigma and the fixed effects of the last evaluation, in the user's units.
    pub fn estimates(&self) -> (f64, Vec<f64>) {
        (self.deviance.sigma(), self.deviance.fixed_effects())
    }

    pub fn evaluate(&mut self, x: &[f64]) -> Result<f64> {
        let n = self.system.n_working();
        let relative = x[n].exp();
        self.deviance.set_factors(x);
        self.factors.iter_mut().zip(self.deviance.t.iter()).for_each(|(s, t)| s.copy_from_slice(t));
        self.deviance.t.divide_by(relative);
        self.deviance.evaluate_factors(x)?;
        let sigma = self.reference * relative;
        let (m, state) = (self.system.m(), &mut self.deviance.state);
        state.sigma2 = sigma * sigma;
        self.rho2 = state.gram[m * m - 1] * state.gram[m * m - 1];
        if let Some(held) = &mut self.held {
            self.rho2 += held.restrict(&state.gram, &mut state.gamma, state.sigma2, self.system.map.unit);
        }
        let log_det = state.log_det_a + self.deviance.correlated.as_ref().map_or(0.0, |own| own.log_det);
        let unit = (sigma * self.system.map.unit.abs()).ln();
        let fixed = if self.deviance.reml { self.deviance.state.log_det_x + 2.0 * self.system.map.log_determinant() } else { 0.0 };
        let rows = self.deviance.weight();
        let d = log_det + fixed + rows * ((2.0 * std::f64::consts::PI).ln() + 2.0 * unit) + self.rho2 / (sigma * sigma);
        let d = d - self.system.log_weights;
        if d.is_finite() { Ok(d) } else { Err(Error::numeric("the deviance is not finite")) }
    }

    pub fn evaluate_gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        if let Some((at, value, own)) = &self.last
            && at == x
        {
            gradient.copy_from_slice(own);
            return Ok(*value);
        }
        let value = self.evaluate(x)?;
        self.gradient_of_last(x, gradient)?;
        self.last = Some((x.to_vec(), value, gradient.to_vec()));
        Ok(value)
    }

    /// The gradient of the last evaluation; gives the forces, half the derivatives in T.
    fn gradient_of_last(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<Vec<Vec<f64>>> {
        let (n, n_theta) = (self.system.n_working(), self.system.n_theta());
        let forces = self.deviance.forces()?;
        chain_rule(&self.system.structures, &x[..n_theta], &forces, gradient);
        gradient[..n_theta].iter_mut().for_each(|g| *g /= x[n].exp());
        self.deviance.add_slope(&x[..n], &mut gradient[..n])?;
        let along: f64 = forces.iter().flatten().zip(self.deviance.t.iter().flatten()).map(|(f, t)| f * t).sum();
        gradient[n] = 2.0 * (self.deviance.weight() - self.rho2 / self.deviance.state.sigma2 - along);
        Ok(forces)
    }

    /// With the average information, and differences of the gradient for the residual correlation.
    pub fn evaluate_hessian(&mut self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> Result<f64> {
        let (n, n_theta) = (self.system.n_working(), self.system.n_theta());
        let size = n + 1;
        let mut correlation = None;
        if self.system.correlation.is_some() {
            correlation = Some(CorrelationCurvature::of(x, n_theta, |x, gradient| self.evaluate_gradient(x, gradient))?);
        }
        let value = self.evaluate(x)?;
        let mut forces = self.gradient_of_last(x, gradient)?;
        self.last = Some((x.to_vec(), value, gradient.to_vec()));
        hessian.fill(0.0);
        let relative = x[n].exp();
        let mut derivatives = factor_derivatives(&self.system.structures, &x[..n_theta]);
        for derivative in &mut derivatives {
            clear_rows(&self.deviance.confounded[derivative.term], &mut derivative.d);
            derivative.scale(1.0 / relative);
        }
        self.average_information(&derivatives, hessian)?;
        add_curvature(&derivatives, &self.deviance.t, &forces, hessian, size);
        forces.iter_mut().flatten().for_each(|f| *f /= relative);
        add_second_derivatives(&self.system.structures, &x[..n_theta], &forces, hessian, size);
        if let Some(curvature) = correlation {
            curvature.write_to(n_theta, gradient, hessian);
        }
        Ok(value)
    }

    /// Twice the average information of covariances and sigma; zeros of the residual correlation.
    pub fn average(&mut self, x: &[f64]) -> Result<Vec<f64>> {
        let (n, n_theta) = (self.system.n_working(), self.system.n_theta());
        let mut information = try_vec(DIRECTIONS, 0.0, (n + 1) * (n + 1))?;
        self.evaluate(x)?;
        self.gradient_of_last(x, &mut vec![0.0; n + 1])?;
        let mut derivatives = factor_derivatives(&self.system.structures, &x[..n_theta]);
        for derivative in &mut derivatives {
            clear_rows(&self.deviance.confounded[derivative.term], &mut derivative.d);
            derivative.scale(1.0 / x[n].exp());
        }
        self.average_information(&derivatives, &mut information)?;
        Ok(information)
    }

    /// The covariance of the user's fixed effects at the last evaluation.
    pub fn vcov(&self) -> Vec<f64> {
        self.deviance.vcov(self.deviance.sigma())
    }

    /// Of f = (dV) V^-1 residual, sigma^2 in V: Z g of a parameter of T; Z g + 2 residual of log sigma, with g that of -T.
    fn average_information(&mut self, derivatives: &[FactorDerivative], hessian: &mut [f64]) -> Result<()> {
        let (q, m, size) = (self.system.gram.layout.q(), self.system.m(), self.system.n_working() + 1);
        let (n, sigma2) = (derivatives.len(), self.deviance.state.sigma2);
        hessian[size * size - 1] = 4.0 * self.rho2 / sigma2;
        if q == 0 {
            return Ok(());
        }
        let last = (m - 1) * q..m * q;
        let (layout, t) = (&self.system.gram.layout, &self.deviance.t);
        let (u, z) = (&self.deviance.u[last.clone()], &self.deviance.w[last]);
        let mut g = directions(layout, t, derivatives, u, z)?;
        let shrinking: Vec<FactorDerivative> = (0..t.len()).map(|term| FactorDerivative::shrinking(t, term)).collect();
        let mut sum = try_vec(DIRECTIONS, 0.0, q)?;
        for own in directions(layout, t, &shrinking, u, z)?.chunks_exact(q) {
            sum.iter_mut().zip(own).for_each(|(s, v)| *s += v);
        }
        g.try_reserve_exact(q).map_err(|_| Error::memory(DIRECTIONS, 8 * q))?;
        g.extend(sum);
        let (forms, residual) = self.deviance.forms(&g)?;
        // The place of each direction: behind theta there may be the residual correlation.
        let place = |i: usize| if i == n { size - 1 } else { i };
        for i in 0..=n {
            for j in 0..=n {
                let mut h = forms[i * (n + 1) + j];
                h += if i == n { 2.0 * residual[j] } else { 0.0 } + if j == n { 2.0 * residual[i] } else { 0.0 };
                hessian[place(i) * size + place(j)] += h / sigma2;
            }
        }
        Ok(())
    }
}

impl Objective for UnprofiledDeviance<'_> {
    fn dimension(&self) -> usize {
        self.system.n_working() + 1
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        finite_or_infinity(self.evaluate(x))
    }

    fn gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        finite_or_infinity(self.evaluate_gradient(x, gradient))
    }

    fn hessian(&mut self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> Result<f64> {
        finite_or_infinity(self.evaluate_hessian(x, gradient, hessian))
    }
}

impl Held {
    /// Moves the coefficients to the best ones of those that have the value; gives what this adds to rho^2.
    fn restrict(&mut self, gram: &[f64], gamma: &mut [f64], sigma2: f64, unit: f64) -> f64 {
        let m = gamma.len() + 1;
        // R^-1 l, with S = R R'.
        let mut h = self.combination.clone();
        dense::solve_lower(m, gram, &mut h);
        let s: f64 = h.iter().map(|v| v * v).sum();
        let delta = self.value - self.combination.iter().zip(&*gamma).map(|(l, g)| l * g).sum::<f64>();
        dense::solve_lower_transpose(m, gram, &mut h);
        gamma.iter_mut().zip(&h).for_each(|(g, h)| *g += h * delta / s);
        self.slope = 2.0 * delta / (s * sigma2 * unit);
        delta * delta / s
    }
}
