//! Separation: directions of the fixed effects along which the likelihood rises for ever, as where a covariate tells all successes from
//! all failures (Albert and Anderson 1984), or a group has no counts but zeros. The estimate is then wherever the search ended.

use super::jet::{Evaluator, Jet};
use super::model::Model;
use crate::error::{Result, try_collect, try_copy, try_vec};
use crate::family::Order;
use crate::linalg::dense;
use crate::random::triangle;

/// Information on a change of the linear predictor by at most one, below which a direction may be one of separation.
const INFORMATION: f64 = 1e-4;
/// How far the linear predictor is moved to see whether the likelihood falls, and how much of a fall is none.
const MOVE: f64 = 2.0;
const FALL: f64 = 1e-3;
/// Columns whose part in the direction is at least this, relative to the largest, are named.
const PART: f64 = 0.05;

/// What memory is for.
const DIRECTION: &str = "directions of separation";

/// A fit as far as it is needed here.
pub struct Ended<'a> {
    pub model: &'a Model,
    pub eta: &'a [Vec<f64>],
    pub shared: &'a [f64],
    /// The predictors with a mode, the others being part of the family's parameters.
    pub moving: &'a [bool],
}

impl Ended<'_> {
    /// The places among the kept columns of a predictor of those whose coefficients have no finite estimate. `beta`: its fixed effects,
    /// `reach`: the largest absolute value of each column.
    pub fn separated(&self, predictor: usize, beta: &[f64], reach: &[f64]) -> Result<Vec<usize>> {
        let part = &self.model.fixed[predictor];
        let (n, p) = (self.model.n, part.p);
        let mut evaluator = self.model.response.evaluator(self.moving)?;
        evaluator.prepare(self.shared, self.eta, Order::Mode)?;
        let mut jet = Jet::new(n, self.moving)?;
        evaluator.evaluate(self.eta, Order::Mode, &mut jet)?;
        let value = jet.log_likelihood();
        let weights = try_collect(DIRECTION, jet.w[triangle(predictor, predictor)].iter().map(|w| w.max(0.0)))?;
        // Along any direction the row that moves most is one of little information.
        if p == 0 || weights.iter().all(|w| *w >= INFORMATION) {
            return Ok(vec![]);
        }
        let Some((values, vectors)) = dense::symmetric_eigen(p, &part.weighted(&weights)?) else { return Ok(vec![]) };
        let longest = (0..n).map(|i| (0..p).map(|j| part.q[j * n + i].powi(2)).sum::<f64>()).fold(0.0, f64::max);
        let gamma = part.to_working(beta);
        let mut direction = vec![0.0; p];
        for (information, v) in values.iter().zip(vectors.chunks_exact(p)) {
            if *information >= INFORMATION * longest {
                continue;
            }
            let mut move_by = try_vec(DIRECTION, 0.0, n)?;
            part.add(v, &mut move_by);
            let most = move_by.iter().fold(0.0f64, |m, v| m.max(v.abs()));
            if *information < INFORMATION * most * most
                && self.rises(predictor, &move_by, most, value, &mut *evaluator, &mut jet)?
            {
                let share: f64 = v.iter().zip(&gamma).map(|(v, g)| v * g).sum();
                direction.iter_mut().zip(v).for_each(|(d, v)| *d += share * v);
            }
        }
        part.to_user(&mut direction);
        let parts: Vec<f64> = direction.iter().zip(reach).map(|(d, reach)| d.abs() * reach).collect();
        let largest = parts.iter().copied().fold(0.0, f64::max);
        Ok((0..p).filter(|&j| largest > 0.0 && parts[j] >= PART * largest).collect())
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
