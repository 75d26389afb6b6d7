//! argmin's L-BFGS with the line search of More and Thuente, for the name `lbfgsb`: there are no bounds to keep, because
//! working parameters need none.
//!
//! It runs in coordinates in which the objective's Hessian at the start of a cycle is the identity, so that the first step is
//! a Newton step. argmin gives up on infinite values and on its own rounding: each time a new cycle starts from the
//! best point, more carefully if nothing was gained.

use super::end::SMALL_SCALED_GRADIENT;
use super::problem::{End, Reason};
use super::quadratic::Quadratic;
use super::rounding::rounding;
use super::session::{Session, Stop};
use super::step::{Point, size};
use crate::linalg::dense::dot_in_order;
use argmin::core::{CostFunction, Error, Executor, Gradient, State};
use argmin::solver::linesearch::MoreThuenteLineSearch;
use argmin::solver::quasinewton::LBFGS;
use std::cell::RefCell;

/// Pairs of steps and gradient changes kept.
const MEMORY: usize = 10;
/// Shortening of the first step after a cycle without gain, and its limit.
const CAUTION: f64 = 0.25;
const MOST_CAREFUL: f64 = 1e-4;
/// Cycles begun where the promised decrease is within the noise of the value.
const MOST_NEAR: usize = 2;
/// Calls of argmin without a better point; it asks for each point about three times.
const MOST_IDLE: usize = 30;

pub(super) fn run(session: &mut Session, start: &[f64]) -> Result<End, Stop> {
    let mut at = session.start_point(start)?;
    let mut care = 1.0;
    let mut near_cycles = 0;
    loop {
        let model = Quadratic::new(&at.hessian);
        let decrement = at.scaled_gradient().powi(2);
        if decrement <= session.tolerance() {
            return Ok(end(at, decrement, Reason::Converged));
        }
        if decrement < at.near() {
            near_cycles += 1;
            if near_cycles > MOST_NEAR {
                return Ok(end(at, decrement, Reason::RoundoffLimited));
            }
        }
        let x = cycle(session, &at, &model, care)?;
        let next = session.point(x)?;
        let gained = next.value < at.value - rounding(at.value, 0.0)
            || (next.value <= at.value + at.near() && next.scaled_gradient().powi(2) < 0.5 * decrement);
        if gained {
            at = next;
            care = 1.0;
        } else if care > MOST_CAREFUL && decrement > at.near() {
            care *= CAUTION;
        } else {
            let small = decrement.sqrt() < SMALL_SCALED_GRADIENT || decrement < at.noise;
            return Ok(end(at, decrement, if small { Reason::RoundoffLimited } else { Reason::NoProgress }));
        }
    }
}

fn end(at: Point, decrement: f64, reason: Reason) -> End {
    End { x: at.x, value: at.value, reason, scaled_gradient: decrement.sqrt() }
}

/// One run of argmin from a point; returns the best one it came by.
fn cycle(session: &mut Session, at: &Point, model: &Quadratic, care: f64) -> Result<Vec<f64>, Stop> {
    let n = at.x.len();
    // A step of -gradient in coordinates stretched by a is a^2 Newton steps.
    let newton = model.newton_step(&at.gradient);
    let excess = newton.iter().zip(&at.x).map(|(s, x)| s.abs() / size(*x)).fold(1.0, f64::max);
    let stretch = (care / excess).sqrt();
    let gradient = whitened(at.gradient.clone(), model, stretch);
    let target = 0.7 * stretch * session.tolerance().sqrt();
    let problem =
        Whitened { origin: at, model, stretch, seen: RefCell::new(Seen { session, last: None, best: None, stop: None, idle: 0 }) };
    let Ok(solver) = LBFGS::new(MoreThuenteLineSearch::new(), MEMORY).with_tolerance_grad(target) else {
        return Ok(at.x.clone());
    };
    let Ok(solver) = solver.with_tolerance_cost(0.0) else {
        return Ok(at.x.clone());
    };
    let executor = Executor::new(&problem, solver)
        .configure(|state| state.param(vec![0.0; n]).cost(at.value).gradient(gradient))
        .ctrlc(false)
        .timer(false);
    // How the run ended doesn't matter: what it saw is kept in the problem, and judged by the caller.
    let _ = executor.run().map(|result| result.state.get_iter());
    let seen = problem.seen.into_inner();
    match seen.stop {
        Some(stop) => Err(stop),
        None => Ok(seen.best.map_or_else(|| at.x.clone(), |evaluated| evaluated.x)),
    }
}

/// The objective in whitened coordinates z: x = origin + stretch D^-1 L'^-1 z.
struct Whitened<'p, 'o, 'a, 's> {
    origin: &'p Point,
    model: &'p Quadratic,
    stretch: f64,
    seen: RefCell<Seen<'o, 'a, 's>>,
}

/// The gradient in z of a gradient in x.
fn whitened(mut gradient: Vec<f64>, model: &Quadratic, stretch: f64) -> Vec<f64> {
    model.whiten_gradient(&mut gradient);
    for g in &mut gradient {
        *g *= stretch;
    }
    gradient
}

struct Seen<'o, 'a, 's> {
    session: &'o mut Session<'a, 's>,
    last: Option<Evaluated>,
    best: Option<Evaluated>,
    stop: Option<Stop>,
    idle: usize,
}

/// A point in both coordinates; the gradient is that in z.
#[derive(Clone)]
struct Evaluated {
    z: Vec<f64>,
    x: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
}

impl Evaluated {
    /// Lower in value, or level with it in rounding and lower in gradient.
    fn better_than(&self, other: &Evaluated) -> bool {
        let noise = rounding(other.value, 0.0);
        let norm = |e: &Evaluated| dot_in_order(&e.gradient, &e.gradient);
        self.value < other.value - noise || (self.value <= other.value + noise && norm(self) < norm(other))
    }
}

impl Whitened<'_, '_, '_, '_> {
    /// argmin asks for values and gradients separately: both are had at once and kept.
    fn at(&self, z: &[f64]) -> Result<Evaluated, Error> {
        let mut seen = self.seen.borrow_mut();
        seen.idle += 1;
        if seen.idle > MOST_IDLE {
            return Err(Error::msg("no better point"));
        }
        if let Some(last) = seen.last.clone().filter(|last| last.z == z) {
            return Ok(last);
        }
        let mut step = z.to_vec();
        self.model.unwhiten_step(&mut step);
        let x: Vec<f64> = self.origin.x.iter().zip(&step).map(|(x, s)| x + self.stretch * s).collect();
        if x.iter().any(|v| !v.is_finite()) {
            return Err(Error::msg("the line search broke down"));
        }
        let mut gradient = vec![0.0; z.len()];
        let value = seen.session.gradient(&x, &mut gradient).map_err(|stop| {
            seen.stop = Some(stop);
            Error::msg("stopped")
        })?;
        if value == f64::INFINITY {
            return Err(Error::msg("undefined"));
        }
        let gradient = whitened(gradient, self.model, self.stretch);
        let evaluated = Evaluated { z: z.to_vec(), x, value, gradient };
        if seen.best.as_ref().is_none_or(|best| evaluated.better_than(best)) {
            seen.best = Some(evaluated.clone());
            seen.idle = 0;
        }
        seen.last = Some(evaluated.clone());
        Ok(evaluated)
    }
}

impl CostFunction for &Whitened<'_, '_, '_, '_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, z: &Vec<f64>) -> Result<f64, Error> {
        Ok(self.at(z)?.value)
    }
}

impl Gradient for &Whitened<'_, '_, '_, '_> {
    type Param = Vec<f64>;
    type Gradient = Vec<f64>;

    fn gradient(&self, z: &Vec<f64>) -> Result<Vec<f64>, Error> {
        Ok(self.at(z)?.gradient)
    }
}
