//! The ends of methods that don't know themselves whether they are at a minimum.

use super::problem::{End, Reason};
use super::session::{Session, Stop};
use crate::error::Result;

/// Below this scaled gradient a point is near enough to a minimum for statistics.
pub(super) const SMALL_SCALED_GRADIENT: f64 = 1e-3;

/// The best point so far, with its gradient unless time is up.
pub(super) fn stopped_early(session: &mut Session, reason: Reason) -> Result<End> {
    let (x, value) = session.best();
    let scaled_gradient = if reason == Reason::Deadline { f64::NAN } else { session.scaled_gradient(&x)? };
    Ok(End { x, value, reason, scaled_gradient })
}

/// The best point of a method that saw values only: a claim, verified by the gradient.
pub(super) fn verified(session: &mut Session) -> std::result::Result<End, Stop> {
    let (x, value) = session.best();
    let scaled_gradient = session.scaled_gradient(&x).map_err(Stop::Failed)?;
    let reason = if scaled_gradient < SMALL_SCALED_GRADIENT { Reason::Converged } else { Reason::NoProgress };
    Ok(End { x, value, reason, scaled_gradient })
}
