//! Where the search of an ordinal model starts: a few Newton steps without random effects, then variances by moments of its scores.

use super::response::OrderedResponse;
use crate::error::{Code, Error, Result, try_vec};
use crate::family::Order;
use crate::glmm::fixed::FixedPart;
use crate::glmm::jet::{Evaluator, Jet, Response};
use crate::glmm::model::Model;
use crate::glmm::start::{Start, variances};
use crate::linalg::dense;
use crate::random::triangle;
use crate::watch::Watch;

/// Steps of the fit without random effects, which need not converge.
const STEPS: usize = 6;
const HALVINGS: usize = 12;
/// Gain in log-likelihood at which it is good enough.
const ENOUGH: f64 = 1e-2;
/// Distance, on the scale of the link, that is left between thresholds.
const GAP: f64 = 0.05;

/// Effects zero, thresholds at the categories' shares, then Newton's steps within the response's region.
pub fn start(response: &OrderedResponse, model: &Model, watch: &Watch<'_>) -> Result<Start> {
    let inner: Vec<bool> = (0..model.fixed.len()).map(|a| a == 0).collect();
    let mut eta = inner.iter().map(|_| try_vec("linear predictor", 0.0, model.n)).collect::<Result<Vec<_>>>()?;
    for (part, eta) in model.fixed.iter().zip(&mut eta) {
        part.predict(&[], eta);
    }
    let mut x = vec![0.0; model.fixed.iter().map(|part| part.p).sum()];
    x.extend(thresholds(response, &eta)?);
    let mut point = Point { model, evaluator: response.evaluator(&inner)?, jet: Jet::new(model.n, &inner)?, x, eta };
    let mut value = point.evaluate()?;
    if !value.is_finite() {
        return Err(Error::numeric(
            "no start is known where the log-likelihood is finite: is the offset on the scale of the link?",
        ));
    }
    for _ in 0..STEPS {
        watch.pulse()?;
        let Some((step, decrement)) = point.newton_step()? else { break };
        let before = point.x.clone();
        let (mut length, mut next) = (1.0, f64::NEG_INFINITY);
        for _ in 0..HALVINGS {
            point.x = before.iter().zip(&step).map(|(v, s)| v + length * s).collect();
            next = point.evaluate()?;
            if next >= value {
                break;
            }
            length *= 0.4;
        }
        if next < value || !next.is_finite() {
            point.x = before;
            point.evaluate()?;
            break;
        }
        value = next;
        if decrement < ENOUGH {
            break;
        }
    }
    let fixed = point.ranges().iter().map(|range| point.x[range.clone()].to_vec()).collect();
    let shared = point.x[point.first_shared()..].to_vec();
    Ok(Start { theta: variances(model, &point.jet)?, fixed, shared, before: None })
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

/// Parameters without random effects: the fixed effects of each predictor, the shared parameters.
struct Point<'a> {
    model: &'a Model,
    evaluator: Box<dyn Evaluator + 'a>,
    jet: Jet,
    x: Vec<f64>,
    eta: Vec<Vec<f64>>,
}

impl Point<'_> {
    /// The place of each predictor's fixed effects.
    fn ranges(&self) -> Vec<std::ops::Range<usize>> {
        let mut first = 0;
        let range = |part: &FixedPart| {
            first += part.p;
            first - part.p..first
        };
        self.model.fixed.iter().map(range).collect()
    }

    fn first_shared(&self) -> usize {
        self.model.fixed.iter().map(|part| part.p).sum()
    }

    fn evaluate(&mut self) -> Result<f64> {
        for ((part, range), eta) in self.model.fixed.iter().zip(self.ranges()).zip(&mut self.eta) {
            part.predict(&self.x[range], eta);
        }
        match self.evaluator.prepare(&self.x[self.first_shared()..], &self.eta, Order::Gradient) {
            Err(error) if error.code == Code::Numeric => return Ok(f64::NEG_INFINITY),
            other => other?,
        }
        self.evaluator.evaluate(&self.eta, Order::Gradient, &mut self.jet)?;
        let value = self.jet.log_likelihood();
        Ok(if value.is_nan() { f64::NEG_INFINITY } else { value })
    }

    /// Newton's step, and its decrement; none where the information is not positive.
    fn newton_step(&mut self) -> Result<Option<(Vec<f64>, f64)>> {
        let (ranges, first) = (self.ranges(), self.first_shared());
        let (m, k) = (self.x.len(), self.x.len() - first);
        let mut gram = vec![0.0; m * m];
        let mut step = vec![0.0; m];
        let (mut own, mut weights) = (vec![0.0; k * k], vec![]);
        self.evaluator.shared_information(&mut own, &mut weights)?;
        for (e, value) in own.iter().enumerate() {
            gram[(first + e / k) * m + first + e % k] = *value;
        }
        let mut weighted = try_vec("weighted model matrix", 0.0, self.model.n)?;
        for (a, (part, range)) in self.model.fixed.iter().zip(&ranges).enumerate() {
            part.transpose(&self.jet.s[a], &mut step[range.clone()]);
            let mut block = vec![0.0; part.p];
            let mut set = |at: usize, v: &[f64]| {
                part.transpose(v, &mut block);
                for (value, i) in block.iter().zip(range.clone()) {
                    (gram[at * m + i], gram[i * m + at]) = (*value, *value);
                }
            };
            for (f, weights) in weights.chunks_exact(ranges.len()).enumerate() {
                set(first + f, &weights[a]);
            }
            for (b, (other, range)) in self.model.fixed.iter().zip(&ranges).enumerate() {
                for (column, at) in other.q.chunks_exact(self.model.n).zip(range.clone()) {
                    let w = &self.jet.w[triangle(a.max(b), a.min(b))];
                    weighted.iter_mut().zip(w).zip(column).for_each(|((o, w), x)| *o = w * x);
                    set(at, &weighted);
                }
            }
        }
        for f in 0..k {
            step[first + f] = self.evaluator.shared_score(f).iter().sum();
        }
        let largest = (0..m).map(|j| gram[j * (m + 1)]).fold(0.0, f64::max);
        (0..m).for_each(|j| gram[j * (m + 1)] += 1e-8 * largest);
        if dense::cholesky(m, &mut gram).is_err() || step.iter().any(|v| !v.is_finite()) {
            return Ok(None);
        }
        dense::solve_lower(m, &gram, &mut step);
        let decrement = step.iter().map(|v| v * v).sum::<f64>();
        dense::solve_lower_transpose(m, &gram, &mut step);
        Ok(Some((step, decrement)))
    }
}
