//! Where the search starts: a fit without random effects, then variances by moments of its scores.

use super::fixed::FixedPart;
use super::jet::{Evaluator, Jet};
use super::model::Model;
use crate::error::{Error, Result};
use crate::family::Order;
use crate::linalg::dense;
use crate::random::triangle;

/// Steps of the fit without random effects, which need not converge.
const STEPS: usize = 12;
const HALVINGS: usize = 12;
/// Gain in log-likelihood at which it is good enough.
const ENOUGH: f64 = 1e-2;
/// Variances of spherical random effects that the search may start from.
const VARIANCES: (f64, f64) = (0.05, 4.0);

/// A start in working parameters, of each predictor's fixed effects apart.
pub struct Start {
    pub theta: Vec<f64>,
    pub fixed: Vec<Vec<f64>>,
    pub shared: Vec<f64>,
}

/// The fit without random effects: `eta` has for each predictor a value per row that is near the data, `shared` a guess of the shared
/// parameters; `refine` gives a better one from the linear predictors.
pub fn start(
    model: &Model,
    mut eta: Vec<Vec<f64>>,
    mut shared: Vec<f64>,
    refine: &dyn Fn(&[Vec<f64>]) -> Result<Vec<f64>>,
) -> Result<Start> {
    let inner = vec![true; 1].into_iter().chain(vec![false; eta.len() - 1]).collect::<Vec<_>>();
    let mut evaluator = model.response.evaluator(&inner)?;
    let mut jet = Jet::new(model.n, &inner)?;
    let mut fixed: Vec<Vec<f64>> = vec![];
    for (part, eta) in model.fixed.iter().zip(&mut eta).skip(1) {
        let gamma = projection(part, eta, None);
        part.predict(&gamma, eta);
        fixed.push(gamma);
    }
    // The first step is a weighted regression of what the data say of each row.
    evaluator.prepare(&shared, &eta, Order::Mode)?;
    evaluator.evaluate(&eta, Order::Mode, &mut jet)?;
    let part = &model.fixed[0];
    let weights: Vec<f64> = jet.w[0].iter().map(|w| if w.is_finite() { w.max(1e-6) } else { 1e-6 }).collect();
    let working: Vec<f64> = (0..model.n).map(|i| eta[0][i] + finite(jet.s[0][i] / weights[i]).clamp(-5.0, 5.0)).collect();
    let mut gamma = projection(part, &working, Some(&weights));
    part.predict(&gamma, &mut eta[0]);
    if !log_likelihood(&mut *evaluator, &eta, &mut jet)?.is_finite() {
        gamma = constant(model, &mut *evaluator, &mut eta, &mut jet)?;
    }
    shared = refine(&eta)?;
    evaluator.prepare(&shared, &eta, Order::Mode)?;
    scoring(model, &mut *evaluator, &mut eta, &mut gamma, &mut jet)?;
    shared = refine(&eta)?;
    let theta = variances(model, &jet);
    fixed.insert(0, gamma);
    Ok(Start { theta, fixed, shared })
}

fn finite(v: f64) -> f64 {
    if v.is_finite() { v } else { 0.0 }
}

fn log_likelihood(evaluator: &mut dyn Evaluator, eta: &[Vec<f64>], jet: &mut Jet) -> Result<f64> {
    evaluator.evaluate(eta, Order::Mode, jet)?;
    Ok(jet.log_likelihood())
}

/// Where a link's domain is not the whole line, a constant predictor is inside it: the largest or the smallest value that a row wants.
fn constant(model: &Model, evaluator: &mut dyn Evaluator, eta: &mut [Vec<f64>], jet: &mut Jet) -> Result<Vec<f64>> {
    let part = &model.fixed[0];
    for value in [1.0, 0.1, 10.0, 0.01, 100.0, 1e-4, 1e4, -1.0, -0.1, -10.0] {
        let gamma = projection(part, &vec![value; model.n], None);
        part.predict(&gamma, &mut eta[0]);
        if log_likelihood(evaluator, eta, jet)?.is_finite() {
            return Ok(gamma);
        }
    }
    Err(Error::numeric(
        "no start is known where the log-likelihood is finite: is there an intercept, and does the link suit the data?",
    ))
}

/// The coefficients of a weighted regression on Q, the offset taken off.
fn projection(part: &FixedPart, values: &[f64], weights: Option<&[f64]>) -> Vec<f64> {
    let (n, p) = (values.len(), part.p);
    let target: Vec<f64> = (0..n).map(|i| values[i] - part.offset.get(i).copied().unwrap_or(0.0)).collect();
    solve_weighted(part, &target, weights).unwrap_or_else(|| vec![0.0; p])
}

/// (Q'WQ)^-1 Q'W v.
fn solve_weighted(part: &FixedPart, v: &[f64], weights: Option<&[f64]>) -> Option<Vec<f64>> {
    let (n, p) = (v.len(), part.p);
    let mut gram = information(part, weights, n);
    let mut right = vec![0.0; p];
    let weighted: Vec<f64> = weights.map_or_else(|| v.to_vec(), |w| w.iter().zip(v).map(|(w, v)| w * v).collect());
    part.transpose(&weighted, &mut right);
    dense::cholesky(p, &mut gram).ok()?;
    dense::solve_lower(p, &gram, &mut right);
    dense::solve_lower_transpose(p, &gram, &mut right);
    Some(right)
}

/// Q'WQ, with a little added on the diagonal.
fn information(part: &FixedPart, weights: Option<&[f64]>, n: usize) -> Vec<f64> {
    let p = part.p;
    let mut gram = vec![0.0; p * p];
    let mut column = vec![0.0; n];
    for j in 0..p {
        let q = &part.q[j * n..(j + 1) * n];
        match weights {
            Some(w) => column.iter_mut().zip(q).zip(w).for_each(|((c, q), w)| *c = q * w),
            None => column.copy_from_slice(q),
        }
        part.transpose(&column, &mut gram[j * p..(j + 1) * p]);
    }
    let largest = (0..p).map(|j| gram[j * (p + 1)]).fold(0.0, f64::max);
    (0..p).for_each(|j| gram[j * (p + 1)] += 1e-8 * largest);
    gram
}

/// Newton steps of the mean's fixed effects with what is positive of the information.
fn scoring(model: &Model, evaluator: &mut dyn Evaluator, eta: &mut [Vec<f64>], gamma: &mut [f64], jet: &mut Jet) -> Result<()> {
    let part = &model.fixed[0];
    let mut value = log_likelihood(evaluator, eta, jet)?;
    for _ in 0..STEPS {
        let weights: Vec<f64> = jet.w[0].iter().map(|w| w.max(0.0)).collect();
        let mut gram = information(part, Some(&weights), model.n);
        let mut step = vec![0.0; part.p];
        part.transpose(&jet.s[0], &mut step);
        if dense::cholesky(part.p, &mut gram).is_err() || step.iter().any(|v| !v.is_finite()) {
            break;
        }
        dense::solve_lower(part.p, &gram, &mut step);
        let decrement = step.iter().map(|v| v * v).sum::<f64>();
        dense::solve_lower_transpose(part.p, &gram, &mut step);
        let before = gamma.to_vec();
        let mut length = 1.0;
        let mut accepted = false;
        for _ in 0..HALVINGS {
            gamma.iter_mut().zip(&before).zip(&step).for_each(|((g, b), s)| *g = b + length * s);
            part.predict(gamma, &mut eta[0]);
            let next = log_likelihood(evaluator, eta, jet)?;
            if next >= value {
                (value, accepted) = (next, true);
                break;
            }
            length *= 0.4;
        }
        if !accepted {
            gamma.copy_from_slice(&before);
            part.predict(gamma, &mut eta[0]);
            log_likelihood(evaluator, eta, jet)?;
            break;
        }
        if decrement < ENOUGH {
            break;
        }
    }
    Ok(())
}

/// Variances by what the squared sums of scores of each level exceed their expectation: with information b of a level and variance v,
/// E[(z's)^2] is about b + v b^2.
fn variances(model: &Model, jet: &Jet) -> Vec<f64> {
    let mut working = vec![0.0; model.n_theta()];
    let mut first = 0;
    for (k, (structure, term)) in model.structures.iter().zip(model.terms()).enumerate() {
        let (r, levels, a) = (structure.size, model.layout.terms[k].levels, model.predictor[k]);
        let w = &jet.w[triangle(a, a)];
        let mut cov = vec![0.0; r * r];
        for e in 0..r {
            let (mut score, mut information) = (vec![0.0; levels], vec![0.0; levels]);
            for (i, &level) in term.index.iter().enumerate() {
                let z = term.z.map_or(1.0, |z| z[e * model.n + i]);
                score[level as usize] += z * jet.s[a][i];
                information[level as usize] += z * z * w[i].max(0.0);
            }
            let excess: f64 = score.iter().zip(&information).map(|(s, b)| s * s - b).sum();
            let scale: f64 = information.iter().map(|b| b * b).sum();
            // Zero parts and dispersions say little of single rows: a middling start is safer there.
            let v = if a == 0 && scale > 0.0 { excess / scale } else { 0.5 };
            cov[e * (r + 1)] = finite(v).clamp(VARIANCES.0, VARIANCES.1);
        }
        let n = structure.n_theta();
        structure.from_covariance(&cov, &mut working[first..first + n]);
        first += n;
    }
    working
}
