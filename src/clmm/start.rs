//! Where the search of an ordinal model starts: a few Newton steps without random effects, then variances by moments of its scores.

use super::response::OrderedResponse;
use crate::error::{Error, Result};
use crate::family::Order;
use crate::glmm::jet::{Evaluator, Jet, Response};
use crate::glmm::model::Model;
use crate::glmm::start::{Start, information, variances};
use crate::linalg::dense;

/// Steps of the fit without random effects, which need not converge.
const STEPS: usize = 6;
const HALVINGS: usize = 12;
/// Gain in log-likelihood at which it is good enough.
const ENOUGH: f64 = 1e-2;
/// Distance, on the scale of the link, that is left between thresholds.
const GAP: f64 = 0.05;

/// Effects zero, thresholds at the categories' shares, then Newton's steps.
pub fn start(response: &OrderedResponse, model: &Model) -> Result<Start> {
    let mut fixed: Vec<Vec<f64>> = model.fixed.iter().map(|part| vec![0.0; part.p]).collect();
    let mut eta = vec![vec![0.0; model.n]; fixed.len()];
    for (part, eta) in model.fixed.iter().zip(&mut eta) {
        part.predict(&[], eta);
    }
    let inner: Vec<bool> = (0..fixed.len()).map(|a| a == 0).collect();
    let mut point = Point {
        model,
        evaluator: response.evaluator(&inner)?,
        jet: Jet::new(model.n, &inner)?,
        shared: thresholds(response, &eta)?,
        gamma: std::mem::take(&mut fixed[0]),
        eta,
    };
    let mut value = point.evaluate()?;
    if !value.is_finite() {
        return Err(Error::numeric(
            "no start is known where the log-likelihood is finite: is the offset on the scale of the link?",
        ));
    }
    for _ in 0..STEPS {
        let Some((step, decrement)) = point.newton_step()? else { break };
        let (gamma, shared) = (point.gamma.clone(), point.shared.clone());
        let mut length = 1.0;
        let mut next = f64::NEG_INFINITY;
        for _ in 0..HALVINGS {
            let moved = |from: &[f64], step: &[f64]| from.iter().zip(step).map(|(v, s)| v + length * s).collect();
            point.gamma = moved(&gamma, &step);
            point.shared = moved(&shared, &step[gamma.len()..]);
            next = point.evaluate()?;
            if next >= value {
                break;
            }
            length *= 0.4;
        }
        if next < value || !next.is_finite() {
            (point.gamma, point.shared) = (gamma, shared);
            point.evaluate()?;
            break;
        }
        value = next;
        if decrement < ENOUGH {
            break;
        }
    }
    fixed[0] = std::mem::take(&mut point.gamma);
    Ok(Start { theta: variances(model, &point.jet), fixed, shared: point.shared })
}

/// Coordinates of the thresholds at which the categories have their shares, nominal effects zero.
fn thresholds(response: &OrderedResponse, eta: &[Vec<f64>]) -> Result<Vec<f64>> {
    let count = response.thresholds.count;
    let mut shares = vec![0.0; count + 1];
    let (mut total, mut location) = (0.0, 0.0);
    for (i, y) in response.y.iter().enumerate() {
        let weight = response.weights.get(i).copied().unwrap_or(1.0);
        shares[*y as usize - 1] += weight;
        total += weight;
        location += weight * eta[0][i];
    }
    let mut theta = vec![];
    let mut below = 0.0;
    for share in &shares[..count] {
        below += share;
        let quantile = response.link.linkfun((below / total).clamp(1e-6, 1.0 - 1e-6)) + location / total;
        let least = theta.last().map_or(f64::NEG_INFINITY, |t| t + GAP);
        theta.push(quantile.max(least));
    }
    let mut shared = response.thresholds.working(&response.thresholds.nearest(&theta))?;
    shared.resize(response.n_shared(), 0.0);
    Ok(shared)
}

/// Parameters without random effects, and what was found there.
struct Point<'a> {
    model: &'a Model,
    evaluator: Box<dyn Evaluator + 'a>,
    jet: Jet,
    gamma: Vec<f64>,
    shared: Vec<f64>,
    eta: Vec<Vec<f64>>,
}

impl Point<'_> {
    fn evaluate(&mut self) -> Result<f64> {
        self.model.fixed[0].predict(&self.gamma, &mut self.eta[0]);
        self.evaluator.prepare(&self.shared, &self.eta, Order::Gradient)?;
        self.evaluator.evaluate(&self.eta, Order::Gradient, &mut self.jet)?;
        let value = self.jet.log_likelihood();
        Ok(if value.is_nan() { f64::NEG_INFINITY } else { value })
    }

    /// The step of the mean's fixed effects and the shared parameters, and its decrement; none where the information is not positive.
    fn newton_step(&mut self) -> Result<Option<(Vec<f64>, f64)>> {
        let (part, p, k) = (&self.model.fixed[0], self.gamma.len(), self.shared.len());
        let m = p + k;
        let mut gram = vec![0.0; m * m];
        let w: Vec<f64> = self.jet.w[0].iter().map(|w| w.max(0.0)).collect();
        for (e, value) in information(part, &w).into_iter().enumerate() {
            gram[(e / p) * m + e % p] = value;
        }
        let (mut own, mut weights) = (vec![0.0; k * k], vec![]);
        self.evaluator.shared_information(&mut own, &mut weights)?;
        for (e, value) in own.iter().enumerate() {
            gram[(p + e / k) * m + p + e % k] = *value;
        }
        let mut cross = vec![0.0; p];
        for (f, weights) in weights.chunks_exact(self.eta.len()).enumerate() {
            part.transpose(&weights[0], &mut cross);
            for (i, value) in cross.iter().enumerate() {
                gram[(p + f) * m + i] = *value;
                gram[i * m + p + f] = *value;
            }
        }
        let mut step = vec![0.0; m];
        part.transpose(&self.jet.s[0], &mut step[..p]);
        for f in 0..k {
            step[p + f] = self.evaluator.shared_score(f).iter().sum();
        }
        if dense::cholesky(m, &mut gram).is_err() || step.iter().any(|v| !v.is_finite()) {
            return Ok(None);
        }
        dense::solve_lower(m, &gram, &mut step);
        let decrement = step.iter().map(|v| v * v).sum::<f64>();
        dense::solve_lower_transpose(m, &gram, &mut step);
        Ok(Some((step, decrement)))
    }
}
