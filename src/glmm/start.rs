//! Where the search starts: a fit without random effects, then variances by moments of its scores.

use super::fixed::FixedPart;
use super::jet::{Evaluator, Guess, Jet};
use super::model::Model;
use super::own_rows::OwnRows;
use crate::error::{Error, Result, try_collect, try_copy, try_vec};
use crate::family::Order;
use crate::linalg::dense;
use crate::random::triangle;
use crate::watch::Watch;

/// Steps of the fit without random effects, which need not converge.
const STEPS: usize = 12;
const HALVINGS: usize = 12;
/// Gain in log-likelihood at which it is good enough.
const ENOUGH: f64 = 1e-2;
/// Predictors that are inside the domain of some link.
const CONSTANTS: [f64; 10] = [1.0, 0.1, 10.0, 0.01, 100.0, 1e-4, 1e4, -1.0, -0.1, -10.0];
/// Shares of the way from a constant predictor to that of a regression.
const SHARES: [f64; 4] = [0.8, 0.5, 0.2, 0.05];
/// Variances of spherical random effects that the search may start from.
const VARIANCES: (f64, f64) = (0.05, 4.0);
/// What memory is for.
const PREDICTOR: &str = "linear predictor";
const SCORES: &str = "scores of the levels";

/// A start in working parameters, of each predictor's fixed effects apart.
pub struct Start {
    pub theta: Vec<f64>,
    pub fixed: Vec<Vec<f64>>,
    pub shared: Vec<f64>,
    /// The mean's fixed effects and shared parameters that the fit without random effects began with, where it may have gone astray.
    pub before: Option<(Vec<f64>, Vec<f64>)>,
}

/// The fit without random effects: `eta` has for each predictor a value per row that is near the data, that of the mean in the family's own
/// rows; `guess` is of the family's parameters given predictors.
pub fn start(
    model: &Model,
    mut eta: Vec<Vec<f64>>,
    own: &OwnRows<'_>,
    guess: &dyn Fn(&[Vec<f64>]) -> Result<Guess>,
    watch: &Watch<'_>,
) -> Result<Start> {
    let inner: Vec<bool> = (0..eta.len()).map(|a| a == 0).collect();
    let mut evaluator = model.response.evaluator(&inner)?;
    let mut jet = Jet::new(model.n, &inner)?;
    // A regression of what each row says for itself.
    let wanted = try_copy(PREDICTOR, &own.pick(&eta[0])?)?;
    let of_mean = own.indicator(model.n)?;
    let mut fixed: Vec<Vec<f64>> = vec![];
    for (a, (part, eta)) in model.fixed.iter().zip(&mut eta).enumerate() {
        let gamma = match &of_mean {
            Some(rows) if a == 0 => project_on(part, eta, rows)?,
            _ => part.project(eta)?,
        };
        part.predict(&gamma, eta);
        fixed.push(gamma);
    }
    let apply = |eta: &mut [Vec<f64>], fixed: &mut [Vec<f64>], evaluator: &mut dyn Evaluator| -> Result<Vec<f64>> {
        let Guess { shared, dispersion } = guess(eta)?;
        if let Some((a, value)) = dispersion {
            fixed[a] = model.fixed[a].project(&try_vec(PREDICTOR, value, model.n)?)?;
            model.fixed[a].predict(&fixed[a], &mut eta[a]);
        }
        evaluator.prepare(&shared, eta, Order::Mode)?;
        Ok(shared)
    };
    let mut is_finite = |gamma: &[f64], eta: &mut [Vec<f64>], fixed: &mut [Vec<f64>]| -> Result<bool> {
        watch.pulse()?;
        model.fixed[0].predict(gamma, &mut eta[0]);
        apply(eta, fixed, &mut *evaluator)?;
        Ok(log_likelihood(&mut *evaluator, eta, &mut jet)?.is_finite())
    };
    let regression = fixed[0].clone();
    if !is_finite(&regression, &mut eta, &mut fixed)? {
        fixed[0] = inside(model, &wanted, &regression, &mut |gamma| is_finite(gamma, &mut eta, &mut fixed.clone()))?;
        is_finite(&fixed[0].clone(), &mut eta, &mut fixed)?;
    }
    let before = Some((fixed[0].clone(), apply(&mut eta, &mut fixed, &mut *evaluator)?));
    scoring(model, &mut *evaluator, &mut eta, &mut fixed[0], &mut jet, watch)?;
    let shared = apply(&mut eta, &mut fixed, &mut *evaluator)?;
    log_likelihood(&mut *evaluator, &eta, &mut jet)?;
    let theta = variances(model, &jet)?;
    Ok(Start { theta, fixed, shared, before })
}

fn finite(v: f64) -> f64 {
    if v.is_finite() { v } else { 0.0 }
}

fn log_likelihood(evaluator: &mut dyn Evaluator, eta: &[Vec<f64>], jet: &mut Jet) -> Result<f64> {
    evaluator.evaluate(eta, Order::Mode, jet)?;
    Ok(jet.log_likelihood())
}

/// Where a link's domain is not the whole line, a constant predictor is inside it: what the rows want on average, or the one that wants
/// most or least. From there the regression is gone towards as far as it stays inside.
fn inside(
    model: &Model,
    wanted: &[f64],
    regression: &[f64],
    is_finite: &mut dyn FnMut(&[f64]) -> Result<bool>,
) -> Result<Vec<f64>> {
    let part = &model.fixed[0];
    let mut sorted = try_copy(PREDICTOR, wanted)?;
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len().max(1);
    let mean = sorted.iter().sum::<f64>() / n as f64;
    let of_data = [mean, sorted[n / 2], sorted[n - 1], sorted[0]];
    for value in of_data.into_iter().chain(CONSTANTS).filter(|value| value.is_finite()) {
        let constant = part.project(&try_vec(PREDICTOR, value, model.n)?)?;
        if !is_finite(&constant)? {
            continue;
        }
        for share in SHARES {
            let between: Vec<f64> = constant.iter().zip(regression).map(|(c, r)| c + share * (r - c)).collect();
            if is_finite(&between)? {
                return Ok(between);
            }
        }
        return Ok(constant);
    }
    Err(Error::numeric(
        "no start is known where the log-likelihood is finite: is there an intercept, and does the link suit the data?",
    ))
}

/// Q'WQ, with a little added on the diagonal.
fn information(part: &FixedPart, weights: &[f64]) -> Result<Vec<f64>> {
    let p = part.p;
    let mut gram = part.weighted(weights)?;
    let largest = (0..p).map(|j| gram[j * (p + 1)]).fold(0.0, f64::max);
    (0..p).for_each(|j| gram[j * (p + 1)] += 1e-8 * largest);
    Ok(gram)
}

/// The coefficients of a regression on Q in rows of weight one, the offset taken off.
fn project_on(part: &FixedPart, values: &[f64], rows: &[f64]) -> Result<Vec<f64>> {
    let mut target = try_copy(PREDICTOR, values)?;
    target.iter_mut().zip(&part.offset).for_each(|(t, offset)| *t -= offset);
    target.iter_mut().zip(rows).for_each(|(t, row)| *t *= row);
    let (mut gram, mut gamma) = (information(part, rows)?, vec![0.0; part.p]);
    part.transpose(&target, &mut gamma);
    if dense::cholesky(part.p, &mut gram).is_err() {
        return part.project(values);
    }
    dense::solve_lower(part.p, &gram, &mut gamma);
    dense::solve_lower_transpose(part.p, &gram, &mut gamma);
    Ok(gamma)
}

/// Newton steps of the mean's fixed effects with what is positive of the information.
fn scoring(
    model: &Model,
    evaluator: &mut dyn Evaluator,
    eta: &mut [Vec<f64>],
    gamma: &mut [f64],
    jet: &mut Jet,
    watch: &Watch<'_>,
) -> Result<()> {
    let part = &model.fixed[0];
    let mut value = log_likelihood(evaluator, eta, jet)?;
    for _ in 0..STEPS {
        watch.pulse()?;
        let weights = try_collect("weights of the rows", jet.w[0].iter().map(|w| w.max(0.0)))?;
        let mut gram = information(part, &weights)?;
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
pub fn variances(model: &Model, jet: &Jet) -> Result<Vec<f64>> {
    let mut working = vec![0.0; model.n_theta()];
    let mut first = 0;
    for (k, (structure, term)) in model.structures.iter().zip(model.terms()).enumerate() {
        let (r, levels, a) = (structure.size, model.layout.terms[k].levels, model.predictor[k]);
        let w = &jet.w[triangle(a, a)];
        let mut cov = vec![0.0; r * r];
        for e in 0..r {
            let (mut score, mut information) = (try_vec(SCORES, 0.0, levels)?, try_vec(SCORES, 0.0, levels)?);
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
    Ok(working)
}
