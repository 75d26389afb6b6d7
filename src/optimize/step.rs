//! A point of a minimisation, and the step from it that Newton's method takes, within limits.

use super::quadratic::Quadratic;
use super::rounding::rounding;
use crate::linalg::dense::dot_in_order as dot;

/// A step may change a parameter by this many times its size, and at least that of `SMALLEST_SIZE`.
const CAP: f64 = 3.0;
const SMALLEST_SIZE: f64 = 0.1;

/// A decrease, in units of the criterion, that no test or interval sees: it is not sought by values.
const UNSEEN: f64 = 1e-6;

/// A point with all that one full evaluation gives.
#[derive(Clone, Debug)]
pub(super) struct Point {
    pub x: Vec<f64>,
    pub value: f64,
    pub gradient: Vec<f64>,
    pub hessian: Vec<f64>,
    pub noise: f64,
}

impl Point {
    /// sqrt(-g's), s the step that Newton's method would take: sqrt(g' H^-1 g) unless H is singular.
    pub fn scaled_gradient(&self) -> f64 {
        descent(&Quadratic::new(&self.hessian), self, f64::INFINITY).1.max(0.0).sqrt()
    }

    /// Promised decreases below this can't be told from changes of the value: its rounding, with a margin.
    pub fn near(&self) -> f64 {
        rounding(self.value, self.noise).max(UNSEEN)
    }
}

/// The size of a parameter, for steps relative to it.
pub(super) fn size(x: f64) -> f64 {
    x.abs().max(SMALLEST_SIZE)
}

/// The capped step and what it promises. Where a direction without curvature makes the step so long that nothing but that direction
/// is left of it, the promise may fall below the tolerance although other parameters have a slope: these then move alone.
pub(super) fn descent(model: &Quadratic, at: &Point, tolerance: f64) -> (Vec<f64>, f64) {
    let full = model.newton_step(&at.gradient);
    let cap: Vec<f64> = at.x.iter().map(|x| CAP * size(*x)).collect();
    let promise = |step: &[f64]| -dot(step, &at.gradient);
    let step = capped(&full, &cap, &at.gradient);
    let decrement = promise(&step);
    if decrement <= tolerance && full.iter().zip(&cap).any(|(s, c)| s.abs() > *c) {
        let alone = clipped(&diagonal_step(at), &cap);
        let own = promise(&alone);
        if own > decrement {
            return (alone, own);
        }
    }
    (step, decrement)
}

fn clipped(step: &[f64], cap: &[f64]) -> Vec<f64> {
    step.iter().zip(cap).map(|(s, c)| s.clamp(-c, *c)).collect()
}

/// The step with every element capped, or shortened as a whole, whichever descends more steeply.
fn capped(step: &[f64], cap: &[f64], gradient: &[f64]) -> Vec<f64> {
    let clipped = clipped(step, cap);
    let excess = step.iter().zip(cap).map(|(s, c)| s.abs() / c).fold(1.0, f64::max);
    let shortened: Vec<f64> = step.iter().map(|s| s / excess).collect();
    if dot(&clipped, gradient) <= dot(&shortened, gradient) { clipped } else { shortened }
}

/// Newton steps in each parameter alone, none of them past zero.
fn diagonal_step(at: &Point) -> Vec<f64> {
    let n = at.x.len();
    let one = |i: usize| {
        let (x, g) = (at.x[i], at.gradient[i]);
        let to_zero = if x == 0.0 { 0.0 } else { (g / x).max(0.0) };
        let curvature = at.hessian[i * (n + 1)].max(0.0) + to_zero;
        if g == 0.0 { 0.0 } else { -g / curvature.max(f64::MIN_POSITIVE) }
    };
    (0..n).map(one).collect()
}
