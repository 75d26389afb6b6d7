//! All estimates of a Cox model at given parameters, in the user's units.

use super::integrated::Integrated;
use super::laplace::Laplace;
use super::model::Model;
use super::partial::Partial;
use super::spread::Spread;
use crate::covariance::with_ranges;
use crate::error::{Result, try_collect, try_copy, try_vec};
use crate::linalg::dense;
use crate::linalg::factor::DenseFactor;
use crate::random::TermSolution;
use crate::search::boundary::null_directions;
use crate::watch::Phase;

const SOLUTION: &str = "solutions for the random effects";

/// The estimates. Matrices are column-major.
pub struct Solution {
    pub theta: Vec<f64>,
    /// Of the kept columns of X.
    pub beta: Vec<f64>,
    /// `[p, p]`, from the information of (u, beta), or from the Hessian of the integrated likelihood if they maximise that.
    pub vcov: Vec<f64>,
    /// R with vcov = R R'.
    pub root: Vec<f64>,
    /// -2 times the integrated log-likelihood.
    pub criterion: f64,
    /// What priors add to it.
    pub penalty: f64,
    /// At beta = 0 and b = 0; at the mode; and that less u'u/2.
    pub loglik_null: f64,
    pub loglik_fitted: f64,
    pub loglik_penalised: f64,
    /// p + q - tr V_uu, V the inverse of the information of (u, beta).
    pub df_penalised: f64,
    pub terms: Vec<TermSolution>,
    /// Events that the model expects of each row, for its weight.
    pub expected: Vec<f64>,
    /// Kept columns without finite estimate.
    pub monotone: Vec<usize>,
    pub steps: usize,
}

/// Solves the model at working parameters.
pub fn solve(laplace: &mut Laplace<'_>, working: &[f64]) -> Result<Solution> {
    let held = laplace.joint.all_held;
    let of_fixed = if held { Some(fixed_covariance(laplace, working)?) } else { None };
    let penalised = laplace.evaluate(working)?;
    let (penalty, criterion) = (laplace.penalty, penalised - laplace.penalty);
    let (model, joint) = (laplace.model, &laplace.joint);
    let (p, q) = (model.p(), model.q());
    let mut covariances = joint.system.covariances(model, &joint.partial)?;
    let root = match &of_fixed {
        None => fixed_root(model, &covariances.fixed),
        Some(own) => {
            Spread::new(joint, own)?.add_within(model, &mut covariances.random);
            lower_root(model, own)?
        }
    };
    let mut vcov = vec![0.0; p * p];
    for a in 0..p {
        for b in 0..p {
            vcov[b * p + a] = (0..p).map(|k| root[k * p + a] * root[k * p + b]).sum();
        }
    }
    let beta: Vec<f64> = joint.beta.iter().zip(&model.x_scales).map(|(b, s)| b / s).collect();
    laplace.watch.pulse()?;
    let mut terms = vec![];
    for (k, (structure, range)) in with_ranges(&model.structures).enumerate() {
        laplace.watch.at(Phase::Modes, k, Some(model.structures.len()))?;
        let boundary = null_directions(*structure, &working[range]);
        terms.push(term(laplace, k, &covariances.random[k], boundary.iter().map(|d| model.units(k).user_direction(d)).collect())?);
    }
    let unit = |(i, e): (usize, &f64)| e / model.sets.weight(i);
    Ok(Solution {
        theta: model.theta_from_working(working),
        criterion,
        penalty,
        loglik_null: null(model)?,
        loglik_fitted: joint.likelihood,
        loglik_penalised: joint.penalised(),
        // Nothing is at the maximum of the penalised likelihood that it would be of.
        df_penalised: if held { f64::NAN } else { (p + q) as f64 - covariances.trace },
        expected: try_collect(SOLUTION, joint.partial.expected.iter().enumerate().map(unit))?,
        monotone: joint.monotone()?,
        steps: joint.steps,
        terms,
        beta,
        vcov,
        root,
    })
}

/// The log partial likelihood without effects.
fn null(model: &Model) -> Result<f64> {
    let zeros = try_vec(SOLUTION, 0.0, model.q() + model.p())?;
    let (beta, b) = zeros.split_at(model.p());
    let mut eta = try_vec(SOLUTION, 0.0, model.n)?;
    model.predictor(beta, b, &mut eta);
    Ok(Partial::new(model.all_sets())?.evaluate(&eta))
}

/// R with R R' the covariance of the user's fixed effects: L'^-1, with L L' the inverse of that of the model's.
fn fixed_root(model: &Model, l: &[f64]) -> Vec<f64> {
    let p = model.p();
    let mut root = vec![0.0; p * p];
    for (j, column) in root.chunks_exact_mut(p.max(1)).enumerate() {
        column[j] = 1.0;
        dense::solve_lower_transpose(p, l, column);
        column.iter_mut().zip(&model.x_scales).for_each(|(v, s)| *v /= s);
    }
    root
}

/// Of the model's own fixed effects, from the Hessian of the integrated likelihood; leaves them as they are.
fn fixed_covariance(laplace: &mut Laplace<'_>, working: &[f64]) -> Result<Vec<f64>> {
    let (p, at) = (laplace.model.p(), [working, &laplace.joint.beta].concat());
    let found = Integrated { laplace }.observed(&at)?.of_fixed(p);
    laplace.joint.hold_all(&at[working.len()..]);
    found
}

/// R with R R' the covariance of the user's fixed effects.
fn lower_root(model: &Model, covariance: &[f64]) -> Result<Vec<f64>> {
    let p = model.p();
    let mut factor = DenseFactor::new(p)?;
    factor.values.copy_from_slice(covariance);
    if covariance.iter().any(|v| v.is_nan()) || !factor.factorize()? {
        return try_vec(SOLUTION, f64::NAN, p * p);
    }
    Ok((0..p * p).map(|e| if e % p < e / p { 0.0 } else { factor.values[e] / model.x_scales[e % p] }).collect())
}

/// One term's covariance, conditional modes, and their covariances T V_jj T' with the uncertainty of the fixed effects.
fn term(laplace: &Laplace<'_>, k: usize, covariances: &[f64], boundary: Vec<Vec<f64>>) -> Result<TermSolution> {
    let (model, joint) = (laplace.model, &laplace.joint);
    let size = model.layout.terms[k];
    let (r, first) = (size.effects, model.layout.offset(k));
    let t = model.units(k).root(&laplace.t[k]);
    let mut modes = try_copy(SOLUTION, &joint.u[first..first + r * size.levels])?;
    let mut condvar = try_vec(SOLUTION, 0.0, r * r * size.levels)?;
    for ((mode, out), block) in modes.chunks_exact_mut(r).zip(condvar.chunks_exact_mut(r * r)).zip(covariances.chunks_exact(r * r))
    {
        let own: Vec<f64> = (0..r).map(|a| (0..r).map(|b| t[b * r + a] * mode[b]).sum()).collect();
        mode.copy_from_slice(&own);
        dense::sandwich(r, &t, block, 1.0, out);
    }
    let identity: Vec<f64> = (0..r * r).map(|e| f64::from(u8::from(e % (r + 1) == 0))).collect();
    let mut cov = vec![0.0; r * r];
    dense::sandwich(r, &t, &identity, 1.0, &mut cov);
    Ok(TermSolution { cov, root: t, modes, condvar, condvar_full: None, boundary })
}
