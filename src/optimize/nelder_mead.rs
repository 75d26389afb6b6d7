//! argmin's Nelder-Mead simplex, restarted from its best point with a fresh simplex until that brings nothing.

use super::end::verified;
use super::problem::End;
use super::rounding::last_places;
use super::session::{Session, Stop};
use super::step::size;
use argmin::core::{CostFunction, Error, Executor, State};
use argmin::solver::neldermead::NelderMead;
use std::cell::RefCell;

/// Edges of the first simplex, relative to the sizes of the parameters, and their shortening from one to the next.
const FIRST_EDGE: f64 = 0.3;
const SHORTER: f64 = 0.3;
const MOST_SIMPLEXES: usize = 30;

pub(super) fn run(session: &mut Session, start: &[f64]) -> Result<End, Stop> {
    session.start_value(start)?;
    let mut edge = FIRST_EDGE;
    for cycle in 0..MOST_SIMPLEXES {
        let (_, before) = session.best();
        simplex(session, edge)?;
        let gain = before - session.best().1;
        // The second simplex has to confirm the first whatever that gained.
        if cycle > 0 && gain <= session.tolerance().max(last_places(before)) {
            break;
        }
        edge = (edge * SHORTER).max(1e-3);
    }
    verified(session)
}

/// One run of argmin around the best point.
fn simplex(session: &mut Session, edge: f64) -> Result<(), Stop> {
    let (x, value) = session.best();
    let mut vertices = vec![x.clone(); x.len() + 1];
    for i in 0..x.len() {
        vertices[i + 1][i] += edge * size(x[i]);
    }
    let spread = last_places(value).max(1e-3 * session.tolerance());
    let Ok(solver) = NelderMead::new(vertices).with_sd_tolerance(spread) else {
        return Ok(());
    };
    let values = Values { seen: RefCell::new(Seen { session, stop: None, initial: x.len() + 1 }) };
    let executor = Executor::new(&values, solver).ctrlc(false).timer(false);
    // How the run ended doesn't matter: the session knows the best point.
    let _ = executor.run().map(|result| result.state.get_iter());
    values.seen.into_inner().stop.map_or(Ok(()), Err)
}

struct Values<'o, 'a, 's> {
    seen: RefCell<Seen<'o, 'a, 's>>,
}

struct Seen<'o, 'a, 's> {
    session: &'o mut Session<'a, 's>,
    stop: Option<Stop>,
    /// Vertices of the initial simplex still to come: argmin panics on an error there.
    initial: usize,
}

impl CostFunction for &Values<'_, '_, '_> {
    type Param = Vec<f64>;
    type Output = f64;

    fn cost(&self, x: &Vec<f64>) -> Result<f64, Error> {
        let mut seen = self.seen.borrow_mut();
        let initial = seen.initial > 0;
        seen.initial = seen.initial.saturating_sub(1);
        if seen.stop.is_none() {
            match seen.session.value(x) {
                Ok(value) => return Ok(value),
                Err(stop) => seen.stop = Some(stop),
            }
        }
        if initial { Ok(f64::INFINITY) } else { Err(Error::msg("stopped")) }
    }
}
