//! Newton's method for objectives in deviance units with a positive semidefinite approximate Hessian.
//!
//! Three phases by the decrement g' H^-1 g. Far off, steps are capped and must decrease the value (Armijo). Where the promised
//! decrease nears the rounding of the value, the gradient, which is more exact, judges instead. At the tolerance it stops.

use super::dense::dot;
use super::quadratic::Quadratic;
use super::secant::Secant;
use super::session::{Point, Session, Stop};
use super::{End, Reason, SMALL_SCALED_GRADIENT};

/// The share of the promised decrease that a step must achieve.
const ARMIJO: f64 = 1e-4;
/// A step may change a parameter by this many times its size, and at least that of `SMALLEST_SIZE`.
const CAP: f64 = 3.0;
const SMALLEST_SIZE: f64 = 0.1;
/// Shortening of a refused step, where no better is known.
const BACKTRACK: f64 = 0.4;
const SHORTEST: f64 = 1e-10;
/// Iterations near the minimum that may pass before the decrement halves.
const PATIENCE: usize = 6;
/// Gradient-judged steps tried from one point.
const NEAR_TRIALS: usize = 4;

pub(super) fn run(session: &mut Session, start: &[f64]) -> Result<End, Stop> {
    let mut at = session.start_point(start)?;
    let mut secant = Secant::new(start.len());
    let mut stall = Stall::new();
    loop {
        let model = secant.model(&at);
        let decrement = model.decrement(&at.gradient);
        if decrement <= session.tolerance() {
            return Ok(end(at, Reason::Converged));
        }
        if decrement < near(at.value) && stall.watch(&at, decrement) {
            return Ok(end(stall.best.unwrap_or(at), Reason::RoundoffLimited));
        }
        let step = capped(&model.newton_step(&at.gradient), &at);
        match search(session, &at, &step, &model, decrement)? {
            Some(next) => {
                secant.learn(&at, &next, decrement);
                at = next;
            }
            // Perhaps the correction misled: try without before giving up.
            None if secant.forget() => {}
            None => {
                let small = decrement.sqrt() < SMALL_SCALED_GRADIENT;
                return Ok(end(at, if small { Reason::RoundoffLimited } else { Reason::NoProgress }));
            }
        }
    }
}

fn end(at: Point, reason: Reason) -> End {
    let scaled_gradient = Quadratic::new(&at.hessian).decrement(&at.gradient).sqrt();
    End { x: at.x, value: at.value, reason, scaled_gradient }
}

/// Promised decreases below this can't be told from changes of the value: its rounding, with a margin for noisy objectives.
pub(super) fn near(value: f64) -> f64 {
    (1e-12 * value.abs()).max(1e-6)
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

/// The size of a parameter, for steps relative to it.
pub(super) fn size(x: f64) -> f64 {
    x.abs().max(SMALLEST_SIZE)
}

/// The step with every element capped, or shortened as a whole, whichever descends more steeply.
fn capped(step: &[f64], at: &Point) -> Vec<f64> {
    let cap: Vec<f64> = at.x.iter().map(|x| CAP * size(*x)).collect();
    let clipped: Vec<f64> = step.iter().zip(&cap).map(|(s, c)| s.clamp(-c, *c)).collect();
    let excess = step.iter().zip(&cap).map(|(s, c)| s.abs() / c).fold(1.0, f64::max);
    let shortened: Vec<f64> = step.iter().map(|s| s / excess).collect();
    if dot(&clipped, &at.gradient) <= dot(&shortened, &at.gradient) { clipped } else { shortened }
}

/// x + a s.
fn along(at: &Point, step: &[f64], a: f64) -> Vec<f64> {
    at.x.iter().zip(step).map(|(x, s)| x + a * s).collect()
}

/// The next point, or `None` if no length of the step will do.
fn search(session: &mut Session, at: &Point, step: &[f64], model: &Quadratic, decrement: f64) -> Result<Option<Point>, Stop> {
    let slope = dot(&at.gradient, step);
    let trial = session.point(along(at, step, 1.0))?;
    if trial.value <= at.value + ARMIJO * slope {
        return Ok(Some(trial));
    }
    if decrement < near(at.value) {
        search_by_gradient(session, at, step, model, decrement, trial)
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
    decrement: f64,
    first: Point,
) -> Result<Option<Point>, Stop> {
    let mut trial = first;
    let mut a = 1.0;
    for _ in 0..NEAR_TRIALS {
        if trial.value <= at.value + near(at.value) && model.decrement(&trial.gradient) < 0.9 * decrement {
            return Ok(Some(trial));
        }
        a *= BACKTRACK;
        trial = session.point(along(at, step, a))?;
    }
    Ok(None)
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
