//! The estimates at the end of a search, in the user's units.

use super::evaluation::{Linear, Problem};
use crate::covariance::with_ranges;
use crate::error::{Result, try_vec};
use crate::iterative::evaluation::Problem as _;
use crate::iterative::search::{Found as FoundOf, theta_errors};
use crate::linalg::dense;
use crate::lmm::parameters::theta_from_working;
use crate::lmm::solution::{Solution, covariance_root, product_with_transpose};
use crate::random::TermSolution;
use crate::search::boundary::null_directions;
use crate::watch::Phase;

type Found = FoundOf<Linear>;

/// What memory is for.
const SOLUTION: &str = "solutions for the random effects";

/// Monte-Carlo errors, and the covariance of parameters.
pub struct Errors {
    /// Of each theta, and in units of its standard error.
    pub theta: Vec<f64>,
    pub shares: Vec<f64>,
    /// Of the working parameters and log sigma, `[n + 1, n + 1]`.
    pub covariance: Vec<f64>,
}

/// The estimates.
pub fn solution(problem: &Problem<'_>, found: &Found) -> Result<Solution> {
    let (system, profiled) = (problem.system, &found.evaluation.own.profiled);
    let sigma = profiled.sigma2.sqrt() * system.map.unit.abs();
    let mut theta = vec![0.0; found.working.len()];
    theta_from_working(system, &found.working, &mut theta);
    let root = covariance_root(system, &profiled.gram, sigma);
    let mut terms = vec![];
    for k in 0..system.structures.len() {
        problem.watch.at(Phase::Modes, k, Some(system.structures.len()))?;
        terms.push(term(problem, found, k, sigma)?);
    }
    Ok(Solution {
        theta,
        correlation: None,
        beta: system.map.estimate(&profiled.gamma),
        vcov: product_with_transpose(system.m() - 1, &root),
        root,
        sigma,
        criterion: found.evaluation.value,
        penalty: 0.0,
        terms,
    })
}

fn term(problem: &Problem<'_>, found: &Found, k: usize, sigma: f64) -> Result<TermSolution> {
    let system = problem.system;
    let (size, unit) = (system.gram.layout.terms[k], system.map.unit);
    let (r, first) = (size.effects, system.gram.layout.offset(k));
    let own = with_ranges(&system.structures).nth(k);
    let mut t = vec![0.0; r * r];
    let mut boundary = vec![];
    if let Some((structure, range)) = own {
        structure.factor(&found.working[range.clone()], &mut t);
        boundary = null_directions(*structure, &found.working[range]).iter().map(|d| system.units(k).user_direction(d)).collect();
    }
    let t = system.units(k).root(&t);
    let mut modes = try_vec(SOLUTION, 0.0, r * size.levels)?;
    let mut condvar = try_vec(SOLUTION, 0.0, r * r * size.levels)?;
    let u = &found.evaluation.own.profiled.modes[first..first + r * size.levels];
    for (mode, u) in modes.chunks_exact_mut(r).zip(u.chunks_exact(r)) {
        for (a, mode) in mode.iter_mut().enumerate() {
            *mode = unit * (0..r).map(|b| t[b * r + a] * u[b]).sum::<f64>();
        }
    }
    if let Some(levels) = &found.evaluation.levels {
        for (out, block) in condvar.chunks_exact_mut(r * r).zip(levels.blocks[k].chunks_exact(r * r)) {
            dense::sandwich(r, &t, block, sigma * sigma, out);
        }
    }
    let identity: Vec<f64> = (0..r * r).map(|e| if e % (r + 1) == 0 { 1.0 } else { 0.0 }).collect();
    let mut cov = vec![0.0; r * r];
    dense::sandwich(r, &t, &identity, sigma * sigma, &mut cov);
    let root = t.iter().map(|v| sigma * v).collect();
    Ok(TermSolution { cov, root, modes, condvar, condvar_full: None, boundary })
}

/// The errors of a search's end.
pub fn errors(problem: &Problem<'_>, found: &Found) -> Errors {
    let n = found.working.len();
    let to_theta = |working: &[f64]| problem.theta(working);
    let (theta, shares) = theta_errors(&found.working[..n], (&found.monte_carlo, &found.sampling), &to_theta);
    Errors { shares, covariance: with_sigma(problem, found), theta }
}

/// By blocks, from the covariance of the parameters with sigma profiled out: the information of log sigma is 4 N.
fn with_sigma(problem: &Problem<'_>, found: &Found) -> Vec<f64> {
    let n = found.working.len();
    let along: Vec<f64> = found.evaluation.own.with_sigma.iter().map(|h| h / (4.0 * problem.rows())).collect();
    let cross: Vec<f64> = (0..n).map(|i| -(0..n).map(|j| found.sampling[j * n + i] * along[j]).sum::<f64>()).collect();
    let mut out = vec![0.0; (n + 1) * (n + 1)];
    for j in 0..n {
        out[j * (n + 1)..j * (n + 1) + n].copy_from_slice(&found.sampling[j * n..(j + 1) * n]);
        out[j * (n + 1) + n] = cross[j];
        out[n * (n + 1) + j] = cross[j];
    }
    out[(n + 1) * (n + 1) - 1] = 2.0 / (4.0 * problem.rows()) - dense::dot(&cross, &along);
    out
}
