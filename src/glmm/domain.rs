//! Maxima at the end of a link's domain.
//!
//! With an identity link, say, a group whose responses are all zero has no mode inside the domain once the variance of the random effects
//! is large enough: the Laplace approximation ends there, and the likelihood may rise up to that end. A search that runs into the end
//! stays where it hits it. A logarithmic barrier keeps it inside (Fiacco and McCormick 1968), and leads along the end as it is lowered:
//!
//! ```text
//! d(x) - tau sum_i log(distance of eta_i from the end),    tau -> 0
//! ```
//!
//! eta is that at the modes, so that its derivatives come with the adjoint solve of the gradient.

use super::laplace::Laplace;
use crate::error::{Result, try_collect};
use crate::optimize::{Objective, Reason, Summary};
use crate::search::Search;

/// The heights of the barrier. At the last the deviance is above the least one by about as much for each row at the end.
const HEIGHTS: [f64; 7] = [0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7];
/// A row is at the end if it is so much nearer to it than the middle row is.
const AT_END: f64 = 1e-4;
/// Rows whose part of the barrier has its curvature in the steps.
const MOST_NEAR: usize = 100;
/// The standard deviation of random effects from which the end is approached, in units of their predictor.
const INSIDE: f64 = 0.05;
const DISTANCES: &str = "distances from the end of the domain";

impl Laplace<'_> {
    pub(super) fn has_end(&self) -> bool {
        let (lower, upper) = self.model.response.domain();
        lower.is_finite() || upper.is_finite()
    }

    /// What the barrier adds to the deviance.
    pub(super) fn barrier_value(&self) -> f64 {
        if self.barrier == 0.0 {
            return 0.0;
        }
        let (lower, upper) = self.model.response.domain();
        let log = |distance: f64| if distance.is_finite() { distance.ln() } else { 0.0 };
        -self.barrier * self.mode.eta[0].iter().map(|eta| log(eta - lower) + log(upper - eta)).sum::<f64>()
    }

    /// Its derivatives in the mean's predictor.
    pub(super) fn add_barrier_slope(&self, rows: &mut [f64]) {
        if self.barrier == 0.0 {
            return;
        }
        let (lower, upper) = self.model.response.domain();
        for (row, eta) in rows.iter_mut().zip(&self.mode.eta[0]) {
            *row -= self.barrier * ((eta - lower).recip() - (upper - eta).recip());
        }
    }

    /// tau/c^2 g g' for the rows near the end, c the distance and g its slope: without it steps towards the end are far too long.
    pub(super) fn add_barrier_curvature(&mut self, x: &[f64], hessian: &mut [f64]) -> Result<()> {
        if self.barrier == 0.0 || self.quadrature.is_some() {
            return Ok(());
        }
        let distances = self.distances()?;
        let mut nearest = try_collect(DISTANCES, 0..distances.len())?;
        nearest.sort_unstable_by(|a, b| distances[*a].total_cmp(&distances[*b]).then(a.cmp(b)));
        let n = x.len();
        for &row in nearest.iter().take(MOST_NEAR) {
            let slope = self.slope_of_row(x, row)?;
            let weight = self.barrier / (distances[row] * distances[row]);
            for (e, h) in hessian.iter_mut().enumerate() {
                *h += weight * slope[e % n] * slope[e / n];
            }
        }
        Ok(())
    }

    /// The distance of each row's predictor from the next end.
    fn distances(&self) -> Result<Vec<f64>> {
        let (lower, upper) = self.model.response.domain();
        try_collect(DISTANCES, self.mode.eta[0].iter().map(|eta| (eta - lower).min(upper - eta)))
    }

    /// Whether at the modes some row is at the end of the domain.
    fn is_at_end(&self) -> Result<bool> {
        let mut distances = self.distances()?;
        distances.sort_unstable_by(f64::total_cmp);
        Ok(distances.first().is_some_and(|least| *least < AT_END * distances[distances.len() / 2]))
    }
}

/// From where a search got stuck to the least deviance inside the domain, where there is an end that it may have run into.
pub fn approach_end(search: &mut Search<'_, '_, Laplace<'_>>, best: Summary) -> Result<Summary> {
    if !search.criterion.has_end() || search.criterion.has_fixed_nodes() {
        return Ok(best);
    }
    let mut at = search.criterion.model.with_deviations(&best.x, &|_| INSIDE);
    for height in HEIGHTS {
        if !search.may_go_on() {
            break;
        }
        search.criterion.barrier = height;
        let end = search.attempt(&at);
        search.criterion.barrier = 0.0;
        match end? {
            Some(end) => at = end.x,
            None => break,
        }
    }
    let value = search.criterion.value(&at)?;
    if !(value.is_finite() && search.criterion.is_at_end()?) {
        // The end was none: from here the search may get through.
        let found = if value.is_finite() { search.attempt(&at)? } else { None };
        return Ok(found.filter(|found| found.value < best.value).unwrap_or(best));
    }
    if value > best.value {
        search.criterion.value(&best.x)?;
        return Ok(best);
    }
    search.criterion.at_end = true;
    Ok(Summary { x: at, value, reason: Reason::NoProgress, ..best })
}
