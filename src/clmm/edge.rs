//! Estimation where the likelihood would have thresholds cross in rows that don't show the category between them: at the edge of their
//! region thresholds meet, and the category has no probability there.
//!
//! Newton steps under the inequalities find which thresholds meet; the search that all models have goes on along that face, and the
//! gradient at its end says whether the likelihood rises into the region from there (Karush, Kuhn and Tucker).

use super::coordinates::Coordinates;
use super::region::Region;
use super::response::OrderedResponse;
use crate::error::Result;
use crate::family::Order;
use crate::glmm::approximation::Approximation;
use crate::glmm::estimate::estimate;
use crate::glmm::laplace::Laplace;
use crate::glmm::model::Model;
use crate::glmm::start::Start;
use crate::linalg::dense;
use crate::linalg::orthogonal::take_off;
use crate::optimize::inequalities::{Inequalities, resolved, step};
use crate::optimize::{Objective, Reason};
use crate::options::Options;
use crate::search::Estimate;
use crate::watch::Watch;

/// Faces that are tried.
const FACES: usize = 8;
/// Steps towards a face, halvings of a step, and the predicted fall of the deviance that is none.
const STEPS: usize = 60;
const HALVINGS: usize = 30;
const ENOUGH: f64 = 1e-7;
/// Relative to the largest parameter, a slack that is none.
const THERE: f64 = 1e-7;
/// The largest change of a parameter in one step, and how much of the way to the edge a start may go.
const LONGEST: f64 = 5.0;
const SHARE: f64 = 0.9;
/// What the deviance may fall by per unit of a slack, the inequality counting as one that holds.
const PULL: f64 = 1e-4;

/// The estimate in the region, with the response and the model on the face that it lies on.
pub struct Edge {
    pub response: OrderedResponse,
    pub model: Model,
    pub estimate: Estimate,
}

/// The estimate in a region, from a start whose thresholds are in order at the centre. `model` is that of the response.
pub fn estimate_within(
    region: &Region,
    response: &OrderedResponse,
    model: Model,
    how: Approximation,
    start: &Start,
    options: &Options,
    watch: &Watch<'_>,
) -> Result<Edge> {
    let options = Options { theta0: None, ..options.clone() };
    let k = response.n_whole();
    let mut x: Vec<f64> = start.theta.iter().chain(start.fixed.iter().flatten()).copied().collect();
    let first = x.len();
    x.extend(inside(region, response, start)?);
    let mut edge = Edge { response: response.try_clone()?, model, estimate: nothing() };
    let (mut evaluations, mut before) = (0, None);
    for _ in 0..FACES {
        edge.set(Coordinates::own(k))?;
        let mut active = descend(&mut Laplace::new(&edge.model, how, watch)?, region, first, &mut x)?;
        active.sort_unstable();
        let rows: Vec<Vec<f64>> = active.iter().map(|c| region.row(*c)).collect();
        edge.set(Coordinates::Linear(null_space(k, &rows)))?;
        let begin = edge.start(start, &x)?;
        edge.estimate = estimate(&mut Laplace::new(&edge.model, how, watch)?, &begin, &options)?;
        evaluations += edge.estimate.evaluations;
        edge.estimate.evaluations = evaluations;
        let mut there = edge.estimate.working[..first].to_vec();
        there.extend(edge.response.whole(&edge.estimate.working[first..]));
        if region.has(&there[first..]) {
            x = there;
            let ended = !edge.estimate.converged || before.as_ref() == Some(&active);
            if ended || edge.holds(how, &rows, first, &x, watch)? {
                return Ok(edge);
            }
        } else {
            let share = region.reach(&x[first..], &there[first..])?;
            x.iter_mut().zip(&there).for_each(|(a, b)| *a += share * (b - *a));
        }
        before = Some(active);
    }
    edge.give_up(how, start, &x, watch)?;
    Ok(edge)
}

impl Edge {
    fn set(&mut self, coordinates: Coordinates) -> Result<()> {
        self.response.coordinates = coordinates;
        self.model.response = Box::new(self.response.try_clone()?);
        Ok(())
    }

    /// A start in these coordinates.
    fn start(&self, like: &Start, x: &[f64]) -> Result<Start> {
        let (theta, mut rest) = x.split_at(like.theta.len());
        let mut fixed = vec![];
        for own in &like.fixed {
            let (beta, after) = rest.split_at(own.len());
            fixed.push(beta.to_vec());
            rest = after;
        }
        Ok(Start { theta: theta.to_vec(), fixed, shared: self.response.shared_of_whole(rest)?, before: None })
    }

    /// The last point in the region is no minimum.
    fn give_up(&mut self, how: Approximation, like: &Start, x: &[f64], watch: &Watch<'_>) -> Result<()> {
        self.set(Coordinates::own(self.response.n_whole()))?;
        let Start { theta, fixed, shared, .. } = self.start(like, x)?;
        self.estimate.working = [theta, fixed.concat(), shared].concat();
        self.estimate.value = Laplace::new(&self.model, how, watch)?.evaluate(&self.estimate.working, Order::Mode)?;
        (self.estimate.converged, self.estimate.reason) = (false, Reason::NoProgress);
        Ok(())
    }

    /// Whether the deviance does not fall from a face into the region.
    fn holds(&self, how: Approximation, rows: &[Vec<f64>], first: usize, x: &[f64], watch: &Watch<'_>) -> Result<bool> {
        let mut free = Edge {
            response: self.response.try_clone()?,
            model: self.model.with_response(Box::new(self.response.try_clone()?))?,
            estimate: nothing(),
        };
        free.set(Coordinates::own(self.response.n_whole()))?;
        let mut gradient = vec![0.0; x.len()];
        Laplace::new(&free.model, how, watch)?.evaluate_gradient(x, &mut gradient)?;
        Ok(resolved(rows, &gradient[first..]).0.iter().all(|m| *m >= -PULL))
    }
}

fn nothing() -> Estimate {
    Estimate {
        working: vec![],
        value: f64::NAN,
        converged: false,
        reason: Reason::NoProgress,
        evaluations: 0,
        scaled_gradient: f64::NAN,
        others: vec![],
    }
}

/// alpha and gamma of a start, gamma smaller where thresholds would cross.
fn inside(region: &Region, response: &OrderedResponse, start: &Start) -> Result<Vec<f64>> {
    let mut whole = response.whole(&start.shared);
    let mut centre = whole.clone();
    let m = response.thresholds.n_alpha();
    centre[m..].fill(0.0);
    let reach = region.reach(&centre, &whole)?;
    if reach < 1.0 {
        whole[m..].iter_mut().for_each(|g| *g *= SHARE * reach);
    }
    Ok(whole)
}

/// Newton's method under the inequalities, from and to `x`; those that hold with equality at its end.
fn descend(laplace: &mut Laplace<'_>, region: &Region, first: usize, x: &mut Vec<f64>) -> Result<Vec<usize>> {
    let n = x.len();
    let (mut gradient, mut hessian) = (vec![0.0; n], vec![0.0; n * n]);
    let mut active = vec![];
    for _ in 0..STEPS {
        let value = laplace.hessian(x, &mut gradient, &mut hessian)?;
        if !value.is_finite() {
            break;
        }
        let Some(next) = step(&hessian, &gradient, &x[first..], region)? else { break };
        active = next.active;
        let longest = next.step.iter().fold(0.0f64, |m, s| m.max(s.abs()));
        let (mut length, mut moved) = ((LONGEST / longest).min(1.0), None);
        let ended = next.gain <= ENOUGH;
        for _ in 0..HALVINGS {
            let at: Vec<f64> = x.iter().zip(&next.step).map(|(x, s)| x + length * s).collect();
            // The last step is below what rounding shows.
            let least = if ended { -ENOUGH } else { 1e-4 * length * next.gain };
            if laplace.value(&at)? <= value - least {
                moved = Some(at);
                break;
            }
            length *= 0.5;
        }
        let Some(at) = moved else { break };
        *x = at;
        if ended {
            break;
        }
    }
    // A step that was shortened has not come as far as all of them.
    let (slacks, size) = (region.slacks(&x[first..])?, x[first..].iter().fold(1.0f64, |m, v| m.max(v.abs())));
    active.retain(|c| slacks[*c] <= THERE * size);
    Ok(active)
}

fn identity(k: usize) -> Vec<f64> {
    (0..k * k).map(|e| f64::from(u8::from(e % (k + 1) == 0))).collect()
}

/// Orthonormal columns `[k, f]` of all that the rows are orthogonal to.
fn null_space(k: usize, rows: &[Vec<f64>]) -> Vec<f64> {
    if rows.is_empty() {
        return identity(k);
    }
    let mut basis: Vec<Vec<f64>> = vec![];
    for row in rows {
        let mut own = row.clone();
        let size = dense::dot(row, row).sqrt();
        for _ in 0..2 {
            take_off(basis.iter().map(Vec::as_slice), &mut own, dense::dot, |_, _| ());
        }
        let norm = dense::dot(&own, &own).sqrt();
        if norm > 1e-9 * size {
            own.iter_mut().for_each(|v| *v /= norm);
            basis.push(own);
        }
    }
    let mut projector = identity(k);
    for row in &basis {
        for (j, r) in row.iter().enumerate() {
            dense::add_scaled(&mut projector[j * k..(j + 1) * k], -r, row);
        }
    }
    match dense::symmetric_eigen(k, &projector) {
        Some((values, vectors)) => {
            let free = values.iter().zip(vectors.chunks_exact(k)).filter(|(value, _)| **value > 0.5);
            free.flat_map(|(_, v)| v.to_vec()).collect()
        }
        None => identity(k),
    }
}
