//! Where the thresholds of all rows are in order: a cone of the parameters of thresholds and nominal effects. A row's likelihood keeps only
//! those apart that its own category lies between.

use super::thresholds::Thresholds;
use crate::error::{Result, try_copy, try_gather, try_vec};
use crate::glmm::fixed::FixedPart;
use crate::optimize::inequalities::Inequalities;

/// Relative to the largest parameter, what a distance may fall short of zero by rounding.
const ROUNDING: f64 = 1e-10;

/// What memory is for.
const POINTS: &str = "points of the nominal effects";

/// The part of a distance that one step may take where the likelihood keeps the thresholds apart.
const SHARE: f64 = 0.9;

/// Distances of thresholds that must not be negative, each at each point of the nominal columns that the data have.
#[derive(Clone, Debug)]
pub struct Region {
    /// Combinations of a row's alpha.
    gaps: Vec<Vec<(usize, f64)>>,
    /// Values of the nominal basis, point by point `[c]`.
    points: Vec<f64>,
    /// For each distance whether a row of its point shows the category between: its likelihood keeps the thresholds apart.
    shown: Vec<bool>,
    /// Parameters of the thresholds, nominal columns.
    m: usize,
    c: usize,
}

impl Region {
    /// Of the category and the nominal columns of each row; none without nominal effects, where the coordinates keep the order.
    pub fn new(thresholds: &Thresholds, nominal: &FixedPart, y: &[f64]) -> Result<Option<Self>> {
        let (n, c, m) = (y.len(), nominal.p, thresholds.n_alpha());
        let gaps = thresholds.gaps();
        if c == 0 || gaps.is_empty() {
            return Ok(None);
        }
        let value = |i: usize, j: usize| nominal.q[j * n + i];
        let mut order = try_vec("rows of the nominal effects", 0usize, n)?;
        order.iter_mut().enumerate().for_each(|(at, i)| *i = at);
        let compare = |a: &usize, b: &usize| (0..c).map(|j| value(*a, j).total_cmp(&value(*b, j))).find(|o| o.is_ne());
        order.sort_unstable_by(|a, b| compare(a, b).unwrap_or(a.cmp(b)));
        let starts = try_gather(POINTS, (0..n).filter(|&at| at == 0 || compare(&order[at - 1], &order[at]).is_some()))?;
        let mut points = try_vec(POINTS, 0.0, starts.len() * c)?;
        let mut shown = try_vec(POINTS, false, starts.len() * gaps.len())?;
        let above: Vec<Option<usize>> = (0..thresholds.count - 1).map(|r| thresholds.gap_above(r)).collect();
        for (place, (point, &start)) in points.chunks_exact_mut(c).zip(&starts).enumerate() {
            point.iter_mut().enumerate().for_each(|(j, p)| *p = value(order[start], j));
            let end = starts.get(place + 1).copied().unwrap_or(n);
            for &i in &order[start..end] {
                let between = (y[i] as usize).checked_sub(2).and_then(|r| above.get(r).copied().flatten());
                between.into_iter().for_each(|gap| shown[place * gaps.len() + gap] = true);
            }
        }
        Ok(Some(Region { gaps, points, shown, m, c }))
    }

    /// A copy, or an error where memory is short.
    pub fn try_clone(&self) -> Result<Self> {
        let points = try_copy(POINTS, &self.points)?;
        let shown = try_copy(POINTS, &self.shown)?;
        Ok(Region { gaps: self.gaps.clone(), points, shown, ..*self })
    }

    /// Whether thresholds nowhere cross.
    pub fn has(&self, whole: &[f64]) -> bool {
        let size = whole.iter().fold(1.0f64, |m, v| m.max(v.abs()));
        let mut inside = true;
        self.each_slack(whole, |slack| inside &= slack >= -ROUNDING * size);
        inside
    }

    /// How far one can go from a point inside towards another: 1 if that is inside, too.
    pub fn reach(&self, from: &[f64], to: &[f64]) -> Result<f64> {
        let along = self.slacks(from)?.into_iter().zip(self.slacks(to)?);
        let shares = along.filter(|(a, b)| *b < 0.0 && b < a).map(|(a, b)| a.max(0.0) / (a.max(0.0) - b));
        Ok(shares.fold(1.0, f64::min))
    }

    /// Gives each distance, point by point.
    fn each_slack(&self, whole: &[f64], mut give: impl FnMut(f64)) {
        let mut alpha = vec![0.0; self.m];
        for point in self.points.chunks_exact(self.c) {
            alpha.copy_from_slice(&whole[..self.m]);
            for (gamma, q) in whole[self.m..].chunks_exact(self.m).zip(point) {
                alpha.iter_mut().zip(gamma).for_each(|(a, g)| *a += q * g);
            }
            self.gaps.iter().for_each(|gap| give(gap.iter().map(|&(k, factor)| factor * alpha[k]).sum::<f64>()));
        }
    }
}

impl Inequalities for Region {
    fn slacks(&self, whole: &[f64]) -> Result<Vec<f64>> {
        let mut out = try_vec(POINTS, 0.0, self.points.len() / self.c * self.gaps.len())?;
        let mut next = out.iter_mut();
        self.each_slack(whole, |slack| next.next().into_iter().for_each(|out| *out = slack));
        Ok(out)
    }

    fn room(&self, whole: &[f64]) -> Result<Vec<f64>> {
        let mut slacks = self.slacks(whole)?;
        slacks.iter_mut().zip(&self.shown).filter(|(_, shown)| **shown).for_each(|(slack, _)| *slack *= SHARE);
        Ok(slacks)
    }

    fn row(&self, place: usize) -> Vec<f64> {
        let (point, gap) = (place / self.gaps.len(), &self.gaps[place % self.gaps.len()]);
        let mut row = vec![0.0; self.m * (1 + self.c)];
        for &(k, factor) in gap {
            row[k] += factor;
            for (c, q) in self.points[point * self.c..(point + 1) * self.c].iter().enumerate() {
                row[(1 + c) * self.m + k] += factor * q;
            }
        }
        row
    }
}
