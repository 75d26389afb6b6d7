//! Separation: directions of the fixed effects along which the likelihood rises for ever, as where a covariate tells all successes from
//! all failures (Albert and Anderson 1984), or a group has no counts but zeros. The estimate is then wherever the search ended.

use super::jet::{Evaluator, Jet, Separated};
use super::laplace::Laplace;
use super::model::Model;
use crate::error::{Result, try_collect, try_copy, try_vec};
use crate::family::Order;
use crate::linalg::dense;
use crate::linalg::orthogonal::take_off;
use crate::random::triangle;

/// Information on a change of the linear predictor by at most one, below which a direction may be one of separation.
pub const INFORMATION: f64 = 1e-4;
/// How far the linear predictor is moved to see whether the likelihood falls, and how much of a fall is none.
pub const MOVE: f64 = 2.0;
pub const FALL: f64 = 1e-3;
/// The part of a direction that may be rounding, or what little information the rows have that it moves.
const SLIGHT: f64 = 0.01;

/// What of a direction is more than rounding.
const HELD: f64 = 1e-6;

/// Relative to all rows, the part of those that are not moved below which it is rounding.
const UNMOVED: f64 = 1e-10;

impl Laplace<'_> {
    /// The directions among the working parameters x, at which the modes are; the mean's fixed effects come first where they are inside.
    pub(super) fn separations(&self, x: &[f64]) -> Result<Separated> {
        let (model, response) = (self.model, &self.model.response);
        let inside = self.mode.gamma.len();
        let outer = self.outer().start;
        let place = |a: usize| if a < outer { 0 } else { inside + self.ranges()[a - outer].start };
        let shared = self.shared();
        let mut all = Separated { directions: vec![], toward: vec![0.0; inside + x.len()] };
        let mut add = |own: Separated, places: &[usize]| {
            for direction in own.directions {
                let mut whole = vec![0.0; inside + x.len()];
                places.iter().zip(direction).for_each(|(&j, d)| whole[j] = d);
                all.directions.push(whole);
            }
            places.iter().zip(own.toward).for_each(|(&j, d)| all.toward[j] = d);
        };
        let mean = self.fixed_effects(x);
        if let Some(joint) = response.joint_separation(&x[shared.clone()], &self.mode.eta, &model.fixed[0], &mean)? {
            let places = (place(0)..place(0) + mean.len()).chain(shared.map(|j| inside + j));
            add(joint, &places.collect::<Vec<_>>());
            return Ok(all);
        }
        let moving: Vec<bool> = (0..self.mode.eta.len()).map(|a| a == 0 || response.can_separate(a)).collect();
        let ended = Ended { model, eta: &self.mode.eta, shared: &x[shared], moving: &moving };
        for a in (0..self.mode.eta.len()).filter(|&a| response.can_separate(a)) {
            let first = place(a);
            let p = model.fixed[a].p;
            let gamma = if a == 0 { mean.clone() } else { x[first - inside..first - inside + p].to_vec() };
            add(ended.separated(a, &gamma)?, &(first..first + p).collect::<Vec<_>>());
        }
        Ok(all)
    }
}

/// The directions of the fixed effects of a model that has nothing but a mean.
pub(super) fn of_mean(model: &Model, eta: &[Vec<f64>], gamma: &[f64]) -> Result<Separated> {
    let ended = Ended { model, eta, shared: &[], moving: &[true] };
    if model.response.can_separate(0) { ended.separated(0, gamma) } else { Ok(Separated::default()) }
}

impl Separated {
    /// Of the parameters from `inside` on, as many as there are directions among them, such that what is left has no direction of
    /// separation: the covariance of all that the directions don't move is that given these.
    pub fn pivots(&self, inside: usize) -> Vec<usize> {
        let mut rest: Vec<Vec<f64>> = self.directions.iter().map(|d| d[inside..].to_vec()).collect();
        let mut pivots = vec![];
        while let Some((r, j)) = largest(&rest) {
            let row = rest.swap_remove(r);
            for other in &mut rest {
                let factor = other[j] / row[j];
                other.iter_mut().zip(&row).for_each(|(o, r)| *o -= factor * r);
                other[j] = 0.0;
            }
            pivots.push(j);
        }
        pivots
    }
}

impl Separated {
    /// Leaves the directions that move none of what these rows say: priors keep the parameters from going on in others.
    pub fn stay_within(&mut self, rows: &[Vec<f64>]) {
        if self.directions.is_empty() || rows.is_empty() {
            return;
        }
        for row in rows {
            let moved = |direction: &Vec<f64>| dense::dot_in_order(row, direction);
            let size = |direction: &Vec<f64>| row.iter().zip(direction).map(|(r, d)| (r * d).abs()).sum::<f64>();
            let share = |direction: &Vec<f64>| if size(direction) > 0.0 { moved(direction).abs() / size(direction) } else { 0.0 };
            let most = (0..self.directions.len()).max_by(|&a, &b| {
                let of = |i: usize| share(&self.directions[i]);
                of(a).total_cmp(&of(b))
            });
            let Some(most) = most.filter(|&i| share(&self.directions[i]) > HELD) else { continue };
            let pivot = self.directions.swap_remove(most);
            for other in &mut self.directions {
                let factor = moved(other) / moved(&pivot);
                dense::add_scaled(other, -factor, &pivot);
            }
        }
        let still = |j: usize| self.directions.iter().any(|direction| direction[j].abs() > HELD);
        let gone: Vec<usize> = (0..self.toward.len()).filter(|&j| !still(j)).collect();
        gone.into_iter().for_each(|j| self.toward[j] = 0.0);
        if self.directions.is_empty() {
            self.toward.clear();
        }
    }
}

/// Row and place of the largest element of rows, where one is other than rounding.
fn largest(rows: &[Vec<f64>]) -> Option<(usize, usize)> {
    let places = rows.iter().enumerate().flat_map(|(r, row)| row.iter().enumerate().map(move |(j, v)| (r, j, v.abs())));
    places.filter(|(_, _, v)| *v > 1e-9).max_by(|a, b| a.2.total_cmp(&b.2)).map(|(r, j, _)| (r, j))
}

/// Orthonormal combinations of `vectors`, and the same combinations of what goes with each.
pub fn orthonormal(vectors: &mut Vec<Vec<f64>>, with: &mut Vec<Vec<f64>>) {
    let mut done: Vec<(Vec<f64>, Vec<f64>)> = vec![];
    for (mut v, mut w) in std::mem::take(vectors).into_iter().zip(std::mem::take(with)) {
        let size = dense::dot(&v, &v).sqrt();
        for _ in 0..2 {
            let less_with = |k: usize, share: f64| dense::add_scaled(&mut w, -share, &done[k].1);
            take_off(done.iter().map(|(v, _)| v.as_slice()), &mut v, dense::dot, less_with);
        }
        let norm = dense::dot(&v, &v).sqrt();
        if norm > 1e-6 * size {
            v.iter_mut().chain(&mut w).for_each(|e| *e /= norm);
            done.push((v, w));
        }
    }
    (*vectors, *with) = done.into_iter().unzip();
}

/// An orthonormal basis of what vectors span.
pub fn orthonormalised(vectors: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let (mut own, mut with) = (vectors, vec![]);
    with.resize(own.len(), vec![]);
    orthonormal(&mut own, &mut with);
    own
}

/// Eigenvectors, one after the other, that a matrix `[k, k]` of squares takes to nothing; `all` is the same matrix of more squares.
pub fn null_space(k: usize, squares: &[f64], all: &[f64]) -> Vec<Vec<f64>> {
    let scale: Vec<f64> = (0..k).map(|j| if all[j * (k + 1)] > 0.0 { all[j * (k + 1)].sqrt() } else { 1.0 }).collect();
    let scaled: Vec<f64> = (0..k * k).map(|e| squares[e] / scale[e % k] / scale[e / k]).collect();
    let Some((values, vectors)) = dense::symmetric_eigen(k, &scaled) else { return vec![] };
    let null = values.iter().zip(vectors.chunks_exact(k.max(1))).filter(|(value, _)| **value <= UNMOVED);
    null.map(|(_, v)| v.iter().zip(&scale).map(|(v, s)| v / s).collect()).collect()
}

/// What memory is for.
const DIRECTION: &str = "directions of separation";

/// A fit as far as it is needed here.
struct Ended<'a> {
    model: &'a Model,
    eta: &'a [Vec<f64>],
    shared: &'a [f64],
    /// The predictors with a mode, the others being part of the family's parameters.
    moving: &'a [bool],
}

impl Ended<'_> {
    /// The directions of a predictor's fixed effects, in its basis.
    fn separated(&self, predictor: usize, gamma: &[f64]) -> Result<Separated> {
        let part = &self.model.fixed[predictor];
        let (n, p) = (self.model.n, part.p);
        let mut evaluator = self.model.response.evaluator(self.moving)?;
        evaluator.prepare(self.shared, self.eta, Order::Mode)?;
        let mut jet = Jet::new(n, self.moving)?;
        evaluator.evaluate(self.eta, Order::Mode, &mut jet)?;
        let value = jet.log_likelihood();
        let own = &jet.w[triangle(predictor, predictor)];
        let weights = try_collect(DIRECTION, own.iter().map(|w| w.max(0.0)))?;
        let unit = self.model.response.natural_unit(predictor, self.shared, self.eta);
        let enough = INFORMATION / (unit * unit);
        // Along any direction the row that moves most is one of little information.
        if p == 0 || weights.iter().all(|w| *w >= enough) {
            return Ok(Separated::default());
        }
        let informed = try_collect(DIRECTION, own.iter().map(|w| f64::from(u8::from(w.abs() >= enough))))?;
        let Some((values, vectors)) = dense::symmetric_eigen(p, &part.weighted(&weights)?) else {
            return Ok(Separated::default());
        };
        let longest = (0..n).map(|i| (0..p).map(|j| part.q[j * n + i].powi(2)).sum::<f64>()).fold(0.0, f64::max);
        let mut found = vec![];
        for (information, v) in values.iter().zip(vectors.chunks_exact(p)) {
            if *information >= enough * longest {
                continue;
            }
            let mut move_by = try_vec(DIRECTION, 0.0, n)?;
            part.add(v, &mut move_by);
            let most = move_by.iter().fold(0.0f64, |m, v| m.max(v.abs()));
            if *information < enough * most * most
                && self.rises(predictor, &move_by, most / unit, value, &mut *evaluator, &mut jet)?
            {
                found.push(v.to_vec());
            }
        }
        if found.is_empty() {
            return Ok(Separated::default());
        }
        let all = part.weighted(&try_vec(DIRECTION, 1.0, n)?)?;
        let null = orthonormalised(null_space(p, &part.weighted(&informed)?, &all));
        let directions = orthonormalised(found.iter().map(|v| exact(v, &null)).collect());
        let mut toward = vec![0.0; p];
        for v in &directions {
            dense::add_scaled(&mut toward, dense::dot(v, gamma), v);
        }
        Ok(Separated { directions, toward })
    }

    /// Whether the likelihood given the random effects doesn't fall to one of the sides.
    fn rises(
        &self,
        predictor: usize,
        move_by: &[f64],
        most: f64,
        value: f64,
        evaluator: &mut dyn Evaluator,
        jet: &mut Jet,
    ) -> Result<bool> {
        for side in [MOVE / most, -MOVE / most] {
            let mut eta = self.eta.iter().map(|eta| try_copy(DIRECTION, eta)).collect::<Result<Vec<_>>>()?;
            eta[predictor].iter_mut().zip(move_by).for_each(|(e, m)| *e += side * m);
            evaluator.evaluate(&eta, Order::Mode, jet)?;
            if jet.log_likelihood() >= value - FALL {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// A direction as one that does not move rows with information, where it nearly is one: an orthonormal basis of these is given.
fn exact(v: &[f64], null: &[Vec<f64>]) -> Vec<f64> {
    let mut own = vec![0.0; v.len()];
    null.iter().for_each(|basis| dense::add_scaled(&mut own, dense::dot(basis, v), basis));
    if dense::dot(&own, &own) >= 1.0 - SLIGHT { own } else { v.to_vec() }
}
