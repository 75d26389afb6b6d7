//! Priors of a linear model, as a penalty of its criterion.
//!
//! The prior p is of numbers in the user's units, so it can't be in the profile of sigma. For given T the criterion is
//!
//! ```text
//! d(T) = log|A| (+ log|X'V^-1 X|) + N log 2 pi + min { N log sigma^2 + (rho^2 + |R'(g - g^)|^2) / sigma^2 - 2 log p(g, sigma, sigma T) }
//! ```
//!
//! over sigma and, where coefficients have priors, g; R R' = Q'V^-1 Q and g^ are the least-squares coefficients. At that minimum the
//! derivatives of d in T are those with sigma and g held.

use super::deviance::Deviance;
use super::prior::LinearPrior;
use super::system::LinearSystem;
use crate::error::{Error, Result};
use crate::linalg::dense::{self, symmetric_eigen};
use crate::optimize::{Method, Objective, Reason, Settings, minimize};
use crate::prior::Density;
use crate::random::EffectUnits;
use crate::search::penalty::Pull;

/// Decrease of the penalised criterion at which sigma and the coefficients are found.
const TOLERANCE: f64 = 1e-20;
/// Evaluations for them.
const EVALUATIONS: usize = 500;
/// The step of the difference for the curvature in log sigma.
const STEP: f64 = 1e-4;
/// The scaled gradient of an end that will do.
const ENDED: f64 = 1e-7;

/// The penalised criterion of the coefficients' distance from least squares, and of the logarithm of sigma.
struct Inner<'a> {
    system: &'a LinearSystem,
    prior: &'a LinearPrior,
    t: &'a [Vec<f64>],
    /// R in the leading rows of `[m, m]`.
    gram: &'a [f64],
    rows: f64,
    rho2: f64,
    /// Of each coefficient with a prior: what it is of the working ones, and its value at least squares.
    coefficients: Vec<(Vec<f64>, f64, Density)>,
}

impl Inner<'_> {
    /// How many working coefficients move.
    fn p(&self) -> usize {
        if self.coefficients.is_empty() { 0 } else { self.system.m() - 1 }
    }

    fn pull(&self, log_sigma: f64) -> Pull {
        let unit = log_sigma.exp() * self.system.map.unit.abs();
        self.prior.covariances.at(self.t, &|k| self.system.units(k).map(), unit)
    }

    /// R'd.
    fn turned(&self, d: &[f64]) -> Vec<f64> {
        let m = self.system.m();
        (0..d.len()).map(|j| (j..d.len()).map(|i| self.gram[j * m + i] * d[i]).sum()).collect()
    }

    /// -2 log p at a point, its gradient in the point.
    fn penalty(&self, x: &[f64], gradient: &mut [f64]) -> f64 {
        let p = self.p();
        let sigma = x[p].exp() * self.system.map.unit.abs();
        let pull = self.pull(x[p]);
        let mut value = pull.value;
        gradient[p] += pull.along;
        for density in &self.prior.sigma {
            let [own, first, _] = density.of_number(sigma);
            value += own;
            gradient[p] += first * sigma;
        }
        for (l, at, density) in &self.coefficients {
            let [own, first, _] = density.of_number(at + dense::dot_in_order(l, &x[..p]));
            value += own;
            dense::add_scaled(&mut gradient[..p], first, l);
        }
        value
    }
}

impl Objective for Inner<'_> {
    fn dimension(&self) -> usize {
        self.p() + 1
    }

    fn value(&mut self, x: &[f64]) -> Result<f64> {
        let mut gradient = vec![0.0; x.len()];
        self.gradient(x, &mut gradient)
    }

    fn gradient(&mut self, x: &[f64], gradient: &mut [f64]) -> Result<f64> {
        let p = self.p();
        gradient.fill(0.0);
        let penalty = self.penalty(x, gradient);
        let (turned, per) = (self.turned(&x[..p]), (-2.0 * x[p]).exp());
        let sum = self.rho2 + turned.iter().map(|v| v * v).sum::<f64>();
        let m = self.system.m();
        for i in 0..p {
            gradient[i] += 2.0 * per * (0..=i).map(|j| self.gram[j * m + i] * turned[j]).sum::<f64>();
        }
        gradient[p] += 2.0 * self.rows - 2.0 * per * sum;
        Ok(2.0 * self.rows * x[p] + per * sum + penalty)
    }

    fn hessian(&mut self, x: &[f64], gradient: &mut [f64], hessian: &mut [f64]) -> Result<f64> {
        let (p, m) = (self.p(), self.system.m());
        let n = p + 1;
        let value = self.gradient(x, gradient)?;
        hessian.fill(0.0);
        let (turned, per) = (self.turned(&x[..p]), (-2.0 * x[p]).exp());
        for j in 0..p {
            for i in 0..p {
                hessian[j * n + i] = 2.0 * per * (0..=i.min(j)).map(|k| self.gram[k * m + i] * self.gram[k * m + j]).sum::<f64>();
            }
            let across = -4.0 * per * (0..=j).map(|k| self.gram[k * m + j] * turned[k]).sum::<f64>();
            (hessian[j * n + p], hessian[p * n + j]) = (across, across);
        }
        for (l, at, density) in &self.coefficients {
            let [.., second] = density.of_number(at + dense::dot_in_order(l, &x[..p]));
            for j in 0..p {
                (0..p).for_each(|i| hessian[j * n + i] += second * l[i] * l[j]);
            }
        }
        let mut curvature = 4.0 * per * (self.rho2 + turned.iter().map(|v| v * v).sum::<f64>());
        curvature += (self.pull(x[p] + STEP).along - self.pull(x[p] - STEP).along) / (2.0 * STEP);
        let sigma = x[p].exp() * self.system.map.unit.abs();
        for density in &self.prior.sigma {
            let [_, first, second] = density.of_number(sigma);
            curvature += second * sigma * sigma + first * sigma;
        }
        hessian[n * n - 1] = curvature;
        positive_part(n, hessian);
        Ok(value)
    }
}

/// Takes the negative part out of a symmetric matrix.
fn positive_part(n: usize, matrix: &mut [f64]) {
    if matrix.iter().any(|v| !v.is_finite()) {
        return;
    }
    let Some((values, vectors)) = symmetric_eigen(n, matrix) else { return };
    for (value, v) in values.iter().zip(vectors.chunks_exact(n)).filter(|(value, _)| **value < 0.0) {
        (0..n * n).for_each(|e| matrix[e] -= value * v[e % n] * v[e / n]);
    }
}

impl Deviance<'_> {
    /// What priors have added to the last criterion.
    pub fn penalty(&self) -> f64 {
        self.state.penalty
    }

    /// Sigma and the coefficients at the best of the penalised criterion for the factors that are there, after the gram has been reduced:
    /// they take the place of least squares. Gives `rho^2` with them, and the penalty.
    pub(super) fn penalise(&mut self, prior: &LinearPrior, rows: f64) -> Result<(f64, f64)> {
        let mut inner = self.inner(prior, rows);
        let (p, rho2) = (inner.p(), inner.rho2);
        let mut start = vec![0.0; p + 1];
        start[p] = 0.5 * (rho2 / rows).ln();
        let mut settings = Settings { tolerance: TOLERANCE, max_evaluations: EVALUATIONS, ..Settings::default() };
        let end = minimize(Method::Newton, &mut inner, &start, &mut settings)?;
        let found = matches!(end.reason, Reason::Converged | Reason::RoundoffLimited) || end.scaled_gradient < ENDED;
        if !found {
            return Err(Error::numeric("sigma and the coefficients were not found for their priors"));
        }
        let mut gradient = vec![0.0; p + 1];
        let penalty = inner.penalty(&end.x, &mut gradient);
        let rho2 = rho2 + inner.turned(&end.x[..p]).iter().map(|v| v * v).sum::<f64>();
        self.state.gamma.iter_mut().zip(&end.x[..p]).for_each(|(g, d)| *g += d);
        self.state.sigma2 = (2.0 * end.x[p]).exp();
        Ok((rho2, penalty))
    }

    /// The second derivative of the criterion in log sigma, after an evaluation of a model whose coefficients have no priors.
    pub fn sigma_curvature(&self) -> f64 {
        let Some(prior) = self.system.prior.as_deref() else { return 4.0 * self.weight() };
        let (mut inner, mut gradient, mut hessian) = (self.inner(prior, self.weight()), [0.0], [0.0]);
        let end = [0.5 * self.state.sigma2.ln()];
        inner.hessian(&end, &mut gradient, &mut hessian).map_or(f64::NAN, |_| hessian[0])
    }

    /// The criterion of sigma and the coefficients, which are at least squares.
    fn inner<'s>(&'s self, prior: &'s LinearPrior, rows: f64) -> Inner<'s> {
        let (system, m) = (self.system, self.system.m());
        let rho = self.state.gram[m * m - 1];
        let beta = if prior.coefficients.is_empty() { vec![] } else { system.map.estimate(&self.state.gamma) };
        let of = |&(j, density): &(usize, Density)| {
            let l = system.map.held(j, 0.0).0.into_iter().map(|v| v * system.map.unit).collect();
            (l, beta[j], density)
        };
        Inner {
            system,
            prior,
            t: &self.t,
            gram: &self.state.gram,
            rows,
            rho2: rho * rho,
            coefficients: prior.coefficients.iter().map(of).collect(),
        }
    }

    /// The priors' pull on the factors of the last evaluation, at its sigma.
    pub(super) fn pull(&self) -> Option<Pull> {
        let prior = self.system.prior.as_deref().filter(|own| !own.covariances.is_empty())?;
        Some(prior.covariances.at(&self.t, &|k| self.system.units(k).map(), self.sigma()))
    }

    /// The same added to forces.
    pub(super) fn add_pull(&self, forces: &mut [Vec<f64>]) {
        let Some(pull) = self.pull() else { return };
        for (force, own) in forces.iter_mut().zip(&pull.forces) {
            force.iter_mut().zip(own).for_each(|(f, v)| *f += v);
        }
    }

    /// Adds the priors' gradient and curvature in the working parameters, with sigma held.
    pub(super) fn add_prior_derivatives(&self, working: &[f64], gradient: &mut [f64], hessian: &mut [f64]) {
        let Some(prior) = self.system.prior.as_deref().filter(|own| !own.covariances.is_empty()) else { return };
        let (system, stride) = (self.system, gradient.len());
        let map = |k: usize| EffectUnits::map(&system.units(k));
        let n = system.n_theta();
        let (_, own) = prior.covariances.at_working(&system.structures, &working[..n], &map, self.sigma());
        gradient.iter_mut().zip(&own).for_each(|(g, v)| *g += v);
        prior.covariances.add_hessian(&system.structures, &working[..n], &map, self.sigma(), (hessian, stride));
    }

    /// What coefficients' priors add to X'V^-1 X / sigma^2 of the working columns `[p, p]`: half the second derivatives of the penalty.
    pub(super) fn prior_information(&self) -> Option<Vec<f64>> {
        let prior = self.system.prior.as_deref().filter(|own| !own.coefficients.is_empty())?;
        let (map, p) = (&self.system.map, self.system.m() - 1);
        let beta = map.estimate(&self.state.gamma);
        let mut out = vec![0.0; p * p];
        for &(j, density) in &prior.coefficients {
            let (l, _) = map.held(j, 0.0);
            let [.., second] = density.of_number(beta[j]);
            (0..p * p).for_each(|e| out[e] += 0.5 * second * map.unit * map.unit * l[e % p] * l[e / p]);
        }
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lmm::tests::{Example, examples};
    use crate::search::penalty::{CovariancePenalty, CovariancePrior};
    use crate::watch::Watch;

    fn density(text: &str) -> Density {
        Density::parse(text).unwrap()
    }

    fn prior(example: &Example, coefficients: bool) -> LinearPrior {
        let term = |k: usize| {
            let own = match (k, example.structures[k].size) {
                (0, 1) => vec![CovariancePrior::Deviation(0, density("gamma(2.5, 0.4)"))],
                (0, _) => {
                    vec![CovariancePrior::Deviation(0, density("half_t(3, 0.7)")), CovariancePrior::Matrix(density("lkj(2)"))]
                }
                (_, r) => vec![CovariancePrior::Matrix(Density::Wishart { df: r as f64 + 2.5, scale: 1.3 })],
            };
            (k, own)
        };
        let own = [(0, density("normal(0.2, 0.3)")), (example.layout.p - 1, density("t(3, 0.1, 0.2)"))];
        LinearPrior {
            covariances: CovariancePenalty { terms: (0..example.structures.len()).map(term).collect() },
            coefficients: if coefficients { own[..example.layout.p.min(2)].to_vec() } else { vec![] },
            sigma: vec![density("inverse_gamma(2, 1)")],
        }
    }

    #[test]
    fn gradients_are_differences() {
        for (i, example) in examples().into_iter().enumerate().take(6) {
            for reml in [false, true] {
                let mut system = example.system();
                system.prior = Some(Box::new(prior(&example, !reml)));
                let mut deviance = Deviance::new(&system, reml, &Watch::unwatched()).unwrap();
                let n = system.n_working();
                let x: Vec<f64> = (0..n).map(|j| 0.7 - 0.13 * (j % 4) as f64).collect();
                let (mut gradient, mut other, mut hessian) = (vec![0.0; n], vec![0.0; n], vec![0.0; n * n]);
                deviance.evaluate_gradient(&x, &mut gradient).unwrap();
                deviance.evaluate_hessian(&x, &mut other, &mut hessian).unwrap();
                for j in 0..n {
                    let mut moved = |by: f64| {
                        let mut at = x.clone();
                        at[j] += by;
                        deviance.evaluate(&at).unwrap()
                    };
                    let h = 1e-4;
                    let difference = (8.0 * (moved(h) - moved(-h)) - (moved(2.0 * h) - moved(-2.0 * h))) / (12.0 * h);
                    assert!(
                        (gradient[j] - difference).abs() < 1e-6 * (1.0 + difference.abs()),
                        "{i} {reml} {j}: {} {difference}",
                        gradient[j]
                    );
                    assert!((gradient[j] - other[j]).abs() < 1e-8 * (1.0 + difference.abs()), "{i} {reml} {j}");
                }
            }
        }
    }

    /// -2 log of likelihood and priors at any parameters, from the dense covariance.
    fn dense_penalised(example: &Example, prior: &LinearPrior, t: &[Vec<f64>], sigma: f64, beta: &[f64]) -> f64 {
        let (n, p) = (example.n, beta.len());
        let weight = |i: usize| example.weights.as_ref().map_or(1.0, |w| w[i]);
        let mut v = vec![0.0; n * n];
        for (k, size) in example.layout.terms.iter().enumerate() {
            let r = size.effects;
            let z = |i: usize, e: usize| example.z[k].as_ref().map_or(1.0, |z| z[e * n + i]);
            let row = |i: usize, c: usize| (0..r).map(|a| t[k][c * r + a] * z(i, a)).sum::<f64>();
            for (i, j) in (0..n * n).map(|e| (e % n, e / n)).filter(|(i, j)| example.index[k][*i] == example.index[k][*j]) {
                v[j * n + i] += sigma * sigma * (0..r).map(|c| row(i, c) * row(j, c)).sum::<f64>();
            }
        }
        (0..n).for_each(|i| v[i * (n + 1)] += sigma * sigma / weight(i));
        dense::cholesky(n, &mut v).unwrap();
        let mut residual: Vec<f64> =
            (0..n).map(|i| example.y[i] - (0..p).map(|j| example.x[j * n + i] * beta[j]).sum::<f64>()).collect();
        dense::solve_lower(n, &v, &mut residual);
        let log_det: f64 = (0..n).map(|i| 2.0 * v[i * (n + 1)].ln()).sum();
        let deviance = log_det + residual.iter().map(|r| r * r).sum::<f64>() + n as f64 * (2.0 * std::f64::consts::PI).ln();
        let unit = |k: usize| {
            let r = example.structures[k].size;
            (0..r * r).map(|e| f64::from(u8::from(e % (r + 1) == 0))).collect()
        };
        let of_sigma: f64 = prior.sigma.iter().map(|own| own.of_number(sigma)[0]).sum();
        let of_beta: f64 = prior.coefficients.iter().map(|(j, own)| own.of_number(beta[*j])[0]).sum();
        deviance + prior.covariances.at(t, &unit, sigma).value + of_sigma + of_beta
    }

    #[test]
    fn sigma_and_the_coefficients_are_the_best_of_a_dense_criterion() {
        for (i, example) in examples().into_iter().enumerate().take(4) {
            let (mut system, own) = (example.system(), prior(&example, true));
            system.prior = Some(Box::new(own.clone()));
            let mut deviance = Deviance::new(&system, false, &Watch::unwatched()).unwrap();
            let x: Vec<f64> = (0..system.n_working()).map(|j| 0.6 - 0.1 * (j % 3) as f64).collect();
            let value = deviance.evaluate(&x).unwrap();
            let (sigma, beta, t) = (deviance.sigma(), deviance.fixed_effects(), example.unscaled(&system, &x));
            let at = |sigma: f64, beta: &[f64]| dense_penalised(&example, &own, &t, sigma, beta);
            assert!((at(sigma, &beta) - value).abs() < 1e-8 * value.abs(), "{i}: {} {value}", at(sigma, &beta));
            for j in 0..=beta.len() {
                let moved = |by: f64| {
                    let (mut sigma, mut beta) = (sigma, beta.clone());
                    if j < beta.len() {
                        beta[j] += by;
                    } else {
                        sigma *= by.exp();
                    }
                    at(sigma, &beta)
                };
                let (up, down) = (moved(1e-4), moved(-1e-4));
                assert!(up > value && down > value && (up - down).abs() < 1e-3 * (up + down - 2.0 * value), "{i} {j}");
            }
            let information = deviance.std_errors();
            let second = |j: usize| {
                let moved = |by: f64| {
                    let mut beta = beta.clone();
                    beta[j] += by;
                    at(sigma, &beta)
                };
                (moved(1e-3) + moved(-1e-3) - 2.0 * moved(0.0)) / 2e-6
            };
            if beta.len() == 1 {
                assert!((information[0] - (1.0 / second(0)).sqrt()).abs() < 1e-4 * information[0], "{i}");
            } else {
                assert!((0..beta.len()).all(|j| information[j] >= (1.0 / second(j)).sqrt() * (1.0 - 1e-4)), "{i}");
            }
        }
    }
}
