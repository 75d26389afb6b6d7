//! Newton's method on the gradient with fixed signs, which is a smooth function of the parameters. Values of the criterion have noise of
//! their own; they only refuse steps that are far worse.

use super::evaluation::{Effort, Evaluation, Problem};
use super::secants::Secants;
use super::zeros::{Held, Slope};
use crate::error::{Error, Result};
use crate::linalg::dense;
use crate::optimize::{Reason, newton_step};
use crate::options::Options;
use crate::search::{boundary, theta_slopes};

/// Monte-Carlo errors of the parameters, in units of their standard errors, that more signs are drawn for: four of them are half a per cent.
/// And the most signs.
const RATIO: f64 = 0.00125;
const MOST_BLOCKS: usize = 64;
/// Blocks of the search, and the fewest of the end: as many as two controls take, or as an error of blocks takes.
const FIRST_BLOCKS: usize = 1;
const LAST_BLOCKS: [usize; 2] = [4, 8];

/// Searches with more and more signs.
const EXTENSIONS: usize = 3;

/// Decrements at which a search with few signs ends beside their noise, and at which one with all of them does: no more than a multiple of that
/// of the noise, of which the last step leaves little, but for rounding.
const NEAR: f64 = 1e-4;
const THERE: f64 = 1e-6;
const NOTHING: f64 = 1e-11;
const WITHIN: f64 = 10.0;

/// The decrement from which on steps tell of the Hessian.
const CLOSE: f64 = 0.5;

/// Evaluations of one search.
const MOST: usize = 25;

/// Steps of conjugate gradients at most.
pub const STEPS: usize = 2000;

/// A step whose value is worse by more than this many Monte-Carlo errors is refused.
const WORSE: f64 = 10.0;

/// Tolerances of solves with signs: of the first search, of those that follow, of the report.
const FIRST: f64 = 1e-3;
const SEARCH: f64 = 1e-4;
const REPORT: f64 = 1e-5;

/// Of solves for the average information.
const INFORMATION: (f64, f64) = (1e-4, 1e-6);

/// Rounds of setting variances to zero and taking them back.
const ROUNDS: usize = 4;

/// The end of a search.
pub struct Found<T> {
    pub working: Vec<f64>,
    pub evaluation: Evaluation<T>,
    /// The Monte-Carlo covariance of working parameters, and their sampling covariance, `[n, n]`; zero for parameters at zeros.
    pub monte_carlo: Vec<f64>,
    pub sampling: Vec<f64>,
    pub signs: usize,
    pub evaluations: usize,
    pub reason: Reason,
    pub scaled_gradient: f64,
    /// Terms with a variance of zero that could be a small one for all that the signs tell.
    pub undecided: Vec<usize>,
}

/// A search in one problem.
struct Run<'p, P> {
    problem: &'p mut P,
    options: &'p Options,
    evaluations: usize,
    secants: Secants,
}

/// Where a stage of it ended.
struct Stage<T> {
    working: Vec<f64>,
    evaluation: Evaluation<T>,
    step: Vec<f64>,
    decrement: f64,
    reason: Reason,
}

/// Minimises the criterion of a problem from a start.
pub fn search<'a, P: Problem<'a>>(problem: &mut P, options: &Options, start: Vec<f64>) -> Result<Found<P::Own>> {
    let scalar = problem.is_scalar();
    let mut run = Run { problem, options, evaluations: 0, secants: Secants::default() };
    let (mut stage, undecided) = run.settle(start)?;
    let least = LAST_BLOCKS[usize::from(!scalar)];
    let mut blocks = run.enough(&stage, FIRST_BLOCKS).max(least);
    for round in 0..EXTENSIONS {
        if stage.reason != Reason::Converged {
            break;
        }
        stage = run.descend(stage.next(), effort_of(blocks, SEARCH), false)?;
        let wanted = run.enough(&stage, blocks);
        if wanted <= blocks + blocks / 4 || round + 1 == EXTENSIONS {
            break;
        }
        blocks = wanted;
    }
    let (reason, scaled_gradient) = (stage.reason, stage.decrement.max(0.0).sqrt());
    let working = if reason == Reason::Converged { stage.next() } else { stage.working };
    let effort = Effort { information: INFORMATION.1, report: true, ..effort_of(blocks, REPORT) };
    let evaluation = run.evaluate(&working, effort)?;
    if !evaluation.settled {
        return Err(unsolved(effort.steps));
    }
    let held = Held::new(run.problem.structures(), &working);
    let (monte_carlo, sampling) = covariances(&evaluation, &held, &run.secants);
    let signs = 8 * blocks;
    Ok(Found {
        working,
        evaluation,
        monte_carlo,
        sampling,
        signs,
        evaluations: run.evaluations,
        reason,
        scaled_gradient,
        undecided,
    })
}

impl<T> Stage<T> {
    /// Where the last step leads.
    fn next(&self) -> Vec<f64> {
        self.working.iter().zip(&self.step).map(|(x, s)| x + s).collect()
    }
}

fn effort_of(blocks: usize, tolerance: f64) -> Effort {
    Effort { blocks, tolerance, information: INFORMATION.0, steps: STEPS, report: false }
}

impl<'a, P: Problem<'a>> Run<'_, P> {
    fn evaluate(&mut self, working: &[f64], effort: Effort) -> Result<Evaluation<P::Own>> {
        self.evaluations += 1;
        let own = self.problem.evaluate(working, effort)?;
        self.problem.watch().evaluation(self.evaluations, own.value, || self.problem.theta(working))?;
        Ok(own)
    }

    /// Searches with few signs, with exact zeros where variances are next to nothing and the slope does not say otherwise.
    fn settle(&mut self, start: Vec<f64>) -> Result<(Stage<P::Own>, Vec<usize>)> {
        let structures = self.problem.structures();
        let effort = effort_of(FIRST_BLOCKS, FIRST);
        let mut stage = self.descend(start, effort, true)?;
        let mut undecided = vec![];
        for _ in 0..ROUNDS {
            if stage.reason != Reason::Converged {
                break;
            }
            let mut working = stage.next();
            for (structure, range) in crate::covariance::with_ranges(structures) {
                if let Some(part) = boundary::candidates(*structure, &working[range.clone()]).first() {
                    working[range].copy_from_slice(part);
                }
            }
            let slopes = self.slopes(&working)?;
            undecided = slopes.iter().filter(|own| own.is_undecided()).map(|own| own.term).collect();
            let Some(down) = slopes.iter().find(|own| own.is_down()) else {
                if slopes.is_empty() {
                    return Ok((stage, undecided));
                }
                stage = self.descend(working, effort, true)?;
                break;
            };
            let (structure, range) = Held::place(structures, down.term);
            working = boundary::perturbed(structure, range, std::slice::from_ref(&down.direction), boundary::LIFT, &working);
            stage = self.descend(working, effort, true)?;
        }
        Ok((stage, undecided))
    }

    /// Slopes of the criterion in the variance of directions without any.
    fn slopes(&mut self, working: &[f64]) -> Result<Vec<Slope>> {
        let structures = self.problem.structures();
        let Some(probe) = Slope::probe(structures, working) else { return Ok(vec![]) };
        // Beside variances of next to nothing residuals count for more.
        let effort = effort_of(LAST_BLOCKS[0], 0.1 * REPORT);
        let own = self.evaluate(&probe, effort)?;
        Slope::all(structures, working, &own)
    }

    /// Newton's steps until the decrement is no more than noise, if `noisy`, or all but nothing.
    fn descend(&mut self, start: Vec<f64>, effort: Effort, noisy: bool) -> Result<Stage<P::Own>> {
        let mut working = start;
        let mut before: Option<Stage<P::Own>> = None;
        let mut damping = 1.0;
        for round in 0.. {
            let evaluation = self.evaluate(&working, effort)?;
            if let Some(last) = before.as_mut().filter(|last| is_worse(&evaluation, &last.evaluation))
                && round < MOST
            {
                last.step.iter_mut().for_each(|s| *s *= 0.4);
                working = last.next();
                continue;
            }
            let held = Held::new(self.problem.structures(), &working);
            let (gradient, hessian) = held.masked(&evaluation.gradient, &evaluation.hessian);
            let (mut step, decrement) = newton_step(&working, &gradient, &hessian);
            if let Some(last) = before.as_ref().filter(|last| last.decrement < CLOSE) {
                self.secants.add((&last.working, &last.evaluation.gradient), (&working, &evaluation.gradient));
                step = newton_step(&working, &gradient, &self.secants.corrected(&hessian, &held.free())).0;
            }
            let noise = noise(&evaluation, &held, &self.secants);
            let enough = if noisy { noise.max(NEAR) } else { (WITHIN * noise).clamp(NOTHING, THERE) };
            // Fewer signs than it takes have no noise that is known.
            let end = decrement <= if enough.is_nan() { THERE } else { enough };
            if before.as_ref().is_some_and(|last| decrement > last.decrement && !end && last.decrement < 1.0) {
                damping *= 0.5;
            }
            if !end {
                step.iter_mut().for_each(|s| *s *= damping);
            }
            let reason = if !evaluation.settled && end {
                return Err(unsolved(effort.steps));
            } else if end {
                Reason::Converged
            } else if self.problem.watch().is_late() {
                Reason::Deadline
            } else if self.evaluations >= self.options.max_evaluations {
                Reason::MaxEvaluations
            } else if round >= MOST {
                Reason::NoProgress
            } else {
                let stage = Stage { working, evaluation, step, decrement, reason: Reason::NoProgress };
                working = stage.next();
                before = Some(stage);
                continue;
            };
            return Ok(Stage { working, evaluation, step, decrement, reason });
        }
        Err(Error::numeric("the search did not end"))
    }

    /// Blocks with which Monte-Carlo errors are small beside standard errors.
    fn enough(&self, stage: &Stage<P::Own>, blocks: usize) -> usize {
        let held = Held::new(self.problem.structures(), &stage.working);
        let (monte_carlo, sampling) = covariances(&stage.evaluation, &held, &self.secants);
        let n = stage.working.len();
        let ratio = |i: usize| (monte_carlo[i * (n + 1)] / sampling[i * (n + 1)].max(f64::MIN_POSITIVE)).sqrt();
        let largest = (0..n).map(ratio).fold(0.0, f64::max);
        let wanted = (blocks as f64 * (largest / RATIO).powi(2)).ceil();
        if wanted.is_finite() { (wanted as usize).clamp(1, MOST_BLOCKS) } else { MOST_BLOCKS }
    }
}

fn is_worse<T>(now: &Evaluation<T>, last: &Evaluation<T>) -> bool {
    let noise = |own: &Evaluation<T>| if own.value_error.is_finite() { own.value_error } else { 0.0 };
    now.value > last.value + WORSE * (noise(now) + noise(last)) + 1.0
}

/// tr(h^-1 C): the decrement that the gradient's noise makes.
fn noise<T>(own: &Evaluation<T>, held: &Held, secants: &Secants) -> f64 {
    let (monte_carlo, _) = covariances(own, held, secants);
    let n = own.gradient.len();
    (0..n * n).map(|e| monte_carlo[e] * own.information[e]).sum()
}

/// H^-1 C H^-1 and 2 h^-1 of the parameters that are not held, h the average information and H the Hessian as far as it is known.
fn covariances<T>(own: &Evaluation<T>, held: &Held, secants: &Secants) -> (Vec<f64>, Vec<f64>) {
    let (n, free) = (own.gradient.len(), held.free());
    let f = free.len();
    let of = |matrix: &[f64]| -> Vec<f64> { (0..f * f).map(|e| matrix[free[e / f] * n + free[e % f]]).collect() };
    let (_, masked) = held.masked(&own.gradient, &own.information);
    let inverse = dense::inverse(f, &of(&own.information));
    let of_steps = dense::inverse(f, &of(&secants.corrected(&masked, &free)));
    let middle = dense::product(f, &of_steps, &dense::product(f, &of(&own.noise), &of_steps));
    let (mut monte_carlo, mut sampling) = (vec![0.0; n * n], vec![0.0; n * n]);
    for (e, (m, s)) in middle.iter().zip(&inverse).enumerate() {
        let place = free[e / f] * n + free[e % f];
        (monte_carlo[place], sampling[place]) = (*m, 2.0 * s);
    }
    (monte_carlo, sampling)
}

fn unsolved(steps: usize) -> Error {
    Error::numeric(format!(
        "engine: conjugate gradients did not solve the random-effects system in {steps} steps: two terms whose variances are huge beside the \
         residual's hardly differ; fit with engine = direct, or leave one of them out"
    ))
}

/// Of each theta the Monte-Carlo error, and the same in units of its standard error, from covariances of working parameters, those of theta
/// first.
pub fn theta_errors(
    working: &[f64],
    (monte_carlo, sampling): (&[f64], &[f64]),
    theta: &dyn Fn(&[f64]) -> Vec<f64>,
) -> (Vec<f64>, Vec<f64>) {
    let (n, stride) = (working.len(), sampling.len().isqrt());
    let slopes = theta_slopes(working, n, theta);
    let deviation = |covariance: &[f64], i: usize| -> f64 {
        let form = |e: usize| slopes[e % n * n + i] * slopes[e / n * n + i] * covariance[e / n * stride + e % n];
        (0..n * n).map(form).filter(|v| !v.is_nan()).sum::<f64>().max(0.0).sqrt()
    };
    let errors: Vec<f64> = (0..n).map(|i| deviation(monte_carlo, i)).collect();
    let share = |i: usize| match deviation(sampling, i) {
        sampling if sampling > 0.0 => errors[i] / sampling,
        _ => 0.0,
    };
    let shares = (0..n).map(share).collect();
    (errors, shares)
}
