//! Newton's method for objectives in deviance units with a positive semidefinite approximate Hessian.
//!
//! Three phases by the decrement -g's, s the capped step: g' H^-1 g, unless H has no curvature. Far off, the value must
//! decrease (Armijo). Where the promised decrease nears the rounding of the value, the gradient, which is more
//! exact, judges instead. At the tolerance it stops.

use super::end::SMALL_SCALED_GRADIENT;
use super::problem::{End, Reason};
use super::quadratic::Quadratic;
use super::secant::Secant;
use super::session::{Session, Stop};
use super::step::{Point, descent};
use crate::linalg::dense::dot_in_order as dot;

/// The share of the promised decrease that a step must achieve.
const ARMIJO: f64 = 1e-4;
/// Parameters below this become zero.
const SMALLEST_PARAMETER: f64 = 1e-60;
/// Shortening of a refused step, where no better is known.
const BACKTRACK: f64 = 0.4;
const SHORTEST: f64 = 1e-10;
/// Iterations near the minimum that may pass before the decrement halves.
const PATIENCE: usize = 6;
/// Gradient-judged steps tried from one point.
const NEAR_TRIALS: usize = 4;
/// A decrement at which the parameters have all their digits.
const NOTHING_TO_GAIN: f64 = 1e-22;

pub(super) fn run(session: &mut Session, start: &[f64]) -> Result<End, Stop> {
    let mut at = session.start_point(start)?;
    let mut secant = Secant::new(start.len());
    let mut stall = Stall::new();
    loop {
        if let Some(known) = session.known(&at) {
            return Ok(known);
        }
        let model = secant.model(&at);
        let (step, decrement) = descent(&model, &at, session.tolerance());
        if decrement <= session.tolerance() {
            return Ok(end(last_step(session, at, &step, &model, decrement)?, Reason::Converged));
        }
        if decrement < at.near() && stall.watch(&at, decrement) {
            return Ok(end(stall.best.unwrap_or(at), Reason::RoundoffLimited));
        }
        match search(session, &at, &step, &model, decrement)? {
            Some(next) => {
                secant.learn(&at, &next, decrement);
                at = next;
            }
            // Perhaps the correction misled: try without before giving up.
            None if secant.forget() => {}
            None => {
                let small = decrement.sqrt() < SMALL_SCALED_GRADIENT || decrement < at.noise;
                return Ok(end(at, if small { Reason::RoundoffLimited } else { Reason::NoProgress }));
            }
        }
    }
}

fn end(at: Point, reason: Reason) -> End {
    let scaled_gradient = at.scaled_gradient();
    End { x: at.x, value: at.value, reason, scaled_gradient }
}

/// The last step promises less than the tolerance in the value, but digits of the parameters: a decrement of 1e-13 is still a
/// distance of 1e-7, and the step nearly squares it.
fn last_step(session: &mut Session, at: Point, step: &[f64], model: &Quadratic, decrement: f64) -> Result<Point, Stop> {
    if decrement <= NOTHING_TO_GAIN {
        return Ok(at);
    }
    match session.point(along(&at, step, 1.0)) {
        Ok(trial) if trial.value <= at.value + at.near() && model.decrement(&trial.gradient) < decrement => Ok(trial),
        Ok(_) | Err(Stop::Limit(_)) => Ok(at),
        Err(failed) => Err(failed),
    }
}

/// Watches whether the decrement still falls near the minimum, and keeps the best point.
struct Stall {
    best: Option<Point>,
    least: f64,
    /// The decrement last seen to have halved.
    mark: f64,
    waited: usize,
}

impl Stall {
    fn new() -> Stall {
        Stall { best: None, least: f64::INFINITY, mark: f64::INFINITY, waited: 0 }
    }

    /// Whether patience is at its end.
    fn watch(&mut self, at: &Point, decrement: f64) -> bool {
        if decrement < self.least {
            self.least = decrement;
            self.best = Some(at.clone());
        }
        if decrement < 0.5 * self.mark {
            self.mark = decrement;
            self.waited = 0;
        } else {
            self.waited += 1;
        }
        self.waited > PATIENCE
    }
}

/// x + a s. What is nearly nothing is nothing: the squares of still smaller numbers underflow, and then their curvature is lost.
fn along(at: &Point, step: &[f64], a: f64) -> Vec<f64> {
    let flushed = |v: f64| if v.abs() < SMALLEST_PARAMETER { 0.0 } else { v };
    at.x.iter().zip(step).map(|(x, s)| flushed(x + a * s)).collect()
}

/// The next point, or `None` if no length of the step will do.
fn search(session: &mut Session, at: &Point, step: &[f64], model: &Quadratic, decrement: f64) -> Result<Option<Point>, Stop> {
    let slope = dot(&at.gradient, step);
    let trial = session.point(along(at, step, 1.0))?;
    if trial.value <= at.value + ARMIJO * slope {
        return Ok(Some(trial));
    }
    if decrement < at.near() {
        search_by_gradient(session, at, step, model, trial)
    } else {
        search_by_value(session, at, step, slope, trial.value)
    }
}

/// Accepts a step that makes the gradient smaller, in the metric of the model, without raising the value beyond its noise.
fn search_by_gradient(
    session: &mut Session,
    at: &Point,
    step: &[f64],
    model: &Quadratic,
    first: Point,
) -> Result<Option<Point>, Stop> {
    let good = |trial: &Point| {
        trial.value <= at.value + at.near() && model.decrement(&trial.gradient) < 0.9 * model.decrement(&at.gradient)
    };
    let (mut trial, mut a) = (first, 1.0);
    for _ in 1..NEAR_TRIALS {
        if good(&trial) {
            break;
        }
        a *= BACKTRACK;
        trial = session.point(along(at, step, a))?;
    }
    Ok(good(&trial).then_some(trial))
}

/// Backtracks on values alone, to the minimum of the parabola through what is known, within limits.
fn search_by_value(session: &mut Session, at: &Point, step: &[f64], slope: f64, first: f64) -> Result<Option<Point>, Stop> {
    let (mut a, mut value) = (1.0, first);
    while a > SHORTEST {
        let parabola = -slope * a * a / (2.0 * (value - at.value - a * slope));
        a = if value.is_finite() { parabola.clamp(0.1 * a, 0.5 * a) } else { BACKTRACK * a };
        let x = along(at, step, a);
        value = session.value(&x)?;
        if value <= at.value + ARMIJO * a * slope {
            let next = session.point(x)?;
            if next.value.is_finite() {
                return Ok(Some(next));
            }
            value = f64::INFINITY;
        }
    }
    Ok(None)
}
